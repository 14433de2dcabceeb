"""What officers do to cases, in a real warehouse: every act whole or not at all, and refused with words."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from case_office import (
    BY,
    HOUR,
    IRRELEVANT,
    JOINT,
    LEM,
    ONE,
    START,
    TWO,
    WARNING,
    events,
    hours,
    kinds,
    now_stands,
    refused,
    rows,
    written,
)
from warehouse_sample import exporter, register

from pipeline.acts import Act, Conclusion
from pipeline.case_state import Stage
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.judge import judge
from pipeline.steps.open_cases import update_cases
from pipeline.steps.show_case import next_step
from warehouse.connection import open_writer
from warehouse.records import Relation


@pytest.fixture(scope="module")
def untouched(four_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to which every test of what is refused does nothing but runs in the ledger."""
    return Path(shutil.copytree(four_cases, tmp_path_factory.mktemp("untouched") / "home"))


# acts and conclusions


@pytest.mark.parametrize(
    ("act", "stage"),
    [
        (Act(kind="assigned", actor=BY, code="李四", detail="责任人：李四"), Stage.SCREENED),
        (Act(kind="noted", actor=BY, detail="已电话核实"), Stage.SCREENED),
        (Act(kind="notified", actor=BY, detail="电话告知企业E1"), Stage.NOTIFIED),
        (Act(kind="advised", actor=BY, detail="核对标签要求"), Stage.ADVISED),
        (Act(kind="comment-decided", actor=BY, code="yes", detail="评议"), Stage.SCREENED),
        (Act(kind="comment-submitted", actor=BY, code="咨询中心", detail="已报送"), Stage.COMMENTING),
        (Act(kind="closed", actor=BY, code="done", detail="已办结"), Stage.CLOSED),
    ],
)
def test_an_act_is_one_event_with_who_what_and_when(office: Path, act: Act, stage: Stage) -> None:
    _, timed = act_on_case(hours(office, 5), ONE, act)
    assert (timed.state.stage, timed.unexplained) == (stage, ())
    [event] = [e for e in timed.case.events if e.occurred_at == START + 5 * HOUR]
    assert (event.kind, event.code, event.actor, event.detail) == (act.kind, act.code, BY, act.detail)
    assert rows(office, "SELECT step, outcome FROM runs ORDER BY run_id DESC LIMIT 1") == [(f"case-{act.kind}", "done")]


def test_the_same_act_at_the_same_moment_is_written_once(office: Path) -> None:
    for _ in range(2):
        act_on_case(hours(office, 5), ONE, Act(kind="notified", actor=BY, detail="电话告知"))
        conclude_case(hours(office, 6), ONE, WARNING)
    assert Counter(kind for kind, _ in events(office))["notified"] == 1
    assert Counter(kind for kind, _ in events(office))["concluded"] == 1
    assert rows(office, "SELECT count(*) FROM judgements") == [(3,)]


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (Relation.DIRECT, {"台灯": "direct", "灯泡": "direct", "灯座": "direct"}),
        (Relation.INDIRECT, {"台灯": "indirect", "灯泡": "indirect", "灯座": "indirect"}),
        (None, {"台灯": "direct", "灯泡": "indirect", "灯座": "indirect"}),
    ],
)
def test_a_conclusion_judges_every_pair_of_the_case(
    office: Path, relation: Relation | None, expected: dict[str, str]
) -> None:
    found = Conclusion(conclusion="watch", actor=f" {BY} ", relation=relation, reason="核实", owner=" 李四 ")
    _, timed = conclude_case(hours(office, 5), ONE, found)
    assert (timed.state.conclusion, timed.state.owner, timed.state.stage) == ("watch", "李四", Stage.JUDGED)
    judged = rows(
        office,
        "SELECT product_name, relation, verdict, reason, judged_by FROM judgements JOIN product_lines USING (line_id)",
    )
    assert {name: relation for name, relation, *_ in judged} == expected
    assert {tuple(rest) for _, _, *rest in judged} == {("confirmed", "核实", BY)}
    assert Counter(kinds(timed))["judged"] == 3
    assert timed.case.is_confirmed
    assert timed.clock.readings[0].met_at == START + 5 * HOUR
    assert not timed.state.is_closed


def test_a_later_conclusion_takes_the_place_of_an_earlier_one(office: Path) -> None:
    conclude_case(hours(office, 5), ONE, WARNING)
    _, timed = conclude_case(
        hours(office, 6), ONE, Conclusion(conclusion="watch", actor="研判岗乙", relation=Relation.INDIRECT)
    )
    assert timed.state.conclusion == "watch"
    assert not timed.case.is_direct
    assert [event.code for event in timed.case.events if event.kind == "concluded"] == ["warning", "watch"]


def test_not_relevant_closes_the_case_by_what_was_judged(office: Path) -> None:
    _, timed = conclude_case(hours(office, 5), ONE, IRRELEVANT)
    assert timed.state.is_closed
    assert timed.clock.is_answered
    assert not timed.clock.is_late
    assert (timed.case.n_lines, timed.case.match_level) == (0, "none")
    [closing] = [event for event in timed.case.events if event.kind == "closed"]
    assert (closing.code, closing.actor, closing.occurred_at) == ("irrelevant", BY, START + 5 * HOUR)
    assert "已结案" in next_step(timed)
    # what is derived again changes nothing
    before = written(office)
    update_cases(hours(office, 30))
    assert written(office) == before


def test_one_pair_judged_by_itself_is_overruled_by_the_conclusion_on_the_case(office: Path) -> None:
    judge(hours(office, 2), ONE, "E1", product_name="台灯", relation=Relation.DIRECT, reason="", judged_by=BY)
    _, timed = conclude_case(hours(office, 3), ONE, IRRELEVANT)
    assert timed.state.is_closed
    assert timed.clock.readings[0].met_at == START + 2 * HOUR


def test_a_joint_case_found_not_relevant_is_closed_with_all_its_notifications(office: Path) -> None:
    _, timed = conclude_case(hours(office, 5), LEM, IRRELEVANT)
    assert timed.case.case_id == JOINT
    assert timed.case.n_lines == 0
    assert timed.state.is_closed


def test_a_case_without_pairs_that_is_found_not_relevant_is_closed_too(office: Path) -> None:
    with open_writer(office / "warehouse.duckdb") as con:
        register(con, START + HOUR, exporter("E2", "灯座"))
    _, timed = conclude_case(hours(office, 5), TWO, IRRELEVANT)
    assert timed.state.is_closed
    assert timed.clock.is_answered


def test_not_relevant_a_second_time_after_a_reopening_closes_again(office: Path) -> None:
    conclude_case(hours(office, 5), TWO, IRRELEVANT)
    act_on_case(hours(office, 6), TWO, Act(kind="reopened", actor=BY, detail="企业来电"))
    _, timed = conclude_case(hours(office, 7), TWO, IRRELEVANT)
    assert timed.state.is_closed


def test_not_relevant_when_everything_is_late_leaves_nothing_to_explain(office: Path) -> None:
    _, timed = conclude_case(
        hours(office, 80), ONE, Conclusion(conclusion="none", actor=BY, reason="无", cause="backlog")
    )
    assert timed.state.is_closed
    assert timed.unexplained == ()


def test_a_warning_on_a_case_without_pairs_is_refused(office: Path) -> None:
    conclude_case(hours(office, 5), TWO, IRRELEVANT)
    act_on_case(hours(office, 6), TWO, Act(kind="reopened", actor=BY, detail="企业来电"))
    error = refused(office, 7, WARNING, TWO)
    assert "已没有相关的企业产品" in error.message
    assert "tbtwatch judge" in error.next_step


def test_a_pair_judged_relevant_after_a_reopening_by_hand_does_not_reopen_again(office: Path) -> None:
    conclude_case(hours(office, 5), TWO, IRRELEVANT)
    act_on_case(hours(office, 6), TWO, Act(kind="reopened", actor=BY, detail="企业来电"))
    judge(hours(office, 7), TWO, "E1", product_name="台灯", relation=Relation.DIRECT, reason="", judged_by=BY)
    update_cases(hours(office, 8))
    timed = now_stands(office, START + 8 * HOUR, TWO)
    assert not timed.state.is_closed
    assert timed.state.n_reopened == 1


# what is refused


@pytest.mark.parametrize("blank", ["", "\u3000\n"])
def test_nobody_and_no_reason_are_refused_with_words(untouched: Path, blank: str) -> None:
    for kind, what, option in (
        ("notified", "告知情况", "--text"),
        ("advised", "应对建议", "--text"),
        ("noted", "内容", "--text"),
        ("closed", "原因", "--reason"),
    ):
        error = refused(untouched, 5, Act(kind=kind, actor=BY, detail=blank))
        assert what in error.message
        assert option in error.next_step
        error = refused(untouched, 5, Act(kind=kind, actor=blank, detail="x"))
        assert "经办人" in error.message
        assert "--by" in error.next_step
    error = refused(untouched, 5, Conclusion(conclusion="warning", actor=blank))
    assert "研判人" in error.message
    error = refused(untouched, 5, Conclusion(conclusion="none", actor=BY, reason=blank))
    assert "不相关的原因" in error.message
    assert "--reason" in error.next_step


def test_a_warning_of_no_relation_is_refused(untouched: Path) -> None:
    error = refused(untouched, 5, Conclusion(conclusion="warning", actor=BY, relation=Relation.NONE))
    assert "预警" in error.message
    assert "关联度" in error.next_step


def test_an_unknown_case_is_refused_by_name(office: Path) -> None:
    assert "G/TBT/N/ZZZ/1" in refused(office, 5, WARNING, "G/TBT/N/ZZZ/1").message
    assert rows(office, "SELECT outcome FROM runs WHERE step = 'case-judge'") == [("failed",)]


def test_nobody_is_put_in_charge_by_an_empty_name(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = cli(capsys, office, 5, "case", "assign", ONE, "--owner", " ", "--by", BY)
    assert code == 2
    assert ("assigned", " ") not in events(office)


def cli(capsys: pytest.CaptureFixture[str], home: Path, n: float, *arguments: str) -> tuple[int, str]:
    """Run the command line in this process: exit code, and what it said."""
    from pipeline.cli import main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sys,
            "argv",
            ["tbtwatch", "--home", str(home), "--now", f"{START + n * HOUR:%Y-%m-%dT%H:%M:%S%z}", *arguments],
        )
        try:
            main()
            code = 0
        except SystemExit as leaving:
            code = int(leaving.code or 0)
    captured = capsys.readouterr()
    return code, captured.out + captured.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("judge", ONE, "--conclusion", "maybe", "--by", BY), "--conclusion 不能写“maybe”"),
        (("judge", ONE, "--conclusion", "watch", "--relation", "none", "--by", BY), "--relation 不能写“none”"),
        (("judge", ONE, "--conclusion", "none", "--by", BY), "不相关的原因不能为空"),
        (("judge", ONE, "--conclusion", "watch", "--by", " "), "研判人不能为空"),
        (("advise", ONE, "--text", "核对标签"), "经办人不能为空"),
        (("close", ONE, "--reason", " ", "--by", BY), "原因不能为空"),
        (("reopen", ONE, "--reason", "新情况", "--by", BY), "案件未结案"),
        (("explain", ONE, "--milestone", "closed", "--cause", "backlog", "--reason", "x", "--by", BY), "--milestone"),
        (("explain", ONE, "--milestone", "judged", "--cause", "tired", "--reason", "x", "--by", BY), "backlog（人工"),
    ],
)  # fmt: skip
def test_the_command_line_refuses_with_words_and_code_2(
    untouched: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    before = written(untouched)
    code, said = cli(capsys, untouched, 5, "case", *arguments)
    assert (code, "Traceback" in said) == (2, False)
    assert words in said
    assert written(untouched) == before
