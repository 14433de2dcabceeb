"""The office's own dates before a comment deadline: firms' input, submission upward, the last day of all.

The numbers are policy and stand in `advice.toml`, `[deadlines]`: three weeks upward is what the EU's enquiry point asks
of its industry, three working days what the American one asks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class CommentState(StrEnum):
    """How much of the comment period is left for the office's procedure."""

    OPEN = "open"  # the ordinary dates can be kept
    SHORT = "short"  # comments are open, but the ordinary dates cannot be kept
    CLOSED = "closed"  # the deadline has passed
    UNKNOWN = "unknown"  # no deadline is known


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePolicy:
    """The numbers of the procedure. Days are natural days before the comment deadline where nothing else is said."""

    firms_days: int  # firms' input
    upward_days: int  # submission upward; not more than firms_days
    stop_working_days: int  # after this working day before the deadline nothing is submitted any more
    short_period_days: int  # a comment period shorter than this is short from its first day
    least_days_for_firms: int  # natural days that firms must have at least, else what remains is halved


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Dates of one case as read on one day; firms_by <= upward_by <= stop_by <= comment_deadline where they exist.

    `firms_by` and `upward_by` never lie before the day of reading: None stands for "as soon as possible" while
    comments are open. `stop_by` may have passed (`is_stop_passed`) although the deadline has not.
    """

    state: CommentState
    comment_deadline: date | None = None
    firms_by: date | None = None
    upward_by: date | None = None
    stop_by: date | None = None
    is_stop_passed: bool = False

    @property
    def is_upward_at_once(self) -> bool:
        """Whether comments are open and must go upward as soon as possible, because the ordinary day has passed."""
        return self.state in (CommentState.OPEN, CommentState.SHORT) and self.upward_by is None


@cache
def advice_data() -> dict[str, Any]:
    """`advice.toml` as it stands: the numbers of the procedure and all wording. Nobody may change what is returned."""
    return tomllib.loads((files("pipeline") / "response_advice" / "advice.toml").read_text(encoding="utf-8"))


@cache
def deadline_policy() -> DeadlinePolicy:
    """The policy that ships with the program; ValueError where its numbers contradict each other."""
    policy = DeadlinePolicy(**advice_data()["deadlines"])
    if not (policy.firms_days >= policy.upward_days > 0 and policy.stop_working_days > 0):
        raise ValueError("advice.toml [deadlines]: firms_days >= upward_days > 0 and stop_working_days > 0")
    return policy


def deadlines(
    comment_deadline: date | None,
    distribution_date: date | None,
    today: date,
    last_working_day_before: Callable[[date, int], date],
    policy: DeadlinePolicy | None = None,
) -> Deadlines:
    """The office's dates for a comment deadline, as they stand on `today`.

    In: WTO dates; `last_working_day_before(day, n)` gives the n-th working day before a day. The deadline itself is
    still open. A period is short where distribution and deadline lie less than `short_period_days` apart (unknown or
    later than the deadline: not judged) or where firms would have less than `least_days_for_firms`: then firms have
    until the middle of what remains. No date lies after the last day of all. Errors: ValueError where the calendar
    gives a day that is not before the deadline.
    """
    numbers = policy or deadline_policy()
    if comment_deadline is None:
        return Deadlines(state=CommentState.UNKNOWN)
    if comment_deadline < today:
        return Deadlines(state=CommentState.CLOSED, comment_deadline=comment_deadline)
    stop_by = last_working_day_before(comment_deadline, numbers.stop_working_days)
    if stop_by >= comment_deadline:
        raise ValueError("last_working_day_before must give an earlier day")
    ordinary_firms_by = comment_deadline - timedelta(days=numbers.firms_days)
    is_short = (ordinary_firms_by - today).days < numbers.least_days_for_firms or _is_short_period(
        distribution_date, comment_deadline, numbers
    )
    state = CommentState.SHORT if is_short else CommentState.OPEN
    if stop_by < today:
        return Deadlines(state=state, comment_deadline=comment_deadline, stop_by=stop_by, is_stop_passed=True)
    middle = today + timedelta(days=(comment_deadline - today).days // 2)
    firms_by = min(middle if is_short else ordinary_firms_by, stop_by)
    ordinary_upward_by = comment_deadline - timedelta(days=numbers.upward_days)
    upward_by = min(max(ordinary_upward_by, firms_by), stop_by) if ordinary_upward_by >= today else None
    return Deadlines(
        state=state, comment_deadline=comment_deadline, firms_by=firms_by, upward_by=upward_by, stop_by=stop_by
    )


def _is_short_period(distribution_date: date | None, comment_deadline: date, numbers: DeadlinePolicy) -> bool:
    if distribution_date is None or distribution_date > comment_deadline:
        return False
    return (comment_deadline - distribution_date).days < numbers.short_period_days
