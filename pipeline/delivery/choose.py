"""Opens the transport that the settings name."""

from __future__ import annotations

from pathlib import Path

from pipeline.config import MailSettings, mail_password
from pipeline.context import Context
from pipeline.delivery.eml import EmlTransport
from pipeline.delivery.smtp import SmtpTransport
from pipeline.delivery.smtp_connection import SmtpSettings
from pipeline.delivery.transport import Transport


def open_transport(context: Context) -> Transport:
    """Return the transport of this installation, for a `with`: files in the outbox folder, or the mail server."""
    mail = context.settings.mail
    if mail.transport == "eml":
        return EmlTransport(context.home.outbox)
    return SmtpTransport(smtp_settings(mail))


def smtp_settings(mail: MailSettings) -> SmtpSettings:
    """Where and how to deliver. Errors: `InputError` for a password file that cannot be used."""
    return SmtpSettings(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=mail_password(mail),
        timeout=mail.timeout_seconds,
        ca_file=Path(mail.ca_file).expanduser() if mail.ca_file else None,
    )
