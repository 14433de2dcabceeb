"""The marts: what each row says, held to what the sample says and to the words that the program itself prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pytest
from warehouse_sample import (
    ADDRESS,
    EXCHANGE,
    exporter,
    line,
    load,
    match,
    notification,
    observed,
    register,
    store,
)

from pipeline.case_state import CAUSES_ZH, COMMENT_ZH, CONCLUSIONS_ZH, STAGES_ZH
from pipeline.cli.case_words import LEVELS_ZH
from pipeline.clock_limits import write_limits
from pipeline.home import Home
from pipeline.sla import MilestoneState
from pipeline.steps.open_cases import load_timing
from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import open_writer
from warehouse.judgements import Judgement, record_judgements
from warehouse.ledger import begin_run, record_issues
from warehouse.publish import publish
from warehouse.records import Evidence, Issue, Level, NotificationKind, Relation, Severity

START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
PUBLISHED = START + timedelta(days=20, hours=10)  # 31 March, two in the morning at the office
ONE, JOINT, ADD, OWN, OLD = (
    "G/TBT/N/ATL/1", "G/TBT/N/ARE/7", "G/TBT/N/ATL/1/Add.1", "G/TBT/N/CHN/1", "G/SPS/N/USA/5",
)  # fmt: skip
LAMP, CABLE = (
    line("E1", "台灯"),
    line("E2", "电缆", hs_code="854449", market_codes=("EU", "DEU", "ARE"), annual_export_cny_10k=320.5),
)
Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of five notifications, two firms, one case that was answered late, and one officer's no."""
    folder = tmp_path_factory.mktemp("marts")
    timing = load_timing(Home(folder))
    with open_writer(folder / "warehouse.duckdb") as con:
        begin_run(
            con, run_id="r1", step="import", source="platform", arguments={"file": "a.xlsx"}, version="0", now=START
        )
        register(con, START, exporter("E1", "台灯"), exporter("E2", lines=(CABLE,)))
        load(
            con, folder, START, notification(ONE),
            notification(
                JOINT, symbols=(JOINT, "G/TBT/N/KWT/8"), member_names=("UAE", "Kuwait"), member_codes=("ARE", "KWT"),
                hs_codes=("854449", "8544", "940510"), ics_codes=("31.260",), distribution_date=date(2026, 3, 2),
                adoption_text="to be determined", comment_deadline=date(2026, 4, 2),
            ),
            notification(OWN, member_codes=("CHN",), member_names=("China",)),
        )  # fmt: skip
        old = notification(
            OLD, area="SPS", member_codes=("USA",), hs_codes=(), distribution_date=None, comment_deadline=None
        )
        load(con, folder, START, observed(old), source=EXCHANGE)
        issue = Issue(code="hs-code-malformed", severity=Severity.WARNING, message="税号有误", subject=ONE)
        record_issues(con, [issue], source="platform", run_id="r1", now=START)
        # half an hour before the office's midnight, and half an hour after
        seen = Issue(code="symbol-malformed", severity=Severity.WARNING, message="通报号有误", subject=ONE)
        for now in (START.replace(hour=15, minute=30), START.replace(hour=16, minute=30)):
            record_issues(con, [seen], source="platform", run_id="r1", now=now)
        lamp = match(ONE, LAMP, evidence=(
            Evidence(kind="hs", detail="同一品目", value=1.0, notification_text="9405"),
            Evidence(kind="concept", detail="同为灯具", value=0.8, notification_text="Lamps"),
            Evidence(kind="semantic", detail="语义相近", value=0.5, notification_text="Draft rule on lamps"),
        ))  # fmt: skip
        store(con, START, lamp, match(JOINT, CABLE, level=Level.WATCH, relation=Relation.INDIRECT), match(JOINT, LAMP))
        open_cases(con, policy_version=timing.in_force.version, backfill_days=400, now=START)
        no = Judgement(
            notification_id=JOINT, line_id=LAMP.line_id, relation=Relation.NONE, reason="不是", judged_by="甲"
        )
        record_judgements(con, [no], now=START + timedelta(hours=30))
        for kind, hours, code in (
            ("judged", 30, ""),
            ("explained", 31, "judged:system"),
            ("notified", 40, ""),
            ("advised", 60, ""),
        ):
            when = START + timedelta(hours=hours)
            append_event(con, ONE, CaseEvent(kind=kind, occurred_at=when, code=code, actor="甲"), now=when)
        later = START + timedelta(days=5)
        addendum = notification(
            ADD, kind=NotificationKind.ADDENDUM, distribution_date=date(2026, 3, 12), comment_deadline=date(2026, 6, 3)
        )
        load(con, folder, later, notification(ONE, title="Draft rule on lamps and fittings"), addendum)
        open_cases(con, policy_version=timing.in_force.version, backfill_days=400, now=later)
        write_limits(con, timing)
        path = publish(con, folder / "publish", firm_names=False, keep=1, version="0", now=PUBLISHED).path
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        yield con


def rows(copy: duckdb.DuckDBPyConnection, query: str, **parameters: object) -> Rows:
    return copy.execute(query, parameters or None).fetchall()


def marts(copy: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in rows(copy, "SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart' ORDER BY 1")]


def test_every_mart_and_column_says_what_it_is(copy: duckdb.DuckDBPyConnection) -> None:
    assert len(marts(copy)) > 20
    bare = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'mart' AND coalesce(comment, '') = ''"
    assert rows(copy, bare) == []
    columns = (
        "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'mart' AND coalesce(comment, '') = ''"
    )
    assert rows(copy, columns) == []
    macros = (
        "SELECT function_name FROM duckdb_functions() "
        "WHERE schema_name = 'mart' AND NOT internal AND coalesce(comment, '') = ''"
    )
    assert rows(copy, macros) == []


def test_no_mart_names_a_firm_an_officer_or_an_address(copy: duckdb.DuckDBPyConnection) -> None:
    for name in marts(copy):
        text = str(rows(copy, f"FROM mart.{name}"))
        for word in (ADDRESS, exporter("E1").name, exporter("E2").name, "91420100MA00000000", "'甲'"):
            assert word not in text, name


def test_the_words_are_the_words_of_the_program(copy: duckdb.DuckDBPyConnection) -> None:
    words: dict[str, dict[str, str]] = {}
    for field, code, name in rows(copy, "SELECT field, code, name_zh FROM mart.vocabulary"):
        words.setdefault(field, {})[code] = name
    assert words["stage"] == {stage.value: name for stage, name in STAGES_ZH.items()}
    assert words["cause"] == dict(CAUSES_ZH)
    assert words["conclusion"] == dict(CONCLUSIONS_ZH)
    assert words["comment_decision"] == dict(COMMENT_ZH)
    assert words["match_level"] == LEVELS_ZH
    assert set(words["clock_state"]) == {state.value for state in MilestoneState}
    assert set(words["relation"]) == {relation.value for relation in Relation}
    assert set(words["severity"]) == {severity.value for severity in Severity}
    changed = {row[0] for row in rows(copy, "SELECT DISTINCT field_name FROM main.notification_changes")}
    stated = {
        row[0] for row in rows(copy, "SELECT column_name FROM duckdb_columns() WHERE table_name = 'notifications'")
    }
    assert changed <= set(words["field_name"]) <= stated


def test_a_notification_stands_in_one_row_with_its_days_counted_at_the_office(copy: duckdb.DuckDBPyConnection) -> None:
    assert rows(copy, "SELECT count(*), count(DISTINCT notification_id) FROM mart.notifications") == [(5, 5)]
    assert rows(
        copy,
        "SELECT symbol, symbols_text, n_symbols, is_joint, members_text, members_zh, kind_zh, comment_days, days_left, "
        "days_to_first_seen, hs2, has_ics, match_level, match_level_zh, n_firms, n_lines FROM mart.notifications "
        "WHERE notification_id = $id",
        id=JOINT,
    ) == [
        (
            JOINT, f"{JOINT}、G/TBT/N/KWT/8", 2, True, "ARE、KWT", "阿联酋、科威特", "常规通报", 31, 2, 8, ["85", "94"],
            True, "watch", "关注", 1, 1,
        )
    ]  # fmt: skip
    query = "SELECT amends, case_id, first_seen_on FROM mart.notifications WHERE notification_id = $id"
    assert rows(copy, query, id=ADD) == [(ONE, ONE, date(2026, 3, 15))]
    undated = (
        "SELECT comment_days, days_left, days_to_first_seen, match_level FROM mart.notifications WHERE area = 'SPS'"
    )
    assert rows(copy, undated) == [(None, None, None, "none")]


def test_products_carry_names_and_end_uses_and_the_words_that_were_read(copy: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        copy,
        "SELECT system, code, hs2, hs4, hs6, name_zh <> '', end_use FROM mart.notification_products "
        "WHERE notification_id = $id ORDER BY system DESC, code",
        id=ONE,
    )
    assert [row[:6] for row in found] == [
        ("concept", "lamps", None, None, None, False),
        ("ICS", "29.140", None, None, None, True),
        ("HS", "9405", "94", "9405", None, True),
    ]
    assert found[2][6]
    assert found[0][6] == found[1][6] == ""
    joint = "SELECT code FROM mart.notification_products WHERE notification_id = $id AND system = 'HS' ORDER BY ALL"
    assert rows(copy, joint, id=JOINT) == [("8544",), ("854449",), ("940510",)]


def test_deadlines_are_dates_or_words_and_an_addendum_gives_more_time(copy: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        copy,
        "SELECT symbol, deadline_kind, due_date, due_text, days_left, is_open, is_superseded FROM mart.deadlines "
        "WHERE symbol <> $own ORDER BY ALL",
        own=OWN,
    )
    assert found == [
        (JOINT, "adoption", None, "to be determined", None, False, False),
        (JOINT, "comment", date(2026, 4, 2), "", 2, True, False),
        (ONE, "comment", date(2026, 5, 4), "", 34, True, True),
        (ADD, "comment", date(2026, 6, 3), "", 64, True, False),
    ]


def test_a_case_has_its_second_clock_and_its_first_stays_in_the_response_times(copy: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT round, stage, is_late, is_answered, next_step, comment_deadline, n_notifications, n_firms, "
        "chains_text, exposed_cny_10k FROM mart.cases WHERE case_id = $id"
    )
    assert rows(copy, query, id=ONE) == [(2, "advised", True, False, "judged", date(2026, 6, 3), 2, 1, "光电子", None)]
    steps = (
        "SELECT round, step, hours, state, cause_zh FROM mart.response_times WHERE case_id = $id ORDER BY round, due_at"
    )
    assert rows(copy, steps, id=ONE) == [
        (1, "judged", 30.0, "met-late", "系统故障"),
        (1, "notified", 40.0, "met", ""),
        (1, "advised", 60.0, "met", ""),
        (2, "judged", None, "overdue", ""),
        (2, "notified", None, "overdue", ""),
        (2, "advised", None, "overdue", ""),
    ]
    exposed = "SELECT exposed_cny_10k, is_direct, match_level FROM mart.cases WHERE case_id = $id"
    assert rows(copy, exposed, id=JOINT) == [(320.5, False, "watch")]


def test_a_pair_shows_the_officers_answer_beside_the_machines(copy: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT relation, match_level, is_raised, verdict, is_judged_here, machine_relation, machine_match_level "
        "FROM mart.matches WHERE notification_id = $id AND line_id = $line"
    )
    assert rows(copy, query, id=JOINT, line=LAMP.line_id) == [
        ("none", "none", False, "rejected", True, "direct", "warning")
    ]
    words = (
        "SELECT evidence_text, quotes_text, evidence_kinds, n_evidence FROM mart.matches WHERE notification_id = $id"
    )
    assert rows(copy, words, id=ONE) == [("同一品目\n同为灯具\n语义相近", "9405、Lamps", "concept、hs、semantic", 3)]


def test_exposure_counts_a_line_once_and_marks_the_union_beside_its_state(copy: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT market_code, is_market_group, n_markets, market_row, n_measures, n_direct, highest_level, "
        "n_open_deadlines FROM mart.exposure WHERE exporter_id = 'E2' ORDER BY market_code"
    )
    assert rows(copy, query) == [
        ("ARE", False, 2, 1, 1, 0, "watch", 1),
        ("DEU", False, 2, 2, 0, 0, "none", 0),
        ("EU", True, 2, 3, 0, 0, "none", 0),
    ]
    total = "SELECT sum(annual_export_cny_10k) FILTER (market_row = 1) FROM mart.exposure"
    assert rows(copy, total) == rows(copy, "SELECT sum(annual_export_cny_10k) FROM main.product_lines") == [(320.5,)]
    # over chosen markets: a line once, whichever of them comes first in it
    some = (
        "SELECT sum(annual_export_cny_10k) FROM ("
        "SELECT DISTINCT line_id, annual_export_cny_10k FROM mart.exposure WHERE market_code IN ('DEU', 'EU'))"
    )
    assert rows(copy, some) == [(320.5,)]


def test_members_chapters_and_months_follow_the_bulletins_rule(copy: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT member_code, hs2, month, n_symbols, n_measures, n_tbt, n_raised FROM mart.member_chapter_month "
    march = date(2026, 3, 1)
    assert rows(copy, query + "ORDER BY ALL") == [
        ("ARE", "85", march, 1, 1, 1, 1),
        ("ARE", "94", march, 1, 1, 1, 1),
        ("ATL", "94", march, 2, 2, 2, 1),
        ("KWT", "85", march, 1, 1, 1, 1),
        ("KWT", "94", march, 1, 1, 1, 1),
    ]
    counted = "SELECT count(*), count(DISTINCT measure) FROM mart.bulletin_notifications WHERE report_month = '2026-03'"
    assert rows(copy, counted) == [(4, 3)]


def test_what_was_amended_and_what_was_changed(copy: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT symbol, kind, amends_symbol, moved_days, restarted_clock FROM mart.corrections"
    assert rows(copy, query) == [(ADD, "addendum", ONE, 30, True)]
    changes = "SELECT symbol, field_name, field_zh, old_value, new_value, changed_on FROM mart.field_changes"
    assert rows(copy, changes) == [
        (ONE, "title", "标题", "Draft rule on lamps", "Draft rule on lamps and fittings", date(2026, 3, 15))
    ]


def test_sources_and_issues(copy: duckdb.DuckDBPyConnection) -> None:
    query = (
        "SELECT source, n_records, n_versions, n_notifications, n_new_30_days, n_issues, n_warning_issues, n_runs, "
        "last_outcome, hours_since_last FROM mart.source_health ORDER BY source"
    )
    assert rows(copy, query) == [
        ("exchange", 1, 1, 1, 1, 0, 0, 0, "", 490.0),
        ("platform", 4, 5, 4, 4, 2, 2, 1, "running", 370.0),
    ]
    issues = "SELECT code, severity_zh, source_title, step, symbol FROM mart.issues"
    assert rows(copy, issues + " ORDER BY code") == [
        ("hs-code-malformed", "警告", "平台", "import", ONE),
        ("symbol-malformed", "警告", "平台", "import", ONE),
    ]
    assert rows(copy, "SELECT days_known FROM mart.issues ORDER BY code") == [(0,), (1,)]


def test_every_mart_says_the_same_in_every_zone(copy: duckdb.DuckDBPyConnection) -> None:
    for name in marts(copy):
        said = {}
        for zone in ("UTC", "Asia/Shanghai", "America/New_York"):
            copy.execute(f"SET TimeZone = '{zone}'")
            said[zone] = Counter(str(astimezone(row)) for row in rows(copy, f"FROM mart.{name}"))
        copy.execute("SET TimeZone = 'UTC'")
        assert said["UTC"] == said["Asia/Shanghai"] == said["America/New_York"], name


def astimezone(row: tuple[Any, ...]) -> list[Any]:
    return [each.astimezone(UTC) if isinstance(each, datetime) else each for each in row]


def test_a_code_without_an_english_name_has_none_of_another_code(copy: duckdb.DuckDBPyConnection) -> None:
    named = {
        code: (zh, en) for code, zh, en in rows(copy, "SELECT ics_code, name_zh, name_en FROM main.ref_ics_fields")
    }
    assert named["31.260"][0]
    assert not named["31.260"][1]
    query = "SELECT name_zh, name_en FROM mart.notification_products WHERE code = '31.260'"
    assert rows(copy, query) == [named["31.260"]]
