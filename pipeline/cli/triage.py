"""`tbtwatch triage export`, `triage import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of

triage = typer.Typer(help="用 Excel 研判：导出待办案件，填好后导入。", no_args_is_help=True)
EXPORT_WORDS = {"n_exported": "导出待办案件"}
IMPORT_WORDS = {
    "n_applied": "已办理",
    "n_repeated": "此前已导入",
    "n_blank": "未填写",
    "n_refused": "未采用（见下）",
}


@triage.command("export")
def export(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="要写的文件（.xlsx）", metavar="文件")],
) -> None:
    """把待办案件写成一个 Excel 研判表，最急的在前；填写“结论”等列后用 triage import 导入。"""
    from pipeline.steps.open_cases import update_cases
    from pipeline.steps.triage import export_triage

    session = session_of(context)
    update_cases(session.context, everything=False)
    run = export_triage(session.context, file)
    session.output.line(f"研判表已写入：{file}")
    session.output.finish(run, EXPORT_WORDS, path=str(file))


@triage.command("import")
def import_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="填好的研判表（.xlsx）", metavar="文件")],
    by: Annotated[str, typer.Option("--by", help="导入人；未填责任人的行记为此人研判", metavar="姓名或岗位")],
) -> None:
    """读入填好的研判表：逐格检查，有误或已过时的行不采用并说明原因，其余一次办理；同一文件可重复导入。"""
    from pipeline.steps.triage import import_triage

    session = session_of(context)
    run, problems = import_triage(session.context, file, by=by)
    session.output.finish(run, IMPORT_WORDS, refused=[{"cell": p.cell, "message": p.message} for p in problems])


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(triage, name="triage")
