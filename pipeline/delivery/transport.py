"""What every transport promises, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

_ADDRESS = re.compile(
    r"[!-;=?A-~]+@[!-;=?A-~]+"
)  # printable ASCII without blanks and <>: nothing a command could hide in
_ADDRESS_IN_TEXT = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+")
_LINE_LIMIT = 998  # octets without CRLF, RFC 5321 4.5.3.1.6
_XTEXT_LIMIT = 100  # characters of an ENVID, RFC 3461 4.4


class DeliveryState(StrEnum):
    """What became of one delivery.

    accepted: the next hop took it. deferred: nothing was taken, trying again is safe. refused: nothing was taken and
    trying again is useless. in-doubt: the whole mail went out and no answer came back; it may lie in the reader's
    mailbox, so a person decides and nothing is sent again silently.
    """

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail to one recipient, ready to travel.

    `content` is what travels and what is signed: 7 bit, CRLF line ends also at the end, lines of at most 998 octets.
    Errors: `ValueError` where it is not that, where there is no Message-ID, where `sender` is no address (it may be
    empty, RFC 5321 4.5.5), or where `envelope_id` cannot travel. A bad `recipient` is for the transport to answer.
    """

    message_id: str  # with its angle brackets
    content: bytes = field(repr=False)
    sender: str  # envelope address: where bounces go
    recipient: str = field(repr=False)  # envelope address
    envelope_id: str = ""  # comes back in bounces (ENVID of RFC 3461); printable ASCII

    def __post_init__(self) -> None:
        if not self.message_id.strip("<> "):
            raise ValueError("the mail has no Message-ID")
        if not _is_wire_form(self.content):
            raise ValueError("the content is not in wire form (7 bit, CRLF, 998 octets a line)")
        if self.sender and not is_address(self.sender):
            raise ValueError("the envelope sender is no address")
        if not (self.envelope_id.isascii() and len(xtext(self.envelope_id)) <= _XTEXT_LIMIT):
            raise ValueError("the envelope id is too long or not ASCII")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to one `deliver`."""

    state: DeliveryState
    code: int | None  # SMTP reply code that decided, None where there was none
    detail: str  # the server's words or ours, addresses masked
    status: str = ""  # enhanced status code of RFC 3463 such as "5.1.1"; "" where the server gave none
    is_of_recipient: bool = False  # the answer was to RCPT: it speaks of the address, unless it says otherwise


def not_noted() -> None:
    """For a delivery of which nobody keeps a record."""


class Transport(Protocol):
    """Carries mails. Trouble with one mail is a `Receipt`; trouble that will meet every mail is a `StageError`.

    Used in a `with`: what stays open between two mails is closed at its end.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def deliver(self, mail: OutgoingMail, on_handover: Callable[[], None] = not_noted) -> Receipt:
        """Carry one mail. `on_handover` is called once, right before the step after which the mail may have arrived.

        Whatever is lost before that call is `deferred`, whatever is lost after it `in-doubt`. Where the call raises,
        the mail is not handed over and the exception comes through.
        """
        ...

    def has_taken(self, message_id: str) -> bool | None:
        """Whether a mail of this Message-ID was handed over earlier; None where the transport cannot know."""
        ...


def wire_bytes(message: EmailMessage) -> bytes:
    """The mail as it travels and as it is filed: CRLF line ends, 7-bit."""
    content = message.as_bytes(policy=SMTP.clone(cte_type="7bit"))
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _is_wire_form(content: bytes) -> bool:
    n_lines = content.count(b"\r\n")
    return (
        content.endswith(b"\r\n")
        and content.isascii()
        and b"\0" not in content
        and content.count(b"\r") == content.count(b"\n") == n_lines
        and max(map(len, content.split(b"\r\n"))) <= _LINE_LIMIT
    )


def is_address(text: str) -> bool:
    """Whether `text` can stand in an SMTP command; whether it exists, the server knows."""
    return _ADDRESS.fullmatch(text) is not None


def xtext(text: str) -> str:
    """ASCII `text` as the value of an SMTP parameter (RFC 3461 section 4)."""
    return "".join(sign if "!" <= sign <= "~" and sign not in "+=" else f"+{ord(sign):02X}" for sign in text)


def masked(text: str) -> str:
    """`text` with every address reduced to its domain: servers like to repeat addresses in their answers."""
    return _ADDRESS_IN_TEXT.sub(lambda found: "***@" + found.group().rpartition("@")[2], text)
