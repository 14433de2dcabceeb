"""Analysts read in a loop while twenty versions are published: no error, and every read is of one version."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
from warehouse_sample import exporter, load, match, notification, register, store

from warehouse.connection import open_writer
from warehouse.publish import publish

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
N_PUBLICATIONS = 20
# every version holds 5 notifications more: who reads one version finds as many of each kind as its number says
READER = """
import json, pathlib, sys, time
import duckdb

link, how, stop = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
seen, n_reads = set(), 0
while not stop.exists():
    if how == "duckdb":
        con = duckdb.connect(str(link), read_only=True)
        table = "{}"
    else:
        # the version that the link names now: its files are opened one after the other
        folder = link.resolve()
        con = duckdb.connect()
        table = f"read_parquet('{folder}/{{}}/*.parquet')"
    number = con.execute("SELECT publication FROM " + table.format("published")).fetchall()[0][0]
    stated = dict(con.execute("SELECT table_name, n_rows FROM " + table.format("published_tables")).fetchall())
    for name in ("notifications", "notification_hs", "notification_versions", "matches", "match_evidence"):
        count = con.execute("SELECT count(*) FROM " + table.format(name)).fetchall()[0][0]
        assert count == stated[name] == 5 * number, (how, number, name, count, stated[name])
    titles = con.execute("SELECT DISTINCT title FROM " + table.format("notifications")).fetchall()
    assert titles == [(f"as of {number}",)], (how, number, titles)
    if how == "duckdb" and n_reads % 4 == 0:
        assert con.execute("SELECT count(*) FROM mart.notifications").fetchall()[0][0] == 5 * number
    if how == "parquet":
        listed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert listed["publication"] == number
    con.close()
    seen.add(number)
    n_reads += 1
    time.sleep(0.5)
print(n_reads, len(seen))
"""


def test_readers_in_a_loop_see_whole_versions_only(tmp_path: Path) -> None:
    folder, stop = tmp_path / "publish", tmp_path / "stop"
    with open_writer(tmp_path / "warehouse.duckdb") as con:
        register(con, START, exporter())
        symbols: list[str] = []

        def bring(number: int) -> None:
            now = START + timedelta(hours=number)
            symbols.extend(f"G/TBT/N/ATL/{number * 5 + each}" for each in range(5))
            known = [
                notification(symbol, title=f"as of {number}", distribution_date=date(2020 + index % 6, 1, 1))
                for index, symbol in enumerate(symbols)
            ]
            load(con, tmp_path, now, *known)
            # one version of each record: what a source showed before is not what is counted here
            con.execute("DELETE FROM raw_notifications WHERE title <> $title", {"title": f"as of {number}"})
            store(con, now, *(match(symbol) for symbol in symbols))
            publish(con, folder, firm_names=False, keep=2, version="0.1", now=now)

        bring(1)
        links = {"duckdb": folder / "current.duckdb", "parquet": folder / "parquet" / "current"}
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", READER, str(links[how]), how, str(stop)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for how in ("duckdb", "parquet", "duckdb", "parquet")
        ]
        try:
            for number in range(2, N_PUBLICATIONS + 1):
                bring(number)
        finally:
            stop.touch()
            told = [reader.communicate(timeout=60) for reader in readers]
    for reader, (output, errors) in zip(readers, told, strict=True):
        assert reader.returncode == 0, errors[-2000:]
        n_reads, n_versions = map(int, output.split())
        assert n_reads >= 5
        assert n_versions >= 3
    with duckdb.connect(folder / "current.duckdb", read_only=True) as copy:
        assert copy.execute("SELECT publication, n_since_full FROM published").fetchall() == [(N_PUBLICATIONS, 19)]
    assert len(list(folder.glob("tbtwatch-*.duckdb"))) == 2
    # a folder of Parquet files is not pulled from under a reader: it stays for some hours whatever the number of copies
    kept = [path for path in (folder / "parquet").iterdir() if not path.is_symlink()]
    assert len(kept) == 6
