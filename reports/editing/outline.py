"""Reads a drafted Word file back: the texts of its content controls by tag, and every paragraph outside them.

The renderer puts `w:sdt` with the tag of `Paragraph.slot` around what an officer may change, and a bookmark around
that: LibreOffice drops the tags of controls on saving and keeps the bookmarks. The same reader reads the draft as it
went out and as it came back, so that only what somebody typed differs.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn

from reports.bulletin.frozen import read_as, to_json
from warehouse.errors import InputError

SLOT: Final = re.compile(r"preface|(?:content|effect|advice):.+|(?:hint|correction):[1-9]")
_MARK: Final = re.compile(r"(_tbtw_[0-9a-f]{24})(?:_\d+)?")  # as reports.render.word_controls names bookmarks
BOOKMARK: Final = "_tbtw_"  # a leading underscore hides it in Word's list of bookmarks
_BOOKMARK: Final = re.compile(rf"({BOOKMARK}[0-9a-f]{{24}})_[0-9]+")  # Word allows 40 characters
_MAX_UNPACKED: Final = 256 << 20  # a draft unpacks to some 2 MiB
_HEADING: Final = re.compile(r"(?:heading|标题) ?\d", re.IGNORECASE)
# deleted and moved-away text, the second drawing of what has an alternative, and text that is not the paragraph's own
_NOT_READ: Final = {qn(name) for name in ("w:del", "w:moveFrom", "w:txbxContent", "w:instrText")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_MONTH: Final = re.compile(r"(?<!\d)(\d{4})年(1[0-2]|0?[1-9])月")
_TEXTS: Final = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One content control: its tag, its text (paragraphs by line breaks), whether only the placeholder shows.

    The tag is that of its bookmark where the file holds no other (`reports.editing.compare.with_tags`).
    """

    tag: str
    text: str
    is_placeholder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideText:
    """A paragraph outside the controls and the heading above it."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A Word draft as texts.

    `drafted_at` (UTC, to the second) is the file's date of creation, `month` (YYYY-MM) is out of its subject or its
    keywords: editors keep these. None and "" where the file does not say.
    """

    drafted_at: datetime | None
    controls: tuple[Control, ...]
    outside: tuple[OutsideText, ...]
    month: str = ""

    def as_json(self) -> str:
        """One line that `outline_from_json` reads."""
        return to_json(self)


def bookmark_of(tag: str) -> str:
    """The name that the bookmarks of a slot begin with; `_` and a number follow for each of its paragraphs."""
    return f"{BOOKMARK}{hashlib.sha256(tag.encode()).hexdigest()[:24]}"


def outline_from_json(text: str) -> Outline:
    """An outline that `Outline.as_json` wrote."""
    found: Outline = read_as(Outline, json.loads(text))
    return found


def read_outline(content: bytes, name: str) -> Outline:
    """Read a .docx; `name` is for messages. InputError where it cannot be read as a Word file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MAX_UNPACKED:
                raise InputError(f"文件“{name}”解压后过大，未读取。", "请核对是否为本系统生成的文稿。")
        document: Any = docx.Document(io.BytesIO(content))
    # python-docx says what is wrong with a package in many ways; SyntaxError is what lxml raises for broken XML
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError, AttributeError) as error:
        raise InputError(
            f"文件“{name}”不是完好的 .docx 文档。", "请用 Word 或 WPS 打开，另存为 .docx 格式后再试。"
        ) from error
    properties = document.core_properties
    created = properties.created
    headings = {style.style_id: style.name or "" for style in document.styles}
    reader = _Reader({key for key, value in headings.items() if _HEADING.match(value)})
    reader.read(document.element.body)
    return Outline(
        drafted_at=None if created is None else _in_utc(created).replace(microsecond=0),
        controls=tuple(reader.controls()),
        outside=tuple(reader.outside),
        month=_month_of(properties.subject or "") or _month_of(properties.keywords or ""),
    )


def _month_of(words: str) -> str:
    found = _MONTH.search(words)
    return f"{found[1]}-{int(found[2]):02d}" if found else ""


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class _Reader:
    """Walks the body once, in reading order."""

    def __init__(self, heading_styles: set[str]) -> None:
        self.heading_styles = heading_styles
        self.heading = ""
        self.outside: list[OutsideText] = []
        self._texts: dict[str, list[str]] = {}
        self._placeholders: set[str] = set()
        self._open: dict[str, str] = {}  # bookmarks that the walk is inside: id to name
        self._tags: dict[str, str] = {}  # name of a bookmark to the tag of the control within it

    def controls(self) -> Iterator[Control]:
        joined: dict[str, list[str]] = {}
        for key, texts in self._texts.items():
            joined.setdefault(self._tags.get(key, key), []).extend(part for part in texts if part)
        for tag, texts in joined.items():
            yield Control(tag=tag, text="\n".join(texts), is_placeholder=tag in self._placeholders)

    def read(self, element: Any, inside: str = "") -> None:
        """Read blocks; `inside` is the tag of the control that they stand in."""
        for child in element:
            if child.tag in _NOT_READ or self._mark(child):
                continue
            if child.tag == qn("w:p"):
                self._paragraph(child, inside)
            else:
                self.read(child, self._control(child) or inside)

    def _paragraph(self, paragraph: Any, inside: str) -> None:
        parts: dict[str, list[str]] = {}
        for key, piece in self._pieces(paragraph, inside):
            parts.setdefault(key, []).append(piece)
        said = {key: _one_line("".join(pieces)) for key, pieces in parts.items()}
        text = said.pop("", "")
        for key, words in said.items():
            self._texts[key].append(words)
        if not text:
            return
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val")) in self.heading_styles:
            self.heading = text
        self.outside.append(OutsideText(heading=self.heading, text=text))

    def _pieces(self, element: Any, inside: str) -> Iterator[tuple[str, str]]:
        """(tag or name of a bookmark, "" outside of both; characters) in reading order."""
        for child in element:
            if child.tag in _NOT_READ or self._mark(child):
                continue
            key = inside or next(reversed(self._open.values()), "")
            if child.tag == qn("w:t"):
                yield key, child.text or ""
            elif child.tag in _TEXTS:
                yield key, _TEXTS[child.tag]
            else:
                yield from self._pieces(child, self._control(child) or inside)

    def _control(self, element: Any) -> str:
        """The tag where the element is a control of ours; it is known from here on, also with no text in it."""
        tag = _slot_of(element) if element.tag == qn("w:sdt") else ""
        if tag:
            self._texts.setdefault(tag, [])
            self._tags |= dict.fromkeys(self._open.values(), tag)
            if element.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is not None:
                self._placeholders.add(tag)
        return tag

    def _mark(self, element: Any) -> bool:
        """Whether the element begins or ends a bookmark; ours are kept open meanwhile."""
        identity = str(element.get(qn("w:id"), ""))
        if element.tag == qn("w:bookmarkStart"):
            found = _MARK.fullmatch(str(element.get(qn("w:name"), "")))
            if found:
                self._open[identity] = found[1]
                self._texts.setdefault(found[1], [])
            return True
        if element.tag == qn("w:bookmarkEnd"):
            self._open.pop(identity, None)
            return True
        return False


def _slot_of(control: Any) -> str:
    tag = control.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
    value = "" if tag is None else str(tag.get(qn("w:val"), ""))
    return value if SLOT.fullmatch(value) or _MARK.fullmatch(value) else ""


def _one_line(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))
