"""The Chinese title of every notification that is shown: the best rendering there is, else one put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from models.translation.structured import structured_title
from pipeline.response_advice import measure_kinds
from warehouse.connection import Connection
from warehouse.facts import read_notifications
from warehouse.match_store import parent_ids
from warehouse.records import Notification, NotificationKind
from warehouse.translations import BestTitle, TitleKind, best_titles

_HAN = re.compile(r"[㐀-鿿]")
_LONGEST = 300  # characters


def chinese_titles(con: Connection, notifications: Iterable[Notification]) -> dict[str, BestTitle]:
    """Return a Chinese title for each of `notifications`, by id; those that nobody has translated are `pending`."""
    items = {item.notification_id: item for item in notifications}
    known = best_titles(con, list(items))
    return {key: known.get(key) or pending_title(con, item) for key, item in items.items()}


def pending_title(con: Connection, notification: Notification) -> BestTitle:
    """Put a title together from what is known of a notification and, where it states no goods, of what it amends."""
    amends = notification.kind is not NotificationKind.REGULAR  # the look-up is slow, and a new measure amends none
    parents = read_notifications(con, parent_ids(con, notification.notification_id)) if amends else ()
    text = title_put_together(notification, parents[0] if parents else None)
    return BestTitle(text=text, kind=TitleKind.PENDING)


def title_put_together(notification: Notification, parent: Notification | None = None) -> str:
    """The words of a pending title; `parent` is what the notification amends."""
    # what the text asks for beside its subject is no part of a title
    aspects = measure_kinds(notification.title, "", "", (), notification.keywords)
    return structured_title(notification, aspects, parent)


def told_title(titles: Mapping[str, BestTitle], notification_id: str) -> str:
    """The title as a text for readers outside, marked where a machine gave it; "" where nobody has translated it."""
    title = titles.get(notification_id)
    return title.marked if title is not None and title.kind is not TitleKind.PENDING else ""


def fault_of_title(text: str) -> str:
    """Why a text by an officer cannot be a Chinese title (one clause); "" where it can. White space is folded."""
    if len(_HAN.findall(text)) < 2:
        return "不是中文"
    return f"共{len(text)}字，超过{_LONGEST}字" if len(text) > _LONGEST else ""
