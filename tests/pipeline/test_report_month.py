"""The month of a bulletin: WTO dates are calendar days, instants are cut at midnight of the office."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.steps.draft_report import read_month
from warehouse.errors import InputError

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2026-06", date(2026, 6, 1), date(2026, 6, 30)),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31)),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("1995-01", date(1995, 1, 1), date(1995, 1, 31)),
    ],
)
def test_first_and_last_day(month: str, first: date, last: date) -> None:
    period = read_month(month, NOW)
    assert (period.first_day, period.last_day) == (first, last)
    # Asia/Shanghai is eight hours ahead: the month begins in the afternoon before, UTC
    assert period.first_instant == datetime(first.year, first.month, 1, tzinfo=UTC) - timedelta(hours=8)


def test_months_meet_without_gap_or_overlap() -> None:
    assert read_month("2026-05", NOW).end_instant == read_month("2026-06", NOW).first_instant
    assert read_month("2025-12", NOW).end_instant == read_month("2026-01", NOW).first_instant


@pytest.mark.parametrize(
    "month", ["2026-6", "2026-13", "2026-00", "26-06", "June", "", "2026-06-01", "0000-01", "1994-12"]
)
def test_what_is_no_month_of_the_wto_is_refused(month: str) -> None:
    with pytest.raises(InputError):
        read_month(month, NOW)


def test_a_month_may_be_drafted_from_its_first_minute_in_the_office() -> None:
    midnight = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    assert read_month("2026-07", midnight).first_day == date(2026, 7, 1)
    with pytest.raises(InputError, match="尚未开始"):
        read_month("2026-07", midnight - timedelta(seconds=1))
