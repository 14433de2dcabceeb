"""`tbtwatch cases`: opens cases for new matches, writes down what happened, reads every clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pipeline.case_state import CaseState, read_state, rounds
from pipeline.clock import SHANGHAI, to_shanghai
from pipeline.context import Context, Run, run_step
from pipeline.home import Home
from pipeline.sla import (
    ClockReading,
    MilestoneState,
    ResponsePolicy,
    load_policies,
    policy_of,
    read_clock,
    timekeeping_of,
)
from pipeline.worktime import WorkCalendar, load_calendar
from warehouse.cases import Case, CaseEvent, Newest, count_cases, open_cases, read_cases
from warehouse.connection import Connection
from warehouse.errors import InputError
from warehouse.records import Issue, Severity


@dataclass(frozen=True, slots=True)
class TimedCase:
    """A case, its clock at one moment, and where it stands."""

    case: Case
    clock: ClockReading
    policy: ResponsePolicy
    state: CaseState

    @property
    def unexplained(self) -> tuple[str, ...]:
        """Missed milestones for which nobody has given a cause yet; a backfill (补录) is not rated and needs none."""
        if self.case.is_backfill:
            return ()
        return tuple(
            reading.milestone.event
            for reading in self.clock.readings
            if reading.state in (MilestoneState.MET_LATE, MilestoneState.OVERDUE)
            and reading.milestone.event not in self.state.causes
        )


@dataclass(frozen=True, slots=True)
class Timing:
    """The policies that cases are measured by, and the calendar that working hours are counted on."""

    policies: tuple[ResponsePolicy, ...]
    calendar: WorkCalendar

    @property
    def in_force(self) -> ResponsePolicy:
        """The policy that a new case is opened under."""
        return self.policies[0]

    def timed(self, case: Case, now: datetime) -> TimedCase:
        """Read the clock and the state of a case at `now`: the clock that started last."""
        return self.rounds(case, now)[-1]

    def rounds(self, case: Case, now: datetime) -> tuple[TimedCase, ...]:
        """Read all clocks of a case, by the policy that it was opened under: an addendum may have started it anew."""
        policy = policy_of(case.policy_version, self.policies)
        timekeeping = timekeeping_of(policy, self.calendar)
        whole = read_state(case.events)
        clocks: list[tuple[datetime, list[CaseEvent]]] = []
        for started_at, events in rounds(case.clock_started_at, case.events):
            # an addendum to what is not answered yet adds to it, and starts no second clock
            if clocks and not read_clock(*clocks[-1], policy, started_at, timekeeping).is_answered:
                clocks[-1][1].extend(events)
            else:
                clocks.append((started_at, events))
        found = []
        for started_at, events in clocks:
            # causes and reminders are of one clock, everything else is of the case
            own = read_state(events)
            state = replace(whole, causes=own.causes, escalated=own.escalated)
            clock = read_clock(started_at, events, policy, now, timekeeping)
            found.append(TimedCase(case, clock, policy, state))
        return tuple(found)


def load_timing(home: Home) -> Timing:
    """Read the policies and the calendar, the office's own first. Raises InputError naming the file that is wrong."""
    return Timing(load_policies(home.policies), load_calendar(home.workdays if home.workdays.exists() else None))


def update_cases(
    context: Context, *, everything: bool = True, newest: Newest | None = None
) -> tuple[Run, tuple[TimedCase, ...]]:
    """Open what has to be opened and return the cases with their clocks, the next due first.

    Without `everything` only those are read in which something is left to do, however many were settled before; with
    `newest` only those that it names. Of the counts, `n_cases` is always the total in the warehouse. `n_open`,
    `n_overdue` and `n_unexplained` are there only where no case was passed over by `newest`; else `n_listed` says how
    many were read, and `n_listed_open`, `n_listed_overdue`, `n_listed_unexplained` count among these alone.
    """
    timing = load_timing(context.home)
    policy = timing.in_force
    with run_step(context, "cases", arguments=_arguments(newest)) as run:
        run.counts["n_opened"] = open_cases(
            run.con,
            policy_version=policy.version,
            backfill_days=policy.backfill_days,
            channels=policy.channels,
            now=run.now,
        )
        timed = read_timed_cases(run.con, run.now, timing, everything=everything, newest=newest)
        run.counts["n_cases"] = count_cases(run.con)
        among = "n"
        if newest is not None and len(timed) < run.counts["n_cases"]:
            run.counts["n_listed"] = len(timed)
            among = "n_listed"
        run.counts[f"{among}_open"] = sum(1 for item in timed if not item.clock.is_answered)
        run.counts[f"{among}_overdue"] = sum(1 for item in timed if item.clock.is_overdue and not item.case.is_backfill)
        run.counts[f"{among}_unexplained"] = sum(1 for item in timed if item.unexplained)
        run.issues += _guessed_years(timing, timed, context.home)
    return run, timed


def newest_of(*, limit: int | None = None, since: date | None = None, until: date | None = None) -> Newest:
    """Return the choice of the newest `limit` cases collected from `since` to `until`, days in Shanghai, both included.

    None is no bound. Raises InputError where the days are the wrong way round.
    """
    if since and until and since > until:
        raise InputError(f"--since {since} 晚于 --until {until}。", "请把较早的日期写在 --since。")
    start = datetime.combine(since, time(), SHANGHAI) if since else None
    before = datetime.combine(until, time(), SHANGHAI) + timedelta(days=1) if until else None
    return Newest(limit=limit, since=start, before=before)


def read_timed_cases(
    con: Connection, now: datetime, timing: Timing, *, everything: bool = True, newest: Newest | None = None
) -> tuple[TimedCase, ...]:
    """Return cases with their clocks at `now`: what is due next first, answered ones last.

    `newest` chooses among all cases; without it, `everything` or what is left to do.
    """
    required = None if everything else sorted({m.event for policy in timing.policies for m in policy.milestones})
    found = read_cases(con, required, newest=newest)
    return tuple(sorted((timing.timed(case, now) for case in found), key=_urgency))


def _arguments(newest: Newest | None) -> dict[str, object]:
    """What the ledger keeps of the choice; nothing where none was made."""
    if newest is None:
        return {}
    given = {"limit": newest.limit, "since": newest.since, "before": newest.before}
    return {name: str(value) if isinstance(value, datetime) else value for name, value in given.items() if value}


def _guessed_years(timing: Timing, timed: tuple[TimedCase, ...], home: Home) -> list[Issue]:
    """A year without a table of holidays is counted Monday to Friday, and that is said."""
    years = {
        to_shanghai(moment).year
        for item in timed
        if item.policy.working_hours and not item.clock.is_answered
        for moment in (item.clock.started_at, *(reading.due_at for reading in item.clock.readings))
    }
    return [
        Issue(
            code="workdays-unknown",
            severity=Severity.WARNING,
            message=f"{year}年没有节假日和调休表，工作时限暂按周一至周五计算",
            next_step=f"请在 {home.workdays} 中写入国务院办公厅公布的{year}年安排",
            subject=str(year),
        )
        for year in sorted(timing.calendar.guessed_years(years))
    ]


def _urgency(item: TimedCase) -> tuple[bool, bool, datetime, str]:
    due = item.clock.next_due
    return item.case.is_backfill, due is None, due.due_at if due else item.clock.started_at, item.case.case_id
