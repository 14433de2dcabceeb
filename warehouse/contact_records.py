"""What is held of the contacts of a firm, and which firms and contacts must be told by phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from warehouse.connection import Connection
from warehouse.contacts import masked
from warehouse.query import fetch_all


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldContact:
    """A contact with all that is held of it, but for the token of its mails."""

    contact_id: str
    email: str = field(repr=False)
    post: str
    standing: str
    reason: str
    since: datetime
    purpose: str
    basis: str
    first_listed_at: datetime
    last_listed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvent:
    """One thing that happened to a contact of the firm; `contact_id` is "" for the firm as a whole."""

    contact_id: str
    kind: str
    code: str
    occurred_at: datetime
    actor: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMail:
    """A mail to a contact of the firm and one case that it speaks of."""

    contact_id: str
    kind: str
    state: str
    queued_at: datetime
    accepted_at: datetime | None
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that is held of the contacts of one firm (个人信息保护法第四十五条：查阅、复制)."""

    exporter_id: str
    contacts: tuple[HeldContact, ...]
    events: tuple[HeldEvent, ...]
    mails: tuple[HeldMail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactTask:
    """A firm or contact that must be told by phone (联系人失效)."""

    exporter_id: str
    exporter_name: str
    contact_id: str  # "" where the firm has no contact
    email: str = field(repr=False)
    standing: str  # "none", "suspended" or "unsubscribed"
    reason: str
    since: datetime
    has_other: bool  # the firm has another contact that is written to

    @property
    def masked(self) -> str:
        """Enough of the address to recognise it; "" where there is none."""
        return masked(self.email) if self.email else ""


def read_holdings(con: Connection, exporter_id: str) -> Holdings:
    """Return all that is held of the contacts of a firm, closed ones too."""
    firm = {"exporter_id": exporter_id}
    return Holdings(
        exporter_id=exporter_id,
        contacts=tuple(HeldContact(**row) for row in fetch_all(con, "contacts/held_contacts", firm)),
        events=tuple(HeldEvent(**row) for row in fetch_all(con, "contacts/held_events", firm)),
        mails=tuple(HeldMail(**row) for row in fetch_all(con, "contacts/held_mails", firm)),
    )


def read_contact_tasks(con: Connection) -> tuple[ContactTask, ...]:
    """Return who must be told by phone, the oldest first; what was settled by phone since is left out."""
    return tuple(ContactTask(**row) for row in fetch_all(con, "contacts/tasks"))
