"""六、评议与特别贸易关注进展: what the events of a month say of comments and concerns, without firms or free words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from pipeline.case_state import in_order
from pipeline.clock import to_shanghai
from pipeline.steps.open_cases import TimedCase
from reports.bulletin.facts import Proceeding
from warehouse.bulletin_facts import Period
from warehouse.cases import CaseEvent
from warehouse.records import Notification


def proceedings(
    timed: Iterable[TimedCase], notifications: Mapping[str, Notification], period: Period
) -> tuple[Proceeding, ...]:
    """List the steps of the period by day. The same step told twice on one day is one."""
    found = {
        Proceeding(
            on=to_shanghai(event.occurred_at).date(),
            kind_zh=_words()["kinds"][event.kind],
            symbols=_symbols(item, notifications),
            text=_text(event),
        ): None
        for item in timed
        for event in in_order(item.case.events)
        if event.kind in _words()["kinds"] and period.first_instant <= event.occurred_at < period.end_instant
    }
    return tuple(sorted(found, key=lambda step: (step.on, step.symbols, step.kind_zh, step.text)))


def consultations(timed: Iterable[TimedCase], period: Period) -> tuple[int, int]:
    """Count the consultations with firms in the period, and the measures that they were about."""
    found = [
        item.case.case_id
        for item in timed
        for event in in_order(item.case.events)
        if event.kind == "consulted" and period.first_instant <= event.occurred_at < period.end_instant
    ]
    return len(found), len(set(found))


def _symbols(item: TimedCase, notifications: Mapping[str, Notification]) -> tuple[str, ...]:
    measure = notifications.get(item.case.notification_id)
    return (measure.symbols if measure else ()) or item.case.symbols or (item.case.case_id,)


def _text(event: CaseEvent) -> str:
    texts, addressee = _words()["texts"], _words()["addressees"].get(event.code, "")
    if event.kind == "comment-submitted":
        return texts[event.kind].format(addressee=addressee) if addressee else texts["comment-submitted-unnamed"]
    if event.kind == "concern-linked":
        return texts[event.kind].format(number=event.code) if event.code else texts["concern-linked-unnamed"]
    return texts[event.kind]


@cache
def _words() -> dict[str, dict[str, str]]:
    text = (files("pipeline") / "bulletin" / "proceedings.toml").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = tomllib.loads(text)
    return words
