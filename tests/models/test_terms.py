"""Words made comparable, languages told apart, terms of the lexicon found in texts of eight languages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.lexicon.concepts import LANGUAGES
from models.lexicon.language import LATIN, clause_languages, language_of
from models.lexicon.terms import mentions, phrases, words_of
from models.lexicon.text import clauses, fold, has_han, is_unspaced, tokens

STRANGE = [
    "",
    " ",
    "\n\t",
    "ยางรถยนต์",
    "장난감 안전 기준",
    "😀🚗",
    "\x00",
    "𠮷",
    "-",
    "。",
    "٣٤٥",
    "א",
    "\u200b",
    "a-",
    "-a",
]


def found(text: str, language: str) -> dict[str, set[str]]:
    """Words of the text with the concepts that they name."""
    return {mention.text: set(mention.concepts) for mention in mentions(fold(text), language)}


def words(text: str, language: str) -> list[str]:
    return [token.word for token in tokens(fold(text), language)]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Ｔｙｒｅｓ \n and\tTOYS ", "tyres and toys"),
        ("ＬＥＤ　灯", "led 灯"),
        ("Éclairage", "éclairage"),
        ("Straße", "strasse"),
        ("①号", "1号"),
    ],
)
def test_fold_evens_out_width_case_and_white_space(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(st.text())
@example("ﾀｲﾔ")
@example("ﬁbre\u00a0ﬁbre")
def test_fold_is_done_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_clauses_end_at_strong_punctuation_but_not_at_commas() -> None:
    text = "Toys, games; dolls: puzzles. Balls - kites\n（风筝）“灯” a.b"
    assert clauses(text) == ["toys, games", "dolls", "puzzles", "balls", "kites", "风筝", "灯", "a.b"]
    assert clauses(" ;;. ") == []


@given(st.text())
def test_clauses_are_folded_and_never_empty(text: str) -> None:
    assert all(clause and fold(clause) == clause for clause in clauses(text))


@pytest.mark.parametrize(
    ("text", "han", "unspaced"),
    [("轮胎", True, True), ("タイヤ", False, True), ("tyre", False, False), ("", False, False)],
)
def test_scripts_without_spaces(text: str, han: bool, unspaced: bool) -> None:
    assert (has_han(text), is_unspaced(text)) == (han, unspaced)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "battery", "Batteries"),
        ("en", "switch", "switches"),
        ("en", "box", "boxes"),
        ("en", "glass", "glasses"),
        ("en", "vehicle", "vehicles"),
        ("en", "façade", "facades"),
        ("es", "motor", "motores"),
        ("es", "cable", "cables"),
        ("es", "lápiz", "lápices"),
        ("es", "eléctrico", "eléctricas"),
        ("es", "camión", "camiones"),
        ("es", "doméstico", "domestica"),
        ("fr", "métal", "métaux"),
        ("fr", "rideau", "rideaux"),
        ("fr", "électrique", "electriques"),
        ("fr", "usagé", "usagées"),
        ("fr", "optique", "Optiques"),
        ("pt", "avião", "aviões"),
        ("pt", "canal", "canais"),
        ("pt", "elétrico", "elétricas"),
        ("pt", "motor", "motores"),
        ("ru", "шина", "шинами"),
        ("ru", "кабель", "кабелей"),
        ("ru", "мебель", "мебелью"),
        ("ru", "электрический", "электрических"),
        ("ar", "مصباح", "المصباح"),
    ],
)
def test_number_gender_and_case_meet(language: str, one: str, other: str) -> None:
    assert words(one, language) == words(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "glass", "glas"),
        ("en", "bus", "bu"),
        ("en", "gas", "ga"),
        ("en", "status", "statu"),
        ("es", "pan", "pana"),
    ],
)
def test_words_that_only_look_like_plurals_stay(language: str, one: str, other: str) -> None:
    assert words(one, language) != words(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "contact lens", "contact lenses"),
        ("en", "knife", "knives"),
        ("en", "potato", "potatoes"),
        ("en", "liquefied petroleum gas", "liquefied petroleum gases"),
        ("en", "bus", "buses"),
        ("en", "tea leaf", "tea leaves"),
        ("fr", "pneu", "pneus"),
        ("fr", "tissu", "tissus"),
        ("pt", "pneu", "pneus"),
        ("pt", "embalagem", "embalagens"),
        ("es", "luz", "luces"),
    ],
)
def test_irregular_plurals_meet(language: str, one: str, other: str) -> None:
    assert words(one, language) == words(other, language)


def test_tokens_tell_where_they_stood() -> None:
    text = fold("Cables, MOTORES y luces_2")
    assert [text[token.start : token.end] for token in tokens(text, "es")] == ["cables", "motores", "y", "luces", "2"]


@given(st.text(), st.sampled_from([*LANGUAGES, "th", "ko"]))
@settings(max_examples=150)
def test_tokens_stand_in_order_in_the_text(text: str, language: str) -> None:
    folded = fold(text)
    places = [(token.start, token.end) for token in tokens(folded, language)]
    assert all(0 <= start < end <= len(folded) for start, end in places)
    assert all(before[1] <= after[0] for before, after in pairwise(places))


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        ("轮胎标签", "", "zh"),
        ("玩具 EN 71", "en", "zh"),
        ("玩具の安全基準", "zh", "ja"),
        ("タイヤ", "", "ja"),
        ("Технический регламент", "en", "ru"),
        ("لائحة فنية للإطارات", "fr", "ar"),
        ("มาตรฐานยางรถยนต์", "", "th"),
        ("장난감 안전 기준", "", "ko"),
    ],
)
def test_the_script_tells_the_language_whatever_is_stated(text: str, stated: str, language: str) -> None:
    assert language_of(text, stated=stated) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Technical regulation on the safety of toys and childcare articles", "en"),
        ("Reglamento técnico para juguetes y artículos para niños", "es"),
        ("Projet d'arrêté relatif aux jouets et articles pour enfants", "fr"),
        (
            "Portaria que aprova o regulamento de avaliação da conformidade para brinquedos e não dispensa registro",
            "pt",
        ),
    ],
)
@pytest.mark.parametrize("stated", ["", "en", "es", "fr", "pt", "zh", "xx"])
def test_a_clear_text_is_recognised_whatever_is_stated(text: str, language: str, stated: str) -> None:
    assert language_of(text, stated=stated) == language


@pytest.mark.parametrize("stated", LATIN)
@pytest.mark.parametrize("text", ["", "12345", "😀", "EN 71-1", "cables"])
def test_what_is_stated_holds_where_the_text_tells_little(text: str, stated: str) -> None:
    assert language_of(text, stated=stated) == stated


@pytest.mark.parametrize("text", ["", "12345", "😀"])
def test_a_text_without_letters_reads_as_english(text: str) -> None:
    assert language_of(text) == "en"


def test_a_clause_may_be_in_another_language_than_its_text() -> None:
    assert clause_languages("requisitos para juguetes y artículos de puericultura", "en")[0] == "es"
    assert clause_languages("requirements for the safety of household appliances", "es")[0] == "en"
    assert clause_languages("玩具", "en") == ("zh",)
    assert clause_languages("игрушки", "en") == ("ru",)
    assert set(clause_languages("toys", "ru")) <= set(LATIN)


@given(st.text(), st.sampled_from(["", *LATIN, "zh", "xx"]))
@settings(max_examples=150, deadline=None)
@example("ยาง", "es")
@example("😀", "")
def test_a_language_is_told_for_any_text(text: str, stated: str) -> None:
    assert language_of(text, stated=stated) in {*LANGUAGES, "th", "ko"}
    assert clause_languages(text, stated or "en")


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        ("en", "toys", "toy"),
        ("en", "Batteries", "battery"),
        ("en", "light switches", "household_switch"),
        ("en", "Optical FIBRE cables", "optical_fibre_cable"),
        ("en", "cellular   phones", "mobile_phone"),
        ("en", "ＴＹＲＥＳ", "tyre"),
        ("en", "tires", "tyre"),
        ("es", "cables de fibra óptica", "optical_fibre_cable"),
        ("es", "motores eléctricos", "electric_motor"),
        ("es", "lamparas", "light_bulb"),
        ("es", "aparatos eléctricos", "electrical_equipment"),
        ("fr", "câbles à fibres optiques", "optical_fibre_cable"),
        ("fr", "rideaux", "curtain"),
        ("fr", "peintures", "paint"),
        ("pt", "brinquedos", "toy"),
        ("pt", "fogões", "household_cooker"),
        ("pt", "cabos elétricos", "cable"),
        ("ru", "игрушками", "toy"),
        ("ru", "кабелей", "cable"),
        ("ru", "о мебели", "furniture"),
        ("ru", "лампам", "light_bulb"),
        ("ar", "الإطارات", "tyre"),
        ("ar", "لعب الأطفال", "toy"),
        ("ja", "家庭用冷蔵庫の基準", "refrigerator"),
        ("ja", "ﾀｲﾔの規格", "tyre"),
        ("ja", "玩具安全規格", "toy"),
        ("zh", "关于轮胎标签的技术法规", "tyre"),
        ("zh", "ＬＥＤ灯", "led_lamp"),
    ],
)
def test_a_term_is_found_in_its_forms(language: str, text: str, concept: str) -> None:
    assert {concept} in found(text, language).values()


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("en", "tire pressure monitoring systems", {"tire pressure monitoring systems": {"tyre_pressure_monitor"}}),
        ("en", "bicycle tyres", {"bicycle tyres": {"bicycle_tyre"}}),
        ("es", "neumáticos de bicicleta", {"neumáticos de bicicleta": {"bicycle_tyre"}}),
        ("zh", "轮胎压力监测系统", {"轮胎压力监测系统": {"tyre_pressure_monitor"}}),
        ("zh", "电动自行车用锂离子电池", {"电动自行车": {"electric_bicycle"}, "锂离子电池": {"lithium_battery"}}),
        ("zh", "电缆 and toys", {"电缆": {"cable"}, "toys": {"toy"}}),
        ("en", "toys and tyres", {"toys": {"toy"}, "tyres": {"tyre"}}),
    ],
)
def test_the_longest_term_is_taken_and_only_it(language: str, text: str, names: dict[str, set[str]]) -> None:
    assert found(text, language) == names


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("fly-papers", []),
        ("toy-like", []),
        ("anti-toy", []),
        ("paper", [{"paper"}]),
        ("paper-clips", [{"paper_clip_binder"}]),
        ("light-signalling device", [{"vehicle_lighting"}]),
        ("paper - toys", [{"paper"}, {"toy"}]),
        ("toy, paper", [{"toy"}, {"paper"}]),
    ],
)
def test_half_of_a_hyphenated_word_is_another_thing(text: str, concepts: list[set[str]]) -> None:
    assert list(found(text, "en").values()) == concepts


def test_words_are_whole() -> None:
    assert found("toyshop papers", "en") == {"papers": {"paper"}}


def test_a_word_means_what_it_means_in_its_language() -> None:
    assert found("pan", "es") == {"pan": {"bread"}}
    assert {"bread"} not in found("pan", "en").values()


@pytest.mark.parametrize("text", ["关于toys的要求", "玩具toys"])
def test_latin_words_are_found_between_chinese_characters(text: str) -> None:
    assert {"toy"} in [named for words, named in found(text, "zh").items() if words == "toys"]


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize("language", [*LANGUAGES, "th", "ko", ""])
def test_nothing_is_found_in_strange_texts(text: str, language: str) -> None:
    assert mentions(fold(text), language) == []


texts = st.lists(
    st.one_of(
        st.text(max_size=8),
        st.sampled_from(
            ["toys", "bicycle tyre", "轮胎", "玩具", "タイヤ", "pan", "-", "шины", "الإطارات", "LED", " ", "cables"]
        ),
    ),
    max_size=8,
).map("".join)


@given(texts, st.sampled_from([*LANGUAGES, "th"]))
@settings(max_examples=150, deadline=None)
def test_mentions_quote_the_text_in_order_without_overlaps(text: str, language: str) -> None:
    folded = fold(text)
    met = mentions(folded, language)
    assert all(mention.text == folded[mention.start : mention.end] for mention in met)
    assert all(mention.text and mention.concepts for mention in met)
    assert all(before.end <= after.start for before, after in pairwise(met))


@given(texts)
@settings(max_examples=100, deadline=None)
def test_what_stands_in_another_clause_changes_no_mention(text: str) -> None:
    """A remark behind a full stop leaves what stands before it as it was."""
    folded = fold(text)
    alone = [mention for mention in mentions(folded, "zh") if not is_unspaced(folded) or has_han(mention.text)]
    longer = mentions(f"{folded} ; 轮胎", "zh")
    assert [mention.text for mention in longer if mention.start < len(folded) and has_han(mention.text)] == [
        mention.text for mention in alone if has_han(mention.text)
    ]


def test_word_lists_are_compared_as_texts_are() -> None:
    """Accents and plurals of the lists do not matter: "técnicas" in a title meets "tecnico" in the list."""
    assert words_of("document_words", "es") >= set(words("técnicas requisitos", "es"))
    assert "standard" in words_of("document_words", "en")
    assert phrases()["zh_followers"]
