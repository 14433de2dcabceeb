"""The reminder to the office: one plain mail, overdue cases first, and nothing in it that a title could forge."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.delivery.transport import wire_bytes
from reports.mail.facts import Sender
from reports.mail.reminder import Reminder, build_reminder
from warehouse.errors import InputError

NOW = datetime(2031, 11, 5, 1, 2, 3, tzinfo=UTC)
SENDER = Sender(office="武汉市技贸措施监测组", address="office@tbt.example", phone="")
NEAR = Reminder(
    case_id="G/TBT/N/ATL/1",
    member_zh="亚特兰蒂斯",
    title="关于虚构灯具的条例草案",
    milestone_zh="研判",
    due_at=datetime(2031, 11, 5, 16, 30, tzinfo=UTC),
    is_overdue=False,
    owner="李四",
    time_left="15小时27分",
)
LATE = replace(
    NEAR,
    case_id="G/TBT/N/ATL/2",
    milestone_zh="企业告知",
    due_at=NOW - timedelta(hours=1),
    is_overdue=True,
    owner="",
    time_left="超时1小时0分",
)
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
HOSTILE = "甲\r\nBcc: thief@evil.example\r\n\r\n· G/TBT/N/ATL/99（伪造）\u2028\u202e\x00<b>"


def build(*reminders: Reminder, sender: Sender = SENDER, recipient: str = "duty@tbt.example") -> EmailMessage:
    return build_reminder(
        reminders or (NEAR, LATE), sender=sender, recipient=recipient, message_id="<r-1@tbt.example>", date=NOW
    )


def read_back(message: EmailMessage) -> EmailMessage:
    """The mail as a mail program gets it."""
    found = email.message_from_bytes(wire_bytes(message), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def body(message: EmailMessage) -> list[str]:
    content = read_back(message).get_content()
    assert isinstance(content, str)
    # the mail's own line ends alone: what looks like one within a title is the title's
    return content.replace("\r\n", "\n").split("\n")


def test_the_headers_say_from_whom_to_whom_and_that_a_program_wrote_it() -> None:
    message = read_back(build())
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("武汉市技贸措施监测组", "office@tbt.example")
    assert [address.addr_spec for address in message["To"].addresses] == ["duty@tbt.example"]
    assert message["Date"].datetime == NOW
    assert message["Date"].datetime.utcoffset() == timedelta(hours=8)
    assert message["Message-ID"] == "<r-1@tbt.example>"
    assert (message["Auto-Submitted"], message["Content-Language"]) == ("auto-generated", "zh-CN")
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"


@pytest.mark.parametrize(
    ("reminders", "subject"),
    [
        ((NEAR,), "【督办】1项临近时限"),
        ((LATE,), "【督办】1项已超时"),
        ((NEAR, LATE, NEAR), "【督办】1项已超时、2项临近时限"),
        ((LATE,) * 1234, "【督办】1234项已超时"),
    ],
    ids=["near", "late", "both", "many"],
)
def test_the_subject_counts_what_is_late_before_what_is_near(reminders: tuple[Reminder, ...], subject: str) -> None:
    assert read_back(build(*reminders))["Subject"] == subject


def test_the_chinese_text_travels_in_seven_bits_and_decodes_to_itself() -> None:
    octets = wire_bytes(build())
    assert octets.isascii()
    assert all(len(line) <= 78 for line in octets.split(b"\r\n"))
    assert body(build()) == [
        "截至2031年11月5日09:02，以下案件需要办理：",
        "",
        "【已超时】",
        "· G/TBT/N/ATL/2（亚特兰蒂斯）关于虚构灯具的条例草案",
        "  企业告知：时限11月5日08:02，超时1小时0分；责任人：未指定",
        "",
        "【临近时限】",
        "· G/TBT/N/ATL/1（亚特兰蒂斯）关于虚构灯具的条例草案",
        "  研判：时限11月6日00:30，15小时27分；责任人：李四",
        "",
        "每个节点临近时限和超时时各提醒一次。查看：tbtwatch cases --due",
        "武汉市技贸措施监测组",
        "",
    ]


def test_a_heading_without_cases_is_left_out() -> None:
    assert "【已超时】" not in body(build(NEAR))
    assert "【临近时限】" not in body(build(LATE))


def test_under_each_heading_what_is_due_first_stands_first() -> None:
    given_ = [replace(NEAR, case_id=f"C-{n}", due_at=NOW + timedelta(hours=n)) for n in (3, 1, 2)]
    cases = [line for line in body(build(*given_)) if line.startswith("· ")]
    assert [line.partition("（")[0] for line in cases] == ["· C-1", "· C-2", "· C-3"]


def test_the_same_input_gives_the_same_bytes() -> None:
    assert wire_bytes(build()) == wire_bytes(build())
    assert wire_bytes(build(NEAR)) != wire_bytes(build(LATE))


def assert_nothing_forged(message: EmailMessage) -> None:
    """The headers are those of a harmless mail, and the text has the lines of one case."""
    harmless = build(NEAR)
    found = read_back(message)
    assert found.keys() == read_back(harmless).keys()
    assert not found.defects
    assert [address.addr_spec for address in found["To"].addresses] == ["duty@tbt.example"]
    assert found["Subject"] == "【督办】1项临近时限"
    assert len(body(message)) == len(body(harmless))


@pytest.mark.parametrize("field", ["title", "owner", "member_zh"])
def test_a_hostile_text_neither_adds_a_header_nor_a_line(field: str) -> None:
    message = build(replace(NEAR, **{field: HOSTILE}))  # type: ignore[arg-type]
    assert_nothing_forged(message)
    text = "\n".join(body(message))
    assert not set(text) & {"\r", "\u2028", "\u202e", "\x00"}


@settings(max_examples=30, deadline=None)
@given(title=ANY_TEXT, member=ANY_TEXT)
def test_no_title_whatever_breaks_the_mail(title: str, member: str) -> None:
    assert_nothing_forged(build(replace(NEAR, title=title, member_zh=member)))


@settings(max_examples=30, deadline=None)
@given(owner=ANY_TEXT)
def test_no_owner_whatever_breaks_the_mail(owner: str) -> None:
    assert_nothing_forged(build(replace(NEAR, owner=owner)))


@settings(max_examples=30, deadline=None)
@given(office=ANY_TEXT)
def test_no_name_of_an_office_whatever_breaks_the_mail(office: str) -> None:
    message = build(NEAR, sender=replace(SENDER, office=office))
    assert_nothing_forged(message)
    [sender] = read_back(message)["From"].addresses
    assert sender.addr_spec == "office@tbt.example"


def test_a_very_long_title_is_cut_and_a_blank_owner_is_nobody() -> None:
    line = next(line for line in body(build(replace(NEAR, title="长" * 500))) if line.startswith("· "))
    assert line.count("长") == 60
    assert body(build(replace(NEAR, owner="")))[4].endswith("责任人：未指定")


@pytest.mark.parametrize("address", ["", "张三@tbt.example", "a b@tbt.example", "a@b.example\r\nBcc: c@d.example"])
def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(InputError, match="督办提醒的收件地址") as caught:
        build(recipient=address)
    assert not address or address not in str(caught.value)
    with pytest.raises(InputError, match="发件地址"):
        build(sender=replace(SENDER, address=address))
