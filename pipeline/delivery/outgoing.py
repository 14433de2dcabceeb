"""From a built message to the mail that a transport carries."""

from __future__ import annotations

from email.message import EmailMessage

from pipeline.config import Settings
from pipeline.delivery.dkim import Signer
from pipeline.delivery.transport import OutgoingMail, is_address, wire_bytes
from warehouse.errors import InputError


def outgoing(
    message: EmailMessage, *, sender: str, recipient: str, signer: Signer | None = None, envelope_id: str = ""
) -> OutgoingMail:
    """Put `message` into wire form, sign it where there is a key, and address it to one recipient.

    The same message and key give the same bytes. Errors: `ValueError` as `OutgoingMail`.
    """
    content = wire_bytes(message)
    return OutgoingMail(
        message_id=str(message["Message-ID"] or ""),
        content=signer.sign(content) if signer else content,
        sender=sender,
        recipient=recipient,
        envelope_id=envelope_id,
    )


def envelope_sender(settings: Settings) -> str:
    """The address that bounces come back to. Errors: `InputError` where the settings name none that can be used."""
    address = settings.mail.bounce_address or settings.office.email
    if not is_address(address):
        key = "mail.bounce_address" if settings.mail.bounce_address else "office.email"
        raise InputError(f"{key} 不是可用的邮箱地址：{address or '（空）'}", "请在设置文件中改正后重试。")
    return address
