"""Who is written to, of what, and why everybody else is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.steps.send_alerts import ALREADY_TOLD, NO_CONTACT, Plan, plan_alerts
from warehouse.outbox import AlertCandidate
from warehouse.records import Contact, Level, Relation

CASE = "G/TBT/N/USA/9001"
LINE = AlertCandidate(
    case_id=CASE, exporter_id="E900", exporter_name="虚构企业", subscription="daily", notification_id=CASE,
    product_name="光缆", hs_code="854470", relation=Relation.DIRECT, match_level=Level.WARNING, reason="理由",
    sells_to_member=True, score=0.9, verdict="unjudged", judged_by="",
)  # fmt: skip
CONFIRMED = replace(LINE, product_name="光纤", verdict="confirmed", judged_by="甲")
REFERENCE = replace(LINE, product_name="跳线", match_level=Level.REFERENCE)
CONTACTS = {"E900": (Contact(exporter_id="E900", post="关务", email="a@example.com"),)}


def plan(
    *lines: AlertCandidate, unreviewed: bool = False, state: str = "", is_open: bool = True, reachable: bool = True
) -> Plan:
    states = {(CASE, "E900"): state} if state else {}
    (found,) = plan_alerts(
        lines,
        CONTACTS if reachable else {},
        frozenset({CASE} if is_open else ()),
        states,
        include_unreviewed=unreviewed,
    )
    return found


def test_without_the_flag_only_confirmed_lines_go() -> None:
    assert plan(LINE).withheld == "未经人工研判确认"
    mixed = plan(LINE, CONFIRMED)
    assert mixed.withheld == ""
    assert mixed.products == (CONFIRMED,)
    assert mixed.reviewed_by == "甲"


def test_with_the_flag_all_go_and_a_mixed_mail_names_no_officer() -> None:
    assert plan(LINE, unreviewed=True).reviewed_by == ""
    mixed = plan(LINE, CONFIRMED, unreviewed=True)
    assert mixed.products == (LINE, CONFIRMED)
    assert mixed.reviewed_by == ""


def test_several_officers_are_named_once_each() -> None:
    lines = [replace(CONFIRMED, product_name=str(n), judged_by=by) for n, by in enumerate(("甲", "乙", "甲"))]
    assert plan(*lines).reviewed_by == "甲、乙"


def test_lines_of_the_reference_level_wait_for_the_bulletin() -> None:
    assert "月度提示" in plan(REFERENCE, unreviewed=True).withheld
    assert plan(LINE, REFERENCE, unreviewed=True).products == (LINE,)


@pytest.mark.parametrize(
    ("state", "word"),
    [("accepted", ALREADY_TOLD), ("failed", "拒收"), ("in-doubt", "不明"), ("sending", "不明")],
)
def test_what_became_of_an_earlier_mail_is_said_as_it_is(state: str, word: str) -> None:
    assert word in plan(CONFIRMED, state=state).withheld


@pytest.mark.parametrize("state", ["queued", "retry"])
def test_a_mail_that_was_not_taken_goes_again(state: str) -> None:
    assert plan(CONFIRMED, state=state).withheld == ""


def test_archived_cases_and_firms_without_contact_get_nothing() -> None:
    assert "结案" in plan(CONFIRMED, is_open=False).withheld
    assert plan(CONFIRMED, reachable=False).withheld == NO_CONTACT
    assert plan(LINE, reachable=False).withheld != NO_CONTACT  # nothing would have gone anyway


def test_one_mail_a_firm_and_case() -> None:
    other = replace(CONFIRMED, exporter_id="E901")
    later = replace(CONFIRMED, case_id="G/TBT/N/USA/9002")
    assert len(plan_alerts([LINE, CONFIRMED, other, later], CONTACTS, frozenset(), {}, include_unreviewed=True)) == 3
