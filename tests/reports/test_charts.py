from __future__ import annotations

from xml.etree import ElementTree

from reports.charts import bar_chart_png, bar_chart_svg
from reports.document import BarChart
from reports.fonts import plan_fonts

SVG = "{http://www.w3.org/2000/svg}"
CHART = BarChart(caption="图1 <&>", labels=("甲 & 乙", "丙" * 30), values=(10, 5), unit="件", alt="甲10件、“丙”5件")


def test_bars_are_in_proportion_and_text_is_escaped() -> None:
    root = ElementTree.fromstring(bar_chart_svg(CHART))  # noqa: S314  # our own output
    lengths = [float(bar.get("width", "0")) for bar in root.iter(f"{SVG}rect")]
    assert lengths[0] == 2 * lengths[1] > 0
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert "甲 & 乙" in words
    assert any(word and word.endswith("…") for word in words)
    assert root.get("aria-label") == CHART.alt


def test_all_zero_values_do_not_divide_by_zero() -> None:
    flat = BarChart(caption="图", labels=("甲",), values=(0,), unit="件", alt="甲0件")
    assert 'width="0.0"' in bar_chart_svg(flat)


def test_the_picture_is_the_same_every_time() -> None:
    fonts = plan_fonts(use_system=False)
    first = bar_chart_png(CHART, fonts)
    assert first.startswith(b"\x89PNG")
    assert first == bar_chart_png(CHART, fonts)
