"""`tbtwatch demo`: the whole month offline; a second time adds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from warehouse.connection import open_reader


def counts(home: Path) -> list[tuple[int, ...]]:
    with open_reader(home / "warehouse.duckdb") as con:
        return [
            con.execute(query).fetchall()[0]
            for query in (
                "SELECT count(*) FROM raw_notifications", "SELECT count(*) FROM matches", "SELECT count(*) FROM cases",
                "SELECT count(*) FROM case_events", "SELECT count(*) FROM alerts",
            )
        ]  # fmt: skip


def test_the_demo_walks_the_whole_way_and_may_be_repeated(
    cli: Callable[..., Any], prepared: Path, tmp_path: Path
) -> None:
    first = cli("--home", tmp_path, "demo")
    assert first.code == 0, first.err
    assert "虚构" in first.out
    home = tmp_path / "demo"
    assert len(list((home / "outbox").glob("*.eml"))) > 0
    papers = list((home / "reports" / "2026-06").rglob("*.html"))
    assert len(papers) == 2
    for paper in papers:
        assert "演示用虚构数据" in paper.read_text(encoding="utf-8")
    assert (home / "publish" / "current.duckdb").exists()
    before, mails = counts(home), sorted(p.name for p in (home / "outbox").iterdir())
    assert cli("--json", "--home", tmp_path, "demo").data == {"home": str(home)}
    assert counts(home) == before
    assert sorted(p.name for p in (home / "outbox").iterdir()) == mails
    assert not (tmp_path / "warehouse.duckdb").exists()
