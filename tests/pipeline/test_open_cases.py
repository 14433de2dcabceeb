"""`tbtwatch cases --all`: the newest are listed, the counts say what they count, nothing that is due is passed over."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.open_cases import load_timing, newest_of, read_timed_cases, update_cases
from warehouse.connection import open_reader, open_writer
from warehouse.errors import InputError

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
from warehouse_sample import load, match, notification, register, store

N_OLD, N_NEW = 5, 200
MIDNIGHT = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)  # of 10 to 11 March in Shanghai
SECOND = timedelta(seconds=1)
OLD = {f"G/TBT/N/ATL/{n}" for n in range(1, N_OLD + 1)}
NEW = {f"G/TBT/N/LEM/{n}" for n in range(1, N_NEW + 1)}
OVERDUE = "2026-03-12T00:00:00+08:00"  # the limit of the old for a judgement passed a second ago, of the new not yet
LINE = "共 205 个案件，显示最近 200 个；用 --limit 0 或 --since 查看其余"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with five cases collected in the last second of 10 March in Shanghai and 200 in the first of 11 March."""
    home = tmp_path_factory.mktemp("newest") / "home"
    for when, symbols in ((MIDNIGHT - SECOND, OLD), (MIDNIGHT, NEW)):
        with open_writer(home / "warehouse.duckdb") as con:
            register(con, when)
            load(con, home / "landing", when, *(notification(symbol) for symbol in sorted(symbols)))
            store(con, when, *(match(symbol) for symbol in sorted(symbols)))
        update_cases(Context(home=Home(home), now=when, settings=Settings()))
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "home"))


def listed(cli: Any, home: Path, *options: object) -> tuple[list[str], dict[str, int]]:
    """Case ids in their order, and the counts."""
    done = cli("--json", "--home", home, "--now", OVERDUE, "cases", *options)
    assert done.code in {0, 1}, done.err
    return [case["case_id"] for case in done.data["cases"]], done.data["counts"]


def test_all_lists_the_newest_two_hundred_and_counts_among_these(cli: Any, home: Path) -> None:
    ids, counts = listed(cli, home, "--all")
    assert set(ids) == NEW
    assert counts == {
        "n_opened": 0, "n_cases": 205, "n_listed": 200,
        "n_listed_open": 200, "n_listed_overdue": 0, "n_listed_unexplained": 0,
    }  # fmt: skip
    out = cli("--home", home, "--now", OVERDUE, "cases", "--all").out
    assert LINE in out.splitlines()
    assert "案件总数 205，本次查看 200，其中待办 200，其中超时 0" in out


def test_limit_nought_lists_all_of_them_and_says_nothing(cli: Any, home: Path) -> None:
    ids, counts = listed(cli, home, "--all", "--limit", 0)
    assert set(ids) == OLD | NEW
    assert counts == {"n_opened": 0, "n_cases": 205, "n_open": 205, "n_overdue": 5, "n_unexplained": 5}
    assert "显示" not in cli("--home", home, "--now", OVERDUE, "cases", "--all", "--limit", "0").out
    # nor does a limit that leaves nothing out
    assert listed(cli, home, "--all", "--limit", 205) == (ids, counts)
    assert "显示" not in cli("--home", home, "--now", OVERDUE, "cases", "--all", "--limit", "205").out


def test_among_the_newest_the_most_urgent_comes_first(cli: Any, home: Path) -> None:
    ids, counts = listed(cli, home, "--all", "--limit", 203)
    assert set(ids[:3]) < OLD
    assert set(ids[3:]) == NEW
    assert (counts["n_listed"], counts["n_listed_overdue"], counts["n_listed_unexplained"]) == (203, 3, 3)


@pytest.mark.parametrize(
    ("options", "expected", "line"),
    [
        (
            ("--since", "2026-03-11"),
            NEW,
            "共 205 个案件，显示所选日期首次采集的 200 个；不写日期、用 --limit 0 查看全部",
        ),
        (("--until", "2026-03-10"), OLD, "共 205 个案件，显示所选日期首次采集的 5 个；不写日期、用 --limit 0 查看全部"),
        (("--since", "2026-03-10", "--until", "2026-03-10"), OLD, "所选日期首次采集的 5 个"),
        (("--since", "2026-03-12"), set(), "所选日期首次采集的 0 个"),
        (("--since", "2026-03-10", "--until", "2026-03-11"), OLD | NEW, ""),
        (("--until", "2999-12-31"), OLD | NEW, ""),
    ],
)
def test_a_day_is_a_day_in_shanghai_and_lifts_the_limit(
    cli: Any, home: Path, options: tuple[str, ...], expected: set[str], line: str
) -> None:
    ids, counts = listed(cli, home, "--all", *options)
    assert set(ids) == expected
    assert counts["n_cases"] == 205
    out = cli("--home", home, "--now", OVERDUE, "cases", "--all", *options).out
    assert line in out
    assert bool(line) == ("共 205 个案件" in out) == ("n_listed" in counts)


def test_a_limit_holds_within_the_days(cli: Any, home: Path) -> None:
    ids, counts = listed(cli, home, "--all", "--until", "2026-03-10", "--limit", 2)
    assert set(ids) == {"G/TBT/N/ATL/4", "G/TBT/N/ATL/5"}
    assert counts["n_listed_overdue"] == 2
    out = cli("--home", home, "--now", OVERDUE, "cases", "--all", "--until", "2026-03-10", "--limit", 2).out
    assert "显示所选日期首次采集的最近 2 个" in out


def test_what_is_due_is_not_passed_over_for_being_old(cli: Any, home: Path) -> None:
    done = cli("--home", home, "--now", OVERDUE, "cases", "--all", "--due")
    assert all(f" {symbol} " in done.out for symbol in OLD)
    assert "共 205 个案件" not in done.out
    assert "案件总数 205，待办 205，超时 5" in done.out
    done = cli("--home", home, "--now", OVERDUE, "cases", "--all", "--due", "--limit", 10)
    assert not any(f" {symbol} " in done.out for symbol in OLD)
    assert "共 205 个案件，只在最近 10 个中查看；用 --limit 0 或 --since 查看其余" in done.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--limit", "5"), "--limit 只能与 --all 同用"),
        (("--limit", "0"), "--limit 只能与 --all 同用"),
        (("--since", "2026-03-10", "--until", "2026-03-11"), "--since、--until 只能与 --all 同用"),
        (("--all", "--limit", "-1"), "--limit 不能是负数：-1"),
        (("--all", "--since", "3月10日"), "--since 的日期无法识别：3月10日"),
        (("--all", "--until", "9999-12-31"), "--until 的日期无法识别：9999-12-31"),
        (("--all", "--since", "0001-01-01"), "--since 的日期无法识别：0001-01-01"),
        (("--all", "--since", "2026-03-11", "--until", "2026-03-10"), "--since 2026-03-11 晚于 --until 2026-03-10"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused_before_anything_is_written(
    cli: Any, built: Path, options: tuple[str, ...], said: str
) -> None:
    before = (built / "warehouse.duckdb").read_bytes()
    done = cli("--home", built, "--now", OVERDUE, "cases", *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "怎么办" in done.err
    assert (built / "warehouse.duckdb").read_bytes() == before


def test_the_ledger_keeps_what_was_chosen(cli: Any, home: Path) -> None:
    for options in (("--all",), ("--all", "--since", "2026-03-11"), ("--all", "--limit", 0), ()):
        listed(cli, home, *options)
    with open_reader(home / "warehouse.duckdb") as con:
        query = "SELECT arguments ->> 'limit', arguments ->> 'since' FROM runs WHERE step = 'cases' ORDER BY rowid DESC"
        kept = con.execute(f"{query} LIMIT 4").fetchall()
    assert kept[::-1] == [("200", None), (None, "2026-03-11 00:00:00+08:00"), (None, None), (None, None)]


def test_those_who_do_not_choose_read_every_case(built: Path) -> None:
    with open_reader(built / "warehouse.duckdb") as con:
        timing = load_timing(Home(built))
        everything = read_timed_cases(con, MIDNIGHT, timing)
        assert len(everything) == len(read_timed_cases(con, MIDNIGHT, timing, everything=False)) == 205
        chosen = read_timed_cases(con, MIDNIGHT, timing, newest=newest_of(limit=7))
    assert chosen == tuple(item for item in everything if item in chosen)
    assert len(chosen) == 7


def test_the_days_may_be_one_but_not_the_wrong_way_round() -> None:
    day = date(2026, 3, 10)
    chosen = newest_of(since=day, until=day)
    assert chosen.since is not None
    assert chosen.before is not None
    assert chosen.before - chosen.since == timedelta(days=1)
    assert chosen.before == MIDNIGHT
    with pytest.raises(InputError, match="晚于"):
        newest_of(since=day, until=date(2026, 3, 9))
