"""Opens cases from matches, keeps their events, and reads them back. The clock itself is `pipeline.sla`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.query import fetch_all
from warehouse.records import Level, Relation
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One thing that happened to a case, as `case_events` holds it."""

    kind: str
    occurred_at: datetime
    code: str = ""
    actor: str = ""
    detail: str = ""
    event_id: str = ""


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
    adoption_date: date | None = None  # of the latest document that states one, as entry into force
    entry_into_force_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Which cases to read: the newest `limit` of those whose clock started in [since, before); None is no bound.

    The start is `cases.clock_started_at`, the first collection of the measure, which an addendum does not move.
    """

    limit: int | None = None
    since: datetime | None = None
    before: datetime | None = None


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
    policy = "|".join((policy_version, str(backfill_days), *channels))
    if _mark(con) == _mark_kept(con, policy):
        return 0
    with transaction(con):
        unassigned = [
            Unassigned(**{**row, "case_roots": tuple(row["case_roots"])})
            for row in fetch_all(con, "cases/unassigned", {"channels": list(channels)})
        ]
        known = {row["case_root"]: row["case_id"] for row in fetch_all(con, "cases/case_roots")}
        grouped = assign_cases(unassigned, known)
        existing = {row[0] for row in con.execute("SELECT case_id FROM cases").fetchall()}
        # all at once, and as JSON: a statement a row keeps some 90 KB of memory each until the transaction ends
        con.execute(
            sql("cases/insert_cases"),
            {
                "rows": json.dumps([_case_row(case_id, items, backfill_days) for case_id, items in grouped.items()]),
                "policy_version": policy_version,
                "now": now,
            },
        )
        found = [(case_id, item.notification_id) for case_id, items in grouped.items() for item in items]
        rows = [{"case_id": case_id, "notification_id": notification_id} for case_id, notification_id in found]
        con.execute(sql("cases/insert_case_notifications"), {"rows": json.dumps(rows)})
        # a joint notification that joins a case brings the roots of its other symbols with it
        while con.execute(sql("cases/attach_family")).fetchone() != (0,):
            pass
        derive_events(con, now=now)
        con.execute(sql("cases/keep_mark"), {"policy": policy})
    return len(set(grouped) - existing)


def _mark(con: Connection) -> str:
    """What cases are opened and events derived from, in short: the same text means that there is nothing to do."""
    row = con.execute(sql("cases/mark")).fetchone()
    return str(row[0]) if row else ""


def _mark_kept(con: Connection, policy: str) -> str:
    row = con.execute("SELECT mark FROM case_mark WHERE policy = $policy", {"policy": policy}).fetchone()
    return str(row[0]) if row else ""


def derive_events(con: Connection, *, now: datetime) -> None:
    """Write down what matches, judgements and mails mean for the cases; the same happening twice is one event."""
    con.execute(sql("cases/derive_events"), {"now": now})
    con.execute(sql("cases/close_rejected"), {"now": now})
    con.execute(sql("cases/reopen"), {"now": now})
    con.execute(sql("cases/supersede"), {"now": now})
    con.execute(sql("cases/restart"), {"now": now})


def _case_row(case_id: str, items: Sequence[Unassigned], backfill_days: int) -> dict[str, object]:
    started_at = min(item.first_seen_at for item in items)
    return {
        "case_id": case_id,
        "clock_started_at": started_at.isoformat(),
        "is_backfill": is_backfill(items, started_at, backfill_days),
    }


def is_backfill(items: Sequence[Unassigned], started_at: datetime, backfill_days: int) -> bool:
    """Tell whether a measure was collected so long after distribution that its clock judges nobody (补录).

    Without a distribution date the comment deadline tells, which lies after it. A measure with neither is not a
    backfill: what cannot be excused counts.
    """
    dates = [day for item in items if (day := item.distribution_date or item.comment_deadline)]
    return bool(dates) and max(dates) < (started_at - timedelta(days=backfill_days)).date()


def case_named(con: Connection, key: str) -> str:
    """Return the case that a case id, or a symbol or id of one of its notifications, names; InputError where none."""
    found = fetch_all(con, "queries/case_named", {"key": key})
    if not found:
        raise InputError(f"没有这个案件：{key}", "用 tbtwatch cases 查看案件号。")
    return str(found[0]["case_id"])


def append_event(con: Connection, case_id: str, event: CaseEvent, *, now: datetime, cause: str = "") -> bool:
    """Append an event to the log of a case and say whether it is new.

    `cause` is what made it happen (a row of a workbook, a mail): the same cause twice is one event, whatever the
    moment. Without a cause the same words of the same person at the same moment are.
    """
    identity = (cause,) if cause else (event.code, event.occurred_at.isoformat(), event.actor, event.detail)
    added = con.execute(
        sql("cases/append_event"),
        {
            "event_id": _event_id(case_id, event.kind, *identity),
            "case_id": case_id,
            "kind": event.kind,
            "code": event.code,
            "occurred_at": event.occurred_at,
            "recorded_at": now,
            "actor": event.actor,
            "detail": event.detail,
        },
    ).fetchall()
    return bool(added)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePair:
    """A notification of a case and a product line that it concerns."""

    case_id: str
    notification_id: str
    line_id: str
    exporter_id: str
    exporter_name: str
    product_name: str
    relation: Relation
    match_level: Level
    score: float
    reason: str
    sells_to_member: bool
    verdict: str
    is_negotiation_key: bool = False  # the firm's marks in the register
    is_survey_sample: bool = False


def has_event(con: Connection, case_id: str, kind: str, cause: str) -> bool:
    """Whether an event of this cause stands in the log of a case."""
    row = con.execute(
        "SELECT count(*) FROM case_events WHERE event_id = $event_id", {"event_id": _event_id(case_id, kind, cause)}
    ).fetchone()
    return bool(row and row[0])


def _event_id(case_id: str, kind: str, *identity: str) -> str:
    return hashlib.sha256("|".join((case_id, kind, *identity)).encode()).hexdigest()


def case_pairs(con: Connection, case_ids: Sequence[str]) -> tuple[CasePair, ...]:
    """Return what these cases concern, by case, the weightiest first. A line may stand under several notifications."""
    return tuple(
        CasePair(**row | {"relation": Relation(row["relation"]), "match_level": Level(row["match_level"])})
        for row in fetch_all(con, "queries/case_pairs", {"case_ids": list(case_ids)})
    )


def read_cases(
    con: Connection,
    required: Sequence[str] | None = None,
    *,
    only: str | Sequence[str] | None = None,
    newest: Newest | None = None,
) -> tuple[Case, ...]:
    """Return the cases with their events, oldest clock first.

    At most one choice is heeded, in this order. With `only` that one case, or those. With `newest` those that it names.
    With `required` (kinds of events that every case must have) those in which something is left to do: not closed, and
    one of these kinds missing. Events of other cases are not read.
    """
    case_ids = None
    if only is not None:
        case_ids = [only] if isinstance(only, str) else list(only)
    elif newest is not None:
        case_ids = _newest(con, newest)
    elif required is not None:
        case_ids = _unsettled(con, required)
    parameters = {"case_ids": case_ids or [], "everything": case_ids is None}
    events: dict[str, list[CaseEvent]] = {}
    for row in fetch_all(con, "queries/case_events", parameters):
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
        for row in fetch_all(con, "queries/cases", parameters)
    )


def _newest(con: Connection, newest: Newest) -> list[str]:
    bounds = {"n": newest.limit, "since": newest.since, "before": newest.before}
    return [row["case_id"] for row in fetch_all(con, "queries/cases_newest", bounds)]


def _unsettled(con: Connection, required: Sequence[str]) -> list[str]:
    found = con.execute("SELECT case_id FROM unsettled_cases($required)", {"required": list(required)}).fetchall()
    return [str(row[0]) for row in found]


def cases_with(con: Connection, kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the cases in whose log an event of one of these kinds stands, in the order of their ids."""
    found = con.execute(
        "SELECT DISTINCT case_id FROM case_events WHERE list_contains($kinds, kind) ORDER BY case_id",
        {"kinds": list(kinds)},
    ).fetchall()
    return tuple(str(row[0]) for row in found)


def count_cases(con: Connection) -> int:
    """How many cases there are."""
    row = con.execute("SELECT count(*) FROM cases").fetchone()
    return int(row[0]) if row else 0
