"""What was known at a moment: the copy of a later day tells what the copy of that moment said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouse_sample import EXCHANGE, PLATFORM, exporter, line, load, match, notification, observed, register, store

from pipeline.clock_limits import write_limits
from pipeline.home import Home
from pipeline.steps.open_cases import load_timing
from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import Connection, open_writer
from warehouse.judgements import Judgement, record_judgements
from warehouse.publish import publish
from warehouse.records import NotificationKind, Relation
from warehouse.sqlfiles import sql

START = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ONE, TWO, ADD = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2", "G/TBT/N/ATL/1/Add.1"
BACK, SET_BACK = "G/TBT/N/ATL/3", "G/TBT/N/ATL/4"
# last_seen_at is overwritten each time that a source shows the same again; title_key is of the title
UNKNOWN_BACKWARDS = ("last_seen_at", "title_key")
NAMED = ", ".join(
    f"notifications.{name}"
    for name in (
        "notification_id", "symbols", "channel", "area", "kind", "is_emergency", "notification_type", "member_names",
        "member_codes", "distribution_date", "comment_deadline", "comment_deadline_text", "adoption_date",
        "adoption_text", "entry_into_force_date", "entry_into_force_text", "title", "description", "products_text",
        "hs_codes", "ics_codes", "objectives", "keywords", "affected_regions", "lang", "url", "document_links",
        "notification_links", "content_hash", "n_versions", "first_seen_at",
    )
)  # fmt: skip


def known(con: Connection, source: str) -> list[tuple[Any, ...]]:
    return con.execute(
        f"SELECT {NAMED} FROM {source} AS notifications ORDER BY notification_id",  # noqa: S608
    ).fetchall()


def as_of(con: Connection, moment: datetime) -> list[tuple[Any, ...]]:
    return known(con, f"mart.notifications_as_of(TIMESTAMPTZ '{moment.isoformat()}')")


def titles_at(con: Connection, moment: datetime, notification_id: str) -> list[tuple[Any, ...]]:
    query = "SELECT title FROM mart.notifications_as_of($moment) WHERE notification_id = $id"
    return con.execute(query, {"moment": moment, "id": notification_id}).fetchall()


def opened(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(path), read_only=True)
    con.execute("SET TimeZone = 'UTC'")
    return con


def test_the_columns_that_are_compared_are_all_but_those_that_cannot_be_known(warehouse: Connection) -> None:
    columns = [row[0] for row in warehouse.execute("DESCRIBE notifications").fetchall()]
    assert [name for name in columns if f"notifications.{name}" not in NAMED.split(", ")] == [
        name for name in columns if name in UNKNOWN_BACKWARDS
    ]


# what a source shows of one of its two records at one collection; a record may move to another notification
SHOWN = st.tuples(
    st.sampled_from([PLATFORM, EXCHANGE]),
    st.sampled_from(["r1", "r2"]),
    st.sampled_from([ONE, TWO]),
    st.sampled_from(["", "Lamps", "Lamps and fittings"]),
    st.sampled_from([None, date(2026, 8, 1), date(2026, 9, 1)]),
)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A warehouse that answers the macro itself, without a publication."""
    with open_writer(tmp_path_factory.mktemp("asking") / "warehouse.duckdb") as con:
        con.execute("CREATE VIEW notification_versions AS SELECT * EXCLUDE (payload) FROM raw_notifications")
        con.execute("CREATE SCHEMA mart")
        con.execute(sql("mart/23_notifications_as_of"))
        yield con


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.lists(SHOWN, min_size=1, max_size=3), min_size=1, max_size=6))
def test_any_moment_can_be_told_afterwards_whatever_the_sources_showed(
    asking: Connection, tmp_path: Path, days: list[list[Any]]
) -> None:
    for table in ("raw_notifications", "notification_turns", "notifications", "notification_symbols", "sources"):
        asking.execute(f"DELETE FROM {table}")  # noqa: S608
    then: dict[datetime, list[tuple[Any, ...]]] = {}
    for number, shown in enumerate(days):
        now = START + number * DAY
        for source, key, symbol, title, deadline in shown:
            item = notification(symbol, title=title, comment_deadline=deadline)
            load(asking, tmp_path, now, observed(item, key=key), source=source)
        then[now + HOUR] = known(asking, "main.notifications")
    assert as_of(asking, START - HOUR) == []
    for moment, rows in then.items():
        assert as_of(asking, moment) == rows, moment


def test_a_version_that_came_back_holds_again_only_from_then(asking: Connection, tmp_path: Path) -> None:
    titles = ["Lamps", "Fittings", "Lamps", "Fittings", "Lamps"]
    for day, title in enumerate(titles):
        load(asking, tmp_path, START + day * DAY, notification(BACK, title=title))
    for day, title in enumerate(titles):
        assert titles_at(asking, START + day * DAY + HOUR, BACK) == [(title,)], day


def test_a_clock_that_was_set_back_does_not_bring_an_old_version_back(asking: Connection, tmp_path: Path) -> None:
    load(asking, tmp_path, START, notification(SET_BACK, title="first"))
    load(asking, tmp_path, START + DAY, notification(SET_BACK, title="second"))
    load(asking, tmp_path, START + HOUR, notification(SET_BACK, title="third"))
    assert titles_at(asking, START + 2 * DAY, SET_BACK) == [("third",)]
    now = "SELECT title FROM notifications WHERE notification_id = $id"
    assert asking.execute(now, {"id": SET_BACK}).fetchall() == [("third",)]


def test_the_turns_of_an_older_warehouse_are_reckoned_from_what_it_holds(warehouse: Connection, tmp_path: Path) -> None:
    for day, title in enumerate(["a", "b", "c"]):
        load(warehouse, tmp_path, START + day * DAY, notification(ONE, title=title), notification(TWO, title="same"))
    turns = "SELECT source, source_key, turn, content_hash, turned_at FROM notification_turns ORDER BY ALL"
    written = warehouse.execute(turns).fetchall()
    assert len(written) == 4
    insert = (
        "INSERT INTO notification_turns\n"
        + sql("schema/0052_notification_turns").split("INSERT INTO notification_turns\n")[1]
    )
    warehouse.execute("DELETE FROM notification_turns")
    warehouse.execute(insert)
    assert warehouse.execute(turns).fetchall() == written
    # "a" came back: since when is not known, only when it was last seen
    load(warehouse, tmp_path, START + 3 * DAY, notification(ONE, title="a"))
    load(warehouse, tmp_path, START + 5 * DAY, notification(ONE, title="a"))
    warehouse.execute("DELETE FROM notification_turns")
    warehouse.execute(insert)
    last = warehouse.execute(
        "SELECT turn, turned_at, is_inferred, content_hash = first_value(content_hash) OVER (ORDER BY turn) "
        "FROM notification_turns WHERE source_key = $key ORDER BY turn DESC",
        {"key": ONE},
    ).fetchall()
    assert last[0] == (4, START + 5 * DAY, True, True)
    # and a load goes on from there
    load(warehouse, tmp_path, START + 6 * DAY, notification(ONE, title="d"))
    assert warehouse.execute("SELECT max(turn) FROM notification_turns").fetchone() == (5,)


CASE_COLUMNS = (
    "case_id, notification_id, symbols_text, members_text, area, title, distribution_date, comment_deadline, "
    "opened_at, clock_started_at, round, is_backfill, policy_version, stage, conclusion, comment_decision, is_closed, "
    "closed_at, judged_due_at, judged_at, judged_state, notified_due_at, notified_at, notified_state, advised_due_at, "
    "advised_at, advised_state, next_step, next_due_at, is_answered, answered_at, is_late, is_late_now, "
    "is_overdue, causes_text"
)
TIME_COLUMNS = (
    "case_id, round, is_last_round, is_backfill, policy_version, step, step_zh, started_at, started_month, "
    "limit_hours, due_at, met_at, closed_at, hours, state, is_late, cause, cause_zh, is_closed"
)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[datetime, Path]]:
    """Copies of days in which a case is opened, judged late, answered, started anew by an addendum, and closed."""
    tmp_path = tmp_path_factory.mktemp("history")
    home = Home(tmp_path / "home")
    timing = load_timing(home)
    version = timing.in_force.version
    found = []

    def act(con: Connection, now: datetime, kind: str, *, earlier: timedelta = timedelta(), code: str = "") -> None:
        event = CaseEvent(kind=kind, occurred_at=now - earlier, actor="研判岗", code=code, detail=kind)
        append_event(con, ONE, event, now=now)

    with open_writer(home.warehouse) as con:
        register(con, START, exporter("E1", "台灯"))
        for day in (0, 1, 2, 3, 4, 6):
            now = START + day * DAY
            if day == 0:
                load(con, tmp_path, now, notification(ONE, comment_deadline=date(2026, 7, 1)))
                store(con, now, match(ONE, line("E1", "台灯")))
            if day == 1:
                load(con, tmp_path, now, notification(TWO, title="Sockets"))
                store(con, now, match(TWO, line("E1", "台灯")))
            if day == 2:
                decided = Judgement(
                    notification_id=ONE, line_id=line("E1", "台灯").line_id, relation=Relation.DIRECT, reason="已问",
                    judged_by="研判岗",
                )  # fmt: skip
                record_judgements(con, [decided], now=now)
                act(con, now, "explained", code="judged:backlog")
            if day == 3:
                # written down a day later than it was done: on the second day nobody knew
                act(con, now, "notified", earlier=DAY)
                act(con, now, "advised")
                act(con, now, "concluded", code="warning")
            if day == 4:
                addendum = notification(
                    ADD, kind=NotificationKind.ADDENDUM, comment_deadline=date(2026, 9, 1), title="Addendum: lamps"
                )
                load(con, tmp_path, now, addendum, notification(ONE, title="Draft rule on lamps, corrected"))
            if day == 6:
                act(con, now, "closed", code="done")
            open_cases(con, policy_version=version, backfill_days=400, now=now)
            write_limits(con, timing)
            moment = now + HOUR
            done = publish(con, tmp_path / "publish", firm_names=False, keep=99, version="0", now=moment)
            found.append((moment, done.path))
    return found


def test_cases_and_their_clocks_are_told_as_each_day_saw_them(history: list[tuple[datetime, Path]]) -> None:
    rounds = set()
    with opened(history[-1][1]) as last:
        for moment, path in history:
            at = f"(TIMESTAMPTZ '{moment.isoformat()}')"
            with opened(path) as first:
                for columns, table in ((CASE_COLUMNS, "cases"), (TIME_COLUMNS, "response_times")):
                    then = first.execute(f"SELECT {columns} FROM mart.{table} ORDER BY ALL").fetchall()  # noqa: S608
                    assert then
                    told = last.execute(f"SELECT {columns} FROM mart.{table}_as_of{at} ORDER BY ALL").fetchall()  # noqa: S608
                    assert told == then, (moment, table)
                assert as_of(last, moment) == known(first, "main.notifications")
                states = (
                    "SELECT round, stage, is_late, is_late_now, is_overdue, causes_text FROM mart.cases "
                    "WHERE case_id = $case_id"
                )
                rounds |= set(first.execute(states, {"case_id": ONE}).fetchall())
    assert {
        (1, "screened", False, False, False, ""),
        (1, "judged", True, True, True, "judged:backlog"),
        (1, "advised", True, True, False, "judged:backlog"),
        # the second clock is in time, the case was late all the same
        (2, "advised", True, False, False, ""),
        (2, "closed", True, True, False, ""),
    } <= rounds


def test_a_later_copy_answers_for_a_moment_before_anything(history: list[tuple[datetime, Path]]) -> None:
    with opened(history[-1][1]) as copy:
        for macro in ("notifications_as_of", "cases_as_of", "response_times_as_of"):
            assert copy.execute(f"FROM mart.{macro}(TIMESTAMPTZ '2020-01-01')").fetchall() == []


def test_a_case_without_limits_is_there_all_the_same(warehouse: Connection, tmp_path: Path) -> None:
    load(warehouse, tmp_path, START, notification(ONE))
    register(warehouse, START, exporter("E1", "台灯"))
    store(warehouse, START, match(ONE, line("E1", "台灯")))
    open_cases(warehouse, policy_version="p", backfill_days=400, now=START)
    done = publish(warehouse, tmp_path / "publish", firm_names=False, keep=1, version="0", now=START + HOUR)
    with opened(done.path) as copy:
        columns = "case_id, clock_started_at, round, stage, next_step, is_answered, is_late, is_overdue"
        told = f"SELECT {columns} FROM mart.cases_as_of(TIMESTAMPTZ '{(START + HOUR).isoformat()}')"  # noqa: S608
        assert copy.execute(told).fetchall() == [(ONE, START, 1, "screened", "", False, False, False)]
        assert copy.execute(f"SELECT {columns} FROM mart.cases").fetchall() == copy.execute(told).fetchall()  # noqa: S608
