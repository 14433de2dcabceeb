"""One request a source: what came is read, what differs from the card is said."""

from __future__ import annotations

from pathlib import Path

from crawling import AGENT, WINDOW, World, card_of
from replay import Answer, Replay, records

from crawlers.engine.live_check import LiveReading, check_source
from crawlers.engine.run import open_spider


def check(replay: Replay, folder: Path, source: str = "wto_eping") -> LiveReading:
    card = card_of(source)
    surroundings = World().surroundings()
    spider = open_spider(card, "")
    return check_source(card, spider, WINDOW, folder, surroundings, base_url=replay.url, user_agent=AGENT)


def test_a_source_as_the_card_says(replay: Replay, tmp_path: Path) -> None:
    replay.records = records(250)
    reading = check(replay, tmp_path)
    assert (reading.n_records, reading.n_next, reading.differences) == (100, 1, ())
    assert len(replay.requests) == 1


def test_a_new_field_is_a_difference(replay: Replay, tmp_path: Path) -> None:
    replay.records = [{**item, "novelty": 1} for item in records(3)]
    assert "novelty" in " ".join(check(replay, tmp_path).differences)


def test_a_changed_form_is_a_difference(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(body=b'{"rows": []}', headers={"Content-Type": "application/json"})
    assert "形式不符" in check(replay, tmp_path).differences[0]


def test_a_source_that_does_not_answer_is_asked_once(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(status=503)
    assert "503" in check(replay, tmp_path).differences[0]
    assert len(replay.requests) == 1


def test_silence_is_a_difference(replay: Replay, tmp_path: Path) -> None:
    assert check(replay, tmp_path).differences == ("应答中没有记录。",)


def test_a_source_that_has_nothing_to_start_from_says_so(replay: Replay, tmp_path: Path) -> None:
    assert "未检查" in check(replay, tmp_path, "wto_documents").differences[0]
    assert not replay.requests
