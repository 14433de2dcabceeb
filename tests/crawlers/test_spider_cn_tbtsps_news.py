"""Mostly without the network: a small stand-in answers each wish as the engine would."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import crawling
import pytest
from crawling import WINDOW, card_of
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crawlers.engine.exchange import AskAgain, Fetch, Fetched, SchemaChanged
from crawlers.engine.run import open_spider
from crawlers.spiders.cn_tbtsps_news import COLUMNS, MAX_PAGES, ROWS
from warehouse.records import Issue, TitleObservation

CARD = card_of("cn_tbtsps_news")


def entry(number: int, day: str = "2025-06-05", **changes: Any) -> dict[str, Any]:
    return {"title": f"资讯{number}", "publishdate": day, "keyId": f"K{number:04}", "isNews": "1"} | changes


def listed(entries: list[Any]) -> bytes:
    return json.dumps({"code": 200, "data": {"data": entries}}).encode()


@dataclass
class Ran:
    """What a run of the spider wished for and found."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    titles: list[TitleObservation] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def codes(self) -> list[str]:
        return [issue.code for issue in self.issues]


def run(columns: dict[str, list[Any]], *, page_of: Callable[[int], int] = lambda page: page) -> Ran:
    """Answer lists from `columns` and every article with one clear title."""
    spider, ran = open_spider(CARD, ""), Ran()
    wishes = deque(spider.start(WINDOW))
    while wishes:
        wish = wishes.popleft()
        if wish.json_body:
            asked = json.loads(wish.json_body)
            ran.asked.append(asked)
            start = (page_of(asked["page"]) - 1) * ROWS
            body = listed(columns.get(asked["type"], [])[start : start + ROWS])
        else:
            ran.articles.append(wish.path)
            body = f"<p>G/TBT/N/USA/{len(ran.articles)} 花园门安全要求</p>".encode()
        for found in spider.parse(Fetched(fetch=wish, body=body), WINDOW):
            if isinstance(found, Fetch):
                wishes.append(found)
            elif isinstance(found, Issue):
                ran.issues.append(found)
            else:
                assert isinstance(found, TitleObservation)
                ran.titles.append(found)
    return ran


def test_the_columns_are_paged_to_a_short_page() -> None:
    ran = run({"34": [entry(i) for i in range(45)], "56": [entry(100)]})
    assert [(one["type"], one["page"]) for one in ran.asked] == [("7", 1), ("34", 1), ("56", 1), ("34", 2), ("34", 3)]
    assert len(ran.articles) == len(set(ran.articles)) == len(ran.titles) == 46
    assert ran.codes() == []


def test_end_to_end(httpserver: HTTPServer, tmp_path: Path) -> None:
    asked: list[tuple[str, int]] = []

    def find(request: Request) -> Response:
        wanted = request.get_json()
        asked.append((wanted["type"], wanted["page"]))
        start = (wanted["page"] - 1) * ROWS
        entries = [entry(i) for i in range(ROWS + 1)] if wanted["type"] == "34" else []
        return Response(listed(entries[start : start + ROWS]), content_type="application/json")

    def article(request: Request) -> Response:
        if request.path.endswith("K0003"):
            return Response("", status=404)
        page = f"<p>G/TBT/N/USA/{int(request.path[-4:])} 花园门安全要求</p>"
        return Response(page.encode("gb18030"), content_type="text/html; charset=gb2312")

    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/news/find", method="POST").respond_with_handler(find)
    httpserver.expect_request(re.compile("/news/1/.*"), method="GET").respond_with_handler(article)
    card = card_of("cn_tbtsps_news", engine="httpx")
    report = crawling.run(httpserver.url_for("").rstrip("/"), tmp_path / "s" / "r1", card=card)
    assert asked == [("7", 1), ("34", 1), ("56", 1), ("34", 2)]
    assert report.n_records == ROWS  # one of 21 articles is gone
    assert [issue.subject for issue in crawling.issues(tmp_path / "s" / "r1")] == ["news/1/K0003"]


def test_the_request_is_the_documented_one() -> None:
    asked = [json.loads(fetch.json_body) for fetch in open_spider(CARD, "").start(WINDOW)]
    assert [one.pop("type") for one in asked] == list(COLUMNS)
    assert asked[0] == {
        "title": "",
        "startPublishDate": "2025-06-01",
        "endPublishDate": "2025-06-12",
        "page": 1,
        "rows": 20,
    }


def test_a_title_bears_the_day_and_address_of_its_article() -> None:
    (found,) = run({"34": [entry(1, "2025-06-06 08:00:00")]}).titles
    assert found.title.published_date is not None
    assert found.title.published_date.isoformat() == "2025-06-06"
    assert found.title.url == "http://www.tbtsps.cn/news/1/K0001"
    assert found.source_key == "news/1/K0001:G/TBT/N/USA/1"


def test_a_full_last_page_is_followed_by_an_empty_one() -> None:
    ran = run({"34": [entry(i) for i in range(ROWS)]})
    assert [one["page"] for one in ran.asked if one["type"] == "34"] == [1, 2]
    assert ran.codes() == []


def test_a_page_that_is_all_older_ends_the_column_and_is_told() -> None:
    ran = run({"34": [entry(i, "2025-06-02" if i < 25 else "2019-01-01") for i in range(500)]})
    assert [one["page"] for one in ran.asked if one["type"] == "34"] == [1, 2, 3]
    assert len(ran.articles) == 25
    assert ran.codes() == ["crawl-outside-window"]


def test_newer_pages_are_passed_by() -> None:
    ran = run({"34": [entry(i, "2025-07-01") for i in range(ROWS)] + [entry(99)]})
    assert ran.articles == ["news/1/K0099"]


def test_a_page_that_repeats_is_doubted() -> None:
    with pytest.raises(AskAgain, match="栏目 34 第 2 页与第 1 页相同"):
        run({"34": [entry(i) for i in range(60)]}, page_of=lambda _: 1)


def test_the_same_page_in_two_columns_is_no_repetition() -> None:
    assert len(run({column: [entry(1)] for column in COLUMNS}).articles) == 3


def test_a_column_without_end_is_cut_and_told() -> None:
    ran = run({"34": [entry(i) for i in range(ROWS * (MAX_PAGES + 5))]})
    assert max(one["page"] for one in ran.asked) == MAX_PAGES
    assert ran.codes() == ["crawl-incomplete"]


def test_entries_that_lead_elsewhere_are_left_out() -> None:
    entries = [entry(1, isNews="0"), entry(2, isNews=1), entry(3, isNews=None)]
    assert run({"56": entries}).articles == ["news/1/K0002"]
    assert len(run({"34": entries}).articles) == 3  # this column shows none of that kind


@pytest.mark.parametrize(
    "changes", [{"publishdate": "昨天"}, {"publishdate": None}, {"keyId": "a/../b"}, {"keyId": ""}]
)
def test_a_bad_entry_is_told_and_the_rest_read(changes: dict[str, Any]) -> None:
    ran = run({"34": [entry(1, **changes), entry(2)]})
    assert ran.articles == ["news/1/K0002"]
    assert ran.codes() == ["item-unreadable"]
    assert ran.issues[0].row == 1


def test_nothing_in_the_window() -> None:
    ran = run({})
    assert (len(ran.asked), ran.articles, ran.codes()) == (3, [], [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "不是有效的 JSON"),
        (b"[]", "没有资讯列表"),
        (b'{"code": 500, "data": null}', "没有资讯列表"),
        (b'{"code": 200, "data": {"rows": []}}', "没有资讯列表"),
        (b'{"code": 200, "data": "U2FsdGVkX1+fictional"}', "已加密"),
        (listed(["a"]), "没有资讯列表"),
        (listed([{"id": 1, "name": "x"}]), "没有编号和发布日期"),
    ],
)
def test_another_form(body: bytes, message: str) -> None:
    spider = open_spider(CARD, "")
    fetch = next(iter(spider.start(WINDOW)))
    with pytest.raises(SchemaChanged, match=message):
        list(spider.parse(Fetched(fetch=fetch, body=body), WINDOW))


def test_an_article_in_doubt_is_a_remark_that_names_the_symbols() -> None:
    spider = open_spider(CARD, "")
    fetch = Fetch(path="news/1/K1", purpose="article")
    body = "<p>美国发布G/TBT/N/USA/1号通报。</p><p>日本发布G/TBT/N/JPN/2号通报。</p>".encode()
    (found,) = spider.parse(Fetched(fetch=fetch, body=body), WINDOW)
    assert isinstance(found, Issue)
    assert (found.code, found.severity.value) == ("title-pair-unclear", "info")
    assert found.value == "G/TBT/N/USA/1；G/TBT/N/JPN/2"


def test_an_article_about_no_notification_says_nothing() -> None:
    spider = open_spider(CARD, "")
    fetch = Fetch(path="news/1/K1", purpose="article")
    assert list(spider.parse(Fetched(fetch=fetch, body="<p>标准化工作会议召开</p>".encode()), WINDOW)) == []
