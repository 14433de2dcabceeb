"""Copies the warehouse file while nobody writes, and says what a warehouse file holds. Changes no warehouse."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.connection import Connection, open_reader
from warehouse.errors import StageError
from warehouse.migrate import require_known_schema
from warehouse.sqlfiles import sql_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What a warehouse file holds."""

    schema: tuple[str, ...]  # names of the schema files applied, in order
    n_rows: dict[str, int]  # table -> rows
    snapshots: tuple[str, ...]  # names of the published copies that released issues rest on


@contextmanager
def held(path: Path) -> Iterator[Connection]:
    """Open the warehouse at `path`, of this or an older schema, so that nobody writes to it while the block runs.

    Readers may. Errors as `open_reader`: StageError where somebody writes, InputError where it is absent, damaged,
    not ours or newer than this program.
    """
    with open_reader(path, accepts_older=True) as con:
        yield con


def holdings(con: Connection) -> Holdings:
    """Count the rows of every table."""
    names = [
        str(name)
        for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() ORDER BY table_name"
        ).fetchall()
    ]
    has_issues = "bulletin_issues" in names
    found = con.execute("SELECT DISTINCT snapshot FROM bulletin_issues").fetchall() if has_issues else []
    return Holdings(
        schema=require_known_schema(con),
        n_rows={name: len(con.table(name)) for name in names},
        snapshots=tuple(sorted(str(name) for (name,) in found if name)),
    )


def read_holdings(path: Path) -> Holdings:
    """Open the warehouse file at `path` read-only, read every value of every table, and count; errors as `held`.

    DuckDB checks each block that it reads, so that a damaged file does not pass; counting alone would not read it.
    """
    with held(path) as con:
        found = holdings(con)
        for name in found.n_rows:
            table = con.table(name)
            values = ", ".join(f"hash({_identifier(column)})" for column in table.columns)
            table.aggregate(f"bit_xor(hash({values}))").fetchall()
        return found


def copy_to(path: Path, target: Path) -> None:
    """Copy the warehouse that `held` keeps from being written to a new file at `target`, which needs no WAL.

    The bytes are copied, by another process: were they read in this one, closing the file would give up the lock that
    DuckDB has on it (POSIX locks are the process's). DuckDB's own COPY FROM DATABASE needs memory in proportion to the
    keys of all tables, more than we allow it at four million rows.
    """
    wal = path.with_name(f"{path.name}.wal")
    for source, copy in ((path, target), (wal, target.with_name(f"{target.name}.wal"))):
        if source.exists():
            done = subprocess.run(["cp", "--", source, copy], capture_output=True, text=True, check=False)  # noqa: S607
            if done.returncode:
                raise _not_copied(target, done.stderr.strip())
    if wal.exists():  # a run was killed: what it had committed is folded into the copy
        try:
            duckdb.connect(str(target)).close()
        except duckdb.Error as error:
            raise _not_copied(target, str(error).splitlines()[0]) from error


def _not_copied(target: Path, reason: str) -> StageError:
    return StageError(
        f"数据库的副本未写成：{target}（{reason}）", "原数据库未受影响；请腾出磁盘空间后重试，或用 --out 换一个磁盘。"
    )


def unknown_schema(schema: tuple[str, ...]) -> tuple[str, ...]:
    """Return the schema files of a backup that this program does not know: a newer one wrote it."""
    return tuple(sorted(set(schema) - set(sql_names("schema"))))


def _identifier(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
