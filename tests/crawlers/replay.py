"""A source for tests on the loopback interface: search, official API and bulk file of ePing, with faults on demand.

All records are fictional. What the server does is set by the attributes of `Replay`, also while it runs.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from openpyxl import Workbook

SEARCH = "/api/v1/azureSearch/getAll"
API = "/eping/notifications/search"
BULK = "/NotificationExcelFiles/Notification_EN.xlsx"
FIRST_DAY, LAST_DAY = date(2025, 6, 1), date(2025, 6, 12)
TRANSIENT = ("429", "503", "html", "close", "truncate", "slow", "429-date", "repeat", "shuffle")
_MEMBERS = (("Kenya", "KEN"), ("Uganda", "UGA"), ("Brazil", "BRA"), ("Chile", "CHL"), ("Japan", "JPN"))
_HTML = b"<!doctype html><title>Just a moment</title><p>Checking your browser</p>"


def record(number: int, **changes: Any) -> dict[str, Any]:
    """One fictional search item; higher numbers are older."""
    name, token = _MEMBERS[number % len(_MEMBERS)]
    area = "TBT" if number % 3 else "SPS"
    day = LAST_DAY - timedelta(days=number % ((LAST_DAY - FIRST_DAY).days + 1))
    base = {
        "id": 900_000 + number,
        "area": area,
        "notificationType": "Regular notification",
        "documentSymbol": f" G/{area}/N/{token}/{9000 + number}",
        "notifyingMember": name,
        "notifyingMemberCode": None,
        "distributionDate": f"{day.isoformat()}T00:00:00+00:00",
        "commentDeadlineDate": None,
        "title": f"<p>Imaginary garden gates, part {number}</p>",
        "titlePlain": f"Imaginary garden gates, part {number}",
        "descriptionPlain": "An invented draft on gates that do not exist.",
        "productsFreeTextPlain": "Gates",
        "hsCodes": [{"id": 1, "code": "730830", "name": "730830 - Doors"}],
    }
    return base | changes


def records(n: int) -> list[dict[str, Any]]:
    """`n` fictional items, newest first."""
    return sorted((record(i) for i in range(n)), key=lambda item: str(item["distributionDate"]), reverse=True)


def workbook(n: int, *, note: str = "") -> bytes:
    """A bulk file of `n` fictional rows."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Notifications"
    page.append(["Notifying Member", "Distribution date", "Document symbol", "Title", "Notification type"])
    for number in range(n):
        name, token = _MEMBERS[number % len(_MEMBERS)]
        page.append(
            [name, LAST_DAY, f"G/TBT/N/{token}/{9000 + number}", f"Gates {note}{number}", "Regular notification"]
        )
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as it came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    target: str = ""  # path and query as they came


@dataclass(slots=True, kw_only=True)
class Answer:
    """What goes back: `cut` bytes of the body alone, then the connection is closed."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: int | None = None
    says_length: bool = True
    seconds: float = 0.0


class Replay:
    """The server; a context manager. `requests` holds all that came but those for robots.txt, counted apart."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.faults: tuple[str, ...] = ()
        self.every = 0  # each so many requests one answers with the next fault
        self.retry_after_date = ""
        self.slow_seconds = 1.0
        self.seconds = 0.0  # each answer takes so long
        self.ignores_window = False
        self.ignores_page = False
        self.most_per_page = 1000
        self.count_limit = 0  # totalCount stops here and isCountExceeded is set
        self.change: Callable[[dict[str, Any]], object] = lambda page: page  # of the whole page, before it is sent
        self.robots = Answer(status=404)
        self.key = ""
        self.bulk = b""
        self.etag = '"v1"'
        self.last_modified = ""
        self.breaks: list[int] = []  # the next answers with the bulk file stop after so many bytes
        self.special: Callable[[Seen], Answer | None] = lambda _: None
        self.requests: list[Seen] = []
        self.n_robots = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def pages_asked(self) -> list[str]:
        """Return the page numbers in the order of the requests."""
        return [seen.query["page"] for seen in self.requests if "page" in seen.query]

    def answer(self, seen: Seen) -> Answer:
        """Return what one request gets."""
        if seen.path == "/robots.txt":
            self.n_robots += 1
            return self.robots
        with self._lock:
            self.requests.append(seen)
            number = len(self.requests)
        answer = self.special(seen) or self._regular(seen)
        if self.every and number % self.every == 0:
            fault = self.faults[(number // self.every - 1) % len(self.faults)]
            answer = self._spoilt(fault, seen, answer)
        answer.seconds += self.seconds
        return answer

    def _regular(self, seen: Seen) -> Answer:
        if seen.path == BULK:
            return self._bulk(seen)
        if seen.path not in {SEARCH, API}:
            return Answer(status=404)
        if seen.path == API and seen.headers.get("Ocp-Apim-Subscription-Key") != self.key:
            return Answer(status=401, body=b'{"statusCode": 401}')
        return self._page(seen.query)

    def _page(self, query: Mapping[str, str], *, back: int = 0) -> Answer:
        found = [item for item in self.records if self.ignores_window or _lies_in(item, query)]
        size = min(int(query.get("pageSize", "20")), self.most_per_page)
        number = 1 if self.ignores_page else max(1, int(query.get("page", "1")) - back)
        total = min(len(found), self.count_limit) if self.count_limit else len(found)
        items = found[(number - 1) * size : number * size]
        page = {"items": items, "totalCount": total, "isCountExceeded": total < len(found), "endRow": number * size}
        body = json.dumps(self.change(page)).encode()
        return Answer(body=body, headers={"Content-Type": "application/json; charset=utf-8"})

    def _spoilt(self, fault: str, seen: Seen, answer: Answer) -> Answer:
        if fault == "shuffle":
            page = json.loads(answer.body)
            body = json.dumps({**page, "items": page["items"][::-1]}).encode()
            return Answer(body=body, headers=answer.headers)
        made = {
            "429": Answer(status=429, headers={"Retry-After": "2"}),
            "429-date": Answer(status=429, headers={"Retry-After": self.retry_after_date}),
            "503": Answer(status=503, body=_HTML),
            "html": Answer(body=_HTML, headers={"Content-Type": "text/html"}),
            "close": Answer(body=answer.body, headers=answer.headers, cut=len(answer.body) // 2),
            "truncate": Answer(
                body=answer.body[: len(answer.body) // 2], headers=answer.headers, says_length=False, cut=1 << 60
            ),
            "slow": Answer(body=answer.body, headers=answer.headers, seconds=self.slow_seconds),
        }
        return made[fault] if fault in made else self._page(seen.query, back=1)  # "repeat": the page before once more

    def _bulk(self, seen: Seen) -> Answer:
        marks = {"ETag": self.etag, "Last-Modified": self.last_modified, "Accept-Ranges": "bytes"}
        headers = {name: value for name, value in marks.items() if value}
        is_same = self.etag and seen.headers.get("If-None-Match", "").removeprefix("W/") == self.etag.removeprefix("W/")
        if is_same or (self.last_modified and seen.headers.get("If-Modified-Since") == self.last_modified):
            return Answer(status=304, headers=headers)
        start, status, asked = 0, 200, seen.headers.get("Range", "")
        if asked and seen.headers.get("If-Range") in {self.etag, self.last_modified}:
            start, status = int(asked.removeprefix("bytes=").rstrip("-")), 206
            if start >= len(self.bulk):
                return Answer(status=416, headers={"Content-Range": f"bytes */{len(self.bulk)}"})
            headers["Content-Range"] = f"bytes {start}-{len(self.bulk) - 1}/{len(self.bulk)}"
        return Answer(
            status=status, headers=headers, body=self.bulk[start:], cut=self.breaks.pop(0) if self.breaks else None
        )


def _lies_in(item: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    day = str(item["distributionDate"])[:10]
    return query.get("distributionDateFrom", "") <= day <= query.get("distributionDateTo", "9999")


def _handler(replay: Replay) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 20

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            seen = Seen(
                path=parts.path,
                query=dict(parse_qsl(parts.query)),
                headers=dict(self.headers.items()),
                target=self.path,
            )
            answer = replay.answer(seen)
            time.sleep(answer.seconds)
            try:
                self._send(answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client did not wait: that is what some tests are about

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self.do_GET()

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.says_length and answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            if answer.cut is not None:
                self.close_connection = True
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(answer.body[: answer.cut])

        def log_message(self, *_: object) -> None:
            pass

    return Handler
