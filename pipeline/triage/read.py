"""Reads the triage workbook back: good rows as entries, each fault with its cell. The file was in Excel or WPS."""

from __future__ import annotations

import warnings
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Final, cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ERROR_CODES, Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from crawlers.formats import xlsx
from pipeline.triage.rows import (
    Cause,
    CellProblem,
    Column,
    CommentWord,
    Conclusion,
    Layout,
    RelationWord,
    TriageEntry,
    TriageRead,
    clean_text,
    digest_of,
    load_layout,
    plain_word,
    refusal,
    seal_of,
)

_HEADER_DEPTH: Final = 10  # rows in which the header is looked for: somebody may have put a title above
_SHOWN: Final = 60
_TEXT_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt", ".html", ".htm"})


@dataclass(frozen=True, slots=True)
class _Known:
    """What the register says of one case."""

    state: str
    needs_cause: bool
    seal: str


@dataclass(frozen=True, slots=True)
class _Register:
    export_id: str
    cases: Mapping[str, _Known]


@dataclass(slots=True)
class _Row:
    """One row of the sheet while it is checked: texts by column name, faults found."""

    number: int
    texts: dict[str, str]
    faults: dict[str, list[CellProblem]]  # by column name
    areas: Mapping[str, str]  # column name -> merged area that reaches into this row

    @property
    def is_touched(self) -> bool:
        layout = load_layout()
        return bool(self.areas) or any(self.texts[column.name] for column in layout.fill)


class _Places:
    """Where the columns stand in this file, whatever their order."""

    def __init__(self, header_row: int, numbers: Mapping[str, int], headers: Mapping[str, str]) -> None:
        self.header_row = header_row
        self.numbers = numbers
        self.headers = headers

    def problem(self, code: str, row: int, name: str, value: str, **values: object) -> CellProblem:
        """The fault `code` of `[problems]` at one cell."""
        layout = load_layout()
        sentence = layout.problems[code]
        choices = "、".join(_column(layout, name).choices.values())
        words = {"header": self.headers[name], "row": row, "value": _short(value), "choices": choices, **values}
        return CellProblem(
            cell=f"{get_column_letter(self.numbers[name])}{row}",
            header=self.headers[name],
            value=_short(value),
            message=sentence.message.format(**words),
            next_step=sentence.next_step.format(**words),
        )


def read_workbook(path: Path) -> TriageRead:
    """Read a workbook that `write_workbook` made and officers filled with Excel, WPS or LibreOffice.

    A row with any fault gives problems and no entry; the others stay. Columns are found by header, rows by their hidden
    id, so both may be moved, filtered or deleted. Raises InputError for a file that cannot be read as a whole.
    """
    layout = load_layout()
    book = _open(path)
    sheet = _sheet(book, path, layout)
    register = _read_register(book, path, layout)
    places = _find_columns(sheet, path, layout)
    rows = list(_rows(sheet, places, layout))
    repeated = _repeated(rows)
    entries: list[TriageEntry] = []
    problems: list[CellProblem] = []
    blank: set[str] = set()
    for row in rows:
        case_id = row.texts["case_id"]
        known = register.cases.get(case_id)
        if case_id in repeated:
            numbers = "、".join(map(str, repeated[case_id]))
            problems.append(places.problem("repeated", row.number, "case_id", case_id, rows=numbers))
        elif not row.is_touched:
            blank |= {case_id} if known else set()
        else:
            fault = _check_identity(row, known, register, places, layout)
            faults = [fault] if fault else []
            faults += [found for found_in_cell in row.faults.values() for found in found_in_cell]
            faults += _check_rules(row, known, places, layout)
            problems += sorted(faults, key=lambda found: _order(found, places))
            if not faults and known:
                entries.append(_entry(row, known, layout))
    return TriageRead(
        entries=tuple(entries), problems=tuple(problems), export_id=register.export_id, n_blank=len(blank)
    )


def _open(path: Path) -> Workbook:
    _refuse_text(path)
    with xlsx.Workbook(path):  # refuses, in words, what is missing, empty, encrypted, .xls, cut off or a bomb
        pass
    try:
        with warnings.catch_warnings(), path.open("rb") as source:
            warnings.simplefilter("ignore", UserWarning)  # about extensions of other programs, which hold no data
            return load_workbook(source)
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, TypeError) as error:
        raise refusal("damaged", file=path.name) from error
    except (SyntaxError, AttributeError) as error:  # XML's ParseError; a part without what openpyxl takes for granted
        raise refusal("damaged", file=path.name) from error


def _refuse_text(path: Path) -> None:
    """A .csv has lost the hidden ids: "save it as .xlsx", the usual advice, would be wrong."""
    try:
        with path.open("rb") as source:
            head = source.read(4096)
    except OSError:
        return  # the next to open it says why
    is_package = head.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    has_separators = b"\0" not in head and (b"," in head or b"\t" in head)
    if head and not is_package and (path.suffix.lower() in _TEXT_SUFFIXES or has_separators):
        raise refusal("csv", file=path.name)


def _sheet(book: Workbook, path: Path, layout: Layout) -> Worksheet:
    found = {sheet.title.strip(): sheet for sheet in book.worksheets}
    if layout.sheet not in found:
        hidden = {layout.register_sheet}
        names = "、".join(f"“{name}”" for name in found if name not in hidden)
        raise refusal("no-sheet", file=path.name, sheet=layout.sheet, found=names)
    return found[layout.sheet]


def _read_register(book: Workbook, path: Path, layout: Layout) -> _Register:
    if layout.register_sheet not in book.sheetnames:
        raise refusal("no-register", file=path.name)
    sheet = book[layout.register_sheet]
    lines = [[_text(cell) for cell in row] for row in sheet.iter_rows(min_col=1, max_col=7)]
    facts = {line[5]: line[6] for line in lines if line[5]}
    if facts.get("layout") != layout.layout:
        if "layout" not in facts:
            raise refusal("register-changed", file=path.name)
        raise refusal("other-layout", file=path.name, found=facts["layout"])
    cases = [line[:4] for line in lines[1:] if any(line[:4])]
    export_id = facts.get("export_id", "")
    if digest_of((export_id, *(text for line in cases for text in line))) != facts.get("digest"):
        raise refusal("register-changed", file=path.name)
    known = {case_id: _Known(state, overdue == "1", seal) for case_id, state, overdue, seal in cases}
    return _Register(export_id, known)


def _find_columns(sheet: Worksheet, path: Path, layout: Layout) -> _Places:
    names = {plain_word(column.header): column.name for column in layout.columns}
    best: list[tuple[int, str]] = []
    header_row = 1
    for number, row in enumerate(sheet.iter_rows(min_row=1, max_row=_HEADER_DEPTH), start=1):
        texts = [(place, _text(cell)) for place, cell in enumerate(row, start=1) if _text(cell)]
        if _n_known(texts, names) > _n_known(best, names):
            best, header_row = texts, number
    numbers: dict[str, int] = {}
    headers: dict[str, str] = {}
    unknown: list[str] = []
    for number, text in best:
        name = names.get(plain_word(text))
        where = f"{get_column_letter(number)}{header_row}"
        if name is None:
            unknown.append(f"{where}“{_short(text)}”")
        elif name in numbers:
            cells = f"{get_column_letter(numbers[name])}{header_row}、{where}"
            raise refusal("header-repeated", file=path.name, sheet=layout.sheet, header=text, cells=cells)
        else:
            numbers[name], headers[name] = number, text
    needed = [column for column in layout.columns if column.sealed or column not in layout.read]
    missing = "、".join(f"“{column.header}”" for column in needed if column.name not in numbers)
    if missing:
        found = layout.refusals["header-unknown"].message.format(found="、".join(unknown)) if unknown else ""
        raise refusal("header-missing", file=path.name, sheet=layout.sheet, missing=missing, unknown=found)
    return _Places(header_row, numbers, headers)


def _n_known(texts: Sequence[tuple[int, str]], names: Mapping[str, str]) -> int:
    return sum(plain_word(text) in names for _, text in texts)


def _rows(sheet: Worksheet, places: _Places, layout: Layout) -> Iterator[_Row]:
    kept = [column for column in layout.columns if column.name in places.numbers]
    merged = _merged(sheet, places, layout)
    for number, cells in enumerate(sheet.iter_rows(min_row=places.header_row + 1), start=places.header_row + 1):
        if all(cell.value is None for cell in cells) and number not in merged:
            continue
        row = _Row(number, {}, defaultdict(list), merged.get(number, {}))
        for column in kept:
            cell = cells[places.numbers[column.name] - 1]
            row.texts[column.name] = text = _text(cell)
            if column not in layout.fill:
                continue
            if column.name in row.areas:
                area = row.areas[column.name]
                row.faults[column.name].append(places.problem("merged", number, column.name, text, area=area))
            elif text:
                row.faults[column.name] += _check_cell(number, cell, text, column, places, layout)
        yield row


def _merged(sheet: Worksheet, places: _Places, layout: Layout) -> dict[int, dict[str, str]]:
    """Row -> {column to fill: the merged area that covers its cell}. An area of read columns alone hides no answer."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for area in sheet.merged_cells.ranges:
        for column in layout.fill:
            if area.min_col <= places.numbers[column.name] <= area.max_col:
                for row in range(max(area.min_row, places.header_row + 1), area.max_row + 1):
                    found[row][column.name] = area.coord
    return found


def _check_cell(
    row: int, cell: Cell | MergedCell, text: str, column: Column, places: _Places, layout: Layout
) -> list[CellProblem]:
    if cell.data_type == "f":
        return [places.problem("formula", row, column.name, text)]
    if cell.data_type == "e" or text in ERROR_CODES:
        return [places.problem("error-value", row, column.name, text)]
    if column.choices:
        return [] if _code(column, text) else [places.problem("not-listed", row, column.name, text)]
    if len(text) > layout.limit:
        return [places.problem("too-long", row, column.name, text, n=len(text), limit=layout.limit)]
    return []


def _repeated(rows: Sequence[_Row]) -> dict[str, list[int]]:
    """Cases that stand in several rows of which any is filled: nobody can say which row is meant."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.texts["case_id"]:
            numbers[row.texts["case_id"]].append(row.number)
    touched = {row.texts["case_id"] for row in rows if row.is_touched}
    return {case_id: found for case_id, found in numbers.items() if len(found) > 1 and case_id in touched}


def _check_identity(
    row: _Row, known: _Known | None, register: _Register, places: _Places, layout: Layout
) -> CellProblem | None:
    texts = row.texts
    if not texts["case_id"]:
        return places.problem("id-missing", row.number, "case_id", "")
    if texts["export_id"] != register.export_id:
        return places.problem("export-differs", row.number, "export_id", texts["export_id"])
    if known is None:
        return places.problem("id-unknown", row.number, "case_id", texts["case_id"])
    if texts["state"] != known.state:
        return places.problem("state-differs", row.number, "state", texts["state"])
    sealed = [column.name for column in layout.read if column.sealed]
    if seal_of(texts["case_id"], (texts[name] for name in sealed)) != known.seal:
        return places.problem("seal-differs", row.number, sealed[0], texts[sealed[0]])
    return None


def _check_rules(row: _Row, known: _Known | None, places: _Places, layout: Layout) -> list[CellProblem]:
    """What the cells of one row must be to each other; a cell that is wrong by itself is not judged a second time."""
    if row.faults.get("conclusion"):
        return []
    conclusion = _column(layout, "conclusion")
    code = _code(conclusion, row.texts["conclusion"])
    found: list[CellProblem] = []

    def add(problem: str, name: str, **values: object) -> None:
        if not row.faults.get(name):
            found.append(places.problem(problem, row.number, name, row.texts[name], **values))

    if code is None:
        filled = "、".join(places.headers[column.name] for column in layout.fill if row.texts[column.name])
        add("conclusion-missing", "conclusion", filled=filled)
        return found
    relation = _code(_column(layout, "relation"), row.texts["relation"])
    if code == "none" and relation in {"direct", "indirect"}:
        add("relation-against", "relation")
    if code == "none" and not row.texts["reason"]:
        add("reason-missing", "reason")
    if code != "none" and relation == "none":
        add("relation-none", "relation", conclusion=conclusion.choices[code])
    if code != "none" and not row.texts["owner"]:
        add("owner-missing", "owner", conclusion=conclusion.choices[code])
    if known and known.needs_cause and not row.texts["cause"]:
        add("cause-missing", "cause")
    return found


def _entry(row: _Row, known: _Known, layout: Layout) -> TriageEntry:
    codes = {column.name: _code(column, row.texts[column.name]) for column in layout.fill if column.choices}
    owner = " ".join(row.texts["owner"].split())
    advice, reason = row.texts["advice"], row.texts["reason"]
    content = (row.texts["case_id"], known.state, *(code or "" for code in codes.values()), owner, advice, reason)
    return TriageEntry(
        case_id=row.texts["case_id"],
        state=known.state,
        row=row.number,
        conclusion=cast("Conclusion", codes["conclusion"]),
        relation=cast("RelationWord | None", codes["relation"]),
        owner=owner,
        advice=advice,
        comment=cast("CommentWord | None", codes["comment"]),
        cause=cast("Cause | None", codes["cause"]),
        reason=reason,
        digest=digest_of(content),
    )


def _code(column: Column, text: str) -> str | None:
    wanted = plain_word(text)
    return next((code for code, word in column.choices.items() if plain_word(word) == wanted), None)


def _column(layout: Layout, name: str) -> Column:
    return next(column for column in layout.columns if column.name == name)


def _order(problem: CellProblem, places: _Places) -> int:
    return next((number for name, number in places.numbers.items() if places.headers[name] == problem.header), 0)


def _text(cell: Cell | MergedCell) -> str:
    """What a cell shows, near enough: numbers without a needless fraction, dates as ISO, a formula as its text."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return clean_text(str(getattr(value, "text", None) or value))  # an array formula is an object with its text


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _SHOWN else f"{one_line[:_SHOWN]}…"
