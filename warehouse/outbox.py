"""The outbox: what each contact is told of a case, which mail carries it, and how each attempt ended.

No address is stored here: a mail names its contact, and the address stands in `contacts` alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from warehouse.connection import Connection, transaction
from warehouse.query import fetch_all
from warehouse.records import Level, Relation
from warehouse.sqlfiles import sql

# states in which nothing more happens by itself
ENDED_STATES = frozenset({"accepted", "failed", "bounced", "in-doubt", "withdrawn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCandidate:
    """One product line of one firm that a case concerns."""

    case_id: str
    exporter_id: str
    exporter_name: str
    subscription: str
    notification_id: str
    line_id: str
    product_name: str
    hs_code: str
    relation: Relation
    match_level: Level
    reason: str
    sells_to_member: bool
    score: float
    verdict: str
    judged_by: str
    judged_at: datetime | None
    matched_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The dates of a measure that a firm plans by; None where nothing is known."""

    comment_deadline: date | None = None
    adoption_date: date | None = None
    entry_into_force_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The dates of a case as they hold now, and the notification of its family that came last."""

    case_id: str
    dates: Dates
    latest_notification_id: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert of the outbox, with the standing of the mail that carries it."""

    alert_id: str
    mail_id: str
    case_id: str
    case_version: int
    contact_id: str
    exporter_id: str
    kind: str
    line_ids: frozenset[str]
    dates: Dates
    state: str
    message_id: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail of the outbox."""

    mail_id: str
    kind: str
    contact_id: str
    exporter_id: str
    state: str
    message_id: str
    transport: str  # that it was handed to last: eml, smtp or ""
    n_attempts: int
    smtp_code: int | None
    smtp_status: str
    detail: str
    settled_by: str
    queued_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """What one contact shall be told of a case."""

    case_id: str
    case_version: int
    kind: str  # alert or update
    contact_id: str
    exporter_id: str
    is_reviewed: bool
    match_level: Level
    line_ids: tuple[str, ...]
    dates: Dates

    @property
    def alert_id(self) -> str:
        """The same for the same case, version, contact and kind, whenever and wherever it is computed."""
        return _hash(self.case_id, str(self.case_version), self.contact_id, self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail to be queued: at least one alert, all to one contact."""

    kind: str
    contact_id: str
    exporter_id: str
    alerts: tuple[NewAlert, ...] = field(default=())

    @property
    def mail_id(self) -> str:
        """The same for the same alerts to the same contact."""
        return _hash("mail", self.contact_id, *sorted(alert.alert_id for alert in self.alerts))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def alert_candidates(con: Connection, case_id: str | None = None) -> tuple[AlertCandidate, ...]:
    """Return what mails could be made of, by case and firm; whether one may go out is for the pipeline to say.

    With `case_id` of that case, closed or not; else of all cases that are not closed.
    """
    return tuple(
        AlertCandidate(**{**row, "relation": Relation(row["relation"]), "match_level": Level(row["match_level"])})
        for row in fetch_all(con, "alerts/candidates", {"case_id": case_id})
    )


def read_measures(con: Connection, case_ids: Sequence[str]) -> dict[str, Measure]:
    """Return the dates that hold now, by case_id; a case without a WTO notification is not in it."""
    return {
        row["case_id"]: Measure(
            case_id=row["case_id"],
            dates=_dates(row),
            latest_notification_id=row["latest_notification_id"],
            changed_at=row["changed_at"],
        )
        for row in fetch_all(con, "alerts/measures", {"case_ids": list(case_ids)})
    }


def read_told(con: Connection) -> tuple[Told, ...]:
    """Return every alert of the outbox, by case, contact and version."""
    return tuple(
        Told(
            **{key: row[key] for key in row if key not in ("line_ids", *_DATE_FIELDS)},
            line_ids=frozenset(row["line_ids"]),
            dates=_dates(row),
        )
        for row in fetch_all(con, "alerts/told")
    )


def read_mails(con: Connection) -> tuple[Mail, ...]:
    """Return every mail of the outbox, oldest first."""
    return tuple(Mail(**row) for row in fetch_all(con, "alerts/mails"))


def queue_mails(con: Connection, mails: Sequence[tuple[NewMail, str]], *, now: datetime) -> int:
    """Queue mails, each with its Message-ID, all or none; what is known already stays as it is. Returns how many."""
    # JSON: DuckDB keeps some 200 KB for every statement of a transaction, a thousand mails would not fit
    mail_rows = [
        {
            "mail_id": mail.mail_id,
            "kind": mail.kind,
            "contact_id": mail.contact_id,
            "exporter_id": mail.exporter_id,
            "message_id": message_id,
        }
        for mail, message_id in mails
    ]
    alert_rows = [
        {
            "alert_id": alert.alert_id,
            "mail_id": mail.mail_id,
            "case_id": alert.case_id,
            "case_version": alert.case_version,
            "contact_id": alert.contact_id,
            "exporter_id": alert.exporter_id,
            "kind": alert.kind,
            **_said(alert),
        }
        for mail, _ in mails
        for alert in mail.alerts
    ]
    with transaction(con):
        before = _count(con)
        con.execute(sql("alerts/queue_mails"), {"rows": json.dumps(mail_rows), "now": now})
        con.execute(sql("alerts/queue_alerts"), {"rows": json.dumps(alert_rows, default=date.isoformat)})
        return _count(con) - before


def refresh_alert(con: Connection, alert_id: str, alert: NewAlert) -> None:
    """Write down what an alert says now that did not go out yet."""
    con.execute(sql("alerts/refresh_alert"), {"alert_id": alert_id, **_said(alert)})


def drop_alert(con: Connection, alert_id: str) -> None:
    """Take an alert out of a mail that did not go out yet: it is not told, and may be told again later."""
    con.execute(sql("alerts/drop_alert"), {"alert_id": alert_id})


def hand_over(con: Connection, mail_id: str, *, now: datetime, transport: str = "smtp") -> bool:
    """Mark a mail as handed over; False if it must not go (it ended, or another attempt is under way)."""
    parameters = {"mail_id": mail_id, "transport": transport, "now": now}
    return con.execute(sql("alerts/hand_over"), parameters).fetchone() is not None


def finish_attempt(
    con: Connection,
    mail_id: str,
    *,
    state: str,
    smtp_code: int | None = None,
    smtp_status: str = "",
    detail: str,
    now: datetime,
    next_attempt_at: datetime | None = None,
) -> None:
    """Write down how an attempt ended: accepted, retry, failed, in-doubt or withdrawn. `detail` holds no address."""
    con.execute(
        sql("alerts/finish_attempt"),
        {
            "mail_id": mail_id,
            "state": state,
            "smtp_code": smtp_code,
            "smtp_status": smtp_status,
            "detail": detail,
            "now": now,
            "next_attempt_at": next_attempt_at,
        },
    )


def settle_mail(
    con: Connection, mail_id: str, *, state: str, from_states: Sequence[str], actor: str, detail: str, now: datetime
) -> bool:
    """Write down what an officer found out: accepted (it arrived), failed, or queued (send again).

    Returns False where the mail is in none of `from_states`.
    """
    parameters = {
        "mail_id": mail_id,
        "state": state,
        "from_states": list(from_states),
        "actor": actor,
        "detail": detail,
        "now": now,
    }
    return con.execute(sql("alerts/settle"), parameters).fetchone() is not None


def bounce_mail(
    con: Connection,
    mail_id: str,
    *,
    state: str,
    smtp_status: str,
    detail: str,
    occurred_at: datetime,
    next_attempt_at: datetime | None = None,
) -> bool:
    """Write down that a mail came back: `bounced`, or `retry` where the fault passes. False if it was not out."""
    parameters = {
        "mail_id": mail_id,
        "state": state,
        "smtp_status": smtp_status,
        "detail": detail,
        "occurred_at": occurred_at,
        "next_attempt_at": next_attempt_at,
    }
    return con.execute(sql("alerts/bounce"), parameters).fetchone() is not None


def known_inbound(con: Connection) -> frozenset[str]:
    """Return the keys of the incoming mails that were read before."""
    return frozenset(row["inbound_key"] for row in fetch_all(con, "alerts/known_inbound"))


def put_inbound(
    con: Connection,
    *,
    key: str,
    kind: str,
    received_at: datetime | None,
    mail_id: str | None,
    contact_id: str | None,
    smtp_status: str,
    detail: str,
    now: datetime,
) -> bool:
    """Note an incoming mail as read; False where it was before. `detail` holds no address."""
    parameters = {
        "inbound_key": key,
        "kind": kind,
        "received_at": received_at,
        "mail_id": mail_id,
        "contact_id": contact_id,
        "smtp_status": smtp_status,
        "detail": detail,
        "now": now,
    }
    return con.execute(sql("alerts/put_inbound"), parameters).fetchone() is not None


_DATE_FIELDS = ("comment_deadline", "adoption_date", "entry_into_force_date")


def _dates(row: dict[str, object]) -> Dates:
    return Dates(**{name: row[name] for name in _DATE_FIELDS})  # type: ignore[arg-type]


def _said(alert: NewAlert) -> dict[str, object]:
    return {
        "is_reviewed": alert.is_reviewed,
        "match_level": alert.match_level.value,
        "line_ids": list(alert.line_ids),
        **{name: getattr(alert.dates, name) for name in _DATE_FIELDS},
    }


def _count(con: Connection) -> int:
    row = con.execute("SELECT count(*) FROM mails").fetchone()
    return int(row[0]) if row else 0
