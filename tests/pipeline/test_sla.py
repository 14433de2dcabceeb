"""The 72-hour clock to the second, and the properties that no sequence of events may break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sla import ClockReading, MilestoneState, load_policies, policy_of, read_clock
from warehouse.cases import CaseEvent
from warehouse.errors import StageError

POLICY = load_policies()[0]
START = datetime(2026, 6, 12, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KINDS = (
    "collected", "screened", "judged", "told", "notified", "undelivered", "advised", "amended", "closed", "reopened"
)  # fmt: skip
MILESTONES = [(m.event, m.hours) for m in POLICY.milestones]


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def read(now: datetime, *events: tuple[str, datetime]) -> ClockReading:
    return read_clock(START, [CaseEvent(kind=kind, occurred_at=when) for kind, when in events], POLICY, now)


def state(reading: ClockReading, event: str) -> MilestoneState:
    return next(r.state for r in reading.readings if r.milestone.event == event)


def test_the_policy_in_force_is_24_48_72_natural_hours() -> None:
    assert MILESTONES == [("judged", 24), ("notified", 48), ("advised", 72)]
    assert POLICY.hours == "natural"
    assert policy_of(POLICY.version, load_policies()) == POLICY


def test_an_unknown_policy_is_refused_and_never_replaced() -> None:
    with pytest.raises(StageError, match="natural-71h"):
        policy_of("natural-71h", load_policies())


@pytest.mark.parametrize(("event", "hours"), MILESTONES)
@pytest.mark.parametrize(
    ("offset", "expected"),
    [(-SECOND, MilestoneState.MET), (0 * SECOND, MilestoneState.MET), (SECOND, MilestoneState.MET_LATE)],
)
def test_met_up_to_the_second_it_falls_due(event: str, hours: int, offset: timedelta, expected: MilestoneState) -> None:
    reading = read(at(hours) + offset, (event, at(hours) + offset))
    assert state(reading, event) is expected


@pytest.mark.parametrize(("event", "hours"), MILESTONES)
def test_overdue_only_after_the_second_it_falls_due(event: str, hours: int) -> None:
    assert state(read(at(hours) - SECOND), event) is MilestoneState.AMBER
    assert state(read(at(hours)), event) is MilestoneState.AMBER
    assert state(read(at(hours) + SECOND), event) is MilestoneState.OVERDUE


@pytest.mark.parametrize(("event", "hours"), MILESTONES)
def test_amber_from_three_quarters_of_the_time(event: str, hours: int) -> None:
    boundary = at(hours * 0.75)
    assert state(read(boundary - SECOND), event) is MilestoneState.RUNNING
    assert state(read(boundary), event) is MilestoneState.AMBER


@pytest.mark.parametrize(
    "local",
    [
        datetime(2025, 12, 31, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai")),  # New Year
        datetime(2026, 2, 16, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai")),  # eve of the Spring Festival
        datetime(2024, 2, 28, 23, 59, 59, tzinfo=ZoneInfo("Asia/Shanghai")),  # a leap day in between
        datetime(2026, 3, 28, 12, 0, tzinfo=ZoneInfo("Europe/Zurich")),  # Geneva changes to summer time
    ],
)
def test_hours_are_natural_hours_across_holidays_and_clock_changes(local: datetime) -> None:
    start = local.astimezone(UTC)
    due = [r.due_at for r in read_clock(start, (), POLICY, start).readings]
    assert [moment - start for moment in due] == [timedelta(hours=h) for _, h in MILESTONES]


def test_only_what_the_events_give_is_met() -> None:
    reading = read(at(30), ("judged", at(5)), ("screened", at(1)))
    assert [r.state for r in reading.readings] == [MilestoneState.MET, MilestoneState.RUNNING, MilestoneState.RUNNING]
    assert reading.next_due is not None
    assert reading.next_due.milestone.event == "notified"
    assert not reading.is_answered
    assert reading.answered_at is None


def test_the_first_of_several_events_counts() -> None:
    reading = read(at(100), ("judged", at(80)), ("judged", at(3)))
    assert state(reading, "judged") is MilestoneState.MET


def test_all_met_is_answered_when_the_last_was_met_also_if_closed_a_week_later() -> None:
    events = [("judged", at(5)), ("notified", at(10)), ("advised", at(41.5)), ("closed", at(168))]
    reading = read(at(200), *events)
    assert reading.is_answered
    assert not reading.is_late
    assert reading.answered_at == at(41.5)


def test_closed_in_time_needs_nothing_further() -> None:
    reading = read(at(500), ("judged", at(5)), ("closed", at(6)))
    assert [r.state for r in reading.readings] == [
        MilestoneState.MET, MilestoneState.NOT_REQUIRED, MilestoneState.NOT_REQUIRED
    ]  # fmt: skip
    assert reading.is_answered
    assert not reading.is_late
    assert reading.answered_at == at(6)


def test_closing_after_the_limit_does_not_hide_that_it_was_missed() -> None:
    assert read(at(500), ("closed", at(100))).is_late


def test_reopened_runs_again_from_the_first_start() -> None:
    reading = read(at(80), ("closed", at(6)), ("reopened", at(70)))
    assert reading.is_overdue
    assert reading.closed_at is None


def test_closed_and_reopened_in_one_moment_counts_as_open() -> None:
    for order in (("closed", "reopened"), ("reopened", "closed")):
        assert read(at(8), *((kind, at(6)) for kind in order)).closed_at is None


def test_a_clock_that_was_set_back_never_gives_negative_hours() -> None:
    reading = read(at(1), ("judged", at(-3)), ("closed", at(-2)))
    assert reading.readings[0].met_at == START
    assert reading.answered_at == START


def test_one_firm_told_is_not_yet_everybody_told() -> None:
    assert state(read(at(30), ("told", at(5)), ("told", at(6))), "notified") is MilestoneState.RUNNING


def test_a_mail_that_came_back_takes_the_telling_back_and_nothing_else() -> None:
    reading = read(at(30), ("judged", at(2)), ("notified", at(5)), ("advised", at(6)), ("undelivered", at(9)))
    assert [r.state for r in reading.readings] == [MilestoneState.MET, MilestoneState.RUNNING, MilestoneState.MET]
    assert not reading.is_answered
    assert reading.answered_at is None


@pytest.mark.parametrize(("hours", "expected"), [(48, MilestoneState.MET), (48 + 1 / 3600, MilestoneState.MET_LATE)])
def test_told_another_way_is_met_when_that_was_done(hours: float, expected: MilestoneState) -> None:
    reading = read(at(60), ("notified", at(5)), ("undelivered", at(9)), ("notified", at(hours)))
    [notified] = [r for r in reading.readings if r.milestone.event == "notified"]
    assert (notified.state, notified.met_at) == (expected, at(hours))


def test_told_and_come_back_in_one_moment_is_not_told() -> None:
    for order in (("notified", "undelivered"), ("undelivered", "notified")):
        assert state(read(at(8), *((kind, at(6)) for kind in order)), "notified") is MilestoneState.RUNNING


def test_a_mail_that_comes_back_after_the_limit_is_overdue_at_once() -> None:
    told = [("judged", at(2)), ("notified", at(5)), ("advised", at(6))]
    assert read(at(99), *told).is_answered
    reading = read(at(100), *told, ("undelivered", at(99)))
    assert state(reading, "notified") is MilestoneState.OVERDUE
    assert (reading.next_due is not None, reading.is_late) == (True, True)


def test_a_mail_that_comes_back_to_a_closed_case_opens_nothing_but_shows_that_the_limit_was_missed() -> None:
    told = [("judged", at(2)), ("notified", at(5)), ("advised", at(6))]
    for closed, expected in ((30, MilestoneState.NOT_REQUIRED), (60, MilestoneState.MET_LATE)):
        reading = read(at(200), *told, ("closed", at(closed)), ("undelivered", at(100)))
        assert reading.is_answered
        assert state(reading, "notified") is expected
        assert reading.answered_at == at(closed)


moments = st.integers(min_value=-10_000, max_value=400_000).map(lambda s: START + timedelta(seconds=s))
events = st.lists(st.tuples(st.sampled_from(KINDS), moments), max_size=8)
RANK = {
    MilestoneState.MET: 0,
    MilestoneState.NOT_REQUIRED: 0,
    MilestoneState.RUNNING: 1,
    MilestoneState.AMBER: 2,
    MilestoneState.OVERDUE: 3,
    MilestoneState.MET_LATE: 3,
}


@given(events, st.sampled_from(KINDS), moments)
def test_no_later_event_but_a_return_unmeets_a_milestone(
    past: list[tuple[str, datetime]], kind: str, when: datetime
) -> None:
    later = max([when, *(moment for _, moment in past)]) + SECOND
    before, after = read(later, *past), read(later, *past, (kind, later))
    for old, new in zip(before.readings, after.readings, strict=True):
        if (old.milestone.event, kind) == ("notified", "undelivered"):
            assert new.met_at is None  # the one thing that is taken back
        elif old.met_at is not None:
            assert (new.met_at, new.state) == (old.met_at, old.state)


@given(events, moments)
def test_telling_is_met_by_the_first_notice_after_the_last_return(
    found: list[tuple[str, datetime]], now: datetime
) -> None:
    returns = [moment for kind, moment in found if kind == "undelivered"]
    counted = [moment for kind, moment in found if kind == "notified" and all(moment > back for back in returns)]
    [notified] = [r for r in read(now, *found).readings if r.milestone.event == "notified"]
    assert notified.met_at == (max(min(counted), START) if counted else None)


@given(events, moments)
def test_a_return_touches_no_other_milestone(found: list[tuple[str, datetime]], now: datetime) -> None:
    with_it, without = read(now, *found), read(now, *(item for item in found if item[0] != "undelivered"))
    assert with_it.closed_at == without.closed_at
    for one, other in zip(with_it.readings, without.readings, strict=True):
        assert one == other or one.milestone.event == "notified"


@given(events.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))), moments)
def test_the_order_in_which_events_are_read_does_not_matter(
    both: tuple[list[tuple[str, datetime]], list[tuple[str, datetime]]], now: datetime
) -> None:
    assert read(now, *both[0]) == read(now, *both[1])


@given(events, moments, st.integers(min_value=0, max_value=10**6))
def test_without_new_events_time_never_improves_a_state(
    found: list[tuple[str, datetime]], now: datetime, seconds: int
) -> None:
    earlier, later = read(now, *found), read(now + seconds * SECOND, *found)
    for old, new in zip(earlier.readings, later.readings, strict=True):
        assert RANK[new.state] >= RANK[old.state]
        assert new.due_at == old.due_at


@given(events, moments)
def test_an_answer_is_never_before_the_start(found: list[tuple[str, datetime]], now: datetime) -> None:
    reading = read(now, *found)
    assert (reading.answered_at is not None) == reading.is_answered
    assert reading.answered_at is None or reading.answered_at >= START
