"""Text of a .docx: paragraphs, table rows as `number. text`, check boxes, page headers, footnotes, link targets.

Walks the XML below python-docx: its `paragraph.text` leaves out content controls, check boxes and text boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml import parse_xml
from lxml.etree import LxmlError

from crawlers.formats.text import unescape
from crawlers.formats.wto_document.text_blocks import Blocks, UnreadableError, plain_ticks

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED: Final = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}sdtPr", f"{_W}fldChar"})
_SYMBOLS: Final = {"F0FE": "[X]", "F0FD": "[X]", "F078": "[X]", "F0A8": "[ ]", "F06F": "[ ]", "F071": "[ ]"}
_OFF: Final = frozenset({"0", "false", "off"})

# what python-docx and lxml were seen to raise for packages with broken, missing or mistyped parts
_DAMAGED: Final = (
    OpcError,
    PythonDocxError,
    LxmlError,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    RecursionError,
)


def docx_blocks(content: bytes) -> Blocks:
    """The text of a Word file that has passed the size checks. Raises `UnreadableError` where its parts do not hold."""
    try:
        document = docx.Document(BytesIO(content))
        header: list[str] = []
        footnotes: list[str] = []
        links: list[str] = []
        for relation in document.part.rels.values():
            kind = relation.reltype.rpartition("/")[2]
            if relation.is_external:
                if kind == "hyperlink" and relation.target_ref.lower().startswith(("http://", "https://")):
                    links.append(relation.target_ref)
            elif kind == "header":
                header += _lines(parse_xml(relation.target_part.blob))
            elif kind == "footnotes":
                footnotes += _lines(parse_xml(relation.target_part.blob))
        lines = tuple(_lines(document.element.body))
    except (
        OpcError,
        LookupError,
        ValueError,
        LxmlError,
        PythonDocxError,
        AttributeError,
        TypeError,
        RecursionError,
    ) as error:
        raise UnreadableError(
            "document-damaged", f"内部结构损坏，无法读取（{type(error).__name__}）", "请重新下载原文后再导入。"
        ) from error
    return Blocks(
        header=tuple(dict.fromkeys(header)),
        lines=lines,
        footnotes="\n".join(footnotes),
        links=tuple(dict.fromkeys(links)),
    )


def _lines(root: Any) -> list[str]:
    return [line for text in _texts(root) for raw in plain_ticks(text).split("\n") if (line := raw.strip())]


def _texts(node: Any) -> Iterator[str]:
    """Paragraphs and rows under a node, in order; wrappers such as content controls are looked through."""
    counter = 0
    for child in node:
        if child.tag == f"{_W}p":
            yield _paragraph(child)
        elif child.tag == f"{_W}tbl":
            for row in child.iter(f"{_W}tr"):
                if next(row.iterancestors(f"{_W}tbl")) is not child:
                    continue  # of a table inside this one: its text comes with the cell
                cells = list(row.iter(f"{_W}tc"))
                cells = [cell for cell in cells if next(cell.iterancestors(f"{_W}tr")) is row]
                if len(cells) > 1 and not _cell(cells[0]) and cells[0].find(f".//{_W}numPr") is not None:
                    counter += 1  # Word numbers the row by itself: the number stands nowhere in the text
                    yield f"{counter}. " + _joined(cells[1:])
                else:
                    yield _joined(cells)
        elif child.tag not in _SKIPPED:
            yield from _texts(child)


def _joined(cells: list[Any]) -> str:
    """A row as text; a cell that holds only a number goes before the first line of the next."""
    texts = [text for cell in cells if (text := _cell(cell))]
    if len(texts) > 1 and texts[0].rstrip(".)").isdigit() and len(texts[0]) <= 3:
        return f"{texts[0].rstrip('.)')}. " + "\n".join(texts[1:])
    return "\n".join(texts)


def _cell(cell: Any) -> str:
    return "\n".join(text for text in _texts(cell) if text.strip()).strip()


def _paragraph(paragraph: Any) -> str:
    return unescape("".join(_runs(paragraph))).strip()


def _runs(node: Any) -> Iterator[str]:
    for child in node:
        tag = child.tag
        if tag == f"{_W}sdt" and (box := child.find(f"{_W}sdtPr/{_W14}checkbox/{_W14}checked")) is not None:
            yield "[ ]" if box.get(f"{_W14}val") in _OFF else "[X]"
        elif tag == f"{_W}fldChar" and (field := child.find(f"{_W}ffData/{_W}checkBox")) is not None:
            yield "[X]" if _ticked(field) else "[ ]"
        elif tag in _SKIPPED or tag == _FALLBACK:
            continue
        elif tag == f"{_W}t":
            yield child.text or ""
        elif tag == f"{_W}tab":
            yield " "
        elif tag in {f"{_W}br", f"{_W}cr"}:
            yield "\n"
        elif tag == f"{_W}noBreakHyphen":
            yield "-"
        elif tag == f"{_W}sym":
            yield _SYMBOLS.get((child.get(f"{_W}char") or "").upper(), "")
        elif tag == f"{_W}p":  # a text box inside a paragraph
            yield "\n" + _paragraph(child)
        else:
            yield from _runs(child)


def _ticked(field: Any) -> bool:
    mark = field.find(f"{_W}checked")
    if mark is None:
        mark = field.find(f"{_W}default")
    return mark is not None and (mark.get(f"{_W}val") or "1") not in _OFF
