"""Fills a home with the history of tools/bench_history.py, step by step, each in a process of its own.

`python tools/bench_history_home.py STEP HOME SIZE`; it prints the seconds that the step took and its peak memory as
JSON. The steps: firms, land, build, fill, day (with the number of the day, from 1), command (with the words of one);
`all` is everything but days and commands.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench_history import LAST, History, Line, matched, write_firms

from crawlers.landing import LandingWriter
from warehouse.cases import open_cases
from warehouse.connection import Connection, open_writer
from warehouse.ledger import begin_run, finish_run
from warehouse.load import SourceTitle, load_landing
from warehouse.match_store import pending_notifications, store_matches

SOURCE = SourceTitle(source="wto_eping", title="WTO ePing 平台", priority=50)
BULLETIN = SourceTitle(source="cn_bulletin", title="虚构的公开中文通报", priority=10)
MODEL, POLICY = "invented-1", "natural-72h-1"
FILLED = datetime(LAST.year, LAST.month, LAST.day, 12, tzinfo=UTC)
DAY_NEW, DAY_CHANGED = 24, 6
_BATCH = 3_000  # notifications whose matches are stored at a time
# What was collected years ago was collected then: the clock of each record, and what hangs on it.
AS_IF_ALWAYS = """
UPDATE raw_notifications
SET first_seen_at = least(
    coalesce(distribution_date, DATE '2020-01-06') + INTERVAL (2 + hash(source_key) % 90) HOUR, last_seen_at
)
WHERE run_id = 'bulk';
UPDATE notifications SET first_seen_at = seen.first_seen_at
FROM (SELECT notification_id, min(first_seen_at) AS first_seen_at FROM raw_notifications GROUP BY 1) AS seen
WHERE notifications.notification_id = seen.notification_id;
UPDATE notification_turns SET turned_at = raw.first_seen_at
FROM raw_notifications AS raw
WHERE
    notification_turns.source = raw.source AND notification_turns.source_key = raw.source_key
    AND notification_turns.content_hash = raw.content_hash;
INSERT INTO runs
SELECT
    'run-' || i, 'crawl', 'wto_eping', '{}', '0', $now - INTERVAL 1 DAY * i, $now - INTERVAL 1 DAY * i, 'done', '{}'
FROM range($size // 10) AS numbers(i);
"""
MATCHED_THEN = """
UPDATE matches SET matched_at = n.first_seen_at + INTERVAL 10 MINUTE
FROM notifications AS n WHERE n.notification_id = matches.notification_id;
"""
# What the office did: a decision and a mail for most cases, then the answer, sooner or later, and the end of it.
OFFICE = """
INSERT INTO judgements
SELECT
    left(sha256(c.case_id || m.line_id), 24), m.notification_id, m.line_id,
    CASE WHEN hash(c.case_id) % 10 = 0 THEN 'rejected' ELSE 'confirmed' END,
    CASE WHEN hash(c.case_id) % 10 = 0 THEN 'none' ELSE m.relation END,
    '与企业产品一致', '研判岗', cases.clock_started_at + INTERVAL (2 + hash(c.case_id) % 30) HOUR
FROM case_notifications AS c INNER JOIN cases USING (case_id) INNER JOIN matches AS m USING (notification_id)
WHERE m.relation <> 'none' AND hash(c.case_id) % 20 > 0;
INSERT INTO mails
SELECT
    left(sha256(c.case_id || l.exporter_id), 24), 'alert', any_value(k.contact_id), l.exporter_id,
    'accepted', left(sha256(c.case_id || l.exporter_id), 24) || '@invented', 'smtp', 1, 250, '2.0.0', '', '',
    min(cases.clock_started_at) + INTERVAL 40 HOUR, min(cases.clock_started_at) + INTERVAL 41 HOUR, NULL,
    min(cases.clock_started_at) + INTERVAL 41 HOUR, min(cases.clock_started_at) + INTERVAL 41 HOUR
FROM case_notifications AS c INNER JOIN cases USING (case_id) INNER JOIN matches AS m USING (notification_id)
INNER JOIN product_lines AS l USING (line_id) INNER JOIN contacts AS k USING (exporter_id)
WHERE m.relation <> 'none' AND hash(c.case_id) % 10 > 0
GROUP BY c.case_id, l.exporter_id;
INSERT INTO alerts
SELECT
    left(sha256(c.case_id || l.exporter_id || 'a'), 24), left(sha256(c.case_id || l.exporter_id), 24), c.case_id, 1,
    any_value(k.contact_id), l.exporter_id, 'alert', true, 'warning', list(DISTINCT l.line_id), NULL, NULL, NULL
FROM case_notifications AS c INNER JOIN matches AS m USING (notification_id)
INNER JOIN product_lines AS l USING (line_id) INNER JOIN contacts AS k USING (exporter_id)
WHERE m.relation <> 'none' AND hash(c.case_id) % 10 > 0
GROUP BY c.case_id, l.exporter_id;
INSERT INTO case_events
SELECT
    sha256(case_id || kind), case_id, kind,
    CASE kind WHEN 'closed' THEN 'done' WHEN 'concluded' THEN 'warning' ELSE '' END,
    clock_started_at + INTERVAL (hours + hash(case_id) % 36) HOUR, $now, '应对岗', ''
FROM cases, (VALUES ('concluded', 4), ('advised', 42), ('noted', 43), ('closed', 90)) AS kinds(kind, hours)
WHERE hash(case_id) % 20 > 0 AND clock_started_at < $now - INTERVAL 20 DAY;
INSERT INTO title_translations
SELECT
    left(sha256(n.notification_id || 't'), 24), n.notification_id, coalesce(n.symbols[1], ''), any_value(c.case_id),
    n.title, title_key(n.title), n.lang, '虚构措施' || left(sha256(n.notification_id), 6), [], 'officer', '翻译岗',
    n.first_seen_at + INTERVAL 1 DAY
FROM case_notifications AS c INNER JOIN notifications AS n USING (notification_id)
GROUP BY n.notification_id, n.symbols, n.title, n.lang, n.first_seen_at;
"""


def firms(home: Path, _: int) -> None:
    """Register 2,000 firms by the command that an office uses."""
    home.mkdir(parents=True, exist_ok=True)
    listed = home / "firms.csv"
    write_firms(listed)
    command = [sys.executable, "-m", "pipeline", "--home", str(home), "--now", FILLED.isoformat()]
    done = subprocess.run([*command, "import", "exporters", str(listed)], check=False, stdout=subprocess.DEVNULL)
    assert done.returncode in (0, 1), done.returncode  # 1: some lines need a look


def land(home: Path, size: int) -> None:
    """Write the landing folders: the history, the records that changed later, titles and concerns."""
    history = History(size)
    folder = home / "landing" / SOURCE.source
    with LandingWriter(folder / "bulk", source=SOURCE.source, run_id="bulk") as landing:
        for seen in history.observations(range(size)):
            landing.write(seen)
    with LandingWriter(folder / "changed", source=SOURCE.source, run_id="changed") as landing:
        for changed in history.observations(range(11, size, 33), version=2):
            landing.write(changed)
    with LandingWriter(
        home / "landing" / BULLETIN.source / "titles", source=BULLETIN.source, run_id="titles"
    ) as landing:
        for title in history.titles():
            landing.write(title)
        for concern in history.concerns():
            landing.write(concern)


def build(home: Path, _: int) -> None:
    """Load the history: this is the step that is measured."""
    with open_writer(home / "warehouse.duckdb") as con:
        _load(con, home, SOURCE, "bulk", FILLED - timedelta(days=2))


def fill(home: Path, size: int) -> None:
    """Whatever else comes about in 25 years: changes, titles, concerns, matches, cases, decisions, mails."""
    yesterday = FILLED - timedelta(days=1)
    works: tuple[Callable[[Connection], None], ...] = (
        lambda con: _each(con, AS_IF_ALWAYS, {"size": size, "now": FILLED}),
        lambda con: _load(con, home, SOURCE, "changed", yesterday),
        lambda con: _load(con, home, BULLETIN, "titles", yesterday),
        lambda con: _match(con, History(size), range(size), FILLED),
        lambda con: _each(con, MATCHED_THEN, {}),
        lambda con: _cases(con, FILLED),
        lambda con: _each(con, OFFICE, {"now": FILLED}),
        lambda con: _cases(con, FILLED),
    )
    for work in works:
        # opened anew each time, as commands do
        with open_writer(home / "warehouse.duckdb") as con:
            work(con)


def day(home: Path, size: int, number: int) -> dict[str, float]:
    """A day: 24 new notifications and 6 changed ones are landed, loaded, matched, and cases opened. Seconds by part."""
    history, now = History(size), FILLED + timedelta(days=number)
    first = size + number * DAY_NEW
    new, changed = range(first, first + DAY_NEW), [(number * 97 + i * 1_009) % size for i in range(DAY_CHANGED)]
    run_id = f"day-{number}"
    with LandingWriter(home / "landing" / SOURCE.source / run_id, source=SOURCE.source, run_id=run_id) as landing:
        for seen in (*history.observations(new), *history.observations(changed, version=2 + number)):
            landing.write(seen)
    spent = {}

    def timed(part: str, work: Callable[[Connection], None]) -> None:
        started = time.perf_counter()
        with open_writer(home / "warehouse.duckdb") as con:
            work(con)
        spent[part] = time.perf_counter() - started

    timed("open", lambda _: None)
    timed("load", lambda con: _load(con, home, SOURCE, run_id, now))
    timed("match", lambda con: _match(con, history, [*new, *changed], now))
    timed("cases", lambda con: _cases(con, now))
    return spent


def _cases(con: Connection, now: datetime) -> None:
    open_cases(con, policy_version=POLICY, backfill_days=14, channels=("wto", "legislation"), now=now)


def _load(con: Connection, home: Path, source: SourceTitle, run_id: str, now: datetime) -> None:
    begin_run(
        con, run_id=run_id, step="crawl", source=source.source, arguments={"landing": run_id}, version="0", now=now
    )
    folder = home / "landing" / source.source / run_id
    report = load_landing(con, folder, source=source, run_id=run_id, now=now)
    finish_run(con, run_id=run_id, outcome="done", counts={"n_records": report.n_records}, now=now)


def _match(con: Connection, history: History, numbers: Sequence[int], now: datetime) -> None:
    """Store invented pairs where the program would have matched; everything that is pending counts as matched."""
    rows = con.execute("SELECT line_id, hs_code FROM product_lines ORDER BY line_id").fetchall()
    lines, pending = [Line(*row) for row in rows], pending_notifications(con, model_version=MODEL)
    wanted = {item.notification_id: item for item in pending}
    pairs = {found[0].notification_id: found for number in matched(numbers) if (found := history.pairs(number, lines))}
    done = [item for key, item in wanted.items() if key in pairs]
    rest = [item for key, item in wanted.items() if key not in pairs]
    for start in range(0, max(len(done), 1), _BATCH):
        batch = done[start : start + _BATCH]
        scored = [pair for item in batch for pair in pairs[item.notification_id]]
        others = rest if start == 0 else []
        store_matches(con, [*batch, *others], scored, model_version=MODEL, run_id=f"match-{now:%Y%m%d}", now=now)


def _each(con: Connection, statements: str, values: dict[str, object]) -> None:
    for statement in statements.strip().split(";\n"):
        con.execute(statement, {key: value for key, value in values.items() if f"${key}" in statement})


def command(home: Path, words: Sequence[str]) -> None:
    """`tbtwatch --home HOME WORDS…` within this process, so that its peak memory can be told; it must end well."""
    from pipeline.cli import main as tbtwatch  # noqa: PLC0415

    sys.argv = ["tbtwatch", "--home", str(home), *words]
    answer, sys.stdout = sys.stdout, sys.stderr
    try:
        tbtwatch()
    except SystemExit as leaving:
        if leaving.code not in {0, None}:
            raise
    finally:
        sys.stdout = answer


def peak_mb() -> float:
    """Peak resident memory of this process in MB; unlike getrusage's, not that of the parent which started it."""
    status = Path("/proc/self/status")
    if status.exists():
        found = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(found.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


STEPS: dict[str, Callable[[Path, int], None]] = {"firms": firms, "land": land, "build": build, "fill": fill}


def main() -> None:
    """Run one step."""
    step, home, size = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    started, spent = time.perf_counter(), {}
    if step == "day":
        spent = day(home, size, int(sys.argv[4]))
    elif step == "command":
        command(home, sys.argv[4:])
    elif step == "all":
        for name, work in STEPS.items():
            begun = time.perf_counter()
            work(home, size)
            spent[name] = time.perf_counter() - begun
    else:
        STEPS[step](home, size)
    print(json.dumps({"seconds": time.perf_counter() - started, "peak_mb": peak_mb(), **spent}))


if __name__ == "__main__":
    main()
