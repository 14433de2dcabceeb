"""The office's own dates before the end of comments: in their order, never in the past, by policy."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from advice_calendar import TODAY, WORDING, dates_of, weekday_before
from hypothesis import given
from hypothesis import strategies as st

from pipeline.response_advice import CommentState, DeadlinePolicy, Deadlines, deadline_policy, deadlines


def test_an_ordinary_period_gives_thirty_days_three_weeks_and_the_third_working_day() -> None:
    assert dates_of(date(2026, 8, 3), date(2026, 6, 4), date(2026, 6, 5)) == Deadlines(
        state=CommentState.OPEN,
        comment_deadline=date(2026, 8, 3),  # a Monday
        firms_by=date(2026, 7, 4),
        upward_by=date(2026, 7, 13),
        stop_by=date(2026, 7, 29),  # Friday, Thursday, Wednesday
    )


def test_in_a_short_period_firms_have_until_the_middle_of_what_remains() -> None:
    read = dates_of(date(2026, 7, 1), date(2026, 6, 1), date(2026, 6, 1))
    assert read.state is CommentState.SHORT
    assert read.firms_by == date(2026, 6, 16)
    assert read.upward_by == date(2026, 6, 16)  # D-21 is 10 June: never before the firms' input
    assert read.stop_by == date(2026, 6, 26)


def test_a_period_of_44_days_is_short_from_its_first_day_and_one_of_45_is_not() -> None:
    day = date(2026, 6, 1)
    assert dates_of(day + timedelta(days=44), day, day).state is CommentState.SHORT
    assert dates_of(day + timedelta(days=44), day, day).firms_by == day + timedelta(days=22)
    assert dates_of(day + timedelta(days=45), day, day).state is CommentState.OPEN
    assert dates_of(day + timedelta(days=45), day, day).firms_by == day + timedelta(days=15)
    assert dates_of(day + timedelta(days=44), None, day).state is CommentState.OPEN  # its length is not known
    assert dates_of(day + timedelta(days=44), day + timedelta(days=50), day).state is CommentState.OPEN  # nonsense


def test_a_long_period_found_late_is_short_when_firms_would_have_less_than_a_week() -> None:
    deadline = date(2026, 8, 3)
    distributed = date(2026, 6, 4)
    last = dates_of(deadline, distributed, deadline - timedelta(days=37))
    late = dates_of(deadline, distributed, deadline - timedelta(days=36))
    assert (last.state, last.firms_by) == (CommentState.OPEN, deadline - timedelta(days=30))
    assert (late.state, late.firms_by, late.upward_by) == (CommentState.SHORT, date(2026, 7, 16), date(2026, 7, 16))


def test_submission_is_due_at_once_when_its_ordinary_day_has_passed() -> None:
    deadline = date(2026, 8, 3)
    on_the_day = dates_of(deadline, None, date(2026, 7, 13))
    day_after = dates_of(deadline, None, date(2026, 7, 14))
    assert on_the_day.upward_by is not None
    assert not on_the_day.is_upward_at_once
    assert day_after.upward_by is None
    assert day_after.is_upward_at_once
    assert day_after.firms_by == date(2026, 7, 24)


def test_no_date_lies_after_the_last_day_of_all() -> None:
    read = dates_of(date(2026, 6, 8), date(2026, 6, 1), date(2026, 6, 3))  # last day: Wednesday, today
    assert (read.firms_by, read.stop_by, read.is_stop_passed) == (date(2026, 6, 3), date(2026, 6, 3), False)


@pytest.mark.parametrize("today", [date(2026, 6, 4), date(2026, 6, 8)])
def test_after_the_last_day_only_the_deadline_is_left_and_it_is_open_on_its_own_day(today: date) -> None:
    assert dates_of(date(2026, 6, 8), None, today) == Deadlines(
        state=CommentState.SHORT, comment_deadline=date(2026, 6, 8), stop_by=date(2026, 6, 3), is_stop_passed=True
    )


def test_a_passed_deadline_is_closed_and_a_missing_one_unknown() -> None:
    assert dates_of(date(2026, 6, 8), None, date(2026, 6, 9)) == Deadlines(
        state=CommentState.CLOSED, comment_deadline=date(2026, 6, 8)
    )
    assert dates_of(None, date(2026, 6, 1), date(2026, 6, 9)) == Deadlines(state=CommentState.UNKNOWN)
    assert not dates_of(None, None, TODAY).is_upward_at_once


def test_the_numbers_are_policy() -> None:
    policy = DeadlinePolicy(
        firms_days=20, upward_days=10, stop_working_days=1, short_period_days=30, least_days_for_firms=1
    )
    read = deadlines(date(2026, 8, 3), None, date(2026, 6, 5), weekday_before, policy)
    assert (read.firms_by, read.upward_by, read.stop_by) == (date(2026, 7, 14), date(2026, 7, 24), date(2026, 7, 31))
    assert deadline_policy() == DeadlinePolicy(**WORDING["deadlines"])


def test_a_calendar_that_gives_no_earlier_day_is_refused() -> None:
    with pytest.raises(ValueError, match="earlier day"):
        deadlines(TODAY, None, TODAY, lambda day, _n: day)


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1))


@given(
    today=DAYS,
    remaining=st.integers(-30, 200),
    period=st.none() | st.integers(-5, 200),
    closed_days=st.integers(0, 12),
)
def test_the_dates_stand_in_their_order_and_are_not_in_the_past(
    today: date, remaining: int, period: int | None, closed_days: int
) -> None:
    deadline = today + timedelta(days=remaining)
    distributed = None if period is None else deadline - timedelta(days=period)
    # holidays of some length right before the deadline
    read = deadlines(deadline, distributed, today, lambda day, n: weekday_before(day - timedelta(days=closed_days), n))
    chain = [day for day in (read.firms_by, read.upward_by, read.stop_by, read.comment_deadline) if day]
    assert chain == sorted(chain)
    assert all(day >= today for day in (read.firms_by, read.upward_by) if day)
    assert (read.state is CommentState.CLOSED) == (remaining < 0)
    assert read.is_stop_passed == (read.stop_by is not None and read.stop_by < today)
    assert (read.firms_by is None) == (remaining < 0 or read.is_stop_passed)
