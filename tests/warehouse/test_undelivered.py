"""What comes back, and the clock that an addendum starts: whom 企业告知 is still owed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_case import (
    OFFICER,
    ONE,
    POLICY,
    START,
    at,
    bounce,
    derive,
    derived,
    judge,
    mail,
    met_at,
    opened,
    restart,
    say,
    settle,
)
from warehouse_sample import ADDRESS, SECOND_ADDRESS, finish, new_alert, queue

from pipeline.case_state import rounds
from warehouse.cases import CaseEvent, append_event, read_cases
from warehouse.connection import Connection, open_writer
from warehouse.outbox import bounce_mail, finish_attempt, hand_over, read_mails, settle_mail
from warehouse.records import Relation


@pytest.fixture
def case(warehouse: Connection, tmp_path: Path) -> Connection:
    """A case that raises 预警 to E1 (two contacts) and 关注 to E2, and concerns E3 as 参考 and E4 not at all."""
    return opened(warehouse, tmp_path)


# what comes back


def test_a_mail_that_comes_back_takes_it_back_until_the_firm_is_told_another_way(case: Connection) -> None:
    mail_id = mail(case, "E1", 2)
    mail(case, "E2", 2)
    derive(case, 3)
    assert met_at(case) == 2
    bounce(case, mail_id, 5)
    assert derived(case, 6)[-1] == ("undelivered", 5, "E1")
    assert met_at(case) is None
    say(case, 30, "E1")
    assert derived(case, 31)[-1] == ("notified", 30, "")
    assert met_at(case) == 30


def test_accepted_and_returned_before_anybody_looked_was_told_and_is_not_met(case: Connection) -> None:
    bounce(case, mail(case, "E1", 2), 3)
    mail(case, "E2", 2)
    assert derived(case, 4) == [("told", 2, "E1"), ("told", 2, "E2"), ("undelivered", 3, "E1")]
    assert met_at(case) is None


def test_one_contact_lost_does_not_matter_where_another_of_the_firm_got_it(case: Connection) -> None:
    lost = mail(case, "E1", 2)
    mail(case, "E1", 2, address=SECOND_ADDRESS)
    mail(case, "E2", 2)
    derive(case, 3)
    bounce(case, lost, 4)
    assert [item for item in derived(case, 5) if item[0] == "undelivered"] == []
    assert met_at(case) == 2


def test_both_contacts_lost_is_a_firm_that_was_not_told(case: Connection) -> None:
    both = [mail(case, "E1", 2), mail(case, "E1", 2, address=SECOND_ADDRESS)]
    mail(case, "E2", 2)
    derive(case, 3)
    for hours, mail_id in enumerate(both, start=4):
        bounce(case, mail_id, hours)
        derive(case, hours)
    assert [item for item in derived(case, 6) if item[0] == "undelivered"][-1] == ("undelivered", 5, "E1")
    assert met_at(case) is None


def test_a_second_contact_that_is_written_to_afterwards_makes_it_good(case: Connection) -> None:
    bounce(case, mail(case, "E1", 2), 3)
    mail(case, "E2", 2)
    derive(case, 4)
    mail(case, "E1", 9, address=SECOND_ADDRESS)
    assert derived(case, 10)[-1] == ("notified", 9, "")
    assert met_at(case) == 9


@pytest.mark.parametrize("firm", ["E1", ""])
def test_what_an_officer_said_before_stands_above_a_mail_that_comes_back(case: Connection, firm: str) -> None:
    mail_id = mail(case, "E1", 2)
    mail(case, "E2", 2)
    say(case, 3, firm)
    derive(case, 3)
    bounce(case, mail_id, 5)
    assert [item for item in derived(case, 6) if item[0] == "undelivered"] == []
    assert met_at(case) == 2


def test_a_return_that_is_read_after_the_last_firm_was_told_takes_it_back_all_the_same(case: Connection) -> None:
    """It came in at hour 3, but the inbox was read at hour 8: meanwhile the case had been written down as complete."""
    mail_id = mail(case, "E1", 2)
    derive(case, 2)
    mail(case, "E2", 5)
    derive(case, 5)
    assert met_at(case) == 5
    bounce(case, mail_id, 3)
    assert derived(case, 8)[-1] == ("undelivered", 5, "E1")
    assert met_at(case) is None
    say(case, 9, "E1")
    derived(case, 9)
    assert met_at(case) == 9


def test_a_return_of_a_firm_no_longer_in_question_takes_nothing_back(case: Connection) -> None:
    mail(case, "E1", 2)
    mail_id = mail(case, "E2", 2)
    derive(case, 3)
    judge(case, 4, "E2", Relation.NONE)
    bounce(case, mail_id, 5)
    assert [item for item in derived(case, 6) if item[0] == "undelivered"] == []
    assert met_at(case) == 2


def test_a_firm_that_is_no_longer_in_question_after_its_mail_came_back_holds_nothing_up(case: Connection) -> None:
    mail(case, "E1", 2)
    bounce(case, mail(case, "E2", 2), 3)
    derive(case, 3)
    mail_id = mail(case, "E2", 4, version=2)
    derive(case, 5)
    assert met_at(case) == 4
    bounce(case, mail_id, 6)
    derive(case, 7)
    assert met_at(case) is None
    judge(case, 8, "E2", Relation.NONE)
    derived(case, 9)
    assert met_at(case) == 9  # when it was seen that nobody is left to be told


def test_a_returned_mail_that_arrived_after_all_meets_it_again_when_that_is_found_out(case: Connection) -> None:
    mail_id = mail(case, "E1", 2)
    mail(case, "E2", 2)
    derive(case, 2)
    bounce(case, mail_id, 3)
    derive(case, 4)
    assert met_at(case) is None
    settle(case, mail_id, "accepted", 9)
    found = derived(case, 9)
    assert [item for item in found if item[0] != "told"] == [
        ("notified", 2, ""), ("undelivered", 3, "E1"), ("notified", 9, "")
    ]  # fmt: skip
    assert met_at(case) == 9


def test_a_mail_that_is_tried_again_and_given_up_takes_it_back_in_the_end(case: Connection) -> None:
    mail_id = mail(case, "E1", 2)
    mail(case, "E2", 2)
    derive(case, 2)
    bounce(case, mail_id, 3, "retry")
    derived(case, 3)
    assert met_at(case) == 2  # a full mailbox may be empty tomorrow
    finish_attempt(case, mail_id, state="failed", smtp_code=452, detail="邮箱已满", now=at(72))
    assert derived(case, 73)[-1] == ("undelivered", 72, "E1")
    assert met_at(case) is None


def test_a_mail_that_is_tried_again_and_taken_stays_told(case: Connection) -> None:
    mail_id = mail(case, "E1", 2)
    mail(case, "E2", 2)
    derive(case, 2)
    bounce(case, mail_id, 3, "retry")
    finish(case, mail_id, "accepted", at(6))
    assert [item for item in derived(case, 7) if item[0] == "undelivered"] == []
    assert met_at(case) == 2


def test_what_an_officer_finds_lost_takes_it_back(case: Connection) -> None:
    mail_id = mail(case, "E1", 2)
    mail(case, "E2", 2)
    derive(case, 2)
    settle(case, mail_id, "failed", 8)
    assert derived(case, 8)[-1] == ("undelivered", 8, "E1")
    assert met_at(case) is None


def test_a_mail_that_was_never_taken_has_nothing_to_take_back(case: Connection) -> None:
    mail(case, "E1", 2, address=SECOND_ADDRESS, state="failed", smtp_code=550)
    assert derived(case, 3) == []
    mail(case, "E1", 4)
    mail(case, "E2", 4)
    assert derived(case, 5) == [("told", 4, "E1"), ("told", 4, "E2"), ("notified", 4, "")]


# the clock that an addendum starts


@pytest.fixture
def again(case: Connection, tmp_path: Path) -> Connection:
    """The case answered, and at hour 100 an addendum that gives a new time for comments."""
    mail(case, "E1", 2)
    mail(case, "E2", 3)
    advised = CaseEvent(kind="advised", occurred_at=at(4), actor=OFFICER, detail="核对标签")
    append_event(case, ONE, advised, now=at(4))
    derive(case, 4)
    assert met_at(case) == 3
    restart(case, tmp_path)
    return case


def test_a_second_clock_asks_for_everybody_again(again: Connection) -> None:
    derived(again, 101)
    assert met_at(again) is None
    mail(again, "E1", 102, version=2)
    derived(again, 103)
    assert met_at(again) is None
    say(again, 104, "E2")
    assert derived(again, 105)[-1] == ("notified", 104, "")
    assert met_at(again) == 104


def test_what_was_told_in_the_first_round_stays_in_its_record(again: Connection) -> None:
    derived(again, 101)
    (case,) = read_cases(again)
    [(_, first), (started_at, second)] = rounds(START, case.events)
    assert ("notified", at(3)) in {(event.kind, event.occurred_at) for event in first}
    assert started_at == at(100)
    assert {event.kind for event in second} & {"told", "notified", "undelivered"} == set()


@pytest.mark.parametrize("by", ["another contact", "an officer", "an officer, all"])
def test_a_return_of_the_first_round_is_not_written_down_in_the_second(
    case: Connection, tmp_path: Path, by: str
) -> None:
    lost = mail(case, "E1", 2)
    mail(case, "E2", 2)
    if by == "another contact":
        mail(case, "E1", 2, address=SECOND_ADDRESS)
    else:
        say(case, 3, "E1" if by == "an officer" else "")
    append_event(case, ONE, CaseEvent(kind="advised", occurred_at=at(4), actor=OFFICER, detail="x"), now=at(4))
    bounce(case, lost, 5)
    derive(case, 6)
    restart(case, tmp_path)
    assert [item for item in derived(case, 101) if item[0] == "undelivered"] == []


def test_an_officers_word_of_the_first_round_does_not_stand_in_the_second(case: Connection, tmp_path: Path) -> None:
    say(case, 2)
    append_event(case, ONE, CaseEvent(kind="advised", occurred_at=at(4), actor=OFFICER, detail="x"), now=at(4))
    restart(case, tmp_path)
    mail_id = mail(case, "E1", 102)
    mail(case, "E2", 102)
    derive(case, 103)
    assert met_at(case) == 102
    bounce(case, mail_id, 104)
    assert derived(case, 105)[-1] == ("undelivered", 104, "E1")
    assert met_at(case) is None


# any course of events


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Connection, list[tuple[object, ...]]]]:
    """One opened case, and its log as it was when it was opened."""
    folder = tmp_path_factory.mktemp("told")
    with open_writer(folder / "warehouse.duckdb") as con:
        opened(con, folder)
        yield con, con.execute("FROM case_events").fetchall()


WHO = st.sampled_from([("E1", ADDRESS), ("E1", SECOND_ADDRESS), ("E2", ADDRESS)])
DONE = st.sampled_from(["accepted", "file", "failed", "in-doubt", "bounced", "soft", "arrived", "lost", "resend"])
COURSES = st.lists(
    st.one_of(
        st.tuples(DONE, WHO),
        st.tuples(st.just("say"), st.sampled_from([("E1", ""), ("E2", ""), ("", "")])),
        st.tuples(st.just("derive"), st.just(("", ""))),
    ),
    max_size=10,
)
SETTLED = {"arrived": "accepted", "lost": "failed", "resend": "queued"}
FROM = {
    "arrived": ("in-doubt", "accepted", "bounced", "failed"),
    "lost": ("in-doubt", "accepted"),
    "resend": ("in-doubt", "failed", "bounced", "withdrawn"),
}


def go(con: Connection, step: str, firm: str, address: str, hours: float) -> None:
    """One step of a course, where the mail stands so that it can be taken."""
    if step == "say":
        say(con, hours, firm)
        return
    if step == "derive":
        derive(con, hours)
        return
    mail_id = queue(con, at(hours), new_alert(firm, address=address))
    if step in ("bounced", "soft"):
        bounce_mail(
            con,
            mail_id,
            state="bounced" if step == "bounced" else "retry",
            smtp_status="",
            detail="",
            occurred_at=at(hours),
        )
    elif step in SETTLED:
        settle_mail(con, mail_id, state=SETTLED[step], from_states=FROM[step], actor=OFFICER, detail="", now=at(hours))
        derive(con, hours)  # as `alert settle` does
    elif hand_over(con, mail_id, now=at(hours)):
        code = 250 if step == "accepted" else None
        state = "accepted" if step == "file" else step
        finish_attempt(con, mail_id, state=state, smtp_code=code, detail="", now=at(hours))
        derive(con, hours)  # as `alert send` does


def is_told(con: Connection, firm: str) -> bool:
    """Whether a mail that counts reached the firm, or an officer says so."""
    by_mail = any(
        (sent.exporter_id, sent.state) == (firm, "accepted") and (sent.smtp_code is not None or sent.settled_by)
        for sent in read_mails(con)
    )
    (case,) = read_cases(con)
    said = {(event.kind, event.code) for event in case.events if event.actor == OFFICER}
    return by_mail or bool(said & {("notified", ""), ("told", firm)})


def is_tried_again(con: Connection) -> bool:
    """A mail that was taken once and is on its way again: until it ends, nothing is taken back."""
    return any(sent.state in ("queued", "retry", "in-doubt") for sent in read_mails(con))


@given(COURSES)
@settings(max_examples=20, deadline=None)
def test_whatever_the_course_the_clock_says_met_when_every_firm_was_told_and_else_not(
    shared: tuple[Connection, list[tuple[object, ...]]], course: Iterable[tuple[str, tuple[str, str]]]
) -> None:
    con, beginning = shared
    for table in ("alerts", "mails", "case_events"):
        con.execute(f"DELETE FROM {table}")  # noqa: S608
    con.executemany("INSERT INTO case_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", beginning)
    for hours, (step, (firm, address)) in enumerate(course, start=1):
        go(con, step, firm, address, hours)
    derived(con, 90)
    everybody = all(is_told(con, firm) for firm in ("E1", "E2"))
    if everybody:
        assert met_at(con) is not None
    elif not is_tried_again(con):
        assert met_at(con) is None
    required = [milestone.event for milestone in POLICY.milestones]
    unsettled = con.execute("SELECT case_id FROM unsettled_cases($required)", {"required": required}).fetchall()
    assert unsettled == [(ONE,)]  # nobody judged and nobody advised
    only = con.execute("SELECT case_id FROM unsettled_cases(['notified'])").fetchall()
    assert (only == []) == (met_at(con) is not None)
