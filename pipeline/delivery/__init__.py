"""Carrying a built mail out: one small protocol, two transports."""

from __future__ import annotations

from pipeline.delivery.eml import EmlTransport
from pipeline.delivery.smtp import SmtpSettings, SmtpTransport
from pipeline.delivery.transport import DeliveryState, Receipt, Transport

__all__ = ["DeliveryState", "EmlTransport", "Receipt", "SmtpSettings", "SmtpTransport", "Transport"]
