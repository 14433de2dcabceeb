"""`tbtwatch survey`: counts of a period for 影响统计调查, on the screen and as a workbook. Reads only."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from pipeline.clock import SHANGHAI, to_shanghai
from pipeline.context import Context
from pipeline.response_advice import kind_codes, kind_names, measure_kinds
from reports.survey import SurveyReport, write_survey_workbook
from warehouse.connection import open_reader
from warehouse.errors import InputError, StageError
from warehouse.facts import read_notifications
from warehouse.survey import survey, survey_cases

_FIRST_YEAR = 1995  # of the WTO


def read_survey(context: Context, since: str, until: str, *, firm_names: bool) -> SurveyReport:
    """Count the cases that began from the day `since` to the day `until` in Shanghai, both included (YYYY-MM-DD).

    Raises InputError for a day that cannot be read, a period that ends before it begins, has not begun yet, or ends
    after this year.
    """
    first, last = read_period(since, until, to_shanghai(context.now).date())
    starts_at = _midnight(first)
    ends_at = _midnight(last + timedelta(days=1))
    with open_reader(context.home.warehouse) as con:
        cases = survey_cases(con, starts_at=starts_at, ends_at=ends_at)
        notes = {n.notification_id: n for n in read_notifications(con, [case.notification_id for case in cases])}
        kinds = {
            case.case_id: measure_kinds(
                note.title, note.description, note.products_text, note.objectives, note.keywords
            )
            for case in cases
            for note in [notes[case.notification_id]]
        }
        counted = survey(con, cases, kinds, starts_at=starts_at, ends_at=ends_at)
    names = kind_names()
    return SurveyReport(
        survey=counted,
        first_day=first,
        last_day=last,
        generated_at=to_shanghai(context.now),
        issuer=context.settings.office.issuer,
        kinds_zh={code: names[code] for code in kind_codes()},
        firm_names=firm_names,
        simulated=context.settings.report.simulated,
    )


def write_survey(report: SurveyReport, path: Path) -> None:
    """Write the workbook, replacing what is there.

    Raises InputError for another ending than .xlsx, StageError where the file cannot be written.
    """
    require_workbook(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_survey_workbook(report, path)
    except OSError as error:
        raise StageError(
            f"无法写入文件：{path}（{error.strerror}）", "请检查文件是否正被打开、文件夹是否可写。"
        ) from error


def require_workbook(path: Path) -> None:
    """Refuse a file name that is no workbook's."""
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"不支持的导出格式：{path.name}", "文件名请以 .xlsx 结尾。")


def read_period(since: str, until: str, today: date) -> tuple[date, date]:
    """Read the first and last day of a period. Raises InputError as `read_survey`."""
    first, last = _day(since, "--from"), _day(until, "--to")
    if first > last:
        raise InputError(f"起始日期 {first} 晚于截止日期 {last}。", "请检查 --from 和 --to 是否写反。")
    if first > today:
        raise InputError(f"统计期尚未开始：{first}", f"今天是 {today}，请写今天及以前的日期。")
    if last.year > today.year:
        raise InputError(f"截止日期太晚：{last}", f"请写 {today.year} 年底以前的日期。")
    return first, last


def _day(text: str, option: str) -> date:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=SHANGHAI).date()
    except ValueError:
        day = date.min
    if day.isoformat() != text:  # strptime takes 2026-6-1 too
        raise InputError(f"{option} 的日期无法识别：{text}", "请写成 2026-01-01 这样的形式。")
    if day.year < _FIRST_YEAR:
        raise InputError(f"{option} 的日期太早：{text}", f"请写 {_FIRST_YEAR} 年以后的日期。")
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
