"""Product concepts: what one thing is called in several languages, what it is a kind of, what it is a part of.

Read from `models/lexicon/product_concepts.csv`, written for this project. Flags: `broad` concepts (a complete vehicle,
a building) never make a relation by themselves; `class` concepts are covered as a whole by horizontal rules; `closed`
classes do not pass on to materials; `pack` marks packaging, which is no ingredient of what it carries;
`assembly` a class whose components are regulated through it; `aspect` a matter that rules are about, no product.
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from models.matching.text import fold, has_han, tokens

LANGUAGES = ("zh", "en", "es", "fr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One row of the lexicon."""

    key: str
    broader: tuple[str, ...]
    part_of: tuple[str, ...]
    flags: frozenset[str]
    terms: Mapping[str, tuple[str, ...]]  # language -> terms, the first is the label
    hs: tuple[str, ...]
    ics: tuple[str, ...]

    @property
    def label(self) -> str:
        """Chinese name for reasons."""
        return self.terms["zh"][0]


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a folded text, with the concepts that it may mean."""

    concepts: frozenset[str]
    start: int
    end: int
    text: str


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by key."""
    text = files("models.lexicon").joinpath("product_concepts.csv").read_text(encoding="utf-8")
    found = {
        row["concept"]: Concept(
            key=row["concept"],
            broader=_parts(row["broader"]),
            part_of=_parts(row["part_of"]),
            flags=frozenset(_parts(row["flags"])),
            terms=MappingProxyType({language: _parts(row[language]) for language in LANGUAGES}),
            hs=_parts(row["hs"]),
            ics=_parts(row["ics"]),
        )
        for row in csv.DictReader(text.splitlines())
    }
    return MappingProxyType(found)


@cache
def phrases() -> Mapping[str, frozenset[str]]:
    """The word lists of `models/lexicon/phrases.toml`."""
    text = files("models.lexicon").joinpath("phrases.toml").read_text(encoding="utf-8")
    return MappingProxyType({key: frozenset(values) for key, values in tomllib.loads(text).items()})


@cache
def ancestors(key: str) -> frozenset[str]:
    """The concept itself and everything that it is a kind of."""
    found = {key}
    for parent in concepts()[key].broader:
        found |= ancestors(parent)
    return frozenset(found)


@cache
def wholes(key: str) -> frozenset[str]:
    """What the concept is commonly a part or material of.

    Its own entries replace those of wider concepts (a compressor for air conditioners is none for refrigerators), but
    for classes: a relay stays an electrical component of all electrical equipment.
    """
    inherited = {whole for kind in ancestors(key) for whole in concepts()[kind].part_of}
    own = concepts()[key].part_of
    if not own:
        return frozenset(inherited)
    return frozenset(own) | {whole for whole in inherited if "class" in concepts()[whole].flags}


def most_specific(keys: frozenset[str]) -> frozenset[str]:
    """The keys of which no narrower one is among them."""
    return frozenset(key for key in keys if not any(key != other and key in ancestors(other) for other in keys))


def mentions(text: str, language: str) -> list[Mention]:
    """Terms in a folded text, longest first at each place, without overlaps.

    `language` picks the word list for alphabetic text (a Spanish "pan" is no English one); Chinese terms are looked for
    wherever there are Chinese characters.
    """
    found = _han_mentions(text) if has_han(text) else []
    taken = [(mention.start, mention.end) for mention in found]
    for mention in _word_mentions(text, "en" if language == "zh" else language):
        if not any(start < mention.end and mention.start < end for start, end in taken):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _han_mentions(text: str) -> list[Mention]:
    index = _han_index()
    found: list[Mention] = []
    at = 0
    while at < len(text):
        for term, keys in index.get(text[at], ()):
            if text.startswith(term, at):
                found.append(Mention(keys, at, at + len(term), term))
                at += len(term)
                break
        else:
            at += 1
    return found


def _word_mentions(text: str, language: str) -> list[Mention]:
    index = _word_index(language)
    words = tokens(text)
    found: list[Mention] = []
    at = 0
    while at < len(words):
        for term, keys in index.get(words[at].word, ()):
            if tuple(token.word for token in words[at : at + len(term)]) == term:
                start, end = words[at].start, words[at + len(term) - 1].end
                # half of a hyphenated word is another thing: fly-papers are no paper
                if text[max(start - 1, 0)] != "-" and text[end : end + 1] != "-":
                    found.append(Mention(keys, start, end, text[start:end]))
                at += len(term)
                break
        else:
            at += 1
    return found


@cache
def _han_index() -> Mapping[str, list[tuple[str, frozenset[str]]]]:
    keys: dict[str, set[str]] = defaultdict(set)
    for concept in concepts().values():
        for term in concept.terms["zh"]:
            keys[fold(term)].add(concept.key)
    index: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for term in sorted(keys, key=lambda term: (-len(term), term)):
        index[term[0]].append((term, most_specific(frozenset(keys[term]))))
    return index


@cache
def _word_index(language: str) -> Mapping[str, list[tuple[tuple[str, ...], frozenset[str]]]]:
    keys: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for concept in concepts().values():
        for written in concept.terms[language]:
            keys[tuple(token.word for token in tokens(fold(written)))].add(concept.key)
    index: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = defaultdict(list)
    for words in sorted(keys, key=lambda words: (-len(words), words)):
        index[words[0]].append((words, most_specific(frozenset(keys[words]))))
    return index


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
