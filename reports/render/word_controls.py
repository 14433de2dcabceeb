"""Content controls of the Word draft: what an officer may change, marked so that it can be read back.

A slot's paragraph holds one rich-text control that fills it, inside a bookmark. Controls around whole paragraphs would
be the plainer form, but LibreOffice 7.4 saves those with their text three times over; controls inside a paragraph it
keeps, though without tag and title. The bookmark survives there and leads back to the tag (`reports/editing/outline`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from reports.document import Span, Text
from reports.editing.compare import split_tag
from reports.editing.outline import bookmark_of
from reports.editing.sheet import place_zh
from reports.render.word_xml import PLACEHOLDER_STYLE, add_runs

MOST: Final = 64  # characters of a tag or title that Word reads


def add_control(paragraph: Paragraph, slot: str, parts: Text, number: int) -> None:
    """End a paragraph with the control of a slot; without `parts` it shows what should be written there.

    `number` is unique within the file: Word wants one for every control and bookmark. A slot longer than `MOST`, which
    Word would cut, gives plain text.
    """
    before = len(paragraph._p)
    add_runs(paragraph, parts or (Span(_placeholder(slot)),))
    if len(slot) > MOST:
        return
    inside = list(paragraph._p)[before:]
    if not parts:
        for run in paragraph.runs:
            if run._r in inside:
                run.style = PLACEHOLDER_STYLE
    control, content = OxmlElement("w:sdt"), OxmlElement("w:sdtContent")
    control.append(_properties(slot, number, is_empty=not parts))
    control.append(content)
    for child in inside:
        content.append(child)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), f"{bookmark_of(slot)}_{number}")
    for element in (start, control, end):
        paragraph._p.append(element)


def _properties(slot: str, number: int, *, is_empty: bool) -> Any:
    """In the order of CT_SdtPr (ISO/IEC 29500-1, 17.5.2.38): title, tag, id, placeholder showing. No lock."""
    properties = OxmlElement("w:sdtPr")
    kind, case_id = split_tag(slot)
    for name, value in (("alias", place_zh(kind, case_id)[:MOST]), ("tag", slot), ("id", str(number))):
        mark = OxmlElement(f"w:{name}")
        mark.set(qn("w:val"), value)
        properties.append(mark)
    if is_empty:
        properties.append(OxmlElement("w:showingPlcHdr"))
    return properties


def _placeholder(slot: str) -> str:
    return _placeholders()[slot.partition(":")[0]]


@cache
def _placeholders() -> Mapping[str, str]:
    source = resources.files("reports.render").joinpath("word_controls.toml").read_text(encoding="utf-8")
    found: dict[str, str] = tomllib.loads(source)["placeholders"]
    return found
