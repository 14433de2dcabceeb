"""Part 三: the measures that deserve reading, each with its table of facts."""

from __future__ import annotations

import re
from datetime import date

from reports.bulletin.builder import Builder
from reports.bulletin.facts import OTHER_MARKETS, BulletinFacts, BulletinItem, Quote, Written
from reports.bulletin.figures import day, say, shorten, symbols
from reports.bulletin.order import chosen, in_order, level_rank
from reports.bulletin.titles import chinese_title, document_text, title_cell, title_text
from reports.document import KeyFacts, Span, Text, clean, text
from reports.stated_dates import stated_zh

__all__ = ["add_highlights", "chinese_title", "chosen", "codes", "in_order", "is_machine", "level_rank", "title_cell"]

_MOST_REASONS = 1  # the first is that of the nearest pair; every reason stands with its case
_HEADING_CHARACTERS = 40  # two lines of a heading
_LEAST_BEYOND = 20  # letters: fewer beyond the title are its language or number of pages
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")  # as facts print a date that is one

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


def _left(days: int | None) -> str:
    if days is None:
        return ""
    if days < 0:
        return say("left.past")
    return say("left.today") if days == 0 else say("left.ahead", n=days)


def judged(facts: BulletinFacts, item: BulletinItem) -> str:
    """Who stands for the judgement, by name in the restricted version only; a name may come as a whole phrase."""
    if is_machine(item):
        return say("items.machine")
    if not facts.firm_names:
        return say("items.human_public")
    return item.judged_by if "研判" in item.judged_by else say("items.human", officer=item.judged_by)


def is_machine(item: BulletinItem) -> bool:
    """Whether no officer has judged it."""
    return not item.is_judged and (not item.judged_by or "未经人工" in item.judged_by)


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
    page.subsection(title_text(item, _HEADING_CHARACTERS))
    page.add(KeyFacts(caption=clean(f"{symbols(item.symbols)}基本信息"), rows=_fact_rows(facts, item)))
    _add_content(page, facts, item)
    _add_impact(page, facts, item)
    _add_advice(page, facts, item)
    if dates := _dates(item):
        page.lead(say("items.dates_lead"), text(dates))
    page.lead(say("items.evidence_lead"), (*_evidence(item.evidence), *text(judged(facts, item) + "。")))


def _add_content(page: Builder, facts: BulletinFacts, item: BulletinItem) -> None:
    """The officer's words; else the notification's own, as far as they say more than its title."""
    if item.content_zh is not None:
        label = _by(facts, "items.content_lead", item.content_zh)
        page.slot(f"content:{item.case_id}", item.content_zh.text, label=label)
        return
    if facts.serial is None:  # a place for the officer's words, which a released issue does not leave open
        page.slot(f"content:{item.case_id}", label=say("items.content_lead"))
    if original := _beyond_title(item):
        page.lead(say("items.content_original"), text(original, lang=item.lang))


def _add_impact(page: Builder, facts: BulletinFacts, item: BulletinItem) -> None:
    """The officer's words, else the reasons; and always what the list of firms tells, which nobody edits."""
    slot = f"effect:{item.case_id}"
    if item.effect_zh is not None:
        page.slot(slot, item.effect_zh.text, label=_by(facts, "items.impact", item.effect_zh))
    elif item.reasons or item.n_firms:
        # a reason speaks of one product of one firm; how many there are stands in the table above
        example = say("items.impact_example") if item.n_firms > 1 and item.reasons else ""
        reasons = "".join(map(_sentence, item.reasons[:_MOST_REASONS]))
        page.slot(slot, example + reasons, label=say("items.impact"))
    if facts.firm_names and item.firm_names:
        page.body(_sentence(say("items.impact_firms", names="、".join(item.firm_names))))


def _exposure(item: BulletinItem) -> str:
    """Firms, chains, markets and the amount at stake, as counts."""
    if not item.n_firms:
        return ""
    selling = say("items.impact_selling", n=item.n_firms_selling) if item.n_firms_selling else ""
    found = [
        say(
            "items.impact_text",
            chains=_chains(item),
            firms=item.n_firms,
            selling=selling,
            markets=_markets(item),
        )
    ]
    if item.exposed_cny_10k is not None:
        found.append(say("items.impact_amount", n=item.n_firms_exposed, amount=item.exposed_cny_10k))
    elif item.exposure_withheld:
        found.append(say("items.impact_withheld"))
    return "；".join(found)


def _add_advice(page: Builder, facts: BulletinFacts, item: BulletinItem) -> None:
    """The signed advice or what an officer wrote, in the restricted version with the name; else the draft, marked."""
    if not item.advice:
        return
    if item.advice_is_draft:
        label = say("items.advice_draft")
    elif item.advice_is_signed and item.advice_by and facts.firm_names:
        label = say("items.advice_signed", by=item.advice_by)
    else:
        label = _by(facts, "items.advice", Written("", item.advice_by))
    page.slot(f"advice:{item.case_id}", "".join(map(_sentence, item.advice)), label=label)


def _by(facts: BulletinFacts, key: str, written: Written) -> str:
    """A lead; in the restricted version with who wrote what follows: 主要内容（某某撰写）：."""
    lead = say(key)
    if not written.by or not facts.firm_names:
        return lead
    return lead.removesuffix("：") + say("items.written", by=written.by) + "："


def _dates(item: BulletinItem) -> str:
    """What is to be done by when, in order, with the dates of the measure behind it; "" where nothing is known."""
    dated = (
        ("items.date_firms", item.firms_by),
        ("items.date_upward", item.upward_by),
        ("items.date_deadline", item.comment_deadline),
    )
    known = sorted(
        ((on, place, key) for place, (key, on) in enumerate(dated) if on is not None), key=lambda one: one[:2]
    )
    parts = [say(key, date=day(on)) for on, _, key in known]
    stated = (("adoption", item.adoption_text), ("entry", item.entry_text))
    parts += [
        say(f"items.{'date' if _DAY.fullmatch(value) else 'stated'}_{key}", date=shorten(stated_zh(value), 40))
        for key, value in stated
        if value
    ]
    return "；".join(parts) + "。" if parts else ""


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


def _markets(item: BulletinItem) -> str:
    """The markets that have a name of their own; where there is none, the member."""
    named = [name for name in item.markets if name != OTHER_MARKETS]
    more = "等" if named and len(named) < len(item.markets) else ""
    return "、".join(named) + more if named else item.member_zh


def _chains(item: BulletinItem) -> str:
    named = "、".join(item.chains)
    if not named:
        return "我市"
    return named if named.endswith("链") else f"{named}产业链"


def _beyond_title(item: BulletinItem) -> str:
    """The first sentences of the notification; "" where they only repeat its title, from where it is cut perhaps."""
    said, title = (_letters(words) for words in (item.description, item.title))
    repeats = title.startswith(said) or (said.startswith(title) and len(said) - len(title) < _LEAST_BEYOND)
    return "" if repeats else item.description


def _letters(words: str) -> str:
    return "".join(letter for letter in words.casefold() if letter.isalnum())


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
        ("本月后续文件", text("、".join(map(document_text, item.documents)))),
        ("中文题名", title_cell(item) if len(chinese_title(item)) > _HEADING_CHARACTERS else ()),
        (f"{language}题名" if language else "原文题名", text(shorten(item.title, 500), lang=item.lang)),
        ("覆盖产品", text(shorten("、".join(item.products_zh), 120))),
        ("产品原文", text(shorten(item.products_text, 100), lang=item.lang)),
        ("产品编码", text(codes(item))),
        ("通报目的", text("、".join(item.objectives_zh))),
        ("评议截止", text(shorten(_deadline_cell(item), 100))),
        ("拟批准/生效", text(_adoption_and_entry(item))),
        ("我市企业", text(_exposure(item))),
        ("风险等级", text(f"{item.level}（{_relation(item)}）" if item.relation_zh else item.level)),
        ("处置状态", text(item.clock_text if facts.firm_names else "")),
    ]
    return tuple((label, value) for label, value in rows if value)


def _adoption_and_entry(item: BulletinItem) -> str:
    """拟批准/拟生效; one 未明确 where neither is stated."""
    unknown = say("items.unknown")
    stated = [shorten(stated_zh(words), 60) or unknown for words in (item.adoption_text, item.entry_text)]
    return unknown if set(stated) == {unknown} else " / ".join(stated)


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
    return stated_zh(item.comment_deadline_text) or "未注明"
