"""What this project asks of Scrapy beyond its own: strict robots.txt, polite retries, redirects that stay, audit."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import defaultdict
from datetime import datetime, timedelta
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.extensions.httpcache import FilesystemCacheStorage
from scrapy.http import Response

from crawlers.engine.address import is_same_site
from crawlers.engine.bodies import Attempt, BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch
from crawlers.engine.outcomes import failed, forbidden, led_elsewhere, rests_long, robots_unreadable
from crawlers.engine.retry import RETRIED_STATUSES, is_too_long, pause, retry_after
from warehouse.errors import StageError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.engine.site_process import FetchSpider

_log = logging.getLogger(__name__)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_OK = 200
_SERVER_ERROR = 500
_ROBOTS = "is_robots"


class Refused(IgnoreRequest):
    """A request that ends without an answer, and what an officer is told."""

    def __init__(self, reason: StageError) -> None:
        super().__init__(reason.message)
        self.reason = reason


class Traffic:
    """What goes over the wire: counted, written down, and held back where a host asked for rest."""

    def __init__(self, store: BodyStore, started_at: datetime) -> None:
        self.n_requests = 0
        self.crawl_delay: dict[str, float] = {}  # seconds, by host, where robots.txt states one
        self._store = store
        self._started_at, self._started = started_at, time.monotonic()
        self._free_from: defaultdict[str, float] = defaultdict(float)

    @property
    def now(self) -> datetime:
        """The moment, by the clock of whoever started the run."""
        return self._started_at + timedelta(seconds=time.monotonic() - self._started)

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for a while."""
        self._free_from[host] = max(self._free_from[host], time.monotonic() + seconds)

    async def wait_for(self, host: str) -> None:
        """Wait until a host may be asked."""
        at = max(time.monotonic(), self._free_from[host])
        self._free_from[host] = at + self.crawl_delay.get(host, 0.0)
        await asyncio.sleep(at - time.monotonic())

    def write_down(self, request: Request, outcome: str, n_bytes: int) -> None:
        """Add a line to the audit."""
        fetch = request.meta.get("fetch") or {"path": "robots.txt", "query": ()}
        self._store.audit(
            Attempt(
                at=self.now,
                path=fetch["path"],
                query=tuple((name, value) for name, value in fetch["query"]),
                outcome=outcome,
                n_bytes=n_bytes,
                seconds=time.monotonic() - request.meta.get("asked_at", time.monotonic()),
            )
        )


class _Middleware:
    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make one, as Scrapy wants it."""
        return cls(crawler)

    @property
    def _spider(self) -> FetchSpider:
        return cast("FetchSpider", self._crawler.spider)

    @property
    def _card(self) -> SourceCard:
        return self._spider.card


class StrictRobots(_Middleware):
    """robots.txt of each host: absent means all is allowed, unreachable means nothing is (RFC 9309 2.3.1)."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rules: dict[str, asyncio.Task[Protego | StageError]] = {}

    async def process_request(self, request: Request) -> None:
        """Let pass what is allowed."""
        if request.meta.get(_ROBOTS):
            return
        parts = urlsplit(request.url)
        if parts.netloc not in self._rules:
            self._rules[parts.netloc] = asyncio.ensure_future(self._read(f"{parts.scheme}://{parts.netloc}"))
        rules = await self._rules[parts.netloc]
        if isinstance(rules, StageError):
            raise Refused(rules)
        if not rules.can_fetch(request.url, self._crawler.settings["USER_AGENT"]):
            raise Refused(forbidden(self._card, fetch_of(request)))

    async def _read(self, root: str) -> Protego | StageError:
        host = urlsplit(root).netloc
        request = Request(f"{root}/robots.txt", meta={_ROBOTS: True, "dont_cache": True}, dont_filter=True)
        engine = self._crawler.engine
        assert engine is not None  # noqa: S101  (Scrapy runs middlewares only with an engine)
        try:
            response = await engine.download_async(request)
        except Exception:  # noqa: BLE001  (whatever broke: it was not read)
            _log.exception("robots.txt of %s", host)
            return robots_unreadable(host)
        if response.status >= _SERVER_ERROR or response.status in RETRIED_STATUSES:
            return robots_unreadable(host)
        rules = Protego.parse(response.body.decode("utf-8", "replace") if response.status == _OK else "")
        delay = rules.crawl_delay(self._crawler.settings["USER_AGENT"]) or 0.0
        if is_too_long(delay):
            return rests_long(self._card, delay)
        self._spider.traffic.crawl_delay[host] = float(delay)
        return rules


class Again(_Middleware):
    """Asks again after what may pass, as often as the card allows, never earlier than Retry-After."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the answer, or the request once more."""
        if response.status not in RETRIED_STATUSES:
            return response
        stated = retry_after((response.headers.get("Retry-After") or b"").decode("latin-1"), self._spider.traffic.now)
        if stated is not None and is_too_long(stated):
            raise Refused(rests_long(self._card, stated))
        return self._again(request, str(response.status), stated or 0.0) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Return the request once more unless it was refused or stopped for its size."""
        if isinstance(exception, (IgnoreRequest, DownloadCancelledError)):
            return None
        return self._again(request, type(exception).__name__, 0.0)

    def _again(self, request: Request, outcome: str, rest: float) -> Request | None:
        attempt = request.meta.get("attempt", 1)
        if attempt >= self._card.max_attempts:
            if request.meta.get(_ROBOTS):
                return None
            raise Refused(failed(self._card, outcome, fetch_of(request)))
        wait = max(pause(attempt, random.random()), rest)  # noqa: S311  (spread, not secrecy)
        self._spider.traffic.rest(urlsplit(request.url).netloc, wait)
        return request.replace(meta={**request.meta, "attempt": attempt + 1}, dont_filter=True)


class SameSiteRedirects(_Middleware):
    """Follows redirects within the hosts of the card alone: a source never leads us elsewhere."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the answer, or the request that it points to."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        if response.status not in _REDIRECTS or not location:
            return response
        target = urljoin(request.url, location)
        n = request.meta.get("redirects", 0) + 1
        is_known = any(is_same_site(site, target) for site in (request.url, *self._card.sites))
        if n > _MAX_REDIRECTS or not (is_known or request.meta.get(_ROBOTS)):
            raise Refused(led_elsewhere(self._card, location))
        return request.replace(url=target, meta={**request.meta, "redirects": n}, dont_filter=True)


class Audit(_Middleware):
    """Writes down what goes over the wire, and waits where a host asked for rest."""

    async def process_request(self, request: Request) -> None:
        """Count a request that really goes out."""
        await self._spider.traffic.wait_for(urlsplit(request.url).netloc)
        request.meta["asked_at"] = time.monotonic()
        self._spider.traffic.n_requests += 1

    def process_response(self, request: Request, response: Response) -> Response:
        """Write down an answer; one from the cache was not asked for."""
        if "cached" not in response.flags:
            self._spider.traffic.write_down(request, str(response.status), len(response.body))
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Write down what broke."""
        if not isinstance(exception, Refused):
            self._spider.traffic.write_down(request, type(exception).__name__, 0)


class SoundCache(FilesystemCacheStorage):
    """Scrapy's cache on disk, where an entry that a kill or a full disk tore is no entry."""

    def retrieve_response(self, spider: Spider, request: Request) -> Response | None:
        """Return the kept answer; None where there is none that can be read."""
        try:
            return super().retrieve_response(spider, request)
        except (OSError, EOFError, ValueError, KeyError, UnpicklingError):
            return None


def fetch_of(request: Request) -> Fetch:
    """Return the wish behind a request."""
    fields: dict[str, Any] = request.meta["fetch"]
    return Fetch(**{**fields, "query": tuple((name, value) for name, value in fields["query"])})
