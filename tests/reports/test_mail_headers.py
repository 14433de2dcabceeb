"""Headers on the raw bytes, by rules written here (RFC 5322, 2047, 2369, 8058), not by the library that wrote them."""

from __future__ import annotations

import base64
import dataclasses
import quopri
import re
import unicodedata
from datetime import UTC, date, datetime
from email.message import EmailMessage

import fast_mail_parser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.mail import (
    AlertFacts,
    AlertProduct,
    DateChange,
    DigestFacts,
    DigestKind,
    MailHead,
    Sender,
    UpdateFacts,
    build_alert,
    build_digest,
    build_update,
)
from reports.mail.headers import mail_policy
from warehouse.errors import InputError
from warehouse.records import Level, Relation

SENDER = Sender(office="示例市技贸措施工作专班", address="alert@office.example")
HEAD = MailHead(
    message_id="<case-1.1@office.example>",
    date=datetime(2026, 7, 3, 2, 5, tzinfo=UTC),
    sender=SENDER,
    recipient="liaison@firm.example",
)
FACTS = AlertFacts(
    case_id="CASE-1",
    version=1,
    exporter_name="示例泵业有限公司",
    symbols=("G/TBT/N/EU/9999",),
    member_zh="欧盟",
    title="Draft rules for pumps",
    title_zh="水泵 Energy efficiency 能效要求（第2稿）",
    comment_deadline=date(2026, 8, 1),
    products=(
        AlertProduct(product_name="示例离心泵", relation=Relation.DIRECT, level=Level.WARNING, reason="品目一致。"),
    ),
)
KNOWN = {
    "from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
    "precedence", "list-id", "mime-version", "content-type", "content-language",
}  # fmt: skip
WORD = re.compile(r"=\?utf-8\?([bq])\?([^? ]*)\?=")
EVIL = "善意\r\nBcc: victim@other.example\r\n\r\n<b>正文\x00\u2028尾\u202e"


def build(facts: AlertFacts = FACTS, **changes: object) -> EmailMessage:
    return build_alert(facts, dataclasses.replace(HEAD, **changes))  # type: ignore[arg-type]


def body_of(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    return str(part.get_content())


def raw_headers(octets: bytes) -> dict[str, list[str]]:
    """Unfolded raw headers of the outermost part; asserts the limits of every line of the whole mail on the way."""
    assert max(octets) < 128, "7-bit throughout"
    assert b"\x00" not in octets
    assert b"\r" not in octets.replace(b"\r\n", b"")
    assert b"\n" not in octets.replace(b"\r\n", b"")
    head, _, body = octets.partition(b"\r\n\r\n")
    for line in body.split(b"\r\n"):
        assert len(line) <= 78
    fields: dict[str, list[str]] = {}
    name = ""
    for line in head.decode("ascii").split("\r\n"):
        assert line.strip(), "no blank line inside the head"
        assert len(line) <= 78 or ("http" in line and " " not in line.strip().partition(": ")[2]), line
        for word in re.findall(r"=\?\S+", line):
            assert len(word) <= 75
        if line[0] == " ":
            fields[name][-1] += line
        else:
            name, mark, value = line.partition(": ")
            assert mark
            assert re.fullmatch(r"[A-Za-z-]+", name)
            name = name.lower()
            fields.setdefault(name, []).append(value)
    return fields


def decoded(value: str) -> str:
    """RFC 2047 by hand; each word must be whole characters by itself."""

    def one(found: re.Match[str]) -> str:
        octets = (
            base64.b64decode(found[2], validate=True)
            if found[1] == "b"
            else quopri.decodestring(found[2].replace("_", " "))
        )
        return octets.decode("utf-8")

    return WORD.sub(one, re.sub(r"\?=\s+=\?", "?==?", value))


def test_head_of_an_alert() -> None:
    fields = raw_headers(
        build(
            unsubscribe_url="https://office.example/u/" + "t" * 120, unsubscribe_mailto="leave@office.example"
        ).as_bytes()
    )
    assert all(len(values) == 1 for values in fields.values()), "every field once"
    one = {name: values[0] for name, values in fields.items()}
    assert decoded(one["subject"]).startswith("【技贸预警·待研判】欧盟通报“水泵 Energy efficiency 能效要求")
    assert decoded(one["from"]) == "示例市技贸措施工作专班 <alert@office.example>"
    assert one["reply-to"].endswith("<alert@office.example>")
    assert one["to"] == "liaison@firm.example"
    assert one["date"] == "Fri, 03 Jul 2026 10:05:00 +0800"
    assert one["message-id"] == "<case-1.1@office.example>"
    assert one["auto-submitted"] == "auto-generated"
    assert one["precedence"] == "bulk"
    assert one["list-id"] == "<tbt-alerts.office.example>"
    assert "references" not in one
    assert "in-reply-to" not in one
    assert one["content-language"] == "zh-CN"
    assert one["list-unsubscribe"] == f"<https://office.example/u/{'t' * 120}>, <mailto:leave@office.example>"
    assert one["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert one["mime-version"] == "1.0"


def test_one_click_is_offered_for_https_and_nothing_less() -> None:
    with pytest.raises(InputError):
        build(unsubscribe_url="http://office.example/u")
    by_mail = raw_headers(build(unsubscribe_mailto="mailto:leave@office.example?subject=leave").as_bytes())
    assert by_mail["list-unsubscribe"] == ["<mailto:leave@office.example?subject=leave>"]
    assert "list-unsubscribe-post" not in by_mail
    assert "list-unsubscribe" not in raw_headers(build().as_bytes())


def test_a_thread_is_named_oldest_first_and_long_ids_are_never_encoded() -> None:
    first, second = "<" + "a" * 200 + "@office.example>", "<b.2@office.example>"
    fields = raw_headers_of_ids(build(references=(first, second, second), message_id=first).as_bytes())
    assert fields["references"] == f"{first} {second}"
    assert fields["in-reply-to"] == second
    assert fields["message-id"] == first


def raw_headers_of_ids(octets: bytes) -> dict[str, str]:
    head = octets.partition(b"\r\n\r\n")[0].decode("ascii").replace("\r\n ", " ")
    lines = dict(line.split(": ", 1) for line in head.split("\r\n"))
    return {name.lower(): value for name, value in lines.items()}


@pytest.mark.parametrize("field", ["exporter_name", "member_zh", "title", "title_zh", "kind_zh", "reviewed_by", "url"])
def test_no_text_field_can_add_a_header(field: str) -> None:
    fields = raw_headers(build(dataclasses.replace(FACTS, **{field: EVIL})).as_bytes())  # type: ignore[arg-type]
    assert "bcc" not in fields
    assert "\u202e" not in decoded(fields["subject"][0])


def test_no_symbol_product_or_office_can_add_a_header() -> None:
    product = dataclasses.replace(FACTS.products[0], product_name=EVIL, reason=EVIL)
    facts = dataclasses.replace(FACTS, symbols=(EVIL,), title_zh="", products=(product,), document_links=(EVIL,))
    fields = raw_headers(build(facts, sender=dataclasses.replace(SENDER, office=EVIL, contact=EVIL)).as_bytes())
    assert "bcc" not in fields
    assert fields["from"][0].endswith("<alert@office.example>")


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "张三@firm.example", "a"]
)
def test_no_address_can_add_a_recipient(address: str) -> None:
    with pytest.raises(InputError):
        build(recipient=address)
    with pytest.raises(InputError):
        build(sender=dataclasses.replace(SENDER, reply_to=address))


@pytest.mark.parametrize(
    "link", ["javascript:x", "https://a.example/>,<mailto:x@y.example", "https://a.example/\r\nX: y", ""]
)
def test_no_unsubscribe_link_can_add_anything(link: str) -> None:
    if not link:
        assert "list-unsubscribe" not in raw_headers(build(unsubscribe_url=link).as_bytes())
        return
    with pytest.raises(InputError):
        build(unsubscribe_url=link)
    with pytest.raises(InputError):
        build(unsubscribe_mailto=link)


TITLES = st.text(st.sampled_from('欧盟通报能效评议“”（）；，AZaz09 /-.()"=?_<>&;:é😀'), min_size=1, max_size=120)


@settings(deadline=None, max_examples=400)
@given(TITLES)
def test_any_subject_comes_back_as_it_was(text: str) -> None:
    subject = " ".join(text.split())
    message = EmailMessage(policy=mail_policy())
    message["Subject"] = subject
    message.set_content("x", cte="base64")
    assert decoded(raw_headers(message.as_bytes())["subject"][0]) == subject


def hostile_mails(title: str, firm: str, day: date | None) -> list[EmailMessage]:
    """One mail of each kind, with `title` and `firm` wherever a text goes."""
    product = dataclasses.replace(FACTS.products[0], product_name=title, reason=firm, hs_code=title)
    facts = dataclasses.replace(
        FACTS,
        title=firm,
        title_zh=title,
        exporter_name=firm,
        member_zh=firm,
        symbols=(title,),
        comment_deadline=day,
        comment_deadline_text=title,
        kind_zh=title,
        reviewed_by=title,
        advice=(title,),
        url=title,
        products=(product,),
    )
    change = DateChange(label=title, old=firm, new=title)
    update = UpdateFacts(
        alert=facts,
        changes=(change,),
        new_products=(product,),
        cause_symbol=title,
        cause_title=firm,
        cause_date=day,
        cause_url=firm,
    )
    head = dataclasses.replace(
        HEAD,
        sender=dataclasses.replace(SENDER, office=firm, contact=title, phone=title),
        post=title,
        other_posts=(firm, title),
        retention_text=title,
        references=("<case-1.0@office.example>",),
    )
    other = dataclasses.replace(update, alert=dataclasses.replace(facts, case_id="CASE-2"))
    digest = DigestFacts(kind=DigestKind.WEEKLY, since=date(2026, 6, 27), day=date(2026, 7, 3), items=(facts, other))
    return [build_alert(facts, head), build_update(update, head), build_digest(digest, head)]


@settings(deadline=None, max_examples=60)
@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.none() | st.dates(min_value=date(2026, 6, 1), max_value=date(2028, 1, 1)),
)
@example(EVIL, EVIL, date(2026, 8, 1))
@example("{{ 7*7 }}", "{office}{% raw %}", None)
def test_any_text_makes_a_sound_mail_of_each_kind(title: str, firm: str, day: date | None) -> None:
    for message in hostile_mails(title, firm, day):
        octets = message.as_bytes()
        fields = raw_headers(octets)
        assert set(fields) <= KNOWN
        assert all(len(values) == 1 for values in fields.values())
        assert fields["from"][0].endswith("<alert@office.example>") or fields["from"][0] == "alert@office.example"
        assert not {c for c in decoded(fields["subject"][0]) if unicodedata.category(c) in {"Cc", "Zl", "Zp"}}
        parsed = fast_mail_parser.parse_email(octets)
        assert parsed.subject.strip() == message["Subject"].strip()
        assert parsed.text_plain[0].strip() == body_of(message, "plain").strip()
        assert parsed.text_html[0].strip() == body_of(message, "html").strip()
    assert [m.as_bytes() for m in hostile_mails(title, firm, day)] == [
        m.as_bytes() for m in hostile_mails(title, firm, day)
    ]


NAMES = st.text(st.sampled_from("示例办公室，（） AZaz09.,;:()<>@\"\\'=?_é𐀀"), min_size=1, max_size=60)


@settings(deadline=None, max_examples=200)
@given(NAMES)
def test_any_office_name_comes_back_as_it_was(text: str) -> None:
    name = " ".join(text.split())
    field = raw_headers(build(sender=dataclasses.replace(SENDER, office=name)).as_bytes())["from"][0]
    shown, _, address = field.rpartition(" ")
    if name:
        assert address == "<alert@office.example>"
        plain = re.sub(r"\\(.)", r"\1", shown[1:-1]) if shown.startswith('"') else decoded(shown)
        assert plain == name
