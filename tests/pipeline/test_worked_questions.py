"""The worked questions about notifications: on a copy of which each row is known, and on the sample against Python."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import duckdb
import pytest
from analyst_office import ADDENDUM, DEU, EU, KEN, OLD, SPS, USA
from copy_answers import answer, picked, raised, table

from warehouse.questions import Question, questions

STATED = {"lineage": {"symbol": DEU}, "known_on": {"moment": "2026-06-15"}}


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_question_has_rows_on_the_known_copy_in_every_zone(
    known: duckdb.DuckDBPyConnection, question: Question
) -> None:
    stated = STATED.get(question.name, {})
    rows = answer(known, question.name, **stated)
    assert rows
    known.execute("SET TimeZone = 'Asia/Tokyo'")
    try:
        assert answer(known, question.name, **stated) == rows
    finally:
        known.execute("SET TimeZone = 'America/New_York'")


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_every_question_runs_on_the_bundled_sample(sample: duckdb.DuckDBPyConnection, question: Question) -> None:
    first = table(sample, "notification_symbols")[0]["symbol"]
    stated = {**STATED, "lineage": {"symbol": first}}.get(question.name, {})
    # the sample was collected in one go, on 29 June, and has no concerns
    empty = {"field_changes", "concerns"}
    assert bool(answer(sample, question.name, **stated)) is (question.name not in empty)


def test_measures_per_member_known(known: duckdb.DuckDBPyConnection) -> None:
    rows = answer(known, "measures_per_member")
    assert picked(rows, "member_code", "n_notifications", "n_concerning_us") == [
        ("EU", 3, 2), ("USA", 2, 1), ("DEU", 1, 1), ("KEN", 1, 1), ("TZA", 1, 1), ("UGA", 1, 1),
    ]  # fmt: skip
    assert picked(answer(known, "measures_per_member", year=2025), "member_code", "n_notifications") == [
        ("EU", 1), ("USA", 1),
    ]  # fmt: skip
    assert picked(answer(known, "measures_per_member", hs4=8507), "member_code", "n_notifications") == [
        ("EU", 2), ("USA", 1),
    ]  # fmt: skip
    assert answer(known, "measures_per_member", hs4=8507, year=2025) == []


def test_measures_per_member_counted(sample: duckdb.DuckDBPyConnection) -> None:
    concerning = {row["notification_id"] for row in raised(sample)}
    every: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    for row in table(sample, "notifications"):
        for member in set(row["member_codes"]):
            every[member] += 1
            ours[member] += row["notification_id"] in concerning
    rows = answer(sample, "measures_per_member")
    assert {row["member_code"]: (row["n_notifications"], row["n_concerning_us"]) for row in rows} == {
        member: (count, ours[member]) for member, count in every.items()
    }
    assert all(row["member_zh"] for row in rows), "every member of the sample has a Chinese name"


def test_notifications_of_a_heading_known(known: duckdb.DuckDBPyConnection) -> None:
    rows = answer(known, "notifications_of_heading")
    columns = ("symbol", "named_as", "comment_deadline", "days_left", "deadline_moved", "n_firms")
    assert picked(rows, *columns) == [
        (ADDENDUM, "品目", date(2026, 8, 20), 51, False, 1),
        (EU, "品目", date(2026, 7, 20), 51, True, 2),
        (USA, "品目", None, None, False, 1),
        (OLD, "章", date(2025, 8, 9), -325, False, 0),
    ]
    assert [row["symbol"] for row in answer(known, "notifications_of_heading", member="EU", year=2026)] == [
        ADDENDUM,
        EU,
    ]
    assert [row["symbol"] for row in answer(known, "notifications_of_heading", hs4="9405")] == [KEN, USA]
    assert answer(known, "notifications_of_heading", hs4="0101") == []


@pytest.mark.parametrize("hs4", ["8507", "8541", "3920"])
def test_notifications_of_a_heading_counted(sample: duckdb.DuckDBPyConnection, hs4: str) -> None:
    expected = {
        row["symbols"][0]
        for row in table(sample, "notifications")
        if any(code.startswith(hs4) or code == hs4[:2] for code in row["hs_codes"])
    }
    assert {row["symbol"] for row in answer(sample, "notifications_of_heading", hs4=hs4)} == expected


def test_members_by_year_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("member_code", "year", "n_symbols", "n_measures", "change", "change_percent")
    rows = answer(known, "members_by_year")
    assert ("EU", 2025, 1, 1, None, None) in picked(rows, *columns)
    assert ("EU", 2026, 2, 2, 1, 100.0) in picked(rows, *columns)
    assert ("USA", 2026, 1, 1, 0, 0.0) in picked(rows, *columns)
    assert picked(answer(known, "members_by_year", member="KEN"), *columns) == [("KEN", 2026, 1, 1, None, None)]


def test_growing_chapters_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("hs2", "n_recent", "n_before", "growth", "growth_percent")
    # June 2026 is not over when the copy is made; a joint text counts under each of its symbols
    assert picked(answer(known, "growing_chapters"), *columns) == [
        ("94", 4, 0, 4, None), ("85", 3, 0, 3, None), ("02", 1, 0, 1, None),
    ]  # fmt: skip
    assert picked(answer(known, "growing_chapters", months=1), *columns) == [
        ("94", 3, 0, 3, None),
        ("85", 1, 0, 1, None),
    ]
    assert picked(answer(known, "growing_chapters", months=3), *columns) == [
        ("94", 4, 0, 4, None),
        ("85", 2, 0, 2, None),
    ]
    assert ("85", 2, 1, 1, 100.0) in picked(answer(known, "growing_chapters", months=11), *columns)


def test_days_to_first_seen(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    columns = ("distributed_in", "n_notifications", "median_days", "longest_days")
    assert picked(answer(known, "days_to_first_seen", since="2026-01-01"), *columns) == [
        ("2026-03", 1, 83, 83), ("2026-05", 3, 4, 7), ("2026-06", 1, 1, 1),
    ]  # fmt: skip
    days: dict[str, list[int]] = defaultdict(list)
    for row in table(sample, "notifications"):
        if row["distribution_date"]:
            seen = (row["first_seen_at"] + timedelta(hours=8)).date()
            days[f"{row['distribution_date']:%Y-%m}"].append((seen - row["distribution_date"]).days)
    assert picked(answer(sample, "days_to_first_seen"), *columns) == [
        (month, len(found), median(found), max(found)) for month, found in sorted(days.items())
    ]


def test_known_on(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("symbol", "title_then", "deadline_then", "deadline_now", "has_changed")
    changed = (DEU, "Ordinance on take-back", date(2026, 6, 25), date(2026, 7, 5), True)
    rows = answer(known, "known_on", moment="2026-06-15")
    assert picked(rows, *columns)[0] == changed
    assert {row["symbol"] for row in rows if row["versions_then"]} == {EU, DEU, USA, KEN, SPS, OLD, ADDENDUM}
    later = [row["symbol"] for row in answer(known, "known_on", moment="2026-06-10") if not row["versions_then"]]
    assert later == [ADDENDUM]
    before = answer(known, "known_on", moment="2026-06-01T08:59")
    assert {row["difference"] for row in before} == {"此后新采集"}
    assert len(before) == 7
    assert len([row for row in answer(known, "known_on", moment="2026-06-01T09:00") if row["versions_then"]]) == 6
    assert not any(row["has_changed"] for row in answer(known, "known_on", moment="2026-06-20T09:00"))


def test_field_changes_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("symbol", "field_name", "old_value", "new_value")
    expected = [
        (DEU, "comment_deadline", "2026-06-25", "2026-07-05"),
        (DEU, "title", "Ordinance on take-back", "Ordinance on take-back of batteries"),
    ]
    assert picked(answer(known, "field_changes"), *columns) == expected
    assert picked(answer(known, "field_changes", symbol=DEU, since="2026-06-20"), *columns) == expected
    assert answer(known, "field_changes", symbol=EU) == answer(known, "field_changes", since="2026-06-21") == []


@pytest.mark.parametrize("symbol", [DEU, "G/TBT/N/UGA/1", ADDENDUM])
def test_lineage_leads_to_the_record_in_the_landing_file(
    known: duckdb.DuckDBPyConnection, analyst_home: Path, symbol: str
) -> None:
    rows = answer(known, "lineage", symbol=symbol)
    assert [row["version_number"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == (2 if symbol == DEU else 1)
    assert [row["is_current"] for row in rows] == [False] * (len(rows) - 1) + [True]
    for row in rows:
        with gzip.open(analyst_home / row["landing_file"], "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        assert [record for record in records if record["source_key"] == row["source_key"]]
    assert answer(known, "lineage", symbol="G/TBT/N/XXX/1") == []


def test_without_codes(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    columns = ("member_code", "n_notifications", "n_without_hs", "n_without_any", "without_hs_percent")
    assert picked(answer(known, "without_codes"), *columns)[0] == ("DEU", 1, 1, 0, 100.0)
    assert picked(answer(known, "without_codes", least=2), "member_code") == [("EU",), ("USA",)]
    every: Counter[str] = Counter()
    bare: Counter[str] = Counter()
    for row in table(sample, "notifications"):
        for member in set(row["member_codes"]):
            every[member] += 1
            bare[member] += not row["hs_codes"]
    assert {row["member_code"]: row["n_without_hs"] for row in answer(sample, "without_codes")} == {
        member: bare[member] for member in every
    }


def test_source_health_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("source_title", "hours_since_last", "last_outcome", "n_runs", "n_failed_runs", "n_notifications")
    assert picked(answer(known, "source_health"), *columns) == [("平台", 240.0, "done", 3, 0, 7)]


def test_corrections(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    columns = ("symbol", "amends_symbol", "amends_deadline", "comment_deadline", "moved_days", "case_id")
    expected = [(ADDENDUM, EU, date(2026, 7, 20), date(2026, 8, 20), 31, EU)]
    assert picked(answer(known, "corrections"), *columns) == expected
    assert picked(answer(known, "corrections", since="2026-06-10"), *columns) == expected
    assert answer(known, "corrections", since="2026-06-11") == []
    for row in answer(sample, "corrections"):
        assert row["symbol"].startswith(row["amends_symbol"])


def test_end_use(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("member_code", "hs4", "n_notifications", "n_concerning_us")
    rows = answer(known, "end_use")
    assert ("EU", "8507", 2, 2) in picked(rows, *columns)
    assert all("中间品" in row["end_use"] for row in rows)
    assert {row["member_code"] for row in answer(known, "end_use", member="USA")} == {"USA"}
    # pork is eaten
    assert ("USA", "0203", 1, 0) in picked(answer(known, "end_use", end_use="消费品"), *columns)
    assert "0203" not in {row["hs4"] for row in answer(known, "end_use", end_use="投资品")}


def test_joint_notifications(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    for group in ("NULL", "EAC"):
        rows = answer(known, "joint_notifications", group_code=group)
        assert picked(rows, "symbol", "n_symbols", "n_members") == [(KEN, 3, 3)]
    assert answer(known, "joint_notifications", group_code="GCC") == []
    # the Gulf's rules are notified with Yemen, which is no member of the GCC
    gulf = answer(sample, "joint_notifications", group_code="GCC")
    assert picked(gulf, "n_members", "n_of_group") == [(7, 6)]
    joint = {row["symbols"][0] for row in table(sample, "notifications") if len(row["member_codes"]) > 1}
    assert {row["symbol"] for row in answer(sample, "joint_notifications")} == joint


def test_emergency_measures(known: duckdb.DuckDBPyConnection, sample: duckdb.DuckDBPyConnection) -> None:
    columns = ("symbol", "area", "entry_into_force_date", "days_of_notice", "n_firms")
    assert picked(answer(known, "emergency_measures"), *columns) == [(SPS, "SPS", date(2025, 5, 30), -3, 0)]
    assert answer(known, "emergency_measures", since="2025-06-03") == []
    expected = {row["symbols"][0] for row in table(sample, "notifications") if row["is_emergency"]}
    assert {row["symbol"] for row in answer(sample, "emergency_measures")} == expected


def test_concerns_known(known: duckdb.DuckDBPyConnection) -> None:
    columns = ("concern_id", "responding", "raising", "n_collected", "n_concerning_us", "most_firms", "symbols")
    ours = ("TBT-900", "EU", "CHN、JPN", 1, 1, 2, EU)
    assert picked(answer(known, "concerns"), *columns) == [ours, ("TBT-901", "CHL", "CHN", 0, 0, 0, None)]
    assert picked(answer(known, "concerns", ours="true"), *columns) == [ours]
