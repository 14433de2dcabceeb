"""Text made comparable: width, case, accents, number and gender; clauses."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

_HAN = re.compile(r"[㐀-鿿]")
_KANA = re.compile(r"[぀-ヿ]")
_TOKEN = re.compile(r"[^\W_㐀-鿿぀-ヿ]+")  # Latin words stand in Chinese text without spaces
# In titles of standards a hyphen parts the goods from what is said of them: "automóvil-Especificaciones".
_AFTER_GOODS = (
    r"(?<=\w)-(?=(?:especificacion|requisito|m[eé]todo|seguridad|l[ií]mite|eficiencia|clasificaci[oó]n|denominaci[oó]n|"
    r"informaci[oó]n|etiquetado|terminolog[ií]a|parte|part|specification|requirement|safety|method)s?)"
)
_CLAUSE = re.compile(r"[;:：；。!?！？\n()（）\[\]“”\"«»–—《》|]+|\.\s|\s-\s|--|" + _AFTER_GOODS, re.IGNORECASE)
# Languages whose words change their endings too much for a rule of number and gender alone.
_STEMMED = {"ru": "russian", "ar": "arabic"}
_OES = re.compile(r"[dgrt]oes$")  # tomatoes and tomato, but not shoes
_IRREGULAR = {
    "buses": "bus", "children": "child", "feet": "foot", "gases": "gas", "halves": "half", "knives": "knife",
    "leaves": "leaf", "lens": "lens", "lenses": "lens", "men": "man", "shelves": "shelf", "teeth": "tooth",
    "women": "woman",
}  # fmt: skip
_SPANISH_ADJECTIVE = re.compile(r"(ic|iv|os|ari|ad|id|an|in|en|ori)[ao]$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is compared (lower case, no accents, singular) and where it stood."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """NFKC, lower case, white space folded. Keeps accents, so that places in the text stay readable."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def has_han(text: str) -> bool:
    """Whether Chinese characters occur."""
    return _HAN.search(text) is not None


def is_unspaced(text: str) -> bool:
    """Whether the text is Chinese or Japanese, which set no spaces between words."""
    return _HAN.search(text) is not None or _KANA.search(text) is not None


def clauses(text: str) -> list[str]:
    """The text cut at strong punctuation; commas stay inside. Line breaks cut, so fold each clause afterwards."""
    plain = unicodedata.normalize("NFKC", text)
    return [part for part in (fold(piece) for piece in _CLAUSE.split(plain)) if part]


def tokens(text: str, language: str) -> list[Token]:
    """Words of a folded text in order, as the language's terms are compared."""
    return [Token(_comparable(match[0], language), match.start(), match.end()) for match in _TOKEN.finditer(text)]


@lru_cache(maxsize=100_000)
def _comparable(word: str, language: str) -> str:
    if language in _STEMMED:
        return str(_stemmer(_STEMMED[language]).stemWord(word))
    bare = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    if len(bare) <= 2 or not bare.isascii():
        return bare
    if language in ("es", "pt"):
        return _iberian(bare)
    return _french(bare) if language == "fr" else _english(bare)


def _english(word: str) -> str:
    if len(word) <= 3 or word in _IRREGULAR:
        return _IRREGULAR.get(word, word)
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")) or _OES.search(word):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word.removesuffix("s")


def _iberian(word: str) -> str:
    """Spanish and Portuguese: cables and cable, motores and motor, luces and luz, eléctricas and eléctrico meet."""
    if word.endswith("oes"):
        return word[:-3] + "ao"
    if word.endswith(("ais", "eis", "ois")) and len(word) > 5:
        return word[:-2] + "l"
    if word.endswith("ns") and len(word) > 4:
        return word[:-2] + "m"
    # terms and texts are treated alike, so a singular in -s loses it on both sides
    word = word.removesuffix("s")
    if word.endswith("e"):
        word = word[:-1]
    if word.endswith("z"):
        word = word[:-1] + "c"
    return _SPANISH_ADJECTIVE.sub(r"\1o", word) if len(word) >= 6 else word


def _french(word: str) -> str:
    """métaux and métal, rideaux and rideau, électriques and électrique, usagées and usagé meet."""
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux"):
        return word[:-2] + "l"
    if word.endswith(("s", "x")):
        word = word[:-1]
    return word[:-1] if word.endswith("ee") else word


@cache
def _stemmer(name: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(name)
