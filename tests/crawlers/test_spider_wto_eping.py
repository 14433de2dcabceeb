from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crawling import WINDOW, World, card_of, codes, issues, landed, run
from replay import SEARCH, TRANSIENT, Replay, record, records

from crawlers.engine.exchange import Window
from crawlers.landing import RUN
from warehouse.errors import StageError


def ids(items: list[dict[str, Any]]) -> list[str]:
    return sorted(str(item["id"]) for item in items)


def keys(folder: Path) -> list[str]:
    return sorted(line["source_key"] for line in landed(folder))


def test_a_thousand_records_with_a_fault_at_every_tenth_request(replay: Replay, tmp_path: Path) -> None:
    replay.records = records(1000)
    replay.most_per_page = 10  # 100 pages: every kind of fault comes, most of them twice
    replay.faults, replay.every = TRANSIENT, 10
    replay.retry_after_date = "Fri, 13 Jun 2025 09:00:00 GMT"
    world = World()
    card = card_of(delay_seconds=100.0)  # the date above is near by then
    report = run(replay, tmp_path / "r1", card=card, world=world)
    assert keys(tmp_path / "r1") == ids(replay.records)
    assert (report.n_records, codes(tmp_path / "r1")) == (1000, [])
    n_faults = len(replay.requests) // 10
    n_shuffled = sum(TRANSIENT[i % len(TRANSIENT)] == "shuffle" for i in range(n_faults))
    assert n_faults >= len(TRANSIENT)
    assert len(replay.requests) == 100 + n_faults - n_shuffled  # every answer but the spoilt ones was of use
    assert report.n_requests == len(replay.requests) + replay.n_robots
    assert set(replay.pages_asked()) == {str(i) for i in range(1, 101)}


def test_what_is_sent(replay: Replay, tmp_path: Path) -> None:
    replay.records = records(3)
    run(replay, tmp_path / "r1")
    (seen,) = replay.requests
    assert seen.path == SEARCH
    assert dict(seen.query) == {
        "language": "1",
        "page": "1",
        "pageSize": "100",
        "sortBy": "distributionDate",
        "sortDirection": "desc",
        "distributionDateFrom": "2025-06-01",
        "distributionDateTo": "2025-06-12",
    }
    assert seen.headers["User-Agent"] == "tbtwatch/test (+crawl@example.org)"
    assert seen.headers["Accept"] == "application/json"


@pytest.mark.parametrize(("n", "n_pages"), [(1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (201, 3)])
def test_the_smallest_number_of_requests(replay: Replay, tmp_path: Path, n: int, n_pages: int) -> None:
    replay.records = records(n)
    assert run(replay, tmp_path / "r1").n_records == n
    assert replay.pages_asked() == [str(i + 1) for i in range(n_pages)]


def test_fewer_records_a_page_than_asked_for(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.most_per_page = records(95), 20
    assert run(replay, tmp_path / "r1").n_records == 95
    assert replay.pages_asked() == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize(("n", "per_page", "limit"), [(250, 100, 100), (250, 100, 150), (90, 20, 20), (200, 100, 100)])
def test_a_count_that_is_a_lower_bound(replay: Replay, tmp_path: Path, n: int, per_page: int, limit: int) -> None:
    replay.records, replay.most_per_page, replay.count_limit = records(n), per_page, limit
    assert run(replay, tmp_path / "r1").n_records == n
    assert codes(tmp_path / "r1") == []


def test_records_that_are_published_while_the_run_pages_through(replay: Replay, tmp_path: Path) -> None:
    replay.records = records(200)
    late = [record(5000 + i, distributionDate="2025-06-12T00:00:00") for i in range(30)]

    def publish(page: dict[str, Any]) -> dict[str, Any]:
        if len(replay.requests) == 1:
            replay.records = late + replay.records
        return page

    replay.change = publish
    report = run(replay, tmp_path / "r1")
    assert {str(item["id"]) for item in records(200)} <= set(keys(tmp_path / "r1"))  # none fell off the last page
    assert report.n_repeated == 30
    assert codes(tmp_path / "r1") == ["crawl-incomplete"]  # the new ones stood before the pages that were read


def test_a_joint_notification_is_one_record_a_member(replay: Replay, tmp_path: Path) -> None:
    symbols = " G/TBT/N/KEN/9001, G/TBT/N/UGA/9002"
    replay.records = [record(1, documentSymbol=symbols), record(2, documentSymbol=symbols)]
    run(replay, tmp_path / "r1")
    lines = landed(tmp_path / "r1")
    assert [line["source_key"] for line in lines] == ["900001", "900002"]
    assert {tuple(line["symbols"]) for line in lines} == {("G/TBT/N/KEN/9001", "G/TBT/N/UGA/9002")}


def test_a_repeated_record_lands_once_and_a_changed_one_twice(replay: Replay, tmp_path: Path) -> None:
    replay.records = [record(1), record(1), record(2), record(2, titlePlain="Another title")]
    report = run(replay, tmp_path / "r1")
    assert keys(tmp_path / "r1") == ["900001", "900002", "900002"]
    assert report.n_repeated == 1


def test_pages_that_overlap_leave_an_error_behind(replay: Replay, tmp_path: Path) -> None:
    """An unstable order shows some records twice and others never: that must not look like success."""
    replay.records = records(150)

    def overlap(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"items": replay.records[60:110]} if len(replay.requests) == 2 else page

    replay.change = overlap
    assert run(replay, tmp_path / "r1").n_records == 110
    (issue,) = issues(tmp_path / "r1")
    assert (issue.code, issue.severity.value) == ("crawl-incomplete", "error")
    assert "150" in issue.message
    assert "110" in issue.message


def test_a_server_that_ignores_the_window(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.ignores_window = records(240), True
    report = run(replay, tmp_path / "r1", window=Window(since=date(2025, 6, 3), until=date(2025, 6, 5)))
    days = {line["distribution_date"] for line in landed(tmp_path / "r1")}
    assert days == {"2025-06-03", "2025-06-04", "2025-06-05"}
    assert report.n_records == 60
    assert codes(tmp_path / "r1") == ["crawl-outside-window"]


def test_a_record_without_a_date_is_kept(replay: Replay, tmp_path: Path) -> None:
    replay.records = [record(1)]
    replay.change = lambda page: page | {"items": [record(1, distributionDate=None)]}
    assert run(replay, tmp_path / "r1").n_records == 1


def test_a_server_that_ignores_the_page(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.ignores_page = records(300), True
    with pytest.raises(StageError, match="翻页参数") as caught:
        run(replay, tmp_path / "r1")
    assert "格式变了" in caught.value.message
    assert not (tmp_path / "r1" / RUN).exists()
    assert replay.pages_asked() == ["1", "2", "2", "2"]


def test_an_empty_window(replay: Replay, tmp_path: Path) -> None:
    assert run(replay, tmp_path / "r1").n_records == 0
    assert codes(tmp_path / "r1") == ["crawl-empty"]


def _without(name: str) -> Any:
    return lambda page: {key: value for key, value in page.items() if key != name}


def _in_items(change: dict[str, str]) -> Any:
    def renamed(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"items": [{change.get(k, k): v for k, v in item.items()} for item in page["items"]]}

    return renamed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_without("items"), "items"),
        (_without("totalCount"), "totalCount"),
        (lambda page: {"hits": page["items"], "totalCount": page["totalCount"]}, "hits"),
        (lambda page: page["items"], "JSON 对象"),
        (lambda page: page | {"items": []}, "没有记录"),
        (lambda page: page | {"totalCount": "150"}, "totalCount"),
    ],
)
def test_another_schema(replay: Replay, tmp_path: Path, change: Any, words: str) -> None:
    replay.records, replay.change = records(150), change
    with pytest.raises(StageError, match=words) as caught:
        run(replay, tmp_path / "r1")
    assert "格式变了" in caught.value.message
    assert not (tmp_path / "r1" / RUN).exists()
    assert list((tmp_path / "r1" / "raw").iterdir()), "the odd body stays for the maintainers"


def test_a_new_field_is_told_once(replay: Replay, tmp_path: Path) -> None:
    replay.records, replay.change = records(150), _in_items({"productsFreeTextPlain": "goodsPlain"})
    assert run(replay, tmp_path / "r1").n_records == 150
    (issue,) = issues(tmp_path / "r1")
    assert (issue.code, issue.field_name) == ("field-unknown", "goodsPlain")


def test_a_new_field_on_a_page_that_was_doubted_is_still_told(replay: Replay, tmp_path: Path) -> None:
    replay.records = [*records(100), record(990, distributionDate="2025-06-01T00:00:00")]

    def doubtful(page: dict[str, Any]) -> dict[str, Any]:
        odd = [item | {"novelty": 1} for item in page["items"]]
        return page | {"items": [*replay.records[99::-1]] if len(replay.requests) == 2 else odd}

    replay.change = doubtful
    assert run(replay, tmp_path / "r1").n_records == 101
    assert codes(tmp_path / "r1") == ["field-unknown"]


@pytest.mark.parametrize(
    "bad",
    [
        None,
        17,
        "text",
        [],
        {},
        {"odd": 1},
        {"id": None, "documentSymbol": None, "distributionDate": "31/31/2025"},
        {"id": {"a": [1]}, "documentSymbol": ["x"], "hsCodes": 5, "title": {"a": 1}},
        {"id": 1, "documentSymbol": "G/TBT/N/KEN/1", "title": "\ud800 half a pair", "hsCodes": [None, {"code": []}]},
        {"id": 1, "documentSymbol": "", "title": "\ud800 and no symbol"},
        {"id": 1, "documentSymbol": "none", "title": "<" * 3000, "notifyingMember": {"name": None}},
        {"id": 1e300, "documentSymbol": " , ,", "allTradingPartners": "yes", "objectives": [[[]]]},
    ],
    ids=str,
)
def test_one_bad_record_never_ends_a_run(replay: Replay, tmp_path: Path, bad: object) -> None:
    replay.records = records(3)
    replay.change = lambda page: page | {"items": [*page["items"][:1], bad, *page["items"][1:]], "totalCount": 4}
    run(replay, tmp_path / "r1")
    assert set(ids(replay.records)) <= set(keys(tmp_path / "r1"))
    assert "crawl-incomplete" not in codes(tmp_path / "r1")
    assert codes(tmp_path / "r1")


def test_the_payload_is_what_the_source_said(replay: Replay, tmp_path: Path) -> None:
    replay.records = [record(7)]
    run(replay, tmp_path / "r1", window=WINDOW)
    (line,) = landed(tmp_path / "r1")
    assert line["payload"] == json.loads(json.dumps(record(7)))
