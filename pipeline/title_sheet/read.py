"""Reads the workbook of titles back: good rows as entries, each fault with its cell. It was in Excel or WPS."""

from __future__ import annotations

import warnings
import zipfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES, Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from crawlers.formats import xlsx
from pipeline.chinese_titles import fault_of_title
from pipeline.title_sheet.rows import TitleEntry, TitleProblem, TitlesRead, load_layout, problem, refusal
from pipeline.triage.rows import clean_text, plain_word

_NEEDED: Final = ("title", "title_zh", "notification_id", "state")
_HEADER_DEPTH: Final = 10  # rows in which the header is looked for: somebody may have put a title above


def read_titles(path: Path) -> TitlesRead:
    """Read a workbook that `write_titles` made. Raises InputError for a file that cannot be read as a whole."""
    sheet = _sheet(path)
    header_row, places = _columns(sheet, path)
    letter = get_column_letter(places["title_zh"])
    merged = {
        row
        for area in sheet.merged_cells.ranges
        if area.min_col <= places["title_zh"] <= area.max_col
        for row in range(area.min_row, area.max_row + 1)
    }
    entries: list[TitleEntry] = []
    problems: list[TitleProblem] = []
    n_blank = 0
    for number in range(header_row + 1, sheet.max_row + 1):
        cell = sheet.cell(number, places["title_zh"])
        text = " ".join(_text(cell).split())
        where = f"{letter}{number}"
        known = {name: _text(sheet.cell(number, places[name])) for name in _NEEDED if name != "title_zh"}
        if not text and number not in merged:
            n_blank += bool(known["notification_id"])
            continue
        fault = _fault(cell, text, where, known, is_merged=number in merged)
        if fault:
            problems.append(fault)
        else:
            entries.append(TitleEntry(cell=where, row=number, title_zh=text, **known))
    rows: dict[str, list[TitleEntry]] = defaultdict(list)
    for entry in entries:
        rows[entry.notification_id].append(entry)
    repeated = [entry for found in rows.values() if len(found) > 1 for entry in found]
    for entry in repeated:
        numbers = "、".join(str(other.row) for other in rows[entry.notification_id])
        problems.append(problem("repeated", entry.cell, entry.title_zh, rows=numbers))
    return TitlesRead(
        entries=tuple(entry for entry in entries if entry not in repeated), problems=tuple(problems), n_blank=n_blank
    )


def _fault(
    cell: Cell | MergedCell, text: str, where: str, known: Mapping[str, str], *, is_merged: bool
) -> TitleProblem | None:
    if is_merged:
        return problem("merged", where, text)
    if cell.data_type == "f":
        return problem("formula", where, text)
    if cell.data_type == "e" or text in ERROR_CODES:
        return problem("error-value", where, text)
    if not known["notification_id"]:
        return problem("no-id", where, text)
    if text == " ".join(known["title"].split()):
        return problem("same", where, text)
    fault = fault_of_title(text)
    return problem("unfit", where, text, fault=fault) if fault else None


def _sheet(path: Path) -> Worksheet:
    with xlsx.Workbook(path):  # refuses, in words, what is missing, empty, encrypted, .xls, cut off or a bomb
        pass
    try:
        with warnings.catch_warnings(), path.open("rb") as source:
            warnings.simplefilter("ignore", UserWarning)  # about extensions of other programs, which hold no data
            book = load_workbook(source)
    except (OSError, zipfile.BadZipFile, InvalidFileException, LookupError, ValueError, TypeError) as error:
        raise refusal("damaged", file=path.name) from error
    except (SyntaxError, AttributeError) as error:  # XML's ParseError; a part without what openpyxl takes for granted
        raise refusal("damaged", file=path.name) from error
    name = load_layout().sheet
    found = {sheet.title.strip(): sheet for sheet in book.worksheets}
    if name not in found:
        raise refusal("no-sheet", file=path.name, sheet=name)
    return found[name]


def _columns(sheet: Worksheet, path: Path) -> tuple[int, dict[str, int]]:
    """The row of the headers, and the numbers of the columns by name, wherever they were moved."""
    layout = load_layout()
    names = {plain_word(column.header): column.name for column in layout.columns}
    best: dict[str, int] = {}
    header_row = 1
    for number in range(1, min(_HEADER_DEPTH, sheet.max_row) + 1):
        words = [plain_word(_text(sheet.cell(number, place))) for place in range(1, sheet.max_column + 1)]
        found = {names[word]: place for place, word in enumerate(words, start=1) if word in names}
        if len(found) > len(best):
            best, header_row = found, number
    headers = {column.name: column.header for column in layout.columns}
    missing = "、".join(f"“{headers[name]}”" for name in _NEEDED if name not in best)
    if missing:
        raise refusal("header-missing", file=path.name, sheet=layout.sheet, missing=missing)
    return header_row, best


def _text(cell: Cell | MergedCell) -> str:
    return "" if cell.value is None else clean_text(str(cell.value))
