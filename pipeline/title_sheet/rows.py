"""What stands in the workbook of titles, and the words that are said of it (`columns.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warehouse.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRow:
    """One title as it goes out. Texts may be empty but for the id and the title."""

    notification_id: str
    state: str  # opaque: changes when an officer translates the title
    symbols: tuple[str, ...]  # all notifications of this title
    members: str
    language: str
    title: str  # original
    summary: str
    present: str  # the rendering there is
    source: str  # whose it is


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleEntry:
    """One row that an officer filled without fault in the cell itself."""

    cell: str  # H7
    row: int
    notification_id: str
    state: str
    title: str  # original, as the file has it
    title_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleProblem:
    """Why a filled row is not taken: the cell as the program names it, what is wrong, what to do."""

    cell: str
    value: str
    message: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TitlesRead:
    """A workbook read back."""

    entries: tuple[TitleEntry, ...]
    problems: tuple[TitleProblem, ...]
    n_blank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column from left to right."""

    name: str
    header: str
    width: float
    fill: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The whole of `columns.toml`."""

    layout: str
    sheet: str
    guide_sheet: str
    summary: int
    columns: tuple[Column, ...]
    sources: Mapping[str, str]
    languages: Mapping[str, str]
    guide_title: str
    guide_lines: tuple[str, ...]
    problems: Mapping[str, Mapping[str, str]]
    refusals: Mapping[str, Mapping[str, str]]


@cache
def load_layout() -> Layout:
    """Read `columns.toml`, which ships with the program."""
    data = tomllib.loads((files("pipeline") / "title_sheet" / "columns.toml").read_text(encoding="utf-8"))
    guide = data.pop("guide")
    data["columns"] = tuple(Column(**entry) for entry in data["columns"])
    return Layout(**data, guide_title=guide["title"], guide_lines=tuple(guide["lines"]))


def problem(code: str, cell: str, value: str, **values: object) -> TitleProblem:
    """The fault `code` of `[problems]` at a cell."""
    words = load_layout().problems[code]
    return TitleProblem(
        cell=cell, value=value[:60], message=words["message"].format(**values), next_step=words["next_step"]
    )


def refusal(code: str, **values: object) -> InputError:
    """The error for a file that cannot be read or written as a whole."""
    words = load_layout().refusals[code]
    return InputError(words["message"].format(**values), words["next_step"].format(**values))
