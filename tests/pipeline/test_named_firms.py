"""A firm is found by its whole name, its own name and its short ones, with any spaces; common words are no firms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lexicon.concepts import concepts
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.sample import EXPORTERS, sample_path
from warehouse.facts import ListedFirm
from warehouse.intake.exporters import read_exporters
from warehouse.reference import hs_headings, industries

BEANS, LASER, FIBRE, VALVES = (
    "武汉示例大豆蛋白与饲料有限公司",
    "湖北示例激光（武汉）股份有限公司",
    "武汉光纤有限公司",
    "武汉市示例阀厂",
)
FIRMS = FirmFinder(map(ListedFirm, (BEANS, LASER, FIBRE, VALVES, "阀门", "武汉光电子", "中国")))
# fictional names in the forms of real ones
CABLE, RADIO, BEAM, WARM, SCHOOL, LIGHT = (
    "曜穹光纤光缆股份有限公司",
    "燧野通信科技股份有限公司",
    "武汉砺磐光纤激光技术股份有限公司",
    "武汉皓峣红外股份有限公司",
    "澍工科技产业股份有限公司",
    "武汉霁迅科技股份有限公司",
)
SHAPED = FirmFinder(map(ListedFirm, (CABLE, RADIO, BEAM, WARM, SCHOOL, LIGHT)))


def named(finder: FirmFinder, text: str) -> str:
    found = finder.find(text)
    return found.name if found else ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("武汉示例大豆蛋白与饲料有限公司受影响", BEANS),
        ("武汉示例大豆蛋白与饲料 有限公司受影响", BEANS),
        ("示例大豆蛋白与饲料厂方反映", BEANS),
        ("湖北示例激光(武汉)股份有限公司", LASER),
        ("武汉光纤有限公司", FIBRE),
        ("我市光纤企业", ""),
        ("阀门企业", ""),
        ("武汉光电子产业发展较快", ""),
        ("中国企业受影响", ""),
        ("", ""),
    ],
)
def test_a_text_names_a_firm_or_none(text: str, found: str) -> None:
    assert named(FIRMS, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("曜穹光纤反映影响较大", CABLE),
        ("请燧野通信提供检测报告", RADIO),
        ("砺磐激光对欧盟出口较多", BEAM),
        ("砺磐公司对欧盟出口较多", BEAM),
        ("已告知皓峣红外", WARM),
        ("澍工科技、霁迅科技等", SCHOOL),
        ("霁迅 · 科技", LIGHT),
    ],
)
def test_a_firm_is_found_by_the_short_name_that_people_write(text: str, found: str) -> None:
    assert named(SHAPED, text) == found


@pytest.mark.parametrize(
    ("firm", "words"),
    [
        ("武汉光电子有限公司", "我市光电子企业受影响"),
        ("武汉新材料科技有限公司", "新材料科技企业"),
        ("武汉绿色包装有限公司", "符合绿色包装要求"),
        ("武汉东湖高新集团股份有限公司", "东湖高新区企业"),
        ("武汉锂离子电池有限公司", "锂离子电池的运输要求"),
        ("中国技术进出口集团有限公司", "中国技术进出口"),
    ],
)
def test_a_name_of_common_words_is_found_as_a_whole_only(firm: str, words: str) -> None:
    finder = FirmFinder([ListedFirm(firm)])
    assert named(finder, words) == ""
    assert named(finder, f"据{firm}反映") == firm


def test_a_short_name_on_the_list_is_looked_for_and_a_common_word_there_is_not() -> None:
    finder = FirmFinder(
        [
            ListedFirm("武汉某某实业有限公司", short_name="曜穹、YaoQ；武汉光电子"),
            ListedFirm("武汉另一实业有限公司", credit_code="91420100MA4K1X2Y3Z"),
        ]
    )
    assert named(finder, "请曜穹尽快反馈") == "武汉某某实业有限公司"
    assert named(finder, "由 YAOQ 公司反馈") == "武汉某某实业有限公司"
    assert named(finder, "yaoqing") == ""
    assert named(finder, "武汉光电子企业") == ""
    assert named(finder, "代码91420100ma4k1x2y3z") == "武汉另一实业有限公司"


def test_the_names_of_goods_and_of_industries_name_no_firm_of_the_sample() -> None:
    with sample_path(EXPORTERS) as path:
        finder = FirmFinder(ListedFirm(firm.name) for firm in read_exporters(path).exporters)
    texts = [*hs_headings().values(), *industries(), *(t for c in concepts().values() for t in c.terms["zh"])]
    assert [text for text in texts if finder.find(text)] == []


def test_a_list_without_firms_finds_none() -> None:
    assert FirmFinder([]).find("武汉示例激光有限公司") is None


@given(st.sampled_from((BEANS, LASER, FIBRE)), st.lists(st.integers(1, 6), max_size=3), st.text(max_size=10))
def test_spaces_hide_no_name(name: str, places: list[int], around: str) -> None:
    spaced = list(name)
    for place in sorted(places, reverse=True):
        spaced.insert(place, " ")
    assert FIRMS.find(around + "".join(spaced))
