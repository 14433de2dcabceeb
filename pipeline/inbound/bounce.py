"""What a bounce or a delay notice says, in whatever form it came."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.inbound.mail import InboundKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """One notice about one mail of ours. `words` are the server's, with addresses."""

    kind: InboundKind
    status: str = ""
    smtp_code: int | None = None
    recipients: tuple[str, ...] = field(default=(), repr=False)
    envelope_id: str = ""
    refers_to: tuple[str, ...] = ()
    words: str = field(default="", repr=False)
