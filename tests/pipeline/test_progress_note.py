"""`tbtwatch report note`: the month of the office of four cases, before and after its issue is released."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from case_office import BY, ONE, START, WARNING, at, hours, rows
from issue_office import AFTER, MONTH, TITLE, drafted, released, tb

from pipeline.acts import Act
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.draft_report import read_month
from pipeline.steps.progress_note import progress_facts, write_note
from reports.progress.facts import ProgressFacts, ServedFirms
from warehouse.connection import open_writer
from warehouse.errors import InputError

NOW = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
NAMES = [f"试点工作进展_{MONTH}.docx", f"试点工作进展_{MONTH}.pdf"]


def facts_of(home: Path, month: str = MONTH) -> ProgressFacts:
    context = at(home, NOW)
    with open_writer(context.home.warehouse) as con:
        return progress_facts(con, context, month, read_month(month, NOW))


def test_the_command_writes_both_forms_and_records_them(office: Path) -> None:
    done = tb(office, "report", "note", "--month", MONTH)
    assert done.code == 0, done.err
    folder = office / "reports" / MONTH
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    recorded = rows(office, "SELECT file_name FROM bulletins WHERE report_month = ? ORDER BY file_name", MONTH)
    assert [name for (name,) in recorded] == NAMES
    assert all(f"已生成：{folder / name}" in done.out for name in NAMES)


def test_firms_served_are_counted_in_their_month_only(office: Path) -> None:
    conclude_case(hours(office, 1), ONE, WARNING)
    act_on_case(hours(office, 2), ONE, Act(kind="told", code="E1", actor=BY, detail="电话告知"))
    act_on_case(hours(office, 3), ONE, Act(kind="told", code="E1", actor=BY, detail="再次电话告知"))
    act_on_case(hours(office, 4), ONE, Act(kind="comment-requested", actor=BY, detail="征求意见"))
    act_on_case(hours(office, 5), ONE, Act(kind="comment-received", code="E1", actor=BY, detail="意见"))
    found = facts_of(office)
    assert found.served.n_told_firms == 1
    assert (found.served.n_requested, found.served.n_received, found.served.n_received_firms) == (1, 1, 1)
    assert facts_of(office, "2026-02").served == ServedFirms()


def test_a_firm_whose_mail_came_back_was_not_told(office: Path) -> None:
    conclude_case(hours(office, 1), ONE, WARNING)
    act_on_case(hours(office, 2), ONE, Act(kind="told", code="E1", actor=BY, detail="电话告知"))
    back = (START.replace(hour=12), START.replace(hour=12))
    with open_writer(office / "warehouse.duckdb") as con:
        insert = "INSERT INTO case_events VALUES ('x', ?, 'undelivered', ?, ?, ?, 'machine', '退信')"
        con.execute(insert, [ONE, "E2", *back])
    assert facts_of(office).served.n_told_firms == 1
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("UPDATE case_events SET code = 'E1' WHERE event_id = 'x'")
    assert facts_of(office).served.n_told_firms == 0
    act_on_case(hours(office, 9), ONE, Act(kind="told", code="E1", actor=BY, detail="当面告知"))
    assert facts_of(office).served.n_told_firms == 1


def test_after_the_release_the_numbers_are_those_that_were_printed(office: Path) -> None:
    released(office)
    before = facts_of(office).bulletin
    assert before.serial is not None
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("UPDATE notifications SET distribution_date = DATE '2026-01-05'")
    assert facts_of(office).bulletin == before
    assert tb(office, "report", "note", "--month", MONTH).code == 0
    assert {path.name for path in (office / "reports" / MONTH).iterdir()} >= {*NAMES, "正式"}


def test_writing_again_gives_the_same_bytes_and_keeps_what_somebody_changed(office: Path) -> None:
    context = at(office, NOW)
    _, first = write_note(context, MONTH)
    before = [path.read_bytes() for path in first]
    first[0].write_bytes(b"changed")
    run, again = write_note(context, MONTH)
    assert [path.read_bytes() for path in again] == before
    kept = office / "reports" / MONTH / f"试点工作进展_{MONTH}_改稿1.docx"
    assert kept.read_bytes() == b"changed"
    assert [issue.code for issue in run.issues] == ["draft-kept"]
    assert "report edit" not in run.issues[0].next_step


@pytest.mark.parametrize("month", ["2026-05", "2026-3", "六月"])
def test_a_month_that_is_none_is_refused(office: Path, month: str) -> None:
    with pytest.raises(InputError):
        write_note(at(office, NOW), month)


def test_the_issue_is_drafted_and_released_with_its_annex_workbook(office: Path) -> None:
    names = [f"{TITLE}_{MONTH}.xlsx", f"内部版/{TITLE}_{MONTH}_内部.xlsx"]
    for folder, title in ((drafted(office), "草稿"), (released(office, now=AFTER), "第1期（总第1期）")):
        public, restricted = (openpyxl.load_workbook(folder / name) for name in names)
        assert title in public["明细表"]["C2"].value
        heads = [[cell.value for row in book["明细表"].iter_rows() for cell in row] for book in (public, restricted)]
        assert ["涉及企业" in values for values in heads] == [False, True]
