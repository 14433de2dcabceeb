"""What is no WTO notification: it is kept and shown, but never counted as one, and joins the case of its measure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_sample import line, load, match, notification, register, scalar, store

from warehouse.bulletin_facts import counted_symbols, distribution_days, n_undated
from warehouse.cases import open_cases, read_cases
from warehouse.connection import Connection
from warehouse.facts import read_notifications
from warehouse.records import Channel, Notification, NotificationKind
from warehouse.reference import what_it_is_zh

FR = "FR-2026-01234"
LINK = "https://www.govinfo.gov/content/pkg/FR-2026-03-01/html/2026-01234.htm"
HOUR = timedelta(hours=1)


def published(notification_id: str = FR, channel: Channel = Channel.LEGISLATION, **fields: Any) -> Notification:
    given: dict[str, Any] = {
        "notification_id": notification_id,
        "symbols": (),
        "area": "",
        "kind": NotificationKind.UNKNOWN,
        "channel": channel,
        "member_codes": ("USA",),
        "distribution_date": date(2026, 3, 1),
    }
    return notification(**{**given, **fields})


def open_all(con: Connection, now: datetime, *channels: str) -> list[tuple[str, str]]:
    """Match everything with the firm's line, open cases, and return case and main notification."""
    register(con, now)
    new = con.execute("SELECT notification_id FROM notifications ANTI JOIN matches USING (notification_id)").fetchall()
    store(con, now, *(match(notification_id, line()) for (notification_id,) in new))
    open_cases(con, policy_version="p", backfill_days=30, channels=channels or ("wto", "legislation"), now=now)
    return [(case.case_id, case.notification_id) for case in read_cases(con)]


def test_the_channel_comes_back(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, published(), notification())
    shown = {item.notification_id: item.channel for item in read_notifications(warehouse)}
    assert shown == {FR: Channel.LEGISLATION, "G/TBT/N/ATL/1": Channel.WTO}


def test_only_wto_notifications_are_counted(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    undated = published("FR-2026-9", distribution_date=None)
    load(warehouse, tmp_path, now, published(), undated, published("CPSC-26-1", Channel.RECALL), notification())
    rows = counted_symbols(warehouse, date(2026, 1, 1), date(2026, 12, 31))
    assert [row["symbol"] for row in rows] == ["G/TBT/N/ATL/1"]
    assert n_undated(warehouse) == 0
    assert distribution_days(warehouse, date(2026, 1, 1), date(2026, 12, 31)) == {date(2026, 3, 5)}


def test_a_draft_opens_a_case_and_a_recall_does_not(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, published(), published("CPSC-26-1", Channel.RECALL))
    assert open_all(warehouse, now) == [(FR, FR)]


def test_the_policy_says_what_opens_a_case(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, published(), notification())
    assert open_all(warehouse, now, "wto") == [("G/TBT/N/ATL/1", "G/TBT/N/ATL/1")]


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "https://www.federalregister.gov/documents/2026/03/01/2026-01234/lamps",
        "http://govinfo.gov/x/2026-01234.pdf",
    ],
)
def test_a_notification_of_a_draft_joins_its_case(
    warehouse: Connection, tmp_path: Path, now: datetime, link: str
) -> None:
    """The Federal Register is seen first; two weeks later the same draft is notified: one case, now with a symbol."""
    load(warehouse, tmp_path, now, published())
    assert open_all(warehouse, now) == [(FR, FR)]
    load(warehouse, tmp_path, now + HOUR, notification("G/TBT/N/USA/7", document_links=(link,)))
    assert open_all(warehouse, now + HOUR) == [(FR, "G/TBT/N/USA/7")]
    (case,) = read_cases(warehouse)
    assert case.clock_started_at == now
    assert [event.kind for event in case.events][:2] == ["collected", "screened"]
    assert "amended" in [event.kind for event in case.events]


def test_a_draft_joins_the_case_of_its_notification(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification("G/TBT/N/USA/7", document_links=(LINK,)))
    assert open_all(warehouse, now) == [("G/TBT/N/USA/7", "G/TBT/N/USA/7")]
    load(warehouse, tmp_path, now + HOUR, published())
    assert open_all(warehouse, now + HOUR) == [("G/TBT/N/USA/7", "G/TBT/N/USA/7")]


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/2026-01234",
        "https://www.govinfo.gov/x/2026-012345.htm",
        "https://govinfo.gov.example/2026-01234",
    ],
)
def test_other_links_name_no_draft(warehouse: Connection, tmp_path: Path, now: datetime, link: str) -> None:
    load(warehouse, tmp_path, now, published(), notification("G/TBT/N/USA/7", document_links=(link,)))
    assert len(open_all(warehouse, now)) == 2


def test_a_draft_is_called_what_it_is() -> None:
    assert what_it_is_zh(published()) == "国外法规动态"
    assert what_it_is_zh(published(channel=Channel.RECALL)) == "境外召回通报"
    assert what_it_is_zh(notification()) == "常规通报"


def test_an_unknown_channel_is_refused(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, published())
    with pytest.raises(Exception, match="CHECK"):
        warehouse.execute("UPDATE raw_notifications SET channel = 'rumour'")
    assert scalar(warehouse, "SELECT channel FROM raw_notifications") == "legislation"
