"""Collects what the next issue must put right of the issues of the last twelve months."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from pipeline.bulletin.corrections import (
    CorrigendumRecord,
    PresentRecord,
    PrintedItem,
    date_values,
    days_of,
    find_corrections,
    present_record,
    printed_items,
    stated_dates,
)
from warehouse.cases import read_cases
from warehouse.connection import Connection
from warehouse.facts import read_notifications
from warehouse.issues_released import (
    PrintedCorrection,
    corrected_values,
    corrigenda_of,
    issue_facts,
    read_issues,
    record_versions,
    records_of_symbols,
)
from warehouse.query import Row

_LOOK_BACK = timedelta(days=366)


def open_corrections(con: Connection, now: datetime) -> tuple[PrintedCorrection, ...]:
    """Return what issues in force printed wrongly and no issue in force has put right yet."""
    issues = [each for each in read_issues(con) if each.withdrawn_at is None and now - each.released_at < _LOOK_BACK]
    printed = [
        item
        for issue in issues
        for item in printed_items(
            issue.overall,
            f"{issue.year}年第{issue.in_year}期",
            issue.released_at,
            issue_facts(con, issue.overall).public,
        )
    ]
    if not printed:
        return ()
    return find_corrections(printed, _present(con, printed), _corrigenda(con, printed), corrected_values(con))


def _present(con: Connection, printed: list[PrintedItem]) -> dict[tuple[int, str], PresentRecord]:
    """The records of printed items today, by issue and case; an item whose record is gone is left out."""
    first = {(item.overall, item.case_id): (item.symbols or (item.case_id,))[0] for item in printed}
    ids = records_of_symbols(con, sorted(set(first.values())))
    wanted = {key: ids.get(symbol, symbol) for key, symbol in first.items()}
    notifications = {n.notification_id: n for n in read_notifications(con, sorted(set(wanted.values())))}
    versions = _versions(con, sorted(notifications))
    cases = {case.case_id: case for case in read_cases(con, only=sorted({item.case_id for item in printed}))}
    return {
        key: present_record(
            notifications[notification_id],
            versions[notification_id],
            date_values(notifications[notification_id], cases.get(key[1])),
        )
        for key, notification_id in wanted.items()
        if notification_id in notifications
    }


def _versions(con: Connection, notification_ids: list[str]) -> dict[str, list[Row]]:
    """The versions of the records of each notification, record by record, the earliest of each first."""
    versions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    record_keys: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in record_versions(con, notification_ids):
        key = (row["source"], row["source_key"])
        versions[key].append(row)
        record_keys[row["notification_id"]].add(key)
    return {
        notification_id: [row for record in sorted(record_keys[notification_id]) for row in versions[record]]
        for notification_id in notification_ids
    }


def _corrigenda(con: Connection, printed: list[PrintedItem]) -> dict[str, list[CorrigendumRecord]]:
    rows = corrigenda_of(con, sorted({item.case_id for item in printed}))
    notifications = {
        n.notification_id: n for n in read_notifications(con, sorted({row["notification_id"] for row in rows}))
    }
    versions = _versions(con, sorted({row["corrects"] for row in rows if row["corrects"]}))
    found: dict[str, list[CorrigendumRecord]] = defaultdict(list)
    for row in rows:
        found[row["case_id"]].append(
            CorrigendumRecord(
                collected_at=row["first_seen_at"],
                values=days_of(notifications[row["notification_id"]]),
                corrects=stated_dates(versions[row["corrects"]]) if row["corrects"] else None,
            )
        )
    return found
