"""The unsubscribe page: what it writes, what it never does."""

from __future__ import annotations

import http.client
import json
import socket
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.inbound import one_click
from pipeline.inbound.one_click import ClickFile, build_server, read_one_click
from warehouse.errors import StageError

HOST = "127.0.0.1"
NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
TOKEN = "Zk3xQ9vT-1a_bC2dE4fG6h"
ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@contextmanager
def serving(path: Path) -> Iterator[int]:
    with build_server(path, HOST, 0, clock=lambda: NOW) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join(10)


def ask(
    port: int, method: str, target: str, body: bytes | None = None, kind: str = FORM, **headers: str
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        sent = {"Content-Type": kind, **headers} if body is not None else headers
        connection.request(method, target, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inbound" / "unsubscribe.jsonl"


def test_one_post_writes_one_line_and_is_answered_at_once(path: Path) -> None:
    with serving(path) as port:
        status, text, headers = ask(port, "POST", f"/u?t={TOKEN}", ONE_CLICK)
    assert status == 200
    assert "location" not in headers
    assert "已登记停收" in text
    line = json.loads(path.read_text(encoding="ascii"))
    assert line == {"time": "2026-11-20T01:00:00.000000+00:00", "token": TOKEN, "kind": "one-click"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_form_data_counts_as_well() -> None:
    """RFC 8058 3.2: multipart/form-data is what mail providers should send."""
    body = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    assert one_click._channel(body, "multipart/form-data; boundary=b") == "one-click"
    assert one_click._channel(body.replace(b"One-Click", b"No"), "multipart/form-data; boundary=b") is None
    assert one_click._channel(body, "multipart/form-data") is None


def test_looking_never_unsubscribes_and_the_button_does(path: Path) -> None:
    with serving(path) as port:
        for method in ("GET", "HEAD"):
            status, text, headers = ask(port, method, f"/u?t={TOKEN}&a=1")
            assert status == 200
            assert ("确认停收" in text) == (method == "GET")
            assert TOKEN not in text
            assert "noindex" in headers["x-robots-tag"]
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
        assert not path.exists()
        assert '<form method="post">' in ask(port, "GET", f"/u?t={TOKEN}")[1]
        assert ask(port, "POST", f"/u?t={TOKEN}", b"confirm=page")[0] == 200
    (mail,) = read_one_click(path)
    assert (mail.kind, mail.channel, mail.token, mail.received_at) == ("unsubscribe", "page", TOKEN, NOW)
    assert TOKEN not in repr(mail)


@pytest.mark.parametrize(
    "target",
    ["/", "/u", "/u?t=", "/u?t=short", "/u?t=" + "a" * 129, "/u?t=aaaaaaaaaaaaaaaa%0Abbbb", f"/u?t={TOKEN}&t={TOKEN}",
     "/u?t=<script>alert(1)</script>", "/u?t=" + "%E9%80%80" * 8, "/u?" + "&".join("abcdefgh"), "//[?t=x"],
)  # fmt: skip
def test_what_is_no_token_is_not_written(path: Path, target: str) -> None:
    with serving(path) as port:
        status, text, _ = ask(port, "POST", target, ONE_CLICK)
        assert status == 400
        assert "链接不完整" in text
        assert "script" not in text
        assert ask(port, "GET", target)[0] == 400
    assert not path.exists()


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=Two", b"x" * 4096, b"\xff\xfe", b"&".join([b"a=1"] * 50)])
def test_a_post_that_says_nothing_is_not_written(path: Path, body: bytes) -> None:
    with serving(path) as port:
        assert ask(port, "POST", f"/u?t={TOKEN}", body)[0] == 400
        assert ask(port, "POST", f"/u?t={TOKEN}", body, kind="multipart/form-data; boundary=")[0] == 400
    assert not path.exists()


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection((HOST, port), timeout=15) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while content := connection.recv(65536):
            found += content
        return found


def test_bad_requests_are_refused_without_a_trace(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    post = f"POST /u?t={TOKEN} HTTP/1.1\r\nHost: x\r\n".encode()
    with serving(path) as port:
        assert b" 411 " in raw(port, post + b"\r\n").split(b"\r\n")[0]
        assert b" 411 " in raw(port, post + b"Content-Length: -5\r\n\r\n").split(b"\r\n")[0]
        assert b" 411 " in raw(port, post + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n").split(b"\r\n")[0]
        assert b" 413 " in raw(port, post + b"Content-Length: 4097\r\n\r\n").split(b"\r\n")[0]
        assert b" 400 " in raw(port, post + b"Content-Length: 26\r\n\r\nList-Uns").split(b"\r\n")[0]
        for request in (
            b"\x16\x03\x01\x02\x00",
            f"PUT /u?t={TOKEN} HTTP/1.1\r\n\r\n".encode(),
            b"\r\n\r\n",
            b"x" * 70000,
        ):
            answer = raw(port, request)
            assert TOKEN.encode() not in answer
            assert b"Traceback" not in answer
        assert ask(port, "POST", f"/u?t={TOKEN}", ONE_CLICK)[0] == 200, "it still answers"
    assert len(read_one_click(path)) == 1
    printed = capfd.readouterr()
    assert printed.out + printed.err == "", "nothing is logged, above all no token"


def test_many_clicks_at_once_are_all_kept_whole(path: Path) -> None:
    tokens = [f"{number:016d}" for number in range(60)]
    with serving(path) as port, ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda token: ask(port, "POST", f"/?t={token}", ONE_CLICK)[0], tokens))
    assert set(answers) == {200}
    assert sorted(mail.token for mail in read_one_click(path)) == tokens


def test_a_click_that_cannot_be_kept_is_not_confirmed(tmp_path: Path) -> None:
    (tmp_path / "inbound").write_text("a file where the folder should be")
    with serving(tmp_path / "inbound" / "unsubscribe.jsonl") as port:
        status, text, headers = ask(port, "POST", f"/u?t={TOKEN}", ONE_CLICK)
    assert status == 503
    assert "暂时无法登记" in text
    assert "retry-after" in headers


def test_the_file_does_not_grow_for_ever(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_click, "_FILE_LIMIT", 200)
    with serving(path) as port:
        answers = [ask(port, "POST", f"/u?t={TOKEN}", ONE_CLICK)[0] for _ in range(5)]
    assert answers[0] == 200
    assert answers[-1] == 503


def test_a_line_cut_by_a_power_failure_swallows_no_click(path: Path) -> None:
    clicks = ClickFile(path)
    clicks.append(TOKEN, "page", NOW)
    with path.open("ab") as file:
        file.write(b'{"time": "2026-11-20T01:0')
    clicks.append(TOKEN, "one-click", NOW + timedelta(hours=1))
    first, cut, last = read_one_click(path)
    assert (first.channel, last.channel) == ("page", "one-click")
    assert cut.kind == "other"
    assert cut.detail == "退订记录第2行无法读取"
    assert len({first.key, cut.key, last.key}) == 3


def test_no_file_is_no_click_and_an_unreadable_one_is_said(tmp_path: Path) -> None:
    assert read_one_click(tmp_path / "none.jsonl") == ()
    with pytest.raises(StageError, match="无法读取退订记录"):
        read_one_click(tmp_path)


@given(st.binary(max_size=300))
def test_no_content_of_the_file_raises(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("clicks") / "x.jsonl"
    path.write_bytes(content)
    assert all(mail.kind == "other" for mail in read_one_click(path))


@given(
    token=st.from_regex(r"[A-Za-z0-9_-]{16,128}", fullmatch=True),
    at=st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))),
    channel=st.sampled_from(["one-click", "page"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, token: str, at: datetime, channel: one_click.Channel
) -> None:
    path = tmp_path_factory.mktemp("clicks") / "x.jsonl"
    ClickFile(path).append(token, channel, at.astimezone(UTC) if at.year > 1 else NOW)
    (mail,) = read_one_click(path)
    assert (mail.token, mail.channel, mail.kind) == (token, channel, "unsubscribe")


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with serving(tmp_path / "a") as port, pytest.raises(StageError, match="不能在") as caught:
        build_server(tmp_path / "b", HOST, port)
    assert "端口" in caught.value.next_step
