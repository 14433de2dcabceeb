"""Measures the product beside a bare baseline in the same run and writes docs/benchmarks.md: `make bench`.

Whole commands are run as a user runs them; time is wall time, memory the peak resident size of the process.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape

from bench_alerts import bench_alerts
from bench_bulletin import bench_bulletin
from bench_cases import bench_cases
from bench_matching import bench_matching
from bench_warehouse import bench_warehouse

ROOT = Path(__file__).parents[1]
REPORT = ROOT / "docs" / "benchmarks.md"
BULK_ROWS = 90_000
BULK_HEADERS = (
    "Notifying Member", "Distribution date", "Document symbol", "Title", "Description", "Products covered",
    "HS code(s)", "ICS code(s)", "Objectives", "Keywords", "Specific regions or countries likely to be affected",
    "Final date for comments", "Proposed adoption  date", "Proposed entry  into  force date", "Notification type",
    "Notified document", "Link to notification(EN)", "Link to notification(FR)", "Link to notification(ES)",
)  # fmt: skip
OPENPYXL_LOOP = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=False)
n = sum(1 for row in book.worksheets[0].iter_rows(values_only=True))
print(n)
"""


HTTPX_LOOP = """
import sys, httpx
with httpx.Client() as client:
    for page in range(1, 11):
        window = {"distributionDateFrom": "2025-06-01", "distributionDateTo": "2025-06-12"}
        client.get(sys.argv[1], params={"page": page, "pageSize": 100, **window}).json()
"""


@dataclass(frozen=True)
class Measured:
    """One process."""

    seconds: float
    peak_mb: float


def measure(command: list[str], env: Mapping[str, str] | None = None) -> Measured:
    """Run a command to its end; exit code 1 (findings) is a success."""
    started = time.perf_counter()
    child = os.posix_spawnp(
        command[0],
        command,
        {**os.environ, **(env or {})},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    scale = 1e6 if sys.platform == "darwin" else 1e3
    return Measured(time.perf_counter() - started, usage.ru_maxrss / scale)


def write_bulk_workbook(path: Path, n_rows: int) -> None:
    """Write a workbook in the form of ePing's bulk file: inline strings, formulas, dates as numbers, generated text."""
    chance = random.Random(1995)  # noqa: S311  (test data)
    words = ["".join(chance.choices("abcdefghijklmnoprstuvwy", k=chance.randint(3, 11))) for _ in range(4000)]

    def text(n: int) -> str:
        return escape(" ".join(chance.choices(words, k=n)))

    def cell(value: str) -> str:
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for name, content in _WORKBOOK_PARTS.items():
            book.writestr(name, content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET_HEAD.format(n_rows=n_rows + 1).encode())
            sheet.write(("<row>" + "".join(cell(header) for header in BULK_HEADERS) + "</row>").encode())
            members = (("Uganda", "UGA"), ("Kenya", "KEN"), ("United States of America", "USA"), ("Brazil", "BRA"))
            for number in range(1, n_rows + 1):
                member, token = members[number % len(members)]
                symbol = f" G/TBT/N/{token}/{number}"
                link = f'HYPERLINK("https://www.epingalert.org/en/Search?viewData={symbol}","{symbol}")'
                day = 35_000 + number // 8
                row = (
                    cell(member),
                    f"<c><v>{day}</v></c>",
                    f"<c><f>{escape(link)}</f><v/></c>",
                    cell(text(12)),
                    cell(text(70)),
                    cell(text(10) + " (HS code(s): 850440)"),
                    cell(f"8517 - {text(5)}; 850440 - {text(4)}"),
                    cell(f"33.0{number % 9}0 - {text(3)}"),
                    cell("Protection of human health or safety (TBT), Quality requirements (TBT)"),
                    cell(text(3)),
                    cell(""),
                    f"<c><v>{day + 60}</v></c>",
                    cell(""),
                    cell("To be determined"),
                    cell("Regular notification"),
                    cell(f"https://members.wto.org/crnattachments/2025/TBT/{token}/25_{number:05d}_00_e.pdf"),
                    *(
                        f'<c><f>HYPERLINK("https://docs.wto.org/{lang}/{number}","{symbol}")</f><v/></c>'
                        for lang in ("t", "u", "v")
                    ),
                )
                sheet.write(("<row>" + "".join(row) + "</row>").encode())
            sheet.write(b"</sheetData></worksheet>")


_SHEET_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<dimension ref="A1:S{n_rows}"/><sheetData>'
)
_WORKBOOK_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Notifications" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def bench_import(folder: Path, n_rows: int) -> list[str]:
    """Import of the bulk workbook, beside a bare openpyxl loop that only reads the same cells."""
    lines = [
        "## Import of the bulk workbook",
        "",
        "`tbtwatch import notifications` reads, checks, writes the landing form, loads and builds; the baseline is",
        "a bare `openpyxl` read-only loop over the same file that keeps nothing. Two sizes show how memory grows.",
        "",
        "| rows | file | what | seconds | rows a second | peak memory | ratio to bare openpyxl |",
        "|---|---|---|---|---|---|---|",
    ]
    for n in (n_rows // 9, n_rows):
        book = folder / f"bulk-{n}.xlsx"
        write_bulk_workbook(book, n)
        size = f"{book.stat().st_size / 1e6:.0f} MB"
        bare = measure([sys.executable, "-c", OPENPYXL_LOOP, str(book)])
        home = folder / f"home-{n}"
        command = [_tbtwatch(), "--home", str(home), "import", "notifications", str(book)]
        ours, again = measure(command), measure(command)
        for what, measured in (("bare openpyxl loop", bare), ("import", ours), ("the same file again", again)):
            lines.append(
                f"| {n:,} | {size} | {what} | {measured.seconds:.1f} | {n / measured.seconds:,.0f} "
                f"| {measured.peak_mb:.0f} MB | {measured.seconds / bare.seconds:.2f} |"
            )
        shutil.rmtree(home)
    return [*lines, ""]


def bench_start() -> list[str]:
    """Start of the command line, beside an interpreter that does nothing."""
    empty = min((measure([sys.executable, "-c", "pass"]) for _ in range(5)), key=lambda m: m.seconds)
    shown = min((measure([_tbtwatch(), "--help"]) for _ in range(5)), key=lambda m: m.seconds)
    return [
        "## Start",
        "",
        "Best of five.",
        "",
        "| what | seconds | peak memory | ratio |",
        "|---|---|---|---|",
        f"| `python -c pass` | {empty.seconds:.3f} | {empty.peak_mb:.0f} MB | 1.0 |",
        f"| `tbtwatch --help` | {shown.seconds:.3f} | {shown.peak_mb:.0f} MB | {shown.seconds / empty.seconds:.1f} |",
        "",
    ]


def bench_crawl(folder: Path) -> list[str]:
    """A thousand records from a replay that fails every tenth request, beside a bare loop over a faultless one."""
    sys.path.insert(0, str(ROOT / "tests" / "crawlers"))
    from replay import SEARCH, TRANSIENT, Replay, records  # noqa: PLC0415

    lines = [
        "## A crawl with faults",
        "",
        "`tbtwatch crawl wto_eping --since 2025-06-01 --until 2025-06-12` against a replay on the loopback interface:",
        "1,000 records, 100 a page, each tenth request spoilt (429, 503, a web page, a cut body, …). The smallest",
        "possible number of requests is ten pages; robots.txt is one more. The baseline is a bare `httpx` loop over",
        "the same pages without faults, delay or database; the difference is the courtesy of one second a request.",
        "",
        "| what | records | requests | seconds | records a second |",
        "|---|---|---|---|---|",
    ]
    with Replay() as replay:
        replay.records = records(1000)
        loop = measure([sys.executable, "-c", HTTPX_LOOP, f"{replay.url}{SEARCH}"])
        n_loop = len(replay.requests)
        replay.requests.clear()
        replay.every, replay.faults = 10, TRANSIENT
        home = folder / "crawl"
        window = ["--since", "2025-06-01", "--until", "2025-06-12", "--base-url", replay.url]
        ours = measure([_tbtwatch(), "--home", str(home), "crawl", "wto_eping", *window])
        n_ours = len(replay.requests) + replay.n_robots
    n_records = len(_symbols(home))
    for what, n, requests, measured in (
        ("bare httpx loop, no faults", 1000, n_loop, loop),
        ("crawl, faults at every tenth request", n_records, n_ours, ours),
    ):
        lines.append(f"| {what} | {n:,} | {requests} | {measured.seconds:.1f} | {n / measured.seconds:,.0f} |")
    return [*lines, ""]


def _symbols(home: Path) -> set[str]:
    from warehouse.connection import open_reader  # noqa: PLC0415

    with open_reader(home / "warehouse.duckdb") as con:
        return {row[0] for row in con.execute("SELECT symbol FROM notification_symbols").fetchall()}


def bench_demo(folder: Path) -> list[str]:
    """The whole month on the bundled sample, first with the encoder still to be unpacked."""
    home = folder / "demo"
    command = [_tbtwatch(), "--home", str(home), "demo"]
    model = "import sentence_transformers, torch"
    bare = measure([sys.executable, "-c", model])
    first, again = measure(command), measure(command)
    return [
        "## The demo",
        "",
        "`tbtwatch demo`: the bundled, fictional sample, from import to published copy.",
        "",
        "| what | seconds | peak memory | ratio to the bare import of the encoder's libraries |",
        "|---|---|---|---|",
        f"| `import sentence_transformers, torch` alone | {bare.seconds:.1f} | {bare.peak_mb:.0f} MB | 1.0 |",
        f"| first run, unpacks the encoder | {first.seconds:.1f} | {first.peak_mb:.0f} MB "
        f"| {first.seconds / bare.seconds:.1f} |",
        f"| second run, nothing new | {again.seconds:.1f} | {again.peak_mb:.0f} MB "
        f"| {again.seconds / bare.seconds:.1f} |",
        "",
    ]


def _tbtwatch() -> str:
    return str(Path(sys.executable).with_name("tbtwatch"))


def main() -> None:
    """Run the measurements and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=BULK_ROWS, help="rows of the generated workbook")
    parser.add_argument("--notifications", type=int, default=10_000, help="notifications that are matched")
    parser.add_argument(
        "--cases", type=int, default=100_000, help="settled cases behind the open ones, of Cases and Bulletin"
    )
    parser.add_argument("--alerts", type=int, default=5_000, help="mails that are sent")
    parser.add_argument("--history", type=int, default=90_000, help="notifications of the 25 years of Warehouse")
    parser.add_argument("--only", default="", help="measure one section (its heading, as Matching), keep the others")
    options = parser.parse_args()
    sizes = tuple(size for size in (1_000, 10_000, 100_000) if size <= options.cases)
    n_mails = tuple(size for size in (1_000, 5_000) if size <= options.alerts)
    benches: dict[str, Callable[[Path], list[str]]] = {
        "Start": lambda _: bench_start(),
        "Import": lambda folder: bench_import(folder, options.rows),
        "Crawl": bench_crawl,
        "Matching": lambda folder: bench_matching(folder, options.notifications, _tbtwatch(), measure),
        "Cases": lambda folder: bench_cases(folder, sizes, _tbtwatch(), measure),
        "Alerts": lambda folder: bench_alerts(folder, n_mails, _tbtwatch(), measure),
        "Bulletin": lambda folder: bench_bulletin(folder, options.cases, _tbtwatch(), measure),
        "Warehouse": lambda folder: bench_warehouse(folder, options.history),
        "Demo": bench_demo,
    }
    if options.only and options.only not in benches:
        parser.error(f"--only: {', '.join(benches)}")
    with tempfile.TemporaryDirectory() as name:
        measured = [
            "\n".join(run(Path(name)))
            for section, run in benches.items()
            if not options.only or section == options.only
        ]
    kept = _sections(REPORT.read_text(encoding="utf-8")) if options.only else {}
    sections = kept | {text.split("\n", 1)[0]: text for text in measured}
    head = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Each figure stands beside a bare baseline measured in the same run on the same",
        "machine; compare the ratios, not the seconds.",
        "",
        f"Machine: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"CPython {platform.python_version()}, DuckDB {version('duckdb')}, openpyxl {version('openpyxl')}; "
        f"{datetime.now(UTC):%Y-%m-%d}.",
        "",
    ]
    REPORT.write_text("\n".join([*head, *(text.rstrip() + "\n" for text in sections.values())]), encoding="utf-8")
    print(f"written: {REPORT.relative_to(ROOT)}")


def _sections(report: str) -> dict[str, str]:
    """The sections of a report by their headings."""
    parts = [f"## {part}" for part in report.split("\n## ")[1:]]
    return {part.split("\n", 1)[0]: part for part in parts}


if __name__ == "__main__":
    main()
