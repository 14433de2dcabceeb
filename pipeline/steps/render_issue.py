"""Draws an issue: its facts in every form, by file name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.context import Context
from reports.annex_workbook import annex_workbook
from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts
from reports.document import Document, Paragraph
from reports.fonts import plan_fonts
from reports.render.docx import render_docx
from reports.render.html import render_html
from reports.render.pdf import render_pdf

TITLE = "境外技术性贸易措施风险信息提示"
RESTRICTED_FOLDER = "内部版"


def render(facts: BulletinFacts, context: Context) -> Mapping[str, bytes]:
    """Render one issue in its forms, by file ending. Fonts that had to be substituted are printed in it."""
    own = context.settings.report.font_folder
    fonts = plan_fonts([Path(own).expanduser()] if own else [])
    document = compose_bulletin(replace(facts, substituted_fonts=fonts.sentences()))
    if facts.serial is not None:
        document = _without_slots(document)
    return {
        "html": render_html(document).encode(),
        "docx": render_docx(document, fonts),
        "pdf": render_pdf(document, fonts),
        "xlsx": annex_workbook(facts),
    }


def _without_slots(document: Document) -> Document:
    """A released issue has nothing left to fill in: no content controls, no empty places for texts."""
    blocks = (
        replace(block, slot="") if isinstance(block, Paragraph) else block
        for block in document.blocks
        if not (isinstance(block, Paragraph) and block.slot and not block.text)
    )
    return replace(document, blocks=tuple(blocks))


def version_files(facts: BulletinFacts, month: str, context: Context) -> dict[str, bytes]:
    """The files of one version by name below the issue's folder; the restricted ones lie in a folder of their own."""
    forms = render(facts, context)
    return {file_name(month, ending, restricted=facts.firm_names): content for ending, content in forms.items()}


def file_name(month: str, ending: str, *, restricted: bool, title: str = TITLE) -> str:
    """Name of a file of the issue of `month`, below the issue's folder."""
    return f"{RESTRICTED_FOLDER}/{title}_{month}_内部.{ending}" if restricted else f"{title}_{month}.{ending}"
