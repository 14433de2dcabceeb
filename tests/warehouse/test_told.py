"""Who was told, as mails and officers say it: told and notified events, and the clock from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from told_case import FIRMS, OFFICER, at, derive, derived, judge, mail, met_at, opened, say, settle
from warehouse_sample import SECOND_ADDRESS, new_alert, queue, register

from warehouse.connection import Connection
from warehouse.outbox import finish_attempt, hand_over
from warehouse.records import Relation


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Connection:
    """A case that raises 预警 to E1 (two contacts) and 关注 to E2, and concerns E3 as 参考 and E4 not at all."""
    return opened(warehouse, tmp_path)


# every firm still in question


def test_the_last_firm_that_is_told_completes_it(case: Connection) -> None:
    mail(case, "E1", 2)
    assert derived(case, 3) == [("told", 2, "E1")]
    assert met_at(case) is None
    mail(case, "E2", 5)
    assert derived(case, 6) == [("told", 2, "E1"), ("told", 5, "E2"), ("notified", 5, "")]
    assert met_at(case) == 5


def test_the_words_name_the_firm_and_count_the_firms(case: Connection) -> None:
    mail(case, "E1", 2)
    mail(case, "E1", 4, version=2)
    mail(case, "E2", 5)
    derive(case, 6)
    found = case.execute(
        "SELECT detail, actor FROM case_events WHERE kind IN ('told', 'notified') ORDER BY occurred_at, rowid"
    ).fetchall()
    assert {detail for detail, _ in found} == {
        "已告知企业E1", "已告知企业E1（更新）", "已告知企业E2", "已告知全部2家企业"
    }  # fmt: skip
    assert {actor for _, actor in found} == {"machine"}


def test_a_firm_that_nothing_is_raised_to_is_not_waited_for(case: Connection) -> None:
    """参考 and 无 go to no firm: E3 and E4 were never told, and the case is complete without them."""
    mail(case, "E1", 2)
    mail(case, "E2", 2)
    assert ("notified", 2, "") in derived(case, 3)
    judge(case, 4, "E4", Relation.DIRECT)  # what an officer confirms is raised: but what was met stays met
    derived(case, 5)
    assert met_at(case) == 2


def test_a_firm_without_a_contact_keeps_it_open_until_somebody_calls(case: Connection) -> None:
    judge(case, 1, "E3", Relation.DIRECT)
    mail(case, "E1", 2)
    mail(case, "E2", 2)
    assert derived(case, 3) == [("told", 2, "E1"), ("told", 2, "E2")]
    say(case, 7, "E3")
    assert derived(case, 8)[-1] == ("notified", 7, "")
    assert met_at(case) == 7


def test_a_firm_that_was_judged_not_concerned_is_not_waited_for(case: Connection) -> None:
    mail(case, "E1", 2)
    judge(case, 9, "E2", Relation.NONE)
    assert derived(case, 10) == [("told", 2, "E1"), ("notified", 2, "")]


def test_a_firm_that_left_the_list_is_not_waited_for(case: Connection) -> None:
    mail(case, "E1", 2)
    register(case, at(9), *(firm for firm in FIRMS if firm.exporter_id != "E2"))
    assert derived(case, 10) == [("told", 2, "E1"), ("notified", 2, "")]


def test_a_case_in_which_nobody_is_left_to_tell_is_not_met_by_nobody(case: Connection) -> None:
    judge(case, 1, "E1", Relation.NONE)
    judge(case, 1, "E2", Relation.NONE)
    assert derived(case, 2) == []
    assert met_at(case) is None


def test_a_firm_that_an_addendum_brings_does_not_undo_what_was_met(case: Connection, tmp_path: Path) -> None:
    mail(case, "E1", 2)
    mail(case, "E2", 2)
    derive(case, 3)
    judge(case, 4, "E3", Relation.DIRECT)
    derive(case, 5)
    assert met_at(case) == 2
    say(case, 6, "E3")
    assert derived(case, 7)[-1] == ("notified", 6, "")
    assert met_at(case) == 2


# what counts as told


@pytest.mark.parametrize("state", ["queued", "sending", "retry", "failed", "in-doubt", "withdrawn"])
def test_only_what_was_taken_counts(case: Connection, state: str) -> None:
    mail(case, "E2", 1)
    mail_id = queue(case, at(2), new_alert())
    if state != "queued":
        assert hand_over(case, mail_id, now=at(2))
    if state not in ("queued", "sending"):
        finish_attempt(case, mail_id, state=state, smtp_code=451, detail="", now=at(2))
    assert derived(case, 3) == [("told", 1, "E2")]


def test_a_mail_written_to_a_file_counts_when_an_officer_has_sent_it(case: Connection) -> None:
    mail(case, "E2", 1)
    mail_id = mail(case, "E1", 2, smtp_code=None)
    assert derived(case, 3) == [("told", 1, "E2")]
    settle(case, mail_id, "accepted", 6)
    assert derived(case, 7) == [("told", 1, "E2"), ("told", 6, "E1"), ("notified", 6, "")]


def test_a_mail_in_doubt_counts_from_the_moment_of_its_handing_over(case: Connection) -> None:
    mail(case, "E2", 1)
    mail_id = mail(case, "E1", 2, state="in-doubt")
    assert derived(case, 3) == [("told", 1, "E2")]
    settle(case, mail_id, "accepted", 40)
    assert derived(case, 41) == [("told", 1, "E2"), ("told", 2, "E1"), ("notified", 2, "")]
    assert met_at(case) == 2


def test_a_mail_confirmed_by_the_reader_is_told_once(case: Connection) -> None:
    mail(case, "E2", 1)
    mail_id = mail(case, "E1", 2)
    before = derived(case, 3)
    settle(case, mail_id, "accepted", 40)
    assert derived(case, 41) == before


def test_both_contacts_of_a_firm_are_two_events_and_the_firm_is_told_by_the_first(case: Connection) -> None:
    mail(case, "E1", 2)
    mail(case, "E1", 4, address=SECOND_ADDRESS)
    mail(case, "E2", 3)
    assert derived(case, 5) == [("told", 2, "E1"), ("told", 3, "E2"), ("notified", 3, ""), ("told", 4, "E1")]


def test_a_note_of_the_telephone_for_one_firm_has_its_officer(case: Connection) -> None:
    mail(case, "E1", 2)
    say(case, 4, "E2")
    assert derived(case, 5) == [("told", 2, "E1"), ("notified", 4, "")]
    found = case.execute("SELECT actor, code FROM case_events WHERE kind = 'told' AND actor <> 'machine'").fetchall()
    assert found == [(OFFICER, "E2")]


def test_a_note_for_another_firm_completes_nothing(case: Connection) -> None:
    mail(case, "E1", 2)
    say(case, 4, "E3")
    assert derived(case, 5) == [("told", 2, "E1")]


def test_a_note_for_all_is_enough_by_itself(case: Connection) -> None:
    say(case, 4)
    assert derived(case, 5) == []
    assert met_at(case) == 4
