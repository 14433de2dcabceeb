"""Writes the warehouse file anew, so that what was deleted is gone from the disk too."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from warehouse.connection import open_writer
from warehouse.errors import StageError


def rewrite(path: Path) -> None:
    """Copy what the warehouse holds into a new file and put it in the place of the old one.

    DuckDB marks the blocks of deleted rows as free and leaves their bytes where they are, also after a CHECKPOINT: an
    erased address could be read from the file. Needs as much free disk again as the file has. A killed run leaves the
    old file in place. The new file is locked from its beginning to the end of the old one, so that no other process
    comes between. Raises StageError where the copy cannot be written.
    """
    fresh = path.with_suffix(".rewritten")
    for remains in path.parent.glob(f"{fresh.name}*"):  # of a killed run
        remains.unlink()
    with open_writer(path) as con:
        try:
            con.execute(f"ATTACH {_literal(str(fresh))} AS rewritten")
            shutil.copymode(path, fresh)  # before anything is in it
            con.execute(f"COPY FROM DATABASE {_name(path.stem)} TO rewritten")
            con.execute("CHECKPOINT rewritten")
            con.execute("CHECKPOINT")
            con.execute("USE rewritten")
            fresh.replace(path)
            con.execute(f"DETACH {_name(path.stem)}")
        except duckdb.Error as error:
            raise StageError(
                f"数据库文件未能重写：{path}（{error}）",
                "原文件未受影响；请检查磁盘空间后再运行 tbtwatch contacts purge。",
            ) from error


def _literal(text: str) -> str:
    # ATTACH takes no parameters
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
