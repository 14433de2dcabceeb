"""The outside of every mail to a firm: its headers, its parts put together, the same bytes for the same input."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from reports.mail.clean import mail_address, one_line, web_link
from reports.mail.facts import MailHead
from reports.mail.headers import mail_policy
from warehouse.errors import InputError

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MESSAGE_ID = re.compile(r"<(?=.{3,250}>\Z)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_LIST_LABEL = "tbt-alerts"


def local_time(head: MailHead) -> datetime:
    """The moment of the mail in Shanghai. Raises `ValueError` for a naive date."""
    if head.date.tzinfo is None:
        raise ValueError("date needs a time zone")
    return head.date.astimezone(_SHANGHAI)


def reader_day(head: MailHead) -> date:
    """The day from which the days left are counted."""
    return local_time(head).date()


def sender_domain(head: MailHead) -> str:
    """The domain of the From address: of calendar UIDs and of List-Id."""
    return mail_address(head.sender.address, "发件地址").rpartition("@")[2]


def open_mail(head: MailHead, *, firm: str, subject: str) -> EmailMessage:
    """A mail with all headers and no body yet.

    Errors: `InputError` where an address or an unsubscribe link cannot be used (without the address: it is personal);
    `ValueError` for a naive date or a malformed Message-ID, faults of the caller.
    """
    date_header = local_time(head)
    for message_id in (head.message_id, *head.references):
        if not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("message_id and references must look like <left@right>")
    named_firm = one_line(firm)
    if not head.recipient.strip():
        raise InputError(
            f"企业“{named_firm}”没有可用的联系邮箱。", "请在企业清单中补填联系邮箱后重新导入，或改用电话告知。"
        )
    links = unsubscribe_links(head)
    from_address = mail_address(head.sender.address, "发件地址")
    reply_to = mail_address(head.sender.reply_to or head.sender.address, "回复地址")
    recipient = mail_address(head.recipient, f"企业“{named_firm}”的联系邮箱")
    office = one_line(head.sender.office)

    message = EmailMessage(policy=mail_policy())
    message["From"] = Address(display_name=office, addr_spec=from_address)
    message["To"] = (Address(addr_spec=recipient),)
    message["Reply-To"] = Address(display_name=office, addr_spec=reply_to)
    message["Subject"] = subject
    message["Date"] = date_header
    message["Message-ID"] = head.message_id
    if head.references:
        message["In-Reply-To"] = head.references[-1]
        message["References"] = " ".join(dict.fromkeys(head.references))
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    message["List-Id"] = f"<{_LIST_LABEL}.{from_address.rpartition('@')[2]}>"  # RFC 2919
    if links:
        message["List-Unsubscribe"] = ", ".join(f"<{link}>" for link in links)
        if links[0].startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def close_mail(
    message: EmailMessage, *, text: str, html: str, calendar: str = "", calendar_name: str = ""
) -> EmailMessage:
    """Put in both bodies and, where there is one, the calendar file; fix what the library leaves to chance."""
    message.set_content(text, cte="base64")
    message.add_alternative(html, subtype="html", cte="base64")
    if calendar:
        message.add_attachment(calendar, subtype="calendar", cte="base64", filename=calendar_name)
    message["Content-Language"] = "zh-CN"  # last: building the parts drops the content headers
    _fix_boundaries(message)
    return message


def unsubscribe_links(head: MailHead) -> tuple[str, ...]:
    """The https link, then the mailto link, as far as given. `InputError` where one cannot be used."""
    links: list[str] = []
    if head.unsubscribe_url:
        link = web_link(head.unsubscribe_url)
        if not link.startswith("https://") or not link.isascii() or set(link) & set(",;"):
            raise InputError("退订链接不是可用的网址。", "请在设置中改为以 https:// 开头、不含空格、逗号和汉字的网址。")
        links.append(link)
    if head.unsubscribe_mailto:
        address, mark, query = head.unsubscribe_mailto.strip().removeprefix("mailto:").partition("?")
        if not re.fullmatch(r"[A-Za-z0-9%=&.+_-]*", query):
            raise InputError(
                "退订邮箱链接不可用。", "请在设置中改为邮箱地址，或 mailto:地址?subject=unsubscribe 的形式。"
            )
        links.append(f"mailto:{mail_address(address, '退订邮箱')}{mark}{query}")
    return tuple(links)


def _fix_boundaries(message: EmailMessage) -> None:
    """Boundaries from the Message-ID instead of chance: a mail built again is the same file, byte by byte."""
    digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:24]
    multiparts = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{digest}_{number}")
