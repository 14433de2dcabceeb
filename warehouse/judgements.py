"""Officers' decisions on pairs: rows that are never deleted; the latest one of a pair holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.query import Row, fetch_all
from warehouse.records import Relation
from warehouse.sqlfiles import sql


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A notification and a product line that an officer may decide on."""

    notification_id: str
    line_id: str
    product_name: str
    relation: Relation  # as the machine found it


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A decision: relation `none` rejects the pair, any other confirms it as such."""

    notification_id: str
    line_id: str
    relation: Relation
    reason: str
    judged_by: str


def find_pairs(con: Connection, notification: str, exporter_id: str, product_name: str | None) -> tuple[Pair, ...]:
    """Return the pairs meant by a notification (id, symbol or case), a firm and, if given, a product name.

    Raises InputError, saying which part was not found, when there is none.
    """
    rows = fetch_all(
        con,
        "queries/pairs",
        {"notification": notification, "exporter_id": exporter_id, "product_name": product_name},
    )
    if rows:
        return tuple(Pair(**{**row, "relation": Relation(row["relation"])}) for row in rows)
    known = con.execute(
        "SELECT count(*) FROM notifications_named($key)",
        {"key": notification},
    ).fetchone()
    if not known or not known[0]:
        raise InputError(f"没有这件通报：{notification}", "请写通报号（如 G/TBT/N/EU/1234）或 matches 导出表中的编号。")
    listed = con.execute(
        "SELECT product_name FROM product_lines WHERE exporter_id = $exporter_id AND closed_at IS NULL",
        {"exporter_id": exporter_id},
    ).fetchall()
    if not listed:
        raise InputError(f"企业清单中没有：{exporter_id}", "请写企业清单中的企业编号。")
    names = "、".join(str(row[0]) for row in listed)
    if product_name is None:
        raise InputError(
            f"机器没有发现该通报与企业 {exporter_id} 的关联。", f"如确有关联，请用 --product 指明产品，可选：{names}"
        )
    raise InputError(f"企业 {exporter_id} 没有产品“{product_name}”。", f"可选：{names}")


def record_judgements(con: Connection, judgements: Sequence[Judgement], *, now: datetime) -> None:
    """Store decisions made at `now`, all or none. Storing the same decision of the same moment twice is one row."""
    with transaction(con):
        add_judgements(con, judgements, now=now)


def add_judgements(con: Connection, judgements: Sequence[Judgement], *, now: datetime) -> None:
    """As `record_judgements`, within a transaction of the caller."""
    for judgement in judgements:
        decided = (judgement.notification_id, judgement.line_id, judgement.relation.value, judgement.reason)
        identity = "\x1f".join((*decided, judgement.judged_by, now.isoformat()))
        con.execute(
            sql("cases/insert_judgement"),
            {
                "judgement_id": hashlib.sha256(identity.encode()).hexdigest()[:24],
                "notification_id": judgement.notification_id,
                "line_id": judgement.line_id,
                "verdict": "rejected" if judgement.relation is Relation.NONE else "confirmed",
                "relation": judgement.relation.value,
                "reason": judgement.reason,
                "judged_by": judgement.judged_by,
                "now": now,
            },
        )


def read_judged(con: Connection) -> list[Row]:
    """Return every decided pair once with its latest relation: notification_id, line_id, relation."""
    return fetch_all(con, "queries/judged_pairs", {})
