"""Where a notification document and the search record of the same symbol state different things."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from warehouse.members import member_zh
from warehouse.records import Issue, Notification, Severity


def compare(search: Notification, document: Notification) -> tuple[Issue, ...]:
    """One warning for each field that both state and state differently; a field that only one states is no conflict.

    Compared: comment deadline, distribution date, set of HS codes, set of members.
    """
    differing = (
        ("comment_deadline", "提意见截止日期", _day(search.comment_deadline), _day(document.comment_deadline)),
        ("distribution_date", "散发日期", _day(search.distribution_date), _day(document.distribution_date)),
        ("hs_codes", "HS编码", _sorted(search.hs_codes), _sorted(document.hs_codes)),
        (
            "member_codes",
            "通报成员",
            "、".join(member_zh(code) for code in sorted(set(search.member_codes))),
            "、".join(member_zh(code) for code in sorted(set(document.member_codes))),
        ),
    )
    return tuple(
        Issue(
            code="document-disagrees",
            severity=Severity.WARNING,
            message=f"{label}不一致：检索记录为“{in_search}”，通报文件为“{in_document}”。",
            next_step="请打开通报文件原文核实，以原文为准。",
            field_name=name,
            value=f"{in_search} | {in_document}",
            subject=search.notification_id,
        )
        for name, label, in_search, in_document in differing
        if in_search and in_document and in_search != in_document
    )


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _sorted(codes: Iterable[str]) -> str:
    return "、".join(sorted(set(codes)))
