"""A month is compared only where its record is whole."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.bulletin.coverage import coverage_rule, is_whole, longest_silence
from pipeline.bulletin.wording import counting_rules

FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
EVERY_DAY = [FIRST + timedelta(days=number) for number in range(30)]


@pytest.mark.parametrize(
    ("days", "silence"),
    [
        (EVERY_DAY, None),
        ([day for day in EVERY_DAY if day.weekday() < 5], None),
        (EVERY_DAY[::8], None),
        (EVERY_DAY[8:], (date(2026, 6, 1), date(2026, 6, 8))),
        (EVERY_DAY[:11], (date(2026, 6, 12), date(2026, 6, 30))),
        ([*EVERY_DAY[:10], *EVERY_DAY[20:]], (date(2026, 6, 11), date(2026, 6, 20))),
        ([date(2024, 3, 4)], (FIRST, LAST)),
        ([], (FIRST, LAST)),
    ],
    ids=[
        "every day",
        "working days",
        "a week apart",
        "from the ninth",
        "to the eleventh",
        "a gap",
        "a stray",
        "nothing",
    ],
)
def test_a_long_run_of_days_without_a_notification_is_found(
    days: list[date], silence: tuple[date, date] | None
) -> None:
    assert longest_silence(days, FIRST, LAST) == silence
    assert is_whole(days, FIRST, LAST, collected_until=LAST) == (silence is None)


def test_a_month_that_was_not_collected_to_its_end_is_not_whole() -> None:
    assert not is_whole(EVERY_DAY, FIRST, LAST, collected_until=LAST - timedelta(days=1))
    assert not is_whole(EVERY_DAY, FIRST, LAST, collected_until=None)


def test_the_days_over_the_turn_of_the_year_are_no_gap() -> None:
    first, last = date(2026, 12, 1), date(2026, 12, 31)
    assert longest_silence([first + timedelta(days=number) for number in range(21)], first, last) is None
    january = [date(2026, 1, day) for day in range(8, 32)]
    assert longest_silence(january, date(2026, 1, 1), date(2026, 1, 31)) is None
    assert not is_whole([], first, last, collected_until=last)


@given(st.sets(st.dates(date(2025, 1, 1), date(2026, 12, 31))), st.integers(2025, 2026), st.integers(1, 12))
def test_more_days_on_record_never_make_a_month_less_whole(days: set[date], year: int, month: int) -> None:
    first = date(year, month, 1)
    last = date(year, month, monthrange(year, month)[1])
    found = longest_silence(days, first, last)
    if found is not None:
        assert first <= found[0] <= found[1] <= last
        assert (found[1] - found[0]).days >= coverage_rule().most_days_without
        assert not any(found[0] <= day <= found[1] and f"{day:%m-%d}" < "12-22" and day.month > 1 for day in days)
    else:
        assert longest_silence({*days, first}, first, last) is None


def test_the_rule_is_printed_as_it_is_applied() -> None:
    rules = {rule.name: rule.text for rule in counting_rules(policy="规则", least_firms=3)}
    assert f"连续超过{coverage_rule().most_days_without}日（不计12月22日至次年1月5日）" in rules["同比和环比"]
