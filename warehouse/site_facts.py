"""What the public site tells of measures, as rows. The pipeline makes the reports' records of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from warehouse.connection import Connection
from warehouse.query import Row, fetch_all


def current_documents(con: Connection, today: date) -> list[Row]:
    """Return one row per notification and name of its measure: notification_id, measure_key, key_rank.

    Current is a measure whose comment period is open or whose entry into force is ahead, or that had a document
    distributed in the last 12 months. The rows of a notification stand together, its first name first.
    """
    return fetch_all(con, "site/documents", {"today": today})


def chains_concerned(con: Connection, notification_ids: Sequence[str], *, least_firms: int) -> dict[str, list[str]]:
    """Return the 产业链 that notifications concern, by notification_id, most product lines first.

    A chain of fewer than `least_firms` listed firms is left out: it would tell who is meant.
    """
    parameters = {"notification_ids": json.dumps(list(notification_ids)), "least_firms": least_firms}
    found: dict[str, list[str]] = {}
    for row in fetch_all(con, "site/chains", parameters):
        found.setdefault(row["notification_id"], []).append(row["industry_chain"])
    return found
