"""The plain text of notified texts: as much of it as is kept, and no word of what cannot be read."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
import typst

from crawlers.formats.wto_document.plain_text import PlainText, read_text
from crawlers.formats.wto_document.text_blocks import UnreadableError

SMALL_PAGES = "#set page(width: 8cm, height: 4cm)\n#set text(size: 10pt)\n"


def pdf(body: str) -> bytes:
    made: Any = typst.compile((SMALL_PAGES + body).encode())
    return bytes(made)


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    packed = BytesIO()
    document.save(packed)
    return packed.getvalue()


def test_all_pages_of_a_pdf() -> None:
    found = read_text(pdf("Article 1 \\ Hinges #pagebreak() Article 2"))
    assert found == PlainText(form="pdf", text="Article 1\nHinges\nArticle 2", pages=2)


def test_a_text_may_have_more_pages_than_a_notification() -> None:
    found = read_text(pdf("#for n in range(305) [Article #n #pagebreak(weak: true)]"))
    assert found.pages == 305
    assert found.text.endswith("Article 304")
    assert not found.is_cut


def test_paragraphs_and_rows_of_a_word_file() -> None:
    assert read_text(word("Article 1", "", "Hinges")) == PlainText(form="docx", text="Article 1\nHinges")


@pytest.mark.parametrize("content", [word("a" * 6, "b" * 3), pdf("aaaaaa \\ bbb")], ids=["docx", "pdf"])
@pytest.mark.parametrize(("limit", "text"), [(10, "aaaaaa\nbbb"), (9, "aaaaaa\nbb"), (3, "aaa")])
def test_a_text_is_cut_at_the_limit(content: bytes, limit: int, text: str) -> None:
    found = read_text(content, limit=limit)
    assert (found.text, found.is_cut) == (text, text != "aaaaaa\nbbb")


def test_a_pdf_cut_at_the_end_of_a_page_is_cut_all_the_same() -> None:
    found = read_text(pdf("aaaaaa #pagebreak() bbb"), limit=6)
    assert (found.text, found.pages, found.is_cut) == ("aaaaaa", 2, True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (word(""), "document-without-text"),
        (pdf("#rect(fill: black)"), "document-without-text"),
        (b"", "document-empty"),
        (b"<html><body>Sign in", "document-is-web-page"),
        (b"%PDF-1.7 and no more", "document-damaged"),
        (b"PK\x03\x04 cut off", "document-damaged"),
        (b"a table, of sorts", "document-unknown-form"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_text(content)
    assert caught.value.code == code
