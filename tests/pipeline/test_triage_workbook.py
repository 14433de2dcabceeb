"""The triage workbook: written, opened and printed by an office, filled as officers do, and read back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.worksheet.worksheet import Worksheet
from triage_sheet import CASES, SHEET, address, case, content, fill_all, fills, spoil, write

from pipeline.triage.read import read_workbook
from pipeline.triage.rows import TriageRead, clean_text, load_layout
from warehouse.errors import InputError


def office(source: Path, kind: str, folder: Path) -> Path:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    out = folder / "out"
    command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / f"{source.stem}.{kind}"


def test_filled_rows_come_back_and_untouched_ones_are_counted(tmp_path: Path) -> None:
    read = spoil(write(tmp_path), fill_all)
    assert read.problems == ()
    assert (read.export_id, read.n_blank) == ("E20261120-1", 2)
    assert [(e.case_id, e.state, e.row) for e in read.entries] == [
        ("C00000001", "v1-7f3a", 2),
        ("C00000003", "v3-7f3a", 4),
        ("C00000004", "v4-7f3a", 5),
    ]
    first, second, third = read.entries
    assert content(first)[1:] == ("warning", "direct", "张三", "- 核对限值\n=另行通知", "yes", "backlog")
    assert first.reason == "@复核后认定"
    assert content(second)[1:] == ("none", "none", "", "", None, None)
    assert content(third)[1:] == ("watch", None, "王五", "", None, None)


def test_the_most_urgent_case_stands_first_whatever_the_order_given(tmp_path: Path) -> None:
    sheet = load_workbook(write(tmp_path, CASES[::-1]))[SHEET]
    shown = [(sheet.cell(row, 1).value, sheet[address("通报号", row)].value) for row in range(2, 5)]
    assert shown == [("▲超时", "G/TBT/N/EU/1101"), ("△临近", "G/TBT/N/EU/1102"), ("正常", "G/TBT/N/EU/1103")]


def test_dates_are_dates_in_beijing_time_and_the_link_opens_the_original(tmp_path: Path) -> None:
    sheet = load_workbook(write(tmp_path))[SHEET]
    assert sheet[address("到期时间", 3)].value.isoformat() == "2026-11-20T18:00:00"
    assert sheet[address("评议截止", 3)].value.isoformat() == "2027-01-18T00:00:00"
    assert sheet[address("原文", 3)].hyperlink.target == CASES[1].link


def test_no_text_of_a_notification_is_a_formula(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://evil")', "+1", "-1", "@SUM(A1)", "#REF!"
    rows = [case(n, title_zh=t, title=t, measure=t, draft_advice=t, products=(t,)) for n, t in enumerate(evil)]
    path = write(tmp_path, rows)
    cells = [cell for row in load_workbook(path)[SHEET].iter_rows() for cell in row if cell.value in evil]
    assert {cell.data_type for cell in cells} == {"s"}
    assert len(cells) == 20
    assert all(cell.quotePrefix for cell in cells if cell.value != "#REF!")


def test_only_the_columns_to_fill_are_unlocked_and_the_ids_are_hidden(tmp_path: Path) -> None:
    layout = load_layout()
    book = load_workbook(write(tmp_path))
    sheet = book[SHEET]
    unlocked = {head.value for head, cell in zip(sheet[1], sheet[2], strict=True) if not cell.protection.locked}
    assert unlocked == {column.header for column in layout.fill}
    hidden = {c.header for c in layout.columns if sheet.column_dimensions[address(c.header, 1)[:-1]].hidden}
    assert hidden == {"案件标识", "案件版本", "导出批次"}
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert not sheet.protection.autoFilter
    assert (sheet.freeze_panes, book["登记"].sheet_state) == ("D2", "veryHidden")


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_file_saved_by_libreoffice_keeps_drop_downs_and_reads_the_same(tmp_path: Path) -> None:
    path = write(tmp_path)
    before = spoil(path, fill_all)
    saved = office(path, "xlsx", tmp_path)
    assert read_workbook(saved) == before
    sheet = load_workbook(saved)[SHEET]
    rules = {str(area): rule for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges}
    for column in load_layout().fill:
        area = f"{address(column.header, 2)}:{address(column.header, 6)}"
        assert rules[area].type == ("list" if column.choices or column.name == "owner" else "textLength")
        if column.choices:
            assert rules[area].formula1 == f'"{",".join(column.choices.values())}"'
            assert "请从下拉项中选择" in rules[area].error
    assert sheet.protection.sheet


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_it_prints_on_a4_landscape_what_is_known_and_beside_it_what_is_to_be_filled(tmp_path: Path) -> None:
    pdf = pypdfium2.PdfDocument(office(write(tmp_path), "pdf", tmp_path))
    try:
        sizes = [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in pdf]
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
    finally:
        pdf.close()
    assert sizes == [(297, 210), (297, 210), (210, 297)]
    assert "系统判断理由" in texts[0]
    assert all(column.header in texts[1] for column in load_layout().fill)
    assert all("G/TBT/N/EU/1105" in text for text in texts[:2])
    assert "填写说明" in texts[2]


def test_the_same_content_has_the_same_digest_wherever_its_row_stands(tmp_path: Path) -> None:
    path = write(tmp_path)
    first = spoil(path, fill_all).entries
    moved = spoil(path, lambda sheet: sheet.delete_rows(3)).entries
    assert [e.digest for e in moved] == [e.digest for e in first]
    assert [e.row for e in moved] == [2, 3, 4]
    changed = spoil(path, fills(2, 应对建议="另一建议")).entries
    assert changed[0].digest != first[0].digest


def test_padded_and_full_width_values_are_understood(tmp_path: Path) -> None:
    read = spoil(write(tmp_path), fills(4, 结论="　预 警\u200b ", 关联度=" 直接\n", 责任人=" 张　三 ", 应对建议=" 　 "))
    assert [content(e)[1:] for e in read.entries] == [("warning", "direct", "张 三", "", None, None)]


def test_moved_columns_sorted_hidden_deleted_and_blank_rows_do_no_harm(tmp_path: Path) -> None:
    def rearrange(sheet: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head, body = rows[0], rows[1:]
        body = [body[4], [None] * len(head), body[2], body[0]]  # sorted, one emptied, others deleted
        for number in range(1, 7):
            values = ([head, *body])[number - 1] if number <= len(body) + 1 else [None] * len(head)
            for place, value in enumerate(reversed(values), start=1):
                sheet.cell(number, place).value = value
        sheet.row_dimensions[2].hidden = True

    read = spoil(write(tmp_path), fill_all, rearrange)
    assert read.problems == ()
    assert [e.case_id for e in read.entries] == ["C00000003", "C00000001"]
    assert read.n_blank == 1


def test_a_title_row_above_the_header_does_no_harm(tmp_path: Path) -> None:
    read = spoil(write(tmp_path), fill_all, lambda sheet: sheet.insert_rows(1))
    assert [e.row for e in read.entries] == [3, 5, 6]


def test_no_open_case_makes_a_workbook_that_can_be_read(tmp_path: Path) -> None:
    assert read_workbook(write(tmp_path, (), ())) == TriageRead(
        entries=(), problems=(), export_id="E20261120-1", n_blank=0
    )


def test_a_repeated_case_is_not_written_and_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        write(tmp_path, (case(1), case(1)))
    with pytest.raises(InputError, match="无法写入"):
        write(tmp_path / "absent")


ODD = ["=1+1", "-", "_x000D_", "a\r\nb", "\ud800", "'x", "001"]
TEXTS = st.text(st.characters(), max_size=40) | st.sampled_from(ODD)


@given(shown=TEXTS, advice=TEXTS, reason=TEXTS, owner=TEXTS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_the_way_out_and_back(
    shown: str, advice: str, reason: str, owner: str, tmp_path: Path
) -> None:
    row = case(1, title=shown, title_zh=shown[::-1], symbols=(shown,), pairs=(shown,), draft_advice=shown, link=shown)
    path = write(tmp_path, [row], (owner,))
    typed = {"应对建议": clean_text(advice), "原因": clean_text(reason), "责任人": f"张{clean_text(owner)}"}
    read = spoil(path, fills(2, 结论="关注", **typed))
    if any(text in ERROR_CODES for text in typed.values()):
        assert read.entries == ()
        return
    assert read.problems == ()
    (entry,) = read.entries
    assert (entry.advice, entry.reason) == (typed["应对建议"], typed["原因"])
    assert entry.owner == " ".join(typed["责任人"].split())
