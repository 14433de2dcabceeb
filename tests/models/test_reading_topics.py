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
        ("es", "Juguetes para camiones", True),
        ("fr", "Jouets anciens", True),
        ("fr", "Les jouets", False),
        ("zh", "关于轮胎", False),
        ("zh", "进口轮胎", False),
        ("zh", "巨型轮胎", True),
        ("zh", "轮胎 安全规范", False),
        ("zh", "玩具 某某枪", True),  # one of the class is named after it
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


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Formaldehyde emission standards for furniture", {"formaldehyde": COVERED, "furniture": LIKELY}),
        ("en", "Formaldehyde in furniture", {"formaldehyde": COVERED, "furniture": LIKELY}),
        ("zh", "木制家具甲醛释放量限量", {"wooden_furniture": LIKELY, "formaldehyde": LIKELY}),
        ("en", "Fibre-cement flat sheets", {"fibre_cement": COVERED}),
        ("es", "Norma sobre juguetes-Especificaciones", {"toy": COVERED}),
        ("es", "Resolución que modifica el régimen de certificación obligatoria de juguetes", {"toy": COVERED}),
        ("zh", "强制实施玩具国家标准的部长条例草案", {"toy": COVERED}),
    ],
)
def test_what_words_around_the_goods_say_of_them(language: str, text: str, expected: dict[str, Role]) -> None:
    """What is limited in goods, the form they are sold in, and what the rest of a title says of the rule."""
    assert roles(text, language) == expected


PLAIN = [
    ("zh", "本通报旨在公布草案并征求意见，评议截止日期延长三十天，合并后保留强制认证。"),
    ("zh", "本标准规定了术语和定义、分类、要求、试验方法、检验规则。"),
    ("zh", "根据世界贸易组织技术性贸易壁垒协定第十条，成员应在批准前通报。"),
    ("zh", "法兰西共和国经济财政部关于修订法令的通知。"),
    ("zh", "主管机关拟修正公告部分规定，自公告日起六个月后生效。"),
    ("zh", "国家市场监督管理总局关于发布强制性国家标准第1号修改单的公告。"),
    ("zh", "委员会实施条例草案，关于不予续展批准及修订附件。"),
    ("zh", "该提案旨在保护人类健康和安全，保护环境，防止欺诈行为。"),
    ("zh", "实施日期推迟至明年一月一日，过渡期为十八个月。"),
    ("zh", "本增补通报通知各成员，最终文本已经通过，并于公布之日起生效。"),
    ("zh", "负责机构或主管部门，包括处理对通报意见的咨询点名称和地址。"),
    ("zh", "定时测试装置、境内存储和核对联系方式的说明。"),
    ("zh", "修正案对技术文件、合格评定程序、认证标志和制造商义务作出调整。"),
    ("zh", "温室气体排放核算与报告的一般要求。"),
    ("zh", "为统一市场准入条件，取消重复检验，加强事中事后监管。"),
    (
        "es",
        "El plazo ha sido ampliado, a fin de que los interesados sean oídos.",
    ),
    (
        "es",
        "El proyecto establece los procedimientos de evaluación de la conformidad.",
    ),
    ("es", "La presente resolución entrará en vigor seis meses después de su publicación en el diario oficial."),
    (
        "es",
        "El objetivo es proteger la salud y la vida de las personas.",
    ),
    ("es", "Por la cual se modifica parcialmente el reglamento y se dictan otras disposiciones."),
    ("es", "Los importadores deberán contar con un certificado."),
    ("es", "Se comunica la adopción del texto definitivo y la fecha de publicación."),
    ("en", "The comment period has been extended by sixty days at the request of Members."),
    ("en", "The draft lays down requirements, tests and sampling, conformity assessment procedures and marking."),
    ("en", "The measure enters into force six months after publication in the official gazette."),
    ("en", "The objective is to prevent deceptive practices and to protect human health and safety."),
    ("en", "Manufacturers and importers shall hold a certificate issued by an accredited body."),
    ("en", "The text of the final rule may be obtained from the enquiry point."),
    ("pt", "A consulta pública foi prorrogada por sessenta dias."),
    ("pt", "O regulamento estabelece os requisitos, os ensaios e a avaliação da conformidade."),
    ("pt", "A portaria entra em vigor na data de sua publicação."),
]


@pytest.mark.parametrize(("language", "text"), PLAIN)
def test_phrases_of_every_notification_name_nothing(language: str, text: str) -> None:
    """Nor do Chinese words that touch: in 公布草案 stands 布草, bed linen; nor verbs: "sean" is no nicotine product."""
    assert topics_of(text, language) == []
