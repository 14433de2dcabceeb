"""Each data check fires on a damaged row, is silent on good data, and stops what its severity says."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_sample import (
    exporter,
    finish,
    line,
    load,
    match,
    new_alert,
    notification,
    observed,
    queue,
    register,
    store,
)

from pipeline.clock_limits import write_limits
from pipeline.home import Home
from pipeline.steps.open_cases import load_timing
from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.check import Finding, require_sound, run_checks, severity_of
from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.judgements import Judgement, record_judgements
from warehouse.records import Notification, NotificationKind, Relation, Severity
from warehouse.sqlfiles import sql, sql_names
from warehouse.translations import NewTranslation, TitleKind, record_translations

DAY = timedelta(days=1)
ONE, TWO = "G/TBT/N/JPN/1", "G/TBT/N/JPN/2"
LINE = line().line_id
TIMING = load_timing(Home(Path("no-such-home")))
# what damages the sound warehouse so that this one check fires
DAMAGE = {
    "alert_without_case": "UPDATE alerts SET case_id = 'gone'",
    "case_notification_vanished": "INSERT INTO case_notifications VALUES ('G/TBT/N/JPN/1', 'gone')",
    "case_without_notification": (
        "INSERT INTO cases VALUES ('empty', $now, false, 'p', $now);"
        "INSERT INTO case_limits SELECT * REPLACE ('empty' AS case_id, $now AS started_at) FROM case_limits"
    ),
    "chinese_title_without_notification": (
        "INSERT INTO raw_titles VALUES ('platform', 'k', 'h', '{}', 'G/TBT/N/JPN/404', '题名', NULL, '', "
        "(SELECT any_value(run_id) FROM runs), 1, $now, $now, 9)"
    ),
    "event_before_clock": (
        "INSERT INTO case_events "
        "VALUES ('e', 'G/TBT/N/JPN/1', 'judged', '', $now::TIMESTAMPTZ - INTERVAL 1 DAY, $now, '', '')"
    ),
    "event_without_case": "INSERT INTO case_events VALUES ('e', 'gone', 'noted', '', $now, $now, '', '')",
    "evidence_without_match": (
        "INSERT INTO match_evidence SELECT 'G/TBT/N/JPN/2', line_id, 1, 'hs', '', '', '', 1.0 FROM product_lines"
    ),
    "export_amount_negative": "UPDATE product_lines SET annual_export_cny_10k = -1",
    "hs_code_malformed": "UPDATE notifications SET hs_codes = ['77'] WHERE notification_id = 'G/TBT/N/JPN/2'",
    "ics_code_malformed": "UPDATE notifications SET ics_codes = ['29.14'] WHERE notification_id = 'G/TBT/N/JPN/2'",
    "issue_in_force_twice": (
        "INSERT INTO bulletin_issues SELECT n, '2026-02', 2026, n, $now, '', '', '', '', '', '', '', '', '' "
        "FROM (VALUES (1), (2)) AS issues (n)"
    ),
    "judgement_without_notification": "UPDATE judgements SET notification_id = 'gone'",
    "judgement_without_product_line": "UPDATE judgements SET line_id = 'gone'",
    "limits_missing": "DELETE FROM case_limits",
    "list_value_twice": "UPDATE notifications SET hs_codes = ['9405', '9405'] WHERE notification_id = 'G/TBT/N/JPN/2'",
    "mail_state_contradictory": "UPDATE mails SET accepted_at = NULL",
    "mail_without_exporter": "UPDATE mails SET exporter_id = 'gone'",
    "match_without_evidence": "DELETE FROM match_evidence",
    "match_without_notification": (
        "UPDATE matches SET notification_id = 'gone', match_level = 'none';DELETE FROM match_evidence"
    ),
    "match_without_product_line": (
        "UPDATE matches SET line_id = 'gone', match_level = 'none';DELETE FROM match_evidence"
    ),
    "notification_without_version": (
        "INSERT INTO notifications BY NAME "
        "(SELECT * REPLACE ('invented' AS notification_id, [] AS symbols) FROM notifications LIMIT 1)"
    ),
    "product_line_without_exporter": "UPDATE product_lines SET exporter_id = 'gone'",
    "symbols_differ": "DELETE FROM notification_symbols WHERE notification_id = 'G/TBT/N/JPN/2'",
    "translation_without_notification": "UPDATE title_translations SET notification_id = 'gone'",
    "turn_differs": "DELETE FROM notification_turns WHERE source_key = 'G/TBT/N/JPN/1'",
    "version_count_differs": "UPDATE notifications SET n_versions = 7 WHERE notification_id = 'G/TBT/N/JPN/2'",
    "version_out_of_order": (
        "UPDATE raw_notifications SET last_seen_at = first_seen_at - INTERVAL 1 DAY "
        "WHERE notification_id = 'G/TBT/N/JPN/2'"
    ),
    "version_without_notification": (
        "DELETE FROM notification_symbols WHERE notification_id = 'G/TBT/N/JPN/2';"
        "DELETE FROM notifications WHERE notification_id = 'G/TBT/N/JPN/2'"
    ),
    "version_without_run": "UPDATE raw_notifications SET run_id = 'gone' WHERE notification_id = 'G/TBT/N/JPN/2'",
    "version_without_source": "DELETE FROM sources",
    "vocabulary_unknown": "UPDATE notifications SET kind = 'novelty' WHERE notification_id = 'G/TBT/N/JPN/2'",
}


def enter_runs(con: Connection) -> None:
    """Write down the runs that brought what is there, as a real step does before it loads."""
    con.execute(
        "INSERT INTO runs BY NAME SELECT DISTINCT run_id, 'import-notifications' AS step, '{}' AS arguments, "
        "'0' AS tool_version, first_seen_at AS started_at, 'done' AS outcome, '{}' AS counts FROM raw_notifications "
        "WHERE run_id NOT IN (SELECT run_id FROM runs)"
    )


def japanese(symbol: str = ONE, **fields: Any) -> Notification:
    """A notification of a member that the reference list knows."""
    return notification(symbol, **{"member_names": ("Japan",), "member_codes": ("JPN",), **fields})


# what a source or the firms' list may well show: brought in the ordinary way
LOADED = {
    "deadline_before_distribution": japanese("G/TBT/N/JPN/8", comment_deadline=date(2026, 3, 1)),
    "deadline_far_off": japanese("G/TBT/N/JPN/8", comment_deadline=date(2036, 3, 6)),
    "deadline_only_in_words": japanese("G/TBT/N/JPN/8", comment_deadline=None, comment_deadline_text="60 days"),
    "distribution_implausible": japanese("G/TBT/N/JPN/8", distribution_date=date(2026, 3, 12)),
    "distribution_missing": japanese("G/TBT/N/JPN/8", distribution_date=None),
    "hs_code_odd": japanese("G/TBT/N/JPN/8", hs_codes=("84362",)),
    "member_code_unknown": notification("G/TBT/N/ATL/8"),
    "member_unknown": japanese("G/TBT/N/JPN/8", member_codes=(), member_names=("Lemuria?",)),
    "objective_unknown": japanese("G/TBT/N/JPN/8", objectives=("Peace of mind (TBT)",)),
    "same_symbol_twice": japanese("JPN-0001", symbols=(ONE,)),
    "title_missing": japanese("G/TBT/N/JPN/8", title=" "),
}
REGISTERED = {"market_code_unknown": line(market_codes=("JPN", "ATL"))}


def open_timed_cases(con: Connection, now: datetime) -> None:
    """Open what has to be opened, and write its limits down as a publication does before it checks."""
    open_cases(con, policy_version=TIMING.in_force.version, backfill_days=30, now=now)
    write_limits(con, TIMING)


@pytest.fixture
def sound(warehouse: Connection, tmp_path: Path, now: datetime) -> Connection:
    """A warehouse with a bit of everything and nothing wrong."""
    late = japanese(f"{ONE}/Add.1", comment_deadline=None)
    load(warehouse, tmp_path, now, japanese(), late, observed(japanese(TWO), key="k"))
    enter_runs(warehouse)
    register(warehouse, now, exporter(lines=(line(market_codes=("JPN", "EU"), annual_export_cny_10k=120.0),)))
    store(warehouse, now, match(ONE))
    open_timed_cases(warehouse, now)
    mail_id = queue(warehouse, now, new_alert(case_id=ONE))
    finish(warehouse, mail_id, "accepted", now)
    decided = Judgement(notification_id=ONE, line_id=LINE, relation=Relation.DIRECT, reason="", judged_by="甲")
    record_judgements(warehouse, [decided], now=now)
    words = NewTranslation(notification_id=ONE, title_zh="灯具法规草案", kind=TitleKind.OFFICER, translator="甲")
    record_translations(warehouse, [words], [japanese()], now=now)
    return warehouse


def found(con: Connection) -> dict[str, Finding]:
    return {finding.name: finding for finding in run_checks(con, at_publication=True)}


def test_good_data_gives_no_finding(sound: Connection) -> None:
    assert run_checks(sound, at_publication=True) == ()


def test_every_check_has_its_proof() -> None:
    assert {name.removeprefix("checks/") for name in sql_names("checks")} == {*DAMAGE, *LOADED, *REGISTERED}


@pytest.mark.parametrize("name", sql_names("checks"))
def test_every_check_says_how_severe_it_is_and_what_is_wrong(name: str) -> None:
    assert severity_of(sql(name)) in Severity
    assert re.search(r"[\u4e00-\u9fff]", sql(name).split("\n", 1)[0])


@pytest.mark.parametrize("head", ["-- 有误", "-- 有误\nSELECT 1", "-- 有误\n-- severity: grave", "-- severity: error"])
def test_a_check_without_a_known_severity_is_refused(head: str) -> None:
    with pytest.raises(ValueError, match=r"severity|grave"):
        severity_of(head)


@pytest.mark.parametrize("name", sorted(DAMAGE))
def test_a_check_fires_on_a_damaged_row(sound: Connection, now: datetime, name: str) -> None:
    for statement in DAMAGE[name].split(";"):
        sound.execute(statement, {"now": now} if "$now" in statement else {})
    finding = found(sound)[name]
    assert finding.n_rows > 0
    assert finding.sample
    assert set(found(sound)) == {name}


@pytest.mark.parametrize("name", sorted(LOADED))
def test_a_check_fires_on_a_doubtful_notification(sound: Connection, tmp_path: Path, now: datetime, name: str) -> None:
    load(sound, tmp_path, now, LOADED[name])
    enter_runs(sound)
    assert [(finding.name, finding.n_rows) for finding in run_checks(sound)] == [(name, 1)]
    assert found(sound)[name].severity is not Severity.ERROR  # a source's mistake stops nobody's work


@pytest.mark.parametrize("name", sorted(REGISTERED))
def test_a_check_fires_on_a_doubtful_line_of_the_list(sound: Connection, now: datetime, name: str) -> None:
    register(sound, now + DAY, exporter(lines=(REGISTERED[name],)))
    assert [(finding.name, finding.n_rows) for finding in run_checks(sound)] == [(name, 1)]
    assert found(sound)[name].severity is not Severity.ERROR


def test_errors_come_first_and_milder_findings_can_be_left_out(
    sound: Connection, tmp_path: Path, now: datetime
) -> None:
    load(sound, tmp_path, now, LOADED["distribution_missing"], japanese("G/TBT/N/JPN/9", member_codes=()))
    enter_runs(sound)
    sound.execute("UPDATE alerts SET case_id = 'gone'")
    names = ["alert_without_case", "member_unknown", "distribution_missing"]
    assert [finding.name for finding in run_checks(sound)] == names
    assert [finding.name for finding in run_checks(sound, least=Severity.WARNING)] == names[:2]
    assert [finding.name for finding in run_checks(sound, least=Severity.ERROR)] == names[:1]


def test_only_errors_stop_publication_and_are_named(sound: Connection, tmp_path: Path, now: datetime) -> None:
    load(sound, tmp_path, now, LOADED["distribution_missing"], japanese("G/TBT/N/JPN/9", member_codes=()))
    enter_runs(sound)
    warned = require_sound(sound)
    assert [finding.name for finding in warned] == ["member_unknown"]
    sound.execute("UPDATE product_lines SET annual_export_cny_10k = -7")
    with pytest.raises(StageError, match=r"未发布：产品年出口额为负数（1条，如.*-7\.0）"):
        require_sound(sound)


def test_an_alert_without_its_mail_is_found_too(sound: Connection) -> None:
    sound.execute("DELETE FROM mails")
    assert [(finding.name, finding.n_rows) for finding in run_checks(sound)] == [("alert_without_case", 1)]


def test_a_mail_that_came_back_and_is_tried_again_is_no_contradiction(sound: Connection, now: datetime) -> None:
    sound.execute("UPDATE mails SET state = 'retry', next_attempt_at = $now", {"now": now + DAY})
    assert run_checks(sound) == ()
    sound.execute("UPDATE mails SET state = 'queued'")
    assert set(found(sound)) == {"mail_state_contradictory"}


def test_an_addendum_may_state_an_earlier_deadline(sound: Connection, tmp_path: Path, now: datetime) -> None:
    past = japanese(f"{ONE}/Add.2", kind=NotificationKind.ADDENDUM, comment_deadline=date(2026, 1, 1))
    load(sound, tmp_path, now, past)
    enter_runs(sound)
    assert run_checks(sound) == ()


def test_an_objective_is_known_in_any_writing(sound: Connection, tmp_path: Path, now: datetime) -> None:
    written = ("Animal health", "protection of human  health\u00a0or safety (TBT)", "Plant Protection (SPS)")
    load(sound, tmp_path, now, japanese("G/TBT/N/JPN/8", objectives=written))
    enter_runs(sound)
    assert run_checks(sound) == ()


def test_a_case_whose_notification_got_another_id_is_shown(sound: Connection, tmp_path: Path, now: datetime) -> None:
    store(sound, now, match(TWO))
    open_timed_cases(sound, now)
    load(sound, tmp_path, now + DAY, observed(japanese("G/TBT/N/JPN/3"), key="k"))
    enter_runs(sound)
    assert set(found(sound)) == {"case_notification_vanished"}


def test_a_notification_that_moved_leaves_no_damage(sound: Connection, tmp_path: Path, now: datetime) -> None:
    load(sound, tmp_path, now + DAY, observed(japanese("G/TBT/N/JPN/3"), key="k"))
    load(sound, tmp_path, now + 2 * DAY, observed(japanese(TWO), key="k"))
    enter_runs(sound)
    assert run_checks(sound) == ()


def test_a_case_without_limits_stops_only_a_publication_which_has_just_written_them(
    sound: Connection, now: datetime
) -> None:
    later = now + DAY
    append_event(sound, ONE, CaseEvent(kind="restarted", occurred_at=later, actor="甲", code=ONE), now=later)
    assert run_checks(sound) == ()
    with pytest.raises(StageError, match="案件没有办理时限"):
        require_sound(sound)
    write_limits(sound, TIMING)
    assert require_sound(sound) == ()


def test_the_last_turn_of_a_record_is_the_version_that_holds(sound: Connection, tmp_path: Path, now: datetime) -> None:
    for day, title in enumerate(["second", "Draft rule on lamps"], start=1):
        load(sound, tmp_path, now + day * DAY, japanese(title=title))
        enter_runs(sound)
        assert run_checks(sound) == ()
    sound.execute("DELETE FROM notification_turns WHERE turn = 3")
    assert set(found(sound)) == {"turn_differs"}


@pytest.mark.parametrize(
    ("codes", "wrong"),
    [
        ("['9405', '00', '940510']", "00"), ("['8507', '']", ""), ("['8507', '9']", "9"),
        ("['12345678901']", "12345678901"), ("['8507.60']", "8507.60"), ("['85,07']", "85,07"), ("['7701']", "7701"),
    ],
)  # fmt: skip
def test_a_malformed_code_is_named_among_good_ones(sound: Connection, codes: str, wrong: str) -> None:
    sound.execute(f"UPDATE notifications SET hs_codes = {codes} WHERE notification_id = $id", {"id": TWO})  # noqa: S608
    assert found(sound)["hs_code_malformed"].sample == f"{TWO}，{wrong}"
    assert found(sound)["hs_code_malformed"].n_rows == 1


@pytest.mark.parametrize("column", ["symbols", "member_codes", "hs_codes", "ics_codes"])
def test_a_value_that_stands_twice_in_any_list_is_found(sound: Connection, column: str) -> None:
    sound.execute(
        f"UPDATE notifications SET {column} = list_concat({column}, ['29.140', {column}[1]]) "  # noqa: S608
        "WHERE notification_id = $id",
        {"id": TWO},
    )
    assert found(sound)["list_value_twice"].n_rows == 1


def test_titles_of_nothing_but_space_are_missing_in_any_width(sound: Connection) -> None:
    for title in ("", "  ", "\t"):
        sound.execute(
            "UPDATE notifications SET title = $title WHERE notification_id = $id", {"title": title, "id": TWO}
        )
        assert ("title_missing" in found(sound)) == (title.strip(" ") == "")
