from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from crawling import card_of, codes, landed, run
from openpyxl import Workbook
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from crawlers.engine.exchange import Window
from crawlers.engine.run import CrawlReport
from crawlers.landing import RUN
from warehouse.errors import StageError

PATH = "/NotificationExcelFiles/TradeConcerns_EN.xlsx"
HEADERS = ("IMS ID", "Title", "Member(s) raising", "Member(s) subject to STC", "First time raised")


def workbook(n: int, headers: tuple[str, ...] = HEADERS) -> bytes:
    """A list of `n` fictional concerns."""
    book = Workbook()
    book.active.title = "TBT"
    book.active.append(headers)
    for number in range(1, n + 1):
        book.active.append((number, f"Imaginary gates {number}", "Japan; Korea, Republic of", "China", "June 2019"))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class Site:
    """The one file, behind a tag."""

    def __init__(self, httpserver: HTTPServer) -> None:
        self.body, self.tag = workbook(30), '"v1"'
        self.url = httpserver.url_for("/").rstrip("/")
        httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
        httpserver.expect_request(PATH).respond_with_handler(self.answer)

    def answer(self, request: Request) -> Response:
        if request.headers.get("If-None-Match") == self.tag:
            return Response(status=304)
        return Response(self.body, headers={"ETag": self.tag})


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


def go(site: Site, folder: Path, window: Window | None = None, *, min_records: int = 0) -> CrawlReport:
    card = card_of("wto_concerns", min_records=min_records)
    return run(site.url, folder, card=card) if window is None else run(site.url, folder, card=card, window=window)


def test_the_whole_list(site: Site, tmp_path: Path) -> None:
    report = go(site, tmp_path / "s" / "r1")
    assert (report.n_records, report.is_unchanged) == (30, False)
    first = landed(tmp_path / "s" / "r1")[0]
    assert (first["concern_id"], first["raising_members"]) == ("TBT-1", ["JPN", "KOR"])
    assert first["payload"]["Title"] == "Imaginary gates 1"
    assert codes(tmp_path / "s" / "r1") == []


def test_the_window_does_not_matter(site: Site, tmp_path: Path) -> None:
    window = Window(since=date(1999, 1, 1), until=date(1999, 1, 2))
    assert go(site, tmp_path / "s" / "r1", window).n_records == 30


def test_the_same_file_is_not_read_twice_and_a_new_one_is(site: Site, tmp_path: Path) -> None:
    go(site, tmp_path / "s" / "r1")
    report = go(site, tmp_path / "s" / "r2", min_records=10)
    assert (report.n_records, report.is_unchanged) == (0, True)
    assert codes(tmp_path / "s" / "r2") == []
    site.body, site.tag = workbook(31), '"v2"'
    assert go(site, tmp_path / "s" / "r3").n_records == 31


def test_other_columns_stop_the_run_and_are_named(site: Site, tmp_path: Path) -> None:
    site.body = workbook(30, ("IMS ID", "Title", "Complainant", "Defendant", "First time raised"))
    with pytest.raises(StageError, match=r"格式变了.*缺少必备列.*“Complainant”、“Defendant”"):
        go(site, tmp_path / "s" / "r1")
    assert not (tmp_path / "s" / "r1" / RUN).exists()


def test_a_web_page_instead_of_the_workbook(site: Site, tmp_path: Path) -> None:
    site.body = b"<html>Page not found</html>"
    with pytest.raises(StageError, match="格式变了"):
        go(site, tmp_path / "s" / "r1")


def test_a_list_that_is_too_short_is_not_loaded(site: Site, tmp_path: Path) -> None:
    with pytest.raises(StageError, match="少于应有的 100 条"):
        go(site, tmp_path / "s" / "r1", min_records=100)
