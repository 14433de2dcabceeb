"""Builds the message of one mail of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import quote

from pipeline.clock import to_shanghai
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.delivery.eml import file_name
from reports.mail import (
    AlertFacts,
    DigestFacts,
    DigestKind,
    MailHead,
    Sender,
    UpdateFacts,
    build_alert,
    build_digest,
    build_update,
    retention_notice,
)
from warehouse.contacts import StandingContact

_WEEK = timedelta(days=6)  # from its first to its last day


def new_message_id(mail_id: str, settings: Settings) -> str:
    """The Message-ID that a mail gets when it is queued, and keeps."""
    return f"<{mail_id}@{settings.office.email.rpartition('@')[2]}>"


def forget_file(message_id: str, context: Context) -> None:
    """A mail that goes out once more is written anew: the facts may have changed since its file was."""
    (context.home.outbox / file_name(message_id)).unlink(missing_ok=True)


def sender_of(settings: Settings) -> Sender:
    """The office as it stands in From, Reply-To and under 联系谁."""
    office = settings.office
    return Sender(office=office.issuer, address=office.email, phone=office.phone)


def build_message(
    kind: str,
    facts: Sequence[AlertFacts | UpdateFacts],
    *,
    message_id: str,
    thread: tuple[str, ...],
    contact: StandingContact,
    colleagues: Sequence[StandingContact],
    context: Context,
) -> EmailMessage:
    """One mail to one contact; `thread` are the Message-IDs of what it follows, `colleagues` get the same mail.

    A digest of which one thing is left becomes an ordinary mail.
    """
    settings = context.settings
    head = MailHead(
        message_id=message_id,
        date=context.now,
        sender=sender_of(settings),
        recipient=contact.email,
        post=contact.post,
        other_posts=tuple(other.post for other in colleagues),
        references=thread,
        unsubscribe_url=_unsubscribe_url(settings.mail.unsubscribe_url, contact.unsubscribe_token),
        unsubscribe_mailto=f"mailto:{settings.office.email}?subject=unsubscribe%20{quote(contact.unsubscribe_token)}",
        retention_text=retention_notice(
            office=settings.office.issuer,
            purpose=settings.privacy.purpose,
            basis=settings.privacy.basis,
            retention_days=settings.privacy.retention_days,
        ),
    )
    if len(facts) == 1:
        [only] = facts
        return build_update(only, head) if isinstance(only, UpdateFacts) else build_alert(only, head)
    day = to_shanghai(context.now).date()
    since = day - _WEEK if kind == DigestKind.WEEKLY else None
    return build_digest(DigestFacts(kind=DigestKind(kind), day=day, items=tuple(facts), since=since), head)


def _unsubscribe_url(address: str, token: str) -> str:
    if not address:
        return ""
    return f"{address}{'&' if '?' in address else '?'}t={quote(token)}"
