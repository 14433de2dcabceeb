"""What a measure asks for (认证、标签、限量、能效 …), read from the words of its notification.

The keywords and their weights stand in `measure_kinds.toml`: a reader of the office can see why a kind was found.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

OTHER = "other"
_CJK = "㐀-鿿"
_MARKS = re.compile(r"[\s\-‐‑‒–—_/]+")
_APOSTROPHES = str.maketrans("’‘`´", "''''")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lexicon:
    pattern: re.Pattern[str]  # all terms, the longest first
    owners: Mapping[str, tuple[str, ...]]  # the kinds that a folded term speaks for, none for an ignored phrase
    codes: tuple[str, ...]  # in the order of the file
    weights: Mapping[str, float]  # by field
    terms_per_field: int
    least_share: float
    most: int


def kind_codes() -> tuple[str, ...]:
    """All kinds in the order of the file, `other` last."""
    return (*_lexicon().codes, OTHER)


def measure_kinds(
    title: str, description: str, products: str, objectives: Iterable[str], keywords: Iterable[str]
) -> tuple[str, ...]:
    """The kinds of a measure, the heaviest first, at most three; `("other",)` where no keyword is met.

    In: the texts as notified, in English, Spanish, French, Portuguese or Chinese (a mixture is fine; empty is fine).
    Equal weights keep the order of the file. This is a reading of words, not of the rule: an officer confirms it.
    """
    lexicon = _lexicon()
    fields = {
        "title": title,
        "keywords": " ; ".join(keywords),
        "objectives": " ; ".join(objectives),
        "products": products,
        "description": description,
    }
    weights = dict.fromkeys(lexicon.codes, 0.0)
    for name, text in fields.items():
        for code, n_terms in _count(lexicon, text).items():
            weights[code] += lexicon.weights[name] * min(n_terms, lexicon.terms_per_field)
    heaviest = max(weights.values())
    if not heaviest:
        return (OTHER,)
    found = [code for code in lexicon.codes if weights[code] >= lexicon.least_share * heaviest]
    found.sort(key=lambda code: -weights[code])  # stable: equal weights keep the order of the file
    return tuple(found[: lexicon.most])


def _count(lexicon: _Lexicon, text: str) -> dict[str, int]:
    """How many different terms of each kind stand in a text."""
    counts: dict[str, int] = {}
    for term in {_term_of(lexicon, match[0]) for match in lexicon.pattern.finditer(_fold(text))}:
        for code in lexicon.owners[term]:
            counts[code] = counts.get(code, 0) + 1
    return counts


def _term_of(lexicon: _Lexicon, found: str) -> str:
    """The term that met `found`: itself, or the longest one with * that it begins with."""
    if found in lexicon.owners:
        return found
    return next(stem for end in range(len(found), 0, -1) if (stem := f"{found[:end]}*") in lexicon.owners)


def _fold(text: str) -> str:
    """Lower case without accents, invisible characters and the difference of hyphen, slash, line break and blank."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold()
    kept = "".join(char for char in decomposed if unicodedata.category(char) not in {"Mn", "Cf"})
    return _MARKS.sub(" ", kept).strip()


@cache
def _lexicon() -> _Lexicon:
    text = (files("pipeline") / "response_advice" / "measure_kinds.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    owners: dict[str, tuple[str, ...]] = {_fold(term): () for term in data["ignored"]["terms"]}
    for kind in data["kinds"]:
        for term in {_fold(term): None for language in ("en", "es", "fr", "pt", "zh") for term in kind[language]}:
            owners[term] = (*owners.get(term, ()), kind["code"])
    scoring = dict(data["scoring"])
    return _Lexicon(
        pattern=_pattern(owners),
        owners=owners,
        codes=tuple(kind["code"] for kind in data["kinds"]),
        terms_per_field=scoring.pop("terms_per_field"),
        least_share=scoring.pop("least_share"),
        most=scoring.pop("most"),
        weights=scoring,
    )


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """All terms in one pattern; alphabetic ones end at anything but a letter or digit of an alphabetic script."""
    letter = rf"[^\W{_CJK}]"  # Chinese text sets no blank around a Latin word: 欧盟CBAM机制
    chinese: list[str] = []
    alphabetic: list[str] = []
    for term in sorted(terms, key=lambda term: (-len(term), term)):
        is_chinese = re.search(f"[{_CJK}]", term) is not None
        (chinese if is_chinese else alphabetic).append(re.escape(term).replace(r"\*", f"{letter}*"))
    return re.compile(f"{'|'.join(chinese)}|(?<!{letter})(?:{'|'.join(alphabetic)})(?!{letter})")
