"""Working time in China: which days are worked, and when so many working hours have passed.

For policies that count working hours (工作小时) instead of natural ones. Days come from the State Council's yearly
notices (国务院办公厅关于部分节假日安排的通知) as the package `chinesecalendar` keeps them; an office overrides or
extends them in `workdays.toml` of its home folder:

    [2027]
    holidays = ["2027-01-01", "2027-02-08"]   # days off; weekend days within a holiday may be listed
    workdays = ["2027-02-07"]                 # Saturdays and Sundays that are worked (调休)
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import chinese_calendar

from pipeline.clock import SHANGHAI
from warehouse.errors import InputError

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5
_YEAR = re.compile(r"(19|2[0-9])[0-9]{2}")
_KEYS = ("holidays", "workdays")
_FORM = '请写成 "2027-01-01" 这样的形式（年-月-日，加引号）。'


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are worked in China: Monday to Friday, but for `holidays` and `workdays`."""

    holidays: frozenset[date]
    workdays: frozenset[date]  # weekend days that are worked (调休)
    known_years: frozenset[int]  # years with a table; in any other, Monday to Friday is a guess

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on a day, as dated in China. Raises TypeError for a moment, which has no one day."""
        if isinstance(day, datetime):
            raise TypeError("a moment was given for a day: its date depends on the zone")
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)

    def guessed_years(self, years: Iterable[int]) -> tuple[int, ...]:
        """Return, in order, those of `years` (as dated in Shanghai) that have no table: an officer must be warned.

        A known year is known as its own notice has it: the next year's, issued in November or so, may still move its
        last days (29 to 31 December 2018 were so moved for 2019).
        """
        return tuple(sorted(set(years) - self.known_years))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkHours:
    """Office hours of every working day, Shanghai time, with one pause or none. Raises InputError when out of order."""

    start: time
    end: time
    pause_start: time | None = None
    pause_end: time | None = None

    def __post_init__(self) -> None:
        """Refuse hours that are not start < pause_start < pause_end < end."""
        if (self.pause_start is None) != (self.pause_end is None):
            raise InputError(
                "工作时间设置有误：午休只写了开始或结束（pause_start、pause_end）", "请两项都写，或两项都不写。"
            )
        bounds = [bound for stretch in self.stretches for bound in stretch]
        if any(bound.tzinfo is not None for bound in bounds):
            raise InputError("工作时间设置有误：时间带有时区", "请按北京时间填写，不带时区，如 09:00:00。")
        if any(early >= late for early, late in pairwise(bounds)):
            written = "、".join(bound.isoformat("minutes") for bound in bounds)
            raise InputError(
                f"工作时间设置有误：时间未按先后排列（{written}）",
                "请按上班、午休开始、午休结束、下班的先后填写 start、pause_start、pause_end、end。",
            )

    @property
    def stretches(self) -> tuple[tuple[time, time], ...]:
        """The one or two stretches of a day that are worked, both ends included."""
        if self.pause_start is None or self.pause_end is None:
            return ((self.start, self.end),)
        return ((self.start, self.pause_start), (self.pause_end, self.end))


# The hours that Wuhan's citizens' centre (市民之家) is said to keep; no order was found that fixes this office's. An
# assumption that a policy replaces by its own: 6.5 hours a day, so 72 working hours are eleven days and half an hour.
OFFICE_HOURS = WorkHours(start=time(9), end=time(17), pause_start=time(12), pause_end=time(13, 30))


def load_calendar(overrides: Path | None) -> WorkCalendar:
    """Return the package's calendar with the years of `overrides` (absent file: none) in place of the package's.

    Raises InputError naming the file, the key and what to do when the file cannot be read, a date is wrong or of
    another year, one date stands in both lists, a worked day is no weekend day, or a year has no holiday at all.
    """
    tables = {} if overrides is None else _read_overrides(overrides)
    holidays = {day for day in chinese_calendar.holidays if day.year not in tables}
    workdays = {day for day in chinese_calendar.workdays if day.year not in tables}
    # a notice may reach into a year that it is not about; National Day stands only in the year's own
    known_years = {day.year for day in holidays if (day.month, day.day) == (10, 1)} | set(tables)
    for days_off, days_worked in tables.values():
        holidays |= days_off
        workdays |= days_worked
    return WorkCalendar(holidays=frozenset(holidays), workdays=frozenset(workdays), known_years=frozenset(known_years))


def add_working_time(started_at: datetime, hours: float, calendar: WorkCalendar, working_hours: WorkHours) -> datetime:
    """Return the moment, in UTC, when `hours` of working time have passed since an aware moment.

    A start outside working time counts from the next opening. The moment of closing belongs to working time: what falls
    due with the last second of a day is due at closing, not at the next opening. Raises ValueError for a naive moment
    and for hours that are negative or not finite.
    """
    if not math.isfinite(hours) or hours < 0:
        raise ValueError(f"hours must be finite and not negative: {hours}")
    local, remaining = _to_local(started_at), timedelta(hours=hours)
    day = local.date()
    while True:
        for opens, closes in _stretches_of(day, calendar, working_hours):
            begins = max(local, opens)
            if begins > closes:
                continue
            if remaining <= closes - begins:
                return (begins + remaining).astimezone(UTC)
            remaining -= closes - begins
        day += _ONE_DAY


def working_time_between(start: datetime, end: datetime, calendar: WorkCalendar, working_hours: WorkHours) -> timedelta:
    """Return the working time from one aware moment to another; negative when `end` comes first.

    Raises ValueError for a naive moment.
    """
    first, last = _to_local(start), _to_local(end)
    if last < first:
        return -working_time_between(end, start, calendar, working_hours)
    total = timedelta()
    day = first.date()
    while day <= last.date():
        for opens, closes in _stretches_of(day, calendar, working_hours):
            total += max(min(last, closes) - max(first, opens), timedelta())
        day += _ONE_DAY
    return total


def last_working_day_before(day: date, n: int, calendar: WorkCalendar) -> date:
    """Return the n-th working day before `day`, which itself does not count. Raises ValueError unless n ≥ 1."""
    if n < 1:
        raise ValueError(f"n must be at least 1: {n}")
    found = day
    for _ in range(n):
        found -= _ONE_DAY
        while not calendar.is_working_day(found):
            found -= _ONE_DAY
    return found


def _to_local(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"a moment without a zone: {moment}")
    return moment.astimezone(SHANGHAI)


def _stretches_of(day: date, calendar: WorkCalendar, hours: WorkHours) -> Iterator[tuple[datetime, datetime]]:
    if calendar.is_working_day(day):
        for opens, closes in hours.stretches:
            yield datetime.combine(day, opens, SHANGHAI), datetime.combine(day, closes, SHANGHAI)


def _read_overrides(path: Path) -> dict[int, tuple[set[date], set[date]]]:
    try:
        # Windows' Notepad may put a byte order mark in front
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"无法读取工作日历：{path}（{error.strerror}）", "请检查文件路径和权限。") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"工作日历无法解析：{path}（{error}）", "请按 TOML 格式修改，并以 UTF-8 编码保存。") from error
    return dict(_read_year(path, key, table) for key, table in data.items())


def _read_year(path: Path, key: str, table: Any) -> tuple[int, tuple[set[date], set[date]]]:
    if not _YEAR.fullmatch(key) or not isinstance(table, dict):
        raise InputError(f"工作日历有误：{path} 中的 {key} 不是年份", "请按年份分节，每节以 [2027] 这样的一行开头。")
    unknown = [name for name in table if name not in _KEYS]
    if unknown:
        raise InputError(
            f"工作日历有误：{path} 的 [{key}] 中有未知的项：{unknown[0]}",
            "每年只写 holidays（放假的日子）和 workdays（周末上班的日子）两项。",
        )
    year = int(key)
    holidays, workdays = (_read_days(path, year, name, table.get(name, [])) for name in _KEYS)
    if not holidays:
        raise InputError(
            f"工作日历有误：{path} 的 [{key}] 没有放假日期（holidays）",
            "该年写入后即取代程序自带的日历，请按国务院办公厅通知写全；尚未公布的，请删去这一节。",
        )
    both = sorted(holidays & workdays)
    if both:
        raise InputError(
            f"工作日历有误：{path} 的 [{key}] 中 {both[0]} 既在 holidays 又在 workdays",
            "请核对国务院办公厅通知，从其中一项删去该日期。",
        )
    for day in sorted(workdays):
        if day.weekday() < _SATURDAY:
            raise InputError(
                f"工作日历有误：{path} 的 [{key}] workdays 中的 {day} 不是周六、周日",
                "workdays 只写周末上班的日子，请核对日期。",
            )
    return year, (holidays, workdays)


def _read_days(path: Path, year: int, name: str, values: Any) -> set[date]:
    where = f"{path} 的 [{year}] {name}"
    if not isinstance(values, list):
        raise InputError(f"工作日历有误：{where} 不是列表", f'请写成 {name} = ["{year}-01-01"] 这样的形式。')
    days = set()
    for value in values:
        day = _read_day(value)
        if day is None:
            raise InputError(f"工作日历有误：{where} 中的日期无法识别：{value}", _FORM)
        if day.year != year:
            raise InputError(
                f"工作日历有误：{where} 中的 {day} 不是 {year} 年的日期", f"请改正日期，或移到 [{day.year}] 一节。"
            )
        days.add(day)
    return days


def _read_day(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value  # TOML has dates of its own
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    # 20270101 and 2027-W01-5 are ISO too, and more often slips than meant
    return day if day.isoformat() == value else None
