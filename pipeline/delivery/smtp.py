"""Delivery by SMTP (RFC 5321), one connection a mail, each step's failure told apart.

`smtplib.sendmail` cannot say whether a lost connection came before or after the mail was handed over; that difference
decides whether a second try may bring the reader the same mail twice. So the steps are taken one by one here.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from pipeline.delivery.transport import DeliveryState, Receipt, masked, wire_bytes
from warehouse.errors import StageError

_ADDRESS = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")  # printable ASCII without blanks and <>
_CLOSING = 421


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
    envelope_from: str = ""  # bounce address; "" = address of From


class SmtpTransport:
    """Delivers to one mail server. Never falls back to plain text where encryption was asked for."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Raises `StageError` where a password would travel in clear text or the `ca_file` cannot be used."""
        if settings.user and settings.security == "none":
            raise StageError("不在未加密的连接上发送邮箱口令。", "请把连接方式设为 starttls 或 tls，或去掉用户名。")
        self._settings = settings
        self._tls = _tls_context(settings.ca_file) if settings.security != "none" else None

    def deliver(self, message: EmailMessage, recipients: Sequence[str]) -> Receipt:
        """See `Transport`. Errors: `StageError` for a wrong certificate, credentials or server settings."""
        if not recipients:
            raise ValueError("a delivery needs at least one recipient")
        good = [address for address in recipients if _ADDRESS.fullmatch(address)]
        refused = {address: (553, "地址格式不可用") for address in recipients if address not in good}
        if not good:
            return Receipt(state=DeliveryState.REFUSED, code=553, detail="收件地址均不可用", refused=refused)
        sender = self._settings.envelope_from or message["From"].addresses[0].addr_spec
        try:
            client = self._open()
            try:
                return self._transact(client, sender, good, wire_bytes(message), refused)
            finally:
                client.close()
        except smtplib.SMTPResponseException as error:
            # Before the mail is handed over; an answer that makes no sense here leaves no doubt, it is tried again.
            state = DeliveryState.REFUSED if 500 <= error.smtp_code < 600 else DeliveryState.DEFERRED
            detail = masked(_words(error.smtp_error))
            return Receipt(state=state, code=error.smtp_code, detail=detail, refused=refused)
        except (smtplib.SMTPException, OSError) as error:
            return Receipt(
                state=DeliveryState.DEFERRED,
                code=None,
                detail=masked(f"连接中断，邮件未送出：{error}"),
                refused=refused,
            )

    def _open(self) -> smtplib.SMTP:
        """A connection, greeted, encrypted and logged in as set."""
        settings = self._settings
        server = f"{settings.host}:{settings.port}"
        try:
            client = self._connect()
        except ssl.SSLError as error:
            raise _tls_trouble(error, server) from error
        except smtplib.SMTPConnectError as error:
            if error.smtp_code < 500:
                raise
            raise StageError(
                f"邮件服务器 {server} 拒绝连接（{error.smtp_code}）：{_words(error.smtp_error)}。", "请联系邮件管理员。"
            ) from error
        with ExitStack() as opening:
            opening.callback(client.close)
            self._prepare(client, server)
            opening.pop_all()  # it stays open: nothing went wrong
        return client

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.security == "tls":
            return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout, context=self._tls)
        return smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)

    def _prepare(self, client: smtplib.SMTP, server: str) -> None:
        settings = self._settings
        client.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            if not client.has_extn("starttls"):
                raise StageError(
                    f"邮件服务器 {server} 不支持 STARTTLS 加密，未发送。",
                    "请核对端口；隐式加密端口请把连接方式设为 tls。",
                )
            try:
                client.starttls(context=self._tls)
            except ssl.SSLError as error:
                raise _tls_trouble(error, server) from error
            client.ehlo_or_helo_if_needed()
        if not settings.user:
            return
        try:
            client.login(settings.user, settings.password)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise
            # `from None`: the chain would carry the exchange of the login.
            raise StageError(
                f"邮件服务器 {server} 不接受用户名或口令（{error.smtp_code}）。", "请核对邮箱用户名和授权码后重试。"
            ) from None
        except smtplib.SMTPNotSupportedError as error:
            raise StageError(f"邮件服务器 {server} 不支持登录。", "请核对服务器地址和端口，或去掉用户名。") from error

    def _transact(
        self,
        client: smtplib.SMTP,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        refused: dict[str, tuple[int, str]],
    ) -> Receipt:
        """One mail. Adds to `refused`; raises only while the mail cannot have been taken."""
        options = [f"SIZE={len(content)}"] if client.has_extn("size") else []
        _expect(client.mail(sender, options), {250})
        taken = 0
        for address in recipients:
            code, answer = client.rcpt(address)
            if code == _CLOSING:
                raise smtplib.SMTPResponseException(code, answer)
            if code in {250, 251}:
                taken += 1
            else:
                refused[address] = (code, masked(_words(answer)))
        if not taken:
            _quit(client)
            return _all_refused(refused)
        _expect(client.docmd("DATA"), {354})
        client.send(re.sub(rb"(?m)^\.", b"..", content))
        if client.sock is not None:
            client.sock.settimeout(self._settings.data_timeout)
        try:
            # Until this terminator is out, no server can take the mail for whole: only from here on there is doubt.
            client.send(b".\r\n")
            code, answer = client.getreply()
        except (smtplib.SMTPException, OSError) as error:
            detail = masked(f"邮件已发出，未收到服务器确认：{error}")
            return Receipt(state=DeliveryState.IN_DOUBT, code=None, detail=detail, refused=refused)
        receipt = _answered(code, _words(answer), refused)
        if receipt.state is not DeliveryState.IN_DOUBT:
            _quit(client)
        return receipt


def _expect(reply: tuple[int, bytes], codes: set[int]) -> None:
    code, answer = reply
    if code not in codes:
        raise smtplib.SMTPResponseException(code, answer)


def _answered(code: int, words: str, refused: Mapping[str, tuple[int, str]]) -> Receipt:
    """The receipt for the answer to the mail itself; an answer that is none leaves doubt."""
    state = {2: DeliveryState.ACCEPTED, 4: DeliveryState.DEFERRED, 5: DeliveryState.REFUSED}.get(
        code // 100, DeliveryState.IN_DOUBT
    )
    return Receipt(state=state, code=code, detail=masked(words), refused=dict(refused))


def _all_refused(refused: Mapping[str, tuple[int, str]]) -> Receipt:
    """No recipient was taken: one that may be tried again keeps the mail alive."""
    code, words = min(refused.values(), key=lambda answer: answer[0])
    state = DeliveryState.REFUSED if code >= 500 else DeliveryState.DEFERRED
    return Receipt(state=state, code=code, detail=words, refused=dict(refused))


def _quit(client: smtplib.SMTP) -> None:
    """Good manners only: what the server answers now changes nothing."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        client.quit()


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())


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
