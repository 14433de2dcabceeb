"""Whether the record of a month is whole: only a whole month is compared, and only with whole ones."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRule:
    """How many days in a row may be without a notification, and the days of each year (MM-DD) that count as none."""

    most_days_without: int
    closed_from: str
    closed_to: str


def longest_silence(days: Collection[date], first: date, last: date) -> tuple[date, date] | None:
    """The longest run of days from `first` to `last` without a distribution; None where none is too long.

    The first of equally long ones. Days over the turn of the year neither lengthen a run nor end it.
    """
    rule = coverage_rule()
    known = set(days)
    longest: list[date] = []
    run: list[date] = []
    for number in range((last - first).days + 1):
        day = first + number * _DAY
        if day in known:
            run = []
        elif not (f"{day:%m-%d}" >= rule.closed_from or f"{day:%m-%d}" <= rule.closed_to):
            run = [*run, day]
        longest = max(longest, run, key=len)
    return (longest[0], longest[-1]) if len(longest) > rule.most_days_without else None


def is_whole(days: Collection[date], first: date, last: date, *, collected_until: date | None) -> bool:
    """Whether the record of the month from `first` to `last` can be compared.

    It reaches to the last day (collected on it or later), has something in it and no long silence.
    """
    reaches = collected_until is not None and collected_until >= last
    return reaches and any(first <= day <= last for day in days) and longest_silence(days, first, last) is None


@cache
def coverage_rule() -> CoverageRule:
    """The rule in force."""
    data = tomllib.loads((files("pipeline") / "bulletin" / "coverage.toml").read_text(encoding="utf-8"))
    closed = data["closed"]
    return CoverageRule(most_days_without=data["most_days_without"], closed_from=closed["from"], closed_to=closed["to"])
