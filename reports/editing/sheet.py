"""What stands in the workbook of an issue's texts: rows written, entries read back, words of `sheet.toml`."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from warehouse.errors import InputError

# not allowed in XML 1.0, or able to show a text in another order than it has
_UNFIT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One text that may be written: what it is, what to know for it, what would be printed now."""

    slot: str
    case_id: str
    symbols: str = ""
    title: str = ""
    data: str = ""
    present: str = ""  # "" where nothing would be printed
    by: str = ""  # officer who wrote the present text; "" for the draft of the program


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEntry:
    """One cell that was filled without fault; `text` is "" to take back what officers wrote."""

    slot: str
    case_id: str
    state: str  # `state_of` the officer's text that stood there when the workbook was written, "" for none
    text: str
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProblem:
    """Why a text is not taken: where it stands, what is wrong, what to do. Chinese."""

    place: str
    message: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRead:
    """A workbook read back."""

    entries: tuple[SheetEntry, ...]
    problems: tuple[TextProblem, ...]
    n_blank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `fill` is for the officer, `hidden` ties a row to its text."""

    name: str
    header: str
    width: float
    fill: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole of `sheet.toml`."""

    layout: str
    sheet: str
    guide_sheet: str
    limit: int
    shown: int
    take_back: str
    hints: int
    corrections: int
    columns: tuple[Column, ...]
    slots: Mapping[str, str]
    comments: Mapping[str, str]
    words: Mapping[str, str]
    guide: Mapping[str, list[str]]
    problems: Mapping[str, Mapping[str, str]]
    refusals: Mapping[str, Mapping[str, str]]


@cache
def load_layout() -> Layout:
    """Read `sheet.toml`, which ships with the program."""
    data = tomllib.loads((files("reports") / "editing" / "sheet.toml").read_text(encoding="utf-8"))
    data["columns"] = tuple(Column(**entry) for entry in data["columns"])
    return Layout(**data)


def refusal(code: str, **values: object) -> InputError:
    """The error for a file that cannot be read as a whole; `code` is one of `[refusals]`."""
    words = load_layout().refusals[code]
    return InputError(words["message"].format(**values), words["next_step"].format(**values))


def place_zh(slot: str, symbols: str = "") -> str:
    """Where a text stands: 导语, 主要内容, 工作提示2; with the symbol of its item."""
    name, _, number = slot.partition(":")
    label = load_layout().slots[name] + number
    return f"{symbols} {label}" if symbols else label


def clean_text(text: str) -> str:
    """`text` as a cell can hold it: \\n for every line break, no control characters, no white space around it."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def plain_word(text: str) -> str:
    """A header for comparison: full-width forms folded, white space and invisible characters dropped."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in {"Cf", "Cc"})


def state_of(text: str) -> str:
    """A short text that differs for different texts; white space does not count."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def seal_of(month: str, slot: str, case_id: str, state: str, symbols: str) -> str:
    """What ties a row to its month, text and case."""
    parts = (month, slot, case_id, state, "".join(symbols.split()))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
