"""The three annexes: the month's relevant notifications, deadlines, counting rules and data notes."""

from __future__ import annotations

from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, BulletinItem, DeadlineEntry
from reports.bulletin.figures import day, firms, minute, say, short_day, shorten
from reports.bulletin.highlights import is_machine
from reports.bulletin.order import in_order
from reports.bulletin.schedule import ahead, linked
from reports.bulletin.titles import document_text, title_cell
from reports.document import AnnexStart, Heading, Paragraph, Span, Text, lines, text
from reports.stated_dates import stated_zh

_MOST_FIRMS = 15  # more would make a row taller than a page
# The columns that annex 1 of the bulletin has (field notes 2.3), the title of the measure beside its products.
_ITEM_COLUMNS = (
    ("序号", 0.026, "c"),
    ("通报号", 0.098, "l"),
    ("通报成员", 0.052, "l"),
    ("通报日期", 0.06, "c"),
    ("类型", 0.045, "c"),
    ("措施及产品（中文）", 0.134, "l"),
    ("HS", 0.056, "l"),
    ("ICS", 0.056, "l"),
    ("目的", 0.06, "l"),
    ("评议截止（剩余日数）", 0.066, "c"),
    ("拟批准", 0.065, "l"),
    ("拟生效", 0.065, "l"),
    ("关联产业", 0.058, "l"),
    ("{firms}", 0.035, "c"),
    ("关联度", 0.034, "c"),
    ("风险等级", 0.034, "c"),
    ("{state}", 0.074, "l"),
    ("来源链接", 0.034, "c"),
)
_PRODUCTS, _FIRMS = 5, 13
_MOST_CODES = 8
_MOST_CHAINS = 4
_MOST_OBJECTIVES = 1


def add_annexes(page: Builder, facts: BulletinFacts) -> None:
    """附件1 to 附件3."""
    _add_items(page, facts)
    _add_deadlines(page, facts)
    _add_notes(page, facts)


def _add_items(page: Builder, facts: BulletinFacts) -> None:
    page.add(AnnexStart(label="附件1", title=say("annex.items"), landscape=bool(facts.items)))
    if not facts.items:
        page.body(say("annex.items_none"))
        return
    names = facts.firm_names
    page.note("注：" + say("annex.restricted_note" if names else "annex.public_note"))
    # where the office stands with a case is its own affair: the public issue says who judged
    shown = {"firms": "涉及企业", "state": "处置状态"} if names else {"firms": "企业家数", "state": "研判情况"}
    headers = tuple(name.format(**shown) for name, _, _ in _ITEM_COLUMNS)
    widths = [width for _, width, _ in _ITEM_COLUMNS]
    if names:  # names need room that the products can spare
        widths[_PRODUCTS], widths[_FIRMS] = widths[_PRODUCTS] - 0.045, widths[_FIRMS] + 0.045
    rows = tuple(_item_row(facts, number, item) for number, item in enumerate(in_order(facts.items), start=1))
    align = "".join(letter for _, _, letter in _ITEM_COLUMNS)
    page.table(f"{facts.year}年{facts.month}月相关通报明细", headers, rows, tuple(widths), align, small=True)


def _item_row(facts: BulletinFacts, number: int, item: BulletinItem) -> tuple[str | Text, ...]:
    shown = firms(item.firm_names, _MOST_FIRMS) if facts.firm_names and item.firm_names else str(item.n_firms or "—")
    products = shorten("、".join(item.products_zh), 100)
    what = title_cell(item, 150)
    if products and item.title_zh:
        what = (*what, *text(f"（产品：{products}）"))
    return (
        str(number),
        lines(linked(item.symbols, item.url, most=12), *(text(document_text(each)) for each in item.documents)),
        item.member_zh,
        short_day(item.distribution_date) if item.distribution_date else "未注明",
        " ".join(part for part in (item.area, item.kind_zh) if part),
        what,
        _codes(item.hs),
        _codes(item.ics),
        _objectives(item.objectives_zh),
        _deadline(item),
        shorten(stated_zh(item.adoption_text), 50) or say("items.unknown"),
        shorten(stated_zh(item.entry_text), 50) or say("items.unknown"),
        _chains(item.chains),
        shown,
        item.relation_zh,
        item.level,
        standing(facts, item),
        text(say("annex.source"), url=item.url) if item.url else "—",
    )


def standing(facts: BulletinFacts, item: BulletinItem) -> str:
    """How far the case is and, where nobody has judged it, that; in the public issue only whether somebody has."""
    if not facts.firm_names:
        return say("annex.machine" if is_machine(item) else "annex.judged")
    return "；".join(part for part in (item.clock_text, say("annex.unjudged") if is_machine(item) else "") if part)


def _chains(names: tuple[str, ...]) -> str:
    rest = f"等{len(names)}个" if len(names) > _MOST_CHAINS else ""
    return "、".join(names[:_MOST_CHAINS]) + rest


def _objectives(names: tuple[str, ...]) -> str:
    """The first objectives: in a narrow column all of them would make the row its tallest."""
    rest = f"等{len(names)}项" if len(names) > _MOST_OBJECTIVES else ""
    return "、".join(names[:_MOST_OBJECTIVES]) + rest


def _codes(values: tuple[str, ...]) -> str:
    """Codes in a narrow cell; a long list is cut with its length."""
    tail = f"等{len(values)}个" if len(values) > _MOST_CODES else ""
    return ", ".join(values[:_MOST_CODES]) + tail


def _deadline(item: BulletinItem) -> Text:
    if item.comment_deadline is None:
        return text(shorten(stated_zh(item.comment_deadline_text), 60) or "未注明")
    on = text(short_day(item.comment_deadline))
    if item.days_left is None:
        return on
    return lines(on, text("（已截止）" if item.days_left < 0 else f"（{item.days_left}日）"))


def _add_deadlines(page: Builder, facts: BulletinFacts) -> None:
    page.add(AnnexStart(label="附件2", title=say("annex.deadlines")))
    entries = ahead(facts)
    if not entries:
        page.body(say("annex.deadlines_none"))
        return
    rows = tuple(
        (
            str(number),
            short_day(entry.on),
            str(entry.days_left),
            entry.event,
            linked(entry.symbols, entry.url, most=12),
            entry.member_zh,
            shorten(entry.subject_zh, 120),
            entry.state_zh if facts.firm_names else _firms(entry),
        )
        for number, entry in enumerate(entries, start=1)
    )
    page.table(
        f"尚未到期的时限（以{day(facts.issue_date)}为准）",
        ("序号", "日期", "剩余日数", "事项", "通报号", "成员", "措施", "状态" if facts.firm_names else "企业家数"),
        rows,
        (0.06, 0.145, 0.075, 0.125, 0.19, 0.11, 0.185, 0.11),
        "ccrcllll",
        small=True,
    )


def _firms(entry: DeadlineEntry) -> str:
    return str(entry.n_firms) if entry.n_firms else "—"


def _add_notes(page: Builder, facts: BulletinFacts) -> None:
    page.add(AnnexStart(label="附件3", title=say("annex.notes")))
    _lead(page, "counting", facts.counting_rule)
    if facts.rules:
        page.table(
            say("notes.rules"),
            (say("notes.rule"), say("notes.rule_text")),
            tuple((rule.name, rule.text) for rule in facts.rules),
            (0.2, 0.8),
            "ll",
            small=True,
        )
    _lead(page, "judgement", say("notes.judgement_text"))
    page.add(Heading(2, say("notes.sources")))
    if facts.sources:
        page.body(say("notes.sources_intro"))
        page.table(
            "采集来源",
            ("来源", "记录（条）", "首次采集", "最近采集", "说明"),
            tuple(
                (
                    source.name,
                    str(source.n_notifications),
                    minute(source.first_collected_at) if source.first_collected_at else "无",
                    minute(source.last_collected_at) if source.last_collected_at else "无",
                    source.note or "—",
                )
                for source in facts.sources
            ),
            (0.26, 0.11, 0.2, 0.2, 0.23),
            "lrccl",
            small=True,
        )
    else:
        page.body(say("notes.no_source"))
    page.add(Heading(2, say("notes.issues")))
    if facts.issues:
        page.body(say("notes.issues_intro"))
        issues = sorted(facts.issues, key=lambda issue: (-issue.n, issue.message))
        rows = tuple((issue.message, str(issue.n)) for issue in issues)
        page.table("数据问题", ("问题", "数量"), rows, (0.82, 0.18), "lr", small=True)
    else:
        page.body(say("notes.no_issue"))
    if facts.firm_names or facts.serial is None:  # of use to who signs
        _lead(page, "fonts", "".join(facts.substituted_fonts) or say("notes.fonts_none"))


def _lead(page: Builder, name: str, body: str) -> None:
    page.add(Paragraph((Span(say(f"notes.{name}") + "：", bold=True), *text(body))))
