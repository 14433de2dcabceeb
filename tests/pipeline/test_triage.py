"""研判 by workbook in real homes: exported, filled with openpyxl as an officer would, imported, and what came of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from triage_answers import (
    COLLECTED,
    IMPORTER,
    IRRELEVANT,
    WARNING,
    at,
    counts,
    decided,
    export,
    fill,
    happened,
    listed,
    milestones,
    state,
    stated,
    take_in,
)

from pipeline.acts import Conclusion
from pipeline.sla import MilestoneState
from pipeline.steps.case_acts import Planned, conclude_case, write_down
from pipeline.steps.import_notifications import import_notifications
from pipeline.steps.match import match
from pipeline.steps.open_cases import TimedCase, update_cases
from pipeline.steps.show_case import show_case
from pipeline.triage.rows import load_layout
from warehouse.connection import Connection, open_reader
from warehouse.errors import StageError

Cli = Callable[..., Any]


@pytest.fixture(scope="module")
def handed_out(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook an hour after collection; nobody has filled it."""
    folder = tmp_path_factory.mktemp("handed-out")
    return export(Path(shutil.copytree(prepared, folder / "home")), 1, folder / "研判.xlsx")


@pytest.fixture
def path(handed_out: Path, tmp_path: Path) -> Path:
    """An officer's own copy of it."""
    return Path(shutil.copy(handed_out, tmp_path / "研判.xlsx"))


def test_only_what_is_left_to_do_is_exported_and_nothing_is_filled_in(home: Path, path: Path) -> None:
    rows = listed(path)
    _, timed = update_cases(at(home, 1))
    assert set(rows) == {item.case.case_id for item in timed if not item.clock.is_answered}
    assert {row["剩余时间"] for row in rows.values()} == {"23小时0分"}
    assert all(not row[column.header] for row in rows.values() for column in load_layout().fill)


def test_a_warning_with_relation_owner_advice_and_comment_becomes_one_of_each(
    home: Path, rated: tuple[str, ...], path: Path
) -> None:
    case_id = rated[0]
    n_cases = len(listed(path))
    fill(path, {case_id: {**WARNING, "应对建议": "核对限值。\n联系客户。", "是否评议": "评议", "原因": "已核对原文"}})
    run, problems = take_in(home, 2, path)
    assert problems == ()
    assert counts(run) == (1, 0, n_cases - 1, 0)
    assert happened(home, case_id) == [
        ("concluded", "warning", "张三", "已核对原文"),
        ("assigned", "张三", "张三", "责任人：张三"),
        ("comment-decided", "yes", "张三", "评议"),
        ("advised", "", "张三", "核对限值。\n联系客户。"),
    ]
    shown = show_case(at(home, 3), case_id)
    assert (shown.timed.state.conclusion, shown.timed.state.owner) == ("warning", "张三")
    assert (shown.timed.state.comment, shown.timed.state.advice) == ("yes", "核对限值。\n联系客户。")
    assert milestones(home, 3, case_id) == [MilestoneState.MET, MilestoneState.RUNNING, MilestoneState.MET]
    # every product line of the case is judged as the officer said, and no other case was touched
    assert {(pair.relation, pair.verdict) for pair in shown.pairs} == {("indirect", "confirmed")}
    assert len(decided(home)[1]) == len(shown.pairs)
    assert {by for *_, by, _ in decided(home)[1]} == {"张三"}


def test_without_a_relation_each_pair_stays_as_the_machine_found_it_and_a_draft_is_not_adopted(
    home: Path, rated: tuple[str, ...], path: Path
) -> None:
    case_id = rated[0]
    before = {pair.line_id: pair.relation for pair in show_case(at(home, 1), case_id).pairs}
    assert listed(path)[case_id]["应对建议（系统草稿）"]
    fill(path, {case_id: {"结论": "关注", "责任人": "张三"}})
    take_in(home, 2, path)
    assert [kind for kind, *_ in happened(home, case_id)] == ["concluded", "assigned"]
    after = {pair.line_id: pair.relation for pair in show_case(at(home, 3), case_id).pairs}
    assert after == before
    assert state(home, case_id).advice == ""


def test_judged_irrelevant_closes_the_case_and_it_is_not_exported_again(
    home: Path, rated: tuple[str, ...], path: Path, tmp_path: Path
) -> None:
    case_id = rated[0]
    fill(path, {case_id: IRRELEVANT})
    take_in(home, 2, path)
    kinds = [(kind, code, actor) for kind, code, actor, _ in happened(home, case_id)]
    # nobody is in charge, so the officer who brought the file in judged
    assert kinds == [("concluded", "none", IMPORTER), ("closed", "irrelevant", IMPORTER)]
    assert state(home, case_id).is_closed
    shown = show_case(at(home, 3), case_id)
    assert shown.timed.clock.is_answered
    assert shown.timed.clock.answered_at == COLLECTED + timedelta(hours=2)
    assert {verdict for _, _, _, verdict, *_ in decided(home)[1]} == {"rejected"}
    again = listed(export(home, 100, tmp_path / "次日.xlsx"))
    assert case_id not in again
    assert again.keys() == listed(path).keys() - {case_id}


def test_a_row_is_refused_by_its_cell_where_an_addendum_came_and_the_others_are_applied(
    home: Path, rated: tuple[str, ...], path: Path, tmp_path: Path
) -> None:
    stale, fresh = rated[:2]
    addendum = tmp_path / "addendum.jsonl"
    symbol = f"{stale}/Add.1"
    notice = {
        "id": "T-ADD", "symbols": [symbol], "area": symbol[2:5], "members": ["European Union"],
        "distribution_date": "2026-06-29", "title": "Extension of the time for comments",
        "notification_type": "Addendum to Regular Notification", "lang": "en",
    }  # fmt: skip
    addendum.write_text(json.dumps(notice), encoding="utf-8")
    import_notifications(at(home, 2), addendum)
    match(at(home, 2))
    update_cases(at(home, 2))
    places = fill(path, {stale: WARNING, fresh: WARNING})
    run, problems = take_in(home, 3, path)
    assert counts(run)[0] == 1
    assert [(p.value, p.cell[1:]) for p in problems] == [(stale, places[stale]["时限"][1:])]
    assert "案件在导出后有新进展" in problems[0].message
    assert "重新导出" in problems[0].next_step
    assert happened(home, stale) == []
    assert state(home, fresh).conclusion == "warning"
    # exported anew, the same answer is taken
    renewed = export(home, 4, tmp_path / "重新导出.xlsx")
    assert symbol in listed(renewed)[stale]["通报号"]
    fill(renewed, {stale: WARNING})
    assert take_in(home, 5, renewed)[1] == ()
    assert state(home, stale).conclusion == "warning"


def test_what_another_officer_judged_since_the_export_is_not_overwritten(
    home: Path, rated: tuple[str, ...], path: Path
) -> None:
    stale, fresh = rated[:2]
    other = Conclusion(conclusion="none", actor="李四", reason="不涉及")
    conclude_case(at(home, 2), stale, other)
    before = happened(home, stale)
    fill(path, {stale: WARNING, fresh: IRRELEVANT})
    run, problems = take_in(home, 3, path)
    assert [p.value for p in problems] == [stale]
    assert "他人研判" in problems[0].message
    assert counts(run)[0] == 1
    assert happened(home, stale) == before
    assert state(home, fresh).is_closed


def test_the_same_file_twice_applies_nothing_twice_and_says_so(home: Path, rated: tuple[str, ...], path: Path) -> None:
    fill(path, {rated[0]: {**WARNING, "应对建议": "核对", "是否评议": "不评议"}, rated[1]: IRRELEVANT})
    first, _ = take_in(home, 2, path)
    n_blank = first.counts["n_blank"]
    assert counts(first) == (2, 0, n_blank, 0)
    after = decided(home)
    for hours in (2, 3, 300):  # in the same moment, an hour later, when every limit has passed
        again, problems = take_in(home, hours, path)
        assert counts(again) == (0, 2, n_blank, 0)
        assert problems == ()
        assert again.outcome == "done"
        assert decided(home) == after


def test_a_file_that_was_corrected_brings_in_only_what_was_refused_before(
    home: Path, rated: tuple[str, ...], path: Path
) -> None:
    places = fill(path, {rated[0]: WARNING, rated[1]: {"结论": "不相关"}})
    run, problems = take_in(home, 2, path)
    assert (counts(run)[:2], [p.cell for p in problems]) == ((1, 0), [places[rated[1]]["原因"]])
    assert happened(home, rated[1]) == []
    fill(path, {rated[1]: IRRELEVANT})
    run, problems = take_in(home, 3, path)
    assert (counts(run)[:2], problems) == ((1, 1), ())
    assert state(home, rated[1]).is_closed
    # another answer to a case that was applied already is not taken from the old file
    fill(path, {rated[0]: {"结论": "关注"}})
    run, problems = take_in(home, 4, path)
    assert (counts(run)[:2], [p.value for p in problems]) == ((0, 1), [rated[0]])
    assert state(home, rated[0]).conclusion == "warning"


def test_two_officers_share_one_export_and_the_first_to_judge_a_case_holds(
    home: Path, rated: tuple[str, ...], path: Path, tmp_path: Path
) -> None:
    mine, theirs = (Path(shutil.copy(path, tmp_path / f"{name}.xlsx")) for name in ("张三", "李四"))
    only_mine, only_theirs, both, alike = rated[:4]
    fill(mine, {only_mine: WARNING, both: WARNING, alike: WARNING})
    their_answer = {"结论": "关注", "责任人": "李四"}
    places = fill(theirs, {only_theirs: their_answer, both: their_answer, alike: WARNING})
    assert counts(take_in(home, 2, mine)[0])[:2] == (3, 0)
    run, problems = take_in(home, 3, theirs)
    # the same answer word for word is no contradiction
    assert counts(run)[:2] == (1, 1)
    assert [(p.value, p.cell[1:]) for p in problems] == [(both, places[both]["时限"][1:])]
    found = {case_id: (state(home, case_id).conclusion, state(home, case_id).owner) for case_id in rated[:4]}
    assert found == {
        only_mine: ("warning", "张三"), only_theirs: ("watch", "李四"),
        both: ("warning", "张三"), alike: ("warning", "张三"),
    }  # fmt: skip
    assert {"张三", "李四"} <= officers(export(home, 4, tmp_path / "次日.xlsx"))


def officers(path: Path) -> set[str]:
    """The names in the drop-down of 责任人."""
    with closing(load_workbook(path)) as book:
        return {str(cell.value) for cell in book[load_layout().register_sheet]["I"][1:] if cell.value}


def test_a_workbook_that_somebody_may_have_filled_is_not_overwritten(
    cli: Cli, home: Path, rated: tuple[str, ...], path: Path
) -> None:
    fill(path, {rated[0]: WARNING})
    before = path.read_bytes()
    done = cli("--home", home, "--now", stated(2), "triage", "export", path)
    assert done.code == 2
    assert "文件已存在" in done.err
    assert path.read_bytes() == before


def test_an_error_while_writing_leaves_nothing_of_the_file_and_the_next_import_takes_all(
    home: Path, rated: tuple[str, ...], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path, {rated[0]: WARNING, rated[1]: IRRELEVANT, rated[2]: WARNING})
    before, written = decided(home), []

    def breaks_down(con: Connection, timed: TimedCase, planned: Planned, *, now: datetime, cause: str = "") -> None:
        write_down(con, timed, planned, now=now, cause=cause)
        written.append(con.execute("SELECT count(*) FROM case_events").fetchone())
        if len(written) == 2:
            raise StageError("磁盘已满", "请清理磁盘。")

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.steps.triage.write_down", breaks_down)
        with pytest.raises(StageError, match="磁盘已满"):
            take_in(home, 2, path)
    assert written[0] != written[1]  # two rows were in, and were taken out again
    assert decided(home) == before
    run, problems = take_in(home, 3, path)
    assert (counts(run)[:2], problems) == ((3, 0), ())


def test_a_workbook_of_another_home_names_cases_that_are_not_here(
    home: Path, imported: Path, rated: tuple[str, ...], path: Path, tmp_path: Path
) -> None:
    fill(path, {rated[0]: WARNING})
    elsewhere = Path(shutil.copytree(imported, tmp_path / "elsewhere"))
    run, problems = take_in(elsewhere, 2, path)
    assert counts(run)[0] == 0
    assert [p.value for p in problems] == [rated[0]]
    assert "没有这个案件" in problems[0].message


def test_the_command_line_says_in_json_and_exit_code_how_it_went(
    cli: Cli, home: Path, rated: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "研判.xlsx"
    exported = cli("--json", "--home", home, "--now", stated(1), "triage", "export", path)
    assert exported.code == 0, exported.err
    n_cases = len(listed(path))
    assert (exported.data["counts"], exported.data["path"]) == ({"n_exported": n_cases}, str(path))
    with open_reader(home / "warehouse.duckdb") as con:
        kept = con.execute(
            "SELECT arguments ->> '$.file', json_keys(arguments) FROM runs WHERE step = 'triage-export'"
        ).fetchall()
    assert kept == [(path.name, ["file"])]
    places = fill(path, {rated[0]: WARNING, rated[1]: {"结论": "不相关"}})
    take = ("triage", "import", path, "--by", IMPORTER)
    some = cli("--json", "--home", home, "--now", stated(2), *take)
    assert (some.code, some.data["outcome"]) == (1, "findings")
    assert {name: some.data["counts"][name] for name in ("n_applied", "n_repeated", "n_refused", "n_blank")} == {
        "n_applied": 1, "n_repeated": 0, "n_refused": 1, "n_blank": n_cases - 2,
    }  # fmt: skip
    cell = places[rated[1]]["原因"]
    assert [refused["cell"] for refused in some.data["refused"]] == [cell]
    assert [(i["code"], i["field_name"]) for i in some.data["issues"]] == [("triage-cell-refused", "原因")]
    spoken = cli("--home", home, "--now", stated(3), *take)
    assert spoken.code == 1
    assert all(word in spoken.out for word in ("此前已导入 1", "已办理 0", f"{cell} 单元格"))
    fill(path, {rated[1]: IRRELEVANT})
    rest = cli("--json", "--home", home, "--now", stated(4), *take)
    assert (rest.code, rest.data["outcome"], rest.data["refused"]) == (0, "done", [])
    assert (rest.data["counts"]["n_applied"], rest.data["counts"]["n_repeated"]) == (1, 1)


def test_what_cannot_be_read_at_all_is_a_mistake_in_words_and_changes_nothing(
    cli: Cli, home: Path, tmp_path: Path
) -> None:
    before = decided(home)
    table, empty = tmp_path / "研判.csv", tmp_path / "nowhere"
    table.write_text("案件,结论\nG/TBT/N/EU/1,预警\n", encoding="utf-8")
    for arguments, words in (
        ((home, "import", table), "CSV"),
        ((home, "import", tmp_path / "没有.xlsx"), "没有.xlsx"),
        ((home, "export", tmp_path / "没有" / "研判.xlsx"), "无法写入"),
        ((empty, "export", tmp_path / "研判.xlsx"), "还没有数据库"),
    ):
        where, command, path = arguments
        more = ("--by", IMPORTER) if command == "import" else ()
        done = cli("--home", where, "--now", stated(1), "triage", command, path, *more)
        assert (done.code, done.out) == (2, ""), command
        assert words in done.err
        assert "怎么办" in done.err
    assert decided(home) == before
    assert not empty.exists()
    assert not list(tmp_path.glob("*.xlsx"))
