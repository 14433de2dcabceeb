"""One connection to a mail server: opened, greeted, encrypted and logged in; closed (RFC 5321, 3207, 4954)."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipeline.delivery.smtp_client import Client, TlsClient, plain
from warehouse.errors import StageError

_MECHANISMS = {"CRAM-MD5", "PLAIN", "LOGIN"}  # what smtplib can
_HOST_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where and how to deliver. The password never shows in `repr`."""

    host: str
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "starttls"
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    timeout: float = 60.0  # seconds for each step
    data_timeout: float = 600.0  # seconds for the answer to the mail itself (RFC 5321 4.5.3.2.6), against false doubts
    ca_file: Path | None = None  # None = the system's authorities


class Answered(Exception):  # noqa: N818
    """The server gave another answer than the one that goes on. `code` is -1 where the answer made no sense."""

    def __init__(self, code: int, words: bytes | str) -> None:
        super().__init__(code)
        self.code = code
        self.words = plain(words)
        self.is_of_recipient = False  # the answer to RCPT


class UnreachableError(StageError):
    """No talk with the server came about: the network or the server may be down for now."""


class Door:
    """Opens connections to one server. Never falls back to plain text where encryption was asked for."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Raises `StageError` where a password would travel in clear text or cannot travel, or for a bad `ca_file`."""
        if not settings.host:
            raise StageError("未设置邮件服务器。", "请设置 mail.host。")
        if settings.user and settings.security == "none":
            raise StageError("不在未加密的连接上发送邮箱口令。", "请把连接方式设为 starttls 或 tls，或去掉用户名。")
        if not (settings.user.isascii() and settings.password.isascii()):
            raise StageError("邮箱用户名和口令只能含英文字母、数字和半角符号。", "请核对是否误输了全角字符。")
        self._settings = settings
        self._server = f"{settings.host}:{settings.port}"
        self._tls = _tls_context(settings.ca_file) if settings.security != "none" else None

    def open(self) -> smtplib.SMTP:
        """A connection ready for mails.

        Errors: `StageError` for what will meet every mail (certificate, credentials, a server that does not want us);
        `Answered`, `smtplib.SMTPException` or `OSError` for what may be over next time.
        """
        try:
            client = self._connect()
        except ssl.SSLError as error:
            raise _tls_trouble(error, self._server) from error
        except smtplib.SMTPConnectError as error:
            self._stop_if_for_good(error.smtp_code, error.smtp_error, "拒绝连接", "请联系邮件管理员。")
            raise Answered(error.smtp_code, error.smtp_error) from error
        with ExitStack() as opening:
            opening.callback(client.close)
            if client.sock is not None:
                # Else the mail's last three octets wait for the acknowledgement of what went before (Nagle, 40 ms).
                client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._greet(client)
            if self._settings.security == "starttls":
                self._encrypt(client)
            if self._settings.user:
                self._log_in(client)
            opening.pop_all()  # it stays open: nothing went wrong
        return client

    def _connect(self) -> smtplib.SMTP:
        settings, name = self._settings, own_name(socket.getfqdn())
        try:
            if settings.security == "tls":
                return TlsClient(
                    settings.host, settings.port, local_hostname=name, timeout=settings.timeout, context=self._tls
                )
            return Client(settings.host, settings.port, local_hostname=name, timeout=settings.timeout)
        except UnicodeError as error:
            raise StageError(f"邮件服务器的名称写法有误：{settings.host}。", "请核对 mail.host。") from error

    def _greet(self, client: smtplib.SMTP) -> None:
        try:
            client.ehlo_or_helo_if_needed()
        except smtplib.SMTPHeloError as error:
            self._stop_if_for_good(error.smtp_code, error.smtp_error, "不接受本机的问候", "请联系邮件管理员。")
            raise Answered(error.smtp_code, error.smtp_error) from error

    def _encrypt(self, client: smtplib.SMTP) -> None:
        if not client.has_extn("starttls"):
            raise StageError(
                f"邮件服务器 {self._server} 不支持 STARTTLS 加密，未发送。",
                "请核对端口；隐式加密端口请把连接方式设为 tls。",
            )
        try:
            client.starttls(context=self._tls)
        except ssl.SSLError as error:
            raise _tls_trouble(error, self._server) from error
        except smtplib.SMTPResponseException as error:
            self._stop_if_for_good(error.smtp_code, error.smtp_error, "拒绝加密", "请联系邮件管理员。")
            raise Answered(error.smtp_code, error.smtp_error) from error
        self._greet(client)

    def _log_in(self, client: smtplib.SMTP) -> None:
        offered = set(client.esmtp_features.get("auth", "").upper().split())
        if not offered & _MECHANISMS:
            raise StageError(
                f"邮件服务器 {self._server} 不支持用户名和口令登录。", "请核对服务器地址和端口，或去掉用户名。"
            )
        try:
            client.login(self._settings.user, self._settings.password)
        except smtplib.SMTPResponseException as error:
            # `from None`: the chain would carry the exchange of the login.
            if 500 <= error.smtp_code < 600:
                raise StageError(
                    f"邮件服务器 {self._server} 不接受用户名或口令（{error.smtp_code}）。",
                    "请核对邮箱用户名和授权码后重试。",
                ) from None
            raise Answered(error.smtp_code, error.smtp_error) from None

    def _stop_if_for_good(self, code: int, words: bytes | str, what: str, next_step: str) -> None:
        if 500 <= code < 600:
            raise StageError(f"邮件服务器 {self._server} {what}（{code}）：{plain(words)}。", next_step)


def own_name(host_name: str) -> str:
    """What to call ourselves in EHLO. An office computer may have a Chinese name, which cannot stand in a command."""
    return host_name if _HOST_NAME.fullmatch(host_name) else "[127.0.0.1]"  # RFC 5321 4.1.3, as smtplib does


def why_unreachable(error: OSError | smtplib.SMTPException, server: str) -> tuple[str, str]:
    """What kept us from `server`, and what to do about it, for a person."""
    if isinstance(error, socket.gaierror):
        return f"不能解析邮件服务器的名称：{server}。", "请核对 mail.host，并检查网络和域名解析。"
    if isinstance(error, TimeoutError):
        return f"邮件服务器 {server} 没有应答。", "请检查网络、防火墙和端口。"
    if isinstance(error, ConnectionRefusedError):
        return f"邮件服务器 {server} 未开放该端口。", "请核对 mail.host 和 mail.port。"
    return f"不能与邮件服务器 {server} 通信：{plain(str(error))}。", "请检查网络和防火墙后重试。"


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise StageError(f"不能使用证书文件“{ca_file}”：{error}。", "请换用 PEM 格式的 CA 证书文件。") from error


def _tls_trouble(error: ssl.SSLError, server: str) -> Exception:
    """Wrong certificate or wrong port will meet every mail: a `StageError`. A connection that broke is tried again."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return StageError(
            f"邮件服务器 {server} 的证书未通过验证：{error.verify_message}。",
            "请核对服务器名称；单位自签证书请在设置中指定 CA 证书文件。",
        )
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return smtplib.SMTPServerDisconnected("加密连接中断")
    return StageError(
        f"不能与邮件服务器 {server} 建立加密连接：{error.reason}。", "请核对端口和连接方式（starttls 或 tls）。"
    )
