"""A case that is raised to two firms, and what mails, returns and officers do to it hour by hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse_sample import (
    ADDRESS,
    SECOND_ADDRESS,
    contacts,
    exporter,
    finish,
    line,
    load,
    match,
    new_alert,
    notification,
    queue,
    register,
    store,
)

from pipeline.case_state import in_order, rounds
from pipeline.sla import load_policies, read_clock
from warehouse.cases import CaseEvent, append_event, derive_events, open_cases, read_cases
from warehouse.connection import Connection
from warehouse.judgements import Judgement, record_judgements
from warehouse.outbox import bounce_mail, settle_mail
from warehouse.records import Level, NotificationKind, Relation

ONE = "G/TBT/N/ATL/1"
ADDENDUM = f"{ONE}/Add.1"
START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
POLICY = load_policies()[0]
OFFICER = "告知岗甲"
LAMPS = {firm: line(firm, "台灯") for firm in ("E1", "E2", "E3", "E4")}
FIRMS = tuple(
    exporter(firm, "台灯", contacts=contacts(firm, *addresses))
    for firm, addresses in (("E1", (ADDRESS, SECOND_ADDRESS)), ("E2", (ADDRESS,)), ("E3", ()), ("E4", ()))
)


def opened(con: Connection, folder: Path) -> Connection:
    load(con, folder, START, notification())
    register(con, START, *FIRMS)
    store(
        con,
        START,
        match(product=LAMPS["E1"]),
        match(product=LAMPS["E2"], relation=Relation.INDIRECT, level=Level.WATCH, score=0.6),
        match(product=LAMPS["E3"], relation=Relation.INDIRECT, level=Level.REFERENCE, score=0.4),
        match(product=LAMPS["E4"], relation=Relation.NONE, level=Level.NONE, score=0.0),
    )
    update(con, 0)
    return con


def at(hours: float) -> datetime:
    return START + hours * HOUR


def update(con: Connection, hours: float) -> None:
    open_cases(con, policy_version=POLICY.version, backfill_days=30, now=at(hours))


def derive(con: Connection, hours: float) -> None:
    derive_events(con, now=at(hours))


def mail(con: Connection, firm: str, hours: float, *, address: str = ADDRESS, version: int = 1, **more: Any) -> str:
    """A mail that a server takes at that hour, unless `more` says otherwise."""
    kind = "alert" if version == 1 else "update"
    alert = new_alert(firm, address=address, case_version=version, kind=kind)
    mail_id = queue(con, at(hours), alert, kind=kind)
    finish(con, mail_id, **{"state": "accepted", "now": at(hours), **more})
    return mail_id


def bounce(con: Connection, mail_id: str, hours: float, state: str = "bounced") -> None:
    assert bounce_mail(con, mail_id, state=state, smtp_status="5.1.1", detail="无此用户", occurred_at=at(hours))


def say(con: Connection, hours: float, firm: str = "") -> None:
    """An officer told one firm, or all, by telephone."""
    kind = "told" if firm else "notified"
    event = CaseEvent(kind=kind, occurred_at=at(hours), code=firm, actor=OFFICER, detail="电话告知")
    append_event(con, ONE, event, now=at(hours))


def settle(con: Connection, mail_id: str, state: str, hours: float) -> None:
    everywhere = ("in-doubt", "accepted", "bounced", "failed")
    assert settle_mail(
        con, mail_id, state=state, from_states=everywhere, actor=OFFICER, detail="电话核实", now=at(hours)
    )


def judge(con: Connection, hours: float, firm: str, relation: Relation) -> None:
    decided = Judgement(
        notification_id=ONE, line_id=LAMPS[firm].line_id, relation=relation, reason="", judged_by=OFFICER
    )
    record_judgements(con, [decided], now=at(hours))


def log(con: Connection, *kinds: str) -> list[tuple[str, float, str]]:
    """(kind, hour, code) of the events of these kinds in their order, the officers' own left out."""
    wanted = kinds or ("told", "notified", "undelivered")
    (case,) = read_cases(con)
    return [
        (event.kind, (event.occurred_at - START) / HOUR, event.code)
        for event in in_order(case.events)
        if event.kind in wanted and event.actor == "machine"
    ]


def met_at(con: Connection) -> float | None:
    """The hour at which 企业告知 was met on the clock that started last; None where it is not."""
    (case,) = read_cases(con)
    started_at, events = rounds(START, case.events)[-1]
    [reading] = [
        reading
        for reading in read_clock(started_at, events, POLICY, at(1000)).readings
        if reading.milestone.event == "notified"
    ]
    return None if reading.met_at is None else (reading.met_at - START) / HOUR


def derived(con: Connection, hours: float) -> list[tuple[str, float, str]]:
    """The log after deriving twice, which must come to the same."""
    derive(con, hours)
    once = con.execute("FROM case_events ORDER BY ALL").fetchall()
    derive(con, hours + 0.25)
    assert con.execute("FROM case_events ORDER BY ALL").fetchall() == once
    return log(con)


def restart(con: Connection, folder: Path) -> None:
    addendum = notification(ADDENDUM, kind=NotificationKind.ADDENDUM, comment_deadline=date(2026, 7, 1))
    load(con, folder, at(100), addendum)
    update(con, 100)
    assert [item[1] for item in log(con, "restarted")] == [100]
