"""What the mails say: facts of one case or several for one firm, already in the words that the reader will see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from warehouse.records import Level, Relation

_LEVEL_ORDER = (Level.WARNING, Level.WATCH, Level.REFERENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The office that sends: what stands in From, Reply-To and under 联系谁."""

    office: str  # e.g. "某市技术性贸易措施应对办公室"
    address: str  # ASCII address of the From header
    reply_to: str = ""  # a monitored mailbox; "" = `address`
    phone: str = ""
    contact: str = ""  # post or person to ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class MailHead:
    """One mail to one contact.

    `recipient` is personal data and the links are personal to it: they go into the headers (the link into the foot of
    the body too) and into no `repr`.
    """

    message_id: str  # with its angle brackets, stable for (case, version, contact) or (digest, contact)
    date: datetime  # aware; its day in Shanghai is the "today" from which the days left are counted
    sender: Sender
    recipient: str = field(repr=False)  # one ASCII address
    post: str = ""  # of the contact, for the greeting, e.g. "关企联络员"
    other_posts: tuple[str, ...] = ()  # of the firm's other contacts that get the same mail; "" = post not known
    references: tuple[str, ...] = ()  # Message-IDs of the thread, oldest first; the last becomes In-Reply-To
    unsubscribe_url: str = field(default="", repr=False)  # https, with the contact's own token
    unsubscribe_mailto: str = field(default="", repr=False)  # an address, or mailto:address?subject=...
    retention_text: str = ""  # one line on purpose, retention and rights; "" = standard text


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertProduct:
    """One product line that the measure touches. `level` and `relation` are never `NONE`: such lines raise no alert."""

    product_name: str
    relation: Relation
    level: Level
    reason: str  # Chinese, one sentence
    hs_code: str = ""  # digits, 2 to 10
    sells_to_member: bool = False

    def __post_init__(self) -> None:
        if self.level is Level.NONE or self.relation is Relation.NONE:
            raise ValueError("an alert carries only lines with a level and a relation")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """One case as one firm is told of it; who reads it stands in `MailHead`.

    Where a date is `None`, its `*_text` is shown as given; where both are empty the mail says that it is not known.
    """

    case_id: str
    version: int  # rises with every change that is told; SEQUENCE of the calendar entry
    exporter_name: str
    symbols: tuple[str, ...]
    member_zh: str
    title: str  # original
    products: tuple[AlertProduct, ...]
    kind_zh: str = ""  # e.g. "常规通报", "补遗"
    area: str = ""  # "TBT", "SPS" or ""
    title_lang: str = ""  # ISO 639-1
    title_zh: str = ""
    distribution_date: date | None = None
    comment_deadline: date | None = None
    comment_deadline_text: str = ""
    adoption_date: date | None = None
    adoption_text: str = ""
    entry_into_force_date: date | None = None
    entry_into_force_text: str = ""
    feedback_by: date | None = None  # the office's own date for the firm's opinion, before the comment deadline
    reviewed_by: str = ""  # officer who confirmed; "" = machine only
    advice: tuple[str, ...] = ()  # the officer's; empty = standard advice, marked 初步建议
    url: str = ""  # page of the measure
    document_links: tuple[str, ...] = ()
    clock_text: str = ""  # e.g. "2026年7月3日09:12采集,72小时响应时限为7月6日09:12"

    def __post_init__(self) -> None:
        if not self.products:
            raise ValueError("an alert names at least one product")

    @property
    def is_reviewed(self) -> bool:
        """Whether an officer confirmed the match."""
        return bool(self.reviewed_by.strip())

    @property
    def level(self) -> Level:
        """The loudest level among the products: the level of the mail."""
        return min((product.level for product in self.products), key=_LEVEL_ORDER.index)

    def products_in_order(self) -> tuple[AlertProduct, ...]:
        """Loudest first, direct before indirect, the order given otherwise."""
        return in_order(self.products)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChange:
    """A date that an addendum moved. Texts as printed, e.g. 2026年8月1日; "" = was, or is now, not stated."""

    label: str  # 评议截止, 拟批准时间, 生效时间
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFacts:
    """What is new about a case that the firm was told of before.

    `alert` holds the facts as they are now; its `version` must be higher than the one told before, so that the calendar
    entry replaces the old one. `new_products` may stand in `alert.products` too. The cause is the addendum; all its
    fields are empty where an officer confirmed further products.
    """

    alert: AlertFacts
    changes: tuple[DateChange, ...] = ()
    new_products: tuple[AlertProduct, ...] = ()
    cause_symbol: str = ""
    cause_title: str = ""
    cause_date: date | None = None
    cause_url: str = ""

    def __post_init__(self) -> None:
        if not self.changes and not self.new_products:
            raise ValueError("an update names at least one change or new product")

    @property
    def level(self) -> Level:
        """The loudest level of the case now, new products included."""
        levels = (self.alert.level, *(product.level for product in self.new_products))
        return min(levels, key=_LEVEL_ORDER.index)

    def products(self) -> tuple[AlertProduct, ...]:
        """All lines of the firm that the measure touches now: the new ones first, each line once."""
        new = {line_key(product) for product in self.new_products}
        old = tuple(product for product in self.alert.products if line_key(product) not in new)
        return in_order(self.new_products) + in_order(old)


class DigestKind(StrEnum):
    """Why several measures stand in one mail: a day's, a week's, or many at once for one firm."""

    DAILY = "daily"
    WEEKLY = "weekly"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """Several measures for one firm. All items must be of that firm: a digest never mixes firms (`ValueError`)."""

    kind: DigestKind
    day: date  # the day of the digest, or the last one of its period
    items: tuple[AlertFacts | UpdateFacts, ...]
    since: date | None = None  # first day of the period; None = `day` alone

    def __post_init__(self) -> None:
        if not self.items:
            raise ValueError("a digest names at least one measure")
        if len({alert_of(item).exporter_name for item in self.items}) > 1:
            raise ValueError("a digest is of one firm")
        if self.since is not None and self.since > self.day:
            raise ValueError("a period starts before it ends")

    @property
    def exporter_name(self) -> str:
        """The firm."""
        return alert_of(self.items[0]).exporter_name

    def items_in_order(self, today: date) -> tuple[AlertFacts | UpdateFacts, ...]:
        """Loudest first, then what can still be commented on by the earliest deadline, then unknown, then past ones."""

        def rank(item: AlertFacts | UpdateFacts) -> tuple[int, int, date]:
            deadline = alert_of(item).comment_deadline
            state = 1 if deadline is None else 0 if deadline >= today else 2
            return _LEVEL_ORDER.index(item.level), state, deadline or today

        return tuple(sorted(self.items, key=rank))


def alert_of(item: AlertFacts | UpdateFacts) -> AlertFacts:
    """The facts of the case, as they are now."""
    return item.alert if isinstance(item, UpdateFacts) else item


def is_deadline_moved(item: AlertFacts | UpdateFacts) -> bool:
    """Whether an update says that the comment deadline changed."""
    return isinstance(item, UpdateFacts) and any("评议" in change.label for change in item.changes)


def products_of(item: AlertFacts | UpdateFacts) -> tuple[AlertProduct, ...]:
    """The firm's lines in the order of a mail, the new ones of an update first."""
    return item.products() if isinstance(item, UpdateFacts) else item.products_in_order()


def line_key(product: AlertProduct) -> tuple[str, str]:
    """What makes two products the same line of the firm's list."""
    return product.product_name, product.hs_code


def in_order(products: tuple[AlertProduct, ...]) -> tuple[AlertProduct, ...]:
    """Loudest first, direct before indirect, the order given otherwise."""
    return tuple(sorted(products, key=lambda p: (_LEVEL_ORDER.index(p.level), p.relation is not Relation.DIRECT)))
