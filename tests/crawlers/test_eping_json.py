from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.formats.eping_json import plain, read_search_file, read_search_page
from warehouse.errors import InputError
from warehouse.records import Issue, NotificationKind, Observation


def item(**changes: Any) -> dict[str, Any]:
    base = {
        "id": 700001,
        "area": "TBT",
        "notificationType": "Addendum to Regular Notification",
        "documentSymbol": " G/TBT/N/KEN/9001/Add.1, G/TBT/N/UGA/9002/Add.1",
        "notifyingMember": "Kenya",
        "notifyingMemberCode": "C404",
        "distributionDate": "2026-07-02T00:00:00+00:00",
        "commentDeadlineDate": None,
        "title": '<p style="margin:2px">Imaginary <b>pu</b>mps &amp; wells</p>',
        "description": "<p>First.</p><ul><li>one</li><li>two</li></ul>",
        "productsFreeText": "<p>ignored</p>",
        "productsFreeTextPlain": "Pumps",
        "hsCodes": [{"id": 1, "code": "8413", "name": "8413 - Pumps"}, {"id": 2, "code": "84137", "name": "x"}],
        "icsCodeText": "23.080 - Pumps; 13.060 - Water",
        "objectives": [{"id": 1, "name": "Quality requirements (TBT)"}],
        "keywords": [{"id": 1, "name": "Pumps"}],
        "spsKeywords": [{"id": 2, "name": "Wells"}, {"id": 3, "name": "Pumps"}],
        "countriesAffected": [],
        "allTradingPartners": True,
        "proposedAdoptionDate": None,
        "proposedAdoptionDateText": "to be determined",
        "proposedEntryIntoForceDate": "2027-01-01T00:00:00",
        "notifiedDocumentLink": "https://example.org/a.pdf, https://example.org/b.pdf",
        "linkToNotification": "https://docs.wto.org/imrd/directdoc.asp?DDFDocuments/v/G/TBTN26/KEN9001A1.docx",
    }
    return base | changes


def read(data: dict[str, Any]) -> tuple[list[Observation], list[Issue]]:
    found = list(read_search_page(data))
    return [f for f in found if isinstance(f, Observation)], [f for f in found if isinstance(f, Issue)]


def test_an_item() -> None:
    (observation,), issues = read({"items": [item()], "totalCount": 1})
    n = observation.notification
    assert observation.source_key == "700001"
    assert n.symbols == ("G/TBT/N/KEN/9001/Add.1", "G/TBT/N/UGA/9002/Add.1")
    assert (n.notification_id, n.kind, n.member_codes) == (n.symbols[0], NotificationKind.ADDENDUM, ("KEN", "UGA"))
    assert (n.title, n.description) == ("Imaginary pumps & wells", "First.\none\ntwo")
    assert (n.products_text, n.hs_codes, n.ics_codes) == ("Pumps", ("8413", "84137"), ("23.080", "13.060"))
    assert (n.objectives, n.keywords) == (("Quality requirements (TBT)",), ("Pumps", "Wells"))
    assert (n.distribution_date, n.comment_deadline) == (date(2026, 7, 2), None)
    assert (n.adoption_text, n.entry_into_force_date) == ("to be determined", date(2027, 1, 1))
    assert n.document_links == ("https://example.org/a.pdf", "https://example.org/b.pdf")
    assert list(n.notification_links) == ["es"]
    assert (n.affected_regions, n.url) == (
        "All trading partners",
        "https://epingalert.org/en/Search?viewData=" + n.symbols[0],
    )
    assert observation.payload == item()
    assert [(i.code, i.row) for i in issues] == [("hs-code-malformed", 1)]


def test_member_by_code_where_the_name_is_unknown() -> None:
    (observation,), issues = read({"items": [item(notifyingMember={"name": "Kenia y otros"}, documentSymbol="")]})
    assert observation.notification.member_names == ("Kenia y otros",)
    assert observation.notification.member_codes == ("KEN",)
    assert observation.notification.notification_id.startswith("row-")
    assert "symbol-missing" in [i.code for i in issues]
    assert "member-unknown" not in [i.code for i in issues]


def test_wrong_shapes_are_told_and_kept() -> None:
    observations, issues = read({"items": [item(title={"en": 1}, hsCodes="8413; 8414"), "odd", {"a": 1}, item(id=2)]})
    assert [o.source_key for o in observations] == ["700001", "2"]
    assert observations[0].notification.hs_codes == ("8413", "8414")
    assert [(i.code, i.row) for i in issues if i.severity == "error"] == [
        ("type-wrong", 1), ("item-unreadable", 2), ("item-unreadable", 3),
    ]  # fmt: skip


def test_unknown_field_is_told_once_a_file(tmp_path: Path) -> None:
    pages = [{"items": [item(id=i, shade="red")]} for i in range(3)]
    (tmp_path / "pages.json").write_text(json.dumps(pages), encoding="utf-8")
    found = list(read_search_file(tmp_path / "pages.json"))
    assert len([f for f in found if isinstance(f, Observation)]) == 3
    assert [f.field_name for f in found if isinstance(f, Issue) and f.code == "field-unknown"] == ["shade"]


@pytest.mark.parametrize(
    "wrap", [lambda i: [i], lambda i: {"items": [i]}, lambda i: {"data": [i]}, lambda i: [{"rows": [i]}]]
)
def test_envelopes(tmp_path: Path, wrap: Any) -> None:
    (tmp_path / "x.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(wrap(item()), indent=1).encode())
    assert [f.source_key for f in read_search_file(tmp_path / "x.json") if isinstance(f, Observation)] == ["700001"]


@pytest.mark.parametrize("content", ["", "{", '{"message": "no"}', "[1]", "5"])
def test_files_without_notifications(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        list(read_search_file(tmp_path / "x.json"))


def test_plain_leaves_text_alone() -> None:
    assert plain("https://example.org/a?b=1&c=2") == "https://example.org/a?b=1&c=2"
    assert plain("a &lt; b") == "a < b"
    assert plain("line<br/>next") == "line\nnext"
