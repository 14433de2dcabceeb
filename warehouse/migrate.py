"""Applies the numbered schema files in order, all of them in one transaction together with the record of it."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import duckdb

from warehouse.errors import InputError, StageError
from warehouse.sqlfiles import sql, sql_names


def migrate(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Bring the schema up to date and return the names of the files applied now: all that are new, or none.

    Raises StageError when a file that was applied earlier has been edited since (migrations are append-only) or when
    one fails, InputError when the database was written by a newer version of the program or by another one. After any
    of them the database is as it was, so that the program that wrote it opens it still.
    """
    applied = _applied(con) if _is_ours(con) else {}
    known = sql_names("schema")
    _refuse_newer(applied, known, _path(con))
    checksums = {name: hashlib.sha256(sql(name).encode()).hexdigest() for name in known}
    edited = [name for name in known if name in applied and applied[name] != checksums[name]]
    if edited:
        raise StageError(
            f"数据库结构文件在使用之后被改动过：{edited[0]}.sql（{_path(con)}）",
            "请恢复原文件；结构变化一律新增文件（附加编号），不改旧文件。",
        )
    new = tuple(name for name in known if name not in applied)
    if new:
        _apply(con, new, checksums, is_first=not applied)
    return new


def _apply(
    con: duckdb.DuckDBPyConnection, names: tuple[str, ...], checksums: dict[str, str], *, is_first: bool
) -> None:
    name, path = names[0], _path(con)  # asked now: a database that failed may answer nothing
    con.execute("BEGIN")
    try:
        if is_first:
            con.execute(sql("schema_migrations"))
        for name in names:
            con.execute(sql(name))
            con.execute(
                "INSERT INTO schema_migrations (name, sha256, applied_at) VALUES ($name, $sha256, current_timestamp)",
                {"name": name, "sha256": checksums[name]},
            )
        con.execute("COMMIT")
    except duckdb.Error as error:
        with suppress(duckdb.Error):  # a COMMIT that fails has rolled back by itself
            con.execute("ROLLBACK")
        raise StageError(
            f"数据库结构升级失败：{name}.sql（{error}）：{path}",
            "数据未改动，原版本的程序仍可打开；请检查磁盘空间后重试，仍不成功请保留数据库文件并联系维护人员。",
        ) from error


def require_current_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Check that a database opened read-only has exactly the schema of this program."""
    if len(require_known_schema(con)) < len(sql_names("schema")):
        raise InputError(
            f"数据库结构是旧版本：{_path(con)}", "请先运行任一写入命令（如 tbtwatch cases），程序会自动升级。"
        )


def require_known_schema(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Check that a database is ours and no newer than this program; return the names of the schema files it has."""
    try:
        applied = _applied(con)
    except duckdb.CatalogException as error:
        raise InputError(
            f"该 DuckDB 文件不是 tbtwatch 的数据库：{_path(con)}", "请检查 --home 指向的文件夹。"
        ) from error
    _refuse_newer(applied, sql_names("schema"), _path(con))
    return tuple(sorted(applied))


def _is_ours(con: duckdb.DuckDBPyConnection) -> bool:
    names = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()}
    if names and "schema_migrations" not in names:
        raise InputError(
            f"该 DuckDB 文件不是 tbtwatch 的数据库：{_path(con)}", "请移走该文件，或检查 --home 指向的文件夹。"
        )
    return bool(names)


def _applied(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("SELECT name, sha256 FROM schema_migrations").fetchall())


def _path(con: duckdb.DuckDBPyConnection) -> str:
    row = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchone()
    return str(row[0] or "") if row else ""


def _refuse_newer(applied: dict[str, str], known: tuple[str, ...], path: str) -> None:
    newer = sorted(set(applied) - set(known))
    if newer:
        raise InputError(
            f"数据库由更新版本的程序写成（含 {newer[-1]}）：{path}", "请升级 tbtwatch 后再打开，本程序不会改动它。"
        )
