"""Sentences of the bulletin's annex on data: the counting rule, and one sentence a kind of issue."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pipeline.bulletin.topics import main_markets, markets, topics
from reports.bulletin.facts import Rule
from warehouse.members import member_zh, members
from warehouse.records import Notification

COUNTING_RULE = (
    "通报按 WTO 通报号计件，一件联合通报有几个通报号即计几件；措施按文本计项，联合通报计一项；我国提出的通报不计。"
    "月份按 WTO 秘书处散发日期（日内瓦）划分；72小时响应按首次采集时间（北京时间）划分。"
    "与我市相关的措施含本月散发的，以及此前散发、本月首次采集且不属于补录的。"
    "没有散发日期的通报 {n_undated} 件，未计入任何月份。"
)


def issue_message(code: str, example: str) -> str:
    """Return the sentence for a kind of issue; the message of one case where the file has none yet."""
    return _sentences().get(code, example)


@cache
def _sentences() -> dict[str, str]:
    text = (files("pipeline") / "bulletin" / "issue_sentences.toml").read_text(encoding="utf-8")
    sentences: dict[str, str] = tomllib.loads(text)["sentences"]
    return sentences


def members_zh(notification: Notification) -> str:
    """Return the notifying members in Chinese, joined by 、; as given where no code is known."""
    return "、".join(member_zh(code) for code in notification.member_codes) or "、".join(notification.member_names)


def counting_rules(*, policy: str, least_firms: int) -> tuple[Rule, ...]:
    """Return the rules that annex 3 prints, with the members of the markets and the definitions of the fields."""
    text = (files("pipeline") / "bulletin" / "rules.toml").read_text(encoding="utf-8")
    values = {"policy": policy, "least": least_firms, "markets": _markets_text(), "topics": _topics_text()}
    return tuple(Rule(rule["name"], rule["text"].format(**values)) for rule in tomllib.loads(text)["rules"])


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
