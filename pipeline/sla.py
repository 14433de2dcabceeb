"""The 72-hour clock: a pure state machine over the events of a case. Nothing is stored that the events do not give."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.resources import files

from warehouse.cases import CaseEvent
from warehouse.errors import StageError


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


def load_policies() -> tuple[ResponsePolicy, ...]:
    """Read the response policies that ship with the program, the one in force first (the newest file name)."""
    folder = files("pipeline") / "policies"
    names = sorted((entry.name for entry in folder.iterdir() if entry.name.startswith("response-")), reverse=True)
    return tuple(_read_policy((folder / name).read_text(encoding="utf-8")) for name in names)


def policy_of(version: str, policies: Iterable[ResponsePolicy]) -> ResponsePolicy:
    """Return the policy that a case was opened under; StageError when this program does not carry it."""
    for policy in policies:
        if policy.version == version:
            return policy
    raise StageError(f"案件使用的响应规则版本不存在：{version}", "请恢复该版本的规则文件，程序不会用新规则改写旧案件。")


def read_clock(
    started_at: datetime, events: Iterable[CaseEvent], policy: ResponsePolicy, now: datetime
) -> ClockReading:
    """Read the clock of a case at `now`.

    A milestone is met in time up to and including the second it falls due (72:00:00 is in time, 72:00:01 is late). An
    event dated before the start (a clock that was set back) counts as the start itself. A closed case needs nothing
    further unless it was reopened after the closing, or in the same moment: what may still be open counts as open.
    """
    ordered = sorted(events, key=lambda event: (event.occurred_at, event.kind == "reopened"))
    closed_at: datetime | None = None
    met: dict[str, datetime] = {}
    for event in ordered:
        if event.kind == "closed":
            closed_at = max(event.occurred_at, started_at)
        elif event.kind == "reopened":
            closed_at = None
        else:
            met.setdefault(event.kind, max(event.occurred_at, started_at))
    readings = tuple(
        _read_milestone(milestone, started_at, met.get(milestone.event), closed_at, policy.amber_ratio, now)
        for milestone in policy.milestones
    )
    return ClockReading(started_at=started_at, readings=readings, closed_at=closed_at)


def _read_policy(text: str) -> ResponsePolicy:
    data = tomllib.loads(text)
    milestones = tuple(Milestone(**entry) for entry in data.pop("milestones"))
    return ResponsePolicy(**data | {"channels": tuple(data["channels"])}, milestones=milestones)


def _read_milestone(
    milestone: Milestone,
    started_at: datetime,
    met_at: datetime | None,
    closed_at: datetime | None,
    amber_ratio: float,
    now: datetime,
) -> MilestoneReading:
    due_at = started_at + timedelta(hours=milestone.hours)
    if met_at is not None:
        state = MilestoneState.MET if met_at <= due_at else MilestoneState.MET_LATE
    elif closed_at is not None:
        state = MilestoneState.NOT_REQUIRED if closed_at <= due_at else MilestoneState.MET_LATE
    elif now > due_at:
        state = MilestoneState.OVERDUE
    elif now >= started_at + timedelta(hours=milestone.hours) * amber_ratio:
        state = MilestoneState.AMBER
    else:
        state = MilestoneState.RUNNING
    return MilestoneReading(milestone=milestone, due_at=due_at, met_at=met_at, state=state)
