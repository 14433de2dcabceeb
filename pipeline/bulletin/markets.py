"""The market groups of the bulletin: the mandate names 美国、欧洲、日本、中东 as main markets."""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.members import group_members

OTHER = "其他"


def market_groups() -> dict[str, frozenset[str]]:
    """Return the groups in the order in which the bulletin prints them, without 其他."""
    return {
        "美国": frozenset({"USA"}),
        "欧洲": frozenset({"EU", *group_members("EU"), *group_members("europe")}),
        "日本": frozenset({"JPN"}),
        "中东": frozenset(group_members("middle-east")),
        "东盟": frozenset(group_members("ASEAN")),
        "非洲": frozenset(group_members("africa")),
    }


def markets_of_members(member_codes: Iterable[str]) -> tuple[str, ...]:
    """Return the groups that the notifying members belong to, in printing order; 其他 where none fits."""
    codes = set(member_codes)
    groups = market_groups()
    found = [name for name, members in groups.items() if codes & members]
    if codes - frozenset().union(*groups.values()) or not codes:
        found.append(OTHER)
    return tuple(found)
