"""`tbtwatch alert send`: puts what may go into the outbox, and carries out what lies there.

Every mail is queued before anything is sent, marked `sending` right before the server can take it for whole, and closed
with the server's answer. A mail that may lie in the reader's mailbox is never sent again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.alerts.facts import MeasureFacts, mail_facts
from pipeline.alerts.findings import in_doubt, not_delivered, stopped, to_be_phoned
from pipeline.alerts.offers import BY_PHONE, Hold, Offer
from pipeline.alerts.retry import next_attempt
from pipeline.context import Context, Run, run_step
from pipeline.delivery.choose import open_transport
from pipeline.delivery.dkim import Signer, open_signer
from pipeline.delivery.outgoing import envelope_sender, outgoing
from pipeline.delivery.transport import DeliveryState, Receipt, Transport
from pipeline.inbound import InboundKind
from pipeline.inbound.statuses import Answer, kind_of, settled
from pipeline.steps.alert_message import build_message, forget_file, new_message_id
from pipeline.steps.plan_alerts import PENDING, Plan, measure_facts, read_plan
from reports.mail.clean import mail_address
from warehouse.cases import derive_events
from warehouse.contacts import ContactEvent, StandingContact, append_contact_event
from warehouse.errors import InputError, StageError
from warehouse.outbox import (
    Mail,
    NewMail,
    drop_alert,
    finish_attempt,
    hand_over,
    queue_mails,
    read_mails,
    refresh_alert,
    settle_mail,
)

_ENDED = {
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.REFUSED: "failed",
    DeliveryState.IN_DOUBT: "in-doubt",
}
_COUNTED = {"accepted": "n_sent", "retry": "n_retry", "failed": "n_failed", "in-doubt": "n_in_doubt"}
_UNUSABLE = Receipt(state=DeliveryState.REFUSED, code=None, status="5.1.3", detail="收件地址的格式不可用")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A mail of the outbox that goes now."""

    mail_id: str
    message_id: str
    kind: str
    contact: StandingContact
    offers: tuple[Offer, ...]
    n_attempts: int = 0
    queued_at: datetime | None = None  # by an earlier run: the facts may have changed since


def send_alerts(context: Context, *, include_unreviewed: bool) -> tuple[Run, Plan]:
    """Queue what may go now and send what is due. Returns what was decided; the counts say what became of it.

    Trouble that would meet every mail (wrong password, wrong certificate) ends the run as failed; what was not sent
    stays in the outbox for the next one.
    """
    with run_step(context, "alert", arguments={"unreviewed": include_unreviewed}) as run:
        run.counts.update(dict.fromkeys((*_COUNTED.values(), "n_told_before", "n_waiting", "n_withheld"), 0))
        signer = open_signer(context.settings.mail)
        with open_transport(context) as transport:
            _settle_interrupted(run, transport, context)
            plan = read_plan(run.con, context, include_unreviewed=include_unreviewed)
            _count_held(run, plan)
            due = _queue(run, plan, context)
            try:
                measures = measure_facts(run.con, plan, (offer for mail in due for offer in mail.offers), context)
                for mail in due:
                    _send_one(run, plan, mail, measures, transport, signer, context)
            except StageError as error:
                run.is_failed = True
                run.issues.append(stopped(error))
            finally:
                derive_events(run.con, now=run.now)
    return run, plan


def _settle_interrupted(run: Run, transport: Transport, context: Context) -> None:
    """Find out what became of mails that a killed run left as `sending`: one writer, so nobody sends them now."""
    for mail in read_mails(run.con):
        if mail.state != "sending":
            continue
        # what another transport did, this one cannot know
        taken = transport.has_taken(mail.message_id) if mail.transport == context.settings.mail.transport else None
        if taken is not None:
            state, detail = ("accepted", "文件已写出") if taken else ("retry", "上次中断，文件未写出")
            finish_attempt(run.con, mail.mail_id, state=state, detail=detail, now=run.now)
            continue
        finish_attempt(run.con, mail.mail_id, state="in-doubt", detail="发送中断，未收到服务器确认", now=run.now)
        run.counts["n_in_doubt"] += 1
        run.issues.append(in_doubt(mail.mail_id, mail.exporter_id))


def _queue(run: Run, plan: Plan, context: Context) -> list[_Due]:
    """Write into the outbox what is new, take out what is no longer to be told, and return what goes now."""
    new = [
        NewMail(
            kind=parcel.kind,
            contact_id=contact.contact_id,
            exporter_id=parcel.offers[0].exporter_id,
            alerts=tuple(offer.as_alert() for offer in parcel.offers),
        )
        for parcel in plan.parcels
        if (contact := parcel.offers[0].contact)
    ]
    named = [(mail, new_message_id(mail.mail_id, context.settings)) for mail in new]
    queue_mails(run.con, named, now=run.now)
    due = [
        _Due(
            mail_id=mail.mail_id,
            message_id=message_id,
            kind=mail.kind,
            contact=plan.contacts[mail.contact_id],
            offers=parcel.offers,
        )
        for (mail, message_id), parcel in zip(named, plan.parcels, strict=True)
    ]
    return [*_due_again(run, plan, context), *due]


def _due_again(run: Run, plan: Plan, context: Context) -> list[_Due]:
    """Mails of earlier runs whose time has come, and those that can go after all."""
    pending = plan.pending()
    due = []
    for mail in plan.outbox:
        offers = pending.get(mail.mail_id, [])
        is_resumed = any(offer.is_resumed for offer in offers)
        if is_resumed:
            forget_file(mail.message_id, context)
            settle_mail(
                run.con,
                mail.mail_id,
                state="queued",
                from_states=[mail.state],
                actor="",
                detail="联系人已恢复，重新发送",
                now=run.now,
            )
        elif mail.state not in PENDING:
            continue
        elif not offers:
            finish_attempt(run.con, mail.mail_id, state="withdrawn", detail=_why_withdrawn(plan, mail), now=run.now)
            continue
        elif mail.next_attempt_at is not None and mail.next_attempt_at > run.now:
            run.counts["n_waiting"] += 1
            continue
        due.append(
            _Due(
                mail_id=mail.mail_id,
                message_id=mail.message_id,
                kind=mail.kind,
                contact=plan.contacts[mail.contact_id],
                offers=tuple(offers),
                n_attempts=0 if is_resumed else mail.n_attempts,
                queued_at=run.now if is_resumed else mail.queued_at,
            )
        )
    return due


def _why_withdrawn(plan: Plan, mail: Mail) -> str:
    """What now holds back everything that a mail was to tell."""
    holds = [str(offer.hold) for offer in plan.offers if offer.mail_id == mail.mail_id and offer.hold]
    return "；".join(dict.fromkeys(holds)) or "案件已结案或归档，或已不涉及该企业"


def _send_one(
    run: Run,
    plan: Plan,
    mail: _Due,
    measures: Mapping[str, MeasureFacts],
    transport: Transport,
    signer: Signer | None,
    context: Context,
) -> None:
    if mail.queued_at is not None:
        _bring_up_to_date(run, plan, mail)
    if not _is_usable(mail.contact.email):
        _write_down(run, mail, _UNUSABLE)
        return
    message = build_message(
        mail.kind,
        [mail_facts(offer, measures[offer.case_id]) for offer in mail.offers],
        message_id=mail.message_id,
        thread=mail.offers[0].thread if len(mail.offers) == 1 else (),
        contact=mail.contact,
        colleagues=plan.colleagues(mail.contact),
        context=context,
    )

    def handed_over() -> None:
        if not hand_over(run.con, mail.mail_id, transport=context.settings.mail.transport, now=run.now):
            raise StageError(f"邮件 {mail.mail_id} 的状态已变，未发送。", "请重新运行 tbtwatch alert send。")

    receipt = transport.deliver(
        outgoing(
            message,
            sender=envelope_sender(context.settings),
            recipient=mail.contact.email,
            signer=signer,
            envelope_id=mail.mail_id,
        ),
        handed_over,
    )
    _write_down(run, mail, receipt)


def _is_usable(address: str) -> bool:
    """Whether a mail can name the address: one that none can must not stop all the others."""
    try:
        mail_address(address, "收件地址")
    except InputError:
        return False
    return True


def _bring_up_to_date(run: Run, plan: Plan, mail: _Due) -> None:
    """The outbox says what the mail says now; what it no longer tells may be told another time."""
    kept = {offer.as_alert().alert_id: offer.as_alert() for offer in mail.offers}
    for told in plan.told:
        if told.mail_id != mail.mail_id:
            continue
        if told.alert_id in kept:
            refresh_alert(run.con, told.alert_id, kept[told.alert_id])
        else:
            drop_alert(run.con, told.alert_id)


def _write_down(run: Run, mail: _Due, receipt: Receipt) -> None:
    state, again = _outcome(run, mail, receipt)
    is_given_up = state == "failed" and receipt.state is DeliveryState.DEFERRED
    detail = f"72小时内未能送达：{receipt.detail}" if is_given_up else receipt.detail
    finish_attempt(
        run.con,
        mail.mail_id,
        state=state,
        smtp_code=receipt.code,
        smtp_status=receipt.status,
        detail=detail,
        now=run.now,
        next_attempt_at=again,
    )
    run.counts[_COUNTED[state]] += 1
    if state == "accepted":
        return
    run.issues.append(not_delivered(mail.mail_id, mail.contact.exporter_id, state, detail, again))
    if receipt.state is DeliveryState.REFUSED and _is_address_fault(receipt):
        append_contact_event(
            run.con,
            mail.contact.contact_id,
            mail.contact.exporter_id,
            ContactEvent(kind="suspended", code="refused", occurred_at=run.now, detail=receipt.detail),
            now=run.now,
            cause=f"{mail.mail_id}/{mail.n_attempts + 1}",
        )


def _is_address_fault(receipt: Receipt) -> bool:
    """A refusal for our reputation or the mail's form says nothing against the address."""
    # a bare 550 speaks of the address only where it answers to the address
    code = receipt.code if receipt.is_of_recipient else None
    status = settled(Answer(status=receipt.status, smtp_code=code), receipt.detail)
    return kind_of(status) is InboundKind.HARD_BOUNCE


def _outcome(run: Run, mail: _Due, receipt: Receipt) -> tuple[str, datetime | None]:
    """The state of the mail and when it is tried again."""
    if receipt.state is DeliveryState.DEFERRED:
        again = next_attempt(mail.n_attempts + 1, mail.queued_at or run.now, run.now)
        return ("retry", again) if again else ("failed", None)
    return _ENDED[receipt.state], None


def _count_held(run: Run, plan: Plan) -> None:
    """Count what does not go, and ask for a call where only the telephone is left."""
    run.counts["n_waiting"] += len(plan.waiting)
    reached = {(offer.case_id, offer.exporter_id) for offer in plan.offers if offer.hold in (None, Hold.TOLD)}
    by_phone: dict[tuple[str, str], Offer] = {}
    for offer in plan.offers:
        if offer.hold is Hold.TOLD:
            run.counts["n_told_before"] += 1
        elif offer.hold is not None:
            run.counts["n_withheld"] += 1
        firm = (offer.case_id, offer.exporter_id)
        if offer.hold in BY_PHONE and firm not in reached and not _is_told_by_officer(plan, offer):
            by_phone.setdefault(firm, offer)
    run.issues += [to_be_phoned(offer) for offer in by_phone.values()]


def _is_told_by_officer(plan: Plan, offer: Offer) -> bool:
    return any(
        (event.kind, event.code) in (("notified", ""), ("told", offer.exporter_id))
        for event in plan.cases[offer.case_id].case.events
        if event.actor != "machine"
    )
