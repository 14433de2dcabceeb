"""The parts on main markets and fields of goods: which measures belong to each, and how many firms they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pipeline.bulletin.markets import market_groups
from pipeline.bulletin.topics import Topic, main_markets, topics
from pipeline.steps.open_cases import TimedCase
from reports.bulletin.facts import BulletinItem, Focus
from reports.bulletin.highlights import in_order
from warehouse.query import Row
from warehouse.records import Notification


def focus_parts(
    items: Sequence[BulletinItem],
    lines: Sequence[Row],
    cases: Mapping[str, TimedCase],
    notifications: Mapping[str, Notification],
    month_texts: Sequence[Row],
) -> tuple[Focus, ...]:
    """Make one part a main market and a field, measures in order of weight; parts without any are there, empty.

    `lines` are those of the items' cases, `month_texts` the words of all notifications of the month.
    """
    order = [item.case_id for item in in_order(tuple(items))]
    by_case: dict[str, list[Row]] = {case_id: [] for case_id in order}
    for row in lines:
        if row["case_id"] in by_case:
            by_case[row["case_id"]].append(row)

    def part(name: str, group: str, lines_of: Callable[[str], list[Row] | None], by_words: int | None = None) -> Focus:
        found = {case_id: rows for case_id in order if (rows := lines_of(case_id)) is not None}
        return Focus(
            name=name,
            group=group,
            case_ids=tuple(found),
            n_firms=len({row["exporter_id"] for rows in found.values() for row in rows}),
            n_month_by_words=by_words,
        )

    def of_market(codes: frozenset[str]) -> Callable[[str], list[Row] | None]:
        return lambda case_id: by_case[case_id] if codes.intersection(cases[case_id].case.member_codes) else None

    def of_topic(topic: Topic) -> Callable[[str], list[Row] | None]:
        def lines_of(case_id: str) -> list[Row] | None:
            if _is_named(topic, notifications.get(cases[case_id].case.notification_id)):
                return by_case[case_id]
            return [row for row in by_case[case_id] if _holds(topic, row)] or None

        return lines_of

    groups = market_groups()
    return (
        *(part(name, "market", of_market(groups[name])) for name in main_markets()),
        *(part(topic.name, "topic", of_topic(topic), _n_named(topic, month_texts)) for topic in topics()),
    )


def _holds(topic: Topic, row: Row) -> bool:
    codes = row["current_codes"] or ([row["hs_code"]] if row["hs_code"] else [])
    return topic.holds_goods(row["industry_chain"] or "", row["concepts"] or [], codes)


def _is_named(topic: Topic, measure: Notification | None) -> bool:
    return measure is not None and topic.is_named_in(
        measure.title, measure.description, measure.products_text, " ; ".join(measure.keywords)
    )


def _n_named(topic: Topic, month_texts: Sequence[Row]) -> int | None:
    """How many measures of the month name the field in their own words; None where it is told by goods alone."""
    if topic.words is None:
        return None
    return len(
        {
            row["measure"]
            for row in month_texts
            if topic.is_named_in(row["title"], row["description"], row["products_text"], " ; ".join(row["keywords"]))
        }
    )
