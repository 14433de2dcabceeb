"""Standard reports: delivery status (RFC 3464, internationalized RFC 6533), and the mail that comes back with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from pipeline.inbound.bounce import Bounce
from pipeline.inbound.mail import InboundKind
from pipeline.inbound.parts import enclosed, header, header_block, message_ids, own_parts, raw_text
from pipeline.inbound.statuses import Answer, answer_in, kind_of, settled, status_in
from pipeline.inbound.words import words

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_HEADER_TYPES = {"text/rfc822-headers", "message/rfc822-headers", "message/global-headers"}
_MAIL_TYPES = {"message/rfc822", "message/global"}
_ADDRESS = re.compile(r"[^\s<>;,\"]{1,255}@[^\s<>;,\"]{1,255}")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_RANK = (InboundKind.HARD_BOUNCE, InboundKind.SOFT_BOUNCE, InboundKind.DELAYED)


def report_type(message: Message) -> str:
    """delivery-status, disposition-notification, feedback-report ... of a multipart/report; "" for any other mail."""
    if message.get_content_type() != "multipart/report":
        return ""
    found = re.search(r"report-type\s*=\s*\"?([\w-]+)", header(message, "Content-Type"), re.I)
    return found.group(1).lower() if found else ""


def part_of(message: Message, *types: str) -> Message | None:
    """The first part of the mail itself that has one of these content types."""
    return next((part for part in own_parts(message) if part.get_content_type() in types), None)


def returned(message: Message) -> Message | None:
    """The mail that came back, or its headers; None where nothing came back as a part."""
    part = part_of(message, *_MAIL_TYPES, *_HEADER_TYPES)
    if part is None:
        return None
    mails = enclosed(part) if part.get_content_type() in _MAIL_TYPES else []
    return mails[0] if mails and mails[0].keys() else header_block(raw_text(part))


def returned_ids(message: Message) -> tuple[str, ...]:
    """Message-ID of the mail that came back."""
    inner = returned(message)
    return message_ids(header(inner, "Message-ID")) if inner is not None else ()


def is_bounce_of_bounce(message: Message) -> bool:
    """Whether what came back is itself a notice of a server: nothing of ours."""
    inner = returned(message)
    if inner is None:
        return False
    sender = header(inner, "From")
    local = sender.rpartition("<")[2].partition("@")[0].strip()
    is_machine = words("bounce", "senders").fullmatch(local) is not None
    return is_machine or inner.get_content_type() == "multipart/report" or header(inner, "Return-Path") == "<>"


def read_delivery_status(message: Message) -> Bounce | None:
    """The worst of what a delivery status report says; None where it reports no failure and no delay, or is no report.

    Action decides (RFC 3464 2.3.3). Where it is missing, class 5 is a failure and class 4 a delay.
    """
    part = part_of(message, *_STATUS_TYPES)
    if part is None:
        return None
    blocks = [block for block in _blocks(raw_text(part)) if block.keys()]
    found = [bounce for block in blocks for bounce in _read_block(block)]
    if not found:
        return None
    kind = min((bounce.kind for bounce in found), key=_RANK.index)
    worst = [bounce for bounce in found if bounce.kind is kind]
    stated = [value for block in blocks for value in message_ids(header(block, "Original-Message-ID"))]
    return Bounce(
        kind=kind,
        status=worst[0].status,
        smtp_code=worst[0].smtp_code,
        recipients=tuple(dict.fromkeys(address for bounce in worst for address in bounce.recipients)),
        envelope_id=next((value for block in blocks if (value := _envelope_id(block))), ""),
        refers_to=tuple(stated),
        words=worst[0].words,
    )


def states_success(message: Message) -> bool:
    """Whether a delivery status report says only that all went well."""
    part = part_of(message, *_STATUS_TYPES)
    actions = [header(block, "Action").lower() for block in _blocks(raw_text(part))] if part is not None else []
    stated = {action.split(" ")[0] for action in actions if action}
    return bool(stated) and stated <= {"delivered", "relayed", "expanded"}


def _blocks(text: str) -> Iterator[Message]:
    for block in _BLANK_LINE.split(text)[:200]:
        yield header_block(block)


def _read_block(block: Message) -> Iterator[Bounce]:
    action = header(block, "Action").lower().split(" ")[0].strip(".;")
    status = status_in(header(block, "Status"))
    if not action and not status:
        return
    diagnostic = header(block, "Diagnostic-Code").partition(";")
    said = (diagnostic[2] or diagnostic[0]).strip()
    inner = answer_in(said) or Answer()
    is_delay = action == "delayed" or (not action and status.startswith("4."))
    is_failure = action in {"failed", "failure"} or (not action and status.startswith("5."))
    if not is_delay and not is_failure:
        return
    counted = settled(Answer(status=status or inner.status, smtp_code=inner.smtp_code), said)
    yield Bounce(
        kind=InboundKind.DELAYED if is_delay else kind_of(counted),
        status=counted,
        smtp_code=inner.smtp_code,
        recipients=tuple(_recipients(block)),
        words=said,
    )


def _recipients(block: Message) -> Iterator[str]:
    """Original before final: the one that we wrote to, where a forwarder stands between."""
    for name in ("Original-Recipient", "Final-Recipient"):
        found = _ADDRESS.search(header(block, name).rpartition(";")[2])
        if found:
            yield found.group().strip("<>.'")


def _envelope_id(block: Message) -> str:
    """Original-Envelope-Id; servers that copy it without decoding leave xtext (RFC 3461 4)."""
    return re.sub(r"\+([0-9A-F]{2})", lambda hex_: chr(int(hex_.group(1), 16)), header(block, "Original-Envelope-Id"))
