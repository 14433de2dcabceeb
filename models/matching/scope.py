"""What a notification covers: its own product words, the names of its codes, its HS and ICS codes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.matching.concepts import Mention, ancestors, concepts, mentions, most_specific, phrases
from models.matching.text import clauses, fold, has_han, language_of, tokens
from warehouse.records import Notification

_CODES = r"[\s:：]*((?:\d[\d.]*[\s,;、和]*)+)"
_HS_IN_TEXT = re.compile(r"\b(?:HS|H\.S\.|SA|S\.A\.|SH)\s*(?:codes?\s*(?:\(s\))?|编码|税号)?" + _CODES, re.IGNORECASE)
_ICS_IN_TEXT = re.compile(
    r"ICS\s*(?:codes?\s*(?:\(s\))?|分类号|编码)?[\s:：]*((?:\d{2}(?:\.\d{2,3})*[\s,;、]*)+)", re.IGNORECASE
)
# "name (HS code(s): 870821)": the name is that of the code, wider than the measure itself. Names of headings contain
# semicolons, so all that stands before the code counts as its name.
_CODE_BRACKET = re.compile(r"[(（]\s*(?:HS|ICS|SA|SH|H\.S\.)[^()（）]*(?:\([^()]*\)[^()（）]*)*[)）]", re.IGNORECASE)
_REMARK = re.compile(
    r"[(（](?![^()（）]*(?:HS|ICS|SA|SH|H\.S\.))[^()（）]*[)）]", re.IGNORECASE
)  # in products: examples
_PARENTHESIS = re.compile(r"[(（][^()（）]{0,80}[)）]")  # examples; longer ones are whole translations
_PART = re.compile(r"\b(?:Part|Partie|Parte)\s*\d+(?:-\d+)?\s*[:：.]|第\s*\d+\s*部分", re.IGNORECASE)
_QUERY_LENGTH = 500  # characters: the first sentences name the product, the rest the procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The products of one measure. `topics` come from its own words, `headings` from the names of codes."""

    topics: frozenset[str]
    headings: frozenset[str]
    terms: tuple[tuple[str, str], ...]  # (concept, the words that named it)
    hs_codes: tuple[str, ...]  # digits
    ics_codes: tuple[str, ...]
    own_words: bool  # the text names some product of its own, known to the lexicon or not
    query: str  # text for the encoder

    def words_for(self, concept: str) -> str:
        """The words of the notification that named a concept."""
        return next((text for key, text in self.terms if key == concept), "")


def scope_of(notification: Notification, parent: Notification | None = None) -> Scope:
    """Read a notification; where it names no products and has no HS codes, `parent` (of an addendum) stands in."""
    source = parent if parent is not None and not states_products(notification) else notification
    products = _REMARK.sub(" ", source.products_text)
    code_names, rest = _split_code_names(products)
    free = _PARENTHESIS.sub(" ", _ICS_IN_TEXT.sub(" ", _HS_IN_TEXT.sub(" ", rest)))
    titles = [notification.title] if source is notification else [notification.title, source.title]
    named: list[tuple[str, str]] = []
    topics: set[str] = set()
    for found in [*(_title_mentions(title) for title in titles), topical_mentions(free)]:
        for mention in found:
            topics |= mention.concepts
            named += [(key, mention.text) for key in sorted(mention.concepts)]
    topics, narrowed = _narrowed_by_titles(topics, titles)
    named += narrowed
    headings: set[str] = set()
    for text in code_names:
        for mention in topical_mentions(text):
            headings |= mention.concepts
            named += [(key, mention.text) for key in sorted(mention.concepts)]
    codes = dict.fromkeys(_digits(code) for code in (*source.hs_codes, *_found(_HS_IN_TEXT, products)))
    ics = tuple(dict.fromkeys((*source.ics_codes, *_found(_ICS_IN_TEXT, products))))
    for code in ics:
        for concept in concepts().values():
            if any(code == prefix for prefix in concept.ics) and "broad" not in concept.flags:
                headings.add(concept.key)
    return Scope(
        topics=_without_broad(most_specific(frozenset(topics))),
        headings=_without_broad(most_specific(frozenset(headings))),
        terms=tuple(dict.fromkeys(named)),
        hs_codes=tuple(code for code in codes if len(code) >= 2),
        ics_codes=ics,
        own_words=bool(fold(free)) or any(titles),
        query=_query(titles, free, code_names, source),
    )


def _split_code_names(products: str) -> tuple[list[str], str]:
    """The names before bracketed codes, and the remaining text."""
    names: list[str] = []
    rest: list[str] = []
    last = 0
    for match in _CODE_BRACKET.finditer(products):
        before = products[last : match.start()]
        cut = max(before.rfind(boundary) for boundary in "()（）。\n") + 1
        names.append(before[cut:])
        rest.append(before[:cut])
        last = match.end()
    return names, " ".join([*rest, products[last:]])


def _narrowed_by_titles(topics: set[str], titles: list[str]) -> tuple[set[str], list[tuple[str, str]]]:
    """A class that the products name ("food") is narrowed to its kinds that the title names in any place ("milk")."""
    named: list[tuple[str, str]] = []
    kept = set(topics)
    in_titles = [mention for title in titles for clause in clauses(title) for mention in _all_mentions(clause)]
    for topic in topics:
        if "class" not in concepts()[topic].flags:
            continue
        kinds = [
            (key, m.text) for m in in_titles for key in sorted(m.concepts) if key != topic and is_kind_of(key, topic)
        ]
        if kinds:
            kept.discard(topic)
            kept |= {key for key, _ in kinds}
            named += kinds
    return kept, named


def _all_mentions(clause: str) -> list[Mention]:
    return mentions(clause, language_of(clause))


def _title_mentions(title: str) -> list[Mention]:
    """Topics of a title. In "X - Part 4: Y" the part only narrows X: a Y of another kind ("paper") is no topic."""
    main, *part = _PART.split(title, maxsplit=1)
    found = topical_mentions(main)
    wide = {key for mention in found for key in mention.concepts}
    for mention in topical_mentions(part[0] if part else ""):
        if not wide or any(is_kind_of(key, topic) for key in mention.concepts for topic in wide):
            found.append(mention)
    return found


def topical_mentions(text: str) -> list[Mention]:
    """The product terms that a text is about, not those that only qualify another word or say where it is used."""
    found: list[Mention] = []
    for clause in clauses(_strip_boilerplate(_PARENTHESIS.sub(" ", text))):
        language = language_of(clause)
        if has_han(clause):
            found += _topical_han(clause)
        else:
            found += _topical_words(clause, language)
    return found


def _topical_han(clause: str) -> list[Mention]:
    followers, before = phrases()["zh_followers"], phrases()["zh_context_before"]
    all_mentions = mentions(clause, "zh")
    found = []
    for place, mention in enumerate(all_mentions):
        rest = clause[mention.end :].lstrip(" '-,，、/")
        joined = rest == clause[mention.end :]
        is_head = not rest or not joined or not has_han(rest[0]) or rest.startswith(tuple(followers))
        after_use = (
            any(word in clause[: mention.start][-4:] for word in before) and "适用" not in clause[: mention.start]
        )
        next_is_mention = place + 1 < len(all_mentions) and all_mentions[place + 1].start == mention.end
        if is_head and not after_use and not next_is_mention:
            found.append(mention)
    return found


def _topical_words(clause: str, language: str) -> list[Mention]:
    words = phrases()
    by_start = {mention.start: mention for mention in mentions(clause, language)}
    stream = tokens(clause)
    found: list[Mention] = []
    is_topic, only_documents, end_of_mention = True, True, -1
    for place, token in enumerate(stream):
        if token.start < end_of_mention:
            continue
        mention = by_start.get(token.start)
        if mention is not None and _is_aspect(mention):
            end_of_mention = mention.end  # "flammability of interior materials" is about the materials
        elif mention is not None:
            end_of_mention = mention.end
            following = next((other for other in stream[place:] if other.start >= mention.end), None)
            if is_topic and (language != "en" or _may_follow(clause, mention, following.word if following else "")):
                found.append(mention)
            only_documents = False
        elif token.word in words["prepositions"]:
            is_topic = is_topic and only_documents
        elif token.word in words["document_words"]:
            pass
        elif token.word not in words["articles"] and token.word.isalpha() and token.word not in words["followers"]:
            only_documents = False
    return found


def _is_aspect(mention: Mention) -> bool:
    return all("aspect" in concepts()[key].flags for key in mention.concepts)


def _may_follow(clause: str, mention: Mention, following: str) -> bool:
    words = phrases()
    if not following or clause[mention.end :].lstrip().startswith((",", "/", ".")):
        return True
    allowed = (
        following in words["prepositions"] or following in words["followers"] or following in words["document_words"]
    )
    return allowed or not following.isalpha()


def _strip_boilerplate(text: str) -> str:
    for phrase in phrases()["boilerplate"]:
        text = re.sub(re.escape(phrase), ";", text, flags=re.IGNORECASE)
    return text


def states_products(notification: Notification) -> bool:
    """Whether the notification names products or HS codes of its own (an addendum often does not)."""
    return bool(notification.products_text.strip() or notification.hs_codes)


def _without_broad(keys: frozenset[str]) -> frozenset[str]:
    return frozenset(key for key in keys if not concepts()[key].flags & {"broad", "aspect"})


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    return [code for match in pattern.finditer(text) for code in re.findall(r"\d[\d.]*\d", match[1])]


def _digits(code: str) -> str:
    return re.sub(r"\D", "", code)


def _query(titles: list[str], free: str, code_names: list[str], source: Notification) -> str:
    # names of codes are wider than the measure: they help only where nothing else names a product
    parts = [*titles, free if fold(free) else "; ".join(code_names)]
    text = "; ".join(part for part in (fold(piece) for piece in parts) if part)
    return (text or fold(source.description))[:_QUERY_LENGTH]


def is_kind_of(narrow: str, wide: str) -> bool:
    """Whether a concept is the other or a kind of it."""
    return wide in ancestors(narrow)
