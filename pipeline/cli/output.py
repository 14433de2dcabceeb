"""What a command says: Chinese lines for people, or one JSON object for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.table import Column

    from pipeline.context import Context, Run
    from warehouse.records import Issue

_MAX_SHOWN = 20
_UNBOUNDED = 10_000
SEVERITIES_ZH = {"error": "错误", "warning": "注意", "info": "说明"}


@dataclass(frozen=True)
class Output:
    """Prints results."""

    as_json: bool

    def line(self, text: str = "") -> None:
        """Print a line for a person; nothing with --json."""
        if not self.as_json:
            typer.echo(text)

    def table(self, header: Sequence[str | Column], rows: Sequence[Sequence[object]]) -> None:
        """Print a table for a person; nothing with --json."""
        if self.as_json or not rows:
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*header, show_lines=False, header_style="bold", box=None, pad_edge=False)
        for row in rows:
            table.add_row(*("" if value is None else value if isinstance(value, Text) else str(value) for value in row))
        # in a file or a pipe nothing is cut: one row, one line, however long
        console = Console(width=None if sys.stdout.isatty() else _UNBOUNDED, markup=False, highlight=False)
        console.print(table)

    def result(self, data: Mapping[str, Any]) -> None:
        """Print the result for a machine; nothing without --json."""
        if self.as_json:
            typer.echo(json.dumps(data, ensure_ascii=False, default=str, indent=2))

    def issues(self, issues: Sequence[Issue]) -> None:
        """Print what a person should look at, errors first; on screen a limited number, all is in the database."""
        order = tuple(SEVERITIES_ZH)
        ranked = sorted(issues, key=lambda issue: order.index(issue.severity.value))
        for issue in ranked[:_MAX_SHOWN]:
            self.line(f"  [{SEVERITIES_ZH[issue.severity.value]}] {_place(issue)}{issue.message}{_advice(issue)}")
        if len(ranked) > _MAX_SHOWN:
            self.line(f"  ……另有 {len(ranked) - _MAX_SHOWN} 条，全部记录在问题表中：tbtwatch status --issues")

    def finish(self, run: Run, words: Mapping[str, str], **more: Any) -> None:
        """Print a run's counts and issues; leave with its exit code: 3 failed, 1 something needs a look."""
        if self.as_json:
            self.result(
                {
                    "run_id": run.run_id,
                    "outcome": run.outcome,
                    "counts": run.counts,
                    "issues": [asdict(issue) for issue in run.issues],
                    **more,
                }
            )
        else:
            self.line("，".join(f"{word} {run.counts[name]}" for name, word in words.items() if name in run.counts))
            self.issues(run.issues)
        if run.outcome != "done":
            raise typer.Exit(3 if run.outcome == "failed" else 1)


@dataclass(frozen=True)
class Session:
    """The global options of one call; the context is made when a command first needs it."""

    home: Path | None
    stated_now: str | None
    output: Output

    @cached_property
    def context(self) -> Context:
        """Home folder, moment and settings of this call."""
        from pipeline.clock import read_now
        from pipeline.config import read_home, read_settings
        from pipeline.context import Context

        home = read_home(self.home)
        return Context(home=home, now=read_now(self.stated_now), settings=read_settings(home))


def session_of(context: typer.Context) -> Session:
    """Return the session that the root command made."""
    session = context.obj
    assert isinstance(session, Session)  # noqa: S101  (typer carries it untyped)
    return session


def _place(issue: Issue) -> str:
    row = f"第{issue.row}行" if issue.row else ""
    is_said = issue.message.startswith(issue.field_name)  # a place that is no column opens the message
    column = "" if is_said else f"“{issue.field_name}”列"
    place = " ".join(part for part in (issue.file_name, row + column) if part)
    return f"{place}：" if place else ""


def _advice(issue: Issue) -> str:
    return f"（{issue.next_step.rstrip('。')}）" if issue.next_step else ""
