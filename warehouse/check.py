"""Data checks: SQL files that return the offending rows. Any row is a finding; its severity says what it stops."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.records import Severity
from warehouse.sqlfiles import grain, sql, sql_names

_SEVERITY = re.compile(r"-- severity: (\w+)")
# on line three: holds only where a publication has prepared what it needs
_AT_PUBLICATION = "-- when: publication"
_BATCH = 10_000  # rows counted at a time: damage may be as large as the warehouse
_N_NAMED = 5  # findings that a refusal names


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A check that found offending rows.

    An error makes what is derived wrong or misleading and stops publication; a warning asks for a look and stands
    against a release; info is a property of the data that is worth counting and stops nothing.
    """

    name: str
    severity: Severity
    description: str
    n_rows: int
    sample: str  # the first offending row


def run_checks(
    con: Connection, *, least: Severity = Severity.INFO, at_publication: bool = False
) -> tuple[Finding, ...]:
    """Run the files in `sql/checks/` of at least this severity; return those that found something, errors first.

    Checks of what only a publication writes (`-- when: publication`) are run `at_publication`; before, it may lack.
    """
    ranks = tuple(Severity)  # error, warning, info
    asked = ranks[: ranks.index(least) + 1]
    con.execute("SET VARIABLE seeds = $value", {"value": str(files("warehouse") / "seeds")})
    findings = []
    for name in sql_names("checks"):
        severity = severity_of(sql(name))
        if severity not in asked or (is_of_publication(sql(name)) and not at_publication):
            continue
        found = con.execute(sql(name))
        first = found.fetchone()
        if first is not None:
            findings.append(
                Finding(
                    name=name.removeprefix("checks/"),
                    severity=severity,
                    description=grain(sql(name)),
                    n_rows=1 + _n_left(found),
                    sample="，".join(str(value) for value in first),
                )
            )
    return tuple(sorted(findings, key=lambda finding: ranks.index(finding.severity)))


def require_sound(con: Connection) -> tuple[Finding, ...]:
    """Return the warnings. Raises StageError, naming the checks, where one of severity `error` finds something."""
    found = run_checks(con, least=Severity.WARNING, at_publication=True)
    failed = [each for each in found if each.severity is Severity.ERROR]
    if failed:
        named = "；".join(f"{each.description}（{each.n_rows}条，如{each.sample}）" for each in failed[:_N_NAMED])
        more = f"；另有{len(failed) - _N_NAMED}项" if len(failed) > _N_NAMED else ""
        raise StageError(
            f"数据检查未通过，未发布：{named}{more}",
            "原副本未受影响。请用 tbtwatch status 查看，从备份恢复或联系维护人员后重新发布。",
        )
    return found


def severity_of(text: str) -> Severity:
    """The severity on the second line of a check. Raises ValueError for one that is unknown or not there."""
    lines = text.split("\n", 2)
    stated = _SEVERITY.fullmatch(lines[1].strip()) if len(lines) > 1 else None
    if stated is None:
        raise ValueError(f"no severity on line two of the check: {lines[0]}")
    return Severity(stated[1])


def is_of_publication(text: str) -> bool:
    """Whether line three of a check leaves it to publication."""
    return text.split("\n", 3)[2].strip() == _AT_PUBLICATION


def _n_left(found: Connection) -> int:
    n_rows = 0
    while rows := found.fetchmany(_BATCH):
        n_rows += len(rows)
    return n_rows
