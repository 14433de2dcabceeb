"""Markets and fields of goods of the bulletin, as topics.toml defines them."""

from __future__ import annotations

import pytest

from pipeline.bulletin.topics import main_markets, markets, topics
from warehouse.reference import hs_chapter_zh, hs_headings

BY_NAME = {topic.name: topic for topic in topics()}
CARBON = BY_NAME["涉碳产品"]


def test_the_parts_of_the_mandate_are_there() -> None:
    assert main_markets() == ("美国", "欧洲", "日本", "中东")
    assert list(BY_NAME) == ["新能源汽车与动力电池", "光电子信息", "涉碳产品"]


def test_regions_hold_the_members_of_the_seeds() -> None:
    assert {"EU", "DEU", "GBR", "CHE"} <= markets()["欧洲"]
    assert {"SAU", "ARE", "ISR"} <= markets()["中东"]
    assert markets()["美国"] == {"USA"}


@pytest.mark.parametrize(
    ("chain", "concepts", "codes", "fields"),
    [
        ("锂电池与电池材料", [], [], {"新能源汽车与动力电池"}),
        ("", ["traction_battery"], [], {"新能源汽车与动力电池", "涉碳产品"}),  # a kind of lithium battery
        ("光纤光缆与光器件", [], [], {"光电子信息"}),
        ("", [], ["8541420000"], {"涉碳产品"}),  # a photovoltaic cell is no optical component
        ("", [], ["8542310000"], {"光电子信息"}),
        ("钢材与铝材", [], ["7208390000"], {"涉碳产品"}),
        ("农食中间品", ["vegetable_oil"], ["150790"], set()),
        ("", ["not-in-the-lexicon"], [], set()),
    ],
)
def test_goods_belong_by_chain_concept_or_heading(
    chain: str, concepts: list[str], codes: list[str], fields: set[str]
) -> None:
    assert {topic.name for topic in topics() if topic.holds_goods(chain, concepts, codes)} == fields


@pytest.mark.parametrize(
    "words",
    [
        "Rules on the carbon footprint of batteries",
        "Prohibition of refrigerants with a GWP above 150",
        "Regulation on fluorinated gases (F‑gases)",
        "Reglamento sobre la huella de carbono",
        "Règlement sur l'empreinte carbone",
        "动力电池碳足迹声明规则",
        "关于CBAM申报的实施细则",
    ],
)
def test_a_measure_on_carbon_is_known_by_its_words(words: str) -> None:
    assert CARBON.is_named_in(words)


@pytest.mark.parametrize("words", ["", "Carbon steel pipes", "HFCX connectors", "gwpx", "碳钢管材", "carbonated water"])
def test_other_words_with_carbon_are_not_about_emissions(words: str) -> None:
    assert not CARBON.is_named_in(words)


def test_a_field_without_words_is_told_by_goods_alone() -> None:
    assert not BY_NAME["光电子信息"].is_named_in("optical fibre", "光纤")


def test_every_code_of_the_file_exists() -> None:
    for topic in topics():
        for code in topic.hs:
            assert code[:4] in hs_headings()
            assert hs_chapter_zh(code)
