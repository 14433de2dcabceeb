"""Many cases at once stay within the memory that the warehouse allows itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from warehouse_sample import exporter, load, match, notification, register, scalar, store

from warehouse.cases import open_cases
from warehouse.connection import Connection


def test_thousands_of_cases_open_at_once_in_the_memory_that_is_allowed(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    symbols = [f"G/TBT/N/ATL/{number}" for number in range(1, 5001)]
    load(warehouse, tmp_path, now, *map(notification, symbols))
    register(warehouse, now, exporter())
    store(warehouse, now, *map(match, symbols))
    assert open_cases(warehouse, policy_version="p", backfill_days=30, now=now) == 5000
    assert scalar(warehouse, "SELECT count(DISTINCT case_id) FROM case_notifications") == 5000
