"""Concerns and Chinese titles: loaded beside notifications, each version kept, the latest shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

from warehouse_sample import EXCHANGE, PLATFORM, load, notification, scalar

from crawlers.landing import LandingWriter
from warehouse.connection import Connection
from warehouse.facts import chinese_titles
from warehouse.load import LoadReport, SourceTitle, load_landing
from warehouse.records import ChineseTitle, Concern, ConcernObservation, TitleObservation

HOUR = timedelta(hours=1)
_RUNS = count(1)


def concern(n_times_raised: int = 3, **fields: str) -> ConcernObservation:
    stated = Concern(
        concern_id="TBT-900",
        area="TBT",
        title=fields.get("title", "Atlantis - lamps"),
        responding_members=("ATL",),
        raising_members=("CHN", "JPN"),
        first_raised=date(2025, 3, 1),
        n_times_raised=n_times_raised,
        symbols=("G/TBT/N/ATL/1",),
    )
    return ConcernObservation(source_key="900", payload={"n": n_times_raised}, concern=stated)


def title(symbol: str = "G/TBT/N/ATL/1", title_zh: str = "灯具法规草案", key: str = "1") -> TitleObservation:
    stated = ChineseTitle(symbol=symbol, title_zh=title_zh, published_date=date(2026, 3, 9))
    return TitleObservation(source_key=f"{key}#{symbol}", payload={"title": title_zh}, title=stated)


def bring(
    con: Connection,
    folder: Path,
    now: datetime,
    *items: ConcernObservation | TitleObservation,
    source: SourceTitle = PLATFORM,
) -> LoadReport:
    target = folder / f"landing-{next(_RUNS)}"
    with LandingWriter(target, source=source.source, run_id="r") as landing:
        for item in items:
            landing.write(item)
    return load_landing(con, target, source=source, run_id=f"r{next(_RUNS)}", now=now)


def test_the_same_concern_twice_adds_nothing(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    first = bring(warehouse, tmp_path, now, concern())
    again = bring(warehouse, tmp_path, now + HOUR, concern())
    assert (first.n_records, first.n_new, first.n_changed) == (1, 1, 0)
    assert (again.n_records, again.n_new, again.n_changed, again.n_unchanged) == (1, 0, 0, 1)
    assert scalar(warehouse, "SELECT last_seen_at FROM concerns") == now + HOUR


def test_the_version_shown_last_is_current(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    for times, moment in ((3, now), (4, now + HOUR), (3, now + 2 * HOUR)):
        bring(warehouse, tmp_path, moment, concern(times))
    assert scalar(warehouse, "SELECT count(*) FROM raw_concerns") == 2
    assert scalar(warehouse, "SELECT n_times_raised FROM concerns") == 3


def test_a_concern_is_shown_whole(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    bring(warehouse, tmp_path, now, concern())
    row = warehouse.execute(
        "SELECT raising_members, responding_members, first_raised, symbols, last_raised FROM concerns"
    ).fetchone()
    assert row == (["CHN", "JPN"], ["ATL"], date(2025, 3, 1), ["G/TBT/N/ATL/1"], None)


def test_the_better_source_names_a_notification(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    bring(warehouse, tmp_path, now, title(title_zh="低"), source=EXCHANGE)
    bring(warehouse, tmp_path, now, title(), title("G/TBT/N/ATL/2", "风扇"))
    assert chinese_titles(warehouse) == {"G/TBT/N/ATL/1": "灯具法规草案", "G/TBT/N/ATL/2": "风扇"}


def test_a_corrected_title_replaces_the_old_one(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    report = bring(warehouse, tmp_path, now, title(title_zh="错字"))
    assert report.n_new == 1
    report = bring(warehouse, tmp_path, now + HOUR, title())
    assert (report.n_new, report.n_changed) == (0, 1)
    assert chinese_titles(warehouse) == {"G/TBT/N/ATL/1": "灯具法规草案"}


def test_changes_are_told_field_by_field(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification(comment_deadline=date(2026, 5, 4)))
    changed = notification(comment_deadline=date(2026, 6, 4), hs_codes=("9405", "8539"), ics_codes=())
    load(warehouse, tmp_path, now + HOUR, changed)
    rows = warehouse.execute(
        "SELECT field_name, old_value, new_value, changed_at FROM notification_changes ORDER BY field_name"
    ).fetchall()
    assert rows == [
        ("comment_deadline", "2026-05-04", "2026-06-04", now + HOUR),
        ("hs_codes", "9405", "9405、8539", now + HOUR),
        ("ics_codes", "29.140", "", now + HOUR),
    ]


def test_what_never_changed_has_no_changes(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    for moment in (now, now + HOUR):
        load(warehouse, tmp_path, moment, notification())
    assert scalar(warehouse, "SELECT count(*) FROM notification_changes") == 0
