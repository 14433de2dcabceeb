"""EUR-Lex: acts in the L series of the Official Journal, and proposals of the Commission, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import json_object, outside_window
from crawlers.formats.eurlex import ACTS, MOST_ROWS, PROPOSALS, Work, query, read_rows, read_work, works
from crawlers.formats.reporting import RowIssues
from warehouse.records import Issue, Severity

PATH: Final = "webapi/rdf/sparql"
FORMAT: Final = "application/sparql-results+json"
_DAY_OF: Final[Mapping[str, str]] = {ACTS: "published", PROPOSALS: "document"}


class Spider:
    """Asks two questions a day of the window; an answer is whole or says that it is not."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._outside_told = False

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the queries of each day, acts first."""
        for group in (ACTS, PROPOSALS):
            for n in range((window.until - window.since).days + 1):
                day = window.since + timedelta(days=n)
                yield Fetch(
                    path=PATH,
                    query=(("query", query(group, day)), ("format", FORMAT)),
                    purpose=group,
                    subject=day.isoformat(),
                    accept=FORMAT,
                )

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the records of one day."""
        group, day = fetched.fetch.purpose, date.fromisoformat(fetched.fetch.subject)
        rows = read_rows(json_object(fetched.body))
        if rows is None:
            raise SchemaChanged(f"{day} 的应答不是所查的 SPARQL 结果（celex、name、value）")
        if len(rows) >= MOST_ROWS:
            yield self._issue(
                "crawl-incomplete",
                Severity.ERROR,
                f"来源 {self._card.name} 在 {day} 的结果达到 {MOST_ROWS} 行的上限，可能不完整。",
                "请通知系统维护人员把该日的查询分开。",
            )
        n_unreadable = sum(not all(row) for row in rows)
        if n_unreadable:
            issues = RowIssues(self._card.name, None, self._card.name)
            issues.add(
                "item-unreadable",
                Severity.ERROR,
                f"{day} 的结果中有 {n_unreadable} 行缺少编号、名称或值，未采用。",
                next_step="请到 EUR-Lex 核对该日的法规；反复出现的，请通知系统维护人员。",
            )
            yield from issues.take()
        for place, work in enumerate(works(rows), start=1):
            if self._is_of(work, group, day):
                yield from read_work(work, group, day, place, self._card.name)
            elif not self._outside_told:
                self._outside_told = True
                yield outside_window(self._card.name)

    @staticmethod
    def _is_of(work: Work, group: str, day: date) -> bool:
        stated = work.dates(_DAY_OF[group])
        return not stated or day in stated

    def _issue(self, code: str, severity: Severity, message: str, next_step: str) -> Issue:
        return Issue(code=code, severity=severity, message=message, next_step=next_step, subject=self._card.name)
