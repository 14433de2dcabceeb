"""What a month's bulletin counts and tells, as rows. The pipeline makes the reports' records of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from warehouse.connection import Connection
from warehouse.query import Row, fetch_all, fetch_one
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A month: WTO dates from `first_day` to `last_day`, instants from `first_instant` up to `end_instant` (UTC)."""

    first_day: date
    last_day: date
    first_instant: datetime
    end_instant: datetime


def counted_symbols(con: Connection, first_day: date, last_day: date) -> list[Row]:
    """Return one row per document symbol distributed in the given days, both included."""
    return fetch_all(con, "bulletin/counted_symbols", {"first_day": first_day, "last_day": last_day})


def relevant_lines(con: Connection, period: Period) -> list[Row]:
    """Return one row per case and product line that a notification of the period concerns."""
    return fetch_all(
        con,
        "bulletin/relevant_lines",
        {
            "first_day": period.first_day,
            "last_day": period.last_day,
            "first_instant": period.first_instant,
            "end_instant": period.end_instant,
        },
    )


def issue_counts(con: Connection, end_instant: datetime) -> list[Row]:
    """Return one row per kind of data issue found before `end_instant`, remarks left out."""
    return fetch_all(con, "bulletin/issue_counts", {"end_instant": end_instant})


def source_states(con: Connection, period: Period) -> list[Row]:
    """Return one row per source with what it showed of the period."""
    return fetch_all(con, "bulletin/source_states", {"first_day": period.first_day, "last_day": period.last_day})


def n_undated(con: Connection) -> int:
    """Return the number of notifications that no month counts because no source gives their date."""
    return int(fetch_one(con, "bulletin/undated")["n"])


def first_distribution(con: Connection) -> date | None:
    """Return the earliest distribution date on record: before it there is no history to compare with."""
    found: date | None = fetch_one(con, "bulletin/first_distribution")["first_day"]
    return found


def record_file(con: Connection, *, month: str, file_name: str, sha256: str, run_id: str, now: datetime) -> None:
    """Record a drafted file; drafting again replaces the record."""
    con.execute(
        sql("bulletin/record_file"),
        {"report_month": month, "file_name": file_name, "sha256": sha256, "run_id": run_id, "now": now},
    )
