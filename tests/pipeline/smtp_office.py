"""The office of `alert_office` with a mail server on loopback, and what a later server writes back."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from aiosmtpd.smtp import SMTP, Envelope, Session
from alert_office import (
    AT_ONCE,
    HOUR,
    LAMP,
    OF,
    ONE,
    THREE,
    TUESDAY,
    act,
    conclude,
    office_context,
    open_office,
    watched,
)
from case_office import bring, now_stands, rows
from mail_servers import HOST, DsnHandler, DsnServer, Handler, serving
from warehouse_sample import notification

from pipeline.context import Context, Run
from pipeline.steps.outbox import read_outbox
from pipeline.steps.read_replies import read_replies
from pipeline.steps.send_alerts import send_alerts
from warehouse.connection import open_reader
from warehouse.contacts import StandingContact, contact_id, read_standing_contacts
from warehouse.outbox import Mail

CONCLUDED = TUESDAY + HOUR
MINUTE = timedelta(minutes=1)
PASSWORD = "t0p-s3cret-word"


class PostOffice(Handler):
    """Answers each recipient as told, and keeps what it accepted."""

    def __init__(self, **answers: str | Sequence[str]) -> None:
        super().__init__(**answers)
        self.refused: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        return self.refused.get(address) or await super().handle_RCPT(server, session, envelope, address, options)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails accepted for one address, in order."""
        return [parsed(content) for _, recipients, content in self.accepted if recipients == [address]]

    @property
    def recipients(self) -> list[str]:
        """Who got a mail, by address, as often as mails were accepted."""
        return sorted(address for _, recipients, _ in self.accepted for address in recipients)


class Impatient(PostOffice):
    """While it takes a mail, another `alert send` is started on the same home."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self.home = home
        self.second: subprocess.CompletedProcess[str] | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        command = [sys.executable, "-m", "pipeline", "--home", str(self.home), "alert", "send"]
        self.second = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=60, check=False
        )
        return await super().handle_DATA(server, session, envelope)


def open_smtp_office(home: Path) -> None:
    """On Tuesday 17:00 the first case is 关注: one firm of three is told at once. A third case concerns it alone."""
    open_office(home)
    bring(home, TUESDAY, notification(THREE), matched=watched(THREE, LAMP))
    conclude(home, CONCLUDED, ONE)


class DsnOffice(PostOffice, DsnHandler):
    """Takes everything and offers notices of delivery (RFC 3461)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A home with one mail out, and what the server got: the mail, and the ENVID that bounces bring back."""

    home: Path
    message: EmailMessage
    envelope_id: str


def send_one(home: Path, when: datetime) -> Sent:
    """In the office of `open_smtp_office` the third case is 预警, the first is closed; the one mail due is taken."""
    open_smtp_office(home)
    act(home, CONCLUDED, ONE, "closed", code="done")
    conclude(home, CONCLUDED, THREE, "warning")
    office = DsnOffice()

    class Server(DsnServer):
        given: list[str] = []  # noqa: RUF012

    with serving(office, Server) as port:
        send(home, when, port)
    [message] = office.to(AT_ONCE)
    found = re.search(r"ENVID=(\S+)", " ".join(Server.given))
    assert found is not None
    return Sent(home, message, found.group(1))


def smtp(home: Path, when: datetime, port: int, **mail: object) -> Context:
    """A context that sends to a server on loopback; `mail` are further settings."""
    given = {"transport": "smtp", "host": HOST, "port": port, "security": "none", "timeout_seconds": 5.0}
    return office_context(home, when, mail={**given, **mail})


def send(home: Path, when: datetime, port: int, **mail: object) -> Run:
    """`tbtwatch alert send` through that server."""
    run, _ = send_alerts(smtp(home, when, port, **mail), include_unreviewed=False)
    return run


def mails(home: Path, address: str = "") -> list[Mail]:
    """The outbox, or what of it goes to one address."""
    wanted = contact_id(OF[address], address) if address else ""
    return [mail for mail in read_outbox(office_context(home, TUESDAY)) if wanted in ("", mail.contact_id)]


def notified_at(home: Path, when: datetime, case_id: str) -> datetime | None:
    """When 企业告知 was met, as the case's clock has it at `when`."""
    readings = now_stands(home, when, case_id).clock.readings
    return next(reading.met_at for reading in readings if reading.milestone.event == "notified")


def only(home: Path, address: str = "") -> Mail:
    """The one mail of the outbox, or the one to an address."""
    [mail] = mails(home, address)
    return mail


def standing(home: Path, address: str) -> StandingContact:
    """How the contact with this address stands."""
    with open_reader(home / "warehouse.duckdb") as con:
        [found] = [item for item in read_standing_contacts(con) if item.email == address]
    return found


def told(home: Path, case_id: str) -> list[tuple[str, datetime]]:
    """Which firms the machine says were told of a case, and when."""
    query = "SELECT code, occurred_at FROM case_events WHERE kind = 'told' AND case_id = ? ORDER BY ALL"
    return [(firm, moment) for firm, moment in rows(home, query, case_id)]


def content(home: Path, *, but: Sequence[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but some, each table in one order."""
    with open_reader(home / "warehouse.duckdb") as con:
        names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: con.table(name).order("ALL").fetchall() for name in names if name not in but}


def codes(run: Run) -> list[tuple[str, str]]:
    """Code and subject of the issues of a run."""
    return sorted((issue.code, issue.subject) for issue in run.issues)


def token_of(message: EmailMessage) -> str:
    """The unsubscribe token that a mail carries."""
    return unquote(message["List-Unsubscribe"]).partition("subject=unsubscribe ")[2].partition(">")[0]


def read(home: Path, when: datetime) -> Run:
    """`tbtwatch replies read` of the folder `inbox`."""
    return read_replies(office_context(home, when, inbox={"folder": str(home / "inbox")}))


def arrive(home: Path, when: datetime, raw: str, number: int = 1) -> None:
    """A mail comes into the Maildir, stamped by our own server."""
    for part in ("cur", "new", "tmp"):
        (home / "inbox" / part).mkdir(parents=True, exist_ok=True)
    stamp = f"Received: from mx.example by mail.office.example;\n {format_datetime(when)}\n"
    name = f"{when.timestamp():.0f}.{number}.mx"
    (home / "inbox" / "new" / name).write_text(stamp + raw, encoding="utf-8")


def report(
    message: EmailMessage,
    *,
    envelope_id: str = "",
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 <{to}>: Recipient address rejected: User unknown",
    returns: bool = True,
    number: int = 1,
) -> str:
    """A delivery status report (RFC 3464) on `message` as it was received, in the form that Postfix writes.

    `envelope_id` is the ENVID of MAIL FROM, `returns` whether the headers of the mail come back too.
    """
    to = message["To"].addresses[0].addr_spec
    said = words.format(to=to)
    fields = [f"Original-Envelope-Id: {envelope_id}"] if envelope_id else []
    parts = [
        f"Content-Type: text/plain; charset=us-ascii\n\nThis is the mail system at mx.example.\n\n<{to}>: {said}\n",
        "Content-Type: message/delivery-status\n\n"
        + "\n".join(["Reporting-MTA: dns; mx.example", *fields])
        + f"\n\nFinal-Recipient: rfc822; {to}\nOriginal-Recipient: rfc822;{to}\nAction: {action}\nStatus: {status}\n"
        f"Remote-MTA: dns; mail.firm.example\nDiagnostic-Code: smtp; {said}\n",
    ]
    if returns:
        headers = message.as_bytes().partition(b"\n\n")[0].decode("ascii")
        parts.append(f"Content-Type: text/rfc822-headers\n\n{headers}\n")
    body = "".join(f"--=_b1\n{part}\n" for part in parts)
    return (
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\nTo: tbt-office@example.com\n"
        f"Subject: Undelivered Mail Returned to Sender\nMessage-ID: <report-{number}@mx.example>\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b1"\n\n{body}--=_b1--\n'
    )


def answer(message: EmailMessage, words: str, *, automatic: bool = False, number: int = 1) -> str:
    """An answer to `message` as it was received, the text of it quoted."""
    headers = "Auto-Submitted: auto-replied\n" if automatic else ""
    return (
        f"From: {message['To']}\nTo: tbt-office@example.com\nSubject: Re: {THREE}\n"
        f"Message-ID: <answer-{number}@firm.example>\nIn-Reply-To: {message['Message-ID']}\n{headers}"
        f"Content-Type: text/plain; charset=utf-8\n\n{words}\n\n> 原文\n"
    )


def parsed(raw: bytes) -> EmailMessage:
    """A mail of its bytes."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def contact_events(home: Path) -> list[tuple[str, str]]:
    return [(kind, code) for kind, code in rows(home, "SELECT kind, code FROM contact_events ORDER BY event_number")]


def case_events(home: Path, case_id: str = THREE) -> list[str]:
    return [kind for (kind,) in rows(home, "SELECT kind FROM case_events WHERE case_id = ?", case_id)]
