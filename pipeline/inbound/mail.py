"""What the office learns from one mail that came in, or from one click on the unsubscribe page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Channel = Literal["mail", "one-click", "page"]


class InboundKind(StrEnum):
    """What an incoming mail is.

    hard-bounce: not delivered, and by the address's own fault (RFC 3463: no such mailbox, no such domain, closed).
    soft-bounce: given up, but the address may be good (mailbox full, our reputation, their server).
    delayed: still being tried, no failure. reply: a person answers. auto-reply: a machine answers for a person
    (absent, received, read). unsubscribe: the reader wants no more mails. other: nothing for the program.
    """

    HARD_BOUNCE = "hard-bounce"
    SOFT_BOUNCE = "soft-bounce"
    DELAYED = "delayed"
    REPLY = "reply"
    AUTO_REPLY = "auto-reply"
    UNSUBSCRIBE = "unsubscribe"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMail:
    """One incoming mail, without its text.

    Anyone can write a mail that looks like a bounce: act on one only where `refers_to` or `envelope_id` is a mail of
    ours, or `token` is one that we gave out; `recipients` and `sender` alone prove nothing.
    """

    key: str  # sha256 hex of the Message-ID, else of the content: the same mail read again has the same key
    received_at: datetime | None  # UTC; as our own server stamped it, else as the sender dated it; None: unreadable
    kind: InboundKind
    channel: Channel = "mail"
    refers_to: tuple[str, ...] = ()  # Message-IDs with angle brackets, most telling first; not checked to be ours
    envelope_id: str = ""  # the ENVID that we gave with MAIL FROM (RFC 3461), decoded
    recipients: tuple[str, ...] = field(default=(), repr=False)  # addresses that the mail did not or not yet reach
    status: str = ""  # enhanced status code (RFC 3463) such as 5.1.1, stated or read from the words
    smtp_code: int | None = None
    token: str = field(default="", repr=False)  # unsubscribe token, shape-checked only
    sender: str = field(default="", repr=False)  # address of From
    detail: str = ""  # why, in Chinese and the server's words; addresses masked; at most 200 characters
