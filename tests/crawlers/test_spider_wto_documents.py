"""Documents behind the links of known notifications: which are asked for, and what is taken from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from crawling import card_of, codes, landed, run
from pytest_httpserver import HTTPServer

from crawlers.engine.exchange import Fetch, Fetched, Window
from crawlers.engine.run import open_spider
from crawlers.formats.wto_document.plain_text import MAX_CHARACTERS
from warehouse.records import Issue, Notification, NotificationKind, Observation, Severity

CARD = card_of("wto_documents")
WINDOW = Window(since=date(2025, 6, 1), until=date(2025, 6, 12))
SYMBOL = "G/TBT/N/UGA/9101"
ENGLISH = "imrd/directdoc.asp?DDFDocuments/t/G/TBTN25/UGA9101.DOCX"
ATTACHMENT = "crnattachments/2025/TBT/UGA/25_90001_00_e.pdf"
MEMBERS = "https://members.wto.org"
ROWS = (
    "Notifying Member: UGANDA",
    "Products covered: Gates (HS code(s): 730830)",
    "Title, number of pages and language(s) of the notified document: Imaginary gates (12 page(s), in English)",
    "Description of content: Invented hinges.",
    "Final date for comments: 9 August 2025",
)


def known(**fields: Any) -> Notification:
    given: dict[str, Any] = {
        "notification_id": SYMBOL,
        "symbols": (SYMBOL,),
        "distribution_date": date(2025, 6, 10),
        "notification_links": {"en": f"https://docs.wto.org/{ENGLISH}"},
    }
    return Notification(**{**given, **fields})


def word(lines: Sequence[str], rows: Sequence[str] = ()) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=0, cols=2)
    for number, text in enumerate(rows, start=1):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = f"{number}.", text
    packed = BytesIO()
    document.save(packed)
    return packed.getvalue()


def form(symbol: str = SYMBOL, rows: Sequence[str] = ROWS) -> bytes:
    return word([*filter(None, [symbol]), "10 June 2025", "NOTIFICATION"], rows)


def wishes(*notifications: Notification, window: Window = WINDOW) -> list[tuple[str, str, str]]:
    found = open_spider(CARD, "", notifications).start(window)
    return [(wish.purpose, wish.site, wish.path) for wish in found]


def parse(
    body: bytes, notification: Notification | None = None, *, purpose: str = "notification", path: str = ENGLISH
) -> tuple[list[Observation], list[Issue]]:
    notification = notification or known()
    site = MEMBERS if purpose == "text" else ""
    fetch = Fetch(path=path, site=site, purpose=purpose, subject=notification.notification_id)
    found = list(open_spider(CARD, "", [notification]).parse(Fetched(fetch=fetch, body=body), WINDOW))
    issues = [item for item in found if isinstance(item, Issue)]
    assert {issue.subject for issue in issues} <= {notification.notification_id}
    return [item for item in found if isinstance(item, Observation)], issues


def test_a_wish_is_optional_and_names_the_notification() -> None:
    (wish,) = open_spider(CARD, "", [known()]).start(WINDOW)
    assert wish.is_optional
    assert wish.subject == SYMBOL
    assert "json" not in wish.accept


def test_the_text_is_asked_for_on_its_own_host_and_each_file_once() -> None:
    links = (
        f"{MEMBERS}/{ATTACHMENT}",
        "https://standards.example/gates.pdf",
        f"http://MEMBERS.wto.org/{ATTACHMENT}#page=2",
        f"https://docs.wto.org/{ENGLISH}",
    )
    assert wishes(known(document_links=links)) == [("notification", "", ENGLISH), ("text", MEMBERS, ATTACHMENT)]


@pytest.mark.parametrize(
    ("langs", "chosen"),
    [(("es", "fr", "en"), "en"), (("es", "fr"), "fr"), (("ru", "es"), "es"), (("zh", "ru"), "ru"), ((), None)],
)
def test_one_language_of_the_notification(langs: tuple[str, ...], chosen: str | None) -> None:
    found = wishes(known(notification_links={lang: f"https://docs.wto.org/{lang}.docx" for lang in langs}))
    assert found == ([("notification", "", f"{chosen}.docx")] if chosen else [])


def test_a_language_whose_link_cannot_be_used_gives_way() -> None:
    links = {"en": "https://docs.wto.org/../a.docx", "fr": "https://docs.wto.org/fr.docx"}
    assert wishes(known(notification_links=links)) == [("notification", "", "fr.docx")]


@pytest.mark.parametrize(
    "link",
    [
        "ftp://docs.wto.org/a.docx",
        "docs.wto.org/a.docx",
        "https://docs.wto.org",
        "https://docs.wto.org/",
        "https://docs.wto.org:8443/a.docx",
        "https://user:word@docs.wto.org/a.docx",
        "https://docs.wto.org@example.org/a.docx",
        "https://docs.wto.org.example.org/a.docx",
        "https://docs.wto.org/../a.docx",
        "https://docs.wto.org/b/%2e%2e/a.docx",
        "https://docs.wto.org/b/%252e%252e/a.docx",
        "https://docs.wto.org/directdoc.aspx?filename=q:/G/../a.docx",
        "https://docs.wto.org/directdoc.aspx?filename=../a.docx",
        "https://docs.wto.org\\@example.org/a.docx",
        "https://docs.wto.org/a b.docx",
        "https://docs.wto.org/a\n.docx",
        "https://docs.wto.org/https://example.org/a.docx",
        "https://[docs.wto.org/a.docx",
        "",
    ],
)
def test_a_link_that_is_malformed_or_leads_elsewhere_is_left_out(link: str) -> None:
    assert wishes(known(notification_links={"en": link}, document_links=(link,))) == []


def test_the_query_stays_as_it_was_published() -> None:
    link = "https://docs.wto.org/dol2fe/Pages/SS/directdoc.aspx?filename=q:/G/TBTN24/CHN1234.pdf&Open=True"
    assert wishes(known(notification_links={"en": link})) == [("notification", "", link.partition("org/")[2])]


def test_only_what_was_distributed_in_the_window() -> None:
    days = (date(2025, 5, 31), date(2025, 6, 1), date(2025, 6, 12), date(2025, 6, 13), None)
    items = [
        known(
            notification_id=f"N{number}",
            distribution_date=day,
            notification_links={"en": f"https://docs.wto.org/{number}.docx"},
        )
        for number, day in enumerate(days)
    ]
    assert [path for _, _, path in wishes(*items)] == ["1.docx", "2.docx", "4.docx"]


def test_what_the_document_states_and_where_it_differs() -> None:
    search = known(comment_deadline=date(2025, 8, 8), hs_codes=("730830",), member_codes=("UGA",), title="Gates")
    (record,), issues = parse(form(), search)
    assert [(issue.code, issue.field_name) for issue in issues] == [("document-disagrees", "comment_deadline")]
    assert record.source_key == record.notification.notification_id == SYMBOL
    assert record.notification.comment_deadline == date(2025, 8, 9)
    assert record.notification.description == "Invented hinges."
    assert record.payload["name"] == "UGA9101.DOCX"
    assert record.payload["url"] == f"https://docs.wto.org/{ENGLISH}"
    # members of all sources add up: a document never adds one to those of the search
    assert record.notification.member_codes == record.notification.member_names == ()


def test_members_come_from_the_document_where_the_search_has_none() -> None:
    (record,), _ = parse(form())
    assert (record.notification.member_names, record.notification.member_codes) == (("UGANDA",), ("UGA",))


def test_the_id_and_the_symbols_are_those_of_the_notification_as_known() -> None:
    joint = known(notification_id="own-1", symbols=("G/TBT/N/BDI/9100", SYMBOL))
    (record,), _ = parse(form(), joint)
    assert record.source_key == "G/TBT/N/BDI/9100"
    assert record.notification.notification_id == "own-1"
    assert record.notification.symbols == joint.symbols


@pytest.mark.parametrize("symbol", ["G/TBT/N/UGA/9102", f"{SYMBOL}/Add.1"])
def test_the_document_of_another_notification_is_not_taken(symbol: str) -> None:
    records, issues = parse(form(symbol))
    assert not records
    assert [(issue.code, issue.severity, issue.value) for issue in issues] == [
        ("document-other-symbol", Severity.WARNING, symbol)
    ]


def test_a_form_without_a_symbol_belongs_to_its_link() -> None:
    (record,), issues = parse(form(""))
    assert record.notification.notification_id == SYMBOL
    assert [issue.code for issue in issues] == ["document-symbol-missing"]
    assert SYMBOL in issues[0].message


def test_a_file_with_neither_symbol_nor_boxes_is_not_taken() -> None:
    records, issues = parse(word(["A letter about nothing", "of this kind"]))
    assert not records
    assert [issue.code for issue in issues] == ["document-other-symbol"]


def test_what_cannot_be_read_gives_its_issue_alone() -> None:
    records, issues = parse(b"%PDF-1.7 and no more")
    assert not records
    assert [(issue.code, issue.severity) for issue in issues] == [("document-damaged", Severity.ERROR)]
    assert "UGA9101.DOCX" in issues[0].message


def test_a_document_too_long_for_the_load_is_not_taken() -> None:
    records, issues = parse(form(rows=[*ROWS[:-1], ROWS[-1] + " x" * 600_000]))
    assert not records
    assert [issue.code for issue in issues] == ["document-too-large"]


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf\r\n<!DOCTYPE html><p>Sign in", b"<?xml version='1.0'?><html/>"])
def test_a_web_page_is_no_document(body: bytes) -> None:
    for purpose, severity in (("notification", Severity.WARNING), ("text", Severity.INFO)):
        records, issues = parse(body, purpose=purpose)
        assert not records
        assert [(issue.code, issue.severity) for issue in issues] == [("document-not-found", severity)]


def test_of_a_notified_text_only_the_text_is_kept() -> None:
    body = form("G/TBT/N/KEN/1")  # even a text that looks like a notification gives no field
    (record,), issues = parse(body, known(hs_codes=("9405",)), purpose="text", path=ATTACHMENT)
    assert not issues
    assert record.notification == Notification(notification_id=SYMBOL, symbols=(SYMBOL,))
    assert record.notification.kind is NotificationKind.UNKNOWN
    assert record.source_key == f"{SYMBOL}#{ATTACHMENT}"
    assert {name: record.payload[name] for name in ("name", "url", "form", "pages", "is_cut")} == {
        "name": "25_90001_00_e.pdf",
        "url": f"{MEMBERS}/{ATTACHMENT}",
        "form": "docx",
        "pages": None,
        "is_cut": False,
    }
    assert "Products covered: Gates (HS code(s): 730830)" in str(record.payload["text"])


def test_a_long_notified_text_is_cut_and_says_so() -> None:
    (record,), issues = parse(word(["gate " * 50_000]), purpose="text", path=ATTACHMENT)
    assert len(str(record.payload["text"])) == MAX_CHARACTERS
    assert record.payload["is_cut"] is True
    assert [(issue.code, issue.severity) for issue in issues] == [("notified-text-cut", Severity.INFO)]


def test_a_notified_text_that_cannot_be_read_is_a_remark() -> None:
    records, issues = parse(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", purpose="text", path=ATTACHMENT)
    assert not records
    assert [(issue.code, issue.severity) for issue in issues] == [("document-old-word", Severity.INFO)]


def test_a_run_from_end_to_end(httpserver: HTTPServer, tmp_path: Path) -> None:
    """The loopback server stands for the first host; the query of the first link reaches it unchanged."""
    base = httpserver.url_for("").rstrip("/")
    card = replace(CARD, base_url=base, sites=())
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request(
        "/imrd/directdoc.asp", query_string="DDFDocuments/t/G/TBTN25/UGA9101.DOCX"
    ).respond_with_data(form(), content_type="application/octet-stream")
    httpserver.expect_request(f"/{ATTACHMENT}").respond_with_data(word(["Draft Standard 9001"]))
    httpserver.expect_request("/gone.docx").respond_with_data("<html>gone", content_type="text/html")
    items = [
        known(notification_links={"en": f"{base}/{ENGLISH}"}, document_links=(f"{base}/{ATTACHMENT}",)),
        known(notification_id="G/TBT/N/UGA/9102", symbols=(), notification_links={"en": f"{base}/gone.docx"}),
        known(notification_id="G/TBT/N/UGA/9103", distribution_date=date(2024, 1, 1)),
    ]
    report = run(base, tmp_path / "s" / "r1", card=card, spider=open_spider(card, "", items), window=WINDOW)
    assert report.n_records == 2
    assert [line["source_key"] for line in landed(tmp_path / "s" / "r1")] == [SYMBOL, f"{SYMBOL}#{ATTACHMENT}"]
    assert codes(tmp_path / "s" / "r1") == ["document-not-found"]
    asked = {request.path for request, _ in httpserver.log} - {"/robots.txt"}
    assert asked == {"/imrd/directdoc.asp", f"/{ATTACHMENT}", "/gone.docx"}


def test_nothing_known_is_nothing_to_fetch(httpserver: HTTPServer, tmp_path: Path) -> None:
    report = run(
        httpserver.url_for("").rstrip("/"),
        tmp_path / "s" / "r1",
        card=CARD,
        spider=open_spider(CARD, ""),
        window=WINDOW,
    )
    assert (report.n_records, report.n_requests) == (0, 0)
    assert not httpserver.log
