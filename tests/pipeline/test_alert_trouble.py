"""Trouble on the way to the mail server: nothing is lost, nothing goes twice, and the next step is said."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alert_office import AT_ONCE, DAILY, FIRMS, HOUR, ONE, SECOND, TWO, WEEKLY, conclude, enlist, firm, preview
from case_office import at, rows
from mail_servers import (
    DROP,
    SECRET,
    SILENCE,
    Act,
    Planned,
    checked,
    make_certificate,
    planned,
    server_context,
    serving,
)
from smtp_office import (
    CONCLUDED,
    Impatient,
    PostOffice,
    codes,
    content,
    mails,
    only,
    open_smtp_office,
    send,
    standing,
    told,
)

from pipeline.alerts.offers import Hold
from pipeline.steps.outbox import settle
from warehouse.records import Subscription

BY = "研判岗甲"


@pytest.fixture(scope="module")
def concluded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office where one mail is due at once: the first case, to the first firm. Never changed."""
    home = tmp_path_factory.mktemp("smtp-office") / "home"
    open_smtp_office(home)
    return home


@pytest.fixture
def home(concluded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(concluded, tmp_path / "home"))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def drop_at(step: str) -> dict[str, Act]:
    return {step: replace(DROP, stores=True)} if step == "end" else {step: DROP}


@pytest.mark.parametrize("step", ["banner", "ehlo", "mail", "rcpt", "data"])
def test_a_connection_lost_before_the_mail_was_whole_loses_nothing(home: Path, step: str) -> None:
    with planned(drop_at(step)) as server:
        run = send(home, CONCLUDED, server.port)
        assert (run.counts["n_retry"], server.stored, only(home).state) == (1, [], "retry")
        send(home, CONCLUDED + HOUR, server.port)
        send(home, CONCLUDED + 2 * HOUR, server.port)
        assert len(server.stored) == 1
    assert (only(home).state, told(home, ONE)) == ("accepted", [("E1", CONCLUDED + HOUR)])


def in_doubt(home: Path, server: Planned) -> str:
    """Send the mail to a server that keeps it and hangs up, and return its id."""
    run = send(home, CONCLUDED, server.port)
    mail = only(home)
    assert (mail.state, run.counts["n_in_doubt"], len(server.stored)) == ("in-doubt", 1, 1)
    assert codes(run) == [("alert-in-doubt", "E1")]
    assert f"alert settle {mail.mail_id}" in run.issues[0].next_step
    return mail.mail_id


@pytest.mark.parametrize("finding", ["arrived", "resend", "failed"])
def test_a_connection_lost_after_the_mail_was_whole_is_for_an_officer(home: Path, finding: str) -> None:
    with planned(drop_at("end")) as server:
        mail_id = in_doubt(home, server)
        for hours in (1, 24, 80):
            run = send(home, CONCLUDED + hours * HOUR, server.port)
            assert ("contact-lost", "E1") in codes(run), "shown again"
            assert sum(AT_ONCE.encode() in stored for stored in server.stored) == 1, "never again by itself"
        assert [o.hold for o in preview(home, CONCLUDED).offers if o.exporter_id == "E1" and o.case_id == ONE] == [
            Hold.IN_DOUBT
        ]
        assert ("E1", CONCLUDED) not in told(home, ONE)
        later = CONCLUDED + 81 * HOUR
        settle(at(home, later), mail_id, finding, actor=BY, detail="已电话核实")
        send(home, later, server.port)
        send(home, later + HOUR, server.port)
        copies = [stored for stored in server.stored if AT_ONCE.encode() in stored]
    [mail] = [mail for mail in mails(home) if mail.mail_id == mail_id]
    expected = {"arrived": ("accepted", 1), "resend": ("accepted", 2), "failed": ("failed", 1)}
    assert (mail.state, len(copies)) == expected[finding]
    moment = {"arrived": [("E1", CONCLUDED)], "resend": [("E1", later)], "failed": []}
    assert [found for found in told(home, ONE) if found[0] == "E1"] == moment[finding]
    assert len({line for copy in copies for line in copy.split(b"\r\n") if line.startswith(b"Message-ID")}) == 1


@pytest.mark.parametrize("step", ["banner", "ehlo", "rcpt", "data"])
def test_a_server_that_does_not_answer_is_tried_again(home: Path, step: str) -> None:
    with planned({step: SILENCE}) as server:
        run = send(home, CONCLUDED, server.port, timeout_seconds=0.3)
        assert (run.counts["n_retry"], only(home).state, run.is_failed) == (1, "retry", False)
        assert codes(run) == [("alert-retry", "E1")]
        send(home, CONCLUDED + HOUR, server.port)
        assert len(server.stored) == 1


def test_a_server_that_goes_down_within_a_run_loses_none_of_the_mails(home: Path) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    with planned({"rset": DROP}, {"banner": DROP}, {"banner": DROP}, {"banner": DROP}) as server:
        run = send(home, CONCLUDED, server.port)
        assert (run.counts["n_sent"], run.counts["n_retry"], server.n_connections) == (1, 3, 4)
        send(home, CONCLUDED + HOUR, server.port)
        assert len(server.stored) == 4
    assert {mail.state for mail in mails(home)} == {"accepted"}


def test_a_server_that_is_down_is_tried_again(home: Path) -> None:
    with planned() as server:
        port = server.port
    run = send(home, CONCLUDED, port)
    assert (run.counts["n_retry"], only(home).n_attempts) == (1, 1)
    assert "未开放该端口" in run.issues[0].message


@contextmanager
def encrypted(office: PostOffice, certificate: tuple[Path, Path], security: str) -> Iterator[int]:
    """A server that takes mail only encrypted, and knows one password."""
    context = server_context(certificate)
    if security == "tls":
        serve = serving(office, ssl_context=context, authenticator=checked, auth_require_tls=False)
    else:
        serve = serving(office, tls_context=context, require_starttls=True, authenticator=checked, auth_required=True)
    with serve as port:
        yield port


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("trouble", ["certificate", "password"])
def test_trouble_that_meets_every_mail_stops_the_run_and_loses_nothing(
    home: Path, certificate: tuple[Path, Path], security: str, trouble: str
) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    right = {"ca_file": str(certificate[0]), "user": "office", "password": SECRET, "security": security}
    wrong = {"certificate": {"ca_file": ""}, "password": {"password": "wr0ng-word"}}[trouble]
    office = PostOffice()
    with encrypted(office, certificate, security) as port:
        run = send(home, CONCLUDED, port, **{**right, **wrong})
        assert (run.is_failed, run.outcome, codes(run)) == (True, "failed", [("alert-stopped", "")])
        assert ("证书" if trouble == "certificate" else "口令") in run.issues[0].message
        assert "待发箱" in run.issues[0].next_step
        assert "wr0ng-word" not in str(content(home))
        assert rows(home, "SELECT outcome FROM runs WHERE step = 'alert'") == [("failed",)]
        assert {(mail.state, mail.n_attempts) for mail in mails(home)} == {("queued", 0)}
        assert office.recipients == []
        later = send(home, CONCLUDED + HOUR, port, **right)
        assert (later.counts["n_sent"], later.issues) == (4, [])
    assert office.recipients == [AT_ONCE, DAILY, SECOND, WEEKLY]
    assert len(office.sessions) == 1, "one connection for all"


def test_one_address_that_no_mail_can_carry_does_not_stop_the_others(home: Path) -> None:
    unusable = f"{'x' * 70}@at-once.example"  # RFC 5321 4.5.3.1.1: 64 octets before the @
    enlist(home, CONCLUDED, firm("E1", Subscription.IMMEDIATE, ("台灯", "灯泡"), (unusable, AT_ONCE)), *FIRMS[1:])
    conclude(home, CONCLUDED, TWO, "warning")
    office = PostOffice()
    with serving(office) as port:
        run = send(home, CONCLUDED, port)
        assert send(home, CONCLUDED + HOUR, port).counts["n_sent"] == 0
    assert (run.counts["n_sent"], codes(run)) == (4, [("alert-failed", "E1")])
    assert office.recipients == [AT_ONCE, DAILY, SECOND, WEEKLY]
    assert standing(home, unusable).standing == "suspended"


def test_of_two_runs_at_once_the_second_says_that_the_warehouse_is_busy(home: Path) -> None:
    office = Impatient(home)
    with serving(office) as port:
        settings = f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
        (home / "tbtwatch.toml").write_text(settings, encoding="utf-8")
        assert send(home, CONCLUDED, port, timeout_seconds=60.0).counts["n_sent"] == 1
    assert office.second is not None
    assert (office.second.returncode, office.second.stdout) == (3, "")
    assert "数据库正被另一个程序使用" in office.second.stderr
    assert "请等它结束后再试" in office.second.stderr
    assert office.recipients == [AT_ONCE]
    assert (only(home).state, only(home).n_attempts) == ("accepted", 1)


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_run_that_was_stopped_is_no_success_for_the_timer(
    cli: Callable[..., Any], home: Path, certificate: tuple[Path, Path], form: tuple[str, ...]
) -> None:
    with encrypted(PostOffice(), certificate, "starttls") as port:
        settings = f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {port}\n'
        (home / "tbtwatch.toml").write_text(settings, encoding="utf-8")
        done = cli(*form, "--home", home, "--now", CONCLUDED.isoformat(), "alert", "send")
    assert "证书未通过验证" in done.out
    assert done.code == 3
