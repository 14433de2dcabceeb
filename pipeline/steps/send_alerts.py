"""`tbtwatch alert preview|send`: one mail a firm and case, of what an officer confirmed unless told otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.config import Settings
from pipeline.context import Context, Run, run_step
from pipeline.delivery.choose import open_transport
from pipeline.delivery.transport import DeliveryState, Receipt, Transport
from pipeline.steps.open_cases import TimedCase, load_timing, read_timed_cases
from reports.mail.build import build_alert
from reports.mail.facts import AlertFacts, AlertProduct, Sender
from warehouse.cases import derive_events
from warehouse.connection import Connection, open_reader
from warehouse.facts import read_notifications
from warehouse.members import member_zh
from warehouse.outbox import (
    AlertCandidate,
    alert_candidates,
    alert_id,
    alert_standings,
    begin_attempt,
    finish_attempt,
    open_contacts,
    queue_alert,
)
from warehouse.records import Contact, Issue, Level, Notification, Severity
from warehouse.reference import what_it_is_zh

_MAILED_LEVELS = (Level.WARNING, Level.WATCH)  # 参考 goes into the bulletin only
NO_CONTACT = "企业没有联系邮箱，请电话告知"
ALREADY_TOLD = "邮件已生成，不重复发送"
# what became of an earlier mail, where it keeps another from going
_SETTLED = {
    "accepted": ALREADY_TOLD,
    "failed": "此前被拒收，请电话告知",
    "sending": "此前发送中断，是否送达不明，请人工核实",
    "in-doubt": "是否送达不明，请人工核实",
}
_STATES = {
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.DEFERRED: "retry",
    DeliveryState.REFUSED: "failed",
    DeliveryState.IN_DOUBT: "in-doubt",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would go to one firm about one case, or why nothing goes."""

    case_id: str
    exporter_id: str
    exporter_name: str
    products: tuple[AlertCandidate, ...]
    contacts: tuple[Contact, ...]
    reviewed_by: str
    withheld: str  # Chinese reason; "" when the mail goes


def plan_alerts(
    candidates: Sequence[AlertCandidate],
    contacts: Mapping[str, tuple[Contact, ...]],
    open_case_ids: frozenset[str],
    states: Mapping[tuple[str, str], str],
    *,
    include_unreviewed: bool,
) -> tuple[Plan, ...]:
    """Decide, for each case and firm, whether a mail goes and of which lines it speaks. Pure.

    `states` holds how earlier mails stand, by case and firm (column `alerts.state`).
    """
    plans = []
    for (case_id, exporter_id), group in groupby(candidates, key=lambda c: (c.case_id, c.exporter_id)):
        lines = tuple(group)
        confirmed = tuple(line for line in lines if line.verdict == "confirmed")
        eligible = lines if include_unreviewed else confirmed
        mailed = tuple(line for line in eligible if line.match_level in _MAILED_LEVELS)
        plans.append(
            Plan(
                case_id=case_id,
                exporter_id=exporter_id,
                exporter_name=lines[0].exporter_name,
                products=mailed or lines,
                contacts=contacts.get(exporter_id, ()),
                reviewed_by=_reviewers(mailed),
                withheld=_SETTLED.get(states.get((case_id, exporter_id), ""), "")
                or _why_withheld(eligible, mailed, contacts.get(exporter_id, ()), case_id in open_case_ids),
            )
        )
    return tuple(plans)


def _reviewers(mailed: Sequence[AlertCandidate]) -> str:
    """Name the officers only where all that the mail says was confirmed: it must not claim more."""
    if any(line.verdict != "confirmed" for line in mailed):
        return ""
    return "、".join(dict.fromkeys(line.judged_by for line in mailed))


def _why_withheld(
    eligible: Sequence[AlertCandidate],
    mailed: Sequence[AlertCandidate],
    contacts: Sequence[Contact],
    is_open: bool,
) -> str:
    if not is_open:
        return "案件已结案或归档"
    if not eligible:
        return "未经人工研判确认"
    if not mailed:
        return "仅为参考级，列入月度提示，不单独发送"
    if not contacts:
        return NO_CONTACT
    return ""


def preview_alerts(context: Context, *, include_unreviewed: bool) -> tuple[Plan, ...]:
    """Return what `send` would do now, without doing it."""
    with open_reader(context.home.warehouse) as con:
        return _plan(con, context, include_unreviewed)[0]


def send_alerts(context: Context, *, include_unreviewed: bool) -> tuple[Run, tuple[Plan, ...]]:
    """Send what may go. Every mail is queued, marked as being sent before its first byte, then closed with its answer.

    A mail that may lie in the reader's mailbox already (`in-doubt`, or `sending` after a kill) is never sent again by
    itself.
    """
    with run_step(context, "alert", arguments={"unreviewed": include_unreviewed}) as run:
        run.counts.update(n_sent=0, n_retry=0, n_failed=0, n_in_doubt=0, n_told_before=0, n_withheld=0)
        _settle_interrupted(run)
        plans, cases = _plan(run.con, context, include_unreviewed)
        transport = open_transport(context)
        by_id = {n.notification_id: n for n in read_notifications(run.con)}
        for plan in plans:
            if plan.withheld:
                run.counts["n_told_before" if plan.withheld == ALREADY_TOLD else "n_withheld"] += 1
                if plan.withheld == NO_CONTACT:
                    run.issues.append(_no_contact(plan))
                continue
            timed = cases[plan.case_id]
            state = _send_one(run, plan, timed, by_id, transport, context)
            run.counts[f"n_{state}"] += 1
        derive_events(run.con, now=run.now)
    return run, plans


def _plan(con: Connection, context: Context, include_unreviewed: bool) -> tuple[tuple[Plan, ...], dict[str, TimedCase]]:
    cases = {item.case.case_id: item for item in read_timed_cases(con, context.now, load_timing(context.home))}
    is_open = frozenset(case_id for case_id, item in cases.items() if item.clock.closed_at is None)
    allowed = include_unreviewed or context.settings.mail.send_unreviewed
    states = {(mail.case_id, mail.exporter_id): mail.state for mail in alert_standings(con)}
    plans = plan_alerts(alert_candidates(con), open_contacts(con), is_open, states, include_unreviewed=allowed)
    return plans, cases


def _settle_interrupted(run: Run) -> None:
    """Turn mails that a killed run left as `sending` into `in-doubt`: one writer, so nobody sends them now."""
    for mail in alert_standings(run.con):
        if mail.state != "sending":
            continue
        detail = "发送中断，未收到服务器确认"
        finish_attempt(run.con, mail.alert_id, state="in-doubt", smtp_code=None, detail=detail, now=run.now)
        run.counts["n_in_doubt"] += 1
        run.issues.append(
            Issue(
                code="alert-in-doubt",
                severity=Severity.ERROR,
                message=f"发给企业 {mail.exporter_id} 的告警（案件 {mail.case_id}）上次发送时中断，是否送达不明。",
                next_step="请电话向企业核实是否收到；不会自动重发。",
                subject=mail.exporter_id,
                value=mail.case_id,
            )
        )


def _send_one(
    run: Run,
    plan: Plan,
    timed: TimedCase,
    notifications: dict[str, Notification],
    transport: Transport,
    context: Context,
) -> str:
    identity = queue_alert(
        run.con,
        case_id=plan.case_id,
        exporter_id=plan.exporter_id,
        message_id=_message_id(plan, context.settings),
        is_reviewed=bool(plan.reviewed_by),
        match_level=min((p.match_level for p in plan.products), key=_MAILED_LEVELS.index),
        n_products=len(plan.products),
        now=run.now,
    )
    if not begin_attempt(run.con, identity, now=run.now):
        return "in_doubt"
    facts = alert_facts(plan, timed, notifications)
    message = build_alert(
        facts,
        sender=_sender(context.settings),
        message_id=_message_id(plan, context.settings),
        date=run.now,
        unsubscribe_url=context.settings.mail.unsubscribe_url or None,
        unsubscribe_mailto=context.settings.office.email,
    )
    receipt = transport.deliver(message, facts.recipients)
    state = _STATES[receipt.state]
    finish_attempt(run.con, identity, state=state, smtp_code=receipt.code, detail=receipt.detail, now=run.now)
    if state != "accepted":
        run.issues.append(_not_delivered(plan, receipt))
    return {"accepted": "sent", "retry": "retry", "failed": "failed", "in-doubt": "in_doubt"}[state]


def alert_facts(plan: Plan, timed: TimedCase, notifications: dict[str, Notification]) -> AlertFacts:
    """Put together what one mail says."""
    case = timed.case
    main = notifications[case.notification_id]
    return AlertFacts(
        case_id=plan.case_id,
        version=1,
        exporter_name=plan.exporter_name,
        recipients=tuple(contact.email for contact in plan.contacts),
        liaison_post=next((contact.post for contact in plan.contacts if contact.post), ""),
        symbols=main.symbols,
        member_zh="、".join(member_zh(code) for code in main.member_codes) or "、".join(main.member_names),
        kind_zh=what_it_is_zh(main),
        area=main.area,
        title=main.title,
        title_lang=main.lang,
        title_zh=main.title if main.lang == "zh" else "",
        distribution_date=main.distribution_date,
        comment_deadline=case.comment_deadline,
        comment_deadline_text=main.comment_deadline_text,
        adoption_date=main.adoption_date,
        adoption_text=main.adoption_text,
        entry_into_force_date=main.entry_into_force_date,
        entry_into_force_text=main.entry_into_force_text,
        products=tuple(
            AlertProduct(
                product_name=line.product_name,
                hs_code=line.hs_code,
                relation=line.relation,
                level=line.match_level,
                reason=line.reason.replace("本企业", "贵司"),
                sells_to_member=line.sells_to_member,
            )
            for line in plan.products
        ),
        reviewed_by=plan.reviewed_by,
        url=main.url,
        document_links=main.document_links,
    )


def _message_id(plan: Plan, settings: Settings) -> str:
    domain = settings.office.email.rpartition("@")[2]
    return f"<{alert_id(plan.case_id, plan.exporter_id)}@{domain}>"


def _sender(settings: Settings) -> Sender:
    return Sender(office=settings.office.issuer, address=settings.office.email, phone=settings.office.phone)


def _no_contact(plan: Plan) -> Issue:
    return Issue(
        code="contact-missing",
        severity=Severity.WARNING,
        message=f"企业 {plan.exporter_id} 没有联系邮箱，案件 {plan.case_id} 的告警未能发送。",
        next_step="请由关企联络员电话告知，并在企业清单中补填联系邮箱后重新导入。",
        subject=plan.exporter_id,
        value=plan.case_id,
    )


def _not_delivered(plan: Plan, receipt: Receipt) -> Issue:
    retried = receipt.state is DeliveryState.DEFERRED
    outcome = "是否送达不明" if receipt.state is DeliveryState.IN_DOUBT else "未送达"
    return Issue(
        code=f"alert-{_STATES[receipt.state]}",
        severity=Severity.WARNING if retried else Severity.ERROR,
        message=f"发给企业 {plan.exporter_id} 的告警（案件 {plan.case_id}）{outcome}：{receipt.detail}",
        next_step="稍后再运行 tbtwatch alert send 会自动重发。" if retried else "请电话告知企业，并核对联系邮箱。",
        subject=plan.exporter_id,
        value=plan.case_id,
    )
