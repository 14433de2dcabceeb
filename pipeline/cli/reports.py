"""`tbtwatch report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.output import session_of

REPORT_WORDS = {
    "n_symbols": "通报（件）",
    "n_measures": "措施（项）",
    "n_relevant": "与我市相关（项）",
    "n_firms": "涉及企业（家）",
}

Month = Annotated[str, typer.Option("--month", help="月份", metavar="YYYY-MM")]


def report(
    context: typer.Context,
    month: Month,
    out: Annotated[
        Path | None, typer.Option("--out", help="输出文件夹（默认主文件夹下 reports/月份）", metavar="文件夹")
    ] = None,
) -> None:
    """生成当月《境外技术性贸易措施风险信息提示》草稿：.html、.docx、.pdf，公开版和内部版。"""
    from pipeline.steps.draft_report import draft_report

    session = session_of(context)
    run, files = draft_report(session.context, month, out=out)
    for path in files:
        session.output.line(f"已生成：{path}")
    session.output.finish(run, REPORT_WORDS, files=[str(path) for path in files])


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.command("report")(report)
