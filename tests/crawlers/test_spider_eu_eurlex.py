from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from crawling import card_of, codes, issues, landed, run
from replay import Answer, Replay, Seen

from crawlers.engine.exchange import Window
from crawlers.engine.run import open_spider
from crawlers.formats import eurlex
from crawlers.formats.eurlex import ACTS, PROPOSALS, query, types, works
from crawlers.spiders import eu_eurlex
from warehouse.errors import StageError

CARD = card_of("eu_eurlex", delay_seconds=0.0)
WINDOW = Window(since=date(2025, 9, 5), until=date(2025, 9, 8))
Rows = list[tuple[str, str, str]]


def act(celex: str, day: str, *more: tuple[str, str], name: str = "published") -> Rows:
    """The rows of one act."""
    base = (("title", f"Act {celex}"), (name, day), ("type", "http://x/resource-type/REG"), *more)
    return [(celex, name, value) for name, value in base]


def answer(rows: Rows) -> Answer:
    """An answer of the endpoint."""
    names = ("celex", "name", "value")
    bindings = [
        {name: {"type": "literal", "value": cell} for name, cell in zip(names, row, strict=True)} for row in rows
    ]
    data = {"head": {"vars": list(names)}, "results": {"bindings": bindings}}
    return Answer(body=json.dumps(data).encode(), headers={"Content-Type": "application/sparql-results+json"})


def endpoint(acts: dict[str, Rows], proposals: dict[str, Rows]) -> Callable[[Seen], Answer | None]:
    """An endpoint that knows the acts and proposals of some days."""

    def special(seen: Seen) -> Answer | None:
        if seen.path != "/webapi/rdf/sparql" or seen.query["format"] != "application/sparql-results+json":
            return None
        text = seen.query["query"]
        found = re.search(r'cdm:(\S+) "(\d{4}-\d\d-\d\d)"\^\^xsd:date', text)
        assert found is not None
        known = {"official-journal-act_date_publication": acts, "work_date_document": proposals}[found[1]]
        return answer(known.get(found[2], []))

    return special


def test_every_day_of_the_window_is_asked_for(replay: Replay, tmp_path: Path) -> None:
    replay.special = endpoint(
        {"2025-09-05": act("39925R9001", "2025-09-05"), "2025-09-08": act("39925R9002", "2025-09-08")},
        {
            "2025-09-06": act("59925PC9003", "2025-09-06", name="document"),
            "2025-09-09": act("59925PC9004", "2025-09-09"),
        },
    )
    report = run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)
    assert (report.n_records, len(replay.requests)) == (3, 8)
    dated = {line["notification_id"]: line["distribution_date"] for line in landed(tmp_path / "s" / "r1")}
    assert dated == {
        "CELEX-39925R9001": "2025-09-05",
        "CELEX-39925R9002": "2025-09-08",
        "CELEX-59925PC9003": "2025-09-06",
    }
    assert codes(tmp_path / "s" / "r1") == []


def test_an_act_shown_on_two_days_is_kept_on_its_own(replay: Replay, tmp_path: Path) -> None:
    rows = act("39925R9001", "2025-09-05")
    replay.special = endpoint({"2025-09-05": rows, "2025-09-06": rows, "2025-09-08": rows}, {})
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 1
    assert codes(tmp_path / "s" / "r1") == ["crawl-outside-window"]


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = act("39925R9002", "2025-09-05", ("force", "2025-09-06"), ("force", "2025-10-01")) + act(
        "39925R9001", "2025-09-05"
    )
    assert works(rows) == works(rows[::-1]) == works(rows * 2)
    assert [work.celex for work in works(rows)] == ["39925R9001", "39925R9002"]


def test_days_without_publications(replay: Replay, tmp_path: Path) -> None:
    replay.special = endpoint({}, {})
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 0
    assert codes(tmp_path / "s" / "r1") == ["crawl-empty"]


def test_an_answer_at_the_limit_is_told(replay: Replay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eu_eurlex, "MOST_ROWS", 3)
    replay.special = endpoint({"2025-09-05": act("39925R9001", "2025-09-05")}, {})
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 1
    (issue,) = issues(tmp_path / "s" / "r1")
    assert issue.code == "crawl-incomplete"
    assert "2025-09-05" in issue.message


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"boolean": True},
        {"head": {"vars": ["celex", "name"]}, "results": {"bindings": []}},
        {"head": {"vars": ["celex", "name", "value"]}, "results": {"bindings": {}}},
        {"head": {"vars": ["celex", "name", "value"]}},
    ],
)
def test_another_form(replay: Replay, tmp_path: Path, data: object) -> None:
    replay.special = lambda _: Answer(body=json.dumps(data).encode())
    with pytest.raises(StageError, match="数据格式变了"):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)


def test_the_query_names_the_types_of_the_table() -> None:
    for group in (ACTS, PROPOSALS):
        asked = set(re.findall(r"resource-type/(\w+)>", query(group, date(2025, 9, 5))))
        assert asked == {*types(group), "CORRIGENDUM"}
        assert query(group, date(2025, 9, 5)).count(f"LIMIT {eurlex.MOST_ROWS}") == 1


def test_a_query_fits_an_address() -> None:
    fetches = list(open_spider(CARD, "").start(WINDOW))
    assert max(len(dict(fetch.query)["query"]) for fetch in fetches) < 4000
