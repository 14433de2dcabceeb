"""Dates of a notification, with an issue wherever one cannot be read."""

from __future__ import annotations

from datetime import date

from crawlers.formats.dates import from_value, looks_like_date
from crawlers.formats.reporting import RowIssues
from warehouse.records import Severity


def distribution_date(
    value: object, issues: RowIssues, field: str, *, epoch_1904: bool = False, may_be_missing: bool = False
) -> date | None:
    """The day of circulation; None where it is empty or unreadable, with an issue (text must be clean)."""
    found = from_value(value, epoch_1904=epoch_1904)
    if found is not None:
        return found
    if value is not None and value != "":
        issues.add(
            "distribution-date-unreadable",
            Severity.ERROR,
            f"散发日期“{value}”无法识别，该字段已留空。",
            field=field,
            value=value,
            next_step="请改为“年-月-日”或“日/月/年”格式后重新导入。",
        )
    elif not may_be_missing:
        issues.add(
            "distribution-date-missing",
            Severity.WARNING,
            "散发日期为空。",
            field=field,
            next_step="请对照通报原文补正后重新导入。",
        )
    return None


def date_or_text(value: object, issues: RowIssues, field: str, *, epoch_1904: bool = False) -> tuple[date | None, str]:
    """A date, or None and the text as given ("60 days from notification"), which is no fault of the source.

    A text that looks like a date but is none (`31/02/2025`) is kept as text and gets an issue.
    """
    if value is None or value == "":
        return None, ""
    found = from_value(value, epoch_1904=epoch_1904)
    if found is not None:
        return found, ""
    text = str(value)
    if looks_like_date(text):
        issues.add(
            "date-unreadable",
            Severity.WARNING,
            f"“{text}”像日期但无法按“年-月-日”或“日/月/年”识别，已作为文字保留。",
            field=field,
            value=text,
            next_step="请对照通报原文核实日期。",
        )
    return None, text
