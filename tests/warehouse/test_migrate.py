"""Schema files are applied once, in order, whole, and never to what is not ours."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from warehouse.connection import open_reader, open_writer
from warehouse.errors import InputError, StageError
from warehouse.migrate import migrate, require_current_schema
from warehouse.sqlfiles import sql_names

FILES = {
    "schema_migrations": "CREATE TABLE schema_migrations (name VARCHAR, sha256 VARCHAR, applied_at TIMESTAMPTZ)",
    "schema/0001_a": "CREATE TABLE a (x INTEGER)",
    "schema/0002_b": "CREATE TABLE b (x INTEGER); INSERT INTO b VALUES (1)",
}


@pytest.fixture
def schema(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The schema files that the program finds; a test may change them."""
    found = dict(FILES)
    monkeypatch.setattr("warehouse.migrate.sql", lambda name: found[name])
    monkeypatch.setattr(
        "warehouse.migrate.sql_names", lambda folder: tuple(sorted(name for name in found if "/" in name))
    )
    return found


def tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}


def test_files_are_applied_once_and_in_order(schema: dict[str, str]) -> None:
    with duckdb.connect() as con:
        assert migrate(con) == ("schema/0001_a", "schema/0002_b")
        assert migrate(con) == ()
        schema["schema/0003_c"] = "CREATE TABLE c AS FROM b"
        with pytest.raises(InputError, match="旧版本"):
            require_current_schema(con)
        assert migrate(con) == ("schema/0003_c",)
        require_current_schema(con)
        assert con.execute("SELECT count(*) FROM c").fetchone() == (1,)


def test_an_edited_file_is_refused(schema: dict[str, str]) -> None:
    with duckdb.connect() as con:
        migrate(con)
        schema["schema/0001_a"] += " -- edited"
        with pytest.raises(StageError, match="0001_a"):
            migrate(con)


def test_a_newer_schema_is_refused_and_left_alone(schema: dict[str, str]) -> None:
    with duckdb.connect() as con:
        migrate(con)
        del schema["schema/0002_b"]
        schema["schema/0001_z"] = "CREATE TABLE z (x INTEGER)"
        with pytest.raises(InputError, match="更新版本"):
            migrate(con)
        with pytest.raises(InputError, match="更新版本"):
            require_current_schema(con)
        assert "z" not in tables(con)


def test_a_file_that_fails_takes_the_others_with_it(schema: dict[str, str]) -> None:
    schema["schema/0002_b"] = "CREATE TABLE b (x INTEGER); INSERT INTO b VALUES ('no number')"
    with duckdb.connect() as con:
        with pytest.raises(StageError, match="0002_b"):
            migrate(con)
        assert tables(con) == set()
        schema["schema/0002_b"] = FILES["schema/0002_b"]
        assert migrate(con) == ("schema/0001_a", "schema/0002_b")


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(path) as con:
        con.execute("CREATE TABLE theirs (x INTEGER)")
    with pytest.raises(InputError, match="不是 tbtwatch"), open_writer(path):
        pass
    with pytest.raises(InputError, match="不是 tbtwatch"), open_reader(path):
        pass
    with duckdb.connect(path) as con:
        assert tables(con) == {"theirs"}


def test_the_real_files_are_numbered_without_gaps() -> None:
    numbers = [int(name.removeprefix("schema/")[:4]) for name in sql_names("schema")]
    assert numbers == list(range(1, len(numbers) + 1))
