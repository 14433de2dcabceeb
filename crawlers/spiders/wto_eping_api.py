"""WTO ePing, official API: the same records as the public search, with a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch, Window
from crawlers.spiders.wto_eping import PAGE_SIZE
from crawlers.spiders.wto_eping import Spider as PublicSearch
from warehouse.errors import InputError


class Spider(PublicSearch):
    """Pages through the official search; the key travels in a header and is never written down."""

    path = "eping/notifications/search"

    def __init__(self, card: SourceCard, key: str = "") -> None:
        super().__init__(card)
        if not key.strip():
            raise InputError(
                f"来源 {card.name} 需要访问密钥。",
                "请在 WTO API 门户申请，写入环境变量 TBTWATCH_CRAWL__WTO_API_KEY，或设置 crawl.wto_api_key_file。",
            )
        key = key.strip()
        if not (key.isascii() and key.isprintable()):  # else the HTTP library would show it in its own error
            raise InputError(
                f"来源 {card.name} 的访问密钥含有不允许的字符。", "密钥应为一行英文字母和数字，请重新复制。"
            )
        self.headers: Mapping[str, str] = {"Ocp-Apim-Subscription-Key": key}

    def start(self, window: Window) -> Iterator[Fetch]:
        """Yield the first page of the window."""
        yield self.page(1, window)

    def page(self, number: int, window: Window) -> Fetch:
        """Return the wish for one page, in the parameters that the API knows."""
        return Fetch(
            path=self.path,
            query=(
                ("language", "1"),
                ("distributionDateFrom", window.since.isoformat()),
                ("distributionDateTo", window.until.isoformat()),
                ("page", str(number)),
                ("pageSize", str(PAGE_SIZE)),
            ),
            headers=self.headers,
        )
