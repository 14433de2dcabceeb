"""A polite HTTP client over httpx: robots.txt, one request at a time, delay, retries, size limits, audit."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

import httpx
from protego import Protego

from crawlers.engine.bodies import Attempt, BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.download import Download
from crawlers.engine.exchange import Fetch, Fetched
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
        self._robots: Protego | None = None
        self._last_request: float | None = None
        self._delay = card.delay_seconds  # or what robots.txt asks for, if that is longer
        self.n_requests = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, fetch: Fetch) -> Fetched:
        """Return the answer to `fetch`, from the kept bodies of this run where it is there.

        Raises StageError, in words for an officer, when the source forbids it, refuses it or does not answer properly.
        """
        kept = self._store.get(fetch)
        if kept is not None:
            return kept
        url = self._url(fetch)
        if not self._allowed(url):
            raise StageError(
                f"来源 {self._card.name} 的 robots.txt 不允许访问 {fetch.path}", "请停用该来源或联系发布方。"
            )
        fetched = self._persist(fetch, url)
        if fetched.path is None and not fetched.unchanged:
            self._store.put(fetched)
        return fetched

    def _url(self, fetch: Fetch) -> httpx.URL:
        try:
            url = httpx.URL(f"{self._base_url}/{fetch.path.lstrip('/')}")
        except httpx.InvalidURL as error:
            raise StageError(
                f"来源 {self._card.name} 的网址无法使用：{fetch.path!r}", "请核对来源卡或 --base-url。"
            ) from error
        # a query that is part of the path stays as it is
        return url.copy_merge_params(list(fetch.query)) if fetch.query else url

    def _persist(self, fetch: Fetch, url: httpx.URL) -> Fetched:
        """Ask until it is answered, at most `max_attempts` times."""
        outcome = ""
        for attempt in range(1, self._card.max_attempts + 1):
            try:
                return self._attempt(fetch, url)
            except _Again as again:
                outcome = again.outcome
                if again.seconds is not None and is_too_long(again.seconds):
                    raise StageError(
                        f"来源 {self._card.name} 要求 {again.seconds / 60:.0f} 分钟后再访问。",
                        "请稍后重新运行，已取得的不会重取。",
                    ) from again
                wait = pause(attempt, self._world.jitter())
                if attempt < self._card.max_attempts:
                    self._world.sleep(max(wait, again.seconds or 0.0))
        raise StageError(
            f"来源 {self._card.name} 连续 {self._card.max_attempts} 次未能正常应答（{outcome}）：{fetch.path}",
            "请检查网络或来源网站，然后重新运行同一命令，已取得的不会重取。",
        )

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
        if fetch.resumable:
            headers |= Download(self._store.file_for(fetch)).headers(self._finished.get(fetch.path, {}))
        request = self._client.build_request("GET", url, headers=headers)
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._client.send(request, stream=True)
            if response.status_code not in _REDIRECTS:
                try:
                    yield response
                finally:
                    response.close()
                return
            response.close()
            if response.next_request is None or not _is_same_site(request.url, response.next_request.url):
                raise StageError(
                    f"来源 {self._card.name} 转到了别的网站：{response.headers.get('location', '')}",
                    "可能需要登录或网址已变；请核对来源卡，或用 --base-url 指定镜像。",
                )
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
            raise self._refused(status, fetch)
        body = self._body(response)
        content_type = response.headers.get("content-type", "")
        if "json" in fetch.accept and body.lstrip()[:1] == b"<":
            # a challenge or maintenance page may pass; if it stays, the run fails and says so
            raise _Again("返回网页而不是数据")
        if "json" in fetch.accept and not _is_json(body):
            raise _Again("应答不是完整的 JSON")  # cut off in a way that HTTP does not show
        return Fetched(fetch=fetch, body=body, content_type=content_type)

    def _refused(self, status: int, fetch: Fetch) -> StageError:
        if status in {401, 403} and self._card.key_setting:
            return StageError(
                f"来源 {self._card.name} 不接受访问密钥（{status}）。",
                f"请核对设置 {self._card.key_setting}；密钥不要写进命令行。",
            )
        if status in {401, 403}:
            return StageError(
                f"来源 {self._card.name} 拒绝访问（{status}）：{fetch.path}", "请核对来源网站是否限制自动访问。"
            )
        return StageError(
            f"来源 {self._card.name} 的地址无效（{status}）：{fetch.path}", "接口可能已变更，请核对来源卡。"
        )

    def _body(self, response: httpx.Response) -> bytes:
        if "," in response.headers.get("content-encoding", ""):
            raise _Again(
                "应答被重复压缩"
            )  # each packing multiplies what one chunk may grow to, before any limit sees it
        chunks, size = [], 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._limit():
                raise StageError(
                    f"来源 {self._card.name} 的应答超过 {self._card.max_body_mb:g} MB。",
                    "已停止接收；请核对来源卡的 max_body_mb。",
                )
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
        if self._robots is None:
            self._robots = Protego.parse(self._robots_text(url))
            self._delay = max(self._delay, self._robots.crawl_delay(self._user_agent) or 0.0)
            if is_too_long(self._delay):
                raise StageError(
                    f"来源 {self._card.name} 的 robots.txt 要求每次访问间隔 {self._delay:.0f} 秒，无法采集。",
                    "请停用该来源或联系发布方。",
                )
        return bool(self._robots.can_fetch(str(url), self._user_agent))

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
        raise StageError(f"无法读取 {robots.host} 的 robots.txt，按规定不访问该来源。", "请检查网络后重新运行。")


def _is_same_site(here: httpx.URL, there: httpx.URL) -> bool:
    """Tell whether a redirect stays with the host, port and scheme; only from http to https may they change."""
    if (here.scheme, there.scheme) == ("http", "https"):
        return here.host == there.host
    return (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)


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
