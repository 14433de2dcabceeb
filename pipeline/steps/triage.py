"""`tbtwatch triage`: open cases out to a workbook, officers' conclusions back in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.acts import Act, Conclusion
from pipeline.case_state import COMMENT_ZH
from pipeline.clock import time_left_zh
from pipeline.context import Context, Run, run_step
from pipeline.sla import MilestoneState
from pipeline.steps.case_acts import Planned, plan_acts, plan_conclusion, require, write_down
from pipeline.steps.open_cases import TimedCase, Timing, load_timing, read_timed_cases
from pipeline.steps.show_case import ShownCase, draft_of, pair_text, shown_cases
from pipeline.triage.read import read_workbook
from pipeline.triage.rows import CellProblem, TriageEntry, TriageRow
from pipeline.triage.write import write_workbook
from warehouse.cases import Case, CasePair, case_pairs, derive_events, has_event, read_cases
from warehouse.connection import transaction
from warehouse.errors import InputError
from warehouse.members import member_zh
from warehouse.records import Issue, Relation, Severity

# What may happen to a case without making an officer's reading of it stale.
_NO_PROGRESS = frozenset({"noted", "explained", "escalated", "assigned", "consulted", "impact-reported", "notified"})
_IN_THE_TABLE = "请在该行“超时原因”列选择原因后重新导入。"
LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考", "none": "—"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Accepted:
    entry: TriageEntry
    timed: TimedCase
    planned: Planned


def export_triage(context: Context, path: Path) -> Run:
    """Write the open cases to a workbook, the most urgent first; answered ones are left out.

    Raises InputError where the file is there already: somebody may have filled it in.
    """
    if path.exists():
        raise InputError(f"文件已存在：{path}", "可能已有人填写；请换一个文件名，或先移走该文件。")
    timing = load_timing(context.home)
    with run_step(context, "triage-export", arguments={"file": path.name}) as run:
        timed = [
            item for item in read_timed_cases(run.con, run.now, timing, everything=False) if not item.clock.is_answered
        ]
        pairs: dict[str, list[CasePair]] = {item.case.case_id: [] for item in timed}
        for pair in case_pairs(run.con, list(pairs)):
            pairs[pair.case_id].append(pair)
        rows = [_row(shown, pairs[shown.timed.case.case_id], timing, run.now) for shown in shown_cases(run.con, timed)]
        officers = sorted({item.state.owner for item in timed if item.state.owner})
        write_workbook(rows, path, export_id=run.run_id, made_at=run.now, officers=officers)
        run.counts["n_exported"] = len(rows)
    return run


def import_triage(context: Context, path: Path, *, by: str) -> tuple[Run, tuple[CellProblem, ...]]:
    """Apply what officers filled in, all good rows in one transaction; return the cells that were refused, and why.

    A row whose case moved on since the export is refused: the officer judged something else. A row that was applied
    before is skipped, so that a file may be imported twice. Raises InputError for a file that cannot be read at all.
    """
    require(by, "导入人", "--by")
    timing = load_timing(context.home)
    with run_step(context, "triage-import", arguments={"file": path.name}) as run:
        read = read_workbook(path)
        accepted: list[_Accepted] = []
        problems = list(read.problems)
        run.counts |= {"n_filled": len(read.entries) + _n_rows(read.problems), "n_blank": read.n_blank, "n_repeated": 0}
        for entry in read.entries:
            if has_event(run.con, entry.case_id, "concluded", f"{_cause(entry, read.export_id)}/{entry.conclusion}"):
                run.counts["n_repeated"] += 1
                continue
            try:
                accepted.append(_accept(run, entry, timing, by=by))
            except InputError as error:
                problems.append(_problem(entry, error))
        with transaction(run.con):
            for item in accepted:
                write_down(run.con, item.timed, item.planned, now=run.now, cause=_cause(item.entry, read.export_id))
            derive_events(run.con, now=run.now)
        run.counts["n_applied"] = len(accepted)
        run.counts["n_refused"] = _n_rows(problems)
        run.issues += [_issue(problem, path) for problem in problems]
    return run, tuple(problems)


def case_version(case: Case, pairs: Sequence[CasePair]) -> str:
    """A short text that changes when anything happens to a case or to what it concerns."""
    facts = sorted(event.event_id for event in case.events if event.kind not in _NO_PROGRESS)
    facts += sorted({f"{pair.line_id}:{pair.relation}:{pair.match_level}" for pair in pairs})
    return hashlib.sha256("|".join(facts).encode()).hexdigest()[:16]


def _accept(run: Run, entry: TriageEntry, timing: Timing, *, by: str) -> _Accepted:
    """What a row comes to. Raises InputError where the case is unknown, moved on, or does not allow it."""
    found = read_cases(run.con, only=entry.case_id)
    if not found:
        raise InputError(f"没有这个案件：{entry.case_id}", "请重新导出研判表。")
    timed = timing.timed(found[0], run.now)
    pairs = case_pairs(run.con, [entry.case_id])
    if case_version(timed.case, pairs) != entry.state:
        raise InputError("案件在导出后有新进展（后续通报、他人研判或重新匹配）", "请重新导出研判表，核对后再填。")
    actor = entry.owner or by
    cause = entry.cause or ""
    conclusion = Conclusion(
        conclusion=entry.conclusion,
        actor=actor,
        relation=Relation(entry.relation) if entry.relation and entry.conclusion != "none" else None,
        reason=entry.reason,
        owner=entry.owner,
        cause=cause,
    )
    planned = plan_conclusion(timed, pairs, conclusion, timing, run.now)
    more = []
    if entry.comment:
        words = COMMENT_ZH[entry.comment]
        more.append(Act(kind="comment-decided", code=entry.comment, actor=actor, detail=words))
    if entry.advice:
        more.append(Act(kind="advised", actor=actor, detail=entry.advice, cause=cause))
    events = plan_acts(timed, more, timing, run.now).events
    return _Accepted(entry=entry, timed=timed, planned=replace(planned, events=(*planned.events, *events)))


def _cause(entry: TriageEntry, export_id: str) -> str:
    return f"triage:{export_id}:{entry.digest}"


def _n_rows(problems: Sequence[CellProblem]) -> int:
    return len({"".join(filter(str.isdigit, problem.cell)) for problem in problems})


def _problem(entry: TriageEntry, error: InputError) -> CellProblem:
    return CellProblem(
        cell=f"A{entry.row}",
        header="案件",
        value=entry.case_id,
        message=error.message.rstrip("。"),
        next_step=_IN_THE_TABLE if "--cause" in error.next_step else error.next_step or "请核对该案件后再填。",
    )


def _issue(problem: CellProblem, path: Path) -> Issue:
    return Issue(
        code="triage-cell-refused",
        severity=Severity.ERROR,
        message=f"{problem.cell} 单元格：{problem.message}",
        next_step=problem.next_step,
        file_name=path.name,
        field_name=problem.header,
        value=problem.value,
    )


def _row(shown: ShownCase, pairs: Sequence[CasePair], timing: Timing, now: datetime) -> TriageRow:
    case, notification = shown.timed.case, shown.notification
    due = shown.timed.clock.next_due
    assert due is not None  # noqa: S101  (answered cases are not exported)
    draft = draft_of(shown, timing, now)
    return TriageRow(
        case_id=case.case_id,
        state=case_version(case, pairs),
        level_zh=LEVELS_ZH[shown.timed.state.conclusion or case.match_level],
        time_left=time_left_zh(due.due_at - now),
        due_zh=due.milestone.label,
        due_at=due.due_at,
        is_overdue=due.state is MilestoneState.OVERDUE,
        needs_cause=bool(shown.timed.unexplained),
        is_amber=due.state is MilestoneState.AMBER,
        members_zh="、".join(member_zh(code) for code in case.member_codes),
        symbols=case.symbols,
        title=case.title,
        title_zh=shown.title_zh,
        measure=notification.description,
        products=(notification.products_text,) if notification.products_text else (),
        pairs=tuple(pair_text(pair) for pair in shown.pairs),
        reasons=tuple(dict.fromkeys(pair.reason for pair in shown.pairs)),
        comment_deadline=case.comment_deadline,
        link=notification.url,
        draft_advice=draft.text if draft else "",
    )
