"""The 72-hour clock: a pure state machine over the events of a case. Nothing is stored that the events do not give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from pipeline.case_state import in_order
from pipeline.policy_file import read_policy_file
from pipeline.worktime import WorkCalendar, WorkHours, add_working_time
from warehouse.cases import CaseEvent
from warehouse.errors import InputError, StageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """Something that must have happened within `hours` of the start of the clock."""

    event: str
    label: str
    hours: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsePolicy:
    """A version of the city's definition of 72小时快速响应."""

    version: str
    title: str
    hours: str
    amber_ratio: float
    backfill_days: int
    channels: tuple[str, ...]  # what opens a case: see warehouse.records.Channel
    milestones: tuple[Milestone, ...]
    working_hours: WorkHours | None = None  # only where `hours` is "working"


class MilestoneState(StrEnum):
    """How a milestone stands."""

    MET = "met"
    MET_LATE = "met-late"
    RUNNING = "running"
    AMBER = "amber"
    OVERDUE = "overdue"
    NOT_REQUIRED = "not-required"  # the case was closed before it was due


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneReading:
    """One milestone of one case at one moment."""

    milestone: Milestone
    due_at: datetime
    met_at: datetime | None
    state: MilestoneState


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """The clock of one case at one moment."""

    started_at: datetime
    readings: tuple[MilestoneReading, ...]
    closed_at: datetime | None

    @property
    def next_due(self) -> MilestoneReading | None:
        """The unmet milestone that is due first; None when nothing is left to do."""
        unmet = (MilestoneState.RUNNING, MilestoneState.AMBER, MilestoneState.OVERDUE)
        return min((r for r in self.readings if r.state in unmet), key=lambda r: r.due_at, default=None)

    @property
    def is_answered(self) -> bool:
        """Whether every milestone was met, or the case was closed as not relevant."""
        return self.next_due is None

    @property
    def is_late(self) -> bool:
        """Whether any milestone was missed."""
        return any(r.state in (MilestoneState.MET_LATE, MilestoneState.OVERDUE) for r in self.readings)

    @property
    def is_overdue(self) -> bool:
        """Whether something that is still to be done has passed its limit."""
        return any(r.state is MilestoneState.OVERDUE for r in self.readings)

    @property
    def answered_at(self) -> datetime | None:
        """When the last required milestone was met or the case was closed; None while something is left to do."""
        if not self.is_answered:
            return None
        moments = [r.met_at for r in self.readings if r.met_at]
        if len(moments) == len(self.readings):
            # a case that is closed long after its answer was answered all the same
            return max(moments, default=None)
        return self.closed_at


class Timekeeping(Protocol):
    """How the hours of a policy are counted."""

    def after(self, started_at: datetime, hours: float) -> datetime:
        """The moment when so many hours have passed."""
        ...


class NaturalHours:
    """Every hour counts."""

    def after(self, started_at: datetime, hours: float) -> datetime:
        """The moment when so many hours have passed."""
        return started_at + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Only the hours of the office on the working days of the Chinese calendar count."""

    calendar: WorkCalendar
    day: WorkHours

    def after(self, started_at: datetime, hours: float) -> datetime:
        """The moment when so many working hours have passed."""
        return add_working_time(started_at, hours, self.calendar, self.day)


NATURAL = NaturalHours()


def timekeeping_of(policy: ResponsePolicy, calendar: WorkCalendar) -> Timekeeping:
    """How a policy counts its hours. One report never mixes two ways: a case keeps the policy it was opened under."""
    return WorkingHours(calendar, policy.working_hours) if policy.working_hours else NATURAL


def load_policies(own: Path | None = None) -> tuple[ResponsePolicy, ...]:
    """Read the response policies, the one in force first: the office's newest, else the newest that ships.

    `own` is a folder of files `response-*.toml` of the office. Raises InputError naming file and field.
    """
    shipped = [entry for entry in (files("pipeline") / "policies").iterdir() if entry.name.startswith("response-")]
    policies = [
        _read_policy(entry.read_bytes(), entry.name)
        for entry in sorted(shipped, key=lambda entry: entry.name, reverse=True)
    ]
    found = sorted(own.glob("response-*.toml"), reverse=True) if own is not None and own.is_dir() else []
    own_policies = [_read_policy(file.read_bytes(), str(file)) for file in found]
    taken = {policy.version: "随软件提供的规则" for policy in policies}
    for policy, file in zip(own_policies, found, strict=True):
        # an old case would be timed anew by another policy of the same name
        if policy.version in taken:
            raise InputError(
                f"响应规则文件有误：{file}：version = “{policy.version}”与{taken[policy.version]}重复",
                "每次修改规则都须写一个新的版本号。",
            )
        taken[policy.version] = str(file)
    return (*own_policies, *policies)


def policy_of(version: str, policies: Iterable[ResponsePolicy]) -> ResponsePolicy:
    """Return the policy that a case was opened under; StageError when this program does not carry it."""
    for policy in policies:
        if policy.version == version:
            return policy
    raise StageError(f"案件使用的响应规则版本不存在：{version}", "请恢复该版本的规则文件，程序不会用新规则改写旧案件。")


def read_clock(
    started_at: datetime,
    events: Iterable[CaseEvent],
    policy: ResponsePolicy,
    now: datetime,
    timekeeping: Timekeeping = NATURAL,
) -> ClockReading:
    """Read the clock of a case at `now`.

    A milestone is met in time up to and including the second it falls due (72:00:00 is in time, 72:00:01 is late). An
    event dated before the start (a clock that was set back) counts as the start itself. A mail that came back takes
    企业告知 back until the firm is told another way. A closed case needs nothing
    further unless it was reopened after the closing, or in the same moment: what may still be open counts as open.
    """
    closed_at: datetime | None = None
    met: dict[str, datetime] = {}
    for event in in_order(events):
        if event.kind == "closed":
            closed_at = max(event.occurred_at, started_at)
        elif event.kind in ("reopened", "restarted"):
            closed_at = None
        elif event.kind == "undelivered":
            met.pop("notified", None)
        else:
            met.setdefault(event.kind, max(event.occurred_at, started_at))
    readings = tuple(
        _read_milestone(
            milestone,
            timekeeping.after(started_at, milestone.hours),
            timekeeping.after(started_at, milestone.hours * policy.amber_ratio),
            met.get(milestone.event),
            closed_at,
            now,
        )
        for milestone in policy.milestones
    )
    return ClockReading(started_at=started_at, readings=readings, closed_at=closed_at)


def _read_policy(raw: bytes, name: str) -> ResponsePolicy:
    read = read_policy_file(raw, name)
    return ResponsePolicy(
        version=read.version,
        title=read.title,
        hours=read.hours,
        amber_ratio=read.amber_ratio,
        backfill_days=read.backfill_days,
        channels=tuple(read.channels),
        milestones=tuple(Milestone(**item.model_dump()) for item in read.milestones),
        working_hours=read.office_hours,
    )


def _read_milestone(
    milestone: Milestone,
    due_at: datetime,
    amber_at: datetime,
    met_at: datetime | None,
    closed_at: datetime | None,
    now: datetime,
) -> MilestoneReading:
    if met_at is not None:
        state = MilestoneState.MET if met_at <= due_at else MilestoneState.MET_LATE
    elif closed_at is not None:
        state = MilestoneState.NOT_REQUIRED if closed_at <= due_at else MilestoneState.MET_LATE
    elif now > due_at:
        state = MilestoneState.OVERDUE
    elif now >= amber_at:
        state = MilestoneState.AMBER
    else:
        state = MilestoneState.RUNNING
    return MilestoneReading(milestone=milestone, due_at=due_at, met_at=met_at, state=state)
