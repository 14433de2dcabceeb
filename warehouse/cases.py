"""Opens cases from matches, keeps their events, and reads them back. The clock itself is `pipeline.sla`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.query import fetch_all
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One thing that happened to a case, as `case_events` holds it."""

    kind: str
    occurred_at: datetime
    actor: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A measure that concerns exporters, with the events that its state is derived from."""

    case_id: str
    clock_started_at: datetime
    is_backfill: bool
    policy_version: str
    notification_id: str
    symbols: tuple[str, ...]
    member_codes: tuple[str, ...]
    title: str
    distribution_date: date | None
    comment_deadline: date | None
    n_exporters: int
    n_lines: int
    is_confirmed: bool
    is_direct: bool
    match_level: str
    events: tuple[CaseEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A relevant notification without a case, and the roots of its symbols in the order of the document."""

    notification_id: str
    first_seen_at: datetime
    distribution_date: date | None
    comment_deadline: date | None
    case_roots: tuple[str, ...]


def assign_cases(unassigned: Sequence[Unassigned], known_roots: Mapping[str, str]) -> dict[str, tuple[Unassigned, ...]]:
    """Group notifications into cases: one case a measure, whatever number of joint symbols and addenda it has.

    `known_roots` maps the names of the measures of existing cases (view measure_keys) to their ids. A joint
    notification lists one root a member; the first names a new case, and all of them lead a later addendum to it.
    Without a symbol the notification is its own case.
    """
    case_of = dict(known_roots)
    members: dict[str, list[Unassigned]] = {}
    for item in unassigned:
        roots = item.case_roots or (item.notification_id,)
        case_id = next((case_of[root] for root in roots if root in case_of), roots[0])
        for root in roots:
            case_of.setdefault(root, case_id)
        members.setdefault(case_id, []).append(item)
    return {case_id: tuple(items) for case_id, items in members.items()}


def open_cases(
    con: Connection, *, policy_version: str, backfill_days: int, channels: Sequence[str] = ("wto",), now: datetime
) -> int:
    """Open cases for relevant notifications without one, attach their families and write down what happened.

    Returns the number of cases opened. May be run again at any time; does only what is new.
    """
    with transaction(con):
        unassigned = [
            Unassigned(**{**row, "case_roots": tuple(row["case_roots"])})
            for row in fetch_all(con, "cases/unassigned", {"channels": list(channels)})
        ]
        known = {row["case_root"]: row["case_id"] for row in fetch_all(con, "cases/case_roots")}
        grouped = assign_cases(unassigned, known)
        existing = {row[0] for row in con.execute("SELECT case_id FROM cases").fetchall()}
        for case_id, items in grouped.items():
            started_at = min(item.first_seen_at for item in items)
            con.execute(
                sql("cases/insert_case"),
                {
                    "case_id": case_id,
                    "clock_started_at": started_at,
                    "is_backfill": is_backfill(items, started_at, backfill_days),
                    "policy_version": policy_version,
                    "now": now,
                },
            )
            for item in items:
                con.execute(
                    sql("cases/insert_case_notification"),
                    {"case_id": case_id, "notification_id": item.notification_id},
                )
        # a joint notification that joins a case brings the roots of its other symbols with it
        while con.execute(sql("cases/attach_family")).fetchone() != (0,):
            pass
        derive_events(con, now=now)
    return len(set(grouped) - existing)


def derive_events(con: Connection, *, now: datetime) -> None:
    """Write down what matches, judgements and mails mean for the cases; the same happening twice is one event."""
    con.execute(sql("cases/derive_events"), {"now": now})
    con.execute(sql("cases/close_rejected"), {"now": now})
    con.execute(sql("cases/reopen"), {"now": now})


def is_backfill(items: Sequence[Unassigned], started_at: datetime, backfill_days: int) -> bool:
    """Tell whether a measure was collected so long after distribution that its clock judges nobody (补录).

    Without a distribution date the comment deadline tells, which lies after it. A measure with neither is not a
    backfill: what cannot be excused counts.
    """
    dates = [day for item in items if (day := item.distribution_date or item.comment_deadline)]
    return bool(dates) and max(dates) < (started_at - timedelta(days=backfill_days)).date()


def append_event(con: Connection, *, case_key: str, kind: str, actor: str, detail: str, now: datetime) -> str:
    """Append what an officer did to a case and return its id.

    `case_key` is the case, or a symbol or id of one of its notifications; raises InputError where it names none.
    """
    found = fetch_all(con, "queries/case_named", {"key": case_key})
    if not found:
        raise InputError(f"没有这个案件：{case_key}", "用 tbtwatch cases 查看案件号。")
    case_id = str(found[0]["case_id"])
    event_id = hashlib.sha256("|".join((case_id, kind, now.isoformat(), detail)).encode()).hexdigest()
    con.execute(
        sql("cases/append_event"),
        {
            "event_id": event_id,
            "case_id": case_id,
            "kind": kind,
            "occurred_at": now,
            "actor": actor,
            "detail": detail,
        },
    )
    return case_id


def read_cases(con: Connection) -> tuple[Case, ...]:
    """Return all cases with their events, oldest clock first."""
    events: dict[str, list[CaseEvent]] = {}
    for row in fetch_all(con, "queries/case_events"):
        events.setdefault(row.pop("case_id"), []).append(CaseEvent(**row))
    return tuple(
        Case(
            **{
                **row,
                "symbols": tuple(row["symbols"]),
                "member_codes": tuple(row["member_codes"]),
                "events": tuple(events.get(row["case_id"], ())),
            }
        )
        for row in fetch_all(con, "queries/cases")
    )
