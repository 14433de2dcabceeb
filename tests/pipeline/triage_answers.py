"""研判 by workbook as an officer does it: export, fill, take in, and what the log then says of a case."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from pipeline.case_state import CaseState
from pipeline.config import read_settings
from pipeline.context import Context, Run
from pipeline.home import Home
from pipeline.sla import MilestoneState
from pipeline.steps.show_case import show_case
from pipeline.steps.triage import export_triage, import_triage
from pipeline.triage.rows import CellProblem, load_layout
from warehouse.connection import open_reader

COLLECTED = datetime.fromisoformat("2026-06-29T09:00+08:00")
SHEET = load_layout().sheet
IMPORTER = "综合岗"
WARNING = {"结论": "预警", "关联度": "间接", "责任人": "张三"}
IRRELEVANT = {"结论": "不相关", "原因": "本市企业不生产该规格"}
LATE = {**WARNING, "超时原因": "人工积压"}
Filled = Mapping[str, Mapping[str, str]]


def at(home: Path, hours: float) -> Context:
    """The surroundings so many hours after collection."""
    where = Home(home)
    return Context(home=where, now=COLLECTED + timedelta(hours=hours), settings=read_settings(where))


def stated(hours: float) -> str:
    return (COLLECTED + timedelta(hours=hours)).isoformat()


def export(home: Path, hours: float, path: Path) -> Path:
    export_triage(at(home, hours), path)
    return path


def listed(path: Path) -> dict[str, dict[str, Any]]:
    """Every row of the sheet as header -> value, by case, in the order of the sheet."""
    with closing(load_workbook(path)) as book:
        header, *lines = book[SHEET].iter_rows(values_only=True)
    return {str(row["案件标识"]): row for row in (dict(zip(map(str, header), line, strict=True)) for line in lines)}


def fill(path: Path, filled: Filled) -> dict[str, dict[str, str]]:
    """Write texts into the cells of cases; return the address of every cell of theirs, by case and header."""
    book = load_workbook(path)
    sheet = book[SHEET]
    columns = {str(cell.value): number for number, cell in enumerate(sheet[1], start=1)}
    places: dict[str, dict[str, str]] = {}
    for number in range(2, sheet.max_row + 1):
        case_id = str(sheet.cell(number, columns["案件标识"]).value)
        for header, text in filled.get(case_id, {}).items():
            sheet.cell(number, columns[header]).value = text
        if case_id in filled:
            places[case_id] = {header: f"{get_column_letter(column)}{number}" for header, column in columns.items()}
    book.save(path)
    assert places.keys() == filled.keys()
    return places


def take_in(home: Path, hours: float, path: Path) -> tuple[Run, tuple[CellProblem, ...]]:
    return import_triage(at(home, hours), path, by=IMPORTER)


def counts(run: Run) -> tuple[int, int, int, int]:
    """Applied, repeated, blank, refused."""
    return (
        run.counts["n_applied"], run.counts["n_repeated"], run.counts["n_blank"], run.counts["n_refused"]
    )  # fmt: skip


def happened(home: Path, case_id: str) -> list[tuple[str, str, str, str]]:
    """Kind, code, actor and detail of what officers did to a case, in the order of the log."""
    query = """SELECT kind, code, actor, detail FROM case_events
        WHERE case_id = ? AND kind NOT IN ('collected', 'screened', 'amended', 'judged') ORDER BY rowid"""
    with open_reader(Home(home).warehouse) as con:
        return con.execute(query, [case_id]).fetchall()


def decided(home: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """All that an import may add to: the log of the cases and the judgements of pairs."""
    with open_reader(Home(home).warehouse) as con:
        return (
            con.execute("SELECT * FROM case_events ORDER BY ALL").fetchall(),
            con.execute("SELECT * FROM judgements ORDER BY ALL").fetchall(),
        )


def state(home: Path, case_id: str) -> CaseState:
    return show_case(at(home, 0), case_id).timed.state


def milestones(home: Path, hours: float, case_id: str) -> list[MilestoneState]:
    return [reading.state for reading in show_case(at(home, hours), case_id).timed.clock.readings]
