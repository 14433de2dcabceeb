"""通报评议: the comment dossier of a case, and all deadlines as a calendar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.impact import impacts_in_force
from pipeline.response_advice import CommentState, deadlines
from pipeline.steps.open_cases import Timing, load_timing, read_timed_cases
from pipeline.steps.show_case import KEY_FIRM_ZH, RELATIONS_ZH, ShownCase, show_case, shown_cases
from pipeline.worktime import last_working_day_before
from reports.calendar import DeadlineEntry, deadlines_calendar
from reports.comments import compose_dossier
from reports.comments.facts import (
    AffectedProduct,
    CommentFacts,
    Decision,
    FirmFeedback,
    Submission,
    SubmissionState,
)
from reports.fonts import plan_fonts
from reports.render.docx import render_docx
from warehouse.cases import CasePair
from warehouse.connection import open_reader
from warehouse.facts import exporter_marks, exporter_names
from warehouse.members import member_zh
from warehouse.reference import objective_zh, what_it_is_zh

RECIPIENTS_ZH = {
    "customs": "武汉海关",
    "base": "技术性贸易措施研究评议基地",
    "centre": "中国WTO/TBT-SPS国家通报咨询中心",
}
_LEVELS_ZH = {"warning": "预警", "watch": "关注", "reference": "参考", "none": ""}
SAMPLE_FIRM_ZH = "〔样本〕"  # sample of the survey on the impact of technical trade measures
_DECISIONS = {"yes": True, "no": False}


def write_dossier(context: Context, key: str, path: Path, *, firm_names: bool) -> ShownCase:
    """Write the comment dossier of a case as .docx: what is known filled in, what an officer must write marked.

    Raises InputError where the key names no case.
    """
    shown = show_case(context, key)
    with open_reader(context.home.warehouse) as con:
        firms = exporter_names(con)
        marks = {firm: marks_text(*flags) for firm, flags in exporter_marks(con).items()}
    document = compose_dossier(comment_facts(shown, context, firms, marks=marks, firm_names=firm_names))
    own = context.settings.report.font_folder
    fonts = plan_fonts([Path(own).expanduser()] if own else [])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(render_docx(document, fonts))
    return shown


def marks_text(is_negotiation_key: bool, is_survey_sample: bool) -> str:
    """What stands behind the name of a firm: 〔重点〕, 〔样本〕, both or nothing."""
    return (KEY_FIRM_ZH if is_negotiation_key else "") + (SAMPLE_FIRM_ZH if is_survey_sample else "")


def comment_facts(
    shown: ShownCase, context: Context, firms: Mapping[str, str], *, marks: Mapping[str, str], firm_names: bool
) -> CommentFacts:
    """What the warehouse knows of a case, in the form of the dossier. `firms`, `marks`: names, marks by exporter_id.

    What a single firm lost is told in the restricted version only, as it would be of a survey (统计法: no data of one
    respondent).
    """
    impacts = {impact.exporter_id: impact.words for impact in impacts_in_force(shown.events)} if firm_names else {}
    note, case, state = shown.notification, shown.timed.case, shown.timed.state
    received = [event for event in shown.events if event.kind == "comment-received"]
    requested = [event for event in shown.events if event.kind == "comment-requested"]
    names = {pair.exporter_id: pair.exporter_name for pair in shown.pairs}
    submissions = tuple(
        Submission(
            recipient_zh=RECIPIENTS_ZH.get(event.code, event.code),
            state=SubmissionState.SENT,
            done_on=to_shanghai(event.occurred_at).date(),
            note=event.detail,
        )
        for event in shown.events
        if event.kind == "comment-submitted"
    )
    reason = next((event.detail for event in reversed(shown.events) if event.kind == "comment-decided"), "")
    proposed = [event for event in shown.events if event.kind == "concern-proposed"]
    return CommentFacts(
        symbols=case.symbols,
        member_zh="、".join(member_zh(code) for code in note.member_codes),
        area=note.area,
        kind_zh=what_it_is_zh(note),
        title=note.title,
        title_lang=note.lang,
        title_zh=shown.title.text if shown.title.is_translated else "",  # a machine's is no text to sign
        products_text=note.products_text,
        hs=note.hs_codes,
        ics=note.ics_codes,
        objectives_zh=tuple(objective_zh(text) for text in note.objectives),
        distribution_date=note.distribution_date,
        comment_deadline=case.comment_deadline,
        comment_deadline_text=note.comment_deadline_text,
        adoption_text=note.adoption_text or _day(note.adoption_date),
        entry_text=note.entry_into_force_text or _day(note.entry_into_force_date),
        url=note.url,
        document_links=note.document_links,
        products=_products(shown.pairs),
        n_firms=len(names),
        n_asked=len(requested) and len(names) if requested else None,
        n_answered=len({event.code for event in received}) if requested or received else None,
        feedback=tuple(
            FirmFeedback(
                firm_name=firms.get(event.code, event.code),
                opinion=event.detail,
                marks=marks.get(event.code, ""),
                impact=impacts.get(event.code, ""),
                replied_on=to_shanghai(event.occurred_at).date(),
            )
            for event in received
        ),
        submit_comment=Decision(answer=_DECISIONS.get(state.comment), reason=reason),
        raise_concern=Decision(answer=True, reason=proposed[-1].detail) if proposed else Decision(),
        submissions=submissions,
        office=context.settings.office.issuer,
        contact=context.settings.office.phone,
        prepared_on=to_shanghai(context.now).date(),
        generated_at=context.now,
        firm_names=firm_names,
        simulated=context.settings.report.simulated,
    )


def write_calendar(context: Context, path: Path) -> int:
    """Write all deadlines of cases that are not closed as one .ics file; return how many entries it has."""
    timing = load_timing(context.home)
    with open_reader(context.home.warehouse) as con:
        timed = read_timed_cases(con, context.now, timing)
        shown = shown_cases(con, [item for item in timed if not (item.case.is_backfill or item.state.is_closed)])
    entries = [entry for item in shown for entry in _entries(item, timing, context.now)]
    domain = context.settings.office.email.rpartition("@")[2]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        deadlines_calendar(entries, context.now, domain, name="技贸措施办理时限"), encoding="utf-8", newline=""
    )
    return len(entries)


def _entries(shown: ShownCase, timing: Timing, now: datetime) -> list[DeadlineEntry]:
    case, note = shown.timed.case, shown.notification
    title = shown.title_zh

    def working_day_before(day: date, n: int) -> date:
        return last_working_day_before(day, n, timing.calendar)

    dates = deadlines(case.comment_deadline, note.distribution_date, to_shanghai(now).date(), working_day_before)
    found: list[tuple[str, str, date | datetime | None]] = [
        (f"clock-{reading.milestone.event}", f"{reading.milestone.label}时限", reading.due_at)
        for reading in shown.timed.clock.readings
        if reading.met_at is None
    ]
    if dates.state is not CommentState.CLOSED and shown.timed.state.comment != "no":
        found += [
            ("firms-by", "企业反馈意见截止", dates.firms_by),
            ("upward-by", "评议意见报送截止", dates.upward_by),
            ("stop-by", "评议最后工作日", dates.stop_by),
            ("comment-deadline", "评议截止", case.comment_deadline),
        ]
    return [
        DeadlineEntry(
            kind=kind,
            case_id=case.case_id,
            summary=f"{words}：{case.case_id}",
            when=when,
            description=title,
            url=note.url,
        )
        for kind, words, when in found
        if when is not None
    ]


def _products(pairs: tuple[CasePair, ...]) -> tuple[AffectedProduct, ...]:
    grouped: dict[str, list[CasePair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.product_name].append(pair)
    return tuple(
        AffectedProduct(
            name_zh=name,
            relation_zh=RELATIONS_ZH[same[0].relation],
            level_zh=_LEVELS_ZH[same[0].match_level],
            n_firms=len({pair.exporter_id for pair in same}),
            firm_names=tuple(dict.fromkeys(pair.exporter_name for pair in same)),
            firm_marks={
                pair.exporter_name: mark
                for pair in same
                if (mark := marks_text(pair.is_negotiation_key, pair.is_survey_sample))
            },
        )
        for name, same in grouped.items()
    )


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
