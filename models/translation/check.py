"""Whether what a machine gave can stand as the Chinese title: repairs of standard terms, then reasons to refuse it."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from models.translation.translator import Translated
from warehouse.members import members

_HAN = re.compile(r"[㐀-鿿]")
_OTHER_SCRIPTS = re.compile(r"[\u0400-\u04ff\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\uac00-\ud7af]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_NUMBER = re.compile(r"\d{3,}")
_GROUPED = re.compile(r"(?<=\d)[,  ](?=\d{3}(?!\d))")
_LOOP = re.compile(r"(.{2,12}?)\1{3,}")
_ADDRESS = re.compile(r"https?://|www\.|@", re.IGNORECASE)
_QUOTED = re.compile(r"^[“\"'《「]+|[”\"'》」。.]+$")
_LEAST_HAN = 0.5  # share of Chinese characters among them and Latin words
_LONGEST = 1.5  # times the characters of the original, and
_LONGEST_MORE = 30  # so many more: short titles of standards grow
_SHORTEST = 1 / 20  # of the characters of the original; Chinese titles have a fifth to a half


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the original and what the Chinese must say for it."""

    pattern: re.Pattern[str]
    say: tuple[str, ...]
    wrong: tuple[str, ...]


def checked(original: str, answer: str) -> Translated:
    """Take what a machine gave for a title: standard terms put right, then as a title, or refused with the reason."""
    text = _cleaned(answer)
    terms = [term for term, _ in terms_in(original)]
    for term in terms:
        for wrong in term.wrong:
            text = text.replace(wrong, term.say[0])
    refused = _fault(original, text, terms)
    return Translated(refused=refused) if refused else Translated(title_zh=text)


def terms_in(original: str) -> Iterator[tuple[Term, str]]:
    """The terms of the glossary and the names of members that a title holds, each with its words there."""
    folded = _folded(original)
    for term in (*_glossary(), *_member_terms()):
        match = term.pattern.search(folded)
        if match:
            yield term, match[0]


def _cleaned(answer: str) -> str:
    """One line without the quotation marks and the full stop that models like to add."""
    lines = [line.strip() for line in answer.strip().splitlines() if line.strip()]
    text = "\n".join(lines)
    bare = _QUOTED.sub("", text)
    # 《…》 and “…” within the title keep both of their marks
    return bare if all(bare.count(a) == bare.count(b) for a, b in ("《》", "“”")) else text.rstrip("。.")


def _fault(original: str, text: str, terms: list[Term]) -> str:
    han = len(_HAN.findall(text))
    numbers = set(_NUMBER.findall(_digits(original)))
    missing = sorted(numbers - set(_NUMBER.findall(_digits(text))))
    unsaid = [term.say[0] for term in terms if not any(name in text for name in term.say)]
    findings = (
        (not text, "没有译文"),
        ("\n" in text, "译文不止一行"),
        (_folded(text) == _folded(original), "译文与原文相同"),
        (han < 2 or han < _LEAST_HAN * (han + len(_LATIN_WORD.findall(text))), "译文不是中文"),
        (_OTHER_SCRIPTS.search(text) is not None, "译文夹杂未译的外文"),
        (len(original) > 20 and original.casefold() in text.casefold(), "译文照抄了原文"),
        (len(text) > _LONGEST * len(original) + _LONGEST_MORE, "译文过长"),
        (len(text) < _SHORTEST * len(original), "译文过短，可能漏译"),
        (_LOOP.search(text) is not None, "译文中有反复出现的词句"),
        (_ADDRESS.search(text) is not None and _ADDRESS.search(original) is None, "译文中有原文没有的网址或邮箱"),
        (bool(missing), f"译文缺少原文中的数字：{'、'.join(missing[:3])}"),
        (bool(unsaid), f"译文没有使用规定译名：{'、'.join(unsaid[:3])}"),
    )
    return next((words for is_wrong, words in findings if is_wrong), "")


def _digits(text: str) -> str:
    """ASCII digits for those of every script, thousands together."""
    plain = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in text)
    return _GROUPED.sub("", plain)


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


@cache
def _glossary() -> tuple[Term, ...]:
    return tuple(Term(_whole(term["of"]), tuple(term["say"]), tuple(term["not"])) for term in _data()["terms"])


@cache
def _member_terms() -> tuple[Term, ...]:
    """Members by their names in English, French and Spanish; what the Chinese must hold is one of its Chinese names."""
    ambiguous = set(_data()["ambiguous_members"])
    found = []
    for member in members().values():
        names = (member.name_en, member.name_zh, *member.aliases)
        chinese = tuple(dict.fromkeys(name for name in names if _HAN.search(name)))
        foreign = [_folded(name) for name in names if not _HAN.search(name)]
        usable = [name for name in foreign if len(name) > 3 and name not in ambiguous]
        if usable and chinese:
            chinese = (member.name_zh, *(name for name in chinese if name != member.name_zh))
            found.append(Term(_whole(usable), chinese, ()))
    return tuple(found)


def _whole(words: list[str]) -> re.Pattern[str]:
    listed = sorted((_folded(word) for word in words), key=lambda word: (-len(word), word))
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, listed)) + r")(?!\w)")


@cache
def _data() -> dict[str, Any]:
    text = (files("models.translation") / "glossary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
