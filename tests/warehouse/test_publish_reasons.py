"""What a person typed: an officer's reason and the arguments of a run, as far as they are published."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_sample import exporter, line, load, match, notification, register, scalar, store

from warehouse.connection import Connection
from warehouse.judgements import Judgement, record_judgements
from warehouse.ledger import begin_run
from warehouse.publish import publish
from warehouse.records import NotificationKind, Relation

ONE, ADD = "G/TBT/N/ATL/1", "G/TBT/N/ATL/1/Add.1"
FIRM = exporter("E1").name
REASON = f"{FIRM}李某13800000000、027-87771234电话确认，wang @firm.example"
MACHINE = match().reason
Publish = Callable[..., Path]


@pytest.fixture
def publish_now(warehouse: Connection, tmp_path: Path, now: datetime) -> Publish:
    """Publishes a measure with its addendum, matched to two lines; an officer rejected one of them in words."""
    load(warehouse, tmp_path, now, notification(ONE), notification(ADD, kind=NotificationKind.ADDENDUM))
    register(warehouse, now, exporter("E1", "台灯", "灯泡"))
    lamp, bulb = line("E1", "台灯"), line("E1", "灯泡")
    coded = match(ONE, bulb, reason="同一税号 94052100。")
    store(warehouse, now, match(ONE, lamp), match(ADD, lamp), coded)
    decide(warehouse, now, REASON)

    def run(*, firm_names: bool, at: datetime = now, full: bool = False) -> Path:
        folder = tmp_path / ("full" if full else "publish")
        done = publish(warehouse, folder, firm_names=firm_names, keep=3, version="0", now=at, full=full)
        assert done.is_full or not full
        return done.path

    return run


def decide(con: Connection, now: datetime, reason: str) -> None:
    decided = Judgement(
        notification_id=ONE,
        line_id=line("E1", "台灯").line_id,
        relation=Relation.INDIRECT,
        reason=reason,
        judged_by="甲",
    )
    record_judgements(con, [decided], now=now)


def reasons(path: Path) -> tuple[list[str], list[str]]:
    """The reasons of the decisions, and of the matches: measure and lamp, addendum and lamp, measure and bulb."""
    lamp = line("E1", "台灯").line_id
    with duckdb.connect(str(path), read_only=True) as copy:
        judged = [str(row[0]) for row in copy.execute("SELECT reason FROM judgements ORDER BY judged_at").fetchall()]
        matched = "SELECT reason FROM mart.matches ORDER BY line_id <> $lamp, notification_id"
        return judged, [str(row[0]) for row in copy.execute(matched, {"lamp": lamp}).fetchall()]


def test_without_names_an_officers_words_stay_in_the_office(publish_now: Publish) -> None:
    path = publish_now(firm_names=False)
    assert reasons(path) == ([""], ["", "", "同一税号 94052100。"])
    content = path.read_bytes()
    for word in (FIRM, "李某", "13800000000", "87771234", "firm.example"):
        assert word.encode() not in content


def test_with_names_they_are_told_without_addresses_and_numbers(publish_now: Publish) -> None:
    told = f"{FIRM}李某（号码略）、027-（号码略）电话确认，（邮箱略）"
    assert reasons(publish_now(firm_names=True)) == ([told], [told, told, "同一税号 94052100。"])


def test_where_an_officer_gave_no_words_the_machines_stand(
    publish_now: Publish, warehouse: Connection, now: datetime
) -> None:
    decide(warehouse, now + timedelta(hours=1), "")
    assert reasons(publish_now(firm_names=False))[1] == [MACHINE, MACHINE, "同一税号 94052100。"]


@pytest.mark.parametrize("firm_names", [False, True])
def test_words_that_an_officer_changes_reach_the_next_copy(
    publish_now: Publish, warehouse: Connection, now: datetime, firm_names: bool
) -> None:
    publish_now(firm_names=firm_names)
    for hour, reason in enumerate(("改为间接，见来函", "", REASON), start=1):
        later = now + timedelta(hours=hour)
        decide(warehouse, later, reason)
        after = reasons(publish_now(firm_names=firm_names, at=later))
        assert after == reasons(publish_now(firm_names=firm_names, at=later, full=True))


def test_of_a_run_only_known_arguments_are_told(publish_now: Publish, warehouse: Connection, now: datetime) -> None:
    arguments = {
        "file": "通报.xlsx", "month": "2026-06", "full": True, "anyway": REASON, "reason": REASON,
        "path": "/home/张三/a.xlsx", "case": ONE, "base_url": "https://user:secret@api.example", "something_new": FIRM,
    }  # fmt: skip
    begin_run(warehouse, run_id="r", step="report-release", source="", arguments=arguments, version="0", now=now)
    begin_run(warehouse, run_id="s", step="cases", source="", arguments={}, version="0", now=now)
    path = publish_now(firm_names=True)
    with duckdb.connect(str(path), read_only=True) as copy:
        told = dict(copy.execute("SELECT run_id, arguments FROM runs WHERE run_id IN ('r', 's')").fetchall())
        assert json.loads(told["r"]) == {"file": "通报.xlsx", "month": "2026-06", "full": True}
        assert json.loads(told["s"]) == {}
        assert scalar(copy, "SELECT count(*) FROM runs WHERE arguments ->> '$.file' = '通报.xlsx'") == 1
    content = path.read_bytes()
    for word in ("张三", "secret", "13800000000"):
        assert word.encode() not in content
