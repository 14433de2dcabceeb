"""The alert mail: one firm, one case, one message. Builds, never sends.

`build_alert(AlertFacts, sender=Sender, message_id=..., date=...)` gives an `EmailMessage` with a text and an HTML part
and, while comments are open, a calendar entry for the comment deadline.
"""

from __future__ import annotations

from reports.mail.build import build_alert
from reports.mail.facts import AlertFacts, AlertProduct, Sender
from reports.mail.wording import LEVEL_WORDS, RELATION_WORDS, subject_line

__all__ = ["LEVEL_WORDS", "RELATION_WORDS", "AlertFacts", "AlertProduct", "Sender", "build_alert", "subject_line"]
