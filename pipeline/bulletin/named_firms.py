"""Whether a text for the public names a firm of the list: by its whole name, its own name or a short one.

One finder for drafts, officers' texts, the finished files and the site.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from models.lexicon.concepts import concepts
from warehouse.facts import ListedFirm
from warehouse.reference import hs_headings

_BRACKET = r"(?:\([^()]*\))?"
_LEGAL_FORM = re.compile(rf"{_BRACKET}(?:集团)?(?:股份|有限责任|有限|责任)*公司{_BRACKET}$|集团$")
_SEVERAL = re.compile(r"[;,/|、\n]+")  # between the short names of one cell
_DOTS = dict.fromkeys(map(ord, "·•・‧"))
_NOTHING = r"(?!)"
_SHORTEST = 4  # characters of a name that is looked for; a shorter one is a common word
_SHORTEST_STATED = 2  # of a short name that the office has put on the list itself
_SHARED = 3  # so many firms of the list whose names begin with the same two characters begin with a place


@dataclass(frozen=True, slots=True)
class NamedFirm:
    """A firm that a text names: its name on the list, and the words that name it, without blanks."""

    name: str
    words: str


class FirmFinder:
    """Finds the firms of a list in texts, however the names are spaced. Common words are no firms."""

    def __init__(self, firms: Iterable[ListedFirm]) -> None:
        listed = tuple(firms)
        heads = Counter(name[:2] for name in {_bare(firm.name) for firm in listed})
        places = frozenset(head for head, n in heads.items() if n >= _SHARED)
        self._firms: dict[str, str] = {}
        for firm in listed:
            for form in _forms(firm, places):
                self._firms.setdefault(form, firm.name)
        self._chinese = _one_of(form for form in self._firms if not form.isascii())
        self._latin = _latin(form for form in self._firms if form.isascii())

    def find(self, text: str) -> NamedFirm | None:
        """The firm that a text names, None where it names none; of several one of them."""
        folded = _folded(text)
        found = self._chinese.search("".join(folded.split())) or self._latin.search(folded)
        if found is None:
            return None
        words = "".join(found[0].split())
        return NamedFirm(name=self._firms[words], words=words)


def _folded(text: str) -> str:
    """A text in one width and case, without dots and characters that nobody sees."""
    folded = unicodedata.normalize("NFKC", text).translate(_DOTS).casefold()
    if folded.isascii():
        return folded
    return "".join(char for char in folded if char < "\xad" or unicodedata.category(char) != "Cf")


def _bare(text: str) -> str:
    return "".join(_folded(text).split())


def _one_of(forms: Iterable[str]) -> re.Pattern[str]:
    """A pattern of all forms, by first character, the longest first."""
    ordered = sorted(forms, key=lambda form: (form[0], -len(form), form))
    groups = (
        f"{re.escape(first)}(?:{'|'.join(re.escape(form[1:]) for form in same)})"
        for first, same in groupby(ordered, key=lambda form: form[0])
    )
    return re.compile("|".join(groups) or _NOTHING)


def _latin(forms: Iterable[str]) -> re.Pattern[str]:
    """As `_one_of`, of whole words that may have blanks within."""
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    words = "|".join(r"\s*".join(map(re.escape, form)) for form in ordered)
    return re.compile(rf"(?<![a-z0-9])(?:{words})(?![a-z0-9])" if words else _NOTHING)


def _forms(firm: ListedFirm, places: Collection[str]) -> Iterator[str]:
    whole = _bare(firm.name)
    own = _LEGAL_FORM.sub("", whole)
    has_form = own != whole
    own = _without_place(own, places)
    if len(whole) >= _SHORTEST and (has_form or not _is_common(own)):
        yield whole
    yield from (form for form in _own_forms(own) if len(form) >= _SHORTEST and not _is_common(form))
    for stated in _SEVERAL.split(unicodedata.normalize("NFKC", firm.short_name)):
        short = _bare(stated)
        if len(short) >= _SHORTEST_STATED and not _is_common(_without_place(short, places)):
            yield short
    if code := _bare(firm.credit_code):
        yield code


def _own_forms(own: str) -> Iterator[str]:
    """The own name whole, its first four characters, and its 字号 with each of its goods or 公司, 集团, 股份, 科技."""
    trades = _words("general") | _words("goods")
    if _parted(own, trades) is not None:
        return  # nothing but trade words: whoever writes it need not mean the firm
    yield own
    for length in range(2, min(4, len(own)) + 1):
        parts = _parted(own[length:], trades)
        if parts is not None:
            yield own[:4]
            tails = (_words("goods") & set(parts)) | _words("suffixes")
            yield from (own[:length] + tail for tail in sorted(tails))
            return
    if not any(own.startswith(word) for word in trades if len(word) > 1):
        yield own[:4]


def _without_place(name: str, places: Collection[str]) -> str:
    known = sorted((*_words("places"), *places), key=len, reverse=True)
    while place := next((place for place in known if name.startswith(place)), ""):
        rest = name[len(place) :]
        name = rest[1:] if rest[:1] in tuple("省市区县州") else rest
    return name


def _parted(text: str, words: frozenset[str]) -> tuple[str, ...] | None:
    """A text as a row of `words`, None where it is none."""
    ways: list[tuple[str, ...] | None] = [(), *([None] * len(text))]
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 6), end):
            before = ways[start]
            if before is not None and text[start:end] in words:
                ways[end] = (*before, text[start:end])
                break
    return ways[-1]


def _is_common(text: str) -> bool:
    """Whether a text is made of places and trade words alone, or stands in a place's name or the name of some goods."""
    return _parted(text, _words("general") | _words("goods") | _words("places")) is not None or text in _everyday()


@cache
def _words(key: str) -> frozenset[str]:
    data = tomllib.loads((files("pipeline") / "bulletin" / "named_firms.toml").read_text(encoding="utf-8"))
    return frozenset(map(_bare, data[key]))


@cache
def _everyday() -> str:
    """The names of HS headings, of the lexicon's goods and of places, one a line."""
    goods = (term for concept in concepts().values() for term in concept.terms["zh"])
    places = (f"{place}区" for place in _words("places"))
    return "\n".join(map(_bare, (*hs_headings().values(), *goods, *places)))
