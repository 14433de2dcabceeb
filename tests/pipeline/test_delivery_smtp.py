"""SMTP against real servers on loopback: aiosmtpd where it can misbehave as wanted, a bare socket where it cannot."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from pipeline.delivery import DeliveryState, SmtpSettings, SmtpTransport
from warehouse.errors import StageError

HOST = "127.0.0.1"
SECRET = "open-sesame"


class Handler:
    """Answers as told and keeps what it accepted."""

    def __init__(self, rcpt: dict[str, str] | None = None, data: str = "250 OK", mail: str = "250 OK") -> None:
        self.rcpt, self.data, self.mail = rcpt or {}, data, mail
        self.accepted: list[tuple[str, list[str], bytes]] = []
        self.seen = 0

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.seen += 1
        if self.data == "drop":
            server.transport.abort()
            return "250 never read"
        if self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.accepted.append((str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content))
        return self.data


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(handler: Handler, **options: object) -> Iterator[int]:
    controller = Controller(handler, hostname=HOST, port=free_port(), **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def scripted(script: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server of one connection that does exactly what the script does, then hangs up."""
    listener = socket.create_server((HOST, 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            script(connection)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(10)
        listener.close()
        assert not thread.is_alive()


def mail(text: str = "示例正文") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "示例办公室 <alert@office.example>"
    message["To"] = "a@firm.example"
    message["Subject"] = "示例预警"
    message["Message-ID"] = "<case-1.1@office.example>"
    message.set_content(text)
    return message


def transport(port: int, **changes: object) -> SmtpTransport:
    values = {"host": HOST, "port": port, "security": "none", "timeout": 5.0, "data_timeout": 5.0} | changes
    return SmtpTransport(SmtpSettings(**values))  # type: ignore[arg-type]


def test_accepted_mail_arrives_whole_in_seven_bits() -> None:
    handler = Handler()
    message = mail("第一行\n.一个点开头\n..两个点\n.\n尾行")
    with serving(handler) as port:
        receipt = transport(port).deliver(message, ["a@firm.example", "b@firm.example"])
    assert (receipt.state, receipt.code, receipt.refused) == (DeliveryState.ACCEPTED, 250, {})
    ((sender, recipients, octets),) = handler.accepted
    assert sender == "alert@office.example"
    assert recipients == ["a@firm.example", "b@firm.example"]
    assert octets.isascii()
    assert b"=E7=AC=AC" in octets or b"56ys" in octets


def test_lines_that_start_with_a_dot_survive() -> None:
    handler = Handler()
    message = mail()
    message.set_content(".one\n..two\n.\nlast\n")
    with serving(handler) as port:
        transport(port).deliver(message, ["a@firm.example"])
    assert handler.accepted[0][2].endswith(b".one\r\n..two\r\n.\r\nlast\r\n")


def test_bounce_address_may_differ_from_the_sender() -> None:
    handler = Handler()
    with serving(handler) as port:
        transport(port, envelope_from="bounce@office.example").deliver(mail(), ["a@firm.example"])
    assert handler.accepted[0][0] == "bounce@office.example"


@pytest.mark.parametrize(
    ("where", "answer", "state"),
    [
        ("rcpt", "550 5.1.1 no such user <a@firm.example>", "refused"),
        ("rcpt", "451 4.7.1 greylisted, try later", "deferred"),
        ("data", "554 5.7.1 looks like spam", "refused"),
        ("data", "452 4.3.1 disk full", "deferred"),
        ("mail", "550 5.7.1 sender not allowed", "refused"),
        ("mail", "450 4.7.1 slow down", "deferred"),
    ],
)
def test_4xx_is_deferred_and_5xx_refused_at_every_step(where: str, answer: str, state: str) -> None:
    handler = Handler(**{where: {"a@firm.example": answer} if where == "rcpt" else answer})  # type: ignore[arg-type]
    with serving(handler) as port:
        receipt = transport(port).deliver(mail(), ["a@firm.example"])
    assert receipt.state == state
    assert receipt.code == int(answer[:3])
    assert list(receipt.refused) == (["a@firm.example"] if where == "rcpt" else []), "only RCPT blames an address"
    assert not handler.accepted
    assert "a@firm.example" not in repr(receipt)
    assert answer[4:9] in receipt.detail


def test_partial_refusal_delivers_to_the_rest() -> None:
    handler = Handler(rcpt={"bad@firm.example": "550 gone", "later@firm.example": "451 later"})
    with serving(handler) as port:
        receipt = transport(port).deliver(mail(), ["bad@firm.example", "a@firm.example", "later@firm.example"])
    assert receipt.state == "accepted"
    assert {address: code for address, (code, _) in receipt.refused.items()} == {
        "bad@firm.example": 550,
        "later@firm.example": 451,
    }
    assert handler.accepted[0][1] == ["a@firm.example"]


def test_all_refused_stays_alive_while_one_may_be_tried_again() -> None:
    handler = Handler(rcpt={"bad@firm.example": "550 gone", "later@firm.example": "451 later"})
    with serving(handler) as port:
        receipt = transport(port).deliver(mail(), ["bad@firm.example", "later@firm.example"])
    assert receipt.state == "deferred"
    assert handler.seen == 0


def test_lost_connection_after_the_mail_is_in_doubt() -> None:
    handler = Handler(data="drop")
    with serving(handler) as port:
        receipt = transport(port).deliver(mail(), ["a@firm.example"])
    assert handler.seen == 1
    assert receipt.state == "in-doubt"
    assert "未收到服务器确认" in receipt.detail


def talk(connection: socket.socket, *answers: bytes) -> None:
    """Greets, then gives one answer a command."""
    lines = connection.makefile("rb")
    connection.sendall(b"220 test\r\n")
    for answer in answers:
        lines.readline()
        connection.sendall(answer)
    lines.close()


OK = b"250 ok\r\n"


def test_silence_after_the_mail_is_in_doubt() -> None:
    done = threading.Event()

    def script(connection: socket.socket) -> None:
        talk(connection, OK, OK, OK, b"354 go\r\n")
        done.wait(10)

    with scripted(script) as port:
        receipt = transport(port, data_timeout=0.2).deliver(mail(), ["a@firm.example"])
        done.set()
    assert receipt.state == "in-doubt"


def test_nonsense_after_the_mail_is_in_doubt_but_before_it_is_not() -> None:
    def after(connection: socket.socket) -> None:
        talk(connection, OK, OK, OK, b"354 go\r\n")
        lines = connection.makefile("rb")
        while lines.readline() != b".\r\n":
            pass
        connection.sendall(b"hm?\r\n")
        lines.close()

    with scripted(after) as port:
        assert transport(port).deliver(mail(), ["a@firm.example"]).state == "in-doubt"
    with scripted(lambda connection: talk(connection, OK, b"hm?\r\n")) as port:
        assert transport(port).deliver(mail(), ["a@firm.example"]).state == "deferred"


@pytest.mark.parametrize(
    "answers",
    [(), (OK,), (OK, OK), (OK, OK, OK), (OK, OK, OK, b"451 not now\r\n"), (OK, OK, b"421 closing\r\n")],
    ids=["at ehlo", "at mail", "at rcpt", "at data", "data not now", "closing at rcpt"],
)
def test_trouble_before_the_mail_is_deferred(answers: tuple[bytes, ...]) -> None:
    with scripted(lambda connection: talk(connection, *answers)) as port:
        receipt = transport(port).deliver(mail(), ["a@firm.example"])
    assert receipt.state == "deferred"


def test_lost_connection_at_quit_does_not_undo_the_delivery() -> None:
    def script(connection: socket.socket) -> None:
        talk(connection, OK, OK, OK, b"354 go\r\n")
        lines = connection.makefile("rb")
        while lines.readline() != b".\r\n":
            pass
        connection.sendall(OK)
        lines.close()

    with scripted(script) as port:
        assert transport(port).deliver(mail(), ["a@firm.example"]).state == "accepted"


def test_no_server_is_deferred_and_a_closed_door_is_an_error() -> None:
    assert transport(free_port()).deliver(mail(), ["a@firm.example"]).state == "deferred"
    with scripted(lambda connection: connection.sendall(b"421 busy\r\n")) as port:
        assert transport(port).deliver(mail(), ["a@firm.example"]).state == "deferred"
    with (
        scripted(lambda connection: connection.sendall(b"554 no mail from you\r\n")) as port,
        pytest.raises(StageError, match="拒绝连接"),
    ):
        transport(port).deliver(mail(), ["a@firm.example"])


def test_address_that_is_none_never_reaches_the_server() -> None:
    handler = Handler()
    with serving(handler) as port:
        receipt = transport(port).deliver(
            mail(), ["a@firm.example", "x@y.example>\r\nRCPT TO:<z@y.example", "张三@firm.example"]
        )
    assert receipt.state == "accepted"
    assert len(receipt.refused) == 2
    assert handler.accepted[0][1] == ["a@firm.example"]
    assert transport(1).deliver(mail(), ["nobody"]).state == "refused"
    with pytest.raises(ValueError, match="recipient"):
        transport(1).deliver(mail(), [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1, made for this run."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return context


def checked(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    is_right = getattr(data, "password", b"") == SECRET.encode()
    return AuthResult(success=is_right, handled=is_right)


def test_starttls_with_login(certificate: tuple[Path, Path]) -> None:
    handler = Handler()
    options = {
        "tls_context": server_context(certificate),
        "require_starttls": True,
        "authenticator": checked,
        "auth_required": True,
    }
    with serving(handler, **options) as port:
        good = transport(port, security="starttls", ca_file=certificate[0], user="office", password=SECRET)
        assert good.deliver(mail(), ["a@firm.example"]).state == "accepted"
        wrong = transport(port, security="starttls", ca_file=certificate[0], user="office", password="wrong-secret")
        with pytest.raises(StageError, match="不接受用户名或口令") as caught:
            wrong.deliver(mail(), ["a@firm.example"])
    assert "wrong-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(handler.accepted) == 1


def test_implicit_tls(certificate: tuple[Path, Path]) -> None:
    handler = Handler()
    with implicit_tls(handler, certificate) as port:
        assert (
            transport(port, security="tls", ca_file=certificate[0]).deliver(mail(), ["a@firm.example"]).state
            == "accepted"
        )
    assert len(handler.accepted) == 1


@contextmanager
def implicit_tls(handler: Handler, certificate: tuple[Path, Path]) -> Iterator[int]:
    controller = Controller(handler, hostname=HOST, port=free_port(), ssl_context=server_context(certificate))
    # Its own readiness probe speaks TLS without checking; it must, as the certificate is made up here.
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_unknown_certificate_stops_with_the_next_step(certificate: tuple[Path, Path], security: str) -> None:
    handler = Handler()
    serve = (
        serving(handler, tls_context=server_context(certificate))
        if security == "starttls"
        else implicit_tls(handler, certificate)
    )
    with serve as port, pytest.raises(StageError, match="证书未通过验证") as caught:
        transport(port, security=security).deliver(mail(), ["a@firm.example"])
    assert "CA 证书" in caught.value.next_step
    assert not handler.accepted


def test_never_falls_back_to_clear_text(certificate: tuple[Path, Path]) -> None:
    handler = Handler()
    with serving(handler) as port:
        with pytest.raises(StageError, match="不支持 STARTTLS"):
            transport(port, security="starttls").deliver(mail(), ["a@firm.example"])
        with pytest.raises(StageError, match="加密连接"):
            transport(port, security="tls").deliver(mail(), ["a@firm.example"])
    with pytest.raises(StageError, match="未加密"):
        transport(25, user="office", password=SECRET)
    assert not handler.accepted


def test_settings_do_not_show_credentials(tmp_path: Path) -> None:
    settings = SmtpSettings(host="mail.office.example", user="office-user", password=SECRET)
    assert SECRET not in repr(settings)
    assert "office-user" not in repr(settings)
    with pytest.raises(StageError, match="证书文件"):
        SmtpTransport(SmtpSettings(host="mail.office.example", ca_file=tmp_path / "none.pem"))
