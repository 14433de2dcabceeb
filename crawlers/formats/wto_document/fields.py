"""Boxes and header of one document -> the fields of a `Notification`, with an issue for whatever is odd."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from crawlers.formats.date_fields import distribution_date
from crawlers.formats.kinds import kind_of
from crawlers.formats.parties import cached_code, member_codes
from crawlers.formats.product_codes import hs_codes, ics_codes
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line, find_addresses, shorten, split_list
from crawlers.formats.wto_document.boxes import Boxes, tidy
from crawlers.formats.wto_document.header import Header, free_title
from crawlers.formats.wto_document.reasons import UNKNOWN, Ticked, stated_dates, ticked_reasons
from crawlers.formats.wto_document.text_blocks import Blocks
from crawlers.formats.wto_document.values import (
    Titled,
    articles,
    dates_in,
    has_hs_range,
    has_impossible_date,
    hs_runs,
    ics_runs,
    options,
    split_title,
    statement,
    ticked,
)
from crawlers.formats.wto_document.wording import words
from warehouse.records import Notification, NotificationKind, Severity

_FREE_FORMS: Final = frozenset({NotificationKind.ADDENDUM, NotificationKind.CORRIGENDUM, NotificationKind.SUPPLEMENT})
_URGENT_ARTICLES: Final = frozenset({"2.10.1", "5.7.1"})  # TBT Agreement: urgent problems, measure already adopted
_NOTIFIED_TEXTS: Final = "crnattachments"  # members.wto.org/crnattachments/...: where the WTO keeps notified texts
_SEVERAL_MEMBERS: Final = re.compile(r"\s*(?:[,;\n]|\band\b|\bet\b|\by\b)\s*", re.IGNORECASE)
_DATE_NAMES: Final = {"comment_deadline": "提意见截止日期", "adoption": "拟批准日期", "entry_into_force": "拟生效日期"}
_BOX_NAMES: Final = {
    "notifying_member": "通报成员",
    "products": "覆盖的产品",
    "title": "通报文件的名称",
    "description": "内容概述",
}
_CHECK: Final = "请对照通报原文核实。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The record and what only the payload carries."""

    notification: Notification
    articles: tuple[str, ...]
    reasons: tuple[Ticked, ...]
    title: Titled


def read_fields(header: Header, boxes: Boxes, blocks: Blocks, issues: RowIssues, *, url: str) -> Fields:
    """All fields that the document states; the id of the record is `issues.subject`."""
    texts = boxes.texts
    reasons = ticked_reasons(texts.get("reason", ""))
    _note_reasons(reasons, issues)
    titled = split_title(texts.get("title", ""))
    title, body = (titled.title, header.free_text) if titled.title else free_title(header.free_text)
    ticked_articles = articles(texts.get("articles", ""))
    type_text, given = _type_text(header)
    kind, urgent = kind_of(type_text, header.symbols, issues, "title")
    names = _member_names(texts.get("notifying_member", "") or header.delegation)
    stated = stated_dates(reasons)
    deadline, deadline_text = _date(texts, "comment_deadline", issues, stated)
    adoption, adoption_text = _date(texts, "adoption", issues, stated)
    entry, entry_text = _date(texts, "entry_into_force", issues, stated)
    products = texts.get("products", "")
    lang = boxes.lang or header.lang
    notification = Notification(
        notification_id=issues.subject,
        symbols=tuple(symbol.text for symbol in header.symbols),
        area=header.symbols[0].area if header.symbols else header.area,
        kind=kind,
        is_emergency=urgent or not _URGENT_ARTICLES.isdisjoint(ticked_articles),
        notification_type=given,
        member_names=names,
        member_codes=member_codes(names, header.symbols, issues, _label(boxes, "notifying_member")),
        distribution_date=_distribution_date(header, issues),
        comment_deadline=deadline,
        comment_deadline_text=deadline_text,
        adoption_date=adoption,
        adoption_text=adoption_text,
        entry_into_force_date=entry,
        entry_into_force_text=entry_text,
        title=title,
        description=texts.get("description", "") or tidy("\n".join(body), wrapped=blocks.wrapped),
        products_text=products,
        hs_codes=hs_codes(hs_runs(products), issues, _label(boxes, "products")),
        ics_codes=ics_codes(ics_runs(products), issues, _label(boxes, "products")),
        objectives=_objectives(texts.get("objective", "")),
        affected_regions=_regions(texts.get("regions", "")),
        lang=lang,
        url=url,
        document_links=_links(texts, blocks),
        notification_links={lang: url} if lang and url else {},
    )
    _note_gaps(notification, boxes, issues)
    return Fields(notification=notification, articles=ticked_articles, reasons=reasons, title=titled)


def _label(boxes: Boxes, key: str) -> str:
    return boxes.label_texts.get(key, key)


def _type_text(header: Header) -> tuple[str, str]:
    """The type for `kind_of`, and the title lines as given. "NOTIFICATION" alone says nothing: the symbol decides."""
    amends = [kind for kind in header.title_kinds if kind not in {"notification", "emergency"}]
    urgent = ["emergency"] if "emergency" in header.title_kinds else []
    # the last title line names the document itself: "Addendum", then "Corrigendum"
    return " to ".join([*reversed(amends), *urgent]), " / ".join(header.title_lines)


def _member_names(text: str) -> tuple[str, ...]:
    whole = clean_line(text).strip(" .;")
    if not whole:
        return ()
    first = clean_line(text.split("\n", maxsplit=1)[0]).strip(" .;")
    for name in (whole, first):
        if cached_code(name) is not None:
            return (name,)
    parts = tuple(part for part in _SEVERAL_MEMBERS.split(whole) if part)
    return parts if len(parts) > 1 and all(cached_code(part) for part in parts) else (first,)


def _distribution_date(header: Header, issues: RowIssues) -> date | None:
    return distribution_date(header.distribution_date, issues, "distributionDate")


def _date(texts: Mapping[str, str], key: str, issues: RowIssues, stated: Mapping[str, date]) -> tuple[date | None, str]:
    """The date of a box, or None and its words; the dates of an addendum's tick list come first."""
    if key in stated:
        return stated[key], ""
    text = texts.get(key, "")
    if not text and key != "comment_deadline":
        text = texts.get("adoption_and_entry", "")
    said = statement(text)
    days = dates_in(said)
    if len(days) == 1:
        return days[0], ""
    if days:
        issues.add(
            "dates-several",
            Severity.WARNING,
            f"“{_DATE_NAMES[key]}”一栏写有{len(days)}个日期，无法断定采用哪一个，已作为文字保留。",
            field=_DATE_NAMES[key],
            value=said,
            next_step=_CHECK,
        )
    elif has_impossible_date(said):
        issues.add(
            "date-unreadable",
            Severity.WARNING,
            f"“{_DATE_NAMES[key]}”一栏的“{shorten(said)}”像日期但历法上不存在，已作为文字保留。",
            field=_DATE_NAMES[key],
            value=said,
            next_step=_CHECK,
        )
    return None, said


def _objectives(text: str) -> tuple[str, ...]:
    """Ticked objectives (SPS), else the parts of the free text (TBT) as they are parted."""
    return ticked(text) if options(text) else split_list(text)


def _regions(text: str) -> str:
    """All trading partners or the named regions; unticked options drop out."""
    chosen = [clean_line(words_).strip(" ,;") for is_ticked, words_ in options(text) if is_ticked]
    named = [after.strip() if (after := c.partition(":")[2]).strip() else c.rstrip(" :") for c in chosen]
    return "; ".join(part for part in named if part) or statement(text)


def _links(texts: Mapping[str, str], blocks: Blocks) -> tuple[str, ...]:
    """Addresses of notified texts: those in the WTO's own store and in the title box, else those of the last box."""
    everywhere = find_addresses("\n".join(blocks.lines)) + blocks.links
    stored = [address for address in everywhere if _NOTIFIED_TEXTS in address.lower()]
    found = [*find_addresses(texts.get("title", "")), *stored]
    found = found or [*find_addresses(texts.get("reason", "")), *find_addresses(texts.get("texts_available", ""))]
    # a long address is broken over two lines in a PDF: its annotation has it whole
    whole = [a for a in found if not any(b != a and b.startswith(a) for b in blocks.links)]
    whole += [b for b in blocks.links if any(b != a and b.startswith(a) for a in found)]
    return tuple(dict.fromkeys(whole))


def _note_reasons(reasons: tuple[Ticked, ...], issues: RowIssues) -> None:
    for reason in reasons:
        if reason.key == UNKNOWN:
            issues.add(
                "reason-unknown",
                Severity.INFO,
                f"补遗原因“{shorten(reason.text)}”不在已知条目之中，已按原文保留。",
                field="补遗原因",
                value=reason.text,
                next_step="若为世贸组织新启用的条目，请通知系统维护人员补充。",
            )


def _note_gaps(notification: Notification, boxes: Boxes, issues: RowIssues) -> None:
    for label, text in boxes.unknown.items():
        issues.add(
            "box-label-unknown",
            Severity.INFO,
            f"栏目“{shorten(label)}”不在已知栏目之中，内容已按原文保留。",
            field=label,
            value=text,
            next_step="若为世贸组织启用的新表格，请通知系统维护人员补充该栏目名称。",
        )
    if has_hs_range(notification.products_text):
        issues.add(
            "hs-code-range",
            Severity.WARNING,
            "产品栏写有HS编码区间，只采用了区间两端的编码，原文已保留。",
            field=_label(boxes, "products"),
            value=notification.products_text,
            next_step=_CHECK,
        )
    if not notification.symbols:
        issues.add(
            "symbol-missing",
            Severity.WARNING,
            f"文件抬头中没有可识别的通报号，已用临时编号{notification.notification_id}收录。",
            next_step=_CHECK,
        )
    if not boxes.texts and notification.kind not in _FREE_FORMS:
        issues.add(
            "document-not-understood",
            Severity.WARNING,
            "文件中没有认出任何通报栏目，全文已作为文字保留。",
            next_step="请人工查看；若为世贸组织新启用的表格，请通知系统维护人员。",
        )
    elif notification.kind not in _FREE_FORMS:
        missing = [key for key in words()["expected"] if not boxes.texts.get(key)]
        if missing:
            names = "、".join(_BOX_NAMES[key] for key in missing)
            issues.add(
                "box-missing", Severity.WARNING, f"通报表格缺少或未填栏目：{names}。", field=names, next_step=_CHECK
            )
