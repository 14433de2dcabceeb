"""The outbox: one mail a firm and case, sent at most once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_sample import ADDRESS, exporter, line, load, match, notification, register, scalar, store

from warehouse.cases import open_cases
from warehouse.connection import Connection
from warehouse.judgements import Judgement, record_judgements
from warehouse.outbox import (
    alert_candidates,
    alert_id,
    alert_standings,
    begin_attempt,
    finish_attempt,
    open_contacts,
    queue_alert,
)
from warehouse.records import Level, Relation

ONE = "G/TBT/N/ATL/1"
HOUR = timedelta(hours=1)


@pytest.fixture
def filled(warehouse: Connection, tmp_path: Path, now: datetime) -> Connection:
    """A measure with an addendum that concerns two firms."""
    load(warehouse, tmp_path, now, notification(), notification(f"{ONE}/Add.1"))
    register(warehouse, now, exporter("E1", "台灯", "灯泡"), exporter("E2"))
    store(
        warehouse,
        now,
        match(product=line("E1", "台灯"), score=0.6),
        match(f"{ONE}/Add.1", line("E1", "台灯"), score=0.8),
        match(product=line("E1", "灯泡"), relation=Relation.NONE, level=Level.NONE),
        match(product=line("E2", "台灯")),
    )
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    return warehouse


def queue(con: Connection, now: datetime, exporter_id: str = "E1", message_id: str = "m1") -> str:
    return queue_alert(
        con,
        case_id=ONE,
        exporter_id=exporter_id,
        message_id=message_id,
        is_reviewed=False,
        match_level=Level.WARNING,
        n_products=1,
        now=now,
    )


def finish(con: Connection, alert: str, state: str, now: datetime) -> None:
    finish_attempt(con, alert, state=state, smtp_code=None, detail="", now=now)


def test_a_line_is_told_once_by_its_strongest_match(filled: Connection) -> None:
    found = alert_candidates(filled)
    assert [(item.exporter_id, item.product_name, item.notification_id) for item in found] == [
        ("E1", "台灯", f"{ONE}/Add.1"),
        ("E2", "台灯", ONE),
    ]


def test_a_confirmed_match_comes_before_a_stronger_one(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    """A joint notification makes one case of two measures; a decision on one does not reach the other's addendum."""
    own, other, lamp = f"{ONE}/Add.1", "G/TBT/N/LEM/2/Add.1", line("E1", "台灯")
    joint = notification("joint", symbols=(ONE, "G/TBT/N/LEM/2"))
    load(warehouse, tmp_path, now, joint)
    register(warehouse, now, exporter("E1", "台灯"))
    store(warehouse, now, match("joint", lamp, score=0.5))
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    load(warehouse, tmp_path, now, notification(own), notification(other))
    store(warehouse, now, match(own, lamp, score=0.6), match(other, lamp, score=0.9))
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    assert [item.notification_id for item in alert_candidates(warehouse)] == [other]
    decided = Judgement(notification_id=own, line_id=lamp.line_id, relation=Relation.INDIRECT, reason="", judged_by="o")
    record_judgements(warehouse, [decided], now=now)
    (first,) = alert_candidates(warehouse)
    assert (first.notification_id, first.relation, first.verdict, first.match_level) == (
        own,
        Relation.INDIRECT,
        "confirmed",
        Level.WARNING,
    )


def test_closed_firms_get_nothing(filled: Connection, now: datetime) -> None:
    register(filled, now, exporter("E1"))
    assert {item.exporter_id for item in alert_candidates(filled)} == {"E1"}
    assert {key: [contact.email for contact in found] for key, found in open_contacts(filled).items()} == {
        "E1": [ADDRESS]
    }


def test_queued_twice_is_one_row(filled: Connection, now: datetime) -> None:
    assert queue(filled, now) == queue(filled, now + HOUR, message_id="m2") == alert_id(ONE, "E1")
    assert filled.execute("SELECT message_id, queued_at, state FROM alerts").fetchall() == [("m1", now, "queued")]
    assert queue(filled, now, "E2") != queue(filled, now)
    assert scalar(filled, "SELECT count(*) FROM alerts") == 2


def test_an_attempt_begins_once(filled: Connection, now: datetime) -> None:
    alert = queue(filled, now)
    assert [mail.state for mail in alert_standings(filled)] == ["queued"]
    assert begin_attempt(filled, alert, now=now + HOUR)
    assert not begin_attempt(filled, alert, now=now + HOUR)
    assert not begin_attempt(filled, "unknown", now=now)
    assert filled.execute("SELECT state, n_attempts, attempted_at FROM alerts").fetchall() == [
        ("sending", 1, now + HOUR)
    ]
    assert [mail.state for mail in alert_standings(filled)] == ["sending"]


@pytest.mark.parametrize("state", ["accepted", "failed", "in-doubt"])
def test_what_ended_is_never_sent_again(filled: Connection, now: datetime, state: str) -> None:
    alert = queue(filled, now)
    begin_attempt(filled, alert, now=now)
    finish(filled, alert, state, now + HOUR)
    queue(filled, now + HOUR)
    assert not begin_attempt(filled, alert, now=now + HOUR)
    accepted_at = now + HOUR if state == "accepted" else None
    assert filled.execute("SELECT state, accepted_at, n_attempts FROM alerts").fetchall() == [(state, accepted_at, 1)]
    assert [mail.state for mail in alert_standings(filled)] == [state]


def test_a_retry_is_sent_again(filled: Connection, now: datetime) -> None:
    alert = queue(filled, now)
    begin_attempt(filled, alert, now=now)
    finish(filled, alert, "retry", now)
    assert [mail.state for mail in alert_standings(filled)] == ["retry"]
    assert begin_attempt(filled, alert, now=now + HOUR)
    assert scalar(filled, "SELECT n_attempts FROM alerts") == 2


def test_an_unknown_state_is_refused(filled: Connection, now: datetime) -> None:
    alert = queue(filled, now)
    with pytest.raises(duckdb.ConstraintException):
        finish(filled, alert, "lost", now)
