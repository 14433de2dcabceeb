"""Mail that comes back: bounces, delays, replies, automatic replies, unsubscriptions. No mailbox is changed."""

from __future__ import annotations

from pipeline.inbound.classify import classify
from pipeline.inbound.mail import InboundKind, InboundMail
from pipeline.inbound.read import one_click_file, read_inbox

__all__ = ["InboundKind", "InboundMail", "classify", "one_click_file", "read_inbox"]
