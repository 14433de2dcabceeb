"""`tbtwatch case comment|concern|consult|dossier`, `tbtwatch calendar`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.acts import Act
from pipeline.cli.cases import By, CaseId, act, one_of
from pipeline.cli.output import session_of
from warehouse.errors import InputError

_STEPS = {
    "decide": ("comment-decided", "已登记是否评议"),
    "request": ("comment-requested", "已登记征求企业意见"),
    "receive": ("comment-received", "已登记企业意见"),
    "submit": ("comment-submitted", "已登记报送"),
    "answer": ("comment-answered", "已登记答复"),
}
_VALUES = {"decide": ("yes", "no", "undecided"), "submit": ("customs", "base", "centre")}


def comment(
    context: typer.Context,
    case_id: CaseId,
    step: Annotated[
        str,
        typer.Option(
            "--step",
            help="decide 是否评议、request 征求企业意见、receive 收到企业意见、submit 报送、answer 收到答复",
            metavar="环节",
        ),
    ],
    text: Annotated[str, typer.Option("--text", help="理由、意见、文号等", metavar="文字")],
    by: By,
    value: Annotated[
        str,
        typer.Option(
            "--value",
            help="decide：yes 评议、no 不评议、undecided 待定；receive：企业编号；"
            "submit：customs 武汉海关、base 评议基地、centre 国家通报咨询中心",
            metavar="值",
        ),
    ] = "",
) -> None:
    """登记评议经过：是否评议、征求和收到企业意见、报送、收到答复。"""
    one_of(step, _STEPS, "--step")
    if step in _VALUES:
        one_of(value, _VALUES[step], "--value")
    elif step == "receive" and not value.strip():
        raise InputError("--value 没有写企业编号。", "请写反馈意见的企业的编号。")
    elif step != "receive" and value.strip():
        raise InputError(f"{step} 环节不用 --value。", "请把内容写在 --text 中。")
    kind, done = _STEPS[step]
    act(context, case_id, Act(kind=kind, actor=by, code=value.strip(), detail=text), done)


def concern(
    context: typer.Context,
    case_id: CaseId,
    text: Annotated[str, typer.Option("--text", help="依据或说明", metavar="文字")],
    by: By,
    link: Annotated[str, typer.Option("--link", help="已有的特别贸易关注编号，如 TBT-345", metavar="编号")] = "",
    propose: Annotated[bool, typer.Option("--propose", help="建议就此提出特别贸易关注")] = False,
) -> None:
    """把案件与已有的特别贸易关注关联，或建议提出特别贸易关注。"""
    link = link.strip()
    if bool(link) == propose:
        raise InputError("没有写特别贸易关注的编号，也没有 --propose。", "请写 --link 编号或 --propose 之一。")
    kind = "concern-proposed" if propose else "concern-linked"
    act(context, case_id, Act(kind=kind, actor=by, code=link, detail=text), "已登记特别贸易关注")


def consult(
    context: typer.Context,
    case_id: CaseId,
    firm: Annotated[str, typer.Option("--firm", help="企业编号", metavar="编号")],
    text: Annotated[str, typer.Option("--text", help="会商情况", metavar="文字")],
    by: By,
) -> None:
    """登记与企业的会商（关企联络员、走访、电话）。"""
    act(context, case_id, Act(kind="consulted", actor=by, code=firm, detail=text), "已登记会商")


def dossier(
    context: typer.Context,
    case_id: CaseId,
    file: Annotated[Path, typer.Argument(help="要写的文件（.docx）", metavar="文件")],
    firm_names: Annotated[bool, typer.Option("--firm-names", help="内部版：写明企业名称")] = False,
) -> None:
    """生成通报评议材料（Word）：已知内容填好，须由经办人填写的标为“（待填）”。"""
    from pipeline.steps.comments import write_dossier

    session = session_of(context)
    shown = write_dossier(session.context, case_id, file, firm_names=firm_names)
    session.output.line(f"评议材料已写入：{file}")
    session.output.result({"case_id": shown.timed.case.case_id, "path": str(file)})


def calendar(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="要写的文件（.ics）", metavar="文件")],
) -> None:
    """把待办案件的全部时限写成日历文件，可导入 Outlook、手机日历。"""
    from pipeline.steps.comments import write_calendar

    session = session_of(context)
    n_entries = write_calendar(session.context, file)
    session.output.line(f"日历已写入：{file}（{n_entries} 条时限）")
    session.output.result({"path": str(file), "n_entries": n_entries})


def concerns(context: typer.Context) -> None:
    """列出下次委员会例会可提出的事项：建议提出的、已有的特别贸易关注，以及评议后未获答复的措施。"""
    from pipeline.steps.concerns import read_agenda
    from warehouse.members import member_zh

    session = session_of(context)
    items = read_agenda(session.context)
    session.output.table(
        ("事由", "案件", "成员", "关注编号", "企业", "重点企业", "依据"),
        [
            (
                item.why,
                item.shown.timed.case.case_id,
                "、".join(member_zh(code) for code in item.shown.timed.case.member_codes),
                item.concern or "—",
                item.shown.timed.case.n_exporters,
                item.shown.n_key_firms,
                item.grounds,
            )
            for item in items
        ],
    )
    session.output.line(f"共 {len(items)} 项。")
    session.output.result(
        {
            "items": [
                {
                    "case_id": item.shown.timed.case.case_id,
                    "why": item.why,
                    "concern": item.concern,
                    "n_exporters": item.shown.timed.case.n_exporters,
                    "n_key_firms": item.shown.n_key_firms,
                    "grounds": item.grounds,
                }
                for item in items
            ]
        }
    )


def register(app: typer.Typer, case: typer.Typer) -> None:
    """Add the commands to the root and to the group of single cases."""
    for command in (comment, concern, consult, dossier):
        case.command(command.__name__)(command)
    app.command("calendar")(calendar)
    app.command("concerns")(concerns)
