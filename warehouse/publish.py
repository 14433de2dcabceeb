"""Publishes a read-only copy for analysts: a versioned file, Parquet beside it, links that move. No contacts, ever."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.parquet import MANIFEST, WrittenParquet, is_as_published, last_publication, write_parquet
from warehouse.published_copy import Wanted, WrittenCopy, write_copy
from warehouse.snapshots import (
    LINK_NAME,
    clear_half_written,
    clear_old,
    clear_unlinked,
    copy_path,
    latest,
    move_links,
    new_version,
    parquet_path,
    require_links,
    version_of,
)

__all__ = ["LINK_NAME", "MANIFEST", "Publication", "publish"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A published version."""

    path: Path  # the DuckDB file
    link: Path
    parquet: Path  # the folder of Parquet files
    n_tables: int
    n_rows: int
    n_written: int  # rows that are not simply those of the version before
    is_full: bool  # written from nothing, not on top of the version before
    n_files_written: int
    n_files_linked: int
    n_removed: int  # old DuckDB files that were cleared away


def publish(
    con: Connection,
    folder: Path,
    *,
    firm_names: bool,
    keep: int,
    version: str,
    now: datetime,
    parquet_hours: float = 6.0,
    full: bool = False,
) -> Publication:
    """Write a copy of what analysts may see to `folder` and move `current.duckdb` and `parquet/current` to it.

    It is written on top of the version before where that was made in the same way, unless `full`. A reader that has the
    old copy open keeps it: copies are versioned files and only names are moved. `keep` versions stay, the new one
    included, and beside them the DuckDB files that released issues name and Parquet folders younger than
    `parquet_hours`. A killed run leaves the links where they were, or one ahead of the other, which the next
    puts right. Raises StageError where it could not be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = new_version(folder, now)
    path, parquet = copy_path(folder, name), parquet_path(folder, name)
    try:
        written, files = _write(con, folder, name, firm_names=firm_names, version=version, now=now, full=full)
        move_links(folder, name)
    except (duckdb.Error, OSError) as error:
        with suppress(OSError):
            clear_half_written(folder)
            clear_unlinked(folder, name)
        raise StageError(
            f"发布副本未写成：{path.name}（{str(error).splitlines()[0]}）",
            "原副本未受影响；请检查磁盘空间和文件权限后重试。",
        ) from error
    named = [str(row[0]) for row in con.execute("SELECT snapshot FROM bulletin_issues").fetchall()]
    try:
        n_removed = clear_old(folder, version=name, keep=keep, parquet_hours=parquet_hours, named=named, now=now)
    except OSError as error:
        raise StageError(
            f"新副本已发布，但旧副本未能清理：{folder}（{error.strerror}）", "请检查文件权限，下次发布时会再清理。"
        ) from error
    return Publication(
        path=path,
        link=folder / LINK_NAME,
        parquet=parquet,
        n_tables=len(written.tables),
        n_rows=sum(table.n_rows for table in written.tables.values()),
        n_written=sum(table.n_written for table in written.tables.values()),
        is_full=written.is_full,
        n_files_written=files.n_written,
        n_files_linked=files.n_linked,
        n_removed=n_removed,
    )


def _write(
    con: Connection, folder: Path, name: str, *, firm_names: bool, version: str, now: datetime, full: bool
) -> tuple[WrittenCopy, WrittenParquet]:
    """Write file and folder of a version under their names; no link names them yet."""
    require_links(folder)
    clear_half_written(folder)
    path, parquet = copy_path(folder, name), parquet_path(folder, name)
    half_path, half_parquet = path.with_suffix(".part"), parquet.with_name(f"{name}.part")
    before = None if full else latest(folder)
    parquet_before = parquet_path(folder, version_of(before)) if before else None
    if before and parquet_before and not is_as_published(before, parquet_before):
        before = parquet_before = None  # whatever somebody wrote into it must not live on
    wanted = Wanted(
        version=name,
        tool_version=version,
        firm_names=firm_names,
        published_at=now,
        publication=last_publication(parquet.parent) + 1,
    )
    written = write_copy(con, half_path, wanted, before=before)
    half_path.chmod(0o444)  # a client opens it read-only or not at all
    files = write_parquet(con, half_path, half_parquet, written=written, before=parquet_before)
    if parquet.exists():  # of a run that was killed between the two names
        shutil.rmtree(parquet)
    half_parquet.replace(parquet)
    half_path.replace(path)
    return written, files
