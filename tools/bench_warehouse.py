"""Measures the analysts' warehouse on 25 invented years: build, publication, a day more, each question, and growth."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench_history import N_FIRMS, History
from bench_history_home import DAY_CHANGED, DAY_NEW, FILLED, SOURCE

DAYS = 3
STEPS = Path(__file__).with_name("bench_history_home.py")
BARE_BUILD = """
import duckdb, sys
con = duckdb.connect(sys.argv[1])
con.execute("SET enable_progress_bar = false")
con.execute(
    "CREATE TABLE bare AS FROM read_json($path, format = 'newline_delimited', maximum_object_size = 4194304)",
    {"path": sys.argv[2]},
)
con.close()
"""
BARE_DAY = """
import duckdb, sys
con = duckdb.connect(sys.argv[1])
con.execute("SET enable_progress_bar = false")
columns = ", ".join(f"'{row[0]}': '{row[1]}'" for row in con.execute("DESCRIBE bare").fetchall())
con.execute(
    f"INSERT INTO bare FROM read_json($path, format = 'newline_delimited', columns = {{{columns}}})",
    {"path": sys.argv[2]},
)
con.close()
"""
BARE_PUBLISH = """
import duckdb, os, sys
copy, target, folder = sys.argv[1:]
con = duckdb.connect(target)
con.execute("SET enable_progress_bar = false")
con.execute(f"ATTACH '{copy}' AS copy (READ_ONLY)")
os.makedirs(folder)
found = con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'copy'").fetchall()
for (table,) in found:
    con.execute(f"CREATE TABLE {table} AS FROM copy.main.{table}")
    con.execute(f"COPY {table} TO '{folder}/{table}.parquet' (COMPRESSION zstd)")
con.close()
"""
# A question that takes long is asked once; the others five times, after once for nothing.
QUESTIONS = """
import json, statistics, sys, time
import duckdb
from warehouse.questions import bind, questions
copy, given = sys.argv[1], json.loads(sys.argv[2])
con = duckdb.connect(copy, read_only=True)
con.execute("SET enable_progress_bar = false")
con.execute("SET TimeZone = 'Asia/Shanghai'")


def asked(text, values):
    spent = []
    while len(spent) < 6 and sum(spent) < 4:
        started = time.perf_counter()
        rows = con.execute(text, values).fetchall()
        spent.append(time.perf_counter() - started)
    return statistics.median(spent[1:] or spent), len(rows)


scan = "SELECT count(DISTINCT title), sum(length(description)) FROM main.notifications"
found = {"": asked(scan, {})}
for question in questions():
    stated = {p.name: given[p.name] for p in question.parameters if p.is_required}
    found[question.name] = asked(question.text, bind(question, stated))
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Ran:
    """One process: wall and processor seconds, peak memory where it tells, and what it said."""

    seconds: float
    cpu: float
    peak_mb: float
    said: dict[str, object]


@dataclass(frozen=True)
class Sized:
    """The measurements of one size."""

    size: int
    n_records: int
    runs: dict[str, Ran]
    days: list[dict[str, float]]  # seconds by part, one a day
    copy_mb: float
    parquet_mb: float
    warehouse_mb: float
    questions: dict[str, tuple[float, int]]  # by name: seconds, rows; "" is the bare scan


def bench_warehouse(folder: Path, size: int) -> list[str]:
    """Section of the report: at `size` notifications and at a ninth of them."""
    load = os.getloadavg()[0]
    firms = folder / "firms"
    _step("firms", firms, 0)
    small, large = (_measured(folder, firms, each) for each in (size // 9, size))
    lines = [
        "## Warehouse",
        "",
        f"Twenty-five invented years, {N_FIRMS:,} firms; a third of the notifications without HS codes, a third",
        "without ICS codes, a third matched (five pairs each), one in twenty a case (`tools/bench_history.py`).",
        f"Load of the {os.cpu_count()} cores before: {load:.1f}; after: {os.getloadavg()[0]:.1f}. Processor seconds",
        "bear a busy machine better than seconds do. Whole processes, start of Python included. Bare build:",
        "DuckDB's `read_json` into one table; bare publication: `CREATE TABLE AS` and `COPY TO` Parquet of every table",
        "of the copy.",
        "",
        "| notifications | records | what | seconds | processor | peak memory | ratio (processor) |",
        "|---|---|---|---|---|---|---|",
    ]
    for each in (small, large):
        for what, run, bare in _whole(each):
            lines.append(
                f"| {each.size:,} | {each.n_records:,} | {what} | {run.seconds:.1f} | {run.cpu:.1f} "
                f"| {f'{run.peak_mb:.0f} MB' if run.peak_mb else ''} | {run.cpu / bare.cpu:.1f} |"
            )
    lines += [
        "",
        "| notifications | warehouse | published copy | Parquet |",
        "|---|---|---|---|",
        *(
            f"| {each.size:,} | {each.warehouse_mb:.0f} MB | {each.copy_mb:.0f} MB | {each.parquet_mb:.0f} MB |"
            for each in (small, large)
        ),
        "",
        f"A day: {DAY_NEW} new notifications, {DAY_CHANGED} changed, their matches and cases; median of {DAYS} days,",
        "opening and closing the database included. Publication is the whole command, checks and Parquet included.",
        "Bare load: the day's file inserted into the bare table; bare publication: the copy copied as a file.",
        "From nothing: the history loaded and published whole, as a program would that knows of no copy before.",
        "",
        f"| what | seconds at {small.size:,} | at {large.size:,} | growth | ratio to bare at {large.size:,} "
        f"| from nothing at {large.size:,} |",
        "|---|---|---|---|---|---|",
    ]
    bares = {"load": "bare load", "publish": "bare copy"}
    whole = {"load": large.runs["build"].seconds, "publish": large.runs["publish"].seconds}
    for part, words in _PARTS.items():
        few, many = (median(day[part] for day in each.days) for each in (small, large))
        ratio = f"{many / median(day[bares[part]] for day in large.days):.1f}" if part in bares else ""
        anew = f"{whole[part]:.1f}" if part in whole else ""
        lines.append(f"| {words} | {few:.2f} | {many:.2f} | {many / few:.1f} | {ratio} | {anew} |")
    few, many = (median(sum(day[part] for part in _DAILY) for day in each.days) for each in (small, large))
    lines.append(f"| the day | {few:.2f} | {many:.2f} | {many / few:.1f} |  | {sum(whole.values()):.1f} |")
    lines += [
        "",
        f"The worked questions (`tbtwatch query`), each with its defaults, on a copy of {small.size:,} and of",
        f"{large.size:,}; median of five, in one process. The bare scan counts distinct titles and adds up the lengths",
        "of the descriptions. Growth over nine: more than in proportion.",
        "",
        f"| question | seconds at {small.size:,} | at {large.size:,} | growth | rows | ratio to the bare scan |",
        "|---|---|---|---|---|---|",
    ]
    scan = large.questions[""][0]
    for name, (seconds, n_rows) in large.questions.items():
        before = small.questions[name][0]
        lines.append(
            f"| {f'`{name}`' if name else 'bare scan'} | {before:.3f} | {seconds:.3f} | {seconds / before:.1f} "
            f"| {n_rows:,} | {seconds / scan:.1f} |"
        )
    return [*lines, ""]


_PARTS = {
    "open": "opening and closing the database only",
    "load": "load (and build)",
    "match": "storing matches",
    "cases": "cases",
    "publish": "`tbtwatch publish` on top of the copy before",
}
_DAILY = ("load", "match", "cases", "publish")


def _whole(each: Sized) -> list[tuple[str, Ran, Ran]]:
    runs = each.runs
    return [
        ("bare build", runs["bare build"], runs["bare build"]),
        ("build (`load_landing`)", runs["build"], runs["bare build"]),
        ("bare publication", runs["bare publish"], runs["bare publish"]),
        ("`tbtwatch publish`, whole", runs["publish"], runs["bare publish"]),
    ]


def _measured(folder: Path, firms: Path, size: int) -> Sized:
    home = folder / f"history-{size}"
    home.mkdir()
    shutil.copyfile(firms / "warehouse.duckdb", home / "warehouse.duckdb")
    landing, bare = home / "landing" / SOURCE.source, folder / f"bare-{size}.duckdb"
    _step("land", home, size)
    runs = {
        "bare build": _script(BARE_BUILD, str(bare), str(landing / "bulk" / "observations*.jsonl.gz")),
        "build": _step("build", home, size),
    }
    _step("fill", home, size)
    runs["publish"] = _publish(home, size, 0)
    copy = home / "publish" / "current.duckdb"
    target = folder / f"published-{size}"
    runs["bare publish"] = _script(BARE_PUBLISH, str(copy), f"{target}.duckdb", str(target))
    days = []
    for number in range(1, DAYS + 1):
        spent = {str(part): float(str(value)) for part, value in _step("day", home, size, str(number)).said.items()}
        of_day = landing / f"day-{number}" / "observations*.jsonl.gz"
        spent["bare load"] = _script(BARE_DAY, str(bare), str(of_day)).seconds
        started = time.perf_counter()
        shutil.copyfile(copy, folder / "copied.duckdb")
        spent["bare copy"] = time.perf_counter() - started
        spent["publish"] = _publish(home, size, number).seconds
        days.append(spent)
    given = {"moment": "2020-06-15", "symbol": History(size).notification(11).symbols[0]}
    asked = _script(QUESTIONS, str(copy), json.dumps(given)).said
    return Sized(
        size=size,
        n_records=sum(len(History(size).notification(number).member_codes) for number in range(size)),
        runs=runs,
        days=days,
        copy_mb=copy.stat().st_size / 1e6,
        parquet_mb=_size(home / "publish" / "parquet" / "current"),
        warehouse_mb=(home / "warehouse.duckdb").stat().st_size / 1e6,
        questions={name: (float(found[0]), int(found[1])) for name, found in asked.items() if isinstance(found, list)},
    )


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.resolve().rglob("*") if file.is_file()) / 1e6


def _publish(home: Path, size: int, number: int) -> Ran:
    now = FILLED + timedelta(days=number, hours=1)
    return _step("command", home, size, "--now", now.isoformat(), "publish")


def _step(step: str, home: Path, size: int, *more: str) -> Ran:
    return _run([sys.executable, str(STEPS), step, str(home), str(size), *more])


def _script(source: str, *arguments: str) -> Ran:
    return _run([sys.executable, "-c", source, *arguments])


def _run(command: list[str]) -> Ran:
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdout=said)
        _, status, usage = os.wait4(child.pid, 0)
        seconds, child.returncode = time.perf_counter() - started, os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
        said.seek(0)
        words = said.read().strip()
    found = json.loads(words) if words else {}
    return Ran(seconds, usage.ru_utime + usage.ru_stime, float(found.get("peak_mb", 0)), found)
