"""Which notifications' documents are to be fetched next."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from warehouse_sample import load, notification, observed

from warehouse.connection import Connection
from warehouse.facts import read_documents_due, read_notifications
from warehouse.load import SourceTitle
from warehouse.records import Channel, Notification

DOCUMENTS = SourceTitle(source="wto_documents", title="通报文件", priority=40)
SINCE, UNTIL = date(2026, 3, 1), date(2026, 3, 31)
LINK = "https://docs.wto.org/imrd/directdoc.asp?DDFDocuments/t/G/TBTN26/ATL1.DOCX"


def linked(number: int, day: date | None = date(2026, 3, 5), **fields: Any) -> Notification:
    given: dict[str, Any] = {"distribution_date": day, "notification_links": {"en": LINK}}
    return notification(f"G/TBT/N/ATL/{number}", **{**given, **fields})


def due(con: Connection, *, limit: int = 100) -> list[str]:
    found = read_documents_due(con, since=SINCE, until=UNTIL, limit=limit)
    return [item.notification_id.rpartition("/")[2] for item in found]


def test_newest_first_and_no_more_than_asked(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    items = (linked(1, date(2026, 3, 2)), linked(2, date(2026, 3, 9)), linked(3, date(2026, 3, 9)), linked(4, None))
    load(warehouse, tmp_path, now, *items)
    assert due(warehouse) == ["2", "3", "1", "4"]
    assert due(warehouse, limit=2) == ["2", "3"]


def test_what_comes_back_is_the_whole_notification(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    whole = linked(1, hs_codes=("9405", "8539"), description="Lamps", document_links=("https://example.org/a.pdf",))
    load(warehouse, tmp_path, now, whole)
    assert read_documents_due(warehouse, since=SINCE, until=UNTIL, limit=1) == (whole,)


def test_both_ends_of_the_window_count(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    days = (date(2026, 2, 28), SINCE, UNTIL, date(2026, 4, 1))
    load(warehouse, tmp_path, now, *(linked(number, day) for number, day in enumerate(days, start=1)))
    assert due(warehouse) == ["3", "2"]


@pytest.mark.parametrize(
    ("fields", "is_due"),
    [
        ({"notification_links": {"es": "HTTPS://Docs.WTO.org/dol2fe/Pages/SS/directdoc.aspx?filename=u:/a.pdf"}}, True),
        ({"notification_links": {"en": "https://example.org/1", "fr": LINK}}, True),
        ({"notification_links": {}, "document_links": ("https://example.org/a.pdf",)}, False),
        (
            {
                "notification_links": {},
                "document_links": ("https://example.org/a.pdf", "https://members.wto.org/crnattachments/2026/a.pdf"),
            },
            True,
        ),
        ({"notification_links": {"en": "https://docs.wto.org.example.org/1"}}, False),
        ({"notification_links": {"en": "https://example.org/?to=https://docs.wto.org/1"}}, False),
        ({"notification_links": {}}, False),
        ({"channel": Channel.RECALL, "symbols": ()}, False),
    ],
)
def test_only_links_to_the_hosts_of_the_wto(
    warehouse: Connection, tmp_path: Path, now: datetime, fields: dict[str, Any], is_due: bool
) -> None:
    load(warehouse, tmp_path, now, linked(1, **fields))
    assert due(warehouse) == (["1"] if is_due else [])


def test_a_document_that_was_read_is_not_due_again(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, linked(1), linked(2), linked(3))
    read = observed(Notification(notification_id="G/TBT/N/ATL/2", symbols=("G/TBT/N/ATL/2",)))
    text = observed(Notification(notification_id="G/TBT/N/ATL/3"), key="G/TBT/N/ATL/3#crnattachments/a.pdf")
    load(warehouse, tmp_path, now, read, text, source=DOCUMENTS)
    assert sorted(due(warehouse)) == ["1", "3"], "a notified text alone does not stand for the notification document"


def test_a_record_of_another_source_does_not_count_as_read(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, linked(1))
    load(warehouse, tmp_path, now, linked(1), source=SourceTitle(source="other", title="其他", priority=10))
    assert due(warehouse) == ["1"]


def test_documents_fill_what_the_search_lacks_and_override_nothing(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    search = linked(1, description="", hs_codes=("9405",))
    load(warehouse, tmp_path, now, search)
    document = linked(1, description="Filled in", hs_codes=("8539",), member_names=(), member_codes=())
    text = Notification(notification_id=search.notification_id, symbols=search.symbols)
    read = (observed(document), observed(text, key="G/TBT/N/ATL/1#crnattachments/a.pdf"))
    load(warehouse, tmp_path, now, *read, source=DOCUMENTS)
    assert read_notifications(warehouse) == (linked(1, description="Filled in", hs_codes=("9405",)),)
