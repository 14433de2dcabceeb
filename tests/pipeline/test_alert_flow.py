"""Alerts from the case to the file of the mail, in a real warehouse, at stated moments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alert_office import (
    AT_ONCE,
    BULB,
    CONCLUDED,
    DAILY,
    FIRMS,
    HOUR,
    LAMP,
    MONDAY_9,
    ONE,
    SECOND,
    THREE,
    TUESDAY,
    TWO,
    WEDNESDAY_9,
    WEEKLY,
    act,
    addendum,
    conclude,
    enlist,
    firm,
    happen,
    holds,
    new_mails,
    office_context,
    open_office,
    outbox,
    preview,
    send,
    text,
    watched,
)
from case_office import bring, rows
from warehouse_sample import notification

from pipeline.alerts.offers import Hold
from pipeline.steps.plan_alerts import Plan
from pipeline.steps.send_alerts import send_alerts
from warehouse.records import Level, NotificationKind, Subscription

DAY = timedelta(days=1)


@pytest.fixture
def home(alerts: Path) -> Path:
    return alerts


def confirm(home: Path, when: Any) -> None:
    conclude(home, when, ONE)


def test_each_firm_is_told_in_its_own_rhythm(home: Path) -> None:
    now = new_mails(home, CONCLUDED)
    assert set(now) == {AT_ONCE}
    assert new_mails(home, WEDNESDAY_9 - timedelta(minutes=1)) == {}
    morning = new_mails(home, WEDNESDAY_9)
    # 企业告知 ends on Thursday: the weekly firm cannot wait until Monday
    assert set(morning) == {DAILY, SECOND, WEEKLY}
    assert all(len(found) == 1 for found in morning.values())
    for message in (*now[AT_ONCE], *morning[DAILY], *morning[SECOND], *morning[WEEKLY]):
        assert len(message["To"].addresses) == 1
        assert message["Cc"] is None
    assert new_mails(home, WEDNESDAY_9 + HOUR) == {}
    assert new_mails(home, MONDAY_9) == {}


def test_a_digest_tells_of_several_cases_in_one_mail(home: Path) -> None:
    conclude(home, CONCLUDED, TWO)
    send(home, CONCLUDED)
    found = new_mails(home, WEDNESDAY_9)
    assert {address: len(mails) for address, mails in found.items()} == {DAILY: 1, SECOND: 1, WEEKLY: 1}
    assert "技贸日报" in found[DAILY][0]["Subject"]
    for symbol in (ONE, TWO):
        assert symbol in text(found[DAILY][0])
    assert rows(home, "SELECT kind, count(*) FROM mails GROUP BY kind ORDER BY kind") == [
        ("alert", 1), ("bundle", 1), ("daily", 2),
    ]  # fmt: skip
    send(home, WEDNESDAY_9 + DAY)
    assert rows(home, "SELECT count(*) FROM alerts") == [(7,)]


def test_a_warning_goes_to_everybody_at_once(home: Path) -> None:
    conclude(home, CONCLUDED, TWO, "warning")
    assert set(new_mails(home, CONCLUDED)) == {AT_ONCE, DAILY, SECOND, WEEKLY}
    # the officer's 关注 of the other case still waits for the morning, though the machine's level is the same
    assert set(new_mails(home, WEDNESDAY_9)) == {DAILY, SECOND, WEEKLY}


@pytest.mark.parametrize(("said", "word"), [("warning", "技贸预警"), ("watch", "技贸关注")])
def test_the_mail_bears_the_officers_level_above_the_machines(tmp_path: Path, said: str, word: str) -> None:
    open_office(tmp_path)
    machine = Level.REFERENCE if said == "warning" else Level.WARNING
    bring(tmp_path, TUESDAY, notification(THREE), matched=watched(THREE, LAMP, level=machine))
    conclude(tmp_path, CONCLUDED, THREE, said)
    [message] = new_mails(tmp_path, CONCLUDED)[AT_ONCE]
    assert word in message["Subject"]
    assert rows(tmp_path, "SELECT match_level FROM alerts") == [(said,)]


def test_one_mail_although_several_lines_match(home: Path) -> None:
    bring(home, CONCLUDED, notification(THREE), matched=watched(THREE, LAMP, BULB))
    conclude(home, CONCLUDED, THREE)
    found = new_mails(home, CONCLUDED)[AT_ONCE]
    assert len(found) == 2
    [both] = [message for message in found if THREE in text(message)]
    assert "台灯" in text(both)
    assert "灯泡" in text(both)


def test_only_what_an_officer_confirmed_goes_unless_told_otherwise(home: Path) -> None:
    plan = preview(home, CONCLUDED, case=TWO)
    assert {offer.hold for offer in plan.shown} == {Hold.UNREVIEWED}
    found = new_mails(home, WEDNESDAY_9, unreviewed=True)
    assert "待研判" in found[DAILY][0]["Subject"]
    assert "尚未经人工研判" in text(found[DAILY][0])
    assert rows(home, "SELECT DISTINCT case_id, is_reviewed FROM alerts ORDER BY 1") == [(ONE, True), (TWO, False)]


def test_a_setting_lets_machine_matches_go_too(home: Path) -> None:
    context = office_context(home, WEDNESDAY_9, mail={"send_unreviewed": True})
    run, _ = send_alerts(context, include_unreviewed=False)
    assert rows(home, "SELECT count(*) FROM alerts WHERE NOT is_reviewed") == [(3,)]
    assert run.counts["n_sent"] == 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"comment_deadline": date(2026, 6, 20)}, "评议截止"),
        ({"entry_into_force_date": date(2027, 1, 15)}, "生效时间"),
    ],
)
def test_an_addendum_that_moves_a_date_is_a_short_update_in_the_same_thread(
    home: Path, fields: dict[str, Any], said: str
) -> None:
    [first] = new_mails(home, CONCLUDED)[AT_ONCE]
    addendum(home, CONCLUDED + DAY, **fields)
    confirm(home, CONCLUDED + DAY)
    [update] = new_mails(home, CONCLUDED + DAY)[AT_ONCE]
    assert update["In-Reply-To"] == first["Message-ID"]
    assert update["References"] == first["Message-ID"]
    assert "更新" in update["Subject"]
    assert said in update["Subject"] + text(update)
    assert f"{ONE}/Add.1" in text(update)
    assert len(text(update)) < len(text(first))
    assert rows(home, "SELECT case_version, kind FROM alerts WHERE exporter_id = 'E1' ORDER BY 1") == [
        (1, "alert"), (2, "update"),
    ]  # fmt: skip
    assert AT_ONCE not in new_mails(home, CONCLUDED + 2 * DAY)


def test_a_second_update_refers_to_both_mails_before(home: Path) -> None:
    [first] = new_mails(home, CONCLUDED)[AT_ONCE]
    addendum(home, CONCLUDED + DAY, comment_deadline=date(2026, 6, 20))
    [second] = new_mails(home, CONCLUDED + DAY)[AT_ONCE]
    addendum(home, CONCLUDED + 2 * DAY, number=2, comment_deadline=date(2026, 7, 20))
    [third] = new_mails(home, CONCLUDED + 2 * DAY)[AT_ONCE]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert third["In-Reply-To"] == second["Message-ID"]


def test_an_addendum_that_moves_nothing_sends_nothing(home: Path) -> None:
    new_mails(home, WEDNESDAY_9)
    addendum(home, WEDNESDAY_9 + HOUR)
    assert new_mails(home, WEDNESDAY_9 + DAY) == {}
    assert set(holds(preview(home, WEDNESDAY_9 + DAY)).values()) == {Hold.TOLD}


def test_an_addendum_before_anything_was_told_makes_one_alert_with_the_new_date(home: Path) -> None:
    addendum(home, CONCLUDED, comment_deadline=date(2026, 6, 20))
    [first] = new_mails(home, CONCLUDED)[AT_ONCE]
    assert first["In-Reply-To"] is None
    assert "2026年6月20日" in first["Subject"]


def test_a_product_confirmed_later_is_an_update(home: Path) -> None:
    [first] = new_mails(home, CONCLUDED)[AT_ONCE]
    addendum_item = notification(f"{ONE}/Add.1", kind=NotificationKind.ADDENDUM)
    bring(home, CONCLUDED + HOUR, addendum_item, matched=watched(addendum_item.notification_id, BULB))
    assert new_mails(home, CONCLUDED + HOUR) == {}  # not confirmed yet
    confirm(home, CONCLUDED + 2 * HOUR)
    [update] = new_mails(home, CONCLUDED + 2 * HOUR)[AT_ONCE]
    assert update["In-Reply-To"] == first["Message-ID"]
    assert "灯泡" in text(update)
    assert new_mails(home, CONCLUDED + 3 * HOUR) == {}


def test_updates_of_a_daily_firm_wait_for_the_digest_too(home: Path) -> None:
    new_mails(home, WEDNESDAY_9)
    act(home, WEDNESDAY_9 + HOUR, ONE, "notified")
    addendum(home, WEDNESDAY_9 + 2 * HOUR, comment_deadline=date(2026, 6, 20))
    assert set(new_mails(home, WEDNESDAY_9 + 3 * HOUR)) == {AT_ONCE}
    assert set(new_mails(home, WEDNESDAY_9 + DAY)) == {DAILY, SECOND}
    assert set(new_mails(home, MONDAY_9)) == {WEEKLY}


def test_nothing_goes_for_a_case_that_was_archived_and_it_goes_again_when_reopened(home: Path) -> None:
    act(home, CONCLUDED, ONE, "closed", code="done")
    assert preview(home, WEDNESDAY_9).shown == preview(home, WEDNESDAY_9, case=TWO).shown
    assert set(holds(preview(home, WEDNESDAY_9, case=ONE)).values()) == {Hold.CLOSED}
    assert new_mails(home, WEDNESDAY_9) == {}
    act(home, WEDNESDAY_9 + HOUR, ONE, "reopened")
    assert set(new_mails(home, WEDNESDAY_9 + HOUR)) == {AT_ONCE, DAILY, SECOND, WEEKLY}


def test_two_contacts_of_a_firm_each_get_their_own_mail(home: Path) -> None:
    found = new_mails(home, WEDNESDAY_9)
    [first], [second] = found[DAILY], found[SECOND]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["List-Unsubscribe"] != second["List-Unsubscribe"]
    assert SECOND not in first.as_string()
    assert DAILY not in second.as_string()


def test_a_contact_that_is_listed_later_gets_the_first_alert(home: Path) -> None:
    [first] = new_mails(home, CONCLUDED)[AT_ONCE]
    new = firm("E1", Subscription.IMMEDIATE, ("台灯", "灯泡"), (AT_ONCE, "new@at-once.example"))
    enlist(home, CONCLUDED + HOUR, new, *FIRMS[1:])
    found = new_mails(home, CONCLUDED + HOUR)
    assert set(found) == {"new@at-once.example"}
    [late] = found["new@at-once.example"]
    assert late["In-Reply-To"] is None
    assert late["Subject"] == first["Subject"]


def test_a_corrected_address_gets_what_the_old_one_did_not(home: Path) -> None:
    happen(home, TUESDAY, AT_ONCE, "suspended", "bounce")
    assert new_mails(home, CONCLUDED) == {}
    enlist(
        home, CONCLUDED, firm("E1", Subscription.IMMEDIATE, ("台灯", "灯泡"), ("right@at-once.example",)), *FIRMS[1:]
    )
    assert set(new_mails(home, CONCLUDED)) == {"right@at-once.example"}


@pytest.mark.parametrize(
    ("kind", "hold", "code"),
    [("suspended", Hold.SUSPENDED, "bounce"), ("unsubscribed", Hold.UNSUBSCRIBED, "one-click")],
)
def test_who_must_not_be_written_to_is_shown_with_the_reason(home: Path, kind: str, hold: Hold, code: str) -> None:
    happen(home, CONCLUDED, DAILY, kind, code)
    happen(home, CONCLUDED, AT_ONCE, kind, code)
    plan = preview(home, WEDNESDAY_9)
    assert holds(plan) == {AT_ONCE: hold, DAILY: hold, SECOND: None, WEEKLY: None}
    run, _ = send(home, WEDNESDAY_9)
    # a firm of which a colleague is told needs no call
    assert [(issue.code, issue.subject) for issue in run.issues] == [("contact-lost", "E1")]
    assert DAILY not in {str(message["To"]) for message in outbox(home).values()}
    for address in (DAILY, AT_ONCE):
        happen(home, WEDNESDAY_9, address, "resumed" if kind == "suspended" else "resubscribed")
    assert set(new_mails(home, WEDNESDAY_9 + HOUR)) == {AT_ONCE, DAILY}


def test_a_firm_without_contact_is_to_be_phoned_until_an_officer_did(home: Path) -> None:
    enlist(home, CONCLUDED, replace(FIRMS[0], contacts=()), *FIRMS[1:])
    run, _ = send(home, CONCLUDED)
    assert [(issue.code, issue.subject, issue.value) for issue in run.issues] == [("contact-missing", "E1", ONE)]
    act(home, CONCLUDED, ONE, "told", "电话告知", code="E1")
    assert send(home, CONCLUDED)[0].issues == []


def test_the_cap_joins_and_then_holds_until_the_next_day(home: Path) -> None:
    symbols = [f"G/TBT/N/ATL/{n}" for n in range(10, 14)]
    bring(home, CONCLUDED, *map(notification, symbols), matched=tuple(m for key in symbols for m in watched(key, LAMP)))

    def send_two_a_day(when: datetime) -> Plan:
        context = office_context(home, when, alerts={"daily_cap": 2})
        return send_alerts(context, include_unreviewed=False)[1]

    for symbol in symbols[:2]:
        conclude(home, CONCLUDED, symbol)
    assert [(parcel.kind, len(parcel.offers)) for parcel in send_two_a_day(CONCLUDED).parcels] == [("bundle", 3)]
    conclude(home, CONCLUDED + HOUR, symbols[2])
    assert [parcel.kind for parcel in send_two_a_day(CONCLUDED + HOUR).parcels] == ["alert"]
    conclude(home, CONCLUDED + 2 * HOUR, symbols[3])
    plan = send_two_a_day(CONCLUDED + 2 * HOUR)
    assert plan.parcels == ()
    midnight = TUESDAY + 8 * HOUR
    assert {held.until for held in plan.waiting if held.offer.exporter_id == "E1"} == {midnight}
    assert send_two_a_day(midnight - timedelta(seconds=1)).parcels == ()
    assert [len(parcel.offers) for parcel in send_two_a_day(midnight).parcels] == [1]


def test_a_mail_that_a_server_puts_off_counts_on_the_day_on_which_it_goes(greylisted: Path) -> None:
    bring(greylisted, CONCLUDED, notification(THREE), matched=watched(THREE, LAMP))
    conclude(greylisted, CONCLUDED, THREE)
    context = office_context(greylisted, CONCLUDED + DAY, alerts={"daily_cap": 1})
    plan = send_alerts(context, include_unreviewed=False)[1]
    assert {offer.case_id for offer in plan.offers if offer.contact and offer.contact.email == AT_ONCE} == {ONE, THREE}
    assert [held.offer.case_id for held in plan.waiting if held.offer.exporter_id == "E1"] == [THREE]
