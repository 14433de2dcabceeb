"""72小时快速响应 of a month: which cases had to be answered, which were, how fast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median, quantiles

from pipeline.bulletin.wording import members_zh
from pipeline.case_state import CAUSES_ZH
from pipeline.sla import MilestoneState, ResponsePolicy
from pipeline.steps.open_cases import TimedCase
from reports.bulletin.facts import Counted, OpenCase, ResponseClock, ResponseRate
from warehouse.bulletin_facts import Period
from warehouse.records import Notification

NO_CAUSE = "原因未注明"
_MISSED = (MilestoneState.MET_LATE, MilestoneState.OVERDUE)


def read_response(
    timed: Sequence[TimedCase], policy: ResponsePolicy, now: datetime, still_open: tuple[OpenCase, ...] = ()
) -> ResponseClock:
    """Count the cases whose clock started in the month. Backfills (补录) are counted apart and not rated.

    They are rated by the policies that they were opened under, each with a rate of its own; `policy` is printed where
    there is no case.
    """
    policies = {item.policy.version: item.policy for item in sorted(timed, key=lambda each: each.clock.started_at)}
    by_policy = {
        version: _rate(version, [item for item in timed if item.policy.version == version], now) for version in policies
    }
    whole = _rate("", timed, now)
    late = [item for item in timed if not item.case.is_backfill and _is_late(item, now)]
    is_mixed = len(policies) > 1
    return ResponseClock(
        policy_text="。".join(map(policy_text, policies.values())) or policy_text(policy),
        rates=tuple(by_policy.values()) if is_mixed else (),
        due=whole.due,
        done=whole.done,
        on_time=whole.on_time,
        overdue=whole.overdue,
        not_yet_due=whole.not_yet_due,
        median_hours=None if is_mixed else whole.median_hours,
        p90_hours=None if is_mixed else whole.p90_hours,
        backfilled=whole.backfilled,
        causes=_counted(_causes(item) for item in late),
        steps=_counted(_missed(item).values() for item in late),
        still_open=still_open,
    )


def _rate(version: str, timed: Sequence[TimedCase], now: datetime) -> ResponseRate:
    """Count the cases of one policy."""
    rated = [item for item in timed if not item.case.is_backfill]
    answered = [item for item in rated if item.clock.is_answered]
    expired = [item for item in rated if not item.clock.is_answered and _limit_passed(item, now)]
    on_time = [item for item in answered if not item.clock.is_late]
    hours = sorted(
        (item.clock.answered_at - item.clock.started_at).total_seconds() / 3600
        for item in answered
        if item.clock.answered_at
    )
    return ResponseRate(
        version=version,
        due=len(answered) + len(expired),
        done=len(answered),
        on_time=len(on_time),
        overdue=len(answered) + len(expired) - len(on_time),
        not_yet_due=len(rated) - len(answered) - len(expired),
        median_hours=round(median(hours), 1) if hours else None,
        p90_hours=round(_p90(hours), 1) if hours else None,
        backfilled=len(timed) - len(rated),
    )


def _is_late(item: TimedCase, now: datetime) -> bool:
    return item.clock.is_late if item.clock.is_answered else _limit_passed(item, now)


def open_measures(
    timed: Iterable[TimedCase], notifications: Mapping[str, Notification], period: Period, now: datetime
) -> tuple[OpenCase, ...]:
    """List the measures whose clock started before the end of the period and is not answered, the first due first.

    Backfills are left out: they are not rated.
    """
    found = []
    for item in timed:
        due = item.clock.next_due
        if due is None or item.case.is_backfill or item.clock.started_at >= period.end_instant:
            continue
        measure = notifications.get(item.case.notification_id)
        found.append(
            OpenCase(
                case_id=item.case.case_id,
                symbols=(measure.symbols if measure else ()) or item.case.symbols or (item.case.case_id,),
                member_zh=members_zh(measure) if measure else "",
                step_zh=due.milestone.label,
                due_at=due.due_at,
                is_overdue=now > due.due_at,
                is_of_month=item.clock.started_at >= period.first_instant,
                url=measure.url if measure else "",
            )
        )
    return tuple(sorted(found, key=lambda case: (case.due_at, case.case_id)))


def _missed(item: TimedCase) -> dict[str, str]:
    """Event to label of the milestones that were missed."""
    return {r.milestone.event: r.milestone.label for r in item.clock.readings if r.state in _MISSED}


def _causes(item: TimedCase) -> Iterable[str]:
    """Why its milestones were missed, each reason once a measure."""
    codes = (item.state.causes.get(event, "") for event in _missed(item))
    return dict.fromkeys(CAUSES_ZH.get(code, NO_CAUSE) for code in codes)


def _counted(groups: Iterable[Iterable[str]]) -> tuple[Counted, ...]:
    counts = Counter(name for group in groups for name in group)
    return tuple(Counted(name, n) for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


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
