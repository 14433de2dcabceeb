"""Data checks: SQL files that return the offending rows. Any row is a finding."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.connection import Connection
from warehouse.sqlfiles import grain, sql, sql_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that found offending rows."""

    name: str
    description: str
    n_rows: int
    sample: str  # the first offending row


def run_checks(con: Connection) -> tuple[Finding, ...]:
    """Run every file in `sql/checks/` and return the checks that found something."""
    findings = []
    for name in sql_names("checks"):
        rows = con.execute(sql(name)).fetchall()
        if rows:
            findings.append(
                Finding(
                    name=name.removeprefix("checks/"),
                    description=grain(sql(name)),
                    n_rows=len(rows),
                    sample="，".join(str(value) for value in rows[0]),
                )
            )
    return tuple(findings)
