"""The kind of a measure by its words, in five languages."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from advice_calendar import PACKAGE
from hypothesis import given
from hypothesis import strategies as st

from pipeline.response_advice import kind_codes, measure_kinds

KEYWORDS: dict[str, Any] = tomllib.loads((PACKAGE / "measure_kinds.toml").read_text("utf-8"))
LANGUAGES = ("en", "es", "fr", "pt", "zh")

# Fictional titles, one a language in the order of LANGUAGES.
TITLES = {
    "certification": (
        "Compulsory certification of pressure cookers for export to Atlantis",
        "Reglamento de homologación de cerraduras para puertas",
        "Décret relatif à l'homologation des casques de chantier",
        "Portaria sobre a certificação de fechaduras de portas",
        "关于童车强制性认证目录的公告",
    ),
    "labelling": (
        "Front of pack rules and labelling of bottled drinks",
        "Norma de etiquetado de calzado",
        "Règles d'étiquetage des revêtements de sol",
        "Regulamento sobre a rotulagem de tintas",
        "关于灯具标签标识规定的修订",
    ),
    "substance-limit": (
        "Draft order limiting cadmium and other hazardous substances in solder",
        "Restricción de sustancias peligrosas en aparatos eléctricos",
        "Arrêté limitant les substances dangereuses dans les câbles",
        "Limites de ftalatos e de substâncias perigosas em brinquedos",
        "电器电子产品有害物质限制使用办法",
    ),
    "energy-efficiency": (
        "Minimum energy-performance values of distribution transformers",
        "Eficiencia energética de motores eléctricos",
        "Exigences d'écoconception applicables aux pompes",
        "Requisitos de eficiência energética de ventiladores",
        "配电变压器能效限定值及能效等级",
    ),
    "residue-limit": (
        "Proposed maximum residue limits of fictamiprid in tea",
        "Límites máximos de residuos de plaguicidas en el arroz",
        "Limites maximales de résidus dans le miel",
        "Limites máximos de resíduos em mel",
        "茶叶中农药最大残留限量标准",
    ),
    "conformity-assessment": (
        "Conformity assessment procedures for cables",
        "Procedimiento de evaluación de la conformidad de cables",
        "Procédure d'évaluation de la conformité des vannes",
        "Avaliação da conformidade de válvulas",
        "阀门合格评定程序",
    ),
    "cyber-security": (
        "Cyber-security of routers",
        "Requisitos de ciberseguridad de los enrutadores",
        "Cybersécurité des passerelles domestiques",
        "Regras de segurança cibernética para roteadores",
        "联网摄像头网络安全规定",
    ),
    "carbon": (
        "Declaration of the carbon footprint of batteries",
        "Declaración de la huella de carbono de baterías",
        "Déclaration de l'empreinte carbone des batteries",
        "Declaração da pegada de carbono de baterias",
        "电池碳足迹申报规则",
    ),
    "safety": (
        "Safety requirements for ladders",
        "Requisitos de seguridad de escaleras",
        "Exigences de sécurité des échelles",
        "Requisitos de segurança para escadas",
        "梯具安全要求",
    ),
    "import-ban-or-quarantine": (
        "Quarantine requirements for wooden pallets",
        "Requisitos fitosanitarios para semillas",
        "Interdiction d'importation de volailles vivantes",
        "Proibição de importação de mudas",
        "进境种苗检疫要求",
    ),
}


def kinds_of(title: str = "", **fields: Any) -> tuple[str, ...]:
    empty: dict[str, Any] = {"description": "", "products": "", "objectives": (), "keywords": ()}
    return measure_kinds(title, **(empty | fields))


@pytest.mark.parametrize(
    ("code", "title"),
    [(code, title) for code, titles in TITLES.items() for title in titles],
    ids=lambda text: text[:40],
)
def test_each_kind_is_found_in_a_title_of_each_language(code: str, title: str) -> None:
    assert kinds_of(title)[0] == code


def test_the_titles_cover_every_kind_and_language() -> None:
    assert set(TITLES) == set(kind_codes()) - {"other"}
    assert all(len(titles) == len(LANGUAGES) for titles in TITLES.values())


def test_every_listed_term_is_found_by_itself() -> None:
    lost = [
        (kind["code"], term)
        for kind in KEYWORDS["kinds"]
        for language in LANGUAGES
        for term in kind[language]
        if kind["code"] not in kinds_of(term.removesuffix("*"))
    ]
    assert lost == []


def test_ignored_phrases_say_nothing() -> None:
    assert {term: kinds_of(term.removesuffix("*")) for term in KEYWORDS["ignored"]["terms"]} == dict.fromkeys(
        KEYWORDS["ignored"]["terms"], ("other",)
    )


def test_each_ignored_phrase_hides_a_keyword() -> None:
    bare = {term.removesuffix("*") for kind in KEYWORDS["kinds"] for language in LANGUAGES for term in kind[language]}
    ignored = [term.removesuffix("*") for term in KEYWORDS["ignored"]["terms"]]
    assert [phrase for phrase in ignored if not any(term in phrase for term in bare)] == []


def test_a_star_stands_only_at_the_end_of_a_term() -> None:
    terms = [term for kind in KEYWORDS["kinds"] for language in LANGUAGES for term in kind[language]]
    assert [term for term in [*terms, *KEYWORDS["ignored"]["terms"]] if "*" in term[:-1]] == []


@pytest.mark.parametrize(
    "title", ["", "Steel ladders — Specification", "Relabelled goods", "Ecodesigners' guild rules", "トマト"]
)
def test_words_that_only_contain_a_keyword_are_other(title: str) -> None:
    assert kinds_of(title) == ("other",)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("ENERGY\nEFFICIENCY of fans", "energy-efficiency"),
        ("Etiquetage des jouets en bois", "labelling"),  # accent lost
        ("E\u0301tiquetage des jouets", "labelling"),  # accent as a character of its own
        ("欧盟CBAM机制实施细则", "carbon"),  # no blank around the Latin word
        ("ＲｏＨＳ 修订", "substance-limit"),  # full width
        ("Phytosanitary certificates for seeds", "import-ban-or-quarantine"),  # not certification
        ("Steel wire (Quality Control) Order", "certification"),
    ],
)
def test_spelling_does_not_matter_and_the_longest_term_wins(title: str, code: str) -> None:
    assert kinds_of(title) == (code,)


def test_the_title_outweighs_keywords_and_the_keywords_the_description() -> None:
    assert kinds_of(
        "Labelling of fans", keywords=("cybersecurity",), description="Quarantine. Certification.", objectives=()
    ) == ("labelling", "cyber-security")
    assert kinds_of(keywords=("cybersecurity",), description="Quarantine.") == (
        "cyber-security",
        "import-ban-or-quarantine",
    )


def test_at_most_three_kinds_are_given_and_equal_ones_keep_the_order_of_the_file() -> None:
    title = "Quarantine, safety requirements, carbon footprint, labelling and certification"
    assert kinds_of(title) == ("certification", "labelling", "carbon")


def test_the_usual_objective_alone_does_not_make_a_safety_measure() -> None:
    assert kinds_of("Edible fats", objectives=("Protection of human health or safety",)) == ("other",)


@given(st.text(max_size=200), st.text(max_size=200), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_gives_one_to_three_known_kinds(title: str, description: str, keywords: list[str]) -> None:
    found = kinds_of(title, description=description, keywords=keywords)
    assert 1 <= len(found) <= 3
    assert len(set(found)) == len(found)
    assert set(found) <= set(kind_codes())
    assert "other" not in found or found == ("other",)
