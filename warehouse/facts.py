"""Reads the facts that the other rooms work on: notifications and open product lines, as records."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from warehouse.connection import Connection
from warehouse.query import Row, fetch_all
from warehouse.records import Channel, Notification, NotificationKind, ProductLine


@dataclass(frozen=True, slots=True)
class ListedFirm:
    """What names a firm of the city's list: what no public text may hold."""

    name: str
    short_name: str = ""  # as listed, several parted by 、
    credit_code: str = ""


def read_notifications(con: Connection, notification_ids: Sequence[str] | None = None) -> tuple[Notification, ...]:
    """Return the notifications with the given ids (all where None), ordered by id; unknown ids are left out."""
    wanted = None if notification_ids is None else json.dumps(list(notification_ids))
    rows = fetch_all(con, "queries/notifications", {"notification_ids": wanted})
    return tuple(_as_notification(row) for row in rows)


def read_documents_due(con: Connection, *, since: date, until: date, limit: int) -> tuple[Notification, ...]:
    """Return the notifications whose WTO documents were not read yet, newest first, at most `limit`.

    Those distributed from `since` to `until`, and undated ones, that have a link to docs.wto.org or members.wto.org; a
    notification of which source `wto_documents` has any record counts as read.
    """
    rows = fetch_all(con, "queries/documents_due", {"since": since, "until": until, "max_rows": limit})
    return tuple(_as_notification(row) for row in rows)


def notification_ids_named(con: Connection, key: str) -> tuple[str, ...]:
    """Return the ids of the notifications that an id, a document symbol or a case names."""
    rows = fetch_all(con, "queries/notifications_named", {"key": key})
    return tuple(row["notification_id"] for row in rows)


def chinese_titles(con: Connection) -> dict[str, str]:
    """Return the Chinese titles that public Chinese bulletins gave, by document symbol."""
    return {row["symbol"]: row["title_zh"] for row in fetch_all(con, "queries/chinese_titles")}


def exporter_names(con: Connection) -> dict[str, str]:
    """Names of all firms that were ever listed, by exporter_id."""
    return {str(key): str(name) for key, name in con.execute("SELECT exporter_id, name FROM exporters").fetchall()}


def listed_firms(con: Connection) -> tuple[ListedFirm, ...]:
    """Return all firms that were ever listed, with what names them."""
    return tuple(ListedFirm(**row) for row in fetch_all(con, "queries/listed_firms"))


def exporter_marks(con: Connection) -> dict[str, tuple[bool, bool]]:
    """Whether a firm is in the pool of key firms, and in the sample of the survey; all ever listed, by exporter_id."""
    rows = con.execute("SELECT exporter_id, is_negotiation_key, is_survey_sample FROM exporters").fetchall()
    return {str(key): (bool(is_key), bool(is_sample)) for key, is_key, is_sample in rows}


def read_open_lines(con: Connection) -> tuple[ProductLine, ...]:
    """Return the open product lines of open firms, ordered by line_id."""
    rows = fetch_all(con, "queries/open_lines")
    return tuple(ProductLine(**{name: _as_field(value) for name, value in row.items()}) for row in rows)


def read_lines(con: Connection, line_ids: Sequence[str]) -> tuple[ProductLine, ...]:
    """Return the product lines with these ids, open or closed, ordered by line_id; unknown ids are left out."""
    rows = fetch_all(con, "queries/lines", {"line_ids": json.dumps(list(line_ids))})
    return tuple(ProductLine(**{name: _as_field(value) for name, value in row.items()}) for row in rows)


def _as_notification(row: Row) -> Notification:
    fields = {name: _as_field(value) for name, value in row.items()}
    return Notification(**fields | {"kind": NotificationKind(row["kind"]), "channel": Channel(row["channel"])})


def _as_field(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
