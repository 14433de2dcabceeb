"""The clock in SQL reads the same as the clock in Python, whatever happened to a case and whenever it is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.case_state import read_state
from pipeline.clock import to_shanghai
from pipeline.clock_limits import limits_of, write_limits
from pipeline.home import Home
from pipeline.steps.open_cases import load_timing
from pipeline.worktime import WorkHours
from warehouse.case_limits import ClockStart
from warehouse.cases import Case, CaseEvent
from warehouse.connection import Connection, open_writer
from warehouse.publish import publish
from warehouse.sqlfiles import sql

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
KINDS = (
    "screened", "judged", "concluded", "notified", "undelivered", "advised", "comment-decided", "comment-submitted",
    "explained", "closed", "reopened", "restarted",
)  # fmt: skip
CODES = {
    "explained": ("judged:backlog", "judged:system", "notified:other"),
    "concluded": ("warning", "none"),
    "comment-decided": ("yes", "no"),
}


@st.composite
def happenings(draw: st.DrawFn) -> list[tuple[CaseEvent, datetime]]:
    """Events of one case, each with the moment when it was written down; many fall on the same hours."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(KINDS))
        hour = draw(st.integers(-3, 30)) * 4
        code = draw(st.sampled_from(CODES[kind])) if kind in CODES else ""
        event = CaseEvent(kind=kind, occurred_at=START + hour * HOUR, code=code, event_id=f"e{number}")
        found.append((event, event.occurred_at + draw(st.integers(0, 5)) * 4 * HOUR))
    return found


# no fixture: hypothesis would print the whole calendar
TIMING = load_timing(Home(Path("no-such-home")))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published copy that the test may write the events of a case to."""
    folder = tmp_path_factory.mktemp("clock")
    with open_writer(folder / "warehouse.duckdb") as con:
        path: Path = publish(con, folder / "publish", firm_names=False, keep=1, version="0", now=START).path
    with duckdb.connect(str(path)) as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def write(con: duckdb.DuckDBPyConnection, happened: list[tuple[CaseEvent, datetime]], policy: str) -> None:
    for table in ("cases", "case_events", "case_limits"):
        con.execute(f"DELETE FROM main.{table}")  # noqa: S608
    con.execute("INSERT INTO main.cases VALUES ('C', ?, false, ?, ?)", [START, policy, START])
    events = [
        (event.event_id, "C", event.kind, event.code, event.occurred_at, recorded_at) for event, recorded_at in happened
    ]
    if events:
        con.executemany("INSERT INTO main.case_events VALUES (?, ?, ?, ?, ?, ?)", events)
    moments = {START} | {event.occurred_at for event, _ in happened if event.kind == "restarted"}
    starts = [
        ClockStart(case_id="C", policy_version=policy, started_at=moment) for moment in moments if moment >= START
    ]
    rows = [asdict(limit) for limit in limits_of(starts, TIMING)]
    con.execute("CREATE OR REPLACE TEMP TABLE limits_now AS SELECT *, '' AS basis FROM main.case_limits WHERE false")
    con.execute(sql("cases/stage_limits"), {"rows": json.dumps(rows, default=str)})
    con.execute("INSERT INTO main.case_limits BY NAME SELECT * EXCLUDE (basis) FROM limits_now")


def expected(events: list[CaseEvent], policy: str, now: datetime) -> list[tuple[Any, ...]]:
    case = Case(
        case_id="C", clock_started_at=START, is_backfill=False, policy_version=policy, notification_id="", symbols=(),
        member_codes=(), title="", distribution_date=None, comment_deadline=None, n_exporters=0, n_lines=0,
        is_confirmed=False, is_direct=False, match_level="none", events=tuple(events),
    )  # fmt: skip
    return [
        (
            number, clock.clock.started_at, reading.milestone.event, reading.due_at, reading.met_at,
            reading.state.value, clock.state.causes.get(reading.milestone.event, ""), clock.clock.closed_at,
        )
        for number, clock in enumerate(TIMING.rounds(case, now), start=1)
        for reading in clock.clock.readings
    ]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=happenings(), known=st.integers(0, 40), later=st.integers(0, 40))
def test_the_clock_in_sql_is_the_clock_in_python(
    copy: duckdb.DuckDBPyConnection,
    happened: list[tuple[CaseEvent, datetime]],
    known: int,
    later: int,
) -> None:
    policy = TIMING.in_force.version
    write(copy, happened, policy)
    known_by, now = START + known * 4 * HOUR, START + (known + later) * 4 * HOUR
    events = [event for event, recorded_at in happened if recorded_at <= known_by]
    found = copy.execute(
        "SELECT round, started_at, event, due_at, met_at, state, cause, closed_at "
        "FROM mart.clock_readings($known_by, $now) ORDER BY round, ordinal",
        {"known_by": known_by, "now": now},
    ).fetchall()
    assert found == expected(events, policy, now)
    state = read_state(events)
    assert copy.execute(
        "SELECT stage, conclusion, comment_decision, is_closed FROM mart.case_states($known_by)",
        {"known_by": known_by},
    ).fetchall() == [(state.stage.value, state.conclusion, state.comment, state.is_closed)]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=happenings(), hours=st.integers(0, 160))
def test_a_case_side_by_side_says_what_its_steps_say(
    copy: duckdb.DuckDBPyConnection, happened: list[tuple[CaseEvent, datetime]], hours: int
) -> None:
    policy = TIMING.in_force.version
    write(copy, happened, policy)
    now = START + hours * HOUR
    case = Case(
        case_id="C", clock_started_at=START, is_backfill=False, policy_version=policy, notification_id="", symbols=(),
        member_codes=(), title="", distribution_date=None, comment_deadline=None, n_exporters=0, n_lines=0,
        is_confirmed=False, is_direct=False, match_level="none", events=tuple(event for event, _ in happened),
    )  # fmt: skip
    clock = TIMING.timed(case, now).clock
    found = copy.execute(
        "SELECT next_step, next_due_at, is_answered, answered_at, is_late, is_overdue "
        "FROM mart.case_clocks(TIMESTAMPTZ 'infinity', $now) WHERE is_last_round",
        {"now": now},
    ).fetchall()
    due = clock.next_due
    assert found == [
        (
            due.milestone.event if due else "", due.due_at if due else None, clock.is_answered, clock.answered_at,
            clock.is_late, clock.is_overdue,
        )
    ]  # fmt: skip


def test_limits_are_written_once_follow_the_policy_and_go_with_their_case(warehouse: Connection) -> None:
    version = TIMING.in_force.version
    warehouse.execute("INSERT INTO cases VALUES ('C', ?, false, ?, ?)", [START, version, START])
    n_milestones = len(TIMING.in_force.milestones)
    assert write_limits(warehouse, TIMING) == n_milestones
    assert write_limits(warehouse, TIMING) == 0
    due = "SELECT event, due_at FROM case_limits ORDER BY ordinal"
    assert warehouse.execute(due).fetchall() == [
        (each.event, START + each.hours * HOUR) for each in TIMING.in_force.milestones
    ]
    warehouse.execute("UPDATE case_limits SET due_at = due_at + INTERVAL 1 DAY WHERE event = 'judged'")
    assert write_limits(warehouse, TIMING) == 0  # reckoned already, by the same policy
    assert write_limits(warehouse, TIMING, anew=True) == 1
    warehouse.execute("DELETE FROM cases")
    write_limits(warehouse, TIMING)
    assert warehouse.execute(due).fetchall() == []


def test_a_corrected_calendar_moves_the_limits_that_count_working_hours_and_no_others(warehouse: Connection) -> None:
    natural = TIMING.in_force
    working = replace(natural, version="working", working_hours=WorkHours(start=time(9), end=time(17)))
    timing = replace(TIMING, policies=(natural, working))
    for case_id, policy in (("W", working), ("N", natural)):
        warehouse.execute("INSERT INTO cases VALUES (?, ?, false, ?, ?)", [case_id, START, policy.version, START])
    write_limits(warehouse, timing)
    due = "SELECT max(due_at) FROM case_limits WHERE case_id = ?"
    before = {case_id: warehouse.execute(due, [case_id]).fetchall() for case_id in "WN"}
    off = frozenset(to_shanghai(START + n * 24 * HOUR).date() for n in range(7))
    moved = replace(timing, calendar=replace(timing.calendar, holidays=timing.calendar.holidays | off))
    assert write_limits(warehouse, moved) == len(working.milestones)
    assert warehouse.execute(due, ["W"]).fetchall() > before["W"]
    assert warehouse.execute(due, ["N"]).fetchall() == before["N"]


def test_a_step_that_a_policy_has_no_more_is_no_limit_any_more(warehouse: Connection) -> None:
    policy = TIMING.in_force
    warehouse.execute("INSERT INTO cases VALUES ('C', ?, false, ?, ?)", [START, policy.version, START])
    write_limits(warehouse, TIMING)
    shorter = replace(TIMING, policies=(replace(policy, milestones=policy.milestones[:1]), *TIMING.policies[1:]))
    write_limits(warehouse, shorter)
    assert warehouse.execute("SELECT event FROM case_limits").fetchall() == [(policy.milestones[0].event,)]
