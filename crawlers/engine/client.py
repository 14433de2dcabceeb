"""A polite HTTP client over httpx: robots.txt, one request at a time, delay, retries, size limits, audit."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import httpx
from protego import Protego

from crawlers.engine.address import address, is_same_site
from crawlers.engine.bodies import Attempt, BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.download import Download
from crawlers.engine.exchange import Fetch, Fetched, Missed
from crawlers.engine.outcomes import failed, forbidden, led_elsewhere, refused, rests_long, robots_unreadable, too_large
from crawlers.engine.retry import RETRIED_STATUSES, is_too_long, pause, retry_after
from warehouse.errors import StageError

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS: Final = 5
_ROBOTS_BYTES: Final = 500 << 10  # RFC 9309 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the client needs of the world, so that tests can give it another one."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    jitter: Callable[[], float]  # in [0, 1)


class _Again(Exception):  # noqa: N818  (not an error: a wish to ask again)
    """The attempt failed in a way that may pass; `seconds` is the rest that the server asked for, if any."""

    def __init__(self, outcome: str, seconds: float | None = None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.seconds = seconds


class PoliteClient:
    """Fetches for one run of one source. Use as a context manager."""

    def __init__(
        self,
        card: SourceCard,
        store: BodyStore,
        surroundings: Surroundings,
        *,
        base_url: str,
        user_agent: str,
        finished: Mapping[str, Mapping[str, str]],
    ) -> None:
        self._card = card
        self._store = store
        self._world = surroundings
        self._base_url = base_url.rstrip("/")
        self._user_agent = user_agent
        self._finished = finished
        self._client = httpx.Client(
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"},
            timeout=card.timeout_seconds,
            follow_redirects=False,
        )
        self._robots: dict[str, Protego] = {}  # by host
        self._wishes: deque[Fetch] = deque()
        self._last_request: float | None = None
        self._delay = card.delay_seconds  # or what robots.txt asks for, if that is longer
        self.n_requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def submit(self, fetch: Fetch, *, first: bool = False) -> None:
        """Take a wish; wishes are fetched one after the other."""
        if first:
            self._wishes.appendleft(fetch)
        else:
            self._wishes.append(fetch)

    def answer(self) -> Fetched | Missed:
        """Fetch what was wished first; an optional wish may be missed."""
        wish = self._wishes.popleft()
        try:
            return self.fetch(wish)
        except StageError as error:
            if not wish.is_optional:
                raise
            return Missed(fetch=wish, message=error.message, next_step=error.next_step)

    def fetch(self, fetch: Fetch) -> Fetched:
        """Return the answer to `fetch`, from the kept bodies of this run where it is there.

        Raises StageError, in words for an officer, when the source forbids it, refuses it or does not answer properly.
        """
        kept = self._store.get(fetch)
        if kept is not None:
            return kept
        url = self._url(fetch)
        if not self._allowed(url):
            raise forbidden(self._card, fetch)
        fetched = self._persist(fetch, url)
        if fetched.path is None and not fetched.unchanged:
            self._store.put(fetched)
        return fetched

    def _url(self, fetch: Fetch) -> httpx.URL:
        try:
            return httpx.URL(address(self._card, self._base_url, fetch))
        except httpx.InvalidURL as error:
            raise StageError(
                f"来源 {self._card.name} 的网址无法使用：{fetch.path!r}", "请核对来源卡或 --base-url。"
            ) from error

    def _persist(self, fetch: Fetch, url: httpx.URL) -> Fetched:
        """Ask until it is answered, at most `max_attempts` times."""
        outcome = ""
        for attempt in range(1, self._card.max_attempts + 1):
            try:
                return self._attempt(fetch, url)
            except _Again as again:
                outcome = again.outcome
                if again.seconds is not None and is_too_long(again.seconds):
                    raise rests_long(self._card, again.seconds) from again
                wait = pause(attempt, self._world.jitter())
                if attempt < self._card.max_attempts:
                    self._world.sleep(max(wait, again.seconds or 0.0))
        raise failed(self._card, outcome, fetch)

    def _attempt(self, fetch: Fetch, url: httpx.URL) -> Fetched:
        self._keep_distance()
        started = self._world.monotonic()
        outcome, n_bytes = "", 0
        try:
            with self._open(fetch, url) as response:
                outcome = str(response.status_code)
                fetched = self._read(fetch, response)
                n_bytes = len(fetched.body)
                return fetched
        except _Again as again:
            outcome = again.outcome
            raise
        except (httpx.TransportError, httpx.DecodingError) as error:
            outcome = type(error).__name__
            raise _Again(outcome) from error
        finally:
            self.n_requests += 1
            self._store.audit(
                Attempt(
                    at=self._world.now(),
                    path=fetch.path,
                    query=fetch.query,
                    outcome=outcome,
                    n_bytes=n_bytes,
                    seconds=self._world.monotonic() - started,
                )
            )

    @contextmanager
    def _open(self, fetch: Fetch, url: httpx.URL) -> Iterator[httpx.Response]:
        """Send the request, following redirects within the host alone: a source never leads us elsewhere."""
        headers = {**fetch.headers, "Accept": fetch.accept}
        if fetch.json_body:
            headers["Content-Type"] = "application/json"
        if fetch.resumable:
            headers |= Download(self._store.file_for(fetch)).headers(self._finished.get(fetch.path, {}))
        request = self._client.build_request(
            "POST" if fetch.json_body else "GET", url, headers=headers, content=fetch.json_body.encode() or None
        )
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._client.send(request, stream=True)
            if response.status_code not in _REDIRECTS:
                try:
                    yield response
                finally:
                    response.close()
                return
            response.close()
            if response.next_request is None or not is_same_site(str(request.url), str(response.next_request.url)):
                raise led_elsewhere(self._card, response.headers.get("location", ""))
            request = response.next_request
            self._keep_distance()
            self.n_requests += 1
        raise StageError(f"来源 {self._card.name} 反复跳转：{fetch.path}", "请核对来源卡中的网址。")

    def _read(self, fetch: Fetch, response: httpx.Response) -> Fetched:
        status = response.status_code
        if status == httpx.codes.NOT_MODIFIED and fetch.resumable and fetch.path in self._finished:
            return Fetched(fetch=fetch, body=b"", unchanged=True)
        if status in RETRIED_STATUSES:
            raise _Again(str(status), retry_after(response.headers.get("retry-after", ""), self._world.now()))
        if fetch.resumable and status in {200, 206, 416}:
            path = Download(self._store.file_for(fetch)).take(response, self._limit())
            if path is None:
                raise _Again(f"{status} 范围不符")
            return Fetched(fetch=fetch, body=b"", content_type=response.headers.get("content-type", ""), path=path)
        if status != httpx.codes.OK:
            raise refused(self._card, status, fetch)
        body = self._body(response)
        content_type = response.headers.get("content-type", "")
        if "json" in fetch.accept and body.lstrip()[:1] == b"<":
            # a challenge or maintenance page may pass; if it stays, the run fails and says so
            raise _Again("返回网页而不是数据")
        if "json" in fetch.accept and not _is_json(body):
            raise _Again("应答不是完整的 JSON")  # cut off in a way that HTTP does not show
        return Fetched(fetch=fetch, body=body, content_type=content_type)

    def _body(self, response: httpx.Response) -> bytes:
        if "," in response.headers.get("content-encoding", ""):
            raise _Again(
                "应答被重复压缩"
            )  # each packing multiplies what one chunk may grow to, before any limit sees it
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._limit():
                raise too_large(self._card)
            chunks.append(chunk)
        return b"".join(chunks)

    def _limit(self) -> int:
        return int(self._card.max_body_mb * (1 << 20))

    def _keep_distance(self) -> None:
        if self._last_request is not None:
            due = self._last_request + self._delay
            self._world.sleep(max(0.0, due - self._world.monotonic()))
        self._last_request = self._world.monotonic()

    def _allowed(self, url: httpx.URL) -> bool:
        robots = self._robots.get(url.netloc.decode())
        if robots is None:
            robots = self._robots[url.netloc.decode()] = Protego.parse(self._robots_text(url))
            self._delay = max(self._delay, robots.crawl_delay(self._user_agent) or 0.0)
            if is_too_long(self._delay):
                raise StageError(
                    f"来源 {self._card.name} 的 robots.txt 要求每次访问间隔 {self._delay:.0f} 秒，无法采集。",
                    "请停用该来源或联系发布方。",
                )
        return bool(robots.can_fetch(str(url), self._user_agent))

    def _robots_text(self, url: httpx.URL) -> str:
        """Return robots.txt of the host: absent means all is allowed, unreachable means nothing is (RFC 9309 2.3.1)."""
        robots = url.copy_with(raw_path=b"/robots.txt")
        for attempt in range(1, self._card.max_attempts + 1):
            self._keep_distance()
            self.n_requests += 1
            try:
                with self._client.stream(
                    "GET", robots, headers={"Accept": "text/plain"}, follow_redirects=True
                ) as response:
                    if response.is_success:
                        return _head(response, _ROBOTS_BYTES).decode("utf-8", "replace")
                    if response.is_client_error and response.status_code != httpx.codes.TOO_MANY_REQUESTS:
                        return ""
            except httpx.RequestError:
                pass  # asked again below
            if attempt < self._card.max_attempts:
                self._world.sleep(pause(attempt, self._world.jitter()))
        raise robots_unreadable(robots.host)


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _head(response: httpx.Response, limit: int) -> bytes:
    head = b""
    for chunk in response.iter_bytes():
        head += chunk
        if len(head) >= limit:
            break
    return head[:limit]
