from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.engine.retry import RETRIED_STATUSES, is_too_long, pause, retry_after

NOW = datetime(2025, 6, 13, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(("attempt", "low", "high"), [(1, 0.5, 1), (2, 1, 2), (4, 4, 8), (7, 30, 60), (500, 30, 60)])
def test_pauses_double_up_to_a_cap(attempt: int, low: float, high: float) -> None:
    assert pause(attempt, 0.0) == low
    assert low < pause(attempt, 0.5) < pause(attempt, 0.999) < high


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("Fri, 13 Jun 2025 08:01:30 GMT", 90.0),
        ("Friday, 13-Jun-25 08:01:30 GMT", 90.0),
        ("Fri, 13 Jun 2025 10:01:30 +0200", 90.0),
        ("Fri, 13 Jun 2025 08:01:30 -0000", 90.0),
        ("Fri, 13 Jun 2025 07:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 99999999999999999999 Jan 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_it(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds >= 0


def test_what_is_too_long_and_what_is_asked_again() -> None:
    assert not is_too_long(600)
    assert is_too_long(601)
    assert is_too_long(retry_after("9" * 400, NOW) or 0)
    assert {429, 500, 502, 503, 504} <= RETRIED_STATUSES
    assert not {400, 401, 403, 404, 501} & RETRIED_STATUSES
