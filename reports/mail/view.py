"""From facts to the view that both templates print: every text cleaned, worded and in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.mail.clean import one_line, web_link
from reports.mail.facts import AlertFacts, AlertProduct, Sender
from reports.mail.wording import (
    LANGUAGE_WORDS,
    LEVEL_WORDS,
    RELATION_WORDS,
    certainty,
    chinese_date,
    date_or_text,
    hs_text,
    measure_name,
    remaining,
    standard_advice,
)

_FULL_PRODUCTS = 5  # more would push advice and contact off the reader's half minute; the rest is named in one line
_HEADLINE_TITLE = 60  # characters


@dataclass(frozen=True, slots=True)
class ProductView:
    """One product as printed."""

    name: str
    hs: str
    level: str
    level_key: str
    relation: str
    reason: str
    market: str


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link, or only its text where the source gave no web address (`href` is "")."""

    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """All that the templates print; they hold no logic beyond loops and empty fields."""

    level: str
    level_key: str
    certainty: str
    is_reviewed: bool
    headline: str
    greeting: str
    title: str
    title_lang: str
    title_zh: str
    is_titled_above: bool  # the headline carries the whole Chinese title
    language: str
    symbols: str
    kind: str
    distributed: str
    deadline: str
    deadline_note: str
    adoption: str
    in_force: str
    products: tuple[ProductView, ...]
    more_products: str
    product_count: int
    advice: tuple[str, ...]
    is_standard_advice: bool
    links: tuple[LinkView, ...]
    clock: str
    office: str
    phone: str
    contact: str
    reply_to: str
    unsubscribe: str
    has_calendar: bool


def alert_view(
    facts: AlertFacts, *, sender: Sender, today: date, unsubscribe: str = "", has_calendar: bool = False
) -> AlertView:
    """`today` is the reader's day (Asia/Shanghai); `unsubscribe` a checked http(s) or mailto link, or ""."""
    member = one_line(facts.member_zh)
    ordered = [_product(product, member) for product in facts.products_in_order()]
    shown, rest = ordered[:_FULL_PRODUCTS], ordered[_FULL_PRODUCTS:]
    count = len(ordered)
    title_zh = one_line(facts.title_zh)
    deadline = facts.comment_deadline
    kind = " ".join(part for part in (one_line(facts.area), one_line(facts.kind_zh)) if part)
    greeting = " ".join(part for part in (one_line(facts.exporter_name), one_line(facts.liaison_post)) if part)
    return AlertView(
        level=LEVEL_WORDS[facts.level],
        level_key=facts.level.value,
        certainty=certainty(facts),
        is_reviewed=facts.is_reviewed,
        headline=f"{measure_name(facts, _HEADLINE_TITLE)}，涉及贵司{count}个产品",
        greeting=f"{greeting}：",
        title=one_line(facts.title),
        title_lang=one_line(facts.title_lang),
        title_zh=title_zh,
        is_titled_above=len(title_zh) <= _HEADLINE_TITLE,
        language=LANGUAGE_WORDS.get(facts.title_lang, ""),
        symbols="、".join(one_line(symbol) for symbol in facts.symbols),
        kind=kind,
        distributed=chinese_date(facts.distribution_date) if facts.distribution_date else "",
        deadline=date_or_text(deadline, facts.comment_deadline_text, "通报未注明"),
        deadline_note=remaining(deadline, today) if deadline else "",
        adoption=date_or_text(facts.adoption_date, facts.adoption_text, "未明确"),
        in_force=date_or_text(facts.entry_into_force_date, facts.entry_into_force_text, "未明确"),
        products=tuple(shown),
        more_products="、".join(f"{p.name}（{p.level}）" for p in rest),
        product_count=count,
        advice=tuple(one_line(line) for line in facts.advice if line.strip()) or standard_advice(facts, today),
        is_standard_advice=not any(line.strip() for line in facts.advice),
        links=_links(facts),
        clock=one_line(facts.clock_text),
        office=one_line(sender.office),
        phone=one_line(sender.phone),
        contact=one_line(sender.contact),
        reply_to=(sender.reply_to or sender.address).strip(),
        unsubscribe=unsubscribe,
        has_calendar=has_calendar,
    )


def _product(product: AlertProduct, member: str) -> ProductView:
    return ProductView(
        name=one_line(product.product_name),
        hs=hs_text(product.hs_code),
        level=LEVEL_WORDS[product.level],
        level_key=product.level.value,
        relation=RELATION_WORDS[product.relation],
        reason=one_line(product.reason),
        market=f"已登记出口{member}" if product.sells_to_member else f"未登记出口{member}",
    )


def _links(facts: AlertFacts) -> tuple[LinkView, ...]:
    links = [LinkView("通报页面", one_line(facts.url), web_link(facts.url))] if facts.url.strip() else []
    documents = [document for document in facts.document_links if document.strip()]
    for number, document in enumerate(documents, start=1):
        label = "措施原文" if len(documents) == 1 else f"措施原文{number}"
        links.append(LinkView(label, one_line(document), web_link(document)))
    return tuple(links)
