"""What every transport promises, and what it answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from typing import Protocol

_ADDRESS_IN_TEXT = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+")


class DeliveryState(StrEnum):
    """What became of one delivery.

    accepted: the next hop took it for at least one recipient. deferred: nothing was taken, trying again is safe.
    refused: nothing was taken and trying again is useless. in-doubt: the whole mail went out and no answer came back;
    it may lie in the reader's mailbox, so a person decides and nothing is sent again silently.
    """

    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    IN_DOUBT = "in-doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to one `deliver`.

    `refused` names the recipients that were not taken, with SMTP code and the server's words; 4xx there may be tried
    again for that recipient, 5xx means that the address is bad. A `refused` state with an empty mapping blames the
    message or the sender, not an address. The keys are personal data (kept out of `repr`); `detail` and the words have
    addresses masked.
    """

    state: DeliveryState
    code: int | None  # SMTP reply code that decided, None where there was none
    detail: str
    refused: Mapping[str, tuple[int, str]] = field(default_factory=dict, repr=False)


class Transport(Protocol):
    """Carries a mail. Trouble with this mail is a `Receipt`; trouble that will meet every mail is a `StageError`."""

    def deliver(self, message: EmailMessage, recipients: Sequence[str]) -> Receipt:
        """`recipients` are the envelope's addresses, at least one (`ValueError` else)."""
        ...


def wire_bytes(message: EmailMessage) -> bytes:
    """The mail as it travels and as it is filed: CRLF line ends, 7-bit."""
    return message.as_bytes(policy=SMTP.clone(cte_type="7bit"))


def masked(text: str) -> str:
    """`text` with every address reduced to its domain: servers like to repeat addresses in their answers."""
    return _ADDRESS_IN_TEXT.sub(lambda found: "***@" + found.group().rpartition("@")[2], text)
