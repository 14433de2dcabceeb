"""Sentences of the bulletin's annex on data: the counting rule, and one sentence a kind of issue."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pipeline.bulletin.coverage import CoverageRule, coverage_rule
from pipeline.bulletin.topics import main_markets, markets, topics
from reports.bulletin.facts import Rule
from warehouse.members import member_zh, members
from warehouse.records import Notification

COUNTING_RULE = (
    "通报按 WTO 通报号计件，一件联合通报有几个通报号即计几件；按文本计项的，联合通报计一项，补遗等各计一项；"
    "我国提出的通报不计。"
    "月份按 WTO 秘书处散发日期（日内瓦）划分；72小时响应按首次采集时间（北京时间）划分。"
    "与我市相关的措施按措施计项，补遗、勘误并入原措施，含成员尚未通报的立法草案；收录本月散发的文件所涉措施，"
    "以及此前散发、本月首次采集、以前期次未收录且不属于补录的文件所涉措施，同一文件只收录一期。"
    "没有散发日期的通报 {n_undated} 件，未计入任何月份。"
)


def issue_message(code: str, example: str) -> str:
    """Return the sentence for a kind of issue; the message of one case where the file has none yet."""
    return _sentences().get(code, example)


def is_public_issue(code: str) -> bool:
    """Whether the public issue tells a kind of issue: what sources lack, not what firms or officers do."""
    return code in _sentences() and code in _issue_words()["public"]["codes"]


def _sentences() -> dict[str, str]:
    sentences: dict[str, str] = _issue_words()["sentences"]
    return sentences


@cache
def _issue_words() -> dict[str, Any]:
    return tomllib.loads((files("pipeline") / "bulletin" / "issue_sentences.toml").read_text(encoding="utf-8"))


def members_zh(notification: Notification) -> str:
    """Return the notifying members in Chinese, joined by 、; as given where no code is known."""
    return "、".join(member_zh(code) for code in notification.member_codes) or "、".join(notification.member_names)


def counting_rules(*, policy: str, least_firms: int) -> tuple[Rule, ...]:
    """Return the rules that annex 3 prints, with the members of the markets and the definitions of the fields."""
    text = (files("pipeline") / "bulletin" / "rules.toml").read_text(encoding="utf-8")
    rule = coverage_rule()
    values = {
        "days": rule.most_days_without,
        "closed": _closed_text(rule),
        "policy": policy,
        "least": least_firms,
        "markets": _markets_text(),
        "topics": _topics_text(),
    }
    return tuple(Rule(rule["name"], rule["text"].format(**values)) for rule in tomllib.loads(text)["rules"])


def _closed_text(rule: CoverageRule) -> str:
    """12月22日至次年1月5日"""
    first, last = ("{}月{}日".format(*map(int, day.split("-"))) for day in (rule.closed_from, rule.closed_to))
    return f"{first}至次年{last}"


def _markets_text() -> str:
    """欧洲为…；中东为…: the members of the groups, WTO members only, the European Union for its states."""
    parts = []
    states = frozenset(code for code, member in members().items() if "EU" in member.groups)
    for name in main_markets():
        listed = [code for code in sorted(markets()[name]) if members()[code].is_wto_member == "yes"]
        codes = [code for code in listed if code not in states] if "EU" in listed else listed
        if len(codes) > 1:
            named = "、".join(member_zh(code) + ("及其成员" if code == "EU" else "") for code in codes)
            parts.append(f"{name}指{named}。")
    return "".join(parts)


def _topics_text() -> str:
    return "".join(f"{topic.name}：{topic.rule}。" for topic in topics())
