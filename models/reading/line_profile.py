"""What a product line is, and what it goes into, read from its name, its description and its HS code."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from models.lexicon.concepts import ancestors, concepts, concepts_of_hs, has_flag, most_specific, narrower, wholes
from models.lexicon.terms import Mention, mentions, named_exactly, phrases
from models.lexicon.text import fold, has_han
from models.reading.codes import current_codes
from models.reading.likeness import alike
from models.reading.nomenclature import goods_of_code
from warehouse.records import ProductLine

_SENTENCE_PART = re.compile(r"[,，。;；]")
_PARENTHESIS = re.compile(r"[(（][^()（）]*[)）]")
_FEW = 2  # goods that a code may stand for and still tell what a line is
_MOST = 0.66
_CONTAINS = ("含", "带", "配", "内置", "附", "装有", "采用", "搭载", "以", "由", "内含")


class Known(IntEnum):
    """How it is known what a line is. The order is the order of trust."""

    NAME = 0
    DESCRIPTION = 1
    ATTRIBUTE = 2  # words that put it under a class, not what it is
    LIKENESS = 3  # its name shortens that of goods of its HS heading
    CODE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProfile:
    """`identity`: what the line is (most specific concepts) and how that is known; `uses`: what it goes into.

    `by_code` are the concepts that carry the line's HS code: what it is declared as, whether or not the words agree.
    `attributes` are classes of horizontal rules under which words of the line put it, whatever it is called.
    """

    identity: Mapping[str, Known]
    uses: frozenset[str]
    attributes: frozenset[str]
    by_code: frozenset[str]
    hs_code: str
    passage: str  # text for the encoder


def profile_of(line: ProductLine) -> LineProfile:
    """Read one product line. Where the lexicon knows neither name nor description, the HS code tells what it is."""
    name = fold(_PARENTHESIS.sub("", line.product_name))
    heads, modifiers = _name_heads(name)
    own, used = _description_parts(fold(line.description))
    described = frozenset(key for clause in own for key in _clause_head(clause))
    if heads:
        # the description may only make it more exact: a motor that it calls a three-phase motor
        known = Known.NAME
        heads |= frozenset(key for key in described | modifiers if ancestors(key) & heads)
    else:
        known = Known.DESCRIPTION
        heads = described
    uses = modifiers | frozenset(key for clause in used for mention in _all(clause) for key in mention.concepts)
    by_code = _declared_as(line.hs_code)
    if known is Known.DESCRIPTION and by_code and not _may_be_declared_as(heads, line.hs_code):
        heads, uses = frozenset[str](), uses | heads  # "PVB interlayer, passenger car" under 7007 is for cars, not one
    named = most_specific(heads | _made_exact(heads, uses))
    identity = (
        dict.fromkeys(sorted(named), known)
        or dict.fromkeys(sorted(alike(name, line.hs_code)), Known.LIKENESS)
        or dict.fromkeys(sorted(by_code), Known.CODE)
    )
    return LineProfile(
        identity=MappingProxyType(identity),
        uses=frozenset(key for key in uses - identity.keys() if not has_flag(key, "broad", "aspect")),
        attributes=_attributes(fold(f"{line.product_name} {line.description}"), identity),
        by_code=by_code,
        hs_code=line.hs_code,
        passage=f"{line.product_name}：{line.description}" if line.description else line.product_name,
    )


def _declared_as(code: str) -> frozenset[str]:
    """Concepts that carry the subheading, or that its text names; else those of the whole heading, or of the chapter.

    A code that stands for many goods (392690) says only what they have in common.
    """
    known = concepts_of_hs()
    for digits in (6, 4, 2):
        places = [current[:digits] for current in current_codes(code) if len(current) >= digits]
        found = frozenset(key for place in places for key in known.get(place, ()))
        if digits == 6 and not found:
            found = frozenset(key for place in places for key in goods_of_code(place))
        if found:
            specific = most_specific(found)
            return specific if len(specific) <= _FEW else _in_common(specific)
    return frozenset()


def _may_be_declared_as(keys: frozenset[str], code: str) -> bool:
    """Whether goods of these kinds are declared in the chapter of a code; goods without codes may be."""
    chapters = {current[:2] for current in current_codes(code)}
    own = [concepts()[key].hs for key in keys]
    return any(not codes or any(held[:2] in chapters for held in codes) for codes in own)


def _in_common(keys: frozenset[str]) -> frozenset[str]:
    """The narrowest concepts of which most of these are kinds."""
    counts = Counter(wide for key in keys for wide in ancestors(key))
    return most_specific(frozenset(key for key, count in counts.items() if count >= _MOST * len(keys)))


def _made_exact(heads: frozenset[str], uses: frozenset[str]) -> frozenset[str]:
    """Kinds of what a line is that are made for what it is used in: a battery pack for e-bikes is an e-bike battery.

    Only where one kind fits; several leave the line as it is called.
    """
    found: set[str] = set()
    for head in heads:
        kinds = [kind for kind in narrower(head) if not wholes(kind).isdisjoint(uses) and wholes(head).isdisjoint(uses)]
        exact = most_specific(frozenset(kinds))
        if len(exact) == 1:
            found |= exact
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Attribute:
    """When words of a line put it under a class."""

    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    not_kinds: frozenset[str]


def _attributes(text: str, identity: Iterable[str]) -> frozenset[str]:
    kinds = {wide for key in identity for wide in ancestors(key)}
    return frozenset(
        key
        for key, attribute in _attribute_rules().items()
        if attribute.words.search(text)
        and not (attribute.unless is not None and attribute.unless.search(text))
        and attribute.not_kinds.isdisjoint(kinds)
    )


@cache
def _attribute_rules() -> Mapping[str, _Attribute]:
    text = files("models.lexicon").joinpath("line_attributes.toml").read_text(encoding="utf-8")
    return {
        key: _Attribute(
            words=re.compile(entry["words"]),
            unless=re.compile(entry["not"]) if "not" in entry else None,
            not_kinds=frozenset(entry.get("not_kinds", ())),
        )
        for key, entry in tomllib.loads(text).items()
    }


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
            # what ends in another name is that too: 环氧防腐涂料 is 防腐涂料
            heads |= {key for at in range(1, len(mention.text) - 2) for key in named_exactly(mention.text[at:])}
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
    return mentions(text, "zh" if has_han(text) else "en")
