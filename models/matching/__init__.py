"""Which product lines does a notification concern, how sure is that, and why."""

from __future__ import annotations

from models.matching.head import Head, load_head
from models.matching.matcher import MODEL_VERSION, Explanation, Matcher, NotificationMatches
from models.matching.policy import Policy, load_policy

__all__ = [
    "MODEL_VERSION",
    "Explanation",
    "Head",
    "Matcher",
    "NotificationMatches",
    "Policy",
    "load_head",
    "load_policy",
]
