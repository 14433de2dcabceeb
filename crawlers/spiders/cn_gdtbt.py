"""Chinese titles of notifications from Guangdong's platform: its search by day, then the page of each notification.

How the list is paged is not known from any document. So no page number is asked for: links of the pager are followed as
they stand, and where they do not help, the days asked for are halved until all that the list counts has been seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import Tag

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.findings import outside_window
from crawlers.formats.chinese_titles import find_symbols, page_lines, read_form, soup_of, title_observations
from crawlers.formats.text import shorten
from warehouse.records import Issue, Severity

AREAS: Final = ("tbt", "sps")
MAX_PAGES: Final = 60  # of one list that the pager is followed
MAX_BARREN: Final = 2  # one may be the first page under its own link
_ACCEPT: Final = "text/html"
_PAGE: Final = re.compile(r"(?:.*/)?(?:html/note-(\d+)\.html|((?:tbt|sps)item-\d+)\.html)", re.IGNORECASE)
_COUNT: Final = re.compile(r"\d+")
_ROWS: Final = ("tr", "li", "dl")
_SIGN: Final = "技术性贸易"  # stands in the name of the platform, so on each of its pages


@dataclass(slots=True)
class _List:
    """What the pages of one list (area, first and last day) have shown so far."""

    pages: set[Fetch] = field(default_factory=set)  # wished
    details: set[str] = field(default_factory=set)
    n_barren: int = 0  # pages in a row that showed nothing new


class Spider:
    """Searches by day; each notification is read from its own page, since lists may cut titles short."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        del key
        self._card = card
        self._hosts = {urlsplit(address).netloc: address for address in card.sites}
        self._lists: dict[str, _List] = {}
        self._outside_told = False

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the search of each area for the whole window."""
        for area in AREAS:
            yield self.search(area, window.since, window.until)

    def search(self, area: str, since: date, until: date) -> Fetch:
        """Return the wish for one list; the parameters not filled in are sent empty, as the site's own form does."""
        days = (("tbrq0", since.isoformat()), ("tbrq1", until.isoformat()))
        others = (("keyword", ""), ("ics", ""), ("hs", ""), ("tbcy", ""), ("fgcp", ""))
        return Fetch(path=f"{area}.aspx", query=(*others, *days, ("specialid", "")), purpose="list", accept=_ACCEPT)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield the pages of a list's notifications and what of the list is missing, or a notification's titles."""
        soup = soup_of(fetched.body, fetched.content_type)
        if fetched.fetch.purpose == "list":
            yield from self._list(fetched.fetch, soup)
        else:
            yield from self._notification(fetched.fetch, soup, window)

    def _list(self, fetch: Fetch, soup: Tag) -> Iterator[Found]:
        query = dict(fetch.query)
        area = fetch.path.split(".", maxsplit=1)[0].lower()
        since, until = (date.fromisoformat(query[name]) for name in ("tbrq0", "tbrq1"))
        pager = soup.find(id="pagelist1")
        total = _count(pager)
        details = self._details(soup)
        if total is None and not details and not any(_SIGN in line for line in page_lines(soup)):
            raise SchemaChanged(f"{fetch.path} 的应答不是通报列表，也没有总数")
        seen = self._lists.setdefault(f"{area}:{since}:{until}", _List(pages={fetch}))
        seen.n_barren = seen.n_barren + 1 if details.keys() <= seen.details else 0
        seen.details |= details.keys()
        yield from details.values()
        if total is None or len(seen.details) >= total:
            return
        following = [page for page in self._pager_links(pager, fetch) if page not in seen.pages]
        if following and seen.n_barren < MAX_BARREN and len(seen.pages) < MAX_PAGES:
            seen.pages.add(following[0])
            yield following[0]
        elif since < until:
            middle = since + (until - since) // 2
            yield self.search(area, since, middle)
            yield self.search(area, middle + timedelta(days=1), until)
        else:
            yield self._incomplete(area, since, total, len(seen.details))

    def _details(self, soup: Tag) -> dict[str, Fetch]:
        """The wishes for pages of notifications, by their own name; lists show other articles at their side."""
        named: dict[str, Fetch] = {}
        plain: dict[str, Fetch] = {}
        for link in soup.find_all("a", href=True):
            wish = self._detail(str(link["href"]))
            if wish is None:
                continue
            row = link.find_parent(_ROWS) or link
            plain.setdefault(wish.subject, wish)
            if find_symbols(f"{link.get('title', '')} {row.get_text(' ')}")[0]:
                named.setdefault(wish.subject, wish)
        return named or plain

    def _detail(self, href: str) -> Fetch | None:
        parts = urlsplit(urljoin("/", href.strip()))
        if parts.scheme not in {"", "http", "https"}:
            return None
        site = self._hosts.get(parts.netloc, "")
        if parts.netloc and not site and parts.netloc not in {self._card.host, self._card.host.removeprefix("www.")}:
            return None
        number = dict(parse_qsl(parts.query)).get("noteid", "")
        if parts.path.lower().endswith("noteshow.aspx") and number.isdigit():
            path, subject = f"html/note-{number}.html", f"note-{number}"  # both addresses show the same page
        elif (found := _PAGE.fullmatch(parts.path)) is not None:
            path = parts.path.lstrip("/")
            subject = f"note-{found[1]}" if found[1] else found[2].lower()
        else:
            return None
        return Fetch(path=path, purpose="notification", site=site, is_optional=True, subject=subject, accept=_ACCEPT)

    def _pager_links(self, pager: object, fetch: Fetch) -> Iterator[Fetch]:
        """The other pages of the list, as its pager links them; links that only a script resolves are none."""
        for link in pager.find_all("a", href=True) if isinstance(pager, Tag) else ():
            parts = urlsplit(urljoin(f"/{fetch.path}", str(link["href"]).strip()))
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            days = [dict(query).get(name) for name in ("tbrq0", "tbrq1")]
            is_same = parts.path.lower() == f"/{fetch.path}".lower() and not parts.netloc
            if is_same and days == [dict(fetch.query)[name] for name in ("tbrq0", "tbrq1")]:
                yield Fetch(path=fetch.path, query=query, purpose="list", accept=_ACCEPT)

    def _notification(self, fetch: Fetch, soup: Tag, window: Window) -> Iterator[Found]:
        reading = read_form(soup)
        if reading.published is not None and reading.published not in window:
            if not self._outside_told:
                self._outside_told = True
                yield outside_window(self._card.name)
            return
        url = f"{fetch.site or self._card.base_url}/{fetch.path}"
        yield from title_observations(reading, page_key=fetch.subject, url=url, published=reading.published)
        if not reading.pairs or reading.doubts:
            yield Issue(
                code="title-pair-unclear",
                severity=Severity.INFO,
                message="中文通报页面上的通报号与标题不能一一对应，未取标题。",
                next_step="如需该标题，请打开页面人工核对。",
                file_name=self._card.name,
                value=shorten("；".join(reading.doubts)),
                subject=fetch.subject,
            )

    def _incomplete(self, area: str, day: date, total: int, got: int) -> Issue:
        return Issue(
            code="crawl-incomplete",
            severity=Severity.ERROR,
            message=f"来源 {self._card.name} 声明 {day} 共有 {total} 条 {area.upper()} 通报，列表上只找到 {got} 条。",
            next_step="列表的翻页方式可能有变，请核对来源卡；缺少的中文标题不影响通报本身。",
            subject=self._card.name,
        )


def _count(pager: object) -> int | None:
    """The number of notifications that the pager states ("共 12 条"); None where there is none."""
    shown = pager.select_one("div > span") if isinstance(pager, Tag) else None
    found = _COUNT.search(shown.get_text()) if shown is not None else None
    return int(found[0]) if found else None
