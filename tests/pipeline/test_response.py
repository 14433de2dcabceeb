"""72小时快速响应 of a month, as the bulletin counts it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.bulletin.items import clock_text
from pipeline.bulletin.response import policy_text, read_response
from pipeline.case_state import read_state
from pipeline.sla import load_policies, read_clock
from pipeline.steps.open_cases import TimedCase
from reports.bulletin.facts import ResponseClock
from warehouse.cases import Case, CaseEvent

POLICY = load_policies()[0]
START = datetime(2026, 6, 12, 1, 0, tzinfo=UTC)
NOW = START + timedelta(hours=100)


def timed(
    *, judged: float | None = None, notified: float | None = None, advised: float | None = None,
    closed: float | None = None, backfill: bool = False, now: datetime = NOW,
) -> TimedCase:  # fmt: skip
    """A case whose milestones were met after so many hours."""
    hours = {"judged": judged, "notified": notified, "advised": advised, "closed": closed}
    events = tuple(
        CaseEvent(kind=kind, occurred_at=START + timedelta(hours=after))
        for kind, after in hours.items()
        if after is not None
    )
    case = Case(
        case_id="G/TBT/N/USA/9001", clock_started_at=START, is_backfill=backfill, policy_version=POLICY.version,
        notification_id="n", symbols=("G/TBT/N/USA/9001",), member_codes=("USA",), title="", distribution_date=None,
        comment_deadline=None, n_exporters=1, n_lines=1, is_confirmed=False, is_direct=True, match_level="watch",
        events=events,
    )  # fmt: skip
    return TimedCase(case, read_clock(START, events, POLICY, now), POLICY, read_state(events))


def count(*cases: TimedCase, now: datetime = NOW) -> ResponseClock:
    return read_response(cases, POLICY, now)


def test_cases_of_different_policies_share_no_rate() -> None:
    other = replace(POLICY, version="2030-01", title="48小时内完成响应")
    late, early = timed(judged=5, notified=20, advised=80), timed(judged=5, notified=20, advised=30)
    found = read_response([late, replace(early, policy=other)], other, NOW)
    assert {rate.version: (rate.due, rate.on_time, rate.median_hours) for rate in found.rates} == {
        POLICY.version: (1, 0, 80.0),
        "2030-01": (1, 1, 30.0),
    }
    assert (found.due, found.on_time, found.median_hours, found.p90_hours) == (2, 1, None, None)
    assert found.policy_text.count("规则版本") == 2


def test_the_policy_that_is_printed_is_the_one_that_cases_were_timed_by() -> None:
    newer = replace(POLICY, version="2030-01")
    assert f"规则版本 {POLICY.version}）" in read_response([timed(advised=3)], newer, NOW).policy_text
    assert read_response([timed(advised=3)], newer, NOW).rates == ()
    assert "规则版本 2030-01）" in read_response([], newer, NOW).policy_text


def test_each_case_is_counted_once_and_where_it_belongs() -> None:
    found = count(
        timed(judged=5, notified=20, advised=30),  # on time, 30 h
        timed(judged=5, notified=20, advised=72),  # on time, to the hour
        timed(judged=5, notified=20, advised=80),  # late
        timed(judged=30, notified=40, advised=50),  # one milestone late
        timed(judged=5),  # open after the limit
        timed(judged=2, closed=3),  # judged not relevant
        timed(backfill=True),
    )
    assert (found.due, found.done, found.on_time, found.overdue) == (6, 5, 3, 3)
    assert (found.not_yet_due, found.backfilled) == (0, 1)
    assert found.median_hours == 50.0
    assert found.p90_hours == pytest.approx(76.8)


def test_what_may_still_be_answered_is_not_rated() -> None:
    early = START + timedelta(hours=72)
    assert count(timed(now=early), now=early).not_yet_due == 1
    assert count(timed(now=early), now=early).due == 0
    late = early + timedelta(seconds=1)
    assert count(timed(now=late), now=late).overdue == 1


def test_a_case_closed_a_week_after_its_answer_took_as_long_as_the_answer() -> None:
    found = count(timed(judged=5, notified=10, advised=41.5, closed=90))
    assert (found.on_time, found.median_hours, found.p90_hours) == (1, 41.5, 41.5)


def test_nothing_at_all_gives_no_hours() -> None:
    found = count()
    assert (found.due, found.median_hours, found.p90_hours, found.backfilled) == (0, None, None, 0)


def test_only_backfills_give_no_rate() -> None:
    found = count(timed(backfill=True, judged=5, notified=6, advised=7))
    assert (found.due, found.done, found.backfilled, found.median_hours) == (0, 0, 1, None)


def test_the_definition_is_printed_in_full() -> None:
    text = policy_text(POLICY)
    for part in ("72个自然小时", "24小时内", "48小时内", "72小时内", "补录", POLICY.version):
        assert part in text


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (timed(judged=5, notified=20, advised=41.5), "按时响应，用时41.5小时"),
        (timed(judged=5, notified=20, advised=80), "超时响应，用时80.0小时"),
        (timed(judged=5), "已超时，待企业告知（时限6月14日09:00）"),
        (timed(now=START + timedelta(hours=18)), "临近时限，待研判（时限6月13日09:00）"),
        (timed(now=START), "处理中，待研判（时限6月13日09:00）"),
        (timed(backfill=True), "补录"),
        (timed(closed=3), "已归档"),
    ],
)
def test_the_state_of_a_clock_in_a_few_words(case: TimedCase, said: str) -> None:
    assert clock_text(case) == said
