"""Every row of the lexicon's data files: keys, references, codes, terms, classes and the words of product lines."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

import models.lexicon
from models.lexicon.concepts import LANGUAGES, ancestors, concepts, is_kind_of, wholes
from models.lexicon.terms import mentions, phrases
from models.lexicon.text import fold, tokens
from models.reading.nomenclature import code_text
from warehouse.codes import ICS_FIELDS
from warehouse.reference import hs_headings, seed_rows

FOLDER = Path(models.lexicon.__file__).parent
PRODUCTS = sorted((FOLDER / "products").glob("*.csv"))
MEMBERS = sorted((FOLDER / "class_members").glob("*.csv"))
PRODUCT_COLUMNS = ["concept", "broader", "part_of", "flags", *LANGUAGES, "hs", "ics"]
MEMBER_COLUMNS = ["class", "member", "relation", "note"]
FLAGS = {"class", "closed", "pack", "broad", "aspect"}
SCRIPTS = {
    "zh": "[㐀-鿿]",
    "ja": "[぀-ヿ㐀-鿿]",
    "ru": "[Ѐ-ӿ]",
    "ar": "[؀-ۿ]",
    **dict.fromkeys(("en", "es", "fr", "pt"), "[a-zA-Z]"),
}
FOREIGN = {
    "zh": "[぀-ヿЀ-ӿ؀-ۿ]",
    "ja": "[Ѐ-ӿ؀-ۿ]",
    "ru": "[㐀-鿿぀-ヿ؀-ۿ]",
    "ar": "[㐀-鿿぀-ヿЀ-ӿ]",
    **dict.fromkeys(("en", "es", "fr", "pt"), "[㐀-鿿぀-ヿЀ-ӿ؀-ۿ]"),
}


@cache
def rows(folder: str) -> tuple[tuple[str, dict[str, str]], ...]:
    """All rows of a folder with the place ("file:line") that a reader has to look at."""
    found = []
    for path in sorted((FOLDER / folder).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            found += [(f"{path.name}:{reader.line_num}", row) for row in reader]
    return tuple(found)


def parts(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def attribute_rules() -> dict[str, dict[str, object]]:
    return tomllib.loads((FOLDER / "line_attributes.toml").read_text(encoding="utf-8"))


def test_there_is_a_lexicon_of_some_size() -> None:
    """The checks below say nothing about files that were not found."""
    assert len(rows("products")) > 4000
    assert len(rows("class_members")) > 1500
    assert len(concepts()) == len(rows("products"))


@pytest.mark.parametrize("path", [*PRODUCTS, *MEMBERS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_file_is_a_plain_table(path: Path) -> None:
    """The columns by name and in order, each row as long as the head, no stray white space in a cell."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *body = csv.reader(file)
    assert head == (PRODUCT_COLUMNS if path.parent.name == "products" else MEMBER_COLUMNS)
    assert [row for row in body if len(row) != len(head)] == []
    assert [cell for row in body for cell in row if cell != " ".join(cell.split())] == []
    assert [cell for row in body for cell in row if "||" in cell or cell.startswith("|") or cell.endswith("|")] == []


def test_keys_are_unique() -> None:
    counts = Counter(row["concept"] for _, row in rows("products"))
    assert [key for key, count in counts.items() if count > 1] == []


def test_keys_are_snake_case() -> None:
    assert [
        at for at, row in rows("products") if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", row["concept"])
    ] == []


@pytest.mark.parametrize("column", ["broader", "part_of"])
def test_products_refer_to_concepts_that_exist(column: str) -> None:
    missing = [(at, key) for at, row in rows("products") for key in parts(row[column]) if key not in concepts()]
    assert missing == []


@pytest.mark.parametrize("column", ["class", "member"])
def test_class_members_refer_to_concepts_that_exist(column: str) -> None:
    assert [(at, row[column]) for at, row in rows("class_members") if row[column] not in concepts()] == []


@pytest.mark.parametrize("column", ["broader", "part_of", "flags", *LANGUAGES, "hs", "ics"])
def test_no_cell_says_something_twice(column: str) -> None:
    twice = [
        (at, said)
        for at, row in rows("products")
        for said, count in Counter(part.casefold() for part in parts(row[column])).items()
        if count > 1
    ]
    assert twice == []


def test_nothing_is_a_kind_of_itself() -> None:
    """No cycle of is-a, class members included: who goes up from the parents never comes back."""
    assert [key for key, concept in concepts().items() if any(is_kind_of(wide, key) for wide in concept.broader)] == []


def test_nothing_is_a_part_of_itself() -> None:
    assert [key for key in concepts() if key in concepts()[key].part_of or key in wholes(key)] == []


def test_flags_are_known() -> None:
    assert {flag for _, row in rows("products") for flag in parts(row["flags"])} == FLAGS


@pytest.mark.parametrize("language", ["zh", "en", "es", "fr"])
def test_every_concept_has_terms(language: str) -> None:
    assert [at for at, row in rows("products") if not parts(row[language])] == []


@pytest.mark.parametrize("language", ["pt", "ru"])
def test_nearly_every_concept_has_terms(language: str) -> None:
    assert sum(bool(row[language]) for _, row in rows("products")) > 0.9 * len(rows("products"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_stand_in_the_column_of_their_script(language: str) -> None:
    """A term that slipped into the next column names nothing: no text of that language contains it."""
    slipped = [
        (at, term)
        for at, row in rows("products")
        for term in parts(row[language])
        if re.search(FOREIGN[language], term)
    ]
    assert slipped == []


def test_labels_are_chinese_unless_they_are_abbreviations() -> None:
    """The first Chinese term stands in reasons that officers read."""
    labels = [(key, concept.label) for key, concept in concepts().items()]
    assert [label for label in labels if not re.search(SCRIPTS["zh"], label[1]) and not label[1].isupper()] == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language not in {"zh", "ja"}])
def test_terms_have_letters_to_compare(language: str) -> None:
    terms = [(key, term) for key, concept in concepts().items() for term in concept.terms[language]]
    assert [term for term in terms if not re.search(SCRIPTS[language], term[1])] == []
    assert [term for term in terms if not tokens(fold(term[1]), language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_found_where_it_stands_alone(language: str) -> None:
    """Whole and as its concept, or as a kind of it that the same word names; single Chinese characters excepted."""
    lost = []
    for key, concept in concepts().items():
        for term in concept.terms[language]:
            if language in {"zh", "ja"} and (len(term) < 2 or not re.search(SCRIPTS[language], term)):
                continue
            named = [mention.concepts for mention in mentions(fold(term), language) if mention.text == fold(term)]
            if not any(is_kind_of(kind, key) for kinds in named for kind in kinds):
                lost.append((key, term))
    assert lost == []


def test_hs_codes_have_headings() -> None:
    """Two, four or six digits, of a chapter and a heading of HS2022."""
    chapters = {row["code"] for row in seed_rows("hs_chapters.csv")}
    odd = [
        (at, code)
        for at, row in rows("products")
        for code in parts(row["hs"])
        if not re.fullmatch(r"\d\d(\d\d(\d\d)?)?", code)
        or code[:2] not in chapters
        or (len(code) > 2 and code[:4] not in hs_headings())
    ]
    assert odd == []


def test_hs_subheadings_exist_in_hs2022() -> None:
    """No line's code and no notification's meets a subheading that the nomenclature does not have."""
    codes = [(at, code) for at, row in rows("products") for code in parts(row["hs"]) if len(code) == 6]
    assert [place for place in codes if not code_text(place[1])] == []


def test_every_heading_of_hs2022_has_a_concept() -> None:
    covered = {code[:4] for _, row in rows("products") for code in parts(row["hs"]) if len(code) >= 4}
    assert sorted(hs_headings().keys() - covered) == []


def test_ics_codes_are_well_formed() -> None:
    odd = [
        (at, code)
        for at, row in rows("products")
        for code in parts(row["ics"])
        if not re.fullmatch(r"\d\d(\.\d{3}(\.\d\d)?)?", code) or code[:2] not in ICS_FIELDS
    ]
    assert odd == []


def test_relations_of_class_members_are_known() -> None:
    assert {row["relation"] for _, row in rows("class_members")} == {"member", "component"}


def test_class_members_say_each_thing_once() -> None:
    counts = Counter((row["class"], row["member"]) for _, row in rows("class_members"))
    assert [pair for pair, count in counts.items() if count > 1] == []


def test_no_class_member_repeats_what_the_product_says() -> None:
    """Who changes such a relation would have to change it twice."""
    said = {row["concept"]: row for _, row in rows("products")}
    column = {"member": "broader", "component": "part_of"}
    repeated = [
        (at, row["class"], row["member"])
        for at, row in rows("class_members")
        if row["class"] in parts(said[row["member"]][column[row["relation"]]])
    ]
    assert repeated == []


def test_no_component_is_also_a_member() -> None:
    """What falls under a class by itself needs no way in as a component."""
    both = [
        (at, row["class"], row["member"])
        for at, row in rows("class_members")
        if row["relation"] == "component" and row["class"] in ancestors(row["member"])
    ]
    assert both == []


def test_class_members_reach_the_concepts() -> None:
    """A member is a kind of its class, a component one of its parts, as the matcher asks."""
    lost = [
        (at, row["class"], row["member"])
        for at, row in rows("class_members")
        if row["class"] not in (ancestors if row["relation"] == "member" else wholes)(row["member"])
    ]
    assert lost == []


def test_line_attributes_name_classes_that_exist() -> None:
    assert [key for key in attribute_rules() if key not in concepts()] == []


def test_line_attributes_spare_kinds_that_exist() -> None:
    assert [
        (key, kind)
        for key, rule in attribute_rules().items()
        for kind in rule.get("not_kinds", [])  # type: ignore[attr-defined]
        if kind not in concepts()
    ] == []


@pytest.mark.parametrize(("key", "rule"), attribute_rules().items())
def test_patterns_of_line_attributes_compile_and_say_something(key: str, rule: dict[str, object]) -> None:
    assert rule.keys() <= {"words", "not", "not_kinds"}, key
    for name in rule.keys() & {"words", "not"}:
        pattern = re.compile(str(rule[name]))
        assert not pattern.search(""), f"{name} of {key} holds for every line"
        # lines are compared folded: a capital letter would never be found
        assert pattern.pattern == pattern.pattern.casefold()


def test_word_lists_are_written_as_texts_are_compared() -> None:
    """Chinese lists are looked up in folded text as they stand."""
    for name in ("zh_followers", "zh_context_before", "zh_before_names", "line_suffixes", "usage_markers"):
        assert [word for word in phrases()[name] if fold(word) != word.strip()] == [], name
