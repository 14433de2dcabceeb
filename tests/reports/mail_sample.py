"""Invented facts of mails: one firm, pumps and cables. For tests and for the pictures in docs/."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

from reports.mail import (
    AlertFacts,
    AlertProduct,
    DateChange,
    DigestFacts,
    DigestKind,
    MailHead,
    Sender,
    UpdateFacts,
)
from warehouse.records import Level, Relation

SENDER = Sender(
    office="示例市技贸措施工作专班",
    address="alert@office.example",
    reply_to="answer@office.example",
    phone="000-0000 0000",
    contact="综合组",
)
SENT = datetime(2026, 7, 3, 2, 5, tzinfo=UTC)
HEAD = MailHead(
    message_id="<case-1.1@office.example>",
    date=SENT,
    sender=SENDER,
    recipient="liaison@firm.example",
    post="关企联络员",
    other_posts=("质量部", "外贸部"),
    unsubscribe_url="https://office.example/u?t=0123456789abcdef",
    unsubscribe_mailto="mailto:leave@office.example?subject=unsubscribe%200123456789abcdef",
)
PUMP = AlertProduct(
    product_name="示例离心泵",
    hs_code="84137099",
    relation=Relation.DIRECT,
    level=Level.WARNING,
    reason="通报列明品目8413，与申报商品一致。",
    sells_to_member=True,
)
SEAL = AlertProduct(
    product_name="示例密封圈", relation=Relation.INDIRECT, level=Level.WATCH, reason="密封圈装在受管理的泵上。"
)
CABLE = AlertProduct(
    product_name="示例防水电缆",
    hs_code="8544499900",
    relation=Relation.DIRECT,
    level=Level.WATCH,
    reason="通报所列“潜水泵用电缆”包含该产品，申报编码同属8544品目。",
    sells_to_member=True,
)
FACTS = AlertFacts(
    case_id="CASE-1",
    version=1,
    exporter_name="示例泵业有限公司",
    symbols=("G/TBT/N/EU/9999",),
    area="TBT",
    kind_zh="常规通报",
    member_zh="欧盟",
    title="Draft rules for <pumps> & seals",
    title_lang="en",
    title_zh="水泵能效要求条例草案",
    distribution_date=date(2026, 6, 2),
    comment_deadline=date(2026, 8, 1),
    adoption_text="2026 Q4",
    entry_into_force_date=date(2027, 7, 1),
    products=(SEAL, PUMP),
    reviewed_by="王示例",
    url="https://notice.example/9999?a=1&b=2",
    document_links=("https://notice.example/doc.pdf",),
)
MOVED = DateChange(label="评议截止", old="2026年8月1日", new="2026年9月1日")
UPDATE = UpdateFacts(
    alert=dataclasses.replace(FACTS, version=2, comment_deadline=date(2026, 9, 1), products=(SEAL, PUMP, CABLE)),
    changes=(MOVED,),
    new_products=(CABLE,),
    cause_symbol="G/TBT/N/EU/9999/Add.1",
    cause_date=date(2026, 7, 2),
    cause_url="https://notice.example/9999-add1",
)
UPDATE_HEAD = dataclasses.replace(
    HEAD, message_id="<case-1.2@office.example>", references=("<case-1.1@office.example>",)
)
_OTHER_UPDATE = UpdateFacts(
    alert=dataclasses.replace(
        FACTS,
        case_id="CASE-U",
        version=3,
        symbols=("G/TBT/N/GBR/999",),
        member_zh="英国",
        title="Water fittings: amended draft (fictional)",
        title_zh="供水管件与水泵用水安全法规修订草案",
        products=(PUMP,),
        comment_deadline=date(2026, 7, 24),
        url="https://notice.example/gbr-999",
        document_links=(),
    ),
    changes=(DateChange(label="评议截止", old="2026年7月10日", new="2026年7月24日"),),
    cause_symbol="G/TBT/N/GBR/999/Add.2",
)
_TITLES = (
    "电线电缆阻燃要求技术法规草案",
    "潜水泵电气安全与标签要求",
    "橡胶密封件中多环芳烃限量",
    "低压电气设备合格评定程序修订",
)
_MEMBERS = ("印度", "沙特阿拉伯", "肯尼亚", "美国")


def measures(count: int) -> tuple[AlertFacts | UpdateFacts, ...]:
    """`count` measures of all levels, confirmed and not, with and without dates; the second is an update."""
    return tuple(_measure(number) for number in range(count))


def digest(count: int, kind: DigestKind = DigestKind.DAILY) -> DigestFacts:
    """A digest of 3 July 2026."""
    since = date(2026, 6, 27) if kind is DigestKind.WEEKLY else None
    return DigestFacts(kind=kind, day=date(2026, 7, 3), since=since, items=measures(count))


def _measure(number: int) -> AlertFacts | UpdateFacts:
    if number == 0:
        return FACTS
    if number == 1:
        return _OTHER_UPDATE
    titled = _TITLES[number % 4] if number % 5 else ""
    return AlertFacts(
        case_id=f"CASE-{number + 1}",
        version=1,
        exporter_name=FACTS.exporter_name,
        symbols=(f"G/TBT/N/XYZ/{900 + number}",),
        area="TBT",
        kind_zh="常规通报",
        member_zh=_MEMBERS[number % 4],
        title=f"Draft technical regulation no. {number} on electrical equipment (fictional)",
        title_lang="en",
        title_zh=titled,
        comment_deadline=date(2026, 7, 20) + timedelta(days=3 * number) if number % 7 else None,
        comment_deadline_text="" if number % 7 else "60 days from notification",
        entry_into_force_date=date(2027, 1, 1) if number % 3 else None,
        products=(CABLE,) if number % 2 else (SEAL, dataclasses.replace(CABLE, level=Level.REFERENCE)),
        reviewed_by="王示例" if number % 3 else "",
        url=f"https://notice.example/{900 + number}",
    )
