"""Bar charts as SVG (web page, PDF) and PNG (Word): drawn from a template, without a plotting library."""

from __future__ import annotations

from dataclasses import dataclass

from reports.document import BarChart
from reports.fonts import FontPlan
from reports.render.engine import run_typst
from reports.render.environment import environment

_WIDTH, _LABEL, _VALUE, _ROW, _BAR = 480.0, 150.0, 44.0, 24.0, 15.0
_LABEL_CHARACTERS = 11


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    value: int
    y: float
    length: float


def bar_chart_svg(chart: BarChart, font_family: str = "sans-serif") -> str:
    """The chart as one <svg> element, 480 units wide, with its words as title and description for screen readers."""
    widest = max(chart.values, default=0) or 1
    room = _WIDTH - _LABEL - _VALUE
    bars = [
        _Bar(_short(label), value, 8 + _ROW * row, room * value / widest)
        for row, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True))
    ]
    return (
        environment()
        .get_template("bulletin_chart.svg.j2")
        .render(
            chart=chart,
            bars=bars,
            width=_WIDTH,
            height=16 + _ROW * len(bars),
            left=_LABEL,
            bar=_BAR,
            font_family=font_family,
        )
    )


def bar_chart_png(chart: BarChart, fonts: FontPlan, *, ppi: float = 220.0) -> bytes:
    """The same picture as PNG bytes, through the PDF engine; the same input gives the same bytes."""
    svg = bar_chart_svg(chart, fonts.families["heiti"])
    source = '#set page(width: 156mm, height: auto, margin: 0pt)\n#image("chart.svg", width: 100%)\n'
    return run_typst({"main.typ": source.encode(), "chart.svg": svg.encode()}, fonts, "png", ppi=ppi)


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_CHARACTERS else label[: _LABEL_CHARACTERS - 1] + "…"
