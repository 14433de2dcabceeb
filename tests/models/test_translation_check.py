"""What a machine gave stands as a title only where it is one: Chinese, whole, in the standard terms."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.translation.check import checked

RULE = "Commission Regulation (EU) 2023/1542 concerning batteries"


@pytest.mark.parametrize(
    ("original", "answer", "title_zh"),
    [
        (RULE, "关于电池的欧盟委员会第2023/1542号法规", "关于电池的欧盟委员会第2023/1542号法规"),
        ("Rule on lamps", "“灯具规则”。", "灯具规则"),
        ("Rule on lamps", "《灯具规则》修订案", "《灯具规则》修订案"),
        ("Conformity assessment of lamps", "灯具符合性评估", "灯具合格评定"),
        ("Reglamento Técnico de juguetes", "玩具技术规章", "玩具技术法规"),
        ("Quantities of 1,500 kg", "1500千克的数量", "1500千克的数量"),
        ("Imports from Viet Nam", "自越南进口", "自越南进口"),
        ("Turkey meat", "火鸡肉", "火鸡肉"),  # no member
        ("ISO 9001 and IEC 60335 lamps", "ISO 9001和IEC 60335灯具", "ISO 9001和IEC 60335灯具"),
    ],
)
def test_a_good_answer_stands_with_its_terms_put_right(original: str, answer: str, title_zh: str) -> None:
    found = checked(original, answer)
    assert (found.title_zh, found.refused) == (title_zh, "")


@pytest.mark.parametrize(
    ("original", "answer", "why"),
    [
        (RULE, "", "没有译文"),
        (RULE, RULE, "原文相同"),
        (RULE, RULE.upper() + ".", "原文相同"),
        (RULE, "Verordnung über Batterien 2023/1542", "不是中文"),
        (RULE, f"译文：{RULE}关于电池的欧盟委员会第2023/1542号法规欧盟委员会关于电池的法规", "照抄"),
        (RULE, "关于电池的欧盟法规", "缺少原文中的数字：1542、2023"),
        (RULE, "关于电池的2023/1542号法规\n注：此为译文", "不止一行"),
        (RULE, "电池，2023/1542号" * 2 + "很长" * 100, "过长"),
        (RULE, "电池法规2023/1542" + "的电池" * 6, "反复"),
        ("Rule on " + "lamps and " * 30, "灯具", "过短"),
        ("Rule on lamps", "灯具规则，详见 https://a.example", "网址"),
        ("Draft technical regulation of Brazil", "技术法规草案", "规定译名：巴西"),
        ("Technical regulation on lamps", "灯具强制性规定", "规定译名：技术法规"),
        ("Rule on lamps", "灯具についての規則", "外文"),
    ],
)
def test_a_bad_answer_is_refused_with_the_reason(original: str, answer: str, why: str) -> None:
    found = checked(original, answer)
    assert found.title_zh == ""
    assert why in found.refused


@settings(deadline=None)  # the first example loads data files
@given(st.text(max_size=60), st.text(max_size=120))
def test_an_answer_is_either_a_title_or_a_reason(original: str, answer: str) -> None:
    found = checked(original, answer)
    assert bool(found.title_zh) != bool(found.refused)
    assert "\n" not in found.title_zh
