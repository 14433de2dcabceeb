"""`tbtwatch alert outbox|settle`, and the mails of a preview as files."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.alerts.facts import mail_facts
from pipeline.alerts.offers import Offer
from pipeline.context import Context, Run, run_step
from pipeline.delivery.eml import file_name
from pipeline.delivery.transport import wire_bytes
from pipeline.steps.alert_message import build_message, forget_file, new_message_id
from pipeline.steps.case_acts import require
from pipeline.steps.plan_alerts import Plan, measure_facts
from warehouse.cases import derive_events
from warehouse.connection import open_reader
from warehouse.errors import InputError, StageError
from warehouse.outbox import Mail, NewMail, read_mails, settle_mail

# What an officer found out -> the state that follows, and the states that it can be said of.
_FINDINGS = {
    "arrived": ("accepted", ("in-doubt", "accepted", "bounced", "failed")),
    "failed": ("failed", ("in-doubt", "accepted")),
    "resend": ("queued", ("in-doubt", "failed", "bounced", "withdrawn")),
}
FINDINGS_ZH = {"arrived": "经核实已送达", "failed": "经核实未送达", "resend": "经核实未送达，重新发送"}
STATES_ZH = {
    "queued": "待发",
    "sending": "发送中",
    "accepted": "已送出",
    "retry": "待重发",
    "failed": "未送达",
    "bounced": "退信",
    "in-doubt": "送达不明",
    "withdrawn": "已撤回",
}


def read_outbox(context: Context, state: str = "") -> tuple[Mail, ...]:
    """Return the mails of the outbox, oldest first, of one state or all."""
    with open_reader(context.home.warehouse) as con:
        return tuple(mail for mail in read_mails(con) if state in ("", mail.state))


def settle(context: Context, mail_id: str, finding: str, *, actor: str, detail: str = "") -> tuple[Run, Mail]:
    """Write down what an officer found out of a mail: arrived, failed, or to be sent again.

    Raises InputError for an unknown mail, where nobody is named, and where the mail's state does not allow it: what was
    taken by a server is not sent again, and what is still being tried is not settled.
    """
    require(actor, "经办人", "--by")
    with run_step(context, "alert-settle", arguments={"mail": mail_id, "finding": finding}) as run:
        known = {mail.mail_id: mail for mail in read_mails(run.con)}
        if mail_id not in known:
            raise InputError(f"没有这封邮件：{mail_id}", "邮件编号见 tbtwatch alert outbox。")
        state, from_states = _FINDINGS[finding]
        words = "；".join(part for part in (FINDINGS_ZH[finding], detail.strip()) if part)
        if state == "queued" and known[mail_id].state in from_states:
            forget_file(known[mail_id].message_id, context)
        done = settle_mail(
            run.con, mail_id, state=state, from_states=from_states, actor=actor.strip(), detail=words, now=run.now
        )
        if not done:
            stands = STATES_ZH[known[mail_id].state]
            raise InputError(
                f"邮件 {mail_id} 的状态为“{stands}”，不能登记为“{FINDINGS_ZH[finding]}”。",
                "已送出的邮件不会重发；待发和待重发的请运行 tbtwatch alert send。",
            )
        derive_events(run.con, now=run.now)
        settled = next(mail for mail in read_mails(run.con) if mail.mail_id == mail_id)
    return run, settled


def write_preview(context: Context, plan: Plan, folder: Path) -> tuple[Path, ...]:
    """Write every mail that `send` would send now into `folder`, as it would go; readable by the owner alone.

    Of a plan of one case, the mails that tell of it.

    Raises StageError where the folder cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open_reader(context.home.warehouse) as con:
            mails = _mails_of(plan, context)
            measures = measure_facts(con, plan, [offer for _, _, offers in mails for offer in offers], context)
            for identity, kind, offers in mails:
                contact = offers[0].contact
                if contact is None or not any(offer in plan.shown for offer in offers):
                    continue
                message = build_message(
                    kind,
                    [mail_facts(offer, measures[offer.case_id]) for offer in offers],
                    message_id=identity,
                    thread=offers[0].thread if len(offers) == 1 else (),
                    contact=contact,
                    colleagues=plan.colleagues(contact),
                    context=context,
                )
                path = folder / file_name(identity)
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                    file.write(wire_bytes(message))
                written.append(path)
    except OSError as error:
        raise StageError(f"不能写入“{folder}”：{error.strerror or error}。", "请检查目录权限和磁盘空间。") from error
    return tuple(written)


def _mails_of(plan: Plan, context: Context) -> list[tuple[str, str, tuple[Offer, ...]]]:
    """Message-ID, kind and offers of every mail that would go now."""
    new = [
        (
            new_message_id(
                NewMail(
                    kind=parcel.kind,
                    contact_id=parcel.offers[0].contact.contact_id,
                    exporter_id=parcel.offers[0].exporter_id,
                    alerts=tuple(offer.as_alert() for offer in parcel.offers),
                ).mail_id,
                context.settings,
            ),
            parcel.kind,
            parcel.offers,
        )
        for parcel in plan.parcels
        if parcel.offers[0].contact
    ]
    pending = plan.pending()
    again = [
        (mail.message_id, mail.kind, tuple(pending[mail.mail_id]))
        for mail in plan.outbox
        if mail.mail_id in pending and (mail.next_attempt_at is None or mail.next_attempt_at <= plan.now)
    ]
    return [*again, *new]
