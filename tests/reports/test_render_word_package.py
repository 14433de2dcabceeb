from __future__ import annotations

import io
import zipfile
from itertools import count
from pathlib import Path
from xml.etree import ElementTree

import docx
import pytest
from bulletin_history import full
from bulletin_sample import quiet_month, sample
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from openxml_audit import FileFormat, OpenXmlValidator

from reports.bulletin.compose import compose_bulletin
from reports.document import Document, Paragraph, text
from reports.editing.compare import changed_texts, outside_changes
from reports.editing.outline import bookmark_of, read_outline
from reports.fonts import FontPlan, plan_fonts, word_fonts
from reports.render.docx import render_docx

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def fonts() -> FontPlan:
    return plan_fonts(use_system=False)


@pytest.fixture(scope="module")
def raw(fonts: FontPlan) -> bytes:
    return render_docx(compose_bulletin(full()), fonts)


def part(raw: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        return ElementTree.fromstring(package.read(name))  # noqa: S314  # our own output


def opened(raw: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(raw))


def findings(raw: bytes, folder: Path) -> list[str]:
    """What would make Word offer a repair: schema, order of elements, links between parts."""
    path = folder / "audited.docx"
    path.write_bytes(raw)
    result = OpenXmlValidator(FileFormat.OFFICE_2019).validate(path)
    return [f"{error.part_uri} {error.path}: {error.description}" for error in result.errors]


@pytest.mark.parametrize(
    "document",
    [compose_bulletin(full(firm_names=True)), compose_bulletin(sample(64)), compose_bulletin(quiet_month())],
    ids=["full", "long", "quiet"],
)
def test_word_finds_nothing_to_repair(document: Document, fonts: FontPlan, tmp_path: Path) -> None:
    assert findings(render_docx(document, fonts), tmp_path) == []


def test_the_audit_would_see_elements_out_of_order(raw: bytes, tmp_path: Path) -> None:
    word = opened(raw)
    properties = word.paragraphs[3]._p.pPr
    properties.append(properties[0])  # the style behind everything else
    out = io.BytesIO()
    word.save(out)
    assert any("pStyle" in found for found in findings(out.getvalue(), tmp_path))


def test_every_typeface_is_in_the_font_table_with_its_stand_in(raw: bytes) -> None:
    table = {
        font.get(f"{W}name"): (font.find(f"{W}altName"), font.find(f"{W}charset"))
        for font in part(raw, "word/fontTable.xml")
    }
    assert table["仿宋_GB2312"][0].get(f"{W}val") == "仿宋"
    assert table["楷体_GB2312"][0].get(f"{W}val") == "楷体"
    assert table["方正小标宋简体"][0].get(f"{W}val") == "宋体"
    assert all(len(other.get(f"{W}val")) <= 31 for other, _ in table.values())  # Word reads no more
    used = {
        value
        for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml")
        for fonts in part(raw, name).iter(f"{W}rFonts")
        for value in fonts.attrib.values()
    }
    assert used
    assert used <= set(table)


def test_fontconfig_knows_every_typeface_of_the_word_file() -> None:
    rules = ElementTree.parse(Path("reports/fontconfig.conf")).getroot()  # noqa: S314  # our own file
    assert {found.text for found in rules.iter("string")} >= {font.name for font in word_fonts()}


def test_word_opens_it_as_a_chinese_document_of_today(raw: bytes) -> None:
    settings = part(raw, "word/settings.xml")
    modes = [mark.get(f"{W}val") for mark in settings.iter(f"{W}compatSetting") if "Mode" in mark.get(f"{W}name", "")]
    assert modes == ["15"]
    assert settings.find(f"{W}themeFontLang").get(f"{W}eastAsia") == "zh-CN"
    defaults = part(raw, "word/styles.xml").find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
    assert defaults.get(f"{W}eastAsia") == "zh-CN"
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        assert not [name for name in package.namelist() if "customXml" in name or "WithEffects" in name]


def test_page_numbers_stand_outside_in_song_of_fourteen_points(raw: bytes) -> None:
    for footer, side in (("word/footer1.xml", "right"), ("word/footer2.xml", "left")):
        root = part(raw, footer)
        assert root.find(f".//{W}jc").get(f"{W}val") == side
        runs = list(root.iter(f"{W}rPr"))
        assert {mark.find(f"{W}rFonts").get(f"{W}ascii") for mark in runs} == {"宋体"}
        assert {mark.find(f"{W}sz").get(f"{W}val") for mark in runs} == {"28"}


def test_page_numbers_lie_below_the_text_on_pages_across_too(raw: bytes) -> None:
    for section in opened(raw).sections:
        assert section.bottom_margin.mm - section.footer_distance.mm == pytest.approx(12, abs=0.1)


def test_pictures_are_sharp_at_their_printed_width(raw: bytes) -> None:
    word = opened(raw)
    assert len(word.inline_shapes) == 3  # bars, lines, heat map
    for shape in word.inline_shapes:
        identity = shape._inline.graphic.graphicData.pic.blipFill.blip.embed
        picture = word.part.related_parts[identity].image
        assert picture.px_width / shape.width.inches >= 220
        assert shape._inline.docPr.get("descr")


def test_tables_have_a_name_for_screen_readers(raw: bytes) -> None:
    names = [table._tbl.tblPr.find(qn("w:tblCaption")) for table in opened(raw).tables]
    assert all(name is not None and name.get(qn("w:val")) for name in names)


def test_what_an_officer_may_change_lies_in_open_content_controls(raw: bytes) -> None:
    document = compose_bulletin(full())
    wanted = [block.slot for block in document.blocks if isinstance(block, Paragraph) and block.slot]
    controls = list(opened(raw).element.body.iter(qn("w:sdt")))
    tags = [control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) for control in controls]
    assert tags == wanted
    for control in controls:
        names = [child.tag for child in control.find(qn("w:sdtPr"))]
        assert names == [qn(f"w:{name}") for name in ("alias", "tag", "id", "showingPlcHdr")][: len(names)]
        assert len(control.find(f"{qn('w:sdtPr')}/{qn('w:alias')}").get(qn("w:val"))) <= 64
    ids = [control.find(f"{qn('w:sdtPr')}/{qn('w:id')}").get(qn("w:val")) for control in controls]
    assert len(set(ids)) == len(ids)
    marks = [mark.get(qn("w:name")) for mark in opened(raw).element.body.iter(qn("w:bookmarkStart"))]
    assert len(set(marks)) == len(marks) == len(controls)
    assert all(len(name) <= 40 for name in marks)


def written(fonts: FontPlan, *paragraphs: Paragraph) -> WordDocument:
    base = compose_bulletin(quiet_month())
    return opened(
        render_docx(
            Document(title="题", subject="", author="", created_at=base.created_at, blocks=tuple(paragraphs)), fonts
        )
    )


def test_an_empty_place_says_what_belongs_there_and_shows_as_placeholder(fonts: FontPlan) -> None:
    numbers = count(1)
    kinds = ("preface", "content:G/TBT/N/USA/1", "effect:C", "advice:C", "hint:1", "correction:1")
    word = written(fonts, *(Paragraph((), slot=kind) for kind in kinds))
    for control in word.element.body.iter(qn("w:sdt")):
        assert control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None
        assert control.find(f"{qn('w:sdtPr')}/{qn('w:id')}").get(qn("w:val")) == str(next(numbers))
        assert "点此写" in "".join(node.text for node in control.iter(qn("w:t")))
        styles = [mark.get(qn("w:val")) for mark in control.iter(qn("w:rStyle"))]
        assert styles == [word.styles["Placeholder Text"].style_id]


def test_a_slot_longer_than_word_reads_becomes_plain_text(fonts: FontPlan) -> None:
    word = written(fonts, Paragraph(text("正文"), slot="content:" + "9" * 60))
    assert not list(word.element.body.iter(qn("w:sdt")))
    assert [paragraph.text for paragraph in word.paragraphs] == ["正文"]


def test_a_remark_stays_with_its_table(raw: bytes) -> None:
    word = opened(raw)
    body = list(word.element.body)
    notes = [
        k
        for k, e in enumerate(body)
        if e.tag == qn("w:p")
        and e.pPr.pStyle is not None
        and e.pPr.pStyle.val == word.styles["Bulletin Note"].style_id
        and body[k - 2].tag == qn("w:tbl")
    ]
    assert notes
    for place in notes:
        assert body[place - 1].pPr.keepNext is not None
        assert all(p.pPr.keepNext is not None for p in body[place - 2].tr_lst[-1].iter(qn("w:p")))


def test_bookmarks_lead_back_to_slots_where_an_editor_dropped_the_tags(raw: bytes) -> None:
    word = opened(raw)
    for properties in word.element.body.iter(qn("w:sdtPr")):
        for name in ("alias", "tag"):
            properties.remove(properties.find(qn(f"w:{name}")))
    out = io.BytesIO()
    word.save(out)
    before, after = read_outline(raw, "before"), read_outline(out.getvalue(), "after")
    assert [control.tag for control in after.controls] == [bookmark_of(control.tag) for control in before.controls]
    assert changed_texts(before, after) == ()
    assert outside_changes(before, after) == ()
