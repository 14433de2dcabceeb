from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from crawling import WINDOW, card_of, codes, issues, run
from replay import FIRST_DAY, LAST_DAY, Answer, Replay, Seen

from crawlers.engine.exchange import Fetch, Fetched, Window
from crawlers.engine.run import open_spider
from warehouse.errors import StageError
from warehouse.records import Severity

CARD = card_of("cn_gdtbt", engine="httpx")  # what is tested is the spider; either engine serves it
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Site:
    """A platform of fictional notifications: `n_a_day` of either area on each day of the window."""

    n_a_day: int = 1
    page_size: int = 3
    pager: str = "script"  # "links", "script", or "stuck": links that always show the first page
    ignores_days: bool = False
    states_count: bool = True
    first: date = FIRST_DAY
    last: date = LAST_DAY
    busy: dict[date, int] = field(default_factory=dict)
    searches: list[tuple[str, str, str, str]] = field(default_factory=list)

    def numbers(self, since: date, until: date) -> list[int]:
        days = [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]
        return [
            (day - date(2025, 1, 1)).days * 1000 + i
            for day in days
            if self.ignores_days or since <= day <= until
            for i in range(self.busy.get(day, self.n_a_day))
        ]

    def answer(self, seen: Seen) -> Answer | None:
        if seen.path in {"/tbt.aspx", "/sps.aspx"}:
            return Answer(headers=HTML, body=self.list(seen.path[1:4], seen).encode())
        if seen.path.startswith("/html/note-"):
            return Answer(headers=HTML, body=notification(seen.path).encode())
        return Answer(status=404)

    def list(self, area: str, seen: Seen) -> str:
        since, until, page = seen.query["tbrq0"], seen.query["tbrq1"], seen.query.get("page", "1")
        self.searches.append((area, since, until, page))
        found = self.numbers(date.fromisoformat(since), date.fromisoformat(until))
        start = 0 if self.pager == "stuck" else (int(page) - 1) * self.page_size
        rows = "".join(
            f'<li>{symbol(area, n)} <a href="/html/note-{n * 10 + (area == "sps")}.html">花园门…</a></li>'
            for n in found[start : start + self.page_size]
        )
        n_pages = -(-len(found) // self.page_size)
        script = "javascript:__doPostBack('pagelist1','{}')"
        link = f"/{area}.aspx?keyword=&amp;tbrq0={since}&amp;tbrq1={until}&amp;page={{}}"
        form = script if self.pager == "script" else link
        pager = "".join(f'<a href="{form.format(i)}">{i}</a>' for i in range(1, n_pages + 1))
        count = f"<span>共 {len(found)} 条</span>" if self.states_count else ""
        return (
            f"<title>广东省应对技术性贸易壁垒信息平台</title><body><h1>广东省应对技术性贸易壁垒信息平台</h1>"
            f'<ul>{rows}</ul><div id="pagelist1"><div>{count}{pager}</div></div>'
        )


def symbol(area: str, number: int) -> str:
    return f"G/{area.upper()}/N/KEN/{number}"


def notification(path: str) -> str:
    number, is_sps = divmod(int(path.removeprefix("/html/note-").removesuffix(".html")), 10)
    day = date(2025, 1, 1) + timedelta(days=number // 1000)
    return (
        f"<p>{symbol('sps' if is_sps else 'tbt', number)}<p>{day}<p>1. 通报成员：肯尼亚"
        f"<p>5. 通报标题：花园门第{number}部分安全要求（2页，英语）<p>页数：2<p>6. 内容简述：略"
    )


@pytest.fixture
def site(replay: Replay) -> Site:
    site = Site()
    replay.special = site.answer
    return site


def both_areas(site: Site) -> int:
    return 2 * len(site.numbers(FIRST_DAY, LAST_DAY))


def test_a_list_on_one_page(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.page_size = 100
    report = run(replay.url, tmp_path / "s" / "r1", card=CARD)
    assert report.n_records == both_areas(site) == 24
    assert site.searches == [(area, "2025-06-01", "2025-06-12", "1") for area in ("tbt", "sps")]
    lines = {line["symbol"]: line for line in landed_titles(tmp_path / "s" / "r1")}
    first = lines["G/TBT/N/KEN/151000"]
    assert first["title_zh"] == "花园门第151000部分安全要求"
    assert first["published_date"] == "2025-06-01"
    assert first["url"] == "http://www.gdtbt.org.cn/html/note-1510000.html"
    assert codes(tmp_path / "s" / "r1") == []


def landed_titles(folder: Path) -> list[dict[str, str]]:
    text = gzip.decompress((folder / "titles-00001.jsonl.gz").read_bytes()).decode()
    return [json.loads(line) for line in text.splitlines()]


def test_the_search_is_asked_as_the_site_does(replay: Replay, site: Site, tmp_path: Path) -> None:
    run(replay.url, tmp_path / "s" / "r1", card=CARD)
    fetch = next(iter(open_spider(CARD, "").start(WINDOW)))
    names = ["keyword", "ics", "hs", "tbcy", "fgcp", "tbrq0", "tbrq1", "specialid"]
    assert [name for name, _ in fetch.query] == names
    assert dict(fetch.query) | {"tbrq0": "", "tbrq1": ""} == dict.fromkeys(names, "")


def test_days_are_halved_where_only_a_script_turns_pages(replay: Replay, site: Site, tmp_path: Path) -> None:
    report = run(replay.url, tmp_path / "s" / "r1", card=CARD)
    assert report.n_records == both_areas(site) == 24
    assert codes(tmp_path / "s" / "r1") == []
    assert {page for *_, page in site.searches} == {"1"}
    assert len(site.searches) <= 2 * 23  # 12 days, halved down to one each at most


def test_links_of_the_pager_are_followed(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.pager = "links"
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == both_areas(site) == 24
    assert {search[1:] for search in site.searches} == {
        ("2025-06-01", "2025-06-12", str(page)) for page in (1, 2, 3, 4)
    }
    assert len(site.searches) == 10  # the first page once more under the pager's own link


def test_a_pager_that_shows_the_same_page_again_is_left(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.pager = "stuck"
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == both_areas(site)
    assert codes(tmp_path / "s" / "r1") == []
    asked = [search for search in site.searches if search[:3] == ("tbt", "2025-06-01", "2025-06-12")]
    assert [page for *_, page in asked] == ["1", "1", "2"]


def test_a_day_with_more_than_a_page_is_told(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.busy = {date(2025, 6, 5): 9}
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == 2 * (11 + 3)
    told = issues(tmp_path / "s" / "r1")
    assert [issue.code for issue in told] == ["crawl-incomplete"] * 2
    assert all("2025-06-05 共有 9 条" in issue.message and "只找到 3 条" in issue.message for issue in told)
    assert told[0].severity is Severity.ERROR


def test_a_site_that_ignores_the_days(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.ignores_days, site.page_size = True, 1000
    site.first, site.last = FIRST_DAY - timedelta(days=3), LAST_DAY
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == 24
    assert codes(tmp_path / "s" / "r1") == ["crawl-outside-window"]


def test_a_list_without_a_count_is_taken_as_it_is(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.states_count = False
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == 6
    assert len(site.searches) == 2


@pytest.mark.parametrize("states_count", [True, False])
def test_nothing_in_the_window(replay: Replay, site: Site, tmp_path: Path, *, states_count: bool) -> None:
    site.n_a_day, site.states_count = 0, states_count
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == 0
    assert codes(tmp_path / "s" / "r1") == ["crawl-empty"]


def test_another_page_in_the_place_of_the_list(replay: Replay, tmp_path: Path) -> None:
    replay.special = lambda _: Answer(headers=HTML, body="<h1>请稍候</h1><p>正在验证浏览器".encode())
    with pytest.raises(StageError, match=r"数据格式变了：tbt\.aspx 的应答不是通报列表"):
        run(replay.url, tmp_path / "s" / "r1", card=CARD)


def test_two_searches_that_show_the_same_page_fetch_it_once(replay: Replay, site: Site, tmp_path: Path) -> None:
    run(replay.url, tmp_path / "s" / "r1", card=CARD)
    paths = [seen.path for seen in replay.requests if seen.path.startswith("/html/")]
    assert len(paths) == len(set(paths)) == 24


def test_a_page_that_is_gone_stops_nothing(replay: Replay, site: Site, tmp_path: Path) -> None:
    site.page_size = 100
    replay.special = lambda seen: Answer(status=404) if seen.path == "/html/note-1510000.html" else site.answer(seen)
    assert run(replay.url, tmp_path / "s" / "r1", card=CARD).n_records == 23
    assert [issue.subject for issue in issues(tmp_path / "s" / "r1")] == ["note-1510000"]


def test_pages_of_the_second_site() -> None:
    spider = open_spider(CARD, "")
    body = (
        '<p>技术性贸易</p><li>G/TBT/N/KEN/1 <a href="http://sps.gdtbt.org.cn/tbtitem-5.html">花</a></li>'
        '<div id="pagelist1"><div><span>1</span></div></div>'
    ).encode()
    window = Window(since=FIRST_DAY, until=LAST_DAY)
    first = next(iter(spider.start(window)))
    (wish,) = spider.parse(Fetched(fetch=first, body=body), window)
    assert isinstance(wish, Fetch)
    assert (wish.site, wish.path, wish.subject) == ("http://sps.gdtbt.org.cn", "tbtitem-5.html", "tbtitem-5")
    assert wish.is_optional
    page = notification("/html/note-1510000.html").encode()
    (found,) = spider.parse(Fetched(fetch=wish, body=page), window)
    assert found.title.url == "http://sps.gdtbt.org.cn/tbtitem-5.html"  # type: ignore[union-attr]


def test_a_doubt_is_only_a_remark() -> None:
    spider = open_spider(CARD, "")
    fetch = Fetch(path="html/note-1.html", purpose="notification", subject="note-1")
    (found,) = spider.parse(Fetched(fetch=fetch, body="<p>一则通知</p>".encode()), WINDOW)
    assert (found.code, found.severity, found.subject) == ("title-pair-unclear", Severity.INFO, "note-1")  # type: ignore[union-attr]
