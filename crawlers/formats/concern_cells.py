"""What stands in a cell of a list of specific trade concerns: several members, the days of meetings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from crawlers.formats.dates import from_text
from crawlers.formats.parties import cached_code
from crawlers.formats.text import clean_line, unescape
from crawlers.formats.wto_document.wording import fold, month_numbers

_EMPTY: Final = frozenset({"", "-", "–", "—", "n/a", "none", "nil", "not applicable", "aucun", "ninguno"})
_PARTED: Final = re.compile(r"[;；|\n]")
_AND: Final = re.compile(r"\s+(?:and|et|y|&)\s+", re.IGNORECASE)
_LEADING_AND: Final = re.compile(r"^(?:and|et|y|&)\s+", re.IGNORECASE)
_YEARS: Final = ("year", "us_year", "only_year", "number_year", "iso_year")
_LONGEST: Final = 4  # pieces between commas that one member's name may have


def is_empty(text: str) -> bool:
    """True for an empty cell and for words that say so ("None", "n/a", "-")."""
    return clean_line(text).casefold() in _EMPTY


def split_members(text: str) -> tuple[str, ...]:
    """Names of a cell that holds several, parted by semicolons, bars, line ends, commas or "and"; each once.

    The longest known name wins, so "Hong Kong, China, Korea, Republic of" is two members. A name that is not in the
    register comes as one piece between separators.
    """
    found: dict[str, None] = {}
    for part in _PARTED.split(unescape(text)):
        pieces = [piece for raw in part.split(",") if (piece := clean_line(raw))]
        while pieces:
            names: tuple[str, ...] = ()
            length = min(len(pieces), _LONGEST) + 1
            while not names and length > 1:
                length -= 1
                names = _known_names(", ".join(pieces[:length]))
            found |= dict.fromkeys(name for name in names or pieces[:1] if not is_empty(name))
            del pieces[:length]
    return tuple(found)


def _known_names(text: str) -> tuple[str, ...]:
    """The text as a known name, or as known names joined by "and" ("Chile and Trinidad and Tobago"); else nothing."""
    text = _LEADING_AND.sub("", text)
    if cached_code(text) is not None:
        return (text,)
    for joint in _AND.finditer(text):
        left, rest = text[: joint.start()].rstrip(","), text[joint.end() :]
        if cached_code(left) is not None and (names := _known_names(rest)):
            return (left, *names)
    return ()


@cache
def _months() -> Mapping[str, int]:
    return {**month_numbers(), "sep": 9}


@cache
def _day_forms() -> re.Pattern[str]:
    month = rf"(?:{'|'.join(sorted(_months(), key=len, reverse=True))})\b\.?"
    upto = r"(?:\s*(?:[-–/]|to|and|al|au|y|et)\s*"
    forms = (
        r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})",
        r"(?P<span>\d{1,2})\s*[-–]\s*\d{1,2}(?P<span_rest>[/.]\d{1,2}[/.]\d{4})",
        r"(?P<slashed>\d{1,2}[/.]\d{1,2}[/.]\d{4})",
        # "30 June - 1 July 2019", "20-21 June 2019", "1º de junio de 2019", "20, 21 June 2019"
        rf"(?P<day>\d{{1,2}})(?:er|º|st|nd|rd|th)?{upto}\d{{1,2}}|,\s*\d{{1,2}})*\s+(?:de\s+)?(?P<month>{month})"
        rf"{upto}(?:\d{{1,2}}(?:er|º)?\s+)?(?:de\s+)?{month})?,?\s+(?:de\s+)?(?P<year>\d{{4}})",
        # "June 20-21, 2019"
        rf"(?P<us_month>{month})\s+(?P<us_day>\d{{1,2}}){upto}\d{{1,2}})?,?\s+(?P<us_year>\d{{4}})",
        # "June 2019", "June/July 2019", "junio de 2019"
        rf"(?P<only_month>{month}){upto}{month})?,?\s+(?:de\s+)?(?P<only_year>\d{{4}})",
        r"(?P<number>\d{1,2})/(?P<number_year>\d{4})",
        r"(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})(?!-)",
    )
    return re.compile(r"(?<![\w/.-])(?:" + "|".join(forms) + r")(?![\d/])")


def meeting_days(text: str) -> tuple[date, ...]:
    """First days of the meetings that a text states, in order; brackets ("(G/SPS/R/71, paras. 3-5)") are skipped.

    A month without a day gives its first day; a year alone gives nothing.
    """
    whole = from_text(clean_line(text))
    if whole is not None:
        return (whole,)
    days: list[date] = []
    for found in _day_forms().finditer(fold(re.sub(r"\([^()]*\)", " ", unescape(text)))):
        parts = found.groupdict()
        if plain := parts["iso"] or parts["slashed"]:
            day = from_text(plain)
        elif parts["span"]:
            day = from_text(parts["span"] + parts["span_rest"])
        else:
            name = parts["month"] or parts["us_month"] or parts["only_month"]
            number = _months()[name.rstrip(".")] if name else int(parts["number"] or parts["iso_month"])
            year = next(parts[key] for key in _YEARS if parts[key])
            day = from_text(f"{year}-{number}-{parts['day'] or parts['us_day'] or 1}")
        if day is not None:
            days.append(day)
    return tuple(days)
