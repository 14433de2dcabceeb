"""Codes of notifications and lines held against each other, and what the nomenclature says of a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lexicon.concepts import has_flag
from models.reading.codes import HsOverlap, current_codes, hs_overlap
from models.reading.nomenclature import code_text, goods_of_code
from warehouse.reference import hs_headings

# codes


@pytest.mark.parametrize(
    ("code", "codes"),
    [
        ("150910", ("150910", "150920", "150930", "150940")),
        ("1509100000", ("1509100000", "150920", "150930", "150940")),
        ("293299", ("293299", "293214")),
        ("8712", ("8712",)),
        ("87", ("87",)),
        ("999999", ("999999",)),
        ("", ("",)),
    ],
)
def test_codes_of_old_editions_get_what_they_became(code: str, codes: tuple[str, ...]) -> None:
    assert current_codes(code) == codes


@pytest.mark.parametrize(
    ("given_codes", "line", "digits", "code"),
    [
        (["8712", "871200"], "8712009000", 6, "871200"),
        (["871200"], "871200", 6, "871200"),
        (["8712"], "8712009000", 4, "8712"),
        (["87"], "8712009000", 2, "87"),
        (["8711", "95"], "8712009000", 2, "8711"),
        (["9503"], "8712009000", 0, ""),
        ([], "8712009000", 0, ""),
        (["8712", "8712009000"], "8712", 4, "8712"),
        (["871200"], "87", 2, "871200"),
        (["87120"], "8712009000", 4, "87120"),
        (["871"], "8712", 2, "871"),
        (["8"], "8712", 0, ""),
        (["8712"], "", 0, ""),
    ],
)
def test_the_longest_agreement_counts(given_codes: list[str], line: str, digits: int, code: str) -> None:
    assert hs_overlap(given_codes, line) == HsOverlap(digits, code)


@pytest.mark.parametrize(
    ("notified", "declared"),
    [("150910", "1509200000"), ("150930", "1509100000"), ("293299", "2932140000")],
)
def test_old_and_new_editions_agree_through_the_concordance(notified: str, declared: str) -> None:
    assert hs_overlap([notified], declared) == HsOverlap(6, notified)


def test_the_concordance_leads_only_as_far_as_it_says() -> None:
    assert hs_overlap(["150920"], "1509300000") == HsOverlap(4, "150920")


digits = st.text("0123456789", max_size=10)


@given(st.lists(digits, max_size=4), digits)
def test_an_agreement_is_a_level_and_quotes_a_given_code(codes: list[str], line: str) -> None:
    found = hs_overlap(codes, line)
    assert found.digits in {0, 2, 4, 6}
    assert (found.code in codes) if found.digits else found.code == ""


@given(st.text("0123456789", min_size=6, max_size=10))
def test_a_code_agrees_with_itself(code: str) -> None:
    assert hs_overlap([code], code) == HsOverlap(6, code)
    assert current_codes(code)[0] == code


# nomenclature


@pytest.mark.parametrize(
    ("code", "words"), [("0409", "honey"), ("871200", "bicycles"), ("401519", "gloves"), ("999999x", ""), ("0000", "")]
)
def test_texts_of_codes(code: str, words: str) -> None:
    assert words in code_text(code).casefold()
    assert bool(code_text(code)) is bool(words)


def test_every_heading_has_an_english_text() -> None:
    assert [code for code in hs_headings() if not code_text(code)] == []


def test_goods_of_a_code_are_those_that_it_is_about() -> None:
    assert goods_of_code("871200") == {"bicycle"}
    assert goods_of_code("0000") == frozenset()


def test_what_the_text_of_a_code_excludes_is_left_out() -> None:
    """401519: "Rubber; … gloves, mittens and mitts other than surgical gloves"."""
    assert "other than surgical gloves" in code_text("401519")
    assert "surgical_glove" not in goods_of_code("401519")
    assert goods_of_code("401519")


def test_codes_name_no_classes_or_matters_of_rules() -> None:
    keys = {key for code in hs_headings() for key in goods_of_code(code)}
    assert len(keys) > 500
    assert not [key for key in keys if has_flag(key, "aspect", "broad", "class")]
