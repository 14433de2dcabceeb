"""`tbtwatch crawl SOURCE`: fetch into a landing folder without the database, then load that in one transaction."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crawlers.engine.card import SourceCard, card_names, read_card
from crawlers.engine.client import Surroundings
from crawlers.engine.exchange import Window
from crawlers.engine.live_check import LiveReading, check_source
from crawlers.engine.run import CrawlReport, crawl, keep_validators, open_spider, unfinished_folder
from pipeline.clock import read_now, to_shanghai
from pipeline.config import source_key
from pipeline.context import Context, Run, new_run_id, run_step
from warehouse.connection import open_reader
from warehouse.errors import InputError, TbtwatchError
from warehouse.facts import read_documents_due
from warehouse.load import SourceTitle, load_landing
from warehouse.query import fetch_all
from warehouse.records import Issue, Notification, Severity

_MAX_DOCUMENTS = 300  # notifications whose documents one run fetches: some ten minutes at one request a second


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
        report = _crawl(context, card, window, folder, base, _known(context, card, window))
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


def check_live(context: Context, names: Sequence[str], *, base_url: str | None = None) -> tuple[LiveReading, ...]:
    """Ask each of the named sources (all where none is named) once, politely, and say what differs from its card.

    Nothing is loaded; the bodies lie under `live-check` in the landing folder.
    """
    readings = []
    for name in names or card_names():
        card = read_card(name)
        window = choose_window(context, card, None, None)
        readings.append(_check_live(context, card, window, base_url or card.base_url))
    return tuple(readings)


def _check_live(context: Context, card: SourceCard, window: Window, base: str) -> LiveReading:
    folder = context.home.landing / "live-check" / new_run_id(context.now) / card.name
    try:
        key = source_key(context.settings.crawl, card.key_setting)
        return check_source(
            card,
            open_spider(card, key, _known(context, card, window)),
            window,
            folder,
            _surroundings(),
            base_url=base,
            user_agent=_user_agent(context),
        )
    except TbtwatchError as error:
        return LiveReading(source=card.name, differences=(error.message,))


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


def _known(context: Context, card: SourceCard, window: Window) -> tuple[Notification, ...]:
    """Return what a source starts from that reads about known notifications."""
    if card.starts_from != "documents" or not context.home.warehouse.exists():
        return ()
    with open_reader(context.home.warehouse) as con:
        return read_documents_due(con, since=window.since, until=window.until, limit=_MAX_DOCUMENTS)


def _crawl(
    context: Context,
    card: SourceCard,
    window: Window,
    folder: Path,
    base: str,
    known: tuple[Notification, ...],
) -> CrawlReport:
    return crawl(
        card,
        open_spider(card, source_key(context.settings.crawl, card.key_setting), known),
        window,
        folder,
        _surroundings(),
        base_url=base,
        user_agent=_user_agent(context),
    )


def _surroundings() -> Surroundings:
    return Surroundings(now=_audit_clock, monotonic=time.monotonic, sleep=time.sleep, jitter=random.random)


def _user_agent(context: Context) -> str:
    contact = context.settings.crawl.contact or context.settings.office.email
    return f"tbtwatch/{context.tool_version} (+{contact})"


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
