"""Working time by the Chinese calendar: days as the State Council announced them, hours to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clock import SHANGHAI
from pipeline.worktime import (
    OFFICE_HOURS,
    WorkCalendar,
    WorkHours,
    add_working_time,
    last_working_day_before,
    load_calendar,
    working_time_between,
)
from warehouse.errors import InputError

CALENDAR = load_calendar(None)
HOURS = WorkHours(start=time(9), end=time(17), pause_start=time(12), pause_end=time(13))  # seven hours a day
STRAIGHT = WorkHours(start=time(8, 30), end=time(16, 30))


def beijing(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


def due(start: datetime, hours: float, calendar: WorkCalendar = CALENDAR) -> datetime:
    return add_working_time(start, hours, calendar, HOURS).astimezone(SHANGHAI)


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


# Days as 国办发明电〔2024〕12号 (2025) and the notice of 4 November 2025 (2026) give them.


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2025, 1, 28), date(2025, 2, 4)),  # Spring Festival
        (date(2025, 10, 1), date(2025, 10, 8)),  # National Day and Mid-Autumn
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 2, 15), date(2026, 2, 23)),  # Spring Festival
        (date(2026, 10, 1), date(2026, 10, 7)),
    ],
)
def test_no_day_of_an_announced_holiday_is_worked(first: date, last: date) -> None:
    assert not any(CALENDAR.is_working_day(day) for day in days_of(first, last))


@pytest.mark.parametrize(
    "day",
    [
        date(2025, 1, 26), date(2025, 2, 8), date(2025, 9, 28), date(2025, 10, 11),
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10),
    ],
)  # fmt: skip
def test_weekend_days_moved_for_a_holiday_are_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)


def test_other_weekend_days_are_not_worked_and_other_weekdays_are() -> None:
    assert not CALENDAR.is_working_day(date(2026, 6, 13))
    assert CALENDAR.is_working_day(date(2026, 6, 12))
    assert CALENDAR.is_working_day(date(2024, 2, 29))
    assert CALENDAR.is_working_day(date(2025, 12, 31))


def test_a_moment_is_refused_where_a_day_is_asked() -> None:
    with pytest.raises(TypeError):
        CALENDAR.is_working_day(beijing(2026, 10, 1, 9))


# The clock


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (beijing(2026, 6, 8, 9), 7, beijing(2026, 6, 8, 17)),  # a whole day ends at closing
        (beijing(2026, 6, 8, 9), 7 + 1 / 3600, beijing(2026, 6, 9, 9, 0, 1)),
        (beijing(2026, 6, 8, 11, 59, 59), 1, beijing(2026, 6, 8, 13, 59, 59)),  # over the pause
        (beijing(2026, 6, 8, 12, 30), 1, beijing(2026, 6, 8, 14)),  # begun in the pause
        (beijing(2026, 6, 8, 6), 1, beijing(2026, 6, 8, 10)),  # before opening
        (beijing(2026, 6, 8, 20), 0, beijing(2026, 6, 9, 9)),  # nothing to add: the next opening
        (beijing(2026, 6, 8, 17), 0, beijing(2026, 6, 8, 17)),
        (beijing(2026, 6, 12, 16), 2, beijing(2026, 6, 15, 10)),  # over a weekend
        (beijing(2025, 1, 27, 16), 2, beijing(2025, 2, 5, 10)),  # over the Spring Festival of 2025
        (beijing(2026, 2, 13, 16), 2, beijing(2026, 2, 14, 10)),  # into a Saturday that is worked
        (beijing(2026, 2, 14, 16), 2, beijing(2026, 2, 24, 10)),  # over the Spring Festival of 2026
        (beijing(2026, 9, 30, 16), 2, beijing(2026, 10, 8, 10)),  # over National Day
        (beijing(2025, 12, 31, 16), 2, beijing(2026, 1, 4, 10)),  # New Year's Eve, to a Sunday that is worked
        (beijing(2024, 2, 28, 16), 2, beijing(2024, 2, 29, 10)),  # into the leap day
        (beijing(2026, 6, 8, 9), 72, beijing(2026, 6, 23, 11)),  # ten days and two hours, Dragon Boat in between
    ],
)
def test_working_hours_pass_only_in_working_time(start: datetime, hours: float, expected: datetime) -> None:
    assert due(start, hours) == expected


def test_the_answer_is_in_utc() -> None:
    found = add_working_time(beijing(2026, 6, 8, 9), 8, CALENDAR, HOURS)
    assert found == datetime(2026, 6, 9, 2, tzinfo=UTC)
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_the_zone_that_a_moment_is_written_in_does_not_matter(zone: str) -> None:
    elsewhere = ZoneInfo(zone)  # in New York Beijing's morning is the day before, in Auckland its late night the next
    morning, night = beijing(2026, 6, 9, 10).astimezone(elsewhere), beijing(2026, 6, 8, 23).astimezone(elsewhere)
    late = WorkHours(start=time(9), end=time(23, 30))
    assert working_time_between(night, morning, CALENDAR, late) == timedelta(hours=1.5)
    assert add_working_time(night, 1.5, CALENDAR, late) == morning


def test_72_working_hours_are_no_three_days() -> None:
    start = beijing(2026, 6, 8, 9)
    assert add_working_time(start, 72, CALENDAR, OFFICE_HOURS) - start > timedelta(days=14)


@pytest.mark.parametrize("hours", [-1.0, float("nan"), float("inf")])
def test_hours_that_cannot_pass_are_refused(hours: float) -> None:
    with pytest.raises(ValueError, match="hours"):
        add_working_time(beijing(2026, 6, 8, 9), hours, CALENDAR, HOURS)


def test_moments_without_a_zone_are_refused() -> None:
    naive, aware = datetime(2026, 6, 8, 9), beijing(2026, 6, 8, 9)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        add_working_time(naive, 1, CALENDAR, HOURS)
    with pytest.raises(ValueError, match="zone"):
        working_time_between(aware, naive, CALENDAR, HOURS)


moments = st.integers(min_value=0, max_value=900 * 86_400).map(
    lambda seconds: datetime(2024, 12, 1, tzinfo=UTC) + timedelta(seconds=seconds)  # to May 2027
)
amounts = st.one_of(st.integers(min_value=0, max_value=150 * 3600), st.integers(0, 150).map(lambda h: h * 3600))
schedules = st.sampled_from([HOURS, STRAIGHT, OFFICE_HOURS])


@given(moments, amounts, amounts, schedules)
def test_adding_a_then_b_is_adding_both(start: datetime, a: int, b: int, hours: WorkHours) -> None:
    midway = add_working_time(start, a / 3600, CALENDAR, hours)
    assert add_working_time(midway, b / 3600, CALENDAR, hours) == add_working_time(
        start, (a + b) / 3600, CALENDAR, hours
    )


@given(moments, moments, amounts, amounts, schedules)
def test_a_later_start_or_more_hours_never_fall_due_earlier(
    one: datetime, other: datetime, a: int, b: int, hours: WorkHours
) -> None:
    early, late = sorted((one, other))
    less, more = sorted((a, b))
    first = add_working_time(early, less / 3600, CALENDAR, hours)
    assert first <= add_working_time(late, less / 3600, CALENDAR, hours)
    assert first <= add_working_time(early, more / 3600, CALENDAR, hours)
    assert less == more or first < add_working_time(early, more / 3600, CALENDAR, hours)


@given(moments, amounts, schedules)
def test_between_a_start_and_its_due_moment_lie_the_hours_added(start: datetime, amount: int, hours: WorkHours) -> None:
    found = add_working_time(start, amount / 3600, CALENDAR, hours)
    assert found >= start
    assert working_time_between(start, found, CALENDAR, hours) == timedelta(seconds=amount)


@given(moments, amounts, schedules)
def test_a_due_moment_lies_in_working_time(start: datetime, amount: int, hours: WorkHours) -> None:
    local = add_working_time(start, amount / 3600, CALENDAR, hours).astimezone(SHANGHAI)
    assert CALENDAR.is_working_day(local.date())
    assert any(opens <= local.time() <= closes for opens, closes in hours.stretches)


@given(moments, moments, moments, schedules)
def test_time_between_adds_up_and_turns_its_sign(a: datetime, b: datetime, c: datetime, hours: WorkHours) -> None:
    def between(x: datetime, y: datetime) -> timedelta:
        return working_time_between(x, y, CALENDAR, hours)

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)
    assert abs(between(a, b)) <= abs(b - a)


@given(st.integers(0, 800 * 24 * 60), st.integers(1, 20 * 24 * 60), schedules)
@settings(max_examples=40, deadline=None)
def test_time_between_is_the_count_of_working_minutes(offset: int, length: int, hours: WorkHours) -> None:
    start = beijing(2024, 12, 1) + timedelta(minutes=offset)
    count = 0
    for n in range(length):
        minute = start + timedelta(minutes=n)
        in_hours = hours.start <= minute.time() < hours.end
        in_pause = (
            hours.pause_start is not None
            and hours.pause_end is not None
            and (hours.pause_start <= minute.time() < hours.pause_end)
        )
        count += in_hours and not in_pause and CALENDAR.is_working_day(minute.date())
    end = start + timedelta(minutes=length)
    assert working_time_between(start, end, CALENDAR, hours) == timedelta(minutes=count)


# Days before a date


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (date(2026, 6, 10), 3, date(2026, 6, 5)),
        (date(2026, 6, 13), 1, date(2026, 6, 12)),  # from a day that is itself off
        (date(2026, 2, 24), 1, date(2026, 2, 14)),  # the Saturday before the Spring Festival
        (date(2026, 10, 8), 3, date(2026, 9, 28)),
        (date(2026, 1, 5), 2, date(2025, 12, 31)),
    ],
)
def test_the_nth_working_day_before_a_date(day: date, n: int, expected: date) -> None:
    assert last_working_day_before(day, n, CALENDAR) == expected


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(1, 60))
def test_exactly_n_working_days_lie_from_the_nth_before_to_the_date(day: date, n: int) -> None:
    found = last_working_day_before(day, n, CALENDAR)
    assert CALENDAR.is_working_day(found)
    assert sum(map(CALENDAR.is_working_day, days_of(found, day - timedelta(days=1)))) == n


def test_no_working_day_is_the_zeroth_before() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        last_working_day_before(date(2026, 6, 10), 0, CALENDAR)


# Years without a table, and the office's own


def test_a_year_without_a_table_is_guessed_from_monday_to_friday_and_said() -> None:
    assert CALENDAR.guessed_years([2096, 2026, 2025, 2095, 2096]) == (2095, 2096)
    week = days_of(date(2090, 10, 2), date(2090, 10, 8))  # Monday to Sunday
    assert [CALENDAR.is_working_day(day) for day in week] == [True] * 5 + [False] * 2


def write(folder: Path, text: str) -> Path:
    path = folder / "workdays.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_office_extends_the_calendar(tmp_path: Path) -> None:
    path = write(tmp_path, '[2090]\nholidays = ["2090-10-02", 2090-10-03]\nworkdays = ["2090-10-07"]\n')
    calendar = load_calendar(path)
    assert calendar.guessed_years([2026, 2090, 2091]) == (2091,)
    worked = [day.day for day in days_of(date(2090, 10, 2), date(2090, 10, 8)) if calendar.is_working_day(day)]
    assert worked == [4, 5, 6, 7]
    assert due(beijing(2090, 9, 29, 16), 2, calendar) == beijing(2090, 10, 4, 10)


def test_a_year_of_the_office_replaces_that_year_wholly_and_no_other(tmp_path: Path) -> None:
    calendar = load_calendar(write(tmp_path, '[2026]\nholidays = ["2026-06-12"]\n'))
    assert not calendar.is_working_day(date(2026, 6, 12))
    assert calendar.is_working_day(date(2026, 10, 1))
    assert not calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2025, 10, 1))
    assert calendar.guessed_years([2025, 2026]) == ()


def test_an_absent_file_and_a_byte_order_mark_are_no_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "workdays.toml"
    assert load_calendar(path) == CALENDAR
    path.write_text('[2090]\nholidays = ["2090-10-02"]\n', encoding="utf-8-sig")
    assert load_calendar(path).guessed_years([2090]) == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[2027\n", "line 1"),
        ('[2027]\nholidays = ["2027-02-30"]\n', "[2027] holidays 中的日期无法识别：2027-02-30"),
        ('[2027]\nholidays = ["20270101"]\n', "20270101"),
        ("[2027]\nholidays = [20270101]\n", "20270101"),
        ("[2027]\nholidays = [2027-01-01T00:00:00]\n", "[2027] holidays"),
        ('[2027]\nholidays = ["2028-01-01"]\n', "2028-01-01 不是 2027 年"),
        ('[2027]\nholidays = ["2027-02-07"]\nworkdays = ["2027-02-07"]\n', "2027-02-07 既在 holidays 又在 workdays"),
        ('[2027]\nholidays = ["2027-01-01"]\nworkdays = ["2027-02-08"]\n', "[2027] workdays 中的 2027-02-08"),
        ('[2027]\nholidays = "2027-01-01"\n', "[2027] holidays 不是列表"),
        ('[2027]\nworkdays = ["2027-02-07"]\n', "[2027] 没有放假日期"),
        ('[2027]\nholiday = ["2027-01-01"]\n', "未知的项：holiday"),
        ('holidays = ["2027-01-01"]\n', "holidays 不是年份"),
        ("[y2027]\n", "y2027 不是年份"),
    ],
)
def test_a_mistake_in_the_file_names_file_and_key_and_what_to_do(tmp_path: Path, text: str, named: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_calendar(path)
    assert str(path) in caught.value.message
    assert named in caught.value.message
    assert caught.value.next_step


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="无法读取"):
        load_calendar(tmp_path)
    path = tmp_path / "workdays.toml"
    path.write_bytes("[2027]  # 春节".encode("gbk"))
    with pytest.raises(InputError, match="UTF-8"):
        load_calendar(path)


# Office hours


@pytest.mark.parametrize(
    ("bounds", "named"),
    [
        ((time(17), time(9), None, None), "17:00、09:00"),
        ((time(9), time(9), None, None), "09:00、09:00"),
        ((time(9), time(17), time(12), None), "午休"),
        ((time(9), time(17), None, time(13)), "午休"),
        ((time(9), time(17), time(13), time(12)), "13:00、12:00"),
        ((time(9), time(17), time(8), time(10)), "09:00、08:00"),
        ((time(9), time(17), time(12), time(17)), "17:00、17:00"),
        ((time(9, tzinfo=UTC), time(17, tzinfo=UTC), None, None), "时区"),
    ],
)
def test_office_hours_out_of_order_are_refused(bounds: tuple[time, time, time | None, time | None], named: str) -> None:
    start, end, pause_start, pause_end = bounds
    with pytest.raises(InputError, match=named) as caught:
        WorkHours(start=start, end=end, pause_start=pause_start, pause_end=pause_end)
    assert caught.value.next_step
