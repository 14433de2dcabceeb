"""How loudly a match is raised. The market, the kind and the time left change the level, never the relation."""

from __future__ import annotations

from models.matching.policy import Policy
from warehouse.records import Level, Notification, NotificationKind, Relation

_STEPS = (Level.REFERENCE, Level.WATCH, Level.WARNING)


def level_of(
    relation: Relation, p_direct: float, *, sells_to_member: bool, notification: Notification, policy: Policy
) -> Level:
    """预警, 关注, 参考 or nothing, by the `[level]` table of the policy.

    A corrigendum alone is no news of a measure: it is never raised above 参考.
    """
    if relation is Relation.NONE:
        return Level.NONE
    if notification.kind is NotificationKind.CORRIGENDUM:
        return Level.REFERENCE
    if relation is Relation.DIRECT:
        sure = p_direct >= policy.warning_from
        step = (2 if sure else 1) if sells_to_member else (1 if sure else 0)
    else:
        step = 1 if sells_to_member else 0
    if sells_to_member and is_pressing(notification, policy):
        step = min(step + 1, 2)
    return _STEPS[step]


def is_pressing(notification: Notification, policy: Policy) -> bool:
    """Whether a measure leaves little time: an emergency, or a short time for comments."""
    if notification.is_emergency or notification.kind is NotificationKind.EMERGENCY:
        return True
    begin, end = notification.distribution_date, notification.comment_deadline
    return begin is not None and end is not None and 0 <= (end - begin).days < policy.short_comment_days
