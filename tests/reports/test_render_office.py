from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
from bulletin_history import full
from bulletin_sample import quiet_month
from docx.oxml.ns import qn
from office import converted, fonts_of, n_pages, needs_office

from reports.bulletin.compose import compose_bulletin
from reports.document import Document, Paragraph
from reports.editing.compare import ChangedText, changed_texts, outside_changes
from reports.editing.outline import read_outline
from reports.fonts import FontPlan, plan_fonts
from reports.render.docx import render_docx
from reports.render.pdf import render_pdf

pytestmark = [pytest.mark.office, needs_office]


@pytest.fixture(scope="module")
def fonts() -> FontPlan:
    return plan_fonts(use_system=False)


@pytest.fixture(scope="module")
def document() -> Document:
    """A month whose titles are all in scripts that Debian's fonts have."""
    facts = full()
    kept = tuple(i for i in facts.items if i.lang not in {"ar", "th"})
    return compose_bulletin(replace(facts, items=kept, serial=None))


@pytest.fixture(scope="module")
def draft(document: Document, fonts: FontPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("office") / "issue.docx"
    path.write_bytes(render_docx(document, fonts))
    return path


@pytest.fixture(scope="module")
def saved(draft: Path) -> bytes:
    """The draft as LibreOffice saves it."""
    return converted(draft, "docx", draft.parent / "saved").read_bytes()


@pytest.fixture(scope="module")
def printed(document: Document, fonts: FontPlan, draft: Path) -> bytes:
    """The issue as LibreOffice prints it once nothing is left to fill in."""
    blocks = (replace(block, slot="") if isinstance(block, Paragraph) else block for block in document.blocks)
    whole = replace(document, blocks=tuple(b for b in blocks if not isinstance(b, Paragraph) or b.text))
    path = draft.with_name("whole.docx")
    path.write_bytes(render_docx(whole, fonts))
    return converted(path, "pdf", draft.parent / "printed").read_bytes()


def test_a_saved_draft_keeps_every_text_under_its_slot(draft: Path, saved: bytes) -> None:
    before, after = read_outline(draft.read_bytes(), "draft"), read_outline(saved, "saved")
    assert len(before.controls) >= 12
    assert changed_texts(before, after) == ()
    assert outside_changes(before, after) == ()


def words_of(control: Any) -> str:
    return "".join(node.text for node in control.iter(qn("w:t")))


def test_what_was_typed_into_a_saved_draft_is_found(draft: Path, saved: bytes, tmp_path: Path) -> None:
    before = read_outline(draft.read_bytes(), "draft")
    said = next(control for control in before.controls if control.tag.startswith("advice:"))
    word = docx.Document(io.BytesIO(saved))
    controls = [node for node in word.element.body.iter(qn("w:sdt")) if words_of(node) == said.text]
    for node in controls[0].iter(qn("w:t")):
        node.text = ""
    next(controls[0].iter(qn("w:t"))).text = "关员改写的建议。"
    path = tmp_path / "typed.docx"
    word.save(str(path))
    again = read_outline(converted(path, "docx", tmp_path / "again").read_bytes(), "again")
    assert changed_texts(before, again) == (
        ChangedText(slot="advice", case_id=said.tag.partition(":")[2], drafted=said.text, text="关员改写的建议。"),
    )
    assert outside_changes(before, again) == ()


def test_a_saved_draft_keeps_headings_tables_and_pictures(draft: Path, saved: bytes) -> None:
    before, after = docx.Document(str(draft)), docx.Document(io.BytesIO(saved))

    def headings(word: docx.document.Document) -> list[tuple[str, str]]:
        return [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Heading")]

    def cells(word: docx.document.Document) -> list[list[list[str]]]:
        return [[[cell.text for cell in row.cells] for row in table.rows] for table in word.tables]

    assert len(headings(before)) > 12
    assert headings(after) == headings(before)
    assert cells(after) == cells(before)
    assert len(after.inline_shapes) == len(before.inline_shapes) > 0
    repeated = [table.rows[0]._tr.xpath("w:trPr/w:tblHeader") != [] for table in after.tables]
    assert repeated == [table.rows[0]._tr.xpath("w:trPr/w:tblHeader") != [] for table in before.tables]


def test_on_debian_the_planned_fonts_stand_in_and_no_other(printed: bytes) -> None:
    found = fonts_of(printed)
    # the two collections name their faces after the Japanese one, whichever of them draws
    assert {name.split("-")[0] for name in found} == {"NotoSerifCJKjp", "NotoSansCJKjp"}
    assert all(found.values())


def test_the_printed_issue_is_as_long_as_the_pdf(document: Document, fonts: FontPlan, printed: bytes) -> None:
    assert abs(n_pages(printed) - n_pages(render_pdf(document, fonts))) <= 1


def test_no_page_is_empty_and_every_page_has_its_number(printed: bytes) -> None:
    pdf = pypdfium2.PdfDocument(printed)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()
    for number, text in enumerate(texts, start=1):
        assert f"— {number} —" in text
        assert len(text) > 60


def test_a_quiet_month_opens_too(fonts: FontPlan, tmp_path: Path) -> None:
    path = tmp_path / "quiet.docx"
    path.write_bytes(render_docx(compose_bulletin(quiet_month()), fonts))
    assert 4 <= n_pages(converted(path, "pdf", tmp_path / "out").read_bytes()) <= 7
