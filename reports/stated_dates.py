"""Dates that a notification states in words instead of a day, in Chinese where the phrase is a known one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def stated_zh(words: str) -> str:
    """Return a phrase such as "60 days from notification" in Chinese (自通报之日起60日), any other as it is."""
    phrase = " ".join(words.split())
    bare = phrase.rstrip(". ")
    for pattern, wording in _whole():
        if pattern.fullmatch(bare):
            return wording
    for name in ("counted", "at_once"):
        pattern, wording = _built(name)
        if found := pattern.fullmatch(bare):
            return wording.format(**{key: _named(key, said) for key, said in found.groupdict().items()})
    return phrase


def _named(key: str, said: str) -> str:
    """A group of a pattern in Chinese: the table of its name tells, a number stands for itself."""
    if key == "n":
        return str(int(said))
    table: Mapping[str, str] = _phrases()[f"{key}s"]
    return next(word for pattern, word in table.items() if re.fullmatch(pattern, said, re.IGNORECASE))


@cache
def _built(name: str) -> tuple[re.Pattern[str], str]:
    data = _phrases()
    parts = {part: "|".join(f"(?:{pattern})" for pattern in data[part]) for part in ("units", "events")}
    # not str.format: braces in the patterns are their own
    source = data[name]["pattern"].replace("{number}", data["count"]["number"])
    for part, alternatives in parts.items():
        source = source.replace(f"{{{part}}}", alternatives)
    return re.compile(source, re.IGNORECASE), data[name]["wording"]


@cache
def _whole() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.IGNORECASE), word) for pattern, word in _phrases()["whole"].items())


@cache
def _phrases() -> Mapping[str, Any]:
    return tomllib.loads((files("reports") / "stated_dates.toml").read_text(encoding="utf-8"))
