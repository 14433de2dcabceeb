"""Reckons until when the steps of every case are due and keeps it for the analysts, whose SQL knows no policy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from pipeline.sla import ResponsePolicy, policy_of, timekeeping_of
from pipeline.steps.open_cases import Timing
from pipeline.worktime import WorkCalendar
from warehouse.case_limits import ClockStart, Limit, keep_limits
from warehouse.connection import Connection


def write_limits(con: Connection, timing: Timing, *, anew: bool = False) -> int:
    """Bring `case_limits` up to date with the policies and the calendar; returns the rows written anew.

    What was reckoned by the same policy and calendar stays, unless `anew`. Raises StageError where a case was opened
    under a policy that this program does not carry.
    """
    bases = {policy.version: basis_of(policy, timing.calendar) for policy in timing.policies}
    return keep_limits(con, lambda starts: limits_of(starts, timing), bases=bases, anew=anew)


def limits_of(starts: Iterable[ClockStart], timing: Timing) -> Iterator[Limit]:
    """Yield the limits of every milestone, by the policy that the case was opened under. Errors as `write_limits`."""
    bases: dict[str, str] = {}
    for start in starts:
        policy = policy_of(start.policy_version, timing.policies)
        timekeeping = timekeeping_of(policy, timing.calendar)
        if policy.version not in bases:
            bases[policy.version] = basis_of(policy, timing.calendar)
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
                basis=bases[policy.version],
            )


def basis_of(policy: ResponsePolicy, calendar: WorkCalendar) -> str:
    """Return the hash of all that the limits under a policy depend on: the calendar only where it counts workdays."""
    stated = [repr(policy)]
    if policy.working_hours is not None:
        stated += [",".join(sorted(map(str, days))) for days in (calendar.holidays, calendar.workdays)]
    return hashlib.sha256("\n".join(stated).encode()).hexdigest()[:16]
