"""What a month's bulletin counts and tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from warehouse_sample import PLATFORM, exporter, line, load, match, notification, register, scalar, store

from warehouse.bulletin_facts import (
    Period,
    counted_symbols,
    distribution_days,
    issue_counts,
    last_collection,
    n_undated,
    record_file,
    relevant_lines,
    source_states,
)
from warehouse.cases import open_cases
from warehouse.connection import Connection
from warehouse.ledger import record_issues
from warehouse.load import SourceTitle
from warehouse.records import Channel, Issue, Notification, Severity

# March 2026 in Asia/Shanghai: its instants begin at 16:00 UTC of the day before
MARCH = Period(
    first_day=date(2026, 3, 1),
    last_day=date(2026, 3, 31),
    first_instant=datetime(2026, 2, 28, 16, tzinfo=UTC),
    end_instant=datetime(2026, 3, 31, 16, tzinfo=UTC),
)
SECOND = timedelta(seconds=1)


def counted(con: Connection) -> dict[str, str]:
    rows = counted_symbols(con, MARCH.first_day, MARCH.last_day)
    assert len({row["symbol"] for row in rows}) == len(rows)
    return {row["symbol"]: row["member_code"] for row in rows}


def told(con: Connection, folder: Path, seen_at: datetime, *items: Notification) -> set[str]:
    """Load `items` at `seen_at`, match all, and return which of them the bulletin of March tells of."""
    load(con, folder, seen_at, *items)
    register(con, seen_at)
    store(con, seen_at, *(match(item.notification_id) for item in items))
    open_cases(con, policy_version="p", backfill_days=30, now=seen_at)
    return {row["notification_id"] for row in relevant_lines(con, MARCH)}


def test_symbols_are_counted_on_the_days_of_the_month(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1), None)
    items = [notification(f"G/TBT/N/ATL/{n}", distribution_date=day) for n, day in enumerate(days)]
    load(warehouse, tmp_path, now, *items)
    assert set(counted(warehouse)) == {"G/TBT/N/ATL/1", "G/TBT/N/ATL/2"}
    assert n_undated(warehouse) == 1
    assert distribution_days(warehouse, date(2026, 2, 28), date(2026, 3, 1)) == {date(2026, 2, 28), date(2026, 3, 1)}
    assert last_collection(warehouse) == now


def test_an_empty_warehouse_counts_nothing(warehouse: Connection) -> None:
    assert counted(warehouse) == {}
    assert n_undated(warehouse) == 0
    assert distribution_days(warehouse, date(1995, 1, 1), date(2099, 12, 31)) == frozenset()
    assert last_collection(warehouse) is None
    assert source_states(warehouse, MARCH) == []


def test_a_joint_notification_counts_once_a_member(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    symbols = ("G/TBT/N/ATL/7", "G/SPS/N/EEC/3", "G/TBT/Notif.00/5")
    load(warehouse, tmp_path, now, notification(symbols[0], symbols=symbols, member_codes=("ATL", "EU")))
    assert counted(warehouse) == {symbols[0]: "ATL", symbols[1]: "EU", symbols[2]: "ATL"}
    rows = counted_symbols(warehouse, MARCH.first_day, MARCH.last_day)
    assert {row["measure"] for row in rows} == {symbols[0]}
    assert {row["symbol"]: row["area"] for row in rows} == {symbols[0]: "TBT", symbols[1]: "SPS", symbols[2]: "TBT"}
    assert {row["n_symbols"] for row in rows} == {3}


def test_without_a_symbol_the_id_counts_once(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    nameless = notification("ATL-0009", symbols=(), member_codes=())
    load(warehouse, tmp_path, now, nameless, notification("ATL-0010", symbols=()))
    assert counted(warehouse) == {"ATL-0009": "", "ATL-0010": "ATL"}


def test_a_symbol_under_two_ids_counts_once(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(
        warehouse,
        tmp_path,
        now,
        notification("ATL-0001", symbols=("G/TBT/N/ATL/1",), distribution_date=None),
        notification("G/TBT/N/ATL/1", distribution_date=date(2026, 3, 31)),
        notification("ATL-0002", symbols=("G/TBT/N/ATL/2",), distribution_date=date(2026, 2, 28)),
        notification("G/TBT/N/ATL/2", distribution_date=date(2026, 3, 1)),
    )
    assert set(counted(warehouse)) == {"G/TBT/N/ATL/1"}
    february = counted_symbols(warehouse, date(2026, 2, 1), date(2026, 2, 28))
    assert [row["symbol"] for row in february] == ["G/TBT/N/ATL/2"]


def test_what_was_distributed_in_the_month_is_told(warehouse: Connection, tmp_path: Path) -> None:
    items = [
        notification("G/TBT/N/ATL/1", distribution_date=date(2026, 3, 1)),
        notification("G/TBT/N/ATL/2", distribution_date=date(2026, 3, 31)),
        notification("G/TBT/N/ATL/3", distribution_date=date(2026, 4, 1)),
    ]
    found = told(warehouse, tmp_path, MARCH.end_instant + timedelta(days=2), *items)
    assert found == {"G/TBT/N/ATL/1", "G/TBT/N/ATL/2"}


def test_late_collected_is_told_in_the_month_of_its_collection(warehouse: Connection, tmp_path: Path) -> None:
    february = date(2026, 2, 27)
    before = notification("G/TBT/N/ATL/1", distribution_date=february)
    first = notification("G/TBT/N/ATL/2", distribution_date=february)
    undated = notification("G/TBT/N/ATL/3", distribution_date=None)
    long_ago = notification("G/TBT/N/ATL/4", distribution_date=date(2025, 12, 1))
    april = notification("G/TBT/N/ATL/5", distribution_date=date(2026, 4, 2))
    last = notification("G/TBT/N/ATL/6", distribution_date=february)
    after = notification("G/TBT/N/ATL/7", distribution_date=february)
    load(warehouse, tmp_path, MARCH.first_instant - SECOND, before)
    load(warehouse, tmp_path, MARCH.first_instant, first, undated, long_ago, april)
    load(warehouse, tmp_path, MARCH.end_instant - SECOND, last)
    load(warehouse, tmp_path, MARCH.end_instant, after)
    everything = (before, first, undated, long_ago, april, last, after)
    register(warehouse, MARCH.end_instant)
    store(warehouse, MARCH.end_instant, *(match(item.notification_id) for item in everything))
    open_cases(warehouse, policy_version="p", backfill_days=60, now=MARCH.end_instant)
    found = {row["notification_id"] for row in relevant_lines(warehouse, MARCH)}
    assert found == {first.notification_id, undated.notification_id, last.notification_id}


def test_a_line_is_told_once_a_case(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification(), notification("G/TBT/N/ATL/1/Add.1"))
    register(warehouse, now, exporter("E1", "台灯", "灯泡"))
    store(warehouse, now, match(score=0.5), match("G/TBT/N/ATL/1/Add.1"), match(product=line("E1", "灯泡"), score=0.7))
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    rows = relevant_lines(warehouse, MARCH)
    assert [(row["product_name"], row["notification_id"]) for row in rows] == [
        ("台灯", "G/TBT/N/ATL/1/Add.1"),
        ("灯泡", "G/TBT/N/ATL/1"),
    ]
    assert rows[0]["exporter_name"] == exporter().name


def test_issues_are_counted_by_kind(warehouse: Connection, now: datetime) -> None:
    found = [Issue(code="hs", severity=Severity.WARNING, message="可疑", row=row) for row in (1, 2)]
    remark = Issue(code="note", severity=Severity.INFO, message="说明")
    record_issues(warehouse, [*found, remark], source="s", run_id="r", now=now)
    counted = {"code": "hs", "severity": "warning", "n": 2, "n_of_period": 2, "example": "可疑"}
    assert issue_counts(warehouse, MARCH) == [counted]
    days = MARCH.end_instant - MARCH.first_instant
    later = replace(MARCH, first_instant=MARCH.end_instant, end_instant=MARCH.end_instant + days)
    assert issue_counts(warehouse, later) == [{**counted, "n_of_period": 0}]  # solved, or not seen again
    earlier = replace(MARCH, first_instant=MARCH.first_instant - days, end_instant=MARCH.first_instant)
    assert issue_counts(warehouse, earlier) == []


def test_sources_say_what_they_showed(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    earlier = notification("G/TBT/N/ATL/2", distribution_date=date(2026, 2, 1))
    load(warehouse, tmp_path, now, notification(), earlier)
    load(warehouse, tmp_path, now + SECOND, notification(title="changed"))
    assert source_states(warehouse, MARCH) == [
        {
            "title": PLATFORM.title,
            "n_notifications": 1,
            "standing": "counted",
            "first_collected_at": now,
            "last_collected_at": now + SECOND,
        }
    ]


def test_a_source_counts_what_the_month_counts(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    own = notification("G/TBT/N/CHN/1", member_codes=("CHN",))
    recall = notification("CPSC-26-1", symbols=(), channel=Channel.RECALL, distribution_date=date(2026, 3, 7))
    recalls = SourceTitle(source="recalls", title="召回", priority=10)
    titles = SourceTitle(source="titles", title="题名", priority=10)
    load(warehouse, tmp_path, now, notification(), notification("G/TBT/N/ATL/2"), own)
    # the day was put right and left the month
    load(warehouse, tmp_path, now + SECOND, notification("G/TBT/N/ATL/2", distribution_date=date(2026, 4, 2)))
    load(warehouse, tmp_path, now + 2 * SECOND, recall, source=recalls)
    load(warehouse, tmp_path, now + 2 * SECOND, source=titles)
    found = {row["title"]: (row["standing"], row["n_notifications"]) for row in source_states(warehouse, MARCH)}
    assert found == {PLATFORM.title: ("counted", 1), "召回": ("other", 1), "题名": ("empty", 0)}
    assert last_collection(warehouse) == now + SECOND


def test_drafting_again_replaces_the_record(warehouse: Connection, now: datetime) -> None:
    for sha256 in ("a", "b"):
        record_file(warehouse, month="2026-03", file_name="风险提示.docx", sha256=sha256, run_id="r", now=now)
    assert scalar(warehouse, "SELECT string_agg(sha256) FROM bulletins") == "b"


def test_chinas_own_notifications_are_not_counted(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(
        warehouse,
        tmp_path,
        now,
        notification("G/TBT/N/CHN/1", symbols=("G/TBT/N/CHN/1",), member_codes=("CHN",)),
        notification("G/TBT/N/HKG/1", symbols=("G/TBT/N/HKG/1",), member_codes=("HKG",)),
    )
    rows = counted_symbols(warehouse, date(2026, 1, 1), date(2026, 12, 31))
    assert [row["member_code"] for row in rows] == ["HKG"]
