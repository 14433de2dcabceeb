"""Cuts a document's text into boxes by their labels; numbers only help to tell a label from running text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from crawlers.formats.text import clean_block, clean_line
from crawlers.formats.wto_document.text_blocks import Blocks
from crawlers.formats.wto_document.wording import fold, labels, words

# A numbered line that opens with a phrase and a colon, as every box of every form does.
_NUMBERED: Final = re.compile(r"^[ ]*(\d{1,2})[.)]\s+([^\n:\[\]]{3,160}?)[ ]?:", re.MULTILINE)

_SEARCHED: Final = 300_000  # characters; a form has some ten thousand, only an annexed regulation has more


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """A document cut apart. `preamble` is all that stands before the first box; texts keep their paragraphs."""

    preamble: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)  # key of labels.toml -> text
    label_texts: Mapping[str, str] = field(default_factory=dict)  # key -> label as it stands in the document
    unknown: Mapping[str, str] = field(default_factory=dict)  # label that labels.toml does not have -> text
    lang: str = ""  # of the labels


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    key: str  # "" for an unknown label
    label: str
    langs: tuple[str, ...]
    number: int | None


def cut(blocks: Blocks) -> Boxes:
    """The boxes of a document; the text of each stands under its key, an unknown box under its own label."""
    text = "\n".join(blocks.lines)
    marks = _settle(_known(fold(text[:_SEARCHED])))
    marks = sorted(marks + _unknown(text, marks), key=lambda mark: mark.start)
    texts: dict[str, str] = {}
    names: dict[str, str] = {}
    unknown: dict[str, str] = {}
    votes: Counter[str] = Counter()
    for i, mark in enumerate(marks):
        stop = marks[i + 1].start if i + 1 < len(marks) else len(text)
        value = tidy(text[mark.end : stop], wrapped=blocks.wrapped)
        if mark.key:
            texts[mark.key] = value
            names[mark.key] = clean_line(text[mark.start : mark.end])
            votes.update(mark.langs)
        else:
            unknown[mark.label] = value
    preamble = text[: marks[0].start] if marks else text
    return Boxes(
        preamble=tuple(line for line in preamble.split("\n") if line.strip()),
        texts=texts,
        label_texts=names,
        unknown=unknown,
        lang=votes.most_common(1)[0][0] if votes else "",
    )


def tidy(text: str, *, wrapped: bool) -> str:
    """A box's text: wrapped lines joined where the source breaks lines for their length, else a line a paragraph."""
    if wrapped:
        return clean_block(text)
    return "\n".join(line for raw in text.split("\n") if (line := clean_line(raw)))


def _known(folded: str) -> list[_Mark]:
    """Every place where a label fits, the longest wording first; overlapping shorter ones are dropped."""
    found: dict[tuple[int, int, str], _Mark] = {}
    taken = bytearray(len(folded))
    for label in labels():
        for match in label.pattern.finditer(folded):
            start, end = match.span()
            place = (start, end, label.key)
            if not any(taken[start:end]):
                number = int(match["number"]) if match["number"] else None
                found[place] = _Mark(start, end, label.key, "", (label.lang,), number)
                taken[start:end] = b"\x01" * (end - start)
            elif (same := found.get(place)) is not None:  # French and English, or French and Spanish, share some words
                found[place] = replace(same, langs=(*same.langs, label.lang))
    return list(found.values())


def _settle(marks: list[_Mark]) -> list[_Mark]:
    """One mark a key. A label may also occur in running text: the numbered one wins, else the first; of labels that
    share a box the last, for the boxes with dates close the form."""
    inline = words()["inline"]
    chosen: dict[str, _Mark] = {}
    for mark in sorted(marks, key=lambda m: m.start):
        old = chosen.get(mark.key)
        later_wins = mark.key in inline and (old is None or old.number is None)
        if old is None or later_wins or (mark.number is not None and old.number is None):
            chosen[mark.key] = mark
    return list(chosen.values())


def _unknown(text: str, known: list[_Mark]) -> list[_Mark]:
    """Numbered lines that open as a box does and carry on the count; a list inside a box starts its own count."""
    numbered = sorted((m for m in known if m.number is not None), key=lambda m: m.start)
    if not numbered:
        return []
    taken = {m.number for m in numbered}
    found: list[_Mark] = []
    for match in _NUMBERED.finditer(text, 0, _SEARCHED):
        number = int(match[1])
        if number in taken or any(m.start < match.end() and match.start() < m.end for m in known):
            continue
        before = [m.number or 0 for m in (*numbered, *found) if m.start < match.start()]
        after = [m.number or 0 for m in numbered if m.start > match.start()]
        if number == max(before, default=0) + 1 and all(number < other for other in after):
            label = clean_line(match[2])
            found.append(_Mark(match.start(), match.end(), "", label, (), number))
            taken.add(number)
    return found
