"""(Re)builds what is derived from the raw facts, in an explicit order and only for what was touched."""

from __future__ import annotations

import json

from warehouse.connection import Connection
from warehouse.sqlfiles import sql
from warehouse.symbols import parse_symbol

_SLICE = 5000  # records rebuilt at a time, so that memory does not grow with the warehouse


def build_notifications(con: Connection) -> None:
    """Build `notifications` and `notification_symbols` again for the ids in the temporary table `touched`.

    Runs inside the caller's transaction.
    """
    con.execute("DELETE FROM notifications WHERE notification_id IN (FROM touched)")
    con.execute("INSERT INTO notifications BY NAME " + sql("staging/touched_notifications"))
    con.execute(sql("staging/clear_vanished"))
    con.execute("DELETE FROM notification_symbols WHERE notification_id IN (FROM touched)")
    pairs = con.execute(sql("staging/touched_symbols")).fetchall()
    if pairs:
        rows = [
            {"notification_id": notification_id, "symbol": symbol, "case_root": _case_root(symbol)}
            for notification_id, symbol in pairs
        ]
        con.execute(sql("staging/insert_symbols"), {"rows": json.dumps(rows)})


def rebuild_all(con: Connection) -> None:
    """Build everything derived again from the raw facts: the answer is the same as after the loads themselves."""
    count = con.execute("SELECT count(*) FROM raw_notifications").fetchone()
    n_slices = 1 + (int(count[0]) if count else 0) // _SLICE
    for remainder in range(n_slices):
        con.execute(sql("staging/touch_slice"), {"n_slices": n_slices, "remainder": remainder})
        build_notifications(con)


def _case_root(symbol: str) -> str:
    parsed = parse_symbol(symbol)
    return parsed.case_root if parsed else symbol
