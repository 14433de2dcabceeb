"""Part 一: the month as a whole, compared with earlier ones where they are on record."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date

from reports.bulletin.builder import Builder
from reports.bulletin.facts import UNKNOWN_MEMBER, Breakdown, BulletinFacts, Counted, MonthCount
from reports.bulletin.figures import (
    SHANGHAI,
    change,
    comparison,
    day,
    listing,
    percent,
    rank_of,
    ranked,
    say,
    top,
    words,
)
from reports.document import Series

_MOST_ROWS = 10  # of a table of shares; the workbook beside the issue has every row
LEAST_MONTHS = 3  # fewer points are no trend


def add_overview(page: Builder, facts: BulletinFacts) -> None:
    """一、总体情况: number, members, kinds, buckets, objectives."""
    page.section("总体情况")
    totals = facts.totals
    if not totals.n_symbols:
        page.body(say("overview.none", year=facts.year, month=facts.month), _covered(facts), _comparisons(facts))
        return
    page.subsection("通报数量")
    rest = totals.n_symbols - totals.tbt - totals.sps
    unknown = _count_of(facts.breakdown.members, UNKNOWN_MEMBER)
    page.body(
        say(
            "overview.total",
            year=facts.year,
            month=facts.month,
            members=totals.n_members,
            symbols=totals.n_symbols,
            tbt=totals.tbt,
            sps=totals.sps,
            other=say("overview.other", n=rest) if rest > 0 else "",
            unknown=say("overview.unknown_member", n=unknown) if unknown else "",
        ),
        _joint(facts),
        _covered(facts),
        _comparisons(facts),
        _year_to_date(facts),
    )
    _areas(page, facts)
    _trend(page, facts)
    _members(page, facts)
    _types_and_purposes(page, facts)


def _areas(page: Builder, facts: BulletinFacts) -> None:
    areas = ranked(facts.breakdown.areas)
    if not areas:
        return
    if not is_whole(facts) or (facts.previous is None and facts.last_year is None):
        return  # TBT and SPS were said with the total; a table of two rows would say it again
    parts = "；".join(_area(facts, area) for area in areas)
    page.body(say("overview.areas", parts=parts, table=page.next_table()))
    _share_table(page, facts, "通报领域", "areas", areas)


def _area(facts: BulletinFacts, area: Counted) -> str:
    bases = [None if base is None else _count_of(base.areas, area.name) for base in (facts.previous, facts.last_year)]
    month, year = (comparison(area.n, base, year=bool(place)) for place, base in enumerate(bases))
    return say("overview.area_part", name=area.name, n=area.n, month=month, year=year)


def _count_of(counts: tuple[Counted, ...], name: str) -> int:
    return next((item.n for item in counts if item.name == name), 0)


def _trend(page: Builder, facts: BulletinFacts) -> None:
    """The last twelve months as lines; months without a record are gaps."""
    if len(facts.trend) < LEAST_MONTHS:
        page.body(say("overview.trend_short", least=LEAST_MONTHS))
        return
    known = {(count.year, count.month): count for count in facts.trend}
    first, last = facts.trend[0], facts.trend[-1]
    months = [divmod(number, 12) for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)]
    shown = [known.get((year, month + 1)) for year, month in months]
    page.body(say("overview.trend", n=len(shown), chart=page.next_chart()))
    said = "、".join(f"{count.year}年{count.month}月{count.n_symbols}件" for count in facts.trend)
    page.line_chart(
        f"近{len(shown)}个月通报数量",
        tuple(
            f"{year}.{month + 1}" if place == 0 or month == 0 else f"{month + 1}月"
            for place, (year, month) in enumerate(months)
        ),
        tuple(
            Series(name, tuple(None if count is None else value(count) for count in shown)) for name, value in _LINES
        ),
        "件",
        say("overview.trend_alt", list=said),
    )


_LINES: tuple[tuple[str, Callable[[MonthCount], int]], ...] = (
    ("合计", lambda count: count.n_symbols),
    ("TBT", lambda count: count.tbt),
    ("SPS", lambda count: count.sps),
)


def _covered(facts: BulletinFacts) -> str:
    """Say where the record of the month ends or has a gap: part of a month must not read as the whole."""
    last = _collected_until(facts)
    if last is not None:
        return say("overview.covered", date=day(last))
    if facts.silence is not None and facts.totals.n_symbols:
        return say("overview.silence", first=day(facts.silence[0]), last=day(facts.silence[1]))
    return ""


def _collected_until(facts: BulletinFacts) -> date | None:
    """The day of the last collection where the month goes on after it. What is not counted tells nothing of it."""
    moments = [each.last_collected_at for each in facts.sources if each.last_collected_at and not each.note]
    last = max(moments).astimezone(SHANGHAI).date() if moments else None
    month_end = date(facts.year, facts.month, monthrange(facts.year, facts.month)[1])
    return last if last is not None and last < month_end else None


def is_whole(facts: BulletinFacts) -> bool:
    """Whether the month can be compared: collected to its end, without a long gap, and not empty."""
    return bool(facts.totals.n_symbols) and _collected_until(facts) is None and facts.silence is None


def _joint(facts: BulletinFacts) -> str:
    totals = facts.totals
    if totals.n_joint_texts:
        return say(
            "overview.joint", texts=totals.n_joint_texts, joint=totals.n_joint_symbols, measures=totals.n_measures
        )
    return say("overview.merged", measures=totals.n_measures)


def _comparisons(facts: BulletinFacts) -> str:
    if not is_whole(facts):
        return say("comparison.not_whole")
    totals = facts.totals
    month = comparison(totals.n_symbols, totals.previous_month, year=False)
    year = comparison(totals.n_symbols, totals.same_month_last_year, year=True)
    return f"通报数量{month}；{year}。" if totals.previous_month is not None else f"{month}；{year}。"


def _year_to_date(facts: BulletinFacts) -> str:
    total, before = facts.totals.year_to_date, facts.totals.year_to_date_last_year
    if total is None or not is_whole(facts):
        return ""
    compared = "" if before is None else "，" + comparison(total, before, year=True, period=True)
    return say("overview.year_to_date", n=total, change=compared)


def _members(page: Builder, facts: BulletinFacts) -> None:
    members = [member for member in facts.breakdown.members if member.name != UNKNOWN_MEMBER]
    unknown = [member for member in facts.breakdown.members if member.name == UNKNOWN_MEMBER]
    everyone, shown = ranked(members), top(members)
    if not shown:
        return
    whole = facts.totals.n_symbols
    listed = sum(member.n for member in shown)
    share = percent(listed, whole)
    first = [member for member in shown if member.n == shown[0].n]
    lead = "overview.members_lead" if len(first) == 1 else "overview.members_lead_tied"
    sentences = [say("overview.members_all", table=page.next_table())]
    if len(first) <= 3:
        sentences.append(say(lead, first="、".join(member.name for member in first), n=shown[0].n))
    if len(shown) > 10:
        sentences.append(say("overview.members_tied", listed=len(shown), n=listed, share=share))
    elif len(everyone) > len(shown):
        sentences.append(say("overview.members_top", n=listed, share=share))
    page.body(*sentences)
    columns = _History(facts, "members")
    rows = [
        (str(rank_of(shown, item)), item.name, str(item.n), percent(item.n, whole), *columns.of(item)) for item in shown
    ]
    if others := sum(member.n for member in everyone) - listed:
        rest = len(everyone) - len(shown)
        blank = ("",) * len(columns.headers)
        rows.append(("", f"其他{rest}个成员", str(others), percent(others, whole), *blank))
    rows += [("", item.name, str(item.n), percent(item.n, whole), *columns.of(item)) for item in unknown]
    rows.append(("", "合计", str(whole), percent(whole, whole), *columns.total()))
    page.table(
        f"{facts.year}年{facts.month}月主要成员通报数量",
        ("位次", "成员", "通报数量（件）", "占比", *columns.headers),
        tuple(rows),
        (0.11, *_widths(len(columns.headers) + 2, first=0.3 if columns.headers else 0.45, left=0.89)),
        "clrr" + "r" * len(columns.headers),
        total_row=True,
        small=len(columns.headers) > 2,
    )
    if len(shown) > 1:
        page.chart(
            f"{facts.year}年{facts.month}月主要成员通报数量",
            tuple(item.name for item in shown),
            tuple(item.n for item in shown),
            "件",
            f"条形图：{listing(shown, '件')}。",
        )


def _types_and_purposes(page: Builder, facts: BulletinFacts) -> None:
    groups = (
        ("kinds", "通报类型", ranked(facts.breakdown.kinds), False),
        ("buckets", "产品类别", ranked(facts.breakdown.buckets), True),
        ("objectives", "通报目的", ranked(facts.breakdown.objectives), True),
    )
    if not any(counts for _, _, counts, _ in groups):
        return
    page.subsection("类型、类别与目的")
    for key, label, counts, may_overlap in groups:
        if not counts:
            continue
        named = top(counts, 5) if key == "objectives" else counts
        page.body(say(f"overview.{key}", list=listing(named, "件"), table=page.next_table()))
        shown = counts[:_MOST_ROWS]
        _share_table(page, facts, label, key, shown)
        remarks = []
        if len(counts) > len(shown):
            remarks.append(say("overview.first", most=len(shown), what=label, all=len(counts)))
        if may_overlap and sum(item.n for item in counts) > facts.totals.n_symbols:
            remarks.append(say("overview.overlap", what=label))
        if remarks:
            page.note("注：" + "".join(remarks))


def _share_table(page: Builder, facts: BulletinFacts, label: str, key: str, counts: tuple[Counted, ...]) -> None:
    whole = facts.totals.n_symbols
    columns = _History(facts, key)
    rows = [(item.name, str(item.n), percent(item.n, whole), *columns.of(item)) for item in counts]
    adds_up = sum(item.n for item in counts) == whole
    if adds_up:
        rows.append(("合计", str(whole), percent(whole, whole), *columns.total()))
    page.table(
        f"{facts.year}年{facts.month}月按{label}统计",
        (label, "通报数量（件）", "占比", *columns.headers),
        tuple(rows),
        _widths(len(columns.headers) + 2, first=0.3 if columns.headers else 0.54, left=1.0),
        "lrr" + "r" * len(columns.headers),
        total_row=adds_up,
        small=len(columns.headers) > 2,
    )


def _widths(columns: int, *, first: float, left: float) -> tuple[float, ...]:
    return (first, *([(left - first) / columns] * columns))


class _History:
    """The columns on the month before and the same month of the year before, as far as they are on record."""

    def __init__(self, facts: BulletinFacts, key: str) -> None:
        self._key = key
        self._whole = facts.totals.n_symbols
        bases = (
            (facts.previous, facts.totals.previous_month),
            (facts.last_year, facts.totals.same_month_last_year),
        )
        names = words("comparison.columns")
        if not is_whole(facts):  # part of a month is compared with nothing
            bases = ((None, None), (None, None))
        self._bases = [(base, total) for base, total in bases if base is not None and total is not None]
        kept = [base is not None and total is not None for base, total in bases]
        self.headers = tuple(name for place, name in enumerate(names) if kept[place // 2])

    def of(self, item: Counted) -> tuple[str, ...]:
        """Count and change of one name, a pair a base."""
        return self._cells(item.n, [_count_of(_counts(base, self._key), item.name) for base, _ in self._bases])

    def total(self) -> tuple[str, ...]:
        """The same for the whole month."""
        return self._cells(self._whole, [total for _, total in self._bases])

    @staticmethod
    def _cells(now: int, bases: list[int]) -> tuple[str, ...]:
        return tuple(cell for base in bases for cell in (str(base), change(now, base)))


def _counts(breakdown: Breakdown, key: str) -> tuple[Counted, ...]:
    found: tuple[Counted, ...] = getattr(breakdown, key)
    return found
