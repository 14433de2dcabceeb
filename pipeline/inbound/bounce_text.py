"""Bounces of servers that write no standard report: QQ邮箱, Coremail (163, 126), 阿里邮箱, qmail, old Exim, Exchange.

Told by three marks: who sends (a mailer daemon, an empty return path), what the subject says, what the words say.
Two of them are asked for, so that neither a person who forwards a bounce nor an absence notice is taken for one.
One is enough where `flufl.bounce`, which knows many older servers, finds the form of a bounce.
"""

from __future__ import annotations

import re
from email.message import Message

from pipeline.inbound.bounce import Bounce
from pipeline.inbound.mail import InboundKind
from pipeline.inbound.many_servers import Found, scan
from pipeline.inbound.parts import address_of, addresses_of, header, own_text
from pipeline.inbound.report import returned_ids
from pipeline.inbound.statuses import Answer, all_said_in, answer_in, kind_of, settled
from pipeline.inbound.words import words

_ADDRESS = re.compile(r"[A-Za-z0-9][\w.!#$%&'*+/=?^`{|}~-]{0,63}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_ID_LINE = re.compile(r"^\W{0,8}message-id\s*[:：]\s*(<[^<>\s]{1,900}>)", re.I | re.M)
_LINES = 400  # of at most _WIDTH characters: more says no notice
_WIDTH = 1000
_REASON_LINES = 4  # an answer of a server is folded over few lines


def read_bounce_text(message: Message) -> Bounce | None:
    """What a bounce in free words says; None for a mail that is none."""
    lines = [line[:_WIDTH] for line in own_text(message).split("\n")[:_LINES]]
    said, original = _before_the_original(lines)
    reason, answer = _reason(said)
    subject = header(message, "Subject")
    is_absence = words("auto", "subjects").match(subject) is not None
    is_by_sender = _is_daemon(message) or (_is_null(message) and not is_absence)
    is_by_subject = words("bounce", "subjects").match(subject.lstrip("[【* ")) is not None
    is_automatic = header(message, "Auto-Submitted").lower().split(";")[0].strip() not in {"", "no"}
    is_stated = bool(header(message, "X-Failed-Recipients"))
    if not (is_by_sender or is_by_subject or is_stated):
        return None
    ours = _our_addresses(message)
    found = scan(message, ours)
    is_delay = _is_delay(subject, said, answer) or bool(found.delayed and not found.failed)
    is_by_words = answer is not None or bool(all_said_in(reason)) or is_delay
    is_known = is_stated or bool(found.failed or found.delayed)
    is_told = is_by_sender and (is_by_subject or answer is not None)
    if not (is_known or is_told or (is_automatic and is_by_subject and is_by_words)):
        return None
    status = _status(reason, answer)
    return Bounce(
        kind=InboundKind.DELAYED if is_delay else kind_of(status),
        status=status,
        smtp_code=answer.smtp_code if answer else None,
        recipients=_recipients(message, said, found, ours),
        refers_to=(*returned_ids(message), *_ID_LINE.findall(original), *_ID_LINE.findall(said)),
        words=reason,
    )


def _is_daemon(message: Message) -> bool:
    senders = words("bounce", "senders")
    local = address_of(message, "From").partition("@")[0] or header(message, "From").strip("<> \"'")
    path = header(message, "Return-Path").strip("<> ").partition("@")[0]
    return senders.fullmatch(local) is not None or senders.fullmatch(path) is not None


def _is_null(message: Message) -> bool:
    """An empty return path: notices have it, and many absence notices too."""
    return header(message, "Return-Path") == "<>"


def _before_the_original(lines: list[str]) -> tuple[str, str]:
    """The server's own words, and what it gives back of our mail: from a line that says so to its Message-ID and on.

    Without a Message-ID behind it such a line is a heading (QQ邮箱 puts 原邮件信息 before the reason).
    """
    for number, line in enumerate(lines):
        if words("bounce", "originals").match(line.strip()):
            original = "\n".join(lines[number:])
            if _ID_LINE.search(original):
                return "\n".join(lines[:number]), original
    return "\n".join(lines), ""


def _is_delay(subject: str, said: str, answer: Answer | None) -> bool:
    if words("bounce", "delays").search(subject):
        return True
    is_final = answer is not None and (answer.smtp_code or 0) >= 500
    return not is_final and words("bounce", "delays").search(said) is not None


def _reason(said: str) -> tuple[str, Answer | None]:
    """The lines that give the reason, and the server's answer in them.

    Notices in Chinese like to add a list of all that may have gone wrong, so the whole text is the last resort.
    """
    lines = said.split("\n")
    for is_labelled in (True, False):
        for number, line in enumerate(lines):
            if is_labelled and not words("bounce", "reasons").search(line):
                continue
            here = lines[number : number + (2 if is_labelled else 1)]
            if any(answer_in(_without_addresses(part)) for part in here):
                first = number if answer_in(_without_addresses(line)) else number + 1
                reason = _paragraph(lines, first)
                return reason, answer_in(_without_addresses(reason))
    for number, line in enumerate(lines):
        if words("bounce", "reasons").search(line):
            reason = _paragraph(lines, number)
            if all_said_in(reason):
                return reason, None
    return " ".join(said.split()), None


def _paragraph(lines: list[str], first: int) -> str:
    """A line with those that continue it: they are indented, as folded answers of servers are."""
    taken = [lines[first]]
    for line in lines[first + 1 : first + _REASON_LINES]:
        if not line.strip() or not line[0].isspace():
            break
        taken.append(line)
    return " ".join(" ".join(taken).split())


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub("", text)


def _status(reason: str, answer: Answer | None) -> str:
    if answer is not None:
        return settled(answer, reason)
    said = all_said_in(reason)
    return said[0] if len(said) == 1 else ""  # several reasons named: none is known


def _recipients(message: Message, said: str, found: Found, ours: frozenset[str]) -> tuple[str, ...]:
    stated = addresses_of(message, "X-Failed-Recipients") or found.failed or found.delayed
    if stated:
        return stated
    for line in said.split("\n"):
        label = words("bounce", "recipients").search(line)
        named = [address for address in _ADDRESS.findall(line) if address.lower() not in ours]
        if named and (label or line.lstrip().startswith(("<", named[0]))):
            return tuple(dict.fromkeys(named))
    return tuple(dict.fromkeys(address for address in _ADDRESS.findall(said) if address.lower() not in ours))


def _our_addresses(message: Message) -> frozenset[str]:
    """Addresses that the notice itself was sent from and to."""
    names = ("To", "From", "Delivered-To", "Reply-To")
    return frozenset(address.lower() for name in names for address in addresses_of(message, name))
