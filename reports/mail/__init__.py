"""The mails to firms: alert (one case), update (same thread), digest (several cases). Builds, never sends.

Each takes facts and a `MailHead` (one mail has one recipient) and gives an `EmailMessage` with a text and an HTML part
and, while comments are open, calendar entries for the comment deadlines.
"""

from __future__ import annotations

from reports.mail.build import build_alert, build_digest, build_update
from reports.mail.facts import (
    AlertFacts,
    AlertProduct,
    DateChange,
    DigestFacts,
    DigestKind,
    MailHead,
    Sender,
    UpdateFacts,
)
from reports.mail.privacy import retention_notice
from reports.mail.subjects import alert_subject, digest_subject, update_subject
from reports.mail.wording import LEVEL_WORDS, RELATION_WORDS

__all__ = [
    "LEVEL_WORDS",
    "RELATION_WORDS",
    "AlertFacts",
    "AlertProduct",
    "DateChange",
    "DigestFacts",
    "DigestKind",
    "MailHead",
    "Sender",
    "UpdateFacts",
    "alert_subject",
    "build_alert",
    "build_digest",
    "build_update",
    "digest_subject",
    "retention_notice",
    "update_subject",
]
