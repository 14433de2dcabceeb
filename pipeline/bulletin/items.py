"""The relevant measures of a month, as the bulletin shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby

from models.matching.wording import NO_MARKET
from pipeline.bulletin.markets import market_groups, markets_of_members
from pipeline.bulletin.public_reasons import PublicReasons
from pipeline.bulletin.wording import members_zh
from pipeline.clock import to_shanghai
from pipeline.sla import MilestoneState
from pipeline.steps.open_cases import TimedCase
from reports.bulletin.facts import OTHER_MARKETS, BulletinItem, DeadlineEntry, LaterDocument, MatrixRow, Relevance
from warehouse.query import Row
from warehouse.records import Notification
from warehouse.reference import hs_heading_zh, ics_zh, objective_zh, what_it_is_zh
from warehouse.translations import BestTitle, TitleKind

LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考"}
RELATIONS_ZH = {"direct": "直接", "indirect": "间接"}
_LEVEL_ORDER = tuple(LEVELS_ZH)
_MAX_REASONS = 2
_PRODUCTS_LENGTH = 160
LEAST_FIRMS_FOR_AMOUNT = 3  # fewer, and a sum in the public issue would tell what one of them exports


def bulletin_items(
    lines: Sequence[Row],
    cases: Mapping[str, TimedCase],
    notifications: Mapping[str, Notification],
    titles: Mapping[str, BestTitle],
    *,
    issue_date: date,
    reasons: PublicReasons,
) -> tuple[BulletinItem, ...]:
    """Make one item a case out of its relevant lines, loudest first, then the nearest deadline.

    The items are those of the restricted version. `titles` holds the Chinese titles by notification, `reasons` what the
    public issue says in the place of the machine's words.
    """
    items = [
        _item(cases[case_id], notifications, titles, tuple(group), issue_date, reasons)
        for case_id, group in groupby(lines, key=lambda row: row["case_id"])
    ]
    return tuple(sorted(items, key=_prominence))


def relevance(
    lines: Sequence[Row],
    cases: Mapping[str, TimedCase],
    *,
    n_firms_on_list: int,
) -> Relevance:
    """Count measures and firms, and measures by chain and market."""
    markets_of_case = {row["case_id"]: markets_of_members(cases[row["case_id"]].case.member_codes) for row in lines}
    used = [
        name for name in (*market_groups(), OTHER_MARKETS) if any(name in found for found in markets_of_case.values())
    ]
    cases_by_chain: dict[str, set[str]] = {}
    for row in lines:
        cases_by_chain.setdefault(row["industry_chain"] or "未列明产业链", set()).add(row["case_id"])
    rows = [
        MatrixRow(chain, tuple(_count_in(market, found, markets_of_case) for market in used), len(found))
        for chain, found in cases_by_chain.items()
    ]
    every_case = set(markets_of_case)
    return Relevance(
        n_measures=len(every_case),
        n_firms=len({row["exporter_id"] for row in lines}),
        markets=tuple(used),
        rows=tuple(sorted(rows, key=lambda row: (-row.total, row.chain))),
        market_totals=tuple(_count_in(market, every_case, markets_of_case) for market in used),
        n_firms_on_list=n_firms_on_list,
    )


def dates_ahead(cases: Iterable[TimedCase], *, issue_date: date) -> tuple[tuple[TimedCase, str, date], ...]:
    """The dates from the issue date on of the cases that concern firms and are not archived, with what happens then.

    A case is open for comment until its last addendum says, and adopted and in force when its latest document says.
    """
    found = []
    for item in cases:
        if item.case.n_lines == 0 or item.clock.closed_at is not None:
            continue
        dates = (
            ("评议截止", item.case.comment_deadline),
            ("拟批准", item.case.adoption_date),
            ("拟生效", item.case.entry_into_force_date),
        )
        found += [(item, event, on) for event, on in dates if on is not None and on >= issue_date]
    return tuple(found)


def deadlines(
    cases: Iterable[TimedCase],
    notifications: Mapping[str, Notification],
    titles: Mapping[str, BestTitle],
    *,
    issue_date: date,
) -> tuple[DeadlineEntry, ...]:
    """List the dates ahead of all cases that are not archived, nearest first.

    A measure is called by its translated title, else by its goods, else by a title that is still to be translated.
    """
    entries = []
    for item, event, on in dates_ahead(cases, issue_date=issue_date):
        case = item.case
        main = notifications[case.notification_id]
        entries.append(
            DeadlineEntry(
                case_id=case.case_id,
                symbols=main.symbols,
                member_zh=members_zh(main),
                subject_zh=_subject_zh(main, titles.get(case.notification_id)),
                on=on,
                days_left=(on - issue_date).days,
                event=event,
                n_firms=case.n_exporters,
                state_zh=clock_text(item),
                url=main.url,
            )
        )
    return tuple(sorted(entries, key=lambda entry: (entry.on, entry.case_id, entry.event)))


def clock_text(item: TimedCase) -> str:
    """Return the state of a case's clock in a few words."""
    clock = item.clock
    if item.case.is_backfill:
        return "补录"
    if clock.closed_at is not None:
        return "已归档"
    due = clock.next_due
    if due is None:
        hours = ((clock.answered_at or clock.started_at) - clock.started_at).total_seconds() / 3600
        return f"{'超时' if clock.is_late else '按时'}响应，用时{hours:.1f}小时"
    word = {MilestoneState.OVERDUE: "已超时", MilestoneState.AMBER: "临近时限"}.get(due.state, "处理中")
    return f"{word}，待{due.milestone.label}（时限{_moment(due.due_at)}）"


def _moment(moment: datetime) -> str:
    local = to_shanghai(moment)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _item(
    timed: TimedCase,
    notifications: Mapping[str, Notification],
    titles: Mapping[str, BestTitle],
    lines: tuple[Row, ...],
    issue_date: date,
    public: PublicReasons,
) -> BulletinItem:
    case = timed.case
    main = notifications[case.notification_id]
    title = titles.get(case.notification_id)
    deadline = case.comment_deadline
    firms = {row["exporter_id"]: row["exporter_name"] for row in lines}
    level = min((row["match_level"] for row in lines), key=_LEVEL_ORDER.index)
    if timed.state.conclusion in LEVELS_ZH:  # the officer's word stands above the machine's
        level = timed.state.conclusion
    amount, n_firms_exposed = exposure(lines)
    relation = "direct" if any(row["relation"] == "direct" for row in lines) else "indirect"
    reasons: dict[str, str] = {}
    for row in lines:
        said = _reason(row["reason"])
        reasons.setdefault(said, public.get((row["notification_id"], row["line_id"]), said))
    return BulletinItem(
        case_id=case.case_id,
        symbols=main.symbols,
        member_zh=members_zh(main),
        distribution_date=main.distribution_date,
        kind_zh=what_it_is_zh(main),
        documents=_documents(main, lines[0]["month_documents"], notifications),
        area=main.area,
        title=main.title,
        lang=main.lang,
        title_zh=title.text if title else "",
        title_mark=title.mark if title else "",
        products_zh=products_zh(main),
        products_text=_shorten(main.products_text),
        hs=main.hs_codes,
        ics=main.ics_codes,
        objectives_zh=tuple(dict.fromkeys(objective_zh(name) for name in main.objectives)),
        comment_deadline=deadline,
        comment_deadline_text=main.comment_deadline_text,
        days_left=(deadline - issue_date).days if deadline else None,
        adoption_text=_date_or_text(case.adoption_date, main.adoption_text),
        entry_text=_date_or_text(case.entry_into_force_date, main.entry_into_force_text),
        relation_zh=RELATIONS_ZH[relation],
        level=LEVELS_ZH[level],
        chains=tuple(chain for chain, _ in Counter(row["industry_chain"] for row in lines).most_common() if chain),
        n_firms=len(firms),
        firm_names=tuple(firms.values()),
        markets=markets_of_members(case.member_codes),
        n_firms_selling=len({row["exporter_id"] for row in lines if row["sells_to_member"]}),
        exposed_cny_10k=amount,
        n_firms_exposed=n_firms_exposed,
        reasons=tuple(reasons)[:_MAX_REASONS],
        reasons_public=tuple(reasons.values())[:_MAX_REASONS],
        judged_by="、".join(dict.fromkeys(row["judged_by"] for row in lines if row["judged_by"])),
        clock_text=clock_text(timed),
        url=main.url,
    )


def _documents(
    main: Notification, of_month: Sequence[str], notifications: Mapping[str, Notification]
) -> tuple[LaterDocument, ...]:
    """The documents of the month that amend the measure, as they are to be printed."""
    found = (notifications[key] for key in of_month if key != main.notification_id and key in notifications)
    return tuple(
        LaterDocument(
            symbol="、".join(n.symbols) or n.notification_id, kind_zh=what_it_is_zh(n), on=n.distribution_date
        )
        for n in found
    )


def _reason(words: str) -> str:
    """A pair's reason as one of a measure's: how many firms sell to the member is counted over all of them."""
    words = words.replace(f"；{NO_MARKET}", "").replace("本企业产品", "本企业")
    return words.replace("本企业", "清单产品")


def exposure(lines: Iterable[Row]) -> tuple[int | None, int]:
    """Sum the annual exports (万元, all markets) of the product lines that state one, and count their firms.

    None where no line states one. A line stands once, however many notifications of a case name it.
    """
    stated = {row["line_id"]: row for row in lines if row["annual_export_cny_10k"] is not None}
    if not stated:
        return None, 0
    amount = sum((Decimal(str(row["annual_export_cny_10k"])) for row in stated.values()), Decimal(0))
    firms = {row["exporter_id"] for row in stated.values()}
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)), len(firms)


def products_zh(notification: Notification) -> tuple[str, ...]:
    """The Chinese names of the headings that a notification states, else of its ICS fields."""
    fields = dict.fromkeys(name for code in notification.ics_codes if (name := ics_zh(code)))
    return headings_zh(notification) or tuple(fields)


def headings_zh(notification: Notification) -> tuple[str, ...]:
    """The Chinese names of the HS headings that a notification states, each once."""
    return tuple(dict.fromkeys(name for code in notification.hs_codes if (name := hs_heading_zh(code))))


def _subject_zh(notification: Notification, title: BestTitle | None) -> str:
    if title is not None and title.kind is not TitleKind.PENDING:
        return title.marked
    # ICS fields are too wide to tell a measure by
    goods = "、".join(headings_zh(notification)[:3])
    if goods or title is None:
        return goods or notification.title
    # the member stands in a column of its own
    return title.marked.removeprefix(f"{members_zh(notification)}关于")


def _date_or_text(day: date | None, text: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else text


def _shorten(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _PRODUCTS_LENGTH else flat[: _PRODUCTS_LENGTH - 1] + "…"


def _count_in(market: str, case_ids: Iterable[str], markets_of_case: Mapping[str, tuple[str, ...]]) -> int:
    return sum(1 for case_id in case_ids if market in markets_of_case[case_id])


def _prominence(item: BulletinItem) -> tuple[int, int, bool, date, str]:
    levels = tuple(LEVELS_ZH.values())
    is_open = item.days_left is not None and item.days_left >= 0
    return (
        levels.index(item.level),
        0 if item.relation_zh == RELATIONS_ZH["direct"] else 1,
        not is_open,
        item.comment_deadline or date.max,
        item.case_id,
    )
