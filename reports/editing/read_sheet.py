"""Reads the workbook of an issue's texts back: filled cells as entries, each fault with its cell."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from reports.editing.sheet import (
    Layout,
    SheetEntry,
    SheetRead,
    TextProblem,
    clean_text,
    load_layout,
    plain_word,
    refusal,
    seal_of,
)

_HEADER_DEPTH: Final = 5  # somebody may have put a title above
_YEARS: Final = 5  # before and after: how far off the month of a wrong workbook is looked for
_NEEDED: Final = ("symbols", "text", "slot", "case_id", "state", "seal")


def read_sheet(content: bytes, name: str, *, month: str) -> SheetRead:
    """Read a workbook that `write_sheet` made for `month` and officers filled with Excel, WPS or LibreOffice.

    Columns are found by header, rows by their hidden columns, so both may be moved, filtered or deleted. Raises
    InputError for a file that cannot be read as a whole and for one of another month; the caller has looked for
    archive bombs.
    """
    layout = load_layout()
    try:
        book = load_workbook(io.BytesIO(content))
    # SyntaxError is XML's ParseError; AttributeError a part without what openpyxl takes for granted
    except (OSError, zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, TypeError,
            SyntaxError, AttributeError) as error:  # fmt: skip
        raise refusal("damaged", file=name) from error
    if layout.sheet not in book.sheetnames:
        raise refusal("no-sheet", file=name, sheet=layout.sheet)
    sheet: Any = book[layout.sheet]
    header_row, places = _columns(sheet, name, layout)
    filled: list[tuple[str, dict[str, str], bool]] = []
    sealed: list[dict[str, str]] = []
    n_blank = 0
    for number, cells in enumerate(sheet.iter_rows(min_row=header_row + 1), start=header_row + 1):
        texts = {key: clean_text(_text(cells[place - 1])) for key, place in places.items()}
        sealed += [texts] if texts["seal"] else []
        if not texts["text"]:
            n_blank += bool(texts["slot"])
            continue
        is_formula = cells[places["text"] - 1].data_type in {"f", "e"}
        filled.append((f"{get_column_letter(places['text'])}{number}", texts, is_formula))
    found = _other_month(sealed, month)
    if found:
        raise refusal("month", found=found, month=month)
    entries, problems = _judged(filled, month, layout)
    return SheetRead(entries=tuple(entries), problems=tuple(problems), n_blank=n_blank)


def _other_month(rows: Sequence[Mapping[str, str]], month: str) -> str:
    """The month that all rows of a workbook belong to where that is another one; "" where it is this one or unclear."""
    if not rows or any(_sealed_for(month, row) for row in rows):
        return ""
    year = int(month[:4])
    months = (f"{each}-{number:02d}" for each in range(year - _YEARS, year + _YEARS + 1) for number in range(1, 13))
    return next((each for each in months if any(_sealed_for(each, row) for row in rows)), "")


def _sealed_for(month: str, row: Mapping[str, str]) -> bool:
    return row["seal"] == seal_of(month, row["slot"], row["case_id"], row["state"], row["symbols"])


def _columns(sheet: Any, name: str, layout: Layout) -> tuple[int, dict[str, int]]:
    headers = {plain_word(column.header): column.name for column in layout.columns}
    best: dict[str, int] = {}
    best_row = 1
    for number, cells in enumerate(sheet.iter_rows(min_row=1, max_row=_HEADER_DEPTH), start=1):
        found: dict[str, int] = {}
        for place, cell in enumerate(cells, start=1):
            key = headers.get(plain_word(_text(cell)))
            if key and key not in found:
                found[key] = place
        if len(found) > len(best):
            best, best_row = found, number
    missing = [column.header for column in layout.columns if column.name in _NEEDED and column.name not in best]
    if missing:
        raise refusal("header", file=name, sheet=layout.sheet, missing="、".join(missing))
    return best_row, best


def _judged(
    filled: list[tuple[str, dict[str, str], bool]], month: str, layout: Layout
) -> tuple[list[SheetEntry], list[TextProblem]]:
    times = Counter((texts["slot"], texts["case_id"]) for _, texts, _ in filled)
    entries, problems = [], []
    for cell, texts, is_formula in filled:
        text, slot, case_id = texts["text"], texts["slot"], texts["case_id"]
        code = ""
        if is_formula:
            code = "formula"
        elif not _sealed_for(month, texts):
            code = "identity"
        elif times[slot, case_id] > 1:
            code = "repeated"
        elif len(text) > layout.limit:
            code = "too-long"
        if code:
            words = layout.problems[code]
            values = {"cell": cell, "n": len(text), "limit": layout.limit}
            said = (words["message"].format(**values), words["next_step"].format(**values))
            problems.append(TextProblem(place=cell, message=said[0], next_step=said[1]))
        else:
            back = plain_word(text) == plain_word(layout.take_back)
            entries.append(
                SheetEntry(slot=slot, case_id=case_id, state=texts["state"], text="" if back else text, cell=cell)
            )
    return entries, problems


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(getattr(value, "text", None) or value)
