"""Mails the office once when a milestone comes close to its limit and once when it is missed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from pipeline.clock import time_left_zh
from pipeline.context import Context, Run, run_step
from pipeline.delivery.choose import open_transport
from pipeline.delivery.dkim import open_signer
from pipeline.delivery.outgoing import envelope_sender, outgoing
from pipeline.delivery.transport import DeliveryState
from pipeline.sla import MilestoneState
from pipeline.steps.open_cases import TimedCase, load_timing, read_timed_cases
from reports.mail.facts import Sender
from reports.mail.reminder import Reminder, build_reminder
from warehouse.cases import CaseEvent, append_event
from warehouse.connection import transaction
from warehouse.members import member_zh
from warehouse.records import Issue, Severity

_STATES = {MilestoneState.AMBER: "amber", MilestoneState.OVERDUE: "overdue"}


def escalate(context: Context) -> Run:
    """Send one mail with all milestones that turned amber or red since the last one; nothing where none did.

    The log is written when the server has taken the mail: one that was not taken goes out again next time, one that may
    have arrived does not. Killed in between, it goes out a second time under the same Message-ID.
    """
    timing = load_timing(context.home)
    office = context.settings.office
    with run_step(context, "escalate") as run:
        timed = read_timed_cases(run.con, run.now, timing, everything=False)
        news = [(item, code, reminder) for item in timed for code, reminder in _news(item, run.now)]
        run.counts["n_reminded"] = 0
        if not news:
            return run
        codes = sorted(f"{item.case.case_id}/{code}/{item.clock.started_at.isoformat()}" for item, code, _ in news)
        digest = hashlib.sha256("|".join(codes).encode()).hexdigest()[:32]
        message = build_reminder(
            [reminder for _, _, reminder in news],
            sender=Sender(office=office.issuer, address=office.email, phone=office.phone),
            recipient=office.reminders or office.email,
            message_id=f"<reminder-{digest}@{office.email.rpartition('@')[2]}>",
            date=run.now,
        )
        mail = outgoing(
            message,
            sender=envelope_sender(context.settings),
            recipient=office.reminders or office.email,
            signer=open_signer(context.settings.mail),
        )
        with open_transport(context) as transport:
            receipt = transport.deliver(mail)
        if receipt.state in (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT):
            with transaction(run.con):
                for item, code, reminder in news:
                    event = CaseEvent(
                        kind="escalated",
                        occurred_at=run.now,
                        code=code,
                        actor="machine",
                        detail=f"{reminder.milestone_zh}{'已超时' if reminder.is_overdue else '临近时限'}，已提醒",
                    )
                    cause = f"{code}:{item.clock.started_at.isoformat()}"
                    append_event(run.con, item.case.case_id, event, now=run.now, cause=cause)
            run.counts["n_reminded"] = len(news)
        else:
            run.issues.append(
                Issue(
                    code="reminder-failed",
                    severity=Severity.ERROR,
                    message=f"督办提醒未能发出：{receipt.detail}",
                    next_step="请检查 office.reminders 和邮件设置；下次运行会再发。",
                )
            )
    return run


def _news(item: TimedCase, now: datetime) -> list[tuple[str, Reminder]]:
    """Milestones of a case that are amber or red and of which no mail spoke yet."""
    if item.case.is_backfill:
        return []
    found = []
    for reading in item.clock.readings:
        word = _STATES.get(reading.state)
        code = f"{reading.milestone.event}:{word}"
        if word is None or code in item.state.escalated:
            continue
        found.append(
            (
                code,
                Reminder(
                    case_id=item.case.case_id,
                    member_zh="、".join(member_zh(member) for member in item.case.member_codes),
                    title=item.case.title,
                    milestone_zh=reading.milestone.label,
                    due_at=reading.due_at,
                    is_overdue=reading.state is MilestoneState.OVERDUE,
                    owner=item.state.owner,
                    time_left=time_left_zh(reading.due_at - now),
                ),
            )
        )
    return found
