"""What officers do to cases: every act is one or more events, refused where the case or the clock does not allow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.acts import Act, Conclusion
from pipeline.case_state import CAUSES_ZH, CONCLUSIONS_ZH, why_not
from pipeline.context import Context, Run, run_step
from pipeline.impact import KIND as IMPACT
from pipeline.impact import read_impact
from pipeline.sla import MilestoneState
from pipeline.steps.open_cases import TimedCase, Timing, load_timing
from warehouse.cases import CaseEvent, CasePair, append_event, case_named, case_pairs, derive_events, read_cases
from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.facts import exporter_names, read_open_lines
from warehouse.judgements import Judgement, add_judgements
from warehouse.records import Relation

# What an officer must say besides their name, by what is done.
_SAID = {
    "advised": ("应对建议", "--text"),
    "notified": ("告知情况", "--text"),
    "told": ("告知情况", "--text"),
}
_REASONED = frozenset({"closed", "reopened", "explained"})  # these say why, all others say what


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What an act comes to, before anything is written."""

    events: tuple[CaseEvent, ...]
    judgements: tuple[Judgement, ...] = ()


def act_on_case(context: Context, key: str, act: Act) -> tuple[Run, TimedCase]:
    """Write down an act on the case that `key` (case, symbol or id) names; return the case as it then stands.

    Raises InputError for an unknown case, where nobody is named or nothing is said, where the case does not allow it,
    and where a limit was missed and no cause is given.
    """
    require(act.actor, "经办人", "--by")
    require(act.detail, *_SAID.get(act.kind, ("原因", "--reason") if act.kind in _REASONED else ("内容", "--text")))
    timing = load_timing(context.home)
    with run_step(context, f"case-{act.kind}", arguments={"case": key}) as run:
        timed = read_one(run.con, key, timing, run.now)
        if act.kind in ("consulted", "comment-received"):
            _require_firm(run.con, act.code)
        if act.kind == "told":
            _require_concerned(run.con, timed.case.case_id, act.code)
        if act.kind == IMPACT:
            _require_known_firm(run.con, read_impact(act.code).exporter_id)
        if act.kind == "assigned":
            require(act.code, "责任人", "--owner")
        if act.kind == "explained" and act.code.partition(":")[0] not in timed.unexplained:
            raise InputError(f"{timed.case.case_id}：该节点没有超时，或已说明原因。")
        carry_out(run.con, timed, plan_acts(timed, [act], timing, run.now), now=run.now)
        return run, read_one(run.con, timed.case.case_id, timing, run.now)


def conclude_case(context: Context, key: str, found: Conclusion) -> tuple[Run, TimedCase]:
    """Judge all pairs of a case at once and conclude on it. Raises as `act_on_case`, and where a reason is missing."""
    require(found.actor, "研判人", "--by")
    timing = load_timing(context.home)
    with run_step(context, "case-judge", arguments={"case": key}) as run:
        timed = read_one(run.con, key, timing, run.now)
        pairs = case_pairs(run.con, [timed.case.case_id])
        carry_out(run.con, timed, plan_conclusion(timed, pairs, found, timing, run.now), now=run.now)
        return run, read_one(run.con, timed.case.case_id, timing, run.now)


def read_one(con: Connection, key: str, timing: Timing, now: datetime) -> TimedCase:
    """Read the case that a key names, with its clock. Raises InputError where it names none."""
    [case] = read_cases(con, only=case_named(con, key))
    return timing.timed(case, now)


def plan_acts(timed: TimedCase, acts: Sequence[Act], timing: Timing, now: datetime) -> Planned:
    """The events of acts done together, with the causes of the limits that they miss. Raises InputError."""
    events: list[CaseEvent] = []
    for act in acts:
        refusal = why_not(timed.state, act.kind)
        if refusal:
            raise InputError(f"{timed.case.case_id}：{refusal}。")
        event = CaseEvent(
            kind=act.kind, occurred_at=now, code=act.code, actor=act.actor.strip(), detail=act.detail.strip()
        )
        for milestone in _missed_by(timed, event, timing, now):
            code = f"{milestone}:{require_cause(act.cause, timed.case.case_id)}"
            events.append(replace(event, kind="explained", code=code, detail=CAUSES_ZH[act.cause]))
        events.append(event)
    return Planned(events=tuple(dict.fromkeys(events)))


def plan_conclusion(
    timed: TimedCase, pairs: Sequence[CasePair], found: Conclusion, timing: Timing, now: datetime
) -> Planned:
    """The conclusion on a case, who is in charge, and the judgement of each of its pairs. Raises InputError."""
    if found.conclusion == "none":
        require(found.reason, "不相关的原因", "--reason")
    elif found.relation is Relation.NONE:
        raise InputError(
            f"{timed.case.case_id}：结论为{CONCLUSIONS_ZH[found.conclusion]}，关联度不能为无。", "请改写结论或关联度。"
        )
    elif not pairs:
        raise InputError(
            f"{timed.case.case_id}：已没有相关的企业产品。", "如确有关联，请用 tbtwatch judge 指明企业和产品。"
        )
    acts = [Act(kind="concluded", code=found.conclusion, actor=found.actor, detail=found.reason, cause=found.cause)]
    if found.owner.strip():
        owner = found.owner.strip()
        acts.append(Act(kind="assigned", code=owner, actor=found.actor, detail=f"责任人：{owner}"))
    if found.conclusion == "none":
        acts.append(
            Act(kind="closed", code="irrelevant", actor=found.actor, detail="研判为不相关，归档", cause=found.cause)
        )
    relation = Relation.NONE if found.conclusion == "none" else found.relation
    judgements = tuple(
        Judgement(
            notification_id=pair.notification_id,
            line_id=pair.line_id,
            relation=relation or pair.relation,
            reason=found.reason.strip(),
            judged_by=found.actor.strip(),
        )
        for pair in pairs
    )
    return replace(plan_acts(timed, acts, timing, now), judgements=judgements)


def carry_out(con: Connection, timed: TimedCase, planned: Planned, *, now: datetime) -> None:
    """Write down what was planned on one case, all or nothing."""
    with transaction(con):
        write_down(con, timed, planned, now=now)
        # the last firm that is told completes 企业告知
        if planned.judgements or any(event.kind == "told" for event in planned.events):
            derive_events(con, now=now)


def write_down(con: Connection, timed: TimedCase, planned: Planned, *, now: datetime, cause: str = "") -> None:
    """As `carry_out`, within a transaction of the caller, who derives the events of the judgements afterwards."""
    for event in planned.events:
        append_event(con, timed.case.case_id, event, now=now, cause=f"{cause}/{event.code}" if cause else "")
    add_judgements(con, planned.judgements, now=now)


def require(text: str, what: str, option: str) -> None:
    """Refuse a blank: who did it and why is what the record is for."""
    if not text.strip():
        raise InputError(f"{what}不能为空。", f"请在 {option} 后写明{what}。")


def require_cause(code: str, case_id: str) -> str:
    """Return the code of a cause, which a missed limit needs; InputError where there is none or nobody knows it."""
    if code not in CAUSES_ZH:
        known = "、".join(f"{key}（{words}）" for key, words in CAUSES_ZH.items())
        raise InputError(f"{case_id}：已超过时限，须写明超时原因。", f"请加 --cause，可选：{known}。")
    return code


def _require_firm(con: Connection, exporter_id: str) -> None:
    if exporter_id not in {line.exporter_id for line in read_open_lines(con)}:
        raise InputError(f"企业清单中没有：{exporter_id}", "请写企业清单中的企业编号。")


def _require_concerned(con: Connection, case_id: str, exporter_id: str) -> None:
    concerned = sorted({pair.exporter_id for pair in case_pairs(con, [case_id])})
    if exporter_id not in concerned:
        raise InputError(
            f"{case_id} 不涉及企业 {exporter_id or '（空）'}。",
            f"请写案件涉及的企业编号：{'、'.join(concerned) or '无'}。",
        )


def _require_known_firm(con: Connection, exporter_id: str) -> None:
    """A firm that is or was on the list: what it lost counts though it has left the list since."""
    if exporter_id not in exporter_names(con):
        raise InputError(f"企业清单中没有：{exporter_id}", "请写企业清单中的企业编号；案件涉及的企业见 case show。")


def _missed_by(timed: TimedCase, event: CaseEvent, timing: Timing, now: datetime) -> list[str]:
    """Milestones that this event meets or ends too late and for which no cause is known yet."""
    # whoever is told after the limit is told late, whether or not others are still to be told
    meets = {"concluded": "judged", "told": "notified"}.get(event.kind, event.kind)
    after = timing.timed(replace(timed.case, events=(*timed.case.events, replace(event, kind=meets))), now)
    return [
        reading.milestone.event
        for reading in after.clock.readings
        if reading.state is MilestoneState.MET_LATE
        and reading.milestone.event in after.unexplained
        and meets in (reading.milestone.event, "closed")
    ]
