"""The current measures as the public site tells them: each once, with all its documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date

from pipeline.bulletin.items import LEAST_FIRMS_FOR_AMOUNT
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_words import Unfit, find_unfit
from pipeline.bulletin.wording import members_zh
from pipeline.chinese_titles import title_put_together
from reports.site.facts import CodeName, HsHeading, Notice, SiteMeasure
from warehouse.connection import Connection
from warehouse.facts import read_notifications
from warehouse.members import member_zh
from warehouse.records import Channel, Notification, NotificationKind
from warehouse.reference import (
    hs_chapter_zh,
    hs_heading_zh,
    ics_zh,
    industries,
    industry_of_hs,
    objective_zh,
    what_it_is_zh,
)
from warehouse.site_facts import chains_concerned, current_documents
from warehouse.translations import BestTitle, TitleKind, best_titles

# the measure itself, where it was collected; the others amend it
_MAIN_KINDS = (
    NotificationKind.REGULAR,
    NotificationKind.REVISION,
    NotificationKind.EMERGENCY,
    NotificationKind.UNKNOWN,
)


def current_measures(con: Connection, today: date) -> tuple[SiteMeasure, ...]:
    """Return the current measures, those with the latest document first."""
    rows = current_documents(con, today)
    ids = list(dict.fromkeys(row["notification_id"] for row in rows))
    notifications = {item.notification_id: item for item in read_notifications(con, ids)}
    first_key: dict[str, str] = {}
    for row in rows:
        first_key.setdefault(row["notification_id"], row["measure_key"])
    titles = best_titles(con, ids)
    chains = chains_concerned(con, ids, least_firms=LEAST_FIRMS_FOR_AMOUNT)
    measures = [
        _measure(tuple(notifications[each] for each in family), first_key, titles, chains)
        for family in families((row["notification_id"], row["measure_key"]) for row in rows)
    ]
    # latest first, and of one day by key
    measures.sort(key=lambda measure: measure.key)
    measures.sort(key=lambda measure: measure.updated or date.min, reverse=True)
    return tuple(measures)


def families(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """Yield notifications that share a name of a measure, directly or through others, each in one tuple."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    members: dict[str, None] = {}
    for notification_id, key in named:
        members[notification_id] = None
        # a name may be the id of a notification too: names have a space of their own
        parent[root(f"n {notification_id}")] = root(f"k {key}")
    found: dict[str, list[str]] = {}
    for notification_id in members:
        found.setdefault(root(f"n {notification_id}"), []).append(notification_id)
    yield from map(tuple, found.values())


def without_firms(
    measures: Sequence[SiteMeasure], firms: FirmFinder
) -> tuple[tuple[SiteMeasure, ...], tuple[tuple[SiteMeasure, Unfit], ...]]:
    """Split the measures into those to be shown and those that are not for the public, with what they hold.

    That is whatever names a firm of the city's list, and a Chinese title with a number or an address.
    """
    shown, held = [], []
    for measure in measures:
        unfit = find_unfit(measure.title_zh, firms)
        if unfit is None and firms.find(_text_of(measure)):
            unfit = find_unfit(_text_of(measure), firms)
        if unfit is None:
            shown.append(measure)
        else:
            held.append((measure, unfit))
    return tuple(shown), tuple(held)


def _measure(
    family: Sequence[Notification],
    first_key: Mapping[str, str],
    titles: Mapping[str, BestTitle],
    chains: Mapping[str, list[str]],
) -> SiteMeasure:
    main = max(family, key=_prominence)
    title = titles.get(main.notification_id)
    if title is None:
        title = BestTitle(text=title_put_together(main), kind=TitleKind.PENDING)
    deadlines = [item.comment_deadline for item in family if item.comment_deadline]
    codes = tuple(dict.fromkeys(code for item in (main, *family) for code in item.hs_codes))
    counted = Counter(chain for item in family for chain in chains.get(item.notification_id, ()))
    concerned = {industry_of_hs(code) for code in codes}
    entries = [item.entry_into_force_date for item in family if item.entry_into_force_date]
    return SiteMeasure(
        key=first_key[main.notification_id],
        symbols=main.symbols,
        members=tuple(map(member_zh, main.member_codes)) or tuple(name for name in (members_zh(main),) if name),
        area=main.area,
        kind=what_it_is_zh(main),
        title=main.title,
        lang=main.lang,
        title_zh=title.text,
        title_mark=title.mark,
        distributed=main.distribution_date,
        updated=max((item.distribution_date for item in family if item.distribution_date), default=None),
        comment_deadline=max(deadlines, default=None),
        comment_deadline_text=main.comment_deadline_text,
        adoption_text=_date_zh(main.adoption_date) or main.adoption_text,
        entry_text=_date_zh(max(entries, default=None)) or main.entry_into_force_text,
        chapters=tuple(CodeName(code=code, name=hs_chapter_zh(code)) for code in sorted({c[:2] for c in codes})),
        headings=_headings(codes),
        ics=tuple(CodeName(code=code, name=ics_zh(code)) for code in main.ics_codes),
        objectives=tuple(dict.fromkeys(objective_zh(name) for name in main.objectives)),
        chains=tuple(name for name, _ in counted.most_common()),
        industries=tuple(name for name in industries() if name in concerned),
        products=main.products_text,
        description=main.description,
        url=_url(main),
        documents=main.document_links,
        notices=tuple(_notice(item) for item in sorted(family, key=_when)),
    )


def _headings(codes: Sequence[str]) -> tuple[HsHeading, ...]:
    below: dict[str, list[str]] = {}
    for code in sorted(codes):
        if len(code) >= 4:
            below.setdefault(code[:4], []).append(code)
    return tuple(
        HsHeading(code=code, name=hs_heading_zh(code), notified=tuple(each for each in found if each != code))
        for code, found in below.items()
    )


def _notice(item: Notification) -> Notice:
    return Notice(
        symbol="、".join(item.symbols) or item.notification_id,
        kind=what_it_is_zh(item),
        distributed=item.distribution_date,
        title=item.title,
        lang=item.lang,
        url=_url(item),
    )


def _prominence(item: Notification) -> tuple[bool, bool, date, str]:
    """As the cases choose the notification that stands for a measure (`queries/cases.sql`)."""
    day = item.distribution_date or date.min
    return (item.channel is Channel.WTO, item.kind in _MAIN_KINDS, day, item.notification_id)


def _when(item: Notification) -> tuple[date, str]:
    return (item.distribution_date or date.min, item.notification_id)


def _url(item: Notification) -> str:
    return item.url or next(iter(item.notification_links.values()), "")


def _date_zh(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _text_of(measure: SiteMeasure) -> str:
    return "\n".join(str(getattr(measure, each.name)) for each in fields(measure))
