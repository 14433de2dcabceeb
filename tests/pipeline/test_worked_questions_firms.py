"""The worked questions about firms and the office's answers: on a known copy, and on the sample."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from analyst_office import ADDENDUM, CHAIN, DEU, EU, KEN, PUBLISHED, at
from copy_answers import answer, picked, raised, table

from pipeline.bulletin.collect import bulletin_facts
from pipeline.steps.draft_report import read_month
from warehouse.connection import open_reader

SAMPLE_DAY = date(2026, 7, 1)


def test_exposed_firms_known(known: duckdb.DuckDBPyConnection) -> None:
    rows = answer(known, "exposed_firms")
    assert picked(rows, "exporter_id", "market_zh", "annual_export_cny_10k", "n_measures", "n_open_deadlines") == [
        ("E1", "欧盟", 1000.0, 2, 1),
        ("E1", "德国", 1000.0, 1, 1),
        ("E2", "欧盟", 500.0, 1, 1),
        ("E2", "德国", 500.0, 0, 0),
    ]
    assert {row["exporter_name"] for row in rows} == {""}, "firms are pseudonyms here"
    assert picked(answer(known, "exposed_firms", chain="光电", member="KEN"), "exporter_id", "n_measures") == [
        ("E3", 1)
    ]
    assert picked(answer(known, "exposed_firms", chain="锂电", member="FRA"), "exporter_id", "market_zh") == [
        ("E1", "欧盟"), ("E2", "欧盟"), ("E2", "法国"),
    ]  # fmt: skip
    # the United Kingdom left the union
    assert answer(known, "exposed_firms", member="GBR") == []


def test_exposure_by_chain_and_market_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("industry_chain", "market_code", "n_firms", "n_lines", "export_cny_10k")
    assert picked(answer(known, "exposure_by_chain_and_market"), *columns) == [
        (CHAIN, "DEU", 1, 1, 1000.0), (CHAIN, "EU", 1, 1, 1000.0), (CHAIN, "USA", 1, 1, 1000.0),
        ("光电子", "KEN", 1, 1, 200.0),
    ]  # fmt: skip
    assert (CHAIN, "EU", 2, 2, 1500.0) in picked(
        answer(known, "exposure_by_chain_and_market", direct="false"), *columns
    )


@pytest.mark.parametrize("direct", ["true", "false"])
def test_exposure_counts_a_line_once_a_market(sample: duckdb.DuckDBPyConnection, direct: str) -> None:
    lines = {row["line_id"]: row for row in table(sample, "product_lines") if row["closed_at"] is None}
    chains = {row["exporter_id"]: row["industry_chain"] for row in table(sample, "exporters")}
    members = {row["notification_id"]: row["member_codes"] for row in table(sample, "notifications")}
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in raised(sample):
        line = lines.get(row["line_id"])
        if line is None or (direct == "true" and row["relation"] != "direct"):
            continue
        for member in set(members[row["notification_id"]]) & set(line["market_codes"]):
            behind[chains[line["exporter_id"]], member].add(row["line_id"])
    rows = answer(sample, "exposure_by_chain_and_market", direct=direct)
    assert behind
    assert {(row["industry_chain"], row["market_code"]): row["n_lines"] for row in rows} == {
        key: len(ids) for key, ids in behind.items()
    }
    for row in rows:
        ids = behind[row["industry_chain"], row["market_code"]]
        assert row["n_firms"] == len({lines[line]["exporter_id"] for line in ids})
        stated = [lines[line]["annual_export_cny_10k"] for line in ids]
        total = sum(value for value in stated if value is not None)
        assert (row["export_cny_10k"] or 0) == pytest.approx(total)


def test_deadlines_by_firm_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("exporter_id", "n_measures", "first_deadline", "days_left", "symbols")
    # the deadline of EU on 20 July was moved by its addendum; E2 was rejected for DEU
    assert picked(answer(known, "deadlines_by_firm"), *columns) == [
        ("E1", 1, date(2026, 7, 5), 5, DEU), ("E3", 1, date(2026, 7, 29), 29, KEN),
    ]  # fmt: skip
    assert picked(answer(known, "deadlines_by_firm", days=5), "exporter_id") == [("E1",)]
    assert answer(known, "deadlines_by_firm", days=4) == []
    assert picked(answer(known, "deadlines_by_firm", days=51), *columns) == [
        ("E1", 2, date(2026, 7, 5), 5, f"{DEU}、{EU}、{ADDENDUM}"), ("E3", 1, date(2026, 7, 29), 29, KEN),
        ("E2", 1, date(2026, 8, 20), 51, EU),
    ]  # fmt: skip


def test_deadlines_by_firm_counted(sample: duckdb.DuckDBPyConnection) -> None:
    notifications = {row["notification_id"]: row for row in table(sample, "notifications")}
    cases = {row["notification_id"]: row["case_id"] for row in table(sample, "case_notifications")}
    # everything that is raised in the sample has a case; a case is open until the latest date that it states
    until: dict[str, date] = {}
    for notification_id, case_id in cases.items():
        stated = notifications[notification_id]["comment_deadline"]
        if stated:
            until[case_id] = max(stated, until.get(case_id, stated))
    firms: dict[str, set[str]] = defaultdict(set)
    for row in raised(sample):
        case_id = cases[row["notification_id"]]
        if case_id in until and SAMPLE_DAY <= until[case_id] <= SAMPLE_DAY + timedelta(days=60):
            firms[row["exporter_id"]].add(case_id)
    rows = answer(sample, "deadlines_by_firm", days=60)
    assert {row["exporter_id"]: row["n_measures"] for row in rows} == {firm: len(ids) for firm, ids in firms.items()}


def test_response_hours_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("started_in", "step", "n_rounds", "n_done", "p50_hours", "p90_hours", "limit_hours", "in_time_percent")
    # DEU at 10, 40 and 100 hours, KEN at 20, 30 and 60, EU never; USA is a backfill
    assert picked(answer(known, "response_hours"), *columns) == [
        ("2026-06", "judged", 3, 2, 15.0, 19.0, 24.0, 66.7),
        ("2026-06", "notified", 3, 2, 35.0, 39.0, 48.0, 66.7),
        ("2026-06", "advised", 3, 2, 80.0, 96.0, 72.0, 33.3),
        ("2026-06", "answered", 3, 2, 80.0, 96.0, 72.0, 33.3),
    ]
    assert {row["n_rounds"] for row in answer(known, "response_hours", backfills="true")} == {4}


@pytest.mark.parametrize("office", ["analyst_home", "edge_home", "closed_home"])
def test_the_share_in_time_is_the_bulletins(request: pytest.FixtureRequest, office: str) -> None:
    home: Path = request.getfixturevalue(office)
    with open_reader(home / "warehouse.duckdb") as con:
        facts = bulletin_facts(con, at(home, PUBLISHED), read_month("2026-06", PUBLISHED), firm_names=False).response
    with duckdb.connect(home / "publish" / "current.duckdb", read_only=True) as copy:
        (whole,) = [row for row in answer(copy, "response_hours") if row["step"] == "answered"]
    assert (whole["n_rated"], whole["n_done"], whole["n_in_time"]) == (facts.due, facts.done, facts.on_time)
    assert facts.due
    assert (round(whole["p50_hours"], 1), round(whole["p90_hours"], 1)) == (facts.median_hours, facts.p90_hours)


def test_overdue_by_cause_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("step_zh", "cause", "n_late", "n_still_open", "median_hours_over", "cases")
    # EU was never answered: 29 days are 696 hours, less 24, 48 and 72
    assert set(picked(answer(known, "overdue_by_cause"), *columns)) == {
        ("研判", "原因未注明", 1, 1, 672.0, EU),
        ("企业告知", "原因未注明", 1, 1, 648.0, EU),
        ("应对建议", "原因未注明", 1, 1, 624.0, EU),
        ("应对建议", "人工积压", 1, 0, 28.0, DEU),
    }
    assert answer(known, "overdue_by_cause", since="2026-07-01") == []


def test_matching_precision(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    columns = ("machine_relation", "machine_match_level", "n_judged", "n_confirmed", "n_rejected", "precision_percent")
    assert picked(answer(known, "matching_precision"), *columns) == [
        ("direct", "warning", 2, 2, 0, 100.0), ("indirect", "watch", 1, 0, 1, 0.0),
    ]  # fmt: skip
    assert answer(known, "matching_precision", since="2026-06-03") == []
    judged = {(row["notification_id"], row["line_id"]): row["verdict"] for row in table(sample, "judgements")}
    rows = answer(sample, "matching_precision")
    assert sum(row["n_judged"] for row in rows) == len(judged) > 0
    assert sum(row["n_rejected"] for row in rows) == list(judged.values()).count("rejected") > 0
    assert sum(row["n_confirmed"] for row in rows) == list(judged.values()).count("confirmed") > 0


def test_horizontal_rules(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    columns = ("symbol", "ics_codes", "n_firms", "n_direct_pairs", "n_indirect_pairs")
    assert picked(answer(known, "horizontal_rules"), *columns) == [(DEU, "29.220", 1, 1, 0)]
    assert answer(known, "horizontal_rules", relation="indirect") == [], "that pair was rejected"
    bare = {row["notification_id"]: row["symbols"][0] for row in table(sample, "notifications") if not row["hs_codes"]}
    firms: dict[str, set[str]] = defaultdict(set)
    for row in raised(sample):
        if row["notification_id"] in bare:
            firms[bare[row["notification_id"]]].add(row["exporter_id"])
    rows = answer(sample, "horizontal_rules")
    assert {row["symbol"]: row["n_firms"] for row in rows} == {symbol: len(ids) for symbol, ids in firms.items()}
    assert all(row["words"] for row in rows), "each rests on words of the notification"
