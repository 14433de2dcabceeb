"""`tbtwatch report edit`: brings in what an officer wrote, from the workbook of texts or from the edited Word draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crawlers.formats import xlsx
from pipeline.bulletin.texts import by_slot, editable_slots
from pipeline.context import Context, Run, run_step
from pipeline.steps.case_acts import require
from pipeline.steps.draft_report import edited_facts, read_month
from reports.bulletin.facts import BulletinFacts
from reports.editing.compare import OutsideChange, changed_texts, nearest, outside_changes, tag_of, with_tags
from reports.editing.outline import bookmark_of, outline_from_json, read_outline
from reports.editing.read_sheet import read_sheet
from reports.editing.sheet import TextProblem, clean_text, load_layout, place_zh, state_of
from warehouse.bulletin_texts import NewText, OfficerText, add_texts, read_baselines, read_texts
from warehouse.connection import Connection, transaction
from warehouse.errors import InputError
from warehouse.facts import exporter_names
from warehouse.issues_released import issue_in_force
from warehouse.records import Issue, Severity

_SHORTEST_NAME = 4  # characters: a shorter name of a firm may be a common word
_OUTSIDE_ZH = {"changed": "改动", "added": "增加", "removed": "删去"}
Texts = Mapping[tuple[str, str], OfficerText]
Tags = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditReport:
    """What came of an edit: texts that were not taken, and changes outside what may be changed."""

    problems: tuple[TextProblem, ...]
    outside: tuple[OutsideChange, ...]


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

    A text that is there already is skipped, so a file may be brought in twice. Raises InputError for a file that cannot
    be read at all, a Word file that is no draft of this month, and a month that was released.
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
        facts = edited_facts(run.con, context, period, firm_names=False)
        texts = by_slot(read_texts(run.con, month))
        tags = tuple(tag_of(slot, case_id) for slot, case_id in editable_slots(facts))
        proposals, report, run.counts["n_blank"] = reader(run.con, month, path, texts, tags)
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


def _from_sheet(con: Connection, month: str, path: Path, texts: Texts, tags: Tags) -> _Read:
    with xlsx.Workbook(path):  # refuses, in words, what is missing, empty, encrypted, .xls, cut off or a bomb
        pass
    read = read_sheet(path.read_bytes(), path.name, month=month)
    found = []
    for entry in read.entries:
        present = texts.get((entry.slot, entry.case_id))
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


def _from_word(con: Connection, month: str, path: Path, texts: Texts, tags: Tags) -> _Read:
    edited = read_outline(path.read_bytes(), path.name)
    baselines = [
        outline_from_json(text) for text in (read_baselines(con, month, edited.drafted_at) if edited.drafted_at else ())
    ]
    if not baselines:
        raise InputError(
            f"文件“{path.name}”不是本系统生成的{month}文稿，或生成后已多次重新起草，无法比较改动。",
            "请核对 --month；内容复制到新文档的，请改在系统生成的文稿或编辑表中填写。",
        )
    if not edited.controls:
        raise InputError(
            f"文件“{path.name}”中的可编辑栏目已全部丢失，无法读取改动。", "请在编辑表中填写，或重新生成文稿后修改。"
        )
    baseline = nearest(baselines, edited)
    names = {bookmark_of(tag): tag for tag in (*(each.tag for each in baseline.controls), *tags)}
    baseline, edited = with_tags(baseline, names), with_tags(edited, names)
    found = []
    for change in changed_texts(baseline, edited):
        slot = _own_slot(change.slot, texts)
        present = texts.get((slot, change.case_id))
        written_since = present is not None and edited.drafted_at is not None and present.written_at > edited.drafted_at
        found.append(
            _Proposal(
                slot=slot,
                case_id=change.case_id,
                text=clean_text(change.text),
                place=place_zh(change.slot, change.case_id),
                is_stale=written_since,
                is_emptied=not change.text,
            )
        )
    report = EditReport(problems=(), outside=outside_changes(baseline, edited))
    return found, report, len(edited.controls) - len(found)


def _own_slot(slot: str, texts: Texts) -> str:
    """The slot of the nth hint that a Word file prints: it numbers those that are there, without the gaps."""
    name, _, number = slot.partition(":")
    if name != "hint":
        return slot
    taken = sorted(each for each, _ in texts if each.startswith("hint:"))
    free = [each for each in (f"hint:{n}" for n in range(1, 10)) if each not in taken]
    place = int(number) - 1
    return taken[place] if place < len(taken) else (free or [slot])[0]


def _judge(
    run: Run, proposals: list[_Proposal], facts: BulletinFacts, texts: Texts
) -> tuple[list[NewText], list[TextProblem]]:
    """The texts to be taken, and why others are not; what stands there already is counted and skipped."""
    slots = {*editable_slots(facts), *((f"hint:{number}", "") for number in range(1, 10))}
    names = [name for name in exporter_names(run.con).values() if len(name) >= _SHORTEST_NAME]
    accepted: list[NewText] = []
    problems: list[TextProblem] = []
    run.counts["n_repeated"] = 0
    for item in proposals:
        present = texts.get((item.slot, item.case_id))
        if _plain(item.text) == _plain(present.text if present else "") and not (item.is_emptied and present is None):
            run.counts["n_repeated"] += 1
            continue
        problem = _problem(item, present, slots, names)
        if problem is None:
            accepted.append(NewText(slot=item.slot, case_id=item.case_id, text=item.text))
        else:
            problems.append(TextProblem(place=item.place, message=problem[0], next_step=problem[1]))
    return accepted, problems


def _problem(
    item: _Proposal, present: OfficerText | None, slots: set[tuple[str, str]], names: list[str]
) -> tuple[str, str] | None:
    limit = load_layout().limit
    if (item.slot, item.case_id) not in slots:
        what = f"{item.case_id}已不在本期重点通报解读之列" if item.case_id else "本期没有这个栏目"
        return f"{what}，未采用", "请重新生成文稿和编辑表，核对后再填。"
    if item.is_stale:
        who = f"{present.written_by}已改写这段文字" if present else "这段文字已由他人恢复为初稿"
        return f"文件生成后，{who}，未采用", "请重新生成文稿和编辑表，在新文字上修改。"
    if item.is_emptied and present is None:
        return "文字被清空，未采用：系统初稿不能删除", "请写入新的文字。"
    if len(item.text) > limit:
        return f"共{len(item.text)}字，超过{limit}字", f"请删减到{limit}字以内。"
    named = next((name for name in names if name in item.text), None)
    if named is not None:
        return f"写有企业名称“{named}”，未采用：这段文字也印在公开版中", "请改为“相关企业”等说法。"
    return None


def _refused(problem: TextProblem, path: Path) -> Issue:
    return Issue(
        code="report-text-refused",
        severity=Severity.WARNING,
        message=f"{problem.place}：{problem.message.rstrip('。')}",
        next_step=problem.next_step,
        file_name=path.name,
    )


def _outside(change: OutsideChange, path: Path) -> Issue:
    where = f"“{change.heading}”下" if change.heading else ""
    return Issue(
        code="report-text-outside",
        severity=Severity.WARNING,
        message=f"{where}“{change.first_words}”在可编辑栏目以外被{_OUTSIDE_ZH[change.kind]}，未采用",
        next_step="数字、日期和表格取自数据库，请在研判或数据中更正；文字请写入可编辑栏目。",
        file_name=path.name,
    )


def _plain(text: str) -> str:
    return "".join(text.split())
