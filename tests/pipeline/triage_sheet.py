"""A triage workbook of five fictional cases, what officers write into it, and what they do to its sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.triage.read import read_workbook
from pipeline.triage.rows import TriageEntry, TriageRead, TriageRow, load_layout
from pipeline.triage.write import write_workbook

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SHEET = "案件研判"
OFFICERS = ("张三", "李四", "技贸科")
DONE = {"结论": "预警", "关联度": "直接", "责任人": "张三"}
Damage = Callable[[Worksheet], None]


def case(number: int, **changes: object) -> TriageRow:
    """An open case, due in `number` hours."""
    row = TriageRow(
        case_id=f"C{number:08x}",
        state=f"v{number}-7f3a",
        level_zh="预警",
        time_left=f"{number}小时",
        due_zh="研判",
        due_at=NOW + timedelta(hours=number),
        is_overdue=False,
        needs_cause=False,
        is_amber=False,
        members_zh="欧盟",
        symbols=(f"G/TBT/N/EU/{1100 + number}",),
        title=f"Draft regulation no. {number} on external power supplies",
        title_zh=f"关于外部电源的第{number}号条例草案",
        measure="拟提出空载功耗要求。",
        products=("外部电源", "无线充电器"),
        pairs=("武汉某某电子有限公司：无线充电器（直接，0.93）",),
        reasons=("通报产品与企业产品为同一产品。",),
        comment_deadline=date(2027, 1, 18),
        link="https://eping.wto.org/en/Search/Index?documentSymbol=G%2FTBT%2FN%2FEU%2F1100",
        draft_advice="一、核对限值。\n二、联系客户。",
    )
    return replace(row, **changes)  # type: ignore[arg-type]


def late(number: int = 1) -> TriageRow:
    return case(number, is_overdue=True, needs_cause=True, time_left="超时3小时", due_at=NOW - timedelta(hours=3))


CASES = (late(), case(2, is_amber=True), case(3), case(4), case(5))  # rows 2 to 6 of the sheet


def write(folder: Path, rows: Sequence[TriageRow] = CASES, officers: Sequence[str] = OFFICERS) -> Path:
    path = folder / "研判.xlsx"
    write_workbook(rows, path, export_id="E20261120-1", made_at=NOW, officers=officers)
    return path


def address(header: str, row: int) -> str:
    headers = [column.header for column in load_layout().columns]
    number = headers.index(header) + 1
    return f"{'' if number <= 26 else 'A'}{chr(ord('A') + (number - 1) % 26)}{row}"


def put(sheet: Worksheet, row: int, **texts: str) -> None:
    """What somebody types, as text: `data_type` keeps openpyxl from making a formula of it."""
    for header, text in texts.items():
        cell = sheet[address(header, row)]
        cell.value = text
        cell.data_type = "s"


def spoil(path: Path, *damages: Damage) -> TriageRead:
    book = load_workbook(path)
    for damage in damages:
        damage(book[SHEET])
    book.save(path)
    return read_workbook(path)


def fills(row: int, **texts: str) -> Damage:
    return lambda sheet: put(sheet, row, **texts)


def sets(header: str, row: int, value: str | int | None) -> Damage:
    def damage(sheet: Worksheet) -> None:
        sheet[address(header, row)] = value

    return damage


def content(entry: TriageEntry) -> tuple[object, ...]:
    return (entry.case_id, entry.conclusion, entry.relation, entry.owner, entry.advice, entry.comment, entry.cause)


FULL = {
    1: {**DONE, "应对建议": "- 核对限值\n=另行通知", "是否评议": "评议", "超时原因": "人工积压", "原因": "@复核后认定"},
    3: {"结论": "不相关", "关联度": "无", "原因": "本市无此类产品"},
    4: {"结论": "关注", "责任人": "王五"},
}


def fill_all(sheet: Worksheet) -> None:
    for row, texts in FULL.items():
        put(sheet, row + 1, **texts)
