"""Applies the numbered schema files in order, each in a transaction together with the record of it."""

from __future__ import annotations

import hashlib

import duckdb

from warehouse.errors import InputError, StageError
from warehouse.sqlfiles import sql, sql_names


def migrate(con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Bring the schema up to date and return the names of the files applied now.

    Raises StageError when a file that was applied earlier has been edited since (migrations are append-only),
    InputError when the database was written by a newer version of the program or by another one; neither is touched.
    """
    if not _is_ours(con):
        con.execute(sql("schema_migrations"))
    applied = _applied(con)
    known = sql_names("schema")
    _refuse_newer(applied, known)
    new = []
    for name in known:
        text = sql(name)
        checksum = hashlib.sha256(text.encode()).hexdigest()
        if name in applied:
            if applied[name] != checksum:
                raise StageError(
                    f"数据库结构文件在使用之后被改动过：{name}.sql",
                    "请恢复原文件；结构变化一律新增文件（附加编号），不改旧文件。",
                )
            continue
        con.execute("BEGIN")
        try:
            con.execute(text)
            con.execute(
                "INSERT INTO schema_migrations (name, sha256, applied_at) VALUES ($name, $sha256, current_timestamp)",
                {"name": name, "sha256": checksum},
            )
            con.execute("COMMIT")
        except duckdb.Error as error:
            con.execute("ROLLBACK")
            raise StageError(
                f"数据库结构升级失败：{name}.sql（{error}）", "数据未改动；请保留数据库文件并联系维护人员。"
            ) from error
        new.append(name)
    return tuple(new)


def require_current_schema(con: duckdb.DuckDBPyConnection) -> None:
    """Check that a database opened read-only has exactly the schema of this program."""
    try:
        applied = _applied(con)
    except duckdb.CatalogException as error:
        raise InputError("该 DuckDB 文件不是 tbtwatch 的数据库。", "请检查 --home 指向的文件夹。") from error
    known = sql_names("schema")
    _refuse_newer(applied, known)
    if len(applied) < len(known):
        raise InputError("数据库结构是旧版本。", "请先运行任一写入命令（如 tbtwatch cases），程序会自动升级。")


def _is_ours(con: duckdb.DuckDBPyConnection) -> bool:
    names = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()}
    if names and "schema_migrations" not in names:
        raise InputError("该 DuckDB 文件不是 tbtwatch 的数据库。", "请移走该文件，或检查 --home 指向的文件夹。")
    return bool(names)


def _applied(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("SELECT name, sha256 FROM schema_migrations").fetchall())


def _refuse_newer(applied: dict[str, str], known: tuple[str, ...]) -> None:
    newer = sorted(set(applied) - set(known))
    if newer:
        raise InputError(
            f"数据库由更新版本的程序写成（含 {newer[-1]}）。", "请升级 tbtwatch 后再打开，本程序不会改动它。"
        )
