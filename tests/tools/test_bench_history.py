"""The invented 25 years: the same each time, and of the make that measurements speak of."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from bench_history import FIRST, LAST, PAIRS, History, Line, matched

from warehouse.symbols import parse_symbol

SIZE = 3_000
HISTORY = History(SIZE)
ITEMS = [HISTORY.notification(number) for number in range(SIZE)]


def test_a_notification_is_the_same_each_time() -> None:
    assert [History(SIZE).notification(number) for number in range(0, SIZE, 97)] == ITEMS[::97]
    assert len({item.notification_id for item in ITEMS}) == SIZE


def test_symbols_are_canonical_and_an_amendment_names_one_that_is_there() -> None:
    symbols = {symbol for item in ITEMS for symbol in item.symbols}
    for symbol in symbols:
        parsed = parse_symbol(symbol)
        assert parsed is not None
        assert parsed.text == symbol
        assert parsed.parent is None or parsed.parent in symbols


def test_the_spread_is_what_the_report_says() -> None:
    n_codes = sum(len(item.hs_codes) + len(item.ics_codes) for item in ITEMS)
    assert 10 < n_codes / SIZE < 13  # a million for 90,000
    assert 0.3 < sum(1 for item in ITEMS if not item.hs_codes) / SIZE < 0.37
    assert 0.03 < sum(1 for item in ITEMS if len(item.member_codes) > 1) / SIZE < 0.1
    assert 1_000 < sum(len(item.description) for item in ITEMS) / SIZE < 2_000
    days = [item.distribution_date for item in ITEMS if item.distribution_date]
    assert min(days) >= FIRST
    assert max(days) <= LAST


def test_a_later_version_differs_in_deadline_and_description_only() -> None:
    first, later = HISTORY.notification(11), HISTORY.notification(11, version=2)
    differing = {name for name in type(first).__slots__ if getattr(first, name) != getattr(later, name)}
    assert differing == {"comment_deadline", "description"}


def test_a_joint_notification_is_one_record_a_member() -> None:
    number = next(number for number, item in enumerate(ITEMS) if len(item.member_codes) > 1)
    seen = list(HISTORY.observations([number]))
    assert tuple(code for each in seen for code in each.notification.member_codes) == ITEMS[number].member_codes
    assert {each.notification.notification_id for each in seen} == {ITEMS[number].notification_id}


def test_a_third_is_matched_and_one_in_twenty_raised() -> None:
    lines = [Line(f"L{number}", "850760") for number in range(20)]
    pairs = [HISTORY.pairs(number, lines) for number in matched(range(SIZE))]
    assert len(pairs) == SIZE / 3
    assert {len(each) for each in pairs} == {PAIRS}
    assert 0.035 < sum(1 for each in pairs if each[0].level != "none") / SIZE < 0.065
