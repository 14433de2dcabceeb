"""Reminders to the office: each milestone once at amber and once at red, written down only when the mail was taken."""

from __future__ import annotations

import email
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from pipeline.acts import Act, Conclusion
from pipeline.config import MailSettings, OfficeSettings, Settings
from pipeline.context import Context, Run
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.escalate import escalate
from pipeline.steps.open_cases import update_cases
from warehouse.connection import open_reader, open_writer
from warehouse.errors import StageError
from warehouse.records import NotificationKind

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
from warehouse_sample import exporter, line, load, match, notification, register, store

HOST = "127.0.0.1"
START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, OLD = "G/TBT/N/ATL/1", "G/TBT/N/ATL/9"
ADDENDUM = f"{ONE}/Add.1"
BY = "研判岗甲"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one case and one backfill, both unanswered."""
    home = tmp_path_factory.mktemp("escalate") / "home"
    old = notification(OLD, distribution_date=date(2025, 1, 5), comment_deadline=date(2025, 3, 5))
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯"))
        load(con, home / "landing", START, notification(ONE), old)
        store(con, START, match(ONE, line("E1", "台灯")), match(OLD, line("E1", "台灯")))
    update_cases(at(home, 0))
    return home


@pytest.fixture
def home(office: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(office, tmp_path / "home"))


def at(home: Path, n: float, settings: Settings | None = None) -> Context:
    return Context(home=Home(home), now=START + n * HOUR, settings=settings or Settings())


def reminded(home: Path, n: float, settings: Settings | None = None) -> int:
    """How many milestones a run at the n-th hour reminded of."""
    run = escalate(at(home, n, settings))
    assert run.issues == []
    return run.counts["n_reminded"]


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with open_reader(home / "warehouse.duckdb") as con:
        return con.execute(query).fetchall()


def log(home: Path) -> list[tuple[str, str]]:
    return rows(
        home, "SELECT case_id, code FROM case_events WHERE kind = 'escalated' ORDER BY occurred_at, case_id, code"
    )


def mails(home: Path) -> list[EmailMessage]:
    """The mails in the outbox, the oldest first."""
    found = [email.message_from_bytes(file.read_bytes(), policy=default) for file in Home(home).outbox.glob("*")]
    return sorted((mail for mail in found if isinstance(mail, EmailMessage)), key=lambda mail: mail["Date"].datetime)


def text(mail: EmailMessage) -> str:
    content = mail.get_content()
    assert isinstance(content, str)
    return content


def answer(home: Path, n: float) -> None:
    conclude_case(at(home, n), ONE, Conclusion(conclusion="warning", actor=BY))
    act_on_case(at(home, n), ONE, Act(kind="notified", actor=BY, detail="电话告知"))
    act_on_case(at(home, n), ONE, Act(kind="advised", actor=BY, detail="核对标签"))


# when


def test_amber_is_told_once_and_red_once_and_nothing_a_second_time(home: Path) -> None:
    second = 1 / 3600
    told = [reminded(home, n) for n in (18 - second, 18, 18, 24, 24 + second, 35.9)]
    assert told == [0, 1, 0, 0, 1, 0]
    assert log(home) == [(ONE, "judged:amber"), (ONE, "judged:overdue")]
    said = rows(home, "SELECT actor, detail FROM case_events WHERE kind = 'escalated' ORDER BY occurred_at")
    assert said == [("machine", "研判临近时限，已提醒"), ("machine", "研判已超时，已提醒")]
    assert [mail["Subject"] for mail in mails(home)] == ["【督办】1项临近时限", "【督办】1项已超时"]
    near, late = map(text, mails(home))
    assert "研判：时限3月11日16:00，6小时0分；责任人：未指定" in near
    assert "研判：时限3月11日16:00，超时" in late


def test_all_that_turned_since_the_last_time_goes_into_one_mail_and_no_backfill_is_in_it(home: Path) -> None:
    assert reminded(home, 73) == 3
    assert log(home) == [(ONE, "advised:overdue"), (ONE, "judged:overdue"), (ONE, "notified:overdue")]
    [mail] = mails(home)
    assert mail["Subject"] == "【督办】3项已超时"
    assert text(mail).count(f"· {ONE}（") == 3
    assert OLD not in text(mail)
    assert reminded(home, 1000) == 0


def test_only_what_is_left_to_do_is_reminded_of_and_the_owner_is_named(home: Path) -> None:
    conclude_case(at(home, 5), ONE, Conclusion(conclusion="warning", actor=BY, owner="李四"))
    assert reminded(home, 25) == 0
    assert reminded(home, 36) == 1
    assert log(home) == [(ONE, "notified:amber")]
    assert "企业告知：" in text(mails(home)[0])
    assert "责任人：李四" in text(mails(home)[0])


@pytest.mark.parametrize("how", ["answered", "closed"])
def test_a_case_with_nothing_left_to_do_is_not_reminded_of(home: Path, how: str) -> None:
    if how == "answered":
        answer(home, 5)
    else:
        act_on_case(at(home, 5), ONE, Act(kind="closed", actor=BY, code="done", detail="已办结"))
    assert reminded(home, 100) == 0
    assert not Home(home).outbox.exists()


def test_a_second_clock_after_an_addendum_reminds_again_with_a_mail_of_its_own(home: Path) -> None:
    assert reminded(home, 18) == 1
    answer(home, 20)
    later = notification(ADDENDUM, kind=NotificationKind.ADDENDUM, comment_deadline=date(2026, 7, 1))
    with open_writer(home / "warehouse.duckdb") as con:
        load(con, home / "landing", START + 100 * HOUR, later)
    update_cases(at(home, 100))
    assert [reminded(home, n) for n in (117, 118)] == [0, 1]
    assert log(home) == [(ONE, "judged:amber")] * 2
    # the first clock had the same milestone in the same state: its mail must not stand in for this one
    assert len(mails(home)) == 2
    assert len({mail["Message-ID"] for mail in mails(home)}) == 2
    assert "时限3月15日20:00" in text(mails(home)[1])


# how


def test_the_default_transport_writes_one_file_to_the_address_for_reminders(home: Path) -> None:
    office = OfficeSettings(issuer="示例工作组", email="office@tbt.example", reminders="duty@tbt.example")
    assert reminded(home, 18, Settings(office=office)) == 1
    [file] = Home(home).outbox.iterdir()
    assert file.suffix == ".eml"
    [mail] = mails(home)
    assert [address.addr_spec for address in mail["To"].addresses] == ["duty@tbt.example"]
    assert [address.addr_spec for address in mail["From"].addresses] == ["office@tbt.example"]
    assert mail["Message-ID"].endswith("@tbt.example>")


def test_a_mail_that_was_written_before_the_program_was_killed_is_not_written_twice(home: Path) -> None:
    """Killed between the mail and the log: the same mail under the same name."""
    before = shutil.copy(home / "warehouse.duckdb", home / "before.duckdb")
    assert reminded(home, 18) == 1
    shutil.move(before, home / "warehouse.duckdb")
    assert log(home) == []
    assert reminded(home, 18) == 1
    assert len(mails(home)) == 1


class Handler:
    """A mail server that answers as told and keeps what it accepted."""

    def __init__(self) -> None:
        self.rcpt, self.data = "250 OK", "250 OK"
        self.accepted: list[tuple[list[str], bytes]] = []
        self.seen = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.seen += 1
        if self.data == "drop":
            server.transport.abort()  # type: ignore[union-attr]
        elif self.data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.accepted.append((list(envelope.rcpt_tos), envelope.content))
        return self.data


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(handler: Handler) -> Iterator[int]:
    controller = Controller(handler, hostname=HOST, port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def by_smtp(port: int, **fields: Any) -> Settings:
    mail = MailSettings(
        transport="smtp", host=HOST, port=port, **{"security": "none", "timeout_seconds": 5.0, **fields}
    )
    return Settings(mail=mail)


def assert_failed(home: Path, run: Run) -> None:
    assert run.counts["n_reminded"] == 0
    assert [issue.code for issue in run.issues] == ["reminder-failed"]
    assert run.outcome == "findings"
    assert log(home) == []


@pytest.mark.parametrize(
    ("where", "words"),
    [("rcpt", "550 5.1.1 no such user"), ("data", "554 5.7.1 spam"), ("data", "452 4.3.1 disk full")],
)
def test_a_server_that_refuses_leaves_nothing_written_and_the_next_run_sends(
    home: Path, where: str, words: str
) -> None:
    handler = Handler()
    with serving(handler) as port:
        setattr(handler, where, words)
        run = escalate(at(home, 18, by_smtp(port)))
        assert_failed(home, run)
        assert not handler.accepted
        assert "督办提醒未能发出" in run.issues[0].message
        assert "office.reminders" in run.issues[0].next_step
        setattr(handler, where, "250 OK")
        assert [reminded(home, n, by_smtp(port)) for n in (19, 20)] == [1, 0]
    [(recipients, octets)] = handler.accepted
    assert recipients == [Settings().office.email]
    assert octets.isascii()
    assert log(home) == [(ONE, "judged:amber")]
    assert not Home(home).outbox.exists()


def test_no_server_at_all_leaves_nothing_written(home: Path) -> None:
    assert_failed(home, escalate(at(home, 18, by_smtp(free_port()))))


def test_a_mail_that_may_have_arrived_is_not_sent_again(home: Path) -> None:
    handler = Handler()
    handler.data = "drop"
    with serving(handler) as port:
        assert [reminded(home, n, by_smtp(port)) for n in (18, 19)] == [1, 0]
    assert handler.seen == 1


def test_a_server_without_the_encryption_that_was_asked_for_fails_the_run_and_writes_nothing(home: Path) -> None:
    handler = Handler()
    with serving(handler) as port, pytest.raises(StageError, match="STARTTLS"):
        escalate(at(home, 18, by_smtp(port, security="starttls")))
    assert handler.seen == 0
    assert log(home) == []
    assert rows(home, "SELECT outcome FROM runs WHERE step = 'escalate'") == [("failed",)]


# by the command line


def test_the_command_line_reminds_only_when_it_is_asked_to(home: Path, cli: Any) -> None:
    def cases(n: int, *options: str) -> Any:
        return cli("--home", home, "--now", f"{START + n * HOUR:%Y-%m-%dT%H:%M:%S%z}", *options)

    assert "督办提醒" not in cases(18, "cases", "--due").out
    assert log(home) == []
    done = cases(19, "cases", "--due", "--remind")
    assert done.code == 0
    assert ONE in done.out
    assert OLD not in done.out
    assert "督办提醒 1" in done.out
    assert cases(20, "--json", "cases", "--remind").data["counts"]["n_reminded"] == 0
    assert len(mails(home)) == 1
