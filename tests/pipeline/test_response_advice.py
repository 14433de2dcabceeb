"""The first draft of an advice: text without gaps, whether to comment, dates written out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, product
from typing import Any

import pytest
from advice_calendar import PACKAGE, TODAY, WORDING, dates_of

from pipeline.response_advice import (
    AdviceDraft,
    AdviceFacts,
    CommentAdvice,
    CommentState,
    Deadlines,
    MeasureStatus,
    draft_advice,
    kind_codes,
)
from warehouse.records import Relation

MARK = "【建议初稿，须经研判人员签发】"
NO_TEXT = "原文尚未获取，以下依据通报表内容"
LABELS = ("核对范围", "准备材料", "咨询渠道", "评议建议", "时间节点")
READINGS = {
    "open": dates_of(TODAY + timedelta(days=60), TODAY, TODAY),
    "short": dates_of(TODAY + timedelta(days=25), TODAY, TODAY),
    "at-once": dates_of(TODAY + timedelta(days=15), TODAY, TODAY),
    "stop-passed": dates_of(TODAY + timedelta(days=1), TODAY, TODAY),
    "closed": dates_of(TODAY - timedelta(days=1), None, TODAY),
    "unknown": dates_of(None, TODAY, TODAY),
}


def drafted(**changes: Any) -> AdviceDraft:
    facts: dict[str, Any] = {
        "member_zh": "欧盟",
        "title": "电动工具安全法规草案",
        "kinds": ("safety",),
        "relation": Relation.DIRECT,
        "products": ("电动扳手",),
        "deadlines": READINGS["open"],
        "status": MeasureStatus.DRAFT,
        "entry_into_force": date(2027, 3, 1),
        "has_full_text": True,
    }
    return draft_advice(AdviceFacts(**(facts | changes)))


@pytest.mark.parametrize("reading", READINGS)
def test_the_brief_form_speaks_of_the_first_kind_and_names_no_product(reading: str) -> None:
    brief = drafted(kinds=("labelling", "safety"), deadlines=READINGS[reading]).brief
    assert [word for word in ("一是", "二是", "三是") if brief.count(word) == 1] == ["一是", "二是", "三是"]
    assert WORDING["kinds"]["labelling"]["check"]["direct"] in brief
    assert WORDING["kinds"]["safety"]["check"]["direct"] not in brief
    assert "电动扳手" not in brief
    assert brief.endswith("。")
    assert "{" not in brief


def combined() -> Iterator[tuple[AdviceFacts, AdviceDraft]]:
    """Every kind alone and every three kinds, with names longer than a draft may show."""
    codes = kind_codes()
    for kinds in [*((code,) for code in codes), *combinations(codes, 3)]:
        for relation, read, status, entry, has_text in product(
            (Relation.DIRECT, Relation.INDIRECT),
            READINGS.values(),
            MeasureStatus,
            (None, date(2027, 12, 31)),
            (True, False),
        ):
            facts = AdviceFacts(
                member_zh="台澎金马单独关税区（中国台北）及其他成员",
                title="标" * 300,
                kinds=kinds,
                relation=relation,
                products=tuple(letter * 60 for letter in "甲乙丙丁戊己"),
                deadlines=read,
                status=status,
                entry_into_force=entry,
                has_full_text=has_text,
            )
            yield facts, draft_advice(facts)


def test_every_combination_gives_whole_sentences_within_900_characters() -> None:
    n_drafts = 0
    for facts, draft in combined():
        n_drafts += 1
        text = draft.text
        assert len(text) <= 900, (facts.kinds, len(text))
        assert not re.search(r"[{}]|None|[，；、：。]{2}|[，；、：]\n|\s\n", text), text
        lines = text.split("\n")
        assert lines[0] == MARK
        assert (NO_TEXT in lines[1]) == (not facts.has_full_text)
        body = lines[1 if facts.has_full_text else 2 :]
        assert len(body) == 5
        for number, (line, label) in enumerate(zip(body, LABELS, strict=True), start=1):
            assert re.fullmatch(rf"{number}\. {label}：[^。]{{8,}}。", line), line
        for code in facts.kinds:
            assert WORDING["kinds"][code]["check"][facts.relation] in body[0]
            assert WORDING["kinds"][code]["prepare"][facts.relation] in body[1]
            assert all(name in body[2] for name in WORDING["kinds"][code]["ask"])
            assert WORDING["kinds"][code]["grounds"] in body[3]
    assert n_drafts == (11 + 165) * 2 * 6 * 4 * 2 * 2


@pytest.mark.parametrize(
    ("relation", "reading", "advice", "said"),
    [
        (Relation.DIRECT, "open", CommentAdvice.YES, "建议提交评议，"),
        (Relation.DIRECT, "short", CommentAdvice.YES, "请求延长评议期"),
        (Relation.INDIRECT, "open", CommentAdvice.UNDECIDED, "是否评议待定"),
        (Relation.INDIRECT, "short", CommentAdvice.UNDECIDED, "请求延长评议期"),
        (Relation.DIRECT, "stop-passed", CommentAdvice.UNDECIDED, "立即电话报告"),
        (Relation.DIRECT, "unknown", CommentAdvice.UNDECIDED, "评议截止日期未注明"),
        (Relation.DIRECT, "closed", CommentAdvice.NO, "不建议再提交书面评议"),
        (Relation.INDIRECT, "closed", CommentAdvice.NO, "特别贸易关注"),
    ],
)
def test_whether_to_comment_follows_relation_and_time(
    relation: Relation, reading: str, advice: CommentAdvice, said: str
) -> None:
    draft = drafted(relation=relation, deadlines=READINGS[reading])
    assert draft.comment is advice
    assert said in draft.sentences[3]


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (
            "open",
            "企业意见请于2026年7月1日前反馈，汇总意见于2026年7月10日前报送，"
            "最迟不晚于2026年7月28日，评议截止日期为2026年7月31日；",
        ),
        (
            "short",
            "企业意见请于2026年6月13日前反馈，当日汇总报送，最迟不晚于2026年6月23日，评议截止日期为2026年6月26日；",
        ),
        (
            "at-once",
            "企业意见请于2026年6月8日前反馈，汇总意见尽快报送，最迟不晚于2026年6月11日，评议截止日期为2026年6月16日；",
        ),
        (
            "stop-passed",
            "企业意见请立即反馈，汇总意见尽快报送，内部最迟报送日2026年5月28日已过，评议截止日期为2026年6月2日；",
        ),
        ("closed", "评议已于2026年5月31日截止；"),
        ("unknown", "评议截止日期未注明，企业意见请尽早反馈；"),
    ],
)
def test_the_dates_are_written_out(reading: str, said: str) -> None:
    entry = "措施拟于2027年3月1日生效，请据此倒排改进、检测和库存安排。"
    assert drafted(deadlines=READINGS[reading]).sentences[4] == f"时间节点：{said}{entry}"


@pytest.mark.parametrize(
    ("status", "with_date", "without"),
    [
        (MeasureStatus.DRAFT, "拟于2027年3月1日生效", "生效日期未明确"),
        (MeasureStatus.ADOPTED, "将于2027年3月1日生效", "措施已批准，生效日期未明确"),
        (MeasureStatus.IN_FORCE, "生效日期为2027年3月1日", "措施已生效，具体日期待核实"),
        (MeasureStatus.UNKNOWN, "是否已批准待核实", "批准和生效情况待核实"),
    ],
)
def test_the_entry_into_force_is_worded_by_status(status: MeasureStatus, with_date: str, without: str) -> None:
    assert with_date in drafted(status=status).sentences[4]
    assert without in drafted(status=status, entry_into_force=None).sentences[4]


def test_a_measure_already_adopted_moves_the_comment_to_details_unless_comments_are_closed() -> None:
    assert "措施已经批准，意见宜集中在实施细则" in drafted(status=MeasureStatus.ADOPTED).sentences[3]
    assert "措施已经生效，意见宜集中在执行" in drafted(status=MeasureStatus.IN_FORCE).sentences[3]
    closed = drafted(status=MeasureStatus.IN_FORCE, deadlines=READINGS["closed"])
    assert "意见宜集中" not in closed.sentences[3]


def test_names_are_brought_to_one_line_and_counted() -> None:
    draft = drafted(
        title=" 《电动工具\n{安全}》修正案。",
        products=("电动扳手。", " ", "电钻", "电钻", "电锯", "砂光机"),
        member_zh="越南\t",
    )
    check = draft.sentences[0]
    assert check.startswith("核对范围：越南《〈电动工具 {安全}〉修正案》主要涉及产品安全技术要求，")
    assert "以电动扳手、电钻、电锯等4项产品为重点" in check
    assert "越南《电动工具法》主要" in drafted(title="《电动工具法》", member_zh="越南").sentences[0]
    assert "欧盟《〈甲法〉和〈乙法〉》主要" in drafted(title="《甲法》和《乙法》").sentences[0]


def test_missing_names_have_a_wording() -> None:
    draft = drafted(member_zh="", title=" ", products=(), kinds=())
    assert draft.sentences[0].startswith(
        "核对范围：有关成员通报措施主要涉及其他技术要求，请对照措施原文，以相关产品为重点，"
    )
    assert draft.sentences == drafted(member_zh="", title="", products=(), kinds=("other",)).sentences


def test_without_the_full_text_the_draft_says_so_twice() -> None:
    draft = drafted(has_full_text=False)
    assert draft.text.split("\n")[1] == f"{NO_TEXT}。"
    assert "取得原文后再复核" in draft.sentences[0]
    assert NO_TEXT not in drafted().text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"relation": Relation.NONE}, "without relation"),
        ({"kinds": ("safety", "tariff")}, "tariff"),
        ({"deadlines": Deadlines(state=CommentState.OPEN)}, "comment deadline"),
    ],
)
def test_facts_that_allow_no_advice_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        drafted(**changes)


def test_each_kind_has_its_wording_and_no_clause_ends_with_a_stop() -> None:
    assert tuple(WORDING["kinds"]) == kind_codes()
    for entry in WORDING["kinds"].values():
        assert set(entry) == {"name", "check", "prepare", "ask", "grounds"}
        assert set(entry["check"]) == set(entry["prepare"]) == {"direct", "indirect"}
        clauses = [entry["name"], entry["grounds"], *entry["ask"], *entry["check"].values(), *entry["prepare"].values()]
        assert [clause for clause in clauses if not clause.strip() or clause.endswith(tuple("。；，、"))] == []


def test_no_wording_stands_in_the_code() -> None:
    for path in PACKAGE.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, documented)}
        texts = [
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        ]
        assert [text for text in texts if re.search("[一-龥]", text) and text not in docstrings] == []
