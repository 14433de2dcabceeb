"""A document as PDF, by Typst: offline, no clock, the same bytes for the same document, fonts and engine."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from importlib import resources
from zoneinfo import ZoneInfo

from reports.charts import chart_svg
from reports.document import (
    AnnexStart,
    Block,
    Document,
    KeyFacts,
    Note,
    Paragraph,
    Picture,
    Span,
    Table,
    fact_lines,
    strings_of,
    text,
)
from reports.fonts import FontPlan, missing_sentence, without_missing
from reports.render.engine import run_typst

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def missing_in(document: Document, fonts: FontPlan) -> frozenset[str]:
    """Characters of the document that no font of the plan can draw; the PDF says so in words where they stand."""
    return fonts.missing("".join(found for block in document.blocks for found in strings_of(block)))


def render_pdf(document: Document, fonts: FontPlan) -> bytes:
    """PDF bytes. StageError if the engine refuses the document (a fault of ours, not of the data)."""
    missing = missing_in(document, fonts)
    blocks = document.blocks
    if missing:  # before the last block, which is the colophon
        blocks = (*blocks[:-1], Note(text(missing_sentence(missing))), blocks[-1])
    files = {"main.typ": resources.files("reports").joinpath("templates/bulletin.typ").read_bytes()}
    parts = _parts(blocks, missing, files, fonts)
    local = document.created_at.astimezone(_SHANGHAI)
    data = {
        "title": document.title,
        "author": document.author,
        "subject": document.subject,
        "keywords": document.keywords,
        "families": fonts.families,
        "created": _created(local),
        "parts": parts,
    }
    files["document.json"] = json.dumps(data, ensure_ascii=False).encode()
    return run_typst(files, fonts, "pdf", timestamp=int(document.created_at.timestamp()))


def _created(local: datetime) -> dict[str, int]:
    return {name: getattr(local, name) for name in ("year", "month", "day", "hour", "minute", "second")}


def _parts(
    blocks: tuple[Block, ...], missing: frozenset[str], files: dict[str, bytes], fonts: FontPlan
) -> list[dict[str, object]]:
    """Blocks cut where an annex starts; charts become files beside the template."""
    cuts: list[tuple[bool, bool, list[dict[str, object]]]] = [(False, False, [])]
    for block, following in zip(blocks, (*blocks[1:], None), strict=True):
        if isinstance(block, AnnexStart):
            cuts.append((True, block.landscape, []))
        if isinstance(block, Paragraph) and not block.text:
            continue  # a place for an officer's text in the Word file
        # the values of a picture are drawn in its file
        names = ("caption", "alt") if isinstance(block, Picture) else tuple(f.name for f in fields(block))
        data = {"type": type(block).__name__, **{name: _walk(getattr(block, name), missing) for name in names}}
        if isinstance(block, Picture):
            file = f"chart{len(files)}.svg"
            files[file] = without_missing(chart_svg(block, fonts.families["heiti"]), missing).encode()
            data["file"] = file
        if isinstance(block, Table):
            data["noted"] = isinstance(following, Note)  # a remark on it stays with it
        if isinstance(block, KeyFacts):
            data["lines"] = _walk(fact_lines(block), missing)
        cuts[-1][2].append(data)
    return [{"annex": annex, "landscape": landscape, "blocks": drawn} for annex, landscape, drawn in cuts]


def _walk(value: object, missing: frozenset[str]) -> object:
    """Plain JSON data of a field; spans carry their direction and no character that cannot be drawn."""
    if isinstance(value, Span):
        said = without_missing(value.text, missing)
        # The remark is Chinese: the language of the title would turn it round or break it wrongly.
        drawn = Span(said, value.bold, value.url, value.lang if said == value.text else "")
        return {**asdict(drawn), "rtl": drawn.rtl}
    if isinstance(value, str):
        return without_missing(value, missing)
    if isinstance(value, list | tuple):
        return [_walk(item, missing) for item in value]
    return value
