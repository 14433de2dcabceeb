"""The outbox after the sending: what comes back, what an officer finds out, which incoming mails were read."""

from __future__ import annotations

from datetime import datetime, timedelta

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouse_sample import finish, new_alert, queue, scalar

from warehouse.connection import Connection
from warehouse.outbox import (
    ENDED_STATES,
    bounce_mail,
    finish_attempt,
    hand_over,
    known_inbound,
    put_inbound,
    read_mails,
    settle_mail,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def states(con: Connection) -> list[str]:
    return [mail.state for mail in read_mails(con)]


# what comes back, and what an officer finds out


@pytest.mark.parametrize("before", ["accepted", "in-doubt"])
def test_a_mail_that_was_out_may_come_back(warehouse: Connection, now: datetime, before: str) -> None:
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, before, now)
    assert bounce_mail(
        warehouse, mail_id, state="bounced", smtp_status="5.1.1", detail="无此用户", occurred_at=now + HOUR
    )
    (mail,) = read_mails(warehouse)
    assert (mail.state, mail.smtp_status, mail.detail, mail.ended_at) == ("bounced", "5.1.1", "无此用户", now + HOUR)
    # a second report of the same
    assert not bounce_mail(warehouse, mail_id, state="bounced", smtp_status="5.1.1", detail="", occurred_at=now + DAY)
    assert read_mails(warehouse) == (mail,)
    assert not hand_over(warehouse, mail_id, now=now + DAY)


def test_a_fault_that_passes_is_tried_again(warehouse: Connection, now: datetime) -> None:
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "accepted", now)
    again = now + 3 * HOUR
    assert bounce_mail(
        warehouse, mail_id, state="retry", smtp_status="4.2.2", detail="", occurred_at=now + HOUR, next_attempt_at=again
    )
    (mail,) = read_mails(warehouse)
    assert (mail.state, mail.next_attempt_at, mail.ended_at) == ("retry", again, None)
    assert hand_over(warehouse, mail_id, now=again)


@pytest.mark.parametrize("state", ["queued", "retry", "failed", "withdrawn"])
def test_what_is_not_out_cannot_come_back(warehouse: Connection, now: datetime, state: str) -> None:
    mail_id = queue(warehouse, now, new_alert())
    if state != "queued":
        finish(warehouse, mail_id, state, now)
    before = read_mails(warehouse)
    assert not bounce_mail(warehouse, mail_id, state="bounced", smtp_status="5.1.1", detail="", occurred_at=now + HOUR)
    assert read_mails(warehouse) == before


def settle(con: Connection, mail_id: str, state: str, now: datetime, *from_states: str) -> bool:
    return settle_mail(
        con, mail_id, state=state, from_states=from_states or sorted(ENDED_STATES), actor="甲", detail="电话", now=now
    )


def test_a_mail_in_doubt_that_arrived_arrived_when_it_was_handed_over(warehouse: Connection, now: datetime) -> None:
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "in-doubt", now + HOUR)
    assert not settle(warehouse, mail_id, "accepted", now + DAY, "bounced", "failed")
    assert settle(warehouse, mail_id, "accepted", now + DAY, "in-doubt")
    (mail,) = read_mails(warehouse)
    assert (mail.state, mail.settled_by, mail.detail) == ("accepted", "甲", "电话")
    assert (mail.accepted_at, mail.ended_at) == (now + HOUR, None)


def test_a_mail_written_to_a_file_arrives_when_the_officer_sends_it(warehouse: Connection, now: datetime) -> None:
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "accepted", now, smtp_code=None)
    assert settle(warehouse, mail_id, "accepted", now + DAY)
    assert [mail.accepted_at for mail in read_mails(warehouse)] == [now + DAY]
    # saying so once more moves nothing
    assert settle(warehouse, mail_id, "accepted", now + 2 * DAY)
    assert [mail.accepted_at for mail in read_mails(warehouse)] == [now + DAY]


@pytest.mark.parametrize("comes_back", [False, True])
def test_what_a_server_took_stays_taken_then_when_an_officer_confirms_it(
    warehouse: Connection, now: datetime, comes_back: bool
) -> None:
    """The moment at which the server took it is the evidence of delivery: a later word does not move it."""
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "accepted", now + HOUR)
    if comes_back:
        bounce_mail(warehouse, mail_id, state="bounced", smtp_status="5.0.0", detail="", occurred_at=now + 2 * HOUR)
    assert settle(warehouse, mail_id, "accepted", now + DAY)
    assert [(mail.accepted_at, mail.ended_at) for mail in read_mails(warehouse)] == [(now + HOUR, None)]


@pytest.mark.parametrize("state", ["in-doubt", "failed", "withdrawn"])
def test_an_officer_may_have_it_sent_again(warehouse: Connection, now: datetime, state: str) -> None:
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, state, now)
    assert settle(warehouse, mail_id, "queued", now + DAY)
    (mail,) = read_mails(warehouse)
    assert (mail.state, mail.n_attempts, mail.queued_at) == ("queued", 0, now + DAY)
    assert (mail.accepted_at, mail.ended_at, mail.next_attempt_at) == (None, None, None)
    assert hand_over(warehouse, mail_id, now=now + DAY)


def test_a_mail_that_did_not_arrive_is_no_evidence(warehouse: Connection, now: datetime) -> None:
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "accepted", now)
    assert settle(warehouse, mail_id, "failed", now + DAY)
    (mail,) = read_mails(warehouse)
    assert (mail.state, mail.accepted_at, mail.ended_at, mail.settled_by) == ("failed", None, now + DAY, "甲")


STEPS = st.sampled_from(
    ["hand over", "accepted", "retry", "failed", "in-doubt", "withdrawn", "bounced", "soft", "arrived", "resend", "no"]
)


@given(st.lists(STEPS, max_size=10))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_a_mail_that_may_have_arrived_is_not_handed_over_unless_it_came_back(
    warehouse: Connection, now: datetime, steps: list[str]
) -> None:
    warehouse.execute("DELETE FROM alerts")
    warehouse.execute("DELETE FROM mails")
    mail_id = queue(warehouse, now, new_alert())
    may_have_arrived = False
    for hour, step in enumerate(steps, start=1):
        when = now + hour * HOUR
        before = states(warehouse)[0]
        if step == "hand over":
            done = hand_over(warehouse, mail_id, now=when)
            assert done == (before in ("queued", "retry"))
            assert not (done and may_have_arrived)
            may_have_arrived = may_have_arrived or done
        elif step in ("bounced", "soft"):
            state = "retry" if step == "soft" else "bounced"
            if bounce_mail(warehouse, mail_id, state=state, smtp_status="", detail="", occurred_at=when):
                may_have_arrived = False
        elif step in ("arrived", "resend", "no"):
            state = {"arrived": "accepted", "resend": "queued", "no": "failed"}[step]
            if settle(warehouse, mail_id, state, when):
                may_have_arrived = step == "arrived"
        else:
            finish_attempt(warehouse, mail_id, state=step, detail="", now=when)
            if before in ("queued", "sending", "retry"):
                # the server said no, or nothing was handed over
                may_have_arrived = step == "accepted" or (step == "in-doubt" and may_have_arrived)
        (mail,) = read_mails(warehouse)
        assert (mail.ended_at is not None) == (mail.state in ENDED_STATES - {"accepted"})
        assert mail.accepted_at is not None or mail.state != "accepted"
        assert mail.next_attempt_at is None or mail.state == "retry"


# incoming mail


def test_an_incoming_mail_is_read_once_and_leaves_no_text(warehouse: Connection, now: datetime) -> None:
    def put(key: str, kind: str = "hard-bounce") -> bool:
        return put_inbound(
            warehouse,
            key=key,
            kind=kind,
            received_at=now,
            mail_id=None,
            contact_id=None,
            smtp_status="5.1.1",
            detail="无此用户",
            now=now + HOUR,
        )

    assert known_inbound(warehouse) == frozenset()
    assert put("k1")
    assert not put("k1", "reply")
    assert put("k2", "other")
    assert known_inbound(warehouse) == {"k1", "k2"}
    assert scalar(warehouse, "SELECT kind FROM inbound_mails WHERE inbound_key = 'k1'") == "hard-bounce"
    with pytest.raises(duckdb.ConstraintException):
        put("k3", "gossip")
