"""Writes the triage workbook: read columns left and locked, columns to fill right with drop-downs, identity hidden."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, cast

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING, Cell, MergedCell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.pagebreak import Break, ColBreak
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.clock import SHANGHAI
from pipeline.triage.rows import Column, Layout, TriageRow, clean_text, digest_of, load_layout, refusal, seal_of
from reports.mail.clean import shorten, web_link

Value = str | date | datetime

_FONT: Final = "宋体"  # on every Windows and WPS; LibreOffice puts its own in its place
_THIN: Final = Side(style="thin", color="FFA6A6A6")
_BORDER: Final = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_READ_HEAD: Final = PatternFill("solid", fgColor="FFD9D9D9")
_FILL_HEAD: Final = PatternFill("solid", fgColor="FF9DC3E6")
_FILL_BODY: Final = PatternFill("solid", fgColor="FFE4EFF9")
_RED, _LIGHT_RED = "FFF4A6A6", "FFFDE9E9"
_AMBER, _LIGHT_AMBER = "FFFFE699", "FFFFF8E1"
_WRAP: Final = Alignment(wrap_text=True, vertical="top", horizontal="left")
_CENTRE: Final = Alignment(wrap_text=True, vertical="center", horizontal="center")
_FORMULA_SIGNS: Final = ("=", "+", "-", "@")
_LONG_TEXT: Final = 8000  # characters of a draft shown; a cell holds 32,767
_LONG_LINK: Final = 2000  # Excel repairs a file whose links exceed 2,079
_FROZEN: Final = 3  # columns, and repeated on every printed page
_LINE: Final = 13.5  # points, at 10 points of type
_LEAST, _MOST = 84, 400  # points: room to write an advice; Excel allows 409
_PRINT_SCALE: Final = 62  # percent: the read columns on one A4 landscape page, those to fill on the next


def write_workbook(
    rows: Sequence[TriageRow], path: Path, *, export_id: str, made_at: datetime, officers: Sequence[str]
) -> None:
    """Write open cases to an .xlsx at `path`, replacing what is there; most urgent first, whatever the order of `rows`.

    Moments are shown in Asia/Shanghai. `officers` fill the drop-down of 责任人, which takes any other name too.
    Raises InputError where the file cannot be written, ValueError for a repeated case, a moment without a zone, or an
    id that a cell would change.
    """
    layout = load_layout()
    ordered = sorted(rows, key=lambda row: (not row.is_overdue, row.due_at, row.case_id))
    _check(ordered, export_id, made_at)
    book = Workbook()
    # the width of a column counts digits of this font: one that most systems have, or have its measures of
    cast("Any", book)._named_styles["Normal"].font = Font(name="Arial", size=10)
    del book[book.sheetnames[0]]
    sheet = book.create_sheet(layout.sheet)
    _write_cases(sheet, ordered, export_id, made_at, layout)
    _write_guide(book.create_sheet(layout.guide_sheet), len(ordered), export_id, made_at, layout)
    names = list(dict.fromkeys(name for name in map(clean_text, officers) if name))
    _write_register(book.create_sheet(layout.register_sheet), ordered, export_id, made_at, names, layout)
    _add_choices(sheet, max(len(ordered), 1) + 1, len(names), layout)
    # nobody renames or deletes a sheet by accident; no password, so whoever must, can
    book.security = WorkbookProtection(lockStructure=True)
    book.properties.title = layout.words["print_title"]
    book.properties.creator = "tbtwatch"
    book.properties.created = made_at.astimezone(SHANGHAI).replace(tzinfo=None)
    _save(book, path)


def _check(rows: Sequence[TriageRow], export_id: str, made_at: datetime) -> None:
    ids = [row.case_id for row in rows]
    if len(set(ids)) != len(ids):
        raise ValueError("a case stands twice in the rows")
    if any(moment.tzinfo is None for moment in (made_at, *(row.due_at for row in rows))):
        raise ValueError("a moment without a time zone")
    for text in (export_id, *ids, *(row.state for row in rows)):
        if not text or clean_text(text) != text or len(text) > _LONG_TEXT:
            raise ValueError(f"not fit for a cell: {text[:60]!r}")


def _save(book: Workbook, path: Path) -> None:
    whole = io.BytesIO()
    book.save(whole)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_bytes(whole.getvalue())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise refusal("cannot-write", file=path, why=error.strerror or error) from error


def _write_cases(
    sheet: Worksheet, rows: Sequence[TriageRow], export_id: str, made_at: datetime, layout: Layout
) -> None:
    for number, column in enumerate(layout.columns, start=1):
        is_fill = column in layout.fill
        head = sheet.cell(1, number)
        _put(head, column.header)
        head.font = Font(name="黑体", size=11, bold=True)
        head.fill = _FILL_HEAD if is_fill else _READ_HEAD
        head.alignment, head.border = _CENTRE, _BORDER
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].hidden = column in layout.hidden
    sheet.row_dimensions[1].height = 32
    widths = {column.name: column.width for column in layout.columns}
    for place, row in enumerate(rows, start=2):
        values = {**_read_values(row, layout), "case_id": row.case_id, "state": row.state, "export_id": export_id}
        for number, column in enumerate(layout.columns, start=1):
            cell = sheet.cell(place, number)
            _format(cell, column, is_fill=column in layout.fill)
            if column not in layout.fill:
                _put(cell, values[column.name])
        _link(sheet.cell(place, _number(layout, "link")), row.link, layout)
        n_lines = max(_n_lines(str(values[column.name]), widths[column.name]) for column in layout.read)
        sheet.row_dimensions[place].height = min(max(n_lines * _LINE + 4, _LEAST), _MOST)
    last = max(len(rows), 1) + 1
    _mark(sheet, last, layout)
    visible = get_column_letter(len(layout.read) + len(layout.fill))
    sheet.freeze_panes = sheet.cell(2, _FROZEN + 1).coordinate
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(layout.columns))}{last}"  # a sort takes the hidden ids along
    _protect(sheet)
    _set_up_print(sheet, f"A1:{visible}{last}", made_at, layout)


def _read_values(row: TriageRow, layout: Layout) -> dict[str, Value]:
    words = layout.words
    urgency = "overdue" if row.is_overdue else "amber" if row.is_amber else "in_time"
    titles = dict.fromkeys(shorten(text, layout.shown_text) for text in (row.title_zh, row.title))
    return {
        "urgency": words[urgency],
        "time_left": row.time_left,
        "symbols": "\n".join(row.symbols),
        "link": "",
        "due_zh": row.due_zh,
        "due_at": row.due_at.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0),
        "level_zh": row.level_zh,
        "members_zh": row.members_zh,
        "title": "\n".join(filter(None, titles)),
        "measure": shorten(row.measure, layout.shown_text),
        "products": _listing(row.products, layout),
        "pairs": _listing(row.pairs, layout),
        "reasons": _listing(row.reasons, layout),
        "comment_deadline": row.comment_deadline or words["no_deadline"],
        "draft_advice": row.draft_advice[:_LONG_TEXT],
    }


def _listing(texts: Sequence[str], layout: Layout) -> str:
    """One text a line; a long list is cut, and says so: a row of a hundred pairs is no longer a row."""
    shown = [shorten(text, layout.shown_text // 3) for text in texts[: layout.shown_lines]]
    if len(texts) > layout.shown_lines:
        shown.append(layout.words["more"].format(n=len(texts)))
    return "\n".join(shown)


def _put(cell: Cell | MergedCell, value: Value) -> None:
    """Dates as dates; every text as text, whatever sign it begins with."""
    text = clean_text(value) if isinstance(value, str) else value
    if isinstance(cell, MergedCell) or text == "":
        return
    cell.value = text
    if not isinstance(text, str):
        return
    cell.data_type = TYPE_STRING
    if text.startswith(_FORMULA_SIGNS):
        cell.quotePrefix = True  # stays text when somebody opens the cell and leaves it again


def _n_lines(text: str, width: float) -> int:
    """Lines that `text` takes in a column of `width`: a Chinese character is two wide. Not every program counts."""
    wide = (sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1.05 for c in line) for line in text.split("\n"))
    return sum(max(math.ceil(one / (width - 1)), 1) for one in wide)


def _format(cell: Cell | MergedCell, column: Column, *, is_fill: bool) -> None:
    cell.font = Font(name=_FONT, size=10, bold=column.name == "urgency")
    cell.alignment, cell.border = _WRAP, _BORDER
    cell.number_format = "@" if is_fill else column.format or "General"  # "@": advice may begin with a dash
    cell.protection = Protection(locked=not is_fill)
    if is_fill:
        cell.fill = _FILL_BODY


def _link(cell: Cell | MergedCell, link: str, layout: Layout) -> None:
    """A cell of its own: LibreOffice joins the lines of a linked cell, and a joint text has several symbols."""
    address = web_link(link)
    if address and len(address) <= _LONG_LINK and isinstance(cell, Cell):
        _put(cell, layout.words["link"])
        cell.hyperlink = Hyperlink(ref=cell.coordinate, target=address, tooltip=layout.words["link_tip"])
        cell.font = Font(name=_FONT, size=10, underline="single", color="FF0563C1")


def _mark(sheet: Worksheet, last: int, layout: Layout) -> None:
    """Red and amber by rule and not by fill, so that they follow the row; the word in column A says it in grey too."""
    rest = f"C2:{get_column_letter(len(layout.read))}{last}"
    for word, strong, light in (("overdue", _RED, _LIGHT_RED), ("amber", _AMBER, _LIGHT_AMBER)):
        formula = f'$A2="{layout.words[word]}"'
        sheet.conditional_formatting.add(f"A2:B{last}", _rule(formula, strong))
        sheet.conditional_formatting.add(rest, _rule(formula, light))
    conclusion, cause, reason = (get_column_letter(_number(layout, name)) for name in ("conclusion", "cause", "reason"))
    without = layout.fill[0].choices["none"]
    rules = {
        cause: f'AND($A2="{layout.words["overdue"]}",${conclusion}2<>"",${cause}2="")',
        reason: f'AND(${conclusion}2="{without}",${reason}2="")',
    }
    for letter, formula in rules.items():
        sheet.conditional_formatting.add(f"{letter}2:{letter}{last}", _rule(formula, _RED))


def _rule(formula: str, colour: str) -> Rule:
    look = DifferentialStyle(fill=PatternFill("solid", bgColor=colour))
    return Rule(type="expression", formula=[formula], dxf=look)


def _add_choices(sheet: Worksheet, last: int, n_officers: int, layout: Layout) -> None:
    words = layout.validation
    for column in layout.fill:
        if column.choices:
            listed = ",".join(column.choices.values())
            rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            rule.error = words["choice"].format(choices="、".join(column.choices.values()))
        elif column.name == "owner" and n_officers:
            area = f"'{layout.register_sheet}'!$I$2:$I${n_officers + 1}"
            rule = DataValidation(type="list", formula1=area, allow_blank=True)
        else:
            rule = DataValidation(
                type="textLength", operator="lessThanOrEqual", formula1=str(layout.limit), allow_blank=True
            )
            rule.error = words["length"].format(limit=layout.limit)
        rule.showErrorMessage = rule.error is not None  # 责任人 takes a name that is not listed
        rule.errorTitle = words["title"] if rule.error else None
        rule.promptTitle, rule.prompt, rule.showInputMessage = column.header, column.prompt, True
        letter = get_column_letter(_number(layout, column.name))
        rule.add(f"{letter}2:{letter}{last}")
        sheet.add_data_validation(rule)


def _write_guide(sheet: Worksheet, n_cases: int, export_id: str, made_at: datetime, layout: Layout) -> None:
    guide: Any = layout.guide
    stamp = made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    lines = [(guide["about"].format(export_id=export_id, made_at=stamp, n=n_cases), ""), ("", "")]
    lines += [(step, "") for step in guide["steps"]]
    _put(sheet["A1"], guide["title"])
    sheet["A1"].font = Font(name="黑体", size=16)
    sheet.row_dimensions[1].height = 30
    row = 2
    for text, _ in lines:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=2)
        _put(sheet.cell(row, 1), text)
        sheet.cell(row, 1).font = Font(name=_FONT, size=11)
        sheet.cell(row, 1).alignment = _WRAP
        sheet.row_dimensions[row].height = _n_lines(text, 84) * 16 + 2  # merged cells do not grow by themselves
        row += 1
    row += 1
    table = [tuple(guide["headers"]), *((column.header, column.guide) for column in layout.fill)]
    for place, texts in enumerate(table, start=row):
        for number, text in enumerate(texts, start=1):
            cell = sheet.cell(place, number)
            _put(cell, text)
            cell.font = Font(name="黑体" if place == row else _FONT, size=11)
            cell.alignment, cell.border = _WRAP, _BORDER
            if place == row:
                cell.fill = _FILL_HEAD
        sheet.row_dimensions[place].height = _n_lines(texts[1], 70) * 16 + 2
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 78
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    _protect(sheet)


def _write_register(
    sheet: Worksheet,
    rows: Sequence[TriageRow],
    export_id: str,
    made_at: datetime,
    officers: Sequence[str],
    layout: Layout,
) -> None:
    """The sheet that the import checks against: A-D a line a case, F-G facts of the file, I the officers' names."""
    table = [("case_id", "state", "overdue", "seal")]
    for row in rows:
        values = _read_values(row, layout)
        seal = seal_of(row.case_id, (str(values[column.name]) for column in layout.read if column.sealed))
        table.append((row.case_id, row.state, "1" if row.needs_cause else "0", seal))
    digest = digest_of((export_id, *(text for line in table[1:] for text in line)))
    facts = (("layout", layout.layout), ("export_id", export_id), ("made_at", made_at.isoformat()), ("digest", digest))
    for start, lines in ((1, table), (6, facts), (9, [("officers",), *((name,) for name in officers)])):
        for place, texts in enumerate(lines, start=1):
            for number, text in enumerate(texts, start=start):
                cell = sheet.cell(place, number)
                cell.number_format = "@"
                _put(cell, text)
    sheet.sheet_state = "veryHidden"  # not in the list of hidden sheets that a right click shows
    _protect(sheet)


def _number(layout: Layout, name: str) -> int:
    return next(number for number, column in enumerate(layout.columns, start=1) if column.name == name)


def _protect(sheet: Worksheet) -> None:
    sheet.protection.sheet = True
    for allowed in ("sort", "autoFilter", "formatColumns", "formatRows", "deleteRows"):
        setattr(sheet.protection, allowed, False)  # False: not forbidden


def _set_up_print(sheet: Worksheet, area: str, made_at: datetime, layout: Layout) -> None:
    sheet.print_area = area
    sheet.print_title_rows, sheet.print_title_cols = "1:1", f"A:{get_column_letter(_FROZEN)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.scale = _PRINT_SCALE
    sheet.page_setup.pageOrder = "overThenDown"  # a case's two pages lie next to each other
    sheet.col_breaks = ColBreak(brk=[Break(id=len(layout.read) - 1)])  # the draft stands beside what is to be filled
    margins = sheet.page_margins
    margins.left = margins.right = 0.25
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.55, 0.25, 0.25
    stamp = made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    left, right = _HeaderFooterPart(text=layout.words["print_title"]), _HeaderFooterPart(text=stamp)
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(left=left, right=right)
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text=layout.words["print_footer"]))
