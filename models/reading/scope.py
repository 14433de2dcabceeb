"""What a notification covers: its own product words, the names of its codes, its HS and ICS codes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum

from models.lexicon.concepts import concepts_mainly_of_hs, has_flag, is_kind_of
from models.lexicon.language import language_of
from models.lexicon.terms import phrases
from models.lexicon.text import fold
from models.reading.nomenclature import goods_of_code, is_name_of_code
from models.reading.topics import Role, Topic, plain, topics_of
from warehouse.records import Notification

_CODES = r"[\s:：]*((?:\d[\d.]*(?:[\s,;、和&]|\band\b|\bet\b|\by\b|\be\b)*)+)"
_HS_IN_TEXT = re.compile(
    r"(?:\b(?:HS|H\.S\.|SA|S\.A\.|SH|NCM|CCCN|NC|tariff(?: heading| item| line| code)?s?|heading(?: no\.?)?s?|"
    r"partidas?(?: arancelarias?)?|subpartidas?|position(?:s)? tarifaires?|ТН ВЭД(?: ЕАЭС)?)|税号|税目|编码)"
    r"\s*(?:codes?\s*(?:\(s\))?|编码|税号|No\.?|n[°º.]+)?" + _CODES,
    re.IGNORECASE,
)
_ICS_IN_TEXT = re.compile(
    r"ICS\s*(?:codes?\s*(?:\(s\))?|分类号|编码)?[\s:：]*((?:\d{2}(?:\.\d{2,3})*[\s,;、]*)+)", re.IGNORECASE
)
_CHAPTER = re.compile(
    r"\b(?:HS\s+)?(?:chapters?|cap[ií]tulos?|chapitres?)\s+(\d{1,2})\b|第\s*(\d{1,2})\s*章", re.IGNORECASE
)
# "name (HS code(s): 870821)" is ePing's writing: the name is that of the code, wider than the measure itself, unless
# its words are plainly not those of the code. A code that the member wrote itself, "gloves (HS 4015.12)", stands
# behind words of its own.
_CODE_BRACKET = re.compile(r"[(（]\s*(?:HS|ICS|SA|SH|H\.S\.)\s*codes?(?:\s*\(s\))?[^()（）]*[)）]", re.IGNORECASE)
_PART = re.compile(r"\b(?:Part|Partie|Parte)\s*\d+(?:-\d+)?\s*[:：.]|第\s*\d+\s*部分", re.IGNORECASE)
_SENTENCE = re.compile(r"[。；;\n]|(?<=[a-zà-ÿ)\]])\.\s+")
_READ = 1500  # characters of a description: what it is about stands at its beginning
_QUERY_LENGTH = 500  # characters: the first sentences name the product, the rest the procedure


class Source(IntEnum):
    """Where a notification names a product. The order is the order of weight."""

    TITLE = 0
    PRODUCTS = 1
    DESCRIPTION = 2
    CODE_NAME = 3
    HS = 4


@dataclass(frozen=True, slots=True)
class Named:
    """A concept that the notification names: where, in which role, by which words (a code for HS)."""

    concept: str
    source: Source
    role: Role
    words: str
    qualified: bool = False  # words around it make it narrower than the concept
    clause: int = 0  # place of its clause within the source


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The products of one measure, and what else a comparison needs."""

    named: tuple[Named, ...]
    hs_codes: tuple[str, ...]  # digits
    ics_codes: tuple[str, ...]
    names_goods: bool  # some words name goods of its own, known to the lexicon or not
    is_bare: bool  # a title and nothing else
    query: str  # text for the encoder
    goods_text: str  # folded title and product words, for literal agreement

    def covered(self, *sources: Source) -> frozenset[str]:
        """Concepts that are covered by the words or codes of these sources."""
        return frozenset(n.concept for n in self.named if n.role <= Role.LIKELY and n.source in sources)

    def words_for(self, concept: str) -> str:
        """The words of the notification that named a concept, the weightiest place first."""
        return next((n.words for n in self.named if n.concept == concept and n.source < Source.HS), "")


def scope_of(notification: Notification, parent: Notification | None = None, *, described: bool = True) -> Scope:
    """Read a notification; where it names no products and has no HS codes, `parent` (of an addendum) stands in.

    Without `described` what only the description names is left out: half of the time goes into it.
    """
    source = parent if parent is not None and not states_products(notification) else notification
    titles = [notification.title] if source is notification else [notification.title, source.title]
    language = language_of(f"{source.title} {source.products_text[:400]}", stated=source.lang)
    code_names, free = _split_code_names(source.products_text, language)
    free = _ICS_IN_TEXT.sub(" ", _HS_IN_TEXT.sub(" ", free))
    whole = language_of(f"{source.title} {free} {source.description[:400]}", stated=source.lang)
    named = [item for title in titles for item in _title(title, whole)]
    named += _named(topics_of(free, _language(free, whole)), Source.PRODUCTS)
    if described:
        named += _description(source.description[:_READ], whole)
    for text in code_names:
        named += _named(topics_of(text, _language(text, whole)), Source.CODE_NAME)
    hs_codes = _hs_codes(source)
    ics_codes = tuple(dict.fromkeys((*source.ics_codes, *_found(_ICS_IN_TEXT, source.products_text))))
    named += _by_code(code[:4] if len(code) == 5 else code[:6] for code in hs_codes)
    goods = [*titles, free]
    return Scope(
        named=_once(named),
        hs_codes=hs_codes,
        ics_codes=ics_codes,
        names_goods=any(fold(text) for text in goods),
        is_bare=not (source.products_text.strip() or source.description.strip() or hs_codes or ics_codes),
        query=_query(titles, plain(free), code_names, source),
        goods_text=" ; ".join(fold(text) for text in goods if text),
    )


def states_products(notification: Notification) -> bool:
    """Whether the notification names products or HS codes of its own (an addendum often does not)."""
    return bool(notification.products_text.strip() or notification.hs_codes)


def _language(text: str, whole: str) -> str:
    return language_of(text, stated=whole) if len(text) >= 28 else whole


def _named(topics: Iterable[Topic], source: Source) -> list[Named]:
    return [
        Named(key, source, topic.role, topic.words, topic.qualified, topic.clause)
        for topic in topics
        for key in sorted(topic.concepts)
        if not has_flag(key, "aspect")
    ]


def _title(title: str, whole: str) -> list[Named]:
    """In "X - Part 4: Y" the part only narrows X; both are read, the narrower one decides where it is a kind of X."""
    main, *part = _PART.split(title, maxsplit=1)
    language = _language(title, whole)
    found = _named(topics_of(main, language), Source.TITLE)
    in_part = _named(topics_of(part[0], language), Source.TITLE) if part else []
    has_main = any(item.role is Role.COVERED for item in found)
    return found + [
        replace(item, role=Role.CONTEXT)
        if has_main and item.role is Role.COVERED and not _narrows(item.concept, found)
        else item
        for item in in_part
    ]


def _narrows(concept: str, found: list[Named]) -> bool:
    return any(is_kind_of(concept, item.concept) for item in found)


def _description(text: str, whole: str) -> list[Named]:
    """Sentences that state the scope cover what they name; the first sentence does unless others state it."""
    markers = _scope_markers()
    sentences = [sentence for sentence in _SENTENCE.split(text) if sentence and sentence.strip()]
    language = _language(text, whole)
    found: list[Named] = []
    for place, sentence in enumerate(sentences):
        match = markers.search(sentence)
        if match:
            # what stands before the marker is the document, or in Chinese the goods themselves
            found += _named(topics_of(sentence[match.end() :], language), Source.DESCRIPTION)
            before = topics_of(sentence[: match.start()], language)
        else:
            before = topics_of(sentence, language)
        role = Role.COVERED if place == 0 else Role.CONTEXT
        found += [replace(item, role=max(item.role, role)) for item in _named(before, Source.DESCRIPTION)]
    return found


def _scope_markers() -> re.Pattern[str]:
    return _markers_pattern(tuple(sorted(phrases()["scope_markers"], key=lambda marker: (-len(marker), marker))))


def _markers_pattern(markers: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(marker) for marker in markers), re.IGNORECASE)


def _split_code_names(products: str, language: str) -> tuple[list[str], str]:
    """The names that stand before codes in brackets, and the rest: the notification's own product words.

    Names of HS headings contain semicolons, those of ICS fields do not: before them only the last part is a name.
    """
    names: list[str] = []
    own: list[str] = []
    start = 0
    for match in _CODE_BRACKET.finditer(products):
        parts = products[start : match.start()].split(";")
        codes = re.findall(r"\d{2,10}", match[0].replace(".", ""))
        if "ICS" in match[0].upper():
            names.append(parts.pop())
            own += parts
        elif language != "en" or all(is_name_of_code(part, codes) for part in parts if fold(part)):
            names.append(";".join(parts))
        else:
            for part in parts:
                (names if is_name_of_code(part, codes) else own).append(part)
        start = match.end()
    return [name for name in names if fold(name)], " ; ".join(part for part in (*own, products[start:]) if part.strip())


def _hs_codes(source: Notification) -> tuple[str, ...]:
    chapters = ["".join(groups).zfill(2) for groups in _CHAPTER.findall(source.products_text)]
    codes = (*source.hs_codes, *_found(_HS_IN_TEXT, source.products_text), *chapters)
    return tuple(code for code in dict.fromkeys(_digits(code) for code in codes) if 2 <= len(code) <= 10)


def _by_code(codes: Iterable[str]) -> list[Named]:
    known = concepts_mainly_of_hs()
    return [
        Named(key, Source.HS, Role.COVERED, code)
        for code in codes
        if len(code) >= 4
        for key in known.get(code) or sorted(goods_of_code(code))
        if not has_flag(key, "aspect")
    ]


def _once(named: list[Named]) -> tuple[Named, ...]:
    """Each concept once a role and source, unqualified where it stands so; the weightiest first."""
    best: dict[tuple[str, Role, Source], Named] = {}
    for item in sorted(named, key=lambda item: item.qualified):
        best.setdefault((item.concept, item.role, item.source), item)
    return tuple(sorted(best.values(), key=lambda item: (item.role, item.source, item.concept)))


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [code for match in pattern.finditer(text) for code in re.findall(r"\d[\d.]*\d", match[1])]


def _digits(code: str) -> str:
    return re.sub(r"\D", "", code)


def _query(titles: list[str], free: str, code_names: list[str], source: Notification) -> str:
    # names of codes are wider than the measure: they help only where nothing else names a product
    parts = [*titles, free or "; ".join(code_names)]
    text = "; ".join(part for part in (fold(piece) for piece in parts) if part)
    return (text or fold(source.description))[:_QUERY_LENGTH]
