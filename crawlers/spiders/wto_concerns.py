"""Specific trade concerns raised in the WTO's TBT and SPS Committees: one workbook, asked for only when it changed."""

from __future__ import annotations

from collections.abc import Iterator

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Fetched, Found, Window
from crawlers.formats.concerns import read_concern_workbook


class Spider:
    """Downloads the workbook and reads all of it: concerns have no day of distribution, the window does not matter."""

    def __init__(self, card: SourceCard, key: str = "") -> None:
        self._card = card

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the one file."""
        yield Fetch(path="NotificationExcelFiles/TradeConcerns_EN.xlsx", purpose="file", accept="*/*", resumable=True)

    def parse(self, fetched: Fetched, window: Window) -> Iterator[Found]:
        """Yield every concern; nothing when the file is the one that was loaded before."""
        if fetched.path is not None:
            yield from read_concern_workbook(fetched.path)
