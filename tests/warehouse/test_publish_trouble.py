"""What becomes of a publication on a disk without links, beside a folder in the way, or killed between two links."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_sample import load, notification, scalar

from warehouse import snapshots
from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.publish import Publication, publish

START = datetime(2026, 3, 10, 8, tzinfo=UTC)


def publish_on(con: Connection, folder: Path, day: int = 0) -> Publication:
    return publish(con, folder / "publish", firm_names=False, keep=2, version="0.1", now=START + timedelta(days=day))


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in [*folder.glob("*"), *folder.glob("parquet/*")]}


def test_a_copy_cannot_be_written_into_by_mistake(warehouse: Connection, tmp_path: Path) -> None:
    done = publish_on(warehouse, tmp_path)
    assert done.path.stat().st_mode & 0o222 == 0


def test_a_disk_without_links_is_named_and_nothing_piles_up(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "symlink_to", refuse)
    for day in range(3):
        with pytest.raises(StageError) as refused:
            publish_on(warehouse, tmp_path, day)
        assert "不支持符号链接" in refused.value.message
        assert "--home" in refused.value.next_step
    assert names(tmp_path / "publish") == {"parquet"}


def test_a_version_whose_link_fails_goes_again(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish_on(warehouse, tmp_path)
    before = names(tmp_path / "publish")

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr("warehouse.publish.move_links", refuse)
        with pytest.raises(StageError, match="未写成"):
            publish_on(warehouse, tmp_path, 1)
    assert names(tmp_path / "publish") == before
    assert first.link.resolve() == first.path


@pytest.mark.parametrize("link", ["current.duckdb", "parquet/current"])
def test_what_stands_where_a_link_should_be_is_named(warehouse: Connection, tmp_path: Path, link: str) -> None:
    publish_on(warehouse, tmp_path)
    in_the_way = tmp_path / "publish" / link
    in_the_way.unlink()
    in_the_way.mkdir()
    with pytest.raises(StageError) as refused:
        publish_on(warehouse, tmp_path, 1)
    assert str(in_the_way) in refused.value.message
    in_the_way.rmdir()
    assert publish_on(warehouse, tmp_path, 1).link.exists()


def test_a_run_killed_between_the_links_is_put_right_by_the_next(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish_on(warehouse, tmp_path)
    moved: list[Path] = []
    move = snapshots._move

    def killed_after_one(link: Path, target: str) -> None:
        if link.name != ".probe" and moved:
            raise KeyboardInterrupt
        move(link, target)
        if link.name == "current" and target != first.parquet.name:
            moved.append(link)

    with monkeypatch.context() as broken:
        broken.setattr(snapshots, "_move", killed_after_one)
        with pytest.raises(KeyboardInterrupt):
            publish_on(warehouse, tmp_path, 1)
    current = tmp_path / "publish" / "parquet" / "current"
    assert (first.link.resolve(), current.resolve()) != (first.path, first.parquet)
    load(warehouse, tmp_path, START, notification())
    third = publish_on(warehouse, tmp_path, 2)
    assert (third.link.resolve(), current.resolve()) == (third.path, third.parquet)
    with duckdb.connect(third.link, read_only=True) as copy:
        # of the second, which was whole and never linked, the number is not used again
        assert scalar(copy, "SELECT publication FROM published") == 3


def test_what_cannot_be_cleared_away_does_not_hide_that_the_copy_is_out(
    warehouse: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("warehouse.publish.clear_old", refuse)
    with pytest.raises(StageError, match="新副本已发布"):
        publish_on(warehouse, tmp_path)
    assert (tmp_path / "publish" / "current.duckdb").exists()
