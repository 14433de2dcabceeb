"""`tbtwatch replies read`: bounces, replies and unsubscriptions become events of contacts, mails and cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.alerts.findings import bounced
from pipeline.alerts.retry import next_attempt
from pipeline.context import Context, Run, run_step
from pipeline.inbound import InboundKind, InboundMail, read_inbox
from warehouse.cases import CaseEvent, append_event, derive_events
from warehouse.connection import Connection, transaction
from warehouse.contacts import ContactEvent, StandingContact, append_contact_event, read_standing_contacts
from warehouse.errors import StageError
from warehouse.ledger import record_issues
from warehouse.outbox import Mail, bounce_mail, known_inbound, put_inbound, read_mails, read_told, settle_mail

_BOUNCES = (InboundKind.HARD_BOUNCE, InboundKind.SOFT_BOUNCE)
COUNTED = {
    InboundKind.HARD_BOUNCE: "n_bounced",
    InboundKind.SOFT_BOUNCE: "n_soft_bounced",
    InboundKind.DELAYED: "n_delayed",
    InboundKind.REPLY: "n_replied",
    InboundKind.AUTO_REPLY: "n_auto_replied",
    InboundKind.UNSUBSCRIBE: "n_unsubscribed",
    InboundKind.OTHER: "n_other",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What came from us: without it, nobody's mail is believed."""

    by_id: Mapping[str, Mail]
    by_message_id: Mapping[str, Mail]
    cases: Mapping[str, tuple[tuple[str, str], ...]]  # mail_id -> (case_id, exporter_id)
    contacts: Mapping[str, StandingContact]
    tokens: Mapping[str, StandingContact]

    def mail_of(self, item: InboundMail) -> Mail | None:
        """The mail of ours that an incoming one refers to."""
        if item.envelope_id in self.by_id:
            return self.by_id[item.envelope_id]
        return next((self.by_message_id[found] for found in item.refers_to if found in self.by_message_id), None)


def read_replies(context: Context) -> Run:
    """Read what came in since the last time and act on it, each mail once, each in a transaction of its own.

    A bounce, reply or unsubscription counts only where it refers to a mail of ours or carries a token of ours; anything
    else is counted as other and left to the people who read the mailbox.
    """
    with run_step(context, "replies") as run:
        run.counts.update(dict.fromkeys(COUNTED.values(), 0))
        known = _read_known(run.con)
        try:
            for item in read_inbox(context.settings, context.home, now=run.now, known=known_inbound(run.con)):
                with transaction(run.con):
                    _take(run, item, known)
        except StageError:
            # what was read before the trouble is not read again: what it said must not be lost with the run
            record_issues(run.con, run.issues, source=run.source, run_id=run.run_id, now=run.now)
            raise
        finally:
            derive_events(run.con, now=run.now)
    return run


def _read_known(con: Connection) -> _Known:
    mails, contacts = read_mails(con), read_standing_contacts(con)
    cases: dict[str, list[tuple[str, str]]] = {}
    for told in read_told(con):
        cases.setdefault(told.mail_id, []).append((told.case_id, told.exporter_id))
    return _Known(
        by_id={mail.mail_id: mail for mail in mails},
        by_message_id={mail.message_id: mail for mail in mails},
        cases={mail_id: tuple(found) for mail_id, found in cases.items()},
        contacts={contact.contact_id: contact for contact in contacts},
        tokens={contact.unsubscribe_token: contact for contact in contacts},
    )


def _take(run: Run, item: InboundMail, known: _Known) -> None:
    mail = known.mail_of(item)
    contact = known.tokens.get(item.token) if item.token else None
    if contact is None and mail is not None:
        contact = known.contacts.get(mail.contact_id)
    is_ours = mail is not None or (item.kind is InboundKind.UNSUBSCRIBE and contact is not None)
    kind = item.kind if is_ours else InboundKind.OTHER
    is_new = put_inbound(
        run.con,
        key=item.key,
        kind=kind.value,
        received_at=item.received_at,
        mail_id=mail.mail_id if mail else None,
        contact_id=contact.contact_id if contact else None,
        smtp_status=item.status,
        detail=item.detail if is_ours else "",
        now=run.now,
    )
    if not is_new:
        return
    run.counts[COUNTED[kind]] += 1
    if kind is InboundKind.UNSUBSCRIBE and contact is not None:
        _unsubscribe(run, item, contact)
    elif mail is not None and kind in _BOUNCES:
        _bounce(run, item, kind, mail, contact)
    elif mail is not None and kind in (InboundKind.REPLY, InboundKind.AUTO_REPLY):
        _reply(run, item, kind, mail, contact, known)


def _moment(run: Run, item: InboundMail, answered: Mail | None = None) -> datetime:
    """When it came in; clocks of other servers do not move ours, and nothing comes back before it went out."""
    moment = min(item.received_at or run.now, run.now)
    return max(moment, answered.attempted_at) if answered and answered.attempted_at else moment


def _unsubscribe(run: Run, item: InboundMail, contact: StandingContact) -> None:
    words = {"mail": "来信退订", "one-click": "一键退订", "page": "在退订页面退订"}
    event = ContactEvent(
        kind="unsubscribed", code=item.channel, occurred_at=_moment(run, item), detail=words[item.channel]
    )
    append_contact_event(run.con, contact.contact_id, contact.exporter_id, event, now=run.now, cause=item.key)


def _bounce(run: Run, item: InboundMail, kind: InboundKind, mail: Mail, contact: StandingContact | None) -> None:
    """Back from a later server: a bad address ends the mail and suspends the contact, anything else is tried again."""
    is_hard = kind is InboundKind.HARD_BOUNCE
    again = None if is_hard else next_attempt(mail.n_attempts, mail.queued_at, run.now)
    is_out = bounce_mail(
        run.con,
        mail.mail_id,
        state="retry" if again else "bounced",
        smtp_status=item.status,
        detail=item.detail,
        occurred_at=_moment(run, item, mail),
        next_attempt_at=again,
    )
    if contact is not None:
        event = ContactEvent(
            kind="suspended" if is_hard else "soft-bounced",
            code="bounce" if is_hard else "",
            occurred_at=_moment(run, item, mail),
            detail=item.detail,
        )
        append_contact_event(run.con, contact.contact_id, contact.exporter_id, event, now=run.now, cause=item.key)
    if is_out:
        run.issues.append(bounced(mail.mail_id, mail.exporter_id, item.detail, again))


def _reply(
    run: Run, item: InboundMail, kind: InboundKind, mail: Mail, contact: StandingContact | None, known: _Known
) -> None:
    """Who answers has the mail: one in doubt is in doubt no longer. The text stays in the mailbox."""
    settle_mail(
        run.con,
        mail.mail_id,
        state="accepted",
        from_states=["in-doubt"],
        actor="machine",
        detail="收件人已回复" if kind is InboundKind.REPLY else "收到自动回复",
        now=run.now,
    )
    if kind is not InboundKind.REPLY:
        return
    if contact is not None:
        event = ContactEvent(kind="replied", occurred_at=_moment(run, item))
        append_contact_event(run.con, contact.contact_id, contact.exporter_id, event, now=run.now, cause=item.key)
    for case_id, exporter_id in known.cases.get(mail.mail_id, ()):
        noted = CaseEvent(
            kind="noted",
            occurred_at=_moment(run, item),
            actor="machine",
            detail=f"企业{exporter_id}回复了告知邮件，内容见收件箱",
        )
        append_event(run.con, case_id, noted, now=run.now, cause=item.key)
