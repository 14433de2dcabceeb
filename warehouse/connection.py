"""Opens the warehouse file. One short-lived writer; analysts never open this file, they read the published copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from warehouse.errors import InputError, StageError, TbtwatchError
from warehouse.migrate import migrate, require_current_schema, require_known_schema

Connection = duckdb.DuckDBPyConnection

_USUAL_MEMORY = "SET memory_limit = '384MB'"
_ROW_GROUP = 8192  # rows; a multiple of 2,048
_BUSY_MARKS = ("Could not set lock", "Conflicting lock")
_NOT_OURS_MARKS = (
    "not a valid DuckDB database file",
    "version number",
    "The file is not a database",
    "Corrupt",
    "Could not read enough bytes",
    "while replaying WAL",
)
# what the operating system said, as DuckDB passes it on -> what it is called and what to do
_SYSTEM_MARKS = {
    "No space left": ("磁盘已满", "请腾出磁盘空间，再运行同一命令。"),
    "File too large": ("文件超过系统允许的大小", "请腾出磁盘空间或放宽限额，再运行同一命令。"),
    "Disk quota": ("磁盘限额已满", "请腾出磁盘空间或放宽限额，再运行同一命令。"),
    "Read-only file system": ("所在磁盘是只读的", "请换到可写的磁盘（--home），或请管理员改为可写。"),
    "Permission denied": ("没有权限", "请用运行本程序的用户操作，或更正文件和文件夹的权限。"),
    "failed to pin block": ("内存和临时磁盘空间不足", "请关闭其他程序或腾出磁盘空间，再运行同一命令。"),
    "Out of Memory": ("内存和临时磁盘空间不足", "请关闭其他程序或腾出磁盘空间，再运行同一命令。"),
}
# errors of the machine or the file; the others are faults of the program and keep their traceback
_TROUBLE = (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException)


@contextmanager
def open_writer(path: Path) -> Iterator[Connection]:
    """Open (and create or migrate) the warehouse at `path` for writing; close it on exit.

    Raises StageError when another process holds the file or the disk is full, also in the middle of the block,
    InputError when it is no warehouse of ours or damaged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    con = _connect(path, read_only=False)
    try:
        with _worded(path):
            migrate(con)
            yield con
    finally:
        con.close()


@contextmanager
def open_reader(path: Path, *, accepts_older: bool = False) -> Iterator[Connection]:
    """Open the warehouse at `path` read-only; close it on exit. Errors as `open_writer`, and InputError if absent.

    A schema older than the program's is refused unless `accepts_older`: a backup before an upgrade changes nothing.
    """
    if not path.exists():
        raise InputError(
            f"还没有数据库：{path}", "请先导入企业清单和通报，例如：tbtwatch import exporters 企业清单.csv"
        )
    con = _connect(path, read_only=True)
    try:
        with _worded(path):
            require_known_schema(con) if accepts_older else require_current_schema(con)
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
            with suppress(duckdb.Error):  # on a full disk it may fail too; what the block met is the thing to tell
                con.execute("ROLLBACK")


@contextmanager
def _worded(path: Path) -> Iterator[None]:
    """Turn a full disk, a damaged block and the like, which show while a file is in use, into words."""
    try:
        yield
    except duckdb.Error as error:
        # a full disk at COMMIT comes as an error of the transaction
        if not isinstance(error, _TROUBLE) and not _system_mark(error):
            raise
        raise _trouble(path, error) from error
    except TbtwatchError as error:
        # a step that worded the error of its own write, as `publish` does, cannot know that the file is damaged
        cause = error.__cause__
        if isinstance(cause, duckdb.Error) and any(mark in str(cause) for mark in _NOT_OURS_MARKS):
            raise _trouble(path, cause) from cause
        raise


def _trouble(path: Path, error: duckdb.Error) -> TbtwatchError:
    text = str(error)
    if any(mark in text for mark in _NOT_OURS_MARKS):
        return InputError(
            f"文件不是本程序可读的 DuckDB 数据库，或已损坏：{path}",
            "请移走该文件，再恢复最近的备份（tbtwatch restore）；移走的文件请保留，交维护人员检查。",
        )
    if mark := _system_mark(error):
        words, next_step = _SYSTEM_MARKS[mark]
        return StageError(f"{words}，无法读写数据库：{path}", f"此前已完成的内容仍在；{next_step}")
    return StageError(f"无法读写数据库：{path}（{text.splitlines()[0]}）", "请检查磁盘空间和文件权限。")


def _system_mark(error: duckdb.Error) -> str:
    text = str(error).lower()
    return next((mark for mark in _SYSTEM_MARKS if mark.lower() in text), "")


def _connect(path: Path, *, read_only: bool) -> Connection:
    if path.is_dir():
        raise InputError(f"应是数据库文件，却是一个文件夹：{path}", "请移走该文件夹，或检查 --home。")
    try:
        con = _attach(path, read_only=read_only)
    except duckdb.Error as error:
        if any(mark in str(error) for mark in _BUSY_MARKS):
            raise StageError(
                f"数据库正被另一个程序使用：{path}",
                "请等它结束后再试；查询数据请打开发布副本（publish/current.duckdb），不要直接打开本文件。",
            ) from error
        raise _trouble(path, error) from error
    # Instants are TIMESTAMPTZ; a fixed session zone keeps every cast and every test independent of the machine.
    con.execute("SET TimeZone = 'UTC'")
    # one small server shared with others: what does not fit is spilled beside the database
    con.execute(_USUAL_MEMORY)
    con.execute("SET preserve_insertion_order = false")
    return con


def _attach(path: Path, *, read_only: bool) -> Connection:
    # Attached, not opened: only ATTACH takes a size of row groups. A checkpoint writes the last row group of a table
    # anew, all texts in it; at the usual 122,880 rows a day of 30 notifications cost as much as years of them.
    # Named, so that two connections of one process share the file as they would if they had opened it.
    con = duckdb.connect(f":memory:{path.resolve()}", config={"temp_directory": f"{path}.tmp"})
    file, mode = str(path).replace("'", "''"), "READ_ONLY" if read_only else f"ROW_GROUP_SIZE {_ROW_GROUP}"
    try:
        con.execute(f"ATTACH IF NOT EXISTS '{file}' AS warehouse (TYPE duckdb, {mode})")
        con.execute("USE warehouse")
    except duckdb.Error:
        con.close()
        raise
    return con
