"""A small Word draft with content controls, written part by part, and what an editor does to it."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

DRAFTED = datetime(2026, 7, 1, 1, 0)  # noqa: DTZ001  (the format keeps UTC without a zone)


def control(document: Any, tag: str, *paragraphs: str, placeholder: bool = False) -> Any:
    """Append a content control around paragraphs and return it."""
    element, properties, mark = OxmlElement("w:sdt"), OxmlElement("w:sdtPr"), OxmlElement("w:tag")
    mark.set(qn("w:val"), tag)
    properties.append(mark)
    if placeholder:
        properties.append(OxmlElement("w:showingPlcHdr"))
    content = OxmlElement("w:sdtContent")
    for words in paragraphs:
        paragraph = document.add_paragraph(words)
        content.append(paragraph._p)
    element.append(properties)
    element.append(content)
    document.element.body.insert(len(document.element.body) - 1, element)
    return element


def draft(change: Any = None) -> bytes:
    """The draft, after `change` was made to its python-docx document."""
    document = docx.Document()
    document.core_properties.created = DRAFTED
    control(document, "preface", "点击输入导语", placeholder=True)
    document.add_heading("一、总体情况", level=1)
    document.add_paragraph("本月共监测到通报6件。")
    document.add_heading("三、重点通报解读", level=1)
    document.add_paragraph("主要内容：")
    control(document, "content:G/TBT/N/ATL/1", "草案拟对灯具增加标签要求。", "第二段。")
    control(document, "advice:G/TBT/N/ATL/1", "建议核对标签。")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "评议截止", "2026年5月4日"
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def texts_of(document: Any, tag: str) -> list[Any]:
    """The text nodes within the control of a tag."""
    for element in document.element.body.iter(qn("w:sdt")):
        if element.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == tag:
            return list(element.iter(qn("w:t")))
    raise AssertionError(tag)
