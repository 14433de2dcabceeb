"""Charts as SVG (web page, PDF) and PNG (Word): drawn from templates, without a plotting library.

All are legible in grey: bars and lines carry their numbers, lines differ by dash and mark, shades by number too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from reports.document import BarChart, HeatMap, LineChart, Picture
from reports.fonts import FontPlan
from reports.render.engine import run_typst
from reports.render.environment import environment

_WIDTH, _LABEL, _VALUE, _ROW, _BAR = 480.0, 150.0, 44.0, 24.0, 15.0
_LABEL_CHARACTERS = 11
_LEFT, _RIGHT, _TOP, _PLOT, _FOOT = 40.0, 16.0, 34.0, 180.0, 28.0  # of a line chart
_INKS = ("#1f3d5c", "#b0511a", "#4d7d3a", "#595959")  # of lines, darkest first
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_MARKS = ("circle", "square", "triangle", "diamond")
_CELL, _HEAD = 26.0, 30.0  # of a heat map
_SHADES = ("#ffffff", "#dce6ef", "#b3c9dd", "#7ea3c4", "#41729f", "#1b4468")  # nothing, then rising
_TURN = 4  # from this shade on, numbers are white


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    value: int
    y: float
    length: float


@dataclass(frozen=True, slots=True)
class _Point:
    x: float
    y: float
    value: int
    label_y: float | None  # where the number stands; None: not written


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    ink: str
    dash: str
    mark: str
    legend_x: float
    strokes: tuple[str, ...]  # "x,y x,y", one a stretch without a gap
    points: tuple[_Point, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    x: float
    y: float
    value: int
    fill: str
    ink: str


def chart_svg(picture: Picture, font_family: str = "sans-serif") -> str:
    """The picture as one <svg> element, 480 units wide, with its words as title and description for screen readers."""
    if isinstance(picture, BarChart):
        return bar_chart_svg(picture, font_family)
    if isinstance(picture, LineChart):
        return _line_chart_svg(picture, font_family)
    return _heat_map_svg(picture, font_family)


def picture_png(picture: Picture, fonts: FontPlan, *, ppi: float = 220.0) -> bytes:
    """The same picture as PNG bytes, through the PDF engine; the same input gives the same bytes."""
    svg = chart_svg(picture, fonts.families["heiti"])
    source = '#set page(width: 156mm, height: auto, margin: 0pt)\n#image("chart.svg", width: 100%)\n'
    return run_typst({"main.typ": source.encode(), "chart.svg": svg.encode()}, fonts, "png", ppi=ppi)


def bar_chart_png(chart: BarChart, fonts: FontPlan, *, ppi: float = 220.0) -> bytes:
    """`picture_png` of a bar chart."""
    return picture_png(chart, fonts, ppi=ppi)


def bar_chart_svg(chart: BarChart, font_family: str = "sans-serif") -> str:
    """`chart_svg` of a bar chart."""
    widest = max(chart.values, default=0) or 1
    room = _WIDTH - _LABEL - _VALUE
    bars = [
        _Bar(_short(label), value, 8 + _ROW * row, room * value / widest)
        for row, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True))
    ]
    return _drawn(
        "bulletin_chart.svg.j2", chart=chart, bars=bars, width=_WIDTH, height=16 + _ROW * len(bars), left=_LABEL,
        bar=_BAR, font_family=font_family,
    )  # fmt: skip


def _line_chart_svg(chart: LineChart, font_family: str) -> str:
    step = nice_step(max((value for line in chart.series for value in line.values if value is not None), default=0))
    top = max((value for line in chart.series for value in line.values if value is not None), default=0)
    n_steps = max(1, math.ceil(top / step))
    across = (_WIDTH - _LEFT - _RIGHT) / max(1, len(chart.labels))

    def x(place: int) -> float:
        return _LEFT + across * (place + 0.5)

    def y(value: int) -> float:
        return _TOP + _PLOT * (1 - value / (step * n_steps))

    legend = (_WIDTH - _LEFT - _RIGHT) / max(1, len(chart.series))
    lines = [
        _Line(
            name=line.name,
            ink=_INKS[number % len(_INKS)],
            dash=_DASHES[number % len(_DASHES)],
            mark=_MARKS[number % len(_MARKS)],
            legend_x=_LEFT + legend * number,
            strokes=_strokes([None if value is None else (x(i), y(value)) for i, value in enumerate(line.values)]),
            points=tuple(
                # numbers of all lines would run into each other: the first line carries them all, others their last
                _Point(x(i), y(value), value, y(value) - 7 if number == 0 or i == len(line.values) - 1 else None)
                for i, value in enumerate(line.values)
                if value is not None
            ),
        )
        for number, line in enumerate(chart.series)
    ]
    return _drawn(
        "bulletin_lines.svg.j2", chart=chart, lines=lines, width=_WIDTH, height=_TOP + _PLOT + _FOOT, left=_LEFT,
        right=_WIDTH - _RIGHT, bottom=_TOP + _PLOT, font_family=font_family,
        ticks=[(step * n, y(step * n)) for n in range(n_steps + 1)],
        labels=[(label, x(i)) for i, label in enumerate(chart.labels)],
    )  # fmt: skip


def _strokes(places: list[tuple[float, float] | None]) -> tuple[str, ...]:
    """Stretches between gaps; a stretch of one point is no line."""
    found: list[list[str]] = [[]]
    for place in places:
        if place is None:
            found.append([])
        else:
            found[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
    return tuple(" ".join(stretch) for stretch in found if len(stretch) > 1)


def nice_step(highest: int, most: int = 5) -> int:
    """The step of an axis from 0: 1, 2 or 5 times a power of ten, so that at most `most` steps reach the highest."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power * most >= highest:
                return digit * power
        power *= 10


def _heat_map_svg(chart: HeatMap, font_family: str) -> str:
    highest = max((value for row in chart.values for value in row), default=0)
    across = (_WIDTH - _LABEL) / max(1, len(chart.columns))
    cells = [
        _Cell(
            x=_LABEL + across * column,
            y=_HEAD + _CELL * number,
            value=value,
            fill=_SHADES[shade_of(value, highest)],
            ink="#ffffff" if shade_of(value, highest) >= _TURN else "#1a1a1a",
        )
        for number, row in enumerate(chart.values)
        for column, value in enumerate(row)
    ]
    return _drawn(
        "bulletin_heat.svg.j2", chart=chart, cells=cells, width=_WIDTH, height=_HEAD + _CELL * len(chart.rows) + 4,
        across=across, cell=_CELL, left=_LABEL, head=_HEAD, font_family=font_family,
        columns=[(label, _LABEL + across * (i + 0.5)) for i, label in enumerate(chart.columns)],
        rows=[(_short(label), _HEAD + _CELL * (i + 0.5) + 4) for i, label in enumerate(chart.rows)],
    )  # fmt: skip


def shade_of(value: int, highest: int) -> int:
    """0 for nothing, else 1 to 5 in equal parts of the highest value."""
    if value <= 0 or highest <= 0:
        return 0
    return max(1, math.ceil((len(_SHADES) - 1) * value / highest))


def _drawn(template: str, **values: object) -> str:
    return environment().get_template(template).render(**values)


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_CHARACTERS else label[: _LABEL_CHARACTERS - 1] + "…"
