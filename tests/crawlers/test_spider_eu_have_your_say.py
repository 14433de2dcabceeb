from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crawling import card_of, codes, issues, landed, run
from replay import Answer, Replay, Seen

from crawlers.engine.exchange import Fetched, Window
from crawlers.engine.run import open_spider
from crawlers.spiders.eu_have_your_say import DETAIL, SEARCH
from warehouse.errors import StageError
from warehouse.records import Issue, Observation

CARD = card_of("eu_have_your_say", delay_seconds=0.0)
WINDOW = Window(since=date(2025, 9, 1), until=date(2025, 9, 30))


def initiative(number: int, opened: str = "2025/09/08 10:00:00", **changes: Any) -> dict[str, Any]:
    """One open initiative."""
    status = {
        "receivingFeedbackStatus": "OPEN",
        "feedbackStartDate": opened,
        "feedbackEndDate": "2025/10/06 23:59:59",
        "isCurrent": True,
    }
    return {
        "id": float(number),
        "shortTitle": f"Imaginary gates {number}",
        "foreseenActType": "DEL_REG",
        "topics": [],
        "currentStatuses": [status],
    } | changes


def answer(data: object) -> Answer:
    """An answer in JSON."""
    return Answer(body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})


def site(
    initiatives: list[dict[str, Any]],
    *,
    most: int = 100,
    missing: int = 0,
    pages: bool = True,
    total: int | None = None,
) -> Callable[[Seen], Answer | None]:
    """A portal that gives at most so many a page, without the detail of the initiative `missing`."""

    def special(seen: Seen) -> Answer | None:
        if seen.path == f"/{SEARCH}":
            size = min(most, int(seen.query["size"]))
            start = int(seen.query["page"]) * size if pages else 0
            content = initiatives[start : start + size]
            count = len(initiatives) if total is None else total
            return answer({"initiativeResultDtoPage": {"content": content, "totalElements": count}})
        number = seen.path.removeprefix(f"/{DETAIL}")
        if number == str(missing):
            return None
        return answer({"id": float(number), "dossierSummary": f"<p>Summary {number}</p>"})

    return special


def read(data: object) -> list[object]:
    """What the first page yields."""
    spider = open_spider(CARD, "")
    (first,) = spider.start(WINDOW)
    return list(spider.parse(Fetched(fetch=first, body=json.dumps(data).encode()), WINDOW))


def test_all_pages_and_the_details_of_the_window(replay: Replay, tmp_path: Path) -> None:
    early = [initiative(n, "2025/08/31 23:59:59") for n in range(1, 151)]
    inside = [initiative(n) for n in range(151, 156)]
    replay.special = site(early + inside, most=60)
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 10
    assert replay.pages_asked() == ["0", "1", "2"]
    first = replay.requests[0]
    assert dict(first.query) == {"page": "0", "size": "100", "language": "EN", "feedbackStatus": "OPEN"}
    lines = landed(tmp_path / "s" / "r1")
    assert {line["notification_id"] for line in lines} == {f"HYS-{n}-20250908" for n in range(151, 156)}
    told = {line["source_key"]: line["description"] for line in lines}
    assert told["HYS-151-20250908"] == ""
    assert told["HYS-151-20250908/detail"] == "Summary 151"
    assert codes(tmp_path / "s" / "r1") == []


def test_a_page_that_repeats_is_doubted(replay: Replay, tmp_path: Path) -> None:
    replay.special = site([initiative(n, "2025/01/01 00:00:00") for n in range(1, 151)], pages=False)
    with pytest.raises(StageError, match="第 2 页与第 1 页相同"):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)


def test_an_empty_page_before_the_end_is_doubted(replay: Replay, tmp_path: Path) -> None:
    replay.special = site([initiative(n, "2025/01/01 00:00:00") for n in range(1, 101)], total=101)
    with pytest.raises(StageError, match="第 2 页没有记录"):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)


def test_fewer_than_stated_is_told(replay: Replay, tmp_path: Path) -> None:
    twice = [initiative(n, "2025/01/01 00:00:00") for n in (1, 2, 3, 3)]
    replay.special = site(twice)
    run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)
    assert codes(tmp_path / "s" / "r1") == ["crawl-incomplete", "crawl-empty"]
    assert "共有 4 条，各页合计只有 3 条" in issues(tmp_path / "s" / "r1")[0].message


def test_nothing_is_open(replay: Replay, tmp_path: Path) -> None:
    replay.special = site([])
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 0
    assert codes(tmp_path / "s" / "r1") == ["crawl-empty"]


def test_the_detail_of_another_initiative_adds_nothing() -> None:
    spider = open_spider(CARD, "")
    (first,) = spider.start(WINDOW)
    page = {"initiativeResultDtoPage": {"content": [initiative(7)], "totalElements": 1}}
    wish, record = spider.parse(Fetched(fetch=first, body=json.dumps(page).encode()), WINDOW)
    assert isinstance(record, Observation)
    body = json.dumps({"id": 8.0, "dossierSummary": "Another"}).encode()
    (issue,) = spider.parse(Fetched(fetch=wish, body=body), WINDOW)  # type: ignore[arg-type]
    assert isinstance(issue, Issue)
    assert (issue.code, issue.subject) == ("item-unreadable", "HYS-7-20250908")


def test_the_detail_is_a_wish_the_run_can_do_without() -> None:
    wish, _ = read({"initiativeResultDtoPage": {"content": [initiative(7)], "totalElements": 1}})
    assert (wish.is_optional, wish.subject) == (True, "HYS-7-20250908")  # type: ignore[attr-defined]


def test_what_changes_every_day_is_not_kept() -> None:
    translations = [{"language": lang, "field": "SHORT_TITLE", "value": "x"} for lang in ("EN", "DE")]
    item = initiative(7, initiativeTranslations=translations, publications=[{"id": 1, "totalFeedback": 9}])
    _, record = read({"initiativeResultDtoPage": {"content": [item], "totalElements": 1}})
    assert isinstance(record, Observation)
    assert record.payload["initiativeTranslations"] == translations[:1]
    assert record.payload["publications"] == [{"id": 1}]
    assert record.payload["shortTitle"] == "Imaginary gates 7"


@pytest.mark.parametrize(
    "page",
    [
        {},
        {"_embedded": {"initiativeResultDtoes": []}},  # an older form of the interface
        {"initiativeResultDtoPage": {"content": []}},
        {"initiativeResultDtoPage": {"totalElements": 3}},
        {"initiativeResultDtoPage": {"content": {}, "totalElements": 3}},
        [],
    ],
)
def test_another_form(replay: Replay, tmp_path: Path, page: object) -> None:
    replay.special = lambda _: answer(page)
    with pytest.raises(StageError, match="数据格式变了"):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)
