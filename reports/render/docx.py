"""A document as a Word file: real styles and fields, GB/T 9704-2012 page, the same bytes for the same document."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from reports.charts import bar_chart_png
from reports.document import (
    AnnexStart,
    BarChart,
    Block,
    Colophon,
    Document,
    Heading,
    KeyFacts,
    Masthead,
    Note,
    Paragraph,
    Table,
)
from reports.fonts import FontPlan
from reports.render import word_tables
from reports.render.word_xml import (
    add_page_number,
    add_runs,
    border,
    document_grid,
    even_and_odd_footers,
    set_alt_text,
    shape_styles,
    snap_to_grid,
)

_RED = RGBColor(0xC0, 0x00, 0x00)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def render_docx(document: Document, fonts: FontPlan) -> bytes:
    """.docx bytes. `fonts` only draws the pictures of charts; the text names the official typefaces."""
    word = docx.Document()
    shape_styles(word)
    _first_section(word)
    writer = _Writer(word, fonts)
    for block in document.blocks:
        writer.write(block)
    _properties(word, document)
    raw = io.BytesIO()
    word.save(raw)
    return _without_clock(raw.getvalue())


class _Writer:
    """Adds one block after the other to a Word document; knows only whether the page lies across."""

    def __init__(self, word: WordDocument, fonts: FontPlan) -> None:
        self.word = word
        self.fonts = fonts
        self.landscape = False

    def write(self, block: Block) -> None:
        writers: dict[type, Callable[..., None]] = {
            Masthead: self._masthead,
            Heading: self._heading,
            Paragraph: self._paragraph,
            Table: self._table,
            KeyFacts: self._facts,
            BarChart: self._chart,
            Note: self._note,
            AnnexStart: self._annex,
            Colophon: self._colophon,
        }
        writers[type(block)](block)

    def _masthead(self, block: Masthead) -> None:
        if block.mark:
            self.word.add_paragraph(block.mark, style="Bulletin Mark")
        self.word.add_paragraph(block.title, style="Title")
        self.word.add_paragraph(block.serial_line, style="Bulletin Serial")
        byline = self.word.add_paragraph(style="Bulletin Byline")
        byline.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        byline.add_run(f"{block.issuer}\t{block.date_text}")
        border(byline, "bottom", "C00000", eighths=18)

    def _heading(self, block: Heading) -> None:
        self.word.add_heading(block.text, level=block.level)

    def _paragraph(self, block: Paragraph) -> None:
        style = "Bulletin Abstract" if block.role == "abstract" else "Body Text"
        paragraph = self.word.add_paragraph(style=style)
        add_runs(paragraph, block.text)
        if block.role == "abstract":
            for side in ("top", "left", "bottom", "right"):
                border(paragraph, side, "595959", eighths=4)

    def _line_width(self) -> float:
        return 261.0 if self.landscape else 156.0

    def _table(self, block: Table) -> None:
        self.word.add_paragraph(block.caption, style="Caption")
        word_tables.add_table(self.word, block, self._line_width())
        self._gap()

    def _facts(self, block: KeyFacts) -> None:
        word_tables.add_facts(self.word, block, self._line_width())
        self._gap()

    def _gap(self) -> None:
        # Two tables that touch would grow together in Word.
        gap = self.word.add_paragraph(style="Bulletin Gap")
        snap_to_grid(gap, on=False)

    def _chart(self, block: BarChart) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(io.BytesIO(bar_chart_png(block, self.fonts)), width=Mm(125))
        set_alt_text(picture, block.caption, block.alt)
        caption = self.word.add_paragraph(block.caption, style="Caption")
        caption.paragraph_format.keep_with_next = False

    def _note(self, block: Note) -> None:
        paragraph = self.word.add_paragraph(style="Bulletin Note")
        add_runs(paragraph, block.text)
        if block.tone == "warning":
            for run in paragraph.runs:
                run.font.color.rgb = _RED
            for side in ("top", "left", "bottom", "right"):
                border(paragraph, side, "C00000", eighths=8)

    def _annex(self, block: AnnexStart) -> None:
        if block.landscape != self.landscape:
            self._turn(landscape=block.landscape)
            label = self.word.add_heading(block.label, level=1)
        else:
            label = self.word.add_heading(block.label, level=1)
            label.paragraph_format.page_break_before = True
        label.paragraph_format.first_line_indent = Pt(0)
        self.word.add_paragraph(block.title, style="Bulletin Annex Title")

    def _turn(self, *, landscape: bool) -> None:
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        if landscape:
            section.top_margin, section.bottom_margin = Mm(26), Mm(22)
            section.left_margin = section.right_margin = Mm(18)
        else:
            _portrait_margins(section)
        self.landscape = landscape

    def _colophon(self, block: Colophon) -> None:
        lines: list[WordParagraph] = []
        for label, value in block.rows:
            lines.append(self.word.add_paragraph(f"{label}：{value}", style="Bulletin Colophon"))
        lines.append(self.word.add_paragraph(block.statement, style="Bulletin Note"))
        border(lines[0], "top", "000000", eighths=8)
        border(lines[-1], "bottom", "000000", eighths=8)
        for line in lines[:-1]:
            line.paragraph_format.keep_with_next = True


def _first_section(word: WordDocument) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    _portrait_margins(section)
    document_grid(section)
    even_and_odd_footers(word)
    add_page_number(section.footer.paragraphs[0], right=True)
    add_page_number(section.even_page_footer.paragraphs[0], right=False)


def _portrait_margins(section: docx.section.Section) -> None:
    """GB/T 9704-2012 5.2.1: 天头 37, 订口 28, type area 156 by 225; footer line 7 mm below it."""
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance, section.header_distance = Mm(23), Cm(1.5)


def _properties(word: WordDocument, document: Document) -> None:
    package = word.part.package
    # The template of python-docx carries a preview picture of an empty page.
    for key in [key for key, link in package.rels.items() if link.reltype.endswith("/thumbnail")]:
        del package.rels[key]
    core = word.core_properties
    stamp = document.created_at.astimezone(UTC).replace(tzinfo=None)  # the format keeps UTC without a zone
    core.title, core.subject, core.author = document.title, document.subject[:255], document.author[:255]
    core.last_modified_by, core.keywords, core.language = document.author[:255], " ".join(document.keywords), "zh-CN"
    core.created = core.modified = core.last_printed = stamp.replace(microsecond=0)
    core.comments, core.revision = "", 1


def _without_clock(raw: bytes) -> bytes:
    """The package again with fixed dates on its parts: python-docx stamps them with the time of the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()
