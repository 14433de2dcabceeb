"""The mail's Chinese words: subject, level, certainty, dates, standard advice."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files

from reports.mail.clean import one_line, shorten
from reports.mail.facts import AlertFacts
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
_SUBJECT_TITLE = 26  # characters of the title in a subject: a phone shows about 40 on two lines


def chinese_date(day: date) -> str:
    """2026年8月1日, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_or_text(day: date | None, text: str, unknown: str) -> str:
    """The date in Chinese, else the text as given, else `unknown`."""
    return chinese_date(day) if day else one_line(text) or unknown


def remaining(deadline: date, today: date) -> str:
    """还有29天 / 明天截止 / 今天截止 / 已截止."""
    days = (deadline - today).days
    if days < 0:
        return "已截止"
    return {0: "今天截止", 1: "明天截止"}.get(days, f"还有{days}天")


def subject_line(facts: AlertFacts, today: date) -> str:
    """One line, e.g. 【技贸预警】欧盟通报“…”，涉及贵司2个产品，评议截止2026年8月1日.

    A machine match says so in the mark: the reader of a list of subjects must not take it for a confirmed one.
    """
    mark = f"技贸{LEVEL_WORDS[facts.level]}" + ("" if facts.is_reviewed else "·待研判")
    parts = [measure_name(facts, _SUBJECT_TITLE), f"涉及贵司{len(facts.products)}个产品"]
    if facts.comment_deadline is not None:
        is_over = facts.comment_deadline < today
        parts.append("评议期已过" if is_over else f"评议截止{chinese_date(facts.comment_deadline)}")
    return f"【{mark}】" + "，".join(parts)


def measure_name(facts: AlertFacts, limit: int) -> str:
    """欧盟通报“中文题名”; without a Chinese title the first symbol stands in its place, else the original title."""
    member = one_line(facts.member_zh) or "境外成员"
    if facts.title_zh.strip():
        return f"{member}通报“{shorten(facts.title_zh, limit)}”"
    if facts.symbols:
        return f"{member}通报{one_line(facts.symbols[0])}"
    return f"{member}通报“{shorten(facts.title, limit)}”"


def certainty(facts: AlertFacts) -> str:
    """How sure we are, in one clause."""
    return f"人工研判确认（研判人：{one_line(facts.reviewed_by)}）" if facts.is_reviewed else "机器初筛，未经人工研判"


def hs_text(code: str) -> str:
    """Digits as customs writes them: 8501.52, 8501.5200, 8501.5200.10. Anything else is shown as it is."""
    if not code.isdigit() or len(code) <= 4:
        return one_line(code)
    return ".".join(part for part in (code[:4], code[4:8], code[8:]) if part)


def standard_advice(facts: AlertFacts, today: date) -> tuple[str, ...]:
    """Advice by relation, state of the comment period and market, from `advice.toml`."""
    table = _advice_table()
    member = one_line(facts.member_zh) or "境外"
    is_direct = any(product.relation is Relation.DIRECT for product in facts.products)
    lines = table["direct" if is_direct else "indirect"]
    comment = table["comment"]
    if facts.comment_deadline is None:
        opinion = comment["unknown"]
    elif facts.comment_deadline < today:
        opinion = comment["closed"]
    elif facts.feedback_by is not None and today <= facts.feedback_by:
        opinion = comment["open_by"].replace("{feedback_by}", chinese_date(facts.feedback_by))
    else:
        opinion = comment["open"]
    advice = [lines["check"], lines["market"], opinion]
    if not any(product.sells_to_member for product in facts.products):
        advice.append(table["market"]["unregistered"])
    return tuple(line.replace("{member}", member) for line in advice)


@lru_cache(maxsize=1)
def _advice_table() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("reports.mail").joinpath("advice.toml").read_text(encoding="utf-8"))
