"""Part 二: what touches the city's exports, as a whole, by main market and by field of goods."""

from __future__ import annotations

from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, BulletinItem, Counted, Focus
from reports.bulletin.figures import day, listing, ranked, say, shorten, symbols
from reports.bulletin.order import HORIZON_DAYS, LEVELS
from reports.bulletin.titles import about
from reports.document import Text, text
from reports.stated_dates import stated_zh

_EXAMPLES = 3
_TITLE_CHARACTERS = 30
_HEAT_ROWS = 14  # a picture of more rows would fill a page; the table has them all


def add_relevance(page: Builder, facts: BulletinFacts) -> None:
    """二、与我市中间品出口相关情况: levels, relations, chain by market, then each market and field."""
    page.section("与我市中间品出口相关情况")
    relevance = facts.relevance
    size = relevance.n_firms_on_list
    register = "" if size is None else say("relevance.register", n=size)
    if not relevance.n_measures:
        page.body(say("relevance.none", register=register), *_words_of(facts))
        return
    page.subsection(say("relevance.overall"))
    page.body(
        say("relevance.total", register=register, measures=relevance.n_measures, firms=relevance.n_firms),
        _by("relevance.levels", level_counts(facts)),
        _by("relevance.relations", relation_counts(facts)),
    )
    if relevance.rows:
        _matrix(page, facts)
    _parts(page, facts)


def _matrix(page: Builder, facts: BulletinFacts) -> None:
    relevance = facts.relevance
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
    drawn = relevance.rows[:_HEAT_ROWS]
    if len(drawn) > 1 and len(relevance.markets) > 1:
        said = "；".join(
            f"{row.chain}：{listing([c for c in map(Counted, relevance.markets, row.counts) if c.n], '项')}"
            for row in drawn
        )
        page.body(say("relevance.heat", chart=page.next_chart()))
        page.heat_map(
            "相关措施的产业链与出口市场分布",
            tuple(row.chain for row in drawn),
            relevance.markets,
            tuple(row.counts for row in drawn),
            "项",
            say("relevance.heat_alt", list=said),
        )


def _parts(page: Builder, facts: BulletinFacts) -> None:
    """A table of all parts, then a paragraph each; parts without a measure share one clause."""
    if not facts.focus:
        return
    items = {item.case_id: item for item in facts.items}
    caption = "重点市场和重点领域相关措施"
    for place, group in enumerate(("market", "topic")):
        parts = [part for part in facts.focus if part.group == group]
        page.subsection(say(f"relevance.{group}"))
        if place == 0:
            page.body(say("relevance.parts", table=page.next_table()))
            page.table(
                caption,
                ("市场、领域", "相关措施（项）", *LEVELS, "涉及企业（家）", "30日内评议截止（项）"),
                tuple(_row(part, items) for part in facts.focus),
                (0.26, 0.14, 0.1, 0.1, 0.1, 0.14, 0.16),
                "l" + "r" * 6,
            )
        for part in parts:
            if part.case_ids:
                page.lead(f"{part.name}：", _part(part, items))
        empty = "、".join(part.name for part in parts if not part.case_ids)
        page.body(say("relevance.part_none", names=empty) if empty else "")
    page.body(*_words_of(facts))


def _row(part: Focus, items: dict[str, BulletinItem]) -> tuple[str, ...]:
    found = [items[case_id] for case_id in part.case_ids if case_id in items]
    soon = sum(item.days_left is not None and 0 <= item.days_left <= HORIZON_DAYS for item in found)
    levels = (sum(item.level == level for item in found) for level in LEVELS)
    return (part.name, *(str(n) if n else "—" for n in (len(found), *levels, part.n_firms, soon)))


def _part(part: Focus, items: dict[str, BulletinItem]) -> Text:
    found = [items[case_id] for case_id in part.case_ids if case_id in items]
    levels = [Counted(level, sum(item.level == level for item in found)) for level in LEVELS]
    said = listing([count for count in levels if count.n], "项")
    opening = say("relevance.part", n=len(found), firms=part.n_firms, levels=said)
    examples = found[:_EXAMPLES]
    opening += say("relevance.part_all" if len(examples) == len(found) else "relevance.part_some")
    spans = [*text(opening)]
    for place, item in enumerate(examples):
        spans += text(symbols(item.symbols, 1), url=item.url)
        stop = "。" if place == len(examples) - 1 else "；"
        # a field counts the firms whose goods belong to it, a measure all that it concerns
        spans += text(_example(item, counts_firms=part.group == "market") + stop)
    return tuple(spans)


def _example(item: BulletinItem, *, counts_firms: bool) -> str:
    """What a measure is about in a few words, with what matters of it: the issue calls it by its title only once."""
    parts = [item.member_zh, item.level]
    if item.n_firms and counts_firms:
        parts.append(say("relevance.example_firms", n=item.n_firms))
    if item.comment_deadline is not None:
        past = item.days_left is not None and item.days_left < 0
        parts.append(say(f"relevance.example_{'past' if past else 'deadline'}", date=day(item.comment_deadline)))
    elif item.comment_deadline_text:
        parts.append(shorten(stated_zh(item.comment_deadline_text), 30))
    return say("relevance.example", subject=about(item, _TITLE_CHARACTERS), facts="，".join(parts))


def _words_of(facts: BulletinFacts) -> list[str]:
    """How many measures of the whole month name a field in their own words, whether or not the city sells its goods."""
    return [say("relevance.part_words", n=part.n_month_by_words) for part in facts.focus if part.n_month_by_words]


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
