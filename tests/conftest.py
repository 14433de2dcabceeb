"""What all rooms' tests share: a fixed moment and an open warehouse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.connection import Connection, open_writer


@pytest.fixture
def now() -> datetime:
    """The moment that the tests happen at."""
    return datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty warehouse. Never changed: to make one takes ten times as long as to copy it."""
    path = tmp_path_factory.mktemp("empty") / "warehouse.duckdb"
    with open_writer(path):
        pass
    return path


@pytest.fixture
def warehouse(empty_warehouse: Path, tmp_path: Path) -> Iterator[Connection]:
    """A new warehouse, open for writing."""
    shutil.copy(empty_warehouse, tmp_path / "warehouse.duckdb")
    with open_writer(tmp_path / "warehouse.duckdb") as con:
        yield con
