"""Reads the facts that the other rooms work on: notifications and open product lines, as records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from warehouse.connection import Connection
from warehouse.query import fetch_all
from warehouse.records import Notification, NotificationKind, ProductLine


def read_notifications(con: Connection, notification_ids: Sequence[str] | None = None) -> tuple[Notification, ...]:
    """Return the notifications with the given ids (all where None), ordered by id; unknown ids are left out."""
    wanted = None if notification_ids is None else json.dumps(list(notification_ids))
    rows = fetch_all(con, "queries/notifications", {"notification_ids": wanted})
    return tuple(
        Notification(
            **{name: _as_field(value) for name, value in row.items()} | {"kind": NotificationKind(row["kind"])}
        )
        for row in rows
    )


def notification_ids_named(con: Connection, key: str) -> tuple[str, ...]:
    """Return the ids of the notifications that an id, a document symbol or a case names."""
    rows = fetch_all(con, "queries/notifications_named", {"key": key})
    return tuple(row["notification_id"] for row in rows)


def read_open_lines(con: Connection) -> tuple[ProductLine, ...]:
    """Return the open product lines of open firms, ordered by line_id."""
    rows = fetch_all(con, "queries/open_lines")
    return tuple(ProductLine(**{name: _as_field(value) for name, value in row.items()}) for row in rows)


def _as_field(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
