"""Mails on an IMAP4 server (RFC 3501), read without a trace: EXAMINE, BODY.PEEK, nothing is marked as read."""

from __future__ import annotations

import ssl
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from pipeline.delivery.transport import masked
from pipeline.inbound.parts import LIMIT, header, key_of_id, read_message
from warehouse.errors import StageError

_IDS_AT_ONCE = 500  # mails whose Message-ID is asked for in one command
_MAILS_AT_ONCE = 20  # at most 5 MiB in memory


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapSettings:
    """Where and what to read. Login data never show in `repr`."""

    host: str
    port: int = 993
    security: Literal["none", "starttls", "tls"] = "tls"
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    mailbox: str = "INBOX"
    days: int = 30
    timeout: float = 60.0  # seconds for each step
    ca_file: Path | None = None  # None = the system's authorities


class ImapMailbox:
    """One mailbox on one server. Never falls back to plain text where encryption was asked for."""

    def __init__(self, settings: ImapSettings, *, today: date) -> None:
        """Raises `StageError` where a password would travel in clear text to another machine."""
        if settings.user and settings.security == "none" and not _is_here(settings.host):
            raise StageError(
                "不在未加密的连接上发送邮箱口令。",
                "请把设置 inbox.security 设为 tls（993 端口）或 starttls（143 端口）。",
            )
        self._settings = settings
        self._today = today

    def mails(self, known: Container[str] = frozenset()) -> Iterator[bytes]:
        """See `Mailbox`. A mail's Message-ID is asked for first; known mails are not fetched."""
        with _worded(self._settings), self._opened() as client:
            # SINCE goes by the server's own days: one more is asked for.
            since = self._today - timedelta(days=self._settings.days + 1)
            uids = sorted(client.search(["SINCE", since]))
            for some in _batches(uids, _IDS_AT_ONCE):
                for few in _batches(_unknown(client, some, known), _MAILS_AT_ONCE):
                    yield from _fetched(client, few, f"BODY.PEEK[]<0.{LIMIT}>")

    @contextmanager
    def _opened(self) -> Iterator[IMAPClient]:
        """A connection, encrypted and logged in as set, with the mailbox open for reading alone."""
        settings = self._settings
        context = _tls_context(settings.ca_file) if settings.security != "none" else None
        client = IMAPClient(
            settings.host,
            port=settings.port,
            ssl=settings.security == "tls",
            ssl_context=context,
            timeout=SocketTimeout(connect=settings.timeout, read=settings.timeout),
        )
        try:
            if settings.security == "starttls":
                if not client.has_capability("STARTTLS"):
                    raise StageError(
                        f"收信服务器 {_server(settings)} 不支持 STARTTLS 加密，未登录。",
                        "请核对端口；993 端口请把设置 inbox.security 设为 tls。",
                    )
                client.starttls(context)
            _log_in(client, settings)
            _examine(client, settings)
            yield client
        finally:
            with suppress(IMAPClientError, OSError):
                client.logout()
            with suppress(IMAPClientError, OSError):
                client.shutdown()


def _log_in(client: IMAPClient, settings: ImapSettings) -> None:
    if settings.user:
        try:
            client.login(settings.user, settings.password)
        except LoginError as error:
            words = masked(_words(error)).replace(settings.password or "\0", "***")
            # `from None`: the chain would carry the exchange of the login.
            raise StageError(
                f"收信服务器 {_server(settings)} 不接受用户名或口令：{words}",
                "请核对 inbox.user 和口令；QQ、163 等邮箱须先在网页版开启 IMAP 服务，并使用授权码代替登录密码。",
            ) from None
    if client.has_capability("ID"):
        # 163, 126: without it EXAMINE is answered with "Unsafe Login".
        with suppress(IMAPClientError):
            client.id_({"name": "tbtwatch", "version": "1", "vendor": "tbtwatch"})


def _examine(client: IMAPClient, settings: ImapSettings) -> None:
    try:
        client.select_folder(settings.mailbox, readonly=True)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        names = "、".join(name for _, _, name in _folders(client)[:30])
        raise StageError(
            f"收信服务器 {_server(settings)} 打不开邮箱文件夹“{settings.mailbox}”：{masked(_words(error))}",
            f"请核对设置 inbox.mailbox；服务器上有：{names}" if names else "请核对设置 inbox.mailbox。",
        ) from error


def _folders(client: IMAPClient) -> list[tuple[Any, Any, str]]:
    with suppress(IMAPClientError):
        return [(flags, delimiter, str(name)) for flags, delimiter, name in client.list_folders()]
    return []


def _unknown(client: IMAPClient, uids: Sequence[int], known: Container[str]) -> list[int]:
    answers = client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
    return [uid for uid in uids if uid in answers and _key(_body(answers[uid])) not in known]


def _key(fields: bytes) -> str:
    message = read_message(fields)
    return key_of_id(header(message, "Message-ID")) if message is not None else ""


def _fetched(client: IMAPClient, uids: Sequence[int], what: str) -> Iterator[bytes]:
    """Mails that vanish between two commands are left out."""
    answers = client.fetch(uids, [what])
    for uid in uids:
        content = _body(answers.get(uid, {}))
        if content:
            yield content


def _body(answer: dict[bytes, Any]) -> bytes:
    return next(
        (value for name, value in answer.items() if name.startswith(b"BODY[") and isinstance(value, bytes)), b""
    )


def _batches(uids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), size):
        yield uids[start : start + size]


@contextmanager
def _worded(settings: ImapSettings) -> Iterator[None]:
    """Trouble with the server as a `StageError` that says what to do."""
    server = _server(settings)
    again = "请稍后重试；已读到的来信不会重复处理。"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise StageError(
            f"收信服务器 {server} 的证书未通过验证：{error.verify_message}。",
            "请核对服务器名称；单位自签证书请在设置 inbox.ca_file 中指定 CA 证书文件。",
        ) from error
    except ssl.SSLError as error:
        raise StageError(
            f"不能与收信服务器 {server} 建立加密连接：{error.reason}。",
            "请核对端口和设置 inbox.security（starttls 或 tls）。",
        ) from error
    except IMAPClientError as error:  # also a connection that broke off
        raise StageError(f"读取收信服务器 {server} 中断：{masked(_words(error))}", again) from error
    except TimeoutError as error:
        raise StageError(f"收信服务器 {server} 没有应答。", f"请核对 inbox.host 和 inbox.port；{again}") from error
    except OSError as error:
        raise StageError(
            f"不能连接收信服务器 {server}：{error.strerror or error}", "请核对 inbox.host、inbox.port 和网络。"
        ) from error


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise StageError(f"不能使用证书文件“{ca_file}”：{error}。", "请检查设置 inbox.ca_file。") from error


def _server(settings: ImapSettings) -> str:
    return f"{settings.host}:{settings.port}"


def _is_here(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _words(error: Exception) -> str:
    """The server's words; imaplib hands some over as the text of a bytes literal."""
    text = str(error)
    return " ".join((text[2:-1] if text.startswith(("b'", 'b"')) else text).split())[:200]
