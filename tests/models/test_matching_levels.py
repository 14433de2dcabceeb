"""What changes the level and what bars a measure: market, time, kind, origin, parent; on fictional notifications."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from matching_pairs import line, note

from models.matching import Matcher
from warehouse.records import Level, Notification, NotificationKind, Relation


def test_market_changes_level_but_not_score(by_hand: Matcher) -> None:
    sold, unsold = (
        by_hand.explain(note("Optical fibre cables", member=m), line("cable")).match for m in ("KEN", "CHL")
    )
    assert (sold.sells_to_member, unsold.sells_to_member) == (True, False)
    assert sold.score == unsold.score
    assert (sold.level, unsold.level) == (Level.WARNING, Level.WATCH)
    assert "不含该通报成员" in unsold.reason


def test_eu_measure_binds_in_member_states_but_not_the_other_way(by_hand: Matcher) -> None:
    tyre = dataclasses.replace(line("tyre"), market_codes=("DEU", "EU"))
    assert by_hand.explain(note("Tyres", member="EU"), tyre).match.sells_to_member
    assert by_hand.explain(note("Tyres", member="DEU"), tyre).match.sells_to_member
    assert not by_hand.explain(note("Tyres", member="SWE"), tyre).match.sells_to_member


def test_indirect_levels(by_hand: Matcher) -> None:
    assert by_hand.explain(note("Paints - lead limits"), line("tio2")).match.level is Level.WATCH
    assert by_hand.explain(note("Paints - lead limits", member="CHL"), line("tio2")).match.level is Level.REFERENCE


def test_urgency_and_kind_change_level_but_not_score(by_hand: Matcher) -> None:
    short = {"distribution_date": date(2026, 3, 1), "comment_deadline": date(2026, 3, 8)}
    plain, emergency, hurried, corrigendum = (
        by_hand.explain(note("Paints - lead limits", **more), line("tio2")).match
        for more in ({}, {"is_emergency": True}, short, {"kind": NotificationKind.CORRIGENDUM})
    )
    assert [plain.level, emergency.level, hurried.level, corrigendum.level] == [
        Level.WATCH,
        Level.WARNING,
        Level.WARNING,
        Level.REFERENCE,
    ]
    assert plain.score == emergency.score == hurried.score == corrigendum.score


@pytest.mark.parametrize("use", ["matcher", "by_hand"])
def test_china_itself_never_alerts(use: str, request: pytest.FixtureRequest) -> None:
    own = note("Optical fibre cables", "Optical fibre cables (HS 8544.70)", member="CHN", is_emergency=True)
    match = request.getfixturevalue(use).explain(own, line("cable")).match
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
    found = matcher.explain(notification, line("honey"))
    assert (found.match.relation, found.match.level) == (Relation.NONE, Level.NONE)
    assert (found.match.score, found.p_direct, found.p_indirect) == (0.0, 0.0, 0.0)
    assert "匈牙利" in found.match.reason
    assert found.match.evidence[0].kind == "origin"


@pytest.mark.parametrize("regions", ["All trading partners", "Hungary; China", ""])
def test_measure_on_all_or_on_china_stays(by_hand: Matcher, regions: str) -> None:
    measure = note(
        "Honey - maximum residue limits for imported honey", member="JPN", area="SPS", affected_regions=regions
    )
    assert by_hand.explain(measure, line("honey")).match.level is Level.WARNING


def test_addendum_takes_products_of_its_parent(matcher: Matcher) -> None:
    addendum = note("Extension of the comment period")
    parent = dataclasses.replace(
        note("Optical fibre cables", "Optical fibre cables", hs_codes=("854470",)),
        notification_id="P",
        symbols=("G/TBT/N/KEN/1",),
    )
    alone = matcher.explain(addendum, line("cable")).match
    (result,) = matcher.match([addendum], [line("cable")], {"N1": parent})
    match = result.candidates[0]
    assert alone.relation is Relation.NONE
    assert match.relation is Relation.DIRECT
    assert match.notification_id == "N1"
    assert "沿用原通报G/TBT/N/KEN/1" in match.reason
    assert match == matcher.explain(addendum, line("cable"), parent).match


def test_addendum_with_products_of_its_own_keeps_them(matcher: Matcher) -> None:
    parent = note("Optical fibre cables", "Optical fibre cables")
    match = matcher.explain(note("Honey", "Honey"), line("cable"), parent).match
    assert match.relation is Relation.NONE
    assert not any(item.kind == "inherited" for item in match.evidence)
