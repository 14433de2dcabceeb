"""`tbtwatch cases` and `tbtwatch case ...`"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.acts import Act
from pipeline.cli.case_words import CASE_WORDS, EVENTS_ZH, LEVELS_ZH
from pipeline.cli.output import session_of
from warehouse.errors import InputError

if TYPE_CHECKING:
    from pipeline.steps.open_cases import TimedCase
    from warehouse.cases import Newest

NEWEST = 200  # cases that --all lists unless told otherwise: some three screens, read in a moment
CaseId = Annotated[str, typer.Argument(help="案件号、通报号或编号", metavar="案件")]
By = Annotated[str, typer.Option("--by", help="经办人", metavar="姓名或岗位")]
Cause = Annotated[
    str,
    typer.Option(
        "--cause",
        help="超时原因，超过时限时必填：collection 采集中断、backlog 人工积压、text-missing 原文缺失、"
        "contact-lost 联系人失效、system 系统故障、other 其他",
        metavar="代码",
    ),
]

case = typer.Typer(help="处理单个案件。", no_args_is_help=True)


def cases(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="含已答复、已归档和补录的案件")] = False,
    due: Annotated[bool, typer.Option("--due", help="只看临近时限和已超时的案件")] = False,
    remind: Annotated[
        bool, typer.Option("--remind", help="另给本单位发一封督办提醒；每个节点临近和超时时各一次")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            help=f"与 --all 同用：只列最近 N 个，0 为不限；不写为 {NEWEST}，写了日期或 --due 则不限",
            metavar="N",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="与 --all 同用：只列该日及以后首次采集的", metavar="YYYY-MM-DD")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="与 --all 同用：只列该日及以前首次采集的", metavar="YYYY-MM-DD")
    ] = None,
) -> None:
    """为新匹配的通报开案，列出各案件的72小时时钟，最急的在前。"""
    from pipeline.steps.open_cases import update_cases

    newest = _newest(everything, due, limit, since, until)
    session = session_of(context)
    # what is due is never settled: with --due alone, to read what is left to do is to read all that can be listed
    whole = everything and not (due and newest is None)
    run, timed = update_cases(session.context, everything=whole, newest=newest)
    now = session.context.now
    shown = [t for t in timed if everything or not (t.clock.is_answered or t.case.is_backfill)]
    if due:
        shown = [t for t in shown if t.clock.is_overdue or (t.clock.next_due and t.clock.next_due.state == "amber")]
    session.output.table(
        ("级别", "案件", "成员", "企业", "产品", "责任人", "待办", "时限", "剩余", "评议截止"),
        [_row(item, now) for item in shown],
    )
    if remind:
        from pipeline.steps.escalate import escalate

        reminded = escalate(session.context)
        run.issues += reminded.issues
        run.counts |= reminded.counts
    if newest is not None and "n_listed" in run.counts:
        session.output.line(_passed_over(run.counts, newest, due))
    n_backfill = sum(1 for item in timed if item.case.is_backfill)
    if n_backfill and not everything:
        session.output.line(f"另有补录案件 {n_backfill} 个，不计入按时率，用 --all 查看。")
    session.output.finish(run, CASE_WORDS, cases=[_json(item) for item in timed])


@case.command("show")
def show(context: typer.Context, case_id: CaseId) -> None:
    """显示一个案件：涉及的企业产品和理由、时钟、办理经过、下一步。"""
    from pipeline.clock import to_shanghai
    from pipeline.steps.show_case import describe_case, event_text, show_case

    session = session_of(context)
    shown = show_case(session.context, case_id)
    for line in describe_case(shown, session.context.now):
        session.output.line(line)
    session.output.table(
        ("时间", "事项", "经办", "内容"),
        [
            (
                f"{to_shanghai(e.occurred_at):%Y-%m-%d %H:%M}",
                EVENTS_ZH[e.kind],
                "系统" if e.actor == "machine" else e.actor,
                event_text(e),
            )
            for e in shown.events
        ],
    )
    session.output.result(_json(shown.timed) | {"events": [{"kind": e.kind, "code": e.code} for e in shown.events]})


@case.command("judge")
def judge_case(
    context: typer.Context,
    case_id: CaseId,
    conclusion: Annotated[
        str, typer.Option("--conclusion", help="warning 预警、watch 关注、none 不相关", metavar="结论")
    ],
    by: By,
    relation: Annotated[
        str, typer.Option("--relation", help="direct 直接、indirect 间接；不写则按机器所判", metavar="关联度")
    ] = "",
    owner: Annotated[str, typer.Option("--owner", help="责任人", metavar="姓名或岗位")] = "",
    reason: Annotated[str, typer.Option("--reason", help="原因；不相关时必填", metavar="文字")] = "",
    cause: Cause = "",
) -> None:
    """对整个案件作出研判结论；逐对研判用 tbtwatch judge。"""
    from pipeline.acts import Conclusion
    from pipeline.case_state import CONCLUSIONS_ZH
    from pipeline.steps.case_acts import conclude_case
    from warehouse.records import Relation

    one_of(conclusion, CONCLUSIONS_ZH, "--conclusion")
    one_of(relation, ("", "direct", "indirect"), "--relation")
    session = session_of(context)
    found = Conclusion(
        conclusion=conclusion,
        actor=by,
        relation=Relation(relation) if relation else None,
        reason=reason,
        owner=owner,
        cause=cause,
    )
    run, timed = conclude_case(session.context, case_id, found)
    session.output.line(f"已研判为{CONCLUSIONS_ZH[conclusion]}：{timed.case.case_id}")
    session.output.result({"run_id": run.run_id} | _json(timed))


@case.command("assign")
def assign(
    context: typer.Context,
    case_id: CaseId,
    owner: Annotated[str, typer.Option("--owner", help="责任人", metavar="姓名或岗位")],
    by: By,
) -> None:
    """指定责任人。"""
    act(context, case_id, Act(kind="assigned", actor=by, code=owner, detail=f"责任人：{owner}"), "已指定责任人")


@case.command("note")
def note(
    context: typer.Context,
    case_id: CaseId,
    text: Annotated[str, typer.Option("--text", help="内容", metavar="文字")],
    by: By,
) -> None:
    """记一条办理情况，不改变案件状态。"""
    act(context, case_id, Act(kind="noted", actor=by, detail=text), "已记录")


@case.command("explain")
def explain(
    context: typer.Context,
    case_id: CaseId,
    cause: Cause,
    by: By,
    milestone: Annotated[
        str, typer.Option("--milestone", help="judged 研判、notified 企业告知、advised 应对建议", metavar="节点")
    ],
    reason: Annotated[str, typer.Option("--reason", help="说明", metavar="文字")],
) -> None:
    """写明某个节点超时的原因。"""
    from pipeline.steps.case_acts import require_cause

    one_of(milestone, ("judged", "notified", "advised", "comment-decided"), "--milestone")
    code = f"{milestone}:{require_cause(cause, case_id)}"
    act(context, case_id, Act(kind="explained", actor=by, code=code, detail=reason), "已写明超时原因")


@case.command("notify")
def notify(
    context: typer.Context,
    case_id: CaseId,
    text: Annotated[str, typer.Option("--text", help="告知了谁、怎样告知、送达依据", metavar="文字")],
    by: By,
    firm: Annotated[str, typer.Option("--firm", help="只登记这一家企业；不写则为全部企业", metavar="企业编号")] = "",
    cause: Cause = "",
) -> None:
    """登记电话、当面或用单位邮箱完成的企业告知；全部企业都已告知，该节点才算完成。"""
    kind = "told" if firm else "notified"
    told = Act(kind=kind, actor=by, code=firm.strip(), detail=text, cause=cause)
    act(context, case_id, told, "已登记企业告知")


@case.command("advise")
def advise(
    context: typer.Context,
    case_id: CaseId,
    by: Annotated[str, typer.Option("--by", help="经办人；只看初稿时不写", metavar="姓名或岗位")] = "",
    text: Annotated[str, typer.Option("--text", help="应对建议", metavar="文字")] = "",
    sign: Annotated[bool, typer.Option("--sign", help="签发程序起草的初稿")] = False,
    cause: Cause = "",
) -> None:
    """登记应对建议；不带参数时显示程序起草的初稿，加 --sign 签发初稿。"""
    from pipeline.steps.show_case import draft_text

    session = session_of(context)
    if not text and not sign:
        draft = draft_text(session.context, case_id)
        session.output.line(draft)
        session.output.result({"case_id": case_id, "draft": draft})
        return
    text = text or draft_text(session.context, case_id, is_signed=True)
    act(context, case_id, Act(kind="advised", actor=by, detail=text, cause=cause), "已登记应对建议")


@case.command("close")
def close(
    context: typer.Context,
    case_id: CaseId,
    reason: Annotated[str, typer.Option("--reason", help="结案或归档原因", metavar="文字")],
    by: By,
    cause: Cause = "",
) -> None:
    """结案或归档，须写明原因。"""
    act(context, case_id, Act(kind="closed", actor=by, code="done", detail=reason, cause=cause), "已结案")


@case.command("reopen")
def reopen(
    context: typer.Context,
    case_id: CaseId,
    reason: Annotated[str, typer.Option("--reason", help="原因", metavar="文字")],
    by: By,
) -> None:
    """重新打开已结案的案件。"""
    act(context, case_id, Act(kind="reopened", actor=by, detail=reason), "已重新打开")


def act(context: typer.Context, case_id: str, done_to_it: Act, done: str) -> None:
    """Do something to a case and say that it is done."""
    from pipeline.steps.case_acts import act_on_case

    session = session_of(context)
    run, timed = act_on_case(session.context, case_id, done_to_it)
    session.output.line(f"{done}：{timed.case.case_id}")
    session.output.result({"run_id": run.run_id, "event": done_to_it.kind} | _json(timed))


def _actor(actor: str) -> str:
    return "系统" if actor == "machine" else actor


def one_of(value: str, known: Iterable[str], option: str) -> None:
    """Refuse a word that an option does not know, naming those that it does."""
    if value not in known:
        raise InputError(f"{option} 不能写“{value}”。", f"可选：{'、'.join(word for word in known if word)}。")


def _newest(everything: bool, due: bool, limit: int | None, since: str | None, until: str | None) -> Newest | None:
    """Read the options that choose among all cases; None where nothing was chosen."""
    from pipeline.steps.open_cases import newest_of

    given = {"--limit": limit, "--since": since, "--until": until}
    written = "、".join(option for option, value in given.items() if value is not None)
    if not everything:
        if written:
            raise InputError(f"{written} 只能与 --all 同用。", "请加上 --all；不加 --all 时列出全部待办案件。")
        return None
    if limit is not None and limit < 0:
        raise InputError(f"--limit 不能是负数：{limit}", "请写要列出的案件数，0 为不限。")
    if not written:
        # what is due must not be missed for being old
        return None if due else newest_of(limit=NEWEST)
    chosen = newest_of(limit=limit or None, since=_day(since, "--since"), until=_day(until, "--until"))
    return chosen if limit or since or until else None


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a day of the office, in Shanghai)
    except ValueError:
        day = date.min
    if not 1995 <= day.year < 3000:  # the years of `--now`: outside, arithmetic with zones fails
        raise InputError(f"{option} 的日期无法识别：{text}", "请写成 2026-06-01 这样的形式。")
    return day


def _passed_over(counts: Mapping[str, int], newest: Newest, due: bool) -> str:
    """Say how many cases there are besides those read, and how to see them."""
    n = counts["n_listed"]
    if newest.since is None and newest.before is None:
        what, how = f"最近 {n} 个", "用 --limit 0 或 --since 查看其余"
    else:
        what = f"所选日期首次采集的{'最近 ' if newest.limit == n else ' '}{n} 个"
        how = "不写日期、用 --limit 0 查看全部"
    seen = f"只在{what}中查看" if due else f"显示{what}"
    return f"共 {counts['n_cases']} 个案件，{seen}；{how}"


def _row(item: TimedCase, now: datetime) -> tuple[object, ...]:
    from pipeline.clock import time_left_zh, to_shanghai
    from warehouse.members import member_zh

    due = item.clock.next_due
    return (
        LEVELS_ZH[item.state.conclusion or item.case.match_level],
        item.case.case_id,
        "、".join(member_zh(code) for code in item.case.member_codes[:3])
        + ("等" if len(item.case.member_codes) > 3 else ""),
        item.case.n_exporters,
        item.case.n_lines,
        item.state.owner or "—",
        due.milestone.label if due else "—",
        f"{to_shanghai(due.due_at):%m-%d %H:%M}" if due else "—",
        time_left_zh(due.due_at - now) + ("，临近" if due.state.value == "amber" else "") if due else "—",
        item.case.comment_deadline or "—",
    )


def _json(item: TimedCase) -> dict[str, object]:
    return {
        "case_id": item.case.case_id,
        "symbols": item.case.symbols,
        "level": item.case.match_level,
        "stage": item.state.stage.value,
        "conclusion": item.state.conclusion,
        "owner": item.state.owner,
        "unexplained": list(item.unexplained),
        "clock_started_at": item.clock.started_at.isoformat(),
        "is_backfill": item.case.is_backfill,
        "n_exporters": item.case.n_exporters,
        "milestones": [
            {
                "event": reading.milestone.event,
                "due_at": reading.due_at.isoformat(),
                "met_at": reading.met_at.isoformat() if reading.met_at else None,
                "state": reading.state.value,
            }
            for reading in item.clock.readings
        ],
    }


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("cases")(cases)
    app.add_typer(case, name="case")
