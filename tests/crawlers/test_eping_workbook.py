from __future__ import annotations

import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from crawlers.formats.eping_workbook import read_workbook
from warehouse.errors import InputError
from warehouse.records import Issue, Notification, NotificationKind, Observation, Severity

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
EXPORT = SHARED / "eping_export_2025-06.xlsx"
HEADERS = (
    "Notifying Member", "Distribution date", "Document symbol", "Title", "Description", "Products covered",
    "HS code(s)", "ICS code(s)", "Objectives", "Keywords", "Specific regions or countries likely to be affected",
    "Final date for comments", "Notification type", "Notified document", "Link to notification(EN)",
    "Link to notification(FR)", "Link to notification(ES)",
)  # fmt: skip
DISAGREES = "notification-type-disagrees"
BULK_HEADERS = (*HEADERS, "Proposed adoption  date", "Proposed entry  into  force date")


def linked(symbol: str) -> str:
    return f'=HYPERLINK("https://www.epingalert.org/en/Search?viewData= {symbol}"," {symbol}")'


def row(**changes: Any) -> dict[str, Any]:
    base = {
        "Notifying Member": "Kenya",
        "Distribution date": date(2025, 6, 2),
        "Document symbol": linked("G/TBT/N/KEN/9001"),
        "Title": "Imaginary pumps",
        "Notification type": "Regular notification",
    }
    return base | {key.replace("_", " "): value for key, value in changes.items()}


def write(
    path: Path, rows: list[dict[str, Any]], headers: tuple[str, ...] = HEADERS, sheet: str = "Notifications"
) -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page.append(headers)
    for cells in rows:
        page.append([cells.get(header) for header in headers])
    book.save(path)
    return path


def read(path: Path) -> tuple[list[Observation], list[Issue]]:
    found = list(read_workbook(path))
    return [f for f in found if isinstance(f, Observation)], [f for f in found if isinstance(f, Issue)]


def read_one(path: Path, **changes: Any) -> tuple[Notification, list[Issue]]:
    observations, issues = read(write(path / "one.xlsx", [row() | changes], BULK_HEADERS))
    assert len(observations) == 1
    return observations[0].notification, issues


def test_a_full_row(tmp_path: Path) -> None:
    cells = row() | {
        "Document symbol": linked("G/TBT/N/KEN/9001/Rev.1/ADD. 2"),
        "Title": " Imaginary\xa0pumps_x000D_\nfor tests ",
        "Description": "A first line that goes\non here.\n\nSecond paragraph.\n- an item\n- another",
        "HS code(s)": "8517 - Telephones; parts thereof; 850440 - Static converters; 8517 - Telephones; 84362 - Odd",
        "ICS code(s)": "23.080 - Pumps; 67.060 - Cereals; 23.080 - Pumps",
        "Objectives": "Quality requirements (TBT); Quality requirements (TBT); Other (TBT)",
        "Keywords": "Pumps; Wells; Pumps",
        "Final date for comments": date(2025, 8, 1),
        "Notification type": "Addendum to Regular Notification",
        "Notified document": "https://example.org/a_e.pdf\nhttps://example.org/a_x.pdf,https://example.org/b.pdf\n",
        "Link to notification(EN)": '=HYPERLINK("https://example.org/en.docx", "https://example.org/en.docx")',
        "Link to notification(ES)": "https://example.org/es.docx",
    }
    (observation,), issues = read(write(tmp_path / "a.xlsx", [cells]))
    n = observation.notification
    assert n.notification_id == "G/TBT/N/KEN/9001/Rev.1/Add.2"
    assert n.url == "https://www.epingalert.org/en/Search?viewData=G/TBT/N/KEN/9001/Rev.1/ADD.2"
    assert (n.title, n.area, n.kind, n.is_emergency) == (
        "Imaginary pumps for tests",
        "TBT",
        NotificationKind.ADDENDUM,
        False,
    )
    assert n.description == "A first line that goes on here.\nSecond paragraph.\n- an item\n- another"
    assert n.hs_codes == ("8517", "850440", "84362")
    assert n.ics_codes == ("23.080", "67.060")
    assert (n.objectives, n.keywords) == (("Quality requirements (TBT)", "Other (TBT)"), ("Pumps", "Wells"))
    assert (n.distribution_date, n.comment_deadline) == (date(2025, 6, 2), date(2025, 8, 1))
    assert n.document_links == (
        "https://example.org/a_e.pdf",
        "https://example.org/a_x.pdf",
        "https://example.org/b.pdf",
    )
    assert n.notification_links == {"en": "https://example.org/en.docx", "es": "https://example.org/es.docx"}
    assert (n.member_names, n.member_codes) == (("Kenya",), ("KEN",))
    assert observation.payload["Document symbol"] == cells["Document symbol"]
    assert observation.payload["Distribution date"] == "2025-06-02"
    assert [(i.code, i.row, i.field_name, i.value, i.subject) for i in issues] == [
        ("hs-code-malformed", 2, "HS code(s)", "84362", "G/TBT/N/KEN/9001/Rev.1/Add.2")
    ]


@pytest.mark.parametrize(
    ("value", "found", "text"),
    [
        (date(2025, 8, 1), date(2025, 8, 1), ""),
        (45870, date(2025, 8, 1), ""),
        ("45870", date(2025, 8, 1), ""),
        ("01/08/2025", date(2025, 8, 1), ""),
        ("2025-08-01T00:00:00+00:00", date(2025, 8, 1), ""),
        ("1 August 2025", date(2025, 8, 1), ""),
        (" 2025年8月1日 ", date(2025, 8, 1), ""),
        ("60 days from\xa0notification", None, "60 days from notification"),
        ("Not applicable", None, "Not applicable"),
        (None, None, ""),
        ("  ", None, ""),
    ],
)  # fmt: skip
def test_comment_deadlines(tmp_path: Path, value: object, found: date | None, text: str) -> None:
    n, issues = read_one(tmp_path, **{"Final date for comments": value})
    assert (n.comment_deadline, n.comment_deadline_text, issues) == (found, text, [])


def test_dates_that_no_calendar_has(tmp_path: Path) -> None:
    n, issues = read_one(
        tmp_path,
        **{
            "Final date for comments": "31/02/2025",
            "Distribution date": "06/25/2025",
            "Proposed adoption  date": "To be determined",
            "Proposed entry  into  force date": 45870,
        },
    )
    assert (n.comment_deadline, n.comment_deadline_text, n.distribution_date) == (None, "31/02/2025", None)
    assert (n.adoption_date, n.adoption_text, n.entry_into_force_date) == (None, "To be determined", date(2025, 8, 1))
    assert {(i.code, i.severity) for i in issues} == {
        ("date-unreadable", Severity.WARNING),
        ("distribution-date-unreadable", Severity.ERROR),
    }


@pytest.mark.parametrize(
    ("type_text", "symbol", "kind", "urgent", "codes"),
    [
        ("Emergency notifications (SPS)", "G/SPS/N/THA/1", NotificationKind.EMERGENCY, True, []),
        ("Addendum to Emergency Notification (SPS)", "G/SPS/N/THA/1/Add.1", NotificationKind.ADDENDUM, True, []),
        ("Revision to Regular Notification", "G/TBT/N/THA/1/Rev.1", NotificationKind.REVISION, False, []),
        ("Corrigendum to Regular Notification", "G/TBT/N/THA/1", NotificationKind.CORRIGENDUM, False, [DISAGREES]),
        ("Regular notification", "G/TBT/N/THA/1/Suppl.1", NotificationKind.REGULAR, False, [DISAGREES]),
        ("Whimsical notice", "G/TBT/N/THA/1/Add.1", NotificationKind.UNKNOWN, False, ["notification-type-unknown"]),
        ("", "G/TBT/N/THA/1/Corr.1", NotificationKind.CORRIGENDUM, False, []),
    ],
)  # fmt: skip
def test_kinds(
    tmp_path: Path, type_text: str, symbol: str, kind: NotificationKind, urgent: bool, codes: list[str]
) -> None:
    n, issues = read_one(
        tmp_path, **{"Notification type": type_text, "Document symbol": linked(symbol), "Notifying Member": "Thailand"}
    )
    assert (n.kind, n.is_emergency, [i.code for i in issues]) == (kind, urgent, codes)


@pytest.mark.parametrize(
    ("cell", "codes", "issue_codes"),
    [
        ("8517; 850440", ("8517", "850440"), []),
        ("8517, 8504.40\n9001", ("8517", "850440", "9001"), []),
        (8517, ("8517",), []),
        ("85", ("85",), []),
        ("8517; 8504 - Converters; more", ("8517", "8504"), []),
        ("Chapter 85 - all; 8504 - Converters", ("8504",), ["hs-code-unread"]),
        ("various", (), ["hs-code-unread"]),
        ("517", ("517",), ["hs-code-malformed"]),
    ],
)
def test_hs_cells(tmp_path: Path, cell: object, codes: tuple[str, ...], issue_codes: list[str]) -> None:
    n, issues = read_one(tmp_path, **{"HS code(s)": cell})
    assert (n.hs_codes, [i.code for i in issues]) == (codes, issue_codes)


def test_joint_notification_is_one_observation_a_member(tmp_path: Path) -> None:
    joint = linked("G/TBT/N/KEN/9001, G/TBT/N/UGA/9002,G/TBT/N/EEC/3")
    observations, issues = read(
        write(
            tmp_path / "j.xlsx",
            [row() | {"Document symbol": joint, "Notifying Member": m} for m in ("Kenya", "Uganda")],
        )
    )
    assert [o.source_key for o in observations] == [
        "G/TBT/N/KEN/9001,G/TBT/N/UGA/9002,G/TBT/N/EEC/3|Kenya",
        "G/TBT/N/KEN/9001,G/TBT/N/UGA/9002,G/TBT/N/EEC/3|Uganda",
    ]
    assert {o.notification.notification_id for o in observations} == {"G/TBT/N/KEN/9001"}
    assert [o.notification.member_codes for o in observations] == [("KEN", "UGA", "EU")] * 2
    assert [o.notification.member_names for o in observations] == [("Kenya",), ("Uganda",)]
    assert issues == []


def test_unknown_member_takes_the_codes_of_the_symbol(tmp_path: Path) -> None:
    n, issues = read_one(tmp_path, **{"Notifying Member": "Freedonia"})
    assert (n.member_names, n.member_codes) == (("Freedonia",), ("KEN",))
    assert [(i.code, i.value) for i in issues] == [("member-unknown", "Freedonia")]


def test_rows_without_symbol_are_kept_under_a_stable_id(tmp_path: Path) -> None:
    rows = [row() | {"Document symbol": None}, row() | {"Document symbol": "G/TBT/GEN/N/59"}]
    observations, issues = read(write(tmp_path / "s.xlsx", rows))
    again, _ = read(write(tmp_path / "again.xlsx", [{}, *rows]))
    ids = [o.notification.notification_id for o in observations]
    assert all(re.fullmatch(r"row-[0-9a-f]{12}", i) for i in ids)
    assert len(set(ids)) == 2
    assert ids == [o.notification.notification_id for o in again]
    assert [o.row for o in again] == [3, 4]
    assert [(i.code, i.row) for i in issues] == [("symbol-missing", 2), ("symbol-missing", 3)]
    assert observations[0].notification.symbols == ()


def test_symbol_with_extra_words_keeps_the_symbol(tmp_path: Path) -> None:
    n, issues = read_one(tmp_path, **{"Document symbol": "G/TBT/N/KEN/9001 (see G/TBT/W/1)"})
    assert n.symbols == ("G/TBT/N/KEN/9001",)
    assert [i.code for i in issues] == ["symbol-unread"]


def test_formula_that_is_no_hyperlink(tmp_path: Path) -> None:
    n, issues = read_one(tmp_path, Title="=A1&B1")
    assert n.title == ""
    assert [(i.code, i.row, i.field_name, i.value) for i in issues] == [("formula-unread", 2, "Title", "=A1&B1")]
    assert "第2行“Title”" in issues[0].message


def test_repeated_rows_are_told(tmp_path: Path) -> None:
    observations, issues = read(write(tmp_path / "r.xlsx", [row(), row(Title="Changed")]))
    assert len(observations) == 2
    assert [(i.code, i.row) for i in issues] == [("row-repeated", 3)]


def test_headers_in_any_order_and_writing(tmp_path: Path) -> None:
    shuffled = {
        "TITLE ": "Pumps",
        "document  symbol": "G/TBT/N/KEN/9001",
        "Extra": "kept",
        " notifying member": "Kenya",
        "Distribution\nDate": "02/06/2025",
    }
    book = Workbook()
    book.active.title = "Cover"
    book.active.append(["Search results of an imaginary day"])
    page = book.create_sheet("Tabelle1")
    page.append(["a note above the table"])
    page.append(list(shuffled))
    page.append(list(shuffled.values()))
    page.append([None, "  "])
    book.save(tmp_path / "h.xlsx")
    (observation,), issues = read(tmp_path / "h.xlsx")
    n = observation.notification
    assert (n.title, n.notification_id, n.distribution_date) == ("Pumps", "G/TBT/N/KEN/9001", date(2025, 6, 2))
    assert observation.row == 3
    assert observation.payload["Extra"] == "kept"
    assert [(i.code, i.severity) for i in issues] == [
        ("sheet-name-unusual", Severity.INFO),
        ("header-unknown", Severity.WARNING),
    ]
    assert issues[1].value == "Extra"


def test_missing_header_says_which(tmp_path: Path) -> None:
    path = write(tmp_path / "m.xlsx", [], ("Title", "Distribution date", "Keywords"))
    with pytest.raises(InputError) as error:
        list(read_workbook(path))
    assert "缺少必备列：“Document symbol”、“Notifying Member”" in error.value.message
    assert "已找到：“Title”、“Distribution date”、“Keywords”" in error.value.message


def test_workbook_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有ePing通报表"):
        list(read_workbook(write(tmp_path / "x.xlsx", [], ("企业名称", "产品"), sheet="清单")))


def test_progress_and_total(tmp_path: Path) -> None:
    path = write(tmp_path / "p.xlsx", [row(Document_symbol=f"G/TBT/N/KEN/{i}") for i in range(1, 1201)])
    seen: list[tuple[int, int | None]] = []
    for _ in read_workbook(path, on_progress=lambda done, total: seen.append((done, total))):
        pass
    assert seen == [(500, 1200), (1000, 1200), (1200, 1200)]


@pytest.mark.skipif(not EXPORT.exists(), reason="the shared real workbook is not here")
def test_the_real_export() -> None:
    observations, issues = read(EXPORT)
    assert len(observations) == 119
    assert len({o.source_key for o in observations}) == 119
    assert len({o.notification.notification_id for o in observations}) == 91
    assert Counter(i.code for i in issues) == {"hs-code-malformed": 5}
    for n in (o.notification for o in observations):
        assert n.symbols
        assert n.title
        assert n.member_codes
        assert n.distribution_date is not None
        assert date(2025, 6, 2) <= n.distribution_date <= date(2025, 6, 11)
        assert n.notification_links
        assert all(link.startswith("https://docs.wto.org/") for link in n.notification_links.values())
        assert all(link.startswith("https://") for link in n.document_links)
        assert all(re.fullmatch(r"\d{2}|\d{4,6}", code) for code in n.hs_codes)
        assert all(re.fullmatch(r"\d{2}(\.\d{3}(\.\d{2})?)?", code) for code in n.ics_codes)
    kinds = Counter(o.notification.kind.value for o in observations)
    assert kinds == {"regular": 90, "addendum": 21, "emergency": 4, "revision": 3, "corrigendum": 1}


def test_part_of_the_archive_missing_ends_with_a_message(tmp_path: Path) -> None:
    path = write(tmp_path / "whole.xlsx", [row()])
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "part.xlsx", "w") as part:
        for name in whole.namelist():
            if "sheet1" not in name:
                part.writestr(name, whole.read(name))
    with pytest.raises(InputError, match="没有ePing通报表"):
        list(read_workbook(tmp_path / "part.xlsx"))
