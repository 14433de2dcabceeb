"""The last look at what goes out: every string of the finished files, whichever way it came there."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping

from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_words import find_unfit
from warehouse.errors import StageError

_END = "\x00"  # between texts that stand apart: no name and no number goes over it
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)([^>]*)>")
_SAID = re.compile(r'\b(?:alt|aria-label|content|descr|download|placeholder|title)="([^"]*)"')
_URL = re.compile(r"https?://[^\s\x00<>\"]+")
_NUMBER = re.compile(r"<v>[^<]*</v>")  # of a cell: amounts, dates and places of strings, no words
# marks within a text: the words before and after belong together
_INLINE = frozenset({"a", "b", "bdi", "em", "i", "r", "span", "strong", "t", "w:proofErr", "w:r", "w:rPr", "w:t"})
_BLOCKS = frozenset({"w:p", "w:tc", "w:tr", "w:br", "w:tab", "w:sdt"})
_MARKUP = (".html", ".xml", ".js", ".css")


def require_public(files: Mapping[str, bytes], firms: FirmFinder, *, own: Iterable[str] = ()) -> None:
    """StageError where a string of these files (.html, .docx, .xlsx, .json, .js, .xml) is not for the public.

    `own` are the office's name and telephone. A PDF is drawn from the document of its .docx and is not read.
    """
    for name, content in files.items():
        for text in _texts(name, content):
            said = _URL.sub(" ", text)
            for words in own:
                said = said.replace(words, "") if words else said
            unfit = find_unfit(said, firms)
            if unfit is not None:
                raise StageError(
                    f"公开文件“{name}”中出现{unfit.what}，未写入任何文件。",
                    "请在相应的题名、理由、建议或编辑表中改写；找不到出处的，请把本提示告知维护人员。",
                )


def _texts(name: str, content: bytes) -> Iterator[str]:
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in parts.namelist():
                if part.endswith(".xml"):
                    yield _of_markup(parts.read(part).decode("utf-8"))
    elif name.endswith(".json"):
        yield _END.join(_of_data(json.loads(content)))
    elif name.endswith(_MARKUP):
        yield _of_markup(content.decode("utf-8"))


def _of_markup(markup: str) -> str:
    """The texts between tags and those of attributes that are read out."""
    said = _SAID.findall(markup)
    text = _TAG.sub(lambda tag: "" if _is_inline(tag[2]) else _END, _NUMBER.sub(_END, markup))
    return html.unescape(_END.join((text, *said)))


def _is_inline(tag: str) -> bool:
    return tag in _INLINE or (tag.startswith("w:") and tag not in _BLOCKS)


def _of_data(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _of_data(part)
    elif isinstance(value, list):
        for part in value:
            yield from _of_data(part)
