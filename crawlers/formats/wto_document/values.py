"""What a box's text states: dates in three languages, ticked options, codes, title with pages and language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from crawlers.formats.dates import from_text
from crawlers.formats.text import clean_line, find_addresses
from crawlers.formats.wto_document.wording import fold, month_numbers, words

_TICK: Final = re.compile(r"\[(X| )\]")
_NUMERIC: Final = re.compile(
    r"(?<![\d./-])(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})([./-])(\d{1,2})\5(\d{4}|\d{2}))(?![\d/-]|\.\d)"
)
_FORM_HINT: Final = re.compile(r"\((?:dd/mm/yy|jj/mm/aa|dia/mes/ano|dd/mm/aa)(?:yy|aa)?\)")
_JOINER: Final = re.compile(r"[\s,;]*(?:and/or|et/ou|y/o)?[\s:,;]*$")
_PAGES: Final = re.compile(
    r"[(（]?\s*(?:number of pages|nombre de pages|numero de paginas)\s*:?\s*(\d+)|(\d+)\s*(?:page|pagina)(?:\(s\)|s)?"
)
_LANGUAGES: Final = re.compile(
    r"(?:language(?:\(s\)|s)?|langue(?:\(s\)|s)?|idioma(?:\(s\)|s)?)\s*:\s*([^.\n;)]+)"
    r"|(?:page|pagina)(?:\(s\)|s)?,?\s*(?:in|en)\s+([^.\n;)]+)"
)
_SPS_PARTS: Final = re.compile(
    r"(?:(?:language|langue|idioma)(?:\(s\)|s)?|number of pages|nombre de pages|numero de paginas)\s*:"
)
_DETAILS: Final = re.compile(r"[;,.]?\s*\([^()]*\d+\s*(?:page|pagina)(?:\(s\)|s)?[^()]*\)")
_CODE: Final = r"(?:\d{4}(?:[. ]\d{2}){1,3}(?!\d)|\d{2}\.\d{2}(?:\.\d{2}){0,3}(?!\d)|\d{2,10}(?![\d%]))"
_BETWEEN_CODES: Final = r"(?:[\s,;/&]|\band\b|\by\b|\bet\b|\bor\b|\bo\b|\bou\b|\bex\b|\bto\b|\ba\b|-)+"
# "HS 2022: 8504" names an edition of the nomenclature, not heading 2022
_EDITION: Final = re.compile(
    r"\b((?:hs|sa|sh))\s?-?\s?(?:1996|2002|2007|2012|2017|2022|2028)(?=\s*[:)]|\s*(?:edition|version|code))"
)


@dataclass(frozen=True, slots=True)
class Titled:
    """The title box taken apart."""

    title: str
    languages: str
    pages: int | None


def dates_in(text: str) -> tuple[date, ...]:
    """All dates that a text states, in words (English, French, Spanish) or numbers (day first), each once."""
    folded = fold(text)
    found: list[tuple[int, str]] = []
    for match in _written().finditer(folded):
        day, month, month_first, day_second, year = match.groups()
        found.append((match.start(), f"{year}-{month_numbers()[month or month_first]}-{day or day_second}"))
    for match in _NUMERIC.finditer(folded):
        if match[1]:
            found.append((match.start(), f"{match[1]}-{match[2]}-{match[3]}"))
        else:  # the forms ask for dd/mm/yy
            year = match[7] if len(match[7]) == 4 else f"20{match[7]}"
            found.append((match.start(), f"{year}-{match[6]}-{match[4]}"))
    read = (from_text(iso) for _, iso in sorted(found))
    return tuple(dict.fromkeys(day for day in read if day is not None))


def has_impossible_date(text: str) -> bool:
    """True where something is written as a date but no calendar has it (31/02/2025)."""
    folded = fold(text)
    return any(not dates_in(m[0]) for m in (*_NUMERIC.finditer(folded), *_written().finditer(folded)))


@cache
def _written() -> re.Pattern[str]:
    month = "|".join(sorted(month_numbers(), key=len, reverse=True))
    day = r"(\d{1,2})(?:er|st|nd|rd|th|o|º|°)?"
    return re.compile(
        rf"(?<!\d)(?:{day}\s+(?:de\s+|of\s+)?({month})\b|\b({month})\s+{day})\.?,?\s+(?:del?\s+)?(\d{{4}})(?!\d)"
    )


def options(text: str) -> tuple[tuple[bool, str], ...]:
    """Each option of a tick list: whether it is ticked, and its words up to the next box."""
    marks = list(_TICK.finditer(text))
    if not marks:
        return ()
    stops = [mark.start() for mark in marks[1:]] + [len(text)]
    return tuple((mark[1] == "X", text[mark.end() : stop].strip()) for mark, stop in zip(marks, stops, strict=True))


def ticked(text: str) -> tuple[str, ...]:
    """The first line of each ticked option, without what follows its colon."""
    found = (words_.split("\n")[0].split(":")[0].strip(" ,;.") for chosen, words_ in options(text) if chosen)
    return tuple(dict.fromkeys(clean_line(item) for item in found if item))


def statement(text: str) -> str:
    """What a box says once its empty options are left out: plain text, ticked options, and what was filled in."""
    first = _TICK.search(text)
    if first is None:
        return clean_line(_without_hints(text))
    parts = [text[: first.start()]]
    for chosen, option in options(text):
        words_, colon, filled = option.partition(":")
        if chosen:
            parts.append(option if filled.strip() else words_)
        elif colon:
            parts.append(filled)
    cleaned = (_JOINER.sub("", clean_line(_without_hints(part))) for part in parts)
    return "; ".join(part.strip(" ,;:") for part in cleaned if part.strip(" ,;:."))


def _without_hints(text: str) -> str:
    folded = fold(text)
    for match in reversed(list(_FORM_HINT.finditer(folded))):
        text = text[: match.start()] + text[match.end() :]
    return text


def articles(text: str) -> tuple[str, ...]:
    """Ticked articles of the TBT Agreement ("2.9.2"); most forms print the box after the number, some before it."""
    before = text.lstrip(" :").startswith("[")
    number = r"(\d{1,2}(?:\.\d{1,2}){1,2})"
    pattern = rf"\[X\]\s*{number}" if before else rf"{number}\s*:?\s*\[X\]"
    found = re.findall(pattern, text)
    other = re.search(r"(?:other|autres?|en virtud de)\s*:\s*(?!\[ \])(.*)", fold(text), re.DOTALL)
    found += re.findall(r"\d{1,2}(?:\.\d{1,2}){1,2}", other[1]) if other and "[" not in other[1] else []
    return tuple(dict.fromkeys(found))


def split_title(text: str) -> Titled:
    """Title, language and number of pages out of the title box, in the order of either form."""
    folded = fold(text)
    pages = _PAGES.search(folded)
    language = _LANGUAGES.search(folded)
    place = (language.span(1) if language[1] else language.span(2)) if language else (0, 0)
    head = text
    if parts := _SPS_PARTS.search(folded):
        head = text[: parts.start()].rstrip(" .")
    elif detail := _DETAILS.search(folded):
        head = text[: detail.start()]
    for address in find_addresses(head):
        head = head.replace(address, " ")
    return Titled(
        title=clean_line(head).strip(" ;,"),
        languages=clean_line(text[slice(*place)]),
        pages=int(pages[1] or pages[2]) if pages else None,
    )


def hs_runs(text: str) -> tuple[str, ...]:
    """The HS codes that the products box states after a marker (HS, SA, SH, tariff heading), as written, in order."""
    return _coded(_EDITION.sub(r"\1", fold(text)), "hs", _CODE)


def has_hs_range(text: str) -> bool:
    """True where the box states a range of codes ("0701 to 0714"): only its ends are read as codes."""
    folded = _EDITION.sub(r"\1", fold(text))
    between = rf"{_CODE}\s*(?:-|\bto\b|\ba\b)\s*{_CODE}"
    return any(re.search(between, run["codes"]) for run in _announced("hs", _CODE).finditer(folded))


def ics_runs(text: str) -> tuple[str, ...]:
    """The ICS codes that the products box states after a marker."""
    return _coded(fold(text), "ics", r"(?:\d{2}(?:\.\d{3}(?:\.\d{2})?)?(?![\d.]*\d))")


def _coded(folded: str, scheme: str, code: str) -> tuple[str, ...]:
    runs = _announced(scheme, code).finditer(folded)
    found = (re.sub(r"[ .]", "", c) if scheme == "hs" else c for run in runs for c in re.findall(code, run["codes"]))
    return tuple(dict.fromkeys(found))


@cache
def _announced(scheme: str, code: str) -> re.Pattern[str]:
    lists = words()["codes"]
    marker = "|".join(re.escape(fold(word)) for word in sorted(lists[scheme], key=len, reverse=True))
    between = "|".join(sorted(lists["between"], key=len, reverse=True))
    return re.compile(
        rf"\b(?:{marker})\b(?:[\s:.,°º/-]|\(s\)|\b(?:{between})\b)*(?P<codes>{code}(?:{_BETWEEN_CODES}{code})*)"
    )
