"""From facts to what the templates of a digest print: a list to look over, then each measure, the rest as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from reports.mail.clean import one_line, shorten
from reports.mail.facts import (
    AlertFacts,
    DigestFacts,
    UpdateFacts,
    alert_of,
    is_deadline_moved,
    line_key,
    products_of,
)
from reports.mail.frame import Frame
from reports.mail.subjects import DIGEST_WORDS, nearest_deadline, period_text, product_count
from reports.mail.update_view import ChangeView, change_view
from reports.mail.view import (
    MeasureView,
    ProductView,
    measure_view,
    named,
    officers_advice,
    product_view,
)
from reports.mail.wording import (
    LEVEL_WORDS,
    change_phrase,
    chinese_date,
    digest_advice,
    measure_name,
    remaining,
    sentence,
    short_date,
)
from reports.stated_dates import stated_zh

_FULL_MEASURES = 12  # told one by one; more is no reading for a phone, and Gmail cuts a page at 102 kB
_FULL_PRODUCTS = 3
_LIST_TITLE = 30  # characters
_LIST_PRODUCT = 16
_HEADLINE_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """One measure in the list at the top or in the table at the end."""

    number: int
    level: str
    level_key: str
    doubt: str  # 待研判, ""
    name: str
    symbol: str
    deadline: str
    news: str  # what an update changed; "" for an alert
    products: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One measure told in full."""

    number: int
    level: str
    level_key: str
    headline: str
    is_titled_above: bool
    measure: MeasureView
    is_update: bool
    changes: tuple[ChangeView, ...]
    is_deadline_moved: bool  # then the change says the deadline
    products: tuple[ProductView, ...]
    more_products: str
    advice: tuple[str, ...]
    is_standard_advice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """All that the templates of a digest print."""

    frame: Frame
    name: str  # 技贸日报
    level_key: str
    period: str
    counts: str  # 预警1项、关注2项
    headline: str
    nearest: str
    doubt: str
    rows: tuple[RowView, ...]
    items: tuple[ItemView, ...]
    rest: tuple[RowView, ...]


def digest_view(facts: DigestFacts, frame: Frame, today: date) -> DigestView:
    """`today` is the reader's day (Asia/Shanghai)."""
    items = facts.items_in_order(today)
    rows = tuple(_row(item, number, today) for number, item in enumerate(items, start=1))
    levels = Counter(item.level for item in items)
    n_machine = sum(not alert_of(item).is_reviewed for item in items)
    nearest = nearest_deadline(facts, today)
    return DigestView(
        frame=frame,
        name=DIGEST_WORDS[facts.kind],
        level_key=items[0].level.value,
        period=period_text(facts, today),
        counts="、".join(f"{word}{levels[level]}项" for level, word in LEVEL_WORDS.items() if levels[level]),
        headline=f"{len(items)}项措施涉及贵司{product_count(facts)}个产品",
        nearest=f"{chinese_date(nearest)}（{remaining(nearest, today)}）" if nearest else "",
        doubt=_doubt(n_machine, len(items)),
        rows=rows[:_FULL_MEASURES],
        items=tuple(_item(item, number, today) for number, item in enumerate(items[:_FULL_MEASURES], start=1)),
        rest=rows[_FULL_MEASURES:],
    )


def _doubt(n_machine: int, n_all: int) -> str:
    if not n_machine:
        return ""
    if n_machine == n_all:
        return "本邮件由系统自动比对生成，尚未经人工研判，供贵司提前核对，不作为最终结论。"
    return f"标有“待研判”的{n_machine}项由系统自动比对得出，尚未经人工研判，供贵司提前核对，不作为最终结论。"


def _row(item: AlertFacts | UpdateFacts, number: int, today: date) -> RowView:
    facts = alert_of(item)
    deadline = facts.comment_deadline
    if deadline is not None and is_deadline_moved(item):
        shown = remaining(deadline, today)  # the day stands in the news
    elif deadline is None:
        shown = f"评议截止{shorten(stated_zh(facts.comment_deadline_text), 24) or '未注明'}"
    elif deadline < today:
        shown = "评议期已过"
    else:
        shown = f"评议截止{short_date(deadline, today)}（{remaining(deadline, today)}）"
    names = list(dict.fromkeys(shorten(product.product_name, _LIST_PRODUCT) for product in products_of(item)))
    measure = measure_view(facts, today)
    return RowView(
        number=number,
        level=LEVEL_WORDS[item.level],
        level_key=item.level.value,
        doubt="" if facts.is_reviewed else "待研判",
        name=measure_name(facts, _LIST_TITLE),
        symbol=one_line(facts.symbols[0]) if facts.symbols else "",
        deadline=shown,
        news=_news(item, today),
        products="、".join(names[:_FULL_PRODUCTS]) + (f"等{len(names)}个产品" if len(names) > _FULL_PRODUCTS else ""),
        href=next((link.href for link in measure.links if link.href), ""),
    )


def _news(item: AlertFacts | UpdateFacts, today: date) -> str:
    if not isinstance(item, UpdateFacts):
        return ""
    parts = [change_phrase(change, today) for change in item.changes]
    if item.new_products:
        parts.append(f"新增{len(item.new_products)}个产品")
    return "，".join(parts)


def _item(item: AlertFacts | UpdateFacts, number: int, today: date) -> ItemView:
    facts = alert_of(item)
    member = one_line(facts.member_zh)
    new = {line_key(product) for product in item.new_products} if isinstance(item, UpdateFacts) else set()
    products = [product_view(p, member, is_new=line_key(p) in new) for p in products_of(item)]
    own_advice = officers_advice(facts)
    return ItemView(
        number=number,
        level=LEVEL_WORDS[item.level],
        level_key=item.level.value,
        headline=measure_name(facts, _HEADLINE_TITLE),
        is_titled_above=len(one_line(facts.title_zh)) <= _HEADLINE_TITLE,
        measure=measure_view(facts, today),
        is_update=isinstance(item, UpdateFacts),
        changes=tuple(change_view(c, today) for c in item.changes) if isinstance(item, UpdateFacts) else (),
        is_deadline_moved=is_deadline_moved(item),
        products=tuple(products[:_FULL_PRODUCTS]),
        more_products=named(products[_FULL_PRODUCTS:]),
        advice=tuple(sentence(line) for line in own_advice) or digest_advice(facts, today),
        is_standard_advice=not own_advice,
    )
