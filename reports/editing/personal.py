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


@cache
def _kinds() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Kinds with their patterns, for ASCII characters: in Chinese text a word has no blank before it."""
    data = tomllib.loads((files("reports") / "editing" / "personal.toml").read_text(encoding="utf-8"))
    return tuple((each["name"], re.compile(each["pattern"], re.ASCII), each["next_step"]) for each in data["kinds"])
