"""The room's front door: everything that came in, from wherever it lies."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

from pipeline.clock import to_shanghai
from pipeline.config import Settings
from pipeline.home import Home
from pipeline.inbound.classify import classify
from pipeline.inbound.mail import InboundMail
from pipeline.inbound.mailbox import open_mailboxes
from pipeline.inbound.one_click import read_one_click


def one_click_file(home: Home) -> Path:
    """Where the unsubscribe page writes."""
    return home.root / "inbound" / "unsubscribe.jsonl"


def read_inbox(
    settings: Settings, home: Home, *, now: datetime, known: Container[str] = frozenset()
) -> Iterator[InboundMail]:
    """Yield what came in, each `key` once and none that is among `known`: clicks first, then folder and server.

    `inbox.days` limits what is asked of the server; a folder is read as a whole. Errors: `StageError` where a source
    cannot be read, on the way too: what was yielded before stays true. `InputError` for a bad password file.
    """
    mailboxes = open_mailboxes(settings.inbox, today=to_shanghai(now).date())
    seen: set[str] = set()
    from_mailboxes = (classify(raw) for mailbox in mailboxes for raw in mailbox.mails(known))
    for mail in chain(read_one_click(one_click_file(home)), from_mailboxes):
        if mail.key not in seen and mail.key not in known:
            seen.add(mail.key)
            yield mail
