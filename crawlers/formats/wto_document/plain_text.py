"""The plain text of a notified text (.docx, .pdf): no boxes, no fields, and no more of it than is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from crawlers.formats.wto_document.blocks import DOCX, PDF, form_of
from crawlers.formats.wto_document.docx_text import docx_blocks
from crawlers.formats.wto_document.pdf_text import pdf_text
from crawlers.formats.wto_document.text_blocks import UnreadableError

MAX_CHARACTERS: Final = 200_000  # about a hundred printed pages


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """`pages` is known of a PDF alone. `is_cut` says that the document goes on after the text."""

    form: str  # "docx" or "pdf"
    text: str
    pages: int | None = None
    is_cut: bool = False


def read_text(content: bytes, *, limit: int = MAX_CHARACTERS) -> PlainText:
    """Return the first `limit` characters of a document, one line a paragraph (.docx) or a printed line (.pdf).

    The form is told by the bytes. Raises `UnreadableError` as `open_document` does, but for the number of pages, which
    may be any; a .docx without a word in it raises `document-without-text` too.
    """
    if form_of(content) == PDF:
        text, pages, is_cut = pdf_text(content, limit=limit)
        return PlainText(form=PDF, text=text, pages=pages, is_cut=is_cut)
    text = "\n".join(docx_blocks(content).lines)
    if not text:
        raise UnreadableError("document-without-text", "没有文字", "请人工查看该文件。")
    return PlainText(form=DOCX, text=text[:limit], is_cut=len(text) > limit)
