"""`tbtwatch report release`, `report withdraw`, `report issues`: numbers are given once, files are frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.clock import to_shanghai
from pipeline.clock_limits import write_limits
from pipeline.context import Context, Run, run_step
from pipeline.steps.case_acts import require
from pipeline.steps.draft_report import both_versions, read_month, require_consistent
from pipeline.steps.issue_corrections import open_corrections
from pipeline.steps.issue_files import (
    MANIFEST,
    issue_contents,
    keep_standing,
    manifest_of,
    put_aside_withdrawn,
    require_place_free,
    sha256_of,
    sha256_of_file,
    stage,
)
from pipeline.steps.open_cases import load_timing
from pipeline.steps.public_check import require_public
from pipeline.steps.render_issue import RESTRICTED_FOLDER
from reports.bulletin.facts import BulletinFacts, Serial
from reports.bulletin.frozen import freeze
from reports.bulletin.highlights import chosen, is_machine
from warehouse.bulletin_facts import Period
from warehouse.check import run_checks
from warehouse.connection import Connection, open_reader, transaction
from warehouse.errors import InputError
from warehouse.issues_released import (
    Frozen,
    ReleasedIssue,
    add_issue,
    issue_in_force,
    next_numbers,
    read_issues,
    withdraw_issue,
)
from warehouse.publish import publish
from warehouse.records import Issue, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How a call of `report release` ended; `is_new` is False where the month had been released before."""

    issue: ReleasedIssue
    files: tuple[Path, ...]
    is_new: bool
    restored: tuple[str, ...] = ()


def release_issue(context: Context, month: str, *, by: str, anyway: str = "") -> tuple[Run, Release]:
    """Give the issue of `month` its numbers and freeze its facts, files and data, in one transaction.

    A month that was released before is only looked at (`keep_standing`). Raises InputError for a month that is not
    over, for officers' texts that are not for the public, and where data checks fail or items of part 三 were judged by
    nobody, unless `anyway` says why it goes out all the same; StageError while figures do not add up.
    """
    require(by, "签发人", "--by")
    period = read_month(month, context.now)
    with run_step(context, "report-release", arguments={"month": month, "anyway": anyway}) as run:
        before = issue_in_force(run.con, month)
        if before is not None:
            standing = keep_standing(run.con, context, before)
            _look_at_snapshot(run, context, before)
            return run, Release(issue=before, files=standing.files, is_new=False, restored=standing.restored)
        if to_shanghai(run.now).date() <= period.last_day:
            raise InputError(f"{month} 尚未结束，不能印发。", "月份结束后再运行；现在可用 tbtwatch report 生成草稿。")
        folder = context.home.reports / month
        put_aside_withdrawn(run.con, folder, month)
        require_place_free(folder)
        released = _release(run, context, month, period, by=by.strip(), anyway=anyway.strip())
        standing = keep_standing(run.con, context, released)
        run.counts["n_files"] = len(standing.files)
    return run, Release(issue=released, files=standing.files, is_new=True)


def withdraw(context: Context, month: str, *, by: str, reason: str) -> tuple[Run, ReleasedIssue]:
    """Withdraw the issue of `month`. Its numbers stay taken, its files are moved aside, its corrections are open again.

    Raises InputError where the month has no issue in force, or who and why are not said.
    """
    require(by, "经办人", "--by")
    require(reason, "撤回原因", "--reason")
    read_month(month, context.now)
    with run_step(context, "report-withdraw", arguments={"month": month, "reason": reason}) as run:
        issue = issue_in_force(run.con, month)
        if issue is None:
            raise InputError(f"{month} 没有已印发的期次。", "已印发的期次见 tbtwatch report issues。")
        withdraw_issue(run.con, issue.overall, by=by.strip(), reason=reason.strip(), now=run.now)
        put_aside_withdrawn(run.con, context.home.reports / month, month)
    return run, issue


def list_issues(context: Context) -> tuple[ReleasedIssue, ...]:
    """Return all issues, the latest first."""
    with open_reader(context.home.warehouse) as con:
        return read_issues(con)


def objections(con: Connection, facts: BulletinFacts) -> tuple[str, ...]:
    """What stands against a release and an officer may overrule: failed data checks, items that nobody judged."""
    failed = run_checks(con, least=Severity.WARNING)
    found = [f"数据检查未通过：{each.description}（{each.n_rows}条，如{each.sample}）" for each in failed]
    unjudged = [item for item in chosen(facts.items) if is_machine(item)]
    return (*found, *(f"未经人工研判：{'、'.join(item.symbols) or item.case_id}" for item in unjudged))


def _release(run: Run, context: Context, month: str, period: Period, *, by: str, anyway: str) -> ReleasedIssue:
    corrections = open_corrections(run.con, run.now)
    versions = both_versions(run.con, context, period, corrections)
    public, restricted = versions.public.facts, versions.restricted
    require_consistent(public)
    require_consistent(restricted)
    if versions.public.withheld:
        raise InputError(
            f"{month} 不能印发，公开版不得印出：\n  "
            + "\n  ".join(f"{each.message}；改写：{each.command}" for each in versions.public.withheld),
            "请逐条改写后再印发，企业改称“相关企业”等；此项不能用 --anyway 越过。",
        )
    against = objections(run.con, public)
    if against and not anyway:
        raise InputError(
            f"{month} 暂不能印发：\n  " + "\n  ".join(against),
            "请先研判、核对数据；确需印发的，加 --anyway 写明理由，理由将记录在案。",
        )
    settings = context.settings.report
    in_year, overall = next_numbers(
        read_issues(run.con),
        period.first_day.year,
        first_overall=settings.first_overall,
        first_in_year=settings.first_in_year,
    )
    serial = Serial(in_year=in_year, overall=overall)
    public, restricted = replace(public, serial=serial), replace(restricted, serial=serial)
    contents = issue_contents(public, restricted, month, context)
    outside = {name: content for name, content in contents.items() if not name.startswith(f"{RESTRICTED_FOLDER}/")}
    require_public(outside, versions.firms, own=(public.issuer.name, public.issuer.contact))
    frozen = Frozen(public=freeze(public), restricted=freeze(restricted))
    snapshot = _snapshot(run, context)
    issue = ReleasedIssue(
        overall=overall,
        report_month=month,
        year=period.first_day.year,
        in_year=in_year,
        released_at=run.now,
        released_by=by,
        in_spite_of="；".join((*against, f"理由：{anyway}")) if against else "",
        facts_sha256=sha256_of(frozen.public.encode()),
        tool_version=context.tool_version,
        snapshot=snapshot.name,
        snapshot_sha256=sha256_of_file(snapshot),
    )
    hashes = {name: sha256_of(content) for name, content in contents.items()}
    manifest = manifest_of(issue, hashes)
    stage(context.home.reports / month, {**contents, MANIFEST: manifest})
    # from here on the issue exists: whatever stops the run, the next one finds the number and the staged files
    with transaction(run.con):
        add_issue(run.con, issue, frozen, {**hashes, MANIFEST: sha256_of(manifest)}, corrections, run_id=run.run_id)
    return issue


def _snapshot(run: Run, context: Context) -> Path:
    """Publish a copy of the data that the issue was made of; `publish` keeps the copies that issues name."""
    write_limits(run.con, load_timing(context.home))
    publication = publish(
        run.con,
        context.home.publish,
        firm_names=context.settings.publish.firm_names,
        keep=context.settings.publish.keep,
        parquet_hours=context.settings.publish.parquet_hours,
        version=context.tool_version,
        now=context.now,
    )
    return publication.path


def _look_at_snapshot(run: Run, context: Context, issue: ReleasedIssue) -> None:
    path = context.home.publish / issue.snapshot
    if path.exists() and sha256_of_file(path) == issue.snapshot_sha256:
        return
    run.issues.append(
        Issue(
            code="snapshot-differs",
            severity=Severity.WARNING,
            message=f"{issue.name_zh}的数据快照{'被改动' if path.exists() else '不在'}：{path}",
            next_step="文稿不受影响；需要复核数据的，请从备份恢复该文件。",
            subject=issue.report_month,
        )
    )
