"""The mails as files (`outbox/*.eml`) that name a person: found by their headers, removed for good."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

_RECIPIENTS = ("To", "Cc", "Bcc")


def delete_mails_to(folder: Path, addresses: Collection[str]) -> int:
    """Delete the mails that name one of these addresses as a recipient, in whatever case; return how many."""
    wanted = {address.lower() for address in addresses}
    n_deleted = 0
    for path in _mails(folder):
        if wanted & _recipients(_headers(path)):
            path.unlink()
            n_deleted += 1
    return n_deleted


def delete_mails_before(folder: Path, before: datetime) -> int:
    """Delete the mails dated before a moment; return how many. Without a readable date that of the file counts."""
    n_deleted = 0
    for path in _mails(folder):
        if _written_at(path) < before:
            path.unlink()
            n_deleted += 1
    return n_deleted


def _mails(folder: Path) -> Iterator[Path]:
    # a killed run may have left a half-written mail, which names its recipient too
    yield from sorted(path for path in folder.rglob("*") if path.suffix in {".eml", ".part"} and path.is_file())


def _headers(path: Path) -> Message:
    with path.open("rb") as file:
        return BytesHeaderParser().parse(file)


def _recipients(headers: Message) -> set[str]:
    fields = [str(value) for name in _RECIPIENTS for value in headers.get_all(name, [])]
    return {address.lower() for _, address in getaddresses(fields)}


def _written_at(path: Path) -> datetime:
    try:
        stated = parsedate_to_datetime(str(_headers(path)["Date"]))
    except ValueError:
        return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return stated if stated.tzinfo else stated.replace(tzinfo=UTC)
