"""The workbook of `tbtwatch survey`: counts of a period, by kind of measure, member and chain, with their rules.

Sheets, measures and rules stand in `survey.toml`. No database, no clock: everything comes in the report.
"""

from __future__ import annotations

import io
import math
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING, Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.document import clean
from warehouse.members import member_zh
from warehouse.survey_records import Dimension, Survey, SurveyFirm, SurveyGroup

Value = str | int | float | Decimal | None

_FONT: Final = "宋体"  # on every Windows and WPS; LibreOffice puts its own in its place
_THIN: Final = Side(style="thin", color="FFA6A6A6")
_BORDER: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD: Final = PatternFill("solid", fgColor="FFD9E2F0")
_SUM: Final = PatternFill("solid", fgColor="FFF2F2F2")
_WIDTH: Final = 9.5  # of a column of numbers, in characters
_LINE: Final = 15.0  # points, at 10.5 points of type
_FORMATS: Final = {"%": "0.0%", "amount": "#,##0.00##", "count": "#,##0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyReport:
    """The counts of a period and what is said of them. `generated_at` in the zone that it is printed in."""

    survey: Survey
    first_day: date
    last_day: date
    generated_at: datetime
    issuer: str
    kinds_zh: Mapping[str, str]  # in the order in which they are listed
    firm_names: bool = False  # True: restricted version
    simulated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """One measure: of the cases that began in the period, and of what was done in it (None: not counted so)."""

    section: str
    label: str
    unit: str
    value: Value  # None: a share of nothing, an amount that nobody reported
    in_period: Value


def summary_rows(report: SurveyReport) -> tuple[SummaryRow, ...]:
    """The measures of the first sheet, in order."""
    return tuple(
        SummaryRow(
            section=entry["section"],
            label=entry["label"],
            unit=entry["unit"],
            value=_measure(report.survey, entry["value"], entry.get("of", "")),
            in_period=_value(report.survey.in_period, name) if scope == "acts" else None,
        )
        for entry in _wording()["summary"]
        for scope, _, name in [entry["value"].partition(".")]
    )


def shown(value: Value) -> str:
    """A value as a line of text: 12, 37.5%, 1,200.5, —."""
    if value is None:
        return str(_wording()["dash"])
    if isinstance(value, Decimal):
        whole, _, rest = f"{value:,.4f}".partition(".")
        return f"{whole}.{rest.rstrip('0')}".rstrip(".")
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def write_survey_workbook(report: SurveyReport, path: Path) -> None:
    """Write the workbook at `path`, replacing what is there as a whole. Raises OSError where that cannot be done."""
    words = _wording()
    book = Workbook()
    del book[book.sheetnames[0]]
    _write_summary(book.create_sheet(words["sheets"]["summary"]), report)
    tables: dict[Dimension, Mapping[str, str]] = {
        "kind": report.kinds_zh,
        "member": {group.name: member_zh(group.name) for group in report.survey.by("member")},
        "chain": {group.name: group.name for group in report.survey.by("chain")},
    }
    for dimension, names in tables.items():
        _write_groups(book.create_sheet(words["sheets"][dimension]), report, dimension, names)
    _write_firms(book.create_sheet(words["sheets"]["firms"]), report)
    _write_rules(book.create_sheet(words["sheets"]["rules"]), report)
    book.properties.title = words["title"]
    book.properties.creator = "tbtwatch"
    book.properties.created = report.generated_at.replace(tzinfo=None)
    whole = io.BytesIO()
    book.save(whole)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(whole.getvalue())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_summary(sheet: Worksheet, report: SurveyReport) -> None:
    words = _wording()
    headers, widths = words["summary_headers"]["texts"], words["summary_headers"]["widths"]
    notes = [words["unseen"], *([words["simulated"]] if report.simulated else [])]
    top = _open_sheet(sheet, report, headers, widths, notes)
    rows = summary_rows(report)
    for number, row in enumerate(rows, start=top):
        for column, value in enumerate((row.section, row.label, row.unit, row.value, row.in_period), start=1):
            _put(sheet.cell(number, column), value)
        if row.label.startswith("其中"):
            sheet.cell(number, 2).alignment = Alignment(horizontal="left", vertical="center", indent=2)
        sheet.row_dimensions[number].height = _LINE + 6
    start = top
    for number, row in enumerate(rows, start=top):
        is_last = number == top + len(rows) - 1 or rows[number - top + 1].section != row.section
        if is_last:
            sheet.merge_cells(start_row=start, start_column=1, end_row=number, end_column=1)
            start = number + 1
    _set_up_print(sheet, top - 1, landscape=False)


def _write_groups(sheet: Worksheet, report: SurveyReport, dimension: Dimension, names: Mapping[str, str]) -> None:
    """One row a group and the total below; `names`: Chinese by code, in the order of the rows."""
    words = _wording()
    columns = words["columns"]
    first = words["sheets"][dimension].removeprefix("按")
    headers = [first, *(column["header"] for column in columns)]
    widths = [24.0, *(column.get("width", _WIDTH) for column in columns)]
    notes = [words["overlap"] if report.survey.total.n_cases else words["none"]]
    top = _open_sheet(sheet, report, headers, widths, notes)
    found = {group.name: group for group in report.survey.by(dimension)}
    unnamed = words.get(f"unnamed_{dimension}", "")
    rows: list[tuple[str, SurveyGroup]] = [(names[code] or unnamed, found[code]) for code in names if code in found]
    rows.append((words["total"], report.survey.total))
    for number, (name, group) in enumerate(rows, start=top):
        for column, value in enumerate((name, *(_value(group, entry["value"]) for entry in columns)), start=1):
            cell = sheet.cell(number, column)
            _put(cell, value)
            if group is report.survey.total:
                cell.fill = _SUM
        sheet.row_dimensions[number].height = _height(name, 24.0)
    sheet.freeze_panes = sheet.cell(top, 2).coordinate
    _set_up_print(sheet, top - 1, landscape=True)


def _write_firms(sheet: Worksheet, report: SurveyReport) -> None:
    words = _wording()
    columns = [entry for entry in words["firm_columns"] if report.firm_names or not entry.get("restricted")]
    widths = [entry.get("width", _WIDTH) for entry in columns]
    notes = [words["restricted"]] if report.firm_names else []
    notes.append(words["confidential"])
    top = _open_sheet(sheet, report, [entry["header"] for entry in columns], widths, notes)
    for number, firm in enumerate(report.survey.firms, start=top):
        values = [_value(firm, entry["value"]) for entry in columns]
        for column, value in enumerate(values, start=1):
            said = (words["yes"] if value else "") if isinstance(value, bool) else value
            _put(sheet.cell(number, column), said)
        pairs = zip(values, widths, strict=True)
        sheet.row_dimensions[number].height = max(_height(value, width) for value, width in pairs)
    sheet.freeze_panes = sheet.cell(top, 2).coordinate
    sheet.auto_filter.ref = f"A{top - 1}:{get_column_letter(len(columns))}{max(top, sheet.max_row)}"
    _set_up_print(sheet, top - 1, landscape=True)


def _write_rules(sheet: Worksheet, report: SurveyReport) -> None:
    words = _wording()
    widths = [22.0, 88.0]
    top = _open_sheet(sheet, report, words["rules"]["headers"], widths, [])
    for number, texts in enumerate(words["rules"]["rows"], start=top):
        for column, said in enumerate(texts, start=1):
            _put(sheet.cell(number, column), said.format(**_days(report)))
        sheet.row_dimensions[number].height = _height(sheet.cell(number, 2).value, widths[1])
    _set_up_print(sheet, top - 1, landscape=False)


def _open_sheet(
    sheet: Worksheet, report: SurveyReport, headers: Sequence[str], widths: Sequence[float], notes: Sequence[str]
) -> int:
    """Write title, period, notes and the head of the table; return the number of the row below it."""
    words = _wording()
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    period = words["period"].format(**_days(report), issuer=clean(report.issuer) or words["dash"])
    for number, said in enumerate((words["title"], period, *notes), start=1):
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(headers))
        cell = sheet.cell(number, 1)
        _put(cell, said)
        cell.border = Border()
        cell.font = Font(name="黑体", size=16) if number == 1 else Font(name=_FONT, size=10)
        cell.alignment = Alignment(
            horizontal="center" if number == 1 else "left", vertical="center", wrap_text=number > 1
        )
        sheet.row_dimensions[number].height = 30 if number == 1 else _height(said, sum(widths))
    row = len(notes) + 3
    for number, header in enumerate(headers, start=1):
        cell = sheet.cell(row, number)
        _put(cell, header.replace("（", "\n（"))  # the unit on a line of its own
        cell.font, cell.fill = Font(name="黑体", size=10.5), _HEAD
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = (3 if any("（" in header for header in headers) else 1) * _LINE + 6
    return row + 1


def _put(cell: Cell | MergedCell, value: Value) -> None:
    """Numbers as numbers, none of them as a dash; every text as text, whatever sign it begins with."""
    if isinstance(cell, MergedCell):
        return
    is_text = isinstance(value, str)
    said = _wording()["dash"] if value is None else value
    cell.value = "\n".join(map(clean, said.split("\n"))) if isinstance(said, str) else said
    cell.font, cell.border = Font(name=_FONT, size=10.5), _BORDER
    cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="left" if is_text else "right")
    if isinstance(said, str):
        cell.data_type = TYPE_STRING
        cell.quotePrefix = said.startswith(("=", "+", "-", "@"))
    else:
        kind = "%" if isinstance(value, float) else "amount" if isinstance(value, Decimal) else "count"
        cell.number_format = _FORMATS[kind]


def _height(said: object, width: float) -> float:
    """Points that a text takes in a column of `width`: a Chinese character is two wide."""
    wide = sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1.05 for char in str(said))
    return max(math.ceil(wide / (width - 1)), 1) * _LINE + 3


def _set_up_print(sheet: Worksheet, head: int, *, landscape: bool) -> None:
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text=_wording()["page"]))


def _days(report: SurveyReport) -> dict[str, str]:
    first, last, stamp = report.first_day, report.last_day, report.generated_at
    return {
        "first": f"{first.year}年{first.month}月{first.day}日",
        "last": f"{last.year}年{last.month}月{last.day}日",
        "stamp": f"{stamp.year}年{stamp.month}月{stamp.day}日{stamp:%H:%M}",
    }


def _measure(survey: Survey, path: str, of: str) -> Value:
    """A count, or its share of another one; None where that is nothing."""
    scope, _, name = path.partition(".")
    value: Value = _value(survey.total.acts if scope == "acts" else _of(survey, scope), name)
    if not of:
        return value
    whole: Any = _of(survey, of)
    part: Any = value
    return part / whole if whole else None


def _value(record: object, path: str) -> Any:
    """A count or text of a record; an amount is None where no firm reported: that is not zero."""
    found = _of(record, path)
    if not isinstance(found, Decimal):
        return found
    scope, _, _ = path.rpartition(".")
    owner: Any = _of(record, scope) if scope else record
    n_reports = owner.n_impact_cases if isinstance(owner, SurveyFirm) else owner.n_impact_firms
    return found if n_reports else None


def _of(record: object, path: str) -> Any:
    """The field of a record by its dotted name."""
    found: Any = record
    for name in path.split("."):
        found = getattr(found, name)
    return found


@cache
def _wording() -> Mapping[str, Any]:
    return tomllib.loads((files("reports") / "survey.toml").read_text(encoding="utf-8"))
