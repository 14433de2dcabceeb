"""The worked questions where they were wrong once: moved deadlines, records that go back, what is no notification."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from analyst_office import ADDENDUM, DEU, EU, KEN, SPS, USA
from copy_answers import answer, picked, table
from edge_office import BACK, JOINT, LONG_AGO, MOVED, NAMELESS, PARTNER, RECALL, SOLD, TWICE

Copy = duckdb.DuckDBPyConnection
JULY, AUGUST = date(2026, 7, 10), date(2026, 8, 20)
SEPTEMBER = date(2026, 9, 1)


def rows(copy: Copy, query: str, **parameters: object) -> list[tuple[object, ...]]:
    return copy.execute(query, parameters or None).fetchall()


def test_a_firm_keeps_the_deadline_of_its_measure_when_an_addendum_that_does_not_name_it_moves_that(
    edges: Copy,
) -> None:
    columns = ("exporter_id", "n_measures", "first_deadline", "days_left", "symbols")
    # E2 is matched to EU/1 alone, E1 to the addendum too: one measure
    assert picked(answer(edges, "deadlines_by_firm", days=60), *columns) == [
        ("E3", 1, date(2026, 7, 29), 29, KEN),
        ("E1", 1, AUGUST, 51, f"{EU}、{ADDENDUM}"),
        ("E2", 1, AUGUST, 51, EU),
    ]
    assert picked(answer(edges, "deadlines_by_firm", days=50), "exporter_id") == [("E3",)]


def test_what_is_open_in_a_market_is_counted_by_measure_until_the_date_that_holds(edges: Copy) -> None:
    query = (
        "SELECT exporter_id, n_measures, n_open_deadlines, next_deadline, symbols_text FROM mart.exposure "
        "WHERE market_code = 'EU' ORDER BY exporter_id"
    )
    assert rows(edges, query) == [("E1", 2, 1, AUGUST, f"{EU}、{ADDENDUM}"), ("E2", 1, 1, AUGUST, EU)]


def test_an_addendum_moves_the_deadline_of_a_measure_that_concerns_nobody(edges: Copy) -> None:
    columns = ("symbol", "comment_deadline", "comments_until", "days_left", "deadline_moved")
    asked = answer(edges, "notifications_of_heading", member="CHL", year=2026)
    assert (MOVED, JULY, SEPTEMBER, 63, True) in picked(asked, *columns)
    assert (SOLD, JULY, JULY, 10, False) in picked(asked, *columns)
    query = (
        "SELECT symbol, is_superseded, effective_date, measure FROM mart.deadlines "
        "WHERE starts_with(symbol, $symbol) ORDER BY symbol"
    )
    assert rows(edges, query, symbol=MOVED) == [
        (MOVED, True, SEPTEMBER, MOVED),
        (f"{MOVED}/Add.1", False, SEPTEMBER, MOVED),
    ]


def test_a_case_that_was_closed_late_is_late_but_open_no_longer(edges: Copy) -> None:
    columns = ("step_zh", "cause", "n_late", "n_still_open", "median_hours_over", "longest_hours_over")
    late = [row for row in answer(edges, "overdue_by_cause") if row["cases"] == EU]
    # closed 264 hours after the start
    assert picked(late, *columns) == [
        ("企业告知", "人工积压", 1, 0, 216.0, 216.0),
        ("应对建议", "人工积压", 1, 0, 192.0, 192.0),
        ("研判", "人工积压", 1, 0, 240.0, 240.0),
    ]
    closed = "SELECT DISTINCT state, met_at, closed_at - started_at FROM mart.response_times WHERE case_id = $case_id"
    assert rows(edges, closed, case_id=EU) == [("met-late", None, timedelta(days=11))]
    as_of = "SELECT count(closed_at) FROM mart.response_times_as_of(TIMESTAMPTZ '2026-06-29') WHERE case_id = $case_id"
    assert rows(edges, as_of, case_id=EU) == [(3,)]


def test_a_version_that_came_back_is_a_change_and_a_row_that_never_held_is_none(edges: Copy) -> None:
    columns = ("field_name", "old_value", "new_value")
    assert picked(answer(edges, "field_changes", symbol=BACK), *columns) == [
        ("comment_deadline", "2026-08-01", "2026-07-10"),
        ("title", "B", "A"),
        ("comment_deadline", "2026-07-10", "2026-08-01"),
        ("title", "A", "B"),
    ]
    assert answer(edges, "field_changes", symbol=TWICE) == []
    query = (
        "SELECT count(DISTINCT changes.run_id), bool_and(runs.started_at = changes.changed_at) "
        "FROM mart.field_changes AS changes INNER JOIN main.runs AS runs USING (run_id) WHERE symbol = $symbol"
    )
    assert rows(edges, query, symbol=BACK) == [(2, True)]


def test_changes_of_a_joint_text_are_found_by_each_of_its_symbols(edges: Copy) -> None:
    found = answer(edges, "field_changes", symbol=PARTNER)
    assert picked(found, "symbol", "new_value") == [(JOINT, "New text")]
    assert found == answer(edges, "field_changes", symbol=JOINT)


def test_lineage_keeps_the_row_of_the_file_that_brought_a_version(edges: Copy) -> None:
    columns = ("version_number", "is_current", "row_number")
    # the first version was shown again by row 40 of a later file
    assert picked(answer(edges, "lineage", symbol=BACK), *columns) == [(1, True, 2), (2, False, 3)]
    assert picked(answer(edges, "lineage", symbol=TWICE), *columns) == [(1, False, 5), (2, True, 9)]


def test_what_was_known_is_compared_by_what_it_said(edges: Copy) -> None:
    def asked(moment: str) -> dict[object, tuple[object, ...]]:
        columns = ("difference", "title_then", "title_now", "deadline_then", "deadline_now", "has_changed")
        return {row["notification_id"]: picked([row], *columns)[0] for row in answer(edges, "known_on", moment=moment)}

    # as many versions then as now, but another one held
    between = asked("2026-06-01T11:30")
    assert between[BACK] == ("内容有变", "B", "A", date(2026, 8, 1), JULY, True)
    assert between[f"{MOVED}/Add.1"][:2] == ("此后新采集", None)
    assert between[RECALL] == ("相同", "Recall", "Recall", JULY, JULY, False)
    # more versions now than then, and it says the same again
    assert asked("2026-06-01T10:30")[BACK] == ("相同", "A", "A", JULY, JULY, False)


def test_recalls_and_gazettes_are_no_notifications(edges: Copy) -> None:
    notified = [
        row for row in table(edges, "notifications") if row["channel"] == "wto" and "CHL" in row["member_codes"]
    ]
    (per_member,) = [row for row in answer(edges, "measures_per_member") if row["member_code"] == "CHL"]
    assert per_member["n_notifications"] == len(notified) == 7
    (bare,) = [row for row in answer(edges, "without_codes") if row["member_code"] == "CHL"]
    assert (bare["n_notifications"], bare["n_without_hs"]) == (7, 2)
    every = [row for row in table(edges, "notifications") if row["channel"] == "wto"]
    assert sum(row["n_notifications"] for row in answer(edges, "days_to_first_seen")) == len(every)
    (uses,) = answer(edges, "end_use", member="CHL")
    assert uses["n_notifications"] == 5
    assert [row["symbol"] for row in answer(edges, "emergency_measures")] == [SPS]
    listed = answer(edges, "notifications_of_heading", member="CHL")
    assert {row["symbol"]: row["channel"] for row in listed}[""] == "recall"


def test_records_without_a_symbol_stay_apart(edges: Copy) -> None:
    found = [row for row in answer(edges, "horizontal_rules") if not row["symbol"]]
    assert picked(found, "notification_id", "channel", "n_firms") == [(name, "legislation", 1) for name in NAMELESS]


def test_a_source_that_never_succeeded_is_listed(edges: Copy) -> None:
    columns = ("source_title", "last_collected_at", "hours_since_last", "last_outcome", "n_runs", "n_failed_runs")
    assert picked(answer(edges, "source_health"), *columns)[0] == ("never_read", None, None, "failed", 1, 1)


def test_a_year_is_compared_with_the_year_before_it(edges: Copy) -> None:
    columns = ("year", "is_whole_year", "n_symbols", "change", "change_percent")
    assert picked(answer(edges, "members_by_year", member="CHL"), *columns) == [
        (2022, True, 1, None, None),
        (2026, False, 6, 6, None),
    ]
    assert LONG_AGO in {row["symbols"][0] for row in table(edges, "notifications") if row["symbols"]}


def test_each_decision_counts_for_its_own_pair(edges: Copy) -> None:
    columns = ("machine_relation", "machine_match_level", "is_raised", "n_judged", "n_confirmed", "precision_percent")
    # the measure was confirmed, its addendum rejected; what the machine did not raise has no precision
    assert picked(answer(edges, "matching_precision"), *columns) == [
        ("direct", "warning", True, 2, 1, 50.0),
        ("none", "none", False, 1, 1, None),
    ]
    query = (
        "SELECT symbol, verdict, is_judged_here FROM mart.matches WHERE starts_with(symbol, $symbol) ORDER BY symbol"
    )
    assert rows(edges, query, symbol=SOLD) == [(SOLD, "rejected", False), (f"{SOLD}/Add.1", "rejected", True)]


@pytest.mark.parametrize("symbol", [DEU, USA])
def test_what_stands_alone_is_a_measure_of_its_own(edges: Copy, symbol: str) -> None:
    query = (
        "SELECT measure, effective_deadline IS NOT DISTINCT FROM comment_deadline FROM mart.measure_deadlines "
        "WHERE notification_id = $symbol"
    )
    assert rows(edges, query, symbol=symbol) == [(symbol, True)]
