from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crawling import card_of, codes, landed, run
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crawlers.engine.exchange import Fetched, Window
from crawlers.engine.run import open_spider
from warehouse.errors import StageError
from warehouse.records import Issue, Observation

CARD = card_of("us_cpsc_recalls")
WINDOW = Window(since=date(2025, 6, 1), until=date(2025, 6, 12))
ERROR = {
    "RecallID": 0,
    "RecallNumber": None,
    "RecallDate": None,
    "Title": "Error retrieving Recalls: The underlying provider failed on Open.",
    "Products": [],
}


def recall(number: int, **changes: Any) -> dict[str, Any]:
    """One fictional recall."""
    base = {
        "RecallID": 99000 + number,
        "RecallNumber": f"25{900 + number}",
        "RecallDate": "2025-06-05T00:00:00",
        "Title": f"Invented gates recalled, part {number}",
        "ManufacturerCountries": [{"Country": "China"}],
    }
    return base | changes


class Service:
    """Answers with all recalls of the days asked for, after as many errors as a test wants."""

    def __init__(self, server: HTTPServer, recalls: list[dict[str, Any]]) -> None:
        self.recalls = recalls
        self.n_errors = 0
        self.body: object = None
        self.asked: list[dict[str, str]] = []
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        server.expect_request("/RestWebServices/Recall").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        query = request.args.to_dict()
        self.asked.append(query)
        shown: object = [
            item
            for item in self.recalls
            if query["RecallDateStart"] <= item["RecallDate"][:10] <= query["RecallDateEnd"]
        ]
        if self.n_errors:
            self.n_errors -= 1
            shown = [ERROR]
        return Response(json.dumps(self.body or shown), content_type="application/json; charset=utf-8")


def crawl(server: HTTPServer, tmp_path: Path, window: Window = WINDOW) -> Path:
    folder = tmp_path / "s" / "r1"
    run(server.url_for(""), folder, card=CARD, spider=open_spider(CARD, ""), window=window)
    return folder


def read(*items: object, window: Window = WINDOW) -> list[Observation | Issue]:
    """What the spider makes of one answer."""
    spider = open_spider(CARD, "")
    fetch = next(iter(spider.start(window)))
    found = spider.parse(Fetched(fetch=fetch, body=json.dumps(items).encode()), window)
    return [item for item in found if isinstance(item, Observation | Issue)]


def test_one_query_for_a_short_window(httpserver: HTTPServer, tmp_path: Path) -> None:
    service = Service(httpserver, [recall(number) for number in range(3)])
    folder = crawl(httpserver, tmp_path)
    assert service.asked == [{"format": "json", "RecallDateStart": "2025-06-01", "RecallDateEnd": "2025-06-12"}]
    lines = landed(folder)
    assert [line["notification_id"] for line in lines] == ["CPSC-25900", "CPSC-25901", "CPSC-25902"]
    assert all(line["keywords"][0] == "manufactured in China" for line in lines)
    assert codes(folder) == []


def test_a_long_window_is_asked_for_in_parts_without_gaps(httpserver: HTTPServer, tmp_path: Path) -> None:
    service = Service(httpserver, [recall(1, RecallDate="2024-06-29"), recall(2, RecallDate="2024-06-30")])
    window = Window(since=date(2024, 1, 1), until=date(2025, 1, 1))
    folder = crawl(httpserver, tmp_path, window)
    days = [(query["RecallDateStart"], query["RecallDateEnd"]) for query in service.asked]
    assert days == [("2024-01-01", "2024-06-28"), ("2024-06-29", "2024-12-25"), ("2024-12-26", "2025-01-01")]
    assert len(landed(folder)) == 2


def test_an_error_in_the_form_of_a_recall_is_asked_again(httpserver: HTTPServer, tmp_path: Path) -> None:
    service = Service(httpserver, [recall(1)])
    service.n_errors = 2
    folder = crawl(httpserver, tmp_path)
    assert len(service.asked) == 3
    assert [line["notification_id"] for line in landed(folder)] == ["CPSC-25901"]


def test_an_error_that_stays_ends_the_run(httpserver: HTTPServer, tmp_path: Path) -> None:
    service = Service(httpserver, [recall(1)])
    service.n_errors = 99
    with pytest.raises(StageError, match="underlying provider failed"):
        crawl(httpserver, tmp_path)
    assert not (tmp_path / "s" / "r1" / "run.json").exists()


def test_another_form_ends_the_run(httpserver: HTTPServer, tmp_path: Path) -> None:
    service = Service(httpserver, [])
    service.body = {"Recalls": [recall(1)]}
    with pytest.raises(StageError, match="应答不是召回列表"):
        crawl(httpserver, tmp_path)


def test_nothing_in_the_window(httpserver: HTTPServer, tmp_path: Path) -> None:
    Service(httpserver, [])
    folder = crawl(httpserver, tmp_path)
    assert landed(folder) == []
    assert codes(folder) == ["crawl-empty"]


def test_other_days_are_left_out_and_told_once() -> None:
    found = read(recall(1), recall(2, RecallDate="2025-05-31"), recall(3, RecallDate="2025-06-13T00:00:00"))
    assert [item.code for item in found if isinstance(item, Issue)] == ["crawl-outside-window"]
    assert [item.source_key for item in found if isinstance(item, Observation)] == ["99001"]


def test_an_id_is_not_taken_for_a_number() -> None:
    """Both count in five digits: the recall 25901 and the recall with the id 25901 are two."""
    numbered, unnumbered = (
        item.notification.notification_id
        for item in read(recall(1), recall(2, RecallNumber=None, RecallID=25901))
        if isinstance(item, Observation)
    )
    assert numbered == "CPSC-25901"
    assert unnumbered == "CPSC-ID-25901"


def test_an_unknown_field_is_told_once() -> None:
    found = read(recall(1, Heading="a"), recall(2, Heading="b"))
    assert [(item.code, item.field_name) for item in found if isinstance(item, Issue)] == [("field-unknown", "Heading")]
    assert len(found) == 3
