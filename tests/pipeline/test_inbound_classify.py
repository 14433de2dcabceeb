"""What incoming mails are taken for. The samples are invented, in the style of the systems in their names."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.inbound import InboundKind, InboundMail, classify
from pipeline.inbound.parts import LIMIT

SAMPLES = Path(__file__).parent / "inbound_samples"
OURS = "<a1b2c3d4e5f60718.1@tbt-office.example>"
TOKEN = "Zk3xQ9vT-1a_bC2dE4fG6h"
FIRM = ("liaison@firm.example",)


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


BOUNCES = {
    # name: kind, status, reply code, recipients, words in the detail
    "postfix-unknown-user": ("hard-bounce", "5.1.1", 550, FIRM, "收件地址不存在"),
    "postfix-no-domain": ("hard-bounce", "5.4.4", None, ("liaison@frm.example",), "收件域名不存在"),
    "postfix-delayed": ("delayed", "4.4.1", None, FIRM, "timed out"),
    "sendmail-mailbox-full": ("soft-bounce", "5.2.2", 552, FIRM, "收件邮箱已满"),
    "gmail-over-quota-gave-up": ("soft-bounce", "4.2.2", 452, FIRM, "收件邮箱已满"),
    "office365-not-found": ("hard-bounce", "5.1.10", 550, FIRM, "收件地址不存在"),
    "office365-access-denied": ("hard-bounce", "5.1.1", 550, FIRM, "收件地址不存在"),
    "exchange-policy": ("soft-bounce", "5.7.509", 550, FIRM, "策略拒收"),
    "exchange-2010-text": ("hard-bounce", "5.2.1", 550, FIRM, "收件邮箱已停用"),
    "aliyun-base64-status": ("hard-bounce", "5.1.1", 550, FIRM, "收件地址不存在"),
    "qq-not-found": ("hard-bounce", "5.1.1", 550, ("liaison@qq.example",), "收件地址不存在"),
    "qq-frequency-limited": ("soft-bounce", "5.7.1", 550, ("liaison@qq.example",), "策略拒收"),
    "coremail-163-user-not-found": ("hard-bounce", "5.1.1", 550, ("liaison@163.example",), "收件地址不存在"),
    "coremail-126-spam": ("soft-bounce", "5.7.1", 554, ("liaison@126.example",), "DT:SPM"),
    "coremail-full-no-code": ("soft-bounce", "5.2.2", None, ("liaison@city.example",), "收件邮箱已满"),
    "chinese-list-of-causes": ("soft-bounce", "", None, ("liaison@old.example",), "投递失败"),
    "chinese-delay": ("delayed", "4.3.2", 451, ("liaison@city.example",), "服务器繁忙"),
    "exim-unrouteable": ("hard-bounce", "5.1.1", 550, FIRM, "Unrouteable"),
    "exim-warning": ("delayed", "4.4.1", None, FIRM, "timed out"),
    "qmail-no-mailbox": ("hard-bounce", "5.1.1", 550, FIRM, "no mailbox here"),
}


@pytest.mark.parametrize("name", BOUNCES)
def test_bounces_of_many_systems_are_told_with_address_and_reason(name: str) -> None:
    kind, status, code, recipients, words = BOUNCES[name]
    mail = classify(sample(name))
    assert (mail.kind, mail.status, mail.smtp_code, mail.recipients) == (kind, status, code, recipients)
    assert mail.refers_to == (OURS,)
    assert words in mail.detail
    assert "liaison@" not in mail.detail
    assert recipients[0] not in repr(mail)


READERS = {
    # name: kind, mails it refers to, token, detail
    "auto-reply-chinese": ("auto-reply", (OURS,), "", "自动回复"),
    "auto-reply-out-of-office": ("auto-reply", (OURS,), "", "自动回复"),
    "auto-reply-header-only": ("auto-reply", (OURS,), "", "自动回复"),
    "read-receipt": ("auto-reply", (OURS,), "", "回执"),
    "spam-complaint": ("unsubscribe", (OURS,), TOKEN, "收件人标记为垃圾邮件"),
    "reply-question": ("reply", (OURS, "<older@tbt-office.example>"), "", ""),
    "reply-mentions-stop": ("reply", (OURS,), "", "来信提到停收或删除信息，请人工查看"),
    "unsubscribe-command": ("unsubscribe", (), TOKEN, "来信退订"),
    "unsubscribe-reply": ("unsubscribe", (OURS,), TOKEN, "来信退订"),
    "unsubscribe-html-reply": ("unsubscribe", (), TOKEN, "来信退订"),
    "unsubscribe-subject": ("unsubscribe", (), "", "来信退订"),
    "forwarded-bounce": ("other", (), "", ""),
    "newsletter": ("other", (), "", ""),
    "our-own-copy": ("other", ("<older@tbt-office.example>",), "", ""),
    "delivered-receipt": ("other", (OURS,), "", "投递成功回执"),
    "bounce-of-a-bounce": ("other", ("<postfix-unknown-user@mx.example>",), "", "退信的退信"),
    "no-reason-at-all": ("soft-bounce", (), "", "Sorry."),
}


@pytest.mark.parametrize("name", READERS)
def test_other_mails_are_told_without_their_text(name: str) -> None:
    mail = classify(sample(name))
    assert (mail.kind, mail.refers_to, mail.token, mail.detail) == READERS[name]
    assert mail.recipients == ()


def test_every_sample_is_looked_at() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == {*BOUNCES, *READERS}


def test_the_envelope_id_comes_back_decoded() -> None:
    raw = sample("postfix-unknown-user")
    assert classify(raw).envelope_id == "alert-42"
    assert classify(raw.replace(b"alert-42", b"alert+2B42+3D")).envelope_id == "alert+42="


def test_a_report_without_a_reason_takes_the_one_in_its_text() -> None:
    raw = sample("postfix-unknown-user").replace(b"Status: 5.1.1", b"Status: 5.0.0").split(b"Diagnostic-Code:")
    bare = raw[0] + raw[1][raw[1].index(b"\n\n") :]
    mail = classify(bare)
    assert (mail.kind, mail.status, mail.smtp_code) == ("hard-bounce", "5.1.1", 550)
    silent = classify(bare.replace(b"550 5.1.1", b"thus:").replace(b"User unknown", b"Sorry").replace(b"rejected", b""))
    assert (silent.kind, silent.status) == ("soft-bounce", "5.0.0")


def test_a_report_that_a_filter_wrapped_is_read_inside() -> None:
    inner = sample("postfix-unknown-user")
    head = b"From: postmaster@gate.example\nMessage-ID: <postfix-unknown-user@mx.example>\nSubject: x\n"
    wrapped = head + b'Content-Type: multipart/mixed; boundary="w"\n\n--w\nContent-Type: message/rfc822\n\n' + inner
    assert classify(wrapped + b"\n--w--\n").kind == "hard-bounce"
    other = wrapped.replace(b"Message-ID: <postfix-unknown-user@mx.example>", b"Message-ID: <1@gate.example>", 1)
    assert classify(other + b"\n--w--\n").kind == "other", "a bounce that somebody sends on"


def test_the_text_of_a_bounce_from_a_person_is_no_bounce() -> None:
    for name in ("qmail-no-mailbox", "exim-unrouteable", "coremail-full-no-code"):
        _, _, text = sample(name).decode().partition("\n\n")
        assert letter("Re: 【技贸预警】x", f"贵办发来的邮件怎么回事？\n{text}").kind == "reply"


def test_a_mail_read_again_has_the_same_key() -> None:
    raw = sample("qq-not-found")
    message_id = b"<tencent_1F00@qq.example>"
    assert classify(raw).key == hashlib.sha256(message_id).hexdigest()
    assert classify(b"X-Moved: yes\n" + raw.replace(b"\n", b"\r\n")).key == classify(raw).key
    without = raw.replace(b"Message-ID: " + message_id, b"X-Other: 1")
    assert classify(without).key == hashlib.sha256(without).hexdigest()
    assert len({classify(path.read_bytes()).key for path in SAMPLES.glob("*.eml")}) == len(BOUNCES) + len(READERS)


def test_our_servers_stamp_goes_before_the_senders_date() -> None:
    raw = sample("postfix-unknown-user")
    assert classify(raw).received_at == datetime(2026, 11, 20, 1, 0, 7, tzinfo=UTC)
    unstamped = raw.replace(b"Fri, 20 Nov 2026 09:00:07 +0800 (CST)", b"some day")
    assert classify(unstamped).received_at == datetime(2026, 11, 20, 1, 0, 5, tzinfo=UTC)
    undated = unstamped.replace(b"Date: Fri, 20 Nov 2026 09:00:05 +0800\nMessage-ID", b"Date: 99\nMessage-ID")
    assert classify(undated).received_at is None


def report(fields: str) -> InboundMail:
    parts = f"Reporting-MTA: dns; mx.example\n\n{fields}".replace("\n", "\r\n")
    head = (
        "From: MAILER-DAEMON@mx.example\r\nSubject: x\r\nContent-Type: multipart/report; report-type=delivery-status;"
    )
    return classify(f'{head} boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{parts}'.encode())


@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        ("failed", "5.1.1", "hard-bounce"),
        ("failed", "4.1.1", "soft-bounce"),
        ("failed", "5.2.1", "hard-bounce"),
        ("failed", "4.2.1", "soft-bounce"),
        ("failed", "5.2.2", "soft-bounce"),
        ("failed", "5.3.0", "soft-bounce"),
        ("failed", "5.7.1", "soft-bounce"),
        ("failed", "5.7.17", "hard-bounce"),
        ("failed", "5.1.8", "soft-bounce"),
        ("failed", "5.1.351", "hard-bounce"),
        ("failed", "5.99.1", "soft-bounce"),
        ("delayed", "5.1.1", "delayed"),
        ("Delayed (still trying)", "4.4.7", "delayed"),
        ("delivered", "2.0.0", "other"),
    ],
)
def test_action_tells_failure_from_delay_and_status_whose_fault_it_is(action: str, status: str, kind: str) -> None:
    mail = report(f"Final-Recipient: rfc822; a@firm.example\nAction: {action}\nStatus: {status}")
    assert mail.kind == kind
    assert mail.status == (status if kind != "other" else "")


def test_a_report_on_several_addresses_counts_by_the_worst() -> None:
    mail = report(
        "Final-Recipient: rfc822; a@firm.example\nAction: delayed\nStatus: 4.4.1\n\n"
        "Original-Recipient: rfc822;list@firm.example\nFinal-Recipient: rfc822; b@firm.example\n"
        "Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; c@firm.example\nAction: delivered\nStatus: 2.0.0"
    )
    assert mail.kind == "hard-bounce"
    assert mail.recipients == ("list@firm.example", "b@firm.example")


@pytest.mark.parametrize(
    ("diagnostic", "status", "kind"),
    [
        ("550 Mailbox not found", "5.1.1", "hard-bounce"),
        ("550 spamfilter says hello", "5.7.1", "soft-bounce"),
        ("host spamfilter.firm.example[192.0.2.1] said: 550 No such user here", "5.1.1", "hard-bounce"),
        ("550 nobody knows why", "5.1.1", "hard-bounce"),
        ("554 nobody knows why", "5.0.0", "soft-bounce"),
        ("552 full", "5.2.2", "soft-bounce"),
        ("550 5.7.1 refused", "5.7.1", "soft-bounce"),
        ("550 该用户不存在", "5.1.1", "hard-bounce"),
        ("550 账号已被冻结", "5.2.1", "hard-bounce"),
        ("552 收件人空间不足", "5.2.2", "soft-bounce"),
        ("421HL:REP 192.0.2.1", "5.7.1", "soft-bounce"),
    ],
)
def test_a_status_that_says_nothing_gives_way_to_the_servers_words(diagnostic: str, status: str, kind: str) -> None:
    fields = "Final-Recipient: rfc822; a@firm.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; "
    mail = report(fields + diagnostic)
    assert (mail.status, mail.kind) == (status, kind)


def letter(subject: str, text: str, **headers: str) -> InboundMail:
    message = EmailMessage()
    message["From"] = "Li <li@firm.example>"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return classify(message.as_bytes())


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("退订", ""),
        ("停收", "谢谢"),
        ("请停收此类邮件", ""),
        ("Unsubscribe", "please"),
        ("Re: 【技贸预警】x", "退订"),
        ("回复：【技贸预警】x", "您好，请不要再发送，谢谢。"),
        ("回复：【技贸预警】x", "TD\n\n> 原文"),
        ("Re: alert", "please remove me"),
        (f"退订 {TOKEN}", ""),
    ],
)
def test_a_plain_wish_unsubscribes(subject: str, text: str) -> None:
    assert letter(subject, text).kind == "unsubscribe"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: 【技贸预警】x", "请不要停收此类邮件"),
        ("Re: 【技贸预警】x", "我们想知道怎样退订其他单位的邮件，另外电池的认证要求有没有变化？"),
        ("Re: 【技贸预警】x", "收到，谢谢。\n\n> 如需更正、停收或删除，请回复本邮件。\n> 退订"),
        ("Re: 【技贸预警】x", "收到\n-----原始邮件-----\n退订"),
        ("Re: 【技贸预警】x", "收到\n发件人：技贸办\n退订"),
        ("Re: 停收冻品的通知", "贵单位来文收悉"),
    ],
)
def test_anything_more_than_a_wish_is_left_to_a_person(subject: str, text: str) -> None:
    assert letter(subject, text).kind == "reply"


def test_a_token_is_taken_only_where_it_is_one_and_single() -> None:
    other = "Qq0000000000000000000Z"
    assert letter(f"unsubscribe {TOKEN}", "").token == TOKEN
    assert letter("unsubscribe -_AbCdEfGh0123456789", "").token == "-_AbCdEfGh0123456789"
    assert letter("退订", f"{TOKEN}\n").token == TOKEN
    assert letter("退订", f"https://x.example/u?t={TOKEN}\nhttps://x.example/u?t={other}\n").token == ""
    assert letter("unsubscribe short", "").token == ""
    assert letter("Re: x", f"收到 https://x.example/u?t={TOKEN}").token == "", "a reply carries no token"


def test_letters_with_raw_bytes_in_the_header_are_read() -> None:
    for charset in ("gb18030", "utf-8"):
        raw = "From: li@firm.example\nSubject: 自动回复：休假\n\n".encode(charset)
        assert classify(raw).kind == "auto-reply"


DAMAGED = {
    "empty": b"",
    "blank": b"\r\n\r\n\r\n",
    "binary": bytes(range(256)) * 50,
    "no header": b"only text\n",
    "unknown character set": b"Subject: =?x-unknown?b?////?=\nContent-Type: text/plain; charset=x-none\n\n\xff\xfe",
    "no character set": b"Subject: =?punycode?q?aa-?=\nContent-Type: text/plain; charset=unicode_escape\n\n\\ud8",
    "boundary never comes": b"From: a@b.example\nContent-Type: multipart/report; boundary=x\n\n--y\n",
    "no boundary": b"From: a@b.example\nContent-Type: multipart/report; report-type=delivery-status\n\n",
    "mails in mails": b"Content-Type: message/rfc822\n\n" * 5000,
    "parts in parts": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)),
    "bad base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nA===A=B",
    "NUL": b"Subject: a\x00b\nFrom: \x00@\x00\n\n\x00",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_mails_are_other(name: str) -> None:
    mail = classify(DAMAGED[name])
    assert mail.kind is InboundKind.OTHER
    assert mail.recipients == ()


def test_a_huge_mail_is_read_from_its_beginning() -> None:
    raw = sample("postfix-unknown-user")
    huge = raw + b"x" * (50 * LIMIT)
    assert classify(huge) == classify(raw)
    assert classify(b"\x00" * (50 * LIMIT)).kind == "other"


HARD_ON_PATTERNS = {
    "dashes": b"-" * LIMIT,
    "lines of dashes": (b"-" * 70 + b"\n") * 3500,
    "angle brackets": b"<" * LIMIT,
    "at signs": b"a@" * (LIMIT // 2),
    "dots": b"a.b@c." * (LIMIT // 6),
    "codes": b"550 " * (LIMIT // 4),
    "statuses": b"5.1.1" * (LIMIT // 5),
    "brackets": b"[" * LIMIT,
    "blanks": b" " * LIMIT,
    "blank lines": b"\n" * LIMIT,
    "style": b"<style" * (LIMIT // 6),
}


@pytest.mark.parametrize("name", HARD_ON_PATTERNS)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_no_text_makes_reading_slow(name: str, kind: str) -> None:
    head = (
        b"From: mailer-daemon@x.example\nReturn-Path: <>\nSubject: Undelivered\nContent-Type: text/%s\n\n"
        % kind.encode()
    )
    begun = time.perf_counter()
    classify(head + HARD_ON_PATTERNS[name])
    assert time.perf_counter() - begun < 5, "seconds; ordinary are hundredths"


ALL_SAMPLES = [path.read_bytes() for path in sorted(SAMPLES.glob("*.eml"))]


def is_sound(mail: InboundMail) -> bool:
    mail.detail.encode()
    mail.sender.encode()
    "".join([*mail.recipients, *mail.refers_to]).encode()
    return len(mail.detail) <= 200 and mail.detail.isprintable() and len(mail.key) == 64


@given(st.binary(max_size=2000))
def test_no_bytes_ever_raise(raw: bytes) -> None:
    assert is_sound(classify(raw))


@settings(max_examples=400, deadline=None)
@given(
    raw=st.sampled_from(ALL_SAMPLES),
    cuts=st.lists(
        st.tuples(
            st.floats(0, 1), st.integers(0, 300), st.sampled_from([b"", b"\n\n", b"--", b"\xff", b"=?", b"\x00", b"<"])
        ),
        max_size=4,
    ),
)
def test_no_damage_to_a_real_form_ever_raises(raw: bytes, cuts: list[tuple[float, int, bytes]]) -> None:
    for where, length, put in cuts:
        start = int(where * len(raw))
        raw = raw[:start] + put + raw[start + length :]
    assert is_sound(classify(raw))


HEADERS = [
    "From",
    "Subject",
    "Date",
    "Received",
    "Content-Type",
    "Content-Transfer-Encoding",
    "References",
    "Return-Path",
]


@settings(deadline=None)
@given(
    fields=st.lists(st.tuples(st.sampled_from(HEADERS), st.text(max_size=80)), max_size=8),
    types=st.sampled_from(
        ["multipart/report; boundary=b", "multipart/mixed; boundary*0*=b", "text/html; charset*=''x", ""]
    ),
    body=st.text(max_size=300),
)
def test_no_header_ever_raises(fields: list[tuple[str, str]], types: str, body: str) -> None:
    lines = [f"Content-Type: {types}", *(f"{name}: {value}" for name, value in fields)]
    raw = ("\n".join(lines) + f"\n\n--b\nContent-Type: message/delivery-status\n\n{body}").encode("utf-8", "replace")
    assert is_sound(classify(raw))


@given(local=st.from_regex(r"[a-z0-9._-]{1,20}", fullmatch=True).filter(lambda text: text[0].isalnum()))
def test_no_address_of_a_bounce_reaches_the_detail(local: str) -> None:
    address = f"{local}@firm.example"
    for raw in ALL_SAMPLES:
        mail = classify(raw.replace(b"liaison@firm.example", address.encode()))
        assert address not in mail.detail
