"""Delivery by SMTP (RFC 5321): one connection for many mails, each step's failure told apart.

`smtplib.sendmail` cannot say whether a lost connection came before or after the mail was handed over; that difference
decides whether a second try may bring the reader the same mail twice. So the steps are taken one by one here.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

from pipeline.delivery.smtp_client import close, is_quiet, plain
from pipeline.delivery.smtp_connection import Answered, Door, SmtpSettings, UnreachableError, why_unreachable
from pipeline.delivery.transport import DeliveryState, OutgoingMail, Receipt, is_address, masked, not_noted, xtext
from warehouse.errors import StageError

_CLOSING = 421
_WANTS_LOGIN = {530, 538}  # RFC 4954 section 6, RFC 3207 section 4
_MAILS_A_CONNECTION = 100  # common servers allow as many; a new connection is cheap beside that
_TRIES = 3  # connections that fail one after the other until the rest of the run is put off unasked
_DETAIL_LIMIT = 500  # characters
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?!\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFacts:
    """What a server showed without a mail."""

    tls: str  # "TLSv1.3"; "" for an open connection
    is_logged_in: bool
    has_dsn: bool  # RFC 3461


class SmtpTransport:
    """Delivers to one mail server, over one connection as long as that is in order. Not for several threads."""

    def __init__(self, settings: SmtpSettings) -> None:
        """Raises `StageError` where a password would travel in clear text or the `ca_file` cannot be used."""
        self._settings = settings
        self._door = Door(settings)
        self._client: smtplib.SMTP | None = None
        self._n_mails = 0  # begun on this connection
        self._n_failed = 0  # connections that failed one after the other

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up(politely=kind is None)

    def has_taken(self, message_id: str) -> bool | None:
        """None: a mail server cannot be asked."""
        return None

    def deliver(self, mail: OutgoingMail, on_handover: Callable[[], None] = not_noted) -> Receipt:
        """See `Transport`. Errors: `StageError` for a wrong certificate, credentials or server settings."""
        if not is_address(mail.recipient):
            return Receipt(state=DeliveryState.REFUSED, code=None, status="5.1.3", detail="收件地址的格式不可用")
        if self._n_failed >= _TRIES and self._client is None:
            return _deferred(f"邮件服务器连续{_TRIES}次不能连接，本次未再尝试")
        try:
            # Apart from the rest: what `on_handover` raises is not to be taken for trouble with the server.
            client = self._bring(mail)
            if isinstance(client, Receipt):
                return client
            on_handover()
            return self._finish(client)
        except BaseException:
            self._hang_up()
            raise

    def _bring(self, mail: OutgoingMail) -> smtplib.SMTP | Receipt:
        """Everything but the end of the mail: the connection that waits for it, or why the mail was not taken."""
        try:
            client = self._ready()
            self._n_mails += 1
            self._write(client, mail)
        except Answered as error:
            # An answer that makes no sense leaves no doubt here, it is tried again.
            if error.code // 100 not in {4, 5} or error.code == _CLOSING:
                self._hang_up()
            state = DeliveryState.REFUSED if error.code // 100 == 5 else DeliveryState.DEFERRED
            return replace(_receipt(state, error.code, error.words), is_of_recipient=error.is_of_recipient)
        except (smtplib.SMTPException, OSError) as error:
            is_open = self._client is not None
            self._hang_up()
            return _deferred(
                f"连接中断，邮件未送出：{plain(str(error))}" if is_open else self._why_unreachable(error)[0]
            )
        return client

    def probe(self) -> ServerFacts:
        """Open a connection as for a mail, send none. Errors: `UnreachableError` or another `StageError`."""
        try:
            client = self._ready()
        except Answered as error:
            if error.code // 100 != 4:
                raise StageError(
                    f"对方的应答不是邮件服务器的应答：{masked(error.words)[:_DETAIL_LIMIT]}。",
                    "请核对 mail.host、mail.port 和 mail.security。",
                ) from None
            raise UnreachableError(
                f"邮件服务器暂不接受连接（{error.code}）：{masked(error.words)[:_DETAIL_LIMIT]}。", "请稍后重试。"
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(*self._why_unreachable(error)) from error
        version = getattr(client.sock, "version", None)
        return ServerFacts(
            tls=(version() or "") if version else "",
            is_logged_in=bool(self._settings.user),
            has_dsn=client.has_extn("dsn"),
        )

    def _ready(self) -> smtplib.SMTP:
        """The open connection where it is still good, else a new one.

        RSET before each further mail: a connection that died in between is noticed while there is nothing to lose.
        """
        if self._client is not None and self._n_mails and not self._is_good(self._client):
            self._hang_up(politely=self._n_mails >= _MAILS_A_CONNECTION)
        if self._client is None:
            self._n_failed += 1
            self._client = self._door.open()
            self._n_mails = self._n_failed = 0
        return self._client

    def _is_good(self, client: smtplib.SMTP) -> bool:
        if self._n_mails >= _MAILS_A_CONNECTION:
            return False
        try:
            return is_quiet(client) and client.rset()[0] // 100 == 2 and is_quiet(client)
        except (smtplib.SMTPException, OSError):
            return False

    def _why_unreachable(self, error: smtplib.SMTPException | OSError) -> tuple[str, str]:
        return why_unreachable(error, f"{self._settings.host}:{self._settings.port}")

    def _hang_up(self, *, politely: bool = False) -> None:
        client, self._client = self._client, None
        if client is not None:
            close(client, politely=politely)

    def _write(self, client: smtplib.SMTP, mail: OutgoingMail) -> None:
        """The envelope and the text, without its end."""
        has_dsn = client.has_extn("dsn")
        code, words = client.docmd("MAIL", f"FROM:<{mail.sender}>{_sender_options(client, mail)}")
        if code in _WANTS_LOGIN:
            raise StageError(
                f"邮件服务器要求先登录或加密（{code}）：{masked(plain(words))}。",
                "请核对 mail.user、口令和 mail.security。",
            )
        _expect(2, code, words)
        notify = f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{xtext(mail.recipient)}" if has_dsn else ""
        try:
            _expect(2, *client.docmd("RCPT", f"TO:<{mail.recipient}>{notify}"))
        except Answered as error:
            error.is_of_recipient = True
            raise
        _expect(3, *client.docmd("DATA"))
        client.send(re.sub(rb"(?m)^\.", b"..", mail.content))
        if not is_quiet(client):
            # It spoke before its turn: "too large", "closing", or out of step with us. The mail is not complete.
            code, words = client.getreply()
            self._hang_up()
            raise Answered(code, words)

    def _finish(self, client: smtplib.SMTP) -> Receipt:
        """The end of the mail. Until it is out no server can take the mail for whole: only from here there is doubt."""
        try:
            if client.sock is not None:
                client.sock.settimeout(self._settings.data_timeout)
            client.send(b".\r\n")
            code, words = client.getreply()
            if client.sock is not None:
                client.sock.settimeout(self._settings.timeout)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            detail = masked(f"邮件已发出，未收到服务器确认：{plain(str(error))}")[:_DETAIL_LIMIT]
            return Receipt(state=DeliveryState.IN_DOUBT, code=None, detail=detail)
        return self._closed_with(code, plain(words))

    def _closed_with(self, code: int, words: str) -> Receipt:
        """The receipt for the answer to the mail itself; an answer that is none leaves doubt."""
        state = {2: DeliveryState.ACCEPTED, 4: DeliveryState.DEFERRED, 5: DeliveryState.REFUSED}.get(
            code // 100, DeliveryState.IN_DOUBT
        )
        if state is DeliveryState.IN_DOUBT or code == _CLOSING:
            self._hang_up()
        return _receipt(state, code, words)


def _sender_options(client: smtplib.SMTP, mail: OutgoingMail) -> str:
    options = f" SIZE={len(mail.content)}" if client.has_extn("size") else ""
    if client.has_extn("dsn"):
        options += " RET=HDRS" + (f" ENVID={xtext(mail.envelope_id)}" if mail.envelope_id else "")
    return options


def _expect(first_digit: int, code: int, words: bytes) -> None:
    if code // 100 != first_digit:
        raise Answered(code, words)


def _receipt(state: DeliveryState, code: int, words: str) -> Receipt:
    found = _STATUS.match(words)
    return Receipt(
        state=state,
        code=code if 200 <= code < 600 else None,
        detail=masked(words)[:_DETAIL_LIMIT],
        status=found.group(1) if found and found.group(1)[0] == str(code)[0] else "",
    )


def _deferred(detail: str) -> Receipt:
    return Receipt(state=DeliveryState.DEFERRED, code=None, detail=masked(detail)[:_DETAIL_LIMIT])
