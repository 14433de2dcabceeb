"""What acts ask of officers where a limit was missed, where a case is closed and where a later document comes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from case_office import (
    BY,
    HOUR,
    IRRELEVANT,
    LAMP,
    OLD,
    ONE,
    SOCKET,
    START,
    TWO,
    WARNING,
    at,
    bring,
    carry,
    hours,
    kinds,
    now_stands,
    refused,
)
from warehouse_sample import match, notification

from pipeline.acts import Act, Conclusion
from pipeline.case_state import CAUSES_ZH, Stage
from pipeline.steps.case_acts import (
    Planned,
    act_on_case,
    carry_out,
    conclude_case,
    plan_acts,
    plan_conclusion,
    read_one,
)
from pipeline.steps.open_cases import load_timing
from pipeline.steps.show_case import next_step
from warehouse.cases import case_pairs
from warehouse.connection import open_writer
from warehouse.records import NotificationKind

SECOND = timedelta(seconds=1)


# limits that were missed


@pytest.mark.parametrize(
    ("limit", "milestone", "what"),
    [
        (24, "judged", WARNING),
        (48, "notified", Act(kind="notified", actor=BY, detail="电话告知")),
        (72, "advised", Act(kind="advised", actor=BY, detail="核对标签")),
    ],
)
def test_a_second_late_needs_a_cause_which_is_written_down(
    office: Path, limit: int, milestone: str, what: Act | Conclusion
) -> None:
    late = START + limit * HOUR + SECOND
    error = refused(office, limit + 1 / 3600, what)
    assert ONE in error.message
    assert "超时原因" in error.message
    assert all(code in error.next_step and words in error.next_step for code, words in CAUSES_ZH.items())
    assert "--cause" in refused(office, limit + 1 / 3600, with_cause(what, "tired")).next_step
    _, timed = carry(at(office, late), with_cause(what, "text-missing"))
    assert timed.state.causes[milestone] == "text-missing"
    assert milestone not in timed.unexplained
    [explained] = [event for event in timed.case.events if event.kind == "explained"]
    assert (explained.code, explained.actor, explained.occurred_at) == (f"{milestone}:text-missing", BY, late)
    assert explained.detail


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        (24, WARNING),
        (48, Act(kind="notified", actor=BY, detail="电话告知")),
        (72, Act(kind="advised", actor=BY, detail="核对标签")),
    ],
)
def test_on_the_last_second_no_cause_is_asked_for(office: Path, limit: int, what: Act | Conclusion) -> None:
    _, timed = carry(hours(office, limit), what)
    assert "explained" not in kinds(timed)


def with_cause(what: Act | Conclusion, cause: str) -> Act | Conclusion:
    if isinstance(what, Act):
        return Act(kind=what.kind, actor=what.actor, detail=what.detail, code=what.code, cause=cause)
    return Conclusion(conclusion=what.conclusion, actor=what.actor, reason=what.reason, cause=cause)


def test_closing_late_explains_every_limit_that_it_ends(office: Path) -> None:
    closing = Act(kind="closed", actor=BY, code="done", detail="撤回", cause="other")
    assert "超时原因" in refused(office, 50, with_cause(closing, "")).message
    _, timed = act_on_case(hours(office, 50), ONE, closing)
    assert dict(timed.state.causes) == {"judged": "other", "notified": "other"}
    assert timed.unexplained == ()
    assert timed.clock.is_answered


def test_what_was_explained_before_is_not_asked_again(office: Path) -> None:
    explained = Act(kind="explained", actor=BY, code="judged:collection", detail="平台停机")
    _, timed = act_on_case(hours(office, 30), ONE, explained)
    assert timed.unexplained == ()
    _, timed = conclude_case(hours(office, 31), ONE, WARNING)
    assert dict(timed.state.causes) == {"judged": "collection"}
    assert kinds(timed).count("explained") == 1


def test_what_was_done_in_time_may_be_done_again_late_without_a_cause(office: Path) -> None:
    conclude_case(hours(office, 5), ONE, WARNING)
    _, timed = conclude_case(hours(office, 100), ONE, Conclusion(conclusion="watch", actor=BY))
    assert "explained" not in kinds(timed)
    assert timed.unexplained == ("notified", "advised")
    assert "--cause" in next_step(timed)


def test_notes_and_persons_in_charge_are_never_late(office: Path) -> None:
    act_on_case(hours(office, 500), ONE, Act(kind="noted", actor=BY, detail="补记"))
    _, timed = act_on_case(hours(office, 500), ONE, Act(kind="assigned", actor=BY, code="李四", detail="责任人：李四"))
    assert "explained" not in kinds(timed)
    assert timed.unexplained == ("judged", "notified", "advised")


def test_a_backfill_is_not_rated_and_needs_no_cause(office: Path) -> None:
    for what in (
        WARNING,
        Act(kind="notified", actor=BY, detail="电话告知"),
        Act(kind="advised", actor=BY, detail="核对标签"),
        Act(kind="closed", actor=BY, code="done", detail="已办结"),
    ):
        _, timed = carry(hours(office, 500), what, OLD)
    assert timed.case.is_backfill
    assert timed.state.is_closed
    assert timed.unexplained == ()
    assert "explained" not in kinds(timed)


def test_several_late_acts_together_explain_each_their_own_limit(office: Path) -> None:
    context = hours(office, 80)
    timing = load_timing(context.home)
    with open_writer(context.home.warehouse) as con:
        timed = read_one(con, ONE, timing, context.now)
        found = Conclusion(conclusion="watch", actor=BY, cause="backlog", owner="李四")
        planned = plan_conclusion(timed, case_pairs(con, [ONE]), found, timing, context.now)
        advice = plan_acts(timed, [Act(kind="advised", actor=BY, detail="核对", cause="system")], timing, context.now)
        carry_out(
            con,
            timed,
            Planned(events=(*planned.events, *advice.events), judgements=planned.judgements),
            now=context.now,
        )
    timed = now_stands(office, context.now)
    assert dict(timed.state.causes) == {"judged": "backlog", "advised": "system"}
    assert timed.unexplained == ("notified",)


# closed cases


def test_a_closed_case_takes_only_notes_causes_and_a_reopening(office: Path) -> None:
    act_on_case(hours(office, 5), ONE, Act(kind="closed", actor=BY, code="done", detail="已办结"))
    for kind in ("notified", "advised", "assigned", "comment-decided", "consulted", "closed"):
        error = refused(office, 6, Act(kind=kind, actor=BY, code="E1", detail="再办"))
        assert "案件已结案" in error.message
        assert "tbtwatch case reopen" in error.message
    for found in (WARNING, IRRELEVANT):
        assert "案件已结案" in refused(office, 6, found).message
    act_on_case(hours(office, 7), ONE, Act(kind="noted", actor=BY, detail="归档"))
    _, timed = act_on_case(hours(office, 8), ONE, Act(kind="reopened", actor=BY, detail="企业来电"))
    assert (timed.state.is_closed, timed.state.n_reopened, timed.state.stage) == (False, 1, Stage.SCREENED)
    assert "未结案" in refused(office, 9, Act(kind="reopened", actor=BY, detail="再开")).message
    _, timed = conclude_case(hours(office, 9), ONE, WARNING)
    assert timed.state.stage is Stage.JUDGED


def test_after_a_reopening_the_first_clock_goes_on(office: Path) -> None:
    act_on_case(hours(office, 5), ONE, Act(kind="closed", actor=BY, code="done", detail="已办结"))
    _, timed = act_on_case(hours(office, 60), ONE, Act(kind="reopened", actor=BY, detail="企业来电"))
    assert timed.clock.started_at == START
    assert timed.unexplained == ("judged", "notified")
    assert "超时原因" in refused(office, 61, WARNING).message


# addenda and corrigenda


@pytest.mark.parametrize(
    ("suffix", "kind"), [("Add.1", NotificationKind.ADDENDUM), ("Corr.1", NotificationKind.CORRIGENDUM)]
)
def test_a_later_document_of_the_measure_is_an_event_and_changes_nothing_else(
    office: Path, suffix: str, kind: NotificationKind
) -> None:
    conclude_case(hours(office, 5), ONE, WARNING)
    before = now_stands(office, START + 6 * HOUR)
    bring(office, START + 6 * HOUR, notification(f"{ONE}/{suffix}", kind=kind, comment_deadline=date(2026, 6, 30)))
    after = now_stands(office, START + 6 * HOUR)
    new = set(after.case.events) - set(before.case.events)
    assert [(e.kind, e.occurred_at, e.actor, f"{ONE}/{suffix}" in e.detail) for e in new] == [
        ("amended", START + 6 * HOUR, "machine", True)
    ]
    assert after.state == before.state
    assert after.clock == before.clock
    assert after.case.comment_deadline == date(2026, 6, 30)


def test_a_corrigendum_leaves_a_closed_case_closed(office: Path) -> None:
    conclude_case(hours(office, 5), TWO, IRRELEVANT)
    corrigendum = notification(f"{TWO}/Corr.1", kind=NotificationKind.CORRIGENDUM)
    bring(office, START + 30 * HOUR, corrigendum, matched=(match(f"{TWO}/Corr.1", LAMP),))
    timed = now_stands(office, START + 30 * HOUR, TWO)
    assert kinds(timed)[-1] == "amended"
    assert timed.state.is_closed
    assert timed.state.n_reopened == 0


def test_an_addendum_that_concerns_another_line_reopens_what_was_not_relevant(office: Path) -> None:
    conclude_case(hours(office, 5), TWO, IRRELEVANT)
    addendum = notification(f"{TWO}/Add.1", kind=NotificationKind.ADDENDUM)
    bring(office, START + 30 * HOUR, addendum, matched=(match(f"{TWO}/Add.1", SOCKET),))
    timed = now_stands(office, START + 30 * HOUR, TWO)
    assert (timed.state.is_closed, timed.state.n_reopened) == (False, 1)
    _, timed = conclude_case(
        hours(office, 31), TWO, Conclusion(conclusion="none", actor=BY, reason="仍不涉及", cause="other")
    )
    assert timed.state.is_closed
