"""Officers' words with a firm, a number or an address: left out of the public draft and said, and never released."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest
from case_office import ONE, START, WARNING, at, conclude_case
from issue_office import MONTH, TITLE, drafted, page, released, tb

from warehouse.connection import open_writer

FIRM = "武汉曜穹光纤股份有限公司"
LATER = "2026-04-02T11:00+08:00"
RELEASE = ("report", "release", "--month", MONTH, "--by", "处长", "--anyway", "急")


@pytest.fixture
def named(office: Path) -> Path:
    """The office with a firm of that name, of which the judgement speaks, and advice with a number."""
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("UPDATE exporters SET name = ? WHERE exporter_id = 'E1'", [FIRM])
    conclude_case(at(office, START), ONE, WARNING)
    said = tb(office, "case", "judge", ONE, "--conclusion", "warning", "--by", "甲", "--cause", "backlog",
              "--reason", "曜穹光纤主要对德国客户供货")  # fmt: skip
    assert said.code == 0, said.err
    done = tb(office, "case", "advise", ONE, "--by", "甲", "--cause", "backlog", "--text", "请联系王工13971234567")
    assert done.code == 0, done.err
    return office


def test_a_draft_leaves_them_out_of_the_public_version_and_says_how_to_put_them_right(named: Path) -> None:
    done = tb(named, "report", "--month", MONTH)
    assert done.code == 1
    commands = ("tbtwatch case judge", "tbtwatch case advise")
    for words in (ONE, "研判理由", "曜穹光纤", "应对建议", "手机号码（139…）", *commands):
        assert words in done.out + done.err
    folder = named / "reports" / MONTH
    assert "曜穹" not in page(folder)
    assert "13971234567" not in page(folder)
    assert "曜穹光纤主要对德国客户供货" in page(folder, restricted=True)
    assert "13971234567" in page(folder, restricted=True)


def test_a_release_is_refused_with_the_same_words_whatever_the_reason(named: Path) -> None:
    done = tb(named, *RELEASE)
    assert done.code == 2
    for words in (ONE, "研判理由", "曜穹光纤", "tbtwatch case judge", "应对建议", "tbtwatch case advise", "--anyway"):
        assert words in done.err
    assert not (named / "reports" / MONTH / "正式").exists()


def put_right(home: Path) -> None:
    judged = ("case", "judge", ONE, "--conclusion", "warning", "--by", "甲", "--reason", "客户集中")
    assert tb(home, *judged, now=LATER).code == 0
    assert tb(home, "case", "advise", ONE, "--by", "甲", "--text", "请与技贸科联系", now=LATER).code == 0


def test_what_was_put_right_is_printed_and_released(named: Path) -> None:
    put_right(named)
    assert tb(named, "report", "--month", MONTH, now=LATER).code == 0
    folder = released(named, now=LATER)
    assert "客户集中" in page(folder)
    assert "请与技贸科联系" in page(folder)


def test_a_title_with_a_firm_is_left_out_of_items_dates_and_annex(named: Path, tmp_path: Path) -> None:
    assert tb(named, "titles", "set", ONE, "--text", "涉及曜穹公司的灯具条例", "--by", "甲").code == 0
    done = tb(named, "report", "--month", MONTH)
    assert f"tbtwatch titles set {ONE}" in done.out + done.err
    folder = named / "reports" / MONTH
    book = openpyxl.load_workbook(folder / f"{TITLE}_{MONTH}.xlsx")
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert said
    assert not any("曜穹" in words for words in said)
    assert "曜穹公司" in page(folder, restricted=True)


def test_what_the_ledger_keeps_and_the_copy_publishes_does_not_hold_them(named: Path) -> None:
    assert tb(named, "report", "--month", MONTH).code == 1
    with open_writer(named / "warehouse.duckdb") as con:
        kept = con.execute("SELECT count(*) FROM issues WHERE message LIKE '%曜穹%'").fetchone()
    assert kept == (0,)


def test_a_path_that_was_forgotten_stops_draft_and_release(named: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_right(named)
    shutil.rmtree(drafted(named, now=LATER))
    monkeypatch.setattr("reports.bulletin.compose.summary", lambda facts: f"本月{FIRM}受影响。")
    for arguments in (("report", "--month", MONTH), RELEASE):
        done = tb(named, *arguments, now=LATER)
        assert done.code == 3, done.err
        assert "曜穹光纤" in done.err
    assert not list((named / "reports").rglob("*.html"))
