"""What earlier months had: the bases of 同比 and 环比, the year to date, the last twelve months.

A month is on record where the record reaches back to its first day and has anything in it: the WTO has no month without
notifications, so that an empty one was not collected, and is no zero to compare with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.bulletin.counting import count_breakdown
from reports.bulletin.facts import Breakdown, MonthCount
from warehouse.bulletin_facts import Period, counted_symbols, first_distribution, month_counts
from warehouse.connection import Connection

_MONTHS_SHOWN = 12
YearMonth = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Counts of symbols (件) before and up to the month of an issue; None and () where nothing is on record."""

    previous: Breakdown | None
    last_year: Breakdown | None
    previous_month: int | None
    same_month_last_year: int | None
    year_to_date: int | None
    year_to_date_last_year: int | None
    trend: tuple[MonthCount, ...]


def read_history(con: Connection, period: Period) -> History:
    """Count the months that the issue of a period compares with."""
    this = (period.first_day.year, period.first_day.month)
    first = first_distribution(con)
    found = {
        (row["year"], row["month"]): MonthCount(**row)
        for row in month_counts(con, date(this[0] - 1, 1, 1), period.last_day)
        if first is not None and (first <= date(row["year"], row["month"], 1) or (row["year"], row["month"]) == this)
    }
    present = MonthCount(year=this[0], month=this[1], n_symbols=0, tbt=0, sps=0)
    months = {**found, this: found.get(this, present)}
    before, year_ago = shifted(this, -1), shifted(this, -12)
    return History(
        previous=_breakdown(con, before) if before in found else None,
        last_year=_breakdown(con, year_ago) if year_ago in found else None,
        previous_month=found[before].n_symbols if before in found else None,
        same_month_last_year=found[year_ago].n_symbols if year_ago in found else None,
        year_to_date=_sum_of(months, this, is_covered=first is not None and first <= date(this[0], 1, 1)),
        year_to_date_last_year=_sum_of(
            months, year_ago, is_covered=first is not None and first <= date(this[0] - 1, 1, 1)
        ),
        trend=tuple(
            months[month] for month in (shifted(this, back) for back in range(1 - _MONTHS_SHOWN, 1)) if month in months
        ),
    )


def shifted(month: YearMonth, by: int) -> YearMonth:
    """The month so many months later; earlier where `by` is negative."""
    years, zero_based = divmod(month[0] * 12 + month[1] - 1 + by, 12)
    return years, zero_based + 1


def _sum_of(months: Mapping[YearMonth, MonthCount], until: YearMonth, *, is_covered: bool) -> int | None:
    """January to `until`; None where a month of them is missing."""
    wanted: Sequence[YearMonth] = [(until[0], number) for number in range(1, until[1] + 1)]
    if not is_covered or any(month not in months for month in wanted):
        return None
    return sum(months[month].n_symbols for month in wanted)


def _breakdown(con: Connection, month: YearMonth) -> Breakdown:
    first = date(*month, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return count_breakdown(counted_symbols(con, first, following - timedelta(days=1)))
