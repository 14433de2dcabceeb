"""Writes rows as officers open them: .csv with BOM (Excel reads it as UTF-8) or .xlsx."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.half_written import whole_file
from warehouse.errors import InputError

# a cell that begins so is a formula to a spreadsheet program, wherever its text came from
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# what makes a workbook unreadable, and what XML has no place for
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CELL_LENGTH = 32_767  # characters that a cell of Excel holds
_FIRST_YEAR = 1900  # of Excel's calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many rows stand in a table, and how many of its cells were too long for the form and were cut."""

    n_rows: int
    n_cut: int


def write_table(
    path: Path, rows: Iterable[Mapping[str, object]], *, columns: Sequence[str], sheet: str = "matches"
) -> Written:
    """Write `rows` to `path` (.csv or .xlsx), columns in the order of the first row, or `columns` without rows.

    The rows are read once, one after the other; the file appears when it is whole, in place of one that is there.
    `sheet` names the sheet of a workbook.

    Raises InputError for another ending, StageError when the file cannot be written (open in Excel, folder missing).
    """
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise InputError(f"不支持的导出格式：{path.name}", "文件名请以 .csv 或 .xlsx 结尾。")
    found = iter(rows)
    first = next(found, None)
    header = columns if first is None else list(first)
    listed = found if first is None else chain([first], found)
    with whole_file(path) as half_written:
        if path.suffix.lower() == ".csv":
            return _write_csv(half_written, listed, header)
        return _write_xlsx(half_written, listed, header, sheet)


def _write_csv(path: Path, rows: Iterable[Mapping[str, object]], header: Sequence[str]) -> Written:
    n_rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([_harmless(name) for name in header])
        for row in rows:
            writer.writerow([_harmless(value) for value in row.values()])
            n_rows += 1
    return Written(n_rows=n_rows, n_cut=0)


def _write_xlsx(path: Path, rows: Iterable[Mapping[str, object]], header: Sequence[str], title: str) -> Written:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    n_rows = n_cut = 0
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"

    def cell_of(value: object) -> Any:
        found = _cell_value(value)
        cell = WriteOnlyCell(sheet, value=found)
        if isinstance(found, str):
            cell.data_type = "s"  # text stays text, also where it begins like a formula
        return cell

    try:
        sheet.append([cell_of(name) for name in header])
        for row in rows:
            n_cut += sum(isinstance(value, str) and len(value) > _CELL_LENGTH for value in row.values())
            sheet.append([cell_of(value) for value in row.values()])
            n_rows += 1
    finally:
        sheet.close()  # also where a row cannot be had: the sheet is being written from the first one on
    book.save(path)
    return Written(n_rows=n_rows, n_cut=n_cut)


def _cell_value(value: object) -> Any:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, date) and value.year < _FIRST_YEAR:
        return value.isoformat()
    return _CONTROL.sub("", value)[:_CELL_LENGTH] if isinstance(value, str) else value


def _harmless(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        text = _CONTROL.sub("", value)
        return "'" + text if text.startswith(_FORMULA_STARTS) else text
    return value
