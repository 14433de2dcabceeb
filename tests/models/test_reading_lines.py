"""What a product line is and goes into, by its words and its code, and where the two do not fit."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.lexicon.concepts import concepts, concepts_of_hs, is_kind_of
from models.reading.likeness import alike
from models.reading.line_check import disagreement
from models.reading.line_profile import Known, LineProfile, profile_of
from warehouse.records import ProductLine
from warehouse.reference import hs_headings, hs_successors


def profile(name: str, description: str = "", hs_code: str = "") -> LineProfile:
    return profile_of(
        ProductLine(line_id="L1", exporter_id="E1", product_name=name, description=description, hs_code=hs_code)
    )


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("LED前照灯总成", {"headlamp"}),
        ("轮胎压力监测系统", {"tyre_pressure_monitor"}),
        ("自行车轮胎", {"bicycle_tyre"}),
        ("冰箱压缩机", {"fridge_compressor"}),
        ("轮胎A-100 205/55R16", {"tyre"}),
        ("K100轮胎（自行车用）", {"tyre"}),
        ("玩具模块", {"toy"}),
        ("蜂蜜系列", {"honey"}),
        ("玩具及自行车", {"toy", "bicycle"}),
        ("玩具、蜂蜜/轮胎", {"toy", "honey", "tyre"}),
        ("泵用电动机", {"electric_motor"}),
        ("电动自行车用锂离子电池", {"lithium_battery"}),
        ("ＬＥＤ灯", {"led_lamp"}),
        ("Optical fibre cables", {"optical_fibre_cable"}),
    ],
)
def test_a_line_is_the_head_of_its_name(name: str, kinds: set[str]) -> None:
    assert dict(profile(name).identity) == dict.fromkeys(kinds, Known.NAME)


@pytest.mark.parametrize(
    ("name", "uses"),
    [
        ("电动自行车用锂离子电池", {"electric_bicycle"}),
        ("数控机床配件", {"machine_tool"}),
        ("轮胎", set()),
    ],
)
def test_what_stands_before_the_head_is_what_it_goes_into(name: str, uses: set[str]) -> None:
    assert profile(name).uses == uses


@pytest.mark.parametrize(
    ("description", "uses"),
    [
        ("用于电动自行车", {"electric_bicycle"}),
        ("高容量。供玩具和自行车配套", {"toy", "bicycle"}),
        ("装入冰箱，玩具", {"refrigerator", "toy"}),
        ("黑色，圆柱形。", set()),
    ],
)
def test_a_description_tells_what_a_line_goes_into(description: str, uses: set[str]) -> None:
    found = profile("锂离子电池", description)
    assert dict(found.identity) == {"lithium_battery": Known.NAME}
    assert found.uses == uses


def test_a_description_makes_a_name_more_exact() -> None:
    found = profile("电动机", "三相异步电动机，用于水泵。")
    assert dict(found.identity) == {"three_phase_motor": Known.NAME}
    assert found.uses == {"water_pump"}


def test_a_description_does_not_overrule_a_name() -> None:
    assert profile("轮胎", "玩具。").identity.keys() == {"tyre"}


def test_a_description_tells_what_an_unknown_name_is() -> None:
    assert dict(profile("QX-7", "黑色玩具").identity) == {"toy": Known.DESCRIPTION}
    assert dict(profile("QX-7", "采用LED灯的玩具。").identity) == {"toy": Known.DESCRIPTION}


@pytest.mark.parametrize("description", ["内置锂电池", "含玩具", "带轮胎", "采用LED灯", "配玩具", "附蜂蜜"])
def test_what_a_line_contains_is_not_what_it_is(description: str) -> None:
    assert dict(profile("QX-7型元件", description).identity) == {}


def test_made_for_one_use_is_the_kind_for_it() -> None:
    """A kind of the head that is part of what the line is used in, where only one kind is."""
    found = profile("轮胎", "用于自行车")
    assert dict(found.identity) == {"bicycle_tyre": Known.NAME}


def test_made_for_something_else_stays_what_it_is_called() -> None:
    assert profile("轮胎", "用于蜂蜜").identity.keys() == {"tyre"}


@pytest.mark.parametrize(
    ("name", "description", "attributes"),
    [
        ("蓝牙音箱", "", {"radio_equipment", "electrical_equipment"}),
        ("QX-7遥控器", "射频433MHz", {"radio_equipment"}),
        ("QX-7", "红外遥控，无线通信", set()),
        ("QX-7充电风扇", "USB供电", {"electrical_equipment"}),
        ("QX-7配件", "USB供电", set()),
        ("QX-7", "智能家居联网", {"smart_appliance"}),
        ("QX-7模块", "物联网", set()),
        ("QX-7", "食品级", {"food_contact_material"}),
        ("QX-7", "食品级添加剂", set()),
        ("QX-7", "给水用", {"drinking_water_product"}),
        ("QX-7", "污水、给水", set()),
        ("QX-7", "儿童用", {"children_product"}),
        ("QX-7", "婴儿配方", set()),
        ("QX-7", "防砸", {"ppe"}),
        ("QX-7", "200g/袋", {"prepackaged_food"}),
        ("QX-7", "200ｇ／袋", {"prepackaged_food"}),
        ("QX-7", "25kg吨桶，罐头", set()),
        ("数控QX-7", "", {"machinery"}),
        ("数控QX-7配件", "", set()),
        ("QX-7", "", set()),
    ],
)
def test_words_put_a_line_under_classes_whatever_it_is_called(
    name: str, description: str, attributes: set[str]
) -> None:
    assert profile(name, description).attributes == attributes


@pytest.mark.parametrize(
    ("name", "words", "spared"),
    [
        ("锂离子电池", "蓝牙", "radio_equipment"),
        ("锂离子电池", "联网", "smart_appliance"),
        ("锂离子电池", "USB", "electrical_equipment"),
        ("电动汽车轮毂", "led", "electrical_equipment"),
        ("摩托车", "蓝牙", "radio_equipment"),
        ("柠檬酸", "食品级", "food_contact_material"),
        ("蜂蜜", "食品级", "food_contact_material"),
    ],
)
def test_kinds_that_are_never_meant_are_spared(name: str, words: str, spared: str) -> None:
    assert spared not in profile(name, words).attributes
    assert spared in profile("QX-7", words).attributes


def test_attributes_do_not_tell_what_a_line_is() -> None:
    assert dict(profile("QX-7", "儿童用").identity) == {}


@pytest.mark.parametrize(
    ("hs_code", "kinds"),
    [
        ("0409000000", {"honey"}),
        ("950300", {"toy"}),
        ("9503", {"toy"}),
        ("8708", {"vehicle_part"}),
        ("847989", {"machinery"}),
        ("3926909090", set()),
        ("854370", {"electrical_equipment", "emc_equipment"}),
        ("95", set()),
        ("9999999999", set()),
        ("", set()),
    ],
)
def test_the_code_tells_what_an_unknown_line_is(hs_code: str, kinds: set[str]) -> None:
    """A subheading or heading for few goods names them, one for many only what they have in common."""
    found = profile("QX-7", "", hs_code)
    assert dict(found.identity) == dict.fromkeys(kinds, Known.CODE)
    assert found.by_code == kinds


def test_a_subheading_without_a_concept_is_read_by_its_text() -> None:
    assert concepts_with("871200") == set()
    assert profile("QX-7", "", "8712009000").by_code == {"bicycle"}


def concepts_with(code: str) -> set[str]:
    return {key for key, concept in concepts().items() if code in concept.hs}


@pytest.mark.parametrize(
    ("name", "hs_code", "kind"),
    [
        ("浮法超白片", "700529", "float_glass"),
        ("罐装洋槐原蜜", "0409", "honey"),
        ("纤维泥板", "681182", "fibre_cement"),
        ("丁腈医手", "401512", "nitrile_glove"),
    ],
)
def test_a_shortened_name_is_read_by_what_its_heading_holds(name: str, hs_code: str, kind: str) -> None:
    """Factories leave characters out; two in common with a good of the heading, half of the shorter one, tell it."""
    assert dict(profile(name, "", hs_code).identity) == {kind: Known.LIKENESS}
    assert kind not in profile(name, "", "8504").identity


@given(st.text(alphabet="甲乙丙丁充电桩浮法玻璃蜂蜜", max_size=8))
def test_likeness_names_only_goods_of_the_heading(name: str) -> None:
    goods = {key for code, keys in concepts_of_hs().items() if code[:4] == "8504" for key in keys}
    assert alike(name, "8504401300") <= goods
    assert alike(name, "") == frozenset()


def test_a_description_of_another_chapter_tells_the_use_not_the_good() -> None:
    found = profile("QX-7", "PVB夹层，乘用车", "7007219000")
    assert "passenger_car" not in found.identity
    assert "passenger_car" in found.uses
    assert "passenger_car" in profile("QX-7", "PVB夹层，乘用车", "8703").identity


def test_the_code_does_not_overrule_words() -> None:
    found = profile("蜂蜜", "", "8708990000")
    assert dict(found.identity) == {"honey": Known.NAME}
    assert found.by_code == {"vehicle_part"}
    assert found.hs_code == "8708990000"


def test_the_passage_for_the_encoder_holds_name_and_description() -> None:
    assert profile("蜂蜜", "天然").passage == "蜂蜜：天然"
    assert profile("蜂蜜").passage == "蜂蜜"


# line_check


def test_a_name_that_does_not_fit_its_code_is_asked_about() -> None:
    found = disagreement(profile("蜂蜜", "桶装天然蜂蜜。", "8708990000"))
    assert found is not None
    assert (found.called, found.usual_headings) == ("蜂蜜", ("0409",))
    assert found.declared_name == hs_headings()["8708"]


@pytest.mark.parametrize(
    ("name", "description", "hs_code"),
    [
        ("蜂蜜", "", "0409000000"),
        ("蜂蜜", "", "0410900000"),  # another heading of the chapter: the firm knows better
        ("蜂蜜", "", "04"),  # a chapter is no declared code
        ("蜂蜜", "", ""),
        ("QX-7", "", "8708990000"),  # the name says nothing
        ("QX-7", "蜂蜜", "8708990000"),  # only the description does
        ("玩具", "", "9503"),
    ],
)
def test_nothing_is_asked_where_words_or_code_say_too_little(name: str, description: str, hs_code: str) -> None:
    assert disagreement(profile(name, description, hs_code)) is None


def test_one_fitting_part_of_a_name_is_enough() -> None:
    assert disagreement(profile("玩具及蜂蜜", "", "0409000000")) is None
    assert disagreement(profile("玩具及蜂蜜", "", "8708990000")) is not None


@pytest.mark.parametrize(
    ("name", "moved", "stayed"),
    [("体外诊断试剂", "3002110000", "3002150000"), ("液晶显示模组", "9013800000", "9013100000")],
)
def test_a_code_of_an_old_edition_is_held_against_what_it_became(name: str, moved: str, stayed: str) -> None:
    """Such goods left the old chapter with HS2022: who still declares the old code is not asked, another code is."""
    assert hs_successors(moved[:6]) is not None
    assert disagreement(profile(name, "", moved)) is None
    assert disagreement(profile(name, "", stayed)) is not None


def test_the_narrower_kinds_of_a_name_fit_too() -> None:
    """Toys fall under 9503, some kinds of them under other chapters too: none of their codes is asked about."""
    kinds = [key for key in concepts() if is_kind_of(key, "toy")]
    codes = {code for key in kinds for code in concepts()[key].hs if len(code) == 6}
    assert len({code[:2] for code in codes}) > 1
    assert [code for code in codes if disagreement(profile("玩具", "", code))] == []


digits = st.text("0123456789", max_size=10)
WORDS = (
    "轮胎 玩具 用于 内置 含 的 及 、 （ ） ( ) 。 ， 蓝牙 LED toy for 25kg 200g/袋 配件 总成 - "
    "ยาง 장난감 😀 タイヤ шина"
)
texts = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS.split()), max_size=10).map("".join))


@given(texts, texts, digits)
@settings(max_examples=150, deadline=None)
@example("", "", "")
@example("ยางรถยนต์", "장난감", "9503")
@example("（（（", "))))", "00")
def test_any_line_can_be_read(name: str, description: str, hs_code: str) -> None:
    """Whatever stands in the cells: known concepts, one way in which they are known, the same each time."""
    found = profile(name, description, hs_code)
    assert {*found.identity, *found.uses, *found.attributes, *found.by_code} <= concepts().keys()
    assert len(set(found.identity.values())) <= 1
    assert not found.uses & found.identity.keys()
    assert profile(name, description, hs_code) == found
    question = disagreement(found)
    assert question is None or (question.called and set(found.identity.values()) == {Known.NAME})
