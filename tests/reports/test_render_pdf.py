from __future__ import annotations

import re

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from bulletin_history import full
from bulletin_sample import FIRMS, HOSTILE, item, quiet_month, sample, with_proceedings
from office import fonts_of

from reports.bulletin.compose import compose_bulletin
from reports.document import Document, Heading, Paragraph
from reports.document import text as text_of
from reports.fonts import FontPlan, plan_fonts
from reports.render.pdf import missing_in, render_pdf


@pytest.fixture(scope="module")
def fonts() -> FontPlan:
    return plan_fonts(use_system=False)


def pages(raw: bytes) -> tuple[list[str], list[tuple[float, float]]]:
    pdf = pypdfium2.PdfDocument(raw)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
        return texts, [page.get_size() for page in pdf]
    finally:
        pdf.close()


def squeezed(raw: bytes) -> str:
    """All text without blanks, line breaks and the soft marks of broken lines."""
    return re.sub(r"[\s\u200b\ufffe\x02]", "", "".join(pages(raw)[0]))


def test_the_issue_reads_in_order_with_page_numbers(fonts: FontPlan) -> None:
    raw = render_pdf(compose_bulletin(with_proceedings(sample())), fonts)
    texts, sizes = pages(raw)
    assert "境外技术性贸易措施风险信息提示" in texts[0]
    assert "2031年第10期（总第34期）" in squeezed(raw)
    assert all(f"—{number}—" in re.sub(r"\s", "", text) for number, text in enumerate(texts, start=1))
    assert (round(sizes[0][0]), round(sizes[0][1])) == (595, 842)
    assert any(width > height for width, height in sizes)
    text = squeezed(raw)
    order = [text.index(part) for part in ("一、总体情况", "五、72小时", "七、工作提示", "附件1本月", "附件3统计")]
    assert order == sorted(order)


def test_every_font_is_the_planned_one_and_within_the_file(fonts: FontPlan) -> None:
    found = fonts_of(render_pdf(compose_bulletin(full()), fonts))
    assert set(found) == {"NotoSerifSC-Regular", "NotoSansSC-Regular"}
    assert all(found.values())


def test_pictures_are_drawn_as_vectors(fonts: FontPlan) -> None:
    pdf = pypdfium2.PdfDocument(render_pdf(compose_bulletin(full()), fonts))
    try:
        kinds = {item.type for page in pdf for item in page.get_objects(max_depth=8)}
    finally:
        pdf.close()
    assert pdfium.FPDF_PAGEOBJ_PATH in kinds
    assert pdfium.FPDF_PAGEOBJ_IMAGE not in kinds


def test_screen_readers_get_language_structure_and_bookmarks(fonts: FontPlan) -> None:
    document = compose_bulletin(full())
    pdf = pypdfium2.PdfDocument(render_pdf(document, fonts))
    try:
        assert pdfium.FPDFCatalog_IsTagged(pdf.raw)
        size = pdfium.FPDFCatalog_GetLanguage(pdf.raw, None, 0)
        language = (pdfium.FPDF_WCHAR * size)()
        pdfium.FPDFCatalog_GetLanguage(pdf.raw, language, size)
        marks = [mark.get_title().strip() for mark in pdf.get_toc()]
    finally:
        pdf.close()
    assert "".join(map(chr, language)).rstrip("\0").casefold() == "zh-cn"
    headings = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert [mark for mark in marks if not mark.startswith("附件")] == headings
    assert len([mark for mark in marks if mark.startswith("附件")]) >= 3


def test_the_type_area_holds_lines_of_the_standard(fonts: FontPlan) -> None:
    """22 lines in 225 mm, 28 characters in 156 mm (GB/T 9704-2012, 5.2.3)."""
    words = "虚构" * 400
    plain_page = Document(
        title="题",
        subject="",
        author="",
        created_at=compose_bulletin(quiet_month()).created_at,
        blocks=(Paragraph(text_of(words)),),
    )
    pdf = pypdfium2.PdfDocument(render_pdf(plain_page, fonts))
    try:
        page = pdf[0].get_textpage()
        lines = [line for line in page.get_text_bounded().splitlines() if "虚" in line]
        second, third = (page.get_charbox(place, loose=True)[1] for place in (words_before(page, n) for n in (1, 2)))
    finally:
        pdf.close()
    assert len(lines) == 22
    assert {len(line) for line in lines[1:]} == {28}
    assert second - third == pytest.approx(28.95, abs=0.06)


def words_before(page: pypdfium2.PdfTextPage, line: int) -> int:
    """The place of the first character of a line in the text of a page."""
    text = page.get_text_range()
    return sum(len(part) + 2 for part in text.split("\r\n")[:line])


def test_the_same_facts_give_the_same_bytes(fonts: FontPlan) -> None:
    document = compose_bulletin(sample())
    assert render_pdf(document, fonts) == render_pdf(document, fonts)


def test_a_hostile_title_is_drawn_as_it_is(fonts: FontPlan) -> None:
    text = squeezed(render_pdf(compose_bulletin(sample(5, items=sample().items[4:5])), fonts))
    assert re.sub(r"\s", "", HOSTILE) in text


def test_what_the_fonts_lack_is_said(fonts: FontPlan) -> None:
    document = compose_bulletin(sample())
    assert "ร" in missing_in(document, fonts)
    text = squeezed(render_pdf(document, fonts))
    assert "〔泰文从略〕" in text
    assert "〔阿拉伯文从略〕" in text
    assert "字体，PDF中相应字符以" in text
    assert "本机缺少" not in squeezed(render_pdf(compose_bulletin(quiet_month()), fonts))


def test_sixty_rows_run_over_pages_with_their_head_on_each(fonts: FontPlan) -> None:
    raw = render_pdf(compose_bulletin(sample(64)), fonts)
    texts, sizes = pages(raw)
    across = [text for text, (width, height) in zip(texts, sizes, strict=True) if width > height]
    assert len(across) >= 4
    assert all("研判情况" in text for text in across)
    assert "G/TBT/N/EU/9064" in re.sub(r"\s", "", "".join(across))


def test_no_firm_name_leaves_in_the_public_file(fonts: FontPlan) -> None:
    public, restricted = (
        squeezed(render_pdf(compose_bulletin(sample(20, firm_names=f)), fonts)) for f in (False, True)
    )
    assert not any(name in public for name in FIRMS)
    assert all(name in restricted for name in FIRMS)


def test_nothing_falls_off_the_page_however_long_the_fields(fonts: FontPlan) -> None:
    huge = item(
        1,
        level="预警",
        title="Imaginary rule on everything " * 200,
        title_zh="虚构的极长题名" * 80,
        products_text="Imaginary goods; " * 300,
        products_zh=tuple(f"虚构货品{n}" for n in range(60)),
        hs=tuple(str(850000 + n) for n in range(46)),
        symbols=tuple(f"G/TBT/N/USA/{n}/Rev.1/Add.12" for n in range(5000, 5040)),
        firm_names=tuple(f"第{n:03d}虚构电子材料股份有限公司" for n in range(60)),
        n_firms=60,
        comment_deadline=None,
        comment_deadline_text="60 days from notification, " * 20,
        clock_text="末尾状态甲",
    )
    text = squeezed(render_pdf(compose_bulletin(sample(5, firm_names=True, items=(huge,))), fonts))
    assert text.count("末尾状态甲") == 2
    assert "等46个" in text
    assert "等60家" in text


def test_a_quiet_month_is_short(fonts: FontPlan) -> None:
    texts, _ = pages(render_pdf(compose_bulletin(quiet_month()), fonts))
    assert len(texts) <= 7
