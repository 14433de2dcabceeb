"""When a mail that a server did not take is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

# A greylisting server wants to see the mail again after five minutes or more; a full mailbox takes hours.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 30, 60, 120, 240, 480))
GIVE_UP_AFTER = timedelta(hours=72)


def next_attempt(n_attempts: int, queued_at: datetime, now: datetime) -> datetime | None:
    """The moment from which a mail may be tried again after `n_attempts`; None where that lies past the 72 hours."""
    pause = _PAUSES[min(max(n_attempts, 1), len(_PAUSES)) - 1]
    return now + pause if now + pause <= queued_at + GIVE_UP_AFTER else None
