"""Alerts through a real mail server: the consequence of each answer, and what arrives."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import dkim
import pytest
from alert_office import (
    AT_ONCE,
    DAILY,
    FIRMS,
    HOUR,
    ONE,
    SECOND,
    THREE,
    TWO,
    WEDNESDAY_9,
    WEEKLY,
    act,
    conclude,
    enlist,
    firm,
    happen,
    text,
)
from case_office import at, rows
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from mail_servers import SECRET, checked, make_certificate, server_context, serving
from smtp_office import (
    CONCLUDED,
    MINUTE,
    PostOffice,
    codes,
    content,
    mails,
    notified_at,
    only,
    open_smtp_office,
    send,
    smtp,
    standing,
    token_of,
    told,
)

from pipeline.alerts.offers import Hold
from pipeline.delivery.dkim import open_signer
from pipeline.steps.outbox import settle
from pipeline.steps.plan_alerts import preview_alerts
from warehouse.records import Subscription

DAY = timedelta(days=1)
BY = "研判岗甲"
UNKNOWN_USER = "550 5.1.1 <{}>: user unknown"


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


def hold(home: Path, case_id: str, address: str) -> Hold | None:
    """Why a contact is told nothing of a case now."""
    plan = preview_alerts(at(home, CONCLUDED), include_unreviewed=False)
    [offer] = [o for o in plan.offers if o.case_id == case_id and o.contact and o.contact.email == address]
    return offer.hold


def test_what_the_server_takes_is_told(home: Path) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    office = PostOffice()
    with serving(office) as port:
        run = send(home, CONCLUDED, port)
        assert office.recipients == [AT_ONCE, DAILY, SECOND, WEEKLY]
        assert (run.counts["n_sent"], run.issues, run.outcome) == (4, [], "done")
        again = send(home, CONCLUDED + HOUR, port)
    assert (again.counts["n_sent"], len(office.accepted)) == (0, 4)
    assert {(mail.state, mail.smtp_code, mail.n_attempts) for mail in mails(home)} == {("accepted", 250, 1)}
    assert told(home, TWO) == [("E2", CONCLUDED), ("E2", CONCLUDED), ("E3", CONCLUDED)]
    assert notified_at(home, CONCLUDED + 3 * DAY, TWO) == CONCLUDED
    # two firms of the first case wait for their digests
    assert told(home, ONE) == [("E1", CONCLUDED)]
    assert notified_at(home, CONCLUDED + 3 * DAY, ONE) is None


def test_every_mail_has_one_recipient_who_stands_in_to(home: Path) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    office = PostOffice()
    with serving(office) as port:
        send(home, CONCLUDED, port, bounce_address="bounce@office.example")
    for sender, recipients, _ in office.accepted:
        [message] = office.to(recipients[0])
        assert sender == "bounce@office.example"
        assert [address.addr_spec for address in message["To"].addresses] == recipients
        assert (message["Cc"], message["Bcc"]) == (None, None)


def test_greylisting_is_waited_for(home: Path) -> None:
    office = PostOffice(rcpt=["451 4.7.1 greylisted, try again later", "250 OK"])
    with serving(office) as port:
        first = send(home, CONCLUDED, port)
        assert (first.counts["n_retry"], first.outcome, codes(first)) == (1, "findings", [("alert-retry", "E1")])
        assert "17:10" in first.issues[0].next_step
        mail = only(home)
        assert (mail.state, mail.smtp_code, mail.smtp_status) == ("retry", 451, "4.7.1")
        assert mail.next_attempt_at == CONCLUDED + 10 * MINUTE
        early = send(home, CONCLUDED + 9 * MINUTE, port)
        assert (early.counts["n_waiting"] >= 1, early.counts["n_retry"], len(office.sessions)) == (True, 0, 1)
        assert told(home, ONE) == []
        late = send(home, CONCLUDED + 10 * MINUTE, port)
        assert (late.counts["n_sent"], late.issues) == (1, [])
        send(home, CONCLUDED + 30 * MINUTE, port)
    assert office.recipients == [AT_ONCE]
    assert (only(home).state, only(home).n_attempts, only(home).next_attempt_at) == ("accepted", 2, None)
    assert told(home, ONE) == [("E1", CONCLUDED + 10 * MINUTE)]


def test_a_server_that_puts_off_after_the_dot_has_not_taken_it(home: Path) -> None:
    office = PostOffice(end=["452 4.3.1 no room", "250 OK"])
    with serving(office) as port:
        send(home, CONCLUDED, port)
        assert (only(home).state, only(home).n_attempts) == ("retry", 1)
        send(home, CONCLUDED + 10 * MINUTE, port)
    assert (only(home).state, only(home).n_attempts) == ("accepted", 2)
    assert (office.seen, len(office.accepted)) == (2, 1)


@pytest.mark.parametrize(
    "words", [UNKNOWN_USER, "550 no such user", "553 5.1.3 bad address", "550 5.2.1 <{}> disabled"]
)
def test_an_address_that_is_refused_is_not_written_to_again(home: Path, words: str) -> None:
    office = PostOffice()
    office.refused[AT_ONCE] = words.format(AT_ONCE)
    with serving(office) as port:
        run = send(home, CONCLUDED, port)
        assert (run.counts["n_failed"], codes(run)) == (1, [("alert-failed", "E1")])
        assert (only(home).state, standing(home, AT_ONCE).standing) == ("failed", "suspended")
        assert told(home, ONE) == []
        conclude(home, CONCLUDED + HOUR, THREE, "warning")
        run = send(home, CONCLUDED + HOUR, port)
        assert len(office.sessions) == 1, "nobody asked the server again"
        assert (hold(home, ONE, AT_ONCE), hold(home, THREE, AT_ONCE)) == (Hold.FAILED, Hold.SUSPENDED)
        lost = [issue for issue in run.issues if issue.code == "contact-lost"]
        assert sorted(issue.value for issue in lost) == [ONE, THREE]
        assert all(f"case notify {issue.value} --firm E1" in issue.next_step for issue in lost)
        assert any("联系人失效" in issue.message for issue in lost)
        act(home, CONCLUDED + HOUR, THREE, "told", "已电话告知关务", code="E1")
        run = send(home, CONCLUDED + 2 * HOUR, port)
        assert [issue.value for issue in run.issues] == [ONE]
    assert notified_at(home, CONCLUDED + 3 * DAY, THREE) == CONCLUDED + HOUR
    assert mails(home)[0].smtp_code in (550, 553)


def test_a_corrected_address_gets_what_the_wrong_one_did_not(home: Path) -> None:
    office = PostOffice()
    office.refused[AT_ONCE] = UNKNOWN_USER.format(AT_ONCE)
    corrected = firm("E1", Subscription.IMMEDIATE, ("台灯", "灯泡"), ("new@at-once.example",))
    with serving(office) as port:
        send(home, CONCLUDED, port)
        enlist(home, CONCLUDED + HOUR, corrected, *FIRMS[1:])
        run = send(home, CONCLUDED + HOUR, port)
        assert (run.counts["n_sent"], run.issues) == (1, [])
        send(home, CONCLUDED + 2 * HOUR, port)
    assert office.recipients == ["new@at-once.example"]
    assert told(home, ONE) == [("E1", CONCLUDED + HOUR)]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("rcpt", "550 5.7.1 client host blocked by policy"),
        ("rcpt", "554 5.7.1 relay access denied"),
        ("rcpt", "550 Mail content denied: blacklist"),
        ("mail", "501 mail from address must be same as authorization user"),
        ("end", "554 5.7.1 message looks like spam"),
        ("end", "554 DT:SPM 163 mx5,content rejected"),
        ("end", "552 5.3.4 message too big"),
        ("end", "554 transaction failed"),
        ("rcpt", "552 5.2.2 mailbox full"),
        ("mail", "553 Mail from must equal authorized user"),
    ],
)
def test_what_is_not_the_addresss_fault_does_not_suspend_it(home: Path, step: str, words: str) -> None:
    office = PostOffice(**{step: words})
    with serving(office) as port:
        run = send(home, CONCLUDED, port)
        assert codes(run) == [("alert-failed", "E1")]
        assert (only(home).state, standing(home, AT_ONCE).standing) == ("failed", "open")
        office.answers.clear()
        # nobody tries it again by itself: the same mail would meet the same answer
        assert codes(send(home, CONCLUDED + HOUR, port)) == [("contact-lost", "E1")]
        settle(at(home, CONCLUDED + 2 * HOUR), only(home).mail_id, "resend", actor=BY)
        assert send(home, CONCLUDED + 2 * HOUR, port).counts["n_sent"] == 1
    assert office.recipients == [AT_ONCE]


def test_a_firm_is_told_when_one_of_its_contacts_gets_the_mail(home: Path) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    office = PostOffice()
    office.refused[DAILY] = UNKNOWN_USER.format(DAILY)
    with serving(office) as port:
        run = send(home, CONCLUDED, port)
        assert (run.counts["n_sent"], run.counts["n_failed"]) == (3, 1)
        assert codes(run) == [("alert-failed", "E2")]
        assert "contact-lost" not in [code for code, _ in codes(send(home, CONCLUDED + HOUR, port))]
    assert office.recipients == [AT_ONCE, SECOND, WEEKLY]
    assert (standing(home, DAILY).standing, standing(home, SECOND).standing) == ("suspended", "open")
    assert told(home, TWO) == [("E2", CONCLUDED), ("E3", CONCLUDED)]
    assert notified_at(home, CONCLUDED + 3 * DAY, TWO) == CONCLUDED


def test_seventy_two_hours_of_trying_end_in_failure(home: Path) -> None:
    office = PostOffice()
    office.refused[AT_ONCE] = "451 4.2.0 try again later"
    moments: list[datetime] = []
    now = CONCLUDED
    with serving(office) as port:
        while not moments or only(home, AT_ONCE).state == "retry":
            run = send(home, now, port)
            moments.append(now)
            assert len(moments) < 40
            now = only(home, AT_ONCE).next_attempt_at or now
        assert CONCLUDED + 60 * HOUR < moments[-1] <= CONCLUDED + 72 * HOUR
        mail = only(home, AT_ONCE)
        assert (mail.state, mail.n_attempts, mail.smtp_code) == ("failed", len(moments), 451)
        assert mail.detail.startswith("72小时内未能送达")
        assert ("alert-failed", "E1") in codes(run)
        assert standing(home, AT_ONCE).standing == "open"
        office.refused.clear()
        later = send(home, now + HOUR, port)
    assert ("contact-lost", "E1") in codes(later)
    assert AT_ONCE not in office.recipients
    assert "E1" not in [firm_id for firm_id, _ in told(home, ONE)]


def test_an_unsubscribed_contact_gets_nothing_not_even_what_waits(home: Path) -> None:
    office = PostOffice(rcpt=["451 4.7.1 greylisted", "250 OK"])
    with serving(office) as port:
        send(home, CONCLUDED, port)
        happen(home, CONCLUDED + MINUTE, AT_ONCE, "unsubscribed", "mail")
        conclude(home, CONCLUDED + MINUTE, THREE, "warning")
        run = send(home, CONCLUDED + HOUR, port)
    assert (office.recipients, only(home).state) == ([], "withdrawn")
    assert codes(run) == [("contact-lost", "E1"), ("contact-lost", "E1")]
    assert {hold(home, ONE, AT_ONCE), hold(home, THREE, AT_ONCE)} == {Hold.UNSUBSCRIBED}


def test_a_mail_that_waits_is_withdrawn_with_its_case(home: Path) -> None:
    office = PostOffice(rcpt=["451 4.7.1 greylisted", "250 OK"])
    with serving(office) as port:
        send(home, CONCLUDED, port)
        act(home, CONCLUDED + MINUTE, ONE, "closed", code="done")
        run = send(home, CONCLUDED + HOUR, port)
        assert (run.counts["n_sent"], office.recipients, only(home).state) == (0, [], "withdrawn")
        act(home, CONCLUDED + 2 * HOUR, ONE, "reopened")
        send(home, CONCLUDED + 2 * HOUR, port)
    assert (office.recipients, only(home).state) == ([AT_ONCE], "accepted")
    assert told(home, ONE) == [("E1", CONCLUDED + 2 * HOUR)]


def test_a_digest_that_waited_tells_only_what_is_still_open(home: Path) -> None:
    conclude(home, CONCLUDED, TWO)
    office = PostOffice()
    office.refused[DAILY] = "451 4.7.1 greylisted"
    with serving(office) as port:
        send(home, WEDNESDAY_9, port)
        assert only(home, DAILY).kind == "daily"
        act(home, WEDNESDAY_9 + MINUTE, ONE, "closed", code="done")
        office.refused.clear()
        send(home, WEDNESDAY_9 + HOUR, port)
        [first] = office.to(DAILY)
        assert (TWO in text(first), ONE in text(first), ONE in str(first["Subject"])) == (True, False, False)
        assert ("E2", WEDNESDAY_9 + HOUR) in told(home, TWO)
        assert ("E2", WEDNESDAY_9 + HOUR) not in told(home, ONE)
        act(home, WEDNESDAY_9 + 2 * HOUR, ONE, "reopened")
        send(home, WEDNESDAY_9 + DAY, port)
        send(home, WEDNESDAY_9 + 2 * DAY, port)
    [_, second] = office.to(DAILY)
    assert (ONE in text(second), TWO in text(second)) == (True, False)
    assert second["Message-ID"] != first["Message-ID"]
    # the other contact of the firm had both at once
    assert len(office.to(SECOND)) == 1


@pytest.mark.parametrize("is_waiting", [False, True])
def test_the_signature_verifies_on_what_arrived(home: Path, tmp_path: Path, is_waiting: bool) -> None:
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path / "dkim.pem"
    path.touch(0o600)
    path.write_bytes(key)
    stated = {"dkim_domain": "example.com", "dkim_selector": "tbt1", "dkim_key_file": str(path)}
    office = PostOffice(rcpt=["451 later", "250 OK"] if is_waiting else "250 OK")
    with serving(office) as port:
        send(home, CONCLUDED, port, **stated)
        send(home, CONCLUDED + HOUR, port, **stated)
    signer = open_signer(smtp(home, CONCLUDED, 25, **stated).settings.mail)
    assert signer is not None
    records = {f"{signer.name}.".encode(): signer.record.encode()}
    [(_, _, arrived)] = office.accepted

    def verifies(raw: bytes) -> bool:
        return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: records.get(name)))

    assert verifies(arrived)
    assert not verifies(arrived.replace(b"Subject: ", b"Subject: x", 1))


def test_each_mail_carries_the_token_of_its_own_contact(home: Path) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    office = PostOffice()
    with serving(office) as port:
        send(home, CONCLUDED, port, unsubscribe_url="https://office.example/u")
    tokens = dict(rows(home, "SELECT email, unsubscribe_token FROM contacts"))
    assert len(set(tokens.values())) == 4
    for _, [address], raw in office.accepted:
        [message] = office.to(address)
        links = message["List-Unsubscribe"]
        assert token_of(message) == tokens[address]
        assert f"<https://office.example/u?t={tokens[address]}>" in links
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        whole = raw.decode() + text(message)
        assert not any(token in whole for other, token in tokens.items() if other != address)


SETTINGS = """[mail]
transport = "smtp"
host = "127.0.0.1"
port = {port}
security = "starttls"
ca_file = "{ca_file}"
user = "office"
"""


@pytest.mark.parametrize("words", ["550 5.1.1 <{}>: user unknown", "451 4.7.1 <{}> greylisted", "250 OK for {}"])
def test_neither_addresses_nor_the_password_stand_in_logs_or_tables(
    cli: Callable[..., Any], home: Path, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    office = PostOffice(end=words.format(f"{AT_ONCE}, {DAILY}"))
    if not words.startswith("250"):
        office.refused = {address: words.format(address) for address in (AT_ONCE, DAILY, SECOND, WEEKLY)}
    monkeypatch.setenv("TBTWATCH_MAIL__PASSWORD", SECRET)
    said = []
    with serving(office, tls_context=server_context(certificate), authenticator=checked) as port:
        settings = SETTINGS.format(port=port, ca_file=certificate[0])
        (home / "tbtwatch.toml").write_text(settings, encoding="utf-8")
        for hours in (1, 2):
            for form in ((), ("--json",)):
                done = cli(*form, "--home", home, "--now", (CONCLUDED + hours * HOUR).isoformat(), "alert", "send")
                assert done.code in (0, 1)
                said += [done.out, done.err]
        monkeypatch.setenv("TBTWATCH_MAIL__PASSWORD", "wr0ng-word")
        conclude(home, CONCLUDED + 3 * HOUR, THREE, "warning")
        done = cli("--home", home, "--now", (CONCLUDED + 3 * HOUR).isoformat(), "alert", "send")
        said += [done.out, done.err]
    for command in (("alert", "outbox"), ("alert", "preview"), ("status",)):
        done = cli("--json", "--home", home, "--now", (CONCLUDED + 3 * HOUR).isoformat(), *command)
        said += [done.out, done.err]
    kept = content(home, but=("contacts",))
    assert len(kept["mails"]) == 5 if words.startswith("250") else len(kept["mails"]) >= 4
    everything = "\n".join([*said, *(str(row) for table in kept.values() for row in table)])
    for secret in (AT_ONCE, DAILY, SECOND, WEEKLY, SECRET, "wr0ng-word"):
        assert secret not in everything
    assert "***@" in everything or "a***@" in everything
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in files)
    names = [path for path in files if AT_ONCE.encode() in path.read_bytes()]
    assert {path.name for path in names} <= {"warehouse.duckdb", "warehouse.duckdb.wal"}
