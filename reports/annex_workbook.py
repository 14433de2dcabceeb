"""The annexes of an issue as a workbook (.xlsx): the figures of the bulletin as numbers and dates, to sort and filter.

Sheets, columns and words stand in `annex_workbook.toml`. The same facts give the same bytes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from reports.bulletin.annexes import standing
from reports.bulletin.facts import (
    UNKNOWN_MEMBER,
    Breakdown,
    BulletinFacts,
    BulletinItem,
    Counted,
    DeadlineEntry,
    ResponseClock,
    ResponseRate,
)
from reports.bulletin.figures import day, minute, rank_of, ranked, say
from reports.bulletin.order import in_order
from reports.bulletin.overview import is_whole
from reports.bulletin.schedule import ahead
from reports.bulletin.titles import document_text, title_text
from reports.document import clean
from reports.stated_dates import stated_zh
from reports.workbook_page import Column, Link, Page, Value, workbook_bytes

_DAY: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_MOST_SYMBOLS: Final = 60  # of a joint text; the row may not grow taller than a page


def annex_workbook(facts: BulletinFacts) -> bytes:
    """The workbook of an issue. Firms are named only where `facts.firm_names`."""
    book = Workbook()
    del book[book.sheetnames[0]]
    writers: tuple[tuple[str, Callable[[Workbook, BulletinFacts], None]], ...] = (
        ("items", _items),
        ("deadlines", _deadlines),
        *((key, _counts(key)) for key in ("members", "kinds", "buckets", "objectives")),
        ("matrix", _matrix),
        ("response", _response),
        ("notes", _notes),
    )
    for key, write in writers:
        book.create_sheet(_words()["sheets"][key])
        write(book, facts)
    return workbook_bytes(
        book,
        title=_words()["title"],
        subject=say("masthead.subject", year=facts.year, month=facts.month),
        author=clean(facts.issuer.name),
        made_at=facts.generated_at,
    )


def _open(book: Workbook, facts: BulletinFacts, key: str, widths: Sequence[float], *, frozen: int = 0) -> Page:
    """The last sheet with its title, the line of the issue and what must be said on every sheet."""
    page = Page(book[book.sheetnames[-1]], widths, frozen=frozen)
    page.title(_title(facts, key))
    serial = facts.serial
    line = say("masthead.draft", year=facts.year, month=facts.month)
    if serial is not None:
        line = say("masthead.serial", year=facts.year, in_year=serial.in_year, overall=serial.overall)
    issuer = clean(facts.issuer.name)
    page.note(_words()["line"].format(serial=line, issuer=issuer, date=day(facts.issue_date)))
    if facts.simulated:
        page.note(say("notes.simulated"))
    return page


def _title(facts: BulletinFacts, key: str) -> str:
    said: str = _words()["titles"][key]
    return said.format(year=facts.year, month=facts.month, date=day(facts.issue_date), time=minute(facts.generated_at))


def _items(book: Workbook, facts: BulletinFacts) -> None:
    rows = [_item(facts, number, item) for number, item in enumerate(in_order(facts.items), start=1)]
    note = say("annex.restricted_note" if facts.firm_names else "annex.public_note")
    _listed(book, facts, "items", rows, [note, _words()["remarks"]["machine"]])


def _item(facts: BulletinFacts, number: int, item: BulletinItem) -> Mapping[str, Value]:
    deadline: Value = item.comment_deadline or stated_zh(item.comment_deadline_text) or _words()["undated"]
    return {
        "number": number,
        "symbols": Link(_symbols(item.symbols), item.url),
        "member": item.member_zh,
        "distributed": item.distribution_date or _words()["undated"],
        "area": item.area,
        "kind": item.kind_zh,
        "documents": "\n".join(map(document_text, item.documents)),
        "title_zh": title_text(item, 600),
        "title": item.title,
        "products": "、".join(item.products_zh),
        "hs": ", ".join(item.hs),
        "ics": ", ".join(item.ics),
        "objectives": "、".join(item.objectives_zh),
        "deadline": deadline,
        "days_left": item.days_left if item.comment_deadline else None,
        "adoption": _date_or_text(item.adoption_text),
        "entry": _date_or_text(item.entry_text),
        "chains": "、".join(item.chains),
        "n_firms": item.n_firms or None,
        "firms": "、".join(item.firm_names),
        "relation": item.relation_zh,
        "level": item.level,
        "state": standing(facts, item),
        "source": Link(say("annex.source") if item.url else "", item.url),
    }


def _deadlines(book: Workbook, facts: BulletinFacts) -> None:
    rows = [_deadline(number, entry) for number, entry in enumerate(ahead(facts), start=1)]
    _listed(book, facts, "deadlines", rows, [])


def _deadline(number: int, entry: DeadlineEntry) -> Mapping[str, Value]:
    return {
        "number": number,
        "on": entry.on,
        "days_left": entry.days_left,
        "event": entry.event,
        "symbols": Link(_symbols(entry.symbols), entry.url),
        "member": entry.member_zh,
        "subject": entry.subject_zh,
        "n_firms": entry.n_firms or None,
        "state": entry.state_zh,
        "source": Link(say("annex.source") if entry.url else "", entry.url),
    }


def _listed(
    book: Workbook,
    facts: BulletinFacts,
    key: str,
    rows: Sequence[Mapping[str, Value]],
    notes: Sequence[str],
) -> None:
    """A sheet of one long table; its first two columns stay in sight."""
    wanted = [entry for entry in _words()[key] if facts.firm_names or not entry.get("restricted")]
    page = _open(book, facts, key, [entry["width"] for entry in wanted], frozen=2)
    for note in notes if rows else [_words()["none"][key]]:
        page.note(note)
    columns = [Column(entry["header"], entry.get("kind", "text")) for entry in wanted]
    placed = page.table(columns, [[row[entry["name"]] for entry in wanted] for row in rows])
    page.finish(_words()["footer"], table=placed)


def _counts(key: str) -> Callable[[Workbook, BulletinFacts], None]:
    """A sheet of counts by `key`; that of kinds has the areas (TBT, SPS) below."""

    def write(book: Workbook, facts: BulletinFacts) -> None:
        widths = [*([8] if key == "members" else []), 34, 16, 12, *([16, 12] * len(_bases(facts)))]
        page = _open(book, facts, key, widths, frozen=2 if key == "members" else 1)
        if not facts.totals.n_symbols:
            page.note(_words()["none"]["counts"])
        counts = ranked(getattr(facts.breakdown, key))
        if sum(count.n for count in counts) > facts.totals.n_symbols:
            page.note(_words()["remarks"]["overlap"].format(what=_words()["counts"]["names"][key]))
        placed = _count_table(page, facts, key, counts)
        areas = ranked(facts.breakdown.areas)
        if key == "kinds" and areas:
            page.subtitle(_title(facts, "areas"))
            _count_table(page, facts, "areas", areas)
        page.finish(_words()["footer"], table=None if key == "kinds" else placed)

    return write


def _count_table(page: Page, facts: BulletinFacts, key: str, counts: tuple[Counted, ...]) -> Any:
    words, whole, bases = _words()["counts"], facts.totals.n_symbols, _bases(facts)
    columns = [Column(words["names"][key]), Column(words["n"], "count"), Column(words["share"], "share")]
    for place, _, _ in bases:
        columns += [Column(words["history"][place], "count"), Column(words["history"][place + 1], "change")]

    def line(name: str, n: int, before: Sequence[int]) -> list[Value]:
        cells: list[Value] = [name, n, n / whole if whole else None]
        for base in before:
            cells += [base, _change(n, base)]
        return cells

    rows = [
        line(count.name, count.n, [_count_of(getattr(base, key), count.name) for _, base, _ in bases])
        for count in counts
    ]
    total: list[Value] = []
    if counts and sum(count.n for count in counts) == whole:
        total = line(_words()["total"], whole, [n for _, _, n in bases])
    if key == "members":
        columns.insert(0, Column(words["rank"], "center"))
        named = tuple(count for count in counts if count.name != UNKNOWN_MEMBER)
        ranks: list[Value] = ["" if count not in named else rank_of(named, count) for count in counts]
        rows = [[rank, *row] for rank, row in zip(ranks, rows, strict=True)]
        total = ["", *total] if total else []
    return page.table(columns, rows, total=total)


def _bases(facts: BulletinFacts) -> list[tuple[int, Breakdown, int]]:
    """The months to compare with, as far as they are on record: place of their words, counts, symbols in all."""
    if not is_whole(facts):
        return []
    pairs = ((facts.previous, facts.totals.previous_month), (facts.last_year, facts.totals.same_month_last_year))
    return [(2 * place, base, n) for place, (base, n) in enumerate(pairs) if base is not None and n is not None]


def _change(now: int, before: int) -> float | None:
    """None (a dash) where the base is nothing and there is something now."""
    if now == before:
        return 0.0
    return (now - before) / before if before else None


def _count_of(counts: tuple[Counted, ...], name: str) -> int:
    return next((count.n for count in counts if count.name == name), 0)


def _matrix(book: Workbook, facts: BulletinFacts) -> None:
    found = facts.relevance
    page = _open(book, facts, "matrix", [30, *([10] * len(found.markets)), 10], frozen=1)
    page.note(_words()["remarks"]["matrix"] if found.rows else _words()["none"]["matrix"])
    names = [_words()["matrix"]["chain"], *found.markets, _words()["total"]]
    columns = [Column(name, "count" if place else "text") for place, name in enumerate(names)]
    rows: list[list[Value]] = [[row.chain, *(n or None for n in row.counts), row.total] for row in found.rows]
    total: list[Value] = [_words()["total"], *found.market_totals, found.n_measures]
    placed = page.table(columns, rows, total=total if rows else ())
    if rows and found.markets:
        last = get_column_letter(len(found.markets) + 1)
        page.shade(f"B{placed.first}:{last}{placed.last}")
    page.finish(_words()["footer"], table=placed, filtered=False)


def _response(book: Workbook, facts: BulletinFacts) -> None:
    words, clock = _words()["response"], facts.response
    page = _open(book, facts, "response", words["widths"])
    if clock.rates:  # of several rules, which share no rate
        columns = [*_columns(words["columns"], words["kinds"]), Column(words["version"])]
        page.table(columns, [[*_figures(rate), rate.version] for rate in clock.rates])
    else:
        page.table(_columns(words["columns"], words["kinds"]), [_figures(clock)])
    for key, counts in (("steps", ranked(clock.steps)), ("causes", ranked(clock.causes))):
        if counts:
            page.subtitle(_title(facts, key))
            columns = [Column(words["measures"], "count"), Column(words[key])]
            page.table(columns, [[count.n, count.name] for count in counts])
    if clock.still_open and facts.firm_names:
        page.subtitle(_title(facts, "open"))
        page.note(_words()["remarks"]["zone"])
        rows: list[list[Value]] = [
            [
                number,
                Link(_symbols(case.symbols), case.url),
                case.member_zh,
                case.step_zh,
                case.due_at,
                words["overdue" if case.is_overdue else "waiting"],
            ]
            for number, case in enumerate(clock.still_open, start=1)
        ]
        page.table(_columns(words["open"], words["open_kinds"]), rows)
    page.finish(_words()["footer"])


def _figures(clock: ResponseClock | ResponseRate) -> list[Value]:
    rate = clock.on_time / clock.due if clock.due else None
    figures: list[Value] = [clock.due, clock.done, clock.on_time, clock.overdue, rate, clock.not_yet_due]
    return [*figures, clock.backfilled, clock.median_hours, clock.p90_hours]


def _notes(book: Workbook, facts: BulletinFacts) -> None:
    words = _words()["notes"]
    page = _open(book, facts, "notes", words["widths"])
    known = "".join(rule.text for rule in facts.rules)  # where it may stand already
    said: list[tuple[str, str]] = [
        (say("notes.counting"), facts.counting_rule),
        *((rule.name, rule.text) for rule in facts.rules),
        *([] if facts.response.policy_text in known else [(words["policy"], facts.response.policy_text)]),
        (say("notes.judgement"), say("notes.judgement_text")),
        *((words["corrections"], sentence) for sentence in facts.corrections),
        (words["made"], say("colophon.generated_value", time=minute(facts.generated_at))),
        (words["disclaimer"], say("colophon.statement")),
    ]
    page.table(_columns(words["columns"], ["text"] * 2), [list(pair) for pair in said], stretch=True)
    if facts.sources:
        page.subtitle(_title(facts, "sources"))
        sources: list[list[Value]] = [
            [each.name, each.n_notifications, each.first_collected_at, each.last_collected_at, each.note]
            for each in facts.sources
        ]
        page.table(_columns(words["sources"], words["sources_kinds"]), sources)
    page.subtitle(_title(facts, "issues"))
    if facts.issues:
        issues = sorted(facts.issues, key=lambda issue: (-issue.n, issue.message))
        columns = _columns(words["issues"], ["count", "text"])
        page.table(columns, [[issue.n, issue.message] for issue in issues], stretch=True)
    else:
        page.note(say("notes.no_issue"))
    page.finish(_words()["footer"])


def _columns(headers: Sequence[str], kinds: Sequence[Any]) -> list[Column]:
    return [Column(header, kind) for header, kind in zip(headers, kinds, strict=True)]


def _symbols(values: tuple[str, ...]) -> str:
    """One a line; a long joint list is cut with its length."""
    more = [_words()["symbols_more"].format(n=len(values))] if len(values) > _MOST_SYMBOLS else []
    return "\n".join([*values[:_MOST_SYMBOLS], *more])


def _date_or_text(said: str) -> Value:
    """A date where the facts print one (2027年1月1日), else the words, else 未明确."""
    found = _DAY.fullmatch(said.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else stated_zh(said) or say("items.unknown")
    except ValueError:
        return said


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads((files("reports") / "annex_workbook.toml").read_text(encoding="utf-8"))
