"""Which product lines does a notification concern, how sure is that, and why."""

from __future__ import annotations

from models.matching.matcher import MODEL_VERSION, Matcher, NotificationMatches
from models.matching.policy import Policy, load_policy

__all__ = ["MODEL_VERSION", "Matcher", "NotificationMatches", "Policy", "load_policy"]
