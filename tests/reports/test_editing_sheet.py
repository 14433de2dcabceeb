"""The workbook of an issue's texts: what is locked, what comes back, and what is refused with its cell."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from reports.editing.read_sheet import read_sheet
from reports.editing.sheet import SheetRead, SheetRow, load_layout, state_of
from reports.editing.write_sheet import write_sheet
from warehouse.errors import InputError

MONTH = "2026-06"
MADE = datetime(2026, 7, 1, 1, tzinfo=UTC)
CASE = "G/TBT/N/ATL/1"
ROWS = (
    SheetRow(slot="preface", case_id="", data="通报6件"),
    SheetRow(slot="content", case_id=CASE, symbols=CASE, title="灯具", data="等级：预警", present="=初稿"),
    SheetRow(slot="advice", case_id=CASE, symbols=CASE, present="甲的建议", by="甲"),
    SheetRow(slot="hint:1", case_id=""),
)


def book_of(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))


def filled(change: Any) -> SheetRead:
    """The workbook after `change` was made to its sheet, saved by another program and read back."""
    book = book_of(write_sheet(ROWS, month=MONTH, made_at=MADE))
    change(book[load_layout().sheet])
    out = io.BytesIO()
    book.save(out)
    return read_sheet(out.getvalue(), "编辑表.xlsx", month=MONTH)


def fill(sheet: Any, row: int, text: object) -> None:
    sheet.cell(row, 7).value = text


def test_the_same_rows_are_the_same_bytes() -> None:
    assert write_sheet(ROWS, month=MONTH, made_at=MADE) == write_sheet(ROWS, month=MONTH, made_at=MADE)


def test_only_the_column_to_fill_is_open_and_each_cell_of_it_explains_itself() -> None:
    sheet = book_of(write_sheet(ROWS, month=MONTH, made_at=MADE))[load_layout().sheet]
    assert sheet.protection.sheet
    for row in range(2, len(ROWS) + 2):
        open_cells = [cell.column for cell in sheet[row] if not cell.protection.locked]
        assert open_cells == [7]
        assert sheet.cell(row, 7).comment is not None
        assert sheet.cell(row, 7).value is None
    assert [sheet.cell(row, 5).value for row in (3, 4)] == ["=初稿", "甲的建议"]
    assert sheet.cell(3, 5).data_type == "s"
    assert [sheet.column_dimensions[letter].hidden for letter in "GHIJK"] == [False, True, True, True, True]


def test_filled_cells_come_back_and_blank_ones_do_not() -> None:
    def change(sheet: Any) -> None:
        fill(sheet, 2, "本期重点。")
        fill(sheet, 4, "建议一\n建议二")

    read = filled(change)
    assert read.problems == ()
    assert read.n_blank == 2
    assert [(each.slot, each.case_id, each.text, each.cell) for each in read.entries] == [
        ("preface", "", "本期重点。", "G2"),
        ("advice", CASE, "建议一\n建议二", "G4"),
    ]
    assert [each.state for each in read.entries] == [state_of(""), state_of("甲的建议")]


def test_the_word_for_taking_back_is_an_empty_text() -> None:
    assert [each.text for each in filled(lambda sheet: fill(sheet, 4, " 恢复初稿 ")).entries] == [""]


@pytest.mark.parametrize(
    ("change", "cell", "said"),
    [
        (lambda sheet: fill(sheet, 3, "=A1"), "G3", "公式"),
        (lambda sheet: fill(sheet, 3, "长" * 4001), "G3", "4001字"),
        (lambda sheet: (fill(sheet, 3, "x"), setattr(sheet.cell(3, 9), "value", "G/TBT/N/ATL/2")), "G3", "对不上"),
        (lambda sheet: (fill(sheet, 3, "x"), setattr(sheet.cell(3, 2), "value", "G/TBT/N/ATL/2")), "G3", "对不上"),
    ],
    ids=["formula", "too long", "another case", "another symbol beside it"],
)
def test_a_fault_is_told_with_its_cell_and_the_rest_is_taken(change: Any, cell: str, said: str) -> None:
    def both(sheet: Any) -> None:
        fill(sheet, 2, "好的一段")
        change(sheet)

    read = filled(both)
    assert [each.text for each in read.entries] == ["好的一段"]
    (problem,) = read.problems
    assert problem.place == cell
    assert said in problem.message
    assert problem.next_step


def test_a_row_that_stands_twice_is_refused_in_both_places() -> None:
    def change(sheet: Any) -> None:
        fill(sheet, 3, "一")
        for column in range(1, 12):
            sheet.cell(9, column).value = sheet.cell(3, column).value

    read = filled(change)
    assert read.entries == ()
    assert [each.place for each in read.problems] == ["G3", "G9"]


@pytest.mark.parametrize("is_filled", [True, False])
def test_the_workbook_of_another_month_is_refused_once_for_all_its_cells(*, is_filled: bool) -> None:
    book = book_of(write_sheet(ROWS, month="2025-12", made_at=MADE))
    for row in range(2, 5 if is_filled else 2):
        fill(book[load_layout().sheet], row, "别的月份的文字")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InputError) as found:
        read_sheet(out.getvalue(), "编辑表.xlsx", month=MONTH)
    assert found.value.message == f"这是2025-12的文件，不是{MONTH}的。"
    assert "--month 2025-12" in found.value.next_step


def test_one_row_of_another_month_is_refused_with_its_cell_and_the_rest_is_taken() -> None:
    other = book_of(write_sheet(ROWS, month="2025-12", made_at=MADE))[load_layout().sheet]

    def change(sheet: Any) -> None:
        fill(sheet, 2, "好的一段")
        fill(sheet, 3, "粘贴来的一行")
        sheet.cell(3, 11).value = other.cell(3, 11).value

    read = filled(change)
    assert [each.text for each in read.entries] == ["好的一段"]
    assert [each.place for each in read.problems] == ["G3"]


def test_columns_may_be_moved_and_a_title_put_above() -> None:
    def change(sheet: Any) -> None:
        fill(sheet, 2, "本期重点。")
        sheet.insert_rows(1)
        sheet.cell(1, 1).value = "六月"
        sheet.insert_cols(1)

    assert [(each.text, each.cell) for each in filled(change).entries] == [("本期重点。", "H3")]


def test_files_that_are_no_such_workbook_are_refused_in_words() -> None:
    with pytest.raises(InputError, match="不是完好的"):
        read_sheet(b"no zip", "x.xlsx", month=MONTH)
    with pytest.raises(InputError, match="没有“编辑表”工作表"):
        filled(lambda sheet: setattr(sheet, "title", "改名"))
    with pytest.raises(InputError, match="缺少列：修改为"):
        filled(lambda sheet: setattr(sheet.cell(1, 7), "value", "别的"))
