"""What only the measures of part 三 need: words of the notification, advice, the office's dates, evidence."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from pipeline.case_state import in_order
from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.response_advice import deadlines
from pipeline.steps.open_cases import TimedCase, Timing
from pipeline.steps.show_case import ShownCase, draft_of, shown_cases
from pipeline.worktime import last_working_day_before
from reports.bulletin.facts import BulletinItem, Quote
from warehouse.bulletin_facts import evidence_of
from warehouse.connection import Connection
from warehouse.query import Row
from warehouse.records import Notification

_DESCRIPTION_LENGTH = 300
_QUOTES = 4
_QUOTE_LENGTH = 80


def with_details(
    con: Connection,
    context: Context,
    timing: Timing,
    items: Sequence[BulletinItem],
    chosen: Sequence[BulletinItem],
    cases: dict[str, TimedCase],
) -> tuple[BulletinItem, ...]:
    """Return the items, those `chosen` for part 三 with all that is printed of them there."""
    wanted = [item.case_id for item in chosen]
    shown = {case.timed.case.case_id: case for case in shown_cases(con, [cases[case_id] for case_id in wanted])}
    rows: dict[str, list[Row]] = {}
    for row in evidence_of(con, wanted):
        rows.setdefault(row["case_id"], []).append(row)
    return tuple(
        _detailed(item, shown[item.case_id], rows.get(item.case_id, []), context, timing)
        if item.case_id in shown
        else item
        for item in items
    )


def _detailed(item: BulletinItem, shown: ShownCase, rows: list[Row], context: Context, timing: Timing) -> BulletinItem:
    measure = shown.notification
    dates = deadlines(
        shown.timed.case.comment_deadline,
        measure.distribution_date,
        to_shanghai(context.now).date(),
        lambda day, n: last_working_day_before(day, n, timing.calendar),
    )
    advice, signed_by = _advice(shown, timing, context)
    return replace(
        item,
        description=_cut(measure.description, _DESCRIPTION_LENGTH),
        firms_by=dates.firms_by,
        upward_by=dates.upward_by,
        evidence=_quotes(measure, rows),
        advice=advice,
        advice_by=signed_by,
        advice_is_draft=bool(advice) and not signed_by,
        advice_is_signed=bool(signed_by),
    )


def _advice(shown: ShownCase, timing: Timing, context: Context) -> tuple[tuple[str, ...], str]:
    """The signed advice and who signed it, else the program's draft and nobody."""
    signed = [event for event in in_order(shown.timed.case.events) if event.kind == "advised"]
    if signed and signed[-1].detail.strip():
        lines = tuple(line.strip() for line in signed[-1].detail.splitlines() if line.strip())
        return lines, signed[-1].actor
    draft = draft_of(shown, timing, context.now)
    return ((draft.brief,), "") if draft else ((), "")


def _quotes(measure: Notification, rows: Sequence[Row]) -> tuple[Quote, ...]:
    """Passages of the measure's own notification, each once, and only such as stand there word for word."""
    whole = _flat(" ".join((measure.title, measure.description, measure.products_text, *measure.keywords)))
    symbol = measure.symbols[0] if measure.symbols else measure.notification_id
    found: dict[str, Quote] = {}
    for row in rows:
        if row["notification_id"] != measure.notification_id:
            continue
        words, is_code = row["notification_text"], row["kind"] in ("hs", "ics")
        # a match may also rest on the name of a code, which is no quotation
        if not is_code and _flat(words).rstrip("…") not in whole:
            continue
        said = f"{row['kind'].upper()} {words}" if is_code else _cut(words, _QUOTE_LENGTH)
        quote = Quote(symbol=symbol, url=measure.url, text=said, lang="" if is_code else measure.lang)
        found.setdefault(said.casefold(), quote)
    return tuple(found.values())[:_QUOTES]


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).replace("...", "…").casefold().split())


def _cut(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
