"""Numbers of issues are given once; officers' texts hold by the latest; copies that issues rest on are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from warehouse.bulletin_texts import NewText, add_texts, put_baseline, read_baselines, read_texts
from warehouse.connection import Connection, open_writer, transaction
from warehouse.issues_released import (
    Frozen,
    PrintedCorrection,
    ReleasedIssue,
    add_issue,
    corrected_values,
    issue_facts,
    issue_files,
    issue_in_force,
    next_numbers,
    read_issues,
    withdraw_issue,
)
from warehouse.publish import publish

NOW = datetime(2026, 7, 1, 1, tzinfo=UTC)
FROZEN = Frozen(public='{"a":1}', restricted='{"b":2}')


@pytest.fixture
def con(tmp_path: Path) -> Iterator[Connection]:
    with open_writer(tmp_path / "warehouse.duckdb") as opened:
        yield opened


def issue(
    overall: int, year: int = 2026, in_year: int = 1, month: str = "2026-06", snapshot: str = ""
) -> ReleasedIssue:
    return ReleasedIssue(
        overall=overall, report_month=month, year=year, in_year=in_year, released_at=NOW, released_by="甲",
        in_spite_of="", facts_sha256="f", tool_version="0", snapshot=snapshot, snapshot_sha256="s",
    )  # fmt: skip


def put(con: Connection, given: ReleasedIssue, *corrections: PrintedCorrection) -> None:
    with transaction(con):
        add_issue(con, given, FROZEN, {"a.pdf": "1"}, corrections, run_id="r")


def numbers(con: Connection, year: int) -> tuple[int, int]:
    return next_numbers(read_issues(con), year, first_overall=38, first_in_year=6)


def test_numbers_go_on_from_those_of_before_the_program(con: Connection) -> None:
    assert numbers(con, 2026) == (6, 38)
    put(con, issue(38, in_year=6))
    assert numbers(con, 2026) == (7, 39)
    assert numbers(con, 2027) == (1, 39)


def test_a_withdrawn_issue_keeps_its_numbers(con: Connection) -> None:
    put(con, issue(38, in_year=6))
    withdraw_issue(con, 38, by="乙", reason="错", now=NOW)
    assert issue_in_force(con, "2026-06") is None
    assert numbers(con, 2026) == (7, 39)
    put(con, issue(39, in_year=7))
    found = issue_in_force(con, "2026-06")
    assert found is not None
    assert found.overall == 39
    assert [(each.overall, each.withdrawn_by) for each in read_issues(con)] == [(39, ""), (38, "乙")]


@pytest.mark.parametrize("second", [issue(1, in_year=2), issue(2, in_year=1)], ids=["overall", "in the year"])
def test_the_database_refuses_a_number_twice_and_keeps_nothing_of_it(con: Connection, second: ReleasedIssue) -> None:
    put(con, issue(1))
    with pytest.raises(duckdb.ConstraintException):
        put(con, second)
    assert [each.overall for each in read_issues(con)] == [1]
    assert issue_files(con, 2) == {}


def test_an_issue_is_read_back_with_facts_files_and_name(con: Connection) -> None:
    put(con, issue(1))
    (found,) = read_issues(con)
    assert found == issue(1)
    assert found.name_zh == "2026年第1期（总第1期）"
    assert issue_facts(con, 1) == FROZEN
    assert issue_files(con, 1) == {"a.pdf": "1"}


def test_corrections_of_a_withdrawn_issue_are_open_again(con: Connection) -> None:
    put(con, issue(1))
    right = PrintedCorrection(corrects=1, case_id="C", field_name="entry", value="v", sentence="s")
    put(con, issue(2, in_year=2, month="2026-07"), right)
    assert corrected_values(con) == {(1, "C", "entry"): "v"}
    withdraw_issue(con, 2, by="乙", reason="错", now=NOW)
    assert corrected_values(con) == {}


def test_the_latest_text_of_a_slot_holds_and_an_empty_one_takes_back(con: Connection) -> None:
    def write(text: str, by: str) -> None:
        new = NewText(slot="content", case_id="C", text=text)
        add_texts(
            con,
            "2026-06",
            [new, NewText(slot="preface", case_id="", text=f"导语{by}")],
            by=by,
            source_file="f",
            now=NOW,
        )

    write("一", "甲")
    write("二", "乙")
    assert {(each.slot, each.text, each.written_by) for each in read_texts(con, "2026-06")} == {
        ("content", "二", "乙"),
        ("preface", "导语乙", "乙"),
    }
    write("", "丙")
    assert [each.slot for each in read_texts(con, "2026-06")] == ["preface"]
    assert read_texts(con, "2026-05") == ()


@pytest.mark.parametrize(("slot", "case_id"), [("other", ""), ("content", ""), ("preface", "C"), ("hint:0", "")])
def test_the_database_takes_no_text_without_a_place(con: Connection, slot: str, case_id: str) -> None:
    with pytest.raises(duckdb.ConstraintException):
        add_texts(con, "2026-06", [NewText(slot=slot, case_id=case_id, text="x")], by="甲", source_file="f", now=NOW)


def test_what_drafts_said_is_found_by_their_second_and_only_the_last_twenty_stay(con: Connection) -> None:
    for number in range(25):
        moment = NOW + timedelta(minutes=number, microseconds=7)
        put_baseline(con, "2026-06", f"公{number}", is_restricted=False, now=moment)
        put_baseline(con, "2026-06", f"内{number}", is_restricted=True, now=moment)
    assert read_baselines(con, "2026-06", NOW + timedelta(minutes=24)) == ("公24", "内24")
    assert read_baselines(con, "2026-06", NOW + timedelta(minutes=5)) == ("公5", "内5")
    assert read_baselines(con, "2026-06", NOW + timedelta(minutes=4)) == ()
    assert read_baselines(con, "2026-05", NOW + timedelta(minutes=24)) == ()


def test_a_copy_that_an_issue_rests_on_is_never_pruned(con: Connection, tmp_path: Path) -> None:
    def copy(minute: int) -> str:
        moment = NOW + timedelta(minutes=minute)
        return publish(con, tmp_path / "publish", firm_names=False, keep=1, version="0", now=moment).path.name

    kept = copy(0)
    put(con, issue(1, snapshot=kept))
    between, last = copy(1), copy(2)
    there = {path.name for path in (tmp_path / "publish").glob("tbtwatch-*.duckdb")}
    assert there == {kept, last}
    assert between not in there
