"""The language of a text, by script, then by py3langid; a stated one holds where the text does not contradict."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

_SCRIPTS = (
    ("ja", re.compile(r"[぀-ヿ]")),
    ("zh", re.compile(r"[㐀-鿿]")),
    ("ru", re.compile(r"[Ѐ-ӿ]{3}")),
    ("ar", re.compile(r"[؀-ۿ]{2}")),
    ("th", re.compile(r"[฀-๿]{2}")),
    ("ko", re.compile(r"[가-힯]{2}")),
)
LATIN = ("en", "es", "fr", "pt")
_SURE = 0.90


def language_of(text: str, *, stated: str = "") -> str:
    """ISO 639-1 code: zh, ja, ru, ar, th, ko by script, else en, es, fr or pt.

    `stated` is what the source says; it holds for Latin script unless the text is clearly in another language.
    """
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    found, confidence = _classified(text)
    if stated in LATIN and (stated == found or confidence < _SURE):
        return stated
    return found if confidence >= 0.5 or stated not in LATIN else stated


def clause_languages(clause: str, whole: str) -> tuple[str, ...]:
    """The languages that one clause of a text of language `whole` may be in, the likelier first.

    A short clause tells little ("electrical cables"), and texts mix languages: then there are two, and the words that a
    lexicon knows decide.
    """
    for language, script in _SCRIPTS:
        if script.search(clause):
            return (language,)
    if whole not in LATIN:
        whole = "en"  # Latin words in a Chinese or Russian text
    found, confidence = _classified(clause)
    if confidence >= _SURE:
        return tuple(dict.fromkeys((found, whole)))
    return tuple(dict.fromkeys((whole, found, "en")))


@lru_cache(maxsize=50_000)
def _classified(text: str) -> tuple[str, float]:
    if not any(char.isalpha() for char in text):
        return "en", 0.0
    language, confidence = _identifier().classify(text.lower())
    return str(language), float(confidence)


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LATIN))
    return identifier
