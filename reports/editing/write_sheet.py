"""Writes the workbook of an issue's texts. The same rows give the same bytes."""

from __future__ import annotations

import io
import math
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.editing.sheet import Column, Layout, SheetRow, clean_text, load_layout, place_zh, seal_of, state_of

_THIN: Final = Side(style="thin", color="FFA6A6A6")
_BORDER: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_READ_HEAD: Final = PatternFill("solid", fgColor="FFD9D9D9")
_FILL_HEAD: Final = PatternFill("solid", fgColor="FF9DC3E6")
_FILL_BODY: Final = PatternFill("solid", fgColor="FFE4EFF9")
_WRAP: Final = Alignment(wrap_text=True, vertical="top", horizontal="left")
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_LINE, _LEAST, _MOST = 14.0, 48.0, 400.0  # points; Excel allows a height of 409


def write_sheet(rows: Sequence[SheetRow], *, month: str, made_at: datetime) -> bytes:
    """The workbook (.xlsx) of a month's texts: columns to read are locked, one is to fill, each with its comment."""
    layout = load_layout()
    book = Workbook()
    sheet: Any = book.active
    sheet.title = layout.sheet
    for number, column in enumerate(layout.columns, start=1):
        _head(sheet, number, column, layout)
    for place, row in enumerate(rows, start=2):
        _row(sheet, place, row, month, layout)
    sheet.freeze_panes = "D2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    fill = get_column_letter(next(n for n, c in enumerate(layout.columns, start=1) if c.fill))
    rule = DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(layout.limit), allow_blank=True)
    rule.error, rule.showErrorMessage = f"请控制在{layout.limit}字以内。", True
    rule.add(f"{fill}2:{fill}{max(len(rows), 1) + 1}")
    sheet.add_data_validation(rule)
    _protect(sheet)
    _guide(book.create_sheet(layout.guide_sheet), month, layout)
    book.properties.title = layout.words["title"].format(month=month)
    book.properties.subject, book.properties.identifier = month, layout.layout
    book.properties.creator = "tbtwatch"
    book.properties.created = book.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return _bytes_of(book)


def _head(sheet: Worksheet, number: int, column: Column, layout: Layout) -> None:
    cell = sheet.cell(1, number, column.header)
    cell.font = Font(name="黑体", size=11, bold=True)
    cell.fill = _FILL_HEAD if column.fill else _READ_HEAD
    cell.alignment, cell.border = Alignment(wrap_text=True, vertical="center", horizontal="center"), _BORDER
    letter = get_column_letter(number)
    sheet.column_dimensions[letter].width = column.width
    sheet.column_dimensions[letter].hidden = column.hidden
    if column.fill:
        cell.comment = _comment(layout.comments["header"])


def _row(sheet: Worksheet, place: int, row: SheetRow, month: str, layout: Layout) -> None:
    state = state_of(row.present if row.by else "")
    words = layout.words
    values = {
        "place": place_zh(row.slot),
        "symbols": row.symbols,
        "title": row.title,
        "data": row.data,
        "present": row.present[: layout.shown] or words["none"],
        "origin": words["origin_officer"].format(by=row.by) if row.by else words["origin_draft"] if row.present else "",
        "text": "",
        "slot": row.slot,
        "case_id": row.case_id,
        "state": state,
        "seal": seal_of(month, row.slot, row.case_id, state, row.symbols),
    }
    height = _LEAST
    for number, column in enumerate(layout.columns, start=1):
        cell: Any = sheet.cell(place, number)
        text = clean_text(values[column.name])
        if text:
            cell.value, cell.data_type = text, TYPE_STRING
            cell.quotePrefix = text.startswith(("=", "+", "-", "@"))  # stays text when opened and left again
        cell.font, cell.alignment, cell.border = Font(name="宋体", size=10), _WRAP, _BORDER
        cell.number_format = "@"
        cell.protection = Protection(locked=not column.fill)
        if column.fill:
            cell.fill = _FILL_BODY
            cell.comment = _comment(layout.comments[row.slot.partition(":")[0]])
        height = max(height, _n_lines(text, column.width) * _LINE + 4)
    sheet.row_dimensions[place].height = min(height, _MOST)


def _comment(text: str) -> Comment:
    return Comment(text, "tbtwatch", height=90, width=260)


def _n_lines(text: str, width: float) -> int:
    """Lines that `text` takes in a column of `width`: a Chinese character is two wide."""
    wide = (sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1.05 for c in line) for line in text.split("\n"))
    return sum(max(math.ceil(one / (width - 1)), 1) for one in wide)


def _guide(sheet: Worksheet, month: str, layout: Layout) -> None:
    sheet.column_dimensions["A"].width = 100
    for number, step in enumerate(layout.guide["steps"], start=1):
        cell = sheet.cell(number, 1, step.format(month=month))
        cell.font, cell.alignment = Font(name="宋体", size=11), _WRAP
    _protect(sheet)


def _protect(sheet: Any) -> None:
    sheet.protection.sheet = True  # no password: whoever must, can
    for allowed in ("autoFilter", "formatColumns", "formatRows"):
        setattr(sheet.protection, allowed, False)  # False: not forbidden


def _bytes_of(book: Workbook) -> bytes:
    raw, out = io.BytesIO(), io.BytesIO()
    stamp = book.properties.modified
    book.save(raw)  # which sets the time of the machine as the time of change
    said = stamp.isoformat() + "Z" if stamp else ""
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _with_modified(content, said)
            target.writestr(entry, content)
    return out.getvalue()


def _with_modified(content: bytes, moment: str) -> bytes:
    head, mark, rest = content.partition(b"<dcterms:modified")
    inside, close, tail = rest.partition(b"</dcterms:modified>")
    opening = inside.partition(b">")[0]
    return head + mark + opening + b">" + moment.encode() + close + tail if mark else content
