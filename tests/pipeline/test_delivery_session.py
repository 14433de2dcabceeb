"""Many mails over one connection: it is kept while it is good, noticed when it is dead, and nothing goes twice."""

from __future__ import annotations

from smtplib import SMTPServerDisconnected
from time import perf_counter

import pytest
from mail_servers import DROP, RESET, SILENCE, Act, Handler, Planned, free_port, mail, planned, serving, transport

from pipeline.delivery import smtp
from warehouse.errors import StageError


def numbered(server: Planned) -> list[int]:
    """Numbers of the stored mails, in order."""
    return [n for content in server.stored for n in range(1, 300) if f"<case-{n}@office.example>".encode() in content]


def test_many_mails_share_one_connection() -> None:
    handler = Handler()
    with serving(handler) as port, transport(port) as way:
        states = {way.deliver(mail(number=n)).state for n in range(1, 31)}
    assert states == {"accepted"}
    assert len(handler.accepted) == 30
    assert len(handler.sessions) == 1


def test_the_connection_is_renewed_after_a_hundred_mails_and_left_politely() -> None:
    with planned() as server, transport(server.port) as way:
        for n in range(1, 202):
            assert way.deliver(mail(number=n)).state == "accepted"
        assert server.n_connections == 3
        assert server.commands.count(b"quit\r\n") == 2
    assert numbered(server) == list(range(1, 202))
    assert server.commands.count(b"quit\r\n") == 3
    assert server.commands.count(b"rset\r\n") == 201 - 3


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "end"])
@pytest.mark.parametrize("answer", [b"550 5.1.1 no", b"450 4.2.0 later"])
def test_a_refused_mail_does_not_cost_the_connection_nor_the_next_mail(step: str, answer: bytes) -> None:
    with planned({step: [Act(answer)]}) as server, transport(server.port) as way:
        states = [way.deliver(mail(number=n)).state for n in (1, 2)]
    assert states == ["refused" if answer.startswith(b"5") else "deferred", "accepted"]
    assert server.n_connections == 1
    assert numbered(server) == [2]


@pytest.mark.parametrize(
    "end",
    [
        Act(stores=True, drops=True),
        Act(stores=True, drops=True, resets=True),
        Act(b"250 ok\r\n421 4.4.2 idle too long, closing", stores=True, drops=True),
        Act(b"250 ok\r\n421 4.4.2 idle too long, still there", stores=True),
        Act(b"250 ok\r\n250 twice", stores=True),
    ],
    ids=["closed", "reset", "421 and closed", "421", "out of step"],
)
def test_a_connection_killed_between_two_mails_is_opened_anew_and_costs_neither(end: Act) -> None:
    notes: list[int] = []
    with planned({"end": end}) as server, transport(server.port) as way:
        first = way.deliver(mail(number=1), lambda: notes.append(1))
        second = way.deliver(mail(number=2), lambda: notes.append(2))
    if not end.resets:
        assert first.state == "accepted"  # after RST the answer itself may be lost
    assert second.state == "accepted"
    assert numbered(server) == notes == [1, 2]
    assert server.n_connections == 2
    assert server.commands.count(b"MAIL FROM:<bounce@office.example>\r\n") == 2


@pytest.mark.parametrize("trouble", [DROP, RESET, SILENCE, Act(b"421 closing"), Act(b"500 what?"), Act(b"hm?")])
def test_a_connection_that_fails_at_rset_is_opened_anew(trouble: Act) -> None:
    with planned({"rset": trouble}) as server, transport(server.port, timeout=0.3) as way:
        states = [way.deliver(mail(number=n)).state for n in (1, 2)]
    assert states == ["accepted", "accepted"]
    assert server.n_connections == 2
    assert numbered(server) == [1, 2]


def test_the_patience_for_the_mail_itself_does_not_stay_for_the_rest_of_the_session() -> None:
    began = perf_counter()
    with planned({"rset": SILENCE}) as server, transport(server.port, timeout=0.2, data_timeout=60.0) as way:
        assert [way.deliver(mail(number=n)).state for n in (1, 2)] == ["accepted", "accepted"]
    assert perf_counter() - began < 30


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "end"])
@pytest.mark.parametrize("drops", [True, False])
def test_after_421_in_a_session_the_next_mail_takes_a_new_connection(step: str, drops: bool) -> None:
    with planned({step: Act(b"421 4.3.2 shutting down", drops=drops)}) as server, transport(server.port) as way:
        first, second = (way.deliver(mail(number=n)) for n in (1, 2))
    assert (first.state, first.code, first.status) == ("deferred", 421, "4.3.2")
    assert second.state == "accepted"
    assert server.n_connections == 2
    assert numbered(server) == [2]


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_after_nonsense_the_next_mail_takes_a_new_connection(step: str) -> None:
    with planned({step: [Act(b"hm?")]}) as server, transport(server.port) as way:
        assert [way.deliver(mail(number=n)).state for n in (1, 2)] == ["deferred", "accepted"]
    assert server.n_connections == 2


@pytest.mark.parametrize(
    "trouble", [OSError("disk full"), SMTPServerDisconnected(), TimeoutError(), KeyboardInterrupt()]
)
def test_a_note_that_cannot_be_made_stops_the_mail_before_it_is_complete(trouble: BaseException) -> None:
    def fail() -> None:
        raise trouble

    with planned() as server, transport(server.port) as way:
        with pytest.raises(type(trouble)) as caught:
            way.deliver(mail(number=1), fail)
        assert caught.value is trouble
        assert way.deliver(mail(number=2)).state == "accepted"
    assert numbered(server) == [2]
    assert server.n_connections == 2
    assert server.received[0] == mail(number=1).content, "the text had gone out, its end and whatever else had not"


def test_the_note_is_made_after_the_text_and_before_its_end() -> None:
    seen: list[int] = []
    with planned() as server, transport(server.port) as way:
        way.deliver(mail(), lambda: seen.append(len(server.stored)))
    assert seen == [0]
    assert len(server.stored) == 1


def test_an_interrupt_leaves_nothing_open_and_says_no_goodbye() -> None:
    def send_until_interrupted(port: int) -> None:
        with transport(port) as way:
            way.deliver(mail())
            raise KeyboardInterrupt

    with planned() as server, pytest.raises(KeyboardInterrupt):
        send_until_interrupted(server.port)
    assert len(server.stored) == 1
    assert b"quit\r\n" not in server.commands


def test_a_server_that_is_down_is_not_asked_for_every_mail_of_the_run() -> None:
    with planned(*[{"banner": Act(b"421 busy", drops=True)}] * 9) as server, transport(server.port) as way:
        states = {way.deliver(mail(number=n)).state for n in range(1, 30)}
        assert states == {"deferred"}
        assert server.n_connections == smtp._TRIES
    with transport(server.port) as way:
        assert way.deliver(mail()).state == "deferred"


def test_no_server_is_deferred_and_a_closed_door_is_an_error() -> None:
    with transport(free_port()) as way:
        receipt = way.deliver(mail())
    assert receipt.state == "deferred"
    assert "未开放该端口" in receipt.detail
    for step in ("banner", "ehlo"):
        plan = {step: Act(b"554 no mail from you"), "helo": Act(b"554 nor like this")}
        with planned(plan) as server, transport(server.port) as way, pytest.raises(StageError, match="554"):
            way.deliver(mail())
