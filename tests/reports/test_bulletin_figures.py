from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reports.bulletin.facts import Counted
from reports.bulletin.figures import (
    chinese_number,
    comparison,
    hours,
    listing,
    minute,
    percent,
    rank_of,
    ranked,
    symbols,
    top,
)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (130, 225, "57.8%"),
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 800, "0.1%"),
        (1, 16, "6.3%"),
        (0, 5, "0.0%"),
        (0, 0, "—"),
    ],
)
def test_a_share_has_one_decimal_and_rounds_halves_up(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


@pytest.mark.parametrize(
    ("now", "before", "year", "shown"),
    [
        (142, 120, False, "环比增长18.3%"),
        (90, 120, True, "同比下降25.0%"),
        (5, 5, False, "与上月持平"),
        (0, 0, True, "与上年同月持平"),
        (5, 0, False, "上月为0件，本月增加5件，不计算环比增幅"),
        (0, 5, False, "环比下降100.0%"),
        (5, None, True, "上年同月无监测数据，不作同比比较"),
    ],
)
def test_comparison_words_every_base(now: int, before: int | None, year: bool, shown: str) -> None:
    assert comparison(now, before, year=year) == shown


def test_ties_at_the_last_rank_are_kept_and_share_it() -> None:
    counts = [Counted(f"成员{n:02d}", 20 - n) for n in range(9)] + [
        Counted("甲", 3),
        Counted("乙", 3),
        Counted("丙", 1),
    ]
    kept = top(counts)
    assert [item.name for item in kept[-2:]] == ["乙", "甲"]
    assert [rank_of(kept, item) for item in kept[-2:]] == [10, 10]


def test_others_stand_last_and_zeroes_fall_out() -> None:
    assert [item.name for item in ranked([Counted("其他", 9), Counted("欧盟", 2), Counted("日本", 0)])] == [
        "欧盟",
        "其他",
    ]


def test_small_words() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 23)] == ["一", "十", "十一", "二十", "二十三"]
    assert listing([Counted("美国", 2), Counted("欧盟", 1)], "件") == "美国2件、欧盟1件"
    assert symbols(("A", "B", "C", "D")) == "A、B、C等4个通报号"
    assert hours(38.25) == "38.3"
    assert minute(datetime(2031, 10, 31, 23, 5, tzinfo=UTC)) == "2031年11月1日07:05"
