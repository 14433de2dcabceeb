"""Asks a published copy: worked questions by name, and whole tables for counting in Python."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.questions import bind, find_question

Rows = list[dict[str, Any]]


def answer(con: duckdb.DuckDBPyConnection, name: str, **stated: object) -> Rows:
    """The rows of a question as an ordinary client of the copy gets them."""
    question = find_question(name)
    con.execute(question.text, bind(question, {key: str(value) for key, value in stated.items()}))
    columns = [column[0] for column in con.description or []]
    return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]


def picked(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def table(con: duckdb.DuckDBPyConnection, name: str) -> Rows:
    """All rows of a base table, for counting in Python."""
    con.execute(f"FROM main.{name}")
    columns = [column[0] for column in con.description or []]
    return [dict(zip(columns, row, strict=True)) for row in con.fetchall()]


def raised(con: duckdb.DuckDBPyConnection) -> Rows:
    return [row for row in table(con, "matches") if row["relation"] != "none" and row["match_level"] != "none"]
