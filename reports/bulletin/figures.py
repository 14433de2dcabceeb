"""Numbers, dates and lists in words. The same functions serve prose and tables, so that both say the same."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from reports.bulletin.facts import Counted

SHANGHAI = ZoneInfo("Asia/Shanghai")
_CHINESE_DIGITS = "〇一二三四五六七八九十"


@cache
def _wording() -> dict[str, dict[str, object]]:
    content = resources.files("reports.bulletin").joinpath("wording.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def say(key: str, **values: object) -> str:
    """The sentence of `wording.toml` at "section.name", filled. KeyError if either side lacks a name."""
    section, _, name = key.partition(".")
    return str(_wording()[section][name]).format(**values)


def ordinals() -> tuple[str, ...]:
    """一是, 二是, ..."""
    return tuple(str(word) for word in _list(_wording()["hints"]["ordinals"]))


def words(key: str) -> tuple[str, ...]:
    """The list of words of `wording.toml` at "section.name"."""
    section, _, name = key.partition(".")
    return tuple(str(word) for word in _list(_wording()[section][name]))


def summary_limit() -> int:
    """The most characters that 提要 may have."""
    return int(str(_wording()["summary"]["limit"]))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def chinese_number(n: int) -> str:
    """1 to 99 as used for headings: 一, 十, 十一, 二十."""
    if n <= 10:
        return _CHINESE_DIGITS[n]
    tens, ones = divmod(n, 10)
    return ("" if tens == 1 else _CHINESE_DIGITS[tens]) + "十" + (_CHINESE_DIGITS[ones] if ones else "")


def percent(part: int, whole: int) -> str:
    """A share with one decimal, halves up; "—" for an empty whole."""
    if not whole:
        return "—"
    return f"{_one_decimal(Decimal(part) * 100 / Decimal(whole))}%"


def hours(value: float) -> str:
    """Hours with one decimal."""
    return str(_one_decimal(Decimal(str(value))))


def _one_decimal(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def change(now: int, before: int) -> str:
    """A change for a table: +18.3%, -25.0%, 持平; "—" where the base is zero."""
    if now == before:
        return "持平"
    if not before:
        return "—"
    return ("+" if now > before else "-") + percent(abs(now - before), before)


def comparison(now: int, before: int | None, *, year: bool, period: bool = False) -> str:
    """环比 or 同比 in words: rise, fall, the same, from zero, or no history. `period`: of several months."""
    kind = say("comparison.year" if year else "comparison.month")
    base = say("comparison.previous_year" if year else "comparison.previous_month")
    if period:
        base = say("comparison.previous_period")
    if before is None:
        return say("comparison.no_history", base=base, kind=kind)
    if now == before:
        return say("comparison.same", base=base)
    if before == 0 and period:
        return say("comparison.from_zero_period", base=base, kind=kind)
    if before == 0:
        return say("comparison.from_zero", base=base, n=now, kind=kind)
    word = "comparison.rise" if now > before else "comparison.fall"
    return say(word, kind=kind, rate=percent(abs(now - before), before))


def day(value: date) -> str:
    """2026年3月5日: no padding (GB/T 9704)."""
    return f"{value.year}年{value.month}月{value.day}日"


def short_day(value: date) -> str:
    """2026-03-05 for narrow columns."""
    return value.isoformat()


def minute(value: datetime) -> str:
    """An instant at the clock of Beijing."""
    local = value.astimezone(SHANGHAI)
    return f"{day(local.date())}{local:%H:%M}"


def ranked(counts: Iterable[Counted]) -> tuple[Counted, ...]:
    """Falling by count, names as tie-break, 其他 always last; zeroes dropped."""

    def key(item: Counted) -> tuple[bool, int, str]:
        return (item.name.startswith("其他"), -item.n, item.name)

    return tuple(sorted((item for item in counts if item.n), key=key))


def top(counts: Iterable[Counted], size: int = 10) -> tuple[Counted, ...]:
    """The first `size` and whoever ties with the last of them."""
    order = ranked(counts)
    if len(order) <= size:
        return order
    floor = order[size - 1].n  # the rule for ties: keep all that equal the last one
    return tuple(item for item in order if item.n >= floor)


def rank_of(counts: tuple[Counted, ...], item: Counted) -> int:
    """Competition rank: equal counts share a rank."""
    return 1 + sum(other.n > item.n for other in counts)


def listing(counts: Iterable[Counted], unit: str) -> str:
    """甲3件、乙2件."""
    return "、".join(f"{item.name}{item.n}{unit}" for item in counts)


def shorten(value: str, limit: int) -> str:
    """Text of at most `limit` characters; what is cut is marked by ……, since a row taller than a page is lost."""
    return value if len(value) <= limit else value[: limit - 2] + "……"


def firms(names: tuple[str, ...], most: int) -> str:
    """Names joined by 、, a long list cut with its length."""
    return "、".join(names) if len(names) <= most else f"{'、'.join(names[:most])}等{len(names)}家"


def symbols(values: tuple[str, ...], most: int = 3) -> str:
    """Symbols in a sentence; a long joint list is shortened with its count."""
    if len(values) <= most:
        return "、".join(values)
    return f"{'、'.join(values[:most])}等{len(values)}个通报号"
