"""The market groups of the bulletin: the mandate names 美国、欧洲、日本、中东 as main markets; see `topics.toml`."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.bulletin.topics import markets
from reports.bulletin.facts import OTHER_MARKETS


def market_groups() -> dict[str, frozenset[str]]:
    """Return the groups in the order in which the bulletin prints them, without 其他."""
    return dict(markets())


def markets_of_members(member_codes: Iterable[str]) -> tuple[str, ...]:
    """Return the groups that the notifying members belong to, in printing order; 其他 where none fits."""
    codes = set(member_codes)
    groups = market_groups()
    found = [name for name, members in groups.items() if codes & members]
    if codes - frozenset().union(*groups.values()) or not codes:
        found.append(OTHER_MARKETS)
    return tuple(found)
