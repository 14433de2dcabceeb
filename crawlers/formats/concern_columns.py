"""Finds the table in a workbook of specific trade concerns: which row is the header, which header is which field.

The wording of the headers and how far it is evidenced: `concerns.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, Final

from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from crawlers.formats.wto_document.wording import fold
from crawlers.formats.xlsx import Sheet, Workbook
from warehouse.errors import InputError
from warehouse.records import Issue, Severity

_SEARCHED_ROWS: Final = 20  # a title or a note may stand above the header
_SUFFIX: Final = re.compile(r"\((?:s|es|n|ent)\)")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which header of a list is which field."""

    headers: Mapping[str, str]  # field -> header as it stands
    lang: str  # of the header of the title
    missing: tuple[str, ...]  # essential fields that no header names
    repeated: tuple[str, ...]  # further headers of a field that has one
    unknown: tuple[str, ...]


def match_headers(headers: Iterable[str]) -> Columns:
    """Match the headers of a list, in their order, with the known wording; the first header of a field counts."""
    found: dict[str, str] = {}
    repeated: list[str] = []
    unknown: list[str] = []
    for header in headers:
        field = _wording().get(_fold(header), "")
        if not field:
            unknown.append(header)
        elif field in found:
            repeated.append(header)
        elif field != "unused":
            found[field] = header
    missing = tuple(field for field in _words()["essential"] if field not in found)
    title = _fold(found.get("title", ""))
    forms = _words()["columns"]["title"]
    lang = next((lang for lang, names in forms.items() if title in {_fold(name) for name in names}), "")
    return Columns(found, lang, missing, tuple(repeated), tuple(unknown))


@dataclass(frozen=True, slots=True)
class Table:
    """Where the concerns of one sheet stand."""

    sheet: Sheet
    header_row: int
    headers: dict[int, str]  # column -> header as it stands
    columns: Columns


def find_header(workbook: Workbook, sheet: Sheet) -> Table | None:
    """The row of the sheet that names most fields; None where none names two."""
    tables = []
    for number, cells in islice(workbook.rows(sheet), _SEARCHED_ROWS):
        headers = {column: value for column, value in cells.items() if isinstance(value, str) and value.strip()}
        tables.append(Table(sheet, number, headers, match_headers(headers.values())))
    best = max(tables, key=lambda table: len(table.columns.headers), default=None)
    return best if best is not None and len(best.columns.headers) > 1 else None


def area_in(text: str) -> str:
    """The committee ("TBT", "SPS") that a text names; "" where it names none or both."""
    plain = f" {' '.join(re.findall(r'[a-z]+', fold(text)))} "
    found = [area for area, names in _words()["areas"].items() if any(f" {name} " in plain for name in names)]
    return found[0] if len(found) == 1 else ""


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(files("crawlers.formats").joinpath("concerns.toml").read_text(encoding="utf-8"))


@cache
def _wording() -> Mapping[str, str]:
    """Folded header -> field, all languages."""
    columns: Mapping[str, Mapping[str, Collection[str]]] = _words()["columns"]
    return {_fold(name): field for field, forms in columns.items() for names in forms.values() for name in names}


def _fold(header: str) -> str:
    bare = _SUFFIX.sub("", fold(clean_line(header)))
    return " ".join(word.rstrip("s") for word in re.findall(r"[^\W_]+", bare))


def no_table(workbook: Workbook, best: Table | None) -> InputError:
    """The error for a workbook without a list: what is missing, and every header that was found."""
    name = workbook.path.name
    next_step = "该文件的列名此前未曾见过：请把找到的表头交系统维护人员，补入crawlers/formats/concerns.toml。"
    if best is None:
        sheets = _quoted([sheet.name for sheet in workbook.sheets]) or "无"
        return InputError(
            f"文件“{name}”中没有特别贸易关注表：各工作表（{sheets}）的前20行均无可识别的表头。", next_step
        )
    found = _quoted(best.headers.values())
    return InputError(
        f"文件“{name}”工作表“{best.sheet.name}”缺少必备列：{_lacking(best)}；找到的表头：{found}。", next_step
    )


def _lacking(table: Table) -> str:
    columns = _words()["columns"]
    return _quoted([columns[field]["en"][0] for field in table.columns.missing])


def remarks(file_name: str, table: Table) -> Iterator[Issue]:
    """Issues about the headers of a sheet: incomplete and so left out, repeated, unknown."""
    issues = RowIssues(file_name, table.header_row)
    if table.columns.missing:
        issues.add(
            "sheet-left-out",
            Severity.WARNING,
            f"工作表“{table.sheet.name}”缺少必备列{_lacking(table)}，未读取。",
            value=table.sheet.name,
            next_step="请核对该工作表是否也是特别贸易关注清单。",
        )
        yield from issues.take()
        return
    for code, names, text in (
        ("header-repeated", table.columns.repeated, "重复出现，只采用最左边的一列。"),
        ("header-unknown", table.columns.unknown, "不在已知列之中，其内容只随原始记录保存，不参与分析。"),
    ):
        if names:
            issues.add(
                code,
                Severity.WARNING,
                f"表头{_quoted(names)}{text}",
                value="; ".join(map(clean_line, names)),
                next_step="请通知系统维护人员核对列名。",
            )
    yield from issues.take()


def _quoted(names: Iterable[str]) -> str:
    return "、".join(f"“{clean_line(name)}”" for name in names)
