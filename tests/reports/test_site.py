"""The files of the public site, without a browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from posixpath import dirname, join, normpath

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from site_sample import HOSTILE, TODAY, facts, hostile, measure

from reports.mail.clean import one_line
from reports.site.build import N_NEWEST, site_files
from reports.site.facts import SiteFacts
from reports.site.pages import days_left, public_title, slugs

URL = "https://office.example/tbt/"


class Read(HTMLParser):
    """Elements with their attributes, and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    return dict(site_files(facts(70)))


def pages_of(made: dict[str, bytes]) -> dict[str, Read]:
    return {name: Read(content.decode()) for name, content in made.items() if name.endswith(".html")}


def data_of(made: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    script = made["data/measures.js"].decode()
    return dict(json.loads(script.removeprefix("window.tbtSite=").removesuffix(";\n")))


def test_the_same_facts_give_the_same_bytes() -> None:
    assert list(site_files(facts(8))) == list(site_files(facts(8)))


def test_every_measure_has_one_page_and_one_row_of_data(made: dict[str, bytes]) -> None:
    pages = {name for name in made if re.fullmatch(r"measures/(?!index).*\.html", name)}
    assert {f"measures/{row['p']}.html" for row in data_of(made)["measures"]} == pages
    assert len(pages) == 72


def test_every_link_inside_the_site_leads_to_a_file(made: dict[str, bytes]) -> None:
    copied = {file.path for issue in facts().issues for file in issue.files}
    broken = []
    for name, page in pages_of(made).items():
        anchors = {attrs["id"] for _, attrs in page.elements if "id" in attrs}
        for _, attrs in page.elements:
            target = attrs.get("href") or attrs.get("src") or ""
            path, _, anchor = target.partition("#")
            if not target or re.match(r"https?:", target):
                continue
            if path and normpath(join(dirname(name), path)) not in made.keys() | copied:
                broken.append((name, target))
            if not path and anchor not in anchors:
                broken.append((name, target))
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(made: dict[str, bytes]) -> None:
    for page in pages_of(made).values():
        loaded = [
            attrs.get("src") or attrs.get("href") for tag, attrs in page.elements if tag in {"script", "img", "link"}
        ]
        assert [address for address in loaded if address and re.match(r"(?:\w+:)?//", address)] == []
    assert b"url(" not in made["assets/site.css"]
    assert re.findall(rb"fetch|XMLHttp|innerHTML|document\.write|eval", made["assets/site.js"]) == []


def test_a_hostile_title_is_text_on_every_page(made: dict[str, bytes]) -> None:
    shown = one_line(HOSTILE)
    assert "\u202e" not in shown
    plain = dict(site_files(facts(70, with_hostile=False)))
    usual = {name: sum(tag == "script" for tag, _ in page.elements) for name, page in pages_of(plain).items()}
    for name, page in pages_of(made).items():
        tags = [tag for tag, _ in page.elements]
        assert tags.count("script") == usual.get(name, 1)
        assert "img" not in tags
        assert [attrs for _, attrs in page.elements if any(key.startswith("on") for key in attrs)] == []
        assert "javascript:" not in " ".join(attrs.get("href") or "" for _, attrs in page.elements)
    own = slugs([hostile().key])[hostile().key]
    for name in ("index.html", "measures/index.html", f"measures/{own}.html"):
        assert shown in Read(made[name].decode()).text


def test_a_hostile_title_cannot_leave_the_data_or_the_feeds(made: dict[str, bytes]) -> None:
    script = made["data/measures.js"].decode()
    assert re.findall("[<>\u2028\u2029\u202e\u0007]", script) == []
    assert one_line(HOSTILE) in [row.get("o") for row in data_of(made)["measures"]]
    for name in ("atom.xml", "rss.xml"):
        root = etree.fromstring(made[name])
        assert any("window.hurt=1" in (node.text or "") for node in root.iter())
        shown = feedparser.parse(made[name]).entries[0]
        assert "window.hurt=1" in shown.title
        assert "script" in shown.summary
        assert not any(part in made[name] for part in (b"<script", b"&lt;img src=x", b"<img") if name == "rss.xml")
        assert [node for node in root.iter() if etree.QName(node).localname in {"script", "img"}] == []


@given(st.text())
def test_any_title_gives_data_and_feeds_that_can_be_read(title: str) -> None:
    only = SiteFacts(
        issuer="办", site_url="", today=TODAY, built_at=facts(0).built_at, simulated=False, issues=(),
        measures=(measure(10, title=title, title_zh=title, key=title or "x", symbols=(title,)),),
    )  # fmt: skip
    made = dict(site_files(only))
    assert len(data_of(made)["measures"]) == 1
    assert etree.fromstring(made["atom.xml"]) is not None
    assert etree.fromstring(made["rss.xml"]) is not None


def test_addresses_are_blotted_out(made: dict[str, bytes]) -> None:
    assert [name for name, content in made.items() if b"someone@firm.example" in content] == []
    assert "（邮箱略）".encode() in made["measures/g-tbt-n-xx9-1.html"]


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_feeds_are_valid_and_absolute_where_the_address_is_known(name: str) -> None:
    made = dict(site_files(facts(70, site_url=URL)))
    feed = feedparser.parse(made[name])
    assert not feed.bozo
    assert feed.version == {"atom.xml": "atom10", "rss.xml": "rss20"}[name]
    assert feed.feed.title == "技贸措施专栏"
    assert f"{URL}{name}" in [link.href for link in feed.feed.links if link.rel == "self"]
    links = [entry.link for entry in feed.entries]
    assert all(link.startswith(URL) for link in links)
    local = {link.removeprefix(URL) for link in links}
    assert local <= made.keys() | {file.path for issue in facts().issues for file in issue.files}
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) == 52
    assert all("updated_parsed" in entry or "published_parsed" in entry for entry in feed.entries)


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_feeds_without_an_address_link_relatively_and_not_to_themselves(made: dict[str, bytes], name: str) -> None:
    feed = feedparser.parse(made[name])
    assert not feed.bozo
    assert [link for link in feed.feed.links if link.rel == "self"] == []
    assert all(re.match(r"(measures|issues)/", entry.link) for entry in feed.entries)


def test_entries_keep_their_names_when_the_site_moves() -> None:
    here, there = (feedparser.parse(dict(site_files(facts(9, site_url=url)))["atom.xml"]) for url in ("", URL))
    assert [entry.id for entry in here.entries] == [entry.id for entry in there.entries]


def test_a_new_document_of_a_measure_is_a_new_entry() -> None:
    before = facts(3)
    first = before.measures[-1]
    after = replace(before, measures=(replace(first, updated=TODAY), *before.measures[:-1]))
    ids = [{e.id for e in feedparser.parse(dict(site_files(each))["rss.xml"]).entries} for each in (before, after)]
    assert len(ids[1] - ids[0]) == 1


def test_the_first_page_lists_the_newest_without_scripts(made: dict[str, bytes]) -> None:
    page = Read(made["index.html"].decode())
    assert sum(attrs.get("class") == "measure" for _, attrs in page.elements) == N_NEWEST
    assert any(tag == "form" and "hidden" in attrs for tag, attrs in page.elements)


def test_a_measure_with_an_addendum_shows_both_documents(made: dict[str, bytes]) -> None:
    text = Read(made["measures/g-tbt-n-xx9-1.html"].decode()).text
    assert "通报经过" in text
    assert "G/TBT/N/XX9/1/Add.1" in text


def test_an_empty_site_says_so() -> None:
    empty = replace(facts(0), issues=(), measures=())
    made = dict(site_files(empty))
    assert "尚未印发" in made["index.html"].decode()
    assert not feedparser.parse(made["atom.xml"]).bozo


@given(st.lists(st.text(max_size=200), unique=True))
def test_names_of_pages_are_plain_and_each_once(keys: list[str]) -> None:
    found = slugs(keys)
    assert len(set(found.values())) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{0,100}", name) for name in found.values())


@pytest.mark.parametrize(
    ("shift", "text", "state"),
    [(-1, "已截止", "passed"), (7, "剩余7天", "urgent"), (31, "剩余31天", "open"),
     (0, "今天截止", "urgent"), (8, "剩余8天", "soon")],
)  # fmt: skip
def test_days_left_are_told(shift: int, text: str, state: str) -> None:
    left = days_left(type(TODAY).fromordinal(TODAY.toordinal() + shift), TODAY)
    assert (left.text, left.state) == (text, state)


def test_headings_go_down_one_step_at_a_time_on_every_page(made: dict[str, bytes]) -> None:
    for name, page in pages_of(made).items():
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1, name
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), name


def test_every_page_forbids_scripts_of_its_own_text(made: dict[str, bytes]) -> None:
    for name, page in pages_of(made).items():
        [policy] = [attrs["content"] for _, attrs in page.elements if attrs.get("http-equiv")]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy


def test_chains_are_never_told_without_how_they_were_found(made: dict[str, bytes]) -> None:
    told = [page.text for name, page in pages_of(made).items() if "相关产业链" in page.text]
    assert told
    assert all("未逐件人工研判" in text for text in told)
    assert not any("现行措施" in page.text for page in pages_of(made).values())


def test_numbers_of_persons_in_a_sources_words_are_left_out() -> None:
    assert public_title("call 13971234567, CAS 80-05-7") == "call （略）, CAS 80-05-7"
