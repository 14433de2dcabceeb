"""Japan: drafts of orders and standards on which the ministries ask for comments (e-Gov パブリック・コメント)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.formats.date_fields import distribution_date
from crawlers.formats.dates import from_text
from crawlers.formats.feed import FeedItem, moment_of, read_feed
from crawlers.formats.html_text import plain
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from warehouse.records import Channel, Issue, Notification, Observation, Severity

PAGE: Final = "servlet/Public?CLASSNAME=PCMMSTDETAIL&id={number}&Mode=0"
_JAPAN: Final = timezone(timedelta(hours=9))
_PUBLISHED, _CLOSES, _SUBJECT = "案の公示日", "受付締切日時", "カテゴリー"
_OFFICE = "問合せ先（所管省庁・部局名等）"
_LABELS: Final = frozenset({_PUBLISHED, _CLOSES, _SUBJECT, _OFFICE})
_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MIDNIGHT: Final = re.compile(r"\s0?0:00(?::00)?")
_TELEPHONE: Final = re.compile(r"\s*(?:電話|TEL)", re.IGNORECASE)  # opens the contact data that follow the office


@cache
def scope() -> dict[str, Any]:
    """Return the ministries and feeds of `crawlers/formats/jp_public_comments.toml`."""
    return tomllib.loads((files("crawlers") / "formats" / "jp_public_comments.toml").read_text(encoding="utf-8"))


class Spider:
    """Reads each feed once. A feed cannot be asked for a window or a page: how far it reaches back is checked."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card
        self._unknown: set[str] = set()  # labels told already
        self._offices_told: set[str] = set()  # drafts without an office that were told already

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield every feed."""
        for feed in scope()["feeds"]:
            yield Fetch(path=f"rss/{feed['file']}", purpose=str(feed["subject"]), accept="application/xml, text/xml")

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the drafts of one feed that lie in the window and are of a technical ministry."""
        feed = read_feed(fetched.body)
        if "パブリック" not in feed.title and not any(_PUBLISHED in item.summary for item in feed.items):
            raise SchemaChanged(f"订阅文件“{feed.title}”不是征求意见草案的清单")
        oldest: date | None = None
        for place, item in enumerate(feed.items, start=1):
            issues = RowIssues(fetched.fetch.path, place)
            observation = self._draft(item, issues)
            if observation is None:
                yield from issues.take()
                continue
            day = observation.notification.distribution_date
            if day is not None:
                oldest = min(day, oldest or day)
            is_wanted = self._is_technical(observation, issues) and (day is None or day in window)
            yield from (issue for issue in issues.take() if is_wanted or issue.code == "field-unknown")
            if is_wanted:
                yield observation
        if feed.items and oldest is not None and oldest > window.since:
            yield self._short(fetched.fetch, oldest, window)

    def _draft(self, item: FeedItem, issues: RowIssues) -> Observation | None:
        number = _number(item)
        if not number or not item.title:
            issues.add(
                "item-unreadable",
                Severity.ERROR,
                f"第{issues.row}条没有案件编号或标题，未采集。",
                value=item.title or item.link,
                next_step="请到来源网站核对；反复出现的，请通知系统维护人员。",
            )
            return None
        issues.subject = f"JP-PCM-{number}"
        parts = self._parts(item, issues)
        closes = parts.get(_CLOSES, "")
        deadline = last_day(closes)
        office = _TELEPHONE.split(parts.get(_OFFICE, ""))[0]
        notification = Notification(
            notification_id=issues.subject,
            channel=Channel.LEGISLATION,
            notification_type="意見募集",
            member_names=("日本",),
            member_codes=("JPN",),
            distribution_date=_published(parts.get(_PUBLISHED, ""), item, issues),
            comment_deadline=deadline,
            comment_deadline_text="" if deadline and deadline == from_text(closes) else closes,
            title=plain(item.title),
            description=f"所管：{office}" if office else "",
            keywords=tuple(filter(None, (parts.get(_SUBJECT, ""),))),
            lang="ja",
            url=f"{self._card.base_url.rstrip('/')}/{PAGE.format(number=number)}",
        )
        payload = {"title": item.title, "link": item.link, "description": item.summary, "date": item.published}
        return Observation(source_key=number, payload=payload, notification=notification, row=issues.row)

    def _parts(self, item: FeedItem, issues: RowIssues) -> dict[str, str]:
        """The labelled parts of a summary, `案の公示日：2026/06/10<br/>受付締切日時：2026/07/10 00:00<br/>`."""
        parts = {}
        for piece in _BREAK.split(item.summary):
            label, colon, value = clean_line(piece).partition("：")
            if colon:
                parts[label] = value.strip()
        issues.note_unknown(
            parts,
            _LABELS,
            self._unknown,
            code="field-unknown",
            message="栏目“{name}”不在已知栏目之中，其内容只随原始记录保存（只提示一次）。",
            next_step="若为平台新增的栏目，请通知系统维护人员。",
        )
        return parts

    def _is_technical(self, observation: Observation, issues: RowIssues) -> bool:
        office = observation.notification.description.removeprefix("所管：")
        if not office and observation.source_key not in self._offices_told:
            self._offices_told.add(observation.source_key)
            issues.add("office-missing", Severity.INFO, "草案没有写明所管省厅，已采集。", field=_OFFICE)
        return not office or office.startswith(tuple(scope()["ministries"]))

    def _short(self, fetch: Fetch, oldest: date, window: Window) -> Issue:
        return Issue(
            code="feed-too-short",
            severity=Severity.WARNING,
            message=f"来源 {self._card.name} 的“{fetch.purpose}”清单只到 {oldest}，{window.since} 起的更早草案看不到。",
            next_step="请提高采集频次；需要补齐的，请到来源网站按日期查询。",
            file_name=fetch.path,
            subject=self._card.name,
        )


def last_day(closes: str) -> date | None:
    """Return the last whole day for comments: a period that closes at 00:00 ends with the day before."""
    day = from_text(closes)
    return day - timedelta(days=1) if day and _MIDNIGHT.search(closes) else day


def _number(item: FeedItem) -> str:
    """The number of the case (案件番号), which the address of its page holds as `id`."""
    found = parse_qs(urlsplit(item.link or item.identity).query).get("id", [""])[0]
    return found if re.fullmatch(r"[0-9A-Za-z]{1,20}", found) else ""


def _published(text: str, item: FeedItem, issues: RowIssues) -> date | None:
    """The day of publication in Japan; from the item's own instant, which is in UTC, where the summary has none."""
    moment = moment_of(item.published) if not text else None
    if moment is not None:
        return moment.astimezone(UTC).astimezone(_JAPAN).date()
    return distribution_date(text, issues, _PUBLISHED)
