"""WTO ePing, public search: every TBT and SPS notification of a window of days, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import incomplete, json_object, outside_window
from crawlers.formats.eping_json import read_search_page
from warehouse.records import Issue, Observation

PAGE_SIZE = 100


class Spider:
    """Pages through the search. The site ignores what it does not know, so the window is checked again here."""

    path = "api/v1/azureSearch/getAll"
    headers: Mapping[str, str] = {}

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._unknown: set[str] = set()  # field names told already
        self._pages: dict[frozenset[str], int] = {}  # keys on a page -> its number
        self._per_page = 0  # items on the first page
        self._keys: set[str] = set()
        self._n_unreadable = 0
        self._outside_told = False

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the first page; each page leads to the next."""
        yield self.page(1, window)

    def page(self, number: int, window: Window) -> Fetch:
        """Return the wish for one page. Sort and window are always sent: the default order is relevance."""
        return Fetch(
            path=self.path,
            query=(
                ("language", "1"),
                ("page", str(number)),
                ("pageSize", str(PAGE_SIZE)),
                ("sortBy", "distributionDate"),
                ("sortDirection", "desc"),
                ("distributionDateFrom", window.since.isoformat()),
                ("distributionDateTo", window.until.isoformat()),
            ),
            headers=self.headers,
        )

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the next page, as long as there is one, and the records of this one that lie in the window.

        Every page states the total anew: what is published while a run pages through, or lies killed, is not missed.
        """
        data = json_object(fetched.body)
        number = int(dict(fetched.fetch.query)["page"])
        unknown = set(self._unknown)
        found = list(read_search_page(data, file_name=self._card.name, unknown=unknown))
        records = [item for item in found if isinstance(item, Observation)]
        keys = frozenset(record.source_key for record in records)
        n_unreadable = sum(isinstance(item, Issue) and item.code == "item-unreadable" for item in found)
        n_items = len(records) + n_unreadable
        total = self._total_of(data, number)
        self._doubt(number, keys, n_items, total)
        if number == 1:
            self._per_page = n_items  # the site may give fewer a page than asked for
        self._pages[keys] = number
        self._keys.update(keys)
        self._n_unreadable += n_unreadable
        self._unknown = unknown
        is_full = n_items >= self._per_page > 0
        if number * self._per_page < total or (data.get("isCountExceeded") and is_full):  # then it is a lower bound
            yield self.page(number + 1, window)
        else:
            yield from self._missing(total)
        yield from (item for item in found if isinstance(item, Issue))
        yield from self._within(records, window)

    def _total_of(self, data: Mapping[str, Any], number: int) -> int:
        total = data.get("totalCount", data.get("total"))
        if not isinstance(total, int):
            raise SchemaChanged(f"第 {number} 页的应答中没有总数（totalCount）")
        return total

    def _doubt(self, number: int, keys: frozenset[str], n_items: int, total: int) -> None:
        if keys and self._pages.get(keys, number) != number:
            raise AskAgain(f"第 {number} 页与第 {self._pages[keys]} 页相同，翻页参数可能不起作用")
        if not n_items and total > len(self._keys) + self._n_unreadable:
            raise AskAgain(f"总数为 {total}，但第 {number} 页没有记录")

    def _missing(self, total: int) -> Iterator[Issue]:
        got = len(self._keys) + self._n_unreadable
        if got < total:
            yield incomplete(self._card.name, total, got)

    def _within(self, records: list[Observation], window: Window) -> Iterator[Found]:
        for record in records:
            day = record.notification.distribution_date
            if day is None or day in window:
                yield record
            elif not self._outside_told:
                self._outside_told = True
                yield outside_window(self._card.name)
