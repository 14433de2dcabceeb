"""Reckons until when the steps of every case are due and keeps it for the analysts, whose SQL knows no policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline.sla import policy_of, timekeeping_of
from pipeline.steps.open_cases import Timing
from warehouse.case_limits import ClockStart, Limit, clock_starts, keep_limits
from warehouse.connection import Connection


def write_limits(con: Connection, timing: Timing) -> int:
    """Bring `case_limits` up to date with the policies and the calendar; returns the rows written anew.

    Raises StageError where a case was opened under a policy that this program does not carry.
    """
    return keep_limits(con, limits_of(clock_starts(con), timing))


def limits_of(starts: Iterable[ClockStart], timing: Timing) -> Iterator[Limit]:
    """Yield the limits of every milestone, by the policy that the case was opened under. Errors as `write_limits`."""
    for start in starts:
        policy = policy_of(start.policy_version, timing.policies)
        timekeeping = timekeeping_of(policy, timing.calendar)
        for ordinal, milestone in enumerate(policy.milestones, start=1):
            yield Limit(
                case_id=start.case_id,
                started_at=start.started_at,
                event=milestone.event,
                ordinal=ordinal,
                label=milestone.label,
                limit_hours=float(milestone.hours),
                amber_at=timekeeping.after(start.started_at, milestone.hours * policy.amber_ratio),
                due_at=timekeeping.after(start.started_at, milestone.hours),
            )
