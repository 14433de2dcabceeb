"""From a printed number to the landing files: every notification that the bulletin counts can be found again."""

from __future__ import annotations

import gzip
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_sample import load, notification, observed

from pipeline.sample import sample_path
from warehouse.connection import Connection
from warehouse.publish import publish

sys.path.insert(0, str(Path(__file__).parents[1] / "pipeline"))
from issue_office import tb

MONTH = "2026-06"
BEFORE = "2026-06-29T09:00+08:00"
AFTER = "2026-07-01T10:00+08:00"
START = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
PRINTED = re.compile(r"的技术性贸易措施通报(\d+)件")
COUNTED = """
SELECT symbol, notification_id, source, source_key, content_hash, run_id, landing_folder, landing_file
FROM mart.bulletin_notifications WHERE report_month = $month ORDER BY symbol
"""


def done(home: Path, *arguments: object, now: str = AFTER) -> None:
    said = tb(home, *arguments, now=now)
    assert said.code in (0, 1), said.err


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled sample, imported, drafted, released and published."""
    home = tmp_path_factory.mktemp("lineage") / "home"
    for name in ("notifications.xlsx", "search_page.json"):
        with sample_path(name) as path:
            done(home, "import", "notifications", path, now=BEFORE)
    done(home, "report", "release", "--month", MONTH, "--by", "处长", "--anyway", "测试")
    done(home, "publish")
    return home


@pytest.fixture
def copy(home: Path) -> Any:
    with duckdb.connect(str(home / "publish" / "current.duckdb"), read_only=True) as con:
        yield con


def printed(home: Path) -> int:
    (page,) = (home / "reports" / MONTH / "正式").glob("*.html")
    found = PRINTED.findall(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))
    assert found
    return int(found[0])


def landed(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(each) for each in lines]


def test_a_printed_number_is_listed_and_each_row_found_in_the_landing_file_that_it_names(
    home: Path, copy: duckdb.DuckDBPyConnection
) -> None:
    rows = copy.execute(COUNTED, {"month": MONTH}).fetchall()
    assert len(rows) == printed(home) > 50
    assert len({row[0] for row in rows}) == len(rows)
    files = {row[7]: landed(home / row[7]) for row in rows}
    assert len({row[2] for row in rows}) == 2, "both sources are asked for"
    for symbol, notification_id, source, key, content_hash, run_id, folder, file in rows:
        assert str(Path(file).parent) == folder == f"landing/{source}/{run_id}"
        (line,) = [each for each in files[file] if each["source_key"] == key and each["content_hash"] == content_hash]
        assert line["notification_id"] == notification_id
        assert symbol in line["symbols"]
        assert line["distribution_date"].startswith(MONTH)


def test_the_issue_prints_what_the_copy_counts(home: Path, copy: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT report_month, printed_symbols, counted_symbols, printed_measures, counted_measures, snapshot "
    ((month, symbols, counted, measures, counted_measures, snapshot),) = copy.execute(
        query + "FROM mart.bulletin_issues"
    ).fetchall()
    assert (month, symbols, measures) == (MONTH, counted, counted_measures)
    assert symbols == printed(home)
    with duckdb.connect(str(home / "publish" / snapshot), read_only=True) as kept:
        assert kept.execute(COUNTED, {"month": MONTH}).fetchall() == copy.execute(COUNTED, {"month": MONTH}).fetchall()


def test_every_version_is_in_the_file_that_lineage_names(home: Path, copy: duckdb.DuckDBPyConnection) -> None:
    rows = copy.execute("SELECT source_key, content_hash, landing_file, input_file FROM mart.lineage").fetchall()
    files = {
        file: {(each["source_key"], each["content_hash"]) for each in landed(home / file)} for _, _, file, _ in rows
    }
    assert all((key, content_hash) in files[file] for key, content_hash, file, _ in rows)
    assert sum(len(each) for each in files.values()) == len(rows)
    assert {row[3] for row in rows} == {"notifications.xlsx", "search_page.json"}


def test_versions_and_what_was_loaded_before_landing_files_were_kept(warehouse: Connection, tmp_path: Path) -> None:
    load(warehouse, tmp_path, START, observed(notification(title="first"), key="r1"))
    load(warehouse, tmp_path, START.replace(day=11), observed(notification(title="second"), key="r1"))
    load(warehouse, tmp_path, START.replace(day=12), observed(notification(title="first"), key="r1"))
    warehouse.execute("UPDATE raw_notifications SET landing_file = NULL WHERE title = 'second'")
    warehouse.execute("UPDATE raw_notifications SET run_id = 'R' WHERE title = 'second'")
    path = publish(warehouse, tmp_path / "p", firm_names=False, keep=1, version="0", now=START.replace(day=13)).path
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute(
            "SELECT v.title, l.version_number, l.is_current, v.n_versions, l.landing_folder, l.landing_file "
            "FROM mart.lineage AS l JOIN mart.notification_versions AS v USING (source, source_key, content_hash) "
            "ORDER BY l.version_number"
        ).fetchall()
    assert [row[:4] for row in rows] == [("first", 1, True, 2), ("second", 2, False, 2)]
    assert rows[0][5].startswith(rows[0][4] + "/observations")
    assert rows[1][4:] == ("landing/platform/R", "")
