"""WTO ePing, bulk workbook: everything since 1995 in one file, asked for only when it changed."""

from __future__ import annotations

from collections.abc import Iterator

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Found, Window
from crawlers.formats.eping_workbook import read_workbook


class Spider:
    """Downloads the workbook and reads it as an import does. The window does not matter: it is always the whole."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the one file."""
        yield Fetch(path="NotificationExcelFiles/Notification_EN.xlsx", purpose="file", accept="*/*", resumable=True)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield every row; nothing when the file is the one that was loaded before."""
        if fetched.path is not None:
            yield from read_workbook(fetched.path)
