"""Where a wish lies: below the base address, or on another host that the card names."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from crawlers.engine.card import SourceCard
from crawlers.engine.exchange import Fetch
from warehouse.errors import StageError


def address(card: SourceCard, base_url: str, fetch: Fetch) -> str:
    """Return the full address of a wish.

    With another base address than the card's (a mirror, a proxy, a replay) the further hosts are folders of it:
    `BASE/members.wto.org/...`. Raises StageError for a host that the card does not name.
    """
    base = base_url.rstrip("/")
    if fetch.site:
        if fetch.site not in card.sites:
            raise StageError(f"来源 {card.name} 要访问来源卡以外的网站：{fetch.site}", "请核对来源卡的 sites。")
        is_published = base == card.base_url.rstrip("/")
        base = fetch.site.rstrip("/") if is_published else f"{base}/{urlsplit(fetch.site).netloc}"
    url = f"{base}/{fetch.path.lstrip('/')}"
    if not fetch.query:
        return url  # a query that is part of the path stays as it is
    return f"{url}{'&' if '?' in url else '?'}{urlencode(fetch.query)}"


def is_same_site(here: str, there: str) -> bool:
    """Tell whether a redirect stays with the host, port and scheme; only from http to https may they change."""
    one, other = urlsplit(here), urlsplit(there)
    if (one.scheme, other.scheme) == ("http", "https"):
        return one.hostname == other.hostname
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)
