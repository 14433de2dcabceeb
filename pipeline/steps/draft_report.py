"""`tbtwatch report`: drafts 《境外技术性贸易措施风险信息提示》 and the workbook of its texts, public and restricted."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.bulletin.collect import bulletin_facts
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_version import PublicVersion, Withheld, public_version
from pipeline.bulletin.texts import sheet_rows, with_texts
from pipeline.clock import SHANGHAI, to_shanghai
from pipeline.context import Context, Run, run_step
from pipeline.steps.issue_corrections import open_corrections
from pipeline.steps.issue_files import copy_standing, keep_standing
from pipeline.steps.public_check import require_public
from pipeline.steps.render_issue import file_name, version_files
from reports.bulletin.facts import BulletinFacts, inconsistencies
from reports.bulletin.frozen import thaw
from reports.editing.outline import read_outline
from reports.editing.write_sheet import write_sheet
from warehouse.bulletin_facts import Period, record_file
from warehouse.bulletin_texts import drafted_hash, put_baseline, read_texts
from warehouse.connection import Connection
from warehouse.errors import InputError, StageError
from warehouse.facts import listed_firms
from warehouse.issues_released import PrintedCorrection, ReleasedIssue, issue_facts, issue_in_force
from warehouse.records import Issue, Severity

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_FIRST_YEAR = 1995
SHEET = "编辑表"


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What an issue says, officers' texts included: the restricted version, and the public one made of it."""

    restricted: BulletinFacts
    public: PublicVersion
    firms: FirmFinder  # of all firms ever listed: none may stand in what is public


def draft_report(context: Context, month: str, *, out: Path | None = None) -> tuple[Run, tuple[Path, ...]]:
    """Draft the bulletin of `month` (YYYY-MM) and return the files written; of a released month, the released files.

    The public version names no firm; the restricted one, in a folder of its own, does. Drafting again replaces the
    drafts; a file that somebody changed is kept under another name. Raises InputError for a month that has not begun
    or cannot be read, and where released files were altered; StageError when figures do not add up.
    """
    period = read_month(month, context.now)
    with run_step(context, "report", arguments={"month": month}) as run:
        released = issue_in_force(run.con, month)
        if released is None:
            written = _draft(run, context, month, period, out or context.home.reports / month)
        else:
            written = _released(run, context, released, out)
        run.counts["n_files"] = len(written)
    return run, written


def read_month(month: str, now: datetime) -> Period:
    """Read YYYY-MM: WTO dates are Geneva dates, the clock's month is Asia/Shanghai."""
    found = _MONTH.fullmatch(month)
    if not found:
        raise InputError(f"月份写法有误：{month}", "请写成 2026-06 这样的形式。")
    today = to_shanghai(now).date()
    year, number = int(found[1]), int(found[2])
    if (year, number) > (today.year, today.month):
        raise InputError(f"{year}年{number}月尚未开始。", "请核对 --month。")
    if year < _FIRST_YEAR:
        raise InputError(f"{month} 早于世界贸易组织成立（{_FIRST_YEAR}年），没有通报。", "请核对 --month。")
    first = date(year, number, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return Period(
        first_day=first,
        last_day=following - timedelta(days=1),
        first_instant=_midnight(first),
        end_instant=_midnight(following),
    )


def both_versions(
    con: Connection, context: Context, period: Period, corrections: tuple[PrintedCorrection, ...] = ()
) -> Versions:
    """Everything that an issue says: facts of the data, corrections of earlier issues, texts of officers."""
    facts = bulletin_facts(con, context, period, firm_names=True)
    facts = replace(facts, corrections=tuple(each.sentence for each in corrections))
    facts = with_texts(facts, read_texts(con, f"{period.first_day:%Y-%m}"))
    firms = FirmFinder(listed_firms(con))
    return Versions(restricted=facts, public=public_version(facts, firms), firms=firms)


def require_consistent(facts: BulletinFacts) -> None:
    """Raise StageError in words where the figures of an issue do not add up."""
    wrong = inconsistencies(facts)
    if wrong:
        raise StageError("统计数字前后不一致：" + "；".join(wrong), "文稿未生成；请把本提示告知维护人员。")


def _draft(run: Run, context: Context, month: str, period: Period, folder: Path) -> tuple[Path, ...]:
    contents: dict[str, bytes] = {}
    versions = both_versions(run.con, context, period, open_corrections(run.con, run.now))
    for facts in (versions.public.facts, versions.restricted):
        require_consistent(facts)
        files = version_files(facts, month, context)
        outline = read_outline(files[file_name(month, "docx", restricted=facts.firm_names)], month)
        put_baseline(run.con, month, outline.as_json(), is_restricted=facts.firm_names, now=run.now)
        contents |= files
        if not facts.firm_names:
            require_public(files, versions.firms, own=(facts.issuer.name, facts.issuer.contact))
            rows = sheet_rows(versions.restricted, read_texts(run.con, month), outline)
            contents[f"{SHEET}_{month}.xlsx"] = write_sheet(rows, month=month, made_at=run.now)
    for name, content in contents.items():
        next_step = f"尚未导入的，请运行 tbtwatch report edit --month {month} {{file}} --by 姓名"
        keep_changed(run, folder, month, name, next_step=next_step)
        write_file(folder / name, content)
        record_file(
            run.con,
            month=month,
            file_name=name,
            sha256=hashlib.sha256(content).hexdigest(),
            run_id=run.run_id,
            now=run.now,
        )
    run.issues[:0] = [_left_out(each) for each in versions.public.withheld]
    run.n_recorded += len(versions.public.withheld)  # told, not kept: they hold what must not be published
    _count(run, versions.restricted)
    return tuple(folder / name for name in contents)


def _left_out(withheld: Withheld) -> Issue:
    return Issue(
        code="public-text-withheld",
        severity=Severity.WARNING,
        message=f"{withheld.message}，公开版未印这段文字",
        next_step=f"{withheld.unfit.next_step.rstrip('。')}：{withheld.command}",
        subject=withheld.subject,
    )


def _released(run: Run, context: Context, issue: ReleasedIssue, out: Path | None) -> tuple[Path, ...]:
    """The files of a released issue: they are never drafted anew."""
    standing = keep_standing(run.con, context, issue)
    run.issues.append(
        Issue(
            code="month-released",
            severity=Severity.INFO,
            message=f"该月已于{to_shanghai(issue.released_at):%Y-%m-%d}印发为{issue.name_zh}，以下为正式文件，未重新起草",
            next_step="确需改动的，请先运行 tbtwatch report withdraw，或在下期更正。",
        )
    )
    _count(run, thaw(issue_facts(run.con, issue.overall).public))
    return standing.files if out is None else copy_standing(standing, context, out)


def _count(run: Run, facts: BulletinFacts) -> None:
    run.counts.update(
        n_symbols=facts.totals.n_symbols,
        n_measures=facts.totals.n_measures,
        n_relevant=facts.relevance.n_measures,
        n_firms=facts.relevance.n_firms,
    )


def keep_changed(run: Run, folder: Path, month: str, name: str, *, next_step: str) -> None:
    """Move a draft that somebody changed out of the way of the new one: nobody's work is written over.

    `next_step` says what to do with it; {file} in it is where it lies now.
    """
    path = folder / name
    before = drafted_hash(run.con, month, name)
    if not before or not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() == before:
        return
    places = (path.with_name(f"{path.stem}_改稿{number}{path.suffix}") for number in range(1, 1000))
    kept = next(place for place in places if not place.exists())
    path.rename(kept)
    run.issues.append(
        Issue(
            code="draft-kept",
            severity=Severity.INFO,
            message=f"原文稿有人改动过，已另存为{kept.name}",
            next_step=next_step.format(file=kept),
        )
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def write_file(path: Path, content: bytes) -> None:
    """Write a file as a whole, replacing what is there. StageError where that cannot be done."""
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise StageError(
            f"无法写入文稿：{path}（{error.strerror}）", "请检查文稿是否正被打开、输出文件夹是否可写，再重新运行。"
        ) from error
