"""The office's own response policies: working hours, its own calendar, and old cases that keep what they had."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import SHANGHAI
from pipeline.config import Settings
from pipeline.context import Context, Run
from pipeline.home import Home
from pipeline.sla import MilestoneState, load_policies, policy_of
from pipeline.steps.open_cases import TimedCase, load_timing, update_cases
from warehouse.connection import open_writer
from warehouse.errors import InputError, StageError

sys.path.insert(0, str(Path(__file__).parents[1] / "warehouse"))
from warehouse_sample import load, match, notification, register, store

SHIPPED = (files("pipeline") / "policies" / "response-72h.toml").read_text(encoding="utf-8")
WORKING = SHIPPED.replace('"natural-72h-1"', '"working-72h-1"').replace(
    'hours = "natural"', 'hours = "working"'
).replace("72个自然小时", "72个工作小时") + """
[working_hours]
start = "09:00"
pause_start = "12:00"
pause_end = "13:30"
end = "17:00"
"""  # fmt: skip
SECOND = timedelta(seconds=1)
Cli = Callable[..., Any]


def beijing(month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a firm and nothing collected."""
    home = tmp_path_factory.mktemp("policies") / "home"
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, datetime(2026, 1, 5, tzinfo=UTC))
    return home


@pytest.fixture
def home(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "home"))


def at(home: Path, when: datetime) -> Context:
    return Context(home=Home(home), now=when.astimezone(UTC), settings=Settings())


def own_policy(home: Path, text: str = WORKING, name: str = "response-working.toml") -> Path:
    (home / "policies").mkdir(parents=True, exist_ok=True)
    path = home / "policies" / name
    path.write_text(text, encoding="utf-8")
    return path


def collect(home: Path, when: datetime, symbol: str) -> None:
    """Collect a notification distributed the day before, which concerns the firm, and open its case."""
    with open_writer(home / "warehouse.duckdb") as con:
        item = notification(symbol, distribution_date=when.date() - timedelta(days=1), comment_deadline=None)
        load(con, home / "landing", when.astimezone(UTC), item)
        store(con, when.astimezone(UTC), match(symbol))
    update_cases(at(home, when))


def listed(home: Path, when: datetime) -> tuple[Run, dict[str, TimedCase]]:
    run, timed = update_cases(at(home, when))
    return run, {item.case.case_id: item for item in timed}


def due(item: TimedCase) -> list[datetime]:
    return [reading.due_at for reading in item.clock.readings]


def states(item: TimedCase) -> list[MilestoneState]:
    return [reading.state for reading in item.clock.readings]


# working hours


def test_working_hours_across_the_spring_festival_to_the_second(home: Path) -> None:
    """13 February 2026 is a Friday; 14 and 28 February are worked Saturdays, 15 to 23 February are off; 6.5 h a day."""
    own_policy(home)
    started = beijing(2, 13, 15, 0, 7)  # leaves 1:59:53 of the day
    collect(home, started, "G/TBT/N/ATL/1")
    judged, notified, advised = beijing(2, 26, 11, 30, 7), beijing(3, 3, 9, 30, 7), beijing(3, 6, 15, 30, 7)
    run, found = listed(home, judged)
    item = found["G/TBT/N/ATL/1"]
    assert due(item) == [judged, notified, advised]
    assert states(item)[0] is MilestoneState.AMBER
    assert run.issues == []
    for limit, place in ((judged, 0), (notified, 1), (advised, 2)):
        _, found = listed(home, limit)
        assert states(found["G/TBT/N/ATL/1"])[place] is MilestoneState.AMBER
        _, found = listed(home, limit + SECOND)
        assert states(found["G/TBT/N/ATL/1"])[place] is MilestoneState.OVERDUE


def test_amber_comes_after_three_quarters_of_the_working_hours(home: Path) -> None:
    own_policy(home)
    collect(home, beijing(2, 13, 15), "G/TBT/N/ATL/1")
    # 18 h: 2 on the 13th, 6.5 on the 14th, 6.5 on the 24th, 3 on the 25th
    boundary = beijing(2, 25, 12)
    _, found = listed(home, boundary - SECOND)
    assert states(found["G/TBT/N/ATL/1"])[0] is MilestoneState.RUNNING
    _, found = listed(home, boundary)
    assert states(found["G/TBT/N/ATL/1"])[0] is MilestoneState.AMBER


def test_what_is_collected_in_the_night_or_on_a_holiday_counts_from_the_next_opening(home: Path) -> None:
    own_policy(home)
    collect(home, beijing(2, 14, 17, 0, 1), "G/TBT/N/ATL/1")
    collect(home, beijing(2, 18, 3), "G/TBT/N/ATL/2")
    collect(home, beijing(2, 24, 9), "G/TBT/N/ATL/3")
    _, found = listed(home, beijing(2, 24, 9))
    assert len(found) == 3
    assert {tuple(due(item)) for item in found.values()} == {
        (beijing(2, 27, 15), beijing(3, 4, 11, 30), beijing(3, 10, 9, 30))
    }


def test_an_own_calendar_takes_the_place_of_the_one_that_ships(home: Path) -> None:
    own_policy(home)
    collect(home, beijing(2, 13, 15), "G/TBT/N/ATL/1")
    # as if the State Council had given no working Saturday and one day off only
    (home / "workdays.toml").write_text('[2026]\nholidays = ["2026-02-16"]\nworkdays = []\n', encoding="utf-8")
    _, found = listed(home, beijing(2, 13, 15))
    # 2 h on Friday 13, 6.5 on Tuesday 17, 6.5 on 18, 6.5 on 19, 2.5 on 20
    assert due(found["G/TBT/N/ATL/1"])[0] == beijing(2, 20, 11, 30)


def test_the_command_line_counts_by_the_files_of_the_home(cli: Cli, home: Path) -> None:
    own_policy(home)
    collect(home, beijing(2, 13, 15), "G/TBT/N/ATL/1")
    done = cli("--json", "--home", home, "--now", "2026-02-26T11:30:01+08:00", "cases", "--all")
    assert done.code == 0, done.err
    [case] = done.data["cases"]
    judged = case["milestones"][0]
    assert (judged["due_at"], judged["state"]) == ("2026-02-26T03:30:00+00:00", "overdue")
    assert done.data["counts"]["n_unexplained"] == 1


# which policy a case is measured by


def test_an_old_case_keeps_its_natural_hours_when_a_new_policy_comes_into_force(home: Path) -> None:
    first, second = beijing(2, 13, 15), beijing(2, 13, 16)
    collect(home, first, "G/TBT/N/ATL/1")
    own_policy(home)
    assert load_timing(Home(home)).in_force.version == "working-72h-1"
    collect(home, second, "G/TBT/N/ATL/2")
    _, found = listed(home, second)
    old, new = found["G/TBT/N/ATL/1"], found["G/TBT/N/ATL/2"]
    assert (old.case.policy_version, new.case.policy_version) == ("natural-72h-1", "working-72h-1")
    assert due(old) == [first + timedelta(hours=hours) for hours in (24, 48, 72)]
    assert due(new)[0] == beijing(2, 26, 14)
    # an addendum that joins the old case changes nothing
    with open_writer(home / "warehouse.duckdb") as con:
        load(con, home / "landing", second.astimezone(UTC), notification("G/TBT/N/ATL/1/Add.1"))
        store(con, second.astimezone(UTC), match("G/TBT/N/ATL/1/Add.1"))
    _, found = listed(home, second)
    assert due(found["G/TBT/N/ATL/1"]) == due(old)
    assert found["G/TBT/N/ATL/1"].policy.hours == "natural"


def test_the_newest_file_of_the_office_is_in_force_and_the_older_ones_stay(tmp_path: Path) -> None:
    own_policy(tmp_path, name="response-2026-01.toml")
    own_policy(tmp_path, WORKING.replace("working-72h-1", "working-72h-2"), name="response-2026-07.toml")
    own_policy(tmp_path, "nonsense", name="notes.toml")
    versions = [policy.version for policy in load_policies(tmp_path / "policies")]
    assert versions == ["working-72h-2", "working-72h-1", "natural-72h-1"]


def test_without_an_own_folder_the_shipped_policy_is_in_force(tmp_path: Path) -> None:
    assert not (tmp_path / "policies").exists()
    assert load_policies(tmp_path / "policies") == load_policies() == load_policies(None)


def test_a_policy_file_that_was_removed_is_missed_and_not_replaced(cli: Cli, home: Path) -> None:
    path = own_policy(home)
    collect(home, beijing(2, 13, 15), "G/TBT/N/ATL/1")
    path.unlink()
    with pytest.raises(StageError, match="working-72h-1"):
        policy_of("working-72h-1", load_policies(home / "policies"))
    done = cli("--home", home, "--now", "2026-02-26T11:30+08:00", "cases")
    assert done.code == 3
    assert "working-72h-1" in done.err
    assert "Traceback" not in done.err


# years without a table of holidays


def guesses(run: Run) -> list[str]:
    return [issue.subject for issue in run.issues if issue.code == "workdays-unknown"]


def test_a_year_without_a_table_is_counted_monday_to_friday_and_said(cli: Cli, home: Path) -> None:
    own_policy(home)
    collect(home, beijing(1, 28, 15, year=2031), "G/TBT/N/ATL/1")  # Spring Festival 2031 is on 23 January
    run, found = listed(home, beijing(1, 28, 15, year=2031))
    assert guesses(run) == ["2031"]
    [issue] = run.issues
    assert "周一至周五" in issue.message
    assert str(home / "workdays.toml") in issue.next_step
    assert run.outcome == "findings"
    # Tuesday: 2 h, then Wednesday to Friday 19.5 h, Monday 2.5 h
    assert due(found["G/TBT/N/ATL/1"])[0] == beijing(2, 3, 11, 30, year=2031)
    done = cli("--home", home, "--now", "2031-01-28T15:00+08:00", "cases")
    assert done.code == 1
    assert "2031年没有节假日和调休表" in done.out

    (home / "workdays.toml").write_text('[2031]\nholidays = ["2031-01-29"]\n', encoding="utf-8")
    run, found = listed(home, beijing(1, 28, 15, year=2031))
    assert run.issues == []
    # Tuesday 2 h, Thursday, Friday and Monday 19.5 h, Tuesday 2.5 h
    assert due(found["G/TBT/N/ATL/1"])[0] == beijing(2, 4, 11, 30, year=2031)


def test_the_year_that_a_limit_runs_into_is_named_too(home: Path) -> None:
    own_policy(home)
    (home / "workdays.toml").write_text('[2031]\nholidays = ["2031-10-01"]\n', encoding="utf-8")
    collect(home, beijing(12, 30, 15, year=2031), "G/TBT/N/ATL/1")
    run, _ = listed(home, beijing(12, 30, 15, year=2031))
    assert guesses(run) == ["2032"]


def test_the_year_that_a_limit_comes_from_is_named_too(home: Path) -> None:
    own_policy(home)
    (home / "workdays.toml").write_text('[2032]\nholidays = ["2032-01-01"]\n', encoding="utf-8")
    collect(home, beijing(12, 30, 15, year=2031), "G/TBT/N/ATL/1")
    run, _ = listed(home, beijing(12, 30, 15, year=2031))
    assert guesses(run) == ["2031"]


def test_natural_hours_need_no_table(home: Path) -> None:
    collect(home, beijing(1, 28, 15, year=2031), "G/TBT/N/ATL/1")
    run, _ = listed(home, beijing(1, 28, 15, year=2031))
    assert run.issues == []


# files that are wrong


def without(text: str, line: str) -> str:
    assert line in text
    return text.replace(line, "", 1)


def instead(old: str, new: str) -> str:
    assert old in WORKING
    return WORKING.replace(old, new, 1)


BAD = {
    "an event nobody knows": (instead('event = "judged"', 'event = "judgde"'), "event"),
    "no TOML": ("version = ", "Invalid value"),
    "no version": (without(WORKING, 'version = "working-72h-1"\n'), "version"),
    "no channels": (without(WORKING, 'channels = ["wto", "legislation"]\n'), "channels"),
    "no milestones": (WORKING.partition("[[milestones]]")[0], "milestones"),
    "a field nobody knows": (f'colour = "red"\n{WORKING}', "colour"),
    "a milestone without label": (without(WORKING, 'label = "研判"\n'), "label"),
    "a milestone with a field nobody knows": (instead('label = "研判"', 'label = "研判"\ndays = 3'), "days"),
    "hours of a kind nobody knows": (instead('hours = "working"', 'hours = "lunar"'), "hours"),
    "working hours without a table of them": (WORKING.partition("[working_hours]")[0], "[working_hours]"),
    "natural hours with a table of working hours": (instead('hours = "working"', 'hours = "natural"'), "hours"),
    "no closing time": (without(WORKING, 'end = "17:00"\n'), "end"),
    "a pause of a name nobody knows": (instead("pause_start", "lunch"), "lunch"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_policy_file_is_refused_by_file_and_field(tmp_path: Path, name: str) -> None:
    text, field = BAD[name]
    path = own_policy(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_policies(tmp_path / "policies")
    assert str(path) in caught.value.message
    assert field in str(caught.value)
    assert caught.value.next_step


def test_the_command_line_says_what_is_wrong_and_writes_nothing(cli: Cli, home: Path) -> None:
    path = own_policy(home, BAD["a field nobody knows"][0])
    for command in (("cases",), ("case", "show", "x"), ("case", "note", "x", "--by", "甲", "--text", "记事")):
        done = cli("--home", home, "--now", "2026-02-26T11:30+08:00", *command)
        assert done.code == 2
        assert str(path) in done.err
        assert "colour" in done.err
    path.unlink()
    (home / "workdays.toml").write_text('[2026]\nholidays = ["2027-01-01"]\n', encoding="utf-8")
    done = cli("--home", home, "--now", "2026-02-26T11:30+08:00", "cases")
    assert done.code == 2
    assert "workdays.toml" in done.err


WRONG = {
    "hours in words": (instead("hours = 24", 'hours = "24"'), "hours"),
    "negative hours": (instead("hours = 24", "hours = -24"), "hours"),
    "a ratio in words": (instead("amber_ratio = 0.75", 'amber_ratio = "0.75"'), "amber_ratio"),
    "a ratio above one": (instead("amber_ratio = 0.75", "amber_ratio = 75"), "amber_ratio"),
    "days in words": (instead("backfill_days = 14", 'backfill_days = "14"'), "backfill_days"),
    "one channel as a text": (instead('channels = ["wto", "legislation"]', 'channels = "wto"'), "channels"),
    "a channel nobody knows": (instead('"legislation"', '"gazette"'), "channels"),
    "an event twice": (instead('event = "notified"', 'event = "judged"'), "event"),
    "no milestone at all": (f"{WORKING.partition('[[milestones]]')[0]}milestones = []\n[working_hours]"
                            f"{WORKING.partition('[working_hours]')[2]}", "milestones"),
    "a time that is none": (instead('start = "09:00"', 'start = "25:00"'), "start"),
    "a time as a number": (instead('start = "09:00"', "start = 9"), "start"),
    "a time without quotes": (instead('start = "09:00"', "start = 09:00:00"), "start"),
    "closing before opening": (instead('end = "17:00"', 'end = "08:00"'), "end"),
    "the version that ships": (instead("working-72h-1", "natural-72h-1"), "version"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_in_a_policy_file_is_refused_by_file_and_field(tmp_path: Path, name: str) -> None:
    text, field = WRONG[name]
    path = own_policy(tmp_path, text)
    with pytest.raises(InputError) as caught:
        load_policies(tmp_path / "policies")
    assert str(path) in caught.value.message
    assert field in str(caught.value)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_policy_file_that_is_not_utf_8_is_refused_by_name(tmp_path: Path, encoding: str) -> None:
    path = own_policy(tmp_path)
    path.write_bytes(WORKING.encode(encoding))
    with pytest.raises(InputError, match=r"response-working\.toml"):
        load_policies(tmp_path / "policies")


def test_a_byte_order_mark_before_a_policy_does_no_harm(tmp_path: Path) -> None:
    own_policy(tmp_path).write_bytes(WORKING.encode("utf-8-sig"))
    assert load_policies(tmp_path / "policies")[0].version == "working-72h-1"
