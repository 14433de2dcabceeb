"""An officer's decision stands above the machine's and outlives every re-scoring."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warehouse_sample import exporter, line, load, match, notification, register, scalar, store

from warehouse.cases import case_named, open_cases
from warehouse.connection import Connection
from warehouse.errors import InputError
from warehouse.judgements import Judgement, find_pairs, record_judgements
from warehouse.query import Row, fetch_all
from warehouse.records import Level, Relation

ONE = "G/TBT/N/ATL/1"
HOUR = timedelta(hours=1)


@pytest.fixture
def filled(warehouse: Connection, tmp_path: Path, now: datetime) -> Connection:
    """A notification, a firm with three products, two of them scored."""
    load(warehouse, tmp_path, now, notification("ATL-1", symbols=(ONE, "G/TBT/N/LEM/2")))
    register(warehouse, now, exporter("E1", "台灯", "灯泡", "木箱"))
    none = match("ATL-1", line("E1", "灯泡"), relation=Relation.NONE, level=Level.NONE, score=0.1)
    store(warehouse, now, match("ATL-1", line("E1", "台灯"), level=Level.REFERENCE), none)
    return warehouse


def decide(con: Connection, now: datetime, relation: Relation, product: str = "台灯", **fields: Any) -> None:
    given: dict[str, Any] = {"reason": "", "judged_by": "officer", "notification_id": "ATL-1"} | fields
    record_judgements(con, [Judgement(line_id=line("E1", product).line_id, relation=relation, **given)], now=now)


def effective(con: Connection, product: str = "台灯") -> tuple[Any, ...]:
    row = con.execute(
        "SELECT relation, match_level, score, reason, verdict, judged_by FROM effective_matches "
        "WHERE line_id = $line_id",
        {"line_id": line("E1", product).line_id},
    ).fetchone()
    assert row is not None
    return row


def exported(con: Connection, everything: bool) -> list[Row]:
    return fetch_all(con, "queries/matches", {"all": everything})


def test_unjudged_is_what_the_machine_found(filled: Connection) -> None:
    assert effective(filled) == ("direct", "reference", 0.9, "通报产品与企业产品同属灯具。", "unjudged", "")


def test_confirming_raises_to_watch_at_least(filled: Connection, now: datetime) -> None:
    decide(filled, now, Relation.INDIRECT, reason="同一客户")
    assert effective(filled) == ("indirect", "watch", 0.9, "同一客户", "confirmed", "officer")
    decide(filled, now, Relation.DIRECT, "灯泡")
    assert effective(filled, "灯泡")[:2] == ("direct", "watch")
    decide(filled, now, Relation.DIRECT, "木箱")
    assert effective(filled, "木箱") == ("direct", "watch", 1.0, "", "confirmed", "officer")


def test_rejecting_silences(filled: Connection, now: datetime) -> None:
    decide(filled, now, Relation.NONE)
    assert effective(filled)[:2] == ("none", "none")
    assert exported(filled, everything=False) == []
    assert len(exported(filled, everything=True)) == 2


def test_the_latest_decision_holds_and_none_is_lost(filled: Connection, now: datetime) -> None:
    decide(filled, now, Relation.NONE)
    decide(filled, now + HOUR, Relation.DIRECT)
    assert effective(filled)[4] == "confirmed"
    decide(filled, now + HOUR, Relation.NONE, reason="看错了")
    assert effective(filled)[4] == "rejected"
    assert scalar(filled, "SELECT count(*) FROM judgements") == 3
    assert scalar(filled, "SELECT count(*) FROM effective_matches") == 2


def test_the_same_decision_twice_is_one_row(filled: Connection, now: datetime) -> None:
    for _ in range(2):
        decide(filled, now, Relation.NONE)
    assert scalar(filled, "SELECT count(*) FROM judgements") == 1


def test_decisions_outlive_a_rescoring(filled: Connection, tmp_path: Path, now: datetime) -> None:
    decide(filled, now, Relation.NONE)
    load(filled, tmp_path, now, notification("ATL-1", symbols=(ONE,), title="changed"))
    store(filled, now + HOUR, match("ATL-1", line("E1", "台灯"), level=Level.WARNING))
    assert effective(filled)[:2] == ("none", "none")


def test_all_or_none_are_stored(filled: Connection, now: datetime) -> None:
    good = Judgement(notification_id="ATL-1", line_id="x", relation=Relation.NONE, reason="", judged_by="o")
    with pytest.raises(AttributeError):
        record_judgements(filled, [good, None], now=now)  # type: ignore[list-item]
    assert scalar(filled, "SELECT count(*) FROM judgements") == 0


@pytest.mark.parametrize("name", ["ATL-1", ONE, "G/TBT/N/LEM/2"])
def test_pairs_are_found_by_id_or_any_symbol(filled: Connection, name: str) -> None:
    (pair,) = find_pairs(filled, name, "E1", None)
    assert (pair.notification_id, pair.product_name, pair.relation) == ("ATL-1", "台灯", Relation.DIRECT)
    (missed,) = find_pairs(filled, name, "E1", "木箱")
    assert missed.relation is Relation.NONE


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("G/TBT/N/ATL/99", "E1", None), "没有这件通报"),
        ((ONE, "E9", None), "企业清单中没有"),
        ((ONE, "E1", "飞船"), "没有产品"),
    ],
)
def test_what_was_not_found_is_named(filled: Connection, arguments: tuple[str, str, str | None], words: str) -> None:
    with pytest.raises(InputError, match=words):
        find_pairs(filled, *arguments)


def test_a_firm_without_a_match_names_its_products(filled: Connection, now: datetime) -> None:
    register(filled, now, exporter("E1", "木箱"))
    with pytest.raises(InputError, match="没有发现") as caught:
        find_pairs(filled, ONE, "E1", None)
    assert "木箱" in caught.value.next_step


def test_a_pair_is_found_by_the_case_that_an_officer_reads_on_the_screen(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    addendum = f"{ONE}/Add.2"
    load(warehouse, tmp_path, now, notification(addendum, symbols=(addendum,)))
    register(warehouse, now, exporter("E1", "台灯"))
    store(warehouse, now, match(addendum, line("E1", "台灯")))
    with pytest.raises(InputError, match="没有这件通报"):
        find_pairs(warehouse, ONE, "E1", None)
    open_cases(warehouse, policy_version="p1", backfill_days=30, now=now)
    assert [pair.notification_id for pair in find_pairs(warehouse, ONE, "E1", None)] == [addendum]
    assert case_named(warehouse, addendum) == ONE
