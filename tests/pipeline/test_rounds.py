"""Addenda and revisions: what starts a second clock of a case, what opens a case of its own, what neither does."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.acts import Act, Conclusion
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case, carry_out, conclude_case, plan_acts, plan_conclusion, read_one
from pipeline.steps.draft_report import bulletin_facts, read_month
from pipeline.steps.judge import judge
from pipeline.steps.open_cases import TimedCase, load_timing, update_cases
from reports.bulletin.facts import ResponseClock
from warehouse.cases import CaseEvent, append_event, case_pairs, open_cases, read_cases
from warehouse.connection import open_reader, open_writer
from warehouse.records import Notification, NotificationKind, Relation

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
from warehouse_sample import exporter, line, load, match, notification, register, store

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE = "G/TBT/N/ATL/1"
ADD_1, ADD_2, REV_1, REV_2 = f"{ONE}/Add.1", f"{ONE}/Add.2", f"{ONE}/Rev.1", f"{ONE}/Rev.2"
DEADLINE = date(2026, 5, 4)  # of the notification itself
LATER, LATEST = date(2026, 6, 4), date(2026, 7, 4)
APRIL = 22 * 24 + 2  # hours after the start: 1 April 2026, 10:00 UTC
BY = "研判岗甲"
WARNING = Conclusion(conclusion="warning", actor=BY)
NOTIFIED = Act(kind="notified", actor=BY, detail="电话告知")
ADVISED = Act(kind="advised", actor=BY, detail="核对标签")
CLOSED = Act(kind="closed", actor=BY, code="done", detail="已办结")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one case, nothing done to it."""
    home = tmp_path_factory.mktemp("rounds") / "home"
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯"))
    bring(home, 0, notification(ONE, comment_deadline=DEADLINE), matched=(ONE,))
    return home


@pytest.fixture(scope="module")
def answered(opened: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with every milestone met five hours after the start."""
    home = Path(shutil.copytree(opened, tmp_path_factory.mktemp("answered") / "home"))
    answer(home, 5)
    return home


@pytest.fixture
def fresh(opened: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(opened, tmp_path / "home"))


@pytest.fixture
def home(answered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(answered, tmp_path / "home"))


def at(home: Path, n: float) -> Context:
    return Context(home=Home(home), now=START + n * HOUR, settings=Settings())


def bring(home: Path, n: float, *items: Notification, matched: tuple[str, ...] = ()) -> None:
    """Collect `items` at the n-th hour, match some of them with the firm's line, open or extend the cases."""
    now, policy = START + n * HOUR, load_timing(Home(home)).in_force
    with open_writer(home / "warehouse.duckdb") as con:
        load(con, home / "landing", now, *items)
        store(con, now, *(match(key, line("E1", "台灯")) for key in matched))
        open_cases(con, policy_version=policy.version, backfill_days=policy.backfill_days, now=now)


def addendum(symbol: str = ADD_1, deadline: date | None = LATER, **fields: Any) -> Notification:
    given = {"kind": NotificationKind.ADDENDUM, "comment_deadline": deadline, "distribution_date": date(2026, 3, 31)}
    return notification(symbol, **(given | fields))


def revision(symbol: str) -> Notification:
    return notification(
        symbol, kind=NotificationKind.REVISION, comment_deadline=LATEST, distribution_date=date(2026, 3, 31)
    )


def answer(home: Path, n: float) -> None:
    """Meet every milestone at the n-th hour, as `conclude_case` and `act_on_case` do it, in one connection."""
    now, timing = START + n * HOUR, load_timing(Home(home))
    with open_writer(home / "warehouse.duckdb") as con:
        timed = read_one(con, ONE, timing, now)
        carry_out(con, timed, plan_conclusion(timed, case_pairs(con, [ONE]), WARNING, timing, now), now=now)
        timed = read_one(con, ONE, timing, now)
        carry_out(con, timed, plan_acts(timed, [NOTIFIED, ADVISED], timing, now), now=now)


def read_rounds(home: Path, n: float, case_id: str = ONE) -> tuple[TimedCase, ...]:
    context = at(home, n)
    with open_reader(context.home.warehouse) as con:
        [case] = read_cases(con, only=case_id)
    return load_timing(context.home).rounds(case, context.now)


def started(home: Path, n: float) -> list[float]:
    """Hours after the start at which each clock of the case began."""
    return [(item.clock.started_at - START) / HOUR for item in read_rounds(home, n)]


def events(home: Path, *kinds: str, case_id: str = ONE) -> list[tuple[str, str]]:
    return [(e.kind, e.code) for e in read_rounds(home, 9999, case_id)[0].case.events if e.kind in kinds]


def listed(cli: Any, home: Path, n: float) -> str:
    """What `tbtwatch cases` says at the n-th hour."""
    done = cli("--home", home, "--now", f"{START + n * HOUR:%Y-%m-%dT%H:%M:%S%z}", "cases")
    assert done.code == 0, done.err
    return str(done.out)


def response(home: Path, month: str, n: float) -> ResponseClock:
    """The response figures of a month's bulletin that is made at the n-th hour."""
    context = at(home, n)
    with open_reader(context.home.warehouse) as con:
        return bulletin_facts(con, context, read_month(month, context.now), firm_names=False).response


# a second clock


def test_an_addendum_that_extends_the_deadline_after_the_answer_starts_a_second_clock(home: Path, cli: Any) -> None:
    assert ONE not in listed(cli, home, APRIL - 1)
    bring(home, APRIL, addendum())
    assert started(home, APRIL) == [0, APRIL]
    assert events(home, "restarted") == [("restarted", ADD_1)]
    said = listed(cli, home, APRIL + 1)
    assert ONE in said
    assert "研判" in said
    assert "23小时0分" in said
    assert str(LATER) in said


def test_the_first_answer_stays_in_the_figures_of_its_month_and_the_second_clock_is_in_those_of_its_own(
    home: Path,
) -> None:
    before = response(home, "2026-03", APRIL - 1)
    assert (before.due, before.done, before.on_time, before.overdue, before.median_hours) == (1, 1, 1, 0, 5.0)
    bring(home, APRIL, addendum())
    assert response(home, "2026-03", APRIL + 80) == before
    running = response(home, "2026-04", APRIL + 1)
    assert (running.due, running.not_yet_due) == (0, 1)
    missed = response(home, "2026-04", APRIL + 80)
    assert (missed.due, missed.done, missed.overdue) == (1, 0, 1)
    answer(home, APRIL + 7)
    april = response(home, "2026-04", APRIL + 80)
    assert (april.due, april.done, april.on_time, april.median_hours) == (1, 1, 1, 7.0)
    assert response(home, "2026-03", APRIL + 80) == before


def test_two_addenda_in_one_collection_start_one_clock_however_often_the_cases_are_updated(home: Path) -> None:
    bring(home, APRIL, addendum(), addendum(ADD_2, LATEST))
    update_cases(at(home, APRIL + 1))
    assert started(home, APRIL) == [0, APRIL]
    assert sorted(events(home, "restarted")) == [("restarted", ADD_1), ("restarted", ADD_2)]


def test_a_third_clock_starts_when_the_second_was_answered_and_the_deadline_moves_again(home: Path) -> None:
    bring(home, APRIL, addendum())
    answer(home, APRIL + 5)
    bring(home, APRIL + 200, addendum(ADD_2, LATEST))
    assert started(home, APRIL + 200) == [0, APRIL, APRIL + 200]
    assert [item.clock.is_answered for item in read_rounds(home, APRIL + 200)] == [True, True, False]


def test_a_first_deadline_where_the_notification_had_none_starts_a_clock(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute("UPDATE notifications SET comment_deadline = NULL")
    bring(home, APRIL, addendum(deadline=DEADLINE))
    assert started(home, APRIL) == [0, APRIL]


def test_a_case_that_was_closed_as_done_is_open_again(home: Path) -> None:
    act_on_case(at(home, 6), ONE, CLOSED)
    bring(home, APRIL, addendum())
    [first, second] = read_rounds(home, APRIL)
    assert first.clock.is_answered
    assert not second.state.is_closed
    assert not second.clock.is_answered


def test_causes_are_of_one_clock_and_the_conclusion_of_the_case(home: Path) -> None:
    explained = CaseEvent(kind="explained", occurred_at=START + 6 * HOUR, code="judged:backlog", actor=BY)
    with open_writer(home / "warehouse.duckdb") as con:
        append_event(con, ONE, explained, now=explained.occurred_at)
    bring(home, APRIL, addendum())
    first, second = read_rounds(home, APRIL + 30)
    assert dict(first.state.causes) == {"judged": "backlog"}
    assert (dict(second.state.causes), second.unexplained) == ({}, ("judged",))
    assert second.state.conclusion == first.state.conclusion == "warning"


# no second clock


@pytest.mark.parametrize(
    "item",
    [
        addendum(deadline=None),
        addendum(deadline=DEADLINE),
        addendum(deadline=DEADLINE - timedelta(days=1)),
        addendum(f"{ONE}/Corr.1", kind=NotificationKind.CORRIGENDUM),
    ],
    ids=["no deadline", "same deadline", "earlier deadline", "corrigendum"],
)
def test_what_does_not_extend_the_time_for_comments_is_logged_only(home: Path, item: Notification) -> None:
    bring(home, APRIL, item)
    assert started(home, APRIL) == [0]
    assert events(home, "amended", "restarted") == [("amended", "")]
    assert read_rounds(home, APRIL)[-1].clock.is_answered


def test_an_addendum_to_a_case_that_nobody_has_answered_starts_no_second_clock(fresh: Path) -> None:
    bring(fresh, 10, addendum())
    answer(fresh, 12)
    update_cases(at(fresh, 13))
    assert started(fresh, 13) == [0]
    assert read_rounds(fresh, 13)[0].clock.is_answered


def test_a_case_found_not_relevant_stays_closed(fresh: Path) -> None:
    conclude_case(at(fresh, 5), ONE, Conclusion(conclusion="none", actor=BY, reason="我市无该类产品"))
    bring(fresh, APRIL, addendum())
    assert started(fresh, APRIL) == [0]
    assert read_rounds(fresh, APRIL)[0].state.is_closed


def test_a_rejection_that_was_taken_back_and_answered_since_keeps_no_addendum_from_starting_a_clock(
    fresh: Path,
) -> None:
    conclude_case(at(fresh, 1), ONE, Conclusion(conclusion="none", actor=BY, reason="误判"))
    judge(at(fresh, 2), ONE, "E1", product_name="台灯", relation=Relation.DIRECT, reason="再看", judged_by=BY)
    update_cases(at(fresh, 2))
    answer(fresh, 5)
    bring(fresh, APRIL, addendum())
    assert started(fresh, APRIL) == [0, APRIL]
    assert events(fresh, "restarted") == [("restarted", ADD_1)]


def test_a_case_that_is_rejected_after_the_answer_stays_closed(home: Path) -> None:
    conclude_case(at(home, 6), ONE, Conclusion(conclusion="none", actor=BY, reason="复核后不相关"))
    bring(home, APRIL, addendum())
    assert started(home, APRIL) == [0]
    assert read_rounds(home, APRIL)[0].state.is_closed


# an addendum must not make a clock that runs in time one that nobody can answer any more


def test_an_addendum_between_the_advice_and_the_telling_of_the_firms_makes_nothing_late(fresh: Path) -> None:
    conclude_case(at(fresh, 5), ONE, WARNING)
    act_on_case(at(fresh, 5), ONE, ADVISED)
    bring(fresh, 10, addendum())
    answer(fresh, 12)
    march = response(fresh, "2026-03", 500)
    assert march.overdue == 0
    assert march.done == march.on_time == len(started(fresh, 500))


def test_an_addendum_while_the_second_clock_runs_makes_nothing_late(home: Path) -> None:
    bring(home, 100, addendum())
    bring(home, 110, addendum(ADD_2, LATEST))
    answer(home, 112)
    march = response(home, "2026-03", 500)
    assert march.overdue == 0
    assert march.done == march.on_time == len(started(home, 500))


# revisions


def test_a_revision_opens_a_case_of_its_own_and_the_older_one_says_so(home: Path, cli: Any) -> None:
    bring(home, APRIL, revision(REV_1), matched=(REV_1,))
    assert events(home, "superseded", "restarted") == [("superseded", REV_1)]
    [older] = read_rounds(home, APRIL)
    [newer] = read_rounds(home, APRIL, REV_1)
    assert older.clock.is_answered
    assert newer.clock.started_at == START + APRIL * HOUR
    assert not newer.clock.is_answered
    assert newer.case.symbols == (REV_1,)
    assert events(home, "superseded", case_id=REV_1) == []
    said = listed(cli, home, APRIL + 1)
    assert REV_1 in said
    assert f"{ONE} " not in said


def test_a_second_revision_replaces_the_first_and_each_is_said_once(home: Path) -> None:
    bring(home, APRIL, revision(REV_1), matched=(REV_1,))
    bring(home, APRIL + 50, revision(REV_2), matched=(REV_2,))
    assert events(home, "superseded") == [("superseded", REV_1)]
    assert events(home, "superseded", case_id=REV_1) == [("superseded", REV_2)]


def test_an_addendum_to_a_revision_belongs_to_the_revision(home: Path) -> None:
    bring(home, APRIL, revision(REV_1), matched=(REV_1,))
    bring(home, APRIL + 1, addendum(f"{REV_1}/Add.1"))
    assert events(home, "amended") == []
    assert events(home, "amended", case_id=REV_1) == [("amended", "")]
