"""Where mails are read from: one small protocol, and which source the settings name."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

from pipeline.config import InboxSettings, inbox_password
from pipeline.inbound.folder import FolderMailbox
from pipeline.inbound.imap import ImapMailbox, ImapSettings


class Mailbox(Protocol):
    """Gives mails and changes nothing."""

    def mails(self, known: Container[str] = frozenset()) -> Iterator[bytes]:
        """Each mail's bytes, long ones cut; mails whose key (see `InboundMail`) is known may be left out.

        Errors: `StageError` where the mailbox cannot be read.
        """
        ...


def open_mailboxes(settings: InboxSettings, *, today: date) -> tuple[Mailbox, ...]:
    """The mailboxes that the settings name, none to two. `today` is the day from which `days` are counted back."""
    found: list[Mailbox] = []
    if settings.folder:
        found.append(FolderMailbox(Path(settings.folder).expanduser()))
    if settings.host:
        found.append(
            ImapMailbox(
                ImapSettings(
                    host=settings.host,
                    port=settings.port,
                    security=settings.security,
                    user=settings.user,
                    password=inbox_password(settings),
                    mailbox=settings.mailbox,
                    days=settings.days,
                    ca_file=Path(settings.ca_file).expanduser() if settings.ca_file else None,
                ),
                today=today,
            )
        )
    return tuple(found)
