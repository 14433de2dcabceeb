"""The shapes of HS and ICS codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.codes import parse_hs, parse_ics


@pytest.mark.parametrize(
    ("text", "digits", "level", "malformed"),
    [
        ("85", "85", 2, False),
        ("8517.70", "851770", 6, False),
        (" 8517 70 00 00 ", "8517700000", 10, False),
        ("８５１７", "8517", 4, False),
        ("85177", "85177", 4, True),
        ("0409000", "0409000", 6, True),
        ("851770000", "851770000", 8, True),
        ("9801.00", "980100", 6, False),
    ],
)
def test_hs_codes_are_read(text: str, digits: str, level: int, *, malformed: bool) -> None:
    code = parse_hs(text)
    assert code is not None
    assert (code.digits, code.level, code.is_malformed) == (digits, level, malformed)


@pytest.mark.parametrize("text", ["", "8", "7701", "0001", "8517A0", "85177000000", "约8517", "8517;8518"])
def test_what_is_no_hs_code_gives_none(text: str) -> None:
    assert parse_hs(text) is None


def test_the_parts_of_a_code_stop_at_its_trusted_level() -> None:
    code = parse_hs("85177")
    assert code is not None
    assert (code.chapter, code.hs4, code.hs6) == ("85", "8517", "")
    national = parse_hs("9801")
    assert national is not None
    assert national.is_national_chapter


@given(st.text(max_size=14))
def test_no_text_breaks_the_parsers(text: str) -> None:
    code = parse_hs(text)
    assert code is None or (2 <= len(code.digits) <= 10 and code.level in {2, 4, 6, 8, 10})
    ics = parse_ics(text)
    assert ics is None or parse_ics(ics) == ics


@pytest.mark.parametrize(
    ("text", "code"),
    [("67", "67"), ("67.060", "67.060"), ("67.06", "67.060"), ("3.22", "03.220"), ("43.040.20", "43.040.20")],
)
def test_ics_codes_are_normalised(text: str, code: str) -> None:
    assert parse_ics(text) == code


@pytest.mark.parametrize("text", ["", "02", "67-060", "67.0600", "ICS 67", "100"])
def test_what_is_no_ics_code_gives_none(text: str) -> None:
    assert parse_ics(text) is None
