"""Sentences of the bulletin's annex on data: the counting rule, and one sentence a kind of issue."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

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
