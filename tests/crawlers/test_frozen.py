"""Every source reads its frozen samples as was reviewed: `frozen/SOURCE/CASE/response.*` gives `expected.json`.

A case may hold `fetch.json` (path, query, purpose, accept, ...) where its body does not answer the first wish of the
spider, and, for a source that starts from known notifications, `known.json`: a list of some of their fields.
Without `expected.json` the test writes what was read and fails: a person reviews it, then it is kept.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawlers.engine.card import card_names, read_card
from crawlers.engine.exchange import Fetch, Fetched, Window
from crawlers.engine.run import open_spider
from crawlers.landing import landing_line
from warehouse.records import Issue, Notification

FROZEN = Path(__file__).parent / "frozen"
CASES = sorted(path for path in FROZEN.glob("*/*") if path.is_dir())
WINDOW = Window(since=date(2020, 1, 1), until=date(2030, 12, 31))
_CARRIED = ("payload", "content_hash")  # the sample itself, and a hash of it


def _name(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


def _fetch(case: Path, spider: Any) -> Fetch:
    first: Fetch = next(iter(spider.start(WINDOW)))
    stated = case / "fetch.json"
    if not stated.exists():
        return first
    words = json.loads(stated.read_text(encoding="utf-8"))
    query = tuple((str(name), str(value)) for name, value in words.pop("query", ()))
    return Fetch(**words, query=query)


def _known(case: Path) -> tuple[Notification, ...]:
    stated = case / "known.json"
    if not stated.exists():
        return ()
    return tuple(
        Notification(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
        for fields in json.loads(stated.read_text(encoding="utf-8"))
    )


def _read(case: Path) -> dict[str, list[Any]]:
    card = read_card(case.parent.name)
    spider = open_spider(card, "key" if card.key_setting else "", _known(case))
    (response,) = case.glob("response.*")
    fetch = _fetch(case, spider)
    fetched = (
        Fetched(fetch=fetch, body=b"", path=response)
        if fetch.resumable
        else Fetched(fetch=fetch, body=response.read_bytes())
    )
    read: dict[str, list[Any]] = {"records": [], "issues": [], "next": []}
    for found in spider.parse(fetched, WINDOW):
        if isinstance(found, Issue):
            read["issues"].append({"code": found.code, "field": found.field_name, "row": found.row})
        elif isinstance(found, Fetch):
            wish = {"path": found.path, "query": [list(pair) for pair in found.query], "site": found.site}
            read["next"].append({name: value for name, value in wish.items() if value or name != "site"})
        else:
            line = landing_line(found)
            read["records"].append({k: v for k, v in line.items() if k not in _CARRIED and v not in ("", None, [], {})})
    return read


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_sample_is_read_as_reviewed(case: Path) -> None:
    read, expected = _read(case), case / "expected.json"
    if not expected.exists():
        expected.write_text(json.dumps(read, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{_name(case)}: expected.json was missing and has been written; review it, then run again")
    assert read == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_sample_says_where_it_is_from(case: Path) -> None:
    origin = (case / "ORIGIN.md").read_text(encoding="utf-8")
    assert "written for this project in the documented shape" in origin


@pytest.mark.parametrize("name", card_names())
def test_every_source_has_a_sample_with_a_record(name: str) -> None:
    cases = [case for case in CASES if case.parent.name == name]
    assert cases, f"tests/crawlers/frozen/{name}/ holds no sample"
    assert any(_read(case)["records"] for case in cases)


@pytest.mark.parametrize("name", card_names())
def test_every_spider_says_what_to_fetch(name: str) -> None:
    card = read_card(name)
    known = next((_known(case) for case in CASES if case.parent.name == name), ())
    fetches = list(open_spider(card, "key" if card.key_setting else "", known).start(WINDOW))
    assert fetches
    assert all(not fetch.path.startswith(("http:", "https:")) for fetch in fetches), "paths are below the base address"


def test_no_sample_is_without_a_source() -> None:
    assert {case.parent.name for case in CASES} <= set(card_names())
