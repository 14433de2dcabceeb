"""Text of a .pdf, page by page, without the running headers, and the addresses of its link annotations."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from crawlers.formats.text import unescape
from crawlers.formats.wto_document.text_blocks import Blocks, UnreadableError, plain_ticks

_MAX_PAGES: Final = 300
_MAX_TEXT_PAGES: Final = 2000
_HYPHEN: Final = re.compile("[\x02\ufffe]\r?\n?")  # how the engine marks a hyphen at the end of a line
_RUNNING: Final = re.compile(r"(?:G/(?:TBT|SPS)/N\S*[,;\s]*)+|[-–]\s*\d{1,3}\s*[-–]|(?:G/\S+\s+)?[-–]\s*\d+\s*[-–]")


def pdf_blocks(content: bytes) -> Blocks:
    """The text of a PDF. Raises `UnreadableError` for a damaged or encrypted one and one without any text (a scan)."""
    with _opened(content) as document:
        if len(document) > _MAX_PAGES:
            raise UnreadableError("document-too-large", f"超过{_MAX_PAGES}页，不是通报表格", "请人工查看该文件。")
        lines: list[str] = []
        links: list[str] = []
        for number in range(len(document)):
            with closing(document[number]) as page:
                lines += _lines(page, number)
                links += _links(document, page)
    if not lines:
        raise _without_text()
    return Blocks(lines=tuple(lines), links=tuple(dict.fromkeys(links)), wrapped=True)


def pdf_text(content: bytes, *, limit: int) -> tuple[str, int, bool]:
    """The first `limit` characters of a PDF's text, its number of pages, and whether there is more.

    No page beyond these characters is read, nor beyond the first two thousand pages. Raises as `pdf_blocks` does, but
    not for many pages.
    """
    lines: list[str] = []
    n_characters = 0
    with _opened(content) as document:
        n_pages = len(document)
        n_read = 0
        while n_read < min(n_pages, _MAX_TEXT_PAGES) and n_characters <= limit:
            with closing(document[n_read]) as page:
                found = _lines(page, n_read)
            lines += found
            n_characters += sum(len(line) + 1 for line in found)
            n_read += 1
    if not lines:
        raise _without_text()
    text = "\n".join(lines)
    return text[:limit], n_pages, len(text) > limit or n_read < n_pages


@contextmanager
def _opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError(
                "document-encrypted", "设有打开密码，无法读取", "请取得无密码的文件后再导入。"
            ) from error
        raise UnreadableError("document-damaged", "已损坏，无法按PDF读取", "请重新下载原文后再导入。") from error
    try:
        yield document
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("document-damaged", "部分页面已损坏，无法读取", "请重新下载原文后再导入。") from error
    finally:
        document.close()


def _lines(page: Any, number: int) -> list[str]:
    """The lines of a page, of all but the first one without the running header."""
    with closing(page.get_textpage()) as text:
        found = plain_ticks(unescape(_HYPHEN.sub("-", text.get_text_range())))
    lines = [line for raw in found.splitlines() if (line := raw.strip())]
    if number:
        while lines and _RUNNING.fullmatch(lines[0]):
            lines.pop(0)
    return lines


def _without_text() -> UnreadableError:
    return UnreadableError("document-without-text", "没有文字层（可能是扫描件）", "请人工查看该文件。")


def _links(document: Any, page: Any) -> Iterator[str]:
    """Addresses behind the page's link annotations: in the text a long one is broken over two lines."""
    place = ctypes.c_int(0)
    link = pdfium.FPDF_LINK()
    while pdfium.FPDFLink_Enumerate(page.raw, ctypes.byref(place), ctypes.byref(link)):
        action = pdfium.FPDFLink_GetAction(link)
        if not action:
            continue
        size = pdfium.FPDFAction_GetURIPath(document.raw, action, None, 0)
        if 1 < size < 4096:
            buffer = ctypes.create_string_buffer(size)
            pdfium.FPDFAction_GetURIPath(document.raw, action, buffer, size)
            address = buffer.value.decode("utf-8", "replace")
            if address.lower().startswith(("http://", "https://")):
                yield address
