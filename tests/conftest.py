"""What all rooms' tests share: a fixed moment and an open warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.connection import Connection, open_writer


@pytest.fixture
def now() -> datetime:
    """The moment that the tests happen at."""
    return datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Connection]:
    """A new warehouse, open for writing."""
    with open_writer(tmp_path / "warehouse.duckdb") as con:
        yield con
