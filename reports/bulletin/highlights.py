"""Part 三: the measures that deserve reading, each with its table of facts."""

from __future__ import annotations

from datetime import date

from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, BulletinItem
from reports.bulletin.figures import day, say, shorten, symbols
from reports.bulletin.overview import LEVELS
from reports.document import KeyFacts, Paragraph, Span, Text, clean, text

_MOST, _LEAST = 8, 3
_LANGUAGES = {
    "en": "英文",
    "fr": "法文",
    "es": "西班牙文",
    "pt": "葡萄牙文",
    "ar": "阿拉伯文",
    "th": "泰文",
    "ja": "日文",
    "ko": "韩文",
    "ru": "俄文",
    "vi": "越南文",
    "id": "印尼文",
    "tr": "土耳其文",
    "de": "德文",
    "it": "意大利文",
    "uk": "乌克兰文",
    "he": "希伯来文",
}


def level_rank(level: str) -> int:
    """0 for 预警, rising with calm; unknown levels last."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def in_order(items: tuple[BulletinItem, ...]) -> tuple[BulletinItem, ...]:
    """Most urgent first: level, an open deadline soon, many firms, symbol."""

    def key(item: BulletinItem) -> tuple[int, int, int, str]:
        left = item.days_left if item.days_left is not None and item.days_left >= 0 else 10_000
        return (level_rank(item.level), left, -item.n_firms, item.symbols[0] if item.symbols else item.case_id)

    return tuple(sorted(items, key=key))


def chosen(items: tuple[BulletinItem, ...]) -> tuple[BulletinItem, ...]:
    """预警 and 关注 first, at most eight; 参考 only to reach three."""
    order = in_order(items)
    urgent = tuple(item for item in order if level_rank(item.level) < 2)
    return urgent[:_MOST] if len(urgent) >= _LEAST else order[:_LEAST]


def subject(item: BulletinItem) -> str:
    """What the measure is about, in Chinese where it is known: products, else the original words, else 有关产品."""
    if item.products_zh:
        return "、".join(item.products_zh[:3]) + ("等产品" if len(item.products_zh) > 3 else "")
    codes = "、".join(item.hs[:3])
    return f"税号{codes}项下产品" if codes else say("items.structured_subject_none")


def chinese_title(item: BulletinItem) -> str:
    """The Chinese title, or what is known put together as one; see `untranslated`."""
    if item.title_zh:
        return item.title_zh
    return say("items.structured_title", member=item.member_zh, subject=subject(item), kind=item.kind_zh)


def title_cell(item: BulletinItem, limit: int = 300) -> Text:
    """The Chinese title, at most `limit` characters, with its mark where it is put together."""
    mark = "" if item.title_zh else say("items.untranslated")
    return text(shorten(chinese_title(item), limit) + mark)


def deadline_sentence(item: BulletinItem) -> str:
    """When comments end: a date with the days left, the original words, or that nothing was said."""
    if item.comment_deadline is not None:
        return say("items.deadline", date=day(item.comment_deadline), left=_left(item.days_left))
    if item.comment_deadline_text:
        return say("items.deadline_text", text=item.comment_deadline_text)
    return say("items.deadline_none")


def _left(days: int | None) -> str:
    if days is None:
        return ""
    if days < 0:
        return say("left.past")
    return say("left.today") if days == 0 else say("left.ahead", n=days)


def judged(item: BulletinItem) -> str:
    """Who stands for the judgement; an officer may be given as a name or as a whole phrase."""
    if not item.judged_by:
        return say("items.machine")
    return item.judged_by if "研判" in item.judged_by else say("items.human", officer=item.judged_by)


def is_machine(item: BulletinItem) -> bool:
    """Whether no officer has judged it."""
    return not item.judged_by or "未经人工" in item.judged_by


def add_highlights(page: Builder, facts: BulletinFacts) -> None:
    """三、重点通报解读."""
    page.section("重点通报解读")
    shown = chosen(facts.items)
    if not shown:
        page.body(say("items.none"))
        return
    every = len(facts.items)
    key = "items.intro_all" if len(shown) == every else "items.intro"
    page.body(say(key, shown=len(shown), all=every))
    for item in shown:
        _add_item(page, facts, item)


def _add_item(page: Builder, facts: BulletinFacts, item: BulletinItem) -> None:
    page.subsection(shorten(chinese_title(item), 120))
    page.add(KeyFacts(caption=clean(f"{symbols(item.symbols)}基本信息"), rows=_fact_rows(facts, item)))
    page.add(Paragraph((Span("主要内容：", bold=True), *text(_content(item)))))
    impact = list(item.reasons)
    if item.n_firms:
        impact.append(say("items.impact_text", chains=_chains(item), firms=item.n_firms))
    if facts.firm_names and item.firm_names:
        impact.append(say("items.impact_firms", names="、".join(item.firm_names)))
    if impact:
        page.add(Paragraph((Span(say("items.impact"), bold=True), *text("".join(_sentence(part) for part in impact)))))
    if item.advice:
        page.add(
            Paragraph((Span(say("items.advice"), bold=True), *text("".join(_sentence(part) for part in item.advice))))
        )


def _chains(item: BulletinItem) -> str:
    named = "、".join(item.chains)
    if not named:
        return "我市"
    return named if named.endswith("链") else f"{named}产业链"


def _content(item: BulletinItem) -> str:
    if item.summary_zh:
        return _sentence(item.summary_zh) + deadline_sentence(item)
    objective = say("items.objective", list="、".join(item.objectives_zh)) if item.objectives_zh else ""
    values = {
        "member": item.member_zh,
        "area": item.area,
        "kind": item.kind_zh,
        "symbols": symbols(item.symbols),
        "subject": subject(item),
        "objective": objective,
    }
    if item.distribution_date is None:
        opening = say("items.content_undated", **values)
    else:
        opening = say("items.content", date=day(item.distribution_date), **values)
    return opening + deadline_sentence(item)


def _sentence(value: str) -> str:
    value = value.strip()
    return value if not value or value[-1] in "。！？；" else value + "。"


def _fact_rows(facts: BulletinFacts, item: BulletinItem) -> tuple[tuple[str, Text], ...]:
    language = _LANGUAGES.get(item.lang, "")
    rows: list[tuple[str, Text]] = [
        ("通报号", text(symbols(item.symbols, 12), url=item.url)),
        ("通报成员", text(item.member_zh)),
        ("通报日期", text(_date(item.distribution_date))),
        ("通报类型", text("、".join(part for part in (item.area, item.kind_zh) if part))),
        ("中文题名", title_cell(item)),
        (f"{language}题名" if language else "原文题名", text(shorten(item.title, 500), lang=item.lang)),
        ("覆盖产品", text(shorten("、".join(item.products_zh), 200))),
        ("产品原文", text(shorten(item.products_text, 300), lang=item.lang)),
        ("产品编码", text(codes(item))),
        ("通报目的", text("、".join(item.objectives_zh))),
        ("评议截止", text(shorten(_deadline_cell(item), 100))),
        ("拟批准日期", text(item.adoption_text or say("items.unknown"))),
        ("拟生效日期", text(item.entry_text or say("items.unknown"))),
        ("关联产业链", text("、".join(item.chains))),
        ("涉及企业", text(f"{item.n_firms}家" if item.n_firms else "")),
        ("关联方式", text(_relation(item))),
        ("风险等级", text(item.level)),
        ("研判情况", text(judged(item))),
        ("处置状态", text(item.clock_text)),
    ]
    return tuple((label, value) for label, value in rows if value)


def _relation(item: BulletinItem) -> str:
    return f"{item.relation_zh}关联" if item.relation_zh in {"直接", "间接"} else item.relation_zh


def codes(item: BulletinItem, most: int = 12) -> str:
    """HS and ICS in one line, each named; a long list is cut with its length. Blanks let narrow columns break."""
    parts = []
    for name, values in (("HS", item.hs), ("ICS", item.ics)):
        if values:
            tail = f"等{len(values)}个" if len(values) > most else ""
            parts.append(f"{name} {', '.join(values[:most])}{tail}")
    return "；".join(parts)


def _date(value: date | None) -> str:
    return "未注明" if value is None else day(value)


def _deadline_cell(item: BulletinItem) -> str:
    if item.comment_deadline is not None:
        return day(item.comment_deadline) + _left(item.days_left)
    return item.comment_deadline_text or "未注明"
