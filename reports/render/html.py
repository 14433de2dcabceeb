"""A document as one self-contained web page: no script, no outside file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from reports.charts import chart_svg
from reports.document import AnnexStart, Block, Document, Heading, Paragraph, Picture, Table
from reports.render.environment import environment

_SYMBOL: Final = "通报号"


@dataclass(slots=True)
class _Entry:
    kind: str
    block: Block
    anchor: str = ""
    svg: Markup | None = None


@dataclass(slots=True)
class _Part:
    annex: AnnexStart | None = None
    anchor: str = ""
    entries: list[_Entry] = field(default_factory=list)


def render_html(document: Document) -> str:
    """The page as text. All text of the document is escaped by the template; charts are inline SVG."""
    parts = [_Part()]
    contents: list[tuple[str, str]] = []
    for number, block in enumerate(document.blocks):
        anchor = f"s{number}"
        if isinstance(block, AnnexStart):
            parts.append(_Part(block, anchor))
            contents.append((anchor, f"{block.label} {block.title}"))
            continue
        if isinstance(block, Paragraph) and not block.text:
            continue  # a place for an officer's text in the Word file
        entry = _Entry(type(block).__name__, block, anchor)
        if isinstance(block, Heading) and block.level == 1:
            contents.append((anchor, block.text))
        if isinstance(block, Picture):
            # The template of the chart has escaped its own text.
            family = "Noto Sans CJK SC, Noto Sans SC, Microsoft YaHei, sans-serif"
            entry.svg = Markup(chart_svg(block, family))  # noqa: S704
        parts[-1].entries.append(entry)
    template = environment().get_template("bulletin.html.j2")
    return template.render(document=document, parts=parts, contents=contents, naming_column=naming_column)


def naming_column(table: Table) -> int:
    """The column that says what a row is about: the symbol where there is one, else the first of words; -1 for none."""
    return table.headers.index(_SYMBOL) if _SYMBOL in table.headers else table.align.find("l")
