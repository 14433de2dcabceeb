"""Measures drafting, releasing and showing an issue, its parts, and the bare libraries at the same work."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bench_bulletin_month import JUDGED, MONTH, NOTIFICATIONS, NOW, RELEVANT
from bench_phases import phases, script

if TYPE_CHECKING:
    from bench import Measured

ROOT = Path(__file__).parents[1]
TITLE = "境外技术性贸易措施风险信息提示"
# Writes the tables of a Word file anew, their words and nothing else.
BARE_DOCX = """
import io, sys, time
import docx
tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(sys.argv[1]).tables]
started = time.perf_counter()
word = docx.Document()
for rows in tables:
    table = word.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(table.rows, rows):
        for cell, text in zip(row.cells, texts):
            cell.text = text
word.save(io.BytesIO())
print(time.perf_counter() - started, sum(map(len, tables)))
"""
# Drafts, and keeps what the engine is given for the first version.
KEEP_TYPST = """
import pickle, sys
import pipeline.cli
import reports.render.pdf as pdf

keep, compile_, kept = sys.argv.pop(1), pdf.run_typst, []


def keeping(files, fonts, form, **more):
    if not kept:
        kept.append(None)
        with open(keep, "wb") as file:
            pickle.dump((files, fonts.font_paths, fonts.use_system, more["timestamp"]), file)
    return compile_(files, fonts, form, **more)


pdf.run_typst = keeping
pipeline.cli.main()
"""
BARE_TYPST = """
import pickle, sys, time
import typst
with open(sys.argv[1], "rb") as file:
    files, folders, use_system, stamp = pickle.load(file)
started = time.perf_counter()
typst.compile(files, format="pdf", font_paths=list(folders), ignore_system_fonts=not use_system, timestamp=stamp)
print(time.perf_counter() - started)
"""
_DRAFT, _RENDER, _FACTS = "pipeline.steps.draft_report", "pipeline.steps.render_issue", "pipeline.bulletin.collect"
WATCHED = (
    (_DRAFT, "bulletin_facts", "facts"), (_FACTS, "chinese_titles", "titles"), (_RENDER, "plan_fonts", "fonts"),
    (_RENDER, "compose_bulletin", "compose"), (_RENDER, "render_docx", "docx"), (_RENDER, "render_pdf", "pdf"),
    ("reports.render.docx", "picture_png", "pictures"), (_RENDER, "render_html", "html"),
    (_RENDER, "annex_workbook", "xlsx"), (_DRAFT, "read_outline", "outline"), (_DRAFT, "sheet_rows", "sheet"),
    (_DRAFT, "write_sheet", "sheet"),
)  # fmt: skip
PARTS = {
    "start": "start of Python, imports",
    "facts": "reading and counting",
    "titles": "titles put together (待译), reading the lexicon",
    "compose": "composing",
    "fonts": "looking for fonts",
    "docx": "Word",
    "pictures": "pictures of charts for it",
    "pdf": "PDF",
    "html": "web page",
    "xlsx": "annex workbook",
    "outline": "reading the Word drafts back for a later comparison",
    "sheet": "workbook of the officer's texts",
    "rest": "the rest: database opened, files written",
}


def bench_bulletin(
    folder: Path, n_old: int, tbtwatch: str, measure: Callable[[list[str], Mapping[str, str]], Measured]
) -> list[str]:
    """Section of the report."""
    # as installed: an environment that forbids compiled modules would have each run compile them anew
    env = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    plain, large = folder / "bulletin", folder / "bulletin-large"
    register = str(ROOT / "pipeline" / "sample" / "exporters.csv")
    measure([tbtwatch, "--home", str(plain), "--now", NOW.isoformat(), "import", "exporters", register], env)
    fill = [sys.executable, str(ROOT / "tools" / "bench_bulletin_month.py")]
    measure([*fill, str(plain), "0"], env)
    shutil.copytree(plain, large)
    measure([*fill, str(large), str(n_old)], env)
    homes = {"the month and a year before it": plain, f"and {n_old:,} cases settled earlier": large}
    load = os.getloadavg()[0]
    draft, rows, apart = ["report", "--month", MONTH], [], []
    for words, home in homes.items():
        given = ["--home", str(home), "--now", NOW.isoformat()]
        measure([tbtwatch, *given, *draft], env)  # the first run compiles modules
        drafted = measure([tbtwatch, *given, *draft], env)
        apart.append(phases(WATCHED, [*given, *draft], env))
        release = ["report", "release", "--month", MONTH, "--by", "处长", "--anyway", "测量"]
        if home is plain:
            script(KEEP_TYPST, [str(folder / "typst"), *given, *draft], env)
        released = measure([tbtwatch, *given, *release], env)
        site = measure([tbtwatch, *given, "report", "site"], env)
        n_pages = sum(1 for _ in (home / "site" / "measures").glob("*.html"))
        shown = {
            "`report --month`, 9 files": drafted,
            "`report release`": released,
            f"`report site`, {n_pages:,} measures": site,
        }
        rows += [f"| {words} | {what} | {run.seconds:.1f} | {run.peak_mb:.0f} MB |" for what, run in shown.items()]
    typst = float(script(BARE_TYPST, [str(folder / "typst")], env))
    word = plain / "reports" / MONTH / f"{TITLE}_{MONTH}.docx"
    written, n_rows = script(BARE_DOCX, [str(word)], env).split()
    docx, ours = float(written), {part: seconds / 2 for part, seconds in apart[0].items()}
    return [
        "## Bulletin",
        "",
        f"A month of {NOTIFICATIONS} notifications with {RELEVANT} relevant measures ({JUDGED} judged, no title",
        "translated), a year of notifications before it; whole commands, start of Python included. `report --month`",
        "writes the public and the restricted version in all forms, and the workbook of the officer's texts.",
        f"Load of the {os.cpu_count()} cores before the first of them: {load:.1f}.",
        "",
        "| home | what | seconds | peak memory |",
        "|---|---|---|---|",
        *rows,
        "",
        "Where the time of `report --month` goes, in seconds, both versions together:",
        "",
        f"| part | {' | '.join(homes)} |",
        "|---|---|---|",
        *(f"| {words} | " + " | ".join(f"{spent.get(part, 0):.2f}" for spent in apart) + " |"
          for part, words in PARTS.items()),
        f"| together | {' | '.join(f'{sum(spent.values()):.2f}' for spent in apart)} |",
        "",
        "One version beside the bare libraries, in processes of their own without their imports:",
        "",
        "| what | seconds | ratio |",
        "|---|---|---|",
        f"| bare `python-docx`: the same {int(n_rows):,} table rows, words only | {docx:.2f} | 1.0 |",
        f"| the Word file, without the pictures | {ours['docx']:.2f} | {ours['docx'] / docx:.1f} |",
        f"| bare `typst`: the same text once, looking for fonts included | {typst:.2f} | 1.0 |",
        f"| the PDF | {ours['pdf']:.2f} | {ours['pdf'] / typst:.1f} |",
        "",
    ]  # fmt: skip
