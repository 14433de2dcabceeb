"""Finds in an officer's text what a public issue must not hold: mobile numbers, e-mail addresses, codes of firms."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_HYPHENS: Final = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")  # NFKC keeps them
_LEFT_OUT: Final = "（略）"
_SHOWN: Final = 3  # characters: enough to find it in the text, too few to hand it on with the message


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """What was found: its kind in Chinese, its first characters, and what to write instead."""

    kind: str
    begins: str
    next_step: str


def find_personal(text: str) -> Personal | None:
    """The first number, address or code of `personal.toml` in a text; None where there is none."""
    folded = unicodedata.normalize("NFKC", text).translate(_HYPHENS).upper()
    for name, pattern, next_step in _kinds():
        found = pattern.search(folded)
        if found is not None:
            return Personal(kind=name, begins=found[0][:_SHOWN].lower(), next_step=next_step)
    return None


def without_personal(text: str) -> str:
    """A text of a source with 略 in the place of what `find_personal` finds; "" where that leaves some."""
    folded = "".join(map(_one_for_one, text))
    places = sorted(found.span() for _, pattern, _ in _kinds() for found in pattern.finditer(folded))
    kept, end = [], 0
    for start, stop in places:
        if start >= end:
            kept += [text[end:start], _LEFT_OUT]
        end = max(end, stop)
    left = "".join((*kept, text[end:]))
    return "" if find_personal(left) else left


def _one_for_one(char: str) -> str:
    """A character as `find_personal` reads it, where that is one character: places stay what they are."""
    folded = unicodedata.normalize("NFKC", char).translate(_HYPHENS).upper()
    return folded if len(folded) == 1 else char


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Kinds with their patterns, for ASCII characters: in Chinese text a word has no blank before it."""
    data = tomllib.loads((files("reports") / "editing" / "personal.toml").read_text(encoding="utf-8"))
    return tuple((each["name"], re.compile(each["pattern"], re.ASCII), each["next_step"]) for each in data["kinds"])
