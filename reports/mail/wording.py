"""The mails' Chinese words: level, certainty, dates, changes, standard advice."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files

from reports.mail.clean import one_line, shorten
from reports.mail.facts import AlertFacts, DateChange, UpdateFacts
from reports.stated_dates import stated_zh
from warehouse.records import Level, Relation

LEVEL_WORDS = {Level.WARNING: "预警", Level.WATCH: "关注", Level.REFERENCE: "参考"}
RELATION_WORDS = {Relation.DIRECT: "直接涉及", Relation.INDIRECT: "间接相关"}
LANGUAGE_WORDS = {
    "ar": "阿拉伯文",
    "de": "德文",
    "en": "英文",
    "es": "西班牙文",
    "fr": "法文",
    "ja": "日文",
    "ko": "韩文",
    "pt": "葡萄牙文",
    "ru": "俄文",
}
_MEMBER = 20  # characters: a joint notification names up to seven members
_SYMBOL = 40
_DATE = re.compile(r"(?a)(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{4})-(\d{2})-(\d{2})")


def chinese_date(day: date) -> str:
    """2026年8月1日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_or_text(day: date | None, text: str, unknown: str) -> str:
    """The date in Chinese, else the stated words (a known phrase in Chinese), else `unknown`."""
    return chinese_date(day) if day else stated_zh(one_line(text)) or unknown


def remaining(deadline: date, today: date) -> str:
    """还有29天 / 明天截止 / 今天截止 / 已截止."""
    days = (deadline - today).days
    if days < 0:
        return "已截止"
    return {0: "今天截止", 1: "明天截止"}.get(days, f"还有{days}天")


def short_date(day: date, today: date) -> str:
    """8月1日 in the year of `today`, else with its year."""
    return f"{day.month}月{day.day}日" if day.year == today.year else chinese_date(day)


def change_phrase(change: DateChange, today: date, *, limit: int = 30) -> str:
    """评议截止由8月1日延至9月1日; free texts, cut at `limit` characters, are 改为 instead of 延至 or 提前至."""
    label, old, new = shorten(change.label, 12), stated_date(change.old), stated_date(change.new)
    if old is not None and new is not None and old != new:
        is_this_year = old.year == new.year == today.year
        words = [short_date(day, today) if is_this_year else chinese_date(day) for day in (old, new)]
        return f"{label}由{words[0]}{'延至' if new > old else '提前至'}{words[1]}"
    before = short_date(old, today) if old else shorten(change.old, limit)
    after = short_date(new, today) if new else shorten(change.new, limit)
    if not after:
        return f"{label}由{before}改为未明确" if before else f"{label}未明确"
    return f"{label}由{before}改为{after}" if before else f"{label}明确为{after}"


def change_direction(change: DateChange) -> str:
    """延后 or 提前 with the days between two dates, else 变更."""
    old, new = stated_date(change.old), stated_date(change.new)
    if old is None or new is None or old == new:
        return "变更" if old or one_line(change.old) else "已明确"
    days = (new - old).days
    return f"延后{days}天" if days > 0 else f"提前{-days}天"


def stated_date(text: str) -> date | None:
    """The day that a text names whole (2026年8月1日 or 2026-08-01), else `None`."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return None
    year, month, day = (int(group) for group in found.groups() if group)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def measure_name(facts: AlertFacts, limit: int) -> str:
    """欧盟通报“中文题名”; without a Chinese title the first symbol stands in its place, else the original title."""
    member = shorten(facts.member_zh, _MEMBER) or "境外成员"
    if facts.title_zh.strip():
        return f"{member}通报“{shorten(facts.title_zh, limit)}”"
    if facts.symbols:
        return f"{member}通报{shorten(facts.symbols[0], _SYMBOL)}"
    return f"{member}通报“{shorten(facts.title, limit)}”"


def certainty(facts: AlertFacts) -> str:
    """How sure we are, in one clause."""
    return f"人工研判确认（研判人：{one_line(facts.reviewed_by)}）" if facts.is_reviewed else "机器初筛，未经人工研判"


def sentence(text: str) -> str:
    """`text` with a full stop where it ends without a mark: lines of advice that are printed one after another."""
    clean = one_line(text)
    return clean if not clean or clean[-1] in "。！？；.!?;" else f"{clean}。"


def hs_text(code: str) -> str:
    """Digits as customs writes them: 8501.52, 8501.5200, 8501.5200.10. Anything else is shown as it is."""
    if not code.isdigit() or len(code) <= 4:
        return one_line(code)
    return ".".join(part for part in (code[:4], code[4:8], code[8:]) if part)


def standard_advice(facts: AlertFacts, today: date) -> tuple[str, ...]:
    """Advice by relation, state of the comment period and market, from `advice.toml`."""
    table = _advice_table()
    lines = table["direct" if _is_direct(facts) else "indirect"]
    advice = [lines["check"], lines["market"], _opinion(table["comment"], facts, today)]
    if not any(product.sells_to_member for product in facts.products):
        advice.append(table["market"]["unregistered"])
    return _filled(advice, facts)


def update_advice(facts: UpdateFacts, today: date, *, is_told_by_officer: bool = False) -> tuple[str, ...]:
    """What to do about what is new: one sentence for new products, one for dates, one on comments.

    The one on comments is left to the officer where he wrote advice.
    """
    table = _advice_table()
    words = table["update"]
    advice = []
    if facts.new_products:
        is_direct = any(product.relation is Relation.DIRECT for product in facts.new_products)
        advice.append(words["new_direct" if is_direct else "new_indirect"])
    if facts.changes:
        advice.append(words["dates"])
    if not is_told_by_officer:
        advice.append(_opinion(words, facts.alert, today))
    return _filled(advice, facts.alert)


def digest_advice(facts: AlertFacts, today: date) -> tuple[str, ...]:
    """The standard advice in one or two short sentences."""
    table = _advice_table()["digest"]
    return _filled([table["direct" if _is_direct(facts) else "indirect"], _opinion(table, facts, today)], facts)


def _is_direct(facts: AlertFacts) -> bool:
    return any(product.relation is Relation.DIRECT for product in facts.products)


def _opinion(words: dict[str, str], facts: AlertFacts, today: date) -> str:
    if facts.comment_deadline is None:
        return words["unknown"]
    if facts.comment_deadline < today:
        return words["closed"]
    is_asked = facts.feedback_by is not None and today <= facts.feedback_by
    return words["open_by" if is_asked else "open"]


def _filled(lines: list[str], facts: AlertFacts) -> tuple[str, ...]:
    member = one_line(facts.member_zh) or "境外"
    by = chinese_date(facts.feedback_by) if facts.feedback_by else ""
    deadline = chinese_date(facts.comment_deadline) if facts.comment_deadline else ""
    # the member last: it comes from outside and must not be filled in turn
    return tuple(
        line.replace("{feedback_by}", by).replace("{deadline}", deadline).replace("{member}", member) for line in lines
    )


@lru_cache(maxsize=1)
def _advice_table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("reports.mail").joinpath("advice.toml").read_text(encoding="utf-8"))
