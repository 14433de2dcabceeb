"""研判 by workbook when a limit has passed: which cause a row needs, and what it explains."""

from __future__ import annotations

from pathlib import Path

import pytest
from triage_answers import LATE, WARNING, at, counts, export, fill, happened, listed, state, take_in

from pipeline.sla import MilestoneState
from pipeline.steps.open_cases import update_cases
from pipeline.steps.show_case import show_case


@pytest.mark.parametrize(
    ("hours", "explained", "unexplained"),
    [(25, {"judged": "backlog"}, ()), (60, {"judged": "backlog"}, ("notified",))],
)
def test_an_overdue_row_needs_the_cause_of_what_it_answers_too_late(
    home: Path, rated: tuple[str, ...], tmp_path: Path, hours: float, explained: dict[str, str], unexplained: tuple[str]
) -> None:
    without, given = rated[:2]
    path = export(home, hours, tmp_path / "研判.xlsx")
    assert {listed(path)[case_id]["时限"] for case_id in rated} == {"▲超时"}
    places = fill(path, {without: WARNING, given: LATE})
    run, problems = take_in(home, hours + 1, path)
    assert counts(run)[0] == 1
    assert [(p.cell, p.header) for p in problems] == [(places[without]["超时原因"], "超时原因")]
    assert happened(home, without) == []
    shown = show_case(at(home, hours + 2), given)
    assert dict(shown.timed.state.causes) == explained
    assert shown.timed.unexplained == unexplained
    assert shown.timed.clock.readings[0].state is MilestoneState.MET_LATE


def test_advice_that_comes_too_late_takes_the_cause_of_its_row(
    home: Path, rated: tuple[str, ...], tmp_path: Path
) -> None:
    path = export(home, 80, tmp_path / "研判.xlsx")
    fill(path, {rated[0]: {**LATE, "应对建议": "核对限值"}})
    assert take_in(home, 81, path)[1] == ()
    assert dict(state(home, rated[0]).causes) == {"judged": "backlog", "advised": "backlog"}


def test_a_limit_that_passes_between_export_and_import_needs_a_cause_too(
    home: Path, rated: tuple[str, ...], tmp_path: Path
) -> None:
    path = export(home, 23, tmp_path / "研判.xlsx")
    assert listed(path)[rated[0]]["时限"] == "△临近"
    fill(path, {rated[0]: WARNING})
    run, problems = take_in(home, 25, path)
    assert (counts(run)[0], [p.value for p in problems]) == (0, [rated[0]])
    assert "已超过时限" in problems[0].message
    fill(path, {rated[0]: LATE})
    assert counts(take_in(home, 26, path)[0])[0] == 1
    assert dict(state(home, rated[0]).causes) == {"judged": "backlog"}


def test_a_backfill_needs_no_cause_however_late_it_is_judged(home: Path, tmp_path: Path) -> None:
    _, timed = update_cases(at(home, 200))
    case_id = next(item.case.case_id for item in timed if item.case.is_backfill)
    path = export(home, 200, tmp_path / "研判.xlsx")
    fill(path, {case_id: WARNING})
    assert take_in(home, 201, path)[1] == ()
    assert (state(home, case_id).conclusion, dict(state(home, case_id).causes)) == ("warning", {})
