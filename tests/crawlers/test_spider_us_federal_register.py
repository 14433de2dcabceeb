from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crawling import card_of, codes, issues, landed, run
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crawlers.engine.exchange import Fetch, Window
from crawlers.engine.run import open_spider
from crawlers.formats.federal_register import FIELDS, CfrParts, Scope, scope
from crawlers.spiders import us_federal_register
from warehouse.errors import StageError

CARD = card_of("us_federal_register")
WINDOW = Window(since=date(2025, 6, 1), until=date(2025, 6, 12))
CPSC = {"raw_name": "CONSUMER PRODUCT SAFETY COMMISSION", "slug": "consumer-product-safety-commission"}
EPA = {"raw_name": "ENVIRONMENTAL PROTECTION AGENCY", "slug": "environmental-protection-agency"}


def document(number: int, **changes: Any) -> dict[str, Any]:
    """One fictional document; the day goes by the number."""
    base = dict.fromkeys(FIELDS) | {
        "document_number": f"2025-{90000 + number}",
        "title": f"Invented gates, part {number}",
        "type": "Rule",
        "publication_date": f"2025-06-{1 + number % 12:02}",
        "agencies": [CPSC],
    }
    return base | changes


class Site:
    """Answers as the API does: newest first, `results` and `total_pages` only where something is found."""

    def __init__(self, server: HTTPServer, documents: list[dict[str, Any]]) -> None:
        self.documents = documents
        self.asked: list[tuple[str, str, str]] = []  # first day, last day, page
        self.most_per_page = 1000
        self.changes: dict[str, Any] = {}
        self.queries: list[dict[str, list[str]]] = []
        server.expect_request("/robots.txt").respond_with_data("", status=404)
        server.expect_request("/api/v1/documents.json").respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        query = request.args.to_dict(flat=False)
        self.queries.append(query)
        since, until = (query[f"conditions[publication_date][{end}]"][0] for end in ("gte", "lte"))
        page, size = int(query["page"][0]), min(int(query["per_page"][0]), self.most_per_page)
        self.asked.append((since, until, str(page)))
        found = [item for item in self.documents if since <= item["publication_date"] <= until]
        found.sort(key=lambda item: str(item["publication_date"]), reverse=True)
        data: dict[str, Any] = {"count": len(found), "description": "Documents"}
        if shown := found[(page - 1) * size : page * size]:
            data |= {"total_pages": min(-(-len(found) // size), 50), "results": shown}
        return Response(json.dumps(data | self.changes), content_type="application/json")


def crawl(server: HTTPServer, tmp_path: Path, window: Window = WINDOW) -> Path:
    folder = tmp_path / "s" / "r1"
    run(server.url_for(""), folder, card=CARD, spider=open_spider(CARD, ""), window=window)
    return folder


def test_pages_are_followed_to_the_last(httpserver: HTTPServer, tmp_path: Path) -> None:
    site = Site(httpserver, [document(number) for number in range(450)])
    folder = crawl(httpserver, tmp_path)
    assert [page for *_, page in site.asked] == ["1", "2", "3"]
    assert len({line["notification_id"] for line in landed(folder)}) == 450
    assert codes(folder) == []


def test_what_is_asked_for(httpserver: HTTPServer, tmp_path: Path) -> None:
    site = Site(httpserver, [document(1)])
    crawl(httpserver, tmp_path)
    (query,) = site.queries
    assert query["conditions[type][]"] == ["RULE", "PRORULE"]
    assert query["order"] == ["newest"]
    assert query["conditions[publication_date][gte]"] == ["2025-06-01"]
    assert query["conditions[publication_date][lte]"] == ["2025-06-12"]
    assert "consumer-product-safety-commission" in query["conditions[agencies][]"]
    assert {"document_number", "correction_of", "cfr_references"} <= set(query["fields[]"])
    assert "excerpts" not in query["fields[]"]


def test_a_site_that_gives_fewer_a_page_is_followed_all_the_same(httpserver: HTTPServer, tmp_path: Path) -> None:
    site = Site(httpserver, [document(number) for number in range(50)])
    site.most_per_page = 20
    folder = crawl(httpserver, tmp_path)
    assert [page for *_, page in site.asked] == ["1", "2", "3"]
    assert len(landed(folder)) == 50


def test_too_many_documents_for_one_query_are_asked_for_by_halves(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(us_federal_register, "MOST", 20)
    site = Site(httpserver, [document(number) for number in range(36)])  # three a day
    folder = crawl(httpserver, tmp_path)
    assert [asked for asked in site.asked if asked[2] == "1"] == [
        ("2025-06-01", "2025-06-12", "1"),
        ("2025-06-01", "2025-06-06", "1"),
        ("2025-06-07", "2025-06-12", "1"),
    ]
    assert len(landed(folder)) == 36
    assert codes(folder) == []


def test_a_day_with_more_than_can_be_paged_through_is_told(
    httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(us_federal_register, "MOST", 20)
    monkeypatch.setattr(us_federal_register, "PAGE_SIZE", 10)
    monkeypatch.setattr(us_federal_register, "LAST_PAGE", 2)
    day = date(2025, 6, 3)
    Site(httpserver, [document(number, publication_date="2025-06-03") for number in range(36)])
    folder = crawl(httpserver, tmp_path, Window(since=day, until=day))
    assert len(landed(folder)) == 20
    (issue,) = issues(folder)
    assert issue.code == "crawl-incomplete"
    assert "36" in issue.message
    assert "20" in issue.message


def test_nothing_in_the_window(httpserver: HTTPServer, tmp_path: Path) -> None:
    Site(httpserver, [])
    folder = crawl(httpserver, tmp_path)
    assert landed(folder) == []
    assert codes(folder) == ["crawl-empty"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"count": "5"}, "没有总数"),
        ({"total_pages": None}, "没有页数"),
        ({"results": {"1": "a"}}, "results 不是列表"),
        ({"errors": {"agencies": "is not a valid field"}}, "不接受查询条件"),
        ({"results": []}, "第 1 页没有记录"),
        ({"count": 500, "total_pages": 3}, "没有记录"),
    ],
)
def test_an_answer_in_another_form_ends_the_run(
    httpserver: HTTPServer, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    site = Site(httpserver, [document(1)])
    site.changes = changes
    with pytest.raises(StageError, match=message):
        crawl(httpserver, tmp_path)
    assert not (tmp_path / "s" / "r1" / "run.json").exists()


def test_a_page_that_repeats_ends_the_run(httpserver: HTTPServer, tmp_path: Path) -> None:
    site = Site(httpserver, [document(1), document(2)])
    site.changes = {"count": 400, "total_pages": 2, "results": [document(1)]}
    with pytest.raises(StageError, match="第 2 页与第 1 页相同"):
        crawl(httpserver, tmp_path)
    assert [page for *_, page in site.asked] == ["1", "2", "2", "2"]


def test_what_was_not_asked_for_is_left_out_and_told_once(httpserver: HTTPServer, tmp_path: Path) -> None:
    others = [{"raw_name": "FISH AND WILDLIFE SERVICE", "slug": "fish-and-wildlife-service"}]
    Site(httpserver, [document(1), document(2, type="Notice"), document(3, agencies=others), document(4, agencies=[])])
    folder = crawl(httpserver, tmp_path)
    assert [line["notification_id"] for line in landed(folder)] == ["FR-2025-90001"]
    assert codes(folder) == ["crawl-outside-query"]


def test_parts_of_the_cfr_decide_which_rules_of_an_agency_are_kept(httpserver: HTTPServer, tmp_path: Path) -> None:
    def rule(number: int, *parts: int) -> dict[str, Any]:
        return document(number, agencies=[EPA], cfr_references=[{"title": 40, "part": part} for part in parts])

    Site(httpserver, [rule(1, 52), rule(2, 721), rule(3, 52, 1036), rule(4), rule(5, 81)])
    folder = crawl(httpserver, tmp_path)
    assert {line["notification_id"][-1] for line in landed(folder)} == {"2", "3", "4"}
    (issue,) = issues(folder)
    assert (issue.code, issue.severity) == ("documents-left-out", "info")
    assert "2 份" in issue.message


def test_a_document_of_two_agencies_is_judged_by_the_parts_of_both() -> None:
    both = Scope({"a": (CfrParts(16),), "b": (CfrParts(40, 700, 799),)})
    reference = [{"title": "40", "part": "702"}]
    assert both.covers({"agencies": [{"slug": "a"}, {"slug": "b"}], "cfr_references": reference})
    assert not both.covers({"agencies": [{"slug": "a"}], "cfr_references": reference})
    assert both.covers({"agencies": [{"slug": "b"}], "cfr_references": [{"title": 40, "part": None}]})


def test_an_office_of_an_agency_asked_for_is_no_reason_to_warn(httpserver: HTTPServer, tmp_path: Path) -> None:
    """A search for a department also finds what its offices publish alone."""
    office = {"raw_name": "Federal Energy Regulatory Commission", "slug": "federal-energy-commission", "parent_id": 136}
    Site(httpserver, [document(1), document(2, agencies=[office])])
    folder = crawl(httpserver, tmp_path)
    assert [line["notification_id"] for line in landed(folder)] == ["FR-2025-90001"]
    assert codes(folder) == ["documents-left-out"]


def test_the_list_of_agencies_is_well_formed() -> None:
    listed = scope().agencies
    assert all(parts for parts in listed.values())
    assert all(part.first <= part.last and 1 <= part.title <= 50 for parts in listed.values() for part in parts)
    with pytest.raises(ValueError, match="16 CFR"):
        CfrParts.of("16 CFR")


def test_the_days_of_a_query_stand_in_its_wish() -> None:
    """What a killed run left is read again without the memory of who asked for it."""
    spider = open_spider(CARD, "")
    (first,) = spider.start(WINDOW)
    assert isinstance(first, Fetch)
    assert dict(first.query)["page"] == "1"
    assert not first.path.startswith("/")
