"""Runs named SQL files with bound parameters and gives back plain rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.sqlfiles import sql

Row = dict[str, Any]


def fetch_all(con: Connection, name: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
    """Run `sql/<name>.sql` and return its rows as dictionaries by column name."""
    cursor = con.execute(sql(name), dict(parameters or {}))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def fetch_one(con: Connection, name: str, parameters: Mapping[str, object] | None = None) -> Row:
    """Run `sql/<name>.sql`, which gives exactly one row, and return it."""
    rows = fetch_all(con, name, parameters)
    if len(rows) != 1:
        raise StageError(f"查询 {name} 应返回一行，实际 {len(rows)} 行。", "请向维护人员报告。")
    return rows[0]
