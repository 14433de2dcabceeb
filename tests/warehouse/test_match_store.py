"""What has to be matched, what was found, and the cache of encoded texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from warehouse_sample import exporter, line, load, match, notification, register, scalar, store

from warehouse.connection import Connection
from warehouse.match_store import WarehouseVectorStore, parent_ids, pending_notifications, store_matches
from warehouse.records import Evidence

ONE = "G/TBT/N/ATL/1"
ADDENDUM = "G/TBT/N/ATL/1/Add.1"


def pending(con: Connection, model_version: str = "m1") -> list[str]:
    return [item.notification_id for item in pending_notifications(con, model_version=model_version)]


@pytest.fixture
def filled(warehouse: Connection, tmp_path: Path, now: datetime) -> Connection:
    """Two notifications, one an addendum of the other, and one firm."""
    load(warehouse, tmp_path, now, notification(), notification(ADDENDUM), notification("G/TBT/N/ATL/2"))
    register(warehouse, now)
    return warehouse


def test_nothing_is_matched_twice(filled: Connection, now: datetime) -> None:
    assert pending(filled) == [ONE, ADDENDUM, "G/TBT/N/ATL/2"]
    store(filled, now, match())
    assert pending(filled) == []
    assert pending(filled, "m2") == [ONE, ADDENDUM, "G/TBT/N/ATL/2"]


def test_a_changed_parent_brings_its_addenda_back(filled: Connection, tmp_path: Path, now: datetime) -> None:
    store(filled, now)
    load(filled, tmp_path, now, notification(title="changed"))
    assert pending(filled) == [ONE, ADDENDUM]


def test_a_changed_register_brings_all_back(filled: Connection, now: datetime) -> None:
    store(filled, now)
    register(filled, now, replace(exporter(), name="改名", district="江岸区"))
    assert pending(filled) == []
    register(filled, now, replace(exporter(), lines=(line(market_codes=("ATL", "LEM")),)))
    assert len(pending(filled)) == 3
    store(filled, now)
    register(filled, now, replace(exporter(), lines=(), contacts=()))
    assert len(pending(filled)) == 3


def test_parents(filled: Connection, tmp_path: Path, now: datetime) -> None:
    both = ("G/TBT/N/ATL/2", "G/TBT/N/ATL/2/Corr.1")
    load(filled, tmp_path, now, notification("G/TBT/N/ATL/1/Rev.1"), notification("G/TBT/N/ATL/2", symbols=both))
    assert parent_ids(filled, ADDENDUM) == (ONE,)
    assert parent_ids(filled, ONE) == ()
    assert parent_ids(filled, "G/TBT/N/ATL/1/Rev.1") == (ONE,)
    assert parent_ids(filled, "G/TBT/N/ATL/2") == ()
    assert {item.parent_id for item in pending_notifications(filled, model_version="m")} == {None, ONE}


def test_matches_are_replaced_and_others_kept(filled: Connection, now: datetime) -> None:
    store(filled, now, match(), match("G/TBT/N/ATL/2", evidence=(Evidence(kind="hs", detail="a"),) * 2))
    (first,) = (item for item in pending_notifications(filled, model_version="m2") if item.notification_id == ONE)
    again = match(score=np.float32(0.5), evidence=())
    store_matches(filled, [first], [again], model_version="m2", run_id="r", now=now)
    rows = filled.execute("SELECT notification_id, score, model_version FROM matches ORDER BY 1").fetchall()
    assert rows == [(ONE, 0.5, "m2"), ("G/TBT/N/ATL/2", 0.9, "m1")]
    assert filled.execute("SELECT notification_id, ordinal FROM match_evidence ORDER BY 2").fetchall() == [
        ("G/TBT/N/ATL/2", 1),
        ("G/TBT/N/ATL/2", 2),
    ]


def test_storing_nothing_and_storing_badly(filled: Connection, now: datetime) -> None:
    store(filled, now, match())
    store_matches(filled, [], [], model_version="m1", run_id="r", now=now)
    assert scalar(filled, "SELECT count(*) FROM matches") == 1
    todo = pending_notifications(filled, model_version="m2")
    with pytest.raises(duckdb.ConstraintException):
        store_matches(filled, todo, [match(score=1.5)], model_version="m2", run_id="r", now=now)
    assert filled.execute("SELECT score, model_version FROM matches").fetchall() == [(0.9, "m1")]
    assert len(pending(filled, "m2")) == 3


def test_vectors_are_kept_once(warehouse: Connection) -> None:
    cache = WarehouseVectorStore(warehouse)
    assert cache.get([]) == {}
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
    cache.put(["a", "b"], matrix)
    cache.put(["a"], matrix[1:])
    cache.put([], matrix[:0])
    found = cache.get(["a", "b", "c"])
    assert set(found) == {"a", "b"}
    assert found["a"].tolist() == [0.0, 1.0, 2.0]
    assert found["b"].dtype == np.float32
