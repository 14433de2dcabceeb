"""Text made comparable: width, case, accents, plural; clauses; the language of a title."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_HAN = re.compile(r"[㐀-鿿]")
_TOKEN = re.compile(r"[^\W_]+")
_CLAUSE = re.compile(r"[;:：；。!?！？\n()（）\[\]“”\"«»–—《》|]+|\.\s|\s-\s|--")
_STOPWORDS = {
    "en": frozenset({"the", "of", "for", "and", "on", "to", "in", "with", "is", "are"}),
    "es": frozenset({"de", "la", "el", "los", "las", "del", "para", "que", "por", "y", "en"}),
    "fr": frozenset({"de", "la", "le", "les", "des", "du", "pour", "et", "aux", "dans", "sur"}),
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word in lower case, without accents, in the singular, and where it stood."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """NFKC, lower case, white space folded. Keeps accents, so that places in the text stay readable."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def has_han(text: str) -> bool:
    """Whether Chinese characters occur."""
    return _HAN.search(text) is not None


def clauses(text: str) -> list[str]:
    """The text cut at strong punctuation; commas stay inside. Line breaks cut, so fold each clause afterwards."""
    plain = unicodedata.normalize("NFKC", text)
    return [part for part in (fold(piece) for piece in _CLAUSE.split(plain)) if part]


def tokens(text: str) -> list[Token]:
    """Words of a folded text in order."""
    return [Token(_singular(_bare(match[0])), match.start(), match.end()) for match in _TOKEN.finditer(text)]


def language_of(text: str) -> str:
    """zh, en, es or fr by script and small words; en where nothing tells (terms are then looked up as English)."""
    if has_han(text):
        return "zh"
    words = [_bare(match[0]) for match in _TOKEN.finditer(fold(text))]
    counts = {language: sum(word in stop for word in words) for language, stop in _STOPWORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] > counts["en"] else "en"


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.isascii():
        return word
    if word.endswith("iones"):  # Spanish
        return word[:-2]
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
