"""What a product line is, and what it goes into, read from its name and description."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.matching.concepts import Mention, ancestors, concepts, mentions, most_specific, phrases
from models.matching.text import fold, has_han, language_of
from warehouse.records import ProductLine

_SENTENCE_PART = re.compile(r"[,，。;；]")
_PARENTHESIS = re.compile(r"[(（][^()（）]*[)）]")
_CONTAINS = ("含", "带", "配")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProfile:
    """`identity`: what the line is (most specific concepts); `uses`: what it goes into or is made for."""

    identity: frozenset[str]
    uses: frozenset[str]
    hs_code: str
    passage: str  # text for the encoder


def profile_of(line: ProductLine) -> LineProfile:
    """Read one product line. A line that the lexicon does not know has an empty identity."""
    name = fold(_PARENTHESIS.sub("", line.product_name))
    heads, modifiers = _name_heads(name)
    own, used = _description_parts(fold(line.description))
    described = frozenset(key for clause in own for key in _clause_head(clause))
    if heads:
        # the description may only make it more exact: a motor that it calls a three-phase motor
        heads |= frozenset(key for key in described | modifiers if ancestors(key) & heads)
    else:
        heads = described
    uses = modifiers | frozenset(key for clause in used for mention in _all(clause) for key in mention.concepts)
    return LineProfile(
        identity=most_specific(heads),
        uses=frozenset(key for key in uses - heads if "broad" not in concepts()[key].flags),
        hs_code=line.hs_code,
        passage=f"{line.product_name}：{line.description}" if line.description else line.product_name,
    )


def _name_heads(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Concepts at the head of each part of a name ("X及Y" has two), and those that only qualify."""
    heads: set[str] = set()
    modifiers: set[str] = set()
    found = _all(name)
    for place, mention in enumerate(found):
        following = found[place + 1].start if place + 1 < len(found) else len(name)
        between = name[mention.end : following].strip()
        if _ends_a_name(between, is_last=place + 1 == len(found)):
            heads |= mention.concepts
        else:
            modifiers |= mention.concepts
    return frozenset(heads), frozenset(modifiers - heads)


def _ends_a_name(rest: str, *, is_last: bool) -> bool:
    if not is_last:
        return bool(re.match(r"[、/及和与]", rest))
    rest = re.sub(r"^[a-z0-9.\-+/ ]+", "", rest)
    return not rest or bool(re.match(r"[、/及和与]", rest)) or rest in phrases()["line_suffixes"]


def _description_parts(text: str) -> tuple[list[str], list[str]]:
    """Clauses that say what it is, and clauses (or their ends) that say what it is used for."""
    own: list[str] = []
    used: list[str] = []
    for sentence in re.split(r"[。;；]", text):
        in_use = False
        for part in _SENTENCE_PART.split(sentence):
            cut = min((part.find(marker) for marker in phrases()["usage_markers"] if marker in part), default=-1)
            if in_use:
                used.append(part)
            elif cut >= 0:
                own.append(part[:cut])
                used.append(part[cut:])
                in_use = True
            else:
                own.append(part)
    return own, used


def _clause_head(clause: str) -> frozenset[str]:
    clause = clause.strip()
    if clause.startswith(_CONTAINS) and "的" not in clause:
        return frozenset()
    found = _all(clause)
    if not found:
        return frozenset()
    last = found[-1]
    rest = clause[last.end :]
    return last.concepts if not has_han(rest) or rest in phrases()["line_suffixes"] else frozenset()


def _all(text: str) -> list[Mention]:
    return mentions(text, language_of(text))
