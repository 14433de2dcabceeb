"""`tbtwatch status`: what ran, what was collected, what needs a look."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.context import Context
from warehouse.check import Finding, run_checks
from warehouse.connection import open_reader
from warehouse.query import Row, fetch_all, fetch_one


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of an installation."""

    n_notifications: int
    n_exporters: int
    n_lines: int
    n_cases: int
    n_issues: int  # errors and warnings
    sources: list[Row]
    runs: list[Row]  # the latest ones, newest first
    issues: list[Row]  # errors and warnings, errors first
    findings: tuple[Finding, ...]


def read_status(context: Context) -> Status:
    """Read the state; changes nothing."""
    with open_reader(context.home.warehouse) as con:
        return Status(
            **fetch_one(con, "queries/status_counts"),
            sources=fetch_all(con, "queries/sources"),
            runs=fetch_all(con, "queries/latest_runs"),
            issues=fetch_all(con, "queries/open_issues"),
            findings=run_checks(con),
        )
