"""Addresses of contacts stand in one column of one table, and nowhere else."""

from __future__ import annotations

import csv
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.sample import EXPORTERS, sample_path

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"
HOLDER = ("contacts", "email")


def sample_addresses() -> set[str]:
    """Every address of the bundled list, in lower case."""
    with sample_path(EXPORTERS) as path, path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row["联系邮箱"] for row in csv.DictReader(file)]
    found = {part.strip().lower() for cell in cells for part in cell.split(";") if "@" in part}
    assert len(found) > 20
    return found


def columns(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """Every column of every table and view, whatever its type: an address may stand in a list or in JSON.

    Not of the marts, which are views of these tables and hold nothing else.
    """
    return con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE NOT internal AND database_name = current_database() AND schema_name = 'main'"
    ).fetchall()


def holders(path: Path, secrets: set[str]) -> set[tuple[str, str]]:
    """The columns of a database in which one of these texts stands, in whatever case."""
    found = set()
    with duckdb.connect(str(path), read_only=True) as con:
        for table, column in columns(con):
            query = f'SELECT string_agg(lower("{column}"::VARCHAR), chr(10)) FROM "{table}"'  # noqa: S608
            (text,) = con.execute(query).fetchall()[0]
            if any(secret in (text or "") for secret in secrets):
                found.add((table, column))
    return found


def unpacked(path: Path) -> bytes:
    """The content of a file; of a workbook that of its parts."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return b"".join(book.read(name) for name in book.namelist())


@pytest.fixture
def outputs(cli: Cli, home: Path, caplog: pytest.LogCaptureFixture) -> str:
    """All that an officer's day prints, in both forms, and what it logs; the home is left as the day left it."""
    said = []
    with caplog.at_level(logging.DEBUG), sample_path(EXPORTERS) as exporters:
        for command in (
            ("import", "exporters", exporters),
            ("match",),
            ("cases", "--all"),
            ("alert", "preview", "--unreviewed"),
            ("alert", "send", "--unreviewed"),
            ("contacts", "list", "--all"),
            ("contacts", "tasks"),
            ("triage", "export", home / "triage.xlsx"),
            ("matches", "--out", home / "matches.csv"),
            ("publish",),
            ("status", "--issues"),
        ):
            for form in ((), ("--json",)):
                (home / "triage.xlsx").unlink(missing_ok=True)
                done = cli(*form, "--home", home, "--now", NOW, *command)
                assert done.code in {0, 1}, done.err
                said += [done.out, done.err]
        said += [record.getMessage() for record in caplog.records]
    return "\n".join(said).lower()


def test_no_address_and_no_token_leaves_its_column(home: Path, outputs: str) -> None:
    secrets = sample_addresses()
    warehouse = home / "warehouse.duckdb"
    assert holders(warehouse, secrets) == {HOLDER}
    published = home / "publish" / "current.duckdb"
    assert holders(published, secrets) == set()
    assert not any(secret in outputs for secret in secrets)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        tokens = {str(token).lower() for (token,) in con.execute("SELECT unsubscribe_token FROM contacts").fetchall()}
        hashes = {str(found) for (found,) in con.execute("SELECT address_hash FROM contacts").fetchall()}
        ids = {str(found) for (found,) in con.execute("SELECT contact_id FROM contacts").fetchall()}
    assert len(tokens) >= len(secrets)
    assert holders(warehouse, tokens) == {("contacts", "unsubscribe_token")}
    assert holders(published, tokens | hashes | ids) == set()
    assert not any(secret in outputs for secret in tokens | hashes)
    for path in home.rglob("*"):
        # a mail names its recipient, and nothing else does
        if path.is_file() and path != warehouse and path.parent != home / "outbox":
            content = unpacked(path).lower()
            assert not any(secret.encode() in content for secret in secrets), path
    assert any((home / "outbox").iterdir())


def test_the_scan_finds_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE a AS SELECT ['x', 'Who@Firm.example'] AS names, 1 AS n")
    assert holders(path, {"who@firm.example"}) == {("a", "names")}
