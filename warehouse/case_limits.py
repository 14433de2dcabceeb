"""Keeps until when each step of a case was or is due: the policy reckons it, the analysts' copy reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from warehouse.connection import Connection, transaction
from warehouse.query import fetch_all
from warehouse.sqlfiles import sql

_SLICE = 5000  # limits handed over at a time, so that memory does not grow with the cases


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStart:
    """A moment that the clock of a case may run from, and the policy that the case was opened under."""

    case_id: str
    policy_version: str
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Until when (UTC) one milestone of a clock is due."""

    case_id: str
    started_at: datetime
    event: str
    ordinal: int
    label: str
    limit_hours: float
    amber_at: datetime
    due_at: datetime


def clock_starts(con: Connection) -> tuple[ClockStart, ...]:
    """Return every moment that a clock may run from: the start of each case and the addenda that reopened it."""
    return tuple(ClockStart(**row) for row in fetch_all(con, "cases/clock_starts"))


def keep_limits(con: Connection, limits: Iterable[Limit]) -> int:
    """Make `case_limits` what `limits` says and return how many rows were written anew."""
    remaining = iter(limits)
    with transaction(con):
        con.execute(sql("cases/start_limits"))
        while rows := [_row(limit) for limit in islice(remaining, _SLICE)]:
            con.execute(sql("cases/stage_limits"), {"rows": json.dumps(rows)})
        con.execute(sql("cases/drop_limits"))
        written = con.execute(sql("cases/insert_limits")).fetchone()
    return int(written[0]) if written else 0


def _row(limit: Limit) -> dict[str, object]:
    return {
        "case_id": limit.case_id,
        "started_at": limit.started_at.isoformat(),
        "event": limit.event,
        "ordinal": limit.ordinal,
        "label": limit.label,
        "limit_hours": limit.limit_hours,
        "amber_at": limit.amber_at.isoformat(),
        "due_at": limit.due_at.isoformat(),
    }
