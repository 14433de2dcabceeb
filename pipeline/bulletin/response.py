"""72小时快速响应 of a month: which cases had to be answered, which were, how fast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median, quantiles

from pipeline.sla import ResponsePolicy
from pipeline.steps.open_cases import TimedCase
from reports.bulletin.facts import ResponseClock


def read_response(timed: Sequence[TimedCase], policy: ResponsePolicy, now: datetime) -> ResponseClock:
    """Count the cases whose clock started in the month. Backfills (补录) are counted apart and not rated."""
    rated = [item for item in timed if not item.case.is_backfill]
    answered = [item for item in rated if item.clock.is_answered]
    expired = [item for item in rated if not item.clock.is_answered and _limit_passed(item, now)]
    on_time = [item for item in answered if not item.clock.is_late]
    hours = sorted(
        (item.clock.answered_at - item.clock.started_at).total_seconds() / 3600
        for item in answered
        if item.clock.answered_at
    )
    return ResponseClock(
        policy_text=policy_text(policy),
        due=len(answered) + len(expired),
        done=len(answered),
        on_time=len(on_time),
        overdue=len(answered) + len(expired) - len(on_time),
        not_yet_due=len(rated) - len(answered) - len(expired),
        median_hours=round(median(hours), 1) if hours else None,
        p90_hours=round(_p90(hours), 1) if hours else None,
        backfilled=len(timed) - len(rated),
    )


def policy_text(policy: ResponsePolicy) -> str:
    """Return the definition as it is printed in every issue."""
    steps = "；".join(f"{m.hours}小时内{m.rule}" for m in policy.milestones)
    return (
        f"响应时限为{policy.title}：{steps}。通报发布{policy.backfill_days}日以后才采集到的记为补录，"
        f"单独计数，不计入按时率（规则版本 {policy.version}）"
    )


def _limit_passed(item: TimedCase, now: datetime) -> bool:
    return now > max(reading.due_at for reading in item.clock.readings)


def _p90(hours: Sequence[float]) -> float:
    return hours[0] if len(hours) == 1 else quantiles(hours, n=10, method="inclusive")[8]
