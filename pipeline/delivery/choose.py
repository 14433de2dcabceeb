"""Opens the transport that the settings name."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import mail_password
from pipeline.context import Context
from pipeline.delivery.eml import EmlTransport
from pipeline.delivery.smtp import SmtpSettings, SmtpTransport
from pipeline.delivery.transport import Transport


def open_transport(context: Context) -> Transport:
    """Return the transport of this installation: files in the outbox folder, or the mail server."""
    mail = context.settings.mail
    if mail.transport == "eml":
        return EmlTransport(context.home.outbox)
    return SmtpTransport(
        SmtpSettings(
            host=mail.host,
            port=mail.port,
            security=mail.security,
            user=mail.user,
            password=mail_password(mail),
            timeout=mail.timeout_seconds,
            ca_file=Path(mail.ca_file).expanduser() if mail.ca_file else None,
        )
    )
