from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
import pytest
from bulletin_sample import FIRMS, HOSTILE, sample
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from reports.bulletin.compose import compose_bulletin
from reports.fonts import FontPlan, plan_fonts
from reports.render.docx import render_docx


@pytest.fixture(scope="module")
def fonts() -> FontPlan:
    return plan_fonts(use_system=False)


def opened(raw: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(raw))


def words(raw: bytes) -> str:
    """All text of the body and of the file's properties."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        names = [name for name in package.namelist() if name.startswith("docProps/")]
        properties = "".join(package.read(name).decode() for name in names)
    return "".join(node.text or "" for node in opened(raw).element.body.iter(qn("w:t"))) + properties


def test_page_grid_and_typefaces_follow_the_standard(fonts: FontPlan) -> None:
    word = opened(render_docx(compose_bulletin(sample()), fonts))
    first = word.sections[0]
    assert [
        round(side.mm) for side in (first.top_margin, first.bottom_margin, first.left_margin, first.right_margin)
    ] == [
        37,
        35,
        28,
        26,
    ]
    assert (round(first.page_width.mm), round(first.page_height.mm)) == (210, 297)
    grid = first._sectPr.find(qn("w:docGrid"))
    assert [grid.get(qn(f"w:{key}")) for key in ("type", "linePitch", "charSpace")] == ["linesAndChars", "579", "-848"]
    body = word.styles["Body Text"]
    assert body.font.size.pt == 16
    assert body.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert word.styles["Heading 1"].element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert word.styles["Heading 2"].element.rPr.rFonts.get(qn("w:eastAsia")) == "楷体_GB2312"
    assert word.styles["Title"].element.rPr.rFonts.get(qn("w:eastAsia")) == "方正小标宋简体"


def test_headings_are_headings_and_page_numbers_are_fields(fonts: FontPlan) -> None:
    word = opened(render_docx(compose_bulletin(sample()), fonts))
    titles = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    assert titles[0] == "一、总体情况"
    assert "附件3" in titles
    assert word.settings.odd_and_even_pages_header_footer
    for footer in (word.sections[0].footer, word.sections[0].even_page_footer):
        assert " PAGE " in "".join(node.text for node in footer._element.iter(qn("w:instrText")))


def test_tables_repeat_their_head_and_keep_rows_whole(fonts: FontPlan) -> None:
    word = opened(render_docx(compose_bulletin(sample(64)), fonts))
    annex = next(table for table in word.tables if len(table.rows) > 60)
    assert annex.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for table in word.tables for row in table.rows)
    assert [section.orientation for section in word.sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]


def test_pictures_have_words(fonts: FontPlan) -> None:
    word = opened(render_docx(compose_bulletin(sample()), fonts))
    assert len(word.inline_shapes) == 2  # members, chain by market
    assert "美国26件" in word.inline_shapes[0]._inline.docPr.get("descr")


def test_the_same_facts_give_the_same_bytes(fonts: FontPlan) -> None:
    document = compose_bulletin(sample())
    raw = render_docx(document, fonts)
    assert raw == render_docx(document, fonts)
    core = opened(raw).core_properties
    assert core.created.replace(tzinfo=None) == datetime(2031, 11, 4, 23, 30)  # noqa: DTZ001  # the format has no zone
    assert core.author == "示范市技术性贸易措施工作组"


def test_hostile_and_foreign_titles_survive(fonts: FontPlan) -> None:
    facts = sample(5, items=sample().items[1:5])
    text = words(render_docx(compose_bulletin(facts), fonts))
    assert HOSTILE in text
    assert "مشروع لائحة فنية" in text
    assert "ร่างมาตรฐาน" in text


def test_control_characters_do_not_break_the_package(fonts: FontPlan) -> None:
    one = sample().items[0]
    values = {name: getattr(one, name) for name in one.__slots__}
    values |= {"title": "A\x00B\x0bC\ud800_x000D_D\u202eE\ufffe", "clock_text": "\x1f", "title_zh": "标题\x07甲"}
    facts = sample(5, items=(type(one)(**values),))
    assert "标题 甲" in words(render_docx(compose_bulletin(facts), fonts))


def test_no_firm_name_leaves_in_the_public_file(fonts: FontPlan) -> None:
    public, restricted = (words(render_docx(compose_bulletin(sample(20, firm_names=f)), fonts)) for f in (False, True))
    assert not any(name in public for name in FIRMS)
    assert all(name in restricted for name in FIRMS)
