"""The run ledger and the issues."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from warehouse_sample import scalar

from warehouse.connection import Connection
from warehouse.ledger import begin_run, finish_run, issue_id, record_issues
from warehouse.query import fetch_all
from warehouse.records import Issue, Severity

HOUR = timedelta(hours=1)


def issue(**fields: object) -> Issue:
    return Issue(**{"code": "hs", "severity": Severity.WARNING, "message": "编码可疑", "row": 3, **fields})  # type: ignore[arg-type]


def test_a_run_is_visible_before_it_ends(warehouse: Connection, now: datetime) -> None:
    begin_run(warehouse, run_id="r", step="match", source="", arguments={"file": "表.xlsx"}, version="0.1", now=now)
    (running,) = fetch_all(warehouse, "queries/latest_runs")
    assert (running["outcome"], running["finished_at"]) == ("running", None)
    finish_run(warehouse, run_id="r", outcome="findings", counts={"n": 2}, now=now + HOUR)
    (done,) = fetch_all(warehouse, "queries/latest_runs")
    assert (done["outcome"], done["finished_at"], json.loads(done["counts"])) == ("findings", now + HOUR, {"n": 2})
    assert json.loads(scalar(warehouse, "SELECT arguments FROM runs")) == {"file": "表.xlsx"}


def test_the_same_finding_is_one_row(warehouse: Connection, now: datetime) -> None:
    record_issues(warehouse, [], source="s", run_id="r0", now=now)
    record_issues(warehouse, [issue(), issue(), issue(row=4), issue(row=None)], source="s", run_id="r1", now=now)
    record_issues(warehouse, [issue(message="说法变了")], source="s", run_id="r2", now=now + HOUR)
    record_issues(warehouse, [issue()], source="other", run_id="r3", now=now)
    rows = warehouse.execute(
        "SELECT row_number, message, run_id, first_seen_at, last_seen_at FROM issues WHERE source = 's' ORDER BY 1"
    ).fetchall()
    assert rows == [
        (3, "说法变了", "r2", now, now + HOUR),
        (4, "编码可疑", "r1", now, now),
        (None, "编码可疑", "r1", now, now),
    ]
    assert scalar(warehouse, "SELECT count(*) FROM issues") == 4


def test_issues_without_any_row_number(warehouse: Connection, now: datetime) -> None:
    record_issues(warehouse, [issue(row=None)], source="s", run_id="r", now=now)
    assert scalar(warehouse, "SELECT issue_id FROM issues") == issue_id(issue(row=None), "s")
