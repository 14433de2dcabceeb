"""Stores what the matcher found, remembers what was matched with what, and caches encoded texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from warehouse.connection import Connection, transaction
from warehouse.query import fetch_all
from warehouse.records import Match
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingNotification:
    """A notification that has to be matched: it, its parent, the register or the model changed since the last time."""

    notification_id: str
    parent_id: str | None
    fingerprint: str


def pending_notifications(con: Connection, *, model_version: str) -> tuple[PendingNotification, ...]:
    """Return what must be matched now; empty when nothing is new."""
    rows = fetch_all(con, "matching/pending", {"model_version": model_version})
    return tuple(PendingNotification(**row) for row in rows)


def parent_ids(con: Connection, notification_id: str) -> tuple[str, ...]:
    """Return the id of the measure that a notification amends, if it was collected; at most one."""
    rows = fetch_all(con, "matching/parent", {"notification_id": notification_id})
    return tuple(row["parent_id"] for row in rows)


def store_matches(
    con: Connection,
    done: Sequence[PendingNotification],
    matches: Sequence[Match],
    *,
    model_version: str,
    run_id: str,
    now: datetime,
) -> None:
    """Replace the machine's matches of the notifications in `done`, in one transaction. Judgements are not touched."""
    # JSON, since binding long lists one value at a time is slow
    ids = json.dumps([pending.notification_id for pending in done])
    fingerprints = [{"notification_id": p.notification_id, "fingerprint": p.fingerprint} for p in done]
    by_run = {"run_id": run_id, "now": now}
    with transaction(con):
        con.execute(sql("matching/clear_matches"), {"notification_ids": ids})
        con.execute(sql("matching/clear_evidence"), {"notification_ids": ids})
        con.execute(
            sql("matching/insert_matches"),
            {"rows": json.dumps([_match_row(m) for m in matches]), "model_version": model_version, **by_run},
        )
        con.execute(
            sql("matching/insert_evidence"), {"rows": json.dumps([row for m in matches for row in _evidence_rows(m)])}
        )
        con.execute(sql("matching/mark_matched"), {"rows": json.dumps(fingerprints), **by_run})


def _match_row(match: Match) -> dict[str, object]:
    return {
        "notification_id": match.notification_id,
        "line_id": match.line_id,
        "relation": match.relation.value,
        "score": float(match.score),
        "match_level": match.level.value,
        "reason": match.reason,
        "sells_to_member": bool(match.sells_to_member),
    }


def _evidence_rows(match: Match) -> list[dict[str, object]]:
    return [
        {
            "notification_id": match.notification_id,
            "line_id": match.line_id,
            "ordinal": ordinal,
            "kind": item.kind,
            "detail": item.detail,
            "notification_text": item.notification_text,
            "line_text": item.line_text,
            "evidence_value": float(item.value),
        }
        for ordinal, item in enumerate(match.evidence, start=1)
    ]


class WarehouseVectorStore:
    """Keeps encoded texts in `text_vectors`: each text is encoded once, by content hash."""

    def __init__(self, con: Connection) -> None:
        self._con = con

    def get(self, keys: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the cached vectors among `keys`, each of shape (d,)."""
        rows = self._con.execute(sql("matching/get_vectors"), {"keys": json.dumps(list(keys))}).fetchall()
        return {key: np.frombuffer(blob, dtype="<f4") for key, blob in rows}

    def put(self, keys: Sequence[str], matrix: NDArray[np.float32]) -> None:
        """Store the rows of `matrix`, shape (len(keys), d), under `keys`."""
        if keys:
            blobs = [row.astype("<f4").tobytes() for row in matrix]
            self._con.execute(sql("matching/put_vectors"), {"keys": list(keys), "vectors": blobs})
