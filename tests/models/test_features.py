"""Relations and features of small hand-made measures and lines; the table of levels."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lexicon.concepts import concepts
from models.matching import load_policy
from models.matching.features import FEATURES, FEATURES_ZH, Pair, literal_agreement, pair_of
from models.matching.levels import level_of
from models.matching.relations import Kind, Link, links
from models.reading.line_profile import Known, LineProfile
from models.reading.scope import Named, Scope, Source
from models.reading.topics import Role
from warehouse.records import Level, Notification, NotificationKind, Relation

POLICY = load_policy()
PLACES = {
    Source.TITLE: "title",
    Source.PRODUCTS: "products",
    Source.DESCRIPTION: "description",
    Source.CODE_NAME: "code_name",
    Source.HS: "hs",
}


def goods(
    concept: str, source: Source = Source.TITLE, role: Role = Role.COVERED, *, qualified: bool = False, clause: int = 0
) -> Named:
    return Named(concept, source, role, concept.replace("_", " "), qualified, clause)


def measure(*named: Named, hs: tuple[str, ...] = (), ics: tuple[str, ...] = (), text: str = "") -> Scope:
    return Scope(
        named=named, hs_codes=hs, ics_codes=ics, names_goods=bool(named), is_bare=False, query=text, goods_text=text
    )


def product(
    *own: str,
    known: Known = Known.NAME,
    uses: tuple[str, ...] = (),
    attributes: tuple[str, ...] = (),
    hs: str = "",
    passage: str = "某产品",
) -> LineProfile:
    return LineProfile(
        identity=MappingProxyType(dict.fromkeys(own, known)),
        uses=frozenset(uses),
        attributes=frozenset(attributes),
        by_code=frozenset(),
        hs_code=hs,
        passage=passage,
    )


def only(scope: Scope, line: LineProfile) -> Link:
    [found] = links(scope, line)
    return found


def shown(pair: Pair, prefix: str) -> set[str]:
    """Names of the features with this beginning that are not zero."""
    return {name for name in FEATURES if name.startswith(prefix) and pair.value(name)}


@pytest.mark.parametrize(
    ("covered", "own", "kind", "steps"),
    [
        ("car_tyre", "car_tyre", Kind.SAME, 0),
        ("tyre", "car_tyre", Kind.SAME, 1),
        ("electrical_equipment", "relay", Kind.COMPONENT, 0),
        ("vehicle", "headlamp", Kind.COMPONENT, 0),
        ("lithium_battery", "battery_electrolyte", Kind.PART, 0),
        ("rechargeable_battery", "battery_electrolyte", Kind.PART, 1),
        ("car_tyre", "tyre", Kind.WIDER, 1),
        ("headlamp", "rear_lamp", Kind.SIBLING, 1),
    ],
)
def test_kind_of_relation(covered: str, own: str, kind: Kind, steps: int) -> None:
    found = only(measure(goods(covered)), product(own))
    assert (found.kind, found.steps, found.own) == (kind, steps, own)
    assert not found.narrowed


@pytest.mark.parametrize(
    ("covered", "own"),
    [
        ("honey", "relay"),
        ("chemical", "refrigerant"),  # broad concepts relate nothing
        ("tyre_pressure_monitor", "car_tyre"),
        ("lithium_battery", "honey"),
    ],
)
def test_no_relation(covered: str, own: str) -> None:
    assert list(links(measure(goods(covered)), product(own))) == []


def test_made_for_what_the_description_names() -> None:
    found = only(measure(goods("lithium_battery")), product(uses=("lithium_battery",)))
    assert found.kind is Kind.MADE_FOR
    pair = pair_of(measure(goods("lithium_battery")), product(uses=("lithium_battery",)), 0.0)
    assert shown(pair, "made_for") == {"made_for_title"}
    assert not pair.value("other_goods")


def test_words_of_a_line_put_it_under_a_class() -> None:
    pair = pair_of(measure(goods("electrical_equipment")), product("honey", attributes=("electrical_equipment",)), 0.0)
    assert pair.best is not None
    assert (pair.best.kind, pair.best.known) == (Kind.SAME, Known.ATTRIBUTE)
    assert pair.value("same_by_attribute") == 1.0


def test_a_component_of_a_class_is_not_put_under_it_by_words() -> None:
    found = only(measure(goods("electrical_equipment")), product("relay", attributes=("electrical_equipment",)))
    assert found.kind is Kind.COMPONENT


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize(
    ("covered", "own", "prefix"),
    [
        ("car_tyre", "car_tyre", "same"),
        ("vehicle", "headlamp", "component"),
        ("lithium_battery", "battery_electrolyte", "part"),
    ],
)
def test_each_place_has_its_feature(source: Source, covered: str, own: str, prefix: str) -> None:
    pair = pair_of(measure(goods(covered, source)), product(own), 0.0)
    places = {f"{prefix}_{place}" for place in PLACES.values()}
    assert shown(pair, prefix) & places == {f"{prefix}_{PLACES[source]}"}


def test_mention_in_passing_is_kept_apart_from_all_places() -> None:
    pair = pair_of(measure(goods("car_tyre", role=Role.CONTEXT)), product("car_tyre"), 0.0)
    assert (pair.value("same_context"), pair.value("same_title"), pair.value("same_exact")) == (1.0, 0.0, 0.0)


def test_likely_product_is_marked_at_its_place() -> None:
    pair = pair_of(measure(goods("car_tyre", role=Role.LIKELY)), product("car_tyre"), 0.0)
    assert (pair.value("same_title"), pair.value("same_likely"), pair.value("same_exact")) == (1.0, 1.0, 0.0)


def test_excluded_product_is_not_covered() -> None:
    scope = measure(goods("tyre"), goods("car_tyre", role=Role.EXCLUDED))
    car, truck = (pair_of(scope, product(own), 0.0) for own in ("car_tyre", "truck_tyre"))
    assert (car.value("excluded"), truck.value("excluded")) == (1.0, 0.0)
    alone = pair_of(measure(goods("car_tyre", role=Role.EXCLUDED)), product("car_tyre"), 0.0)
    assert alone.best is None
    assert shown(alone, "same") == set()


def test_title_that_names_a_narrower_kind_narrows_the_field_of_products() -> None:
    scope = measure(goods("car_tyre"), goods("tyre", Source.PRODUCTS))
    truck, car = (pair_of(scope, product(own), 0.0) for own in ("truck_tyre", "car_tyre"))
    assert (truck.value("same_narrowed"), truck.value("same_narrowed_by_title")) == (1.0, 1.0)
    assert (car.value("same_narrowed"), car.value("same_narrowed_by_title")) == (0.0, 0.0)
    assert truck.value("not_in_title") == 1.0
    assert car.value("same_exact") == 1.0


@pytest.mark.parametrize(
    ("source", "clauses", "narrowed"),
    [
        (Source.TITLE, (0, 1), True),  # "tyres: car tyres"
        (Source.TITLE, (0, 0), False),  # "tyres, car tyres"
        (Source.PRODUCTS, (0, 1), False),  # the field of products is a list
    ],
)
def test_what_is_listed_side_by_side_narrows_nothing(source: Source, clauses: tuple[int, int], narrowed: bool) -> None:
    first, second = clauses
    scope = measure(goods("tyre", source, clause=first), goods("car_tyre", source, clause=second))
    pair = pair_of(scope, product("truck_tyre"), 0.0)
    assert pair.value("same_narrowed") == narrowed
    assert pair.value("same_narrowed_by_title") == 0.0


def test_rule_on_a_class_is_told_from_one_on_part_of_it() -> None:
    line = product("refrigerator")
    whole = pair_of(measure(goods("electrical_equipment")), line, 0.0)
    part = pair_of(measure(goods("electrical_equipment", qualified=True)), line, 0.5)
    single = pair_of(measure(goods("refrigerator")), line, 0.0)
    names = ("same_class", "same_class_alone", "same_class_qualified", "same_exact")
    assert [whole.value(name) for name in names] == [1.0, 1.0, 0.0, 0.0]
    assert [part.value(name) for name in names] == [1.0, 0.0, 1.0, 0.0]
    assert [single.value(name) for name in names] == [0.0, 0.0, 0.0, 1.0]
    assert part.value("same_qualified_near") == 0.5
    assert single.value("same_steps") < whole.value("same_steps")


@pytest.mark.parametrize(
    ("known", "feature"), [(Known.DESCRIPTION, "same_by_description"), (Known.CODE, "same_by_code"), (Known.NAME, "")]
)
def test_how_a_line_is_known_is_told(known: Known, feature: str) -> None:
    pair = pair_of(measure(goods("car_tyre")), product("car_tyre", known=known), 0.0)
    assert shown(pair, "same_by") == ({feature} if feature else set())
    assert pair.value("line_unknown") == (known is Known.CODE)


def test_places_are_counted_and_a_missing_one_is_told() -> None:
    twice = measure(goods("tyre"), goods("tyre", Source.DESCRIPTION), goods("honey", Source.PRODUCTS))
    pair = pair_of(twice, product("tyre"), 0.0)
    assert pair.value("same_places") == pytest.approx(2 / 3)
    assert (pair.value("not_in_products"), pair.value("not_in_title"), pair.value("other_goods")) == (1.0, 0.0, 0.0)


def test_other_goods_and_no_goods() -> None:
    line = product("relay")
    other, nothing = pair_of(measure(goods("honey")), line, 0.0), pair_of(measure(), line, 0.0)
    assert (other.value("other_goods"), other.value("no_goods_named")) == (1.0, 0.0)
    assert (nothing.value("other_goods"), nothing.value("no_goods_named")) == (0.0, 1.0)


CODES = [
    (("850440",), "8504401300", {"hs6"}),
    (("8504",), "8504401300", {"hs4"}),
    (("850440",), "8504900000", {"hs4", "hs4_other6"}),
    (("85",), "8504401300", {"hs2"}),
    (("84", "8504"), "8504401300", {"hs4"}),
    (("4011",), "8504401300", {"hs_disagree"}),
    ((), "8504401300", {"hs_none_given"}),
    ((), "", {"hs_none_given"}),
    (("8504",), "", set()),
    (("854140",), "8541421000", {"hs6"}),  # HS2017 against what it became in HS2022
    (("854142",), "8541401000", {"hs6"}),  # and the other way round
    (("85414",), "8541421000", {"hs4"}),  # five digits are no level
]


@pytest.mark.parametrize(("given_codes", "own", "expected"), CODES)
def test_agreement_of_codes(given_codes: tuple[str, ...], own: str, expected: set[str]) -> None:
    pair = pair_of(measure(hs=given_codes), product("honey", hs=own), 0.0)
    assert shown(pair, "hs") - {"hs_many"} == expected
    assert pair.value("line_without_code") == (not own)
    assert 0.0 <= pair.value("hs_many") <= 1.0


@pytest.mark.parametrize(
    ("named", "own", "hs", "expected"),
    [
        ("tyre", "tyre", ("4011",), {"same_and_hs"}),
        ("tyre", "tyre", ("0409",), {"same_and_disagree"}),
        ("vehicle", "headlamp", ("8512",), {"part_and_hs"}),
        ("honey", "relay", ("8536",), {"other_and_hs4"}),
        ("honey", "relay", ("853641",), {"other_and_hs6"}),
        ("", "", ("8536",), {"unknown_and_hs4", "unknown_and_hs4_near"}),
        ("", "", ("853641",), {"unknown_and_hs6", "unknown_and_hs4_near"}),
    ],
)
def test_words_and_codes_together(named: str, own: str, hs: tuple[str, ...], expected: set[str]) -> None:
    declared = {"tyre": "4011100000", "headlamp": "8512201000"}.get(own, "8536411090")
    scope = measure(*([goods(named)] if named else []), hs=hs)
    pair = pair_of(scope, product(*([own] if own else []), hs=declared), 0.5)
    joined = {name for name in FEATURES if "_and_hs" in name or "_and_disagree" in name}
    assert {name for name in joined if pair.value(name)} == expected


@pytest.mark.parametrize(
    ("ics", "own", "found", "deep"),
    [("33.180.10", "optical_fibre_cable", 1, 1), ("29.140", "light_bulb", 1, 0), ("67.180.10", "light_bulb", 0, 0)],
)
def test_ics_code_under_which_the_line_falls(ics: str, own: str, found: int, deep: int) -> None:
    pair = pair_of(measure(ics=(ics,)), product(own), 0.0)
    assert (pair.value("ics"), pair.value("ics_deep"), pair.value("no_goods_and_ics")) == (found, deep, found)


@pytest.mark.parametrize(
    ("text", "passage", "value"),
    [
        ("关于桶装蜂蜜的要求", "桶装蜂蜜：天然", 1.0),
        ("桶装水", "桶装蜂蜜", 0.0),  # two characters in a row say little
        ("装蜂蜜", "桶装蜂蜜", 0.75),
        ("ceramic capacitors (mlcc)", "MLCC电容", 0.5),
        ("mlccs", "MLCC电容", 0.0),  # half of a word
        ("蜂蜜", "橡胶手套：装蜂蜜用", 0.0),  # the description is not the name
        ("", "桶装蜂蜜", 0.0),
        ("桶装蜂蜜", "", 0.0),
    ],
)
def test_literal_agreement(text: str, passage: str, value: float) -> None:
    assert literal_agreement(text, passage) == value


def test_every_feature_has_a_chinese_name_of_its_own() -> None:
    assert tuple(sorted(FEATURES)) == tuple(sorted(FEATURES_ZH))
    assert len(set(FEATURES)) == len(FEATURES)
    assert len(set(FEATURES_ZH.values())) == len(FEATURES_ZH)
    assert all("{" not in words and words for words in FEATURES_ZH.values())


_keys = st.sampled_from(sorted(concepts()))
_named = st.builds(
    Named, _keys, st.sampled_from(Source), st.sampled_from(Role), st.just("x"), st.booleans(), st.integers(0, 3)
)
_codes = st.from_regex(r"\A\d{2}(\d{2}(\d{1,6})?)?\Z")
_scopes = st.builds(
    lambda named, hs, ics, text: measure(*named, hs=tuple(hs), ics=tuple(ics), text=text),
    st.lists(_named, max_size=6),
    st.lists(_codes, max_size=30),
    st.lists(st.sampled_from(["67.180.10", "29.140", "43"]), max_size=2),
    st.text("蜂蜜桶装 abc(", max_size=12),
)
_lines = st.builds(
    lambda own, known, uses, hs, passage: product(*own, known=known, uses=tuple(uses), hs=hs, passage=passage),
    st.lists(_keys, max_size=3, unique=True),
    st.sampled_from(Known),
    st.lists(_keys, max_size=2),
    st.just("") | _codes,
    st.text("蜂蜜桶装：abc(", max_size=12),
)


@settings(max_examples=100, deadline=None)
@given(scope=_scopes, line=_lines, near=st.floats(0, 1))
def test_features_are_between_nothing_and_all(scope: Scope, line: LineProfile, near: float) -> None:
    pair = pair_of(scope, line, near)
    assert pair.values.shape == (len(FEATURES),)
    assert np.isfinite(pair.values).all()
    assert (pair.values >= 0).all()
    assert (pair.values <= 1).all()
    assert np.array_equal(pair.values, pair_of(scope, line, near).values)


def note(
    kind: NotificationKind = NotificationKind.REGULAR, *, emergency: bool = False, days: int | None = 60
) -> Notification:
    begin = date(2026, 3, 1)
    end = date.fromordinal(begin.toordinal() + days) if days is not None else None
    return Notification(
        notification_id="N", kind=kind, is_emergency=emergency, distribution_date=begin, comment_deadline=end
    )


SURE, UNSURE = POLICY.warning_from, POLICY.warning_from - 0.01
SHORT = POLICY.short_comment_days - 1
KINDS = NotificationKind
LEVELS = [
    (Relation.DIRECT, SURE, True, note(), Level.WARNING),
    (Relation.DIRECT, UNSURE, True, note(), Level.WATCH),
    (Relation.DIRECT, SURE, False, note(), Level.WATCH),
    (Relation.DIRECT, UNSURE, False, note(), Level.REFERENCE),
    (Relation.INDIRECT, 0.1, True, note(), Level.WATCH),
    (Relation.INDIRECT, 0.1, False, note(), Level.REFERENCE),
    (Relation.NONE, 0.0, True, note(), Level.NONE),
    (Relation.NONE, 0.0, True, note(KINDS.EMERGENCY), Level.NONE),
    # little time raises by a step where the line is sold, and only there
    (Relation.DIRECT, UNSURE, True, note(KINDS.EMERGENCY), Level.WARNING),
    (Relation.DIRECT, UNSURE, True, note(emergency=True), Level.WARNING),
    (Relation.DIRECT, UNSURE, True, note(days=SHORT), Level.WARNING),
    (Relation.DIRECT, UNSURE, True, note(days=SHORT + 1), Level.WATCH),
    (Relation.DIRECT, UNSURE, True, note(days=0), Level.WARNING),
    (Relation.DIRECT, UNSURE, True, note(days=-5), Level.WATCH),  # a date that cannot be right
    (Relation.DIRECT, UNSURE, True, note(days=None), Level.WATCH),
    (Relation.DIRECT, SURE, True, note(emergency=True), Level.WARNING),
    (Relation.INDIRECT, 0.1, True, note(emergency=True), Level.WARNING),
    (Relation.DIRECT, SURE, False, note(emergency=True), Level.WATCH),
    (Relation.INDIRECT, 0.1, False, note(days=SHORT), Level.REFERENCE),
    # a corrigendum alone is no news
    (Relation.DIRECT, SURE, True, note(KINDS.CORRIGENDUM), Level.REFERENCE),
    (Relation.DIRECT, SURE, True, note(KINDS.CORRIGENDUM, days=SHORT), Level.REFERENCE),
    (Relation.INDIRECT, 0.1, False, note(KINDS.CORRIGENDUM), Level.REFERENCE),
    (Relation.NONE, 0.0, True, note(KINDS.CORRIGENDUM), Level.NONE),
    (Relation.DIRECT, SURE, True, note(KINDS.ADDENDUM), Level.WARNING),
]


@pytest.mark.parametrize(("relation", "p_direct", "sold", "notification", "level"), LEVELS)
def test_level(relation: Relation, p_direct: float, sold: bool, notification: Notification, level: Level) -> None:
    found = level_of(relation, p_direct, sells_to_member=sold, notification=notification, policy=POLICY)
    assert found is level


def test_codes_that_are_not_those_of_the_named_goods_say_nothing_against_a_line() -> None:
    """A member wrote "float glass" under a code of the toys: the line's own code is no ground to doubt its words."""
    wrong = pair_of(measure(goods("float_glass"), hs=("9503",)), product("float_glass", hs="700529"), 0.0)
    assert (wrong.value("hs_disagree"), wrong.value("hs_of_other_goods")) == (0.0, 1.0)
    right = pair_of(measure(goods("float_glass"), hs=("7005",)), product("float_glass", hs="9503"), 0.0)
    assert (right.value("hs_disagree"), right.value("hs_of_other_goods")) == (1.0, 0.0)


def test_a_line_that_is_only_alike_has_a_feature_of_its_own() -> None:
    pair = pair_of(measure(goods("float_glass")), product("float_glass", known=Known.LIKENESS), 0.0)
    assert (pair.value("same_by_likeness"), pair.value("same_by_code")) == (1.0, 0.0)
