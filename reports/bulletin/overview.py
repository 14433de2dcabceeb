"""Parts 一 (the month as a whole) and 二 (what touches the city's exports)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, Counted
from reports.bulletin.figures import SHANGHAI, comparison, day, listing, percent, rank_of, ranked, say, top

LEVELS = ("预警", "关注", "参考")


def add_overview(page: Builder, facts: BulletinFacts) -> None:
    """一、总体情况: number, members, kinds, buckets, objectives."""
    page.section("总体情况")
    totals = facts.totals
    if not totals.n_symbols:
        page.body(say("overview.none", year=facts.year, month=facts.month), _comparisons(facts), _year_to_date(facts))
        return
    page.subsection("通报数量")
    rest = totals.n_symbols - totals.tbt - totals.sps
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
        ),
        _covered(facts),
        _joint(facts),
        _comparisons(facts),
        _year_to_date(facts),
    )
    _members(page, facts)
    _types_and_purposes(page, facts)


def _covered(facts: BulletinFacts) -> str:
    """Say so when the last collection lies before the end of the month: part of a month must not read as the whole."""
    moments = [source.last_collected_at for source in facts.sources if source.last_collected_at]
    last = max(moments).astimezone(SHANGHAI).date() if moments else None
    if last is None or (last.year, last.month) > (facts.year, facts.month):
        return ""
    month_end = date(facts.year, facts.month, monthrange(facts.year, facts.month)[1])
    return say("overview.covered", date=day(last)) if last < month_end else ""


def _joint(facts: BulletinFacts) -> str:
    totals = facts.totals
    if totals.n_joint_texts:
        return say("overview.joint", texts=totals.n_joint_texts, measures=totals.n_measures)
    return say("overview.merged", measures=totals.n_measures)


def _comparisons(facts: BulletinFacts) -> str:
    totals = facts.totals
    month = comparison(totals.n_symbols, totals.previous_month, year=False)
    year = comparison(totals.n_symbols, totals.same_month_last_year, year=True)
    return f"通报数量{month}；{year}。" if totals.previous_month is not None else f"{month}；{year}。"


def _year_to_date(facts: BulletinFacts) -> str:
    total = facts.totals.year_to_date
    return "" if total is None else say("overview.year_to_date", n=total)


def _members(page: Builder, facts: BulletinFacts) -> None:
    everyone, shown = ranked(facts.breakdown.members), top(facts.breakdown.members)
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
    rows = [(str(rank_of(shown, item)), item.name, str(item.n), percent(item.n, whole)) for item in shown]
    if whole > listed:
        rows.append(
            ("", f"其他{len(everyone) - len(shown)}个成员", str(whole - listed), percent(whole - listed, whole))
        )
    rows.append(("", "合计", str(whole), percent(whole, whole)))
    page.table(
        f"{facts.year}年{facts.month}月主要成员通报数量",
        ("位次", "成员", "通报数量（件）", "占比"),
        tuple(rows),
        (0.14, 0.4, 0.26, 0.2),
        "clrr",
        total_row=True,
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
        _share_table(page, facts, label, counts)
        if may_overlap and sum(item.n for item in counts) > facts.totals.n_symbols:
            page.note("注：" + say("overview.overlap", what=label))


def _share_table(page: Builder, facts: BulletinFacts, label: str, counts: tuple[Counted, ...]) -> None:
    whole = facts.totals.n_symbols
    rows = [(item.name, str(item.n), percent(item.n, whole)) for item in counts]
    adds_up = sum(item.n for item in counts) == whole
    if adds_up:
        rows.append(("合计", str(whole), percent(whole, whole)))
    page.table(
        f"{facts.year}年{facts.month}月按{label}统计",
        (label, "通报数量（件）", "占比"),
        tuple(rows),
        (0.54, 0.26, 0.2),
        "lrr",
        total_row=adds_up,
    )


def add_relevance(page: Builder, facts: BulletinFacts) -> None:
    """二、与我市中间品出口相关情况: levels, relations, chain by market."""
    page.section("与我市中间品出口相关情况")
    relevance = facts.relevance
    size = relevance.n_firms_on_list
    register = "" if size is None else say("relevance.register", n=size)
    if not relevance.n_measures:
        page.body(say("relevance.none", register=register))
        return
    page.body(
        say("relevance.total", register=register, measures=relevance.n_measures, firms=relevance.n_firms),
        _by("relevance.levels", level_counts(facts)),
        _by("relevance.relations", relation_counts(facts)),
    )
    if not relevance.rows:
        return
    markets = ranked(map(Counted, relevance.markets, relevance.market_totals))
    chains = ranked(Counted(row.chain, row.total) for row in relevance.rows)
    page.body(
        _by("relevance.markets", markets),
        say("relevance.chains", list=listing(chains, "项"), table=page.next_table()),
    )
    rows = [(row.chain, *(str(n) if n else "—" for n in row.counts), str(row.total)) for row in relevance.rows]
    rows.append(("合计", *(str(n) for n in relevance.market_totals), str(relevance.n_measures)))
    width = 0.74 / (len(relevance.markets) + 1)
    page.table(
        "相关措施的产业链与出口市场分布（单位：项）",
        ("产业链", *relevance.markets, "合计"),
        tuple(rows),
        (0.26, *([width] * (len(relevance.markets) + 1))),
        "l" + "r" * (len(relevance.markets) + 1),
        total_row=True,
    )
    if sum(row.total for row in relevance.rows) > relevance.n_measures:
        page.note("注：" + say("relevance.note"))


def level_counts(facts: BulletinFacts) -> tuple[Counted, ...]:
    """Items by level, in the order of alarm, unknown levels last."""
    known = [Counted(level, sum(item.level == level for item in facts.items)) for level in LEVELS]
    other = sorted({item.level for item in facts.items} - set(LEVELS))
    known += [Counted(level, sum(item.level == level for item in facts.items)) for level in other]
    return tuple(count for count in known if count.n)


def relation_counts(facts: BulletinFacts) -> tuple[Counted, ...]:
    """Items by relation, most first."""
    names = {item.relation_zh for item in facts.items if item.relation_zh}
    return ranked(Counted(name, sum(item.relation_zh == name for item in facts.items)) for name in names)


def _by(key: str, counts: tuple[Counted, ...]) -> str:
    return say(key, list=listing(counts, "项")) if counts else ""
