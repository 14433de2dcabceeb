"""`tbtwatch cases`: opens cases for new matches, writes down what happened, reads every clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.context import Context, Run, run_step
from pipeline.sla import ClockReading, ResponsePolicy, load_policies, policy_of, read_clock
from warehouse.cases import Case, open_cases, read_cases
from warehouse.connection import Connection


@dataclass(frozen=True, slots=True)
class TimedCase:
    """A case and its clock at one moment."""

    case: Case
    clock: ClockReading
    policy: ResponsePolicy


def update_cases(context: Context) -> tuple[Run, tuple[TimedCase, ...]]:
    """Open what has to be opened and return all cases with their clocks, the next due first."""
    policies = load_policies()
    with run_step(context, "cases") as run:
        run.counts["n_opened"] = open_cases(
            run.con,
            policy_version=policies[0].version,
            backfill_days=policies[0].backfill_days,
            channels=policies[0].channels,
            now=run.now,
        )
        timed = read_timed_cases(run.con, run.now)
        run.counts["n_cases"] = len(timed)
        run.counts["n_open"] = sum(1 for item in timed if not item.clock.is_answered)
        run.counts["n_overdue"] = sum(1 for item in timed if item.clock.is_overdue and not item.case.is_backfill)
    return run, timed


def read_timed_cases(con: Connection, now: datetime) -> tuple[TimedCase, ...]:
    """Return all cases with their clocks at `now`: what is due next first, answered ones last."""
    policies = load_policies()
    timed = []
    for case in read_cases(con):
        policy = policy_of(case.policy_version, policies)
        timed.append(TimedCase(case, read_clock(case.clock_started_at, case.events, policy, now), policy))
    return tuple(sorted(timed, key=_urgency))


def _urgency(item: TimedCase) -> tuple[bool, bool, datetime, str]:
    due = item.clock.next_due
    return item.case.is_backfill, due is None, due.due_at if due else item.clock.started_at, item.case.case_id
