"""`tbtwatch crawl SOURCE`: fetch into a landing folder without the database, then load that in one transaction."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crawlers.engine.card import SourceCard, read_card
from crawlers.engine.client import Surroundings
from crawlers.engine.exchange import Window
from crawlers.engine.run import CrawlReport, crawl, keep_validators, open_spider, unfinished_folder
from pipeline.clock import read_now, to_shanghai
from pipeline.config import source_key
from pipeline.context import Context, Run, new_run_id, run_step
from warehouse.connection import open_reader
from warehouse.errors import InputError, TbtwatchError
from warehouse.load import SourceTitle, load_landing
from warehouse.query import fetch_all
from warehouse.records import Issue, Severity


def crawl_source(context: Context, name: str, *, since: date | None, until: date | None, base_url: str | None) -> Run:
    """Run one source and load what it brought.

    Without `since` the run starts some days before the last day covered (the card's overlap: late and back-dated
    records are found); without `until` it ends today in UTC. A run that was killed is continued, and what it had
    fetched is not asked for again. A run that fails loads nothing and leaves an issue that `status` shows.
    """
    card = read_card(name)
    window = choose_window(context, card, since, until)
    base = base_url or card.base_url
    arguments = {"since": window.since.isoformat(), "until": window.until.isoformat(), "base_url": base}
    folder = unfinished_folder(context.home.landing / name, window, base)
    resumed = folder is not None
    folder = folder or context.home.landing / name / new_run_id(context.now)
    try:
        report = _crawl(context, card, window, folder, base)
    except TbtwatchError as error:
        _record_failure(context, card, arguments, error)
        raise
    with run_step(context, "crawl", source=name, arguments={**arguments, "landing": folder.name}, creates=True) as run:
        title = SourceTitle(source=name, title=card.title, priority=card.priority)
        loaded = load_landing(run.con, folder, source=title, run_id=run.run_id, now=run.now)
        keep_validators(folder.parent, base, report.validators)
        run.counts.update(
            n_requests=report.n_requests,
            n_records=loaded.n_records,
            n_repeated=report.n_repeated,
            n_new=loaded.n_new,
            n_changed=loaded.n_changed,
            n_unchanged=loaded.n_unchanged,
            n_notifications_touched=loaded.n_notifications_touched,
            is_resumed=int(resumed),
            is_source_unchanged=int(report.is_unchanged),
        )
        run.issues.extend(loaded.issues)
        run.n_recorded = len(run.issues)
    return run


def choose_window(context: Context, card: SourceCard, since: date | None, until: date | None) -> Window:
    """Return the days to ask for; InputError when they lie the wrong way round."""
    last = until or context.now.astimezone(UTC).date()
    first = since or _first_day(context, card, last)
    if first > last:
        raise InputError(f"起始日期 {first} 晚于截止日期 {last}。", "请核对 --since 和 --until。")
    return Window(since=first, until=last)


def _first_day(context: Context, card: SourceCard, last: date) -> date:
    if context.home.warehouse.exists():
        with open_reader(context.home.warehouse) as con:
            for row in fetch_all(con, "queries/last_crawl", {"source": card.name}):
                covered = date.fromisoformat(row["until"])
                return min(covered, last) - timedelta(days=card.overlap_days)
    return last - timedelta(days=card.window_days)


def _crawl(context: Context, card: SourceCard, window: Window, folder: Path, base: str) -> CrawlReport:
    settings = context.settings
    contact = settings.crawl.contact or settings.office.email
    return crawl(
        card,
        open_spider(card, source_key(settings.crawl, card.key_setting)),
        window,
        folder,
        Surroundings(now=_audit_clock, monotonic=time.monotonic, sleep=time.sleep, jitter=random.random),
        base_url=base,
        user_agent=f"tbtwatch/{context.tool_version} (+{contact})",
    )


def _audit_clock() -> datetime:
    """The audit of requests tells real time, also in a replay: it is about what went over the wire."""
    return read_now()


def _record_failure(context: Context, card: SourceCard, arguments: dict[str, str], error: TbtwatchError) -> None:
    issue = Issue(
        code="crawl-failed",
        severity=Severity.ERROR,
        message=f"{to_shanghai(context.now):%Y-%m-%d %H:%M} 采集失败：{error.message}",
        next_step=error.next_step,
        subject=card.name,
    )
    with run_step(context, "crawl", source=card.name, arguments=arguments, creates=True) as run:
        run.issues.append(issue)
        run.is_failed = True
