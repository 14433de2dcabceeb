from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.formats.dates import from_text, from_value
from crawlers.formats.kinds import read_type
from crawlers.formats.text import clean_block, clean_line, find_addresses, hyperlink, shorten, split_list
from warehouse.records import NotificationKind as Kind


@given(st.dates(date(1980, 1, 1), date(2099, 12, 31)))
def test_every_writing_of_a_date_reads_back(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    writings = [f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day:%Y年%m月%d日}", f"{day:%d %B %Y}",
                f"{day:%B %d, %Y}",                 f"{day:%Y-%m-%dT00:00:00Z}", str(serial)]  # fmt: skip
    assert {from_text(text) for text in writings} == {day}
    assert from_value(serial) == from_value(serial + 0.5) == from_value(day) == day
    assert from_value(datetime.combine(day, datetime.min.time())) == day


@pytest.mark.parametrize(
    "text", ["", "2025", "06/25/2025", "2025-13-01", "12", "1750-01-01", "60 days", "1 Foo 2025", "99999"]
)
def test_what_is_no_date(text: str) -> None:
    assert from_text(text) is None


def test_implausible_values_are_no_dates() -> None:
    assert [from_value(v) for v in (5, 1e9, float("inf"), float("nan"), True, None)] == [None] * 6


@given(st.text())
def test_cleaning_is_idempotent_and_leaves_no_odd_blanks(text: str) -> None:
    once = clean_line(text)
    assert clean_line(once) == once or "_x" in text
    assert "\xa0" not in once
    assert "\n" not in once
    assert len(shorten(text)) <= 80


def test_texts() -> None:
    assert clean_line(" a_x000D_\n\xa0b\u200bc ") == "a bc"
    assert clean_block("one\ntwo.\nthree\n1. item\n(a) item\n\n\nlast") == "one two.\nthree\n1. item\n(a) item\nlast"
    assert split_list(" a; b;a;\nc；; ") == ("a", "b", "c")
    assert find_addresses("see https://a.example/x?a=1,2;https://b.example/y, http://a.example/z。") == (
        "https://a.example/x?a=1,2",
        "https://b.example/y",
        "http://a.example/z",
    )


def test_hyperlinks() -> None:
    assert hyperlink('=HYPERLINK("https://a.example/?q= X"," X")') == ("https://a.example/?q= X", " X")
    assert hyperlink('=hyperlink( "https://a.example" )') == ("https://a.example", "https://a.example")
    assert hyperlink('=HYPERLINK("https://a.example";"say ""hi""")') == ("https://a.example", 'say "hi"')
    assert hyperlink('=HYPERLINK(A1,"x")') is None
    assert hyperlink("=SUM(A1:A2)") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Corrigendum to Addendum to Regular Notification", (Kind.CORRIGENDUM, False)),
        ("Supplement to Regular Notification", (Kind.SUPPLEMENT, False)),
        ("Notificación ordinaria", (Kind.REGULAR, False)),
        ("Révision de la notification ordinaire", (Kind.REVISION, False)),
        ("Addendum à une notification d'urgence", (Kind.ADDENDUM, True)),
        ("紧急通报的补遗", (Kind.EMERGENCY, True)),
        ("Recognition of equivalence", None),
    ],
)
def test_types(text: str, expected: tuple[Kind, bool] | None) -> None:
    assert read_type(text) == expected
