"""Measures `tbtwatch cases` and `cases --all` with many settled cases behind them, and their growth."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from bench import Measured

OPEN = 60
WHOLE = 10_000  # above this many cases, listing every one of them takes minutes and is not measured
NOW = "2026-06-12T09:00:00+08:00"
# One case in the manner of a settled one: matched, judged, told, advised, closed. The last OPEN ones are only matched.
MULTIPLY = """
INSERT INTO notifications BY NAME
SELECT notifications.* REPLACE (
    'B' || i AS notification_id, ['G/TBT/N/ATL/' || (100000 + i)] AS symbols,
    $now::TIMESTAMPTZ - INTERVAL 30 MINUTE * ($n - i) AS first_seen_at,
    ($now::TIMESTAMPTZ - INTERVAL 30 MINUTE * ($n - i))::DATE AS distribution_date
)
FROM range($n) AS numbers(i), (FROM notifications WHERE notification_id = $template) AS notifications;
INSERT INTO notification_symbols
SELECT 'B' || i, 'G/TBT/N/ATL/' || (100000 + i), 'G/TBT/N/ATL/' || (100000 + i) FROM range($n) AS numbers(i);
INSERT INTO matches BY NAME
SELECT m.* REPLACE ('B' || i AS notification_id)
FROM range($n) AS numbers(i), (FROM matches WHERE notification_id = $template AND relation <> 'none') AS m;
INSERT INTO cases
SELECT 'G/TBT/N/ATL/' || (100000 + i), $now::TIMESTAMPTZ - INTERVAL 30 MINUTE * ($n - i), false, 'natural-72h-1', $now
FROM range($n) AS numbers(i);
INSERT INTO case_notifications SELECT 'G/TBT/N/ATL/' || (100000 + i), 'B' || i FROM range($n) AS numbers(i);
INSERT INTO case_events
SELECT
    sha256(i || kind), 'G/TBT/N/ATL/' || (100000 + i), kind, if(kind = 'closed', 'done', ''),
    $now::TIMESTAMPTZ - INTERVAL 30 MINUTE * ($n - i) + INTERVAL 1 HOUR, $now, 'officer', ''
FROM range($n) AS numbers(i), unnest(['judged', 'notified', 'advised', 'noted', 'closed']) AS kinds(kind)
WHERE i < $n - $open;
"""


def bench_cases(
    folder: Path, sizes: tuple[int, ...], tbtwatch: str, measure: Callable[[list[str]], Measured]
) -> list[str]:
    """Section of the report."""
    template = folder / "cases-template"
    command = [tbtwatch, "--home", str(template), "--now", NOW]
    measure([*command, "demo"])
    rows = []
    for size in sizes:
        home = folder / f"cases-{size}"
        home.mkdir()
        shutil.copyfile(template / "demo" / "warehouse.duckdb", home / "warehouse.duckdb")
        with duckdb.connect(str(home / "warehouse.duckdb")) as con:
            found = con.execute(
                "SELECT any_value(notification_id) FROM matches WHERE match_level = 'warning'"
            ).fetchone()
            values = {"n": size, "template": found[0] if found else "", "now": NOW, "open": OPEN}
            for statement in MULTIPLY.strip().split(";\n"):
                used = {key: value for key, value in values.items() if f"${key}" in statement}
                con.execute(statement, used)
        again = [tbtwatch, "--home", str(home), "--now", NOW, "cases"]
        measure(again)  # the first run writes down what the log lacks
        listed = measure(again)
        newest = measure([*again, "--all"])
        whole = "| | |"
        if size <= WHOLE:
            everything = measure([*again, "--all", "--limit", "0"])
            whole = f"| {everything.seconds:.1f} | {everything.peak_mb:.0f} MB |"
        rows.append(
            f"| {size:,} | {listed.seconds:.2f} | {listed.peak_mb:.0f} MB "
            f"| {newest.seconds:.2f} | {newest.peak_mb:.0f} MB {whole}"
        )
    return [
        "## Cases",
        "",
        f"`tbtwatch cases`, {OPEN} cases open, the others settled before; the whole command, start of Python included.",
        "`--all` lists the newest 200 and reads their events only; `--all --limit 0` reads every event, so that it",
        f"grows with the cases, and is measured up to {WHOLE:,} only.",
        "",
        "| cases | seconds | peak memory | `--all`: seconds | peak memory | `--all --limit 0`: seconds | peak memory |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
    ]
