"""Acts on cases that break in the middle or whose process is killed: nothing of them is half done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import pytest
from case_office import BULB, BY, HOUR, LAMP, ONE, SOCKET, START, bring, events, hours, kinds, rows, written
from warehouse_sample import exporter, match, notification, register

from pipeline.acts import Conclusion
from pipeline.steps.case_acts import Planned, carry_out, conclude_case, read_one
from pipeline.steps.open_cases import load_timing
from warehouse.cases import CaseEvent
from warehouse.connection import open_reader, open_writer
from warehouse.errors import StageError
from warehouse.judgements import Judgement
from warehouse.records import Relation

# nothing is half done


def test_an_event_that_the_warehouse_refuses_takes_the_whole_act_with_it(office: Path) -> None:
    before, context = written(office), hours(office, 5)
    good = CaseEvent(kind="concluded", occurred_at=context.now, code="warning", actor=BY)
    decided = Judgement(notification_id=ONE, line_id=LAMP.line_id, relation=Relation.DIRECT, reason="", judged_by=BY)
    with open_writer(context.home.warehouse) as con:
        timed = read_one(con, ONE, load_timing(context.home), context.now)
        planned = Planned(events=(good, CaseEvent(kind="no-such-kind", occurred_at=context.now)), judgements=(decided,))
        with pytest.raises(Exception, match="CHECK constraint"):
            carry_out(con, timed, planned, now=context.now)
    assert written(office) == before


@pytest.mark.parametrize("place", ["append_event", "add_judgements", "derive_events"])
def test_an_error_at_any_write_leaves_the_log_as_it_was(
    office: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipeline.steps.case_acts as acts

    before, whole = written(office), getattr(acts, place)

    def fails_after_writing(*arguments: Any, **named: Any) -> None:
        whole(*arguments, **named)
        raise StageError("磁盘已满。")

    monkeypatch.setattr(acts, place, fails_after_writing)
    found = Conclusion(conclusion="warning", actor=BY, owner="李四", cause="backlog")
    with pytest.raises(StageError):
        conclude_case(hours(office, 30), ONE, found)
    assert written(office) == before
    assert rows(office, "SELECT outcome FROM runs WHERE step = 'case-judge'") == [("failed",)]
    monkeypatch.undo()
    _, timed = conclude_case(hours(office, 30), ONE, found)
    assert sorted(set(kinds(timed)) - {"collected", "screened"}) == ["assigned", "concluded", "explained", "judged"]


# killed in the middle

_STEPWISE = """
import contextlib, os, signal, sys
import pipeline.clock, pipeline.config, pipeline.context, pipeline.steps.case_acts
from pipeline.cli import main

left = 0


class Mortal:
    def __init__(self, con):
        self._con = con

    def execute(self, *arguments, **named):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return self._con.execute(*arguments, **named)

    def __getattr__(self, name):
        return getattr(self._con, name)


whole = pipeline.context.open_writer


@contextlib.contextmanager
def open_mortal(path):
    with whole(path) as con:
        yield Mortal(con)


pipeline.context.open_writer = open_mortal
sys.argv = ["tbtwatch", *sys.argv[1:]]
for line in sys.stdin:
    left = int(line)
    child = os.fork()
    if child == 0:
        sys.stdout = open(os.devnull, "w")
        try:
            main()
            code = 0
        except SystemExit as leaving:
            code = leaving.code or 0
        os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""

_MANY = """
import contextlib, io, json, sys
from pipeline.cli import main
import pipeline.steps.case_acts

calls = json.load(sys.stdin)
print("ready", flush=True)
for call in calls:
    said = io.StringIO()
    sys.argv = ["tbtwatch", *call]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            main()
        code = 0
    except SystemExit as leaving:
        code = leaving.code or 0
    print(json.dumps([code, said.getvalue()]), flush=True)
"""


def judging(home: Path, case_id: str, n: int) -> list[str]:
    """A conclusion on the command line, late where it is not none; with every kind of row that it may write."""
    how = (
        ("--conclusion", "warning", "--cause", "backlog", "--owner", "李四"),
        ("--conclusion", "none", "--reason", "无出口"),
        ("--conclusion", "watch", "--relation", "indirect", "--cause", "system"),
    )[n % 3]
    moment = START + (5 if "none" in how else 30) * HOUR
    return ["--home", str(home), "--now", f"{moment:%Y-%m-%dT%H:%M:%S%z}", "case", "judge", case_id, "--by", BY, *how]


def assert_every_conclusion_is_whole(home: Path) -> int:
    """Each conclusion has its judgements, their events, its cause or its closing, and none of these stands alone.

    Returns the number of conclusions.
    """
    log: dict[str, list[tuple[str, str]]] = {}
    with open_reader(home / "warehouse.duckdb") as con:
        for case_id, kind, code in con.execute("SELECT case_id, kind, code FROM case_events").fetchall():
            log.setdefault(case_id, []).append((kind, code))
        n_judged = dict(con.execute("SELECT notification_id, count(*) FROM judgements GROUP BY ALL").fetchall())
        n_pairs = dict(con.execute("SELECT notification_id, count(*) FROM matches GROUP BY ALL").fetchall())
        related = dict(
            con.execute("SELECT notification_id, list(DISTINCT relation) FROM judgements GROUP BY ALL").fetchall()
        )
    n_concluded = 0
    for case_id, entries in log.items():
        count = Counter(kind for kind, _ in entries)
        concluded = [code for kind, code in entries if kind == "concluded"]
        assert len(concluded) <= 1
        n_concluded += len(concluded)
        assert n_judged.get(case_id, 0) == count["judged"] == (n_pairs[case_id] if concluded else 0)
        assert count["closed"] == (concluded == ["none"])
        assert count["explained"] == (concluded in (["warning"], ["watch"]))
        assert count["assigned"] == (concluded == ["warning"])
        assert (related.get(case_id) == ["none"]) == (concluded == ["none"])
    return n_concluded


@pytest.mark.parametrize(("n", "first"), [(0, 4), (1, 9)])
def test_killed_before_any_statement_a_conclusion_is_there_as_a_whole_or_not_at_all(
    office: Path, n: int, first: int
) -> None:
    before = written(office)
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _STEPWISE, *judging(office, ONE, n)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as driver:  # fmt: skip
        assert driver.stdin is not None
        assert driver.stdout is not None
        seen: list[Any] = []
        statement = first
        # a run that was killed leaves the same home to the next one, which lives one statement longer
        while not seen or seen[-1] == before:
            driver.stdin.write(f"{statement}\n")
            driver.stdin.flush()
            assert int(driver.stdout.readline()) == -signal.SIGKILL
            seen.append(written(office))
            statement += 1
        driver.stdin.close()
    assert statement > first + 5
    whole = seen[-1]
    kinds_written = Counter(kind for kind, _ in events(office))
    assert (kinds_written["concluded"], kinds_written["judged"], len(whole[1])) == (1, 3, 3)
    assert kinds_written["closed"] == (n == 1)
    assert kinds_written["explained"] == (n == 0)
    # the ledger keeps every run that never came to its end
    assert rows(office, "SELECT count(*) FROM runs WHERE step = 'case-judge' AND outcome = 'running'")[0][0] > 0


def test_killed_at_random_moments_while_judging_many_cases_and_run_again(tmp_path: Path) -> None:
    home, case_ids = tmp_path / "many", [f"G/TBT/N/ATL/{n}" for n in range(10, 19)]
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, exporter("E1", "台灯", "灯泡"), exporter("E2", "灯座"))
    found = [match(case_id, product) for case_id in case_ids for product in (LAMP, BULB, SOCKET)]
    bring(home, START, *(notification(case_id) for case_id in case_ids), matched=tuple(found))
    calls = json.dumps([judging(home, case_id, n) for n, case_id in enumerate(case_ids)])

    def start() -> subprocess.Popen[str]:
        driver = subprocess.Popen(
            [sys.executable, "-c", _MANY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip
        assert driver.stdin is not None
        assert driver.stdout is not None
        driver.stdin.write(calls)
        driver.stdin.close()
        assert driver.stdout.readline() == "ready\n"
        return driver

    moments, n_killed, n_before = Random(72), 0, 0  # noqa: S311  (when to kill, no secret)
    for _ in range(3):
        with start() as driver:
            sleep(moments.uniform(0.05, 1.0))
            driver.kill()
            n_killed += driver.wait() == -signal.SIGKILL
        n_concluded = assert_every_conclusion_is_whole(home)
        assert n_concluded >= n_before
        n_before = n_concluded
    assert n_killed > 0
    with start() as driver:
        assert driver.stdout is not None
        answers = [json.loads(answer) for answer in driver.stdout]
    # a case that a killed run has closed is left alone, in words
    assert len(answers) == len(case_ids)
    assert all(code == 0 or (code == 2 and "案件已结案" in said) for code, said in answers)
    assert assert_every_conclusion_is_whole(home) == len(case_ids)
