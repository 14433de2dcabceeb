"""Candidates: looking lines up instead of comparing them one by one loses no pair that counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import models
from models.encoder.hashing import HashEmbedder
from models.lexicon.concepts import concepts
from models.matching import load_head, load_policy
from models.matching.candidates import LineIndex
from models.matching.features import literal_agreement, pair_of
from models.matching.head import numbers
from models.matching.relations import Kind, links
from models.matching.semantics import Semantics
from models.reading.codes import hs_overlap
from models.reading.line_profile import LineProfile, profile_of
from models.reading.scope import Named, Scope, Source, scope_of
from models.reading.topics import Role
from pipeline.labelled import read_city
from warehouse.records import Notification, ProductLine

LINES = {
    "cable": ("管道光缆", "松套层绞，用于干线。", "8544700000"),
    "tyre": ("乘用车轮胎", "无内胎新轮胎。", "4011100000"),
    "headlamp": ("LED前照灯总成", "供整车配套。", "8512201000"),
    "electrolyte": ("锂离子电池电解液", "六氟磷酸锂体系。", "3824999999"),
    "relay": ("小型继电器", "PCB焊接式。", "8536411090"),
    "honey": ("桶装蜂蜜", "洋槐天然蜂蜜。", "0409000000"),
    "diode": ("某元件", "", "8541421000"),
    "nameless": ("QX-7", "", ""),
}
PROFILES = {
    key: profile_of(ProductLine(line_id=key, exporter_id="E", product_name=name, description=text, hs_code=code))
    for key, (name, text, code) in LINES.items()
}
NOWHERE = np.zeros(len(LINES))  # near to nothing


def found(scope: Scope, near: NDArray[np.float64] = NOWHERE) -> set[str]:
    places = LineIndex(list(PROFILES.values())).candidates(scope, near)
    assert places == sorted(set(places))
    return {list(PROFILES)[place] for place in places}


def measure(*concept: str, hs: tuple[str, ...] = (), text: str = "") -> Scope:
    named = tuple(Named(key, Source.TITLE, Role.COVERED, key) for key in concept)
    return Scope(named=named, hs_codes=hs, ics_codes=(), names_goods=True, is_bare=False, query=text, goods_text=text)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (measure("tyre"), {"tyre"}),  # a kind of it
        (measure("electrical_equipment"), {"relay"}),  # a component
        (measure("lithium_battery"), {"electrolyte"}),  # a part
        (measure("rechargeable_battery"), {"electrolyte"}),  # a part of a kind of it
        (measure(hs=("4011",)), {"tyre"}),
        (measure(hs=("401120",)), {"tyre"}),  # the heading is enough
        (measure(hs=("85447",)), {"cable"}),  # five digits are no level
        (measure(hs=("854140",)), {"diode"}),  # HS2017 against HS2022
        (measure(text="关于蜂蜜、光缆的规定"), set()),  # two characters in a row say little
        (measure(text="关于桶装蜂蜜的规定"), {"honey"}),
        (measure(text="层绞光缆"), set()),  # what a description says is not its name
        (measure(), set()),
        (measure(hs=("40",)), set()),  # a chapter is wide
    ],
)
def test_what_brings_a_line_up(scope: Scope, expected: set[str]) -> None:
    assert expected <= found(scope)
    if not expected or not scope.named:
        assert found(scope) == expected


def test_nearest_lines_come_up_by_meaning_alone() -> None:
    near = np.zeros(len(LINES))
    near[5] = 0.3
    assert found(measure(), near) == {"honey"}


def test_only_the_nearest_of_many_lines_come_up_by_meaning_alone() -> None:
    index = LineIndex([PROFILES["nameless"]] * 500)
    near = np.linspace(0.001, 1.0, 500)
    places = index.candidates(measure(), near)
    assert places == list(range(500 - len(places), 500))
    assert 10 <= len(places) <= 100
    # equally near: the same ones every time
    assert index.candidates(measure(), np.ones(500)) == list(range(len(places)))


def test_no_lines_have_no_candidates() -> None:
    assert LineIndex([]).candidates(measure("tyre", hs=("4011",), text="乘用车轮胎"), np.zeros(0)) == []


_keys = st.sampled_from(sorted(concepts()))
_codes = st.sampled_from(
    ["4011", "401110", "8541", "854140", "854142", "8536", "853641", "85364", "0409", "8544", "85"]
)
_named = st.builds(Named, _keys, st.sampled_from(Source), st.sampled_from(Role), st.just("x"))
_text = st.text("桶装蜂蜜光缆管道轮胎 a", max_size=14)


@settings(max_examples=150, deadline=None)
@given(
    named=st.lists(_named, max_size=4),
    hs=st.lists(_codes, max_size=3),
    text=_text,
    names=st.lists(_text.filter(str.strip), min_size=1, max_size=4),
    own=st.lists(st.lists(_keys, max_size=2, unique=True), min_size=4, max_size=4),
    uses=st.lists(st.lists(_keys, max_size=2), min_size=4, max_size=4),
    codes=st.lists(st.just("") | _codes, min_size=4, max_size=4),
)
def test_every_link_heading_or_shared_name_is_a_candidate(
    named: list[Named],
    hs: list[str],
    text: str,
    names: list[str],
    own: list[list[str]],
    uses: list[list[str]],
    codes: list[str],
) -> None:
    scope = replace(measure(hs=tuple(hs), text=text.strip()), named=tuple(named))
    empty = PROFILES["nameless"]
    profiles = [
        replace(
            empty,
            passage=name.strip(),
            identity=dict.fromkeys(own[place], next(iter(PROFILES["tyre"].identity.values()))),
            uses=frozenset(uses[place]),
            hs_code=codes[place],
        )
        for place, name in enumerate(names)
    ]
    candidates = LineIndex(profiles).candidates(scope, np.zeros(len(profiles)))
    for place, profile in enumerate(profiles):
        if why := list(_reasons(scope, profile)):
            assert place in candidates, why


def _reasons(scope: Scope, profile: LineProfile) -> Iterator[str]:
    """Why a pair has to be weighed, by comparing the two directly."""
    for link in links(scope, profile):
        if link.kind is not Kind.SIBLING:
            yield f"{link.kind.name} {link.named.concept} {link.own}"
    if hs_overlap(scope.hs_codes, profile.hs_code).digits >= 4:
        yield f"heading {profile.hs_code}"
    if literal_agreement(scope.goods_text, profile.passage) > 0.0 and "a" not in profile.passage:
        yield f"name {profile.passage}"


@dataclass(frozen=True)
class City:
    """Some notifications of a city, its lines, and how near each is to each."""

    notifications: tuple[Notification, ...]
    scopes: tuple[Scope, ...]
    profiles: tuple[LineProfile, ...]
    nearness: NDArray[np.float64]


@pytest.fixture(scope="module")
def city() -> City:
    labelled = read_city(Path(models.__path__[0]) / "data" / "city_a")
    chosen = labelled.notifications[::10][:20]
    scopes = tuple(scope_of(item, labelled.parents.get(item.notification_id)) for item in chosen)
    profiles = tuple(profile_of(line) for line in labelled.lines)
    semantics = Semantics(HashEmbedder(), load_policy())
    nearness = semantics.nearness([scope.query for scope in scopes], [profile.passage for profile in profiles])
    return City(chosen, scopes, profiles, nearness)


def test_no_pair_that_the_head_would_call_direct_is_lost(city: City) -> None:
    """Scoring every pair of a city finds no direct one outside the candidates."""
    head, index = load_head(), LineIndex(city.profiles)
    n_direct = n_weighed = 0
    for scope, near in zip(city.scopes, city.nearness, strict=True):
        pairs = [pair_of(scope, profile, float(value)) for profile, value in zip(city.profiles, near, strict=True)]
        shares = head.probabilities(numbers([pair.values for pair in pairs]))
        direct = {int(place) for place in np.flatnonzero(shares[:, 2] >= head.direct_from)}
        candidates = index.candidates(scope, near)
        assert direct <= set(candidates), scope.query
        n_direct += len(direct)
        n_weighed += len(candidates)
    assert n_direct >= 5  # the comparison is not empty
    assert n_weighed < 0.8 * len(city.scopes) * len(city.profiles)  # and something was saved


def test_every_link_heading_or_shared_name_of_a_city_is_a_candidate(city: City) -> None:
    index = LineIndex(city.profiles)
    n_found = 0
    for scope in city.scopes:
        candidates = set(index.candidates(scope, np.zeros(len(city.profiles))))
        for place, profile in enumerate(city.profiles):
            why = [reason for reason in _reasons(scope, profile) if not reason.startswith("name")]
            n_found += bool(why)
            assert not why or place in candidates, (scope.query, profile.passage, why)
    assert n_found >= 20
