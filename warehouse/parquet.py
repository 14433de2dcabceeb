"""Writes a version's tables as Parquet files beside the DuckDB file, with a manifest. What did not change is linked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.connection import Connection
from warehouse.published_copy import TableWritten, WrittenCopy, attached, literal, split_tables
from warehouse.query import fetch_all, fetch_one
from warehouse.sqlfiles import sql

MANIFEST = "manifest.json"
_WHOLE = "all"  # the one file of a table that is not split by year
_UNDATED = "undated"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenParquet:
    """How many files were written and how many are those of the version before."""

    n_written: int
    n_linked: int


def write_parquet(
    con: Connection, copy: Path, folder: Path, *, written: WrittenCopy, before: Path | None
) -> WrittenParquet:
    """Write the tables of the DuckDB file `copy` to the new folder: `TABLE/YEAR.parquet` or `TABLE/all.parquet`.

    `before` is the folder of the version that `copy` was built on. A file is linked (copied where the file system has
    no hard links) when its rows are those of that version. Marts are views on these tables and not written. Raises
    duckdb.Error or OSError.
    """
    old = _files_before(before) if before and not written.is_full else {}
    folder.mkdir(parents=True)
    entries: list[dict[str, Any]] = []
    n_linked = 0
    with attached(con, copy, read_only=True):
        con.execute("SET threads = 1")  # one file a year, and buffers once
        try:
            for table, state in {**written.tables, "published_tables": _ALWAYS}.items():
                kept = [each for each in old.get(table, []) if _is_current(each, table, state)]
                for each in kept:
                    _link(before, folder, each["path"])
                n_linked += len(kept)
                entries += kept
                paths = _write_table(con, folder, table, state, is_first=not old.get(table))
                entries += [_entry(con, folder, table, path) for path in paths]
        finally:
            con.execute("RESET threads")
        manifest = {**fetch_one(con, "publication/manifest"), "tables": _tables(con)}
    manifest["files"] = sorted(entries, key=lambda each: str(each["path"]))
    text = json.dumps(manifest, ensure_ascii=False, indent=1, default=str)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return WrittenParquet(n_written=len(entries) - n_linked, n_linked=n_linked)


_ALWAYS = TableWritten(n_rows=0, n_written=0, parts=frozenset(), is_changed=True)


def _is_current(entry: Mapping[str, Any], table: str, state: TableWritten) -> bool:
    if not state.is_changed:
        return True
    return table in split_tables() and Path(entry["path"]).stem not in state.parts


def _write_table(con: Connection, folder: Path, table: str, state: TableWritten, *, is_first: bool) -> list[Path]:
    """Write what of a table is not taken over, and return the files."""
    target = folder / table
    target.mkdir(exist_ok=True)
    if table not in split_tables():
        if not state.is_changed and not is_first:
            return []
        path = target / f"{_WHOLE}.parquet"
        con.execute(f"COPY {table} TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        return [path]
    if not state.is_changed and not is_first:
        return []
    scratch = folder / ".split"
    wanted = None if is_first else sorted(state.parts)
    con.execute("SET VARIABLE target = $value", {"value": table})
    con.execute("SET VARIABLE parts = $value", {"value": wanted})
    con.execute(
        f"COPY ({sql('publication/split_table')}) TO {literal(str(scratch))} "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (distribution_part))"
    )
    paths = []
    for part in sorted(scratch.glob("distribution_part=*")):
        (data,) = part.iterdir()
        path = target / f"{part.name.partition('=')[2]}.parquet"
        data.replace(path)
        paths.append(path)
    shutil.rmtree(scratch, ignore_errors=True)
    if not any(target.iterdir()):  # a reader of the folder finds the columns all the same
        path = target / f"{_UNDATED}.parquet"
        con.execute(f"COPY {table} TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        paths.append(path)
    return paths


def _entry(con: Connection, folder: Path, table: str, path: Path) -> dict[str, Any]:
    row = con.execute("SELECT num_rows FROM parquet_file_metadata($path)", {"path": str(path)}).fetchone()
    path.chmod(0o444)
    return {
        "path": path.relative_to(folder).as_posix(),
        "table": table,
        "rows": row[0] if row else 0,
        "bytes": path.stat().st_size,
        "sha256": _sha256(path),
    }


def _tables(con: Connection) -> list[dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for row in fetch_all(con, "publication/columns"):
        table = tables.setdefault(
            row["table_name"], {"name": row["table_name"], "grain": row["grain"], "rows": row["n_rows"], "columns": []}
        )
        table["columns"].append({"name": row["column_name"], "type": row["data_type"], "comment": row["comment"]})
    return list(tables.values())


def _files_before(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the files of a version by table; none where one is missing or has another size."""
    try:
        listed: Sequence[dict[str, Any]] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        if any((folder / each["path"]).stat().st_size != each["bytes"] for each in listed):
            return {}
    except (OSError, ValueError, KeyError):
        return {}
    by_table: dict[str, list[dict[str, Any]]] = {}
    for each in listed:
        by_table.setdefault(each["table"], []).append(each)
    return by_table


def _link(before: Path | None, folder: Path, path: str) -> None:
    if before is None:
        raise ValueError("nothing to link to")
    target = folder / path
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(before / path, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(before / path, target)


def _sha256(path: Path) -> str:
    content = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            content.update(block)
    return content.hexdigest()
