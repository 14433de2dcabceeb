"""Publishes a read-only copy for analysts: a versioned file and a link that moves in one step. No contacts, ever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import duckdb

from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.sqlfiles import grain, sql, sql_names

LINK_NAME = "current.duckdb"
# the table or view that a published table is made of, whose column comments it takes over
_ORIGIN = re.compile(r"\bFROM warehouse\.(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A published copy."""

    path: Path
    link: Path
    n_tables: int
    n_rows: int
    n_removed: int  # old copies that were cleared away


def publish(con: Connection, folder: Path, *, firm_names: bool, keep: int, version: str, now: datetime) -> Publication:
    """Write a copy of what analysts may see to `folder` and move `current.duckdb` to it.

    A reader that has the old copy open keeps it: copies are versioned files and only names are moved. `keep` copies
    stay, the new one included, and beside them those that released issues name. A killed run leaves the link where it
    was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"tbtwatch-{now:%Y%m%dT%H%M%S%f}Z.duckdb"
    half_written = path.with_suffix(".part")
    _clear_half_written(folder)
    try:
        n_rows = _write_copy(con, half_written, firm_names=firm_names, version=version, now=now)
    except duckdb.Error as error:
        _clear_half_written(folder)
        raise StageError(f"发布副本未写成：{path.name}（{error}）", "原副本未受影响；请检查磁盘空间后重试。") from error
    half_written.replace(path)
    _move_link(folder / LINK_NAME, path.name)
    # by name, so by age; the new copy stays even where the clock was set back, and so do those that issues rest on
    kept = {path.name} | {str(row[0]) for row in con.execute("SELECT snapshot FROM bulletin_issues").fetchall()}
    others = sorted((copy for copy in folder.glob("tbtwatch-*.duckdb") if copy.name not in kept), reverse=True)
    old = others[max(keep - 1, 0) :]
    for stale in old:
        stale.unlink()
    return Publication(
        path=path, link=folder / LINK_NAME, n_tables=len(n_rows), n_rows=sum(n_rows.values()), n_removed=len(old)
    )


def _write_copy(con: Connection, path: Path, *, firm_names: bool, version: str, now: datetime) -> dict[str, int]:
    seeds = str(files("warehouse") / "seeds")
    variables = {"firm_names": firm_names, "tool_version": version, "published_at": now, "seeds": seeds}
    for name, value in variables.items():
        con.execute(f"SET VARIABLE {name} = $value", {"value": value})
    con.execute(f"ATTACH {_literal(str(path))} AS published")
    try:
        con.execute("USE published")
        for name in (*sql_names("reference"), *sql_names("publish")):
            con.execute(sql(name))
            table = name.rpartition("/")[2]
            _comment(con, "TABLE", table, grain(sql(name)))
            if origin := _ORIGIN.search(sql(name)):
                same_names = {"table_name": table, "origin": origin[1]}
                for column, comment in con.execute(sql("queries/uncommented_columns"), same_names).fetchall():
                    _comment(con, "COLUMN", f"{table}.{column}", comment)
        return dict(con.execute(sql("queries/published_sizes")).fetchall())
    finally:
        con.execute("USE warehouse")
        con.execute("DETACH published")


def _clear_half_written(folder: Path) -> None:
    # what a killed run left; only one process at a time holds the warehouse that copies are made of
    for remains in folder.glob("tbtwatch-*.part*"):
        remains.unlink()


def _comment(con: Connection, kind: str, target: str, text: str) -> None:
    # COMMENT and ATTACH take literals only; the targets are names of our own files and columns
    con.execute(f"COMMENT ON {kind} {target} IS {_literal(text)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _move_link(link: Path, target: str) -> None:
    temporary = link.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
