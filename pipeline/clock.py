"""The only reader of the wall clock. `--now` replaces it for a whole run: replays and tests believe it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from warehouse.errors import InputError

_YEARS = range(1995, 3000)  # the WTO began in 1995; far outside, calendar arithmetic itself fails
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read_now(stated: str | None = None) -> datetime:
    """Return the moment of this run in UTC: `stated` (ISO 8601) if given, else the wall clock.

    A stated moment without a zone is Asia/Shanghai, the zone of the office. Raises InputError when it cannot be read.
    """
    if stated is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError as error:
        raise InputError(f"--now 的时间无法识别：{stated}", "请写成 2026-06-12T09:00+08:00 这样的形式。") from error
    if moment.year not in _YEARS:
        raise InputError(f"--now 的年份超出范围：{stated}", "请写 1995 年以后的时间，如 2026-06-12T09:00+08:00。")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=SHANGHAI)
    return moment.astimezone(UTC)


def to_shanghai(moment: datetime) -> datetime:
    """Return an instant as it is shown to officers."""
    return moment.astimezone(SHANGHAI)


def time_left_zh(left: timedelta) -> str:
    """How much time is left, or by how much it was missed: 18小时20分, 超时3小时5分."""
    minutes = int(abs(left).total_seconds() // 60)
    return f"{'超时' if left < timedelta(0) else ''}{minutes // 60}小时{minutes % 60}分"
