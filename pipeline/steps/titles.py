"""`tbtwatch titles`: foreign titles out to a workbook, officers' translations back in; machine translation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.translation.chat import ChatTranslator
from models.translation.local import LocalTranslator
from models.translation.translator import ForeignTitle, Translated, Translator
from pipeline.chinese_titles import chinese_titles, fault_of_title
from pipeline.config import TranslateSettings, translate_key
from pipeline.context import Context, Run, run_step
from pipeline.steps.case_acts import require
from pipeline.steps.draft_report import read_month
from pipeline.title_sheet.read import read_titles
from pipeline.title_sheet.rows import TitleEntry, TitleProblem, TitleRow, load_layout, problem
from pipeline.title_sheet.write import write_titles
from pipeline.triage.rows import clean_text, digest_of
from warehouse.connection import Connection, open_reader
from warehouse.errors import InputError, StageError
from warehouse.facts import read_notifications
from warehouse.members import member_zh
from warehouse.records import Issue, Notification, Severity
from warehouse.translations import (
    BestTitle,
    NewTranslation,
    TitleKind,
    WantedTitle,
    best_titles,
    notification_titled,
    record_translations,
    wanted_titles,
)

_ORDER = (TitleKind.PENDING, TitleKind.MACHINE, TitleKind.OFFICER, TitleKind.PUBLIC)  # what needs an officer most
_CHUNK = 8  # titles asked for at a time: what was answered is kept when the translator fails


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Notifications of one title: one row to fill, one question to a model."""

    first: Notification
    all: tuple[Notification, ...]
    best: BestTitle
    is_in_case: bool


def export_titles(context: Context, path: Path, *, month: str = "") -> Run:
    """Write the titles that lack an officer's translation, those of cases and those without any rendering first.

    Without `month` (YYYY-MM) those of open cases that concern firms. Raises InputError where the file is there already:
    somebody may have filled it in.
    """
    if path.exists():
        raise InputError(f"文件已存在：{path}", "可能已有人填写；请换一个文件名，或先移走该文件。")
    with run_step(context, "titles-export", arguments={"file": path.name, "month": month}) as run:
        groups = [group for group in _groups(run.con, context, month) if _lacks_officer(group.best)]
        groups.sort(key=lambda group: (not group.is_in_case, _ORDER.index(group.best.kind)))
        write_titles([_row(group) for group in groups], path, made_at=run.now)
        run.counts["n_exported"] = len(groups)
    return run


def import_titles(context: Context, path: Path, *, by: str) -> tuple[Run, tuple[TitleProblem, ...]]:
    """Keep what officers filled in, all good rows at once; return the cells that were refused, and why.

    A row is refused where the title changed or another officer translated it since the export. A row that was imported
    before is skipped, so that a file may be imported twice. Raises InputError for a file that cannot be read at all.
    """
    require(by, "翻译人", "--by")
    with run_step(context, "titles-import", arguments={"file": path.name}) as run:
        read = read_titles(path)
        ids = [entry.notification_id for entry in read.entries]
        known = {item.notification_id: item for item in read_notifications(run.con, ids)}
        best = best_titles(run.con, ids)
        problems = list(read.problems)
        accepted: list[TitleEntry] = []
        run.counts |= {"n_filled": len(read.entries) + len(problems), "n_blank": read.n_blank, "n_repeated": 0}
        for entry in read.entries:
            present = best.get(entry.notification_id)
            fault = _fault(entry, known.get(entry.notification_id), present)
            if fault:
                problems.append(fault)
            elif _is_kept(present, entry.title_zh):
                run.counts["n_repeated"] += 1
            else:
                accepted.append(entry)
        made = [_by_officer(entry.notification_id, entry.title_zh, by) for entry in accepted]
        record_translations(run.con, made, known.values(), now=run.now)
        run.counts["n_applied"], run.counts["n_refused"] = len(accepted), len(problems)
        run.issues += [_issue(item, path) for item in problems]
    return run, tuple(problems)


def set_title(context: Context, key: str, text: str, *, by: str) -> tuple[Run, BestTitle]:
    """Keep an officer's translation of the title of one notification (symbol or id); return what counts now.

    Raises InputError for an unknown notification, a title that is Chinese already, or a text that is no Chinese title.
    """
    require(by, "翻译人", "--by")
    title_zh = " ".join(clean_text(text).split())
    fault = fault_of_title(title_zh)
    if fault:
        raise InputError(f"译名{fault}：{title_zh[:60]}", "请在 --text 后写明中文译名。")
    with run_step(context, "titles-set", arguments={"notification": key}) as run:
        [item] = read_notifications(run.con, [notification_titled(run.con, key)])
        present = best_titles(run.con, [item.notification_id]).get(item.notification_id)
        if present and present.kind is TitleKind.ORIGINAL:
            raise InputError(f"{key} 的原文标题即为中文：{item.title}", "不需要翻译。")
        record_translations(run.con, [_by_officer(item.notification_id, title_zh, by)], [item], now=run.now)
        run.counts["n_applied"] = 1
        return run, best_titles(run.con, [item.notification_id])[item.notification_id]


def translate_titles(context: Context, *, month: str = "", translator: Translator | None = None) -> Run:
    """Ask the configured translator for the titles that have no rendering at all; keep what passes the checks.

    Nothing holds the database while it works. What was answered before it failed is kept. Raises InputError where none
    is configured, StageError where it cannot work.
    """
    translator = translator or make_translator(context.settings.translate)
    with open_reader(context.home.warehouse) as con:
        groups = [g for g in _groups(con, context, month) if g.best.kind is TitleKind.PENDING]
    answered: list[tuple[_Group, Translated]] = []
    failure: StageError | None = None
    for start in range(0, len(groups), _CHUNK):
        chunk = groups[start : start + _CHUNK]
        try:
            answers = translator.translate([_told(group.first) for group in chunk])
        except StageError as error:
            failure = error
            break
        answered += zip(chunk, answers, strict=True)
    with run_step(context, "titles-translate", arguments={"month": month, "translator": translator.name}) as run:
        made = [
            NewTranslation(
                notification_id=group.first.notification_id,
                title_zh=answer.title_zh,
                kind=TitleKind.MACHINE,
                translator=translator.name,
            )
            for group, answer in answered
            if answer.title_zh
        ]
        record_translations(run.con, made, [group.first for group in groups], now=run.now)
        refused = [(group, answer) for group, answer in answered if not answer.title_zh]
        run.counts |= {"n_wanted": len(groups), "n_translated": len(made), "n_refused": len(refused)}
        run.issues += [_refused(group, answer) for group, answer in refused]
        if failure:
            left = f"（已译出{len(made)}条并保存，另有{len(groups) - len(answered)}条未译）"
            raise StageError(f"{failure.message}{left}", failure.next_step)
    return run


def make_translator(settings: TranslateSettings) -> Translator:
    """The translator that the settings name. Raises InputError where there is none, or where it is not set up."""
    if settings.by == "local":
        return LocalTranslator(
            settings.model,
            languages=settings.languages,
            allow_download=settings.allow_download,
            revision=settings.revision,
        )
    if settings.by == "http":
        return ChatTranslator(
            settings.url,
            model=settings.model,
            key=translate_key(settings),
            timeout_seconds=settings.timeout_seconds,
            attempts=settings.attempts,
            allow_http=settings.allow_http,
            wait=time.sleep,
        )
    raise InputError(
        "没有配置翻译工具。",
        "请在设置中写明 translate.by（local 或 http），见 docs/settings.md；也可用 titles export 导出后人工翻译。",
    )


def _groups(con: Connection, context: Context, month: str) -> list[_Group]:
    """The wanted titles, each once with all notifications that have it, in the order of the first."""
    first_day, last_day = _days(context, month)
    by_words: dict[tuple[str, BestTitle | None], list[WantedTitle]] = {}
    wanted = wanted_titles(con, first_day=first_day, last_day=last_day)
    notifications = {n.notification_id: n for n in read_notifications(con, [item.notification_id for item in wanted])}
    known = best_titles(con, list(notifications))
    for item in wanted:
        by_words.setdefault((item.words, known.get(item.notification_id)), []).append(item)
    firsts = {items[0].notification_id for items in by_words.values()}
    titles = chinese_titles(con, [notifications[key] for key in firsts])
    return [
        _Group(
            first=notifications[items[0].notification_id],
            all=tuple(notifications[item.notification_id] for item in items),
            best=titles[items[0].notification_id],
            is_in_case=any(item.is_in_case for item in items),
        )
        for items in by_words.values()
    ]


def _days(context: Context, month: str) -> tuple[date | None, date | None]:
    if not month:
        return None, None
    period = read_month(month, context.now)
    return period.first_day, period.last_day


def _lacks_officer(best: BestTitle) -> bool:
    return best.is_stale or best.kind not in (TitleKind.OFFICER, TitleKind.ORIGINAL)


def _row(group: _Group) -> TitleRow:
    layout, item, best = load_layout(), group.first, group.best
    symbols = dict.fromkeys(symbol for other in group.all for symbol in other.symbols or (other.notification_id,))
    members = dict.fromkeys(member_zh(code) for other in group.all for code in other.member_codes)
    summary = " ".join(item.description.split())
    return TitleRow(
        notification_id=item.notification_id,
        state=_state(best),
        symbols=tuple(symbols),
        members="、".join(members) or "、".join(item.member_names),
        language=layout.languages.get(item.lang, item.lang),
        title=item.title,
        summary=summary if len(summary) <= layout.summary else summary[: layout.summary - 1] + "…",
        present=best.text,
        source=layout.sources[best.kind.value].format(by=best.by),
    )


def _state(best: BestTitle | None) -> str:
    """What an officer said of a title; machines and bulletins may speak meanwhile without making a row stale."""
    said = best.text if best is not None and best.kind is TitleKind.OFFICER else ""
    return digest_of((said,))[:12]


def _fault(entry: TitleEntry, item: Notification | None, present: BestTitle | None) -> TitleProblem | None:
    if item is None:
        return problem("unknown", entry.cell, entry.title_zh)
    if "".join(entry.title.split()) != "".join(clean_text(item.title).split()):
        return problem("title-differs", entry.cell, entry.title_zh)
    if entry.state != _state(present) and not _is_kept(present, entry.title_zh):
        return problem("stale", entry.cell, entry.title_zh, present=present.text if present else "")
    return None


def _is_kept(present: BestTitle | None, title_zh: str) -> bool:
    return (
        present is not None and present.kind is TitleKind.OFFICER and not present.is_stale and present.text == title_zh
    )


def _by_officer(notification_id: str, title_zh: str, by: str) -> NewTranslation:
    return NewTranslation(
        notification_id=notification_id, title_zh=title_zh, kind=TitleKind.OFFICER, translator=by.strip()
    )


def _told(item: Notification) -> ForeignTitle:
    return ForeignTitle(title=item.title, lang=item.lang, description=item.description)


def _issue(item: TitleProblem, path: Path) -> Issue:
    return Issue(
        code="title-cell-refused",
        severity=Severity.ERROR,
        message=f"{item.cell} 单元格：{item.message}",
        next_step=item.next_step,
        file_name=path.name,
        field_name="中文译名",
        value=item.value,
    )


def _refused(group: _Group, answer: Translated) -> Issue:
    """No more than a remark: the title stays 待译, as it was."""
    return Issue(
        code="title-translation-refused",
        severity=Severity.INFO,
        message=f"{'、'.join(group.first.symbols) or group.first.notification_id}：机器译名未采用，{answer.refused}",
        next_step="请人工翻译：tbtwatch titles set，或 titles export 导出后填写。",
        subject=group.first.notification_id,
    )


def refused_cells(problems: Sequence[TitleProblem]) -> list[dict[str, str]]:
    """The refused cells for --json."""
    return [{"cell": item.cell, "message": item.message} for item in problems]
