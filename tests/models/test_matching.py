"""The matcher on fictional notifications with the hashing embedder: relations, levels, reasons, bounds, stability.

What the learned head decides is tested on plain cases alone; all else with a head written by hand, so that training
changes no test.
"""

from __future__ import annotations

import dataclasses
import math
import time

import pytest
from matching_pairs import BY_HAND, LINES, line, note

from models.encoder.hashing import HashEmbedder
from models.matching import Explanation, Matcher, load_head, load_policy
from models.matching.features import FEATURES
from models.reading.codes import hs_overlap
from warehouse.records import Level, Match, ProductLine, Relation


def test_a_line_sold_to_the_member_is_warned_of(by_hand: Matcher) -> None:
    found = by_hand.explain(note("Optical fibre cables"), line("cable"))
    assert found.match.level is Level.WARNING
    assert found.p_direct == round(found.p_direct, 4) > 0.9


# What any sensible head decides: the very product, its plain kinds, and other goods.
PLAIN = [
    (
        "Draft Kenya Standard — Optical fibre cables — Specification",
        "Optical fibre cables (HS 8544.70)",
        "cable",
        Relation.DIRECT,
    ),
    (
        "Especificaciones técnicas para cables de fibra óptica",
        "Cables de fibra óptica (SA 8544.70)",
        "cable",
        Relation.DIRECT,
    ),
    ("Projet d'arrêté relatif aux pneumatiques", "", "tyre", Relation.DIRECT),
    ("关于轮胎标签的技术法规", "轮胎", "tyre", Relation.DIRECT),
    ("Natural honey", "Natural honey (HS code(s): 0409)", "honey", Relation.DIRECT),
    ("Refrigerators: energy efficiency", "Household refrigerators", "fridge", Relation.DIRECT),
    ("Paints and varnishes; lead content limits", "", "wall-paint", Relation.DIRECT),
    ("Paints and varnishes - Part 2: Emulsion paint", "Emulsion paints (HS 3209.10)", "wall-paint", Relation.DIRECT),
    (
        "Restriction of hazardous substances in electrical and electronic equipment",
        "Electrical and electronic equipment",
        "fridge",
        Relation.DIRECT,
    ),
    ("Tester for optical fibre cables", "", "cable", Relation.NONE),
    ("Tire pressure monitoring systems", "", "tyre", Relation.NONE),
    ("轮胎压力监测系统要求", "", "tyre", Relation.NONE),
    ("Mosquito repellent - Specification - Part 4: Paint", "", "wall-paint", Relation.NONE),
    ("纺织品 第3部分：窗帘", "", "honey", Relation.NONE),
    ("Paint thinner - Specification", "", "wall-paint", Relation.NONE),
    ("Food additives: permitted sweeteners", "", "honey", Relation.NONE),
    ("Surgical gloves", "", "gloves", Relation.NONE),
    ("لائحة فنية للإطارات", "", "honey", Relation.NONE),
    ("มาตรฐานยางรถยนต์", "", "honey", Relation.NONE),
    ("", "", "honey", Relation.NONE),
]


@pytest.mark.parametrize(("title", "products", "key", "relation"), PLAIN)
def test_relation(matcher: Matcher, title: str, products: str, key: str, relation: Relation) -> None:
    found = matcher.explain(note(title, products), line(key))
    assert found.match.relation is relation, found
    assert found.match.reason.endswith("。")
    assert 0.0 <= found.match.score <= 1.0


# What only goes into the product is never the product.
PARTS = [
    ("Paints and varnishes; lead content limits", "tio2"),
    ("Restriction of hazardous substances in electrical and electronic equipment", "relay"),
    ("Motor vehicles - vehicle seats - Requirements", "seat"),
    ("Road vehicles: headlamps and other equipment of passenger cars", "seat"),
]


@pytest.mark.parametrize(("title", "key"), PARTS)
def test_part_of_the_product_is_not_direct(matcher: Matcher, by_hand: Matcher, title: str, key: str) -> None:
    assert matcher.explain(note(title), line(key)).match.relation is not Relation.DIRECT
    plain = by_hand.explain(note(title), line(key)).match
    assert plain.relation is Relation.INDIRECT
    assert "要求可能经下游客户传导" in plain.reason


def test_the_product_scores_above_its_parts_and_these_above_other_goods(matcher: Matcher) -> None:
    measure = note("Paints and varnishes; lead content limits", "Paints and varnishes")
    (result,) = matcher.match([measure], [line(key) for key in ("honey", "tio2", "wall-paint")])
    score = {match.line_id: match.score for match in result.candidates}
    assert score["wall-paint"] > score["tio2"] > score.get("honey", 0.0)


@pytest.mark.parametrize("use", ["matcher", "by_hand"])
@pytest.mark.parametrize("key", LINES)
def test_contributions_and_base_give_the_probability(use: str, key: str, request: pytest.FixtureRequest) -> None:
    """The waterfall that `explain` shows ends at the log-odds of the probability that it shows."""
    found: Explanation = request.getfixturevalue(use).explain(
        note("Optical fibre cables and tyres", "HS 8544", hs_codes=("8544",)), line(key)
    )
    assert {name for name, _ in found.contributions} <= set(FEATURES)
    sizes = [abs(value) for _, value in found.contributions]
    assert sizes == sorted(sizes, reverse=True)
    left_out = 0.005 * (len(FEATURES) - len(found.contributions))
    total = found.base + sum(value for _, value in found.contributions)
    low, high = (1 / (1 + math.exp(-(total + change))) for change in (-left_out, left_out))
    assert low - 1e-4 <= found.p_direct <= high + 1e-4
    assert found.match.score == pytest.approx(found.p_direct + found.p_indirect / 2, abs=2e-4)
    assert 0.0 <= found.p_indirect <= 1.0 - found.p_direct + 1e-4


def test_thresholds_are_those_of_the_head(by_hand: Matcher) -> None:
    measure, cable = note("Optical fibre cables"), line("cable")
    found = by_hand.explain(measure, cable)
    assert (found.direct_from, found.related_from) == (0.5, 0.5)
    strict = dataclasses.replace(BY_HAND, direct_from=0.9999)
    stricter = dataclasses.replace(strict, related_from=0.99999)
    relations = [
        Matcher(HashEmbedder(), head, load_policy()).explain(measure, cable).match.relation
        for head in (BY_HAND, strict, stricter)
    ]
    assert relations == [Relation.DIRECT, Relation.INDIRECT, Relation.NONE]


def test_same_heading_of_another_product_is_no_relation(matcher: Matcher) -> None:
    match = matcher.explain(note("Toys - safety requirements", "Toys (HS code(s): 4011)"), line("tyre")).match
    assert match.relation is Relation.NONE
    assert "4011品目" in match.reason


def test_reason_for_other_goods_names_both(matcher: Matcher) -> None:
    match = matcher.explain(note("Toys - safety requirements", "Toys", hs_codes=("8544",)), line("tyre")).match
    assert match.relation is Relation.NONE
    assert "通报产品为玩具" in match.reason
    assert "不是同类产品" in match.reason


def test_reason_names_evidence_code_and_market(by_hand: Matcher) -> None:
    found = by_hand.explain(note("Optical fibre cables", "HS 8544", hs_codes=("8544",), lang="en"), line("cable"))
    match = found.match
    assert match.reason == (
        "通报产品为光缆（原文“optical fibre cables”），本企业“管道光缆”为室外光缆，属于该类产品，"
        "且申报编码8544700000与通报税目8544同属8544品目；出口市场含肯尼亚。"
    )
    kinds = {item.kind: item for item in match.evidence}
    assert kinds["hs"].notification_text == "8544"
    assert kinds["hs"].line_text == "8544700000"
    assert kinds["concept"].notification_text == "optical fibre cables"
    assert kinds["market"].detail == "出口市场含肯尼亚"
    assert f"直接涉及{found.p_direct:.0%}" in kinds["probability"].detail
    assert kinds["probability"].value == found.p_direct


def test_excluded_product_is_named_as_such(by_hand: Matcher) -> None:
    title = "Electrical and electronic equipment"
    measure, without = note(title, lang="en"), note(f"{title}, excluding refrigerators", lang="en")
    match = by_hand.explain(without, line("fridge")).match
    assert by_hand.explain(measure, line("fridge")).match.relation is Relation.DIRECT
    assert match.relation is Relation.NONE
    assert "明确排除" in match.reason
    assert "refrigerators" in match.reason


def test_order_of_input_does_not_matter_and_explain_agrees(matcher: Matcher) -> None:
    lines = [line(key) for key in LINES]
    notes = [
        dataclasses.replace(note(title, products), notification_id=f"N{i}")
        for i, (title, products, *_) in enumerate(PLAIN)
    ]
    first = {result.notification_id: result.candidates for result in matcher.match(notes, lines)}
    second = {result.notification_id: result.candidates for result in matcher.match(notes[::-1], lines[::-1])}
    assert first == second
    assert [result.notification_id for result in matcher.match(notes, lines)] == [
        item.notification_id for item in notes
    ]
    for measure in notes:
        for match in first[measure.notification_id]:
            assert match == matcher.explain(measure, line(match.line_id)).match


def test_other_lines_of_a_run_change_no_result(matcher: Matcher) -> None:
    measure = note("Optical fibre cables", "HS 8544", hs_codes=("8544",))
    (alone,) = matcher.match([measure], [line("cable")])
    among, _ = matcher.match([measure, note("Honey")], [line(key) for key in LINES])
    assert alone.candidates[0] in among.candidates


def test_candidates_are_bounded_but_relations_stay() -> None:
    policy = dataclasses.replace(load_policy(), max_candidates=2)
    tight = Matcher(HashEmbedder(), BY_HAND, policy)
    wide = Matcher(HashEmbedder(), BY_HAND, load_policy())
    lines = [line(key) for key in LINES]
    few, many = (
        next(iter(one.match([note("Optical fibre cables; tyres; honey; toys")], lines))) for one in (tight, wide)
    )
    related = {match.line_id for match in many.candidates if match.relation is not Relation.NONE}
    assert {"cable", "tyre", "honey"} <= related
    assert {match.line_id for match in few.candidates} == related
    assert len(many.candidates) > len(few.candidates)
    nothing = next(iter(tight.match([note("Toys", "HS 4011; HS 0409; HS 8544; HS 3209")], lines)))
    assert len(nothing.candidates) == 2
    for result in (few, many, nothing):
        order = [(-match.score, match.line_id) for match in result.candidates]
        assert order == sorted(order)


@pytest.mark.parametrize("text", ["a b " * 10_000, "HS " + "12 " * 10_000, "(HS 1" * 5_000, "汽车" * 10_000])
def test_endless_text_is_read_in_time(matcher: Matcher, text: str) -> None:
    started = time.monotonic()
    matcher.explain(note(text[:500], text), line("tyre"))
    assert time.monotonic() - started < 10.0


def test_no_lines_and_no_notifications(matcher: Matcher) -> None:
    assert next(iter(matcher.match([note("Honey")], []))).candidates == ()
    assert list(matcher.match([], [line("honey")])) == []


def test_versions_name_reading_encoder_head_and_policy(matcher: Matcher, by_hand: Matcher) -> None:
    assert matcher.rules_version == load_policy().rules_version
    assert "hash-ngrams" in matcher.model_version
    assert matcher.model_version.endswith(f"+{load_head().version}")
    assert matcher.model_version != by_hand.model_version
    found = by_hand.explain(note("Honey"), line("honey"))
    assert (found.model_version, found.rules_version) == (by_hand.model_version, by_hand.rules_version)


@pytest.mark.parametrize(
    ("codes", "own", "digits", "code"),
    [
        (["8544"], "8544700000", 4, "8544"),
        (["85", "854470"], "8544700000", 6, "854470"),
        (["85447"], "8544110000", 4, "85447"),  # five digits are no level: the first four count
        (["85447000"], "854470", 6, "85447000"),
        (["8544"], "85", 2, "8544"),
        (["854140"], "8541421000", 6, "854140"),  # HS2017, as it was given
        (["4011"], "8544", 0, ""),
        ([], "8544", 0, ""),
        (["8544"], "", 0, ""),
    ],
)
def test_hs_overlap(codes: list[str], own: str, digits: int, code: str) -> None:
    found = hs_overlap(codes, own)
    assert (found.digits, found.code) == (digits, code)


def test_codes_in_the_products_text_count(matcher: Matcher) -> None:
    match: Match = matcher.explain(note("New rules", "HS code(s): 9030.40"), line("unknown")).match
    assert any(item.kind == "hs" and item.value == 1.0 for item in match.evidence)
    assert match.score > matcher.explain(note("New rules", "HS code(s): 0409.00"), line("unknown")).match.score


def test_line_wider_than_the_measure_is_not_raised_but_told(by_hand: Matcher, matcher: Matcher) -> None:
    wide = dataclasses.replace(line("wall-paint"), product_name="工业涂料", description="")
    assert matcher.explain(note("Varnish - Specification"), wide).match.relation is not Relation.DIRECT
    match = by_hand.explain(note("Varnish - Specification"), wide).match
    assert match.relation is Relation.NONE
    assert "需人工核对" in match.reason


def test_packaging_is_no_ingredient_of_what_it_carries(matcher: Matcher, by_hand: Matcher) -> None:
    bag = ProductLine(line_id="b", exporter_id="E1", product_name="吨袋", description="聚丙烯集装袋，用于水泥散货。")
    for one in (matcher, by_hand):
        assert one.explain(note("Cement - Specification"), bag).match.relation is not Relation.DIRECT
