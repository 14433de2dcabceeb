"""A document as a Word file: real styles and fields, GB/T 9704-2012 page, the same bytes for the same document."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.shared import Cm, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from reports.charts import picture_png
from reports.document import (
    AnnexStart,
    BarChart,
    Block,
    Colophon,
    Document,
    Heading,
    HeatMap,
    KeyFacts,
    LineChart,
    Masthead,
    Note,
    Paragraph,
    Picture,
    Table,
)
from reports.fonts import FontPlan
from reports.render import word_tables
from reports.render.word_controls import add_control
from reports.render.word_package import finish
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


def render_docx(document: Document, fonts: FontPlan) -> bytes:
    """.docx bytes. `fonts` only draws the pictures of charts; the text names the official typefaces."""
    word = docx.Document()
    shape_styles(word)
    _first_section(word)
    writer = _Writer(word, fonts)
    for block, following in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        writer.write(block, noted=isinstance(following, Note))
    return finish(word, document)


class _Writer:
    """Adds one block after the other to a Word document; knows whether the page lies across."""

    def __init__(self, word: WordDocument, fonts: FontPlan) -> None:
        self.word = word
        self.fonts = fonts
        self.landscape = False
        self.controls = 0
        self.noted = False
        self.style_ids = {style.name: style.style_id for style in word.styles}

    def write(self, block: Block, *, noted: bool = False) -> None:
        """Add a block; `noted`: a remark on it follows and stays with it."""
        self.noted = noted
        writers: dict[type, Callable[..., None]] = {
            Masthead: self._masthead,
            Heading: self._heading,
            Paragraph: self._paragraph,
            Table: self._table,
            KeyFacts: self._facts,
            BarChart: self._chart,
            LineChart: self._chart,
            HeatMap: self._chart,
            Note: self._note,
            AnnexStart: self._annex,
            Colophon: self._colophon,
        }
        writers[type(block)](block)

    def _styled(self, style: str, words: str = "") -> WordParagraph:
        """A paragraph in a style; python-docx would look through all the styles for each."""
        paragraph = self.word.add_paragraph(words)
        paragraph._p.style = self.style_ids[style]
        return paragraph

    def _masthead(self, block: Masthead) -> None:
        if block.mark:
            self._styled("Bulletin Mark", block.mark)
        self._styled("Title", block.title)
        self._styled("Bulletin Serial", block.serial_line)
        byline = self._styled("Bulletin Byline")
        byline.paragraph_format.tab_stops.add_tab_stop(Mm(156), WD_TAB_ALIGNMENT.RIGHT)
        byline.add_run(f"{block.issuer}\t{block.date_text}")
        border(byline, "bottom", "C00000", eighths=18)

    def _heading(self, block: Heading) -> None:
        self._styled(f"Heading {block.level}", block.text)

    def _paragraph(self, block: Paragraph) -> None:
        style = "Bulletin Abstract" if block.role == "abstract" else "Body Text"
        paragraph = self._styled(style)
        add_runs(paragraph, block.label)
        if block.slot:
            self.controls += 1
            add_control(paragraph, block.slot, block.text, self.controls)
        else:
            add_runs(paragraph, block.text)
        if block.role == "lead":
            paragraph.paragraph_format.keep_with_next = True
        if block.role == "abstract":
            for side in ("top", "left", "bottom", "right"):
                border(paragraph, side, "595959", eighths=4)

    def _line_width(self) -> float:
        return 261.0 if self.landscape else 156.0

    def _table(self, block: Table) -> None:
        self._styled("Caption", block.caption)
        word_tables.add_table(self.word, block, self._line_width(), noted=self.noted)
        self._gap()

    def _facts(self, block: KeyFacts) -> None:
        word_tables.add_facts(self.word, block, self._line_width())
        self._gap()

    def _gap(self) -> None:
        # Two tables that touch would grow together in Word.
        gap = self._styled("Bulletin Gap")
        snap_to_grid(gap, on=False)
        gap.paragraph_format.keep_with_next = self.noted

    def _chart(self, block: Picture) -> None:
        paragraph = self.word.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        paragraph.paragraph_format.keep_with_next = True
        picture = paragraph.add_run().add_picture(io.BytesIO(picture_png(block, self.fonts)), width=Mm(125))
        set_alt_text(picture, block.caption, block.alt)
        caption = self._styled("Caption", block.caption)
        caption.paragraph_format.keep_with_next = False

    def _note(self, block: Note) -> None:
        paragraph = self._styled("Bulletin Note")
        add_runs(paragraph, block.text)
        if block.tone == "warning":
            for run in paragraph.runs:
                run.font.color.rgb = _RED
            for side in ("top", "left", "bottom", "right"):
                border(paragraph, side, "C00000", eighths=8)

    def _annex(self, block: AnnexStart) -> None:
        if block.landscape != self.landscape:
            self._turn(landscape=block.landscape)
            label = self._styled("Heading 1", block.label)
        else:
            label = self._styled("Heading 1", block.label)
            label.paragraph_format.page_break_before = True
        label.paragraph_format.first_line_indent = Pt(0)
        self._styled("Bulletin Annex Title", block.title)

    def _turn(self, *, landscape: bool) -> None:
        section = self.word.add_section(WD_SECTION.NEW_PAGE)
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        if landscape:
            section.top_margin, section.bottom_margin = Mm(26), Mm(22)
            section.left_margin = section.right_margin = Mm(18)
            section.footer_distance = Mm(10)  # as far below the text as on upright pages
        else:
            _portrait_margins(section)
        self.landscape = landscape

    def _colophon(self, block: Colophon) -> None:
        lines: list[WordParagraph] = []
        for label, value in block.rows:
            lines.append(self._styled("Bulletin Colophon", f"{label}：{value}"))
        lines.append(self._styled("Bulletin Note", block.statement))
        border(lines[0], "top", "000000", eighths=8)
        lines[0].paragraph_format.space_before = Pt(22)
        border(lines[-1], "top", "000000", eighths=6)
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
