"""What the next committee meeting could take up."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.acts import Act
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case
from pipeline.steps.concerns import LINKED_ZH, PROPOSED_ZH, UNANSWERED_ZH, read_agenda
from pipeline.steps.open_cases import update_cases
from warehouse.connection import open_writer

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
from warehouse_sample import exporter, line, load, match, notification, register, store

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
DEADLINE = date(2026, 5, 8)
LAMP = line("E1", "台灯")
SYMBOLS = tuple(f"G/TBT/N/ATL/{number}" for number in range(1, 7))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_writer(tmp_path / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯"))
        notes = [notification(symbol, comment_deadline=DEADLINE) for symbol in SYMBOLS]
        load(con, tmp_path / "landing", START, *notes)
        store(con, START, *(match(symbol, LAMP) for symbol in SYMBOLS))
    update_cases(at(tmp_path, 0))
    return tmp_path


def at(home: Path, days: float) -> Context:
    return Context(home=Home(home), now=START + timedelta(days=days), settings=Settings())


def do(home: Path, symbol: str, kind: str, detail: str, code: str = "") -> None:
    act_on_case(at(home, 0.1), symbol, Act(kind=kind, actor="甲", detail=detail, code=code))


def agenda(home: Path, days: float) -> list[tuple[str, str, str, str]]:
    return [
        (item.why, item.shown.timed.case.case_id, item.concern, item.grounds) for item in read_agenda(at(home, days))
    ]


def test_proposals_come_first_then_concerns_then_comments_without_an_answer(home: Path) -> None:
    one, two, three, four, five, _ = SYMBOLS
    do(home, one, "comment-submitted", "函一", "customs")
    do(home, two, "concern-linked", "内容相近", "TBT-345")
    do(home, three, "concern-proposed", "过渡期过短")
    do(home, four, "comment-submitted", "函二", "centre")
    do(home, four, "comment-answered", "已修改")
    do(home, five, "concern-linked", "同一措施", "TBT-9")
    do(home, five, "concern-proposed", "仍不合理")
    before = [
        (PROPOSED_ZH, three, "", "过渡期过短"),
        (PROPOSED_ZH, five, "", "仍不合理"),
        (LINKED_ZH, two, "TBT-345", "内容相近"),
    ]
    assert agenda(home, 1) == before
    past = (DEADLINE - START.date()).days + 1
    assert agenda(home, past) == [*before, (UNANSWERED_ZH, one, "", "函一")]


def test_on_the_last_day_for_comments_an_answer_may_still_come(home: Path) -> None:
    do(home, SYMBOLS[0], "comment-submitted", "函一", "customs")
    last = (DEADLINE - START.date()).days
    assert agenda(home, last) == []
    assert [why for why, *_ in agenda(home, last + 1)] == [UNANSWERED_ZH]


def test_a_concern_outlives_its_case(home: Path) -> None:
    do(home, SYMBOLS[0], "concern-proposed", "过渡期过短")
    do(home, SYMBOLS[0], "closed", "已办结", "done")
    assert [case_id for _, case_id, *_ in agenda(home, 1)] == [SYMBOLS[0]]


def test_the_agenda_says_how_many_key_firms_a_measure_concerns(home: Path, cli: Any) -> None:
    do(home, SYMBOLS[0], "concern-proposed", "过渡期过短")
    here = ("--home", home, "--now", "2026-03-11T08:00+00:00")
    (item,) = cli("--json", *here, "concerns").data["items"]
    assert (item["n_exporters"], item["n_key_firms"]) == (1, 0)
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯", is_negotiation_key=True))
    (item,) = cli("--json", *here, "concerns").data["items"]
    assert (item["n_exporters"], item["n_key_firms"]) == (1, 1)
    assert "重点企业" in cli(*here, "concerns").out


def test_without_any_there_is_an_empty_list(home: Path) -> None:
    assert agenda(home, 1) == []
