"""The head of a document: symbols, date of circulation, title lines, committee, requesting delegation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from crawlers.formats.text import clean_line
from crawlers.formats.wto_document.values import dates_in
from crawlers.formats.wto_document.wording import fold, titles, words
from warehouse.symbols import Symbol, parse_symbol

_SYMBOL: Final = re.compile(
    r"G/(?:TBT|SPS)/N(?:/[A-Z]{2,4}|otif\.\d{2})[./]\d+(?:\s?/\s?(?:rev|add|corr|suppl?)[.\s]*\d+)*", re.IGNORECASE
)
_RULE: Final = re.compile(r"[_\s.*=-]+|\(?\d{2}-\d{3,6}\)?|page:?\s*\d+/\d+|pagina:?\s*\d+/\d+|original\s*:.*")
_NUMBERED_TITLE: Final = re.compile(r"\s*(?:no?\.?\s*)?\d{1,2}$")
_MAX_TITLE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the head of the document says; `free_text` is what stands below the title lines, before the first box."""

    symbols: tuple[Symbol, ...] = ()
    distribution_date: date | None = None
    title_lines: tuple[str, ...] = ()  # as given: ("NOTIFICATION", "Addendum")
    title_kinds: tuple[str, ...] = ()  # keys of labels.toml [titles]
    area: str = ""
    lang: str = ""
    delegation: str = ""
    free_text: tuple[str, ...] = ()


def read_header(page_header: Sequence[str], preamble: Sequence[str]) -> Header:
    """Read the head from Word's page header and from the lines before the first box."""
    lines = [*page_header, *preamble]
    titled = [(i, kind) for i, line in enumerate(lines) if (kind := _title_kind(line))]
    first_title = titled[0][0] if titled else len(lines)
    top = lines[:first_title] if titled else lines[:12]
    area, lang = _committee(lines)
    free = lines[titled[-1][0] + 1 :] if titled else [line for line in preamble if not _is_furniture(line)]
    sentence = " ".join(free[:4])
    dates = [day for line in top if _stands_alone(line) for day in dates_in(line)]
    return Header(
        symbols=_symbols("\n".join(top)),
        distribution_date=dates[0] if dates else None,
        title_lines=tuple(clean_line(lines[i]) for i, _ in titled),
        title_kinds=tuple(kind for _, kind in titled),
        area=area,
        lang=lang,
        delegation=_delegation(sentence),
        free_text=tuple(line for line in free if not _is_furniture(line)),
    )


def symbols_in(text: str) -> tuple[str, ...]:
    """Canonical symbols of all notifications that a text names, each once."""
    return tuple(symbol.text for symbol in _symbols(text))


def free_title(lines: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Title and body of an addendum without boxes: the title stands on a line below the sentence of circulation."""
    body = list(lines)
    while body and (_is_circulation(body[0]) or (len(body) > 1 and _is_circulation(f"{body[0]} {body[1]}"))):
        whole = body.pop(0)
        while body and not whole.rstrip().endswith("."):
            whole = f"{whole} {body.pop(0)}"
    if len(body) > 1 and len(body[0]) <= _MAX_TITLE and not body[0].rstrip().endswith("."):
        return clean_line(body[0]), tuple(body[1:])
    return "", tuple(body)


def _is_circulation(line: str) -> bool:
    folded = fold(line)
    return any(fold(phrase) in folded for phrase in words()["delegation"]["phrases"]) and (
        "request" in folded or "demande" in folded or "peticion" in folded or "solicitud" in folded
    )


def _title_kind(line: str) -> str:
    folded = clean_line(fold(line)).strip(" .*_")
    bare = _NUMBERED_TITLE.sub("", folded).rstrip()
    return titles().get(folded) or titles().get(bare, "")


def _symbols(text: str) -> tuple[Symbol, ...]:
    read = (parse_symbol(match[0]) for match in _SYMBOL.finditer(text))
    return tuple(dict.fromkeys(symbol for symbol in read if symbol is not None))


def _committee(lines: Sequence[str]) -> tuple[str, str]:
    head = " ".join(clean_line(fold(line)) for line in lines[:40])
    for entry in words()["committees"]:
        if fold(entry["name"]) in head:
            return entry["area"], entry["lang"]
    return "", ""


def _stands_alone(line: str) -> bool:
    """A date of circulation stands on a line with at most the symbols and the document number beside it."""
    return len(_SYMBOL.sub("", line).strip()) <= 50


def _is_furniture(line: str) -> bool:
    folded = clean_line(fold(line))
    bare = _SYMBOL.sub("", line).strip(" ,;")
    return not bare or _RULE.fullmatch(folded) is not None


def _delegation(sentence: str) -> str:
    folded = fold(sentence)
    for phrase in words()["delegation"]["phrases"]:
        start = folded.find(fold(phrase))
        if start >= 0:
            rest = sentence[start + len(phrase) :]
            return clean_line(re.split(r"[.:\n]|, dated|\(", rest, maxsplit=1)[0]).strip(" ,;")
    return ""
