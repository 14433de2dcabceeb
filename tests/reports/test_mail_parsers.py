"""Every kind of mail read by a parser that shares no code with the writer (Rust mailparse)."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage

import fast_mail_parser
import pytest
from mail_reader import calendar_of, html_of, text_of
from mail_sample import FACTS, HEAD, UPDATE, UPDATE_HEAD, digest

from reports.mail import DigestKind, build_alert, build_digest, build_update

LONG = dataclasses.replace(
    UPDATE_HEAD,
    message_id="<" + "m" * 120 + "@office.example>",
    references=tuple(f"<case-1.{n}.{'r' * 60}@office.example>" for n in range(12)),
    unsubscribe_url="https://office.example/u?t=" + "a" * 200,
)
MAILS = {
    "alert": (build_alert(FACTS, HEAD), "评议截止_2026-08-01.ics"),
    "update": (build_update(UPDATE, UPDATE_HEAD), "评议截止_2026-09-01.ics"),
    "update in a long thread": (build_update(UPDATE, LONG), "评议截止_2026-09-01.ics"),
    "daily": (build_digest(digest(3), HEAD), "评议截止_3项.ics"),
    "weekly": (build_digest(digest(12, DigestKind.WEEKLY), HEAD), "评议截止_11项.ics"),
    "bundle": (build_digest(digest(60, DigestKind.BUNDLE), HEAD), "评议截止_52项.ics"),
}


@pytest.mark.parametrize(("message", "file_name"), MAILS.values(), ids=MAILS)
def test_another_parser_reads_what_was_put_in(message: EmailMessage, file_name: str) -> None:
    parsed = fast_mail_parser.parse_email(message.as_bytes())
    assert parsed.subject == message["Subject"]
    assert parsed.headers["From"] == ["示例市技贸措施工作专班 <alert@office.example>"]
    assert parsed.headers["Reply-To"] == ["示例市技贸措施工作专班 <answer@office.example>"]
    assert parsed.headers["To"] == ["liaison@firm.example"]
    assert parsed.text_plain == [text_of(message)]
    assert parsed.text_html == [html_of(message)]
    calendar = calendar_of(message)
    assert calendar is not None
    (attachment,) = parsed.attachments
    assert attachment.filename == file_name
    assert attachment.mimetype == "text/calendar"
    assert bytes(attachment.content) == calendar[0]
    for name in (
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Auto-Submitted",
        "Precedence",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Content-Language",
        "MIME-Version",
    ):
        expected = [str(value) for value in message.get_all(name, [])]
        assert parsed.headers.get(name, []) == expected, name
    assert set(parsed.headers) == set(message.keys())


def test_the_same_facts_and_head_give_the_same_bytes() -> None:
    for build in (
        lambda: build_alert(FACTS, HEAD),
        lambda: build_update(UPDATE, UPDATE_HEAD),
        lambda: build_digest(digest(12), HEAD),
    ):
        assert build().as_bytes() == build().as_bytes()
