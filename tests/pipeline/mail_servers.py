"""Mail servers on loopback for the tests of delivery: aiosmtpd, and one that does at each step what it is told."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import BinaryIO

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session, syntax

from pipeline.delivery import OutgoingMail, SmtpSettings, SmtpTransport, outgoing

HOST = "127.0.0.1"
SECRET = "open-sesame"
OK = b"250 ok"


def message(text: str = "示例正文", number: int = 1) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "示例办公室 <alert@office.example>"
    made["To"] = "a@firm.example"
    made["Subject"] = "示例预警"
    made["Date"] = "Thu, 12 Mar 2026 09:00:00 +0800"
    made["Message-ID"] = f"<case-{number}@office.example>"
    made.set_content(text)
    return made


def mail(
    text: str = "示例正文", *, number: int = 1, recipient: str = "a@firm.example", envelope_id: str = ""
) -> OutgoingMail:
    made = message(text, number)
    return outgoing(made, sender="bounce@office.example", recipient=recipient, envelope_id=envelope_id)


def large_mail() -> OutgoingMail:
    """More than two sockets hold: it cannot have left before the server read most of it."""
    text = b"From: a@office.example\r\n\r\n" + (b"x" * 70 + b"\r\n") * 200_000
    return OutgoingMail(
        message_id="<case-1@office.example>", content=text, sender="bounce@office.example", recipient="a@firm.example"
    )


def transport(port: int, **changes: object) -> SmtpTransport:
    values = {"host": HOST, "port": port, "security": "none", "timeout": 5.0, "data_timeout": 5.0} | changes
    return SmtpTransport(SmtpSettings(**values))  # type: ignore[arg-type]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Handler:
    """aiosmtpd's handler: answers as told, in turn where told several answers, and keeps what it accepted."""

    def __init__(self, **answers: str | Sequence[str]) -> None:
        self.answers = {step: [told] if isinstance(told, str) else list(told) for step, told in answers.items()}
        self.accepted: list[tuple[str, list[str], bytes]] = []
        self.sessions: list[Session] = []  # one a connection, kept alive so that each is told from the next
        self.seen = 0

    def _answer(self, step: str) -> str:
        told = self.answers.get(step, ["250 OK"])
        return told.pop(0) if len(told) > 1 else told[0]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if session not in self.sessions:
            self.sessions.append(session)
        answer = self._answer("mail")
        if answer.startswith("250"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("rcpt")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.seen += 1
        answer = self._answer("end")
        if answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.accepted.append((str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content))
        return answer


class DsnHandler(Handler):
    """Offers notices of delivery (RFC 3461); goes with `DsnServer`."""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], "250-DSN", *responses[1:]]


class DsnServer(SMTP):
    """aiosmtpd knows no RFC 3461: this one keeps what it was given and hides that from its parent."""

    given: list[str] = []  # noqa: RUF012  # one server a test; each test takes a fresh subclass

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_MAIL(self._bare(arg))

    @syntax("RCPT TO: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(self._bare(arg))

    def _bare(self, arg: str | None) -> str | None:
        address, _, options = (arg or "").partition(" ")
        self.given.append(options)
        return address


@contextmanager
def serving(handler: object, server: type[SMTP] | None = None, **options: object) -> Iterator[int]:
    """Run aiosmtpd; yields its port."""

    class Chosen(Controller):
        def factory(self) -> SMTP:
            return (server or SMTP)(self.handler, **self.SMTP_kwargs)

    controller = Chosen(handler, hostname=HOST, port=free_port(), **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@dataclass(frozen=True, slots=True)
class Act:
    """What a planned server does at one step."""

    answer: bytes = OK  # without the line end; b"" = silence
    drops: bool = False  # hangs up after that
    resets: bool = False  # hangs up with RST, which also loses what was answered
    stores: bool = False  # at "end": keeps the mail, whatever it answers
    is_raw: bool = False  # send the answer without a line end
    pause: float = 0.0  # seconds before the answer


DROP = Act(b"", drops=True)
RESET = Act(b"", drops=True, resets=True)
SILENCE = Act(b"")
Plan = Mapping[str, Act | list[Act]]  # a list: one act each time, then it goes well
GOOD = {"banner": Act(b"220 test"), "data": Act(b"354 go"), "end": Act(stores=True), "quit": Act(b"221 bye")}
_VERBS = {b"EHLO", b"HELO", b"MAIL", b"RCPT", b"DATA", b"RSET", b"QUIT", b"STAR"}


@dataclass(slots=True)
class Planned:
    """A server that takes one connection after the other and follows a plan for each.

    A plan names steps (banner, ehlo, helo, starttls, mail, rcpt, data, content, end, rset, quit); what it does not name
    goes well.
    """

    plans: Sequence[Plan]
    port: int = 0
    n_connections: int = 0
    commands: list[bytes] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)  # what came between DATA's answer and the end, whole or not

    def follow(self, connection: socket.socket, plan: Plan) -> None:
        lines = connection.makefile("rb")
        with connection, lines, suppress(OSError):
            if not self._does(connection, _next(plan, "banner")):
                return
            while line := lines.readline():
                self.commands.append(line)
                verb = line[:4].upper()
                if verb not in _VERBS:
                    return
                act = _next(plan, verb.decode().lower().replace("star", "starttls"))
                if not self._does(connection, act) or verb == b"QUIT":
                    return
                if verb == b"DATA" and act.answer.startswith(b"354") and not self._take(connection, lines, plan):
                    return

    def _take(self, connection: socket.socket, lines: BinaryIO, plan: Plan) -> bool:
        content: list[bytes] = []
        if "content" in plan:
            content.append(lines.readline())
            if not self._does(connection, _next(plan, "content")):
                self.received.append(b"".join(content))
                return False
        for line in lines:
            if line == b".\r\n":
                break
            content.append(line)
        else:
            self.received.append(b"".join(content))
            return False
        self.received.append(b"".join(content))
        act = _next(plan, "end")
        if act.stores:
            self.stored.append(b"".join(content))
        return self._does(connection, act)

    def _does(self, connection: socket.socket, act: Act) -> bool:
        time.sleep(act.pause)
        if act.answer:
            connection.sendall(act.answer if act.is_raw else act.answer + b"\r\n")
        if act.resets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return not act.drops


def _next(plan: Plan, step: str) -> Act:
    told = plan.get(step, [])
    if isinstance(told, Act):
        return told
    return told.pop(0) if told else GOOD.get(step, Act())


@contextmanager
def planned(*plans: Plan) -> Iterator[Planned]:
    """Run a planned server; connections beyond the plans go well."""
    listener = socket.create_server((HOST, 0))
    server = Planned(plans, port=int(listener.getsockname()[1]))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            n, server.n_connections = server.n_connections, server.n_connections + 1
            server.follow(connection, plans[n] if n < len(plans) else {})

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        listener.close()
        assert not thread.is_alive()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, made for this run."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
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
    """aiosmtpd's authenticator: only the right password."""
    is_right = getattr(data, "password", b"") == SECRET.encode()
    return AuthResult(success=is_right, handled=is_right)
