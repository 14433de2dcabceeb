from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from crawling import card_of, codes, issues, landed, run
from replay import Answer, Replay, Seen

from crawlers.engine.exchange import Window
from crawlers.spiders.eu_safety_gate import LIST, REPORT
from warehouse.errors import StageError

CARD = card_of("eu_safety_gate", delay_seconds=0.0)
WINDOW = Window(since=date(2025, 7, 20), until=date(2025, 8, 5))
SITE = "https://ec.europa.eu/"


def entry(number: int, day: str) -> str:
    """One report in the list."""
    query = f"language=en&amp;search=WEB_REPORT|:|{number}"
    return (
        f"<weeklyReport><reference>Report-{number}</reference><publicationDate>{day}</publicationDate>"
        f"<URL>{SITE}{REPORT}{number}?{query}</URL></weeklyReport>"
    )


def alert(number: str, product: str = "Lamp") -> str:
    """One alert."""
    return f"<notifications><caseNumber>{number}</caseNumber><product>{product}</product></notifications>"


def xml(*parts: str) -> Answer:
    """An answer of the site."""
    return Answer(body=f"<Safety-Gate>{''.join(parts)}</Safety-Gate>".encode())


def site(listed: Answer, reports: dict[int, Answer]) -> Callable[[Seen], Answer | None]:
    """A site with a list and reports; a report needs the search parameter, as the real one does."""

    def answer(seen: Seen) -> Answer | None:
        if seen.path == f"/{LIST}":
            return listed
        number = int(seen.path.rpartition("/")[2])
        if dict(seen.query) != {"language": "en", "search": f"WEB_REPORT|:|{number}"}:
            return Answer(status=400)
        return reports.get(number)

    return answer


def test_the_reports_of_the_window_are_read_and_no_others(replay: Replay, tmp_path: Path) -> None:
    listed = xml(*(entry(n, day) for n, day in ((33, "08/08/2025"), (31, "01/08/2025"), (30, "25/07/2025"))))
    replay.special = site(listed, {31: xml(alert("SR/1/25"), alert("SR/2/25")), 30: xml(alert("SR/3/25"))})
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 3
    assert [seen.path.rpartition("/")[2] for seen in replay.requests] == ["en", "31", "30"]
    dated = {line["notification_id"]: line["distribution_date"] for line in landed(tmp_path / "s" / "r1")}
    assert dated == {"SG-SR/1/25": "2025-08-01", "SG-SR/2/25": "2025-08-01", "SG-SR/3/25": "2025-07-25"}
    assert codes(tmp_path / "s" / "r1") == []


def test_an_alert_told_again_unchanged_counts_once(replay: Replay, tmp_path: Path) -> None:
    listed = xml(entry(31, "01/08/2025"))
    replay.special = site(listed, {31: xml(alert("SR/1/25"), alert("SR/2/25"), alert("SR/1/25"))})
    report = run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)
    assert (report.n_records, report.n_repeated) == (2, 1)


def test_a_window_without_a_report(replay: Replay, tmp_path: Path) -> None:
    replay.special = site(xml(entry(20, "16/05/2025")), {})
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 0
    assert len(replay.requests) == 1
    assert codes(tmp_path / "s" / "r1") == ["crawl-empty"]


def test_a_report_without_alerts_is_told(replay: Replay, tmp_path: Path) -> None:
    listed = xml(entry(31, "01/08/2025"), entry(30, "25/07/2025"))
    replay.special = site(listed, {31: xml(), 30: xml(alert("SR/3/25"))})
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 1
    (issue,) = issues(tmp_path / "s" / "r1")
    assert issue.code == "crawl-incomplete"
    assert "Report-31" in issue.message


def test_two_reports_with_the_same_alerts_are_doubted(replay: Replay, tmp_path: Path) -> None:
    listed = xml(entry(31, "01/08/2025"), entry(30, "25/07/2025"))
    replay.special = site(listed, {31: xml(alert("SR/1/25")), 30: xml(alert("SR/1/25"))})
    with pytest.raises(StageError, match="完全相同"):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)
    assert [seen.path.rpartition("/")[2] for seen in replay.requests] == ["en", "31", "30", "30", "30"]


def test_a_report_that_was_cut_off_is_asked_for_again(replay: Replay, tmp_path: Path) -> None:
    whole = xml(alert("SR/1/25"))
    answers = iter([Answer(body=whole.body[:-9]), whole])
    listed = xml(entry(31, "01/08/2025"))
    replay.special = lambda seen: listed if seen.path == f"/{LIST}" else next(answers)
    assert run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW).n_records == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html><body>Sign in</body></html>", "根元素是 html"),
        (b"<Safety-Gate/>", "没有 weeklyReport"),
        (b'<!DOCTYPE x [<!ENTITY e "boom">]><Safety-Gate><weeklyReport>&e;</weeklyReport></Safety-Gate>', "DOCTYPE"),
        (b"", "XML"),
    ],
)
def test_another_list(replay: Replay, tmp_path: Path, body: bytes, message: str) -> None:
    replay.special = site(Answer(body=body), {})
    with pytest.raises(StageError, match=message):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)


def test_a_report_with_its_alerts_in_one_element(replay: Replay, tmp_path: Path) -> None:
    flat = "<notifications><caseNumber>1</caseNumber><caseNumber>2</caseNumber></notifications>"
    replay.special = site(xml(entry(31, "01/08/2025")), {31: xml(flat)})
    with pytest.raises(StageError, match="多条预警"):
        run(replay, tmp_path / "s" / "r1", card=CARD, window=WINDOW)
