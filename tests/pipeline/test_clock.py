"""The stated moment of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.clock import read_now, to_shanghai
from warehouse.errors import InputError


@pytest.mark.parametrize(
    ("stated", "moment"),
    [
        ("2026-06-12T09:00+08:00", datetime(2026, 6, 12, 1, 0, tzinfo=UTC)),
        ("2026-06-12T09:00", datetime(2026, 6, 12, 1, 0, tzinfo=UTC)),  # without a zone: the office's
        ("2026-06-12", datetime(2026, 6, 11, 16, 0, tzinfo=UTC)),
        ("2026-06-12T01:00:00Z", datetime(2026, 6, 12, 1, 0, tzinfo=UTC)),
        ("2025-12-31T20:30-05:00", datetime(2026, 1, 1, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_stated_moment_is_believed(stated: str, moment: datetime) -> None:
    found = read_now(stated)
    assert found == moment
    assert found.tzinfo is UTC


@pytest.mark.parametrize("stated", ["", "now", "12.06.2026", "2026-02-30", "0001-01-01", "9999-12-31T23:59-08:00"])
def test_what_cannot_be_read_is_refused(stated: str) -> None:
    with pytest.raises(InputError, match="--now"):
        read_now(stated)


def test_the_wall_clock_is_utc() -> None:
    assert read_now().utcoffset() == timedelta(0)


def test_officers_see_the_time_of_the_office() -> None:
    assert f"{to_shanghai(datetime(2026, 6, 30, 16, 0, tzinfo=UTC)):%Y-%m-%d %H:%M}" == "2026-07-01 00:00"
