"""The Scrapy engine: the same spiders, the same folders, the same manners, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from crawling import AGENT, WINDOW, World, card_of, codes, issues, landed
from replay import Answer, Replay, Seen

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import AskAgain, Fetch, Fetched, Found, SchemaChanged, Window
from crawlers.engine.run import CrawlReport, crawl, unfinished_folder
from crawlers.engine.site_client import CACHE, LOG
from warehouse.errors import StageError
from warehouse.records import Notification, Observation

PAGE = b"<html><title>Imaginary gates</title></html>"


class Pages:
    """Wishes pages, of which `list` leads to two more, and makes a record of each."""

    def __init__(self, *wishes: Fetch, error: Exception | None = None) -> None:
        self._wishes = wishes
        self._error = error

    def start(self, window: Window) -> Iterator[Fetch]:
        yield from self._wishes

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        if self._error:
            raise self._error
        name = fetched.fetch.path
        if name == "list":
            yield page("one")
            yield page("two")
        yield Observation(
            source_key=name + fetched.fetch.json_body,
            payload={"body": fetched.body.decode("utf-8", "replace")},
            notification=Notification(notification_id=name),
        )


def page(path: str, **changes: Any) -> Fetch:
    given: dict[str, Any] = {"path": path, "accept": "text/html", "subject": path}
    return Fetch(**{**given, **changes})


def site_card(**changes: Any) -> SourceCard:
    given: dict[str, Any] = {"engine": "scrapy", "delay_seconds": 0.0, "timeout_seconds": 5.0, "max_attempts": 3}
    return card_of(**{**given, **changes})


def visit(replay: Replay, folder: Path, spider: Pages, **changes: Any) -> CrawlReport:
    surroundings = World().surroundings()
    card = site_card(**changes)
    return crawl(card, spider, WINDOW, folder, surroundings, base_url=replay.url, user_agent=AGENT)


def answered(**answers: Answer) -> Any:
    """A server that knows these pages."""
    return lambda seen: answers.get(seen.path.strip("/").replace(".", "_"), Answer(body=PAGE))


def asked(replay: Replay) -> list[str]:
    return sorted(seen.path for seen in replay.requests)


def test_pages_lead_to_pages(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    report = visit(replay, tmp_path / "s" / "r1", Pages(page("list")))
    assert sorted(line["source_key"] for line in landed(tmp_path / "s" / "r1")) == ["list", "one", "two"]
    assert (report.n_records, report.n_requests) == (3, 4), "robots.txt is a request too"
    assert replay.requests[0].headers["User-Agent"] == AGENT
    lines = [json.loads(line) for line in (tmp_path / "s" / "r1" / "requests.jsonl").read_text().splitlines()]
    assert sorted(line["path"] for line in lines) == ["list", "one", "robots.txt", "two"]
    assert {line["outcome"] for line in lines} == {"200", "404"}


def test_the_same_page_is_asked_once(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    visit(replay, tmp_path / "s" / "r1", Pages(page("list"), page("one"), page("one")))
    assert asked(replay) == ["/list", "/one", "/two"]


def test_robots_forbids_one_page(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    replay.robots = Answer(body=b"User-agent: *\nDisallow: /closed")
    spider = Pages(page("open"), page("closed/1", is_optional=True))
    visit(replay, tmp_path / "s" / "r1", spider)
    assert asked(replay) == ["/open"]
    (issue,) = issues(tmp_path / "s" / "r1")
    assert (issue.code, issue.subject) == ("fetch-missed", "closed/1")
    assert "robots.txt" in issue.message


def test_robots_of_an_odd_type_forbids_all_the_same(replay: Replay, tmp_path: Path) -> None:
    body = b"User-agent: *\nDisallow: /\n# \x00\xff"
    replay.robots = Answer(body=body, headers={"Content-Type": "image/png"})
    with pytest.raises(StageError, match="robots"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("one")))
    assert asked(replay) == []


@pytest.mark.parametrize("status", [429, 500, 503])
def test_robots_unreachable_means_that_nothing_is_fetched(replay: Replay, tmp_path: Path, status: int) -> None:
    replay.robots = Answer(status=status)
    with pytest.raises(StageError, match="robots"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("one")), max_attempts=2)
    assert (asked(replay), replay.n_robots) == ([], 2)


def test_a_crawl_delay_is_kept(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    replay.robots = Answer(body=b"User-agent: *\nCrawl-delay: 1")
    visit(replay, tmp_path / "s" / "r1", Pages(page("one"), page("two"), page("three")), concurrency=4)
    lines = [json.loads(line) for line in (tmp_path / "s" / "r1" / "requests.jsonl").read_text().splitlines()]
    seconds = sorted(float(line["at"][17:26]) for line in lines if line["path"] != "robots.txt")
    assert seconds[2] - seconds[0] > 1.8


def test_what_may_pass_is_asked_again(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    replay.faults, replay.every = ("503", "close", "429"), 2
    report = visit(replay, tmp_path / "s" / "r1", Pages(page("one"), page("two")))
    assert report.n_records == 2
    assert len(replay.requests) > 2


def test_retry_after_is_kept(replay: Replay, tmp_path: Path) -> None:
    given = iter([Answer(status=429, headers={"Retry-After": "2"})])
    replay.special = lambda _: next(given, Answer(body=PAGE))
    visit(replay, tmp_path / "s" / "r1", Pages(page("one")))
    lines = [json.loads(line) for line in (tmp_path / "s" / "r1" / "requests.jsonl").read_text().splitlines()]
    first, second = (float(line["at"][17:26]) for line in lines if line["path"] == "one")
    assert second - first > 1.9


def test_a_long_rest_is_left_for_the_next_run(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(status=503, headers={"Retry-After": "7200"})
    with pytest.raises(StageError, match="120 分钟"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("one")))


def test_what_stays_down_fails_and_is_continued(replay: Replay, tmp_path: Path) -> None:
    down = {"two"}
    replay.special = lambda seen: Answer(status=503) if seen.path.strip("/") in down else Answer(body=PAGE)
    folder = tmp_path / "s" / "r1"
    with pytest.raises(StageError, match="连续 2 次"):
        visit(replay, folder, Pages(page("one"), page("two")), max_attempts=2)
    down.clear()
    replay.requests.clear()
    assert unfinished_folder(tmp_path / "s", WINDOW, replay.url) == folder
    report = visit(replay, folder, Pages(page("one"), page("two")))
    assert (report.n_records, asked(replay)) == (2, ["/two"])


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_optional_page_that_is_refused_is_told(replay: Replay, tmp_path: Path, status: int) -> None:
    replay.special = answered(gone=Answer(status=status))
    report = visit(replay, tmp_path / "s" / "r1", Pages(page("one"), page("gone", is_optional=True)))
    assert (report.n_records, codes(tmp_path / "s" / "r1")) == (1, ["fetch-missed"])


def test_a_needed_page_that_is_refused_ends_the_run(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered(gone=Answer(status=404))
    with pytest.raises(StageError, match="404"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("gone")))


def test_a_redirect_elsewhere_is_refused(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered(moved=Answer(status=302, headers={"Location": "http://localhost:9/x"}))
    with pytest.raises(StageError, match="转到了别的网站"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("moved")))


def test_a_redirect_within_the_host_is_followed(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered(moved=Answer(status=301, headers={"Location": "/new"}))
    visit(replay, tmp_path / "s" / "r1", Pages(page("moved")))
    assert asked(replay) == ["/moved", "/new"]


def test_redirects_in_a_circle_end(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(status=302, headers={"Location": "/again"})
    with pytest.raises(StageError, match="转到"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("moved")))
    assert len(replay.requests) == 6


def test_a_body_over_the_limit_is_stopped(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(body=b"x" * 3_000_000)
    with pytest.raises(StageError, match="超过 1 MB"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("one")), max_body_mb=1.0)


def test_a_form_is_posted(replay: Replay, tmp_path: Path) -> None:
    """Two wishes to the same path with other bodies are two wishes."""
    replay.special = answered()
    bodies = ('{"page": 1}', '{"page": 2}')
    report = visit(replay, tmp_path / "s" / "r1", Pages(*(page("find", json_body=body) for body in bodies)))
    assert report.n_records == 2
    assert {seen.headers["Content-Type"] for seen in replay.requests} == {"application/json"}


def test_another_host_of_the_card_is_a_folder_of_the_mirror(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    site = "https://members.example.org"
    visit(replay, tmp_path / "s" / "r1", Pages(page("a.pdf", site=site)), sites=(site,))
    assert asked(replay) == ["/members.example.org/a.pdf"]


def test_a_host_that_the_card_does_not_name(replay: Replay, tmp_path: Path) -> None:
    with pytest.raises(StageError, match="来源卡以外"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("a.pdf", site="https://elsewhere.example")))


def test_a_page_that_did_not_change_comes_from_the_cache(replay: Replay, tmp_path: Path) -> None:
    """The second run asks conditionally and reads the same page."""
    marks = {"ETag": '"v1"', "Cache-Control": "max-age=0"}

    def special(seen: Seen) -> Answer:
        same = seen.headers.get("If-None-Match") == '"v1"'
        return Answer(status=304, headers=marks) if same else Answer(body=PAGE, headers=marks)

    replay.special = special
    for run_id in ("r1", "r2"):
        visit(replay, tmp_path / "s" / run_id, Pages(page("one")))
        assert landed(tmp_path / "s" / run_id)[0]["payload"]["body"] == PAGE.decode()
    assert [seen.headers.get("If-None-Match") for seen in replay.requests] == [None, '"v1"']


def test_a_torn_entry_of_the_cache_is_no_entry(replay: Replay, tmp_path: Path) -> None:
    marks = {"ETag": '"v1"', "Cache-Control": "max-age=600"}
    replay.special = lambda _: Answer(body=PAGE, headers=marks)
    visit(replay, tmp_path / "s" / "r1", Pages(page("one")))
    entries = [path for path in (tmp_path / "s" / CACHE).rglob("*") if path.is_file()]
    assert entries
    for path in entries:
        path.write_bytes(path.read_bytes()[:7])
    visit(replay, tmp_path / "s" / "r2", Pages(page("one")))
    assert landed(tmp_path / "s" / "r2")[0]["payload"]["body"] == PAGE.decode()
    assert asked(replay) == ["/one", "/one"]


def test_a_doubted_page_is_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    with pytest.raises(StageError, match="奇怪"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("one"), error=AskAgain("奇怪")))
    assert asked(replay) == ["/one"] * 3


def test_a_changed_page_ends_the_run(replay: Replay, tmp_path: Path) -> None:
    replay.special = answered()
    with pytest.raises(StageError, match="格式变了"):
        visit(replay, tmp_path / "s" / "r1", Pages(page("one"), error=SchemaChanged("没有表格")))


def test_a_process_that_dies_is_told(replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.engine.site_client.sys.executable", "/bin/false")
    with pytest.raises(StageError, match="意外结束") as caught:
        visit(replay, tmp_path / "s" / "r1", Pages(page("one")))
    assert LOG in caught.value.next_step
