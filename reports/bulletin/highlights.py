"""Part 三: the measures that deserve reading, each with its table of facts."""

from __future__ import annotations

from datetime import date

from reports.bulletin.builder import Builder
from reports.bulletin.facts import BulletinFacts, BulletinItem, Quote, Written
from reports.bulletin.figures import day, say, shorten, symbols
from reports.bulletin.order import chosen, in_order, level_rank
from reports.bulletin.titles import chinese_title, subject, title_cell, title_text
from reports.document import KeyFacts, Note, Span, Text, clean, text

__all__ = ["add_highlights", "chinese_title", "chosen", "codes", "in_order", "is_machine", "level_rank", "title_cell"]

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
    page.subsection(title_text(item, 120))
    page.add(KeyFacts(caption=clean(f"{symbols(item.symbols)}基本信息"), rows=_fact_rows(facts, item)))
    _add_content(page, item)
    _add_impact(page, facts, item)
    _add_advice(page, item)
    page.lead(say("items.dates_lead"), text(_dates(item)))
    page.lead(say("items.evidence_lead"), (*_evidence(item.evidence), *text(judged(item) + "。")))


def _add_content(page: Builder, item: BulletinItem) -> None:
    """The officer's words; else what is known, with the notification's own words where nobody put them in Chinese."""
    if item.content_zh is not None:
        page.lead(_by("items.content_lead", item.content_zh))
        page.slot(f"content:{item.case_id}", item.content_zh.text)
        return
    page.lead(say("items.content_lead"))
    page.slot(f"content:{item.case_id}", _content(item))
    if item.description and not item.summary_zh:
        page.add(Note((*text(say("items.content_original")), *text(item.description, lang=item.lang))))


def _add_impact(page: Builder, facts: BulletinFacts, item: BulletinItem) -> None:
    """The officer's words, else the reasons; and always what the list of firms tells, which nobody edits."""
    known = _exposure(item)
    if facts.firm_names and item.firm_names:
        known.append(say("items.impact_firms", names="、".join(item.firm_names)))
    if item.effect_zh is not None:
        page.lead(_by("items.impact", item.effect_zh))
        page.slot(f"effect:{item.case_id}", item.effect_zh.text)
    elif item.reasons or known:
        page.lead(say("items.impact"))
        page.slot(f"effect:{item.case_id}", "".join(map(_sentence, item.reasons)))
    page.body(*map(_sentence, known))


def _exposure(item: BulletinItem) -> list[str]:
    """Firms, chains, markets and the amount at stake, as counts."""
    if not item.n_firms:
        return []
    selling = say("items.impact_selling", n=item.n_firms_selling) if item.n_firms_selling else ""
    found = [
        say(
            "items.impact_text",
            chains=_chains(item),
            firms=item.n_firms,
            selling=selling,
            markets="、".join(item.markets) or item.member_zh,
        )
    ]
    if item.exposed_cny_10k is not None:
        found.append(say("items.impact_amount", n=item.n_firms_exposed, amount=item.exposed_cny_10k))
    elif item.exposure_withheld:
        found.append(say("items.impact_withheld"))
    return found


def _add_advice(page: Builder, item: BulletinItem) -> None:
    """The signed advice with its signer, else the draft, marked as one."""
    if not item.advice:
        return
    if item.advice_is_draft:
        page.lead(say("items.advice_draft"))
    else:
        page.lead(say("items.advice_signed", by=item.advice_by) if item.advice_by else say("items.advice"))
    page.slot(f"advice:{item.case_id}", "".join(map(_sentence, item.advice)))


def _by(key: str, written: Written) -> str:
    """A lead with who wrote what follows: 主要内容（某某撰写）：."""
    lead = say(key)
    return lead.removesuffix("：") + say("items.written", by=written.by) + "：" if written.by else lead


def _dates(item: BulletinItem) -> str:
    """All dates of the measure and of the office, in order; what is stated in words stands last."""
    dated = (
        ("items.date_distribution", item.distribution_date),
        ("items.date_firms", item.firms_by),
        ("items.date_upward", item.upward_by),
        ("items.date_deadline", item.comment_deadline),
    )
    known = sorted(
        ((on, place, key) for place, (key, on) in enumerate(dated) if on is not None), key=lambda one: one[:2]
    )
    parts = [say(key, date=day(on)) for on, _, key in known]
    if item.comment_deadline is None:
        parts.append(deadline_sentence(item).rstrip("。"))
    parts += [
        say("items.date_adoption", date=shorten(item.adoption_text or say("items.unknown"), 60)),
        say("items.date_entry", date=shorten(item.entry_text or say("items.unknown"), 60)),
    ]
    return "；".join(parts) + "。"


def _evidence(quotes: tuple[Quote, ...]) -> Text:
    """G/TBT/N/XYZ/1载明“…”“…”；…。 The symbol is a link, a quotation keeps its language."""
    if not quotes:
        return ()
    spans: list[Span] = []
    for place, quote in enumerate(quotes):
        again = place > 0 and quotes[place - 1].symbol == quote.symbol
        if not again:
            spans += text("；") if place else ()
            spans += text(quote.symbol, url=quote.url)
        before, after = say("items.evidence_quote", text="\n").split("\n")
        spans += text("“" if again else before)
        spans += text(quote.text, lang=quote.lang)
        spans += text(after)
    return (*spans, *text("。"))


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
        ("所属市场", text("、".join(item.markets))),
        ("涉及企业", text(f"{item.n_firms}家" if item.n_firms else "")),
        ("关联方式", text(_relation(item))),
        ("风险等级", text(item.level)),
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
