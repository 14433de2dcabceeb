"""The Scrapy process behind `SiteClient`: wishes come in on stdin, a line each; outcomes go out on stdout.

The first line is the job (card, folder, cache, user agent). Answers are kept in the folder of bodies, and only then
told. Delay, AutoThrottle, the HTTP cache (RFC 2616) and limits are Scrapy's; retries, redirects and the strict reading
of robots.txt are those of the other engine (`site_middlewares`).
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.engine.bodies import BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetched
from crawlers.engine.outcomes import refused, too_large
from crawlers.engine.site_middlewares import Refused, Traffic, fetch_of
from warehouse.errors import StageError

_OK = 200
_CACHE_DAYS = 30


class FetchSpider(scrapy.Spider):
    """Fetches what it is told to."""

    name = "fetch"
    job: ClassVar[dict[str, Any]]
    card: ClassVar[SourceCard]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = BodyStore(Path(self.job["folder"]))
        self.traffic = Traffic(self.store, datetime.fromisoformat(self.job["now"]))

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Yield a request a line, until stdin is closed: then nothing waits for an answer, or nobody is left to."""
        wishes: asyncio.Queue[bytes] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def listen() -> None:
            for line in iter(sys.stdin.buffer.readline, b""):
                loop.call_soon_threadsafe(wishes.put_nowait, line)
            loop.call_soon_threadsafe(wishes.put_nowait, b"")

        # a thread, since a pipe cannot be awaited on every platform
        threading.Thread(target=listen, daemon=True).start()
        while line := await wishes.get():
            yield self._request(json.loads(line))
        raise CloseSpider("stdin closed")  # what is still queued is dropped

    def _request(self, wish: dict[str, Any]) -> scrapy.Request:
        fetch = wish["fetch"]
        headers = {**fetch["headers"], "Accept": fetch["accept"]}
        if fetch["json_body"]:
            headers["Content-Type"] = "application/json"
        return scrapy.Request(
            wish["url"],
            method="POST" if fetch["json_body"] else "GET",
            body=fetch["json_body"],
            headers=headers,
            callback=self.keep,
            errback=self.fail,
            dont_filter=True,  # what is wished twice is wished twice on purpose
            priority=1 if wish["is_first"] else 0,
            meta={"handle_httpstatus_all": True, "number": wish["number"], "fetch": fetch},
        )

    def keep(self, response: Response) -> None:
        """Keep an answer and tell; one that is none is told as refused."""
        assert response.request is not None  # noqa: S101  (Scrapy sets it before the callback)
        fetch = fetch_of(response.request)
        if response.status != _OK:
            self._tell(response.meta["number"], refused(self.card, response.status, fetch))
            return
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        self.store.put(Fetched(fetch=fetch, body=response.body, content_type=content_type))
        self._tell(response.meta["number"])

    def fail(self, failure: Failure) -> None:
        """Tell why there is no answer."""
        request = failure.request  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, Refused):
            self._tell(request.meta["number"], error.reason)
        else:  # retries are used up before: what is left is a download that was stopped for its size
            self._tell(request.meta["number"], too_large(self.card))

    def _tell(self, number: int, error: StageError | None = None) -> None:
        line: dict[str, object] = {"number": number, "n_requests": self.traffic.n_requests}
        if error is not None:
            line |= {"message": error.message, "next_step": error.next_step}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def settings(job: dict[str, Any], card: SourceCard) -> dict[str, Any]:
    """Return Scrapy's settings for a source."""
    own = "crawlers.engine.site_middlewares"
    standard = "scrapy.downloadermiddlewares"
    return {
        "USER_AGENT": job["user_agent"],
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": card.delay_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,  # it would also shorten the delay
        "CONCURRENT_REQUESTS": card.concurrency * (1 + len(card.sites)),
        "CONCURRENT_REQUESTS_PER_DOMAIN": card.concurrency,
        "AUTOTHROTTLE_ENABLED": True,
        "AUTOTHROTTLE_START_DELAY": card.delay_seconds,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(card.concurrency),
        "DOWNLOAD_TIMEOUT": card.timeout_seconds,
        "DOWNLOAD_MAXSIZE": int(card.max_body_mb * (1 << 20)),
        "DOWNLOAD_WARNSIZE": 0,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_DIR": job["cache"],
        "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy",
        "HTTPCACHE_STORAGE": f"{own}.SoundCache",
        "HTTPCACHE_GZIP": True,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "DOWNLOADER_MIDDLEWARES": {
            f"{standard}.robotstxt.RobotsTxtMiddleware": None,
            f"{standard}.retry.RetryMiddleware": None,
            f"{standard}.redirect.RedirectMiddleware": None,
            f"{standard}.redirect.MetaRefreshMiddleware": None,
            f"{own}.StrictRobots": 100,
            f"{own}.Again": 550,
            f"{own}.SameSiteRedirects": 600,
            f"{own}.Audit": 950,  # outside the cache: what was not asked over the wire is no request
        },
    }


def _clear_cache(folder: Path, now: datetime) -> None:
    """Drop what the cache has not touched for a month."""
    oldest = (now - timedelta(days=_CACHE_DAYS)).timestamp()
    for path in folder.glob("*/*/*/*"):
        if path.stat().st_mtime < oldest:
            path.unlink()


def main() -> None:
    """Run until stdin is closed and everything wished is answered."""
    job = json.loads(sys.stdin.buffer.readline())
    fields = {**job["card"], "verified_on": date.fromisoformat(job["card"]["verified_on"])}
    lists = {name: tuple(fields[name]) for name in ("markets", "sites")}
    FetchSpider.job, FetchSpider.card = job, SourceCard(**{**fields, **lists})
    _clear_cache(Path(job["cache"]), datetime.fromisoformat(job["now"]))
    process = AsyncCrawlerProcess(settings(job, FetchSpider.card))
    process.crawl(FetchSpider)
    process.start()


if __name__ == "__main__":
    main()
