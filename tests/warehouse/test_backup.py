"""Backups that are really restored: every table, every file, the work goes on. What is no whole backup is refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from home_cli import can_mount, command, content, kept, on_small_disk, tb

from pipeline.sample import EXPORTERS, NOTIFICATIONS, sample_path
from warehouse.sqlfiles import sql_names

COLLECTED, AFTER, LATER = "2026-06-29T09:00+08:00", "2026-07-02T09:00+08:00", "2026-07-03T09:00+08:00"
BY = ("--by", "甲")
NAME = "tbtwatch-backup-20260702T010000Z.zip"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that commands built, with a released issue, and its backup. Never changed."""
    home = tmp_path_factory.mktemp("backup") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TBTWATCH_MATCH__ENCODER", "hashing")
        with sample_path(EXPORTERS) as path:
            few = "".join(path.read_text(encoding="utf-8-sig").splitlines(keepends=True)[:20])
        (home.parent / "e.csv").write_text(few, encoding="utf-8-sig")
        assert tb(home, "import", "exporters", home.parent / "e.csv", now=COLLECTED).code in {0, 1}
        with sample_path(NOTIFICATIONS) as path:
            assert tb(home, "import", "notifications", path, now=COLLECTED).code in {0, 1}
        (home / "tbtwatch.toml").write_text('[office]\nissuer = "虚构单位"\n', encoding="utf-8")
        (home / "policies").mkdir()
        (home / "inbound").mkdir()
        (home / "inbound" / "unsubscribe.jsonl").write_text('{"token": "虚构"}\n', encoding="utf-8")
        (home / "cache").mkdir()
        (home / "cache" / "model.bin").write_bytes(b"made again")
        (home / "reports").mkdir()
        (home / "reports" / ".x.part").write_bytes(b"half a file")
        for now, *arguments in (
            (COLLECTED, "match"),
            (COLLECTED, "cases"),
            (COLLECTED, "alert", "send", "--unreviewed"),
            (AFTER, "report", "release", "--month", "2026-06", "--anyway", "测试", *BY),
        ):
            done = tb(home, *arguments, now=now)
            assert done.code in {0, 1}, (arguments, done.err)
        os.utime(min((home / "outbox").iterdir()), ns=(1, 1_700_000_000_123_456_789))
        done = tb(home, "backup", now=AFTER)
        assert done.code == 0, done.err + done.out
        yield home


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that the test may change."""
    monkeypatch.setenv("TBTWATCH_MATCH__ENCODER", "hashing")
    return Path(shutil.copytree(made, tmp_path / "home", symlinks=True))


@pytest.fixture
def archive(home: Path) -> Path:
    """Its backup."""
    return home / "backups" / NAME


def files(home: Path) -> dict[str, tuple[str, int, int]]:
    """Hash, mode and time of all that a backup must bring back, the database apart."""
    found = {}
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        first = name.partition("/")[0]
        if path.is_symlink() or not path.is_file() or first in {"cache", "backups"} or name.endswith(".part"):
            continue
        if first == "publish" and name.count("/") > 1:  # Parquet, made again with the next copy
            continue
        if first not in {"warehouse.duckdb", "warehouse.duckdb.wal"}:
            about = path.stat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = (digest, stat.S_IMODE(about.st_mode), about.st_mtime_ns)
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_restored_home_is_the_home_that_was_saved(made: Path, tmp_path: Path) -> None:
    new = tmp_path / "other" / "place"
    done = tb(new, "restore", made / "backups" / NAME)
    assert done.code == 0, done.err
    assert "2026-07-02 09:00 的备份" in done.out
    assert files(new) == files(made)
    assert {name.partition("/")[0] for name in files(new)} == {
        "inbound", "landing", "outbox", "publish", "reports", "tbtwatch.toml",
    }  # fmt: skip
    assert content(new / "warehouse.duckdb") == content(made / "warehouse.duckdb")
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    assert stat.S_IMODE((new / "warehouse.duckdb").stat().st_mode) == 0o600
    assert [path.name for path in new.parent.iterdir()] == ["place"]


def test_the_work_goes_on_after_what_was_done_since_is_given_up(home: Path, archive: Path) -> None:
    saved, saved_files = content(home / "warehouse.duckdb"), files(home)
    case = tb(home, "--json", "cases", now=LATER).data["cases"][0]["case_id"]
    assert tb(home, "case", "note", case, "--text", "备份之后", *BY, now=LATER).code == 0
    (home / "tbtwatch.toml").write_text("broken", encoding="utf-8")
    shutil.rmtree(home / "landing")
    since = content(home / "warehouse.duckdb")
    assert since != saved

    done = tb(home, "--json", "restore", archive, "--replace", now=LATER)
    assert done.code == 0, done.err
    aside = Path(done.data["moved_aside"])
    assert content(home / "warehouse.duckdb") == saved
    assert files(home) == saved_files
    assert content(aside / "warehouse.duckdb") == since
    assert (aside / "tbtwatch.toml").read_text(encoding="utf-8") == "broken"
    assert (home / "cache" / "model.bin").exists()
    assert archive.exists()

    with sample_path(NOTIFICATIONS) as path:
        again = tb(home, "--json", "import", "notifications", path, now=LATER).data["counts"]
    assert (again["n_new"], again["n_changed"]) == (0, 0)
    for arguments in (("match",), ("cases",), ("case", "note", case, "--text", "恢复之后", *BY), ("status",)):
        assert tb(home, *arguments, now=LATER).code in {0, 1}, arguments
    released = tb(home, "report", "release", "--month", "2026-06", *BY, now=LATER)
    assert "被改动" not in released.err
    assert tb(home, "alert", "send", "--unreviewed", now=LATER).code in {0, 1}
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM case_events WHERE detail = '恢复之后'").fetchone() == (1,)
    assert tb(home, "backup", now=LATER).code == 0


def test_a_backup_is_for_its_owner_alone_and_says_what_it_holds(made: Path) -> None:
    path = made / "backups" / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as members:
        manifest = json.loads(members.read("manifest.json"))
        named = {item["name"]: item["sha256"] for item in manifest["files"]}
        assert set(members.namelist()) == {"manifest.json", *named}
        assert all(hashlib.sha256(members.read(name)).hexdigest() == digest for name, digest in named.items())
    assert manifest["holds_personal_data"] is True
    assert manifest["n_rows"]["contacts"] > 0
    assert not any("cache" in name or name.endswith(".part") for name in named)
    assert len([name for name in named if name.startswith("publish/")]) == 1  # what the issue rests on, and no other
    done = tb(made, "backup", "--out", path)
    assert (done.code, done.is_worded) == (2, True)
    assert "不会覆盖" in done.err


def test_older_backups_go_and_those_of_other_homes_stay(home: Path, made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for day, of in (("03", made), ("04", home), ("05", home), ("06", home)):
        now = f"2026-07-{day}T09:00+08:00"
        done = tb(of, "--json", "backup", "--out", folder, "--no-verify", now=now)
        assert done.code == 0, done.err
    (folder / "tbtwatch-backup-19990101T000000Z.zip").write_bytes(b"someone else's")
    done = tb(home, "--json", "backup", "--out", folder, "--keep", "2", now="2026-07-07T09:00+08:00")
    assert [Path(path).name[16:24] for path in done.data["removed"]] == ["20260705", "20260704"]
    assert sorted(path.name[16:24] for path in folder.iterdir()) == ["19990101", "20260703", "20260706", "20260707"]
    refused = tb(home, "backup", "--out", folder / "x.zip", "--keep", "2")
    assert (refused.code, refused.is_worded) == (2, True)


def test_what_cannot_be_taken_is_named(home: Path, tmp_path: Path) -> None:
    (home / "reports" / "elsewhere").symlink_to(tmp_path)
    (home / "gone.txt").symlink_to(tmp_path / "nowhere")
    next((home / "publish").glob("tbtwatch-*.duckdb")).unlink()
    done = tb(home, "backup", "--out", tmp_path / "b.zip")
    assert done.code == 1
    for name in ("reports/elsewhere", "gone.txt", "publish/tbtwatch-"):
        assert name in done.out


def test_a_home_of_broken_settings_can_be_saved(home: Path, tmp_path: Path) -> None:
    (home / "tbtwatch.toml").write_text("[nonsense]\n", encoding="utf-8")
    assert tb(home, "status").code == 2
    assert tb(home, "backup", "--out", tmp_path / "b.zip", "--no-verify").code == 0


def test_an_older_schema_is_saved_as_it_is_and_restored(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "warehouse.duckdb").write_bytes(kept("0.1.0"))
    before = content(old / "warehouse.duckdb")
    done = tb(old, "backup", "--out", tmp_path / "b.zip")
    assert done.code == 1
    assert "数据快照不在" in done.out  # the kept release is the database alone
    assert content(old / "warehouse.duckdb") == before
    assert tb(new, "restore", tmp_path / "b.zip").code == 0
    assert content(new / "warehouse.duckdb") == before
    assert tb(new, "cases").code == 0


def test_what_a_killed_run_had_committed_is_in_the_backup(home: Path, tmp_path: Path) -> None:
    path = home / "warehouse.duckdb"
    program = (
        "import duckdb, os, signal, sys; con = duckdb.connect(sys.argv[1]); con.execute('CHECKPOINT');"
        'con.execute("UPDATE cases SET case_id = case_id"); con.execute("DELETE FROM issues");'
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert path.with_name("warehouse.duckdb.wal").stat().st_size > 0
    assert tb(home, "backup", "--out", tmp_path / "b.zip").code == 0
    assert path.with_name("warehouse.duckdb.wal").stat().st_size > 0  # nothing is changed in the home
    assert tb(tmp_path / "new", "restore", tmp_path / "b.zip").code == 0
    restored = content(tmp_path / "new" / "warehouse.duckdb")
    assert restored["issues"][1] == []
    assert restored == content(path)


HOLD = "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.readline()"


def test_a_writer_keeps_a_backup_and_a_replacement_waiting(home: Path, archive: Path) -> None:
    before = files(home)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home / "warehouse.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        for arguments in (("backup",), ("restore", archive, "--replace")):
            done = tb(home, *arguments)
            assert (done.code, done.is_worded) == (3, True), arguments
            assert "另一个程序" in done.err
        holder.communicate("\n")
    assert files(home) == before
    assert [path.name for path in home.parent.iterdir()] == ["home"]
    assert [path.name for path in archive.parent.iterdir()] == [NAME]


def test_nobody_writes_while_the_warehouse_is_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock must outlive the copying of the bytes: closing a file in this process would give it up."""
    from pipeline.steps import backup

    tried = []
    write = backup._write

    def try_to_write(*arguments: object) -> object:
        tried.append(subprocess.run(command(home, "cases"), capture_output=True, text=True, check=False))
        return write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_write", try_to_write)
    assert tb(home, "backup").code == 0
    assert tried[0].returncode == 3
    assert "另一个程序" in tried[0].stderr


def test_a_killed_backup_leaves_no_half_file_and_the_next_clears_up(home: Path, archive: Path) -> None:
    program = (
        "import os, signal, sys\nfrom pipeline.steps import backup\nfrom pipeline.cli import main\n"
        "backup._verify = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\nmain()\n"
    )
    called = [sys.executable, "-c", program, *command(home, "backup", now=LATER)[4:]]
    assert subprocess.run(called, capture_output=True, check=False).returncode == -9
    assert [path.name for path in archive.parent.glob("*.zip")] == [NAME]
    assert list(archive.parent.glob(".*.part/*.zip"))
    assert tb(home, "backup", now=LATER).code == 0
    assert not list(archive.parent.glob(".*.part"))


@pytest.mark.skipif(bool(can_mount()), reason=can_mount())
def test_a_full_disk_stops_a_backup_or_a_restore_before_anything_is_touched(home: Path, archive: Path) -> None:
    before = files(home)
    size = 100 << 20
    for free, arguments in ((10 << 20, ("backup",)), (10 << 20, ("restore", f"../home/backups/{NAME}", "--replace"))):
        inside = [
            str(home.with_name("disk") / "home" / "backups" / NAME) if NAME in each else each for each in arguments
        ]
        done = on_small_disk(home, size, free, *inside)
        assert (done.code, done.is_worded) == (3, True), done.err
        assert "磁盘空间不足" in done.err
        assert files(home) == before
        assert [path.name for path in (home / "backups").iterdir()] == [NAME]
        home.with_name("disk").rmdir()


@pytest.mark.skipif(bool(can_mount()), reason=can_mount())
def test_a_disk_that_fills_up_meanwhile_leaves_no_half_backup(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(home / "warehouse.duckdb")
    monkeypatch.setattr("home_cli.command", unaware_of_space)
    for free in (1 << 20, (home / "warehouse.duckdb").stat().st_size + (200 << 10)):
        done = on_small_disk(home, 100 << 20, free, "backup")
        assert (done.code, done.is_worded) == (3, True), done.err
        assert [path.name for path in (home / "backups").iterdir()] == [NAME]
        assert content(home / "warehouse.duckdb") == before
        home.with_name("disk").rmdir()


def unaware_of_space(home: Path, *arguments: object, now: str = LATER) -> list[str]:
    program = (
        "from pipeline.steps import backup\nfrom pipeline.cli import main\n"
        "backup._require_space = lambda *a: None\nmain()\n"
    )
    return [sys.executable, "-P", "-c", program, *command(home, *arguments, now=now)[4:]]


def changed(archive: Path, change: Callable[[dict[str, object], dict[str, bytes]], None]) -> Path:
    """A copy of a backup, its manifest and files changed by somebody who knows the form."""
    with zipfile.ZipFile(archive) as members:
        found = {name: members.read(name) for name in members.namelist()}
    manifest = json.loads(found.pop("manifest.json"))
    change(manifest, found)
    path = archive.with_name("changed.zip")
    with zipfile.ZipFile(path, "w") as members:
        for name, data in {**found, "manifest.json": json.dumps(manifest).encode()}.items():
            members.writestr(name, data)
    return path


def rename(to: str) -> Callable[[dict[str, object], dict[str, bytes]], None]:
    def change(manifest: dict[str, object], found: dict[str, bytes]) -> None:
        listed = manifest["files"]
        assert isinstance(listed, list)
        listed[1]["name"], found[to] = to, found.pop(listed[1]["name"])

    return change


def newer_schema(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    manifest["tables"] = [*sql_names("schema"), "schema/9999_future"]


def newer_form(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    manifest.clear()
    manifest.update({"format": "tbtwatch-backup", "format_version": 2, "parts": []})


def no_manifest_of_ours(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    manifest.clear()
    manifest["theirs"] = 1


def other_content(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    found["tbtwatch.toml"] += b"# changed\n"


def one_file_less(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    del found["tbtwatch.toml"]


def one_file_more(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    found["policies/response-evil.toml"] = b""


def fewer_rows(manifest: dict[str, object], found: dict[str, bytes]) -> None:
    rows = manifest["n_rows"]
    assert isinstance(rows, dict)
    rows["cases"] += 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (newer_schema, "更新版本"),
        (newer_form, "更新版本"),
        (no_manifest_of_ours, "不是 tbtwatch 的备份"),
        (other_content, "损坏"),
        (one_file_less, "损坏"),
        (one_file_more, "损坏"),
        (fewer_rows, "不符"),
        (rename("../outside.txt"), "之外"),
        (rename("/outside.txt"), "之外"),
        (rename("a/../../outside.txt"), "之外"),
        (rename("a\\..\\outside.txt"), "之外"),
        (rename("C:outside.txt"), "之外"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_is_refused_before_anything_is_touched(
    home: Path, archive: Path, change: Callable[[dict[str, object], dict[str, bytes]], None], word: str
) -> None:
    path = changed(archive, change)
    before = tree(home.parent)
    for arguments in ((home, "--replace"), (home.parent / "new",)):
        done = tb(arguments[0], "restore", path, *arguments[1:])
        assert (done.code, done.is_worded) == (2, True)
        assert word in done.err
        assert str(path) in done.err
        assert tree(home.parent) == before
