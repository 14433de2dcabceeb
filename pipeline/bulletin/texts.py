"""Puts officers' texts into the facts of an issue, and makes the rows of the workbook in which they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from reports.bulletin.facts import BulletinFacts, BulletinItem, Written
from reports.bulletin.highlights import chosen
from reports.editing.compare import tag_of
from reports.editing.outline import Outline
from reports.editing.sheet import SheetRow, load_layout
from warehouse.bulletin_texts import ITEM_SLOTS, OfficerText

Texts = Mapping[tuple[str, str], OfficerText]  # by slot and case_id
_NO_WORD: Final = re.compile(r"[\W_]+")


def by_slot(texts: Sequence[OfficerText]) -> Texts:
    """The texts by slot and case."""
    return {(text.slot, text.case_id): text for text in texts}


def with_texts(facts: BulletinFacts, texts: Sequence[OfficerText]) -> BulletinFacts:
    """The facts with what officers wrote; a text of a case that is no item of the month any more is left out."""
    found = by_slot(texts)
    corrections = [text.text for (slot, _), text in sorted(found.items()) if slot.startswith("correction:")]
    return replace(
        facts,
        preface=_written(found.get(("preface", ""))),
        items=tuple(_with_item_texts(item, found) for item in facts.items),
        hints=tuple(
            Written(text.text, text.written_by) for (slot, _), text in sorted(found.items()) if slot.startswith("hint:")
        ),
        corrections=(*facts.corrections, *corrections),
    )


def is_printed_as(text: OfficerText, printed: str) -> bool:
    """Whether a draft prints the text: word for word, whatever became of its marks and line breaks on the page."""
    return _words(text.text) == _words(printed)


def editable_slots(facts: BulletinFacts) -> tuple[tuple[str, str], ...]:
    """(slot, case_id) of every text that may be written for the issue, in reading order."""
    layout = load_layout()
    items = [(slot, item.case_id) for item in chosen(facts.items) for slot in ITEM_SLOTS]
    hints = [(f"hint:{number}", "") for number in range(1, layout.hints + 1)]
    corrections = [(f"correction:{number}", "") for number in range(1, layout.corrections + 1)]
    return (("preface", ""), *items, *hints, *corrections)


def sheet_rows(facts: BulletinFacts, texts: Sequence[OfficerText], drafted: Outline) -> tuple[SheetRow, ...]:
    """The rows of the workbook: what an officer wrote, else what the draft prints (`drafted` is its public version)."""
    found = by_slot(texts)
    said = {control.tag: "" if control.is_placeholder else control.text for control in drafted.controls}
    items = {item.case_id: item for item in facts.items}
    rows = []
    for slot, case_id in editable_slots(facts):
        text = found.get((slot, case_id))
        item = items.get(case_id)
        rows.append(
            SheetRow(
                slot=slot,
                case_id=case_id,
                symbols="\n".join(item.symbols) if item else "",
                title=(item.title_zh or item.title) if item else "",
                data=_item_data(item) if item else _month_data(facts) if slot == "preface" else "",
                present=text.text if text else said.get(tag_of(slot, case_id), ""),
                by=text.written_by if text else "",
            )
        )
    return tuple(rows)


def _with_item_texts(item: BulletinItem, found: Texts) -> BulletinItem:
    advice = found.get(("advice", item.case_id))
    item = replace(
        item,
        content_zh=_written(found.get(("content", item.case_id))),
        effect_zh=_written(found.get(("effect", item.case_id))),
    )
    if advice is None:
        return item
    lines = tuple(line for line in (part.strip() for part in advice.text.split("\n")) if line)
    return replace(item, advice=lines, advice_by=advice.written_by, advice_is_draft=False, advice_is_signed=False)


def _words(text: str) -> str:
    return _NO_WORD.sub("", text)


def _written(text: OfficerText | None) -> Written | None:
    return None if text is None else Written(text.text, text.written_by)


def _item_data(item: BulletinItem) -> str:
    words = load_layout().words
    deadline = item.comment_deadline.isoformat() if item.comment_deadline else item.comment_deadline_text
    values = (
        ("level", f"{item.level}，{item.relation_zh}关联" if item.relation_zh else item.level),
        ("firms", str(item.n_firms) if item.n_firms else ""),
        ("chains", "、".join(item.chains)),
        ("products", "、".join(item.products_zh[:5])),
        ("deadline", deadline),
        ("adoption", item.adoption_text),
        ("entry", item.entry_text),
        ("judged", item.judged_by or words["machine"]),
    )
    return "\n".join(words[name].format(value=value) for name, value in values if value)


def _month_data(facts: BulletinFacts) -> str:
    words, totals, response = load_layout().words, facts.totals, facts.response
    overall = words["overall"].format(
        symbols=totals.n_symbols,
        measures=totals.n_measures,
        relevant=facts.relevance.n_measures,
        firms=facts.relevance.n_firms,
    )
    return f"{overall}\n{words['response'].format(due=response.due, on_time=response.on_time)}"
