"""What one issue of the bulletin says, as records: filled from SQL by the pipeline, worded by `compose`.

Units: 件 counts symbols, 项 counts measures (one text, however many members notify it jointly), 家 counts firms.
Counts in `Counted` tuples may come in any order and without zeroes. Instants are aware UTC; WTO dates are dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

UNKNOWN_MEMBER = "成员未识别"  # stands among the members of a breakdown and is none
OTHER_MARKETS = "其他"  # stands among the markets for members of none that has a name


@dataclass(frozen=True, slots=True)
class Counted:
    """A name as it is to be printed (Chinese) and how many."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Written:
    """A text that an officer wrote for this issue, and who."""

    text: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of counting or choosing, printed in annex 3."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Serial:
    """The number of a released issue: within its year, and over all years (总第)."""

    in_year: int
    overall: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who issues, to whom. Empty fields are left out of the colophon."""

    name: str  # 编发单位
    contact: str = ""  # 联系电话 of the office, never of a firm
    report_to: str = ""  # 报
    copy_to: str = ""  # 送
    send_to: str = ""  # 发


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The month as a whole. `tbt` and `sps` count symbols; what is neither is the rest to `n_symbols`."""

    n_symbols: int
    n_measures: int
    tbt: int
    sps: int
    n_members: int
    n_joint_texts: int = 0  # measures that came under more than one symbol
    n_joint_symbols: int = 0  # the symbols that they came under
    previous_month: int | None = None  # 件, None where there is no history
    same_month_last_year: int | None = None  # 件, None where there is no history
    year_to_date: int | None = None  # 件 since 1 January, this month included
    year_to_date_last_year: int | None = None  # 件 of the same months, None where there is no history


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """Counts of symbols (件). Objectives and buckets may overlap: a symbol can stand under several."""

    members: tuple[Counted, ...] = ()
    areas: tuple[Counted, ...] = ()  # TBT, SPS, 领域未注明
    kinds: tuple[Counted, ...] = ()
    buckets: tuple[Counted, ...] = ()
    objectives: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """Symbols (件) of one month that the record reaches back to."""

    year: int
    month: int
    n_symbols: int
    tbt: int
    sps: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One industry chain: measures by market (in the order of `Relevance.markets`) and distinct measures in all."""

    chain: str
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Relevance:
    """What touches the city's list. A measure may stand in several chains, so columns need not add up to totals."""

    n_measures: int = 0
    n_firms: int = 0
    markets: tuple[str, ...] = ()  # 美国, 欧盟, 日本, 中东, 东盟, ..., 其他
    rows: tuple[MatrixRow, ...] = ()
    market_totals: tuple[int, ...] = ()  # distinct measures by market
    n_firms_on_list: int | None = None  # size of the register that was compared
    small_chains: tuple[str, ...] = ()  # of too few listed firms to be named in the public issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """A market or a field of goods that has a part of its own, with its measures, the weightiest first."""

    name: str
    group: str  # "market" or "topic"
    case_ids: tuple[str, ...] = ()  # of `BulletinFacts.items`
    n_firms: int = 0
    n_month_by_words: int | None = None  # 项 of all the month whose own words name the field; None where not looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a judgement rests on: words of the notification as they stand there."""

    symbol: str
    url: str
    text: str
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterDocument:
    """A document of the month that amends a measure."""

    symbol: str
    kind_zh: str  # 补遗, 勘误, ...
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinItem:
    """One relevant measure of the month."""

    case_id: str
    symbols: tuple[str, ...]
    member_zh: str  # members of a joint text joined by 、
    distribution_date: date | None
    kind_zh: str  # 常规通报, 补遗, ...
    documents: tuple[LaterDocument, ...] = ()  # of the month, besides the one that the item is called by
    area: str = ""  # TBT or SPS
    title: str = ""  # original
    lang: str = ""  # ISO 639-1 of the original
    title_zh: str = ""  # "" while nobody has translated it
    title_mark: str = ""  # printed after title_zh, e.g. 机器翻译
    description: str = ""  # original words of the notification, shortened
    products_zh: tuple[str, ...] = ()  # Chinese names of headings
    products_text: str = ""  # original, shortened
    hs: tuple[str, ...] = ()
    ics: tuple[str, ...] = ()
    objectives_zh: tuple[str, ...] = ()
    comment_deadline: date | None = None
    comment_deadline_text: str = ""  # as notified, where it is no date
    days_left: int | None = None  # at the issue date; negative: passed
    adoption_text: str = ""  # printed as it is, e.g. 2027年1月1日 or 未明确
    entry_text: str = ""
    relation_zh: str = ""  # 直接, 间接
    level: str = "参考"  # 预警, 关注, 参考
    chains: tuple[str, ...] = ()
    n_firms: int = 0
    firm_names: tuple[str, ...] = ()  # printed in the restricted version only
    reasons: tuple[str, ...] = ()
    reasons_public: tuple[str, ...] = ()  # the same for the public issue, without words of the firms' list
    content_zh: Written | None = None  # 主要内容 as an officer wrote it for this issue
    effect_zh: Written | None = None  # 对我市影响 as an officer wrote it for this issue
    advice: tuple[str, ...] = ()  # 应对建议
    advice_by: str = ""  # who signed or wrote it; "" for a draft of the program
    advice_is_signed: bool = False  # signed with the case, not written for this issue
    advice_is_draft: bool = False
    markets: tuple[str, ...] = ()  # market groups of the notifying members
    n_firms_selling: int = 0  # of n_firms, those that list the member among their main markets
    exposed_cny_10k: int | None = None  # 年出口额 of the goods concerned, all markets, 万元; None: unknown or withheld
    n_firms_exposed: int = 0  # firms that this amount is the sum of
    exposure_withheld: bool = False  # too few firms for the public issue
    firms_by: date | None = None  # 企业意见 due at the office
    upward_by: date | None = None  # 汇总意见 due upward
    evidence: tuple[Quote, ...] = ()
    judged_by: str = ""  # "" means 机器初筛,未经人工研判; left out of the public version
    is_judged: bool = False  # in the public version: somebody has judged it
    clock_text: str = ""  # 处置状态, e.g. 已按时响应(用时41.5小时)
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineEntry:
    """A date ahead, of this month's or an earlier measure that is still open."""

    case_id: str
    symbols: tuple[str, ...]
    member_zh: str
    subject_zh: str  # Chinese title or products
    on: date
    days_left: int  # from the issue date, 0 is the day itself
    event: str = "评议截止"  # or 拟批准, 拟生效
    n_firms: int = 0
    state_zh: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A measure that is not answered yet, backfills apart."""

    case_id: str
    symbols: tuple[str, ...]
    member_zh: str
    step_zh: str  # what is due next: 研判, 企业告知, 应对建议
    due_at: datetime
    is_overdue: bool
    is_of_month: bool  # its clock started in the month of the issue
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRate:
    """The measures of a month that one policy is the clock of; units and sums as in `ResponseClock`."""

    version: str
    due: int = 0
    done: int = 0
    on_time: int = 0
    overdue: int = 0
    not_yet_due: int = 0
    backfilled: int = 0
    median_hours: float | None = None
    p90_hours: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseClock:
    """72小时快速响应, by month of first collection. on_time + overdue = due; backfilled stand outside."""

    policy_text: str  # printed in full in every issue: what the month's measures were timed by
    rates: tuple[ResponseRate, ...] = ()  # by policy where there are several, which share no rate and no median
    due: int = 0  # 应响应: answered, or the limit has passed
    done: int = 0  # 已响应, late ones included
    on_time: int = 0
    overdue: int = 0  # answered late or still open after the limit
    not_yet_due: int = 0
    median_hours: float | None = None
    p90_hours: float | None = None
    backfilled: int = 0  # 补录
    causes: tuple[Counted, ...] = ()  # 超时原因; a measure may have several
    steps: tuple[Counted, ...] = ()  # measures by the step that missed its limit; a measure may have missed several
    still_open: tuple[OpenCase, ...] = ()  # all unanswered measures, of earlier months too, the first due first


@dataclass(frozen=True, slots=True, kw_only=True)
class Proceeding:
    """A step of comment or specific trade concern work (六、)."""

    on: date
    kind_zh: str  # 评议意见提交, 成员答复, 特别贸易关注, 磋商
    symbols: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class IssueCount:
    """Data issues of one kind: a sentence, and how many."""

    message: str
    n: int
    n_public: int = 0  # of these, of a kind for the public issue and seen in its month


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source of the month: what came, from when to when."""

    name: str
    n_notifications: int
    first_collected_at: datetime | None
    last_collected_at: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinFacts:
    """Everything that an issue says."""

    year: int
    month: int
    issuer: Issuer
    serial: Serial | None  # None: a draft, numbers are given at release only
    issue_date: date
    generated_at: datetime
    firm_names: bool  # True: restricted version
    counting_rule: str
    totals: Totals
    breakdown: Breakdown
    relevance: Relevance
    response: ResponseClock
    items: tuple[BulletinItem, ...] = ()
    deadlines: tuple[DeadlineEntry, ...] = ()
    preface: Written | None = None  # 导语
    previous: Breakdown | None = None  # of the month before; None where there is no history
    last_year: Breakdown | None = None  # of the same month of the year before
    trend: tuple[MonthCount, ...] = ()  # up to twelve months, the oldest first, without those not on record
    focus: tuple[Focus, ...] = ()
    proceedings: tuple[Proceeding, ...] = ()
    n_consultations: int = 0  # 政企会商 of the month
    n_consulted_measures: int = 0
    hints: tuple[Written, ...] = ()  # 工作提示 of officers, beside those that follow from facts
    rules: tuple[Rule, ...] = ()
    silence: tuple[date, date] | None = None  # first and last of the days without a notification, where too many
    issues: tuple[IssueCount, ...] = ()
    sources: tuple[SourceState, ...] = ()
    substituted_fonts: tuple[str, ...] = ()  # sentences of `reports.fonts`
    corrections: tuple[str, ...] = ()  # 更正: what an earlier issue printed wrongly
    simulated: bool = False  # firms or notifications are fictional: the issue says so


def inconsistencies(facts: BulletinFacts) -> tuple[str, ...]:
    """What does not add up, as Chinese sentences; empty for sound facts. Such an issue must not be released."""
    totals, response, relevance = facts.totals, facts.response, facts.relevance
    found: list[str] = []
    if totals.tbt + totals.sps > totals.n_symbols:
        found.append(f"TBT、SPS通报之和（{totals.tbt + totals.sps}件）大于通报总数（{totals.n_symbols}件）")
    if totals.n_measures > totals.n_symbols:
        found.append(f"措施数（{totals.n_measures}项）大于通报数（{totals.n_symbols}件）")
    member_sum = sum(member.n for member in facts.breakdown.members)
    if facts.breakdown.members and member_sum != totals.n_symbols:
        found.append(f"各成员通报之和（{member_sum}件）与通报总数（{totals.n_symbols}件）不符")
    named = [member for member in facts.breakdown.members if member.name != UNKNOWN_MEMBER]
    if facts.breakdown.members and len(named) != totals.n_members:
        found.append(f"列出的成员（{len(named)}个）与成员数（{totals.n_members}个）不符")
    kind_sum = sum(kind.n for kind in facts.breakdown.kinds)
    if facts.breakdown.kinds and kind_sum != totals.n_symbols:
        found.append(f"各类型通报之和（{kind_sum}件）与通报总数（{totals.n_symbols}件）不符")
    if len(facts.items) != relevance.n_measures:
        found.append(f"附件所列相关措施（{len(facts.items)}项）与正文所述（{relevance.n_measures}项）不符")
    if response.on_time + response.overdue != response.due:
        found.append(
            f"按时（{response.on_time}项）与超时（{response.overdue}项）之和不等于应响应数（{response.due}项）"
        )
    if not response.on_time <= response.done <= response.due:
        found.append(f"已响应数（{response.done}项）不在按时数与应响应数之间")
    for name in ("due", "done", "on_time", "overdue", "not_yet_due", "backfilled"):
        parts = sum(getattr(rate, name) for rate in response.rates)
        if response.rates and parts != getattr(response, name):
            found.append(f"各计时规则的响应数之和（{parts}项）与总数（{getattr(response, name)}项）不符")
    found += _wrong_parts(facts)
    width = len(relevance.markets)
    if len(relevance.market_totals) != width or any(len(row.counts) != width for row in relevance.rows):
        found.append("产业链与市场分布表的列数不一致")
    return tuple(found)


def _wrong_parts(facts: BulletinFacts) -> list[str]:
    totals, response = facts.totals, facts.response
    found: list[str] = []
    month_open = sum(case.is_of_month for case in response.still_open)
    if response.still_open and month_open != response.due - response.done + response.not_yet_due:
        found.append(
            f"列出的本月未响应措施（{month_open}项）与应响应、未到期数推算结果"
            f"（{response.due - response.done + response.not_yet_due}项）不符"
        )
    known = {item.case_id for item in facts.items}
    for part in facts.focus:
        if not known.issuperset(part.case_ids):
            found.append(f"“{part.name}”所列措施不在相关措施之内")
    if facts.trend and facts.trend[-1].n_symbols != totals.n_symbols:
        found.append(f"趋势图本月数（{facts.trend[-1].n_symbols}件）与通报总数（{totals.n_symbols}件）不符")
    return found
