"""Writes the workbook of titles: what is known left and locked, the translation to fill right, identity hidden."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.clock import SHANGHAI
from pipeline.title_sheet.rows import Layout, TitleRow, load_layout, refusal
from pipeline.triage.rows import clean_text

_THIN: Final = Side(style="thin", color="FFA6A6A6")
_BORDER: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_WRAP: Final = Alignment(wrap_text=True, vertical="top", horizontal="left")
_FONT: Final = "宋体"
_HEAD: Final = PatternFill("solid", fgColor="FFD9D9D9")
_FILL: Final = PatternFill("solid", fgColor="FFE4EFF9")
_CELL: Final = 32_000  # characters; Excel allows 32,767


def write_titles(rows: Sequence[TitleRow], path: Path, *, made_at: datetime) -> None:
    """Write titles to an .xlsx at `path`, in the order given. Raises InputError where it cannot be written."""
    layout = load_layout()
    book = Workbook()
    del book[book.sheetnames[0]]
    _write_rows(book.create_sheet(layout.sheet), rows, layout)
    _write_guide(book.create_sheet(layout.guide_sheet), made_at, layout)
    book.properties.creator = "tbtwatch"
    book.properties.title = layout.sheet
    book.properties.created = made_at.astimezone(SHANGHAI).replace(tzinfo=None)
    whole = io.BytesIO()
    book.save(whole)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(whole.getvalue())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise refusal("cannot-write", file=path, why=error.strerror or error) from error


def _write_rows(sheet: Worksheet, rows: Sequence[TitleRow], layout: Layout) -> None:
    for number, column in enumerate(layout.columns, start=1):
        head = sheet.cell(1, number)
        _put(head, column.header)
        head.font, head.fill, head.alignment, head.border = Font(name="黑体", size=11), _HEAD, _WRAP, _BORDER
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].hidden = column.hidden
        for place, row in enumerate(rows, start=2):
            cell = sheet.cell(place, number)
            if not column.fill:
                value = "\n".join(row.symbols) if column.name == "symbols" else str(getattr(row, column.name))
                _put(cell, value)
            cell.font, cell.alignment, cell.border = Font(name=_FONT, size=10), _WRAP, _BORDER
            cell.number_format = "@"
            cell.protection = Protection(locked=not column.fill)
            if column.fill:
                cell.fill = _FILL
    last = f"{get_column_letter(len(layout.columns))}{max(len(rows), 1) + 1}"
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{last}"
    sheet.protection.sheet = True  # no password: whoever must, can
    for allowed in ("sort", "autoFilter", "formatColumns", "formatRows", "deleteRows"):
        setattr(sheet.protection, allowed, False)  # False: not forbidden
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _write_guide(sheet: Worksheet, made_at: datetime, layout: Layout) -> None:
    stamp = made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    for place, text in enumerate((layout.guide_title, *layout.guide_lines, f"导出时间：{stamp}（北京时间）"), start=1):
        cell = sheet.cell(place, 1)
        _put(cell, text)
        cell.font = Font(name="黑体" if place == 1 else _FONT, size=14 if place == 1 else 11)
        cell.alignment = _WRAP
    sheet.column_dimensions["A"].width = 100


def _put(cell: Cell | MergedCell, text: str) -> None:
    """Write foreign text as text: a title may begin with an equals sign."""
    cell.value = clean_text(text)[:_CELL]
    if isinstance(cell, Cell):
        cell.data_type = TYPE_STRING
