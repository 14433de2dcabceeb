"""What a whole notification covers: title, products, names of codes, codes, description, parent. Fictional texts."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.lexicon.concepts import concepts
from models.reading.nomenclature import is_name_of_code
from models.reading.scope import Scope, Source, scope_of, states_products
from models.reading.topics import Role, topics_of
from warehouse.records import Notification

COVERED, LIKELY, CONTEXT, EXCLUDED = Role


def note(title: str = "", products: str = "", **more: object) -> Notification:
    base = Notification(notification_id="N1", title=title, products_text=products)
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def roles(text: str, language: str) -> dict[str, Role]:
    """Concepts of a text with their roles."""
    return {key: topic.role for topic in topics_of(text, language) for key in topic.concepts}


def named(scope: Scope, source: Source) -> dict[str, Role]:
    return {item.concept: item.role for item in scope.named if item.source is source}


def test_names_of_codes_are_told_from_own_words() -> None:
    """ePing writes "name (HS code(s): …)": the name is the code's, the words behind it are the member's own."""
    scope = scope_of(note("", "Toys; puzzles (HS code(s): 9503); bicycles"))
    assert named(scope, Source.CODE_NAME) == {"toy": COVERED, "puzzle": COVERED}
    assert named(scope, Source.PRODUCTS) == {"bicycle": COVERED}
    assert scope.hs_codes == ("9503",)


@pytest.mark.parametrize("bracket", ["(HS 4015.12)", "(HS 401512)", "（HS 4015.12）"])
def test_words_before_a_code_that_the_member_wrote_are_its_own(bracket: str) -> None:
    scope = scope_of(note("", f"Surgical gloves {bracket}"))
    assert named(scope, Source.PRODUCTS) == {"surgical_glove": COVERED}
    assert named(scope, Source.CODE_NAME) == {}
    assert scope.hs_codes == ("401512",)


@pytest.mark.parametrize("bracket", ["(HS code(s): 401512)", "(HS codes: 401512)", "(ICS code(s): 11.140)"])
def test_words_before_a_code_that_eping_wrote_are_names_of_the_code(bracket: str) -> None:
    scope = scope_of(note("", f"Surgical gloves {bracket}"))
    assert named(scope, Source.CODE_NAME) == {"surgical_glove": COVERED}
    assert named(scope, Source.PRODUCTS) == {}
    assert not scope.names_goods
    assert "surgical gloves" in scope.query


def test_own_words_before_a_code_of_other_words_are_told_from_its_name() -> None:
    """Words that no text of the code has are the member's; an ICS field has one name, what stands before it is own."""
    scope = scope_of(note("", "Epoxy primers for ship hulls (HS code(s): 9503)"))
    assert named(scope, Source.PRODUCTS)["anticorrosive_paint"] is COVERED
    assert named(scope, Source.CODE_NAME) == {}
    scope = scope_of(note("", "Bicycles; Toys (ICS code(s): 97.200.50)"))
    assert named(scope, Source.PRODUCTS) == {"bicycle": COVERED}
    assert named(scope, Source.CODE_NAME) == {"toy": COVERED}


@pytest.mark.parametrize(
    ("words", "codes", "expected"),
    [
        ("Petroleum jelly", ["271210"], True),
        ("Toys", ["9503"], True),
        ("Epoxy primers for ship hulls", ["9503"], False),
        ("Anything at all", ["0000"], True),  # of an unknown code nobody can tell
        ("Anything at all", [], True),
    ],
)
def test_names_of_codes_have_the_words_of_the_nomenclature(words: str, codes: list[str], expected: bool) -> None:
    assert is_name_of_code(words, codes) is expected


def test_names_of_codes_are_not_asked_for_where_the_notification_has_own_words() -> None:
    assert scope_of(note("Vehicle hoists", "Gloves (HS code(s): 4015); tyres")).query == "vehicle hoists; ; tyres"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Válvulas, partida arancelaria 8481.80", ("848180",)),
        ("Válvulas (partidas arancelarias 8481.80, 8481.20)", ("848180", "848120")),
        ("Válvulas. Subpartida 8481.80", ("848180",)),
        ("Robinets, position tarifaire 8481.80", ("848180",)),
        ("Robinets (SH 8481.80)", ("848180",)),
        ("Valves, tariff heading 84.81", ("8481",)),
        ("Valves, heading No. 8481", ("8481",)),
        ("Valves H.S. 8481.80.10", ("84818010",)),
        ("Válvulas NCM 8481.80.99", ("84818099",)),
        ("Клапаны, код ТН ВЭД ЕАЭС 8481", ("8481",)),
        ("阀门，税号8481.80、8481.20", ("848180", "848120")),
        ("阀门（HS编码：8481）", ("8481",)),
        ("HS codes: 9503, 8712.00; 4011", ("9503", "871200", "4011")),
        ("HS 9503, HS 9503, HS 950300", ("9503", "950300")),
        ("HS 95030", ("95030",)),
        ("HS 123456789012", ()),
        ("Toys of 2026, model 9503", ()),
        ("", ()),
    ],
)
def test_hs_codes_are_read_in_old_and_new_spellings(text: str, codes: tuple[str, ...]) -> None:
    assert scope_of(note("", text)).hs_codes == codes


@pytest.mark.parametrize(
    ("word", "text"), [("and", "HS codes 9503 and 4011"), ("y", "partidas arancelarias 9503 y 4011")]
)
def test_the_last_of_several_codes_is_read(word: str, text: str) -> None:
    assert scope_of(note("", text)).hs_codes == ("9503", "4011"), word


@pytest.mark.parametrize(
    ("text", "chapter"),
    [
        ("HS chapter 95", "95"),
        ("Chapters 4 of the tariff", "04"),
        ("Capítulo 85", "85"),
        ("Chapitre 9", "09"),
        ("第95章的货品", "95"),
    ],
)
def test_chapters_are_codes_of_two_digits(text: str, chapter: str) -> None:
    scope = scope_of(note("", text))
    assert scope.hs_codes == (chapter,)
    assert named(scope, Source.HS) == {}, "a chapter is too wide to name goods"


def test_codes_of_the_source_come_first_and_each_once() -> None:
    scope = scope_of(note("", "Toys (HS 9503, HS 8712)", hs_codes=("8712", "4011.10")))
    assert scope.hs_codes == ("8712", "401110", "9503")


def test_ics_codes_of_the_source_and_of_the_text() -> None:
    scope = scope_of(note("", "Toys (ICS 97.200.50); ICS 97.190", ics_codes=("97.190", "13.120")))
    assert scope.ics_codes == ("97.190", "13.120", "97.200.50")
    assert scope.hs_codes == ()


def test_codes_name_the_goods_that_carry_them_first() -> None:
    scope = scope_of(note("", "", hs_codes=("8712", "40111", "9503")))
    assert {"bicycle", "tyre", "toy"} <= named(scope, Source.HS).keys()
    assert {item.words for item in scope.named} == {"8712", "4011", "9503"}
    assert not scope.names_goods


def test_a_code_that_no_concept_carries_names_goods_by_its_text() -> None:
    """871200 has no row of its own; its English text says "bicycles"."""
    assert named(scope_of(note("", "", hs_codes=("871200",))), Source.HS) == {"bicycle": COVERED}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Tyres - Part 2: Bicycle tyres", {"tyre": COVERED, "bicycle_tyre": COVERED}),
        ("Requirements for textiles - Part 1: Curtains", {"textile": COVERED, "curtain": COVERED}),
        ("纺织品 第3部分：窗帘", {"textile": COVERED, "curtain": COVERED}),
        ("Mosquito repellent - Part 4: Paint", {"insect_repellent": COVERED, "paint": CONTEXT}),
        ("Peintures - Partie 2 : Jouets", {"paint": COVERED, "toy": CONTEXT}),
        ("Pinturas. Parte 3: Juguetes", {"paint": COVERED, "toy": CONTEXT}),
        ("Zebra code - Part 4: Toys", {"toy": COVERED}),
    ],
)
def test_a_part_narrows_its_title(title: str, expected: dict[str, Role]) -> None:
    """Goods of another kind in the name of a part are what the main goods are seen with."""
    assert named(scope_of(note(title)), Source.TITLE) == expected


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("This standard applies to toys and bicycles. Tyres follow later.", ["toy", "bicycle"]),
        ("The ministry consults. The rule covers toys.", ["toy"]),
        ("This standard prescribes toys, excluding bicycles.", ["toy"]),
        ("El reglamento se aplica a los juguetes. Los neumáticos siguen aparte.", ["toy"]),
        ("Se publica un proyecto. Establece los requisitos para juguetes.", ["toy"]),
        ("Le texte est publié. Il s'applique aux jouets.", ["toy"]),
        ("A portaria aplica-se a brinquedos.", ["toy"]),
        ("Опубликован проект. Регламент распространяется на мебель.", ["furniture"]),
        ("本标准适用于玩具。本标准还提到轮胎。", ["toy"]),
        ("已公布草案；本法规规定了玩具的安全要求；轮胎另行规定。", ["toy"]),
        ("Decree on tyres. It also speaks of toys.", ["tyre"]),
        ("The ministry announces. It also speaks of tyres.", []),
    ],
)
def test_sentences_that_state_the_scope_cover_what_they_name(description: str, expected: list[str]) -> None:
    """And the first sentence; what later ones mention is context."""
    scope = scope_of(note("", "", description=description))
    assert scope.covered(Source.DESCRIPTION) == set(expected)


def test_only_the_beginning_of_a_description_is_read() -> None:
    scope = scope_of(note("Rule", description="The rule has annexes. " * 100 + "It applies to toys."))
    assert scope.named == ()


def test_a_description_may_exclude() -> None:
    scope = scope_of(note("", description="This rule applies to toys, excluding bicycles."))
    assert named(scope, Source.DESCRIPTION) == {"toy": COVERED, "bicycle": EXCLUDED}


PARENT = note("Safety of toys", "Toys (HS code(s): 9503)", hs_codes=("9503",), ics_codes=("97.200.50",))


@pytest.mark.parametrize("products", ["", "  \n"])
def test_the_parent_stands_in_for_an_addendum_without_goods(products: str) -> None:
    scope = scope_of(note("Addendum: longer period for comments", products), PARENT)
    assert named(scope, Source.TITLE) == {"toy": COVERED}
    assert (scope.hs_codes, scope.ics_codes) == (("9503",), ("97.200.50",))
    assert scope.query.startswith("addendum: longer period for comments; safety of toys")


@pytest.mark.parametrize(
    "addendum", [note("Addendum", "Bicycles"), note("Addendum", hs_codes=("8712",))], ids=["words", "codes"]
)
def test_an_addendum_with_goods_of_its_own_speaks_for_itself(addendum: Notification) -> None:
    assert states_products(addendum)
    scope = scope_of(addendum, PARENT)
    assert scope == scope_of(addendum)
    assert "bicycle" in {item.concept for item in scope.named}
    assert "toy" not in {item.concept for item in scope.named}


def test_an_addendum_without_parent_is_read_as_it_is() -> None:
    assert scope_of(note("Addendum: furniture")).covered(Source.TITLE) == {"furniture"}


def test_covered_and_words_for() -> None:
    scope = scope_of(note("Zorbing for tyres", "TOYS, excluding bicycles", hs_codes=("8712",)))
    assert scope.covered(Source.TITLE, Source.PRODUCTS) == {"tyre", "toy"}
    assert scope.words_for("toy") == "toys"
    assert scope.words_for("honey") == ""
    assert "bicycle" not in scope.covered(Source.PRODUCTS)
    assert "bicycle" in scope.covered(Source.HS)


def test_the_weightiest_place_comes_first() -> None:
    scope = scope_of(note("Paint for toys", "Toys; tyres", description="Applies to honey.", hs_codes=("9503",)))
    assert all((one.role, one.source) <= (other.role, other.source) for one, other in pairwise(scope.named))


def test_a_product_counts_as_unqualified_where_it_stands_plainly_once() -> None:
    for products in ("Zorbing tyres; tyres", "Tyres; zorbing tyres"):
        assert [item.qualified for item in scope_of(note("", products)).named if item.concept == "tyre"] == [False]
    assert [item.qualified for item in scope_of(note("", "Zorbing tyres")).named] == [True]


def test_goods_that_the_lexicon_does_not_know_are_goods_all_the_same() -> None:
    scope = scope_of(note("Zebra of zorbs", ""))
    assert scope.named == ()
    assert scope.names_goods
    assert scope.goods_text == "zebra of zorbs"


def test_the_query_falls_back_on_the_description_and_is_bounded() -> None:
    assert scope_of(note(description="It applies to TOYS.")).query == "it applies to toys."
    assert scope_of(note("")).query == ""
    assert len(scope_of(note("Toys and tyres " * 100)).query) == 500


WORDS = (
    "toys tyres 轮胎 玩具 for of excluding 除外 除 外 ( ) （ ） HS 9503 ICS 97.200 Part 第3部分 applies to 适用于 "
    "ยาง 장난감 😀 шины الإطارات タイヤ (HS code(s): sauf excepto кроме ; ， - :"
)
words = st.sampled_from(WORDS.split())
texts = st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(" ".join), st.lists(words).map("".join))


@given(texts, texts, texts, st.sampled_from(["", "en", "es", "fr", "pt", "zh", "ko", "xx"]))
@settings(max_examples=100, deadline=None)
@example("ยางรถยนต์", "장난감", "😀", "")
@example("(" * 200, "HS code(s): (((", "不包括", "zh")
def test_any_notification_can_be_read(title: str, products: str, description: str, lang: str) -> None:
    """Whatever stands in the fields: known concepts, codes of two to ten digits, the same each time."""
    notification = note(title, products, description=description, lang=lang)
    scope = scope_of(notification)
    assert all(item.concept in concepts() and item.words for item in scope.named)
    assert all(code.isdigit() and 2 <= len(code) <= 10 for code in scope.hs_codes)
    assert scope_of(notification) == scope
    assert len({(item.concept, item.role, item.source) for item in scope.named}) == len(scope.named)


def test_matters_of_rules_are_no_goods() -> None:
    assert named(scope_of(note("Impact protection of vehicles")), Source.TITLE).keys() == {"vehicle"}


def test_a_clause_in_another_language_is_read_in_it() -> None:
    scope = scope_of(note("Especificaciones técnicas para juguetes", "Requirements for the safety of tyres", lang="es"))
    assert named(scope, Source.TITLE) == {"toy": COVERED}
    assert named(scope, Source.PRODUCTS) == {"tyre": COVERED}
