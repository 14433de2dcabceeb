from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from crawling import WINDOW, card_of, codes, landed, run
from replay import Answer, Replay, records, workbook

from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.run import PLAN, unfinished_folder
from crawlers.landing import RUN
from warehouse.errors import StageError
from warehouse.records import Notification, Observation

_ROOT = Path(__file__).parents[2]
_CHILD = """
import random, sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from crawling import AGENT, WINDOW, card_of
from crawlers.engine.client import Surroundings
from crawlers.engine.run import crawl, open_spider
card = card_of(delay_seconds=0.0, timeout_seconds=5.0)
now = lambda: datetime(2025, 6, 13, tzinfo=UTC)
world = Surroundings(now=now, monotonic=time.monotonic, sleep=time.sleep, jitter=random.random)
crawl(card, open_spider(card, ""), WINDOW, Path(sys.argv[2]), world, base_url=sys.argv[3], user_agent=AGENT)
"""


class Many:
    """A spider whose paths come from outside: each body is one record, or an exception."""

    def __init__(self, *paths: str, error: Exception | None = None) -> None:
        self.paths = paths
        self.error = error

    def start(self, window: Window) -> Iterator[Fetch]:
        yield from (Fetch(path=path) for path in self.paths)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        if self.error:
            raise self.error
        name = fetched.fetch.path
        yield Fetch(path=self.paths[0])  # asked for already: a circle of links ends
        yield Observation(source_key=name, payload={"path": name}, notification=Notification(notification_id=name))


def test_a_killed_run_is_continued_without_loss_or_repetition(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.most_per_page = records(300), 10
    run(replay, tmp_path / "undisturbed" / "r1")
    replay.requests.clear()
    replay.seconds = 0.02
    source, folder = tmp_path / "killed", tmp_path / "killed" / "r1"
    command = [sys.executable, "-c", _CHILD, str(Path(__file__).parent), str(folder), replay.url]
    child = subprocess.Popen(command, cwd=_ROOT)
    deadline = time.monotonic() + 60
    while len(replay.requests) < 12:
        assert child.poll() is None, "ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    n_kept = len(list((folder / "raw").glob("*.gz")))
    assert 11 <= n_kept < 30
    assert not (folder / RUN).exists()
    assert unfinished_folder(source, WINDOW, replay.url) == folder
    replay.seconds = 0.0
    report = run(replay, folder)
    assert landed(folder) == landed(tmp_path / "undisturbed" / "r1")
    asked = Counter(replay.pages_asked())
    assert set(asked) == {str(page) for page in range(1, 31)}
    # what was on its way when the signal came was never kept, and is the only page that may be asked for twice
    assert sum(asked.values()) <= 31
    assert report.n_requests == 30 - n_kept + 1
    assert unfinished_folder(source, WINDOW, replay.url) is None


def test_a_run_that_failed_for_the_network_is_continued(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.most_per_page = records(50), 10
    replay.special = lambda seen: Answer(status=503) if len(replay.requests) > 3 else None
    with pytest.raises(StageError, match="连续 6 次"):
        run(replay, tmp_path / "s" / "r1")
    assert not (tmp_path / "s" / "r1" / RUN).exists()
    assert unfinished_folder(tmp_path / "s", WINDOW, replay.url) == tmp_path / "s" / "r1"
    replay.special = lambda _: None
    replay.requests.clear()
    assert run(replay, tmp_path / "s" / "r1").n_records == 50
    assert replay.pages_asked() == ["4", "5"]


def test_only_the_same_window_and_address_is_continued(tmp_path: Path) -> None:
    url = "https://example.org"
    plan = {"since": "2025-06-01", "until": "2025-06-12", "base_url": url}
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / PLAN).write_text(json.dumps(plan))
    (tmp_path / "c" / RUN).write_text("{}")
    (tmp_path / "stray").mkdir()
    (tmp_path / "validators.json").write_text("{}")
    assert unfinished_folder(tmp_path, WINDOW, url) == tmp_path / "b"
    assert unfinished_folder(tmp_path, WINDOW, "https://mirror.example.org") is None
    assert unfinished_folder(tmp_path, Window(since=date(2025, 6, 2), until=date(2025, 6, 12)), url) is None
    assert unfinished_folder(tmp_path / "missing", WINDOW, url) is None


def test_too_few_records_block_the_run_and_are_not_continued(replay: Replay, tmp_path: Path) -> None:
    """The kept bodies would give the same result for ever: the next run asks anew."""
    replay.records = records(5)
    card = card_of(min_records=6)
    with pytest.raises(StageError, match="只取得 5 条，少于应有的 6 条"):
        run(replay, tmp_path / "s" / "r1", card=card)
    assert not (tmp_path / "s" / "r1" / RUN).exists()
    assert unfinished_folder(tmp_path / "s", WINDOW, replay.url) is None
    replay.records = records(6)
    assert run(replay, tmp_path / "s" / "r2", card=card).n_records == 6


def test_too_many_records_are_kept_with_a_warning(replay: Replay, tmp_path: Path) -> None:
    replay.records = records(11)
    assert run(replay, tmp_path / "r1", card=card_of(max_records=10)).n_records == 11
    assert codes(tmp_path / "r1") == ["crawl-many"]


def test_a_changed_schema_keeps_the_bodies_but_is_not_continued(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(body=b"{}")
    spider = Many("a.json", error=SchemaChanged("少了一个字段"))
    with pytest.raises(StageError, match="少了一个字段") as caught:
        run(replay, tmp_path / "s" / "r1", spider=spider)
    assert "r1" in caught.value.next_step
    assert len(list((tmp_path / "s" / "r1" / "raw").glob("*.gz"))) == 1
    assert unfinished_folder(tmp_path / "s", WINDOW, replay.url) is None


def test_a_doubted_body_is_asked_for_three_times(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(body=b"{}")
    with pytest.raises(StageError, match="同一页"):
        run(replay, tmp_path / "s" / "r1", spider=Many("a.json", "b.json", error=AskAgain("同一页")))
    assert [seen.path for seen in replay.requests] == ["/a.json"] * 3


@pytest.mark.parametrize("path", ["../../../escaped", "a/../../../../escaped", "/etc/passwd", "..\\..\\x", "a%00b"])
def test_no_path_leads_out_of_the_folder(replay: Replay, tmp_path: Path, path: str) -> None:
    replay.special = lambda _: Answer(
        body=b"{}", headers={"Content-Disposition": 'attachment; filename="../../escaped"', "ETag": '"../../x"'}
    )
    folder = tmp_path / "landing" / "source" / "r1"
    run(replay, folder, spider=Many("ok.json", path))
    assert {p.name for p in tmp_path.iterdir()} == {"landing"}
    assert {p.name for p in (tmp_path / "landing").iterdir()} == {"source"}
    assert {p.name for p in folder.parent.iterdir()} == {"r1"}
    assert all(set(p.stem) <= set("0123456789abcdef") for p in (folder / "raw").iterdir())


def test_no_network_name_names_a_file_of_a_download(replay: Replay, tmp_path: Path) -> None:
    class Files(Many):
        def start(self, window: Window) -> Iterator[Fetch]:
            yield Fetch(path="../../x.xlsx", accept="*/*", resumable=True)

    replay.special = lambda _: Answer(body=b"{}", headers={"Content-Disposition": 'filename="/escaped"'})
    run(replay, tmp_path / "s" / "r1", spider=Files("../../x.xlsx"))
    names = {p.name for p in (tmp_path / "s" / "r1" / "raw").iterdir()}
    assert {p.name for p in (tmp_path / "s").iterdir()} == {"r1", "validators.json"}
    assert {name.partition(".")[2] for name in names} == {"download", "json", "gz"}  # the link back is a page


def test_validators_of_a_mirror_are_not_used_for_the_source(replay: Replay, tmp_path: Path) -> None:
    mirrored = {"https://mirror.example.org": {"a.xlsx": {"etag": '"v1"', "last_modified": ""}}}
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "validators.json").write_text(json.dumps(mirrored))
    replay.bulk = workbook(3)
    card = card_of("wto_eping_bulk")
    assert run(replay, tmp_path / "s" / "r1", card=card).n_records == 3
    assert not {"if-none-match", "if-modified-since"} & {name.lower() for name in replay.requests[0].headers}
    kept = json.loads((tmp_path / "s" / "validators.json").read_text())
    assert kept["https://mirror.example.org"] == mirrored["https://mirror.example.org"]
    assert set(kept) == {"https://mirror.example.org", replay.url}
