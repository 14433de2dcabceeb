"""The outbox: what each contact is told of a case, in which mail, and how each attempt ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_sample import (
    DATES,
    SECOND_ADDRESS,
    exporter,
    finish,
    line,
    load,
    mail_of,
    match,
    new_alert,
    notification,
    queue,
    register,
    scalar,
    store,
)

from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import Connection
from warehouse.judgements import Judgement, record_judgements
from warehouse.outbox import (
    ENDED_STATES,
    Dates,
    alert_candidates,
    drop_alert,
    finish_attempt,
    hand_over,
    queue_mails,
    read_mails,
    read_measures,
    read_told,
    refresh_alert,
)
from warehouse.records import Level, NotificationKind, Relation

ONE, TWO = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


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


def states(con: Connection) -> list[str]:
    return [mail.state for mail in read_mails(con)]


# what mails could be made of


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


def test_firms_that_left_the_list_are_no_candidates(filled: Connection, now: datetime) -> None:
    register(filled, now, exporter("E1"))
    assert {item.exporter_id for item in alert_candidates(filled)} == {"E1"}


def test_a_closed_case_has_candidates_only_where_it_is_asked_for(filled: Connection, now: datetime) -> None:
    assert alert_candidates(filled, ONE) == alert_candidates(filled)
    append_event(filled, ONE, CaseEvent(kind="closed", code="done", occurred_at=now + HOUR, actor="o"), now=now + HOUR)
    assert alert_candidates(filled) == ()
    assert {item.exporter_id for item in alert_candidates(filled, ONE)} == {"E1", "E2"}
    append_event(filled, ONE, CaseEvent(kind="reopened", occurred_at=now + HOUR, actor="o"), now=now + HOUR)
    assert {item.exporter_id for item in alert_candidates(filled)} == {"E1", "E2"}


# the dates that hold now


def test_the_dates_are_the_longest_time_for_comments_and_what_was_said_last_of_the_rest(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    adopted, later, earlier = date(2026, 8, 1), date(2026, 9, 1), date(2026, 7, 1)
    load(warehouse, tmp_path, now, notification(adoption_date=adopted, entry_into_force_date=later))
    addendum = notification(
        f"{ONE}/Add.1",
        kind=NotificationKind.ADDENDUM,
        distribution_date=date(2026, 3, 20),
        comment_deadline=date(2026, 4, 1),
        entry_into_force_date=earlier,
    )
    load(warehouse, tmp_path, now + DAY, addendum)
    register(warehouse, now)
    store(warehouse, now + DAY, match())
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now + DAY)
    (measure,) = read_measures(warehouse, [ONE, "gone"]).values()
    assert measure.dates == Dates(
        comment_deadline=date(2026, 5, 4), adoption_date=adopted, entry_into_force_date=earlier
    )
    assert (measure.case_id, measure.latest_notification_id) == (ONE, f"{ONE}/Add.1")
    assert measure.changed_at == now + DAY
    assert read_measures(warehouse, []) == {}


# queueing


def test_queued_twice_is_one_row_and_keeps_its_message_id(filled: Connection, now: datetime) -> None:
    mails = [(mail_of(new_alert("E1")), "<m1>"), (mail_of(new_alert("E2")), "<m2>")]
    assert queue_mails(filled, mails[:1], now=now) == 1
    assert queue_mails(filled, [(mails[0][0], "<other>"), mails[1]], now=now + HOUR) == 1
    found = {(mail.exporter_id, mail.message_id, mail.queued_at) for mail in read_mails(filled)}
    assert found == {("E1", "<m1>", now), ("E2", "<m2>", now + HOUR)}
    assert {mail.state for mail in read_mails(filled)} == {"queued"}
    assert len(read_told(filled)) == 2


def test_mails_are_queued_all_or_none(filled: Connection, now: datetime) -> None:
    good, bad = mail_of(new_alert("E1")), mail_of(new_alert("E2"), kind="carrier-pigeon")
    with pytest.raises(duckdb.ConstraintException):
        queue_mails(filled, [(good, "<m1>"), (bad, "<m2>")], now=now)
    assert (read_mails(filled), read_told(filled)) == ((), ())


def test_each_contact_of_a_firm_has_a_mail_of_its_own(filled: Connection, now: datetime) -> None:
    queue(filled, now, new_alert("E1"))
    queue(filled, now, new_alert("E1", address=SECOND_ADDRESS))
    mails = read_mails(filled)
    assert len({mail.contact_id for mail in mails}) == 2
    assert {mail.exporter_id for mail in mails} == {"E1"}


def test_no_address_stands_in_the_outbox(filled: Connection, now: datetime) -> None:
    queue(filled, now, new_alert("E1"))
    for table in ("alerts", "mails"):
        rows = filled.table(table).fetchall()
        assert len(rows) == 1
        assert "firm.example" not in str(rows)


def test_a_digest_carries_several_alerts(filled: Connection, now: datetime) -> None:
    mail_id = queue(filled, now, new_alert(), new_alert(case_id=TWO), kind="daily")
    assert [(told.case_id, told.mail_id, told.state) for told in read_told(filled)] == [
        (ONE, mail_id, "queued"),
        (TWO, mail_id, "queued"),
    ]
    assert [mail.kind for mail in read_mails(filled)] == ["daily"]


def test_what_is_told_says_what_was_asked(filled: Connection, now: datetime) -> None:
    dates = Dates(comment_deadline=date(2026, 5, 4), adoption_date=None, entry_into_force_date=date(2027, 1, 1))
    alert = new_alert("E1", case_version=3, kind="update", line_ids=("a", "b"), dates=dates)
    mail_id = queue(filled, now, alert, kind="update")
    (told,) = read_told(filled)
    assert (told.alert_id, told.mail_id, told.case_version, told.kind) == (alert.alert_id, mail_id, 3, "update")
    assert (told.line_ids, told.dates, told.contact_id) == (frozenset({"a", "b"}), dates, alert.contact_id)
    assert (told.state, told.ended_at) == ("queued", None)


def test_the_ids_follow_from_case_version_contact_and_kind_alone() -> None:
    alert = new_alert()
    same = replace(alert, is_reviewed=True, match_level=Level.WATCH, line_ids=("x",), dates=Dates())
    assert same.alert_id == alert.alert_id
    assert mail_of(same, kind="daily").mail_id == mail_of(alert).mail_id
    others = [
        new_alert(case_id=TWO),
        new_alert(case_version=2),
        new_alert(address=SECOND_ADDRESS),
        new_alert("E2"),
        new_alert(kind="update"),
    ]
    assert len({item.alert_id for item in (alert, *others)}) == 6
    assert mail_of(alert, others[0]).mail_id == mail_of(others[0], alert).mail_id != mail_of(alert).mail_id


def test_a_version_is_told_a_contact_once_whatever_mail_would_carry_it(filled: Connection, now: datetime) -> None:
    first = queue(filled, now, new_alert())
    queue(filled, now, new_alert(), new_alert(case_id=TWO), kind="daily")
    assert [(told.case_id, told.mail_id == first) for told in read_told(filled)] == [(ONE, True), (TWO, False)]


def test_what_did_not_go_out_yet_may_be_said_anew_or_taken_out(filled: Connection, now: datetime) -> None:
    alert = new_alert()
    queue(filled, now, alert)
    later = replace(alert, is_reviewed=True, line_ids=("new",), dates=Dates(comment_deadline=date(2026, 6, 1)))
    refresh_alert(filled, alert.alert_id, later)
    (told,) = read_told(filled)
    assert (told.line_ids, told.dates, told.state) == (frozenset({"new"}), later.dates, "queued")
    assert told.dates != DATES
    assert scalar(filled, "SELECT is_reviewed FROM alerts") is True
    drop_alert(filled, alert.alert_id)
    assert read_told(filled) == ()
    assert states(filled) == ["queued"]


# attempts


def test_a_mail_is_handed_over_once(filled: Connection, now: datetime) -> None:
    mail_id = queue(filled, now, new_alert())
    assert hand_over(filled, mail_id, now=now + HOUR)
    assert not hand_over(filled, mail_id, now=now + HOUR)
    assert not hand_over(filled, "unknown", now=now)
    (mail,) = read_mails(filled)
    assert (mail.state, mail.n_attempts, mail.attempted_at) == ("sending", 1, now + HOUR)
    assert (mail.accepted_at, mail.ended_at) == (None, None)


@pytest.mark.parametrize("state", ["accepted", "failed", "in-doubt", "withdrawn"])
def test_what_ended_is_never_handed_over_again(filled: Connection, now: datetime, state: str) -> None:
    mail_id = queue(filled, now, new_alert())
    finish(filled, mail_id, state, now + HOUR, smtp_status="2.0.0", detail="words of the server")
    assert state in ENDED_STATES
    queue(filled, now + HOUR, new_alert())
    assert not hand_over(filled, mail_id, now=now + DAY)
    finish_attempt(filled, mail_id, state="retry", detail="", now=now + DAY)
    (mail,) = read_mails(filled)
    assert (mail.state, mail.n_attempts, mail.attempted_at) == (state, 1, now + HOUR)
    assert (mail.smtp_status, mail.detail) == ("2.0.0", "words of the server")
    assert (mail.accepted_at, mail.ended_at) == ((now + HOUR, None) if state == "accepted" else (None, now + HOUR))
    assert [told.ended_at for told in read_told(filled)] == [mail.ended_at]


def test_an_attempt_that_never_came_to_the_handing_over_counts_too(filled: Connection, now: datetime) -> None:
    mail_id = queue(filled, now, new_alert())
    for n in (1, 2):
        again = now + n * HOUR + DAY
        finish_attempt(filled, mail_id, state="retry", detail="", now=now + n * HOUR, next_attempt_at=again)
        (mail,) = read_mails(filled)
        assert (mail.state, mail.n_attempts, mail.next_attempt_at, mail.ended_at) == ("retry", n, again, None)
    assert hand_over(filled, mail_id, now=now + DAY)
    (mail,) = read_mails(filled)
    assert (mail.state, mail.n_attempts, mail.next_attempt_at) == ("sending", 3, None)
    finish_attempt(filled, mail_id, state="accepted", smtp_code=250, detail="", now=now + DAY)
    (mail,) = read_mails(filled)
    assert (mail.state, mail.n_attempts, mail.smtp_code, mail.accepted_at) == ("accepted", 3, 250, now + DAY)


def test_an_unknown_state_is_refused(filled: Connection, now: datetime) -> None:
    mail_id = queue(filled, now, new_alert())
    with pytest.raises(duckdb.ConstraintException):
        finish(filled, mail_id, "lost", now)
