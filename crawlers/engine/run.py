"""One run of one source: fetch, read, keep, count, and only then call it finished."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from crawlers.engine.bodies import BodyStore
from crawlers.engine.card import SourceCard
from crawlers.engine.client import PoliteClient, Surroundings
from crawlers.engine.download import Download
from crawlers.engine.exchange import AskAgain, Client, Fetch, Fetched, Found, Missed, SchemaChanged, Spider, Window
from crawlers.landing import RUN, LandingWriter, content_hash
from warehouse.errors import InputError, StageError
from warehouse.records import Issue, Notification, Observed, Severity

PLAN = "plan.json"
REJECTED_PLAN = "plan.rejected.json"
_MAX_ASKED = 3  # times that one body may be doubted
VALIDATORS = "validators.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What a run fetched and read."""

    n_records: int
    n_repeated: int  # records that a later page showed again
    n_requests: int  # requests of this process; what a killed run had fetched is not asked again
    is_unchanged: bool  # the source had nothing newer than the last loaded run
    validators: Mapping[str, Mapping[str, str]]  # of the files that came, by path: for `keep_validators`


def open_spider(card: SourceCard, key: str, known: Sequence[Notification] = ()) -> Spider:
    """Return the spider of a source: class `Spider` of the module that bears the card's name.

    One that the card lets start from known notifications is given these.
    """
    kind = import_module(f"crawlers.spiders.{card.name}").Spider
    spider: Spider = kind(card, key, known) if card.starts_from else kind(card, key)
    return spider


def unfinished_folder(source_folder: Path, window: Window, base_url: str) -> Path | None:
    """Return the folder of a killed run with the same window and address, to be continued; None if there is none.

    Of several the latest one; folders are named by run ids, which sort by time.
    """
    for folder in sorted(source_folder.glob("*/"), reverse=True):
        plan = folder / PLAN
        is_open = plan.exists() and not (folder / RUN).exists()
        if is_open and json.loads(plan.read_text(encoding="utf-8")) == _plan(window, base_url):
            return folder
    return None


def crawl(
    card: SourceCard,
    spider: Spider,
    window: Window,
    folder: Path,
    surroundings: Surroundings,
    *,
    base_url: str,
    user_agent: str,
) -> CrawlReport:
    """Run a source into `folder` (named by the run id), new or left by a killed run.

    The landing folder is finished, and so can be loaded, only when every wish was fetched and read and the number of
    records is what the card expects. Raises StageError otherwise; what was fetched stays and is not asked again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_json(folder / PLAN, _plan(window, base_url))
    store = BodyStore(folder)
    finished = _read_validators(folder.parent).get(base_url, {})  # a mirror's say nothing about the source
    with (
        LandingWriter(folder, source=card.name, run_id=folder.name) as landing,
        _client(card, store, surroundings, base_url=base_url, user_agent=user_agent, finished=finished) as client,
    ):
        run = _Run(card, spider, window, store, client, landing)
        try:
            run.finish()
        except (SchemaChanged, AskAgain, InputError) as error:
            raise _changed(card, folder, error) from error
        for issue in _judge_amount(card, folder, len(run.seen), is_unchanged=run.is_unchanged):
            landing.issue(issue)
    return CrawlReport(
        n_records=len(run.seen),
        n_repeated=run.n_repeated,
        n_requests=client.n_requests,
        is_unchanged=run.is_unchanged,
        validators=run.marks,
    )


class _Run:
    """Wishes out, answers in, until nothing is wished any more."""

    def __init__(
        self,
        card: SourceCard,
        spider: Spider,
        window: Window,
        store: BodyStore,
        client: Client,
        landing: LandingWriter,
    ) -> None:
        self._card, self._spider, self._window = card, spider, window
        self._store, self._client, self._landing = store, client, landing
        self._wished: set[Fetch] = set()
        self._n_open = 0
        self._doubted: Counter[Fetch] = Counter()
        self.seen: set[tuple[str, str]] = set()
        self.n_repeated = 0
        self.is_unchanged = False
        self.marks: dict[str, Mapping[str, str]] = {}

    def finish(self) -> None:
        """Fetch and read everything. Raises what the client raises, and SchemaChanged, AskAgain or InputError."""
        for wish in self._spider.start(self._window):
            self._wish(wish)
        while self._n_open:
            answer = self._client.answer()
            self._n_open -= 1
            if isinstance(answer, Missed):
                self._landing.issue(_missed(self._card, answer))
            else:
                self._read(answer)

    def _wish(self, wish: Fetch) -> None:
        if wish not in self._wished:
            self._wished.add(wish)
            self._submit(wish)

    def _submit(self, wish: Fetch, *, first: bool = False) -> None:
        self._client.submit(wish, first=first)
        self._n_open += 1

    def _read(self, fetched: Fetched) -> None:
        wish = fetched.fetch
        self.is_unchanged = self.is_unchanged or fetched.unchanged
        try:
            for found in self._spider.parse(fetched, self._window):
                self._take(found)
        except AskAgain:
            self._doubted[wish] += 1
            if self._doubted[wish] == _MAX_ASKED:
                raise
            self._store.forget(wish)
            self._submit(wish, first=True)
        if wish.resumable and fetched.path:
            self.marks[wish.path] = Download(fetched.path).marks()

    def _take(self, found: Found) -> None:
        if isinstance(found, Fetch):
            self._wish(found)
        elif isinstance(found, Issue):
            self._landing.issue(found)
        elif (identity := _identity(found)) in self.seen:
            self.n_repeated += 1
        else:
            self.seen.add(identity)
            self._landing.write(found)


@contextmanager
def _client(
    card: SourceCard,
    store: BodyStore,
    surroundings: Surroundings,
    *,
    base_url: str,
    user_agent: str,
    finished: Mapping[str, Mapping[str, str]],
) -> Iterator[Client]:
    """The engine that the card names."""
    if card.engine == "scrapy":
        from crawlers.engine.site_client import SiteClient  # noqa: PLC0415  (a process of its own: only where needed)

        with SiteClient(card, store, base_url=base_url, user_agent=user_agent, now=surroundings.now()) as client:
            yield client
    else:
        with PoliteClient(
            card, store, surroundings, base_url=base_url, user_agent=user_agent, finished=finished
        ) as polite:
            yield polite


def keep_validators(source_folder: Path, base_url: str, validators: Mapping[str, Mapping[str, str]]) -> None:
    """Remember which files were loaded, so that the next run asks only for newer ones.

    For the caller, after the load: what was fetched but not loaded has to be fetched again.
    """
    if validators:
        known = _read_validators(source_folder)
        _write_json(source_folder / VALIDATORS, {**known, base_url: {**known.get(base_url, {}), **validators}})


def _changed(card: SourceCard, folder: Path, error: Exception) -> StageError:
    _reject(folder)
    return StageError(
        f"来源 {card.name} 的数据格式变了：{error}",
        f"本次未入库；原始应答已保存在采集文件夹 {folder.name} 的 raw 中，请交维护人员核对来源卡。",
    )


def _reject(folder: Path) -> None:
    """Keep the bodies of a run that was found wrong, but never continue it: they would be found wrong again."""
    (folder / PLAN).replace(folder / REJECTED_PLAN)


def _judge_amount(card: SourceCard, folder: Path, n_records: int, *, is_unchanged: bool) -> tuple[Issue, ...]:
    """Silence is never success: too little stops the run, too much and nothing at all are things to look at."""
    if is_unchanged:
        return ()
    if n_records < card.min_records:
        _reject(folder)
        raise StageError(
            f"来源 {card.name} 只取得 {n_records} 条，少于应有的 {card.min_records} 条，未入库。",
            "请核对来源网站是否正常；确属如此，请调整来源卡的 min_records。",
        )
    if n_records > card.max_records:
        text = f"来源 {card.name} 取得 {n_records} 条，多于通常的 {card.max_records} 条。"
        return (_issue("crawl-many", card, text, "请抽查是否重复或窗口有误。"),)
    if n_records == 0 and not card.starts_from:  # nothing may be due
        text = f"来源 {card.name} 在所查日期内没有记录。"
        return (_issue("crawl-empty", card, text, "请到来源网站核对该时段是否确无通报。"),)
    return ()


def _issue(code: str, card: SourceCard, message: str, next_step: str) -> Issue:
    return Issue(code=code, severity=Severity.WARNING, message=message, next_step=next_step, subject=card.name)


def _missed(card: SourceCard, missed: Missed) -> Issue:
    return Issue(
        code="fetch-missed",
        severity=Severity.WARNING,
        message=missed.message,
        next_step=missed.next_step,
        subject=missed.fetch.subject or card.name,
        value=missed.fetch.path,
    )


def _identity(observed: Observed) -> tuple[str, str]:
    return observed.source_key, content_hash(observed)


def _plan(window: Window, base_url: str) -> dict[str, str]:
    return {"since": window.since.isoformat(), "until": window.until.isoformat(), "base_url": base_url}


def _read_validators(folder: Path) -> dict[str, dict[str, Mapping[str, str]]]:
    path = folder / VALIDATORS
    found: dict[str, dict[str, Mapping[str, str]]] = (
        json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    )
    return found


def _write_json(path: Path, content: object) -> None:
    """Write whole or not at all, whenever the run is killed."""
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)
