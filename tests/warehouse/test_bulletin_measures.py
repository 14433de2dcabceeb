"""Which measures the issue of a month tells of, with which firms and dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from warehouse_sample import exporter, line, load, match, notification, register, store

from warehouse.bulletin_facts import Period, record_file, relevant_lines
from warehouse.cases import Case, open_cases, read_cases
from warehouse.connection import Connection, transaction
from warehouse.issues_released import Frozen, ReleasedIssue, add_issue, withdraw_issue
from warehouse.judgements import Judgement, record_judgements
from warehouse.query import Row
from warehouse.records import Match, Notification, NotificationKind, Relation

ONE = "G/TBT/N/ATL/1"
ADDENDUM = notification(f"{ONE}/Add.1", kind=NotificationKind.ADDENDUM, comment_deadline=None)
SECOND = timedelta(seconds=1)
MARCH = Period(
    first_day=date(2026, 3, 1),
    last_day=date(2026, 3, 31),
    first_instant=datetime(2026, 2, 28, 16, tzinfo=UTC),
    end_instant=datetime(2026, 3, 31, 16, tzinfo=UTC),
)
APRIL = Period(
    first_day=date(2026, 4, 1),
    last_day=date(2026, 4, 30),
    first_instant=MARCH.end_instant,
    end_instant=datetime(2026, 4, 30, 16, tzinfo=UTC),
)
LATE = notification(ONE, distribution_date=date(2026, 3, 31))
SEEN = APRIL.first_instant + timedelta(hours=2)


def collect(
    con: Connection, folder: Path, when: datetime, *items: Notification, matches: tuple[Match, ...] = ()
) -> None:
    load(con, folder, when, *items)
    register(con, when, exporter("E1", "台灯"), exporter("E2", "灯座"))
    store(con, when, *(matches or tuple(match(item.notification_id) for item in items)))
    open_cases(con, policy_version="p", backfill_days=30, now=when)


def release(con: Connection, when: datetime, *case_ids: str, overall: int = 1) -> None:
    """An issue of March in force that lists these cases."""
    listed = ",".join(f'{{"case_id":"{case_id}"}}' for case_id in case_ids)
    issue = ReleasedIssue(
        overall=overall, report_month="2026-03", year=2026, in_year=overall, released_at=when, released_by="甲",
        in_spite_of="", facts_sha256="f", tool_version="0", snapshot="", snapshot_sha256="",
    )  # fmt: skip
    with transaction(con):
        add_issue(con, issue, Frozen(public=f'{{"items":[{listed}]}}', restricted="{}"), {}, (), run_id="r")


def cases_told(con: Connection, period: Period) -> set[str]:
    return {row["case_id"] for row in relevant_lines(con, period)}


def documents_told(con: Connection, period: Period) -> list[str]:
    found: list[Row] = relevant_lines(con, period)
    return list(found[0]["month_documents"]) if found else []


def only(con: Connection) -> Case:
    (case,) = read_cases(con)
    return case


def test_what_the_issue_of_its_month_told_is_not_told_again(warehouse: Connection, tmp_path: Path) -> None:
    collect(warehouse, tmp_path, SEEN, LATE)
    assert cases_told(warehouse, APRIL) == {ONE}
    release(warehouse, SEEN + SECOND, ONE)
    assert cases_told(warehouse, MARCH) == {ONE}
    assert cases_told(warehouse, APRIL) == set()


def test_what_no_issue_told_is_told_in_the_month_of_its_collection(warehouse: Connection, tmp_path: Path) -> None:
    release(warehouse, SEEN - SECOND, ONE)  # before it was collected: it cannot stand there for this document
    collect(warehouse, tmp_path, SEEN, LATE, notification("G/TBT/N/ATL/2", distribution_date=date(2026, 3, 30)))
    assert cases_told(warehouse, APRIL) == {ONE, "G/TBT/N/ATL/2"}


def test_what_a_withdrawn_issue_told_is_told_again(warehouse: Connection, tmp_path: Path) -> None:
    collect(warehouse, tmp_path, SEEN, LATE)
    release(warehouse, SEEN + SECOND, ONE)
    withdraw_issue(warehouse, 1, by="甲", reason="有误", now=SEEN + 2 * SECOND)
    assert cases_told(warehouse, APRIL) == {ONE}


def test_without_a_release_the_last_draft_of_its_month_has_told_it(warehouse: Connection, tmp_path: Path) -> None:
    collect(warehouse, tmp_path, SEEN, LATE)
    for when, told in ((SEEN - SECOND, {ONE}), (SEEN + SECOND, set())):
        record_file(warehouse, month="2026-03", file_name="提示.docx", sha256="a", run_id="r", now=when)
        assert cases_told(warehouse, APRIL) == told


def test_a_measure_comes_back_with_a_document_of_the_later_month(warehouse: Connection, tmp_path: Path) -> None:
    collect(warehouse, tmp_path, SEEN, LATE)
    release(warehouse, SEEN + SECOND, ONE)
    later = notification(ADDENDUM.notification_id, kind=NotificationKind.ADDENDUM, distribution_date=date(2026, 4, 9))
    collect(warehouse, tmp_path, SEEN + timedelta(days=9), later)
    assert cases_told(warehouse, APRIL) == {ONE}
    assert documents_told(warehouse, APRIL) == [later.notification_id]
    assert documents_told(warehouse, MARCH) == [ONE]


def test_a_measure_brings_the_firms_of_all_its_documents(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    early = notification(ONE, distribution_date=date(2026, 2, 10))
    addendum = notification(ADDENDUM.notification_id, kind=NotificationKind.ADDENDUM)
    lines = (match(ONE), match(ONE, line("E2", "灯座")))
    collect(warehouse, tmp_path, datetime(2026, 2, 11, tzinfo=UTC), early, matches=lines)
    collect(warehouse, tmp_path, now, addendum)
    found = relevant_lines(warehouse, MARCH)
    assert {row["exporter_id"] for row in found} == {"E1", "E2"}
    assert len(found) == only(warehouse).n_lines == only(warehouse).n_exporters == 2


@pytest.mark.parametrize("left", ["firm", "line"])
def test_who_left_the_list_is_neither_counted_nor_named(
    warehouse: Connection, tmp_path: Path, now: datetime, left: str
) -> None:
    collect(warehouse, tmp_path, now, notification(), matches=(match(), match(product=line("E2", "灯座"))))
    confirmed = Judgement(
        notification_id=ONE, line_id=line("E2", "灯座").line_id, relation=Relation.DIRECT, reason="", judged_by="甲"
    )
    record_judgements(warehouse, [confirmed], now=now)
    assert only(warehouse).n_exporters == 2
    stays = (exporter("E1", "台灯"),) if left == "firm" else (exporter("E1", "台灯"), exporter("E2", "灯泡"))
    register(warehouse, now + SECOND, *stays)
    assert {row["exporter_id"] for row in relevant_lines(warehouse, MARCH)} == {"E1"}
    assert (only(warehouse).n_exporters, only(warehouse).n_lines) == (1, 1)


def test_dates_are_those_of_the_latest_document_that_states_one(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    main = notification(adoption_date=date(2026, 6, 1), entry_into_force_date=date(2026, 8, 15))
    kind = NotificationKind.ADDENDUM
    moved = notification(
        f"{ONE}/Add.1", kind=kind, distribution_date=date(2026, 3, 20), entry_into_force_date=date(2027, 12, 31)
    )
    silent = notification(f"{ONE}/Add.2", kind=kind, distribution_date=date(2026, 3, 25))
    collect(warehouse, tmp_path, now, main, moved, silent)
    found = only(warehouse)
    assert (found.adoption_date, found.entry_into_force_date) == (date(2026, 6, 1), date(2027, 12, 31))
    advanced = notification(
        f"{ONE}/Add.3", kind=kind, distribution_date=date(2026, 3, 28), entry_into_force_date=date(2026, 7, 1)
    )
    collect(warehouse, tmp_path, now + SECOND, advanced)
    assert only(warehouse).entry_into_force_date == date(2026, 7, 1)
