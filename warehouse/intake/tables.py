"""Spreadsheets as rows of text: .csv in the encodings and separators that offices use, .xlsx with merged cells."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from warehouse.errors import InputError

_HEADER_DEPTH = 20  # a title, a unit line and a note may stand above the header
_DELIMITERS = (",", ";", "\t", "，")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell; `is_number` says that a spreadsheet held a number, so leading zeros may be lost."""

    text: str
    is_number: bool = False


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One sheet from its header on. `rows` holds (row number as Excel shows it, cells), blank rows left out."""

    sheet: str
    header_row: int
    header: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]


def read_table(path: Path, is_header: Callable[[Sequence[str]], bool]) -> Table:
    """The first sheet with a row within the first 20 that `is_header` accepts, of a .csv, .txt or .xlsx file.

    Raises InputError for a file that is missing, empty, damaged, of another kind or without such a row.
    """
    if path.is_dir():
        raise InputError(f"“{path.name}”是文件夹，不是清单文件。", "请给出文件夹中具体的 .xlsx 或 .csv 文件。")
    if not path.exists():
        raise InputError(f"找不到文件“{path.name}”。", "请检查路径和文件名后重试。")
    suffix = path.suffix.lower()
    if suffix in {".xlsx", ".xlsm"}:
        sheets = _read_workbook(path)
    elif suffix in {".csv", ".txt", ".tsv"}:
        sheets = _read_text(path, is_header)
    else:
        raise InputError(f"不支持“{path.name}”的文件格式。", "请在 Excel 或 WPS 中另存为 .xlsx 或 .csv 后重试。")
    if not any(cell.text for _, rows in sheets for row in rows for cell in row):
        raise InputError(f"“{path.name}”是空文件，没有任何内容。", "请核对是否选错了文件。")
    for sheet, rows in sheets:
        table = _from_header(sheet, rows, is_header)
        if table is not None:
            return table
    raise InputError(
        f"在“{path.name}”的前{_HEADER_DEPTH}行里没有找到表头。",
        "请确认表中有“企业编号”“产品名称”等列名，且列名在同一行。",
    )


def _from_header(sheet: str, rows: Sequence[Row], is_header: Callable[[Sequence[str]], bool]) -> Table | None:
    for index, row in enumerate(rows[:_HEADER_DEPTH]):
        names = tuple(cell.text for cell in row)
        if is_header(names):
            body = ((number, cells) for number, cells in enumerate(rows[index + 1 :], index + 2))
            kept = tuple((number, cells) for number, cells in body if any(cell.text for cell in cells))
            return Table(sheet=sheet, header_row=index + 1, header=names, rows=kept)
    return None


def _read_text(path: Path, is_header: Callable[[Sequence[str]], bool]) -> list[tuple[str, list[Row]]]:
    text = _decode(path)
    sheets = []
    for delimiter in _DELIMITERS:
        rows = _parse(path, text, delimiter, strict=False)
        if _from_header("", rows, is_header) is not None:
            # an unclosed quotation mark swallows the rows after it; judged only once the separator is sure
            return [("", _parse(path, text, delimiter, strict=True))]
        sheets.append(("", rows))
    return sheets[:1]


def _parse(path: Path, text: str, delimiter: str, *, strict: bool) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows: list[Row] = []
    try:
        rows.extend(tuple(Cell(_clean(value)) for value in line) for line in reader)
    except csv.Error as error:
        raise InputError(
            f"“{path.name}”从第{len(rows) + 1}行起无法读取，可能是引号不成对或单元格过长。",
            "请用文本编辑器检查该行的双引号，或用 Excel 打开核对后另存为 .xlsx 再导入。",
        ) from error
    return rows


def _decode(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"无法读取“{path.name}”（{error.strerror}）。", "请关闭正在使用该文件的程序，或检查读取权限。"
        ) from error
    is_utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff"))  # what Excel calls "Unicode text"
    encodings = ["utf-16"] if is_utf16 else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InputError(
        f"“{path.name}”的内容不是文本，或文字编码无法识别。", "请用 Excel 或 WPS 打开后另存为“CSV UTF-8”或 .xlsx。"
    )


def _clean(value: str) -> str:
    """White space trimmed; the ="0409" that Excel users write to keep a leading zero unwrapped."""
    text = value.replace("\u00a0", " ").replace("\u3000", " ").replace("\ufeff", "").replace("_x000D_", "").strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1].strip()
    return text.removeprefix("'")


def _read_workbook(path: Path) -> list[tuple[str, list[Row]]]:
    formulas = _open_workbook(path, data_only=False)
    values = formulas
    if any(cell.data_type == "f" for sheet in formulas.worksheets for row in sheet.iter_rows() for cell in row):
        values = _open_workbook(path, data_only=True)
    return [
        (sheet.title, list(_sheet_rows(sheet, values[sheet.title])))
        for sheet in formulas.worksheets
        if sheet.sheet_state == "visible"
    ]


def _open_workbook(path: Path, *, data_only: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about validation rules and styles, which hold no data
            return load_workbook(path, data_only=data_only)
    except OSError as error:
        raise InputError(
            f"无法读取“{path.name}”（{error.strerror or error}）。", "请关闭正在使用该文件的程序，或检查读取权限。"
        ) from error
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as error:
        # openpyxl reports damaged parts of the package with any of these; SyntaxError is XML's ParseError
        raise InputError(
            f"“{path.name}”不是完好的 .xlsx 工作簿，可能已损坏、加了密码或只是改了扩展名。",
            "请在 Excel 或 WPS 中打开，去掉密码后另存为 .xlsx 再导入。",
        ) from error


def _sheet_rows(sheet: Worksheet, values: Worksheet) -> Iterator[Row]:
    merged = {
        (row, column): (area.min_row, area.min_col)
        for area in sheet.merged_cells.ranges
        if area.min_row != area.max_row  # a firm's cells merged over its product rows; wide titles stay single
        for row in range(area.min_row, area.max_row + 1)
        for column in range(area.min_col, area.max_col + 1)
    }
    for row in range(1, (sheet.max_row or 0) + 1):
        cells = []
        for column in range(1, (sheet.max_column or 0) + 1):
            place = merged.get((row, column), (row, column))
            # a formula that no program has calculated yet keeps its text, so that the checks show it
            value = values.cell(*place).value
            cells.append(_cell(sheet.cell(*place).value if value is None else value))
        yield tuple(cells)


def _cell(value: object) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, int):
        return Cell(str(value), is_number=True)
    if isinstance(value, float):
        return Cell(str(int(value)) if value.is_integer() else repr(value), is_number=True)
    if isinstance(value, datetime | date):
        return Cell(value.isoformat()[:10])
    return Cell(_clean(str(value)))
