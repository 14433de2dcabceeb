"""The matcher on fictional notifications with the hashing embedder: relations, levels, reasons, bounds, stability."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import pytest

from models.encoder.hashing import HashEmbedder
from models.matching import Matcher, load_policy
from models.matching.codes import hs_overlap
from warehouse.errors import InputError
from warehouse.records import Level, Match, Notification, ProductLine, Relation

LINES = {
    "cable": ("管道光缆", "松套层绞、PE护套的管道和架空光缆，用于干线。", "8544700000", ("KEN", "PER")),
    "tyre": ("乘用车轮胎", "205/55R16无内胎新轮胎。", "4011100000", ("SAU", "DEU", "EU")),
    "headlamp": ("LED前照灯总成", "近光远光组合前大灯，供整车配套。", "8512201000", ("DEU", "EU")),
    "seat": ("座椅骨架", "高强钢汽车座椅骨架。", "9401900000", ()),
    "wall-paint": ("内墙乳胶漆", "水性建筑涂料，桶装。", "3209100090", ("KEN",)),
    "tio2": ("金红石型钛白粉", "二氧化钛颜料，用于涂料和塑料。", "3206111900", ("KEN",)),
    "honey": ("桶装蜂蜜", "洋槐天然蜂蜜。", "0409000000", ("JPN",)),
    "sweetener": ("三氯蔗糖", "高倍甜味剂，用于饮料。", "2932140000", ("JPN",)),
    "relay": ("小型继电器", "PCB焊接式继电器。", "8536411090", ("FRA", "EU")),
    "fridge": ("家用冰箱", "双门冰箱。", "8418101000", ("FRA", "EU")),
    "gloves": ("工业耐油橡胶手套", "丁腈浸胶。", "4015190000", ("JPN",)),
    "unknown": ("QX-7型元件", "", "9030400000", ("KEN",)),
}


def line(key: str) -> ProductLine:
    name, description, code, markets = LINES[key]
    return ProductLine(
        line_id=key, exporter_id="E1", product_name=name, description=description, hs_code=code, market_codes=markets
    )


def note(title: str = "", products: str = "", *, member: str = "KEN", **more: object) -> Notification:
    base = Notification(
        notification_id="N1", title=title, products_text=products, member_codes=(member,) if member else ()
    )
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(HashEmbedder(), load_policy())


RELATIONS = [
    ("Draft Kenya Standard — Optical fibre cables — Specification", "", "cable", Relation.DIRECT),
    ("Especificaciones técnicas para cables de fibra óptica", "", "cable", Relation.DIRECT),
    ("Projet d'arrêté relatif aux pneumatiques", "", "tyre", Relation.DIRECT),
    ("关于轮胎标签的技术法规", "轮胎", "tyre", Relation.DIRECT),
    ("Tester for optical fibre cables", "", "cable", Relation.NONE),
    ("Tire pressure monitoring systems", "", "tyre", Relation.NONE),
    ("轮胎压力监测系统要求", "", "tyre", Relation.NONE),
    ("Paints and varnishes; lead content limits", "", "wall-paint", Relation.DIRECT),
    ("Paints and varnishes; lead content limits", "", "tio2", Relation.INDIRECT),
    (
        "Varnish for interior use on wooden surfaces",
        "Paints and varnishes (ICS code(s): 87.040)",
        "wall-paint",
        Relation.NONE,
    ),
    ("Mosquito repellent - Specification - Part 4: Paint", "", "wall-paint", Relation.NONE),
    ("Paints and varnishes - Part 2: Emulsion paint", "", "wall-paint", Relation.DIRECT),
    ("纺织品 第3部分：窗帘", "", "honey", Relation.NONE),
    ("Paint thinner - Specification", "", "wall-paint", Relation.NONE),
    ("Regulation on food labelling", "", "honey", Relation.DIRECT),
    ("Food additives: permitted sweeteners", "", "sweetener", Relation.DIRECT),
    ("Food additives: permitted sweeteners", "", "honey", Relation.NONE),
    ("Restriction of hazardous substances in electrical and electronic equipment", "", "relay", Relation.INDIRECT),
    ("Restriction of hazardous substances in electrical and electronic equipment", "", "fridge", Relation.DIRECT),
    ("Road vehicles in general: dimensions and weights", "", "tyre", Relation.NONE),
    ("Motor vehicles - vehicle seats - Requirements", "", "seat", Relation.INDIRECT),
    ("Surgical gloves", "", "gloves", Relation.NONE),
    ("لائحة فنية للإطارات", "", "honey", Relation.NONE),
    ("มาตรฐานยางรถยนต์", "", "honey", Relation.NONE),
    ("", "", "honey", Relation.NONE),
]


@pytest.mark.parametrize(("title", "products", "key", "relation"), RELATIONS)
def test_relation(matcher: Matcher, title: str, products: str, key: str, relation: Relation) -> None:
    match = matcher.explain(note(title, products), line(key))
    assert match.relation is relation, match.reason
    assert match.reason.endswith("。")
    assert 0.0 <= match.score <= 1.0


def test_same_heading_of_another_product_is_no_relation(matcher: Matcher) -> None:
    match = matcher.explain(note("Toys - safety requirements", "Toys (HS code(s): 4011)"), line("tyre"))
    assert match.relation is Relation.NONE
    assert match.score <= load_policy().conflict_cap
    assert "虽" in match.reason
    assert "4011品目" in match.reason
    assert "不是同类产品" in match.reason


def test_reason_names_evidence_code_and_market(matcher: Matcher) -> None:
    match = matcher.explain(note("Optical fibre cables", "HS 8544", hs_codes=("8544",)), line("cable"))
    assert match.reason == (
        "通报产品为光缆（原文“optical fibre cables”），本企业“管道光缆”即属该类产品，"
        "且申报编码8544700000与通报税目8544同属8544品目；出口市场含肯尼亚。"
    )
    kinds = {item.kind: item for item in match.evidence}
    assert kinds["hs"].notification_text == "8544"
    assert kinds["hs"].line_text == "8544700000"
    assert kinds["concept"].notification_text == "optical fibre cables"
    assert kinds["market"].detail == "出口市场含肯尼亚"


def test_market_changes_level_but_not_score(matcher: Matcher) -> None:
    sold, unsold = (matcher.explain(note("Optical fibre cables", member=m), line("cable")) for m in ("KEN", "CHL"))
    assert (sold.sells_to_member, unsold.sells_to_member) == (True, False)
    assert sold.score == unsold.score
    assert (sold.level, unsold.level) == (Level.WARNING, Level.WATCH)
    assert "不含该通报成员" in unsold.reason


def test_eu_measure_binds_in_member_states_but_not_the_other_way(matcher: Matcher) -> None:
    tyre = dataclasses.replace(line("tyre"), market_codes=("DEU", "EU"))
    assert matcher.explain(note("Tyres", member="EU"), tyre).sells_to_member
    assert matcher.explain(note("Tyres", member="DEU"), tyre).sells_to_member
    assert not matcher.explain(note("Tyres", member="SWE"), tyre).sells_to_member


def test_indirect_levels(matcher: Matcher) -> None:
    assert matcher.explain(note("Paints - lead limits"), line("tio2")).level is Level.WATCH
    assert matcher.explain(note("Paints - lead limits", member="CHL"), line("tio2")).level is Level.REFERENCE


def test_china_itself_never_alerts(matcher: Matcher) -> None:
    match = matcher.explain(note("Optical fibre cables", member="CHN"), line("cable"))
    assert match.relation is Relation.DIRECT
    assert match.level is Level.NONE
    assert "由中国提出" in match.reason


@pytest.mark.parametrize(
    "notification",
    [
        note("Temporary suspension of imports of honey from Hungary", member="JPN", area="SPS"),
        note("Honey - emergency measure", member="JPN", area="SPS", affected_regions="Hungary; Poland"),
    ],
)
def test_measure_on_other_origins_concerns_nobody(matcher: Matcher, notification: Notification) -> None:
    match = matcher.explain(notification, line("honey"))
    assert (match.relation, match.level) == (Relation.NONE, Level.NONE)
    assert "匈牙利" in match.reason
    assert match.evidence[0].kind == "origin"


@pytest.mark.parametrize("regions", ["All trading partners", "Hungary; China", ""])
def test_measure_on_all_or_on_china_stays(matcher: Matcher, regions: str) -> None:
    title = "Honey - maximum residue limits for imported honey"
    assert (
        matcher.explain(note(title, member="JPN", area="SPS", affected_regions=regions), line("honey")).level
        is Level.WARNING
    )


def test_addendum_takes_products_of_its_parent(matcher: Matcher) -> None:
    addendum = note("Extension of the comment period")
    parent = dataclasses.replace(
        note("Optical fibre cables", "Optical fibre cables", hs_codes=("854470",)),
        notification_id="P",
        symbols=("G/TBT/N/KEN/1",),
    )
    alone = next(matcher.match([addendum], [line("cable")])).candidates[0]
    (result,) = matcher.match([addendum], [line("cable")], {"N1": parent})
    match = result.candidates[0]
    assert alone.relation is Relation.NONE
    assert match.relation is Relation.DIRECT
    assert match.notification_id == "N1"
    assert "沿用原通报G/TBT/N/KEN/1" in match.reason
    assert match == matcher.explain(addendum, line("cable"), parent)


def test_addendum_with_products_of_its_own_keeps_them(matcher: Matcher) -> None:
    own = note("Honey", "Honey")
    (result,) = matcher.match([own], [line("cable")], {"N1": note("Optical fibre cables", "Optical fibre cables")})
    assert result.candidates[0].relation is Relation.NONE
    assert not any(item.kind == "inherited" for item in result.candidates[0].evidence)


def test_order_of_input_does_not_matter_and_explain_agrees(matcher: Matcher) -> None:
    lines = [line(key) for key in LINES]
    notes = [
        dataclasses.replace(note(title, products), notification_id=f"N{i}")
        for i, (title, products, *_) in enumerate(RELATIONS)
    ]
    first = {result.notification_id: result.candidates for result in matcher.match(notes, lines)}
    second = {result.notification_id: result.candidates for result in matcher.match(notes[::-1], lines[::-1])}
    assert first == second
    assert first["N0"][0] == matcher.explain(notes[0], line(first["N0"][0].line_id))


def test_candidates_are_bounded_but_code_hits_and_relations_stay() -> None:
    policy = dataclasses.replace(load_policy(), max_candidates=2)
    tight = Matcher(HashEmbedder(), policy)
    (result,) = tight.match([note("Toys", "HS 4011; HS 0409", hs_codes=("4011", "0409"))], [line(key) for key in LINES])
    ids = [match.line_id for match in result.candidates]
    assert {"tyre", "honey"} <= set(ids)
    assert len(ids) <= 4
    scores = [match.score for match in result.candidates]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["a b " * 10_000, "HS " + "12 " * 10_000, "(HS 1" * 5_000, "汽车" * 10_000])
def test_endless_text_is_read_in_time(matcher: Matcher, text: str) -> None:
    started = time.monotonic()
    matcher.explain(note(text[:500], text), line("tyre"))
    assert time.monotonic() - started < 5.0


def test_no_lines_and_no_notifications(matcher: Matcher) -> None:
    assert next(matcher.match([note("Honey")], [])).candidates == ()
    assert list(matcher.match([], [line("honey")])) == []


def test_versions_name_rules_code_and_encoder(matcher: Matcher) -> None:
    assert matcher.rules_version == "matching-v1.0"
    assert "hash-ngrams" in matcher.model_version


@pytest.mark.parametrize(
    ("codes", "own", "digits", "code"),
    [
        (["8544"], "8544700000", 4, "8544"),
        (["85", "854470"], "8544700000", 6, "854470"),
        (["85447"], "8544110000", 4, "85447"),  # five digits are no level: the first four count
        (["85447000"], "854470", 6, "85447000"),
        (["8544"], "85", 2, "8544"),
        (["4011"], "8544", 0, ""),
        ([], "8544", 0, ""),
        (["8544"], "", 0, ""),
    ],
)
def test_hs_overlap(codes: list[str], own: str, digits: int, code: str) -> None:
    found = hs_overlap(codes, own)
    assert (found.digits, found.code) == (digits, code)


def test_codes_in_the_products_text_count(matcher: Matcher) -> None:
    match: Match = matcher.explain(note("New rules", "HS code(s): 9030.40"), line("unknown"))
    assert any(item.kind == "hs" and item.value == 1.0 for item in match.evidence)
    assert match.relation is Relation.NONE  # a code without any support by text
    assert match.score >= load_policy().hs6_alone


def test_line_wider_than_the_measure_is_shown_but_not_raised(matcher: Matcher) -> None:
    wide = dataclasses.replace(line("wall-paint"), product_name="工业涂料", description="")
    match = matcher.explain(note("Varnish - Specification"), wide)
    assert match.relation is Relation.NONE
    assert match.score >= load_policy().wider_line
    assert "需人工核对" in match.reason


def test_packaging_is_no_ingredient_of_what_it_carries(matcher: Matcher) -> None:
    bag = ProductLine(line_id="b", exporter_id="E1", product_name="吨袋", description="聚丙烯集装袋，用于水泥散货。")
    assert matcher.explain(note("Cement - Specification"), bag).relation is Relation.NONE


def test_policy_file_with_wrong_entries_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('rules_version = "x"\nmax_candidates = 5\nsurprise = 1\n', "utf-8")
    with pytest.raises(InputError, match="surprise"):
        load_policy(path)
    path.write_text("not toml at all", "utf-8")
    with pytest.raises(InputError, match=r"mine\.toml"):
        load_policy(path)
