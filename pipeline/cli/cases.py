"""`tbtwatch cases` and `tbtwatch case ...`"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import session_of

if TYPE_CHECKING:
    from pipeline.steps.open_cases import TimedCase

CASE_WORDS = {"n_opened": "新开案件", "n_cases": "案件总数", "n_open": "待办", "n_overdue": "超时"}
LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考", "none": "—"}

case = typer.Typer(help="处理单个案件。", no_args_is_help=True)


def cases(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="含已答复、已归档和补录的案件")] = False,
) -> None:
    """为新匹配的通报开案，列出各案件的72小时时钟，最急的在前。"""
    from pipeline.steps.open_cases import update_cases

    session = session_of(context)
    run, timed = update_cases(session.context)
    now = session.context.now
    shown = [t for t in timed if everything or not (t.clock.is_answered or t.case.is_backfill)]
    session.output.table(
        ("级别", "案件", "成员", "企业", "产品", "待办", "时限", "剩余", "评议截止"),
        [_row(item, now) for item in shown],
    )
    n_backfill = sum(1 for item in timed if item.case.is_backfill)
    if n_backfill and not everything:
        session.output.line(f"另有补录案件 {n_backfill} 个，不计入按时率，用 --all 查看。")
    session.output.finish(run, CASE_WORDS, cases=[_json(item) for item in timed])


@case.command("notify")
def notify(
    context: typer.Context,
    case_id: Annotated[str, typer.Argument(help="案件号", metavar="案件")],
    text: Annotated[str, typer.Option("--text", help="告知了谁、怎样告知、送达依据", metavar="文字")],
    by: Annotated[str, typer.Option("--by", help="经办人", metavar="姓名或岗位")],
) -> None:
    """登记电话、当面或用单位邮箱完成的企业告知。"""
    _act(context, case_id, "notified", by, text, "已登记企业告知")


@case.command("advise")
def advise(
    context: typer.Context,
    case_id: Annotated[str, typer.Argument(help="案件号", metavar="案件")],
    text: Annotated[str, typer.Option("--text", help="应对建议", metavar="文字")],
    by: Annotated[str, typer.Option("--by", help="经办人", metavar="姓名或岗位")],
) -> None:
    """登记应对建议。"""
    _act(context, case_id, "advised", by, text, "已登记应对建议")


@case.command("close")
def close(
    context: typer.Context,
    case_id: Annotated[str, typer.Argument(help="案件号", metavar="案件")],
    reason: Annotated[str, typer.Option("--reason", help="结案或归档原因", metavar="文字")],
    by: Annotated[str, typer.Option("--by", help="经办人", metavar="姓名或岗位")],
) -> None:
    """结案或归档，须写明原因。"""
    _act(context, case_id, "closed", by, reason, "已结案")


@case.command("reopen")
def reopen(
    context: typer.Context,
    case_id: Annotated[str, typer.Argument(help="案件号", metavar="案件")],
    reason: Annotated[str, typer.Option("--reason", help="原因", metavar="文字")],
    by: Annotated[str, typer.Option("--by", help="经办人", metavar="姓名或岗位")],
) -> None:
    """重新打开已结案的案件。"""
    _act(context, case_id, "reopened", by, reason, "已重新打开")


def _act(context: typer.Context, case_id: str, kind: str, actor: str, detail: str, done: str) -> None:
    from pipeline.steps.judge import act_on_case

    session = session_of(context)
    run = act_on_case(session.context, case_id, kind=kind, actor=actor, detail=detail)
    session.output.line(f"{done}：{case_id}")
    session.output.result({"run_id": run.run_id, "case_id": case_id, "event": kind})


def _row(item: TimedCase, now: datetime) -> tuple[object, ...]:
    from pipeline.clock import to_shanghai
    from warehouse.members import member_zh

    due = item.clock.next_due
    return (
        LEVELS_ZH[item.case.match_level],
        item.case.case_id,
        "、".join(member_zh(code) for code in item.case.member_codes[:3])
        + ("等" if len(item.case.member_codes) > 3 else ""),
        item.case.n_exporters,
        item.case.n_lines,
        due.milestone.label if due else "—",
        f"{to_shanghai(due.due_at):%m-%d %H:%M}" if due else "—",
        _remaining(due.due_at - now) + ("，临近" if due.state.value == "amber" else "") if due else "—",
        item.case.comment_deadline or "—",
    )


def _remaining(left: timedelta) -> str:
    minutes = int(abs(left).total_seconds() // 60)
    return f"{'超时' if left < timedelta(0) else ''}{minutes // 60}小时{minutes % 60}分"


def _json(item: TimedCase) -> dict[str, object]:
    return {
        "case_id": item.case.case_id,
        "symbols": item.case.symbols,
        "level": item.case.match_level,
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
