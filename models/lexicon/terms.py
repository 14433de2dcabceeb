"""Finds the lexicon's terms in a text: longest first, whole words, Chinese and Japanese without spaces."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from models.lexicon.concepts import LANGUAGES, concepts, most_specific
from models.lexicon.text import fold, is_unspaced, tokens

_UNSPACED = ("zh", "ja")
_WORDS = tuple(language for language in LANGUAGES if language not in _UNSPACED)


@dataclass(frozen=True, slots=True)
class Mention:
    """A term found in a folded text, with the concepts that it may mean."""

    concepts: frozenset[str]
    start: int
    end: int
    text: str


@cache
def phrases() -> Mapping[str, frozenset[str]]:
    """The word lists of `models/lexicon/phrases.toml`."""
    text = files("models.lexicon").joinpath("phrases.toml").read_text(encoding="utf-8")
    return MappingProxyType({key: frozenset(values) for key, values in tomllib.loads(text).items()})


@cache
def words_of(name: str, language: str) -> frozenset[str]:
    """A word list as the words of a text in that language are compared."""
    return frozenset(token.word for word in phrases()[name] for token in tokens(fold(word), language))


def mentions(text: str, language: str) -> list[Mention]:
    """Terms in a folded text, longest first at each place, without overlaps.

    `language` picks the word list for alphabetic text (a Spanish "pan" is no English one). Chinese and Japanese terms
    are looked for wherever there are such characters, and Latin words among them as English.
    """
    found = _unspaced_mentions(text, "ja" if language == "ja" else "zh") if is_unspaced(text) else []
    taken = [(mention.start, mention.end) for mention in found]
    for mention in _word_mentions(text, language if language in _WORDS else "en"):
        if not any(start < mention.end and mention.start < end for start, end in taken):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def named_exactly(text: str) -> frozenset[str]:
    """Concepts of which a folded text is a Chinese term, whole; empty where it is none."""
    return next((keys for term, keys in _unspaced_index("zh").get(text[:2], ()) if term == text), frozenset())


def _unspaced_mentions(text: str, language: str) -> list[Mention]:
    index = _unspaced_index(language)
    found: list[Mention] = []
    at = 0
    while at < len(text) - 1:
        for term, keys in index.get(text[at : at + 2], ()):
            if text.startswith(term, at):
                found.append(Mention(keys, at, at + len(term), term))
                at += len(term)
                break
        else:
            at += 1
    return found


def _word_mentions(text: str, language: str) -> list[Mention]:
    index = _word_index(language)
    stream = tokens(text, language)
    words = [token.word for token in stream]
    found: list[Mention] = []
    at = 0
    while at < len(words):
        for term, keys, has_comma in index.get(words[at], ()):
            if words[at : at + len(term)] == term:
                start, end = stream[at].start, stream[at + len(term) - 1].end
                if "," in text[start:end] and not has_comma:
                    continue  # "toys, bicycles" are no toy bicycles
                # half of a hyphenated word is another thing: fly-papers are no paper
                if text[max(start - 1, 0)] != "-" and text[end : end + 1] != "-":
                    found.append(Mention(keys, start, end, text[start:end]))
                at += len(term)
                break
        else:
            at += 1
    return found


@cache
def _unspaced_index(language: str) -> Mapping[str, list[tuple[str, frozenset[str]]]]:
    keys: dict[str, set[str]] = defaultdict(set)
    for concept in concepts().values():
        # Japanese titles also use words that are written as in Chinese
        for term in (*concept.terms["zh"], *(concept.terms["ja"] if language == "ja" else ())):
            keys[fold(term)].add(concept.key)
    index: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
    for term in sorted(keys, key=lambda term: (-len(term), term)):
        if len(term) >= 2:
            index[term[:2]].append((term, most_specific(frozenset(keys[term]))))
    return index


@cache
def _word_index(language: str) -> Mapping[str, list[tuple[list[str], frozenset[str], bool]]]:
    keys: dict[tuple[str, ...], set[str]] = defaultdict(set)
    with_comma: set[tuple[str, ...]] = set()
    for concept in concepts().values():
        for written in concept.terms[language]:
            words = tuple(token.word for token in tokens(fold(written), language))
            if words:
                keys[words].add(concept.key)
                with_comma |= {words} if "," in written else set()
    index: dict[str, list[tuple[list[str], frozenset[str], bool]]] = defaultdict(list)
    for words in sorted(keys, key=lambda words: (-len(words), words)):
        index[words[0]].append((list(words), most_specific(frozenset(keys[words])), words in with_comma))
    return index
