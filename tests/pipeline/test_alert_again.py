"""Mails that did not arrive: put off, withdrawn, refused, in doubt, settled by an officer."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from alert_office import (
    AT_ONCE,
    CONCLUDED,
    DAILY,
    HOUR,
    ONE,
    TWO,
    WEDNESDAY_9,
    act,
    addendum,
    conclude,
    happen,
    holds,
    let_answer,
    new_mails,
    only_mail,
    outbox,
    preview,
    put_off,
    send,
    states,
    text,
)
from case_office import BY, at, rows

from pipeline.alerts.offers import Hold
from pipeline.delivery import DeliveryState, Receipt
from pipeline.steps.outbox import read_outbox, settle
from warehouse.errors import InputError

DAY = timedelta(days=1)


@pytest.fixture
def home(alerts: Path) -> Path:
    return alerts


def test_what_a_server_put_off_goes_again_when_its_time_has_come(greylisted: Path) -> None:
    minutes = timedelta(minutes=1)
    assert new_mails(greylisted, CONCLUDED + 9 * minutes) == {}
    assert set(new_mails(greylisted, CONCLUDED + 10 * minutes)) == {AT_ONCE}
    assert rows(greylisted, "SELECT n_attempts, state FROM mails") == [(2, "accepted")]


def test_a_mail_that_waits_is_withdrawn_with_its_case_and_goes_again_when_reopened(greylisted: Path) -> None:
    home = greylisted
    act(home, CONCLUDED, ONE, "closed", code="done")
    assert new_mails(home, CONCLUDED + HOUR) == {}
    assert states(home) == ["withdrawn"]
    act(home, CONCLUDED + 2 * HOUR, ONE, "reopened")
    plan = preview(home, CONCLUDED + 2 * HOUR)
    assert holds(plan)[AT_ONCE] is None
    assert set(new_mails(home, CONCLUDED + 2 * HOUR)) == {AT_ONCE}
    assert states(home) == ["accepted"]
    assert new_mails(home, CONCLUDED + 3 * HOUR) == {}


def test_a_mail_that_waits_says_what_holds_when_it_goes(greylisted: Path) -> None:
    addendum(greylisted, CONCLUDED + HOUR, comment_deadline=date(2026, 6, 20))
    [message] = new_mails(greylisted, CONCLUDED + 2 * HOUR)[AT_ONCE]
    assert "2026年6月20日" in message["Subject"]
    assert message["In-Reply-To"] is None
    assert rows(greylisted, "SELECT comment_deadline, case_version FROM alerts WHERE exporter_id = 'E1'") == [
        (date(2026, 6, 20), 1)
    ]
    assert new_mails(greylisted, CONCLUDED + 3 * HOUR) == {}


def test_a_digest_that_waits_leaves_out_what_was_closed_which_goes_by_itself_when_reopened(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conclude(home, CONCLUDED, TWO)
    send(home, CONCLUDED)
    put_off(home, WEDNESDAY_9, monkeypatch)
    act(home, WEDNESDAY_9, ONE, "closed", code="done")
    [only] = new_mails(home, WEDNESDAY_9 + HOUR)[DAILY]
    assert TWO in only["Subject"]
    assert f"{ONE}，" not in only["Subject"] + text(only)
    act(home, WEDNESDAY_9 + 2 * HOUR, ONE, "reopened")
    [other] = new_mails(home, WEDNESDAY_9 + 2 * HOUR)[DAILY]
    assert ONE in other["Subject"]
    assert new_mails(home, WEDNESDAY_9 + DAY) == {}
    twice = "SELECT case_id, contact_id FROM alerts GROUP BY ALL HAVING count(*) > 1"
    assert rows(home, twice) == []


def test_who_unsubscribes_while_a_mail_waits_does_not_get_it(greylisted: Path) -> None:
    happen(greylisted, CONCLUDED, AT_ONCE, "unsubscribed", "page")
    assert new_mails(greylisted, CONCLUDED + HOUR) == {}
    assert states(greylisted) == ["withdrawn"]
    happen(greylisted, CONCLUDED + HOUR, AT_ONCE, "resubscribed")
    assert set(new_mails(greylisted, CONCLUDED + 2 * HOUR)) == {AT_ONCE}


def test_an_update_that_waits_is_withdrawn_when_its_news_is_none_any_more(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_mails(home, CONCLUDED)
    addendum(home, CONCLUDED + HOUR, comment_deadline=date(2026, 6, 20))
    put_off(home, CONCLUDED + HOUR, monkeypatch)
    assert states(home) == ["accepted", "retry"]
    # the time for comments is over before the server takes anything
    assert AT_ONCE not in new_mails(home, datetime(2026, 6, 21, 1, 0, tzinfo=UTC))
    assert "withdrawn" in states(home)


def test_a_server_that_never_takes_it_ends_within_72_hours(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_answer(monkeypatch, Receipt(state=DeliveryState.DEFERRED, code=451, detail="later"))
    now = CONCLUDED
    while "failed" not in states(home) and now < CONCLUDED + 100 * HOUR:
        send(home, now)
        now += 3 * HOUR
    ended = rows(home, "SELECT ended_at, queued_at FROM mails WHERE exporter_id = 'E1'")[0]
    assert ended[0] - ended[1] <= 72 * HOUR
    assert holds(preview(home, now))[AT_ONCE] is Hold.FAILED
    assert rows(home, "SELECT count(*) FROM contact_events") == [(0,)]  # the address is not at fault


def test_a_refused_address_is_suspended_and_the_firm_is_to_be_phoned(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        refusal = Receipt(state=DeliveryState.REFUSED, code=550, detail="no such user", status="5.1.1")
        let_answer(patch, refusal)
        run, _ = send(home, CONCLUDED)
    assert {issue.code for issue in run.issues} == {"alert-failed"}
    assert rows(home, "SELECT kind, code FROM contact_events") == [("suspended", "refused")]
    run, _ = send(home, CONCLUDED + HOUR)
    assert [(issue.code, issue.subject) for issue in run.issues] == [("contact-lost", "E1")]
    act(home, CONCLUDED + 2 * HOUR, ONE, "told", "电话告知", code="E1")
    assert send(home, CONCLUDED + 2 * HOUR)[0].issues == []
    happen(home, CONCLUDED + 3 * HOUR, AT_ONCE, "resumed")
    assert set(new_mails(home, CONCLUDED + 3 * HOUR)) == {AT_ONCE}


def test_a_file_counts_as_told_when_an_officer_says_that_it_was_sent(home: Path) -> None:
    send(home, CONCLUDED)
    told = "SELECT code FROM case_events WHERE kind = 'told'"
    assert rows(home, told) == []
    settle(at(home, CONCLUDED + HOUR), only_mail(home), "arrived", actor=BY)
    assert rows(home, told) == [("E1",)]
    assert rows(home, "SELECT kind FROM case_events WHERE kind = 'notified'") == []
    send(home, WEDNESDAY_9)
    for mail in read_outbox(at(home, WEDNESDAY_9)):
        settle(at(home, WEDNESDAY_9 + HOUR), mail.mail_id, "arrived", actor=BY)
    assert rows(home, "SELECT occurred_at FROM case_events WHERE kind = 'notified'") == [(WEDNESDAY_9 + HOUR,)]


def test_a_mail_in_doubt_is_sent_again_only_when_an_officer_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        let_answer(patch, Receipt(state=DeliveryState.IN_DOUBT, code=None, detail="连接中断"))
        run, _ = send(home, CONCLUDED)
    assert [issue.code for issue in run.issues] == ["alert-in-doubt"]
    assert new_mails(home, CONCLUDED + HOUR) == {}
    assert holds(preview(home, CONCLUDED + HOUR))[AT_ONCE] is Hold.IN_DOUBT
    mail = only_mail(home)
    run, settled = settle(at(home, CONCLUDED + 2 * HOUR), mail, "resend", actor=BY, detail="电话核实未收到")
    assert (settled.state, settled.settled_by) == ("queued", BY)
    assert set(new_mails(home, CONCLUDED + 2 * HOUR)) == {AT_ONCE}
    with pytest.raises(InputError, match="已送出"):
        settle(at(home, CONCLUDED + 3 * HOUR), mail, "resend", actor=BY)


def test_a_mail_in_doubt_that_arrived_is_told_since_it_was_handed_over(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        let_answer(patch, Receipt(state=DeliveryState.IN_DOUBT, code=None, detail="连接中断"))
        send(home, CONCLUDED)
    settle(at(home, CONCLUDED + DAY), only_mail(home), "arrived", actor=BY)
    assert rows(home, "SELECT occurred_at FROM case_events WHERE kind = 'told'") == [(CONCLUDED,)]
    assert holds(preview(home, CONCLUDED + DAY))[AT_ONCE] is Hold.TOLD


def test_settling_what_cannot_be_settled_is_a_mistake(greylisted: Path) -> None:
    context = at(greylisted, CONCLUDED + HOUR)
    with pytest.raises(InputError, match="没有这封邮件"):
        settle(context, "nothing", "arrived", actor=BY)
    with pytest.raises(InputError, match="经办人"):
        settle(context, only_mail(greylisted), "arrived", actor=" ")
    with pytest.raises(InputError, match="待重发"):
        settle(context, only_mail(greylisted), "arrived", actor=BY)
    assert states(greylisted) == ["retry"]


def test_a_file_that_could_not_be_sent_is_written_anew_when_it_is_to_be_sent_again(home: Path) -> None:
    send(home, CONCLUDED)
    mail = only_mail(home)
    settle(at(home, CONCLUDED + HOUR), mail, "failed", actor=BY)
    addendum(home, CONCLUDED + HOUR, comment_deadline=date(2026, 6, 20))
    settle(at(home, CONCLUDED + HOUR), mail, "resend", actor=BY)
    send(home, CONCLUDED + 2 * HOUR)
    [message] = outbox(home).values()
    # what the outbox says was told is what the file says
    assert rows(home, "SELECT comment_deadline FROM alerts") == [(date(2026, 6, 20),)]
    assert "2026年6月20日" in message["Subject"]
