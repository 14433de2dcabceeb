"""Forms of bounces that `flufl.bounce` knows: qmail, Yahoo, GroupWise, old Exchange and many more, of decades.

It is asked only about mails that carry a mark of a notice: it was made for addresses where nothing else comes in.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from email.message import Message

from flufl.bounce import all_failures

from pipeline.inbound.parts import DAMAGE, own_texts

_ADDRESS = re.compile(r"[^\s<>()@,;:\"]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_LINES = 10_000  # patterns of the library take seconds on more

logging.getLogger("flufl.bounce").addHandler(logging.NullHandler())
logging.getLogger("flufl.bounce").propagate = False  # it would write tracebacks of damaged mails


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Addresses that a mail names as not reached for good (`failed`) or not yet (`delayed`)."""

    failed: tuple[str, ...] = field(default=(), repr=False)
    delayed: tuple[str, ...] = field(default=(), repr=False)


def scan(message: Message, ours: frozenset[str]) -> Found:
    """What the library finds, less our own addresses (lower-cased); nothing for a mail that it breaks on."""
    if sum(text.count("\n") for text in own_texts(message)) > _LINES:
        return Found()
    try:
        temporary, permanent = all_failures(message)
        return Found(failed=_addresses(permanent, ours), delayed=_addresses(temporary, ours))
    except DAMAGE:
        return Found()


def _addresses(found: frozenset[bytes], ours: frozenset[str]) -> tuple[str, ...]:
    texts = sorted(address.decode("ascii", "replace") for address in found)
    return tuple(text for text in texts if _ADDRESS.fullmatch(text) and text.lower() not in ours)
