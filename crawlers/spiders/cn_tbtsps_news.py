"""Chinese titles from the news of the customs' site on technical trade measures: the lists, then each article.

The notifications that the same site shows are encrypted and are left alone; only its news are read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import outside_window
from crawlers.formats.chinese_titles import find_symbols, read_page, soup_of, title_observations
from crawlers.formats.dates import from_value
from crawlers.formats.text import shorten
from warehouse.records import Issue, Severity

COLUMNS: Final = ("7", "34", "56")  # other news, news on regulations, news on standards
ROWS: Final = 20
MAX_PAGES: Final = 50  # of one column
_SOME_ARE_LINKS: Final = frozenset({"7", "56"})  # in these an entry is an article of the site only where isNews is "1"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")  # becomes part of a path


class Spider:
    """Pages through the columns until a page is short or all of it is older than the window."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        del key
        self._card = card
        self._pages: dict[tuple[str, frozenset[str]], int] = {}  # column and keys on a page -> its number
        self._days: dict[str, date] = {}  # path of an article -> its day in the list
        self._outside_told = False

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the first page of each column."""
        for column in COLUMNS:
            yield self.page(column, 1, window)

    def page(self, column: str, number: int, window: Window) -> Fetch:
        """Return the wish for one page of a column."""
        wanted = {
            "title": "",
            "startPublishDate": window.since.isoformat(),
            "endPublishDate": window.until.isoformat(),
            "page": number,
            "type": column,
            "rows": ROWS,
        }
        return Fetch(path="news/find", json_body=json.dumps(wanted), purpose="list")

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the articles of a list and its next page, or the titles that an article tells beyond doubt."""
        if fetched.fetch.purpose == "list":
            yield from self._list(fetched, window)
        else:
            yield from self._article(fetched)

    def _list(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        asked = json.loads(fetched.fetch.json_body)
        column, number = str(asked["type"]), int(asked["page"])
        entries = _entries(fetched.body)
        page = (column, frozenset(str(entry.get("keyId")) for entry in entries))
        if entries and self._pages.get(page, number) != number:
            raise AskAgain(f"栏目 {column} 第 {number} 页与第 {self._pages[page]} 页相同，翻页参数可能不起作用")
        self._pages[page] = number
        days = [from_value(entry.get("publishdate")) for entry in entries]
        is_older = bool(days) and all(day is not None and day < window.since for day in days)
        if len(entries) >= ROWS and not is_older:
            yield self._cut_short(column) if number >= MAX_PAGES else self.page(column, number + 1, window)
        for row, (entry, day) in enumerate(zip(entries, days, strict=True), start=1):
            key = str(entry.get("keyId") or "")
            if column in _SOME_ARE_LINKS and str(entry.get("isNews")) != "1":
                continue
            if day is None or not _KEY.fullmatch(key):
                yield self._unreadable(entry, row)
            elif day in window:
                path = f"news/1/{key}"
                self._days[path] = day
                yield Fetch(path=path, purpose="article", is_optional=True, subject=path, accept="text/html")
            elif not self._outside_told:
                self._outside_told = True
                yield outside_window(self._card.name)

    def _article(self, fetched: Fetched) -> Iterator[Found]:
        soup = soup_of(fetched.body, fetched.content_type)
        path = fetched.fetch.path
        reading = read_page(soup)
        url = f"{self._card.base_url}/{path}"
        yield from title_observations(reading, page_key=path, url=url, published=self._days.get(path))
        if reading.doubts:
            yield Issue(
                code="title-pair-unclear",
                severity=Severity.INFO,
                message="中文资讯提到的通报号没有可以确定的标题，未取标题。",
                next_step="如需该标题，请打开页面人工核对。",
                file_name=self._card.name,
                value=shorten("；".join(find_symbols("\n".join(reading.doubts))[0] or reading.doubts)),
                subject=path,
            )

    def _unreadable(self, entry: Mapping[str, Any], row: int) -> Issue:
        return Issue(
            code="item-unreadable",
            severity=Severity.ERROR,
            message="资讯列表中有一条缺编号或发布日期，已跳过。",
            next_step="请到来源网站核对该条资讯。",
            file_name=self._card.name,
            row=row,
            value=shorten(str(entry.get("title") or "")),
            subject=self._card.name,
        )

    def _cut_short(self, column: str) -> Issue:
        return Issue(
            code="crawl-incomplete",
            severity=Severity.ERROR,
            message=f"来源 {self._card.name} 栏目 {column} 超过 {MAX_PAGES} 页，其余未取。",
            next_step="请缩短时段后重新运行。",
            subject=self._card.name,
        )


def _entries(body: bytes) -> list[Mapping[str, Any]]:
    """The rows of a list: `{"data": {"data": [{title, publishdate, keyId, isNews}]}}`."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SchemaChanged(f"应答不是有效的 JSON（{error}）") from error
    within = answer.get("data") if isinstance(answer, dict) else None
    if isinstance(within, str):
        raise SchemaChanged("资讯列表已加密，不再读取")
    rows = within.get("data") if isinstance(within, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SchemaChanged("应答中没有资讯列表（data.data）")
    if rows and not any("keyId" in row and "publishdate" in row for row in rows):
        raise SchemaChanged("资讯列表中没有编号和发布日期（keyId、publishdate）")
    return rows
