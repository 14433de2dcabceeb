from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from crawling import card_of, codes, issues, landed, run
from pytest_httpserver import HTTPServer

from crawlers.engine.exchange import Window
from crawlers.engine.run import open_spider
from crawlers.spiders.jp_public_comments import last_day, scope
from warehouse.errors import StageError

CARD = card_of("jp_public_comments", delay_seconds=0.0)
WINDOW = Window(since=date(2025, 6, 9), until=date(2025, 6, 12))
ADDRESS = "https://public-comment.e-gov.go.jp/servlet/Public?CLASSNAME=PCMMSTDETAIL&amp;id={}&amp;Mode=0"


def item(number: str, day: str, office: str = "経済産業省架空課", title: str = "架空の庭門の技術基準案") -> str:
    summary = f"案の公示日：{day}&lt;br/&gt;受付締切日時：2025/07/10 23:59&lt;br/&gt;カテゴリー：産業一般&lt;br/&gt;"
    summary += f"問合せ先（所管省庁・部局名等）：{office}&lt;br/&gt;"
    return (
        f"<item><title>{title}</title><link>{ADDRESS.format(number)}</link><description>{summary}</description></item>"
    )


def feed(*items: str, title: str = "パブリックコメント・意見募集案件一覧") -> str:
    names = 'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    return f"<rdf:RDF {names}><channel><title>{title}</title></channel>{''.join(items)}</rdf:RDF>"


def serve(httpserver: HTTPServer, contents: dict[str, str]) -> None:
    """Serve the feeds of the scope: `contents` by file name, the others empty."""
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    for entry in scope()["feeds"]:
        body = contents.get(entry["file"], feed())
        httpserver.expect_request(f"/rss/{entry['file']}").respond_with_data(body, content_type="application/xml")


def crawl(httpserver: HTTPServer, folder: Path) -> None:
    run(httpserver.url_for("").rstrip("/"), folder, card=CARD, spider=open_spider(CARD, ""), window=WINDOW)


def test_every_feed_is_read_once_and_a_draft_in_two_feeds_counts_once(httpserver: HTTPServer, tmp_path: Path) -> None:
    both = item("990000001", "2025/06/10")
    old = item("990000009", "2025/06/01")
    serve(
        httpserver,
        {
            "pcm_list.xml": feed(item("990000002", "2025/06/12"), both, old),
            "pcm_list_0000000030.xml": feed(both, old),
        },
    )
    crawl(httpserver, tmp_path / "s" / "r1")
    asked = [request.path for request, _ in httpserver.log if request.path != "/robots.txt"]
    assert asked == [f"/rss/{entry['file']}" for entry in scope()["feeds"]]
    assert [line["notification_id"] for line in landed(tmp_path / "s" / "r1")] == [
        "JP-PCM-990000002",
        "JP-PCM-990000001",
    ]
    assert codes(tmp_path / "s" / "r1") == []


def test_days_outside_the_window_and_other_ministries_are_left_out(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(
        httpserver,
        {
            "pcm_list.xml": feed(
                item("1", "2025/06/13"),
                item("2", "2025/06/12", office="内閣府架空室"),
                item("3", "2025/06/12", office="架空財団（経済産業省所管）"),
                item("4", "2025/06/09", office="消費者庁架空課"),
                item("5", "2025/06/08"),
            )
        },
    )
    crawl(httpserver, tmp_path / "s" / "r1")
    assert [line["source_key"] for line in landed(tmp_path / "s" / "r1")] == ["4"]


def test_a_feed_that_does_not_reach_back_is_told(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, {"pcm_list.xml": feed(item("1", "2025/06/11"), item("2", "2025/06/12", office="内閣府"))})
    crawl(httpserver, tmp_path / "s" / "r1")
    (told,) = issues(tmp_path / "s" / "r1")
    assert told.code == "feed-too-short"
    assert "只到 2025-06-11" in told.message


def test_nothing_new(httpserver: HTTPServer, tmp_path: Path) -> None:
    serve(httpserver, {})
    crawl(httpserver, tmp_path / "s" / "r1")
    assert codes(tmp_path / "s" / "r1") == ["crawl-empty"]


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>Sorry</body></html>",
        feed("<item><title>架空</title><link>https://example.org/?id=1</link></item>", title="新着情報"),
        "<rdf:RDF",
    ],
)
def test_another_form_stops_the_run(httpserver: HTTPServer, tmp_path: Path, body: str) -> None:
    serve(httpserver, {"pcm_list.xml": body})
    with pytest.raises(StageError, match="数据格式变了"):
        crawl(httpserver, tmp_path / "s" / "r1")


@pytest.mark.parametrize(
    ("closes", "day"),
    [
        ("2025/07/10 23:59", date(2025, 7, 10)),
        ("2025/07/10 00:00", date(2025, 7, 9)),
        ("2025/07/01 0:00", date(2025, 6, 30)),
        ("2025/07/10 10:00", date(2025, 7, 10)),
        ("2025/07/10", date(2025, 7, 10)),
        ("未定", None),
    ],
)
def test_a_period_that_closes_at_midnight_ends_the_day_before(closes: str, day: date | None) -> None:
    assert last_day(closes) == day


def test_the_scope_file_is_whole() -> None:
    files = [entry["file"] for entry in scope()["feeds"]]
    assert files[0] == "pcm_list.xml"
    assert len(set(files)) == len(files)
    assert all(entry["subject"] for entry in scope()["feeds"])
    assert len(set(scope()["ministries"])) == len(scope()["ministries"])
