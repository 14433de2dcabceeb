"""When to ask again, and after how long. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_BASE_SECONDS = 1.0
_CAP_SECONDS = 60.0
_LONGEST_RETRY_AFTER = 600.0  # a source that wants a longer rest is left for the next run
RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


def pause(attempt: int, jitter: float) -> float:
    """Return the seconds to wait before attempt number `attempt` + 1: doubling, capped, spread by `jitter`."""
    return min(_CAP_SECONDS, _BASE_SECONDS * 2.0 ** (attempt - 1)) * (0.5 + jitter / 2)


def retry_after(header: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 10.2.3); None where it says nothing readable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def is_too_long(seconds: float) -> bool:
    """Tell whether a wished rest is longer than a run should wait."""
    return seconds > _LONGEST_RETRY_AFTER
