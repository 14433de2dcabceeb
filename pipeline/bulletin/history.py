"""What earlier months had: the bases of 同比 and 环比, the year to date, the last twelve months.

Only months that were collected whole are compared (`coverage`): the WTO has no month without notifications, so that an
empty one was not collected and is no zero to compare with, and a stray record is no month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.bulletin.counting import count_breakdown
from pipeline.bulletin.coverage import is_whole, longest_silence
from pipeline.clock import to_shanghai
from reports.bulletin.facts import Breakdown, MonthCount
from warehouse.bulletin_facts import Period, counted_symbols, distribution_days, last_collection, month_counts
from warehouse.connection import Connection

_MONTHS_SHOWN = 12
YearMonth = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Counts of symbols (件) before and up to the month of an issue; None and () where nothing is on record.

    `collected_until` is the day of the last collection where the month goes on after it, `silence` a run of days of the
    month without any notification; with either, or with nothing in the month, nothing is compared.
    """

    previous: Breakdown | None
    last_year: Breakdown | None
    previous_month: int | None
    same_month_last_year: int | None
    year_to_date: int | None
    year_to_date_last_year: int | None
    trend: tuple[MonthCount, ...]
    collected_until: date | None = None
    silence: tuple[date, date] | None = None


def read_history(con: Connection, period: Period) -> History:
    """Count the months that the issue of a period compares with."""
    this = (period.first_day.year, period.first_day.month)
    begin = date(this[0] - 1, 1, 1)
    counts = {(row["year"], row["month"]): MonthCount(**row) for row in month_counts(con, begin, period.last_day)}
    days = distribution_days(con, begin, period.last_day)
    collected = last_collection(con)
    until = to_shanghai(collected).date() if collected else None
    whole = {month: count for month, count in counts.items() if is_whole(days, *_days_of(month), collected_until=until)}
    bases = whole if this in whole else {}  # part of a month is compared with nothing
    shown = {**whole, this: counts.get(this, MonthCount(year=this[0], month=this[1], n_symbols=0, tbt=0, sps=0))}
    before, year_ago = shifted(this, -1), shifted(this, -12)
    return History(
        previous=_breakdown(con, before) if before in bases else None,
        last_year=_breakdown(con, year_ago) if year_ago in bases else None,
        previous_month=bases[before].n_symbols if before in bases else None,
        same_month_last_year=bases[year_ago].n_symbols if year_ago in bases else None,
        year_to_date=_sum_of(bases, this),
        year_to_date_last_year=_sum_of(bases, year_ago),
        trend=tuple(
            shown[month] for month in (shifted(this, back) for back in range(1 - _MONTHS_SHOWN, 1)) if month in shown
        ),
        collected_until=until if until is None or until < period.last_day else None,
        silence=longest_silence(days, period.first_day, period.last_day),
    )


def shifted(month: YearMonth, by: int) -> YearMonth:
    """The month so many months later; earlier where `by` is negative."""
    years, zero_based = divmod(month[0] * 12 + month[1] - 1 + by, 12)
    return years, zero_based + 1


def _days_of(month: YearMonth) -> tuple[date, date]:
    first = date(*month, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _sum_of(months: Mapping[YearMonth, MonthCount], until: YearMonth) -> int | None:
    """January to `until`; None where a month of them is missing."""
    wanted: Sequence[YearMonth] = [(until[0], number) for number in range(1, until[1] + 1)]
    if any(month not in months for month in wanted):
        return None
    return sum(months[month].n_symbols for month in wanted)


def _breakdown(con: Connection, month: YearMonth) -> Breakdown:
    return count_breakdown(counted_symbols(con, *_days_of(month)))
