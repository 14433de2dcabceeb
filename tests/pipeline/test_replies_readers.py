"""What readers of real mails answer, who unsubscribes, and what is not believed."""

from __future__ import annotations

import http.client
import shutil
import threading
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from alert_office import (
    AT_ONCE,
    HOUR,
    ONE,
    THREE,
    TUESDAY,
    act,
)
from case_office import at, rows
from mail_servers import DROP, HOST, planned, serving
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
    standing,
    token_of,
    told,
)

from pipeline.inbound import one_click_file
from pipeline.inbound.one_click import build_server

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


def foreign(received: EmailMessage, kind: str, mail_id: str) -> str:
    """A notice that names one of our contacts and no mail of ours."""
    strange = EmailMessage()
    strange["To"], strange["Message-ID"] = received["To"], "<somebody-elses@elsewhere.example>"
    if kind == "no-id":
        return report(strange, returns=False)
    if kind == "wrong-envelope-id":
        return report(strange, envelope_id=mail_id[:-1] + ("0" if mail_id[-1] != "0" else "1"))
    if kind == "unsubscription":
        return f"From: {received['To']}\nSubject: unsubscribe {'x' * 32}\nMessage-ID: <u@firm.example>\n\n退订\n"
    return report(strange) if kind == "foreign" else answer(strange, "退订")


@pytest.mark.parametrize("kind", ["foreign", "no-id", "wrong-envelope-id", "unsubscription", "reply"])
def test_what_refers_to_no_mail_of_ours_is_not_believed(home: Path, received: EmailMessage, kind: str) -> None:
    before = content(home, but=(*LEDGER, "inbound_mails"))
    arrive(home, BACK, foreign(received, kind, only(home).mail_id))
    run = read(home, BACK)
    assert (run.counts["n_other"], sum(run.counts.values()), run.issues) == (1, 1, [])
    assert content(home, but=(*LEDGER, "inbound_mails")) == before
    assert rows(home, "SELECT kind, mail_id, contact_id, detail FROM inbound_mails") == [("other", None, None, "")]


def test_an_answer_is_noted_and_its_text_is_not_kept(home: Path, received: EmailMessage) -> None:
    arrive(home, BACK, answer(received, "我司绝密产品受影响"))
    run = read(home, BACK)
    assert (run.counts["n_replied"], run.issues) == (1, [])
    assert ("replied", "") in contact_events(home)
    noted = "SELECT detail, occurred_at FROM case_events WHERE kind = 'noted' AND case_id = ?"
    [(detail, moment)] = rows(home, noted, THREE)
    assert ("E1" in detail, moment) == (True, BACK)
    assert rows(home, noted, ONE) == []
    assert "绝密" not in str(content(home))


@pytest.mark.parametrize("is_automatic", [False, True])
def test_an_answer_settles_a_doubt(home: Path, sent: Sent, is_automatic: bool) -> None:
    act(home, SENT, ONE, "reopened")
    with planned({"end": DROP}) as server:
        send(home, SENT + MINUTE, server.port)
        [raw] = server.received
        doubtful = next(mail for mail in mails(home) if mail.state == "in-doubt")
        assert told(home, ONE) == []
        arrive(home, BACK, answer(parsed(raw), "收到", automatic=is_automatic))
        run = read(home, BACK)
        send(home, BACK + HOUR, server.port)
        assert server.stored == [], "it is not sent again"
    assert run.counts["n_auto_replied" if is_automatic else "n_replied"] == 1
    settled = next(mail for mail in mails(home) if mail.mail_id == doubtful.mail_id)
    assert (settled.state, settled.settled_by) == ("accepted", "machine")
    assert told(home, ONE) == [("E1", SENT + MINUTE)]
    assert (("replied", "") in contact_events(home), "noted" in case_events(home, ONE)) == 2 * (not is_automatic,)


@pytest.mark.parametrize("way", ["mail", "reply", "one-click", "page"])
def test_who_unsubscribes_gets_no_more(home: Path, received: EmailMessage, way: str) -> None:
    token = token_of(received)
    if way == "mail":
        arrive(home, BACK, f"From: x@y.example\nSubject: unsubscribe {token}\nMessage-ID: <u@y.example>\n\n")
    elif way == "reply":
        arrive(home, BACK, answer(received, "退订"))
    else:
        (home / "inbox").mkdir()
        click(home, token, b"List-Unsubscribe=One-Click" if way == "one-click" else b"confirm=page")
    run = read(home, BACK + MINUTE)
    assert (run.counts["n_unsubscribed"], sum(run.counts.values()), run.issues) == (1, 1, [])
    assert standing(home, AT_ONCE).standing == "unsubscribed"
    assert contact_events(home)[-1] == ("unsubscribed", "mail" if way == "reply" else way)
    assert rows(home, "SELECT occurred_at FROM contact_events WHERE kind = 'unsubscribed'") == [(BACK,)]
    assert sum(read(home, BACK + HOUR).counts.values()) == 0
    act(home, BACK + HOUR, ONE, "reopened")
    office = PostOffice()
    with serving(office) as port:
        assert codes(send(home, BACK + HOUR, port)) == [("contact-lost", "E1")]
    assert office.recipients == []
    # what was told stays told, and the token stands nowhere but with the contact
    assert notified_at(home, BACK + HOUR, THREE) == SENT
    assert token not in str(content(home, but=("contacts",)))


def click(home: Path, token: str, body: bytes) -> None:
    """A POST to the unsubscribe page."""
    path = one_click_file(at(home, BACK).home)
    with build_server(path, HOST, 0, clock=lambda: BACK) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        connection = http.client.HTTPConnection(HOST, int(server.server_address[1]), timeout=10)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/u?t={token}", body, kind)
        assert connection.getresponse().status == 200
        connection.close()
        thread.join(10)
