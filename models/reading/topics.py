"""What the words of a text are about: covered goods, goods that are only context, goods that are excluded."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cache

from models.lexicon.concepts import ancestors, has_flag
from models.lexicon.language import clause_languages
from models.lexicon.terms import Mention, mentions, phrases, words_of
from models.lexicon.text import clauses, fold, has_han, is_unspaced, tokens

_PARENTHESIS = re.compile(r"[(（]([^()（）]{0,80})[)）]")  # examples and remarks; longer ones are whole translations
_EXCLUDES = re.compile(
    r"\b(?:excluding|excludes?|excluded are|other than|except(?:ing)?(?: for)?|with the exception of|not including|"
    r"(?:do(?:es)?|shall|will) not (?:apply to|cover|include)|not (?:intended|applicable) (?:for|to)|exempt(?:s|ing)?|"
    r"excepto|salvo|a excepci[oó]n de|con (?:la )?excepci[oó]n de|con exclusi[oó]n de|exclu(?:ye|yendo|idos|idas)|"
    r"no se aplican? a|quedan excluid[oa]s|distint[oa]s de|"
    r"exceto|com exce[cç][aã]o d[eao]s?|n[aã]o se aplica|"
    r"[aà] l['’]exclusion d(?:es?|u)|[aà] l['’]exception d(?:es?|u)|hormis|sauf|autres que|"
    r"ne s['’]appliqu(?:e|ent) pas|excluant|"
    r"за исключением|кроме|не распространяется)",
    re.IGNORECASE,
)
_EXCLUDES_ZH_AFTER = re.compile(r"不包括|不适用于|不适用|不含|不涉及|(?<!不)排除")
_EXCLUDES_ZH_WITHIN = re.compile(r"除了?([^,，]{1,40}?)(?:之外|以外|外(?=的|,|，|$))(?:的)?")
_EXCLUDES_ZH_BEFORE = re.compile(r"除外")
_BREAK = re.compile(r"[^\s'’-]")
_HAN_END = re.compile(r"[㐀-鿿]+$")
_AMOUNT_ZH = re.compile(r"(?:的)?(?:最大|最高)?(?:释放|限量|限值|含量|残留|迁移|溶出|容许|允许|限制|标准值|量)")
_PAUSE = re.compile(r"[,，、]")


# What residues, contaminants and additives are kinds of.
_SUBSTANCES = frozenset(
    {"pesticide", "veterinary_medicine", "food_additive", "chemical", "antibiotic_api", "feed_additive"}
)


class Role(IntEnum):
    """How a text speaks of a product. The order is the order of weight."""

    COVERED = 0  # the head of a phrase that only words of documents precede
    LIKELY = 1  # the first product of a phrase, after words that are not known
    CONTEXT = 2
    EXCLUDED = 3


@dataclass(frozen=True, slots=True)
class Topic:
    """A product that a text names, its role, and the words that named it.

    `qualified`: words around it make it narrower than the term ("paints for road marking", "used tyres").
    """

    concepts: frozenset[str]
    role: Role
    words: str
    qualified: bool
    clause: int = 0  # place of its clause in the text: what stands in one clause is listed together


def topics_of(text: str, language: str) -> list[Topic]:
    """Products named in a text of a language, in order."""
    plain = _strip_boilerplate(text)
    parts = [(clause, Role.CONTEXT) for remark in _PARENTHESIS.findall(plain) for clause in clauses(remark)]
    parts += [(clause, Role.COVERED) for clause in clauses(_PARENTHESIS.sub(" ", plain))]
    return [
        replace(topic, clause=place)
        for place, (clause, role) in enumerate(parts)
        for topic in _with_role(clause, language, role)
    ]


def _with_role(clause: str, whole_language: str, role: Role) -> list[Topic]:
    kept, excluded = split_exclusions(clause)
    language = best_language(clause, whole_language)
    read = _topical_unspaced if is_unspaced(kept) else _topical_words
    found = [
        Topic(mention.concepts, max(role, found_as), mention.text, _is_qualified(kept, mention, language))
        for mention, found_as in read(kept, language)
    ]
    return found + [
        Topic(mention.concepts, Role.EXCLUDED, mention.text, _is_qualified(part, mention, language))
        for part in excluded
        for mention in mentions(part, language)
    ]


def best_language(clause: str, whole_language: str) -> str:
    """Of the languages that a folded clause may be in, the one in which the lexicon knows more of it."""
    possible = clause_languages(clause, whole_language)
    if len(possible) == 1:
        return possible[0]
    known = {language: sum(m.end - m.start for m in mentions(clause, language)) for language in possible}
    return max(possible, key=lambda language: known[language])


def split_exclusions(clause: str) -> tuple[str, list[str]]:
    """A folded clause without what it excludes, and the excluded parts."""
    within = _EXCLUDES_ZH_WITHIN.search(clause)
    if within:
        return clause[: within.start()] + " " + clause[within.end() :], [within[1]]
    match = _EXCLUDES.search(clause) or _EXCLUDES_ZH_AFTER.search(clause)
    if match:
        return clause[: match.start()], [clause[match.end() :]]
    match = _EXCLUDES_ZH_BEFORE.search(clause)
    if match:
        pauses = [pause.end() for pause in _PAUSE.finditer(clause[: match.start()])]
        start = pauses[-1] if pauses else 0
        return clause[:start] + clause[match.end() :], [clause[start : match.start()]]
    return clause, []


def _topical_unspaced(clause: str, language: str) -> list[tuple[Mention, Role]]:
    followers, before = tuple(phrases()["zh_followers"]), phrases()["zh_context_before"]
    all_mentions = mentions(clause, language)
    found = []
    for place, mention in enumerate(all_mentions):
        rest = clause[mention.end :].lstrip(" '-,，、/")
        joined = rest == clause[mention.end :]
        is_head = not rest or not joined or not has_han(rest[0]) or rest.startswith(followers)
        after_use = (
            any(word in clause[: mention.start][-4:] for word in before) and "适用" not in clause[: mention.start]
        )
        following = all_mentions[place + 1] if place + 1 < len(all_mentions) else None
        next_is_mention = following is not None and following.start == mention.end
        if next_is_mention and following is not None and _limits_substance(clause, following):
            role = Role.LIKELY  # 木制家具甲醛释放量 is about the furniture
        elif after_use or next_is_mention:
            role = Role.CONTEXT
        else:
            role = Role.COVERED if is_head else Role.LIKELY if place + 1 == len(all_mentions) else Role.CONTEXT
        found.append((mention, role))
    return found


def _topical_words(clause: str, language: str) -> list[tuple[Mention, Role]]:
    by_start = {mention.start: mention for mention in mentions(clause, language)}
    prepositions, documents = words_of("prepositions", language), words_of("document_words", language)
    passing = words_of("articles", language) | words_of("followers", language)
    carriers, coordinators = words_of("carriers", language), words_of("coordinators", language)
    stream = tokens(clause, language)
    found: list[tuple[Mention, Role]] = []
    is_topic, only_documents, end_of_mention = True, True, -1
    # the first product after unknown words is likely meant, and so is what is listed with it
    is_likely, is_carried = True, False
    is_limited = False  # a substance was named, and since then only words of documents
    opening, before = "", ""  # the preposition that led to the first products; the word before this one
    for place, token in enumerate(stream):
        if token.start < end_of_mention:
            continue
        mention = by_start.get(token.start)
        if mention is not None:
            end_of_mention = mention.end
            if all(has_flag(key, "aspect") for key in mention.concepts):
                continue  # "flammability of interior materials" is about the materials
            following = next((other for other in stream[place:] if other.start >= mention.end), None)
            is_head = language != "en" or _may_follow(clause, mention, following.word if following else "")
            role = Role.COVERED if is_topic else Role.LIKELY if is_likely or is_carried else Role.CONTEXT
            found.append((mention, role if is_head else Role.CONTEXT))
            only_documents = False
            is_limited = _is_substance(mention)
            is_carried = is_limited and following is not None and following.word in carriers
        elif token.word in prepositions and found and token.word == opening and before in coordinators:
            pass  # "for toys and for bicycles"
        elif token.word in prepositions:
            # "formaldehyde emission standards for wood panels" are about the panels
            is_carried = is_carried or (is_limited and before in documents)
            opening = token.word if only_documents else opening
            is_topic = is_topic and only_documents
            is_likely = is_likely and not found
        elif token.word in documents or token.word in passing:
            pass
        elif token.word.isalpha():
            only_documents = is_limited = False
            is_likely = is_likely and not found
        before = token.word
    return found


def _limits_substance(clause: str, mention: Mention) -> bool:
    """Whether a Chinese mention names a substance whose amount in other goods is limited."""
    return _is_substance(mention) and bool(_AMOUNT_ZH.match(clause[mention.end :]))


def _is_substance(mention: Mention) -> bool:
    """Whether a mention names what is limited in other goods: "glyphosate in cereals" is about the cereals too."""
    return any(not ancestors(key).isdisjoint(_SUBSTANCES) for key in mention.concepts)


def _is_qualified(clause: str, mention: Mention, language: str) -> bool:
    before, after = clause[: mention.start], clause[mention.end :]
    if has_han(mention.text):
        run = _HAN_END.search(before)
        if run is not None and not run[0].endswith(tuple(phrases()["zh_before_names"])):
            return True
        # 食品添加剂 胭脂虫红: what follows the name of a class names one of it
        rest = after.removeprefix(" ")
        return bool(rest) and has_han(rest[0]) and not rest.startswith(tuple(phrases()["zh_followers"]))
    plain_words = (
        words_of("document_words", language) | words_of("articles", language) | words_of("followers", language)
    )
    prepositions = words_of("prepositions", language)
    preceding = tokens(before, language)
    if preceding and preceding[-1].word not in plain_words | prepositions and preceding[-1].word.isalpha():
        adjoins = not _BREAK.search(before[preceding[-1].end :])
        # in Romance languages what stands before is another thing, not an adjective
        if adjoins and language not in ("es", "fr", "pt"):
            return True
    following = tokens(after, language)
    if not following or _BREAK.search(after[: following[0].start]):
        return False
    if following[0].word in prepositions:
        return len(following) > 1 and following[0].word not in words_of("prepositions_of_rules", language)
    return language in ("es", "fr", "pt") and following[0].word.isalpha() and following[0].word not in plain_words


def _may_follow(clause: str, mention: Mention, following: str) -> bool:
    if not following or clause[mention.end :].lstrip().startswith((",", "/", ".")):
        return True
    lists = ("prepositions", "followers", "document_words", "forms")
    return any(following in words_of(name, "en") for name in lists) or not following.isalpha()


def _strip_boilerplate(text: str) -> str:
    return _boilerplate().sub(";", text)


@cache
def _boilerplate() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(phrase) for phrase in sorted(phrases()["boilerplate"])), re.IGNORECASE)


def plain(text: str) -> str:
    """A text without its remarks in brackets, folded."""
    return fold(_PARENTHESIS.sub(" ", text))
