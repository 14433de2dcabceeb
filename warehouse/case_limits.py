"""Keeps until when each step of a case was or is due: the policy reckons it, the analysts' copy reads it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
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
    basis: str  # hash of the policy and the calendar that it was reckoned by


def keep_limits(
    con: Connection,
    reckon: Callable[[Iterable[ClockStart]], Iterable[Limit]],
    *,
    bases: Mapping[str, str],
    anew: bool = False,
) -> int:
    """Bring `case_limits` up to date and return how many rows were written anew.

    `reckon` gives the limits of starts: of cases and addenda that are new, and of all whose policy has another basis in
    `bases` (policy version to basis) than the limits that are kept; of all there are with `anew`.
    """
    with transaction(con):
        con.execute(sql("cases/clock_starts"), {"bases": json.dumps(dict(bases))})
        starts = [ClockStart(**row) for row in fetch_all(con, "cases/unreckoned_starts", {"anew": anew})]
        remaining = iter(reckon(starts))
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
        "basis": limit.basis,
    }
