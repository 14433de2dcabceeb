"""Data checks in use: an error stops publication, a warning a release, info neither; `status` tells them apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_office import ONE, rows
from issue_office import AFTER, MONTH, tb

from warehouse.check import run_checks
from warehouse.connection import open_reader, open_writer
from warehouse.records import Severity


@pytest.fixture
def traced(office: Path) -> Path:
    """The office with the runs that brought its notifications, which its landing folders leave out."""
    damage(
        office,
        "INSERT INTO runs BY NAME SELECT DISTINCT run_id, 'import-notifications' AS step, '{}' AS arguments, "
        "'0' AS tool_version, min(first_seen_at) AS started_at, 'done' AS outcome, '{}' AS counts "
        "FROM raw_notifications GROUP BY run_id",
    )
    return office


def damage(home: Path, statement: str) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute(statement)


def test_an_error_stops_publication_and_leaves_the_copy_before(traced: Path) -> None:
    assert tb(traced, "publish").code == 0
    before = (traced / "publish" / "current.duckdb").resolve()
    damage(
        traced, "UPDATE product_lines SET exporter_id = 'gone' WHERE line_id = (SELECT min(line_id) FROM product_lines)"
    )
    done = tb(traced, "publish", now="2026-04-03T09:00+08:00")
    assert done.code == 3
    assert "数据检查未通过，未发布：产品的企业不存在（1条" in done.err
    assert "原副本未受影响" in done.err
    assert (traced / "publish" / "current.duckdb").resolve() == before
    assert before.exists()
    assert rows(traced, "SELECT outcome FROM runs WHERE step = 'publish' ORDER BY started_at DESC LIMIT 1") == [
        ("failed",)
    ]


def test_a_warning_stops_a_release_but_no_publication(traced: Path) -> None:
    damage(
        traced, "UPDATE notifications SET comment_deadline = DATE '2026-01-01' WHERE notification_id = 'G/TBT/N/ATL/1'"
    )
    assert ONE == "G/TBT/N/ATL/1"
    assert tb(traced, "publish").code == 0
    done = tb(traced, "report", "release", "--month", MONTH, "--by", "处长", now=AFTER)
    assert done.code == 2
    assert "数据检查未通过：评议截止日期早于通报日期" in done.err


def test_status_tells_the_severities_apart(traced: Path) -> None:
    damage(
        traced, "UPDATE notifications SET comment_deadline = DATE '2026-01-01' WHERE notification_id = 'G/TBT/N/ATL/1'"
    )
    found = {each["name"]: each["severity"] for each in tb(traced, "status", "--json").data["findings"]}
    assert found["deadline_before_distribution"] == "warning"
    assert found["member_code_unknown"] == "info"  # the tests' members are invented
    shown = tb(traced, "status")
    assert "[数据检查·注意] 评议截止日期早于通报日期：1 条" in shown.out
    assert "[数据检查·说明] 通报成员代码不在成员表中" in shown.out


def test_of_the_bundled_sample_only_the_planted_dates_are_doubtful(prepared: Path) -> None:
    with open_reader(prepared / "warehouse.duckdb") as con:
        found = run_checks(con, least=Severity.WARNING)
    assert {(finding.name, finding.severity.value) for finding in found} == {
        ("deadline_before_distribution", "warning"),
        ("distribution_implausible", "warning"),
    }
