"""Japan: recalls of consumer goods as the Consumer Affairs Agency lists them, newest first.

Each recall gives two records of one notification: the row of the list, which is always there, and the page of the
recall with its reason, which may be refused. The warehouse joins their fields.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Final

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.formats.jp_recall_page import RecallList, RecallRow, read_list, read_recall
from crawlers.formats.reporting import RowIssues
from warehouse.records import Channel, Issue, Notification, Observation, Severity

LIST: Final = "result/index.php"
PAGE: Final = "result/detail.php"
PER_PAGE: Final = 60  # the most that the site's own form offers
MAX_PAGES: Final = 60
_ALL: Final = ("screenkbn", "01")
_ACCEPT: Final = "text/html"
_CONTACT: Final = "連絡先"


class Spider:
    """Pages through the list until it is older than the window, and reads the page of each recall."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._last: dict[int, int] = {}  # page of the list -> place of its last recall

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the first page of the list."""
        yield self.page(0)

    def page(self, number: int) -> Fetch:
        """Return the wish for a page of the list, counted from 0, in the order of publication."""
        query = (
            ("search", ""),
            ("viewCount", str(PER_PAGE)),
            _ALL,
            ("category", ""),
            ("viewCountdden", str(PER_PAGE)),
            ("portarorder", "2"),  # newest first
            ("actionorder", "0"),
            ("pagingHidden", str(number) if number else ""),
        )
        return Fetch(path=LIST, query=query, purpose="list", accept=_ACCEPT)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the recalls of a page of the list, or what the page of one recall adds."""
        if fetched.fetch.purpose == "list":
            yield from self._list(fetched, window)
        else:
            yield from self._recall(fetched)

    def _list(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        page = read_list(fetched.body)
        number = int(dict(fetched.fetch.query)["pagingHidden"] or 0)
        if page is None:
            raise SchemaChanged(f"清单第 {number + 1} 页没有召回表格或“件中”字样")
        if not page.rows and page.total:
            raise AskAgain(f"清单声明有 {page.total} 条，但第 {number + 1} 页没有记录")
        days = [day for row in page.rows if (day := row.posted_date)]
        if page.rows and not days:
            raise SchemaChanged(f"清单第 {number + 1} 页没有可识别的掲載日")
        if days and days[0] < days[-1]:
            raise SchemaChanged("清单不再按掲載日从新到旧排列")
        if page.first <= self._last.get(number - 1, 0):
            yield self._stuck(page, window)
            return
        self._last[number] = page.last
        if days and days[-1] >= window.since and page.last < page.total:
            yield self._capped(window) if number + 1 == MAX_PAGES else self.page(number + 1)
        for place, row in enumerate(page.rows, start=1):
            yield from self._row(row, place, window)

    def _row(self, row: RecallRow, place: int, window: Window) -> Iterator[Found]:
        day = row.posted_date
        if day is None or not row.number or not row.title:
            issues = RowIssues(self._card.name, place, self._card.name)
            issues.add(
                "item-unreadable",
                Severity.ERROR,
                f"清单第{place}行没有编号、标题或掲載日，未采集。",
                value=row.title or row.posted,
                next_step="请到来源网站核对该行；反复出现的，请通知系统维护人员。",
            )
            yield from issues.take()
        elif day in window:
            yield Observation(
                source_key=row.number, payload=asdict(row), notification=self._notification(row, day), row=place
            )
            yield Fetch(
                path=PAGE,
                query=(("rcl", row.number), _ALL),
                purpose="recall",
                subject=f"JP-CAA-{row.number}",
                is_optional=True,
                accept=_ACCEPT,
            )

    def _notification(self, row: RecallRow, day: date) -> Notification:
        return Notification(
            notification_id=f"JP-CAA-{row.number}",
            channel=Channel.RECALL,
            notification_type=row.action,
            member_names=("日本",),
            member_codes=("JPN",),
            distribution_date=day,
            title=row.title,
            products_text=row.goods,
            keywords=tuple(filter(None, (row.category,))),
            lang="ja",
            url=f"{self._card.base_url.rstrip('/')}/{PAGE}?rcl={row.number}&screenkbn=01",
        )

    def _recall(self, fetched: Fetched) -> Iterator[Found]:
        number = dict(fetched.fetch.query)["rcl"]
        read = read_recall(fetched.body)
        if read is None:
            raise SchemaChanged(f"召回 {number} 的页面没有标题（detail_title）")
        texts, unread = read
        issues = RowIssues(self._card.name, None, f"JP-CAA-{number}")
        for caption in unread:
            issues.add(
                "text-unreadable",
                Severity.WARNING,
                f"召回页面的“{caption}”一栏无法识别，该栏已留空。",
                field=caption,
                next_step="请点开原网页核对该栏内容。",
            )
        yield from issues.take()
        reasons = [texts[name] for name in ("原因", "備考") if name in texts]
        goods = [texts[name] for name in ("商品名", "対象の特定情報") if name in texts]
        measures = [f"対応方法：{texts['対応方法']}"] if "対応方法" in texts else []
        yield Observation(
            source_key=f"{number} page",
            payload={caption: text for caption, text in texts.items() if caption != _CONTACT},
            notification=Notification(
                notification_id=f"JP-CAA-{number}",
                channel=Channel.RECALL,
                member_names=("日本",),
                member_codes=("JPN",),
                title=texts["件名"],
                description="\n".join((*reasons, *measures)),
                products_text="\n".join(goods),
                lang="ja",
            ),
        )

    def _stuck(self, page: RecallList, window: Window) -> Issue:
        return self._incomplete(
            f"来源 {self._card.name} 的翻页参数不起作用：共 {page.total} 条，只能取得前 {page.last} 条，"
            f"{window.since} 起的较早记录可能缺失。"
        )

    def _capped(self, window: Window) -> Issue:
        return self._incomplete(
            f"来源 {self._card.name} 翻到第 {MAX_PAGES} 页仍未到 {window.since}，更早的记录没有采集。"
        )

    def _incomplete(self, message: str) -> Issue:
        return Issue(
            code="crawl-incomplete",
            severity=Severity.ERROR,
            message=message,
            next_step="请提高采集频次、缩短时段，并通知系统维护人员核对来源卡。",
            subject=self._card.name,
        )
