"""Goods of an HS heading that a name shortens, as factories do: 交流桩 under 8504 is 交流充电桩."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from models.lexicon.concepts import concepts, concepts_of_hs, most_specific
from models.lexicon.text import fold
from models.reading.codes import current_codes

_HAN = re.compile(r"[㐀-鿿]+")
_LEAST_SHARED = 2  # characters
_LEAST_SHARE = 0.5  # of the shorter of name and term
_HEADING = 4  # digits


@lru_cache(maxsize=50_000)
def alike(name: str, code: str) -> frozenset[str]:
    """The concepts of the code's heading with a Chinese term most like a name, none where nothing is much like it.

    Likeness is the longest common subsequence of Chinese characters, for shortening leaves out characters.
    """
    own = "".join(_HAN.findall(name))
    keys = {key for current in current_codes(code) for key in _of_heading(current[:_HEADING])}
    best, found = 0.0, set[str]()
    for key in sorted(keys):
        likeness = max((_likeness(own, term) for term in _han_terms(key)), default=0.0)
        if likeness > best:
            best, found = likeness, {key}
        elif likeness == best and likeness:
            found.add(key)
    return most_specific(frozenset(found))


def _likeness(name: str, term: str) -> float:
    shared = _longest_common(name, term)
    if shared < _LEAST_SHARED or shared < _LEAST_SHARE * min(len(name), len(term)):
        return 0.0
    return 2 * shared / (len(name) + len(term))


def _longest_common(one: str, other: str) -> int:
    row = [0] * (len(other) + 1)
    for character in one:
        above_left = 0
        for place, wanted in enumerate(other, start=1):
            above = row[place]
            row[place] = above_left + 1 if character == wanted else max(above, row[place - 1])
            above_left = above
    return row[-1]


@cache
def _of_heading(heading: str) -> frozenset[str]:
    return frozenset(key for code, keys in concepts_of_hs().items() if code[:_HEADING] == heading for key in keys)


@cache
def _han_terms(key: str) -> tuple[str, ...]:
    return tuple(filter(None, ("".join(_HAN.findall(fold(term))) for term in concepts()[key].terms.get("zh", ()))))
