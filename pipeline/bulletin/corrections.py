"""更正: what released issues printed of a measure, against what the record of that measure says since.

Two things put a printed fact right: the source changed its record after the release, or a corrigendum (勘误) of the
family came after it and states another date. An addendum that moves a date is news, not a correction.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.bulletin.wording import members_zh
from reports.mail.clean import shorten
from reports.stated_dates import stated_zh
from warehouse.cases import Case
from warehouse.issues_released import PrintedCorrection
from warehouse.query import Row
from warehouse.records import Notification

_DATES = ("comment_deadline", "adoption", "entry")
# field of the bulletin: columns of a record whose change changes it
_COLUMNS = {
    "comment_deadline": ("comment_deadline", "comment_deadline_text"),
    "adoption": ("adoption_date", "adoption_text"),
    "entry": ("entry_into_force_date", "entry_into_force_text"),
    "members": ("member_names",),
    "symbols": ("symbols",),
    "title": ("title",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedItem:
    """A measure as a released issue printed it; a field that it did not print is left out of `values`."""

    overall: int
    issue_zh: str  # 2026年第5期
    released_at: datetime
    case_id: str
    symbols: tuple[str, ...]
    member_zh: str
    values: Mapping[str, str]  # field to what was printed, "" for 未注明


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentRecord:
    """The same measure today, when its record changed, and what that record ever stated."""

    values: Mapping[str, str]  # dates as the case has them now
    changed_at: Mapping[str, datetime]  # field to its last change by the source
    stated: Mapping[str, frozenset[str]]  # date field to all that the versions of the record stated


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrigendumRecord:
    """A corrigendum of the case: when it came, and the days that it states.

    `corrects` is what the document that it corrects stated, by field; None where that was never collected.
    """

    collected_at: datetime
    values: Mapping[str, str]
    corrects: Mapping[str, frozenset[str]] | None = None


def printed_items(overall: int, issue_zh: str, released_at: datetime, facts: str) -> Iterator[PrintedItem]:
    """Items and deadlines of an issue from its frozen facts (JSON), each case once.

    Read field by field and not as records: an issue of an older version of the program lacks what came later.
    """
    data = json.loads(facts)
    seen = set()
    for entry in data.get("items", ()):
        seen.add(entry["case_id"])
        deadline = entry.get("comment_deadline")
        values = {
            "comment_deadline": _day(deadline) if deadline else entry.get("comment_deadline_text", ""),
            "adoption": entry.get("adoption_text", ""),
            "entry": entry.get("entry_text", ""),
            "title": entry.get("title", ""),
        }
        yield _printed(overall, issue_zh, released_at, entry, values)
    for entry in data.get("deadlines", ()):
        if entry["case_id"] not in seen and entry.get("event", "评议截止") == "评议截止":
            seen.add(entry["case_id"])
            yield _printed(overall, issue_zh, released_at, entry, {"comment_deadline": _day(entry["on"])})


def present_record(
    notification: Notification, versions: Sequence[Row], dates: Mapping[str, str] | None = None
) -> PresentRecord:
    """What a record says now, and when its source changed which field (`versions` of the record, earliest first).

    `dates` are those of its case, which an addendum may have moved; without a case the record's own.
    """
    changed_at: dict[str, datetime] = {}
    before: dict[tuple[str, str], Row] = {}
    for row in versions:
        key = (row["source"], row["source_key"])
        old = before.get(key)
        for name, columns in _COLUMNS.items():
            if old is not None and _printed_of(old, name, columns) != _printed_of(row, name, columns):
                changed_at[name] = max(row["first_seen_at"], changed_at.get(name, row["first_seen_at"]))
        before[key] = row
    values = {
        **(date_values(notification) if dates is None else dates),
        "members": members_zh(notification),
        "symbols": "、".join(notification.symbols),
        "title": notification.title,
    }
    return PresentRecord(values=values, changed_at=changed_at, stated=stated_dates(versions))


def stated_dates(versions: Iterable[Row]) -> dict[str, frozenset[str]]:
    """All that versions of a record ever stated of each date, as a bulletin prints it."""
    rows = tuple(versions)
    return {
        name: frozenset(_day_or_text(*(row[column] for column in _COLUMNS[name])) for row in rows) for name in _DATES
    }


def days_of(notification: Notification) -> dict[str, str]:
    """The days that a notification states, as a bulletin prints them; words such as "Not applicable" are none."""
    n = notification
    days = {
        "comment_deadline": n.comment_deadline,
        "adoption": n.adoption_date,
        "entry": n.entry_into_force_date,
    }
    return {name: _day_or_text(day, "") for name, day in days.items() if day is not None}


def date_values(notification: Notification, case: Case | None = None) -> dict[str, str]:
    """The dates of a notification as a bulletin prints them, those of its case first; "" for one that is not stated."""
    n = notification
    deadline = (case and case.comment_deadline) or n.comment_deadline
    adoption = (case and case.adoption_date) or n.adoption_date
    entry = (case and case.entry_into_force_date) or n.entry_into_force_date
    return {
        "comment_deadline": _day_or_text(deadline, n.comment_deadline_text),
        "adoption": _day_or_text(adoption, n.adoption_text),
        "entry": _day_or_text(entry, n.entry_into_force_text),
    }


def find_corrections(
    printed: Sequence[PrintedItem],
    present: Mapping[tuple[int, str], PresentRecord],
    corrigenda: Mapping[str, Sequence[CorrigendumRecord]],
    corrected: Mapping[tuple[int, str, str], str],
) -> tuple[PrintedCorrection, ...]:
    """What is to be put right, in the order of the issues.

    `present` by issue and case, `corrigenda` by case in the order in which they came, `corrected` what was put right
    before by issue, case and field: said once, and again only where it has changed once more.
    """
    found = []
    for item in sorted(printed, key=lambda each: each.overall):
        for name, old in item.values.items():
            key = (item.overall, item.case_id, name)
            stands = corrected.get(key, old)
            right = _right_value(item, name, old, present.get(key[:2]), corrigenda.get(item.case_id, ()))
            if right is None or _same(right, stands):
                continue
            sentence = _sentence(item, name, right, stands, is_again=key in corrected)
            found.append(
                PrintedCorrection(
                    corrects=item.overall, case_id=item.case_id, field_name=name, value=right, sentence=sentence
                )
            )
    return tuple(found)


def _right_value(
    item: PrintedItem, name: str, old: str, record: PresentRecord | None, corrigenda: Sequence[CorrigendumRecord]
) -> str | None:
    """What holds of a field, None where nothing after the release has touched it; a corrigendum has the last word.

    Of dates, only what puts right the date that was printed: where an addendum had moved it before the release, neither
    the main record nor a corrigendum to it says anything of what stands in the issue.
    """
    stated = [
        each.values[name]
        for each in corrigenda
        if name in _DATES
        and each.collected_at > item.released_at
        and each.values.get(name)
        and (each.corrects is None or old in each.corrects[name])
    ]
    if stated:
        return stated[-1]
    if record is None or name not in record.changed_at or record.changed_at[name] <= item.released_at:
        return None
    if name in _DATES and old not in record.stated[name]:
        return None
    return record.values[name]


def _sentence(item: PrintedItem, name: str, right: str, stands: str, *, is_again: bool) -> str:
    words = _words()
    return str(words["again" if is_again else "sentence"]).format(
        issue=item.issue_zh,
        symbols="、".join(item.symbols),
        member=item.member_zh,
        field=words["fields"][name],
        new=_shown(name, right),
        old=_shown(name, stands),
    )


def _shown(name: str, value: str) -> str:
    words = _words()
    if not value:
        return str(words["unknown"])
    if name in _DATES:
        return stated_zh(value)
    return str(words["title"]).format(value=shorten(value, words["title_length"])) if name == "title" else value


def _printed(
    overall: int, issue_zh: str, released_at: datetime, entry: Mapping[str, Any], values: Mapping[str, str]
) -> PrintedItem:
    symbols = tuple(entry["symbols"])
    return PrintedItem(
        overall=overall,
        issue_zh=issue_zh,
        released_at=released_at,
        case_id=entry["case_id"],
        symbols=symbols,
        member_zh=entry["member_zh"],
        values={**values, "members": entry["member_zh"], "symbols": "、".join(symbols)},
    )


def _printed_of(row: Row, name: str, columns: Sequence[str]) -> object:
    """What a version prints of a field: of a date the day, its words only where there is none."""
    values = [row[column] for column in columns]
    return _day_or_text(*values) if name in _DATES else values


def _same(one: str, other: str) -> bool:
    return "".join(one.split()) == "".join(other.split())


def _day(text: str) -> str:
    return _day_or_text(date.fromisoformat(text), "")


def _day_or_text(day: date | None, text: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else text


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("pipeline") / "bulletin" / "corrections.toml").read_text(encoding="utf-8"))
