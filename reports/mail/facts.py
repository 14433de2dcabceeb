"""What an alert mail says: facts of one case for one firm, already in the words that the reader will see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from warehouse.records import Level, Relation

_LEVEL_ORDER = (Level.WARNING, Level.WATCH, Level.REFERENCE)


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
class Sender:
    """The office that sends: what stands in From, Reply-To and under 联系我们."""

    office: str  # e.g. "某市技术性贸易措施应对办公室"
    address: str  # ASCII address of the From header
    reply_to: str = ""  # a monitored mailbox; "" = `address`
    phone: str = ""
    contact: str = ""  # post or person to ask for


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """One case as one firm is told of it.

    `recipients` are personal data: they go into the To header and nowhere else (not into the body, not into `repr`).
    Where a date is `None`, its `*_text` is shown as given; where both are empty the mail says that it is not known.
    """

    case_id: str
    version: int  # rises with every change that is told; SEQUENCE of the calendar entry
    exporter_name: str
    recipients: tuple[str, ...] = field(repr=False)
    symbols: tuple[str, ...]
    member_zh: str
    title: str  # original
    products: tuple[AlertProduct, ...]
    liaison_post: str = ""
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
        return tuple(
            sorted(self.products, key=lambda p: (_LEVEL_ORDER.index(p.level), p.relation is not Relation.DIRECT))
        )
