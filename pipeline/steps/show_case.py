"""`tbtwatch case show`: one case as an officer wants to see it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pipeline.case_state import CAUSES_ZH, COMMENT_ZH, CONCLUSIONS_ZH, STAGES_ZH, in_order
from pipeline.chinese_titles import chinese_titles
from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.impact import KIND as IMPACT
from pipeline.impact import impacts_in_force, read_impact, sum_words
from pipeline.response_advice import (
    AdviceDraft,
    AdviceFacts,
    MeasureStatus,
    deadlines,
    draft_advice,
    measure_kinds,
)
from pipeline.sla import MilestoneState
from pipeline.steps.open_cases import TimedCase, Timing, load_timing
from pipeline.worktime import last_working_day_before
from warehouse.cases import CaseEvent, CasePair, case_named, case_pairs, read_cases
from warehouse.connection import Connection, open_reader
from warehouse.errors import InputError
from warehouse.facts import read_notifications
from warehouse.members import member_zh
from warehouse.records import Notification, NotificationKind, Relation
from warehouse.translations import BestTitle, TitleKind

_STATES_ZH = {
    MilestoneState.MET: "按时完成",
    MilestoneState.MET_LATE: "超时完成",
    MilestoneState.RUNNING: "办理中",
    MilestoneState.AMBER: "临近时限",
    MilestoneState.OVERDUE: "已超时",
    MilestoneState.NOT_REQUIRED: "不需要",
}
KEY_FIRM_ZH = "〔重点〕"  # 国外技术壁垒交涉应对重点企业库
RELATIONS_ZH = {Relation.DIRECT: "直接", Relation.INDIRECT: "间接", Relation.NONE: "无"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCase:
    """A case with everything that is known of it.

    `notification` is the measure itself, else its latest addendum; `pairs` has each product line once, by the
    notification that speaks of it most plainly.
    """

    timed: TimedCase
    notification: Notification
    title: BestTitle  # in Chinese
    pairs: tuple[CasePair, ...]

    @property
    def title_zh(self) -> str:
        """The title in Chinese, marked where no officer or public bulletin answers for it."""
        return self.title.marked

    @property
    def events(self) -> list[CaseEvent]:
        """What happened, in order."""
        return in_order(self.timed.case.events)

    @property
    def n_key_firms(self) -> int:
        """How many of the firms are in the pool of key firms."""
        return len({pair.exporter_id for pair in self.pairs if pair.is_negotiation_key})


def show_case(context: Context, key: str) -> ShownCase:
    """Read the case that `key` (case, symbol or id) names. Raises InputError where it names none."""
    timing = load_timing(context.home)
    with open_reader(context.home.warehouse) as con:
        [case] = read_cases(con, only=case_named(con, key))
        [shown] = shown_cases(con, [timing.timed(case, context.now)])
    return shown


def shown_cases(con: Connection, timed: list[TimedCase]) -> list[ShownCase]:
    """Add to cases their measures, titles and pairs, in the order given."""
    notifications = {n.notification_id: n for n in read_notifications(con, [t.case.notification_id for t in timed])}
    titles = chinese_titles(con, notifications.values())
    pairs: dict[str, dict[str, CasePair]] = {}
    for pair in case_pairs(con, [item.case.case_id for item in timed]):
        pairs.setdefault(pair.case_id, {}).setdefault(pair.line_id, pair)
    return [
        ShownCase(
            timed=item,
            notification=notifications[item.case.notification_id],
            title=titles[item.case.notification_id],
            pairs=tuple(pairs.get(item.case.case_id, {}).values()),
        )
        for item in timed
    ]


def draft_of(shown: ShownCase, timing: Timing, now: datetime) -> AdviceDraft | None:
    """The first draft of the advice for an officer to sign; None where no pair is left that it could speak of."""
    if not shown.pairs:
        return None
    notification, today = shown.notification, to_shanghai(now).date()
    kinds = measure_kinds(
        notification.title,
        notification.description,
        notification.products_text,
        notification.objectives,
        notification.keywords,
    )
    is_direct = any(pair.relation is Relation.DIRECT for pair in shown.pairs)

    def working_day_before(day: date, n: int) -> date:
        return last_working_day_before(day, n, timing.calendar)

    return draft_advice(
        AdviceFacts(
            member_zh="、".join(member_zh(code) for code in notification.member_codes),
            title=notification.title if shown.title.kind is TitleKind.PENDING else shown.title_zh,
            kinds=kinds,
            relation=Relation.DIRECT if is_direct else Relation.INDIRECT,
            products=tuple(dict.fromkeys(pair.product_name for pair in shown.pairs)),
            deadlines=deadlines(
                shown.timed.case.comment_deadline, notification.distribution_date, today, working_day_before
            ),
            status=_status(notification, today),
            entry_into_force=notification.entry_into_force_date,
            # the description of a notification is a summary; the text itself is read by an officer, who says so
            has_full_text=False,
        )
    )


def draft_text(context: Context, key: str, *, is_signed: bool = False) -> str:
    """The draft of a case's advice as text, without its mark where an officer signs it as it is.

    Raises InputError where there is nothing to advise on.
    """
    shown = show_case(context, key)
    draft = draft_of(shown, load_timing(context.home), context.now)
    if draft is None:
        raise InputError(f"{shown.timed.case.case_id}：没有相关的企业产品，不需要应对建议。")
    return draft.text.removeprefix(draft.mark).lstrip() if is_signed else draft.text


def _status(notification: Notification, today: date) -> MeasureStatus:
    force = notification.entry_into_force_date
    if force is not None and force <= today:
        return MeasureStatus.IN_FORCE
    if notification.adoption_date is not None and notification.adoption_date <= today:
        return MeasureStatus.ADOPTED
    drafted = notification.kind in (NotificationKind.REGULAR, NotificationKind.REVISION)
    return MeasureStatus.DRAFT if drafted else MeasureStatus.UNKNOWN


def event_text(event: CaseEvent) -> str:
    """What an event says, with the conclusion or cause that it stands for."""
    if event.kind == "concluded":
        return "：".join(filter(None, (CONCLUSIONS_ZH[event.code], event.detail)))
    if event.kind == "explained":
        cause = CAUSES_ZH.get(event.code.partition(":")[2], "")
        return cause if event.detail in ("", cause) else f"{cause}：{event.detail}"
    if event.kind == IMPACT:
        impact = read_impact(event.code)
        return f"{impact.exporter_id} {impact.words}：{event.detail}"
    return event.detail


def pair_text(pair: CasePair) -> str:
    """A pair in one line: 企业〔重点〕：产品（直接，0.82）."""
    mark = KEY_FIRM_ZH if pair.is_negotiation_key else ""
    return f"{pair.exporter_name}{mark}：{pair.product_name}（{RELATIONS_ZH[pair.relation]}，{pair.score:.2f}）"


def describe_case(shown: ShownCase, now: datetime) -> list[str]:
    """The case in lines of Chinese: what, who, why, how it stands, what is next."""
    case, state = shown.timed.case, shown.timed.state
    lines = [
        f"案件：{case.case_id}",
        f"成员：{'、'.join(member_zh(code) for code in case.member_codes)}",
        f"通报：{'、'.join(case.symbols) or case.notification_id}",
        f"标题：{shown.title_zh}",
    ]
    if shown.title.kind is not TitleKind.ORIGINAL:
        lines.append(f"原题：{case.title}")
    lines.append(f"通报日期：{_day(case.distribution_date)}　评议截止：{_day(case.comment_deadline)}")
    if shown.notification.url:
        lines.append(f"链接：{shown.notification.url}")
    lines.append(f"阶段：{STAGES_ZH[state.stage]}" + ("（补录，不计入按时率）" if case.is_backfill else ""))
    if state.conclusion:
        lines.append(f"结论：{CONCLUSIONS_ZH[state.conclusion]}")
    lines += [f"责任人：{state.owner}"] if state.owner else []
    lines += [f"是否评议：{COMMENT_ZH[state.comment]}"] if state.comment else []
    lines.append("时钟：")
    for reading in shown.timed.clock.readings:
        due = f"{to_shanghai(reading.due_at):%Y-%m-%d %H:%M}"
        cause = state.causes.get(reading.milestone.event)
        words = _STATES_ZH[reading.state] + (f"，原因：{CAUSES_ZH.get(cause, cause)}" if cause else "")
        lines.append(f"  {reading.milestone.label}　时限 {due}　{words}")
    key = f"，其中重点企业库企业{shown.n_key_firms}家，标〔重点〕" if shown.n_key_firms else ""
    lines.append(f"涉及企业产品（{len(shown.pairs)}）{key}：")
    lines += [f"  {pair_text(pair)}\n    {pair.reason}" for pair in shown.pairs]
    impact = sum_words(impacts_in_force(shown.events))
    lines += [f"企业受影响情况：{impact}"] if impact else []
    lines.append(f"下一步：{next_step(shown.timed)}")
    return lines


def next_step(timed: TimedCase) -> str:
    """What an officer should do next, with the command for it."""
    case_id = timed.case.case_id
    if timed.state.is_closed:
        return "已结案；如有新情况，用 tbtwatch case reopen 重新打开"
    if timed.unexplained:
        labels = {m.event: m.label for m in timed.policy.milestones}
        missed = "、".join(labels[event] for event in timed.unexplained)
        return f"{missed}已超时，办理时用 --cause 写明原因，或用 tbtwatch case explain {case_id} 说明"
    due = timed.clock.next_due
    if not timed.case.n_lines:
        return "已没有相关的企业产品；用 tbtwatch case close 结案"
    if due is None:
        return "已答复；办结后用 tbtwatch case close 结案"
    commands = {
        "judged": f"研判：tbtwatch case judge {case_id} --conclusion …",
        "notified": f"企业告知：tbtwatch alert send，或登记 tbtwatch case notify {case_id} …",
        "advised": f"应对建议：tbtwatch case advise {case_id}（先看初稿）",
    }
    return commands.get(due.milestone.event, due.milestone.label)


def _day(day: date | None) -> str:
    return day.isoformat() if day else "未注明"
