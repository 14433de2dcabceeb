"""One mail by SMTP against aiosmtpd: it arrives as it is, and every answer is told for what it is."""

from __future__ import annotations

import pytest
from mail_servers import DsnHandler, DsnServer, Handler, free_port, mail, message, planned, serving, transport

from pipeline.delivery import DeliveryState, OutgoingMail, outgoing
from pipeline.delivery.smtp_client import plain
from pipeline.delivery.smtp_connection import own_name
from pipeline.delivery.transport import Receipt, xtext
from warehouse.errors import StageError


def send(port: int, one: OutgoingMail | None = None, **settings: object) -> Receipt:
    with transport(port, **settings) as way:
        return way.deliver(one or mail())


def test_a_mail_arrives_octet_for_octet_at_its_one_recipient() -> None:
    handler = Handler()
    one = mail("第一行\n.一个点开头\n..两个点\n.\n尾行")
    with serving(handler) as port:
        receipt = send(port, one)
    assert receipt == Receipt(state=DeliveryState.ACCEPTED, code=250, detail="OK")
    assert handler.accepted == [("bounce@office.example", ["a@firm.example"], one.content)]
    assert one.content.isascii()


def test_lines_that_start_with_a_dot_survive() -> None:
    handler = Handler()
    one = mail(".one\n..two\n.\nlast\n")
    with serving(handler) as port:
        send(port, one)
    assert handler.accepted[0][2] == one.content
    assert one.content.endswith(b".one\r\n..two\r\n.\r\nlast\r\n")


@pytest.mark.parametrize(
    ("where", "answer", "state", "status"),
    [
        ("mail", "550 5.7.1 sender not allowed", "refused", "5.7.1"),
        ("mail", "450 4.7.1 slow down", "deferred", "4.7.1"),
        ("rcpt", "550 5.1.1 no such user <a@firm.example>", "refused", "5.1.1"),
        ("rcpt", "451 4.7.1 greylisted, try later", "deferred", "4.7.1"),
        ("rcpt", "550 no such user", "refused", ""),
        ("rcpt", "550 4.4.4 of two minds", "refused", ""),
        ("end", "554 5.7.1 looks like spam", "refused", "5.7.1"),
        ("end", "452 4.3.1 disk full", "deferred", "4.3.1"),
        ("end", "421 4.3.2 closing", "deferred", "4.3.2"),
    ],
)
def test_4xx_is_deferred_and_5xx_refused_at_every_step(where: str, answer: str, state: str, status: str) -> None:
    handler = Handler(**{where: answer})
    with serving(handler) as port:
        receipt = send(port)
    assert (receipt.state, receipt.code, receipt.status) == (state, int(answer[:3]), status)
    assert "a@firm.example" not in repr(receipt)
    assert receipt.detail == answer[4:].replace("a@firm", "***@firm")
    assert not handler.accepted


def test_a_greylisted_mail_goes_at_the_second_try() -> None:
    handler = Handler(rcpt=["451 4.7.1 come back later", "250 OK"])
    with serving(handler) as port, transport(port) as way:
        states = [way.deliver(mail()).state for _ in range(2)]
    assert states == ["deferred", "accepted"]
    assert len(handler.accepted) == 1


def test_a_server_that_wants_a_login_stops_the_run_and_blames_no_mail() -> None:
    with serving(Handler(mail="530 5.7.0 Authentication required")) as port, pytest.raises(StageError, match="先登录"):
        send(port)


def test_an_address_that_is_none_never_reaches_the_server() -> None:
    nowhere = free_port()
    for bad in ("nobody", "", "x@y.example>\r\nRCPT TO:<z@y.example", "张三@firm.example", "two words@firm.example"):
        receipt = send(nowhere, mail(recipient=bad))
        assert (receipt.state, receipt.status) == ("refused", "5.1.3")
        assert not bad or bad not in receipt.detail


def test_an_odd_but_possible_address_is_sent_as_it_is() -> None:
    with planned() as server:
        send(server.port, mail(recipient="o'brien(x)+y.@firm.example"))
    assert b"RCPT TO:<o'brien(x)+y.@firm.example>\r\n" in server.commands


def test_a_server_that_offers_notices_of_delivery_is_asked_for_them() -> None:
    class Fresh(DsnServer):
        given: list[str] = []  # noqa: RUF012

    with serving(DsnHandler(), Fresh) as port:
        receipt = send(port, mail(envelope_id="<a+b=c@office.example>", recipient="a+b=c@firm.example"))
    assert receipt.state == "accepted"
    sender, recipient = Fresh.given
    size = f"SIZE={len(mail().content)}"
    assert sender == f"{size} RET=HDRS ENVID=<a+2Bb+3Dc@office.example>"
    assert recipient == "NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb+3Dc@firm.example"


def test_a_server_that_does_not_offer_them_gets_no_parameter_it_could_refuse() -> None:
    with planned() as server:
        assert send(server.port, mail(envelope_id="x")).state == "accepted"
    assert server.commands[1:3] == [b"MAIL FROM:<bounce@office.example>\r\n", b"RCPT TO:<a@firm.example>\r\n"]


def test_xtext_is_that_of_rfc_3461() -> None:
    assert xtext("a+b=c d\te") == "a+2Bb+3Dc+20d+09e"


def test_what_cannot_travel_is_a_fault_of_the_caller() -> None:
    good = {
        "message_id": "<a@b.example>",
        "content": b"From: a\r\n\r\nx\r\n",
        "sender": "a@b.example",
        "recipient": "c@d.e",
    }
    OutgoingMail(**good)  # type: ignore[arg-type]
    OutgoingMail(**good | {"sender": ""})  # type: ignore[arg-type]
    for change in (
        {"message_id": "<>"},
        {"content": b"From: a\n\nx\n"},
        {"content": b"From: a\r\n\r\nx"},
        {"content": b"From: a\r\n\r\n.\n.\r\nx\r\n"},
        {"content": "From: 甲\r\n\r\nx\r\n".encode()},
        {"content": b"From: a\r\n\r\n" + b"x" * 999 + b"\r\n"},
        {"sender": "a b@c.example"},
        {"envelope_id": "x" * 101},
        {"envelope_id": "甲"},
    ):
        with pytest.raises(ValueError, match=r"the (mail|content|envelope)"):
            OutgoingMail(**good | change)  # type: ignore[arg-type]


def test_no_repr_shows_the_recipient_or_the_text() -> None:
    shown = repr(mail("示例正文"))
    assert "a@firm.example" not in shown
    assert "content" not in shown


def test_a_mail_whose_last_line_has_no_end_gets_one() -> None:
    bare = message()
    bare.set_payload("no end")
    assert outgoing(bare, sender="", recipient="a@firm.example").content.endswith(b"no end\r\n")


def test_a_computer_with_a_chinese_name_still_greets() -> None:
    assert own_name("审批科-01.office.example") == "[127.0.0.1]"
    assert own_name("localhost") == "[127.0.0.1]"
    assert own_name("mail.office.example") == "mail.office.example"


def test_answers_in_chinese_are_read_in_both_encodings() -> None:
    for encoding in ("utf-8", "gb18030"):
        assert plain("550 用户不存在".encode(encoding)) == "550 用户不存在"


def test_a_mail_server_cannot_be_asked_what_it_took() -> None:
    assert transport(free_port()).has_taken("<case-1@office.example>") is None
