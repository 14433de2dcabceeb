"""From an offer to what its mail says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from pipeline.alerts.offers import Offer
from reports.mail import AlertFacts, AlertProduct, DateChange, UpdateFacts
from reports.mail.wording import chinese_date
from warehouse.members import member_zh
from warehouse.outbox import AlertCandidate
from warehouse.records import Notification
from warehouse.reference import what_it_is_zh

DATE_LABELS: Mapping[str, str] = MappingProxyType(
    {"comment_deadline": "评议截止", "adoption_date": "拟批准时间", "entry_into_force_date": "生效时间"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFacts:
    """What all mails about one case say alike."""

    main: Notification  # the measure itself
    latest: Notification | None = None  # what came last of its family; None where nothing is known of it
    title_zh: str = ""
    advice: str = ""  # the officer's, signed
    feedback_by: date | None = None


def mail_facts(offer: Offer, case: MeasureFacts) -> AlertFacts | UpdateFacts:
    """What the mail of an offer says of its case."""
    alert = _alert(offer, case)
    if offer.kind == "alert":
        return alert
    cause = case.latest if offer.moved and case.latest and case.latest is not case.main else None
    return UpdateFacts(
        alert=alert,
        changes=tuple(
            DateChange(label=DATE_LABELS[name], old=_day(offer.told, name), new=_day(offer.dates, name))
            for name in offer.moved
        ),
        new_products=tuple(_product(line) for line in offer.new_lines),
        cause_symbol=cause.symbols[0] if cause and cause.symbols else "",
        cause_title=cause.title if cause else "",
        cause_date=cause.distribution_date if cause else None,
        cause_url=cause.url if cause else "",
    )


def _alert(offer: Offer, case: MeasureFacts) -> AlertFacts:
    main, dates = case.main, offer.dates
    return AlertFacts(
        case_id=offer.case_id,
        version=offer.version,
        exporter_name=offer.exporter_name,
        symbols=main.symbols,
        member_zh="、".join(member_zh(code) for code in main.member_codes) or "、".join(main.member_names),
        kind_zh=what_it_is_zh(main),
        area=main.area,
        title=main.title,
        title_lang=main.lang,
        title_zh=main.title if main.lang == "zh" else case.title_zh,
        distribution_date=main.distribution_date,
        comment_deadline=dates.comment_deadline,
        comment_deadline_text=main.comment_deadline_text,
        adoption_date=dates.adoption_date,
        adoption_text=main.adoption_text,
        entry_into_force_date=dates.entry_into_force_date,
        entry_into_force_text=main.entry_into_force_text,
        feedback_by=case.feedback_by,
        products=tuple(_product(line) for line in offer.lines),
        reviewed_by=offer.reviewed_by,
        advice=tuple(line.strip() for line in case.advice.splitlines() if line.strip()),
        url=main.url,
        document_links=main.document_links,
    )


def _product(line: AlertCandidate) -> AlertProduct:
    return AlertProduct(
        product_name=line.product_name,
        hs_code=line.hs_code,
        relation=line.relation,
        level=line.match_level,
        reason=line.reason.replace("本企业", "贵司"),
        sells_to_member=line.sells_to_member,
    )


def _day(dates: object, name: str) -> str:
    day: date | None = getattr(dates, name)
    return chinese_date(day) if day else ""
