"""What stands around every mail to a firm: greeting, whom to ask, personal data, leaving. Cleaned and worded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.mail.clean import one_line
from reports.mail.facts import MailHead
from reports.mail.privacy import retention_notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The same in all three templates."""

    greeting: str
    also_to: str  # "" = the firm has no other contact
    office: str
    phone: str
    phone_link: str  # digits and + alone; "" = no number a phone can dial
    contact: str
    reply_to: str
    unsubscribe: str  # a checked https or mailto link, or ""
    retention: str
    calendar_count: int  # entries in the attached file

    @classmethod
    def of(cls, head: MailHead, *, firm: str, unsubscribe: str, calendar_count: int) -> Frame:
        """From a head whose addresses were checked."""
        sender = head.sender
        office, phone = one_line(sender.office), one_line(sender.phone)
        addressee = " ".join(part for part in (one_line(firm), one_line(head.post)) if part)
        digits = "".join(c for c in phone if c in "+0123456789")
        return cls(
            greeting=f"{addressee}：",
            also_to=also_to(head.other_posts),
            office=office,
            phone=phone,
            # an extension or a second number would be dialled as one number: no link then
            phone_link=digits if set(phone) <= set("+0123456789 -()（）") else "",
            contact=one_line(sender.contact),
            reply_to=(sender.reply_to or sender.address).strip(),
            unsubscribe=unsubscribe,
            retention=one_line(head.retention_text) or retention_notice(office=office),
            calendar_count=calendar_count,
        )


def also_to(posts: Sequence[str]) -> str:
    """同时发送贵司：法务部、质量部2人，另有1位联系人; "" for none. Posts alone: no names, no addresses."""
    counted = Counter(one_line(post) for post in posts)
    unknown = counted.pop("", 0)
    named = "、".join(post if count == 1 else f"{post}{count}人" for post, count in counted.items())
    parts = [named] if named else []
    if unknown:
        parts.append(f"另有{unknown}位联系人" if counted else f"另{unknown}位联系人")
    return f"同时发送贵司：{'，'.join(parts)}" if parts else ""
