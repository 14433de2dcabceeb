"""What a backup leaves out, which older ones go for it, and what may happen beside it."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import duckdb
import pytest
from home_cli import command, tb

from pipeline.steps import backup
from pipeline.working_folder import working_folder
from warehouse.errors import StageError

DAYS = [f"2026-07-0{day}T09:00+08:00" for day in range(1, 8)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small home, as a new installation has it."""
    home = tmp_path / "home"
    (home / "reports").mkdir(parents=True)
    (home / "reports" / "note.txt").write_text("虚构\n", encoding="utf-8")
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute("CREATE TABLE schema_migrations (name VARCHAR, sha256 VARCHAR, applied_at TIMESTAMPTZ)")
    return home


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as members:
        return sorted(set(members.namelist()) - {"manifest.json"})


def test_a_backup_under_another_name_in_the_home_is_in_no_later_one(home: Path, tmp_path: Path) -> None:
    assert tb(home, "backup", "--out", tmp_path / "first.zip").code == 0
    shutil.copy(tmp_path / "first.zip", home / "vor dem Umzug.zip")
    shutil.copy(tmp_path / "first.zip", home / "reports" / "saved")
    (home / "reports" / "issue.docx").write_bytes(b"PK\x03\x04 an office document")
    done = tb(home, "--json", "backup", "--out", tmp_path / "b.zip")
    assert (done.code, done.data["left_out"]) == (0, [])
    assert names(tmp_path / "b.zip") == ["reports/issue.docx", "reports/note.txt", "warehouse.duckdb"]


def test_a_backup_is_not_written_into_the_home_but_to_its_own_folder(home: Path) -> None:
    link = home.with_name("link")
    link.symlink_to(home)
    for place in (home / "saved", home / "x.zip", home / "reports" / "x.zip", home, link / "saved"):
        done = tb(home, "backup", "--out", place)
        assert (done.code, done.is_worded) == (2, True), place
        assert "主文件夹的这个位置" in done.err
    assert sorted(path.name for path in home.iterdir()) == ["reports", "warehouse.duckdb"]
    assert tb(home, "backup", "--out", home / "backups" / "x.zip").code == 0


@pytest.mark.parametrize("way", ["unverified", "left out", "whole"])
def test_older_backups_go_only_for_one_that_is_as_good(home: Path, way: str) -> None:
    for now in DAYS[:3]:
        assert tb(home, "backup", now=now).code == 0
    if way == "left out":
        (home / "reports" / "nowhere").symlink_to(home / "nothing")
    more = ["--no-verify"] if way == "unverified" else []
    done = tb(home, "backup", "--keep", "1", *more, now=DAYS[3])
    assert done.code == (1 if way == "left out" else 0)
    assert len(list((home / "backups").iterdir())) == (1 if way == "whole" else 4)
    assert ("旧备份一份也未删除" in done.out) == (way != "whole")


def test_another_server_with_the_same_path_keeps_its_backups(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "share"
    with monkeypatch.context() as patch:
        patch.setattr(platform, "node", lambda: "other-server")
        assert tb(home, "backup", "--out", folder, now=DAYS[0]).code == 0
    for now in DAYS[1:4]:
        assert tb(home, "backup", "--out", folder, "--keep", "1", now=now).code == 0
    assert [path.name[16:24] for path in sorted(folder.iterdir())] == ["20260701", "20260704"]


def test_the_log_of_the_database_counts_when_the_disk_is_measured(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import duckdb, os, signal, sys; con = duckdb.connect(sys.argv[1], config={'checkpoint_threshold': '1TB'});"
        "con.execute('CREATE TABLE many (x VARCHAR)');"
        "[con.execute('INSERT INTO many SELECT md5(range::VARCHAR) FROM range(2000)') for _ in range(50)];"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(home / "warehouse.duckdb")], check=False)
    log = (home / "warehouse.duckdb.wal").stat().st_size
    assert log > 1 << 20
    free = shutil.disk_usage(home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free._replace(free=log))
    done = tb(home, "backup")
    assert (done.code, done.is_worded) == (3, True)
    assert "磁盘空间不足" in done.err


def test_a_file_that_goes_while_the_backup_is_made_stops_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = home / "reports" / "gone.txt"
    gone.write_text("虚构", encoding="utf-8")
    found = backup._files

    def then_it_goes(*arguments: object) -> object:
        listed = found(*arguments)  # type: ignore[arg-type]
        gone.unlink()
        return listed

    monkeypatch.setattr(backup, "_files", then_it_goes)
    done = tb(home, "--json", "backup")
    assert (done.code, done.data["left_out"]) == (1, ["reports/gone.txt"])
    assert names(Path(done.data["file"])) == ["reports/note.txt", "warehouse.duckdb"]


def test_one_that_waited_for_the_lock_of_a_folder_that_is_gone_by_now_takes_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    place, lock = tmp_path / "work", fcntl.flock
    tried: list[int] = []

    def late(descriptor: int, how: int) -> None:
        if not tried:  # whoever had the folder ends between the opening of the file and its locking
            tried.append(descriptor)
            shutil.rmtree(place)
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with working_folder(place, "备份"):
        with pytest.raises(StageError, match="另一个备份正在进行"), working_folder(place, "备份"):
            pass
        (place / "x").write_text("x", encoding="utf-8")
    assert tried
    assert list(tmp_path.iterdir()) == []


def test_two_backups_at_a_time_never_work_in_one_folder(home: Path, tmp_path: Path) -> None:
    started = [
        subprocess.Popen(
            command(home, "backup", "--out", tmp_path / "b" / f"{n}.zip"), stderr=subprocess.PIPE, text=True
        )
        for n in range(3)
    ]
    ended = [(each.communicate()[1], each.returncode) for each in started]
    assert {code for _, code in ended} <= {0, 3}
    assert all("另一个" in said for said, code in ended if code)
    made = [path.name for path in (tmp_path / "b").iterdir()]
    assert len(made) == [code for _, code in ended].count(0) > 0
    assert not [name for name in made if not name.endswith(".zip")]
