"""From facts to what the templates of the alert print: every text cleaned, worded and in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.mail.clean import one_line, web_link
from reports.mail.facts import AlertFacts, AlertProduct
from reports.mail.frame import Frame
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
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link, or only its text where the source gave no web address (`href` is "")."""

    label: str
    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """What is said of a measure in every mail."""

    level: str
    level_key: str
    certainty: str
    is_reviewed: bool
    title: str
    title_lang: str
    title_zh: str
    language: str
    symbols: str
    kind: str
    distributed: str
    deadline: str
    deadline_note: str
    adoption: str
    in_force: str
    links: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertView:
    """All that the templates of the alert print; they hold no logic beyond loops and empty fields."""

    frame: Frame
    measure: MeasureView
    level_key: str
    headline: str
    is_titled_above: bool  # the headline carries the whole Chinese title
    products: tuple[ProductView, ...]
    more_products: str
    product_count: int
    advice: tuple[str, ...]
    is_standard_advice: bool
    clock: str


def alert_view(facts: AlertFacts, frame: Frame, today: date) -> AlertView:
    """`today` is the reader's day (Asia/Shanghai)."""
    member = one_line(facts.member_zh)
    ordered = [product_view(product, member) for product in facts.products_in_order()]
    shown, rest = ordered[:_FULL_PRODUCTS], ordered[_FULL_PRODUCTS:]
    own_advice = officers_advice(facts)
    return AlertView(
        frame=frame,
        measure=measure_view(facts, today),
        level_key=facts.level.value,
        headline=f"{measure_name(facts, _HEADLINE_TITLE)}，涉及贵司{len(ordered)}个产品",
        is_titled_above=len(one_line(facts.title_zh)) <= _HEADLINE_TITLE,
        products=tuple(shown),
        more_products=named(rest),
        product_count=len(ordered),
        advice=own_advice or standard_advice(facts, today),
        is_standard_advice=not own_advice,
        clock=one_line(facts.clock_text),
    )


def measure_view(facts: AlertFacts, today: date) -> MeasureView:
    """The measure as every mail shows it."""
    deadline = facts.comment_deadline
    return MeasureView(
        level=LEVEL_WORDS[facts.level],
        level_key=facts.level.value,
        certainty=certainty(facts),
        is_reviewed=facts.is_reviewed,
        title=one_line(facts.title),
        title_lang=one_line(facts.title_lang),
        title_zh=one_line(facts.title_zh),
        language=LANGUAGE_WORDS.get(facts.title_lang, ""),
        symbols="、".join(one_line(symbol) for symbol in facts.symbols),
        kind=" ".join(part for part in (one_line(facts.area), one_line(facts.kind_zh)) if part),
        distributed=chinese_date(facts.distribution_date) if facts.distribution_date else "",
        deadline=date_or_text(deadline, facts.comment_deadline_text, "通报未注明"),
        deadline_note=remaining(deadline, today) if deadline else "",
        adoption=date_or_text(facts.adoption_date, facts.adoption_text, "未明确"),
        in_force=date_or_text(facts.entry_into_force_date, facts.entry_into_force_text, "未明确"),
        links=_links(facts),
    )


def officers_advice(facts: AlertFacts) -> tuple[str, ...]:
    """What the officer advises; empty = he wrote nothing."""
    return tuple(one_line(line) for line in facts.advice if line.strip())


def product_view(product: AlertProduct, member: str, *, is_new: bool = False) -> ProductView:
    """`member` is the notifying member in Chinese, cleaned."""
    return ProductView(
        name=one_line(product.product_name),
        hs=hs_text(product.hs_code),
        level=LEVEL_WORDS[product.level],
        level_key=product.level.value,
        relation=RELATION_WORDS[product.relation],
        reason=one_line(product.reason),
        market=f"已登记出口{member}" if product.sells_to_member else f"未登记出口{member}",
        is_new=is_new,
    )


def named(products: list[ProductView]) -> str:
    """Products in one line, each with its level."""
    return "、".join(f"{product.name}（{product.level}）" for product in products)


def link_view(label: str, address: str) -> LinkView:
    """A link where `address` is a web address, else its text."""
    return LinkView(label, one_line(address), web_link(address))


def _links(facts: AlertFacts) -> tuple[LinkView, ...]:
    links = [link_view("通报页面", facts.url)] if facts.url.strip() else []
    documents = [document for document in facts.document_links if document.strip()]
    for number, document in enumerate(documents, start=1):
        links.append(link_view("措施原文" if len(documents) == 1 else f"措施原文{number}", document))
    return tuple(links)
