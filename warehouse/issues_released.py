"""Released issues of the bulletin: numbers, frozen facts, files, withdrawals, corrections. Rows are never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.connection import Connection
from warehouse.query import Row, fetch_all, fetch_one
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedIssue:
    """An issue that was given its numbers; `withdrawn_at` is None while it is in force."""

    overall: int
    report_month: str
    year: int
    in_year: int
    released_at: datetime
    released_by: str
    in_spite_of: str
    facts_sha256: str
    tool_version: str
    snapshot: str  # file name under publish/
    snapshot_sha256: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_reason: str = ""

    @property
    def name_zh(self) -> str:
        """2026年第6期（总第38期）."""
        return f"{self.year}年第{self.in_year}期（总第{self.overall}期）"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCorrection:
    """A fact that an issue puts right: of which earlier issue, case and field, and what holds."""

    corrects: int  # overall number of the issue that printed it
    case_id: str
    field_name: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What an issue says, as JSON texts: the public and the restricted version."""

    public: str
    restricted: str


def read_issues(con: Connection) -> tuple[ReleasedIssue, ...]:
    """Return all issues, withdrawn ones included, the latest first."""
    return tuple(ReleasedIssue(**row) for row in fetch_all(con, "issues/issues"))


def issue_in_force(con: Connection, month: str) -> ReleasedIssue | None:
    """Return the issue of a month (YYYY-MM) that was not withdrawn, if there is one."""
    found = (issue for issue in read_issues(con) if issue.report_month == month and issue.withdrawn_at is None)
    return next(found, None)


def next_numbers(
    issues: Sequence[ReleasedIssue], year: int, *, first_overall: int, first_in_year: int
) -> tuple[int, int]:
    """Return (in_year, overall) of the next issue of `year`: after all numbers ever given, withdrawn ones included.

    `first_overall` and `first_in_year` are for an office that published before it used this program: the first number
    over all years, and the first of the year of the very first issue.
    """
    overall = max([issue.overall for issue in issues] + [first_overall - 1]) + 1
    before = [issue.in_year for issue in issues if issue.year == year]
    if before:
        return max(before) + 1, overall
    return (1 if issues else first_in_year), overall


def add_issue(
    con: Connection, issue: ReleasedIssue, frozen: Frozen, files: Mapping[str, str],
    corrections: Sequence[PrintedCorrection], *, run_id: str,
) -> None:  # fmt: skip
    """Write an issue down: its row, its files (name to SHA-256) and the corrections that it prints.

    Within a transaction of the caller: a number is given whole or not at all. The database refuses a number twice.
    """
    con.execute(
        sql("issues/insert_issue"),
        {
            "overall": issue.overall,
            "report_month": issue.report_month,
            "year": issue.year,
            "in_year": issue.in_year,
            "now": issue.released_at,
            "released_by": issue.released_by,
            "in_spite_of": issue.in_spite_of,
            "facts_sha256": issue.facts_sha256,
            "facts": frozen.public,
            "facts_restricted": frozen.restricted,
            "tool_version": issue.tool_version,
            "snapshot": issue.snapshot,
            "snapshot_sha256": issue.snapshot_sha256,
            "run_id": run_id,
        },
    )
    for name, sha256 in files.items():
        con.execute(sql("issues/insert_file"), {"overall": issue.overall, "file_name": name, "sha256": sha256})
    for item in corrections:
        con.execute(
            sql("issues/insert_correction"),
            {
                "printed_in": issue.overall,
                "corrects": item.corrects,
                "case_id": item.case_id,
                "field_name": item.field_name,
                "value": item.value,
                "sentence": item.sentence,
            },
        )


def withdraw_issue(con: Connection, overall: int, *, by: str, reason: str, now: datetime) -> None:
    """Mark an issue as withdrawn; its numbers stay taken."""
    con.execute(sql("issues/insert_withdrawal"), {"overall": overall, "now": now, "withdrawn_by": by, "reason": reason})


def issue_facts(con: Connection, overall: int) -> Frozen:
    """Return what an issue says."""
    row = fetch_one(con, "issues/issue_facts", {"overall": overall})
    return Frozen(public=row["facts"], restricted=row["facts_restricted"])


def issue_files(con: Connection, overall: int) -> dict[str, str]:
    """Return the files of an issue: name under reports/YYYY-MM/正式 to SHA-256."""
    return {row["file_name"]: row["sha256"] for row in fetch_all(con, "issues/issue_files", {"overall": overall})}


def corrected_values(con: Connection) -> dict[tuple[int, str, str], str]:
    """Return what issues in force have put right: (overall, case_id, field) to the value last printed for it."""
    rows = fetch_all(con, "issues/corrections")
    return {(row["corrects"], row["case_id"], row["field_name"]): row["value"] for row in rows}


def records_of_symbols(con: Connection, symbols: Sequence[str]) -> dict[str, str]:
    """Return the notification that each printed symbol is now: the record may have taken another symbol since."""
    if not symbols:
        return {}
    rows = fetch_all(con, "issues/printed_records", {"symbols": list(symbols)})
    return {row["printed_symbol"]: row["notification_id"] for row in rows}


def record_versions(con: Connection, notification_ids: Sequence[str]) -> list[Row]:
    """Return the versions of the records of these notifications, each source's record in the order of time."""
    if not notification_ids:
        return []
    return fetch_all(con, "issues/versions", {"notification_ids": list(notification_ids)})


def corrigenda_of(con: Connection, case_ids: Sequence[str]) -> list[Row]:
    """Return one row per corrigendum of these cases: case_id, notification_id, first_seen_at, corrects.

    `corrects` is the notification that it corrects, None where that was never collected.
    """
    if not case_ids:
        return []
    return fetch_all(con, "issues/corrigenda", {"case_ids": list(case_ids)})
