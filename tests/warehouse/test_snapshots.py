"""Which published versions stay, and what a killed run leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse.snapshots import (
    LINK_NAME,
    clear_half_written,
    clear_old,
    copy_path,
    latest,
    move_links,
    new_version,
    parquet_path,
    version_of,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def put(folder: Path, moment: datetime) -> str:
    """A version of this moment, with its links."""
    version = new_version(folder, moment)
    parquet_path(folder, version).mkdir(parents=True)
    copy_path(folder, version).write_text(version, encoding="utf-8")
    move_links(folder, version)
    return version


def there(folder: Path) -> tuple[list[str], list[str]]:
    """The versions that have a DuckDB file, and those that have a Parquet folder."""
    return (
        sorted(version_of(path) for path in folder.glob("tbtwatch-*.duckdb")),
        sorted(path.name for path in (folder / "parquet").iterdir() if not path.is_symlink()),
    )


def test_the_newest_versions_and_those_that_issues_name_stay(tmp_path: Path) -> None:
    versions = [put(tmp_path, NOON + timedelta(days=day)) for day in range(6)]
    named = [copy_path(tmp_path, versions[0]).name]
    now = NOON + timedelta(days=5)
    assert clear_old(tmp_path, version=versions[5], keep=2, parquet_hours=6, named=named, now=now) == 3
    assert there(tmp_path) == ([versions[0], versions[4], versions[5]], [versions[4], versions[5]])


@pytest.mark.parametrize(("hours", "kept"), [(0, 1), (2, 2), (2.5, 3), (100, 6)])
def test_a_folder_of_parquet_files_stays_for_some_hours_whatever_the_number(
    tmp_path: Path, hours: float, kept: int
) -> None:
    versions = [put(tmp_path, NOON + timedelta(hours=hour)) for hour in range(6)]
    now = NOON + timedelta(hours=5)
    clear_old(tmp_path, version=versions[5], keep=1, parquet_hours=hours, named=[], now=now)
    assert there(tmp_path) == ([versions[5]], versions[6 - kept :])


def test_a_version_from_before_the_clock_was_set_back_counts_as_new(tmp_path: Path) -> None:
    ahead = put(tmp_path, NOON + timedelta(days=400))
    now = put(tmp_path, NOON)
    assert clear_old(tmp_path, version=now, keep=1, parquet_hours=6, named=[], now=NOON) == 1
    assert there(tmp_path) == ([now], [now, ahead])
    assert latest(tmp_path) == copy_path(tmp_path, now).resolve()


def test_somebody_elses_folder_is_left_alone(tmp_path: Path) -> None:
    version = put(tmp_path, NOON)
    (tmp_path / "parquet" / "mine").mkdir()
    clear_old(tmp_path, version=version, keep=1, parquet_hours=0, named=[], now=NOON + timedelta(days=9))
    assert (tmp_path / "parquet" / "mine").exists()


def test_what_a_killed_run_left_is_cleared_and_the_rest_stays(tmp_path: Path) -> None:
    version = put(tmp_path, NOON)
    (tmp_path / "tbtwatch-x.part").write_bytes(b"half")
    (tmp_path / "tbtwatch-x.part.wal").write_bytes(b"half")
    (tmp_path / "current.new").symlink_to("nowhere")
    half = tmp_path / "parquet" / "x.part"
    half.mkdir()
    (half / "all.parquet").write_bytes(b"half")
    clear_half_written(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [LINK_NAME, "parquet", copy_path(tmp_path, version).name]
    assert there(tmp_path) == ([version], [version])


def test_a_second_version_of_a_moment_is_another_one_and_comes_after(tmp_path: Path) -> None:
    versions = [put(tmp_path, NOON) for _ in range(3)]
    assert versions == sorted(set(versions))
    clear_old(tmp_path, version=versions[2], keep=2, parquet_hours=0, named=[], now=NOON)
    assert there(tmp_path) == (versions[1:], versions[1:])
