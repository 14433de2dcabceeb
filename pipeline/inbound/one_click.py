"""One-click unsubscription (RFC 8058): a small server behind the office's reverse proxy, and what it wrote.

It knows no contact and opens no database: it writes down which token came when, and the next run reads that. So it
tells nobody whether a token is real, and it works while the warehouse is being written. A GET only shows a page,
because link scanners open every link of a mail. Encryption, rate limits and access logs are the proxy's.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from pipeline.clock import read_now
from pipeline.inbound.mail import Channel, InboundKind, InboundMail
from pipeline.inbound.page import page
from pipeline.inbound.reader_says import TOKEN
from warehouse.errors import StageError

_BODY_LIMIT: Final = 4096  # bytes; a one-click body is some thirty, as form-data some two hundred
_FILE_LIMIT: Final = 32 * 1024 * 1024  # bytes: some 200,000 clicks; against being filled up
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_DETAILS: Final[dict[str, str]] = {"one-click": "一键退订", "page": "在退订页面确认停收"}


class _FullError(OSError):
    """The file has reached its limit."""


class ClickFile:
    """The file that clicks are written to: one JSON object a line, on the disk before the click is answered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def append(self, token: str, channel: Channel, at: datetime) -> None:
        """Write one click down. Errors: `OSError`; then the click does not count."""
        line = json.dumps({"time": at.isoformat(timespec="microseconds"), "token": token, "kind": channel}) + "\n"
        with self._lock:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            is_new = not self._path.exists()
            descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                if size > _FILE_LIMIT:
                    raise _FullError("limit reached")
                # A line that was cut off by a full disk or a power failure must not swallow the next one.
                is_cut = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                content = (("\n" if is_cut else "") + line).encode("ascii")
                if os.write(descriptor, content) != len(content):
                    raise OSError("written in part")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if is_new:
                _sync_folder(self._path.parent)


def read_one_click(path: Path) -> tuple[InboundMail, ...]:
    """All clicks in the file, in order; none where there is no file. A line that cannot be read is `other`.

    Errors: `StageError` where the file cannot be read.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StageError(f"无法读取退订记录：{path}（{error.strerror}）", "请检查文件权限。") from error
    return tuple(_click(line, number) for number, line in enumerate(lines, start=1) if line.strip())


def build_server(path: Path, host: str, port: int, *, clock: Callable[[], datetime] = read_now) -> ThreadingHTTPServer:
    """A server that writes clicks to `path`; port 0 takes a free one. Errors: `StageError` where it cannot listen."""
    clicks = ClickFile(path)

    def record(token: str, channel: Channel) -> None:
        clicks.append(token, channel, clock())

    try:
        server = _Server((host, port), record)
    except (OSError, OverflowError) as error:
        raise StageError(
            f"不能在 {host}:{port} 上提供退订页面：{error}", "请换一个端口，或停止占用该端口的程序。"
        ) from error
    return server


def serve(home_file: Path, host: str, port: int) -> None:
    """Answer clicks until interrupted; see `build_server`. To be reached through the office's proxy alone."""
    with build_server(home_file, host, port) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], record: Callable[[str, Channel], None]) -> None:
        super().__init__(address, _Handler)
        self.record = record

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Only the kind of the error, for the journal: a traceback and most messages would hold the token."""
        error = sys.exception()
        if not isinstance(error, OSError):  # a client that went away is no error of ours
            sys.stderr.write(f"unsubscribe page: {type(error).__name__}\n")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10  # seconds that a client may keep a thread waiting
    server_version = "tbtwatch"
    sys_version = ""
    error_message_format = "%(code)d\n"  # the standard page repeats what was asked, and so the token
    error_content_type = "text/plain; charset=utf-8"

    def do_GET(self) -> None:
        """Show the page with the button; nothing is written."""
        self._answer(*(("ask", HTTPStatus.OK) if self._token() else ("bad", HTTPStatus.BAD_REQUEST)))

    do_HEAD = do_GET  # noqa: N815 - the standard library's name

    def do_POST(self) -> None:
        """Write the click down, then answer."""
        body = self._body()
        if body is None:
            return
        token, channel = self._token(), _channel(body, self.headers.get("Content-Type", ""))
        if not token or channel is None:
            self._answer("bad", HTTPStatus.BAD_REQUEST)
            return
        try:
            self.server.record(token, channel)
        except OSError:
            self._answer("again", HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._answer("done", HTTPStatus.OK)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited name
        """Nothing: the request line holds the token."""

    def _token(self) -> str:
        try:
            found = parse_qs(urlsplit(self.path).query, max_num_fields=5).get("t", [])
        except ValueError:
            return ""
        return found[0] if len(found) == 1 and TOKEN.fullmatch(found[0]) else ""

    def _body(self) -> bytes | None:
        """The body; None where it was refused and that was answered."""
        stated = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"\d{1,9}", stated, re.ASCII):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return None
        if int(stated) > _BODY_LIMIT:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        return self.rfile.read(int(stated))

    def _answer(self, name: str, status: HTTPStatus) -> None:
        content = page(name).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for header, value in _HEADERS.items():
            self.send_header(header, value)
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            self.send_header("Retry-After", "3600")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _channel(body: bytes, content_type: str) -> Channel | None:
    """Who posted: a mail program (RFC 8058, form-data or url-encoded) or the page's button; None for anything else."""
    if content_type.lower().startswith("multipart/form-data"):
        form = message_from_bytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + body)
        parts = form.get_payload()
        fields = {
            str(part.get_param("name", "", "content-disposition")): str(part.get_payload()).strip()
            for part in (parts if isinstance(parts, list) else [])
            if isinstance(part, Message)
        }
    else:
        try:
            pairs = parse_qs(body.decode("ascii", "replace"), max_num_fields=5)
        except ValueError:
            return None
        fields = {name: values[0].strip() for name, values in pairs.items()}
    if fields.get("List-Unsubscribe") == "One-Click":
        return "one-click"
    return "page" if fields.get("confirm") == "page" else None


def _click(line: bytes, number: int) -> InboundMail:
    key = hashlib.sha256(line.strip()).hexdigest()
    try:
        row = json.loads(line)
        at, token, kind = datetime.fromisoformat(row["time"]), row["token"], row["kind"]
        is_click = TOKEN.fullmatch(token) is not None and kind in _DETAILS and at.tzinfo is not None
    except (ValueError, TypeError, KeyError, RecursionError):
        is_click = False
    if not is_click:
        return InboundMail(
            key=key, received_at=None, kind=InboundKind.OTHER, channel="page", detail=f"退订记录第{number}行无法读取"
        )
    return InboundMail(
        key=key,
        received_at=at.astimezone(UTC),
        kind=InboundKind.UNSUBSCRIBE,
        channel="one-click" if kind == "one-click" else "page",
        token=token,
        detail=_DETAILS[kind],
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
