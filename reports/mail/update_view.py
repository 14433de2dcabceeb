"""From facts to what the templates of the update print: half a phone screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.mail.clean import one_line
from reports.mail.facts import DateChange, UpdateFacts, in_order, is_deadline_moved, line_key
from reports.mail.frame import Frame
from reports.mail.view import (
    LinkView,
    MeasureView,
    ProductView,
    link_view,
    measure_view,
    officers_advice,
    product_view,
)
from reports.mail.wording import (
    LEVEL_WORDS,
    change_direction,
    chinese_date,
    measure_name,
    remaining,
    sentence,
    stated_date,
    update_advice,
)

_HEADLINE_TITLE = 40  # characters
_NAMED_PRODUCTS = 6  # products told before: the reader knows them


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One moved date: 评议截止, 2026年8月1日, 2026年9月1日, 延后31天，还有60天."""

    label: str
    old: str
    new: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateView:
    """All that the templates of the update print."""

    frame: Frame
    measure: MeasureView
    level: str
    level_key: str
    headline: str
    cause: str
    cause_link: LinkView | None
    changes: tuple[ChangeView, ...]
    unchanged_deadline: str  # where no change is about it
    new_products: tuple[ProductView, ...]
    known_products: str
    product_count: int
    advice: tuple[str, ...]
    is_standard_advice: bool


def update_view(facts: UpdateFacts, frame: Frame, today: date) -> UpdateView:
    """`today` is the reader's day (Asia/Shanghai)."""
    alert = facts.alert
    member = one_line(alert.member_zh)
    measure = measure_view(alert, today)
    own_advice = officers_advice(alert)
    note = f"（{measure.deadline_note}）" if measure.deadline_note else ""
    return UpdateView(
        frame=frame,
        measure=measure,
        level=LEVEL_WORDS[facts.level],
        level_key=facts.level.value,
        headline=f"{measure_name(alert, _HEADLINE_TITLE)}{what_is_new(facts)}",
        cause=cause_text(facts),
        cause_link=link_view("更新通报", facts.cause_url) if facts.cause_url.strip() else None,
        changes=tuple(change_view(change, today) for change in facts.changes),
        unchanged_deadline="" if is_deadline_moved(facts) else f"{measure.deadline}{note}",
        new_products=tuple(product_view(p, member, is_new=True) for p in in_order(facts.new_products)),
        known_products=known_products(facts, _NAMED_PRODUCTS),
        product_count=len(facts.products()),
        # the officer's advice may be older than the change: what is new is said before it
        advice=update_advice(facts, today, is_told_by_officer=bool(own_advice))
        + tuple(sentence(line) for line in own_advice),
        is_standard_advice=not own_advice,
    )


def what_is_new(facts: UpdateFacts) -> str:
    """有日期变更，新增涉及贵司2个产品."""
    parts = ["有日期变更"] if facts.changes else []
    if facts.new_products:
        parts.append(f"新增涉及贵司{len(facts.new_products)}个产品")
    return "，".join(parts)


def cause_text(facts: UpdateFacts) -> str:
    """依据：2026年7月20日G/TBT/N/EU/9999/Add.1“题名”; without an addendum the officer's confirmation, else ""."""
    symbol, title = one_line(facts.cause_symbol), one_line(facts.cause_title)
    if not symbol and not title:
        return "依据：研判人员进一步确认" if facts.new_products and facts.alert.is_reviewed else ""
    day = chinese_date(facts.cause_date) if facts.cause_date else ""
    named = f"{symbol}{f'“{title}”' if title else ''}"
    return f"依据：{day}{named}"


def change_view(change: DateChange, today: date) -> ChangeView:
    """Dates in Chinese form, other texts as given, what is missing named."""
    old, new = stated_date(change.old), stated_date(change.new)
    notes = [change_direction(change)]
    if new is not None and "评议" in change.label:
        notes.append(remaining(new, today))
    return ChangeView(
        label=one_line(change.label),
        old=chinese_date(old) if old else one_line(change.old) or "未明确",
        new=chinese_date(new) if new else one_line(change.new) or "未明确",
        note="，".join(notes),
    )


def known_products(facts: UpdateFacts, limit: int) -> str:
    """The products told before, by name alone: 示例离心泵、示例密封圈等8个."""
    new = {line_key(product) for product in facts.new_products}
    names = [one_line(p.product_name) for p in facts.alert.products_in_order() if line_key(p) not in new]
    return "、".join(names[:limit]) + (f"等{len(names)}个" if len(names) > limit else "")
