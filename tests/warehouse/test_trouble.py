"""What goes wrong with the file or the disk: the command line says it in words, and what was there is there still."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from home_cli import Done, can_mount, command, content, kept, on_read_only_disk, on_small_disk, process, tb

from pipeline.sample import NOTIFICATIONS, sample_path
from warehouse.connection import open_writer

BLOCK, HEADERS = 262_144, 3 * 4096  # bytes of a block of DuckDB, and of what stands before the first
needs_mount = pytest.mark.skipif(bool(can_mount()), reason=can_mount())


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office of the kept release, brought to the present schema. Never changed."""
    home = tmp_path_factory.mktemp("trouble") / "home"
    home.mkdir()
    (home / "warehouse.duckdb").write_bytes(kept("0.1.0"))
    with open_writer(home / "warehouse.duckdb"):
        pass
    return home


@pytest.fixture
def home(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that the test may change."""
    monkeypatch.setenv("TBTWATCH_MATCH__ENCODER", "hashing")
    return Path(shutil.copytree(migrated, tmp_path / "home"))


def fails(done: Done, code: int, home: Path) -> None:
    """It failed so, in words that name the file."""
    assert (done.code, done.is_worded, done.out) == (code, True, ""), done.err
    assert str(home / "warehouse.duckdb") in done.err


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: 40 * BLOCK])


def flip_every_block(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for at in range(HEADERS + 5000, len(whole), BLOCK):
        whole[at] ^= 0xFF
    path.write_bytes(whole)


def foreign(path: Path) -> None:
    path.unlink()
    with duckdb.connect(str(path)) as con:
        con.execute("CREATE TABLE theirs AS SELECT 42 AS answer")


def newer(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("INSERT INTO schema_migrations VALUES ('schema/9999_future', 'x', now())")


@pytest.mark.parametrize("damage", [empty, cut, flip_every_block, foreign, newer])
def test_a_file_that_cannot_be_used_is_named_and_left_as_it_is(home: Path, damage: Callable[[Path], None]) -> None:
    path = home / "warehouse.duckdb"
    damage(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    for arguments in (("status",), ("cases",), ("publish",), ("backup",)):
        fails(tb(home, *arguments), 2, home)
    fails(process(home, "match"), 2, home)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_a_folder_in_place_of_the_file(home: Path) -> None:
    (home / "warehouse.duckdb").unlink()
    (home / "warehouse.duckdb").mkdir()
    for arguments in (("status",), ("cases",), ("backup",)):
        done = tb(home, *arguments)
        fails(done, 2, home)
        assert "文件夹" in done.err


def test_one_damaged_block_is_found_by_whoever_reads_it_and_by_every_backup(home: Path) -> None:
    path = home / "warehouse.duckdb"
    whole, rows = path.read_bytes(), content(path)
    refused = 0
    for block in range(0, (len(whole) - HEADERS) // BLOCK, 17):
        damaged = bytearray(whole)
        damaged[HEADERS + block * BLOCK + 5000] ^= 0xFF
        path.write_bytes(damaged)
        saved = home.parent / f"{block}.zip"
        for arguments in (("backup", "--out", saved), ("publish",)):
            done = tb(home, *arguments)  # an error that is not worded fails the test here
            if done.code in {2, 3}:
                assert done.is_worded
                assert "损坏" in done.err
        if saved.exists():  # the block is free: what comes out is whole
            restored = home.parent / f"restored-{block}"
            assert tb(restored, "restore", saved).code == 0
            assert content(restored / "warehouse.duckdb") == rows
        else:
            refused += 1
        path.write_bytes(whole)
    assert refused


def test_a_log_that_a_killed_run_left_is_folded_in_and_a_damaged_one_is_refused(home: Path) -> None:
    path, log = home / "warehouse.duckdb", home / "warehouse.duckdb.wal"
    program = (
        "import duckdb, os, signal, sys; con = duckdb.connect(sys.argv[1]); con.execute('DELETE FROM issues');"
        "con.execute('UPDATE runs SET outcome = outcome');"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([command(home)[0], "-c", program, str(path)], check=False)
    assert killed.returncode == -9
    whole = log.read_bytes()
    at = len(whole) // 2
    log.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    torn = log.read_bytes()
    done = process(home, "cases")
    fails(done, 2, home)
    assert log.read_bytes() == torn  # nothing is thrown away
    log.write_bytes(whole)
    assert process(home, "cases").code in {0, 1}
    assert content(path, {"issues": ("code",)})["issues"][1] == []


@needs_mount
@pytest.mark.parametrize("arguments", [("import", "notifications"), ("match",), ("publish",)])
def test_a_full_disk_is_said_and_loses_nothing(home: Path, arguments: tuple[str, ...]) -> None:
    path = home / "warehouse.duckdb"
    before = content(path)
    with sample_path(NOTIFICATIONS) as sample:
        if arguments[0] == "match":  # all is to be matched again
            with duckdb.connect(str(path)) as con:
                con.execute("DELETE FROM matched_notifications")
            before = content(path)
        given = (*arguments, sample) if arguments[0] == "import" else arguments
        done = on_small_disk(home, 64 << 20, 16 << 10, *given)
        assert (done.code, done.is_worded) == (3, True), (done.code, done.err)
        after = content(path)
        before.pop("case_limits", None), after.pop("case_limits", None)  # made anew for each copy
        for log in ("runs", "issues"):
            assert set(before.pop(log)[1]) <= set(after.pop(log)[1])
        assert after == before
        assert tb(home, *given).code in {0, 1}  # with room again, the same command does it


@needs_mount
def test_a_read_only_disk_is_said_and_can_be_read(home: Path) -> None:
    for arguments in (("cases",), ("match",), ("publish",)):
        done = on_read_only_disk(home, *arguments)
        fails(done, 3, home)
        assert "只读" in done.err
    assert on_read_only_disk(home, "status").code in {0, 1}
    assert on_read_only_disk(home, "backup").code == 3
    saved = on_read_only_disk(home, "backup", "--out", home.parent / "elsewhere.zip")
    assert saved.code in {0, 1}, saved.err


def test_of_two_writers_at_once_one_works_and_the_other_is_told(home: Path) -> None:
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute("DELETE FROM matched_notifications")
    started = [
        subprocess.Popen(command(home, "match"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = []
    for each in started:
        out, err = each.communicate()
        ended.append(Done(each.returncode, out, err))
    assert any(done.code in {0, 1} for done in ended)
    for done in ended:
        if done.code not in {0, 1}:
            fails(done, 3, home)
            assert "另一个程序" in done.err
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM matched_notifications").fetchone() == (69,)
        assert con.execute("SELECT count(*) FROM runs WHERE outcome = 'running'").fetchone() == (0,)
