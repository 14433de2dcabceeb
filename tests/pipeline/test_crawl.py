"""`tbtwatch crawl` as a user runs it, against a replay of the source on the loopback interface."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from crawlers.engine.card import parse_card
from crawlers.engine.exchange import Fetched, Window
from warehouse.connection import open_reader
from warehouse.errors import StageError

sys.path.insert(0, str(Path(__file__).parents[1] / "crawlers"))
from replay import Replay, records, workbook

Cli = Callable[..., Any]
AT = "2025-06-13T09:00+08:00"
WINDOW = ("--since", "2025-06-01", "--until", "2025-06-12")


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        yield server


def crawl(cli: Cli, home: Path, replay: Replay, *more: object, source: str = "wto_eping", json: bool = True) -> Any:
    shape = ("--json",) if json else ()
    return cli(*shape, "--home", home, "--now", AT, "crawl", source, "--base-url", replay.url, *more)


def symbols(home: Path) -> set[str]:
    with open_reader(home / "warehouse.duckdb") as con:
        return {row[0] for row in con.execute("SELECT symbol FROM notification_symbols").fetchall()}


def test_a_window_is_collected_once_and_a_second_run_adds_nothing(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    replay.records = records(230)
    first = crawl(cli, tmp_path, replay, *WINDOW)
    assert first.code == 0, first.err
    assert (first.data["counts"]["n_new"], first.data["counts"]["n_requests"]) == (230, 4)  # three pages and robots.txt
    assert len(symbols(tmp_path)) == 230
    again = crawl(cli, tmp_path, replay, *WINDOW).data["counts"]
    assert (again["n_new"], again["n_changed"], again["n_unchanged"]) == (0, 0, 230)


def test_a_changed_record_becomes_a_version(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    replay.records = records(5)
    crawl(cli, tmp_path, replay, *WINDOW)
    replay.records[2] = {**replay.records[2], "commentDeadlineDate": "2025-09-01T00:00:00+00:00"}
    counts = crawl(cli, tmp_path, replay, *WINDOW).data["counts"]
    assert (counts["n_changed"], counts["n_unchanged"]) == (1, 4)
    with open_reader(tmp_path / "warehouse.duckdb") as con:
        found = con.execute("SELECT count(*) FROM notifications WHERE comment_deadline = DATE '2025-09-01'").fetchone()
    assert found == (1,)


def test_the_next_run_asks_again_for_the_days_before_the_last_covered_one(
    cli: Cli, tmp_path: Path, replay: Replay
) -> None:
    replay.records = records(5)
    crawl(cli, tmp_path, replay, *WINDOW)
    replay.requests.clear()
    crawl(cli, tmp_path, replay)
    assert replay.requests[0].query["distributionDateFrom"] == "2025-06-09"  # the card's overlap of three days
    assert replay.requests[0].query["distributionDateTo"] == "2025-06-13"


def test_a_failed_run_loads_nothing_and_is_shown_red(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    replay.records = records(5)
    replay.change = lambda page: page.pop("totalCount")
    failed = crawl(cli, tmp_path, replay, *WINDOW, json=False)
    assert failed.code == 3
    assert "格式变了" in failed.err
    assert symbols(tmp_path) == set()
    status = cli("--json", "--home", tmp_path, "status", "--issues").data
    assert [(s["source"], s["last_outcome"]) for s in status["sources"]] == [("wto_eping", "failed")]
    assert [i["code"] for i in status["issues"]] == ["crawl-failed"]
    assert "失败" in cli("--home", tmp_path, "status").out


def test_an_empty_run_is_no_success(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    done = crawl(cli, tmp_path, replay, *WINDOW)
    assert done.code == 1
    assert [issue["code"] for issue in done.data["issues"]] == ["crawl-empty"]


def test_the_official_api_needs_a_key_that_is_never_written_down(
    cli: Cli, tmp_path: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay.records, replay.key = records(3), "very-secret-key"
    without = crawl(cli, tmp_path, replay, *WINDOW, source="wto_eping_api", json=False)
    assert without.code == 2
    assert "TBTWATCH_CRAWL__WTO_API_KEY" in without.err
    monkeypatch.setenv("TBTWATCH_CRAWL__WTO_API_KEY", "very-secret-key")
    assert crawl(cli, tmp_path, replay, *WINDOW, source="wto_eping_api").data["counts"]["n_new"] == 3
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"very-secret-key" not in path.read_bytes()


def test_the_bulk_file_is_loaded_once(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    replay.bulk = workbook(1200)
    first = crawl(cli, tmp_path, replay, source="wto_eping_bulk")
    assert first.data["counts"]["n_new"] == 1200
    again = crawl(cli, tmp_path, replay, source="wto_eping_bulk")
    assert again.code == 0
    assert (again.data["counts"]["n_records"], again.data["counts"]["is_source_unchanged"]) == (0, 1)
    assert len(symbols(tmp_path)) == 1200


def test_a_file_that_was_fetched_but_not_loaded_is_fetched_again(
    cli: Cli, tmp_path: Path, replay: Replay, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise StageError("磁盘已满", "请腾出空间。")

    replay.bulk = workbook(1100)
    with monkeypatch.context() as patch:
        patch.setattr("pipeline.steps.crawl.load_landing", full_disk)
        assert crawl(cli, tmp_path, replay, source="wto_eping_bulk", json=False).code == 3
    assert crawl(cli, tmp_path, replay, source="wto_eping_bulk").data["counts"]["n_new"] == 1100


def test_a_killed_run_is_continued(cli: Cli, tmp_path: Path, replay: Replay) -> None:
    replay.records, replay.seconds = records(500), 0.3
    command = [sys.executable, "-m", "pipeline", "--home", str(tmp_path), "--now", AT, "crawl", "wto_eping"]
    child = subprocess.Popen(
        [*command, "--base-url", replay.url, *WINDOW],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(replay.requests) < 3 and child.poll() is None:
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    done = crawl(cli, tmp_path, replay, *WINDOW)
    assert done.code == 0, done.err
    assert (done.data["counts"]["n_new"], done.data["counts"]["is_resumed"]) == (500, 1)
    asked = replay.pages_asked()
    # the page under way when the process died is the only one that may be asked twice
    assert sorted(set(asked)) == ["1", "2", "3", "4", "5"]
    assert len(asked) <= 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("no_such_source",), "可用的来源："),
        (("wto_eping", "--since", "12.06.2025"), "--since"),
        (("wto_eping", "--since", "2025-06-12", "--until", "2025-06-01"), "晚于"),
    ],
)
def test_mistakes_are_told_with_the_next_step(cli: Cli, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = cli("--home", tmp_path, "crawl", *arguments)
    assert done.code == 2
    assert said in done.err


def test_sources_are_listed_with_what_was_never_verified(cli: Cli, tmp_path: Path) -> None:
    out = cli("--home", tmp_path, "sources").out
    assert {"wto_eping", "wto_eping_api", "wto_eping_bulk"} <= set(out.split())
    assert "未核验" in out


def test_new_source_writes_a_spider_that_runs_and_a_sample_that_asks_for_review(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "crawlers" / "spiders").mkdir(parents=True)
    (tmp_path / "tests" / "crawlers" / "frozen").mkdir(parents=True)
    done = cli("--json", "--home", tmp_path, "new-source", "jp_example", "--root", tmp_path)
    assert done.code == 0, done.err
    written = [Path(path) for path in done.data["files"]]
    assert all(path.exists() for path in written)
    card, spider = written[:2]
    assert len(card.read_text().splitlines()) + len(spider.read_text().splitlines()) < 120
    spec = spec_from_file_location("jp_example", spider)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.Spider(parse_card("jp_example", tomllib.loads(card.read_text(encoding="utf-8"))))
    window = Window(since=date(2026, 6, 1), until=date(2026, 6, 2))
    (wish,) = made.start(window)
    (found,) = made.parse(Fetched(fetch=wish, body=written[2].read_bytes()), window)
    assert found.source_key == "1"
    assert not (written[2].parent / "expected.json").exists()
    assert cli("--home", tmp_path, "new-source", "jp_example", "--root", tmp_path).code == 2
    assert cli("--home", tmp_path, "new-source", "../evil", "--root", tmp_path).code == 2
