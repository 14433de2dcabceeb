"""The state of a case is a fold over its events: neither their order nor their repetition may matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.case_state import (
    CAUSES_ZH,
    COMMENT_ZH,
    CONCLUSIONS_ZH,
    STAGES_ZH,
    Stage,
    in_order,
    read_state,
    rounds,
    why_not,
)
from pipeline.cli.case_words import EVENTS_ZH
from pipeline.sla import load_policies, read_clock
from warehouse.cases import CaseEvent, append_event
from warehouse.connection import Connection, open_writer

POLICY = load_policies()[0]
START = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
KINDS = (
    "collected", "screened", "amended", "judged", "concluded", "assigned", "told", "notified", "undelivered", "advised",
    "comment-decided", "comment-requested", "comment-received", "comment-submitted", "comment-answered",
    "concern-linked", "concern-proposed", "consulted", "impact-reported", "noted", "explained", "escalated",
    "superseded", "closed", "reopened", "restarted",
)  # fmt: skip
OPENINGS = ("reopened", "restarted")
CODES = {
    "concluded": tuple(CONCLUSIONS_ZH),
    "comment-decided": tuple(COMMENT_ZH),
    "assigned": ("甲", "乙"),
    "told": ("E1", "E2"),
    "undelivered": ("E1", "E2"),
    "comment-submitted": ("WTO/TBT国家通报咨询中心", "行业协会"),
    "explained": tuple(f"{milestone}:{cause}" for milestone in ("judged", "notified") for cause in CAUSES_ZH),
    "escalated": ("judged:amber", "judged:overdue"),
    "closed": ("done", "irrelevant"),
}


def event(kind: str, hours: float = 0, code: str = "", **more: str) -> CaseEvent:
    return CaseEvent(kind=kind, occurred_at=START + hours * HOUR, code=code, **more)


@st.composite
def an_event(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> CaseEvent:
    """An event of any kind; few moments, actors and words, so that many coincide."""
    kind = draw(st.sampled_from(kinds))
    return event(
        kind,
        draw(st.sampled_from((-1, 0, 0.5, 23, 24, 25, 47, 49, 71, 73, 200))),
        draw(st.sampled_from(CODES.get(kind, ("",)))),
        actor=draw(st.sampled_from(("machine", "甲", "乙"))),
        detail=draw(st.sampled_from(("", "说明一", "说明二"))),
    )


logs = st.lists(an_event(), max_size=12)


@st.composite
def a_log_read_twice(draw: st.DrawFn) -> tuple[list[CaseEvent], list[CaseEvent]]:
    """A log, and the same events in another order, some of them more than once."""
    log = draw(logs)
    again = draw(st.lists(st.sampled_from(log), max_size=6)) if log else []
    return log, draw(st.permutations([*log, *again]))


@given(a_log_read_twice(), st.sampled_from((0, 12, 24, 30, 60, 100)))
@settings(max_examples=60)
def test_any_order_and_any_repetition_give_the_same_state_and_clock(
    both: tuple[list[CaseEvent], list[CaseEvent]], hours: int
) -> None:
    log, again = both
    now = START + hours * HOUR
    assert in_order(again) == in_order(log)
    assert read_state(again) == read_state(log)
    assert read_clock(START, again, POLICY, now) == read_clock(START, log, POLICY, now)


@given(logs)
@settings(max_examples=60)
def test_the_event_id_that_the_warehouse_gives_does_not_change_the_state(log: list[CaseEvent]) -> None:
    named = [
        CaseEvent(
            kind=e.kind, occurred_at=e.occurred_at, code=e.code, actor=e.actor, detail=e.detail, event_id=f"id-{n}"
        )
        for n, e in enumerate(log)
    ]
    assert read_state(named) == read_state(log)


def after(log: Sequence[CaseEvent], kind: str, code: str = "", **more: str) -> CaseEvent:
    """An event a minute later than everything in the log."""
    last = max([START, *(e.occurred_at for e in log)])
    return CaseEvent(kind=kind, occurred_at=last + MINUTE, code=code, **more)


@given(logs, st.sampled_from(list(CONCLUSIONS_ZH)))
@settings(max_examples=60)
def test_the_later_conclusion_wins_whatever_came_before(log: list[CaseEvent], conclusion: str) -> None:
    assert read_state([after(log, "concluded", conclusion), *log]).conclusion == conclusion


@given(logs, st.sampled_from(list(COMMENT_ZH)), st.sampled_from(["丙", "丁"]))
@settings(max_examples=60)
def test_the_later_decision_on_comments_person_in_charge_and_advice_win(
    log: list[CaseEvent], comment: str, owner: str
) -> None:
    said = [
        after(log, "comment-decided", comment),
        after(log, "assigned", owner),
        after(log, "advised", detail="新建议"),
    ]
    state = read_state([*said, *log])
    assert (state.comment, state.owner, state.advice) == (comment, owner, "新建议")


@given(logs)
@settings(max_examples=60)
def test_a_closing_closes_and_a_reopening_brings_back_the_stage_that_was_reached(log: list[CaseEvent]) -> None:
    open_log = [e for e in log if e.kind not in ("closed", *OPENINGS)]
    before = read_state(open_log)
    closed = [*open_log, after(open_log, "closed", "done")]
    assert (read_state(closed).is_closed, read_state(closed).stage) == (True, Stage.CLOSED)
    reopened = [*closed, after(closed, "reopened")]
    state = read_state(reopened)
    assert (state.is_closed, state.stage, state.n_reopened) == (False, before.stage, 1)
    assert state.conclusion == before.conclusion
    again = [*reopened, after(reopened, "closed", "irrelevant")]
    assert read_state(again).is_closed
    assert read_state([*again, after(again, "reopened")]).n_reopened == 2


@given(logs)
@settings(max_examples=60)
def test_state_and_clock_agree_on_whether_a_case_is_closed(log: list[CaseEvent]) -> None:
    clock = read_clock(START, log, POLICY, START + 300 * HOUR)
    assert read_state(log).is_closed == (clock.closed_at is not None)


@given(logs, an_event(tuple(kind for kind in KINDS if kind not in ("closed", *OPENINGS))))
@settings(max_examples=60)
def test_no_event_but_closing_and_opening_again_takes_a_case_back_a_stage(
    log: list[CaseEvent], more: CaseEvent
) -> None:
    before, later = read_state(log), read_state([*log, more])
    assert list(Stage).index(later.stage) >= list(Stage).index(before.stage)
    assert later.is_closed == before.is_closed


@given(logs)
@settings(max_examples=60)
def test_no_cause_and_no_reminder_is_forgotten(log: list[CaseEvent]) -> None:
    state = read_state(log)
    assert set(state.causes) == {e.code.partition(":")[0] for e in log if e.kind == "explained"}
    assert set(state.causes.values()) <= set(CAUSES_ZH)
    assert state.escalated == {e.code for e in log if e.kind == "escalated"}
    assert set(state.comments_submitted) == {e.code for e in log if e.kind == "comment-submitted"}


def test_a_later_cause_of_the_same_milestone_replaces_the_earlier_one() -> None:
    log = [event("explained", 30, "judged:backlog"), event("explained", 29, "judged:other")]
    assert dict(read_state(log).causes) == {"judged": "backlog"}


def test_comments_stand_in_the_order_in_which_they_went_out() -> None:
    log = [event("comment-submitted", hours, to) for hours, to in ((9, "丙"), (1, "乙"), (5, "甲"))]
    assert read_state(log).comments_submitted == ("乙", "甲", "丙")


def test_closed_and_reopened_in_one_moment_is_open_in_either_order() -> None:
    both = [event("closed", 3, "done"), event("reopened", 3)]
    assert not read_state(both).is_closed
    assert not read_state(both[::-1]).is_closed


def test_a_case_that_nobody_touched_is_collected_and_says_nothing() -> None:
    state = read_state([])
    assert (state.stage, state.conclusion, state.owner, state.comment, state.advice) == (
        Stage.COLLECTED,
        "",
        "",
        "",
        "",
    )
    assert (state.is_closed, state.n_reopened, dict(state.causes), state.escalated) == (False, 0, {}, frozenset())


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("collected", Stage.COLLECTED),
        ("screened", Stage.SCREENED),
        ("judged", Stage.JUDGED),
        ("concluded", Stage.JUDGED),
        ("notified", Stage.NOTIFIED),
        ("advised", Stage.ADVISED),
        ("comment-requested", Stage.COMMENTING),
        ("comment-received", Stage.COMMENTING),
        ("comment-submitted", Stage.COMMENTING),
        ("comment-answered", Stage.COMMENTING),
        ("closed", Stage.CLOSED),
    ],
)
def test_the_stage_that_each_event_brings_a_case_to(kind: str, stage: Stage) -> None:
    assert read_state([event("collected"), event(kind, 1)]).stage is stage


@pytest.mark.parametrize(
    "kind",
    [
        "amended", "assigned", "told", "undelivered", "comment-decided", "concern-linked", "concern-proposed",
        "consulted", "impact-reported", "noted", "explained", "escalated", "superseded",
    ],
)  # fmt: skip
def test_what_is_said_beside_the_work_moves_no_stage(kind: str) -> None:
    assert read_state([event("judged", 1), event(kind, 2)]).stage is Stage.JUDGED


def test_a_mail_that_came_back_does_not_take_the_stage_back() -> None:
    """The stage is the furthest that was reached; what is owed is for the clock to say."""
    log = [event("judged", 1), event("notified", 2), event("undelivered", 3, "E1")]
    assert read_state(log).stage is Stage.NOTIFIED
    [_, notified, _] = read_clock(START, log, POLICY, START + 4 * HOUR).readings
    assert notified.met_at is None


def test_every_kind_and_every_stage_has_a_chinese_name() -> None:
    assert set(EVENTS_ZH) == set(KINDS)
    assert set(STAGES_ZH) == set(Stage)


# what may be done to a case

OPEN = read_state([event("collected"), event("judged", 1)])
CLOSED = read_state([event("collected"), event("closed", 1, "done")])
REOPENED = read_state([event("collected"), event("closed", 1, "done"), event("reopened", 2)])
NO_COMMENT = read_state([event("collected"), event("comment-decided", 1, "no")])
CLOSED_NO_COMMENT = read_state([event("comment-decided", 1, "no"), event("closed", 2, "done")])
ALWAYS = {"noted", "explained", "impact-reported"}
COMMENTS = {"comment-requested", "comment-received", "comment-submitted", "comment-answered"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_open_a_closed_and_an_uncommented_case_allow(kind: str) -> None:
    is_reopening = kind == "reopened"
    for state in (OPEN, REOPENED):
        assert why_not(state, kind) == ("案件未结案，不需要重新打开" if is_reopening else "")
    for state in (CLOSED, CLOSED_NO_COMMENT):
        allowed = is_reopening or kind in ALWAYS
        assert why_not(state, kind) == ("" if allowed else "案件已结案，请先用 tbtwatch case reopen 重新打开")
    refusal = why_not(NO_COMMENT, kind)
    if is_reopening:
        assert refusal == "案件未结案，不需要重新打开"
    elif kind in COMMENTS:
        assert "已决定不评议" in refusal
        assert "tbtwatch case comment" in refusal
    else:
        assert refusal == ""


@pytest.mark.parametrize("decision", ["yes", "undecided"])
def test_a_decision_taken_back_allows_comments_again(decision: str) -> None:
    state = read_state([event("comment-decided", 1, "no"), event("comment-decided", 2, decision)])
    assert {why_not(state, kind) for kind in COMMENTS} == {""}


# the same fold, as the database makes it when only unsettled cases are listed


@pytest.fixture(scope="module")
def log_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with open_writer(tmp_path_factory.mktemp("state") / "warehouse.duckdb") as con:
        yield con


def is_listed(con: Connection, log: Sequence[CaseEvent]) -> bool:
    con.execute("DELETE FROM case_events")
    for item in log:
        append_event(con, "case", item, now=item.occurred_at)
    required = [milestone.event for milestone in POLICY.milestones]
    return bool(con.execute("SELECT case_id FROM unsettled_cases($required)", {"required": required}).fetchall())


def is_unsettled(log: Sequence[CaseEvent]) -> bool:
    """Whether the case is open and the clock that started last still asks for something."""
    started_at, events = rounds(START, log)[-1]
    return not read_state(log).is_closed and not read_clock(started_at, events, POLICY, started_at).is_answered


@given(log=logs)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_lists_as_unsettled_what_the_fold_says_is_open_with_something_missing(
    log_table: Connection, log: list[CaseEvent]
) -> None:
    assume(log)
    restarts = {item.occurred_at for item in log if item.kind == "restarted"}
    assume(all(moment > START for moment in restarts))  # an addendum is collected after its measure
    assume(not any(item.occurred_at in restarts and item.kind != "restarted" for item in log))
    assert is_listed(log_table, log) == is_unsettled(log)


def test_the_database_and_the_fold_agree_on_what_happens_in_the_moment_of_a_restart(log_table: Connection) -> None:
    met = [event(milestone.event, 30) for milestone in POLICY.milestones]
    log = [event("collected"), *met, event("restarted", 30, "G/TBT/N/ATL/1/Add.1")]
    assert is_listed(log_table, log) == is_unsettled(log)


# what meets and what takes back 企业告知, few moments apart, so that nearly every log is about it
tellings = st.lists(
    an_event(("judged", "told", "notified", "notified", "undelivered", "advised", "closed", "reopened", "restarted")),
    max_size=9,
)


@given(log=tellings)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_and_the_clock_agree_on_what_a_mail_that_came_back_leaves_to_do(
    log_table: Connection, log: list[CaseEvent]
) -> None:
    log = [event("collected"), *(item for item in log if item.occurred_at > START)]
    restarts = {item.occurred_at for item in log if item.kind == "restarted"}
    assume(not any(item.occurred_at in restarts and item.kind in ("closed", "reopened") for item in log))
    assert is_listed(log_table, log) == is_unsettled(log)


@pytest.mark.parametrize(
    ("hours", "listed"),
    [((2, 5, 9), False), ((2, 5, 5), True), ((2, 5, 4), True), ((9, 5, 5), False), ((5, 5, 5), True)],
)
def test_a_notice_counts_only_after_the_return(
    log_table: Connection, hours: tuple[int, int, int], listed: bool
) -> None:
    first, back, second = hours
    log = [
        event("judged", 1), event("advised", 1), event("notified", first), event("undelivered", back, "E1"),
        event("notified", second),
    ]  # fmt: skip
    assert is_listed(log_table, log) == is_unsettled(log) == listed
