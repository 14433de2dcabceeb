"""Tell what an incoming mail is. Pure: bytes in, record out.

Machines come before persons, standard forms before free words: a delivery status report says what it is, a subject only
hints at it.
"""

from __future__ import annotations

from dataclasses import replace
from email.message import Message

from pipeline.delivery.transport import masked
from pipeline.inbound.bounce import Bounce
from pipeline.inbound.bounce_text import read_bounce_text
from pipeline.inbound.mail import InboundKind, InboundMail
from pipeline.inbound.parts import address_of, header, key_of, message_ids, moment_of, raw_text, read_message
from pipeline.inbound.reader_says import (
    answers_by_itself,
    command_token,
    is_answer,
    is_distributed,
    mentions_it,
    quoted_token,
    wishes_no_more,
)
from pipeline.inbound.report import (
    is_bounce_of_bounce,
    part_of,
    read_delivery_status,
    report_type,
    returned,
    returned_ids,
    states_success,
)
from pipeline.inbound.statuses import kind_of, says_nothing, words_of

_DETAIL = 200  # characters
_REFERENCES = 50  # Message-IDs
_ADDRESS = 320  # characters (RFC 3696)


def classify(raw: bytes) -> InboundMail:
    """Tell what one mail is; of a long one the first 256 KiB are read.

    Never raises for what stands in the mail: a damaged one, an empty one, a bounce of a bounce is `other`.
    """
    message = read_message(raw)
    if message is None:
        return InboundMail(key=key_of(raw, None), received_at=None, kind=InboundKind.OTHER, detail="不是可读的邮件")
    found = _recognized(_unwrapped(message))
    return InboundMail(
        key=key_of(raw, message),
        received_at=moment_of(message),
        kind=found.kind,
        refers_to=_references(message, found.refers_to),
        envelope_id=_printable(found.envelope_id[:200]),
        recipients=tuple(_printable(address[:_ADDRESS]) for address in found.recipients[:_REFERENCES]),
        status=found.status,
        smtp_code=found.smtp_code,
        token=_token(message) if found.kind is InboundKind.UNSUBSCRIBE else "",
        sender=_printable(address_of(message, "From")[:_ADDRESS]),
        detail=_detail(found),
    )


def _unwrapped(message: Message) -> Message:
    """The report inside a mail that a filter put around it: the same Message-ID stands on both."""
    inner = returned(message)
    if inner is None or not report_type(inner) or report_type(message):
        return message
    return inner if header(inner, "Message-ID") == header(message, "Message-ID") != "" else message


def _recognized(message: Message) -> Bounce:
    """The kind, and for a bounce all that is in it; for other kinds `words` are the program's own."""
    kind = report_type(message)
    if kind == "disposition-notification":  # RFC 8098: a receipt, so the address is good
        return Bounce(kind=InboundKind.AUTO_REPLY, words="回执", refers_to=_receipt_ids(message))
    if kind == "feedback-report":  # RFC 5965: the reader called our mail unwanted
        return _complaint(message)
    notice = read_delivery_status(message)
    if notice is None and states_success(message):
        return Bounce(kind=InboundKind.OTHER, words="投递成功回执", refers_to=returned_ids(message))
    if notice is None and not command_token(message):
        notice = read_bounce_text(message)
    elif notice is not None and notice.smtp_code is None and says_nothing(notice.status):
        notice = _with_the_words_beside(notice, message)
    if notice is None:
        return _of_a_reader(message)
    if is_bounce_of_bounce(message):
        return Bounce(kind=InboundKind.OTHER, words="退信的退信")
    return notice


def _with_the_words_beside(notice: Bounce, message: Message) -> Bounce:
    """A report that gives no reason, with the one that its text for people gives."""
    beside = read_bounce_text(message)
    if beside is None or not beside.status or notice.kind is InboundKind.DELAYED:
        return notice
    status = notice.status[:1] + beside.status[1:]
    return replace(notice, kind=kind_of(status), status=status, smtp_code=beside.smtp_code, words=beside.words)


def _of_a_reader(message: Message) -> Bounce:
    if command_token(message):
        return Bounce(kind=InboundKind.UNSUBSCRIBE, words="来信退订")
    if answers_by_itself(message):
        return Bounce(kind=InboundKind.AUTO_REPLY, words="自动回复")
    if is_distributed(message):
        return Bounce(kind=InboundKind.OTHER)
    if wishes_no_more(message):
        return Bounce(kind=InboundKind.UNSUBSCRIBE, words="来信退订")
    hint = "来信提到停收或删除信息，请人工查看" if mentions_it(message) else ""
    return Bounce(kind=InboundKind.REPLY if is_answer(message) else InboundKind.OTHER, words=hint)


def _complaint(message: Message) -> Bounce:
    part = part_of(message, "message/feedback-report")
    is_abuse = part is not None and "feedback-type: abuse" in raw_text(part).lower()
    kind = InboundKind.UNSUBSCRIBE if is_abuse else InboundKind.OTHER
    return Bounce(kind=kind, words="收件人标记为垃圾邮件" if is_abuse else "反馈报告", refers_to=returned_ids(message))


def _receipt_ids(message: Message) -> tuple[str, ...]:
    part = part_of(message, "message/disposition-notification")
    lines = raw_text(part).split("\n") if part is not None else []
    stated = [line for line in lines if line.lower().startswith("original-message-id")]
    return (*(found for line in stated for found in message_ids(line)), *returned_ids(message))


def _references(message: Message, found: tuple[str, ...]) -> tuple[str, ...]:
    """Stated in the report, of the mail that came back, then by the headers of an answer."""
    answered = message_ids(header(message, "In-Reply-To"))
    thread = message_ids(header(message, "References"))[::-1]  # the newest is the one answered
    return tuple(dict.fromkeys([*found, *returned_ids(message), *answered, *thread]))[:_REFERENCES]


def _token(message: Message) -> str:
    inner = returned(message) if report_type(message) == "feedback-report" else None
    if inner is not None:
        return quoted_token(_link_only(inner))
    return command_token(message) or quoted_token(message)


def _link_only(inner: Message) -> Message:
    """Our own unsubscribe links as a mail, to be read like a quoted one."""
    links = Message()
    links["Subject"] = header(inner, "List-Unsubscribe")
    return links


def _detail(found: Bounce) -> str:
    said = masked(" ".join(found.words.split()))
    meaning = words_of(found.status)
    text = f"{meaning}（{found.status}）：{said}" if meaning and said else meaning or said
    text = _printable(text)
    return text if len(text) <= _DETAIL else text[: _DETAIL - 1] + "…"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
