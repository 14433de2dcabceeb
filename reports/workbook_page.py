"""Sheets of a workbook as an office keeps them: title, notes, tables with typed columns; the same bytes each time."""

from __future__ import annotations

import io
import math
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.formatting.rule import ColorScale, FormatObject, Rule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.document import clean, is_right_to_left, text

Kind = Literal["text", "center", "count", "hours", "share", "change", "date", "moment"]

_FORMATS: Final[Mapping[str, str]] = {
    "count": "#,##0",
    "hours": "0.0",
    "share": "0.0%",
    "change": '+0.0%;-0.0%;"持平"',
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_FONT: Final = "宋体"  # on every Windows and WPS; LibreOffice puts its own in its place
_LINKED: Final = Font(name=_FONT, size=10.5, color="FF0B4F8A", underline="single")
_THIN: Final = Side(style="thin", color="FFA6A6A6")
_BORDER: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD: Final = PatternFill("solid", fgColor="FFD9E2F0")
_SUM: Final = PatternFill("solid", fgColor="FFF2F2F2")
_LINE, _TALLEST = 14.0, 400.0  # points; Excel allows a height of 409
_LONGEST_TEXT, _LONGEST_URL = 32_000, 2_000  # Excel allows 32,767 and 2,079 characters
_TITLE = 150.0  # characters that titles and notes may take, so that a screen shows them whole
_PAGE = 220.0  # characters that a line of A4 across can have and still be read
_FIRST_YEAR = 1900  # earlier dates are none to a spreadsheet
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
DASH = "—"


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads to an address; only http(s) addresses become links, and texts of one line.

    LibreOffice runs the lines of a linked cell together.
    """

    text: str
    url: str


Value = str | int | float | date | datetime | Link | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what its cells are. Instants are printed at the clock of Beijing."""

    header: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Placed:
    """Rows where a table came to stand: its head, first and last line without the total; `last` < `first` if empty."""

    head: int
    first: int
    last: int


class Page:
    """Fills one sheet from above. `widths` in characters; a Chinese one takes two.

    The first `frozen` columns stay in sight; a table too wide for a page of paper takes two, with them on both.
    """

    def __init__(self, sheet: Worksheet, widths: Sequence[float], *, frozen: int = 0) -> None:
        self.sheet: Any = sheet
        self._widths = tuple(widths)
        self._frozen, self._is_wide = frozen, sum(widths) > _PAGE
        # Titles stand right of the columns that a second page repeats, else their beginnings would stand there again.
        self._start = frozen + 1 if self._is_wide else 1
        fits = sum(sum(widths[self._start - 1 : n]) <= _TITLE for n in range(self._start, len(widths) + 1))
        self._end = self._start - 1 + max(fits, 1)
        self._row = 1
        self._forms: dict[tuple[object, ...], Any] = {}  # what cells look like, by what it depends on
        for number, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(number)].width = width

    def title(self, said: str) -> None:
        """The line on top."""
        self._across(said, Font(name="黑体", size=16), "center", 30.0)

    def subtitle(self, said: str) -> None:
        """The name of a further table on the sheet, after a blank line."""
        self._row += 1
        self._across(said, Font(name="黑体", size=11), "left", 22.0)

    def note(self, said: str) -> None:
        """A remark over the whole width; an empty one is left out."""
        if said:
            self._across(
                said, Font(name=_FONT, size=10), "left", _height(said, sum(self._widths[self._start - 1 : self._end]))
            )

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Value]],
        *,
        total: Sequence[Value] = (),
        stretch: bool = False,
    ) -> Placed:
        """A table with its head; `stretch`: its last column takes the rest of the width."""
        head, end = self._row, len(self._widths)
        for number, column in enumerate(columns, start=1):
            cell = self.sheet.cell(head, number)
            self._put(cell, column.header, "center")
            cell.font, cell.fill = Font(name="黑体", size=10.5), _HEAD
        heads = [_height(column.header, self._widths[n]) for n, column in enumerate(columns)]
        self.sheet.row_dimensions[head].height = max(heads) + 6
        for place, row in enumerate((*rows, *([total] if total else [])), start=head + 1):
            for number, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
                cell = self.sheet.cell(place, number)
                self._put(cell, value, column.kind)
                if total and place > head + len(rows):
                    cell.fill = _SUM
            widths = [*self._widths[: len(columns)]]
            if stretch:
                widths[-1] = sum(self._widths[len(columns) - 1 :])
            tallest = max(_height(_said(value), width) for value, width in zip(row, widths, strict=True))
            self.sheet.row_dimensions[place].height = min(tallest, _TALLEST)
        self._row = head + len(rows) + (2 if total else 1)
        if stretch and len(columns) < end:
            for place in range(head, self._row):
                for number in range(len(columns) + 1, end + 1):
                    self.sheet.cell(place, number).border = _BORDER
                self.sheet.merge_cells(start_row=place, start_column=len(columns), end_row=place, end_column=end)
        return Placed(head, head + 1, head + len(rows))

    def shade(self, cells: str) -> None:
        """Shade a range of counts, the more the darker; the numbers stay legible in grey."""
        ends = [FormatObject(type="num", val=0), FormatObject(type="max")]
        scale = ColorScale(cfvo=ends, color=[Color(rgb="FFFFFFFF"), Color(rgb="FF6F9BD1")])
        self.sheet.conditional_formatting.add(cells, Rule(type="colorScale", colorScale=scale))

    def finish(self, footer: str, *, table: Placed | None = None, filtered: bool = True) -> None:
        """Set the sheet up for printing on A4 across.

        The one `table` of a sheet keeps its head in sight and on every page, and gets filters. A sheet of several has
        none: the head of the first would stand over the rows of the others.
        """
        sheet = self.sheet
        if table:
            sheet.freeze_panes = sheet.cell(table.first, self._frozen + 1).coordinate
            sheet.print_title_rows = f"{table.head}:{table.head}"
        if table and filtered and table.last >= table.first:
            sheet.auto_filter.ref = f"A{table.head}:{get_column_letter(len(self._widths))}{table.last}"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 2 if self._is_wide else 1, 0
        if self._is_wide and self._frozen:
            sheet.print_title_cols = f"A:{get_column_letter(self._frozen)}"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text=footer))

    def _across(self, said: str, font: Font, side: str, height: float) -> None:
        cell = self.sheet.cell(self._row, self._start)
        self.sheet.merge_cells(f"{cell.coordinate}:{self.sheet.cell(self._row, self._end).coordinate}")
        self._put(cell, said, "text")
        cell.font, cell.border = font, Border()
        cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=side == "left")
        self.sheet.row_dimensions[self._row].height = min(height, _TALLEST)
        self._row += 1

    def _put(self, cell: Any, value: Value, kind: str) -> None:
        """Numbers and dates as what they are, every text as text whatever sign it begins with, nothing as a dash."""
        said = _said(value)
        form = "General"
        side = "left" if kind == "text" else "center" if kind in {"center", "date", "moment"} else "right"
        if isinstance(value, datetime):
            cell.value = value.astimezone(_SHANGHAI).replace(tzinfo=None, second=0, microsecond=0)
        elif isinstance(value, int | float) or (isinstance(value, date) and value.year >= _FIRST_YEAR):
            cell.value = value
        else:
            cell.value, cell.data_type = said, TYPE_STRING
            form = "@" if value else "General"
            side = side if said == DASH or kind == "center" else "left"
            _link(cell, value)
        if cell.data_type != TYPE_STRING:
            form = _FORMATS.get(kind, "General")
        reading = 2 if is_right_to_left(said) else 0
        self._dress(cell, form, "right" if reading else side, reading)
        if cell.data_type == TYPE_STRING:
            cell.quotePrefix = said.startswith(("=", "+", "-", "@"))  # stays text when opened and left again

    def _dress(self, cell: Any, form: str, side: str, reading: int) -> None:
        """Font, border, number format and alignment: put together once, then copied, which is much faster."""
        key = (form, side, reading, cell.hyperlink is not None)
        if key not in self._forms:
            cell.font = _LINKED if cell.hyperlink is not None else Font(name=_FONT, size=10.5)
            cell.border, cell.number_format = _BORDER, form
            cell.alignment = Alignment(
                horizontal=side, vertical="center", wrap_text=True, readingOrder=reading, indent=int(side == "right")
            )
            self._forms[key] = copy(cell._style)
        cell._style = copy(self._forms[key])


def workbook_bytes(book: Workbook, *, title: str, subject: str, author: str, made_at: datetime) -> bytes:
    """The file (.xlsx): its times are `made_at` (aware), so the same sheets give the same bytes."""
    stamp = made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = book.properties
    properties.title, properties.subject, properties.creator = title, subject, author[:255]
    properties.created = stamp
    raw, out = io.BytesIO(), io.BytesIO()
    book.save(raw)  # which sets the time of the machine as the time of change
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _with_modified(content, f"{stamp.isoformat()}Z")
            target.writestr(entry, content)
    return out.getvalue()


def _with_modified(content: bytes, moment: str) -> bytes:
    head, mark, rest = content.partition(b"<dcterms:modified")
    inside, close, tail = rest.partition(b"</dcterms:modified>")
    opening = inside.partition(b">")[0]
    return head + mark + opening + b">" + moment.encode() + close + tail if mark else content


def _link(cell: Any, value: Value) -> None:
    if not isinstance(value, Link) or len(value.url) > _LONGEST_URL or cell.value == DASH or "\n" in cell.value:
        return
    url = next((span.url for span in text("x", url=value.url)), "")
    if url:
        cell.hyperlink = url


def _said(value: Value) -> str:
    """What a cell shows, near enough to measure it; clean text where it is a text."""
    if isinstance(value, datetime):
        return "0000-00-00 00:00"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, int | float):
        return DASH if value is None else "0" * len(f"{value:,.1f}")
    lines = (clean(line) for line in (value.text if isinstance(value, Link) else value).split("\n"))
    return "\n".join(line for line in lines if line)[:_LONGEST_TEXT] or DASH


def _height(said: str, width: float) -> float:
    """Points that a text takes in a column of `width`: a Chinese character is two wide."""
    wide = (sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1.05 for c in line) for line in said.split("\n"))
    return sum(max(math.ceil(one / (width - 1)), 1) for one in wide) * _LINE + 6
