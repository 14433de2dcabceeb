"""`tbtwatch report edit`: brings in what an officer wrote, from the workbook of texts or from the edited Word draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from crawlers.formats import xlsx
from pipeline.bulletin.collect import bulletin_facts
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_version import public_version
from pipeline.bulletin.public_words import find_unfit
from pipeline.bulletin.texts import by_slot, editable_slots, is_printed_as, with_texts
from pipeline.clock import to_shanghai
from pipeline.context import Context, Run, run_step
from pipeline.steps.case_acts import require
from pipeline.steps.draft_report import both_versions, read_month
from pipeline.steps.issue_corrections import open_corrections
from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts
from reports.editing.compare import (
    ChangedText,
    OutsideChange,
    changed_texts,
    nearest,
    outside_changes,
    tag_of,
    with_tags,
)
from reports.editing.outline import Outline, bookmark_of, outline_from_json, read_outline
from reports.editing.read_sheet import read_sheet
from reports.editing.sheet import TextProblem, clean_text, load_layout, place_zh, refusal, state_of
from reports.fonts import plan_fonts
from reports.render.docx import render_docx
from warehouse.bulletin_facts import Period
from warehouse.bulletin_texts import NewText, OfficerText, add_texts, read_baselines, read_texts
from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.facts import listed_firms
from warehouse.issues_released import issue_in_force
from warehouse.records import Issue, Severity

_OUTSIDE_ZH = {"changed": "改动", "added": "增加", "removed": "删去"}
Texts = Mapping[tuple[str, str], OfficerText]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditReport:
    """What came of an edit: texts that were not taken, and changes outside what may be changed."""

    problems: tuple[TextProblem, ...]
    outside: tuple[OutsideChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What a file is read against: the month, its texts, and the tags of what may be written."""

    con: Connection
    context: Context
    month: str
    period: Period
    texts: Texts
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proposal:
    slot: str
    case_id: str
    text: str
    place: str  # cell, or the part of the Word file
    is_stale: bool  # somebody else wrote another text there since the file was made
    is_emptied: bool = False


_Read = tuple[list[_Proposal], EditReport, int]  # what is proposed, what was refused on reading, untouched places


def edit_report(context: Context, month: str, path: Path, *, by: str) -> tuple[Run, EditReport]:
    """Merge the texts of an .xlsx or .docx into the month's texts, all good ones in one transaction.

    A text that is there already is skipped, so a file may be brought in twice. What somebody wrote since a file was
    made is never written over. Raises InputError for a file that cannot be read at all, one of another month, a Word
    file of a draft that is not known (any more), and a month that was released.
    """
    require(by, "经办人", "--by")
    period = read_month(month, context.now)
    readers: dict[str, Callable[..., _Read]] = {
        ".xlsx": _from_sheet,
        ".docx": _from_word,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(f"不能读取这种文件：{path.name}", "请用编辑表（.xlsx）或改过的文稿（.docx）。")
    if not path.is_file():
        raise InputError(f"没有这个文件：{path}", "请核对文件名。")
    with run_step(context, "report-edit", arguments={"month": month, "path": str(path)}) as run:
        released = issue_in_force(run.con, month)
        if released is not None:
            raise InputError(
                f"{month} 已印发为{released.name_zh}，不能再改。",
                "请在下期更正；必须重印的，先运行 tbtwatch report withdraw。",
            )
        facts = both_versions(run.con, context, period).restricted
        texts = by_slot(read_texts(run.con, month))
        tags = tuple(tag_of(slot, case_id) for slot, case_id in editable_slots(facts))
        desk = _Desk(con=run.con, context=context, month=month, period=period, texts=texts, tags=tags)
        proposals, report, run.counts["n_blank"] = reader(desk, path)
        accepted, problems = _judge(run, proposals, facts, texts)
        with transaction(run.con):
            add_texts(run.con, month, accepted, by=by.strip(), source_file=path.name, now=run.now)
        report = EditReport(problems=(*report.problems, *problems), outside=report.outside)
        run.counts["n_applied"] = len(accepted)
        run.counts["n_refused"] = len(report.problems)
        run.counts["n_outside"] = len(report.outside)
        run.issues += [_refused(problem, path) for problem in report.problems]
        run.issues += [_outside(change, path) for change in report.outside]
    return run, report


def _from_sheet(desk: _Desk, path: Path) -> _Read:
    with xlsx.Workbook(path):  # refuses, in words, what is missing, empty, encrypted, .xls, cut off or a bomb
        pass
    read = read_sheet(path.read_bytes(), path.name, month=desk.month)
    found = []
    for entry in read.entries:
        present = desk.texts.get((entry.slot, entry.case_id))
        found.append(
            _Proposal(
                slot=entry.slot,
                case_id=entry.case_id,
                text=entry.text,
                place=f"{entry.cell}（{place_zh(entry.slot)}）",
                is_stale=entry.state != state_of(present.text if present else ""),
            )
        )
    return found, EditReport(problems=read.problems, outside=()), read.n_blank


def _from_word(desk: _Desk, path: Path) -> _Read:
    """Compare a copy with the draft that it came from, by the moment of that draft in the file."""
    edited = read_outline(path.read_bytes(), path.name)
    if edited.month and edited.month != desk.month:
        raise refusal("month", found=edited.month, month=desk.month)
    moment = edited.drafted_at
    drafts = [outline_from_json(each) for each in read_baselines(desk.con, desk.month, moment)] if moment else []
    if not drafts or moment is None:
        raise InputError(
            f"文件“{path.name}”不是本系统生成的{desk.month}文稿，或生成后已多次重新起草，无法比较改动。",
            "请核对 --month；内容复制到新文档的，请改在系统生成的文稿或编辑表中填写。",
        )
    if not edited.controls:
        raise InputError(
            f"文件“{path.name}”中的可编辑栏目已全部丢失，无法读取改动。", "请在编辑表中填写，或重新生成文稿后修改。"
        )
    of_that_second = {key for key, text in desk.texts.items() if text.written_at.replace(microsecond=0) == moment}
    older = _drafts_before(desk, moment) if of_that_second else []
    tags = (*desk.tags, *(control.tag for draft in drafts for control in draft.controls))
    names = {bookmark_of(tag): tag for tag in tags}
    drafts, older = ([with_tags(each, names) for each in group] for group in (drafts, older))
    edited = with_tags(edited, names)
    baseline = nearest([*drafts, *older], edited)
    changed_in = [{tag_of(each.slot, each.case_id) for each in changed_texts(draft, edited)} for draft in older]
    found = []
    for change in changed_texts(baseline, edited):
        slot, is_known = _own_slot(change, desk.texts)
        present = desk.texts.get((slot, change.case_id))
        tag = tag_of(change.slot, change.case_id)
        if (slot, change.case_id) in of_that_second and not all(tag in changed for changed in changed_in):
            continue  # as the draft before said: not a word of whoever had this copy
        since = present is not None and (present.written_at >= moment or not is_printed_as(present, change.drafted))
        found.append(
            _Proposal(
                slot=slot,
                case_id=change.case_id,
                text=clean_text(change.text),
                place=place_zh(change.slot, change.case_id),
                is_stale=since or not is_known,
                is_emptied=not change.text,
            )
        )
    report = EditReport(problems=(), outside=outside_changes(baseline, edited))
    return found, report, len(edited.controls) - len(found)


def _drafts_before(desk: _Desk, moment: datetime) -> list[Outline]:
    """The drafts of a second as they were before the texts of that second; the kept ones may be those after them.

    With a stated `--now` all that is done happens in one second, of which the last drafts are kept.
    """
    context = replace(desk.context, now=moment)
    own = context.settings.report.font_folder
    fonts = plan_fonts([Path(own).expanduser()] if own else [])
    earlier = [text for text in desk.texts.values() if text.written_at < moment]
    corrections = tuple(each.sentence for each in open_corrections(desk.con, moment))
    whole = replace(bulletin_facts(desk.con, context, desk.period, firm_names=True), corrections=corrections)
    whole = with_texts(whole, earlier)
    found = []
    for facts in (public_version(whole, FirmFinder(listed_firms(desk.con))).facts, whole):
        document = compose_bulletin(replace(facts, substituted_fonts=fonts.sentences()))
        found.append(read_outline(render_docx(document, fonts), desk.month))
    return found


def _own_slot(change: ChangedText, texts: Texts) -> tuple[str, bool]:
    """The slot that a changed text belongs to, and whether what stood there when the draft was made still does.

    A Word file numbers the hints that are there, without the gaps: one is known again by what the draft printed.
    """
    if not change.slot.startswith("hint:"):
        return change.slot, True
    taken = sorted(slot for slot, _ in texts if slot.startswith("hint:"))
    same = next((slot for slot in taken if change.drafted and is_printed_as(texts[slot, ""], change.drafted)), "")
    if same:
        return same, True
    place = int(change.slot.partition(":")[2]) - 1
    free = [slot for slot in (f"hint:{number}" for number in range(1, 10)) if slot not in taken]
    return taken[place] if place < len(taken) else (free or [change.slot])[0], not change.drafted


def _judge(
    run: Run, proposals: list[_Proposal], facts: BulletinFacts, texts: Texts
) -> tuple[list[NewText], list[TextProblem]]:
    """The texts to be taken, and why others are not; what stands there already is counted and skipped."""
    slots = {*editable_slots(facts), *((f"hint:{number}", "") for number in range(1, 10))}
    firms = FirmFinder(listed_firms(run.con))
    accepted: list[NewText] = []
    problems: list[TextProblem] = []
    run.counts["n_repeated"] = 0
    for item in proposals:
        present = texts.get((item.slot, item.case_id))
        if _plain(item.text) == _plain(present.text if present else "") and not (item.is_emptied and present is None):
            run.counts["n_repeated"] += 1
            continue
        problem = _problem(item, present, slots, firms)
        if problem is None:
            accepted.append(NewText(slot=item.slot, case_id=item.case_id, text=item.text))
        else:
            problems.append(TextProblem(place=item.place, message=problem[0], next_step=problem[1]))
    return accepted, problems


def _problem(
    item: _Proposal, present: OfficerText | None, slots: set[tuple[str, str]], firms: FirmFinder
) -> tuple[str, str] | None:
    """Why a text is not taken and what to do; None where nothing stands against it."""
    if (item.slot, item.case_id) not in slots:
        what = f"{item.case_id}已不在本期重点通报解读之列" if item.case_id else "本期没有这个栏目"
        return f"{what}，未采用", "请重新生成文稿和编辑表，核对后再填。"
    if item.is_stale:
        who = "这段文字已由他人恢复为初稿"
        if present is not None:
            who = f"{present.written_by}已改写这段文字（{to_shanghai(present.written_at):%Y-%m-%d %H:%M}）"
        return f"文件生成后，{who}，未采用", "请重新生成文稿和编辑表，在新文字上修改。"
    if item.is_emptied and present is None:
        return "文字被清空，未采用：系统初稿不能删除", "请写入新的文字。"
    return _refusal(item.text, firms)


def _refusal(text: str, firms: FirmFinder) -> tuple[str, str] | None:
    """What a public issue must not print: too much, the name of a firm, how to reach a person."""
    limit = load_layout().limit
    if len(text) > limit:
        return f"共{len(text)}字，超过{limit}字", f"请删减到{limit}字以内。"
    unfit = find_unfit(text, firms)
    if unfit is not None:
        return f"写有{unfit.what}，未采用：这段文字也印在公开版中", unfit.next_step
    return None


def _refused(problem: TextProblem, path: Path) -> Issue:
    return Issue(
        code="report-text-refused",
        severity=Severity.WARNING,
        message=f"{problem.place}：{problem.message.rstrip('。')}",
        next_step=problem.next_step,
        file_name=path.name,
        field_name=problem.place,  # or one finding of a file would take the place of another
    )


def _outside(change: OutsideChange, path: Path) -> Issue:
    where = f"“{change.heading}”下" if change.heading else ""
    place = f"{where}“{change.first_words}”"
    return Issue(
        code="report-text-outside",
        severity=Severity.WARNING,
        message=f"{place}在可编辑栏目以外被{_OUTSIDE_ZH[change.kind]}，未采用",
        next_step="数字、日期和表格取自数据库，请在研判或数据中更正；文字请写入可编辑栏目。",
        file_name=path.name,
        field_name=place,
        value=_OUTSIDE_ZH[change.kind],
    )


def _plain(text: str) -> str:
    return "".join(text.split())
