"""The warehouse of every earlier release, migrated by the present code: nothing is lost, and the work goes on."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from home_cli import RELEASED, content, tb
from home_cli import kept as unpack

from warehouse.check import run_checks
from warehouse.connection import open_reader, open_writer
from warehouse.errors import StageError
from warehouse.migrate import migrate
from warehouse.sqlfiles import sql, sql_names

VERSIONS = sorted(path.name.removesuffix(".duckdb.xz") for path in RELEASED.glob("*.duckdb.xz"))


@pytest.fixture(params=VERSIONS, scope="module")
def packed(request: pytest.FixtureRequest) -> bytes:
    """The bytes of a kept file."""
    return unpack(request.param)


@pytest.fixture
def kept(packed: bytes, tmp_path: Path) -> Path:
    """A home with the warehouse of an earlier release."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "warehouse.duckdb").write_bytes(packed)
    return home


def test_a_release_is_kept() -> None:
    assert "0.1.0" in VERSIONS


def test_the_kept_file_is_the_schema_that_was_released(kept: Path) -> None:
    with duckdb.connect(str(kept / "warehouse.duckdb"), read_only=True) as con:
        applied = [name for (name,) in con.execute("SELECT name FROM schema_migrations ORDER BY name").fetchall()]
        empty = [
            name
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
            if not len(con.table(name))
        ]
    assert applied == list(sql_names("schema")[: len(applied)])
    assert not empty


def test_nothing_is_lost_on_the_way_to_the_present_schema(kept: Path) -> None:
    path = kept / "warehouse.duckdb"
    before = content(path)
    with open_writer(path) as con:
        assert [name for (name,) in con.execute("SELECT name FROM schema_migrations ORDER BY name").fetchall()] == list(
            sql_names("schema")
        )
        assert migrate(con) == ()
    after = content(path, {name: columns for name, (columns, _) in before.items()})
    steps = after.pop("schema_migrations")[1]
    assert set(before.pop("schema_migrations")[1]) <= set(steps)
    assert after == before


def plain(definition: str) -> str:
    """A definition without what writing it down again changes: DuckDB sets brackets and spaces anew."""
    return re.sub(r'[\s"()]', "", definition)


def test_a_migrated_file_has_the_schema_of_a_new_one(kept: Path, tmp_path: Path) -> None:
    found = []
    for path in (kept / "warehouse.duckdb", tmp_path / "new" / "warehouse.duckdb"):
        with open_writer(path) as con:
            columns = con.execute("SELECT table_name, column_name, data_type FROM duckdb_columns() ORDER BY ALL")
            of_tables = columns.fetchall()
            named = con.execute(
                """SELECT view_name, sql FROM duckdb_views() WHERE NOT internal
                UNION ALL SELECT function_name, macro_definition FROM duckdb_functions() WHERE NOT internal
                ORDER BY ALL"""
            ).fetchall()
        found.append((of_tables, [(name, plain(definition)) for name, definition in named]))
    assert found[0] == found[1]


def test_the_checks_run_and_find_no_error(kept: Path) -> None:
    path = kept / "warehouse.duckdb"
    with open_writer(path):
        pass
    with open_reader(path) as con:
        findings = run_checks(con)
    assert not [finding for finding in findings if getattr(finding, "severity", "error") == "error"]


def test_the_work_goes_on(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TBTWATCH_MATCH__ENCODER", "hashing")
    table = tmp_path / "m.csv"
    first = tb(kept, "status")  # a reader changes nothing, so it cannot migrate
    assert first.code in {0, 1} or (first.code == 2 and "旧版本" in first.err and first.is_worded)
    for arguments in (
        ("cases",),
        ("status",),
        ("match",),
        ("matches", "--out", table),
        ("report", "issues"),
        ("contacts", "list"),
        ("alert", "outbox"),
        ("publish",),
    ):
        done = tb(kept, *arguments)
        assert done.code in {0, 1}, (arguments, done.err)
    assert len(table.read_text("utf-8-sig").splitlines()) > 10
    with duckdb.connect(str(kept / "publish" / "current.duckdb"), read_only=True) as con:
        assert len(con.table("notifications")) > 60
        assert len(con.table("cases")) >= 14


@pytest.mark.parametrize("last_statement", ["SELECT error('stop')", "DROP TABLE schema_migrations"])
def test_a_migration_that_fails_in_the_middle_leaves_the_file_as_it_was(
    kept: Path, monkeypatch: pytest.MonkeyPatch, last_statement: str
) -> None:
    path = kept / "warehouse.duckdb"
    before = content(path)
    broken = "schema/9998_z"
    statements = ("ALTER TABLE cases ADD COLUMN z INTEGER", "UPDATE cases SET z = 1", "DROP TABLE line_readings")
    texts = {broken: ";".join((*statements, last_statement))}
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.migrate.sql", lambda name: texts.get(name) or sql(name))
        patch.setattr("warehouse.migrate.sql_names", lambda folder: (*sql_names(folder), broken))
        with pytest.raises(StageError, match="数据库结构升级失败：schema/9998_z") as caught, open_writer(path):
            pass
        assert str(path) in str(caught.value)
    assert content(path) == before
    with open_writer(path) as con:
        assert con.execute("SELECT count(*) FROM line_readings").fetchone() == (len(before["line_readings"][1]),)


def test_a_migration_that_is_killed_leaves_the_file_as_it_was(kept: Path) -> None:
    path = kept / "warehouse.duckdb"
    before = content(path)
    program = (
        "import os, signal, sys, warehouse.migrate as m\n"
        "from pathlib import Path\n"
        "from warehouse.connection import open_writer\n"
        "from warehouse.sqlfiles import sql, sql_names\n"
        "def last(name):\n"
        "    if name.endswith('9998_z'): os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return sql(name)\n"
        "known = sql_names('schema')\n"
        "m.sql_names = lambda folder: (*known, 'schema/9998_z')\n"
        "checksum_first = iter([True])\n"
        "m.sql = lambda name: 'SELECT 1' if name.endswith('9998_z') and next(checksum_first, False) else last(name)\n"
        "with open_writer(Path(sys.argv[1])): pass\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=False)
    assert killed.returncode == -9
    assert content(path) == before
    with open_writer(path):
        pass
    assert content(path, {"cases": before["cases"][0]})["cases"] == before["cases"]
