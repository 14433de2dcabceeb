from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import bar_chart_png, bar_chart_svg, chart_svg, nice_step, picture_png, shade_of
from reports.document import BarChart, HeatMap, LineChart, Series
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


LINES = LineChart(
    caption="图2 <走势>",
    labels=("2031.1", "2月", "3月", "4月"),
    series=(Series("合计", (10, None, 30, 40)), Series("TBT & 其他", (4, None, 20, 0))),
    unit="件",
    alt="2031年1月10件",
)
HEAT = HeatMap(
    caption="图3",
    rows=("甲", "乙"),
    columns=("美国", "欧洲"),
    values=((0, 1), (10, 5)),
    unit="项",
    alt="甲：欧洲1项；乙：美国10项、欧洲5项",
)


def drawn(picture: LineChart | HeatMap) -> ElementTree.Element:
    return ElementTree.fromstring(chart_svg(picture))  # noqa: S314  # our own output


def words(root: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def test_a_line_stops_at_a_gap_and_lines_differ_without_colour() -> None:
    root = drawn(LINES)
    strokes = list(root.iter(f"{SVG}polyline"))
    assert [len((stroke.get("points") or "").split()) for stroke in strokes] == [2, 2]
    assert len({stroke.get("stroke-dasharray") for stroke in strokes}) == 2
    assert {"10", "30", "40", "TBT & 其他", "2月"} <= set(words(root))
    assert root.get("aria-label") == LINES.alt


def test_a_higher_value_of_a_line_stands_higher() -> None:
    stroke = next(drawn(LINES).iter(f"{SVG}polyline"))
    heights = [float(point.split(",")[1]) for point in (stroke.get("points") or "").split()]
    assert heights[0] > heights[1]


def test_shades_rise_with_the_numbers_that_stand_in_them() -> None:
    root = drawn(HEAT)
    fills = [cell.get("fill") or "" for cell in root.iter(f"{SVG}rect")]
    assert fills[0] == "#ffffff"
    lights = [int(fill[1:3], 16) + int(fill[3:5], 16) + int(fill[5:], 16) for fill in fills]
    assert lights[0] > lights[1] > lights[3] > lights[2]  # 0, 1, 5, 10
    assert {"—", "1", "10", "5", "美国", "乙"} <= set(words(root))


def test_numbers_are_legible_on_their_shade() -> None:
    root = drawn(HEAT)
    numbers = list(root.iter(f"{SVG}text"))[-4:]
    for cell, number in zip(root.iter(f"{SVG}rect"), numbers, strict=True):
        light, dark = sorted((luminance(cell.get("fill")), luminance(number.get("fill"))), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str | None) -> float:
    assert colour
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_shade_is_none_for_nothing_and_never_falls(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert (shade_of(low, high) == 0) == (low == 0)
    assert shade_of(low, high) <= shade_of(high, high) <= 5


@given(st.integers(0, 10**9))
def test_the_axis_reaches_the_highest_value_in_few_round_steps(highest: int) -> None:
    step = nice_step(highest)
    assert step * 5 >= highest
    assert str(step).rstrip("0") in {"1", "2", "5"}
    assert step == 1 or step * 2 <= highest  # no axis of which most is empty


@pytest.mark.parametrize(
    "empty",
    [
        LineChart(caption="图", labels=(), series=(), unit="件", alt="无"),
        LineChart(caption="图", labels=("1月",), series=(Series("合计", (0,)),), unit="件", alt="无"),
        HeatMap(caption="图", rows=(), columns=(), values=(), unit="项", alt="无"),
    ],
    ids=["no-line", "one-zero", "no-cell"],
)
def test_nothing_to_draw_is_drawn(empty: LineChart | HeatMap) -> None:
    assert drawn(empty).tag == f"{SVG}svg"


@pytest.mark.parametrize("picture", [LINES, HEAT], ids=["lines", "heat"])
def test_every_picture_becomes_a_png(picture: LineChart | HeatMap) -> None:
    fonts = plan_fonts(use_system=False)
    assert picture_png(picture, fonts).startswith(b"\x89PNG")
