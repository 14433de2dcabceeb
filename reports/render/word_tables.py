"""Tables of the Word file: fixed columns, repeated header rows, rows that do not break over pages."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from typing import Any

from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as WordParagraph

from reports.document import KeyFacts, Table, Text, fact_lines, plain, text
from reports.render.word_xml import add_runs, snap_to_grid

_ALIGN = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}
_TINT = "EEF2F6"
_TALL_SCRIPTS = range(0x0590, 0x1E00)  # Hebrew and Arabic to Thai, Khmer and their neighbours
_SHORT = 14  # rows that are kept on one page
_WIDE = 10  # columns from which the type must be smallest


def add_table(word: WordDocument, block: Table, line_mm: float, *, noted: bool = False) -> None:
    """A table over the whole line; header row repeats, last row bold if it is a total.

    `noted`: its last row stays with the remark that follows.
    """
    wide = len(block.headers) > _WIDE
    points = 7.5 if wide else 10.0 if block.small else 12.0
    share = sum(block.widths)
    widths = [line_mm * width / share for width in block.widths]
    table = _frame(word, 1 + len(block.rows), widths, padding_mm=0.8 if wide else 1.4)
    _name(table, block.caption)
    head, *body = rows = list(table.rows)  # counting them anew for each row would take the most of the time
    for cell, header in zip(head.cells, block.headers, strict=True):
        _fill(cell, text(header, bold=True), points, "c")
        _shade(cell)
    _flag(head, "w:tblHeader")
    for number, (row, values) in enumerate(zip(body, block.rows, strict=True), start=1):
        total = block.total_row and number == len(block.rows)
        for cell, value, letter in zip(row.cells, values, block.align, strict=True):
            _fill(cell, value, points, letter, bold=total)
    if len(block.rows) <= _SHORT and not block.small:
        _keep_together(rows if noted else rows[:-1])
    else:
        # neither the header nor the last row stands alone on its page
        _keep_together([head, *(rows[-2:-1]), *(rows[-1:] if noted else ())])


def add_facts(word: WordDocument, block: KeyFacts, line_mm: float) -> None:
    """基本信息表: labels left, tinted."""
    lines = fact_lines(block)
    table = _frame(word, len(lines), [line_mm * share for share in (0.18, 0.32, 0.18, 0.32)], padding_mm=1.2)
    _name(table, block.caption)
    for row, line in zip(table.rows, lines, strict=True):
        cells = row.cells
        if len(line) == 1:
            cells[1].merge(cells[3])
        for position, (label, value) in enumerate(line):
            name, content = cells[2 * position], cells[2 * position + 1]
            _fill(name, text(label, bold=True), 11, "c")
            _shade(name)
            _fill(content, value, 11, "l")
    # it may break over two pages, but neither its first nor its last row stands alone
    rows = table.rows
    _keep_together([*rows[:1], *rows[-2:-1]])


def _frame(word: WordDocument, rows: int, widths: list[float], *, padding_mm: float) -> WordTable:
    table: WordTable = word.add_table(rows=1, cols=len(widths), style="Table Grid")
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    properties = table._tbl.tblPr
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(padding_mm * 56.7)))  # twentieths of a point
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties.insert_element_before(margins, "w:tblLook", "w:tblCaption")
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    first = table.rows[0]
    _flag(first, "w:cantSplit")
    for cell, width in zip(first.cells, widths, strict=True):
        cell.width = Mm(width)
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for _ in range(rows - 1):
        table._tbl.append(deepcopy(first._tr))
    return table


def _name(table: WordTable, caption: str) -> None:
    """What a screen reader says before the cells (alternative text of the table)."""
    mark = OxmlElement("w:tblCaption")
    mark.set(qn("w:val"), caption)
    table._tbl.tblPr.append(mark)


def _keep_together(rows: Iterable[Any]) -> None:
    """Keep each of the rows on the page of what follows it."""
    for row in rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _fill(cell: Cell, value: Text, points: float, letter: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    rtl = bool(value) and value[0].rtl
    tall = any(ord(char) in _TALL_SCRIPTS for char in plain(value))
    paragraph._p.insert(0, deepcopy(_form("r" if rtl else letter, points, tall=tall)))
    add_runs(paragraph, value, points=points, bold=bold)


@cache
def _form(letter: str, points: float, *, tall: bool) -> Any:
    """The properties (w:pPr) of a cell's paragraph, made once for all cells that look alike."""
    nowhere: Any = None  # its properties need no document
    paragraph = WordParagraph(OxmlElement("w:p"), nowhere)
    paragraph.alignment = _ALIGN[letter]
    # the same height in every typeface; only scripts with marks above and below may need more
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST if tall else WD_LINE_SPACING.EXACTLY
    paragraph.paragraph_format.line_spacing = Pt(points * 1.3)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1.5)
    snap_to_grid(paragraph, on=False)
    return paragraph._p.pPr


def _shade(cell: Cell) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _TINT)):
        shade.set(qn(f"w:{key}"), value)
    properties = cell._tc.get_or_add_tcPr()
    properties.insert_element_before(shade, "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign")


def _flag(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
