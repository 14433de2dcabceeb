"""The comment deadline as an all-day calendar entry (RFC 5545)."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

_FOLD = 75  # octets without the line break, RFC 5545 3.1
_LONG_NOTICE = timedelta(days=7)


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
    """One VCALENDAR with CRLF line ends. In: aware `stamp`; `url` is "" or an http(s) link; texts unescaped.

    The UID depends on the case alone, so a later version (an addendum that moved the date) replaces the entry. There is
    no METHOD: this is a file to keep, not an invitation to answer (RFC 5546 would ask for an organizer and attendees).
    """
    uid = hashlib.sha256(case_id.encode()).hexdigest()[:32]
    notice = "-P7D" if deadline - stamp.date() > _LONG_NOTICE else "-P1D"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//tbtwatch//comment deadline//ZH",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        f"UID:comment-deadline-{uid}@{domain}",
        f"SEQUENCE:{version}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{deadline:%Y%m%d}",
        f"DTEND;VALUE=DATE:{deadline + timedelta(days=1):%Y%m%d}",
        f"SUMMARY;LANGUAGE=zh-CN:{escape_text(summary)}",
        f"DESCRIPTION;LANGUAGE=zh-CN:{escape_text(description)}",
        *([f"URL:{url}"] if url else []),
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"TRIGGER:{notice}",
        f"DESCRIPTION:{escape_text(summary)}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(fold(line) + "\r\n" for line in lines)


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
