"""Cleaning of cell and field text, and what hides in it: hyperlink formulas, addresses, lists."""

from __future__ import annotations

import re
from typing import Final

# ECMA-376 escapes characters that XML cannot carry as _xHHHH_; ePing's export leaves them in the text.
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_INVISIBLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_HYPERLINK: Final = re.compile(
    r'=\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*(?:[,;]\s*"((?:[^"]|"")*)"\s*)?\)\s*', re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"(?:https?|ftp)://[^\s<>\"，；。、（）]+", re.IGNORECASE)
_JOINED_ADDRESSES: Final = re.compile(r"[,;](?=(?:https?|ftp)://)", re.IGNORECASE)
_LISTED: Final = re.compile(r"\s*[;；\n]\s*")
_SENTENCE_END: Final = frozenset(".:;!?。：；！？")
_BULLET: Final = re.compile(r"(?:[-•*·–—]|\(?\d{1,2}[.)、]|\(?[a-z][.)]|[（(]?[一二三四五六七八九十]+[、)）])")


def unescape(text: str) -> str:
    """Resolve `_x000D_` and its like, drop invisible characters; blanks and line ends stay as they are."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text)


def clean_line(text: str) -> str:
    """The text on one line: escapes resolved, every run of white space (NBSP too) one blank."""
    return " ".join(unescape(text).split())


def clean_block(text: str) -> str:
    """The text with its paragraphs and list items, but without the line breaks that only wrapped a line."""
    text = unescape(text)
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    lines: list[str] = []
    after_blank = True
    for raw in text.splitlines():
        line = " ".join(raw.split())
        if line and lines and not after_blank and lines[-1][-1] not in _SENTENCE_END and not _BULLET.match(line):
            lines[-1] += f" {line}"
        elif line:
            lines.append(line)
        after_blank = not line
    return "\n".join(lines)


def split_list(text: str) -> tuple[str, ...]:
    """Items parted by semicolons or line ends, cleaned, each once, in order."""
    if not text:
        return ()
    return tuple(dict.fromkeys(item for part in _LISTED.split(unescape(text)) if (item := clean_line(part))))


def hyperlink(formula: str) -> tuple[str, str] | None:
    """Address and shown text of `=HYPERLINK("address","text")`; None for any other formula."""
    found = _HYPERLINK.fullmatch(formula)
    if found is None:
        return None
    address = found[1].replace('""', '"')
    return address, address if found[2] is None else found[2].replace('""', '"')


def find_addresses(text: str) -> tuple[str, ...]:
    """All web addresses in a text, each once, in order; blanks, line ends, commas or semicolons may part them."""
    if "://" not in text:
        return ()
    found = _ADDRESS.findall(_JOINED_ADDRESSES.sub(" ", unescape(text)))
    return tuple(dict.fromkeys(address.rstrip(",;.") for address in found))


def shorten(text: str, limit: int = 80) -> str:
    """The text on one line, cut for a message."""
    line = clean_line(text)
    return line if len(line) <= limit else line[: limit - 1] + "…"
