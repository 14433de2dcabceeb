"""US Federal Register: rules and proposed rules of the agencies that make technical requirements for goods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import json_object
from crawlers.formats.federal_register import FIELDS, KINDS, document_number, read_document, scope
from crawlers.formats.identity import stand_in_id
from crawlers.formats.reporting import RowIssues
from warehouse.records import Issue, Severity

PAGE_SIZE = 200  # documented: at most 1000
MOST = 2000  # results of one query that can be paged through, as the site's own words have it
LAST_PAGE = 50  # the site gives page 1 again for any page after this one


@dataclass(slots=True)
class _Slice:
    """The days of one query, and what its pages have shown."""

    pages: dict[frozenset[str], int] = field(default_factory=dict)  # keys on a page -> its number
    keys: set[str] = field(default_factory=set)
    n_left_out: int = 0


class Spider:
    """Pages through the search, newest first. A window with too many documents for one query is halved."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._scope = scope()
        self._slices: dict[tuple[str, str], _Slice] = {}
        self._unknown: set[str] = set()  # field names told already
        self._told: set[str] = set()  # issue codes told already

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the first page; each page leads to the next."""
        yield self._page(1, window.since, window.until)

    def _page(self, number: int, since: date, until: date) -> Fetch:
        return Fetch(
            path="api/v1/documents.json",
            query=(
                ("conditions[publication_date][gte]", since.isoformat()),
                ("conditions[publication_date][lte]", until.isoformat()),
                *(("conditions[type][]", kind) for kind in KINDS.values()),
                *(("conditions[agencies][]", slug) for slug in self._scope.agencies),
                *(("fields[]", name) for name in FIELDS),
                ("order", "newest"),
                ("per_page", str(PAGE_SIZE)),
                ("page", str(number)),
            ),
        )

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the next page, as long as there is one, and the records of this one that lie in the window."""
        query = dict(fetched.fetch.query)
        since = date.fromisoformat(query["conditions[publication_date][gte]"])
        until = date.fromisoformat(query["conditions[publication_date][lte]"])
        number = int(query["page"])
        data = _object(fetched.body)
        count = _count(data)
        if count > MOST and number == 1 and since < until:
            middle = since + (until - since) // 2
            yield self._page(1, since, middle)
            yield self._page(1, middle + timedelta(days=1), until)
            return
        part = self._slices.setdefault((since.isoformat(), until.isoformat()), _Slice())
        results = _results(data)
        keys = frozenset(_key(item) for item in results)
        n_pages = _n_pages(data) if results else 0
        self._doubt(part, number, keys, count)
        part.pages[keys] = number
        part.keys.update(keys)
        if number < min(n_pages, LAST_PAGE):
            yield self._page(number + 1, since, until)
        yield from self._records(results, part, window)
        if number >= min(n_pages, LAST_PAGE):
            yield from self._end(part, count)

    def _doubt(self, part: _Slice, number: int, keys: frozenset[str], count: int) -> None:
        if keys and part.pages.get(keys, number) != number:
            raise AskAgain(f"第 {number} 页与第 {part.pages[keys]} 页相同，翻页参数可能不起作用")
        if not keys and count > len(part.keys):
            raise AskAgain(f"总数为 {count}，但第 {number} 页没有记录")

    def _records(self, results: Sequence[object], part: _Slice, window: Window) -> Iterator[Found]:
        for place, item in enumerate(results, start=1):
            issues = RowIssues(self._card.name, place)
            if not isinstance(item, dict) or not document_number(item):
                issues.add(
                    "item-unreadable",
                    Severity.ERROR,
                    f"第{place}条没有文件号，未收录。",
                    value=item,
                    next_step="若来源改了数据结构，请通知系统维护人员。",
                )
                yield from issues.take()
                continue
            if not self._scope.is_asked(item):
                yield from self._once("crawl-outside-query", "返回了所查机构或文件类型以外的文件，已略去。")
                continue
            if not self._scope.covers(item):
                part.n_left_out += 1
                continue
            record = read_document(item, issues)
            day = record.notification.distribution_date
            if day is not None and day not in window:
                yield from self._once("crawl-outside-window", "返回了所查日期以外的记录，已略去。")
                continue
            issues.note_unknown(
                item,
                FIELDS,
                self._unknown,
                code="field-unknown",
                message="字段“{name}”不在已知字段之中，其内容只随原始记录保存（只提示一次）。",
                next_step="若为来源新增的字段，请通知系统维护人员。",
            )
            yield from issues.take()
            yield record

    def _once(self, code: str, message: str) -> Iterator[Issue]:
        if code not in self._told:
            self._told.add(code)
            step = "来源可能不再支持该查询条件，请核对来源卡。"
            yield self._issue(code, Severity.WARNING, message, step)

    def _end(self, part: _Slice, count: int) -> Iterator[Issue]:
        if len(part.keys) < count:
            message = f"声明共有 {count} 份文件，各页合计只有 {len(part.keys)} 份。"
            step = "翻页期间来源可能有变动，请重新运行同一时段。"
            yield self._issue("crawl-incomplete", Severity.ERROR, message, step)
        if part.n_left_out:
            message = f"有 {part.n_left_out} 份文件所涉法规篇目不在清单内，已略去。"
            step = "需要增减篇目的，请修改 crawlers/formats/federal_register.toml。"
            yield self._issue("documents-left-out", Severity.INFO, message, step)

    def _issue(self, code: str, severity: Severity, message: str, next_step: str) -> Issue:
        name = self._card.name
        return Issue(code=code, severity=severity, message=f"来源 {name} {message}", next_step=next_step, subject=name)


def _key(item: object) -> str:
    return (isinstance(item, dict) and document_number(item)) or stand_in_id({"item": item})


def _object(body: bytes) -> Mapping[str, Any]:
    data = json_object(body)
    if "errors" in data:
        raise SchemaChanged(f"来源不接受查询条件（{data['errors']}）")
    return data


def _count(data: Mapping[str, Any]) -> int:
    count = data.get("count")
    if not isinstance(count, int) or isinstance(count, bool):
        raise SchemaChanged("应答中没有总数（count）")
    return count


def _results(data: Mapping[str, Any]) -> list[object]:
    """The documents of a page; where nothing is found, the site leaves the key out."""
    results = data.get("results", [])
    if not isinstance(results, list):
        raise SchemaChanged("应答中的 results 不是列表")
    return results


def _n_pages(data: Mapping[str, Any]) -> int:
    n_pages = data.get("total_pages")
    if not isinstance(n_pages, int) or isinstance(n_pages, bool):
        raise SchemaChanged("应答中没有页数（total_pages）")
    return n_pages
