"""The run ledger around a step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Settings
from pipeline.context import Context, run_step
from pipeline.home import Home
from warehouse.connection import open_reader
from warehouse.errors import InputError, StageError
from warehouse.records import Issue, Severity

NOW = datetime(2026, 6, 12, 1, 0, tzinfo=UTC)


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(home=Home(tmp_path / "home"), now=NOW, settings=Settings())


def runs(context: Context) -> list[tuple[str, str]]:
    with open_reader(context.home.warehouse) as con:
        return con.execute("SELECT step, outcome FROM runs ORDER BY run_id").fetchall()


@pytest.mark.parametrize(("severity", "outcome"), [("info", "done"), ("warning", "findings"), ("error", "findings")])
def test_the_outcome_follows_the_issues_and_both_are_kept(context: Context, severity: str, outcome: str) -> None:
    with run_step(context, "import-exporters", creates=True) as run:
        run.issues.append(Issue(code="a-b", severity=Severity(severity), message="有问题。"))
        run.counts["n_rows"] = 3
    assert run.outcome == outcome
    with open_reader(context.home.warehouse) as con:
        assert con.execute("SELECT outcome, counts FROM runs").fetchall() == [(outcome, '{"n_rows": 3}')]
        assert con.execute("SELECT code, severity, run_id FROM issues").fetchall() == [("a-b", severity, run.run_id)]


def test_issues_that_the_load_has_recorded_are_not_recorded_twice(context: Context) -> None:
    with run_step(context, "import-notifications", creates=True) as run:
        run.issues.append(Issue(code="known", severity=Severity.WARNING, message="已记录。"))
        run.n_recorded = 1
        run.issues.append(Issue(code="new", severity=Severity.WARNING, message="新问题。"))
    with open_reader(context.home.warehouse) as con:
        assert con.execute("SELECT code FROM issues").fetchall() == [("new",)]


def test_a_failed_step_is_in_the_ledger_as_failed(context: Context) -> None:
    def fail() -> None:
        with run_step(context, "match", creates=True):
            raise StageError("磁盘已满。")

    with pytest.raises(StageError):
        fail()
    assert runs(context) == [("match", "failed")]


def test_a_killed_step_stays_visible_as_running(context: Context) -> None:
    def be_killed() -> None:
        with run_step(context, "match", creates=True):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_killed()
    assert runs(context) == [("match", "running")]


def test_only_an_import_makes_a_warehouse(context: Context) -> None:
    def match() -> None:
        with run_step(context, "match"):
            pytest.fail("a step ran on nothing")

    with pytest.raises(InputError, match="还没有数据库"):
        match()
    assert not context.home.root.exists()


def test_two_runs_of_one_stated_moment_are_two_runs(context: Context) -> None:
    opened: list[Callable[[], str]] = []
    for _ in range(2):
        with run_step(context, "match", creates=True) as run:
            opened.append(lambda found=run: found.run_id)  # type: ignore[misc]
    assert len({name() for name in opened}) == 2
    assert len(runs(context)) == 2
