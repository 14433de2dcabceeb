"""The words of the forms (`labels.toml`), compiled once: labels, title lines, committees, months."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

_PLAIN: Final = str.maketrans({"’": "'", "‘": "'", "´": "'", "：": ":", "–": "-", "—": "-", "\t": " ", "\xa0": " "})
_BRACKETS: Final = r"(?:\s*\((?:[^()]|\([^()]{0,80}\)){0,420}\)\d{0,2})*"
_ANY_WORDS: Final = r"[^:]{0,420}?"


@dataclass(frozen=True, slots=True)
class Label:
    """One wording of one label. `inline` patterns may match inside a line; all want folded text."""

    key: str
    lang: str
    text: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of an addendum's tick list; `fills` is the box that its date belongs to, or ""."""

    key: str
    fills: str
    stems: tuple[str, ...]


def fold(text: str) -> str:
    """The text without accents and case, character for character: positions stay those of the original."""
    return "".join(map(_fold_one, text))


@cache
def _fold_one(char: str) -> str:
    plain = char.translate(_PLAIN)
    base = unicodedata.normalize("NFD", plain)[:1].lower()
    return base if len(base) == 1 else " "


@cache
def words() -> Mapping[str, Any]:
    """`labels.toml` as it stands."""
    text = files("crawlers.formats.wto_document").joinpath("labels.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def labels() -> tuple[Label, ...]:
    """All labels, the longest wording first, so that "Description of content" wins over "Description"."""
    data = words()
    found = [
        Label(key, lang, form, _compile(key, form))
        for key, by_lang in data["labels"].items()
        for lang, forms in by_lang.items()
        for form in forms
    ]
    return tuple(sorted(found, key=lambda label: -len(label.text)))


@cache
def titles() -> Mapping[str, str]:
    """Folded title line -> what it names ("notification", "emergency", "addendum", ...)."""
    return {fold(line): kind for kind, lines in words()["titles"].items() for line in lines}


@cache
def reasons() -> tuple[Reason, ...]:
    """The tick list's lines in the order in which they are tried."""
    return tuple(Reason(r["key"], r.get("date", ""), tuple(r["stems"])) for r in words()["reasons"])


@cache
def month_numbers() -> Mapping[str, int]:
    """Folded month name -> 1 to 12, in English, French, Spanish and English abbreviations."""
    return {name: number for names in words()["months"].values() for number, name in enumerate(names, start=1)}


def _compile(key: str, form: str) -> re.Pattern[str]:
    data = words()
    wants_tail = form.endswith("...")
    stem = r"\s+".join(_word(word) for word in fold(form.removesuffix("...")).split())
    tail = _ANY_WORDS if wants_tail else _BRACKETS
    number = r"(?:^[ ]*(?P<number>\d{1,2})[.)]?\s+(?:[-*][ ]*)?)"
    start = rf"(?:{number}|^[ ]*|(?<=[\s.;])(?=\S))" if key in data["inline"] else rf"(?:{number}|^[ ]*)"
    with_colon = r"(?:\s*:|(?<=\?)(?=\s|$)|(?(number)[ ]*$|(?!)))"  # a cell of its own needs no colon
    end = r"(?:\s*:|(?=\s|$))" if key in data["bare"] else with_colon
    return re.compile(f"{start}{stem}{tail}{end}", re.MULTILINE)


def _word(word: str) -> str:
    return re.escape(word).replace(r"\(s\)", r"(?:\(s\)|s)?")
