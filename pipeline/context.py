"""What every step gets: where it works, when it is, how it is set up."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version

from pipeline.config import Settings
from pipeline.home import Home
from warehouse.connection import Connection, open_writer
from warehouse.errors import InputError, TbtwatchError
from warehouse.ledger import begin_run, finish_run, record_issues
from warehouse.records import Issue, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The surroundings of a run: home folder, moment (UTC), settings."""

    home: Home
    now: datetime
    settings: Settings

    @property
    def tool_version(self) -> str:
        """Version of the installed program."""
        return version("tbtwatch")


@dataclass(slots=True, kw_only=True)
class Run:
    """A step under way: it counts and collects issues, the ledger writes them down at the end."""

    run_id: str
    step: str
    source: str
    con: Connection
    now: datetime
    counts: dict[str, int] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    is_failed: bool = False  # what the step does outside the database went wrong
    n_recorded: int = 0  # issues of a landing folder, which the load has recorded already

    @property
    def outcome(self) -> str:
        """`failed` when the step said so, `findings` when something needs a look, else `done`."""
        if self.is_failed:
            return "failed"
        needs_a_look = any(issue.severity is not Severity.INFO for issue in self.issues)
        return "findings" if needs_a_look else "done"


@contextmanager
def run_step(
    context: Context,
    step: str,
    *,
    source: str = "",
    arguments: Mapping[str, object] | None = None,
    creates: bool = False,
) -> Iterator[Run]:
    """Open the warehouse for one step and keep the ledger: running, then done, findings or failed.

    Only a step that brings data in `creates` a warehouse; to any other a missing one is an InputError: a mistyped
    `--home` must not give an empty bulletin.
    """
    if not creates and not context.home.warehouse.exists():
        raise InputError(
            f"还没有数据库：{context.home.warehouse}",
            "请检查 --home；首次使用请先导入企业清单和通报，例如：tbtwatch import exporters 企业清单.csv",
        )
    with open_writer(context.home.warehouse) as con:
        run_id = new_run_id(context.now)
        begin_run(
            con,
            run_id=run_id,
            step=step,
            source=source,
            arguments=arguments or {},
            version=context.tool_version,
            now=context.now,
        )
        run = Run(run_id=run_id, step=step, source=source, con=con, now=context.now)
        try:
            yield run
        except TbtwatchError:
            finish_run(con, run_id=run_id, outcome="failed", counts=run.counts, now=context.now)
            raise
        record_issues(con, run.issues[run.n_recorded :], source=source, run_id=run_id, now=context.now)
        finish_run(con, run_id=run_id, outcome=run.outcome, counts=run.counts, now=context.now)


def new_run_id(now: datetime) -> str:
    """Return a sortable id that is new even when a replay states the same moment twice."""
    return f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
