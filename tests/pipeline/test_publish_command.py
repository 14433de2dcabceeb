"""`tbtwatch publish`: what it says, what stops it, and what a person may set."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from warehouse.connection import open_writer

Cli = Callable[..., Any]
FIRST, SECOND = "2026-07-01T09:00+08:00", "2026-07-01T10:00+08:00"


def test_the_second_publication_writes_little_and_says_so(cli: Cli, home: Path) -> None:
    first = cli("--home", home, "--now", FIRST, "publish")
    assert first.code == 0
    assert "全部重写" in first.out
    second = cli("--home", home, "--now", SECOND, "publish")
    assert second.code == 0
    assert "在上一份副本的基础上更新" in second.out
    assert "current.duckdb" in second.out
    assert "沿用文件" in second.out
    whole = cli("--json", "--home", home, "--now", SECOND, "publish", "--full").data
    again = cli("--json", "--home", home, "--now", SECOND, "publish").data
    assert again["counts"]["n_written"] < 20 < whole["counts"]["n_written"]
    assert whole["counts"]["n_files_linked"] == 0 < again["counts"]["n_files_written"]
    manifest = json.loads((Path(again["parquet"]) / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["duckdb_file"] == Path(again["file"]).name
    assert os.path.realpath(home / "publish" / "current.duckdb") == again["file"]
    assert os.path.realpath(home / "publish" / "parquet" / "current") == again["parquet"]


def test_an_error_found_by_a_check_stops_publication_and_the_copy_before_stays(cli: Cli, home: Path) -> None:
    assert cli("--home", home, "--now", FIRST, "publish").code == 0
    before = os.path.realpath(home / "publish" / "current.duckdb")
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute("DELETE FROM product_lines WHERE line_id = (SELECT line_id FROM matches ORDER BY line_id LIMIT 1)")
    refused = cli("--home", home, "--now", SECOND, "publish")
    assert refused.code == 3
    assert "数据检查未通过" in refused.err
    assert "原副本未受影响" in refused.err
    assert os.path.realpath(home / "publish" / "current.duckdb") == before
    with duckdb.connect(before, read_only=True) as copy:
        assert copy.execute("SELECT count(*) > 0 FROM mart.notifications").fetchone() == (True,)


def test_a_warning_of_a_check_is_printed_and_stops_nothing(cli: Cli, home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute(
            "UPDATE notifications SET comment_deadline = distribution_date - 1 WHERE comment_deadline IS NOT NULL"
        )
    done = cli("--home", home, "--now", FIRST, "publish")
    assert done.code == 0
    assert "[数据检查·注意]" in done.out


def test_how_many_versions_stay_is_set(cli: Cli, home: Path) -> None:
    (home / "tbtwatch.toml").write_text("[publish]\nkeep = 1\nparquet_hours = 0\n", encoding="utf-8")
    for moment in (FIRST, SECOND):
        assert cli("--home", home, "--now", moment, "publish").code == 0
    assert len(list((home / "publish").glob("tbtwatch-*.duckdb"))) == 1
    assert len(list((home / "publish" / "parquet").iterdir())) == 2
