"""Comment deadlines as all-day calendar entries (RFC 5545)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FOLD = 75  # octets without the line break, RFC 5545 3.1
_LONG_NOTICE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineEvent:
    """One deadline. `url` is "" or an http(s) link; texts unescaped; `version` becomes SEQUENCE."""

    case_id: str
    version: int
    deadline: date
    summary: str
    description: str
    url: str = ""


def deadlines_file(events: Iterable[DeadlineEvent], *, stamp: datetime, domain: str) -> str:
    """One VCALENDAR with CRLF line ends. In: at least one event, aware `stamp`.

    The UID depends on the case alone, so a later version (an addendum that moved the date) replaces the entry; a case
    may stand in one file only once. There is no METHOD: this is a file to keep, not an invitation to answer (RFC 5546
    would ask for an organizer and attendees).
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tbtwatch//comment deadline//ZH",
        "CALSCALE:GREGORIAN",
        *(line for event in events for line in _event_lines(event, stamp, domain)),
        "END:VCALENDAR",
    ]
    return "".join(fold(line) + "\r\n" for line in lines)


def deadline_entry(
    *,
    case_id: str,
    version: int,
    deadline: date,
    stamp: datetime,
    domain: str,
    summary: str,
    description: str,
    url: str = "",
) -> str:
    """The file of one deadline."""
    event = DeadlineEvent(
        case_id=case_id, version=version, deadline=deadline, summary=summary, description=description, url=url
    )
    return deadlines_file([event], stamp=stamp, domain=domain)


def _event_lines(event: DeadlineEvent, stamp: datetime, domain: str) -> tuple[str, ...]:
    uid = hashlib.sha256(event.case_id.encode()).hexdigest()[:32]
    notice = "-P7D" if event.deadline - stamp.date() > _LONG_NOTICE else "-P1D"
    return (
        "BEGIN:VEVENT",
        f"UID:comment-deadline-{uid}@{domain}",
        f"SEQUENCE:{event.version}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{event.deadline:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.deadline + timedelta(days=1):%Y%m%d}",
        f"SUMMARY;LANGUAGE=zh-CN:{escape_text(event.summary)}",
        f"DESCRIPTION;LANGUAGE=zh-CN:{escape_text(event.description)}",
        *([f"URL:{event.url}"] if event.url else []),
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:{notice}",
        f"DESCRIPTION:{escape_text(event.summary)}",
        "END:VALARM",
        "END:VEVENT",
    )


def escape_text(text: str) -> str:
    r"""A TEXT value (RFC 5545 3.3.11): ``\ ; ,`` escaped, line breaks as ``\n``."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def fold(line: str) -> str:
    """A content line cut into pieces of at most 75 octets, between characters, each further one led by a blank."""
    pieces: list[str] = []
    piece, room = "", _FOLD
    used = 0
    for character in line:
        size = len(character.encode())
        if used + size > room:
            pieces.append(piece)
            piece, used, room = "", 0, _FOLD - 1
        piece += character
        used += size
    pieces.append(piece)
    return "\r\n ".join(pieces)
