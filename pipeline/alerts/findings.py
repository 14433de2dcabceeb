"""What an officer has to know of mails that did not arrive, as issues with a next step. No address stands in them."""

from __future__ import annotations

from datetime import datetime

from pipeline.alerts.offers import Hold, Offer
from pipeline.clock import to_shanghai
from warehouse.errors import StageError
from warehouse.records import Issue, Severity


def to_be_phoned(offer: Offer) -> Issue:
    """The firm can only be told by telephone."""
    return Issue(
        code="contact-missing" if offer.hold is Hold.NO_CONTACT else "contact-lost",
        severity=Severity.WARNING,
        message=f"企业 {offer.exporter_id} 尚未得知案件 {offer.case_id}：{offer.hold}。",
        next_step=f"请由关企联络员电话告知，并登记：tbtwatch case notify {offer.case_id} --firm {offer.exporter_id} …；"
        "联系邮箱有误的，请改正企业清单后重新导入。",
        subject=offer.exporter_id,
        value=offer.case_id,
    )


def in_doubt(mail_id: str, exporter_id: str, detail: str = "上次发送时中断") -> Issue:
    """A mail that may have arrived or not."""
    return Issue(
        code="alert-in-doubt",
        severity=Severity.ERROR,
        message=f"发给企业 {exporter_id} 的邮件 {mail_id} 是否送达不明：{detail}。",
        next_step=f"不会自动重发，请核实后登记：tbtwatch alert settle {mail_id} --as arrived 或 resend。",
        subject=exporter_id,
        value=mail_id,
    )


def not_delivered(mail_id: str, exporter_id: str, state: str, detail: str, again: datetime | None) -> Issue:
    """A mail that a server did not take; `state` as in `mails`, `again` when it is tried again."""
    if state == "in-doubt":
        return in_doubt(mail_id, exporter_id, detail)
    retried = state == "retry"
    when = f"{to_shanghai(again):%m-%d %H:%M} 后再运行 tbtwatch alert send 会自动重发。" if again else ""
    return Issue(
        code=f"alert-{state}",
        severity=Severity.WARNING if retried else Severity.ERROR,
        message=f"发给企业 {exporter_id} 的邮件 {mail_id} 未送达：{detail}",
        next_step=when if retried else "请电话告知企业，并核对联系邮箱。",
        subject=exporter_id,
        value=mail_id,
    )


def bounced(mail_id: str, exporter_id: str, detail: str, again: datetime | None) -> Issue:
    """A mail that a server had taken and that came back; `again` when it is tried again."""
    when = f"{to_shanghai(again):%m-%d %H:%M} 后再运行 tbtwatch alert send 会自动重发。" if again else ""
    return Issue(
        code="alert-bounced",
        severity=Severity.WARNING if again else Severity.ERROR,
        message=f"发给企业 {exporter_id} 的邮件 {mail_id} 被退回：{detail}",
        next_step=when or "请由关企联络员电话告知，并在企业清单中更正联系邮箱后重新导入。",
        subject=exporter_id,
        value=mail_id,
    )


def stopped(error: StageError) -> Issue:
    """Trouble that would meet every mail."""
    return Issue(
        code="alert-stopped",
        severity=Severity.ERROR,
        message=f"发送中止：{error.message}",
        next_step=f"{error.next_step} 未发出的邮件都在待发箱中，排除后再运行 tbtwatch alert send。",
    )
