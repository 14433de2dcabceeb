from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from crawling import card_of, codes, issues, landed, run
from replay import Answer, Replay, Seen

from crawlers.engine.exchange import AskAgain, Fetched, SchemaChanged, Window
from crawlers.engine.run import open_spider
from crawlers.formats.jp_recall_page import read_list, read_recall
from warehouse.errors import StageError

CARD = card_of("jp_caa_recalls", delay_seconds=0.0)
LAST_DAY = date(2025, 6, 12)
WINDOW = Window(since=date(2025, 6, 9), until=LAST_DAY)


def row(number: int, day: date) -> str:
    link = f'<a href="/result/detail.php?rcl={number:011d}&screenkbn=01">架空商会「架空の品{number}」 - 回収</a>'
    return (
        f'<tr><td><span class="result_list_category category_4">家電製品</span></td><td></td><td>{link}</td>'
        f'<td><span class="result_list_post_date">{day:%Y/%m/%d}</span></td></tr>'
    )


def listing(rows: list[str], first: int, total: int) -> bytes:
    shown = f"<p>{total}件中　{first}-{first + len(rows) - 1}件を表示中</p>"
    table = f'<div class="search_result_main"><table><tbody>{"".join(rows)}</tbody></table></div>'
    return f"<html><body>{shown}{table}</body></html>".encode()


def recall(number: str) -> bytes:
    text = json.dumps(json.dumps({"ops": [{"insert": f"架空の不具合{number}\n"}]}, ensure_ascii=False))[1:-1]
    script = f"<script>contentsText = '{text}';</script>"
    entry = f'<li><span class="detail_cap">備考</span><span class="detail_text"></span>{script}</li>'
    return f'<html><div class="detail_title"><h3>架空の品{number}</h3></div><ul>{entry}</ul></html>'.encode()


class Site:
    """A list of recalls, ten a day, newest first, and a page for each."""

    def __init__(self, n: int, *, per_page: int = 60, pages: bool = True) -> None:
        self.rows = [row(n - i, LAST_DAY - timedelta(days=i // 10)) for i in range(n)]
        self.per_page, self.pages = per_page, pages

    def __call__(self, seen: Seen) -> Answer | None:
        if seen.path == "/result/detail.php":
            return Answer(body=recall(seen.query["rcl"]))
        page = int(seen.query.get("pagingHidden") or 0) if self.pages else 0
        first = page * self.per_page
        return Answer(body=listing(self.rows[first : first + self.per_page], first + 1, len(self.rows)))


def crawl(replay: Replay, folder: Path, window: Window = WINDOW) -> None:
    run(replay, folder, card=CARD, spider=open_spider(CARD, ""), window=window)


def lists_asked(replay: Replay) -> int:
    return sum(seen.path == "/result/index.php" for seen in replay.requests)


@pytest.mark.parametrize(("n", "per_page", "n_lists"), [(30, 60, 1), (100, 60, 1), (100, 15, 3), (35, 15, 3)])
def test_pages_until_the_list_is_older_than_the_window(
    replay: Replay, tmp_path: Path, n: int, per_page: int, n_lists: int
) -> None:
    replay.special = Site(n, per_page=per_page)
    crawl(replay, tmp_path / "s" / "r1")
    assert lists_asked(replay) == n_lists
    expected = {f"JP-CAA-{number:011d}" for number in range(max(0, n - 40) + 1, n + 1)}
    lines = landed(tmp_path / "s" / "r1")
    assert {line["notification_id"] for line in lines} == expected
    assert len(lines) == 2 * len(expected)  # the row and the page of each
    assert codes(tmp_path / "s" / "r1") == []


def test_the_page_adds_the_reason_to_the_row(replay: Replay, tmp_path: Path) -> None:
    replay.special = Site(1)
    crawl(replay, tmp_path / "s" / "r1")
    of_row, of_page = landed(tmp_path / "s" / "r1")
    assert (of_row["source_key"], of_page["source_key"]) == ("00000000001", "00000000001 page")
    assert of_row["notification_id"] == of_page["notification_id"]
    assert (of_row["distribution_date"], of_page["distribution_date"]) == ("2025-06-12", None)
    assert (of_row["description"], of_page["description"]) == ("", "架空の不具合00000000001")


def test_a_site_that_does_not_page_is_told(replay: Replay, tmp_path: Path) -> None:
    replay.special = Site(100, per_page=15, pages=False)
    crawl(replay, tmp_path / "s" / "r1")
    (told,) = issues(tmp_path / "s" / "r1")
    assert told.code == "crawl-incomplete"
    assert "共 100 条，只能取得前 15 条" in told.message
    assert len({line["notification_id"] for line in landed(tmp_path / "s" / "r1")}) == 15
    assert lists_asked(replay) == 2


def test_an_empty_window(replay: Replay, tmp_path: Path) -> None:
    replay.special = Site(30)
    crawl(replay, tmp_path / "s" / "r1", Window(since=date(2025, 6, 13), until=date(2025, 6, 14)))
    assert codes(tmp_path / "s" / "r1") == ["crawl-empty"]
    assert len(replay.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body>maintenance</body></html>",
        listing([row(1, date(2025, 6, 9)), row(2, LAST_DAY)], 1, 2),
        listing(["<tr><td>x</td></tr>"], 1, 1),
        listing([row(1, LAST_DAY)], 1, 1).replace("件中".encode(), b" of "),
    ],
)
def test_another_form_stops_the_run(replay: Replay, tmp_path: Path, body: bytes) -> None:
    replay.special = lambda _: Answer(body=body)
    with pytest.raises(StageError, match="数据格式变了"):
        crawl(replay, tmp_path / "s" / "r1")


def test_an_empty_page_is_asked_for_again() -> None:
    spider: Any = open_spider(CARD, "")
    with pytest.raises(AskAgain, match="没有记录"):
        list(spider.parse(Fetched(fetch=spider.page(0), body=listing([], 1, 7)), WINDOW))


def test_a_recall_without_its_title_is_another_form(replay: Replay) -> None:
    spider: Any = open_spider(CARD, "")
    found = list(spider.parse(Fetched(fetch=spider.page(0), body=listing([row(1, LAST_DAY)], 1, 1)), WINDOW))
    with pytest.raises(SchemaChanged, match="没有标题"):
        list(spider.parse(Fetched(fetch=found[-1], body=b"<html></html>"), WINDOW))
    assert found[-1].is_optional


def test_the_contact_is_not_kept() -> None:
    page = '<div class="detail_title"><h3>架空</h3></div><li><span class="detail_cap">連絡先</span>'
    body = f'{page}<span class="detail_text">架空 00-0000</span></li>'.encode()
    spider: Any = open_spider(CARD, "")
    fetch = next(
        wish
        for wish in spider.parse(Fetched(fetch=spider.page(0), body=listing([row(1, LAST_DAY)], 1, 1)), WINDOW)
        if getattr(wish, "purpose", "") == "recall"
    )
    (record,) = spider.parse(Fetched(fetch=fetch, body=body), WINDOW)
    assert record.payload == {"件名": "架空"}


def test_ranges_are_read_with_full_width_signs_too() -> None:
    page = read_list(listing([row(1, LAST_DAY)], 1, 1).replace(b"1-1", "1－1".encode()))
    assert page is not None
    assert (page.total, page.first, page.last) == (1, 1, 1)


BROKEN = ["contentsText = '{\\\"ops\\\":3}';", "contentsText = '[1]';", "contentsText = 'x\\q';"]


@pytest.mark.parametrize("script", BROKEN)
def test_a_broken_text_is_named(script: str) -> None:
    entry = f'<li><span class="detail_cap">備考</span><script>{script}</script></li>'
    body = f'<div class="detail_title"><h3>架空</h3></div>{entry}'
    assert read_recall(body.encode()) == ({"件名": "架空"}, ("備考",))
