"""Everything in the warehouse says what it is; every SQL file says what one row is."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from warehouse.connection import Connection
from warehouse.sqlfiles import grain, sql, sql_names

FOLDERS = sorted(entry.name for entry in (files("warehouse") / "sql").iterdir() if entry.is_dir())
NAMES = ["schema_migrations", *(name for folder in FOLDERS for name in sql_names(folder))]


def test_every_table_view_and_column_has_a_comment(warehouse: Connection) -> None:
    found = warehouse.execute(
        "SELECT table_name, comment FROM duckdb_tables() UNION ALL "
        "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
    ).fetchall()
    assert len(found) > 20
    assert [name for name, comment in found if not comment] == []
    bare = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''"
    assert warehouse.execute(bare).fetchall() == []


ADDED_COLUMN = re.compile(r"ALTER TABLE (?P<table>\w+) ADD COLUMN (?P<column>\w+)")


@pytest.mark.parametrize("name", NAMES)
def test_every_file_begins_with_its_grain(name: str) -> None:
    assert sql(name).startswith("-- ")
    assert len(grain(sql(name))) >= 8


def test_a_schema_file_makes_one_object_and_repeats_its_grain(warehouse: Connection) -> None:
    comments = dict(
        warehouse.execute(
            "SELECT table_name, comment FROM duckdb_tables() UNION ALL "
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    )
    columns = {
        (table, column): said
        for table, column, said in warehouse.execute(
            "SELECT table_name, column_name, comment FROM duckdb_columns()"
        ).fetchall()
    }
    macros = {
        row[0]
        for row in warehouse.execute("SELECT function_name FROM duckdb_functions() WHERE NOT internal").fetchall()
    }
    for name in sql_names("schema"):
        made = name.rpartition("/")[2].split("_", 1)[1]
        if added := ADDED_COLUMN.search(sql(name)):
            assert columns[added["table"], added["column"]] == grain(sql(name)), name
        else:
            assert made in macros or comments[made] == grain(sql(name)), name


def test_addresses_are_blotted_out(warehouse: Connection) -> None:
    row = warehouse.execute("SELECT without_addresses('联系a.b@c.example，或<d＠e.example>，@ 不是')").fetchone()
    assert row is not None
    assert "c.example" not in row[0]
    assert "e.example" not in row[0]
    assert row[0].endswith("不是")
