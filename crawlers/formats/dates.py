"""Dates as sources write them: ISO, day first, Excel serials, Chinese, English month names."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?: \d{1,2}:\d{2}.*)?")  # ePing prints dd/MM/yyyy
_CHINESE: Final = re.compile(r"(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_SERIAL: Final = re.compile(r"\d{5}(?:\.\d+)?")
_WRITTEN: Final = re.compile(r"(?:(\d{1,2})\s+([a-z]+)|([a-z]+)\s+(\d{1,2})),?\s+(\d{4})", re.IGNORECASE)
_MONTH_NAMES: Final = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTHS: Final = {name[:size]: i for i, name in enumerate(_MONTH_NAMES, start=1) for size in (3, 4, len(name))}
_EPOCH_1900: Final = date(1899, 12, 30)  # the serial 60, 29 February 1900, never was: later serials count from here
_EPOCH_1904: Final = date(1904, 1, 1)
_FIRST: Final = date(1980, 1, 1)  # GATT's standards code had notifications before the WTO's (1995)
_LAST: Final = date(2099, 12, 31)


def from_serial(serial: float, *, epoch_1904: bool = False) -> date | None:
    """The date of an Excel serial; None outside 1980 to 2099."""
    try:
        found = (_EPOCH_1904 if epoch_1904 else _EPOCH_1900) + timedelta(days=int(serial))
    except (OverflowError, ValueError):
        return None
    return _plausible(found)


@lru_cache(maxsize=8192)
def from_text(text: str, *, epoch_1904: bool = False) -> date | None:
    """The date that a clean text states as a whole; None where it is no date or lies outside 1980 to 2099.

    A time of day and an offset are dropped, not converted: WTO dates are Geneva dates. `dd/MM` before `MM/dd`, always:
    `06/25/2025` is no date.
    """
    if found := _ISO.fullmatch(text) or _CHINESE.fullmatch(text):
        return _make(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        return _make(int(found[3]), int(found[2]), int(found[1]))
    if _SERIAL.fullmatch(text):
        return from_serial(float(text), epoch_1904=epoch_1904)
    if found := _WRITTEN.fullmatch(text):
        month = _MONTHS.get((found[2] or found[3]).lower(), 0)
        return _make(int(found[5]), month, int(found[1] or found[4]))
    return None


def from_value(value: object, *, epoch_1904: bool = False) -> date | None:
    """The date of a cell: a date, an instant, a serial or a text."""
    if isinstance(value, datetime):
        return _plausible(value.date())
    if isinstance(value, date):
        return _plausible(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return from_serial(value, epoch_1904=epoch_1904)
    if isinstance(value, str):
        return from_text(value, epoch_1904=epoch_1904)
    return None


def looks_like_date(text: str) -> bool:
    """True for a text that is written as a date, even where no calendar has it (`31/02/2025`)."""
    return any(form.fullmatch(text) for form in (_ISO, _DAY_FIRST, _CHINESE, _SERIAL, _WRITTEN))


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return _plausible(date(year, month, day))
    except ValueError:
        return None


def _plausible(found: date) -> date | None:
    return found if _FIRST <= found <= _LAST else None
