"""`tbtwatch report`: drafts 《境外技术性贸易措施风险信息提示》 as .html, .docx and .pdf, public and restricted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pipeline.bulletin.counting import count_breakdown, count_totals
from pipeline.bulletin.items import bulletin_items, deadlines, relevance
from pipeline.bulletin.response import read_response
from pipeline.bulletin.wording import COUNTING_RULE, issue_message
from pipeline.clock import SHANGHAI, to_shanghai
from pipeline.context import Context, Run, run_step
from pipeline.steps.open_cases import load_timing, read_timed_cases
from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts, IssueCount, Issuer, SourceState, inconsistencies
from reports.fonts import plan_fonts
from reports.render.docx import render_docx
from reports.render.html import render_html
from reports.render.pdf import render_pdf
from warehouse.bulletin_facts import (
    Period,
    counted_symbols,
    first_distribution,
    issue_counts,
    n_undated,
    record_file,
    relevant_lines,
    source_states,
)
from warehouse.check import run_checks
from warehouse.connection import Connection
from warehouse.errors import InputError, StageError
from warehouse.facts import chinese_titles, read_notifications, read_open_lines

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_FIRST_YEAR = 1995
TITLE = "境外技术性贸易措施风险信息提示"


def draft_report(context: Context, month: str, *, out: Path | None = None) -> tuple[Run, tuple[Path, ...]]:
    """Draft the bulletin of `month` (YYYY-MM) and return the files written.

    The public version names no firm; the restricted one, in a folder of its own, does. Drafting again replaces the
    drafts. Raises InputError for a month that has not begun or cannot be read, StageError when figures do not add up.
    """
    period = read_month(month, context.now)
    folder = out or context.home.reports / month
    with run_step(context, "report", arguments={"month": month}) as run:
        written: list[Path] = []
        for firm_names in (False, True):
            facts = bulletin_facts(run.con, context, period, firm_names=firm_names)
            wrong = inconsistencies(facts)
            if wrong:
                raise StageError("统计数字前后不一致：" + "；".join(wrong), "文稿未生成；请把本提示告知维护人员。")
            target = folder / "内部版" if firm_names else folder
            for name, content in render(facts, context).items():
                path = target / f"{TITLE}_{month}{'_内部' if firm_names else ''}.{name}"
                _write(path, content)
                record_file(
                    run.con,
                    month=month,
                    file_name=str(path.relative_to(folder)),
                    sha256=hashlib.sha256(content).hexdigest(),
                    run_id=run.run_id,
                    now=run.now,
                )
                written.append(path)
        run.counts.update(
            n_symbols=facts.totals.n_symbols,
            n_measures=facts.totals.n_measures,
            n_relevant=facts.relevance.n_measures,
            n_firms=facts.relevance.n_firms,
            n_files=len(written),
        )
    return run, tuple(written)


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


def bulletin_facts(con: Connection, context: Context, period: Period, *, firm_names: bool) -> BulletinFacts:
    """Put together everything that an issue says."""
    now, settings = context.now, context.settings
    issue_date = to_shanghai(now).date()
    timing = load_timing(context.home)
    timed = read_timed_cases(con, now, timing)
    cases = {item.case.case_id: item for item in timed}
    notifications = {n.notification_id: n for n in read_notifications(con)}
    rows = counted_symbols(con, period.first_day, period.last_day)
    lines = relevant_lines(con, period)
    in_month = [
        item
        for current in timed
        for item in timing.rounds(current.case, now)
        if period.first_instant <= item.clock.started_at < period.end_instant
    ]
    return BulletinFacts(
        year=period.first_day.year,
        month=period.first_day.month,
        issuer=Issuer(name=settings.office.issuer, contact=settings.office.phone),
        serial=None,
        issue_date=issue_date,
        generated_at=now,
        firm_names=firm_names,
        counting_rule=COUNTING_RULE.format(n_undated=n_undated(con)),
        totals=count_totals(rows, **_history(con, period)),
        breakdown=count_breakdown(rows),
        relevance=relevance(lines, cases, n_firms_on_list=len({line.exporter_id for line in read_open_lines(con)})),
        response=read_response(in_month, timing.in_force, now),
        items=bulletin_items(
            lines, cases, notifications, chinese_titles(con), issue_date=issue_date, firm_names=firm_names
        ),
        deadlines=deadlines(timed, notifications, issue_date=issue_date),
        issues=_data_issues(con, period),
        sources=tuple(
            SourceState(
                name=row["title"],
                n_notifications=row["n_notifications"],
                first_collected_at=row["first_collected_at"],
                last_collected_at=row["last_collected_at"],
                note="" if row["is_counted"] else "不计入通报件数",
            )
            for row in source_states(con, period)
        ),
        simulated=settings.report.simulated,
    )


def render(facts: BulletinFacts, context: Context) -> Mapping[str, bytes]:
    """Render one issue in its three forms, by file ending. Fonts that had to be substituted are printed in it."""
    own = context.settings.report.font_folder
    fonts = plan_fonts([Path(own).expanduser()] if own else [])
    document = compose_bulletin(replace(facts, substituted_fonts=fonts.sentences()))
    return {
        "html": render_html(document).encode(),
        "docx": render_docx(document, fonts),
        "pdf": render_pdf(document, fonts),
    }


def _history(con: Connection, period: Period) -> dict[str, int | None]:
    """Count earlier windows, None where the record does not reach back to their first day."""
    first = first_distribution(con)
    before = (period.first_day - timedelta(days=1)).replace(day=1)
    year_ago = period.first_day.replace(year=period.first_day.year - 1)
    year_ago_end = (year_ago + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    january = period.first_day.replace(month=1)

    def count(first_day: date, last_day: date) -> int | None:
        covered = first is not None and first <= first_day
        return len(counted_symbols(con, first_day, last_day)) if covered else None

    return {
        "previous_month": count(before, period.first_day - timedelta(days=1)),
        "same_month_last_year": count(year_ago, year_ago_end),
        "year_to_date": count(january, period.last_day),
    }


def _data_issues(con: Connection, period: Period) -> tuple[IssueCount, ...]:
    found = [
        IssueCount(issue_message(row["code"], row["example"]), row["n"])
        for row in issue_counts(con, period.end_instant)
    ]
    return (*found, *(IssueCount(finding.description, finding.n_rows) for finding in run_checks(con)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise StageError(
            f"无法写入文稿：{path}（{error.strerror}）", "请检查文稿是否正被打开、输出文件夹是否可写，再重新运行。"
        ) from error
