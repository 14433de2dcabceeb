"""The records that the rooms exchange: frozen, typed, free of any library.

Conventions: instants are timezone-aware UTC `datetime`s named `*_at`; WTO dates are plain `date`s (Geneva) named
`*_date` or `*_deadline`; codes are digits without dots; empty text is `""`, an unknown date is `None`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much an issue matters: an error lost a row or a field, a warning changed or doubts it, info is a remark."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something in the input that a person should see: where it stands, what is wrong, what to do."""

    code: str  # stable, kebab-case, e.g. "hs-code-malformed"
    severity: Severity
    message: str  # Chinese, one sentence
    next_step: str = ""  # Chinese, one sentence
    file_name: str = ""
    row: int | None = None  # 1-based, as the spreadsheet program shows it
    field_name: str = ""  # header of the column, as it stands in the file
    value: str = ""  # the offending value, shortened
    subject: str = ""  # notification_id or exporter_id, where known


class NotificationKind(StrEnum):
    """What a notification does to its family. Domain (TBT, SPS) and urgency are separate facts."""

    REGULAR = "regular"
    REVISION = "revision"
    ADDENDUM = "addendum"
    CORRIGENDUM = "corrigendum"
    SUPPLEMENT = "supplement"
    EMERGENCY = "emergency"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How a measure becomes known: only what was notified to the WTO is counted as a notification (通报)."""

    WTO = "wto"  # notified to the WTO
    LEGISLATION = "legislation"  # draft or adopted text in a market's own gazette or consultation
    RECALL = "recall"  # goods that a market's surveillance found unsafe or non-compliant


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One notification as one source shows it. A joint notification carries all its symbols.

    A measure of another channel has no symbol; its `notification_id` is a prefix of its register and the number there
    ("FR-2025-09947"), its `distribution_date` the day of publication.
    """

    notification_id: str  # the stated id of the interchange form, else the first symbol
    symbols: tuple[str, ...] = ()
    channel: Channel = Channel.WTO
    area: str = ""  # "TBT", "SPS" or "" where the source does not say
    kind: NotificationKind = NotificationKind.UNKNOWN
    is_emergency: bool = False
    notification_type: str = ""  # as given
    member_names: tuple[str, ...] = ()  # as given
    member_codes: tuple[str, ...] = ()  # ISO 3166-1 alpha-3, or EU
    distribution_date: date | None = None
    comment_deadline: date | None = None
    comment_deadline_text: str = ""  # as given, where it is no date ("60 days from notification")
    adoption_date: date | None = None
    adoption_text: str = ""
    entry_into_force_date: date | None = None
    entry_into_force_text: str = ""
    title: str = ""
    description: str = ""
    products_text: str = ""
    hs_codes: tuple[str, ...] = ()  # digits, 2 to 6 (longer national codes kept)
    ics_codes: tuple[str, ...] = ()  # "67.060"
    objectives: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    affected_regions: str = ""
    lang: str = ""  # ISO 639-1 of title and description, or ""
    url: str = ""
    document_links: tuple[str, ...] = ()  # notified texts
    notification_links: Mapping[str, str] = field(default_factory=dict)  # language -> link to the WTO document


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A notification together with how it came: the raw payload and its place. One line of a landing file."""

    source_key: str  # stable within a source
    payload: Mapping[str, object]  # the source's own fields, untouched apart from encoding
    notification: Notification
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """A specific trade concern (特别贸易关注) raised in the TBT or SPS Committee, as one source shows it."""

    concern_id: str  # area and number of the concern: "TBT-345"
    area: str  # "TBT" or "SPS"
    number: str = ""  # as given
    title: str = ""
    responding_members: tuple[str, ...] = ()  # member codes: whose measure it is
    raising_members: tuple[str, ...] = ()  # member codes
    supporting_members: tuple[str, ...] = ()  # member codes
    member_names: tuple[str, ...] = ()  # names as given that no code is known for
    first_raised: date | None = None  # first day of the meeting, or of its month where only that is stated
    last_raised: date | None = None
    n_times_raised: int | None = None
    symbols: tuple[str, ...] = ()  # notifications that it is about, canonical spelling
    status: str = ""  # as given
    products_text: str = ""
    hs_codes: tuple[str, ...] = ()
    objectives: tuple[str, ...] = ()
    description: str = ""
    lang: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernObservation:
    """A concern together with how it came."""

    source_key: str
    payload: Mapping[str, object]
    concern: Concern
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChineseTitle:
    """A Chinese title that a public Chinese bulletin gives to a notification."""

    symbol: str  # canonical spelling
    title_zh: str
    published_date: date | None = None  # of the page
    url: str = ""  # of the page


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleObservation:
    """A Chinese title together with how it came."""

    source_key: str
    payload: Mapping[str, object]
    title: ChineseTitle
    row: int | None = None


Observed = Observation | ConcernObservation | TitleObservation


class Subscription(StrEnum):
    """How often a firm wants mail (订阅方式)."""

    IMMEDIATE = "immediate"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """One line of goods of one exporter."""

    line_id: str  # stable hash of exporter_id and product_name
    exporter_id: str
    product_name: str
    description: str = ""
    hs_code: str = ""  # digits, 2 to 10, as declared
    hs_edition: str = ""  # "HS2022", "HS2017", ... where it could be told, else ""
    market_text: str = ""  # as given
    market_codes: tuple[str, ...] = ()  # member codes; EU states also carry "EU"; regions expanded
    annual_export_cny_10k: float | None = None  # 万元
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Personal data: stands in its own table, never in the published copy, logs or model inputs."""

    exporter_id: str
    post: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """One firm of the city's list of key intermediate-goods exporters (中间品出口重点企业清单)."""

    exporter_id: str
    name: str
    short_name: str = ""  # 简称, several parted by 、
    credit_code: str = ""  # 统一社会信用代码
    district: str = ""
    industry_chain: str = ""
    subscription: Subscription = Subscription.DAILY
    is_negotiation_key: bool = False  # 国外技术壁垒交涉应对重点企业库
    is_survey_sample: bool = False  # 技术性贸易措施影响统计调查的样本
    lines: tuple[ProductLine, ...] = ()
    contacts: tuple[Contact, ...] = ()


class Relation(StrEnum):
    """What a product line is to the products of a measure; `../docs/label-guide.md` is the definition."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    NONE = "none"


class Level(StrEnum):
    """How loudly a match is raised: 预警, 关注, 参考, or nothing."""

    WARNING = "warning"
    WATCH = "watch"
    REFERENCE = "reference"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a match: which text of the notification met which text of the line, and how much it counts."""

    kind: str  # e.g. "hs", "ics", "semantic", "market"
    detail: str  # Chinese, a clause that a reason sentence can carry
    notification_text: str = ""
    line_text: str = ""
    value: float = 0.0  # the feature's value, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A scored pair of notification and product line."""

    notification_id: str
    line_id: str
    relation: Relation
    score: float  # 0 to 1, rising
    level: Level
    reason: str  # one Chinese sentence
    evidence: tuple[Evidence, ...] = ()
    sells_to_member: bool = False  # the market is a factor of its own, not part of the score


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one step did. `counts` keys are stable English names; the command line words them."""

    run_id: str
    step: str
    started_at: datetime
    finished_at: datetime
    outcome: str  # "done", "findings" or "failed"
    counts: Mapping[str, int] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
