"""Deadlines of many cases as one calendar file (RFC 5545): to subscribe to, or to import once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from reports.document import clean
from reports.mail.calendar_entry import escape_text, fold

_KIND = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_LINK = re.compile(r"https?://[!#-;=?-~]+")  # printable ASCII: nothing that could end the line and begin another
_LONG_NOTICE = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineEntry:
    """One deadline of one case.

    `kind` is a slug; "comment-deadline" makes the same event as the one attached to the mails of the case, so that a
    reader who imported that has no second one. `when`: a plain date is a day as the WTO gives it, an aware datetime a
    moment (the 72-hour clock). `url` is printed only if it is an http(s) link in ASCII.
    """

    kind: str
    case_id: str
    summary: str
    when: date | datetime
    description: str = ""  # line breaks are kept
    url: str = ""
    version: int = 0  # rises with every change of the deadline (SEQUENCE)


def deadlines_calendar(entries: Sequence[DeadlineEntry], stamp: datetime, domain: str, *, name: str = "") -> str:
    """One VCALENDAR with CRLF line ends, events in order of time: the same entries give the same text.

    In: aware `stamp` (DTSTAMP; reminders longer ahead than it allows are left out), `domain` of the UIDs, `name` of the
    calendar as programs list it (RFC 7986). A UID depends on case and kind alone, so a moved deadline moves its event.
    No entries give a calendar without events, which programs read although RFC 5545 3.6 asks for one at least.
    ValueError: naive moments, a kind that is no slug, a domain that is none, two entries of one case and kind.
    """
    if stamp.utcoffset() is None:
        raise ValueError("the stamp must be aware")
    if not _DOMAIN.fullmatch(domain):
        raise ValueError(f"not a domain: {domain!r}")
    events = {_uid(entry, domain): entry for entry in entries}
    if len(events) != len(entries):
        raise ValueError("two entries of one case and kind")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tbtwatch//deadlines//ZH", "CALSCALE:GREGORIAN"]
    if clean(name):
        lines.append(f"NAME;LANGUAGE=zh-CN:{escape_text(clean(name))}")
        lines.append(f"X-WR-CALNAME:{escape_text(clean(name))}")  # what Outlook and Google read instead
    for uid, entry in sorted(events.items(), key=lambda item: (_sort_key(item[1].when), item[0])):
        lines += _event(uid, entry, stamp)
    lines.append("END:VCALENDAR")
    return "".join(fold(line) + "\r\n" for line in lines)


def _uid(entry: DeadlineEntry, domain: str) -> str:
    """The form of `reports.mail.calendar_entry`, for any kind."""
    if not _KIND.fullmatch(entry.kind):
        raise ValueError(f"not a slug: {entry.kind!r}")
    return f"{entry.kind}-{hashlib.sha256(entry.case_id.encode()).hexdigest()[:32]}@{domain}"


def _event(uid: str, entry: DeadlineEntry, stamp: datetime) -> list[str]:
    summary = escape_text(clean(entry.summary))
    description = escape_text("\n".join(clean(line) for line in entry.description.splitlines()).strip())
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{entry.version}",
        f"DTSTAMP:{_utc(stamp)}",
        *_times(entry.when),
        f"SUMMARY;LANGUAGE=zh-CN:{summary}",
        *([f"DESCRIPTION;LANGUAGE=zh-CN:{description}"] if description else []),
        *([f"URL:{entry.url}"] if _LINK.fullmatch(entry.url) else []),
        "TRANSP:TRANSPARENT",
        *(line for trigger in _triggers(entry.when, stamp) for line in _alarm(trigger, summary)),
        "END:VEVENT",
    ]


def _times(when: date | datetime) -> list[str]:
    if isinstance(when, datetime):
        # Without an end an event ends as it begins (RFC 5545 3.6.1), which is what a deadline does. UTC needs no zone.
        return [f"DTSTART:{_utc(when)}"]
    return [f"DTSTART;VALUE=DATE:{when:%Y%m%d}", f"DTEND;VALUE=DATE:{when + timedelta(days=1):%Y%m%d}"]


def _triggers(when: date | datetime, stamp: datetime) -> list[str]:
    """Four hours before a moment; at nine o'clock of the day before a day, and a week before that if it is far."""
    if isinstance(when, datetime):
        return ["-PT4H"]
    return ["-P7DT15H", "-PT15H"] if when - stamp.date() > _LONG_NOTICE else ["-PT15H"]


def _alarm(trigger: str, summary: str) -> list[str]:
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{trigger}", f"DESCRIPTION:{summary}", "END:VALARM"]


def _utc(moment: datetime) -> str:
    if moment.utcoffset() is None:
        raise ValueError("a moment must be aware")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _sort_key(when: date | datetime) -> str:
    return _utc(when) if isinstance(when, datetime) else f"{when:%Y%m%d}"
