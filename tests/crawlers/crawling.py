"""What the tests of the engine share: a world whose clock moves only by waiting, and a run against the replay."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from replay import FIRST_DAY, LAST_DAY, Replay

from crawlers.engine.card import SourceCard, read_card
from crawlers.engine.client import Surroundings
from crawlers.engine.exchange import Spider, Window
from crawlers.engine.run import CrawlReport, crawl, keep_validators, open_spider
from crawlers.landing import ISSUES, RUN
from warehouse.load import read_issues
from warehouse.records import Issue

NOW = datetime(2025, 6, 13, 8, 0, tzinfo=UTC)
WINDOW = Window(since=FIRST_DAY, until=LAST_DAY)
AGENT = "tbtwatch/test (+crawl@example.org)"


@dataclass
class World:
    """Waits are written down instead of waited for."""

    waits: list[float] = field(default_factory=list)
    moment: float = 0.0

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += seconds

    def surroundings(self) -> Surroundings:
        return Surroundings(
            now=lambda: NOW + timedelta(seconds=self.moment),
            monotonic=lambda: self.moment,
            sleep=self.sleep,
            jitter=lambda: 0.0,
        )


def card_of(name: str = "wto_eping", **changes: Any) -> SourceCard:
    """The real card of a source, impatient, and changed where a test wants it."""
    return replace(read_card(name), **{"timeout_seconds": 0.4, "min_records": 0, **changes})


def run(
    replay: Replay | str,
    folder: Path,
    *,
    card: SourceCard | None = None,
    spider: Spider | None = None,
    key: str = "",
    window: Window = WINDOW,
    world: World | None = None,
) -> CrawlReport:
    """Run a source against the replay server, or any address, and remember what came as if it had been loaded."""
    card = card or card_of()
    base_url = replay if isinstance(replay, str) else replay.url
    report = crawl(
        card,
        spider or open_spider(card, key),
        window,
        folder,
        (world or World()).surroundings(),
        base_url=base_url,
        user_agent=AGENT,
    )
    keep_validators(folder.parent, base_url, report.validators)
    return report


def landed(folder: Path) -> list[dict[str, Any]]:
    """The observations of a finished folder."""
    assert (folder / RUN).exists()
    return [
        json.loads(line)
        for part in sorted(folder.glob("*-*.jsonl.gz"))
        for line in gzip.decompress(part.read_bytes()).decode().splitlines()
    ]


def issues(folder: Path) -> list[Issue]:
    """The issues of a folder."""
    return list(read_issues(folder / ISSUES))


def codes(folder: Path) -> list[str]:
    """The issue codes of a folder."""
    return [issue.code for issue in issues(folder)]
