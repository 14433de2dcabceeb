"""Markets and fields of goods that the bulletin has parts for, as `topics.toml` defines them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from models.lexicon.concepts import ancestors, concepts
from warehouse.errors import StageError
from warehouse.intake.markets import parse_markets

_CJK = "㐀-鿿"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A field of goods. `words` finds the field in the words of a measure itself; None where goods alone count."""

    name: str
    rule: str  # Chinese, for annex 3
    chains: tuple[str, ...]
    concepts: frozenset[str]
    hs: tuple[str, ...]
    words: re.Pattern[str] | None

    def holds_goods(self, chain: str, keys: Iterable[str], codes: Iterable[str]) -> bool:
        """Whether a product line belongs: its 产业链, lexicon concepts, HS codes (digits)."""
        if any(word in chain for word in self.chains):
            return True
        known = concepts()
        if any(not self.concepts.isdisjoint(ancestors(key)) for key in keys if key in known):
            return True
        return any(code.startswith(self.hs) for code in codes) if self.hs else False

    def is_named_in(self, *texts: str) -> bool:
        """Whether one of the field's words stands in the words of a measure; False where it has none."""
        return self.words is not None and any(self.words.search(fold(text)) for text in texts)


def fold(text: str) -> str:
    """NFKC, lower case, one blank between words: 'F‑Gas' and 'f-gas' meet."""
    plain = re.sub(r"[‐‑‒–]", "-", unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(plain.split())


@cache
def markets() -> Mapping[str, frozenset[str]]:
    """The market groups in printing order, by member code; StageError for a name that no seed knows."""
    found = {}
    for entry in _data()["markets"]:
        codes = frozenset(parse_markets(entry["name"]).codes)
        if not codes:
            raise StageError(f"topics.toml 中的市场无法识别：{entry['name']}", "请改用市场区域表或成员表中的名称。")
        # an exporter's market Germany carries EU besides; a group of one member is that member
        found[entry["name"]] = codes
    return MappingProxyType(found)


@cache
def main_markets() -> tuple[str, ...]:
    """The markets with a part of their own."""
    return tuple(entry["name"] for entry in _data()["markets"] if entry["main"])


@cache
def topics() -> tuple[Topic, ...]:
    """The fields in printing order; StageError for a concept that the lexicon lacks."""
    return tuple(_topic(entry) for entry in _data()["topics"])


def _topic(entry: Mapping[str, Any]) -> Topic:
    unknown = sorted(set(entry["concepts"]) - concepts().keys())
    if unknown:
        raise StageError(f"topics.toml 中的概念不在词表内：{'、'.join(unknown)}", "请核对 models/lexicon/products。")
    words = entry.get("words", [])
    return Topic(
        name=entry["name"],
        rule=entry["rule"],
        chains=tuple(entry["chains"]),
        concepts=frozenset(entry["concepts"]),
        hs=tuple(entry["hs"]),
        words=_pattern(words) if words else None,
    )


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Whole words of alphabetic scripts; Chinese ones wherever they stand."""
    letter = rf"[^\W_{_CJK}]"
    found = []
    for word in sorted(map(fold, words), key=lambda word: (-len(word), word)):
        escaped = re.escape(word)
        found.append(escaped if re.search(f"[{_CJK}]", word) else rf"(?<!{letter}){escaped}(?!{letter})")
    return re.compile("|".join(found))


@cache
def _data() -> Mapping[str, Any]:
    text = (files("pipeline") / "bulletin" / "topics.toml").read_text(encoding="utf-8")
    return MappingProxyType(tomllib.loads(text))
