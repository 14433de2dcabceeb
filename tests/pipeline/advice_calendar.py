"""Where the advice has its wording, and the calendar by which its tests count."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pipeline.response_advice import Deadlines, deadlines

PACKAGE = Path(__file__).parents[2] / "pipeline" / "response_advice"
WORDING: dict[str, Any] = tomllib.loads((PACKAGE / "advice.toml").read_text("utf-8"))
TODAY = date(2026, 6, 1)  # a Monday


def weekday_before(day: date, n: int) -> date:
    """The calendar of the tests: Monday to Friday."""
    while n:
        day -= timedelta(days=1)
        n -= day.weekday() < 5
    return day


def dates_of(deadline: date | None, distributed: date | None, today: date) -> Deadlines:
    return deadlines(deadline, distributed, today, weekday_before)
