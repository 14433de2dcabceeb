"""What python-docx has no words for: East Asian fonts, document grid, fields, borders, links, alternative text."""

from __future__ import annotations

from typing import Any

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shape import InlineShape
from docx.shared import Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from reports.document import Span, Text
from reports.fonts import latin_font, word_font

PLACEHOLDER_STYLE = "Placeholder Text"  # what a control shows while nobody has written in it
_PITCH = Pt(28.95)  # 225 mm / 22 lines
_BLACK, _GREY = RGBColor(0, 0, 0), RGBColor(0x59, 0x59, 0x59)
_LEFT, _CENTRE, _JUSTIFY = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY

# name, typeface, points, alignment, first-line indent in characters, keep with next, line pitch in points (None: grid)
_STYLES: tuple[tuple[str, str, float, Any, int, bool, float | None], ...] = (
    ("Title", "xiaobiaosong", 28, _CENTRE, 0, True, 40),
    ("Body Text", "fangsong", 16, _JUSTIFY, 2, False, None),
    ("Heading 1", "heiti", 16, _LEFT, 2, True, None),
    ("Heading 2", "kaiti", 16, _LEFT, 2, True, None),
    ("Heading 3", "fangsong", 16, _LEFT, 2, True, None),
    ("Caption", "heiti", 12, _CENTRE, 0, True, 20),
    ("Bulletin Mark", "heiti", 14, _LEFT, 0, True, None),
    ("Bulletin Serial", "fangsong", 16, _CENTRE, 0, True, None),
    ("Bulletin Byline", "fangsong", 16, _LEFT, 0, False, None),
    ("Bulletin Abstract", "kaiti", 15, _JUSTIFY, 0, False, 25),
    ("Bulletin Note", "fangsong", 12, _LEFT, 0, False, 19),
    ("Bulletin Gap", "fangsong", 5, _LEFT, 0, False, 8),
    ("Bulletin Annex Title", "xiaobiaosong", 22, _CENTRE, 0, True, 34),
    ("Bulletin Colophon", "fangsong", 14, _LEFT, 0, False, 22),
)


def shape_styles(word: WordDocument) -> None:
    """Give the styles of the bulletin their typefaces and pitch (GB/T 9704-2012, 3号 = 16 pt)."""
    normal = word.styles["Normal"]
    set_fonts(normal.element.get_or_add_rPr(), "fangsong")
    normal.font.size = Pt(16)
    _document_defaults(word)
    _off_grid(normal)
    existing = {style.name for style in word.styles}
    for name, role, points, alignment, indent, keep, pitch in _STYLES:
        style = word.styles[name] if name in existing else word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)  # noqa: S101  # all of them are, by the table above
        style.base_style = normal
        style.font.size, style.font.bold, style.font.italic = Pt(points), False, False
        style.font.color.rgb = RGBColor(0xC0, 0, 0) if name == "Title" else _BLACK
        set_fonts(style.element.get_or_add_rPr(), role)
        form = style.paragraph_format
        form.alignment, form.keep_with_next = alignment, keep
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = _PITCH if pitch is None else Pt(pitch)
        form.widow_control = True
        _drop_borders(style)
        if indent:
            _indent_characters(style, indent, points)
    word.styles["Title"].paragraph_format.space_before = Pt(18)
    word.styles["Title"].paragraph_format.space_after = Pt(8)
    word.styles["Caption"].paragraph_format.space_before = Pt(8)
    for name in ("Bulletin Byline", "Bulletin Abstract", "Bulletin Note"):
        word.styles[name].paragraph_format.space_after = Pt(8)
    word.styles["Bulletin Annex Title"].paragraph_format.space_after = Pt(10)
    word.styles.add_style(PLACEHOLDER_STYLE, WD_STYLE_TYPE.CHARACTER).font.color.rgb = _GREY


def _document_defaults(word: WordDocument) -> None:
    """Size and language that everything starts from: the grid counts in characters of this size."""
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for name, values in (
        ("w:sz", {"val": "32"}),
        ("w:szCs", {"val": "32"}),
        ("w:lang", {"val": "en-US", "eastAsia": "zh-CN", "bidi": "ar-SA"}),
    ):
        for old in defaults.findall(qn(name)):
            defaults.remove(old)
        mark = OxmlElement(name)
        for key, value in values.items():
            mark.set(qn(f"w:{key}"), value)
        defaults.append(mark)


def set_fonts(properties: Any, role: str, *, latin: bool = True) -> None:
    """Latin and East Asian font of a run or style; theme fonts of the template would win and are removed.

    Without `latin`, letters and digits come from the East Asian font too (半角 of the standard's page numbers).
    """
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), latin_font() if latin else word_font(role))
    fonts.set(qn("w:eastAsia"), word_font(role))


def _off_grid(style: ParagraphStyle) -> None:
    """Set the pitch by the paragraphs themselves: LibreOffice spreads characters that are wider than a grid cell.

    The page keeps its grid of 22 lines of 28 characters; -0.25 pt between characters gives the same 28 a line
    (15.75 pt * 28 = 441 pt of 156 mm = 442.2 pt) in Word, WPS and LibreOffice alike.
    """
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "0")
    style.element.get_or_add_pPr().append(mark)
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), "-5")  # twentieths of a point
    style.element.get_or_add_rPr().insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs")


def _drop_borders(style: ParagraphStyle) -> None:
    properties = style.element.get_or_add_pPr()
    for found in properties.findall(qn("w:pBdr")):
        properties.remove(found)


def _indent_characters(style: ParagraphStyle, count: int, points: float) -> None:
    style.paragraph_format.first_line_indent = Pt(points * count)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), str(100 * count))


def document_grid(section: Section) -> None:
    """22 lines of 28 characters: 15.79 pt a character instead of 16 (charSpace in 1/4096 pt)."""
    properties = section._sectPr  # python-docx has no public door to it
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    for key, value in (("type", "linesAndChars"), ("linePitch", "579"), ("charSpace", "-848")):
        grid.set(qn(f"w:{key}"), value)
    properties.append(grid)


def even_and_odd_footers(word: WordDocument) -> None:
    """Page numbers right on odd, left on even pages."""
    word.settings.odd_and_even_pages_header_footer = True


def add_page_number(paragraph: Paragraph, *, right: bool) -> None:
    """— 1 — as a field in 4号半角宋体 (14 pt), one character from the edge (GB/T 9704-2012 7.5)."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    form = paragraph.paragraph_format
    form.right_indent, form.left_indent = (Pt(14), Pt(0)) if right else (Pt(0), Pt(14))
    for kind, words in (
        ("text", "— "),
        ("begin", ""),
        ("code", " PAGE "),
        ("separate", ""),
        ("text", "1"),
        ("end", ""),
        ("text", " —"),
    ):
        run = paragraph.add_run(words if kind == "text" else "")
        run.font.size = Pt(14)
        set_fonts(run._r.get_or_add_rPr(), "songti", latin=False)
        if kind == "code":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = words
            run._r.append(instruction)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def border(paragraph: Paragraph, side: str, colour: str, *, eighths: int) -> None:
    """A line on one side of a paragraph; `eighths` of a point."""
    properties = paragraph._p.get_or_add_pPr()
    box = properties.find(qn("w:pBdr"))
    if box is None:
        box = OxmlElement("w:pBdr")
        properties.insert_element_before(
            box,
            *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"),
        )
    line = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{key}"), value)
    box.append(line)


def snap_to_grid(paragraph: Paragraph, *, on: bool) -> None:
    """Whether the lines of a paragraph follow the grid of the page; those of tables must not."""
    properties = paragraph._p.get_or_add_pPr()
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "1" if on else "0")
    properties.insert_element_before(mark, "w:spacing", "w:ind", "w:jc", "w:rPr")


def add_runs(paragraph: Paragraph, parts: Text, *, points: float | None = None, bold: bool = False) -> None:
    """Spans as runs: 黑体 for bold, links as links, direction and language of foreign text."""
    for span in parts:
        target: Any = paragraph
        if span.url:
            link = OxmlElement("w:hyperlink")
            identity = paragraph.part.relate_to(span.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), identity)
            paragraph._p.append(link)
            target = link
        run = paragraph.add_run(span.text)
        if span.url:
            target.append(run._r)  # moves the run into the link
            run.font.color.rgb = RGBColor(0x0B, 0x4F, 0x8A)
        if points:
            run.font.size = Pt(points)
        if span.bold or bold:
            set_fonts(run._r.get_or_add_rPr(), "heiti")
        _mark_language(run, span)


def _mark_language(run: Any, span: Span) -> None:
    if span.rtl:
        run.font.rtl = True
    if span.lang and span.lang != "zh":
        mark = OxmlElement("w:lang")
        mark.set(qn("w:bidi" if span.rtl else "w:val"), span.lang)
        run._r.get_or_add_rPr().append(mark)


def set_alt_text(picture: InlineShape, title: str, description: str) -> None:
    """Words for those who cannot see the picture."""
    properties = picture._inline.docPr
    properties.set("title", title)
    properties.set("descr", description)
