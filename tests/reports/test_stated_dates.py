"""Dates in words: the phrases of the forms in three languages, and what is no known phrase stays as notified."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.stated_dates import stated_zh


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("60 days from notification", "自通报之日起60日"),
        ("Sixty (60) days from the date of circulation.", "自散发之日起60日"),
        ("within 45 working days after publication in the Official Gazette", "自公布之日起45个工作日"),
        ("6 months after adoption", "自批准之日起6个月"),
        ("3 days after circulation by the WTO Secretariat", "自散发之日起3日"),
        ("60 días a partir de la notificación", "自通报之日起60日"),
        ("180 días después de su publicación en el Diario Oficial", "自公布之日起180日"),
        ("60 jours à compter de la notification", "自通报之日起60日"),
        ("Upon publication", "公布之日"),
        ("Date of  signature", "Date of signature"),
        ("To be determined", "待定"),
        ("A determinar", "待定"),
        ("Not applicable", "不适用"),
        ("N/A", "不适用"),
        ("Immediately", "立即"),
        ("First quarter of 2027", "First quarter of 2027"),
        ("", ""),
    ],
)
def test_known_phrases_are_put_in_chinese(stated: str, said: str) -> None:
    assert stated_zh(stated) == said


@given(st.text())
def test_no_text_breaks_it_and_none_is_lost(stated: str) -> None:
    said = stated_zh(stated)
    assert said or not stated.split()


@given(st.integers(1, 999), st.sampled_from(["days", "months", "weeks"]), st.sampled_from(["notification", "adoption"]))
def test_a_number_survives(n: int, unit: str, event: str) -> None:
    assert str(n) in stated_zh(f"{n} {unit} after {event}")
