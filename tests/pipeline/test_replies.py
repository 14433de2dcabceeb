"""Bounces of real mails, and what they do to mails, contacts and cases."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from alert_office import (
    AT_ONCE,
    DAILY,
    FIRMS,
    HOUR,
    ONE,
    SECOND,
    THREE,
    TUESDAY,
    TWO,
    WEDNESDAY_9,
    WEEKLY,
    act,
    conclude,
    enlist,
    firm,
    office_context,
)
from case_office import at, rows
from mail_servers import DROP, HOST, free_port, planned, serving
from smtp_office import (
    MINUTE,
    PostOffice,
    Sent,
    answer,
    arrive,
    case_events,
    codes,
    contact_events,
    content,
    mails,
    notified_at,
    only,
    parsed,
    read,
    report,
    send,
    send_one,
    smtp,
    standing,
    told,
)

from pipeline.config import Settings
from pipeline.steps.contacts import OfficerAct, act_on_contact
from pipeline.steps.outbox import settle
from pipeline.steps.read_replies import read_replies
from pipeline.steps.send_alerts import send_alerts
from warehouse.errors import StageError
from warehouse.records import Subscription

DAY = timedelta(days=1)
BY = "研判岗甲"
SENT = TUESDAY + 2 * HOUR
BACK = SENT + HOUR
FULL: dict[str, Any] = {"status": "5.2.2", "words": "552 5.2.2 <{to}>: mailbox full"}
LEDGER = ("runs", "issues")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A home whose one mail of Tuesday 18:00 a server took: the third case, to its only firm. Never changed."""
    return send_one(tmp_path_factory.mktemp("replies") / "home", SENT)


@pytest.fixture
def home(sent: Sent, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sent.home, tmp_path / "home"))


@pytest.fixture
def received(sent: Sent) -> EmailMessage:
    """The mail as the server has it."""
    return sent.message


@pytest.mark.parametrize("named", ["envelope-id", "message-id", "both"])
def test_a_hard_bounce_takes_the_telling_back(sent: Sent, home: Path, received: EmailMessage, named: str) -> None:
    assert (only(home).state, notified_at(home, SENT, THREE)) == ("accepted", SENT)
    found = sent.envelope_id if named != "message-id" else ""
    arrive(home, BACK, report(received, envelope_id=found, returns=named != "envelope-id"))
    run = read(home, BACK + MINUTE)
    assert (run.counts["n_bounced"], codes(run), run.outcome) == (1, [("alert-bounced", "E1")], "findings")
    assert "电话告知" in run.issues[0].next_step
    mail = only(home)
    assert (mail.state, mail.smtp_status, mail.ended_at) == ("bounced", "5.1.1", BACK)
    assert (standing(home, AT_ONCE).standing, standing(home, AT_ONCE).reason) == ("suspended", "bounce")
    assert case_events(home).count("undelivered") == 1
    assert notified_at(home, BACK + MINUTE, THREE) is None
    assert AT_ONCE not in str(content(home, but=("contacts",)))


def test_the_firm_is_to_be_phoned_and_the_note_silences_it(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, report(received))
    read(home, BACK)
    office = PostOffice()
    with serving(office) as port:
        assert codes(send(home, BACK + HOUR, port)) == [("contact-lost", "E1")]
        act(home, BACK + HOUR, THREE, "told", "已电话告知关务", code="E1")
        assert send(home, BACK + 2 * HOUR, port).issues == []
    assert office.recipients == []
    assert notified_at(home, BACK + 2 * HOUR, THREE) == BACK + HOUR


def test_a_contact_that_is_resumed_gets_what_came_back(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, report(received))
    read(home, BACK)
    office = PostOffice()
    with serving(office) as port:
        send(home, BACK + HOUR, port)
        assert office.recipients == []
        resume = OfficerAct(kind="resumed", firm="E1", by=BY, words="邮箱已恢复")
        act_on_contact(at(home, BACK + 2 * HOUR), resume)
        run = send(home, BACK + 3 * HOUR, port)
        assert (run.counts["n_sent"], run.issues) == (1, [])
        read(home, BACK + 4 * HOUR)  # the same bounce again
        send(home, BACK + 5 * HOUR, port)
    assert office.recipients == [AT_ONCE]
    assert office.to(AT_ONCE)[0]["Message-ID"] == received["Message-ID"]
    assert (only(home).state, standing(home, AT_ONCE).standing) == ("accepted", "open")
    assert told(home, THREE) == [("E1", SENT), ("E1", BACK + 3 * HOUR)]
    assert notified_at(home, BACK + 5 * HOUR, THREE) == BACK + 3 * HOUR


def test_a_corrected_list_tells_the_new_address(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, report(received))
    read(home, BACK)
    corrected = firm("E1", Subscription.IMMEDIATE, ("台灯", "灯泡"), ("new@at-once.example",))
    enlist(home, BACK + HOUR, corrected, *FIRMS[1:])
    office = PostOffice()
    with serving(office) as port:
        run = send(home, BACK + HOUR, port)
    assert (office.recipients, run.issues) == (["new@at-once.example"], [])
    assert notified_at(home, BACK + HOUR, THREE) == BACK + HOUR


def test_a_soft_bounce_is_sent_again_later(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, report(received, **FULL))
    run = read(home, BACK)
    assert (run.counts["n_soft_bounced"], codes(run)) == (1, [("alert-bounced", "E1")])
    assert "自动重发" in run.issues[0].next_step
    mail = only(home)
    assert (mail.state, mail.next_attempt_at) == ("retry", BACK + 10 * MINUTE)
    assert standing(home, AT_ONCE).standing == "open"
    assert ("soft-bounced", "") in contact_events(home)
    office = PostOffice()
    with serving(office) as port:
        assert send(home, BACK + 5 * MINUTE, port).counts["n_waiting"] >= 1
        assert office.recipients == []
        assert send(home, BACK + 10 * MINUTE, port).counts["n_sent"] == 1
        send(home, BACK + HOUR, port)
    assert office.recipients == [AT_ONCE]
    assert (only(home).state, only(home).n_attempts) == ("accepted", 2)


def test_a_mail_that_comes_back_for_three_days_ends(home: Path, received: EmailMessage) -> None:
    late = SENT + 72 * HOUR
    arrive(home, late, report(received, **FULL))
    run = read(home, late)
    assert (only(home).state, codes(run)) == ("bounced", [("alert-bounced", "E1")])
    assert "电话告知" in run.issues[0].next_step
    assert (standing(home, AT_ONCE).standing, notified_at(home, late, THREE)) == ("open", None)


@pytest.mark.parametrize(
    "end",
    [
        "refused",
        "officer",
        "withdrawn",
    ],
)
def test_what_came_back_and_then_failed_is_not_told(home: Path, received: EmailMessage, end: str) -> None:
    if end == "officer":
        settle(at(home, BACK), only(home).mail_id, "failed", actor=BY)
    else:
        arrive(home, BACK, report(received, **FULL))
        read(home, BACK)
    if end == "withdrawn":
        act_on_contact(at(home, BACK), OfficerAct(kind="suspended", firm="E1", by=BY, words="离职"))
    office = PostOffice(rcpt="550 5.1.1 user unknown")
    with serving(office) as port:
        send(home, BACK + HOUR, port)
    assert only(home).state == ("withdrawn" if end == "withdrawn" else "failed")
    assert notified_at(home, BACK + HOUR, THREE) is None


def test_a_delay_and_a_success_change_nothing(home: Path, received: EmailMessage) -> None:
    before = content(home, but=(*LEDGER, "inbound_mails"))
    late: dict[str, Any] = {"action": "delayed", "status": "4.4.1", "words": "connection timed out"}
    arrive(home, BACK, report(received, **late, number=1), 1)
    arrive(home, BACK, report(received, action="relayed", status="2.0.0", words="250 OK", number=2), 2)
    run = read(home, BACK)
    assert (run.counts["n_delayed"], run.counts["n_other"], run.issues) == (1, 1, [])
    assert content(home, but=(*LEDGER, "inbound_mails")) == before


def test_reading_twice_changes_nothing(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, report(received), 1)
    arrive(home, BACK, answer(received, "已收到，请问何时截止？"), 2)
    arrive(home, BACK, answer(received, "我不在", automatic=True, number=2), 3)
    first = read(home, BACK + MINUTE)
    assert sum(first.counts.values()) == 3
    before = content(home, but=LEDGER)
    second = read(home, BACK + HOUR)
    assert (sum(second.counts.values()), second.issues) == (0, [])
    # a mail program marks what it has shown by renaming the file, or keeps a copy
    for path in (home / "inbox" / "new").iterdir():
        shutil.copy(path, home / "inbox" / "cur" / f"{path.name}:2,S")
    assert sum(read(home, BACK + 2 * HOUR).counts.values()) == 0
    assert content(home, but=LEDGER) == before


def test_a_bounce_settles_a_doubt_too(home: Path) -> None:
    act(home, SENT, ONE, "reopened")
    with planned({"end": DROP}) as server:
        send(home, SENT + MINUTE, server.port)
        [raw] = server.received
    arrive(home, BACK, report(parsed(raw)))
    read(home, BACK)
    assert sorted(mail.state for mail in mails(home)) == ["accepted", "bounced"]
    assert told(home, ONE) == []


def test_one_bounce_of_two_contacts_leaves_the_firm_told(home: Path) -> None:
    office = PostOffice()
    with serving(office) as port:
        conclude(home, BACK, TWO, "warning")
        send(home, BACK, port)
        arrive(home, BACK + HOUR, report(office.to(DAILY)[0]))
        read(home, BACK + HOUR)
        assert "contact-lost" not in [code for code, _ in codes(send(home, BACK + 2 * HOUR, port))]
    assert (standing(home, DAILY).standing, standing(home, SECOND).standing) == ("suspended", "open")
    assert "undelivered" not in case_events(home, TWO)
    assert notified_at(home, BACK + 2 * HOUR, TWO) == BACK
    assert WEEKLY in office.recipients


def test_a_digest_that_comes_back_takes_back_all_that_it_told(home: Path) -> None:
    act(home, BACK, ONE, "reopened")
    conclude(home, BACK, TWO)
    office = PostOffice()
    with serving(office) as port:
        send(home, WEDNESDAY_9, port)
        assert only(home, WEEKLY).kind in ("bundle", "weekly")
        arrive(home, WEDNESDAY_9 + HOUR, report(office.to(WEEKLY)[0]))
        run = read(home, WEDNESDAY_9 + HOUR)
    assert codes(run) == [("alert-bounced", "E3")]
    assert (notified_at(home, WEDNESDAY_9, ONE), notified_at(home, WEDNESDAY_9, TWO)) == (None, None)
    for case_id in (ONE, TWO):
        assert case_events(home, case_id).count("undelivered") == 1


@pytest.mark.parametrize("minutes", [-30, 0, 30 * 60])
def test_a_clock_of_the_mail_server_that_is_wrong_does_not_keep_a_bounce_from_counting(
    home: Path, received: EmailMessage, minutes: int
) -> None:
    """Stamped before the mail went out, or ahead of our own clock."""
    arrive(home, SENT + minutes * MINUTE, report(received))
    read(home, BACK)
    assert notified_at(home, BACK, THREE) is None
    assert SENT <= (only(home).ended_at or TUESDAY) <= BACK
    assert standing(home, AT_ONCE).standing == "suspended"


def test_what_was_read_before_the_trouble_is_kept(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, report(received))
    down = {"host": HOST, "port": free_port(), "security": "none", "user": "office", "password": "x"}
    with pytest.raises(StageError):
        read_replies(office_context(home, BACK, inbox={"folder": str(home / "inbox"), **down}))
    assert (only(home).state, standing(home, AT_ONCE).standing) == ("bounced", "suspended")
    assert notified_at(home, BACK, THREE) is None
    assert rows(home, "SELECT outcome FROM runs WHERE step = 'replies'") == [("failed",)]
    assert rows(home, "SELECT subject FROM issues WHERE code = 'alert-bounced'") == [("E1",)]


def test_a_bad_address_is_not_tried_over_and_over_where_clocks_differ(home: Path, received: EmailMessage) -> None:
    """Our mail server's clock is half an hour behind: the bounce is stamped before the officer resumed the contact."""
    arrive(home, BACK, report(received))
    read(home, BACK)
    act_on_contact(at(home, BACK + HOUR), OfficerAct(kind="resumed", firm="E1", by=BY, words="邮箱已恢复"))
    office = PostOffice()
    with serving(office) as port:
        send(home, BACK + HOUR, port)
        arrive(home, BACK + 30 * MINUTE, report(received, number=2), 2)
        read(home, BACK + 2 * HOUR)
        send(home, BACK + 3 * HOUR, port)
    assert (only(home).state, standing(home, AT_ONCE).standing) == ("bounced", "suspended")
    assert office.recipients == [AT_ONCE]


def test_a_bounce_is_known_though_the_office_changed_its_address_meanwhile(home: Path) -> None:
    act(home, SENT, ONE, "reopened")
    office = PostOffice(rcpt=["451 4.7.1 greylisted", "250 OK"])
    with serving(office) as port:
        send(home, SENT, port)
        moved = smtp(home, SENT + HOUR, port)
        given = {**moved.settings.model_dump(), "office": {"email": "tbt@new-office.example"}}
        send_alerts(replace(moved, settings=Settings(**given)), include_unreviewed=False)
    arrive(home, BACK, report(office.to(AT_ONCE)[0]))  # by a server that knows no ENVID
    assert read(home, BACK).counts["n_bounced"] == 1
