"""Writes the tables and views of a published copy: from nothing, or on top of the copy before by what is different.

The same SQL serves both ways. The large tables are those whose file joins `changed_records` or `changed_matches`, the
notifications to be written: all of them in a whole copy, else those of which the warehouse tells other than the copy
before. That is found by comparing the two, not by keeping account of what was written: whatever changed the warehouse,
a restored backup included, shows. All other tables are compared row by row.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from warehouse.connection import Connection, transaction
from warehouse.query import fetch_all
from warehouse.sqlfiles import grain, sql, sql_names

# rows that are taken out leave holes in the file; so often it is written from nothing all the same
_FULL_EVERY = 30
# the last row group of a table is written anew when rows are added, with all its texts: small ones keep that cheap
_ROW_GROUPS = "(ROW_GROUP_SIZE 8192)"
_FIRST_STATEMENT = re.compile(r"\A(?:--.*\n)*CREATE TABLE (?P<table>\w+) AS\n(?P<select>[^;]+);", re.MULTILINE)
_SCOPE = re.compile(r"^SEMI JOIN (changed_records|changed_matches) USING \(notification_id\)$", re.MULTILINE)
_MART = re.compile(r"^CREATE (?P<kind>VIEW|MACRO) mart\.(?P<name>\w+)", re.MULTILINE)
# what DuckDB says of a file that it cannot read, in whole or in part
_DAMAGED = (duckdb.IOException, duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)
# the table or view that a published table is made of, at first or second hand, whose column comments it takes over
_ORIGIN = re.compile(r"\b(?:FROM|of) warehouse\.(\w+)\b(?!\()")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the copy is to say of itself."""

    version: str
    tool_version: str
    firm_names: bool
    published_at: datetime
    publication: int  # running number


@dataclass(frozen=True, slots=True, kw_only=True)
class TableWritten:
    """A table of the copy: `is_changed` where it is not that of the copy before, row by row."""

    n_rows: int
    n_written: int
    is_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenCopy:
    """What was written: `is_full` where nothing was taken over from a copy before.

    `parts` are the years (YYYY, undated) of the notifications that were written, before and now: where one moved to
    another year, all that hangs on it belongs elsewhere, though it may not have changed.
    """

    tables: Mapping[str, TableWritten]
    parts: frozenset[str]
    is_full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The file of a table: the query, and the temporary table that limits it, if one does."""

    name: str
    table: str
    select: str
    scope: str


def write_copy(con: Connection, path: Path, wanted: Wanted, *, before: Path | None) -> WrittenCopy:
    """Write the copy to `path`, on top of `before` where that is possible. Raises duckdb.Error or OSError.

    A copy before that is damaged, or was made another way (settings, program, reference data), is not built on.
    """
    variables = {
        "firm_names": wanted.firm_names,
        "tool_version": wanted.tool_version,
        "published_at": wanted.published_at,
        "version": wanted.version,
        "definition": definition(wanted),
        "seeds": str(files("warehouse") / "seeds"),
        "publication": wanted.publication,
        "n_since_full": 0,
    }
    _set_variables(con, variables)
    if before is not None:
        written = _bring_up_to_date(con, path, before)
        if written is not None:
            return written
        remove_copy(path)
        _set_variables(con, {"n_since_full": 0})
    with attached(con, path):
        return WrittenCopy(tables=_write_whole(con), parts=frozenset(), is_full=True)


def split_tables() -> frozenset[str]:
    """Return the names of the large tables, which are brought up to date, and stored beside, by notification."""
    return frozenset(source.table for source in _sources() if source.scope)


def definition(wanted: Wanted) -> str:
    """Return the hash of all that decides how a copy is made, apart from the data."""
    made_with = hashlib.sha256(f"{wanted.tool_version}\n{wanted.firm_names}\n{_seeds_hash()}\n".encode())
    for folder in ("schema", "reference", "publish", "publication", "mart"):
        for name in sql_names(folder):
            made_with.update(f"{name}\n{sql(name)}\n".encode())
    return made_with.hexdigest()


@contextmanager
def attached(con: Connection, path: Path, *, read_only: bool = False) -> Iterator[None]:
    """Attach the copy at `path` as `published` and make it the default; write it out at the end."""
    con.execute(f"ATTACH {literal(str(path))} AS published {'(READ_ONLY)' if read_only else _ROW_GROUPS}")
    try:
        con.execute("USE published")
        yield
        if not read_only:
            con.execute("CHECKPOINT published")
    finally:
        con.execute("USE warehouse")
        con.execute("DETACH published")


def remove_copy(path: Path) -> None:
    """Remove a copy that was not finished, and what DuckDB put beside it."""
    for remains in path.parent.glob(f"{path.name}*"):
        remains.unlink()


def literal(text: str) -> str:
    """Return `text` as an SQL literal, for statements that take no parameters: ATTACH, COMMENT, COPY."""
    return "'" + text.replace("'", "''") + "'"


def _write_whole(con: Connection) -> dict[str, TableWritten]:
    for scope in ("all_records", "all_versions", "all_matches"):
        con.execute(sql(f"publication/{scope}"))
    tables = [(name, name.rpartition("/")[2]) for name in sql_names("reference")]
    for name, table in (*tables, *((source.name, source.table) for source in _sources())):
        with transaction(con):  # with its comments, each of which would be written to the disk for itself
            _create(con, name, table)
    with transaction(con):
        _add_marts(con)
    written = {
        table: TableWritten(n_rows=n_rows, n_written=n_rows, is_changed=True) for table, n_rows in _sizes(con).items()
    }
    _describe_tables(con, written)
    return written


def _bring_up_to_date(con: Connection, path: Path, before: Path) -> WrittenCopy | None:
    """Make the copy of the one before; None where that one cannot be built on, or the outcome has a wrong size."""
    shutil.copyfile(before, path)
    path.chmod(0o644)
    try:
        with attached(con, path), transaction(con):
            _set_variables(con, {"full_every": _FULL_EVERY})
            n_since_full = _since_full(con)
            if n_since_full is None:
                return None
            _set_variables(con, {"n_since_full": n_since_full + 1})
            written = _update(con)
            if con.execute(sql("publication/wrong_sizes")).fetchall():
                return None
            _describe_tables(con, written.tables)
    except _DAMAGED:  # a whole copy needs nothing of it, and says what is wrong if something else is
        return None
    return written


def _since_full(con: Connection) -> int | None:
    """Return the publications since one was written whole; None where the copy before cannot be built on."""
    try:
        basis = fetch_all(con, "publication/based_on")
    except (duckdb.CatalogException, duckdb.BinderException):  # an older program's, without what is asked
        return None
    return int(basis[0]["n_since_full"]) if basis else None


def _update(con: Connection) -> WrittenCopy:
    for scope in ("changed_records", "changed_matches", "changed_versions"):
        con.execute(sql(f"publication/{scope}"))
    parts = _parts(con)
    n_written: dict[str, int] = {}
    changed: set[str] = set()
    for source in _sources():
        update = _replace_scope if source.scope else _replace_rows
        n_removed, n_added = update(con, source)
        n_written[source.table] = n_added
        if n_removed or n_added:
            changed.add(source.table)
    parts |= _parts(con)  # and the years to which they have moved
    tables = {
        table: TableWritten(n_rows=n_rows, n_written=n_written.get(table, 0), is_changed=table in changed)
        for table, n_rows in _sizes(con).items()
    }
    return WrittenCopy(tables=tables, parts=parts, is_full=False)


def _sizes(con: Connection) -> dict[str, int]:
    sizes = {}
    for (table,) in con.execute(sql("publication/tables")).fetchall():
        _set_variables(con, {"target": f"published.main.{table}"})
        sizes[table] = _count(con, sql("publication/size"))
    return sizes


def _replace_scope(con: Connection, source: _Source) -> tuple[int, int]:
    # names of our own files: a table's name cannot be a parameter
    n_removed = _count(
        con,
        f"DELETE FROM {source.table} WHERE notification_id IN (FROM {source.scope})",  # noqa: S608
    )
    n_added = _count(con, f"INSERT INTO {source.table} BY NAME {source.select}")
    return n_removed, n_added


def _replace_rows(con: Connection, source: _Source) -> tuple[int, int]:
    con.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {source.select}")
    _set_variables(con, {"target": f"published.main.{source.table}"})
    if not _count(con, sql("publication/differing")):
        return 0, 0
    n_removed = _count(
        con,
        f"DELETE FROM {source.table} WHERE rowid IN "  # noqa: S608
        f"(SELECT rowid FROM {source.table} AS held WHERE hash(held) IN (FROM differing))",
    )
    n_added = _count(
        con,
        f"INSERT INTO {source.table} BY NAME SELECT * FROM fresh WHERE hash(fresh) IN (FROM differing)",  # noqa: S608
    )
    return n_removed, n_added


def _parts(con: Connection) -> frozenset[str]:
    return frozenset(str(row[0]) for row in con.execute(sql("publication/parts")).fetchall())


def _describe_tables(con: Connection, written: Mapping[str, TableWritten]) -> None:
    sizes = [
        {"table_name": table, "n_rows": each.n_rows, "n_written": each.n_written} for table, each in written.items()
    ]
    _set_variables(con, {"sizes": json.dumps(sizes)})
    con.execute(sql("publication/published_tables"))
    comment(con, "TABLE", "published_tables", grain(sql("publication/published_tables")))


def _create(con: Connection, name: str, table: str) -> None:
    text = sql(name)
    con.execute(text)
    comment(con, "TABLE", table, grain(text))
    found = _ORIGIN.search(text)
    same_names = {"table_name": table, "origin": found[1] if found else table}
    for column, words in con.execute(sql("queries/uncommented_columns"), same_names).fetchall():
        comment(con, "COLUMN", f"{table}.{column}", words)


def _add_marts(con: Connection) -> None:
    """Add the views and macros of schema `mart`, which read nothing but the copy itself."""
    con.execute("CREATE SCHEMA mart")
    for name in sql_names("mart"):
        text = sql(name)
        con.execute(text)
        made = _MART.search(text)
        if made is None:
            raise ValueError(f"no CREATE VIEW or MACRO mart.x in {name}.sql")
        is_table_macro = made["kind"] == "MACRO" and ") AS TABLE" in text
        comment(con, "MACRO TABLE" if is_table_macro else made["kind"], f"mart.{made['name']}", grain(text))
    for table, column, words in con.execute(sql("queries/mart_comments")).fetchall():
        comment(con, "COLUMN", f"mart.{table}.{column}", words)


def comment(con: Connection, kind: str, target: str, text: str) -> None:
    """Comment on an object of the copy; the targets are names of our own files and columns."""
    con.execute(f"COMMENT ON {kind} {target} IS {literal(text)}")


def _sources() -> tuple[_Source, ...]:
    return tuple(_source(name, sql(name)) for name in sql_names("publish"))


@cache
def _source(name: str, text: str) -> _Source:
    first = _FIRST_STATEMENT.match(text)
    if first is None:
        raise ValueError(f"{name}.sql does not begin with CREATE TABLE x AS")
    scope = _SCOPE.search(first["select"])
    return _Source(name=name, table=first["table"], select=first["select"], scope=scope[1] if scope else "")


@cache
def _seeds_hash() -> str:
    content = hashlib.sha256()
    for entry in sorted((files("warehouse") / "seeds").iterdir(), key=lambda entry: entry.name):
        if entry.is_file():
            content.update(entry.name.encode())
            content.update(entry.read_bytes())
    return content.hexdigest()


def _set_variables(con: Connection, variables: Mapping[str, object]) -> None:
    for name, value in variables.items():
        con.execute(f"SET VARIABLE {name} = $value", {"value": value})


def _count(con: Connection, statement: str) -> int:
    row = con.execute(statement).fetchone()
    return int(row[0]) if row else 0
