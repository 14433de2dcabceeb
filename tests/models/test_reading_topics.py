"""What a text covers, excludes or names in passing: fictional phrases in seven languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.reading.topics import Role, plain, split_exclusions, topics_of

COVERED, LIKELY, CONTEXT, EXCLUDED = Role


def roles(text: str, language: str) -> dict[str, Role]:
    """Concepts of a text with their roles."""
    return {key: topic.role for topic in topics_of(text, language) for key in topic.concepts}


EXCLUSIONS = [
    ("en", "Toys, excluding bicycles", "toy", "bicycle"),
    ("en", "Toys other than bicycles", "toy", "bicycle"),
    ("en", "Toys (except bicycles)", "toy", "bicycle"),
    ("en", "Specification for tyres with the exception of bicycle tyres", "tyre", "bicycle_tyre"),
    ("en", "Safety of furniture. This rule does not apply to mattresses", "furniture", "mattress"),
    ("es", "Juguetes, excepto bicicletas", "toy", "bicycle"),
    ("es", "Neumáticos, con exclusión de los neumáticos de bicicleta", "tyre", "bicycle_tyre"),
    ("es", "Requisitos para juguetes. No se aplica a las bicicletas", "toy", "bicycle"),
    ("fr", "Jouets, à l'exclusion des bicyclettes", "toy", "bicycle"),
    ("fr", "Jouets autres que les bicyclettes", "toy", "bicycle"),
    ("fr", "Appareils électriques, sauf les réfrigérateurs", "electrical_equipment", "refrigerator"),
    ("pt", "Brinquedos, exceto bicicletas", "toy", "bicycle"),
    ("pt", "Brinquedos, com exceção de bicicletas", "toy", "bicycle"),
    ("ru", "Игрушки, за исключением велосипедов", "toy", "bicycle"),
    ("ru", "Мебель, кроме матрасов", "furniture", "mattress"),
    ("zh", "玩具，不包括自行车", "toy", "bicycle"),
    ("zh", "轮胎（不含自行车轮胎）", "tyre", "bicycle_tyre"),
    ("zh", "家用电器，冰箱除外", "household_appliance", "refrigerator"),
    ("zh", "橡胶制品（除轮胎外）", "rubber_product", "tyre"),
    ("zh", "玩具安全要求。本标准不适用于自行车", "toy", "bicycle"),
]


@pytest.mark.parametrize(("language", "text", "covered", "excluded"), EXCLUSIONS)
def test_what_is_excluded_is_told_from_what_is_covered(language: str, text: str, covered: str, excluded: str) -> None:
    assert roles(text, language) == {covered: COVERED, excluded: EXCLUDED}


@pytest.mark.parametrize(
    "text",
    [
        "不排除玩具",
        "去除水分的玩具",
        "Toys that include bicycles",
        "Juguetes, incluidas las bicicletas",
        "包括自行车的玩具",
    ],
)
def test_other_words_exclude_nothing(text: str) -> None:
    assert split_exclusions(text.casefold()) == (text.casefold(), [])


def test_only_the_part_before_the_exception_is_kept() -> None:
    assert split_exclusions("家用电器,冰箱除外") == ("家用电器,", ["冰箱"])
    assert split_exclusions("toys, excluding balls") == ("toys, ", [" balls"])


@pytest.mark.parametrize(
    ("language", "text", "covered", "excluded"),
    [
        ("zh", "除轮胎以外的橡胶制品", "rubber_product", "tyre"),
        ("zh", "除自行车外，玩具", "toy", "bicycle"),
    ],
)
def test_what_follows_a_chinese_exception_is_covered(language: str, text: str, covered: str, excluded: str) -> None:
    assert roles(text, language) == {covered: COVERED, excluded: EXCLUDED}


@pytest.mark.parametrize(
    "text", ["Ce règlement ne s'applique pas aux jouets", "Le décret ne s’applique pas aux jouets"]
)
def test_french_singular_excludes(text: str) -> None:
    assert roles(text, "fr") == {"toy": EXCLUDED}


def test_french_plural_excludes() -> None:
    assert roles("Les règles ne s'appliquent pas aux jouets", "fr") == {"toy": EXCLUDED}


COVERED_TITLES = [
    ("en", "Specification for tyres", "tyre"),
    ("en", "Draft technical regulation on the labelling of tyres", "tyre"),
    ("en", "Testing of toys", "toy"),
    ("en", "Energy efficiency of refrigerators", "refrigerator"),
    ("en", "Pesticide residues in honey", "honey"),
    ("es", "Proyecto de reglamento técnico para neumáticos", "tyre"),
    ("es", "Requisitos de etiquetado de juguetes", "toy"),
    ("fr", "Projet d'arrêté relatif aux pneumatiques", "tyre"),
    ("fr", "Exigences relatives aux jouets", "toy"),
    ("pt", "Regulamento técnico para brinquedos", "toy"),
    ("ru", "О безопасности мебели", "furniture"),
    ("ja", "タイヤの規格", "tyre"),
    ("ar", "اللائحة الفنية للإطارات", "tyre"),
    ("zh", "关于轮胎标签的技术法规", "tyre"),
    ("zh", "玩具安全技术规范", "toy"),
    ("zh", "本标准适用于玩具", "toy"),
]


@pytest.mark.parametrize(("language", "title", "concept"), COVERED_TITLES)
def test_what_follows_words_of_documents_is_covered(language: str, title: str, concept: str) -> None:
    assert roles(title, language)[concept] is COVERED


@pytest.mark.parametrize(
    ("language", "title", "head", "context"),
    [
        ("en", "Paint for wooden toys", "paint", "toy"),
        ("en", "Tester for optical fibre cables", "test_instrument", "optical_fibre_cable"),
        ("en", "Paint in honey", "paint", "honey"),
        ("en", "Tyre curing machines", "machinery", "tyre"),
        ("es", "Pintura para juguetes", "paint", "toy"),
        ("fr", "Peinture pour jouets", "paint", "toy"),
        ("pt", "Cabos elétricos para brinquedos", "cable", "toy"),
        ("zh", "用于玩具的油漆", "paint", "toy"),
        ("zh", "玩具用油漆", "paint", "toy"),
        ("zh", "玩具测试仪", "test_instrument", "toy"),
    ],
)
def test_what_a_product_is_for_is_only_context(language: str, title: str, head: str, context: str) -> None:
    assert roles(title, language) == {head: COVERED, context: CONTEXT}


def test_examples_in_brackets_are_context() -> None:
    assert roles("Toys (e.g. bicycles)", "en") == {"toy": COVERED, "bicycle": CONTEXT}


def test_a_modifier_of_an_unknown_thing_is_context() -> None:
    assert roles("Toy boxes", "en") == {"toy": CONTEXT}


def test_goods_that_are_listed_are_all_covered() -> None:
    assert roles("Requirements for toys, tyres and honey", "en") == dict.fromkeys(("toy", "tyre", "honey"), COVERED)
    assert roles("玩具、自行车和轮胎安全要求", "zh") == dict.fromkeys(("toy", "bicycle", "tyre"), COVERED)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Requirements for toys and for bicycles"),
        ("es", "Requisitos de los juguetes y de las bicicletas"),
        ("fr", "Exigences relatives aux jouets et aux bicyclettes"),
        ("fr", "Arrêté relatif à la sécurité des jouets et des bicyclettes"),
    ],
)
def test_a_list_may_repeat_its_preposition(language: str, title: str) -> None:
    assert roles(title, language) == {"toy": COVERED, "bicycle": COVERED}


def test_a_comma_keeps_the_goods_of_a_list_apart() -> None:
    assert roles("Requirements for toys, bicycles and tyres", "en").keys() == {"toy", "bicycle", "tyre"}


@pytest.mark.parametrize(
    "title", ["Safety of toys sold to consumers", "Tyres designed for trucks", "Toys placed on the market"]
)
def test_a_participle_after_a_product_leaves_it_covered(title: str) -> None:
    assert COVERED in roles(title, "en").values()


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "Zorbing for tyres", {"tyre": LIKELY}),
        ("en", "Zonal zebra of tyres and toys", {"tyre": LIKELY, "toy": LIKELY}),
        ("en", "Zebra of tyres with mattresses", {"tyre": LIKELY, "mattress": CONTEXT}),
        ("es", "Zonificación de juguetes", {"toy": LIKELY}),
        ("zh", "玩具箱", {"toy": LIKELY}),
    ],
)
def test_the_first_product_after_unknown_words_is_likely_meant(
    language: str, title: str, expected: dict[str, Role]
) -> None:
    assert roles(title, language) == expected


@pytest.mark.parametrize(
    ("language", "title", "food"),
    [
        ("en", "Glyphosate in cereals", "cereal"),
        ("en", "Maximum residue limits for glyphosate in certain cereals", "cereal"),
        ("en", "Glyphosate on honey", "honey"),
        ("es", "Glifosato en cereales", "cereal"),
        ("fr", "Résidus de glyphosate dans les céréales", "cereal"),
        ("pt", "Glifosato em cereais", "cereal"),
    ],
)
def test_residues_concern_the_goods_that_carry_them(language: str, title: str, food: str) -> None:
    found = roles(title, language)
    assert found[food] is LIKELY
    assert found.keys() - {food} == {"glyphosate_tc"}


@pytest.mark.parametrize(
    ("language", "text", "qualified"),
    [
        ("en", "Tyres", False),
        ("en", "Standard for tyres", False),
        ("en", "Tyres in the market", False),
        ("en", "Zorbing tyres", True),
        ("en", "Tyres for trucks", True),
        ("es", "Neumáticos", False),
        ("es", "Neumáticos agrarios", True),
        ("es", "Neumáticos para camiones", True),
        ("fr", "Jouets anciens", True),
        ("fr", "Les jouets", False),
        ("zh", "关于轮胎", False),
        ("zh", "进口轮胎", False),
        ("zh", "巨型轮胎", True),
    ],
)
def test_words_around_a_product_make_it_narrower(language: str, text: str, qualified: bool) -> None:
    topic = next(topic for topic in topics_of(text, language) if topic.concepts & {"tyre", "toy"})
    assert topic.qualified is qualified


@pytest.mark.parametrize(
    ("language", "text", "concepts"),
    [
        ("zh", "食品安全国家标准 蜂蜜", {"honey"}),
        ("en", "National food safety standard: honey", {"honey"}),
        ("en", "Food and Drug Administration: toys", {"toy"}),
        ("es", "Seguridad alimentaria; miel", {"honey"}),
    ],
)
def test_names_of_series_and_authorities_name_no_goods(language: str, text: str, concepts: set[str]) -> None:
    assert roles(text, language).keys() == concepts


def test_clauses_are_counted_so_that_lists_hold_together() -> None:
    clauses = {key: topic.clause for topic in topics_of("Toys, honey; tyres", "en") for key in topic.concepts}
    assert clauses["toy"] == clauses["honey"] < clauses["tyre"]


def test_plain_drops_remarks() -> None:
    assert plain("Toys (for  children)  and TYRES（新）") == "toys and tyres"


WORDS = (
    "toys tyres 轮胎 玩具 for of excluding 除外 除 外 ( ) （ ） HS 9503 ICS 97.200 Part 第3部分 applies to 适用于 "
    "ยาง 장난감 😀 шины الإطارات タイヤ (HS code(s): sauf excepto кроме ; ， - :"
)
words = st.sampled_from(WORDS.split())
texts = st.one_of(st.text(max_size=60), st.lists(words, max_size=12).map(" ".join), st.lists(words).map("".join))


@given(texts)
@settings(max_examples=60, deadline=None)
def test_an_exclusion_takes_nothing_from_another_clause(text: str) -> None:
    """Goods of the first clause stay covered whatever the next clauses exclude."""
    assert roles(f"Tyres\n{text}".replace("(", "").replace("（", ""), "en").get("tyre") is not None
    first = next(topic for topic in topics_of(f"玩具\n{text.replace('(', '').replace('（', '')}", "zh"))
    assert (first.concepts, first.role) == ({"toy"}, COVERED)
