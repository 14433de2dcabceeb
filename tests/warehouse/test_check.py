"""Each data check fires on a bad row and is silent on good data."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from warehouse_sample import line, load, match, new_alert, notification, observed, queue, register, store

from warehouse.cases import open_cases
from warehouse.check import run_checks
from warehouse.connection import Connection
from warehouse.sqlfiles import sql_names

EARLY = timedelta(days=1)
DAMAGE = {
    "alert_without_case": "UPDATE alerts SET case_id = 'gone'",
    "case_without_notification": "INSERT INTO cases VALUES ('empty', $now, false, 'p', $now)",
    "event_before_clock": (
        "INSERT INTO case_events "
        "VALUES ('e', 'G/TBT/N/ATL/1', 'judged', '', $now::TIMESTAMPTZ - INTERVAL 1 DAY, $now, '', '')"
    ),
    "match_without_notification": "UPDATE matches SET notification_id = 'gone'",
    "match_without_product_line": "UPDATE matches SET line_id = 'gone'",
    "case_notification_vanished": "INSERT INTO case_notifications VALUES ('G/TBT/N/ATL/1', 'gone')",
}
LOADED = {
    "deadline_before_distribution": notification("G/TBT/N/ATL/8", comment_deadline=date(2026, 3, 1)),
    "member_unknown": notification("G/TBT/N/ATL/8", member_codes=(), member_names=("Lemuria?",)),
    "same_symbol_twice": notification("ATL-0001", symbols=("G/TBT/N/ATL/1",)),
}


@pytest.fixture
def sound(warehouse: Connection, tmp_path: Path, now: datetime) -> Connection:
    """A warehouse with a bit of everything and nothing wrong."""
    late = notification("G/TBT/N/ATL/1/Add.1", comment_deadline=None)
    load(warehouse, tmp_path, now, notification(), late, observed(notification("G/TBT/N/ATL/2"), key="k"))
    register(warehouse, now)
    store(warehouse, now, match())
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    queue(warehouse, now, new_alert())
    return warehouse


def test_good_data_gives_no_finding(sound: Connection) -> None:
    assert run_checks(sound) == ()


def test_every_check_has_its_bad_row() -> None:
    assert {name.removeprefix("checks/") for name in sql_names("checks")} == {*DAMAGE, *LOADED}


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_a_check_fires_on_a_damaged_row(sound: Connection, now: datetime, name: str) -> None:
    statement = DAMAGE[name]
    sound.execute(statement, {"now": now} if "$now" in statement else {})
    found = {finding.name: finding for finding in run_checks(sound)}
    assert set(found) == {name}
    assert found[name].n_rows == 1
    assert found[name].sample
    assert found[name].description


@pytest.mark.parametrize("name", sorted(LOADED))
def test_a_check_fires_on_a_doubtful_notification(sound: Connection, tmp_path: Path, now: datetime, name: str) -> None:
    load(sound, tmp_path, now, LOADED[name])
    assert [(finding.name, finding.n_rows) for finding in run_checks(sound)] == [(name, 1)]


def test_an_alert_without_its_mail_is_found_too(sound: Connection) -> None:
    sound.execute("DELETE FROM mails")
    assert [(finding.name, finding.n_rows) for finding in run_checks(sound)] == [("alert_without_case", 1)]


def test_an_addendum_may_state_an_earlier_deadline(sound: Connection, tmp_path: Path, now: datetime) -> None:
    past = notification("G/TBT/N/ATL/1/Add.2", kind="addendum", comment_deadline=date(2026, 1, 1))
    load(sound, tmp_path, now, past)
    assert run_checks(sound) == ()


def test_a_case_whose_notification_got_another_id_is_shown(sound: Connection, tmp_path: Path, now: datetime) -> None:
    store(sound, now, match("G/TBT/N/ATL/2", line()))
    open_cases(sound, policy_version="p", backfill_days=30, now=now)
    load(sound, tmp_path, now + EARLY, observed(notification("G/TBT/N/ATL/3"), key="k"))
    assert [finding.name for finding in run_checks(sound)] == ["case_notification_vanished"]
