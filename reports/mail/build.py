"""The alert as an `EmailMessage`: headers, text part, HTML part, calendar entry."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from reports.mail.calendar_entry import deadline_entry
from reports.mail.clean import mail_address, one_line, web_link
from reports.mail.facts import AlertFacts, Sender
from reports.mail.headers import mail_policy
from reports.mail.view import alert_view
from reports.mail.wording import measure_name, subject_line
from warehouse.errors import InputError

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")


def build_alert(
    facts: AlertFacts,
    *,
    sender: Sender,
    message_id: str,
    date: datetime,
    unsubscribe_url: str | None = None,
    unsubscribe_mailto: str | None = None,
) -> EmailMessage:
    """The mail of one case to one firm; the same input gives the same bytes.

    In: `message_id` with its angle brackets, stable for (case, version, recipient); `date` aware, it is also the
    "today" from which the days left are counted; `unsubscribe_url` http(s) (one-click POST, RFC 8058, is offered for
    https alone); `unsubscribe_mailto` an address or a mailto link. Line breaks in any text become blanks.
    Errors: `InputError` where an address or an unsubscribe link cannot be used or the firm has no address;
    `ValueError` for a naive `date` or a malformed `message_id` (faults of the caller).
    """
    if date.tzinfo is None:
        raise ValueError("date needs a time zone")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("message_id must look like <left@right>")
    firm = one_line(facts.exporter_name)
    if not facts.recipients:
        raise InputError(f"企业“{firm}”没有可用的联系邮箱。", "请在企业清单中补填联系邮箱后重新导入，或改用电话告知。")
    local_date = date.astimezone(_SHANGHAI)
    today = local_date.date()
    unsubscribe = _unsubscribe_links(unsubscribe_url, unsubscribe_mailto)
    from_address = mail_address(sender.address, "发件地址")
    reply_to = mail_address(sender.reply_to or sender.address, "回复地址")
    recipients = tuple(mail_address(text, f"企业“{firm}”的联系邮箱") for text in facts.recipients)

    message = EmailMessage(policy=mail_policy())
    office = one_line(sender.office)
    message["From"] = Address(display_name=office, addr_spec=from_address)
    message["To"] = tuple(Address(addr_spec=recipient) for recipient in recipients)
    message["Reply-To"] = Address(display_name=office, addr_spec=reply_to)
    message["Subject"] = subject_line(facts, today)
    message["Date"] = local_date
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Precedence"] = "bulk"
    if unsubscribe:
        message["List-Unsubscribe"] = ", ".join(f"<{link}>" for link in unsubscribe)
        if unsubscribe[0].startswith("https:"):
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"

    has_calendar = facts.comment_deadline is not None and facts.comment_deadline > today
    view = alert_view(
        facts,
        sender=sender,
        today=today,
        unsubscribe=unsubscribe[0] if unsubscribe else "",
        has_calendar=has_calendar,
    )
    environment = _environment()
    message.set_content(environment.get_template("alert.txt.j2").render(alert=view), cte="base64")
    html = environment.get_template("alert.html.j2").render(alert=view)
    message.add_alternative(html, subtype="html", cte="base64")
    if has_calendar:
        _attach_calendar(message, facts, local_date, domain=from_address.rpartition("@")[2], office=office)
    message["Content-Language"] = "zh-CN"  # last: building the parts drops the content headers
    _fix_boundaries(message, message_id)
    return message


def _attach_calendar(message: EmailMessage, facts: AlertFacts, stamp: datetime, *, domain: str, office: str) -> None:
    deadline = facts.comment_deadline
    if deadline is None:
        return
    symbols = "、".join(one_line(symbol) for symbol in facts.symbols)
    entry = deadline_entry(
        case_id=facts.case_id,
        version=facts.version,
        deadline=deadline,
        stamp=stamp,
        domain=domain,
        summary=f"评议截止：{measure_name(facts, 40)}",
        description="\n".join(
            line
            for line in (
                f"通报号：{symbols}" if symbols else "",
                one_line(facts.title),
                "涉及产品：" + "、".join(one_line(product.product_name) for product in facts.products_in_order()),
                f"意见请先发送至{office}。",
            )
            if line
        ),
        url=web_link(facts.url),
    )
    message.add_attachment(entry, subtype="calendar", cte="base64", filename=f"评议截止_{deadline.isoformat()}.ics")


def _unsubscribe_links(url: str | None, mailto: str | None) -> tuple[str, ...]:
    links: list[str] = []
    if url:
        link = web_link(url)
        if not link or not link.isascii() or "," in link:
            raise InputError("退订链接不是可用的网址。", "请在设置中改为以 https:// 开头、不含空格、逗号和汉字的网址。")
        links.append(link)
    if mailto:
        address, mark, query = mailto.strip().removeprefix("mailto:").partition("?")
        if not re.fullmatch(r"[A-Za-z0-9%=&.+_-]*", query):
            raise InputError(
                "退订邮箱链接不可用。", "请在设置中改为邮箱地址，或 mailto:地址?subject=unsubscribe 的形式。"
            )
        links.append(f"mailto:{mail_address(address, '退订邮箱')}{mark}{query}")
    return tuple(links)


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Boundaries from the Message-ID instead of chance: a mail built again is the same file, byte by byte."""
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    multiparts = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(multiparts):
        part.set_boundary(f"=_{digest}_{number}")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
