"""Contacts of firms: who may be written to, what happened to each, and the rights of those who stand there.

Addresses are personal data (个人信息保护法): they stand in the table `contacts` alone. Everything else, here and
elsewhere, names a contact by its `contact_id`; what must outlive an address is kept as its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from warehouse.connection import Connection
from warehouse.query import fetch_all
from warehouse.records import Exporter
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why addresses are held (处理目的、处理依据); stands with every contact."""

    purpose: str = "技术性贸易措施风险告知"
    basis: str = "履行法定职责（个人信息保护法第十三条第一款第三项）"


USUAL_GROUNDS = Grounds()


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingContact:
    """A contact with its address and how it stands; neither address nor token shows in logs."""

    contact_id: str
    exporter_id: str
    email: str = field(repr=False)
    post: str
    unsubscribe_token: str = field(repr=False)
    standing: str  # "open", "suspended", "unsubscribed" or "closed"; only open is written to
    reason: str  # code of the event that made it so, "address" where another contact of it unsubscribed, else ""
    since: datetime

    @property
    def masked(self) -> str:
        """Enough of the address to recognise it."""
        return masked(self.email)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEvent:
    """One thing that happened to a contact, as `contact_events` holds it. `detail` and `actor` hold no address."""

    kind: str
    occurred_at: datetime
    code: str = ""
    actor: str = "machine"
    detail: str = ""


def contact_id(exporter_id: str, email: str) -> str:
    """Return what every table but `contacts` names a contact by: 16 hexadecimal digits."""
    return hashlib.sha256(f"{exporter_id}\x1f{email.lower()}".encode()).hexdigest()[:16]


def address_hash(email: str) -> str:
    """Return what is kept of an address that must not be written to."""
    return hashlib.sha256(email.lower().encode()).hexdigest()


def new_token() -> str:
    """Return a token that nobody can guess and that a URL can carry (192 bits)."""
    return secrets.token_urlsafe(24)


def masked(email: str) -> str:
    """Show enough of an address to recognise it: a***@domain."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}"


def read_standing_contacts(con: Connection) -> tuple[StandingContact, ...]:
    """Return all contacts, closed ones too, by firm and address."""
    return tuple(StandingContact(**row) for row in fetch_all(con, "contacts/standing"))


def contact_by_token(con: Connection, token: str) -> StandingContact | None:
    """Return the contact that a token of an unsubscribe link names; None for a token that nobody has."""
    row = con.execute("SELECT contact_id FROM contacts WHERE unsubscribe_token = $token", {"token": token}).fetchone()
    if row is None:
        return None
    return next(item for item in read_standing_contacts(con) if item.contact_id == row[0])


def contacts_of_address(con: Connection, email: str) -> tuple[StandingContact, ...]:
    """Return the contacts, of whatever firms, that have this address, in whatever case it is written."""
    return tuple(item for item in read_standing_contacts(con) if item.email.lower() == email.strip().lower())


def append_contact_event(
    con: Connection, contact: str, exporter_id: str, event: ContactEvent, *, now: datetime, cause: str = ""
) -> bool:
    """Append an event to the log of a contact (`contact` is its contact_id) and say whether it is new.

    `cause` is what made it happen (a bounce, a click): the same cause twice is one event, whatever the moment. Without
    a cause the same words of the same person at the same moment are. `unsubscribed` also holds for every other firm
    that lists the address now or later, until `resubscribed`. Call it in a transaction.
    """
    identity = (cause,) if cause else (event.code, event.occurred_at.isoformat(), event.actor, event.detail)
    added = con.execute(
        sql("contacts/append_event"),
        {
            "event_id": hashlib.sha256("|".join((exporter_id, contact, event.kind, *identity)).encode()).hexdigest(),
            "contact_id": contact,
            "exporter_id": exporter_id,
            "kind": event.kind,
            "code": event.code,
            "occurred_at": event.occurred_at,
            "recorded_at": now,
            "actor": event.actor,
            "detail": event.detail,
        },
    ).fetchall()
    if added and event.kind == "unsubscribed":
        suppress(con, contact, reason="unsubscribed", since=event.occurred_at, basis=event.detail)
    if added and event.kind == "resubscribed":
        con.execute(sql("contacts/lift"), {"contact_id": contact, "occurred_at": event.occurred_at})
    return bool(added)


def suppress(con: Connection, contact: str, *, reason: str, since: datetime, basis: str) -> None:
    """Keep the hash of a contact's address among those not written to; `reason` is "erased" or "unsubscribed"."""
    con.execute(sql("contacts/suppress"), {"contact_id": contact, "reason": reason, "since": since, "basis": basis})


def erased_firms(con: Connection, exporters: Sequence[Exporter]) -> dict[str, int]:
    """How many addresses that were erased each firm of a list carries; firms without one are left out."""
    contacts = [contact for exporter in exporters for contact in exporter.contacts]
    stated = {
        "exporter_id": [c.exporter_id for c in contacts],
        "address_hash": [address_hash(c.email) for c in contacts],
    }
    return {row["exporter_id"]: row["n_addresses"] for row in fetch_all(con, "contacts/erased_firms", stated)}


def remove_contacts(
    con: Connection, contacts: Sequence[StandingContact], event: ContactEvent, *, now: datetime
) -> None:
    """Write down `event` for each contact and remove it; the events and mails of it stay under its contact_id.

    Of kind `erased`, the hash of the address is kept so that no import takes it in again. Call it in a transaction. The
    bytes leave the disk with `warehouse.rewrite`.
    """
    for item in contacts:
        if event.kind == "erased":
            suppress(con, item.contact_id, reason="erased", since=event.occurred_at, basis=event.detail)
        append_contact_event(con, item.contact_id, item.exporter_id, event, now=now)
    con.execute(sql("contacts/remove"), {"contact_ids": [item.contact_id for item in contacts]})


def expired_contacts(con: Connection, before: datetime) -> tuple[StandingContact, ...]:
    """Return the contacts that were closed before a moment."""
    found = {row["contact_id"] for row in fetch_all(con, "contacts/expired", {"before": before})}
    return tuple(item for item in read_standing_contacts(con) if item.contact_id in found)


def readmit(con: Connection, exporter_id: str, email: str, event: ContactEvent, *, now: datetime) -> bool:
    """Let an erased address be taken in again by the next import; False where it was not erased."""
    lifted = con.execute(sql("contacts/lift_erased"), {"address_hash": address_hash(email)}).fetchall()
    if lifted:
        append_contact_event(con, contact_id(exporter_id, email), exporter_id, event, now=now)
    return bool(lifted)
