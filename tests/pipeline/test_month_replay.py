"""A month lived through day by day at stated moments; the figures printed of it against the officer's own ledger."""

from __future__ import annotations

import heapq
import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.acts import Act, Conclusion
from pipeline.config import read_settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case, conclude_case
from pipeline.steps.draft_report import bulletin_facts, read_month
from pipeline.steps.import_exporters import import_exporters
from pipeline.steps.import_notifications import import_notifications
from pipeline.steps.match import match
from pipeline.steps.open_cases import update_cases
from reports.bulletin.facts import BulletinFacts
from warehouse.connection import open_reader
from warehouse.errors import InputError

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
FEED, REGISTER = SHARED / "notifications_dev.jsonl", SHARED / "exporters.csv"
pytestmark = pytest.mark.skipif(
    not (FEED.is_file() and REGISTER.is_file()), reason="the shared data are not beside this checkout"
)
CITY = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2025, 6, 1, 9, tzinfo=CITY)  # when a day's collection runs
MONTH_END = datetime(2025, 7, 1, tzinfo=CITY)
REPORTED = datetime(2025, 7, 1, 9, tzinfo=CITY)
OFFICER = "研判岗"
LATER = timedelta(days=17)
# So many days after its distribution a notification is collected: 14 is in time, 15 is a backfill.
LAGS = (0, 1, 3, 14, 6, 15, 10)
LIMITS = {"judged": 24, "notified": 48, "advised": 72}
SECOND = 1 / 3600
# What the officer does with one case after another: hours after collection, and what.
ROUND: tuple[tuple[tuple[float, str], ...], ...] = (
    ((6, "judged"), (25, "notified"), (54, "advised")),
    (),  # not at all
    ((24, "judged"), (48, "notified"), (72, "advised")),  # each to the second
    ((8, "rejected"),),
    ((30, "judged"), (31, "notified"), (54, "advised")),
    ((6, "judged"), (25, "notified"), (72 + SECOND, "advised")),
    ((6, "judged"),),
    ((6, "judged"), (7, "closed")),
    ((80, "rejected"),),
    ((6, "judged"), (30, "advised"), (55, "notified")),
    ((6, "judged"), (25, "notified"), (26, "advised"), (120, "closed")),
    ((6, "judged"), (100, "closed")),
    ((6, "judged"), (25, "notified"), (90, "advised")),
)


@dataclass
class Entry:
    """What the officer notes of a case: when it came, and hours from then to whatever was done."""

    case_id: str
    came: datetime
    is_backfill: bool
    done: dict[str, float] = field(default_factory=dict)
    closed: float | None = None

    def write(self, act: str, hours: float) -> None:
        if act in ("closed", "rejected"):
            self.closed = hours
        if act in ("judged", "rejected"):
            self.done["judged"] = hours
        elif act != "closed":
            self.done[act] = hours

    @property
    def is_answered(self) -> bool:
        return self.closed is not None or len(self.done) == 3

    @property
    def hours(self) -> float:
        """How long an answered case took: its third act, or its closing where that came before."""
        if len(self.done) == 3:
            return max(self.done.values())
        assert self.closed is not None
        return self.closed

    def missed(self, now: datetime) -> list[str]:
        """What was done, or left undone until the closing or until now, beyond its limit."""
        elapsed = (now - self.came).total_seconds() / 3600 if self.closed is None else self.closed
        return [act for act, limit in LIMITS.items() if self.done.get(act, elapsed) > limit]


@dataclass(frozen=True)
class Replay:
    """What is left when the month is over."""

    home: Home
    ledger: tuple[Entry, ...]
    facts: BulletinFacts
    refused: tuple[str, ...]  # acts that were refused for want of a cause
    daily: tuple[tuple[dict[str, int], dict[str, int]], ...]  # counts of the step, and of the ledger


def day_of(record: dict[str, Any]) -> date | None:
    """The day that tells how long ago a measure came out: distribution, else the end of the time for comments."""
    stated = record["distribution_date"] or record["comment_deadline"]
    return date.fromisoformat(stated) if stated else None


def again(record: dict[str, Any]) -> dict[str, Any]:
    """The record as one of another measure, later in the month: the feed has too few that concern the city."""
    symbols = [re.sub(r"(/N/[A-Z]+/)", r"\g<1>9000", symbol) for symbol in record["symbols"]]
    day = record["distribution_date"]
    if day and "2025-06" <= day < "2025-07":
        day = (date.fromisoformat(day) + LATER).isoformat()
    return record | {"id": f"{record['id']}-2", "symbols": symbols, "distribution_date": day}


def deliveries() -> dict[int, list[dict[str, Any]]]:
    """Day of June (31: the first of July) -> what is collected on it, all notifications of a measure at once."""
    with FEED.open(encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    measures: dict[str, list[dict[str, Any]]] = {}
    for record in (*records, *map(again, records)):
        name = re.sub(r"/(Add|Corr|Rev|Suppl)\..*", "", record["symbols"][0]) if record["symbols"] else record["id"]
        measures.setdefault(name, []).append(record)
    days: dict[int, list[dict[str, Any]]] = {}
    for number, (_, found) in enumerate(sorted(measures.items())):
        distributed = max((date.fromisoformat(r["distribution_date"]) for r in found if r["distribution_date"]),
                          default=None)  # fmt: skip
        if distributed and distributed >= MONTH_END.date():
            continue  # not out yet
        if distributed and distributed >= date(2025, 6, 1):
            day = min(distributed.day + LAGS[number % len(LAGS)], 29 + number % 3)
        else:
            day = 1 + 5 * (number % 7)  # old or undated: now and then, the last on the first of July
        days.setdefault(day, []).extend(found)
    assert max(days) == 31
    return days


class Month:
    """The office in June 2025."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home")
        self.context = Context(home=self.home, now=MORNING, settings=read_settings(self.home))
        self.root = root
        self.records: dict[str, dict[str, Any]] = {}
        self.ledger: list[Entry] = []
        self.refused: list[str] = []
        self.daily: list[tuple[dict[str, int], dict[str, int]]] = []
        self.diary: list[tuple[datetime, int, Entry, str]] = []  # when, in which order, and what is to be done
        self.n_noted = 0

    def at(self, now: datetime) -> Context:
        return replace(self.context, now=now)

    def live(self) -> None:
        import_exporters(self.context, REGISTER)
        feed = deliveries()
        for day in range(1, 32):
            morning = MORNING + timedelta(days=day - 1)
            self.work_until(morning)
            self.collect(morning, feed.get(day, []))
        self.work_until(REPORTED)

    def work_until(self, moment: datetime) -> None:
        while self.diary and self.diary[0][0] <= moment:
            when, _, entry, act = heapq.heappop(self.diary)
            self.act(when, entry, act)

    def collect(self, now: datetime, records: list[dict[str, Any]]) -> None:
        context = self.at(now)
        if records:
            file = self.root / f"{now:%m%d}.jsonl"
            file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
            import_notifications(context, file)
            match(context)
        self.records |= {record["id"]: record for record in records}
        run, _ = update_cases(context)
        known = {entry.case_id for entry in self.ledger}
        with open_reader(self.home.warehouse) as con:
            rows = con.execute(
                "SELECT case_id, list(notification_id) FROM case_notifications GROUP BY case_id ORDER BY case_id"
            ).fetchall()
        for case_id, ids in rows:
            if case_id not in known:
                self.open(case_id, now, ids)
        self.daily.append((dict(run.counts), self.standing(now)))

    def open(self, case_id: str, now: datetime, ids: list[str]) -> None:
        days = [day for day in (day_of(self.records[key]) for key in ids) if day]
        entry = Entry(case_id, now, bool(days) and (now.date() - max(days)).days > 14)
        same = [other for other in self.ledger if other.is_backfill == entry.is_backfill]
        plan = ROUND[len(same) % len(ROUND)]
        self.ledger.append(entry)
        for hours, act in plan[:1] if entry.is_backfill else plan:
            self.n_noted += 1
            heapq.heappush(self.diary, (now + timedelta(hours=hours), self.n_noted, entry, act))

    def act(self, when: datetime, entry: Entry, act: str) -> None:
        hours = (when - entry.came).total_seconds() / 3600
        answered = {"closed": [name for name in LIMITS if name not in entry.done], "rejected": ["judged"]}.get(
            act, [act]
        )
        if not entry.is_backfill and any(hours > LIMITS[name] for name in answered):
            with pytest.raises(InputError, match="超时原因"):
                self.do(when, entry, act, cause="")
            self.refused.append(f"{entry.case_id} {act}")
            self.do(when, entry, act, cause="backlog")
        else:
            self.do(when, entry, act, cause="")
        entry.write(act, hours)

    def do(self, when: datetime, entry: Entry, act: str, *, cause: str) -> None:
        context, key = self.at(when), entry.case_id
        if act in ("judged", "rejected"):
            word = "warning" if act == "judged" else "none"
            conclude_case(context, key, Conclusion(conclusion=word, actor=OFFICER, reason="已核对", cause=cause))
        else:
            act_on_case(context, key, Act(kind=act, actor=OFFICER, detail="已办", cause=cause))

    def standing(self, now: datetime) -> dict[str, int]:
        """The cases as the officer's ledger has them on a morning."""
        left = [entry for entry in self.ledger if not entry.is_answered]
        overdue = [e for e in left if not e.is_backfill and any(act not in e.done for act in e.missed(now))]
        return {"n_cases": len(self.ledger), "n_open": len(left), "n_overdue": len(overdue)}


@pytest.fixture(scope="module")
def replay(plain_environment: None, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    """June 2025, once for all tests."""
    month = Month(tmp_path_factory.mktemp("month"))
    month.live()
    context = month.at(REPORTED)
    with open_reader(month.home.warehouse) as con:
        facts = bulletin_facts(con, context, read_month("2025-06", REPORTED), firm_names=False)
    return Replay(month.home, tuple(month.ledger), facts, tuple(month.refused), tuple(month.daily))


def at_rank(ordered: list[float], share: float) -> float:
    """The value below which that share of the values lies, a straight line drawn between neighbours."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def test_the_figures_of_the_month_are_those_of_the_officers_ledger(replay: Replay) -> None:
    june = [entry for entry in replay.ledger if entry.came < MONTH_END]
    rated = [entry for entry in june if not entry.is_backfill]
    answered = [entry for entry in rated if entry.is_answered]
    in_time = [entry for entry in answered if not entry.missed(REPORTED)]
    expired = [e for e in rated if not e.is_answered and REPORTED - e.came > timedelta(hours=72)]
    hours = sorted(entry.hours for entry in answered)
    found = replay.facts.response
    assert (found.due, found.done, found.on_time) == (len(answered) + len(expired), len(answered), len(in_time))
    assert found.overdue == len(answered) - len(in_time) + len(expired)
    assert found.not_yet_due == len(rated) - len(answered) - len(expired)
    assert found.backfilled == len(june) - len(rated)
    assert found.median_hours == round(at_rank(hours, 0.5), 1)
    assert found.p90_hours == round(at_rank(hours, 0.9), 1)


def test_every_morning_counted_what_the_ledger_had_open_and_overdue(replay: Replay) -> None:
    assert len(replay.daily) == 31
    for day, (counted, noted) in enumerate(replay.daily, start=1):
        assert {name: counted[name] for name in noted} == noted, f"6月{day}日"


def test_the_month_had_something_of_everything(replay: Replay) -> None:
    """Else the figures above would agree on nothing: each way of answering, in time and late, and what is not rated."""
    found = replay.facts.response
    assert min(found.due - found.done, found.on_time, found.done - found.on_time) > 0
    assert min(found.not_yet_due, found.backfilled) > 0
    assert any(entry.came >= MONTH_END for entry in replay.ledger)
    assert {line.split()[1] for line in replay.refused} == {"judged", "notified", "advised", "rejected", "closed"}
    rated = [entry for entry in replay.ledger if not entry.is_backfill]
    assert len(rated) >= len(ROUND)
    assert {72, 72 + SECOND} <= {entry.done.get("advised") for entry in rated}


def test_of_what_was_late_and_done_each_first_cause_is_on_record(replay: Replay) -> None:
    with open_reader(replay.home.warehouse) as con:
        causes = con.execute(
            "SELECT DISTINCT case_id, code, actor FROM case_events WHERE kind = 'explained'"
        ).fetchall()
    explained = {(case_id, code.partition(":")[0]) for case_id, code, _ in causes}
    assert {(code.partition(":")[2], actor) for _, code, actor in causes} == {("backlog", OFFICER)}
    late = {
        (entry.case_id, act)
        for entry in replay.ledger
        if not entry.is_backfill
        for act, hours in entry.done.items()
        if hours > LIMITS[act]
    }
    assert late <= explained
    assert {case_id for case_id, _ in explained} <= {e.case_id for e in replay.ledger if e.missed(REPORTED)}


def test_a_rejected_case_and_no_other_is_closed_by_the_program(replay: Replay) -> None:
    with open_reader(replay.home.warehouse) as con:
        closings = con.execute("SELECT case_id, code FROM case_events WHERE kind = 'closed'").fetchall()
        reopened = con.execute("SELECT count(*) FROM case_events WHERE kind = 'reopened'").fetchone()
    rejected = {e.case_id for e in replay.ledger if e.closed is not None and e.done.get("judged") == e.closed}
    assert {case_id for case_id, code in closings if code == "irrelevant"} == rejected
    assert {case_id for case_id, _ in closings} == {e.case_id for e in replay.ledger if e.closed is not None}
    assert reopened == (0,)
