"""Finds the table in an ePing workbook: which sheet, which row is the header, which column is which field.

Headers: the platform's "Export Search Results" (17 columns), its bulk file (two more, written with double blanks), and
the older exports of the WTO's SPS and TBT information systems.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final

from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from crawlers.formats.xlsx import Sheet, Workbook
from crawlers.formats.xlsx_rows import Value
from warehouse.errors import InputError
from warehouse.records import Severity

SHEET_NAME: Final = "Notifications"
_HEADERS: Final = {
    "member": ("Notifying Member", "Notifying Member(s)"),
    "distribution_date": ("Distribution date",),
    "symbol": ("Document symbol", "Symbol"),
    "title": ("Title",),
    "description": ("Description", "Description of content"),
    "products": ("Products covered", "Products (free text)"),
    "hs": ("HS code(s)",),
    "ics": ("ICS code(s)",),
    "objectives": ("Objectives",),
    "keywords": ("Keywords", "Keywords (SPS Only)"),
    "regions": (
        "Specific regions or countries likely to be affected",
        "Regions or countries affected (SPS Only)",
    ),
    "deadline": ("Final date for comments",),
    "type": ("Notification type",),
    "documents": ("Notified document", "Link(s) to full text"),
    "link_en": ("Link to notification(EN)",),
    "link_fr": ("Link to notification(FR)",),
    "link_es": ("Link to notification(ES)",),
    "adoption": ("Proposed adoption  date",),
    "entry": ("Proposed entry  into  force date",),
}
_MANDATORY: Final = ("symbol", "member", "title", "distribution_date")
_SEARCHED_ROWS: Final = 20  # a title or a note may stand above the header


def _fold(header: str) -> str:
    return "".join(clean_line(header).casefold().split())


_FIELDS: Final = {_fold(header): field for field, headers in _HEADERS.items() for header in headers}


@dataclass(frozen=True, slots=True)
class Table:
    """Where the notifications stand in a workbook."""

    sheet: Sheet
    header_row: int
    headers: dict[int, str]  # column -> header as it stands in the file
    columns: dict[str, int]  # field -> column


def find_table(workbook: Workbook, issues: RowIssues) -> Table:
    """The first sheet that carries the four mandatory headers, the sheet named "Notifications" before others.

    Notes an unusual sheet name, unknown or repeated headers and further sheets with the same header. Raises
    `InputError` where no sheet carries the headers, saying which are missing and which were found.
    """
    tables = [table for sheet in workbook.sheets if (table := _best_row(workbook, sheet)) is not None]
    complete = [table for table in tables if not _missing(table)]
    if not complete:
        raise _no_table(workbook, max(tables, key=lambda table: len(table.columns), default=None))
    chosen = next((table for table in complete if table.sheet.name == SHEET_NAME), complete[0])
    _remark(chosen, [table for table in complete if table is not chosen], issues)
    return chosen


def _best_row(workbook: Workbook, sheet: Sheet) -> Table | None:
    rows = workbook.rows(sheet)
    found = [_match(sheet, number, cells) for number, cells in islice(rows, _SEARCHED_ROWS) if number <= _SEARCHED_ROWS]
    best = max(found, key=lambda table: len(table.columns), default=None)
    return best if best is not None and best.columns else None


def _match(sheet: Sheet, number: int, cells: dict[int, Value]) -> Table:
    headers = {column: value for column, value in cells.items() if isinstance(value, str) and value.strip()}
    columns: dict[str, int] = {}
    for column, header in headers.items():
        field = _FIELDS.get(_fold(header))
        if field is not None:
            columns.setdefault(field, column)
    return Table(sheet, number, headers, columns)


def _missing(table: Table) -> list[str]:
    return [_HEADERS[field][0] for field in _MANDATORY if field not in table.columns]


def _no_table(workbook: Workbook, best: Table | None) -> InputError:
    next_step = "请使用ePing平台“Export Search Results”导出的工作簿或其批量文件，不要改动表头。"
    name = workbook.path.name
    if best is None:
        sheets = "、".join(f"“{sheet.name}”" for sheet in workbook.sheets) or "无"
        return InputError(f"文件“{name}”中没有ePing通报表：各工作表（{sheets}）的前20行均无通报表头。", next_step)
    missing = "、".join(f"“{header}”" for header in _missing(best))
    found = "、".join(f"“{clean_line(best.headers[column])}”" for column in sorted(best.columns.values()))
    return InputError(f"文件“{name}”工作表“{best.sheet.name}”缺少必备列：{missing}；已找到：{found}。", next_step)


def _remark(table: Table, others: list[Table], issues: RowIssues) -> None:
    issues.row = table.header_row
    if table.sheet.name != SHEET_NAME:
        issues.add(
            "sheet-name-unusual",
            Severity.INFO,
            f"工作表名为“{table.sheet.name}”而不是“{SHEET_NAME}”，表头相符，已照常读取。",
            value=table.sheet.name,
        )
    if others:
        names = "、".join(f"“{other.sheet.name}”" for other in others)
        issues.add(
            "sheet-left-out",
            Severity.WARNING,
            f"工作表{names}也有通报表头，本次只读取“{table.sheet.name}”。",
            next_step="如其余工作表也要导入，请分别另存为单独的文件。",
        )
    unused = {column: clean_line(header) for column, header in table.headers.items()}
    for column in table.columns.values():
        del unused[column]
    repeated = [header for header in unused.values() if _fold(header) in _FIELDS]
    unknown = [header for header in unused.values() if _fold(header) not in _FIELDS]
    if repeated:
        issues.add(
            "header-repeated",
            Severity.WARNING,
            f"表头{_quoted(repeated)}重复出现，只采用最左边的一列。",
            value="; ".join(repeated),
            next_step="请核对来源文件，删去多余的列后重新导入。",
        )
    if unknown:
        issues.add(
            "header-unknown",
            Severity.WARNING,
            f"表头{_quoted(unknown)}不在已知列之中，其内容只随原始记录保存，不参与分析。",
            value="; ".join(unknown),
            next_step="若为平台新增的列，请通知系统维护人员。",
        )


def _quoted(names: list[str]) -> str:
    return "、".join(f"“{name}”" for name in names)
