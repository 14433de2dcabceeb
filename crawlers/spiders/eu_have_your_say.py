"""European Commission, "Have your say": drafts whose period for feedback began in the window and is still open.

Each round of feedback is a measure of its own: a call for evidence, and a year later the draft act. A round that is
over is no longer listed; rounds are open for weeks, so a daily or weekly run misses none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import incomplete, json_object
from crawlers.formats.dates import from_text
from crawlers.formats.html_text import plain
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from warehouse.records import Channel, Issue, Notification, Observation, Severity

SEARCH: Final = "info/law/better-regulation/brpapi/searchInitiatives"
DETAIL: Final = "info/law/better-regulation/brpapi/groupInitiatives/"
PAGE: Final = "https://ec.europa.eu/info/law/better-regulation/have-your-say/initiatives/"
DOCUMENT: Final = "https://ec.europa.eu/info/law/better-regulation/api/download/"
PAGE_SIZE: Final = 100  # the site gives no more, whatever is asked for
# `foreseenActType` in words; one that is not listed is kept as it stands
ACT_TYPES: Final[Mapping[str, str]] = {
    "PROP_REG": "Proposal for a regulation",
    "PROP_DIR": "Proposal for a directive",
    "PROP_DEC": "Proposal for a decision",
    "REG": "Regulation",
    "DEL_REG": "Delegated regulation",
    "REG_DEL": "Delegated regulation",
    "IMPL_REG": "Implementing regulation",
    "DIR": "Directive",
    "DEL_DIR": "Delegated directive",
    "DEC": "Decision",
    "IMPL_DEC": "Implementing decision",
    "REPORT": "Report",
    "SWD": "Staff working document",
    "COM_NO_LEG": "Non-legislative act",
}


class Spider:
    """Pages through the open initiatives and asks for the summary of each that lies in the window."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._pages: dict[frozenset[str], int] = {}  # ids on a page -> its number
        self._per_page = 0  # items on the first page
        self._ids: set[str] = set()
        self._n_unreadable = 0

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the first page, numbered 0; each page leads to the next."""
        yield self._page(0)

    def _page(self, number: int) -> Fetch:
        """The order cannot be chosen, nor can days: the window is looked for here."""
        return Fetch(
            path=SEARCH,
            query=(
                ("page", str(number)),
                ("size", str(PAGE_SIZE)),
                ("language", "EN"),
                ("feedbackStatus", "OPEN"),
            ),
        )

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the next page, the rounds of this one in the window and their details; or what a detail adds."""
        data = json_object(fetched.body)
        if fetched.fetch.purpose == "detail":
            yield from self._detail(data, fetched.fetch)
        else:
            yield from self._list(data, int(dict(fetched.fetch.query)["page"]), window)

    def _list(self, data: Mapping[str, Any], number: int, window: Window) -> Iterator[Found]:
        page = data.get("initiativeResultDtoPage")
        items = page.get("content") if isinstance(page, dict) else None
        total = page.get("totalElements") if isinstance(page, dict) else None
        if not isinstance(items, list) or not isinstance(total, int):
            raise SchemaChanged(f"第 {number + 1} 页的应答中没有列表（content）或总数（totalElements）")
        ids = frozenset(key for item in items if (key := _id(item)))
        n_unreadable = sum(not _id(item) for item in items)
        if ids and self._pages.get(ids, number) != number:
            raise AskAgain(f"第 {number + 1} 页与第 {self._pages[ids] + 1} 页相同，翻页参数可能不起作用")
        if not items and total > len(self._ids) + self._n_unreadable:
            raise AskAgain(f"总数为 {total}，但第 {number + 1} 页没有记录")
        if number == 0:
            self._per_page = len(items)
        self._pages[ids] = number
        self._ids.update(ids)
        self._n_unreadable += n_unreadable
        if (number + 1) * self._per_page < total:
            yield self._page(number + 1)
        else:
            yield from self._missing(total)
        for place, item in enumerate(items, start=1):
            yield from self._rounds(item, place, window)

    def _missing(self, total: int) -> Iterator[Issue]:
        got = len(self._ids) + self._n_unreadable
        if got < total:
            yield incomplete(self._card.name, total, got)

    def _rounds(self, item: object, place: int, window: Window) -> Iterator[Found]:
        key = _id(item)
        if not key or not isinstance(item, dict):
            yield self._unreadable(place, f"第{place}条不是征求意见项目，未导入。", item, self._card.name)
            return
        rounds: dict[date, Mapping[str, Any]] = {}
        for status in _objects(item.get("currentStatuses")):
            opened = _day(status.get("feedbackStartDate"))
            if opened is not None:
                rounds[opened] = status
            elif status.get("receivingFeedbackStatus") == "OPEN":
                message = f"征求意见项目 HYS-{key} 没有可识别的开始日期（feedbackStartDate），该轮未导入。"
                yield self._unreadable(place, message, status, f"HYS-{key}")
        for opened, status in rounds.items():
            if opened in window:
                name = f"HYS-{key}-{opened:%Y%m%d}"
                query = (("language", "EN"),)
                yield Fetch(path=f"{DETAIL}{key}", query=query, purpose="detail", is_optional=True, subject=name)
                notification = _notification(name, key, item, status, opened)
                yield Observation(source_key=name, payload=_kept(item), notification=notification, row=place)

    def _detail(self, data: Mapping[str, Any], fetch: Fetch) -> Iterator[Found]:
        """The summary and the documents, a record apart: the round is told even where its detail cannot be had."""
        if _id(data) != fetch.path.removeprefix(DETAIL):
            message = f"{fetch.subject} 的详情不是该项目的详情，摘要和文件暂缺。"
            yield self._unreadable(None, message, data.get("id"), fetch.subject)
            return
        summary, links = plain(_text(data.get("dossierSummary"))), _documents(data)
        if summary or links:
            yield Observation(
                source_key=f"{fetch.subject}/detail",
                payload=_kept(data),
                notification=Notification(
                    notification_id=fetch.subject,
                    channel=Channel.LEGISLATION,
                    member_names=("European Union",),
                    member_codes=("EU",),
                    description=summary,
                    lang="en",
                    document_links=links,
                ),
            )

    def _unreadable(self, place: int | None, message: str, value: object, subject: str) -> Issue:
        issues = RowIssues(self._card.name, place, subject)
        issues.add(
            "item-unreadable",
            Severity.ERROR,
            message,
            value=value,
            next_step="请到来源网站核对该条；反复出现的，请通知系统维护人员。",
        )
        return issues.take()[0]


def _notification(
    name: str, key: str, item: Mapping[str, Any], status: Mapping[str, Any], opened: date
) -> Notification:
    closes = status.get("feedbackEndDate")
    deadline = _day(closes)
    act_type = clean_line(_text(item.get("foreseenActType")))
    topics = (clean_line(_text(topic.get("label"))) for topic in _objects(item.get("topics")))
    reference = clean_line(_text(item.get("reference")))
    return Notification(
        notification_id=name,
        channel=Channel.LEGISLATION,
        notification_type=ACT_TYPES.get(act_type, act_type),
        member_names=("European Union",),
        member_codes=("EU",),
        distribution_date=opened,
        comment_deadline=deadline,
        comment_deadline_text="" if deadline else clean_line(_text(closes)),
        title=clean_line(plain(_text(item.get("shortTitle")))) or reference or name,
        keywords=tuple(dict.fromkeys(filter(None, (*topics, reference)))),
        lang="en",
        url=f"{PAGE}{key}_en",
    )


def _documents(detail: Mapping[str, Any]) -> tuple[str, ...]:
    """The English files of what is open for feedback; of everything where nothing says that it is."""
    publications = _objects(detail.get("publications"))
    is_open = [entry for entry in publications if entry.get("receivingFeedbackStatus") == "OPEN"]
    files = [file for entry in is_open or publications for file in _objects(entry.get("attachments"))]
    found = (_text(file.get("documentId")).strip() for file in files if file.get("language") == "EN")
    return tuple(dict.fromkeys(DOCUMENT + number for number in found if number.isalnum()))


def _kept(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is kept of an answer: not the 23 other languages, nor the count of replies, another one each day."""
    kept = dict(item)
    for name, unwanted in (("initiativeTranslations", ()), ("publications", ("totalFeedback",))):
        if isinstance(item.get(name), list):
            kept[name] = [
                {key: value for key, value in entry.items() if key not in unwanted}
                for entry in _objects(item[name])
                if entry.get("language", "EN") == "EN"
            ]
    return kept


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _id(item: object) -> str:
    """The number of an initiative, which comes as a decimal (14858.0); "" where it has none."""
    value = item.get("id") if isinstance(item, dict) else None
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < 1e12:
        return ""
    return str(int(value))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    """The day of "2026/09/17 23:59:59", Brussels time."""
    return from_text(clean_line(_text(value)))
