"""`tbtwatch case notify`: who was told by telephone, firm by firm or all at once, and when 企业告知 is met by it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from case_office import BY, HOUR, ONE, START, TWO, WARNING, hours, now_stands, refused, rows, written
from warehouse_sample import finish, new_alert, queue

from pipeline.acts import Act
from pipeline.case_state import Stage
from pipeline.sla import MilestoneState
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.open_cases import TimedCase, update_cases
from warehouse.cases import derive_events
from warehouse.connection import open_writer


@pytest.fixture(scope="module")
def judged(four_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first case confirmed as a warning at hour 5: it is raised to E1 and E2. Never changed but for refusals."""
    home = Path(shutil.copytree(four_cases, tmp_path_factory.mktemp("judged") / "home"))
    conclude_case(hours(home, 5), ONE, WARNING)
    return home


@pytest.fixture
def home(judged: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(judged, tmp_path / "home"))


def notify(cli: Any, home: Path, n: float, *options: str, case_id: str = ONE) -> Any:
    when = f"{START + n * HOUR:%Y-%m-%dT%H:%M:%S%z}"
    return cli("--json", "--home", home, "--now", when, "case", "notify", case_id, *options)


def met(timed: TimedCase) -> tuple[MilestoneState, float | None]:
    """How 企业告知 stands, and at what hour it was met."""
    [reading] = [r for r in timed.clock.readings if r.milestone.event == "notified"]
    return reading.state, None if reading.met_at is None else (reading.met_at - START) / HOUR


def told(home: Path) -> list[tuple[str, str, str]]:
    """(kind, firm, actor) of what the log says of the telling."""
    return rows(
        home,
        "SELECT kind, code, actor FROM case_events WHERE case_id = ? AND kind IN ('told', 'notified', 'undelivered') "
        "ORDER BY occurred_at, kind DESC",
        ONE,
    )


def by_phone(firm: str, *, actor: str = BY, detail: str = "电话告知联络员") -> Act:
    return Act(kind="told", code=firm, actor=actor, detail=detail)


def test_firm_by_firm_it_is_met_by_the_last(cli: Any, home: Path) -> None:
    done = notify(cli, home, 6, "--firm", "E1", "--text", "电话告知关务经理", "--by", BY)
    assert (done.code, done.data["event"], done.data["stage"]) == (0, "told", "judged")
    assert [m["met_at"] for m in done.data["milestones"] if m["event"] == "notified"] == [None]
    assert told(home) == [("told", "E1", BY)]
    done = notify(cli, home, 8, "--firm", " E2 ", "--text", "当面告知", "--by", BY)
    assert (done.code, done.data["event"], done.data["stage"]) == (0, "told", "notified")
    assert told(home) == [("told", "E1", BY), ("told", "E2", BY), ("notified", "", "machine")]
    assert met(now_stands(home, START + 9 * HOUR)) == (MilestoneState.MET, 8)


def test_without_a_firm_it_is_all_of_them(cli: Any, home: Path) -> None:
    done = notify(cli, home, 6, "--text", "逐家电话告知", "--by", BY)
    assert (done.code, done.data["event"], done.data["stage"]) == (0, "notified", "notified")
    assert told(home) == [("notified", "", BY)]
    assert met(now_stands(home, START + 9 * HOUR)) == (MilestoneState.MET, 6)


def test_a_mail_to_one_and_a_call_to_the_other(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        finish(con, queue(con, START + 6 * HOUR, new_alert("E1")), "accepted", START + 6 * HOUR)
        derive_events(con, now=START + 6 * HOUR)
    assert met(now_stands(home, START + 7 * HOUR)) == (MilestoneState.RUNNING, None)
    _, timed = act_on_case(hours(home, 10), ONE, by_phone("E2"))
    assert met(timed) == (MilestoneState.MET, 10)
    assert timed.state.stage is Stage.NOTIFIED


def test_the_same_call_is_written_once_and_a_second_call_changes_nothing(home: Path) -> None:
    for _ in range(2):
        act_on_case(hours(home, 6), ONE, by_phone("E1"))
    act_on_case(hours(home, 7), ONE, by_phone("E2"))
    act_on_case(hours(home, 30), ONE, by_phone("E2", detail="再次电话"))
    assert [code for kind, code, _ in told(home) if kind == "told"] == ["E1", "E2", "E2"]
    assert met(now_stands(home, START + 31 * HOUR)) == (MilestoneState.MET, 7)
    before = written(home)
    update_cases(hours(home, 32))
    assert written(home) == before


def test_what_was_said_of_one_case_is_not_said_of_another(home: Path) -> None:
    act_on_case(hours(home, 6), TWO, by_phone("E1"))
    assert met(now_stands(home, START + 7 * HOUR, TWO)) == (MilestoneState.MET, 6)
    assert told(home) == []


def test_the_last_firm_told_late_needs_a_cause(home: Path) -> None:
    act_on_case(hours(home, 6), ONE, by_phone("E1"))
    error = refused(home, 50, by_phone("E2"))
    assert "须写明超时原因" in error.message
    _, timed = act_on_case(hours(home, 50), ONE, replace(by_phone("E2"), cause="contact-lost"))
    assert met(timed) == (MilestoneState.MET_LATE, 50)
    assert timed.state.causes["notified"] == "contact-lost"


def test_all_told_late_asks_for_a_cause(home: Path) -> None:
    error = refused(home, 50, Act(kind="notified", actor=BY, detail="电话"))
    assert "须写明超时原因" in error.message
    _, timed = act_on_case(hours(home, 50), ONE, Act(kind="notified", actor=BY, detail="电话", cause="contact-lost"))
    assert "notified" not in timed.unexplained


def test_a_cause_that_is_given_with_the_last_firm_is_written_down(cli: Any, home: Path) -> None:
    act_on_case(hours(home, 6), ONE, by_phone("E1"))
    options = ("--firm", "E2", "--text", "电话", "--by", BY, "--cause", "contact-lost")
    assert notify(cli, home, 50, *options).code == 0
    timed = now_stands(home, START + 51 * HOUR)
    assert timed.state.causes["notified"] == "contact-lost"


def test_a_firm_that_the_case_does_not_concern_is_refused(home: Path) -> None:
    refused(home, 6, by_phone("E2"), TWO)


def test_an_unknown_firm_is_refused_by_its_number(cli: Any, judged: Path) -> None:
    before = written(judged)
    done = notify(cli, judged, 6, "--firm", "E9", "--text", "电话", "--by", BY)
    assert (done.code, "Traceback" in done.err) == (2, False)
    assert "E9" in done.err + done.out
    assert written(judged) == before


@pytest.mark.parametrize(
    ("act", "words"), [(by_phone("E1", detail=" "), "告知情况"), (by_phone("E1", actor=""), "经办人")]
)
def test_nothing_said_and_nobody_named_are_refused(judged: Path, act: Act, words: str) -> None:
    assert words in refused(judged, 6, act).message


def test_a_closed_case_is_told_of_to_nobody(home: Path) -> None:
    act_on_case(hours(home, 6), ONE, Act(kind="closed", code="done", actor=BY, detail="已办结"))
    assert "已结案" in refused(home, 7, by_phone("E1")).message


def test_the_log_shows_who_was_told_by_whom(cli: Any, home: Path) -> None:
    act_on_case(hours(home, 6), ONE, by_phone("E1"))
    act_on_case(hours(home, 7), ONE, by_phone("E2"))
    shown = cli("--home", home, "--now", f"{START + timedelta(hours=8):%Y-%m-%dT%H:%M:%S%z}", "case", "show", ONE)
    assert shown.code == 0
    for words in ("逐企告知", "企业告知", "电话告知联络员", "已告知全部2家企业", BY):
        assert words in shown.out
