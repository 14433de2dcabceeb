"""The reminder to the office: cases that come close to a limit or have passed it (督办提醒). Plain text, one mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from reports.mail.clean import mail_address, one_line
from reports.mail.facts import Sender
from reports.mail.headers import mail_policy

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One milestone of one case that needs somebody now."""

    case_id: str
    member_zh: str
    title: str
    milestone_zh: str
    due_at: datetime  # aware
    is_overdue: bool
    owner: str
    time_left: str  # 5小时20分, 超时1小时0分


def build_reminder(
    reminders: Sequence[Reminder], *, sender: Sender, recipient: str, message_id: str, date: datetime
) -> EmailMessage:
    """One mail for all of them, the overdue ones first; the same input gives the same bytes.

    In: at least one reminder, aware `date`. Errors: InputError where an address cannot be used.
    """
    overdue = [item for item in reminders if item.is_overdue]
    near = [item for item in reminders if not item.is_overdue]
    message = EmailMessage(policy=mail_policy())
    message["From"] = Address(display_name=one_line(sender.office), addr_spec=mail_address(sender.address, "发件地址"))
    message["To"] = (Address(addr_spec=mail_address(recipient, "督办提醒的收件地址")),)
    message["Subject"] = "【督办】" + "、".join(
        [*([f"{len(overdue)}项已超时"] if overdue else []), *([f"{len(near)}项临近时限"] if near else [])]
    )
    message["Date"] = date.astimezone(_SHANGHAI)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"截至{date.astimezone(_SHANGHAI):%Y年%-m月%-d日%H:%M}，以下案件需要办理："]
    for heading, items in (("【已超时】", overdue), ("【临近时限】", near)):
        if items:
            lines += ["", heading]
            lines += [line for item in sorted(items, key=lambda item: item.due_at) for line in _lines(item)]
    lines += ["", "每个节点临近时限和超时时各提醒一次。查看：tbtwatch cases --due", one_line(sender.office)]
    message.set_content("\n".join(lines) + "\n", cte="base64")
    message["Content-Language"] = "zh-CN"
    return message


def _lines(item: Reminder) -> list[str]:
    due = item.due_at.astimezone(_SHANGHAI)
    owner = one_line(item.owner) or "未指定"
    return [
        f"· {item.case_id}（{one_line(item.member_zh)}）{one_line(item.title)[:60]}",
        f"  {item.milestone_zh}：时限{due:%-m月%-d日%H:%M}，{item.time_left}；责任人：{owner}",
    ]
