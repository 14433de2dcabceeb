"""An office with four cases, and what the tests of acts on cases do there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_sample import exporter, line, load, match, notification, register, store

from pipeline.acts import Act, Conclusion
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case, conclude_case, read_one
from pipeline.steps.open_cases import TimedCase, load_timing, update_cases
from warehouse.connection import open_reader, open_writer
from warehouse.errors import InputError
from warehouse.records import Level, Notification, NotificationKind, Relation

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO, JOINT, OLD = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2", "G/TBT/N/ATL/7", "G/TBT/N/ATL/9"
LEM = "G/TBT/N/LEM/3"
LAMP, BULB, SOCKET = line("E1", "台灯"), line("E1", "灯泡"), line("E2", "灯座")
BY = "研判岗甲"
IRRELEVANT = Conclusion(conclusion="none", actor=BY, reason="我市无该类产品出口")
WARNING = Conclusion(conclusion="warning", actor=BY)


def bring(home: Path, when: datetime, *items: Notification, matched: tuple[Any, ...] = ()) -> None:
    """Collect `items` at `when`, store what they match, and open or extend their cases."""
    with open_writer(home / "warehouse.duckdb") as con:
        load(con, home / "landing", when, *items)
        store(con, when, *matched)
    update_cases(at(home, when))


def open_four_cases(home: Path) -> None:
    """Four cases in a new home: of three lines, of one, of a joint notification with addenda, and a backfill."""
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯", "灯泡"), exporter("E2", "灯座"))
    joint = notification(JOINT, symbols=(JOINT, LEM))
    far = notification(f"{LEM}/Add.1", kind=NotificationKind.ADDENDUM)
    near = notification(f"{JOINT}/Add.1", kind=NotificationKind.ADDENDUM)
    old = notification(OLD, distribution_date=date(2025, 1, 5), comment_deadline=date(2025, 3, 5))
    bring(
        home, START, notification(ONE), notification(TWO), joint, far, near, old,
        matched=(
            match(ONE, LAMP),
            match(ONE, BULB, relation=Relation.INDIRECT, level=Level.WATCH, score=0.6),
            match(ONE, SOCKET, relation=Relation.INDIRECT, level=Level.REFERENCE, score=0.4),
            match(TWO, LAMP),
            match(JOINT, SOCKET, relation=Relation.INDIRECT, level=Level.REFERENCE, score=0.4),
            match(far.notification_id, LAMP),
            match(near.notification_id, LAMP, score=0.8),
            match(OLD, LAMP),
        ),
    )  # fmt: skip


def at(home: Path, when: datetime) -> Context:
    return Context(home=Home(home), now=when, settings=Settings())


def hours(home: Path, n: float) -> Context:
    return at(home, START + n * HOUR)


def rows(home: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with open_reader(home / "warehouse.duckdb") as con:
        return con.execute(query, values).fetchall()


def kinds(timed: TimedCase) -> list[str]:
    return [event.kind for event in timed.case.events]


def events(home: Path, case_id: str = ONE) -> list[tuple[str, str]]:
    return rows(home, "SELECT kind, code FROM case_events WHERE case_id = ? ORDER BY occurred_at, kind", case_id)


def now_stands(home: Path, when: datetime, case_id: str = ONE) -> TimedCase:
    context = at(home, when)
    with open_reader(context.home.warehouse) as con:
        return read_one(con, case_id, load_timing(context.home), when)


def written(home: Path) -> tuple[list[Any], list[Any]]:
    """Everything that an act may write."""
    with open_reader(home / "warehouse.duckdb") as con:
        log = con.execute("FROM case_events ORDER BY ALL").fetchall()
        return log, con.execute("FROM judgements ORDER BY ALL").fetchall()


def carry(context: Context, what: Act | Conclusion, case_id: str = ONE) -> tuple[object, TimedCase]:
    if isinstance(what, Act):
        return act_on_case(context, case_id, what)
    return conclude_case(context, case_id, what)


def refused(home: Path, n: float, what: Act | Conclusion, case_id: str = ONE) -> InputError:
    """The words with which an act is refused; nothing of it may have been written."""
    before = written(home)
    with pytest.raises(InputError) as caught:
        carry(hours(home, n), what, case_id)
    assert written(home) == before
    assert caught.value.message
    return caught.value
