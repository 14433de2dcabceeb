"""From the search record to the document behind its link and back into the warehouse, as a user runs it."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from warehouse.connection import open_reader
from warehouse.query import fetch_all

sys.path.insert(0, str(Path(__file__).parents[1] / "crawlers"))
from replay import Answer, Replay, Seen, record

Cli = Callable[..., Any]
AT = "2025-06-13T09:00+08:00"
WINDOW = ("--since", "2025-06-01", "--until", "2025-06-12")
LINK = "https://docs.wto.org/imrd/directdoc.asp?DDFDocuments/t/G/TBTN25/BRA9003.DOCX"


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        yield server


def notice(number: int = 9003) -> bytes:
    """A notification document in words of our own."""
    document = Document()
    document.add_paragraph(f"G/TBT/N/BRA/{number}")
    document.add_paragraph("NOTIFICATION")
    for box in (
        "1. Notifying Member: BRAZIL",
        "4. Products covered (HS or CCCN where applicable, otherwise national tariff heading. ICS numbers may be "
        "provided in addition, where applicable): Garden gates of steel (HS code(s): 730830); (ICS code(s): 91.060.50)",
        "9. Proposed date of adoption: 1 October 2025",
        "10. Final date for comments: 1 August 2025",
    ):
        document.add_paragraph(box)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def served(seen: Seen) -> Answer | None:
    return Answer(body=notice()) if seen.path.startswith("/imrd/") else None


def crawl(cli: Cli, home: Path, replay: Replay, source: str) -> Any:
    return cli("--json", "--home", home, "--now", AT, "crawl", source, "--base-url", replay.url, *WINDOW)


def shown(home: Path, *names: str) -> list[Any]:
    """Fields of the notification as it stands now."""
    with open_reader(home / "warehouse.duckdb") as con:
        (found,) = fetch_all(con, "queries/notifications", {"notification_ids": json.dumps(["G/TBT/N/BRA/9003"])})
    return [found[name] for name in names]


def n_versions(home: Path) -> int:
    with open_reader(home / "warehouse.duckdb") as con:
        row = con.execute("SELECT count(*) FROM raw_notifications").fetchone()
        return int(row[0]) if row else 0


@pytest.fixture
def searched(cli: Cli, tmp_path: Path, replay: Replay) -> Path:
    sparse = record(2, id=1, documentSymbol="G/TBT/N/BRA/9003", hsCodes=[], linkToNotification=LINK, area="TBT")
    replay.records = [sparse]
    replay.special = served
    assert crawl(cli, tmp_path, replay, "wto_eping").code == 0
    assert shown(tmp_path, "hs_codes", "comment_deadline", "adoption_date") == [[], None, None]
    return tmp_path


def test_a_document_fills_what_the_search_lacks(cli: Cli, searched: Path, replay: Replay) -> None:
    done = crawl(cli, searched, replay, "wto_documents")
    assert done.data["counts"]["n_new"] == 1, done.err
    hs, ics, deadline, title = shown(searched, "hs_codes", "ics_codes", "comment_deadline", "title")
    assert (hs, ics, deadline) == (["730830"], ["91.060.50"], date(2025, 8, 1))
    assert title == "Imaginary garden gates, part 2", "the search record is not overridden"
    asked = [seen.path for seen in replay.requests if seen.path.startswith("/imrd/")]
    crawl(cli, searched, replay, "wto_documents")
    assert [seen.path for seen in replay.requests if seen.path.startswith("/imrd/")] == asked, "a document is read once"


def test_what_the_document_added_is_told_as_changes(cli: Cli, searched: Path, replay: Replay) -> None:
    replay.records = [{**replay.records[0], "commentDeadlineDate": "2025-09-01T00:00:00+00:00"}]
    crawl(cli, searched, replay, "wto_eping")
    done = cli("--home", searched, "changes", "G/TBT/N/BRA/9003")
    assert done.code == 0
    assert "comment_deadline" in done.out
    assert "2025-09-01" in done.out
    assert cli("--home", searched, "changes", "G/TBT/N/NONE/1").code == 2


def test_a_killed_run_leaves_nobody_behind_and_is_continued(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    numbers = [9000 + i for i in range(8)]
    replay.records = [
        record(
            i,
            id=i,
            documentSymbol=f"G/TBT/N/BRA/{number}",
            notifyingMember="Brazil",
            linkToNotification=LINK.replace("9003", str(number)),
            area="TBT",
        )
        for i, number in enumerate(numbers)
    ]
    crawl(cli, tmp_path, replay, "wto_eping")

    def served_by_number(seen: Seen) -> Answer | None:
        found = re.search(r"BRA(\d+)", seen.target)
        return Answer(body=notice(int(found[1]))) if found and seen.path.startswith("/imrd/") else None

    replay.special = served_by_number

    def asked() -> list[str]:
        return [seen.target for seen in replay.requests if seen.path.startswith("/imrd/")]

    command = [sys.executable, "-m", "pipeline", "--home", str(tmp_path), "--now", AT, "crawl", "wto_documents"]
    with subprocess.Popen([*command, "--base-url", replay.url, *WINDOW], stdout=subprocess.DEVNULL) as running:
        until = time.monotonic() + 30
        while len(asked()) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
    time.sleep(4)  # what was under way comes to its end
    left_off = len(asked())
    time.sleep(2.5)
    assert 3 <= len(asked()) == left_off < len(numbers), "the process that fetched has ended too"
    done = crawl(cli, tmp_path, replay, "wto_documents")
    assert (done.data["counts"]["n_new"], done.data["counts"]["is_resumed"]) == (len(numbers), 1)
    assert len(asked()) == len(set(asked())), "what was kept is not asked for again"


def test_live_check_says_what_differs_and_loads_nothing(cli: Cli, searched: Path, replay: Replay) -> None:
    before = n_versions(searched)
    done = cli("--home", searched, "--now", AT, "live-check", "wto_eping", "eu_safety_gate", "--base-url", replay.url)
    assert done.code == 1
    assert "wto_eping：与来源卡一致，记录 1 条" in done.out
    assert "eu_safety_gate：来源 eu_safety_gate 的地址无效（404）" in done.out
    assert n_versions(searched) == before
