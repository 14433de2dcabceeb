"""The text of a notification document, in reading order: header, body lines, footnotes, links."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from crawlers.formats.wto_document.docx_text import docx_blocks
from crawlers.formats.wto_document.pdf_text import pdf_blocks
from crawlers.formats.wto_document.text_blocks import Blocks, UnreadableError

MAX_CONTENT: Final = 30 << 20
MAX_UNPACKED: Final = 50 << 20
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FETCH: Final = "请打开来源链接核实，重新下载原文后再导入。"
DOCX: Final = "docx"
PDF: Final = "pdf"


@dataclass(frozen=True, slots=True)
class Opened:
    """A document's blocks and its form: "docx" or "pdf"."""

    form: str
    blocks: Blocks


def open_document(content: bytes) -> Opened:
    """Tell the form by the first bytes and read the text. Raises `UnreadableError` for all else."""
    form = form_of(content)
    return Opened(form, pdf_blocks(content) if form == PDF else docx_blocks(content))


def form_of(content: bytes) -> str:
    """Return `DOCX` or `PDF`, told by the first bytes; a package is checked to be safe to unpack.

    Raises `UnreadableError` for all else.
    """
    if not content:
        raise UnreadableError("document-empty", "是空文件", _FETCH)
    if len(content) > MAX_CONTENT:
        raise UnreadableError("document-too-large", f"超过{MAX_CONTENT >> 20}MB，未读取", "请人工查看该文件。")
    if b"%PDF-" in content[:1024]:
        return PDF
    if content.startswith(b"PK"):
        _check_package(content)
        return DOCX
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableError("document-encrypted", "设有打开密码，无法读取", "请取消密码、另存后再导入。")
        raise UnreadableError("document-old-word", "是旧版.doc格式，不能直接读取", "请用Word或WPS另存为.docx后再导入。")
    start = content[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<!--")):
        raise UnreadableError("document-is-web-page", "是网页，不是通报文件（下载时可能转到了登录页或验证页）", _FETCH)
    raise UnreadableError("document-unknown-form", "既不是.docx也不是.pdf", _FETCH)


def _check_package(content: bytes) -> None:
    """Refuse what is no Word file or unpacks to too much; the sizes stated in the package are not trusted."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if "word/document.xml" not in names:
                raise UnreadableError("document-not-word", "是压缩包，但不是Word文件", _FETCH)
            if any(part.flag_bits & 1 for part in parts):
                raise UnreadableError("document-encrypted", "设有打开密码，无法读取", "请取消密码、另存后再导入。")
            left = MAX_UNPACKED - sum(part.file_size for part in parts)
            if left < 0 or len(names) < len(parts) or len(parts) > 5000:
                raise _bomb()
            left = MAX_UNPACKED
            for part in parts:
                with package.open(part) as source:
                    while piece := source.read(1 << 20):
                        left -= len(piece)
                        if left < 0:
                            raise _bomb()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise UnreadableError("document-damaged", f"已损坏，无法读取（{type(error).__name__}）", _FETCH) from error


def _bomb() -> UnreadableError:
    return UnreadableError(
        "document-bomb", f"解压后超过{MAX_UNPACKED >> 20}MB或结构异常，可能是恶意文件，已拒绝读取", "请确认文件来源。"
    )
