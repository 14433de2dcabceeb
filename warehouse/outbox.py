"""The outbox: which firm is told of which case, and how each attempt ended. Addresses are read here alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from warehouse.connection import Connection
from warehouse.query import fetch_all
from warehouse.records import Contact, Level, Relation
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCandidate:
    """One product line of one firm that a case concerns."""

    case_id: str
    exporter_id: str
    exporter_name: str
    subscription: str
    notification_id: str
    product_name: str
    hs_code: str
    relation: Relation
    match_level: Level
    reason: str
    sells_to_member: bool
    score: float
    verdict: str
    judged_by: str


def alert_candidates(con: Connection) -> tuple[AlertCandidate, ...]:
    """Return what mails could be made of, by case and firm; whether one may go out is for the pipeline to say."""
    return tuple(
        AlertCandidate(**{**row, "relation": Relation(row["relation"]), "match_level": Level(row["match_level"])})
        for row in fetch_all(con, "alerts/candidates")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertStanding:
    """How far the mail about a case to a firm has come."""

    alert_id: str
    case_id: str
    exporter_id: str
    state: str


def alert_standings(con: Connection) -> tuple[AlertStanding, ...]:
    """Return the state of every mail of the outbox."""
    return tuple(AlertStanding(**row) for row in fetch_all(con, "alerts/standings"))


def open_contacts(con: Connection) -> dict[str, tuple[Contact, ...]]:
    """Return the open contacts by exporter_id."""
    contacts: dict[str, list[Contact]] = {}
    for row in fetch_all(con, "alerts/recipients"):
        contacts.setdefault(row["exporter_id"], []).append(Contact(**row))
    return {exporter_id: tuple(found) for exporter_id, found in contacts.items()}


def alert_id(case_id: str, exporter_id: str) -> str:
    """Return the identity of the first mail about a case to a firm: the same whenever and wherever it is computed."""
    return hashlib.sha256("\x1f".join((case_id, "1", exporter_id, "alert")).encode()).hexdigest()[:24]


def queue_alert(
    con: Connection,
    *,
    case_id: str,
    exporter_id: str,
    message_id: str,
    is_reviewed: bool,
    match_level: Level,
    n_products: int,
    now: datetime,
) -> str:
    """Queue a mail and return its alert_id; a mail that is already known stays as it is."""
    identity = alert_id(case_id, exporter_id)
    con.execute(
        sql("alerts/queue"),
        {
            "alert_id": identity,
            "case_id": case_id,
            "exporter_id": exporter_id,
            "message_id": message_id,
            "is_reviewed": is_reviewed,
            "match_level": match_level.value,
            "n_products": n_products,
            "now": now,
        },
    )
    return identity


def begin_attempt(con: Connection, alert: str, *, now: datetime) -> bool:
    """Mark a mail as being sent; False if it must not be sent (already accepted, failed or in doubt)."""
    row = con.execute(sql("alerts/begin_attempt"), {"alert_id": alert, "now": now}).fetchone()
    return row is not None


def finish_attempt(
    con: Connection, alert: str, *, state: str, smtp_code: int | None, detail: str, now: datetime
) -> None:
    """Write down how an attempt ended: `accepted`, `retry`, `failed` or `in-doubt`. `detail` holds no address."""
    con.execute(
        sql("alerts/finish_attempt"),
        {"alert_id": alert, "state": state, "smtp_code": smtp_code, "detail": detail, "now": now},
    )
