"""The root of the command line: global options, exit codes, and the commands in the order of the work."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pipeline.cli import (
    alerts,
    analyst,
    cases,
    comments,
    contacts,
    crawl,
    imports,
    learning,
    matching,
    operate,
    replies,
    reports,
    safety,
    survey,
    titles,
    triage,
)
from pipeline.cli.output import Output, Session
from warehouse.errors import StageError, TbtwatchError

# typer lists groups after single commands; an officer reads the list as the order of the work
_ORDER = (
    "crawl", "import", "match", "matches", "explain", "judge", "evaluate", "train", "cases", "case", "triage",
    "titles", "calendar", "concerns", "survey", "alert", "replies", "contacts", "report", "publish", "sql", "query",
    "monthly", "status", "changes", "sources", "live-check", "doctor", "backup", "restore", "demo", "new-source",
)  # fmt: skip


class WorkOrder(TyperGroup):
    """Lists the commands in the order of the work; one that is not in the list comes last."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands as `--help` prints them."""
        return sorted(self.commands, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))


app = typer.Typer(
    name="tbtwatch",
    cls=WorkOrder,
    help="技术性贸易措施预警：采集、匹配、72小时响应、告警、月度风险信息提示。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[
        Path | None, typer.Option("--home", help="主文件夹，存放数据库和全部产出（默认 TBTWATCH_HOME 或 var/）")
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", help="按指定时间运行（ISO 8601），用于回放和测试", metavar="时间")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="结果以 JSON 输出，供其他程序读取")] = False,
) -> None:
    """Keep the global options for the command that follows."""
    context.obj = Session(home=home, stated_now=now, output=Output(as_json=as_json))


imports.register(app)
crawl.register(app)
matching.register(app)
learning.register(app)
cases.register(app)
triage.register(app)
titles.register(app)
comments.register(app, cases.case)
survey.register(app, cases.case)
alerts.register(app)
replies.register(app)
contacts.register(app)
reports.register(app)
operate.register(app)
safety.register(app)
analyst.register(app)


def run() -> None:
    """Run the command line. Exit codes: 0 done, 1 finished with findings, 2 wrong usage or input, 3 a stage failed."""
    try:
        app()
    except TbtwatchError as error:
        print(f"错误：{error.message}", file=sys.stderr)
        if error.next_step:
            print(f"怎么办：{error.next_step}", file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        place = f"：{error.filename}" if error.filename else ""
        print(f"错误：无法读写文件{place}（{error.strerror or error}）", file=sys.stderr)
        print("怎么办：请检查路径、文件夹权限和磁盘空间。", file=sys.stderr)
        sys.exit(StageError.exit_code)
