"""The document model between composition and the renderers: blocks of clean text, no markup, no layout engine.

Every renderer draws every block; a new block type needs all three renderers and the JSON form below.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from typing import TypeAlias

_XLSX_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
# Overrides and embeddings (LRE..RLO, isolates) in a foreign title could turn the Chinese text around it.
_BIDI_CONTROLS = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)}
_RTL_CLASSES = {"R", "AL"}


def clean(value: str) -> str:
    """Text that no renderer chokes on: no control, surrogate, private or directional characters, single spaces."""
    value = _XLSX_ESCAPE.sub(" ", value)
    kept = (
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in value
        if char not in _BIDI_CONTROLS and unicodedata.category(char) not in {"Cs", "Co", "Cn"} and char != "\ufeff"
    )
    return re.sub(r"\s+", " ", "".join(kept)).strip(" ")


def is_right_to_left(value: str) -> bool:
    """True if the first strong character is of a right-to-left script (rule P2 of the Unicode bidi algorithm)."""
    for char in value:
        kind = unicodedata.bidirectional(char)
        if kind in _RTL_CLASSES:
            return True
        if kind == "L":
            return False
    return False


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text of one kind. `lang` is ISO 639-1 where it is not Chinese; `url` makes it a link."""

    text: str
    bold: bool = False
    url: str = ""
    lang: str = ""

    @property
    def rtl(self) -> bool:
        """Whether the run reads from right to left."""
        return is_right_to_left(self.text)


Text: TypeAlias = tuple[Span, ...]


def text(value: str, *, bold: bool = False, url: str = "", lang: str = "") -> Text:
    """Clean text as a single span; only http(s) addresses become links. Empty in, empty out."""
    cleaned = clean(value)
    safe_url = url.strip() if re.match(r"https?://[^\s\"<>]+$", url.strip()) else ""
    return (Span(cleaned, bold, safe_url, lang),) if cleaned else ()


BREAK = Span("\n")  # a new line within a table cell; renderers know it


def lines(*parts: Text) -> Text:
    """Texts one below the other, empty ones left out."""
    joined: list[Span] = []
    for part in parts:
        if part:
            joined += [BREAK, *part] if joined else part
    return tuple(joined)


def plain(value: Text) -> str:
    """The characters of a text without its marks."""
    return "".join(span.text for span in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """报头: name in red, number of the issue, issuing unit left, date right, a red line."""

    title: str
    serial_line: str
    issuer: str
    date_text: str
    mark: str = ""  # upper left, e.g. 内部资料 注意保存
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number as part of the text: level 1 一、, level 2 (一), level 3 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Body text; `role` is "body", "abstract" (提要), "point" (a numbered hint) or "lead" (names what follows it).

    `slot` names a text that an officer may change in the Word file: preface, content:CASE, effect:CASE, advice:CASE,
    hint:N. An empty paragraph with a slot is drawn in the Word file only. `label` stands before the text and outside
    of the slot.
    """

    text: Text
    role: str = "body"
    slot: str = ""
    label: Text = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A captioned table. `widths` are shares of the line; `align` is one letter a column: l, c or r."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Text, ...], ...]
    widths: tuple[float, ...]
    align: str
    total_row: bool = False  # the last row is a sum and is set off
    small: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """A horizontal bar chart of counts. `alt` says in words what it shows."""

    caption: str
    labels: tuple[str, ...]
    values: tuple[int, ...]
    unit: str
    alt: str


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: a value for each label, None where nothing is known."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Counts over time: labels from left to right, up to four series. `alt` says in words what it shows."""

    caption: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Counts by row and column, shown as shades with their numbers. `alt` says in words what it shows."""

    caption: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]  # a tuple a row
    unit: str
    alt: str


Picture: TypeAlias = BarChart | LineChart | HeatMap


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """基本信息表: label and value, a row each. `caption` is read by screen readers, not printed."""

    caption: str
    rows: tuple[tuple[str, Text], ...]


def fact_lines(block: KeyFacts, most: int = 15) -> tuple[tuple[tuple[str, Text], ...], ...]:
    """Rows of a `KeyFacts` for a printed page: two short ones in succession (up to `most` characters) share a line."""
    lines: list[tuple[tuple[str, Text], ...]] = []
    for row in block.rows:
        short = len(plain(row[1])) <= most
        if short and lines and len(lines[-1]) == 1 and len(plain(lines[-1][0][1])) <= most:
            lines[-1] = (lines[-1][0], row)
        else:
            lines.append((row,))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark in small print; tone "warning" is set off so that a signing officer cannot miss it."""

    text: Text
    tone: str = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexStart:
    """Starts an annex on a new page, across (landscape) where its table is wide."""

    label: str
    title: str
    landscape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Colophon:
    """报尾: who gets it, whom to ask, how it was made."""

    rows: tuple[tuple[str, str], ...]
    statement: str


Block: TypeAlias = Masthead | Heading | Paragraph | Table | Picture | KeyFacts | Note | AnnexStart | Colophon


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Blocks in reading order and the properties of the file. `created_at` is aware; renderers read no clock."""

    title: str
    subject: str
    author: str
    created_at: datetime
    blocks: tuple[Block, ...]
    keywords: tuple[str, ...] = field(default=())


def strings_of(value: object) -> Iterator[str]:
    """Every string within a block, span or tuple of them, in order of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings_of(item)
    elif is_dataclass(value):
        for entry in fields(value):
            yield from strings_of(getattr(value, entry.name))
