from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from crawling import card_of, codes, landed, run
from replay import API, TRANSIENT, Replay, records

from crawlers.engine.run import open_spider
from warehouse.errors import InputError, StageError

KEY = "0123fictional4567key89ab"
CARD = card_of("wto_eping_api")


def everything_in(folder: Path) -> bytes:
    """All bytes below a folder, unpacked."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            found.append(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    return b"\n".join(found)


def test_the_search_with_a_key(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.key = records(250), KEY
    assert run(replay, tmp_path / "s" / "r1", card=CARD, key=KEY).n_records == 250
    assert replay.pages_asked() == ["1", "2", "3"]
    assert {seen.path for seen in replay.requests} == {API}
    assert dict(replay.requests[0].query) == {
        "language": "1",
        "distributionDateFrom": "2025-06-01",
        "distributionDateTo": "2025-06-12",
        "page": "1",
        "pageSize": "100",
    }


def test_the_key_is_found_in_no_file(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.key, replay.most_per_page = records(200), KEY, 10
    replay.faults, replay.every = tuple(f for f in TRANSIENT if f != "429-date"), 2
    run(replay, tmp_path / "s" / "r1", card=CARD, key=KEY)
    assert len(landed(tmp_path / "s" / "r1")) == 200
    assert codes(tmp_path / "s" / "r1") == []
    kept = everything_in(tmp_path)
    assert b"azureSearch" not in kept
    assert b"eping/notifications/search" in kept
    assert KEY.encode() not in kept


def test_a_wrong_key(replay: Replay, tmp_path: Path) -> None:
    replay.key = "another"
    with pytest.raises(StageError, match="不接受访问密钥（401）") as caught:
        run(replay, tmp_path / "s" / "r1", card=CARD, key=KEY)
    assert "crawl.wto_api_key" in caught.value.next_step
    assert KEY not in f"{caught.value!r}{caught.value}{caught.value.__cause__!r}{caught.value.__context__!r}"
    assert KEY.encode() not in everything_in(tmp_path)
    assert len(replay.requests) == 1


@pytest.mark.parametrize("key", ["", "  ", "\n"])
def test_no_key(key: str) -> None:
    with pytest.raises(InputError, match="需要访问密钥") as caught:
        open_spider(CARD, key)
    assert "TBTWATCH_CRAWL__WTO_API_KEY" in caught.value.next_step


@pytest.mark.parametrize("key", ["密钥密钥", "abc\ndef", "abc\x00"])
def test_a_key_that_no_header_can_hold(key: str) -> None:
    with pytest.raises(InputError, match="不允许的字符") as caught:
        open_spider(CARD, key)
    assert key not in str(caught.value)


def test_a_line_end_after_the_key_does_no_harm(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.key = records(1), KEY
    assert run(replay, tmp_path / "s" / "r1", card=CARD, key=f"{KEY}\n").n_records == 1
