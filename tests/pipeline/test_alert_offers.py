"""What each contact could be told of a case, and why it is told nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from alert_facts import CASE, DATES, DAY, FIRM, HOUR, MONDAY, case, contact, found, line, offers, one, told
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.offers import BY_PHONE, Hold
from warehouse.outbox import Dates, Told
from warehouse.records import Level, Relation

LATER = Dates(comment_deadline=date(2026, 6, 3))
REFERENCE = found("跳线", match_level=Level.REFERENCE)
LAST = DATES.comment_deadline
assert LAST is not None


def test_without_the_flag_only_confirmed_lines_go() -> None:
    assert one(found()).hold is Hold.UNREVIEWED
    mixed = one(found("光缆"), line())
    assert mixed.hold is None
    assert mixed.lines == (line(),)
    assert mixed.reviewed_by == "甲"
    assert mixed.as_alert().is_reviewed


def test_with_the_flag_all_go_and_a_mixed_mail_names_no_officer() -> None:
    assert one(found(), unreviewed=True).hold is None
    mixed = one(found("光缆"), line(), unreviewed=True)
    assert len(mixed.lines) == 2
    assert mixed.reviewed_by == ""
    assert not mixed.as_alert().is_reviewed


def test_several_officers_are_named_once_each() -> None:
    assert one(*(line(str(n), judged_by=by) for n, by in enumerate(("甲", "乙", "甲")))).reviewed_by == "甲、乙"


def test_five_lines_of_a_firm_are_one_offer() -> None:
    assert len(one(*(line(str(n)) for n in range(5))).lines) == 5


def test_lines_of_the_reference_level_are_left_to_the_bulletin() -> None:
    assert one(REFERENCE, unreviewed=True).hold is Hold.REFERENCE
    assert one(line(), REFERENCE, unreviewed=True).lines == (line(),)


@pytest.mark.parametrize(("said", "level"), [("watch", Level.WATCH), ("warning", Level.WARNING)])
@pytest.mark.parametrize("machine", list(Level)[:3])
def test_the_officers_conclusion_stands_above_the_level_of_the_machine(said: str, level: Level, machine: Level) -> None:
    offer = one(line(match_level=machine), facts=case(conclusion=said))
    assert (offer.hold, offer.level) == (None, level)
    assert {item.match_level for item in offer.lines} == {level}


def test_a_conclusion_lifts_only_what_was_confirmed() -> None:
    offer = one(line(), REFERENCE, facts=case(conclusion="warning"), unreviewed=True)
    assert offer.lines == (line(match_level=Level.WARNING),)


def test_the_loudest_line_gives_the_level() -> None:
    assert one(line(), line("灯泡", match_level=Level.WARNING)).level is Level.WARNING


def test_nothing_goes_for_a_closed_case() -> None:
    assert one(facts=case(is_open=False)).hold is Hold.CLOSED
    assert one(facts=case(is_open=False), earlier=[told(state="retry")]).hold is Hold.CLOSED


def test_a_firm_without_contact_must_be_told_by_phone_but_only_of_what_would_go() -> None:
    assert one(contacts=()).hold is Hold.NO_CONTACT
    assert one(contacts=[contact(standing="closed")]).hold is Hold.NO_CONTACT
    assert one(contacts=[contact(exporter_id="E2")]).hold is Hold.NO_CONTACT
    assert one(found(), contacts=()).hold is Hold.UNREVIEWED
    with pytest.raises(ValueError, match="without a contact"):
        one(contacts=()).as_alert()


@pytest.mark.parametrize(("standing", "hold"), [("suspended", Hold.SUSPENDED), ("unsubscribed", Hold.UNSUBSCRIBED)])
def test_nobody_is_written_to_who_must_not_be(standing: str, hold: Hold) -> None:
    assert one(contacts=[contact(standing=standing)]).hold is hold
    assert one(contacts=[contact(standing=standing)], earlier=[told(state="retry")]).hold is hold
    assert hold in BY_PHONE


def test_every_contact_gets_its_own_and_one_told_before_holds_nobody_else_up() -> None:
    first, second = offers(contacts=[contact(1), contact(2)], earlier=[told()])
    assert (first.hold, second.hold) == (Hold.TOLD, None)
    assert (second.kind, second.version) == ("alert", 1)
    assert first.as_alert().alert_id != second.as_alert().alert_id


def test_what_was_told_is_not_told_again() -> None:
    assert one(earlier=[told()]).hold is Hold.TOLD
    assert one(line(reason="另一理由", score=0.5, match_level=Level.WARNING), earlier=[told()]).hold is Hold.TOLD


def test_a_deadline_that_moved_is_an_update_in_the_same_thread() -> None:
    offer = one(earlier=[told()], facts=case(LATER))
    assert (offer.kind, offer.version, offer.hold) == ("update", 2, None)
    assert offer.moved == ("comment_deadline",)
    assert (offer.told, offer.dates) == (DATES, LATER)
    assert offer.thread == ("<m1@office.example>",)
    assert offer.new_lines == ()


def test_a_date_of_entry_into_force_that_became_known_is_an_update() -> None:
    known = replace(DATES, entry_into_force_date=date(2027, 1, 1), adoption_date=date(2026, 9, 1))
    assert one(earlier=[told()], facts=case(known)).moved == ("adoption_date", "entry_into_force_date")


def test_a_date_that_is_no_longer_known_and_a_time_for_comments_that_is_over_are_no_news() -> None:
    assert one(earlier=[told()], facts=case(Dates())).hold is Hold.TOLD
    over = case(Dates(comment_deadline=MONDAY.date() - DAY))
    assert one(earlier=[told()], facts=over).hold is Hold.TOLD
    assert one(earlier=[told()], facts=case(Dates(comment_deadline=MONDAY.date()))).hold is None
    past = case(replace(DATES, entry_into_force_date=date(2020, 1, 1)))
    assert one(earlier=[told()], facts=past).moved == ("entry_into_force_date",)


def test_a_further_product_is_an_update_and_every_product_told_so_far_is_known() -> None:
    bulb = line("灯泡")
    offer = one(line(), bulb, earlier=[told()])
    assert (offer.kind, offer.new_lines, offer.moved) == ("update", (bulb,), ())
    assert one(line(), bulb, earlier=[told(), told(2, bulb)]).hold is Hold.TOLD


def test_a_second_update_counts_on_and_its_thread_holds_all_before_once() -> None:
    same_mail = told(2, message_id="<m1@office.example>")
    offer = one(earlier=[told(), same_mail, told(3)], facts=case(LATER))
    assert offer.version == 4
    assert offer.thread == ("<m1@office.example>", "<m3@office.example>")


def test_dates_are_compared_with_what_was_told_last() -> None:
    assert one(earlier=[told(), told(2, dates=LATER)], facts=case(LATER)).hold is Hold.TOLD
    back = one(earlier=[told(), told(2, dates=LATER)], facts=case(DATES))
    assert (back.moved, back.told) == (("comment_deadline",), LATER)


@pytest.mark.parametrize("state", ["queued", "retry"])
def test_a_mail_that_was_not_taken_goes_again_under_its_own_name(state: str) -> None:
    offer = one(earlier=[told(state=state)])
    assert (offer.hold, offer.mail_id, offer.version, offer.kind) == (None, "m1", 1, "alert")
    assert not offer.is_resumed
    update = one(earlier=[told(), told(2, dates=LATER, state=state)], facts=case(LATER))
    assert (update.hold, update.mail_id, update.version, update.kind) == (None, "m2", 2, "update")


@pytest.mark.parametrize("state", ["queued", "retry", "withdrawn", "failed", "bounced"])
def test_an_update_that_did_not_arrive_and_whose_news_is_none_any_more_does_not_go(state: str) -> None:
    ended = MONDAY if state in ("withdrawn", "failed", "bounced") else None
    back = [told(), told(2, dates=LATER, state=state, ended_at=ended)]
    assert one(earlier=back, contacts=[contact(since=MONDAY + HOUR)]).hold is Hold.TOLD


@pytest.mark.parametrize("state", ["in-doubt", "sending"])
def test_a_mail_in_doubt_waits_for_an_officer_whatever_else_is_new(state: str) -> None:
    assert one(earlier=[told(state=state)]).hold is Hold.IN_DOUBT
    assert one(line(), line("灯泡"), earlier=[told(), told(2, state=state)], facts=case(LATER)).hold is Hold.IN_DOUBT
    assert one(earlier=[told(state=state)], contacts=[contact(since=MONDAY + DAY)]).hold is Hold.IN_DOUBT


@pytest.mark.parametrize("state", ["failed", "bounced"])
def test_a_mail_that_failed_goes_again_only_when_the_contact_was_resumed_since(state: str) -> None:
    lost = [told(state=state, ended_at=MONDAY)]
    assert one(earlier=lost).hold is Hold.FAILED
    assert one(earlier=lost, contacts=[contact(standing="suspended", since=MONDAY + HOUR)]).hold in BY_PHONE
    offer = one(earlier=lost, contacts=[contact(since=MONDAY + HOUR)])
    assert (offer.hold, offer.mail_id, offer.is_resumed, offer.version) == (None, "m1", True, 1)


def test_what_was_withdrawn_goes_when_the_case_is_open_again() -> None:
    offer = one(earlier=[told(state="withdrawn", ended_at=MONDAY)])
    assert (offer.hold, offer.mail_id, offer.is_resumed) == (None, "m1", True)


def test_an_offer_is_ready_since_its_first_line_could_go_so_that_further_ones_do_not_put_it_off() -> None:
    assert one(line(), line("灯泡", judged_at=MONDAY + DAY)).ready_at == MONDAY
    assert one(found(), unreviewed=True).ready_at == MONDAY - HOUR
    assert one(line(), line("灯泡", judged_at=MONDAY + DAY), earlier=[told()]).ready_at == MONDAY + DAY
    assert one(earlier=[told()], facts=case(LATER)).ready_at == MONDAY - DAY


def test_an_alert_has_the_same_name_whenever_it_is_computed() -> None:
    assert one().as_alert().alert_id == one(line(), line("灯泡")).as_alert().alert_id
    assert one().as_alert().alert_id != one(earlier=[told()], facts=case(LATER)).as_alert().alert_id


LINES = st.lists(
    st.builds(
        lambda name, level, is_confirmed: (line if is_confirmed else found)(str(name), match_level=level),
        st.integers(0, 5),
        st.sampled_from(list(Level)[:3]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda item: item.line_id,
)
STATES = ["queued", "sending", "accepted", "retry", "failed", "bounced", "in-doubt", "withdrawn"]
DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
SETS = st.builds(Dates, comment_deadline=DAYS, adoption_date=DAYS, entry_into_force_date=DAYS)


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """What contact 1 was told, at most one mail of it not yet ended: the last."""
    n = draw(st.integers(0, 4))
    items = []
    for version in range(1, n + 1):
        ended = [state for state in STATES if state not in ("queued", "sending", "retry")]
        state = draw(st.sampled_from(STATES if version == n else ended))
        items.append(told(version, *draw(LINES), dates=draw(SETS), state=state, ended_at=MONDAY))
    return items


@given(
    lines=LINES, history=histories(), dates=SETS, is_open=st.booleans(), unreviewed=st.booleans(),
    said=st.sampled_from(["", "watch", "warning"]), since=st.sampled_from([MONDAY - DAY, MONDAY + DAY]),
    standing=st.sampled_from(["open", "suspended", "unsubscribed", "closed"]),
)  # fmt: skip
def test_whatever_came_before_an_offer_keeps_the_rules(  # type: ignore[no-untyped-def]
    lines, history, dates, is_open, unreviewed, said, since, standing
) -> None:
    someone = contact(standing=standing, since=since)
    offer = one(
        *lines, contacts=[someone], earlier=history, facts=case(dates, is_open=is_open, conclusion=said),
        unreviewed=unreviewed,
    )  # fmt: skip
    if offer.hold is not None:
        return
    assert is_open
    assert standing == "open"
    assert all(item.match_level is not Level.REFERENCE for item in offer.lines)
    assert unreviewed or all(item.verdict == "confirmed" for item in offer.lines)
    arrived = {item.case_version for item in history if item.state == "accepted"}
    assert offer.version not in arrived
    assert (offer.kind == "update") == bool(arrived) or offer.mail_id
    if arrived:
        assert offer.moved or offer.new_lines  # a mail that says nothing new does not go
    assert offer.case_id == CASE
    assert offer.exporter_id == FIRM
    assert all(item.relation is Relation.DIRECT for item in offer.lines)
    # a new name for what is new, the old one for what is tried again
    known = {item.case_version: item.mail_id for item in history}
    assert known.get(offer.version, "") == offer.mail_id
