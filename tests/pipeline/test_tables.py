"""Tables for Excel: header, BOM, text that must not become a formula."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipeline.cli.tables import write_table
from warehouse.errors import InputError, StageError

ROW = {
    "name": "=HYPERLINK(1)",
    "plus": "+86",
    "at": "@x",
    "minus": "-1",
    "n": -1.5,
    "yes": True,
    "day": date(2026, 6, 1),
    "none": None,
}


def test_csv_opens_as_utf8_and_runs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "t.csv"
    write_table(path, [ROW], columns=())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        header, cells = list(csv.reader(handle))
    assert header == list(ROW)
    assert cells == ["'=HYPERLINK(1)", "'+86", "'@x", "'-1", "-1.5", "是", "2026-06-01", ""]


def test_xlsx_keeps_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    write_table(path, [{**ROW, "bell": "a\x07b"}], columns=())
    cells = openpyxl.load_workbook(path).active[2]
    assert [cell.data_type for cell in cells[:5]] == ["s", "s", "s", "s", "n"]
    assert cells[0].value == "=HYPERLINK(1)"
    assert cells[4].value == -1.5
    assert cells[-1].value == "ab"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_without_rows_the_header_stands_all_the_same(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    write_table(path, [], columns=("symbol", "score"))
    if ending == "csv":
        assert path.read_text(encoding="utf-8-sig").strip() == "symbol,score"
    else:
        assert [cell.value for cell in openpyxl.load_workbook(path).active[1]] == ["symbol", "score"]


def test_other_endings_and_places_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"t\.ods"):
        write_table(tmp_path / "t.ods", [ROW], columns=())
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(StageError, match="无法写入文件"):
        write_table(tmp_path / "t.csv", [ROW], columns=())
