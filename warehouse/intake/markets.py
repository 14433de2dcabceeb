"""Market cells (主要出口市场) to member codes. Region names come from `seeds/market_regions.csv`."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warehouse.members import group_members, member_code

_HOME = "CHN"  # an exporter's own market is none, also not as part of a region
_SEPARATORS = "；;、,，/|\n\r\t。"
_SUFFIX = re.compile(r"(\d+国|等(国家|地区|国|地|市场|成员)*|(各)?(国家|地区|市场|诸国|各国|成员国|成员))$")
_JOINERS = re.compile(r"[和及与&+]|\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Markets:
    """A market cell read. `codes` is sorted and free of repeats; the other fields keep the words of the cell."""

    codes: tuple[str, ...] = ()
    regions: Mapping[str, int]  # region word -> how many markets it stands for
    too_wide: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    home: tuple[str, ...] = ()  # words that mean China itself


@dataclass(frozen=True, slots=True)
class _Region:
    kind: str
    codes: frozenset[str]


def parse_markets(text: str) -> Markets:
    """Read "德国；东盟、中国台湾" into member codes: regions expanded, an EU state also carries `EU`."""
    codes: set[str] = set()
    regions: dict[str, int] = {}
    too_wide: list[str] = []
    unknown: list[str] = []
    home: list[str] = []
    for word in _words(text):
        region = _region(word)
        code = member_code(word)
        if region is not None and region.kind == "too-wide":
            too_wide.append(word)
        elif region is not None:
            regions[word] = len(region.codes - {"EU"})
            codes |= region.codes
        elif code == _HOME:
            home.append(word)
        elif code is not None:
            codes.add(code)
        else:
            unknown.append(word)
    if codes & set(group_members("EU")):
        codes.add("EU")
    return Markets(
        codes=tuple(sorted(codes)),
        regions=regions,
        too_wide=tuple(too_wide),
        unknown=tuple(unknown),
        home=tuple(home),
    )


def _words(text: str) -> Iterator[str]:
    """The words of a cell, separators inside brackets left alone until the whole word is known to be none."""
    for piece in _split(unicodedata.normalize("NFKC", text)):
        word = piece if _is_known(piece) else _SUFFIX.sub("", piece).strip()
        if not word:
            continue
        bracket = re.fullmatch(r"([^()]*)\(([^()]*)\)(.*)", word)
        pieces = [part for part in _JOINERS.split(word) if part]
        if bracket is not None and any(char in _SEPARATORS for char in bracket[2]):
            for inner in bracket.groups():
                yield from _words(inner)
        elif _is_known(word):
            yield word
        elif bracket is not None:
            for inner in bracket.groups():
                yield from _words(inner)
        elif len(pieces) > 1 and all(_is_known(part) or _is_known(_SUFFIX.sub("", part)) for part in pieces):
            yield from (part if _is_known(part) else _SUFFIX.sub("", part) for part in pieces)
        else:
            yield word


def _split(text: str) -> Iterator[str]:
    depth = 0
    word = ""
    for char in text:
        depth = max(0, depth + (char == "(") - (char == ")"))
        if char in _SEPARATORS and depth == 0:
            yield word.strip()
            word = ""
        else:
            word += char
    yield word.strip()


def _is_known(word: str) -> bool:
    return bool(word) and (_region(word) is not None or member_code(word) is not None)


def _region(word: str) -> _Region | None:
    return _regions().get(_fold(word))


def _fold(word: str) -> str:
    return re.sub(r"[\s“”\"'‘’]", "", unicodedata.normalize("NFKC", word)).casefold()


@cache
def _regions() -> Mapping[str, _Region]:
    text = files("warehouse").joinpath("seeds/market_regions.csv").read_text(encoding="utf-8")
    found: dict[str, _Region] = {}
    for row in csv.DictReader(text.splitlines()):
        target = row["target"]
        codes = frozenset(target.split("|") if row["kind"] == "codes" else group_members(target) if target else ())
        if row["kind"] in {"group", "region"} and target in {"EU", "europe"}:
            codes |= {"EU"}
        found[_fold(row["name"])] = _Region(row["kind"], codes - {_HOME})
    return found
