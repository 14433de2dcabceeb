"""What a month's bulletin counts and tells, as rows. The pipeline makes the reports' records of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
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
    """Return one row per case and product line that the measures of the period concern.

    `month_documents` are the documents of the case that the issue of the period is to tell of, the earliest first.
    """
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


def wanted_cases(con: Connection, period: Period, *, issue_date: date, required: Sequence[str]) -> tuple[str, ...]:
    """Return the cases that the issue speaks of besides those of its relevant lines.

    Their clock started in the period, or something of comments or concerns happened, or a deadline lies ahead of
    `issue_date`, or one of the events `required` is missing.
    """
    rows = fetch_all(
        con,
        "bulletin/wanted_cases",
        {
            "first_instant": period.first_instant,
            "end_instant": period.end_instant,
            "issue_date": issue_date,
            "required": list(required),
        },
    )
    return tuple(row["case_id"] for row in rows)


def month_counts(con: Connection, first_day: date, last_day: date) -> list[Row]:
    """Return one row per month with symbols distributed in the given days: year, month, n_symbols, tbt, sps."""
    return fetch_all(con, "bulletin/month_counts", {"first_day": first_day, "last_day": last_day})


def month_texts(con: Connection, period: Period) -> list[Row]:
    """Return the words of each notification distributed in the period."""
    return fetch_all(con, "bulletin/month_texts", {"first_day": period.first_day, "last_day": period.last_day})


def pair_grounds(con: Connection, pairs: Sequence[tuple[str, str]]) -> list[Row]:
    """Return of each (notification_id, line_id) the machine's reason and its grounds: kind, words, weight."""
    wanted = [{"notification_id": notification_id, "line_id": line_id} for notification_id, line_id in pairs]
    return fetch_all(con, "bulletin/pair_grounds", {"pairs": json.dumps(wanted)})


def evidence_of(con: Connection, case_ids: Sequence[str]) -> list[Row]:
    """Return the passages that the matches of these cases rest on, by case, the weightiest first."""
    return fetch_all(con, "bulletin/evidence", {"case_ids": list(case_ids)})


def n_firms_listed(con: Connection) -> int:
    """Return the number of firms with an open product line."""
    row = con.execute(
        """SELECT count(DISTINCT lines.exporter_id) FROM product_lines AS lines INNER JOIN exporters USING (exporter_id)
        WHERE lines.closed_at IS NULL AND exporters.closed_at IS NULL"""
    ).fetchone()
    return int(row[0]) if row else 0


def firms_by_chain(con: Connection) -> dict[str, int]:
    """Return the number of listed firms of each 产业链."""
    found = con.execute(
        "SELECT industry_chain, count(*) FROM exporters WHERE closed_at IS NULL AND industry_chain <> '' GROUP BY ALL"
    ).fetchall()
    return {str(chain): int(n) for chain, n in found}


def n_told_firms(con: Connection, period: Period) -> int:
    """Return the number of firms that were told one by one in the period, those whose mail came back left out."""
    instants = {"first_instant": period.first_instant, "end_instant": period.end_instant}
    return int(fetch_one(con, "bulletin/told_firms", instants)["n_told_firms"])


def issue_counts(con: Connection, period: Period) -> list[Row]:
    """Return one row per kind of data issue found before the end of the period, remarks left out.

    `n_of_period` counts those that were seen in the period or later.
    """
    instants = {"first_instant": period.first_instant, "end_instant": period.end_instant}
    return fetch_all(con, "bulletin/issue_counts", instants)


def source_states(con: Connection, period: Period) -> list[Row]:
    """Return one row per source with what it showed of the period."""
    return fetch_all(con, "bulletin/source_states", {"first_day": period.first_day, "last_day": period.last_day})


def n_undated(con: Connection) -> int:
    """Return the number of notifications that no month counts because no source gives their date."""
    return int(fetch_one(con, "bulletin/undated")["n"])


def distribution_days(con: Connection, first_day: date, last_day: date) -> frozenset[date]:
    """Return the days, of the given ones, on which something was distributed: how far the record reaches."""
    rows = fetch_all(con, "bulletin/distribution_days", {"first_day": first_day, "last_day": last_day})
    return frozenset(row["distribution_date"] for row in rows)


def last_collection(con: Connection) -> datetime | None:
    """Return when a source of counted notifications was last collected."""
    found: datetime | None = fetch_one(con, "bulletin/last_collection")["last_collected_at"]
    return found


def record_file(con: Connection, *, month: str, file_name: str, sha256: str, run_id: str, now: datetime) -> None:
    """Record a drafted file; drafting again replaces the record."""
    con.execute(
        sql("bulletin/record_file"),
        {"report_month": month, "file_name": file_name, "sha256": sha256, "run_id": run_id, "now": now},
    )
