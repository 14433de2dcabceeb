"""One polite request to a source, and what differs from its card: for people with a network, never for CI."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from crawlers.engine.bodies import BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.client import PoliteClient, Surroundings
from crawlers.engine.exchange import AskAgain, Fetch, SchemaChanged, Spider, Window
from warehouse.errors import TbtwatchError
from warehouse.records import Issue, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReading:
    """What one request to a source showed."""

    source: str
    asked: str = ""  # path; empty where nothing could be asked
    n_records: int = 0
    n_next: int = 0  # further pages or documents that the answer leads to
    differences: tuple[str, ...] = ()  # Chinese sentences; none: as the card says


def check_source(
    card: SourceCard,
    spider: Spider,
    window: Window,
    folder: Path,
    surroundings: Surroundings,
    *,
    base_url: str,
    user_agent: str,
) -> LiveReading:
    """Ask a source for what its spider asks first, once, and read the answer. The body is kept in `folder`."""
    wish = next(iter(spider.start(window)), None)
    if wish is None:
        return LiveReading(source=card.name, differences=("该来源从已入库的通报出发，目前没有待取的文件，未检查。",))
    patient = replace(card, max_attempts=1)
    try:
        with PoliteClient(
            patient, BodyStore(folder), surroundings, base_url=base_url, user_agent=user_agent, finished={}
        ) as client:
            fetched = client.fetch(wish)
        found = list(spider.parse(fetched, window))
    except (SchemaChanged, AskAgain) as error:
        return LiveReading(source=card.name, asked=wish.path, differences=(f"应答与来源卡所述形式不符：{error}",))
    except TbtwatchError as error:
        return LiveReading(source=card.name, asked=wish.path, differences=(error.message,))
    issues = [item for item in found if isinstance(item, Issue)]
    n_next = sum(1 for item in found if isinstance(item, Fetch))
    n_records = len(found) - len(issues) - n_next
    told = dict.fromkeys(issue.message for issue in issues if issue.severity is not Severity.INFO)
    nothing = () if n_records or n_next else ("应答中没有记录。",)
    return LiveReading(
        source=card.name, asked=wish.path, n_records=n_records, n_next=n_next, differences=(*told, *nothing)
    )
