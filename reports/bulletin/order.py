"""Which measures weigh most, and which of them part 三 explains."""

from __future__ import annotations

from reports.bulletin.facts import BulletinItem

LEVELS = ("预警", "关注", "参考")
HORIZON_DAYS = 30
_DIRECT = "直接"
_MOST = (8, 5, 3)  # so many measures at most, by level: 预警 alone may fill eight, 参考 only reaches three
_NO_DEADLINE = 10_000


def level_rank(level: str) -> int:
    """0 for 预警, rising with calm; unknown levels last."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def in_order(items: tuple[BulletinItem, ...]) -> tuple[BulletinItem, ...]:
    """The weightiest first: level, direct relation, many firms, an open deadline soon, symbol."""

    def key(item: BulletinItem) -> tuple[int, bool, int, int, str]:
        left = item.days_left if item.days_left is not None and item.days_left >= 0 else _NO_DEADLINE
        name = item.symbols[0] if item.symbols else item.case_id
        return level_rank(item.level), item.relation_zh != _DIRECT, -item.n_firms, left, name

    return tuple(sorted(items, key=key))


def chosen(items: tuple[BulletinItem, ...]) -> tuple[BulletinItem, ...]:
    """At most eight 预警; 关注 only to reach five, 参考 only to reach three: an issue is read, not leafed through."""
    found: list[BulletinItem] = []
    for item in in_order(items):
        if len(found) < _MOST[min(level_rank(item.level), len(_MOST) - 1)]:
            found.append(item)
    return tuple(found)
