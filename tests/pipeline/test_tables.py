"""Tables for Excel: header, BOM, text that must not become a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
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


HEADERS = {"=cmd|' /C calc'!A0": 1, "@x": 2, "bell\x07\x1b[31m": 3, "bad \udcd6": 4, "plain": 5}


def test_headers_are_as_harmless_as_cells(tmp_path: Path) -> None:
    for ending in ("csv", "xlsx"):
        write_table(tmp_path / f"t.{ending}", [HEADERS], columns=())
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert next(csv.reader(handle)) == ["'=cmd|' /C calc'!A0", "'@x", "bell[31m", "bad ", "plain"]
    cells = openpyxl.load_workbook(tmp_path / "t.xlsx").active[1]
    assert [cell.value for cell in cells] == ["=cmd|' /C calc'!A0", "@x", "bell[31m", "bad ", "plain"]
    assert {cell.data_type for cell in cells} == {"s"}


def test_what_excel_has_no_cell_for_is_text_or_cut_and_counted(tmp_path: Path) -> None:
    row = {
        "long": "灯" * 40_000,
        "fits": "灯" * 32_767,
        "old": date(1500, 1, 1),
        "inf": float("inf"),
        "x": "a\x00\ufffeb",
    }
    written = write_table(tmp_path / "t.xlsx", [row, row], columns=())
    assert (written.n_rows, written.n_cut) == (2, 2)
    cells = [cell.value for cell in openpyxl.load_workbook(tmp_path / "t.xlsx").active[2]]
    assert cells == ["灯" * 32_767, "灯" * 32_767, "1500-01-01", "inf", "ab"]
    assert write_table(tmp_path / "t.csv", [row], columns=()).n_cut == 0
    assert "灯" * 40_000 in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_that_is_not_finished_leaves_the_one_of_before(tmp_path: Path, ending: str) -> None:
    kept, link = tmp_path / f"kept.{ending}", tmp_path / f"link.{ending}"
    kept.write_text("earlier", encoding="utf-8")
    link.symlink_to(kept)

    def rows() -> Iterator[dict[str, object]]:
        yield from [{"n": number} for number in range(3000)]
        raise InputError("unreadable", "next")

    with pytest.raises(InputError, match="unreadable"):
        write_table(link, rows(), columns=("n",))
    assert kept.read_text(encoding="utf-8") == "earlier"
    assert write_table(link, [ROW], columns=()).n_rows == 1
    assert link.is_symlink()
    assert kept.read_bytes() != b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == [kept.name, link.name]
