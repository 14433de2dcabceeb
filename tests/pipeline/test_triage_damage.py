"""A triage workbook spoiled as officers do: refused by cell or as a whole, always in words."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from triage_sheet import DONE, SHEET, Damage, address, fill_all, fills, sets, spoil, write

from pipeline.triage.read import read_workbook
from warehouse.errors import InputError


def merge(area: str) -> Damage:
    return lambda sheet: sheet.merge_cells(area)


def copy_row(source: int, target: int) -> Damage:
    def damage(sheet: Worksheet) -> None:
        for place, cell in enumerate(list(sheet[source]), start=1):
            sheet.cell(target, place).value = cell.value

    return damage


DAMAGES: dict[str, tuple[list[Damage], list[tuple[str, int, str]]]] = {
    "a word that is not offered": ([fills(4, **DONE | {"结论": "重要"})], [("结论", 4, "不在可选项")]),
    "a number for a word": ([fills(4, **DONE), sets("关联度", 4, 1)], [("关联度", 4, "不在可选项")]),
    "not relevant, yet direct": ([fills(4, 结论="不相关", 关联度="直接", 原因="无")], [("关联度", 4, "不相关")]),
    "a warning without relation": ([fills(4, **DONE | {"关联度": "无"})], [("关联度", 4, "关联度却是")]),
    "not relevant without a reason": ([fills(4, 结论="不相关", 原因=" ")], [("原因", 4, "没有写明原因")]),
    "a warning that nobody owns": ([fills(4, 结论="预警")], [("责任人", 4, "没有填写责任人")]),
    "advice without a conclusion": ([fills(4, 应对建议="核对")], [("结论", 4, "填写了“应对建议”")]),
    "an overdue case without its cause": ([fills(2, **DONE)], [("超时原因", 2, "已超时")]),
    "the mark of lateness rubbed out": ([fills(2, 时限="正常", **DONE)], [("超时原因", 2, "已超时")]),
    "a text too long": ([fills(4, **DONE, 应对建议="长" * 4001)], [("应对建议", 4, "4001字")]),
    "a formula": ([fills(4, **DONE), sets("应对建议", 4, "=A1&B1")], [("应对建议", 4, "公式")]),
    "an error value": ([fills(4, **DONE), sets("原因", 4, "#REF!")], [("原因", 4, "错误值")]),
    "cells merged downwards": (
        [fills(4, **DONE), merge(f"{address('结论', 4)}:{address('结论', 5)}")],
        [("结论", 4, "合并"), ("结论", 5, "合并")],
    ),
    "a case copied to another row": (
        [fills(4, **DONE), copy_row(4, 7)],
        [("案件标识", 4, "第4、7行"), ("案件标识", 7, "第4、7行")],
    ),
    "an id changed": ([fills(4, **DONE, 案件标识="C9")], [("案件标识", 4, "不在本次导出")]),
    "an id deleted": ([fills(4, **DONE), sets("案件标识", 4, None)], [("案件标识", 4, "没有案件标识")]),
    "an id of another case": (
        [fills(4, **DONE, 案件标识="C00000004")],
        [("案件标识", 4, "第4、5行"), ("案件标识", 5, "第4、5行")],
    ),
    "a version changed": ([fills(4, **DONE, 案件版本="v9")], [("案件版本", 4, "案件版本被改动")]),
    "a row of another export": ([fills(4, **DONE, 导出批次="E1")], [("导出批次", 4, "导出批次")]),
    "ids sorted without their cases": (
        [fills(4, **DONE, 案件标识="C00000004", 案件版本="v4-7f3a"), lambda sheet: sheet.delete_rows(5)],
        [("通报号", 4, "对不上")],
    ),
    "a row of one's own": ([fills(9, **DONE)], [("案件标识", 9, "没有案件标识")]),
    "two faults in one row": (
        [fills(4, 结论="预警", 关联度="无")],
        [("关联度", 4, "关联度却是"), ("责任人", 4, "没有填写责任人")],
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_spoiled_row_is_refused_by_its_cell_and_the_others_are_kept(name: str, tmp_path: Path) -> None:
    damages, expected = DAMAGES[name]
    read = spoil(write(tmp_path), fills(6, 结论="关注", 责任人="李四"), *damages)
    assert [(p.cell, p.header) for p in read.problems] == [(address(h, row), h) for h, row, _ in expected]
    for problem, (_, _, words) in zip(read.problems, expected, strict=True):
        assert words in problem.message
        assert problem.next_step
        assert "{" not in problem.message + problem.next_step
    assert [e.case_id for e in read.entries] == ["C00000005"]


def _rename_header(book: Workbook) -> None:
    book[SHEET][address("结论", 1)] = "结果"


def _repeat_header(book: Workbook) -> None:
    book[SHEET][address("原因", 1)] = "结论"


def _edit_register(book: Workbook) -> None:
    book["登记"]["B3"] = "v0"


def _other_layout(book: Workbook) -> None:
    book["登记"]["G1"] = "triage-0"


FILES: dict[str, tuple[Callable[[Workbook], object], str]] = {
    "a header renamed": (_rename_header, f"缺少列：“结论”。不认识的表头：{address('结论', 1)}“结果”"),
    "a header twice": (_repeat_header, f"“结论”重复出现（{address('结论', 1)}、{address('原因', 1)}）"),
    "a column deleted": (lambda book: book[SHEET].delete_cols(17), "缺少列"),
    "the header deleted": (lambda book: book[SHEET].delete_rows(1), "缺少列"),
    "the sheet renamed": (lambda book: setattr(book[SHEET], "title", "研判"), "没有“案件研判”工作表（现有：“研判”"),
    "the register gone": (lambda book: book.remove(book["登记"]), "缺少系统登记页"),
    "the register edited": (_edit_register, "登记页被改动"),
    "another program's layout": (_other_layout, "triage-0"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_workbook_of_another_shape_is_refused_in_words(name: str, tmp_path: Path) -> None:
    damage, words = FILES[name]
    path = write(tmp_path)
    book = load_workbook(path)
    fill_all(book[SHEET])
    damage(book)
    book.save(path)
    with pytest.raises(InputError) as refused:
        read_workbook(path)
    assert words in refused.value.message
    assert path.name in refused.value.message
    assert refused.value.next_step


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("空.xlsx", b"", "空文件"),
        ("研判.csv", "结论,关联度\n预警,直接\n".encode("gb18030"), "CSV"),
        ("研判.txt", "结论\t关联度\n".encode("utf-16"), "CSV"),
        ("研判.xlsx", "结论,关联度\n预警,直接\n".encode(), "CSV"),
        ("研判.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
        ("密.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        ("图.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(100), "不是.xlsx"),
        ("断.xlsx", b"PK\x03\x04" + bytes(100), "损坏"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused_in_words(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InputError, match=words) as refused:
        read_workbook(path)
    assert refused.value.next_step


def test_a_missing_file_and_a_workbook_with_a_torn_sheet_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="找不到"):
        read_workbook(tmp_path / "无.xlsx")
    path, torn = write(tmp_path), tmp_path / "torn.xlsx"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(torn, "w") as half:
        for part in whole.namelist():
            data = whole.read(part)
            half.writestr(part, data[: len(data) // 2] if part.endswith("sheet1.xml") else data)
    with pytest.raises(InputError, match="损坏"):
        read_workbook(torn)
