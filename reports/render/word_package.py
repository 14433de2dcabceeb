"""The parts of a .docx beside its text: font table, settings, properties, and a zip without the machine's clock."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document as WordDocument
from docx.oxml.ns import nsdecls, qn

from reports.document import Document
from reports.fonts import WordFont, word_fonts

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
# Of python-docx's template: a picture of an empty page, a second set of styles for Word 2010 that ours would
# contradict (Word then offers a repair), and an empty list of sources.
_LEFT_OUT = ("/thumbnail", "/stylesWithEffects", "/customXml")
_MODE = "15"  # Word 2013 and later; below that the title bar says 兼容模式


def finish(word: WordDocument, document: Document) -> bytes:
    """Set what belongs to the file and give its bytes, the same for the same document."""
    for links in (word.part.package.rels, word.part.rels):
        for key in [key for key, link in links.items() if link.reltype.endswith(_LEFT_OUT)]:
            del links[key]
    _font_table(word)
    _settings(word)
    _properties(word, document)
    raw = io.BytesIO()
    word.save(raw)
    return _without_clock(raw.getvalue())


def _font_table(word: WordDocument) -> None:
    """Name every typeface with the one that Word and WPS should take where it is missing."""
    link = next(link for link in word.part.rels.values() if link.reltype.endswith("/fontTable"))
    fonts = "".join(map(_font, word_fonts()))
    # python-docx keeps this part as bytes and has no public door to them
    link.target_part._blob = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()
    )


def _font(font: WordFont) -> str:
    # Word reads one name here, of at most 31 characters (MS-OE376, 2.1.508)
    other = f"<w:altName w:val={quoteattr(font.instead)}/>" if font.instead else ""
    return (
        f"<w:font w:name={quoteattr(font.name)}>{other}"
        f'<w:charset w:val="{font.charset}"/><w:family w:val="{font.family}"/><w:pitch w:val="{font.pitch}"/></w:font>'
    )


def _settings(word: WordDocument) -> None:
    settings: Any = word.settings.element
    for name in ("w:savePreviewPicture", "w:rsids", "w:zoom", "w:proofState"):
        for found in settings.findall(qn(name)):
            settings.remove(found)
    for found in settings.iter(qn("w:compatSetting")):
        if found.get(qn("w:name")) == "compatibilityMode":
            found.set(qn("w:val"), _MODE)
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")


def _properties(word: WordDocument, document: Document) -> None:
    core = word.core_properties
    stamp = document.created_at.astimezone(UTC).replace(tzinfo=None)  # the format keeps UTC without a zone
    core.title, core.subject, core.author = document.title, document.subject[:255], document.author[:255]
    core.last_modified_by, core.keywords, core.language = document.author[:255], " ".join(document.keywords), "zh-CN"
    core.created = core.modified = core.last_printed = stamp.replace(microsecond=0)
    core.comments, core.revision = "", 1


def _without_clock(raw: bytes) -> bytes:
    """The package again with fixed dates on its parts: python-docx stamps them with the time of the machine."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()
