from __future__ import annotations

import json
from pathlib import Path

import pytest
from crawling import World, card_of, codes, landed, run
from replay import BULK, Answer, Replay, workbook

from crawlers.engine.run import CrawlReport
from crawlers.landing import RUN
from warehouse.errors import StageError

CARD = card_of("wto_eping_bulk")


@pytest.fixture
def bulk(replay: Replay) -> Replay:
    replay.bulk = workbook(40)
    return replay


def go(replay: Replay, folder: Path) -> CrawlReport:
    return run(replay, folder, card=CARD)


def asked(replay: Replay, name: str) -> list[str]:
    return [seen.headers.get(name, "") for seen in replay.requests]


def test_the_whole_file(bulk: Replay, tmp_path: Path) -> None:
    report = go(bulk, tmp_path / "s" / "r1")
    assert (report.n_records, report.is_unchanged) == (40, False)
    assert landed(tmp_path / "s" / "r1")[0]["symbols"] == ["G/TBT/N/KEN/9000"]
    (seen,) = bulk.requests
    assert (seen.path, seen.headers["Accept-Encoding"]) == (BULK, "identity")
    assert not {"Range", "If-None-Match", "If-Modified-Since"} & set(seen.headers)


def test_a_break_is_continued_where_it_was(bulk: Replay, tmp_path: Path) -> None:
    bulk.breaks = [1000, 2000]
    assert go(bulk, tmp_path / "s" / "r1").n_records == 40
    assert asked(bulk, "Range") == ["", "bytes=1000-", "bytes=3000-"]
    assert asked(bulk, "If-Range") == ["", '"v1"', '"v1"']


def test_a_break_is_continued_by_the_next_run(bulk: Replay, tmp_path: Path) -> None:
    bulk.special = lambda _: Answer(status=503) if len(bulk.requests) > 1 else None
    bulk.breaks = [1500]
    with pytest.raises(StageError, match="连续 6 次"):
        go(bulk, tmp_path / "s" / "r1")
    bulk.special = lambda _: None
    bulk.requests.clear()
    assert go(bulk, tmp_path / "s" / "r1").n_records == 40
    assert asked(bulk, "Range") == ["bytes=1500-"]


def test_another_file_after_a_break_is_taken_from_the_start(bulk: Replay, tmp_path: Path) -> None:
    bulk.breaks = [1000]

    def publish(seen: object) -> None:
        if len(bulk.requests) == 2:
            bulk.bulk, bulk.etag = workbook(41, note="new "), '"v2"'

    bulk.special = publish
    assert go(bulk, tmp_path / "s" / "r1").n_records == 41
    assert landed(tmp_path / "s" / "r1")[0]["title"] == "Gates new 0"
    assert asked(bulk, "If-Range") == ["", '"v1"']
    kept = json.loads((tmp_path / "s" / "validators.json").read_text())
    assert kept[bulk.url][BULK.lstrip("/")]["etag"] == '"v2"'


def test_the_same_file_is_not_taken_twice(bulk: Replay, tmp_path: Path) -> None:
    go(bulk, tmp_path / "s" / "r1")
    report = run(bulk, tmp_path / "s" / "r2", card=card_of("wto_eping_bulk", min_records=10))
    assert (report.n_records, report.is_unchanged) == (0, True)
    assert asked(bulk, "If-None-Match") == ["", '"v1"']
    assert landed(tmp_path / "s" / "r2") == []
    assert codes(tmp_path / "s" / "r2") == []
    bulk.bulk, bulk.etag = workbook(45), '"v2"'
    assert go(bulk, tmp_path / "s" / "r3").n_records == 45  # the validators outlive a run that was unchanged


def test_a_file_that_was_refused_is_taken_again(bulk: Replay, tmp_path: Path) -> None:
    """Its validators must not make the next run believe that it was loaded."""
    with pytest.raises(StageError, match="少于应有的 100 条"):
        run(bulk, tmp_path / "s" / "r1", card=card_of("wto_eping_bulk", min_records=100))
    assert go(bulk, tmp_path / "s" / "r2").n_records == 40
    assert asked(bulk, "If-None-Match") == ["", ""]


def test_a_weak_tag_is_good_for_the_whole_but_not_for_a_part(bulk: Replay, tmp_path: Path) -> None:
    bulk.etag, bulk.breaks = 'W/"v1"', [1000]
    assert go(bulk, tmp_path / "s" / "r1").n_records == 40
    assert asked(bulk, "Range") == ["", ""]
    assert go(bulk, tmp_path / "s" / "r2").is_unchanged
    assert asked(bulk, "If-None-Match")[-1] == 'W/"v1"'


def test_a_date_serves_where_there_is_no_tag(bulk: Replay, tmp_path: Path) -> None:
    bulk.etag, bulk.last_modified, bulk.breaks = "", "Thu, 12 Jun 2025 02:00:00 GMT", [1000]
    assert go(bulk, tmp_path / "s" / "r1").n_records == 40
    assert asked(bulk, "If-Range") == ["", bulk.last_modified]
    assert go(bulk, tmp_path / "s" / "r2").is_unchanged


def test_a_304_that_was_not_asked_for_is_no_success(bulk: Replay, tmp_path: Path) -> None:
    bulk.special = lambda _: Answer(status=304)
    with pytest.raises(StageError, match="304"):
        go(bulk, tmp_path / "s" / "r1")


@pytest.mark.parametrize("content_range", ["bytes 0-99/100", "bytes 999-1998/5000", "items 1-2", ""])
def test_a_range_that_does_not_fit_restarts(bulk: Replay, tmp_path: Path, content_range: str) -> None:
    bulk.breaks = [1000]
    bulk.special = lambda _: (
        Answer(status=206, body=b"x" * 100, headers={"Content-Range": content_range})
        if len(bulk.requests) == 2
        else None
    )
    assert go(bulk, tmp_path / "s" / "r1").n_records == 40
    assert asked(bulk, "Range") == ["", "bytes=1000-", ""]


def test_a_server_that_sends_less_than_the_rest(bulk: Replay, tmp_path: Path) -> None:
    bulk.breaks = [1000]
    total = len(bulk.bulk)
    bulk.special = lambda _: (
        Answer(status=206, body=bulk.bulk[1000:1500], headers={"Content-Range": f"bytes 1000-1499/{total}"})
        if len(bulk.requests) == 2
        else None
    )
    assert go(bulk, tmp_path / "s" / "r1").n_records == 40
    assert asked(bulk, "Range") == ["", "bytes=1000-", "bytes=1500-"]


def test_a_web_page_instead_of_the_workbook(bulk: Replay, tmp_path: Path) -> None:
    bulk.special = lambda _: Answer(body=b"<html>Just a moment</html>", headers={"Content-Type": "text/html"})
    with pytest.raises(StageError, match="格式变了"):
        go(bulk, tmp_path / "s" / "r1")
    assert not (tmp_path / "s" / "r1" / RUN).exists()
    bulk.special = lambda _: None
    assert go(bulk, tmp_path / "s" / "r2").n_records == 40


def test_a_file_over_the_limit(bulk: Replay, tmp_path: Path) -> None:
    bulk.bulk = b"PK" + b"\x00" * 300_000
    with pytest.raises(StageError, match=r"超过 0\.2 MB"):
        run(bulk, tmp_path / "s" / "r1", card=card_of("wto_eping_bulk", max_body_mb=0.2))
    assert max(p.stat().st_size for p in (tmp_path / "s" / "r1" / "raw").iterdir()) < 300_000


def test_transient_faults_between(bulk: Replay, tmp_path: Path) -> None:
    bulk.faults, bulk.every = ("503",), 2
    bulk.breaks = [1000]
    world = World()
    assert run(bulk, tmp_path / "s" / "r1", card=CARD, world=world).n_records == 40
    assert asked(bulk, "Range") == ["", "bytes=1000-", "bytes=1000-"]
