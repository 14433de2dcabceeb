"""Text of a .pdf, page by page, without the running headers, and the addresses of its link annotations."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from crawlers.formats.text import unescape
from crawlers.formats.wto_document.text_blocks import Blocks, UnreadableError, plain_ticks

_MAX_PAGES: Final = 300
_HYPHEN: Final = re.compile("[\x02\ufffe]\r?\n?")  # how the engine marks a hyphen at the end of a line
_RUNNING: Final = re.compile(r"(?:G/(?:TBT|SPS)/N\S*[,;\s]*)+|[-–]\s*\d{1,3}\s*[-–]|(?:G/\S+\s+)?[-–]\s*\d+\s*[-–]")


def pdf_blocks(content: bytes) -> Blocks:
    """The text of a PDF. Raises `UnreadableError` for a damaged or encrypted one and one without any text (a scan)."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableError(
                "document-encrypted", "设有打开密码，无法读取", "请取得无密码的文件后再导入。"
            ) from error
        raise UnreadableError("document-damaged", "已损坏，无法按PDF读取", "请重新下载原文后再导入。") from error
    try:
        if len(document) > _MAX_PAGES:
            raise UnreadableError("document-too-large", f"超过{_MAX_PAGES}页，不是通报表格", "请人工查看该文件。")
        lines: list[str] = []
        links: list[str] = []
        for number in range(len(document)):
            page = document[number]
            text = page.get_textpage()
            found = plain_ticks(unescape(_HYPHEN.sub("-", text.get_text_range())))
            page_lines = [line for raw in found.splitlines() if (line := raw.strip())]
            if number:
                while page_lines and _RUNNING.fullmatch(page_lines[0]):
                    page_lines.pop(0)
            lines += page_lines
            links += _links(document, page)
            text.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadableError("document-damaged", "部分页面已损坏，无法读取", "请重新下载原文后再导入。") from error
    finally:
        document.close()
    if not lines:
        raise UnreadableError("document-without-text", "没有文字层（可能是扫描件）", "请人工查看该文件。")
    return Blocks(lines=tuple(lines), links=tuple(dict.fromkeys(links)), wrapped=True)


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
