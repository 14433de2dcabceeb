"""Opening the file: who else holds it, what it is, and what a failed transaction leaves."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from warehouse.connection import Connection, open_reader, open_writer, transaction
from warehouse.errors import InputError, StageError

HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"


def test_a_file_held_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_writer(path):
        pass
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StageError, match="另一个程序"), open_writer(path):
            pass
        with pytest.raises(StageError, match="另一个程序"), open_reader(path):
            pass
        holder.communicate("\n")
    with open_writer(path) as con:
        assert con.execute("SELECT count(*) FROM runs").fetchone() == (0,)


@pytest.mark.parametrize("content", [b"PK\x03\x04 an office document" * 500, b"short", b"\x00" * 20000])
@pytest.mark.parametrize("opened", [open_writer, open_reader])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes, opened: type) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"warehouse\.duckdb"), opened(path):
        pass
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", ["header", "blocks", "cut"])
def test_a_damaged_database(tmp_path: Path, place: str) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_writer(path):
        pass
    whole = path.read_bytes()
    noise = b"\xa5" * 4096
    damaged = {
        "header": whole[:4096] + noise * 2 + whole[3 * 4096 :],
        "blocks": whole[: 3 * 4096] + bytes(byte ^ 0x5A for byte in whole[3 * 4096 :]),
        "cut": whole[: 3 * 4096 + 100],
    }
    path.write_bytes(damaged[place])
    with pytest.raises(InputError, match="损坏"), open_writer(path):
        pass


def test_a_reader_needs_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="还没有数据库"), open_reader(tmp_path / "warehouse.duckdb"):
        pass


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "below" / "warehouse.duckdb"
    with open_writer(path):
        pass
    with open_reader(path) as con, pytest.raises(duckdb.Error, match="read-only"):
        con.execute("DELETE FROM runs")


def test_instants_come_back_in_utc(warehouse: Connection) -> None:
    row = warehouse.execute("SELECT TIMESTAMPTZ '2026-03-10 08:00:00+08'").fetchone()
    assert row == (datetime(2026, 3, 10, tzinfo=UTC),)
    assert row[0].utcoffset().total_seconds() == 0


def insert_in_a_transaction(con: Connection, *values: int) -> None:
    with transaction(con):
        for value in values:
            con.execute("INSERT INTO t VALUES ($value)", {"value": value})
        if not values:
            raise ZeroDivisionError


def test_a_transaction_keeps_all_or_nothing(warehouse: Connection) -> None:
    warehouse.execute("CREATE TEMP TABLE t (x INTEGER PRIMARY KEY)")
    with pytest.raises(ZeroDivisionError):
        insert_in_a_transaction(warehouse)
    with pytest.raises(duckdb.ConstraintException):
        insert_in_a_transaction(warehouse, 2, 2)
    insert_in_a_transaction(warehouse, 3)
    assert warehouse.execute("FROM t").fetchall() == [(3,)]


def test_a_commit_that_fails_shows_its_own_error(warehouse: Connection) -> None:
    warehouse.execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")

    def collide() -> None:
        with warehouse.cursor() as other, transaction(warehouse):
            other.execute("USE warehouse")
            warehouse.execute("INSERT INTO t VALUES (1)")
            other.execute("INSERT INTO t VALUES (1)")

    with pytest.raises(duckdb.Error, match=r"(?i)constraint|conflict"):
        collide()
    with transaction(warehouse):
        warehouse.execute("DELETE FROM t")


def test_a_checkpoint_writes_few_rows_anew(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_writer(path) as con:
        con.execute("CREATE TABLE t AS SELECT i FROM range(100_000) AS numbers(i)")
    with open_writer(path) as con:
        con.execute("INSERT INTO t VALUES (1)")
    with duckdb.connect(path, read_only=True) as con:
        sizes = con.execute(
            "SELECT sum(count) FROM pragma_storage_info('t') WHERE segment_type = 'BIGINT' GROUP BY row_group_id"
        ).fetchall()
    assert sum(int(size) for (size,) in sizes) == 100_001
    assert max(int(size) for (size,) in sizes) <= 8192


def test_a_path_with_quotes_and_brackets(tmp_path: Path) -> None:
    path = tmp_path / "报告 [1] d'été" / "warehouse.duckdb"
    with open_writer(path):
        pass
    with open_reader(path) as con:
        assert con.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_two_connections_of_one_process_share_the_file(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_writer(path) as first, open_writer(path) as second:
        first.execute("CREATE TABLE t AS SELECT 1 AS x")
        assert second.execute("FROM t").fetchall() == [(1,)]
