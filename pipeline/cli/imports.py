"""`tbtwatch import ...`"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.output import session_of

if TYPE_CHECKING:
    from pipeline.steps.import_notifications import Progress

EXPORTER_WORDS = {
    "n_rows": "读入行数",
    "n_exporters": "在册企业",
    "n_lines": "在册产品",
    "n_lines_new": "新增产品",
    "n_lines_changed": "变更产品",
    "n_lines_reopened": "恢复产品",
    "n_lines_closed": "停用产品",
    "n_lines_unread": "词库未识别产品",
    "n_exporters_closed": "停用企业",
}
NOTIFICATION_WORDS = {
    "n_records": "读入记录",
    "n_new": "新增",
    "n_changed": "有变化",
    "n_unchanged": "无变化",
    "n_notifications_touched": "涉及通报",
}

imports = typer.Typer(help="导入企业清单和通报。", no_args_is_help=True)


@imports.command("exporters")
def exporters(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="企业清单：.csv（UTF-8 或 GB18030）或 .xlsx", metavar="文件")],
) -> None:
    """导入中间品出口重点企业清单；再次导入即更新，清单中消失的企业和产品停用而不删除。"""
    from pipeline.steps.import_exporters import import_exporters

    session = session_of(context)
    run = import_exporters(session.context, file)
    session.output.finish(run, EXPORTER_WORDS)


@imports.command("notifications")
def notifications(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(help="ePing 导出或批量文件（.xlsx）、检索结果（.json）、交换格式（.jsonl）", metavar="文件"),
    ],
) -> None:
    """导入通报；同一文件再次导入不会重复。"""
    from pipeline.steps.import_notifications import import_notifications

    session = session_of(context)
    with _progress_bar() as on_progress:
        run = import_notifications(session.context, file, on_progress=on_progress)
    session.output.finish(run, NOTIFICATION_WORDS)


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """Show a bar on a terminal; say nothing in a log."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("读取通报"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def register(app: typer.Typer) -> None:
    """Add the commands to the root."""
    app.add_typer(imports, name="import")
