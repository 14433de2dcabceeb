"""Writes a version's tables as Parquet files beside the DuckDB file, with a manifest. What did not change is linked."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from warehouse.connection import Connection
from warehouse.published_copy import WrittenCopy, attached, literal, split_tables
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
    old = _files_before(before, written) if before else {}
    folder.mkdir(parents=True)
    tables = (*written.tables, "published_tables")
    kept = {table: [each for each in old.get(table, []) if _is_current(each, table, written)] for table in tables}
    entries = [each for table in tables for each in kept[table]]
    n_linked = len(entries)
    for each in entries:
        _link(before, folder, each["path"])
    wanted = [table for table in tables if not kept[table] or (table in split_tables() and written.parts)]
    parts = sorted(written.parts) if old else None
    with attached(con, copy, read_only=True):
        # two hands where little is written; buffers for a whole history are taken once
        for table, paths in _write_tables(con, folder, wanted, parts, n_hands=2 if old else 1):
            entries += [_entry(con, folder, table, path) for path in paths]
        manifest = {**fetch_one(con, "publication/manifest"), "tables": _tables(con)}
    manifest["duckdb_bytes"], manifest["duckdb_modified_ns"] = _state(copy)
    manifest["files"] = sorted(entries, key=lambda each: str(each["path"]))
    text = json.dumps(manifest, ensure_ascii=False, indent=1, default=str)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return WrittenParquet(n_written=len(entries) - n_linked, n_linked=n_linked)


def last_publication(folder: Path) -> int:
    """Return the highest running number that a manifest in the folder of versions names; 0 where there is none."""
    return max((_number(manifest) for manifest in map(_read_manifest, _versions(folder))), default=0)


def is_as_published(copy: Path, folder: Path) -> bool:
    """Whether the DuckDB file is as it was when the Parquet folder of its version was written: nobody wrote into it."""
    manifest = _read_manifest(folder)
    try:
        return (manifest.get("duckdb_bytes"), manifest.get("duckdb_modified_ns")) == _state(copy)
    except OSError:
        return False


def _versions(folder: Path) -> list[Path]:
    return [path.parent for path in folder.glob(f"*/{MANIFEST}")]


def _read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a version; an empty one where it cannot be read."""
    try:
        read = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _number(manifest: Mapping[str, Any]) -> int:
    number = manifest.get("publication")
    return number if isinstance(number, int) else 0


def _state(copy: Path) -> tuple[int, int]:
    stat = copy.stat()
    return stat.st_size, stat.st_mtime_ns


def _is_current(entry: Mapping[str, Any], table: str, written: WrittenCopy) -> bool:
    if table in split_tables():
        return Path(entry["path"]).stem.partition("-")[0] not in written.parts
    return table in written.tables and not written.tables[table].is_changed


def _write_tables(
    con: Connection, folder: Path, tables: Sequence[str], parts: Sequence[str] | None, *, n_hands: int
) -> list[tuple[str, list[Path]]]:
    """Write the tables, each by one hand, and return their files: of tables by notification the years `parts`."""
    con.execute("SET threads = 1")  # one file a year
    cursors: SimpleQueue[Connection] = SimpleQueue()
    for _ in range(n_hands):
        cursor = con.cursor()
        cursor.execute("USE published")
        cursor.execute("SET VARIABLE parts = $value", {"value": parts})
        cursor.execute(sql("publication/notification_years"))
        cursors.put(cursor)

    def write(table: str) -> tuple[str, list[Path]]:
        cursor = cursors.get()
        try:
            return table, _write_table(cursor, folder, table)
        finally:
            cursors.put(cursor)

    try:
        with ThreadPoolExecutor(max_workers=n_hands) as hands:
            return list(hands.map(write, tables))
    finally:
        for _ in range(n_hands):
            cursors.get().close()
        con.execute("RESET threads")


def _write_table(con: Connection, folder: Path, table: str) -> list[Path]:
    """Write what of a table is not taken over, and return the files."""
    target = folder / table
    target.mkdir(exist_ok=True)
    if table not in split_tables():
        path = target / f"{_WHOLE}.parquet"
        con.execute(f"COPY {table} TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)")
        return [path]
    scratch = folder / f".split-{table}"
    con.execute("SET VARIABLE target = $value", {"value": table})
    con.execute(
        f"COPY ({sql('publication/split_table')}) TO {literal(str(scratch))} "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (distribution_part))"
    )
    paths = []
    for part in sorted(scratch.glob("distribution_part=*")):
        for number, data in enumerate(sorted(part.iterdir())):
            path = target / f"{part.name.partition('=')[2]}{f'-{number}' if number else ''}.parquet"
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


def _files_before(folder: Path, written: WrittenCopy) -> dict[str, list[dict[str, Any]]]:
    """Return the files of a version by table; none where one is missing or has another size, or nothing of it stays."""
    if written.is_full:
        return {}
    listed: Sequence[dict[str, Any]] = _read_manifest(folder).get("files", [])
    try:
        if any((folder / each["path"]).stat().st_size != each["bytes"] for each in listed):
            return {}
    except (OSError, KeyError):
        return {}
    by_table: dict[str, list[dict[str, Any]]] = {}
    for each in listed:
        by_table.setdefault(each["table"], []).append(each)
    return by_table if by_table.keys() >= {*written.tables, "published_tables"} else {}


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
