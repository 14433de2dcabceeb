"""A firm is found by its whole name and by its own name, with any spaces; common words are no firms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bulletin.named_firms import named_firm

FIRMS = (
    "武汉示例大豆蛋白与饲料有限公司",
    "湖北示例激光（武汉）股份有限公司",
    "武汉光纤有限公司",
    "武汉市示例阀厂",
    "阀门",
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("武汉示例大豆蛋白与饲料有限公司受影响", FIRMS[0]),
        ("武汉示例大豆蛋白与饲料 有限公司受影响", FIRMS[0]),
        ("示例大豆蛋白与饲料厂方反映", FIRMS[0]),
        ("湖北示例激光(武汉)股份有限公司", FIRMS[1]),
        ("武汉光纤有限公司", FIRMS[2]),
        ("我市光纤企业", ""),
        ("阀门企业", ""),
        ("", ""),
    ],
)
def test_a_text_names_a_firm_or_none(text: str, found: str) -> None:
    assert named_firm(text, FIRMS) == found


@given(st.sampled_from(FIRMS[:3]), st.lists(st.integers(1, 6), max_size=3), st.text(max_size=10))
def test_spaces_hide_no_name(name: str, places: list[int], around: str) -> None:
    spaced = list(name)
    for place in sorted(places, reverse=True):
        spaced.insert(place, " ")
    assert named_firm(around + "".join(spaced), FIRMS)
