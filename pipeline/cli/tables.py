"""Writes rows as officers open them: .csv with BOM (Excel reads it as UTF-8) or .xlsx."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.errors import InputError, StageError

# a cell that begins so is a formula to a spreadsheet program, wherever its text came from
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_table(
    path: Path, rows: Sequence[Mapping[str, object]], *, columns: Sequence[str], sheet: str = "matches"
) -> None:
    """Write `rows` to `path` (.csv or .xlsx), columns in the order of the first row, or `columns` without rows.

    `sheet` names the sheet of a workbook.

    Raises InputError for another ending, StageError when the file cannot be written (open in Excel, folder missing).
    """
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise InputError(f"不支持的导出格式：{path.name}", "文件名请以 .csv 或 .xlsx 结尾。")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".csv":
            _write_csv(path, rows, list(rows[0]) if rows else columns)
        else:
            _write_xlsx(path, rows, list(rows[0]) if rows else columns, sheet)
    except OSError as error:
        raise StageError(
            f"无法写入文件：{path}（{error.strerror}）", "请检查文件是否正被打开、文件夹是否可写。"
        ) from error


def _write_csv(path: Path, rows: Sequence[Mapping[str, object]], header: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(header)
        writer.writerows([_harmless(value) for value in row.values()] for row in rows)


def _write_xlsx(path: Path, rows: Sequence[Mapping[str, object]], header: Sequence[str], title: str) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    for row in rows:
        cells = []
        for value in row.values():
            cell = WriteOnlyCell(sheet, value=_cell_value(value))
            if isinstance(value, str):
                cell.data_type = "s"  # text stays text, also where it begins like a formula
            cells.append(cell)
        sheet.append(cells)
    book.save(path)


def _cell_value(value: object) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, bool):
        return "是" if value else "否"
    # a control character would make the file unreadable to Excel
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _harmless(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
