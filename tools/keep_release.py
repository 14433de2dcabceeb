"""Keep the warehouse of a release for the tests of migration: made by the code of that release, packed, small.

Usage: python tools/keep_release.py GIT_REF VERSION      e.g. python tools/keep_release.py v0.1.0 0.1.0

Writes tests/warehouse/released/VERSION.duckdb.xz: an office that lives from 29 June to 3 August 2026 on the bundled
fictional sample and does everything that leaves a row: imports, versions, judgements, cases, mails and what comes back,
contacts that are erased, titles, edited texts, issues released, withdrawn and corrected. Every table has rows; the run
fails where one has none. No name, firm or address of it is real. Run it once, when a release is tagged, with the
environment of that release; a file that stands is never made again.
"""

from __future__ import annotations

import argparse
import io
import json
import lzma
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

# of the release: the outer process finds the checkout's own and uses nothing of it, the inner one that of the release
from crawlers.formats.eping_workbook import read_workbook
from crawlers.landing import LandingWriter
from pipeline.cli import main as tbtwatch
from pipeline.config import read_settings
from pipeline.context import Context, run_step
from pipeline.home import Home
from pipeline.sample import EXPORTERS, NOTIFICATIONS, SEARCH_PAGE, sample_path
from warehouse.load import SourceTitle, load_landing
from warehouse.records import ChineseTitle, Concern, ConcernObservation, Observation, TitleObservation

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "warehouse" / "released"
N_FIRMS = 14
COLLECTED, JUDGED, TOLD = "2026-06-29T09:00+08:00", "2026-06-29T16:00+08:00", "2026-06-30T09:00+08:00"
ANSWERED, RELEASED, CHANGED = "2026-06-30T15:00+08:00", "2026-07-02T09:00+08:00", "2026-07-20T09:00+08:00"
NEXT_MONTH, AFTER = "2026-08-03T09:00+08:00", "2026-08-03T11:00+08:00"
BY = ("--by", "演示研判岗")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ref", help="tag or commit of the release")
    parser.add_argument("version", help="version, the stem of the file")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)  # we run on the code of the release
    given = parser.parse_args()
    target = KEPT / f"{given.version}.duckdb.xz"
    if given.inside:
        live(Path.cwd() / "home")
        return
    if target.exists():
        sys.exit(f"{target} stands already; a released file is never made again")
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", given.ref], cwd=ROOT, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tree:
            tree.extractall(Path(folder) / "tree", filter="data")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TBTWATCH_")}
        environment |= {"PYTHONPATH": f"{folder}/tree", "TBTWATCH_MATCH__ENCODER": "hashing"}
        inside = [sys.executable, "-P", str(Path(__file__).resolve()), given.ref, given.version, "--inside"]
        subprocess.run(inside, cwd=folder, env=environment, check=True)
        packed = lzma.compress((Path(folder) / "home" / "slim.duckdb").read_bytes(), preset=9 | lzma.PRESET_EXTREME)
    KEPT.mkdir(exist_ok=True)
    target.write_bytes(packed)
    print(f"{target}: {len(packed):,} bytes")


def live(home: Path) -> None:
    """Live through the weeks in `home` and leave a slim copy of its warehouse there."""
    home.mkdir()
    with sample_path(EXPORTERS) as path:
        rows = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    firms = list(dict.fromkeys(row.partition(",")[0] for row in rows[1:]))[:N_FIRMS]
    for name, kept in (("企业.csv", firms), ("企业少一家.csv", firms[:-1])):
        text = rows[0] + "".join(row for row in rows[1:] if row.partition(",")[0] in kept)
        (home / name).write_text(text, encoding="utf-8-sig")
    run(home, COLLECTED, "import", "exporters", home / "企业.csv")
    for sample in (NOTIFICATIONS, SEARCH_PAGE):
        with sample_path(sample) as path:
            run(home, COLLECTED, "import", "notifications", path)
    run(home, COLLECTED, "match")
    run(home, COLLECTED, "cases")
    bring_concerns_and_titles(home)
    plans = run(home, COLLECTED, "alert", "preview", "--unreviewed")["plans"]
    pairs = list({plan["case_id"]: plan["exporter_id"] for plan in plans if not plan["withheld"]}.items())
    (one, firm), (two, other), (three, _), *_ = pairs
    run(home, JUDGED, "judge", one, firm, "--relation", "direct", "--reason", "同类产品", *BY)
    run(home, JUDGED, "judge", two, other, "--relation", "indirect", *BY)
    run(home, JUDGED, "case", "judge", three, "--conclusion", "warning", "--owner", "演示二岗", *BY)
    run(home, JUDGED, "titles", "set", one, "--text", "虚构的中文译名", *BY)
    run(home, TOLD, "alert", "send", "--unreviewed")
    mails = run(home, TOLD, "alert", "outbox")["mails"]
    run(home, ANSWERED, "alert", "settle", mails[0]["mail_id"], "--as", "arrived", *BY)
    run(home, ANSWERED, "alert", "settle", mails[1]["mail_id"], "--as", "failed", "--text", "未收到", *BY)
    answer_mails(home)
    run(home, ANSWERED, "case", "assign", one, "--owner", "演示二岗", *BY)
    run(home, ANSWERED, "case", "note", one, "--text", "已电话联系", *BY)
    run(home, ANSWERED, "case", "notify", one, "--text", "电话告知关企联络员", *BY)
    run(home, ANSWERED, "case", "advise", one, "--sign", *BY)
    run(home, ANSWERED, "case", "comment", one, "--step", "decide", "--value", "yes", "--text", "影响大", *BY)
    run(home, ANSWERED, "case", "concern", one, "--propose", "--text", "无科学依据", *BY)
    run(home, ANSWERED, "case", "consult", one, "--firm", firm, "--text", "走访", *BY)
    run(home, ANSWERED, "case", "impact", one, "--firm", firm, "--loss", "12.5", "--text", "退运", *BY)
    run(home, ANSWERED, "case", "close", two, "--reason", "已办结", *BY)
    run(home, ANSWERED, "case", "reopen", two, "--reason", "有新情况", *BY)
    run(home, ANSWERED, "contacts", "suspend", firms[2], "--reason", "离职", *BY)
    run(home, ANSWERED, "contacts", "phoned", firms[2], "--text", "已告知", *BY)
    run(home, ANSWERED, "contacts", "unsubscribe", firms[3], "--basis", "来电", *BY)
    run(home, ANSWERED, "contacts", "erase", firms[4], "--basis", "来函", *BY)
    edit_and_release(home, RELEASED, "2026-06")
    bring_changes(home, NOTIFICATIONS)
    run(home, CHANGED, "import", "exporters", home / "企业少一家.csv")
    run(home, CHANGED, "match")
    run(home, CHANGED, "cases", "--remind")
    run(home, NEXT_MONTH, "publish")
    release(home, NEXT_MONTH, "2026-07")
    run(home, AFTER, "report", "withdraw", "--month", "2026-07", "--reason", "虚构的撤回", *BY)
    release(home, AFTER, "2026-07")
    slim(home)


def run(home: Path, now: str, *arguments: object) -> Any:
    """One command in this process; its JSON. Ends the program where it fails."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["tbtwatch", "--json", "--home", str(home), "--now", now, *map(str, arguments)]
    code: int | str | None = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            tbtwatch()
        except SystemExit as leaving:
            code = leaving.code
    if code not in {0, 1, None}:
        sys.exit(f"{' '.join(map(str, arguments))}: {code}\n{err.getvalue()}")
    return json.loads(out.getvalue())


def bring_concerns_and_titles(home: Path) -> None:
    """A concern in two versions and two Chinese titles, as a crawl would bring them."""
    concern = Concern(concern_id="TBT-901", area="TBT", number="901", title="Atlantis - lamps (fictional)",
                      responding_members=("ATL",), raising_members=("CHN", "JPN"), first_raised=date(2025, 3, 1),
                      n_times_raised=2, symbols=("G/TBT/N/USA/9001",), hs_codes=("9405",))  # fmt: skip
    raised_again = replace(concern, n_times_raised=3, last_raised=date(2026, 3, 1))
    for version in (concern, raised_again):
        payload = {"n": version.n_times_raised}
        land(home, COLLECTED, ConcernObservation(source_key="901", payload=payload, concern=version))
    titles = (
        ChineseTitle(symbol="G/TBT/N/USA/9001", title_zh="虚构标题一", published_date=date(2026, 6, 20)),
        ChineseTitle(symbol="G/TBT/N/USA/9002", title_zh="虚构标题二", published_date=date(2026, 6, 21)),
    )
    found = [TitleObservation(source_key=t.symbol, payload={"t": t.title_zh}, title=t) for t in titles]
    land(home, COLLECTED, *found)


def bring_changes(home: Path, sample: str) -> None:
    """Later versions of some notifications: the platform moved their deadlines and added an ICS field."""

    def changed(path: Path) -> Iterator[Any]:
        for seen in read_workbook(path):
            if isinstance(seen, Observation) and seen.notification.comment_deadline:
                stated = replace(
                    seen.notification,
                    comment_deadline=date(2026, 9, 30),
                    ics_codes=(*seen.notification.ics_codes, "01.040"),
                )
                yield replace(seen, notification=stated)

    with sample_path(sample) as path:
        land(home, CHANGED, *islice(changed(path), 40), source="eping_workbook")


def land(home: Path, now: str, *observations: Any, source: str = "fictional_office") -> None:
    """Write a landing folder and load it, as a crawl does."""
    place = Home(home)
    context = Context(home=place, now=datetime.fromisoformat(now).astimezone(UTC), settings=read_settings(place))
    with run_step(context, "crawl", source=source) as step:
        folder = place.landing / source / step.run_id
        with LandingWriter(folder, source=source, run_id=step.run_id) as landing:
            for observed in observations:
                landing.write(observed)
        title = SourceTitle(source=source, title="虚构来源", priority=50)
        load_landing(step.con, folder, source=title, run_id=step.run_id, now=context.now)


def answer_mails(home: Path) -> None:
    """One firm replies, one unsubscribes by mail."""
    inbox = home / "inbox"
    inbox.mkdir()
    sent = [message_from_bytes(path.read_bytes(), policy=default) for path in sorted((home / "outbox").rglob("*.eml"))]
    for number, (mail, said) in enumerate(zip(sent[2:4], ("已收到，正在核对。", "退订"), strict=True)):
        token = re.search(r"subject=([^>&]*)", mail["List-Unsubscribe"].replace("%20", " "))
        subject = token[1] if said == "退订" and token else f"Re: {number}"
        text = (
            f"From: {mail['To']}\nTo: tbt-office@example.com\nSubject: {subject}\n"
            f"Message-ID: <answer-{number}@firm.example>\nIn-Reply-To: {mail['Message-ID']}\n"
            f"Date: Tue, 30 Jun 2026 14:00:00 +0800\nContent-Type: text/plain; charset=utf-8\n\n{said}\n"
        )
        (inbox / f"{number}.eml").write_text(text, encoding="utf-8")
    (home / "tbtwatch.toml").write_text(f"[inbox]\nfolder = '{inbox}'\n", encoding="utf-8")
    run(home, ANSWERED, "replies", "read")


def edit_and_release(home: Path, now: str, month: str) -> None:
    """Draft a month, write a preface into its workbook, take it in, release."""
    run(home, now, "report", "--month", month)
    path = home / "reports" / month / f"编辑表_{month}.xlsx"
    book = openpyxl.load_workbook(path)
    sheet: Any = book["编辑表"]
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 8).value == "preface")
    sheet.cell(row, 7).value = "虚构的导语。"
    book.save(home / "编辑表.xlsx")
    run(home, now, "report", "edit", home / "编辑表.xlsx", "--month", month, *BY)
    release(home, now, month)


def release(home: Path, now: str, month: str) -> None:
    """Release a month in spite of what nobody judged."""
    run(home, now, "report", "release", "--month", month, "--anyway", "虚构数据", *BY)


def slim(home: Path) -> None:
    """Copy the warehouse without free blocks; every table must have rows."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{home / 'warehouse.duckdb'}' AS warehouse (READ_ONLY)")
        con.execute(f"ATTACH '{home / 'slim.duckdb'}' AS slim")
        con.execute("COPY FROM DATABASE warehouse TO slim")
        names = [name for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'slim' ORDER BY ALL").fetchall()]  # fmt: skip
        counts = {name: len(con.table(f"slim.main.{name}")) for name in names}
    print("\n".join(f"{count:7} {name}" for name, count in counts.items()))
    if empty := [name for name, count in counts.items() if not count]:
        sys.exit(f"no rows: {', '.join(empty)}")


if __name__ == "__main__":
    main()
