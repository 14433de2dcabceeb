"""Opens the warehouse file. One short-lived writer; analysts never open this file, they read the published copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from warehouse.errors import InputError, StageError
from warehouse.migrate import migrate, require_current_schema

Connection = duckdb.DuckDBPyConnection

_USUAL_MEMORY = "SET memory_limit = '384MB'"
_BUSY_MARKS = ("Could not set lock", "Conflicting lock")
_NOT_OURS_MARKS = (
    "not a valid DuckDB database file",
    "version number",
    "The file is not a database",
    "Corrupt",
    "Could not read enough bytes",
)


@contextmanager
def open_writer(path: Path) -> Iterator[Connection]:
    """Open (and create or migrate) the warehouse at `path` for writing; close it on exit.

    Raises StageError when another process holds the file, InputError when it is no warehouse of ours.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    con = _connect(path, read_only=False)
    try:
        migrate(con)
        yield con
    finally:
        con.close()


@contextmanager
def open_reader(path: Path) -> Iterator[Connection]:
    """Open the warehouse at `path` read-only; close it on exit. Errors as `open_writer`, and InputError if absent."""
    if not path.exists():
        raise InputError(
            f"还没有数据库：{path}", "请先导入企业清单和通报，例如：tbtwatch import exporters 企业清单.csv"
        )
    con = _connect(path, read_only=True)
    try:
        require_current_schema(con)
        yield con
    finally:
        con.close()


@contextmanager
def in_small_memory(con: Connection) -> Iterator[None]:
    """Let the block read JSON with one thread and less memory: the reader takes its buffers once a thread.

    Measured on 90,000 notifications, one thread is also the faster way.
    """
    con.execute("SET threads = 1")
    con.execute("SET memory_limit = '256MB'")
    try:
        yield
    finally:
        con.execute("RESET threads")
        con.execute(_USUAL_MEMORY)


@contextmanager
def transaction(con: Connection) -> Iterator[None]:
    """Commit what the block did as a whole, or nothing of it."""
    con.execute("BEGIN")
    is_open = True
    try:
        yield
        is_open = False  # a COMMIT that fails has rolled back by itself
        con.execute("COMMIT")
    finally:
        if is_open:
            con.execute("ROLLBACK")


def _connect(path: Path, *, read_only: bool) -> Connection:
    try:
        con = duckdb.connect(str(path), read_only=read_only)
    except duckdb.Error as error:
        text = str(error)
        if any(mark in text for mark in _BUSY_MARKS):
            raise StageError(
                f"数据库正被另一个程序使用：{path}",
                "请等它结束后再试；查询数据请打开发布副本（publish/current.duckdb），不要直接打开本文件。",
            ) from error
        if any(mark in text for mark in _NOT_OURS_MARKS):
            raise InputError(
                f"文件不是本程序可读的 DuckDB 数据库，或已损坏：{path}",
                "请移走该文件或恢复备份，再重新运行。",
            ) from error
        raise StageError(f"无法打开数据库：{path}（{text.splitlines()[0]}）", "请检查磁盘空间和文件权限。") from error
    # Instants are TIMESTAMPTZ; a fixed session zone keeps every cast and every test independent of the machine.
    con.execute("SET TimeZone = 'UTC'")
    # one small server shared with others: what does not fit is spilled beside the database
    con.execute(_USUAL_MEMORY)
    con.execute("SET preserve_insertion_order = false")
    return con
