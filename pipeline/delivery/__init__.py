"""Carrying a built mail out: one small protocol, two transports."""

from __future__ import annotations

from pipeline.delivery.dkim import Signer
from pipeline.delivery.eml import EmlTransport
from pipeline.delivery.outgoing import envelope_sender, outgoing
from pipeline.delivery.smtp import SmtpTransport
from pipeline.delivery.smtp_connection import SmtpSettings
from pipeline.delivery.transport import DeliveryState, OutgoingMail, Receipt, Transport

__all__ = [
    "DeliveryState",
    "EmlTransport",
    "OutgoingMail",
    "Receipt",
    "Signer",
    "SmtpSettings",
    "SmtpTransport",
    "Transport",
    "envelope_sender",
    "outgoing",
]
