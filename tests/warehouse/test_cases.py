"""Cases: one a measure, with a clock, events that are written once, and an end that can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from warehouse_sample import (
    exporter,
    finish,
    line,
    load,
    match,
    new_alert,
    notification,
    queue,
    register,
    scalar,
    store,
)

from warehouse.cases import (
    Case,
    CaseEvent,
    Newest,
    Unassigned,
    append_event,
    assign_cases,
    case_named,
    derive_events,
    is_backfill,
    open_cases,
    read_cases,
)
from warehouse.connection import Connection
from warehouse.errors import InputError
from warehouse.judgements import Judgement, record_judgements
from warehouse.outbox import bounce_mail
from warehouse.query import Row, fetch_all
from warehouse.records import Level, Notification, NotificationKind, Relation

ONE = "G/TBT/N/ATL/1"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def item(
    notification_id: str,
    *roots: str,
    now: datetime,
    distributed: date | None = None,
    deadline: date | None = None,
) -> Unassigned:
    return Unassigned(
        notification_id=notification_id,
        first_seen_at=now,
        distribution_date=distributed,
        comment_deadline=deadline,
        case_roots=roots,
    )


def update(con: Connection, now: datetime) -> int:
    return open_cases(con, policy_version="p1", backfill_days=30, now=now)


def relevant(con: Connection, folder: Path, now: datetime, *items: Notification) -> None:
    """Load `items`, match each with the firm's line and open cases."""
    load(con, folder, now, *items)
    register(con, now)
    known = [row[0] for row in con.execute("SELECT notification_id FROM notifications").fetchall()]
    store(con, now, *(match(notification_id) for notification_id in known))
    update(con, now)


def judge(con: Connection, now: datetime, relation: Relation, *products: str, notification_id: str = ONE) -> None:
    decided = [
        Judgement(
            notification_id=notification_id,
            line_id=line("E1", product).line_id,
            relation=relation,
            reason="",
            judged_by="officer",
        )
        for product in products or ("台灯",)
    ]
    record_judgements(con, decided, now=now)
    derive_events(con, now=now)


def kinds(con: Connection, case_id: str = ONE) -> list[str]:
    (case,) = (case for case in read_cases(con) if case.case_id == case_id)
    return [event.kind for event in case.events]


def only(con: Connection) -> Case:
    (case,) = read_cases(con)
    return case


def members(con: Connection) -> list[tuple[str, str]]:
    return con.execute("FROM case_notifications ORDER BY ALL").fetchall()


# grouping, without a database


def test_joint_symbols_are_one_case_and_lead_addenda_to_it(now: datetime) -> None:
    joint = item("j", "G/TBT/N/ATL/7", "G/TBT/N/LEM/3", now=now)
    addendum = item("a", "G/TBT/N/LEM/3", now=now)
    assert assign_cases([joint, addendum], {}) == {"G/TBT/N/ATL/7": (joint, addendum)}
    assert assign_cases([addendum], {"G/TBT/N/LEM/3": "G/TBT/N/ATL/7"}) == {"G/TBT/N/ATL/7": (addendum,)}


def test_an_addendum_before_its_joint_parent(now: datetime) -> None:
    joint = item("j", "G/TBT/N/ATL/7", "G/TBT/N/LEM/3", now=now)
    addendum = item("a", "G/TBT/N/LEM/3", now=now)
    other = item("o", "G/TBT/N/ATL/7", now=now)
    assert assign_cases([addendum, joint, other], {}) == {"G/TBT/N/LEM/3": (addendum, joint, other)}


def test_without_a_symbol_a_notification_is_its_own_case(now: datetime) -> None:
    assert set(assign_cases([item("x", now=now), item("y", now=now)], {})) == {"x", "y"}
    assert assign_cases([], {"r": "c"}) == {}


@pytest.mark.parametrize(
    ("distributed", "expected"),
    [
        (date(2026, 2, 7), True),
        (date(2026, 2, 8), False),
        (date(2026, 3, 10), False),
        (date(2026, 3, 20), False),
        (None, False),
    ],
)
def test_the_edge_of_a_backfill(now: datetime, distributed: date | None, expected: bool) -> None:
    assert is_backfill([item("x", now=now, distributed=distributed)], now, 30) is expected


def test_without_a_distribution_date_the_comment_deadline_tells(now: datetime) -> None:
    assert is_backfill([item("x", now=now, deadline=date(2016, 5, 25))], now, 30)
    assert not is_backfill([item("x", now=now, deadline=date(2026, 5, 1))], now, 30)
    assert not is_backfill([item("x", now=now, distributed=date(2026, 3, 9), deadline=date(2016, 5, 25))], now, 30)


def test_a_backfill_with_a_recent_addendum_is_none(now: datetime) -> None:
    old = item("x", now=now, distributed=date(2020, 1, 1))
    assert is_backfill([old], now, 30)
    assert not is_backfill([old, item("y", now=now, distributed=date(2026, 3, 9))], now, 30)


# in the warehouse


def test_a_case_and_its_events(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification(), notification("G/TBT/N/ATL/2"))
    register(warehouse, now, exporter("E1", "台灯", "灯泡"))
    store(
        warehouse,
        now + HOUR,
        match(product=line("E1", "台灯"), relation=Relation.INDIRECT, level=Level.WATCH),
        match(product=line("E1", "灯泡"), relation=Relation.NONE, level=Level.NONE),
        match("G/TBT/N/ATL/2", relation=Relation.INDIRECT, level=Level.NONE),
    )
    assert update(warehouse, now + HOUR) == 1
    case = only(warehouse)
    assert (case.case_id, case.notification_id, case.symbols, case.member_codes) == (ONE, ONE, (ONE,), ("ATL",))
    assert (case.clock_started_at, case.is_backfill, case.policy_version) == (now, False, "p1")
    assert (case.n_exporters, case.n_lines, case.is_confirmed, case.is_direct, case.match_level) == (
        1,
        1,
        False,
        False,
        "watch",
    )
    assert [(event.kind, event.occurred_at) for event in case.events] == [("collected", now), ("screened", now + HOUR)]
    assert update(warehouse, now + DAY) == 0
    assert only(warehouse) == case


def test_a_joint_notification_and_its_addenda(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    symbols = ("G/TBT/N/ATL/7", "G/TBT/N/LEM/3")
    relevant(warehouse, tmp_path, now, notification(symbols[0], symbols=symbols))
    load(warehouse, tmp_path, now + DAY, notification("G/TBT/N/LEM/3/Add.1", kind=NotificationKind.ADDENDUM))
    store(warehouse, now + DAY)
    assert update(warehouse, now + DAY) == 0
    assert members(warehouse) == [(symbols[0], symbols[0]), (symbols[0], "G/TBT/N/LEM/3/Add.1")]
    assert kinds(warehouse, symbols[0]) == ["collected", "screened", "amended"]
    assert only(warehouse).notification_id == symbols[0]
    assert only(warehouse).symbols == ("G/TBT/N/ATL/7", "G/TBT/N/LEM/3", "G/TBT/N/LEM/3/Add.1")


def test_an_addendum_before_its_parent(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    addendum = notification(f"{ONE}/Add.1", kind=NotificationKind.ADDENDUM, distribution_date=date(2026, 3, 9))
    relevant(warehouse, tmp_path, now, addendum)
    assert only(warehouse).case_id == ONE
    assert only(warehouse).notification_id == f"{ONE}/Add.1"
    relevant(warehouse, tmp_path, now + DAY, notification())
    assert members(warehouse) == [(ONE, ONE), (ONE, f"{ONE}/Add.1")]
    assert only(warehouse).notification_id == ONE
    assert only(warehouse).clock_started_at == now


def test_what_joins_through_a_joint_notification(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    joint = notification("G/TBT/N/ATL/7", symbols=("G/TBT/N/ATL/7", "G/TBT/N/LEM/3"))
    far = notification("G/TBT/N/LEM/3/Add.2", kind=NotificationKind.ADDENDUM)
    near = notification("G/TBT/N/ATL/7/Add.1", kind=NotificationKind.ADDENDUM)
    load(warehouse, tmp_path, now, joint, far, near)
    register(warehouse, now)
    store(warehouse, now, match(near.notification_id))
    assert update(warehouse, now) == 1
    assert len(members(warehouse)) == 3


def test_a_revision_is_a_case_of_its_own(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    revision = notification(f"{ONE}/Rev.1", kind=NotificationKind.REVISION)
    relevant(warehouse, tmp_path, now, notification(), revision, notification(f"{ONE}/Rev.1/Add.1"))
    assert members(warehouse) == [(ONE, ONE), (f"{ONE}/Rev.1", f"{ONE}/Rev.1"), (f"{ONE}/Rev.1", f"{ONE}/Rev.1/Add.1")]


def test_backfills_and_unknown_dates(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    relevant(
        warehouse,
        tmp_path,
        now,
        notification("G/TBT/N/ATL/5", distribution_date=date(2025, 1, 1)),
        notification("G/TBT/N/ATL/6", distribution_date=None),
    )
    assert {case.case_id: case.is_backfill for case in read_cases(warehouse)} == {
        "G/TBT/N/ATL/5": True,
        "G/TBT/N/ATL/6": False,
    }


def test_the_newest_cases_are_the_end_of_all_that_started_in_the_time(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    names = [f"G/TBT/N/ATL/{n}" for n in range(1, 7)]
    relevant(warehouse, tmp_path, now, *(notification(name) for name in names))
    # two clocks that started together: they are cut at the same place each time
    for name, days in zip(names, (3, 0, 1, 1, 4, 2), strict=True):
        warehouse.execute("UPDATE cases SET clock_started_at = ? WHERE case_id = ?", [now + days * DAY, name])
    everything = read_cases(warehouse)
    assert [case.clock_started_at for case in everything] == [now + days * DAY for days in (0, 1, 1, 2, 3, 4)]
    moments = (None, now, now + DAY, now + 9 * DAY)
    for limit, since, before in product((None, 0, 1, 3, 4, 99), moments, moments):
        within = [
            case
            for case in everything
            if (since is None or case.clock_started_at >= since) and (before is None or case.clock_started_at < before)
        ]
        expected = within if limit is None else within[max(len(within) - limit, 0) :]
        assert read_cases(warehouse, newest=Newest(limit=limit, since=since, before=before)) == tuple(expected)


def test_events_of_older_cases_are_not_read(
    warehouse: Connection, tmp_path: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    relevant(warehouse, tmp_path, now, *(notification(f"G/TBT/N/ATL/{n}") for n in range(1, 5)))
    read: dict[str, list[str]] = {}

    def noted(con: Connection, name: str, parameters: dict[str, object] | None = None) -> list[Row]:
        rows = fetch_all(con, name, parameters)
        read[name] = [row["case_id"] for row in rows]
        return rows

    monkeypatch.setattr("warehouse.cases.fetch_all", noted)
    (case,) = read_cases(warehouse, newest=Newest(limit=1))
    assert [event.kind for event in case.events] == ["collected", "screened"]
    assert read == {
        "queries/cases_newest": [case.case_id],
        "queries/case_events": [case.case_id] * 2,
        "queries/cases": [case.case_id],
    }
    read_cases(warehouse)
    assert len(set(read["queries/case_events"])) == 4


def test_closed_lines_open_no_case(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification())
    register(warehouse, now)
    store(warehouse, now, match())
    register(warehouse, now, exporter("E1", "灯泡"))
    assert update(warehouse, now) == 0
    assert read_cases(warehouse) == ()


def test_a_mail_is_an_event_once_accepted(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    relevant(warehouse, tmp_path, now, notification())
    mail_id = queue(warehouse, now + HOUR, new_alert())
    update(warehouse, now + HOUR)
    assert kinds(warehouse) == ["collected", "screened"]
    finish(warehouse, mail_id, "accepted", now + 2 * HOUR)
    for _ in range(2):
        update(warehouse, now + DAY)
    assert sorted((event.kind, event.occurred_at, event.code) for event in only(warehouse).events[2:]) == [
        ("notified", now + 2 * HOUR, ""),
        ("told", now + 2 * HOUR, "E1"),
    ]


def test_nothing_is_derived_anew_until_a_mail_comes_back(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    """Opening cases does nothing where nothing has changed; a return changes something."""
    relevant(warehouse, tmp_path, now, notification())
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "accepted", now + HOUR)
    update(warehouse, now + HOUR)
    mark = scalar(warehouse, "SELECT mark FROM case_sources")
    update(warehouse, now + 2 * HOUR)
    assert scalar(warehouse, "SELECT mark FROM case_sources") == mark
    bounce_mail(warehouse, mail_id, state="bounced", smtp_status="5.1.1", detail="", occurred_at=now + HOUR + HOUR / 2)
    assert scalar(warehouse, "SELECT mark FROM case_sources") != mark
    update(warehouse, now + 3 * HOUR)
    assert kinds(warehouse)[-1] == "undelivered"


def test_all_rejected_closes_and_a_later_confirmation_reopens(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, notification())
    register(warehouse, now, exporter("E1", "台灯", "灯泡"))
    store(warehouse, now, *(match(product=line("E1", name)) for name in ("台灯", "灯泡")))
    update(warehouse, now)
    judge(warehouse, now + HOUR, Relation.NONE, "台灯")
    assert "closed" not in kinds(warehouse)
    judge(warehouse, now + 2 * HOUR, Relation.NONE, "灯泡")
    assert kinds(warehouse) == ["collected", "screened", "judged", "judged", "closed"]
    closed = only(warehouse)
    assert (closed.n_lines, closed.match_level, closed.is_confirmed) == (0, "none", False)
    assert (closed.events[-1].occurred_at, closed.events[-1].actor) == (now + 2 * HOUR, "officer")

    judge(warehouse, now + 3 * HOUR, Relation.DIRECT, "灯泡")
    derive_events(warehouse, now=now + 4 * HOUR)
    assert kinds(warehouse)[5:] == ["judged", "reopened"] or kinds(warehouse)[5:] == ["reopened", "judged"]
    assert only(warehouse).is_confirmed
    assert only(warehouse).n_lines == 1

    judge(warehouse, now + 5 * HOUR, Relation.NONE, "灯泡")
    assert kinds(warehouse)[7:] == ["judged", "closed"]


def test_a_confirmation_at_the_moment_of_the_closing_reopens(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    relevant(warehouse, tmp_path, now, notification())
    judge(warehouse, now, Relation.NONE)
    judge(warehouse, now, Relation.DIRECT)
    assert only(warehouse).is_confirmed
    assert [kind for kind in kinds(warehouse) if kind in ("closed", "reopened")] == ["closed", "reopened"]


def test_a_new_match_reopens_what_was_closed_as_rejected(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    relevant(warehouse, tmp_path, now, notification())
    judge(warehouse, now + HOUR, Relation.NONE)
    register(warehouse, now + DAY, exporter("E1", "台灯", "灯泡"))
    store(warehouse, now + DAY, match(), match(product=line("E1", "灯泡")))
    update(warehouse, now + DAY)
    assert kinds(warehouse)[-1] == "reopened"


def test_what_is_raised_to_nobody_keeps_no_case_open(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification())
    register(warehouse, now, exporter("E1", "台灯", "灯泡", "灯座"))
    faint = match(product=line("E1", "灯泡"), relation=Relation.INDIRECT, level=Level.NONE)
    store(warehouse, now, match(), faint, match(product=line("E1", "灯座")))
    register(warehouse, now, exporter("E1", "台灯", "灯泡"))
    update(warehouse, now)
    judge(warehouse, now + HOUR, Relation.NONE, "台灯")
    assert kinds(warehouse)[-1] == "closed"


def test_a_case_closed_by_hand_stays_closed(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    relevant(warehouse, tmp_path, now, notification())
    judge(warehouse, now + HOUR, Relation.DIRECT)
    closed = CaseEvent(kind="closed", occurred_at=now + DAY, code="done", actor="officer", detail="已办结")
    assert append_event(warehouse, ONE, closed, now=now + DAY)
    assert not append_event(warehouse, ONE, closed, now=now + DAY)  # the same words at the same moment
    register(warehouse, now + 2 * DAY, replace(exporter(), lines=(line(description="新说明"),)))
    store(warehouse, now + 2 * DAY, match())
    update(warehouse, now + 2 * DAY)
    assert kinds(warehouse)[-1] == "closed"
    reopened = CaseEvent(kind="reopened", occurred_at=now + 3 * DAY, actor="officer")
    append_event(warehouse, ONE, reopened, now=now + 3 * DAY)
    update(warehouse, now + 3 * DAY)
    assert kinds(warehouse)[-1] == "reopened"


def test_an_unknown_case_is_an_input_error(warehouse: Connection, now: datetime) -> None:
    with pytest.raises(InputError, match="没有这个案件"):
        case_named(warehouse, "gone")
    assert scalar(warehouse, "SELECT count(*) FROM case_events") == 0
