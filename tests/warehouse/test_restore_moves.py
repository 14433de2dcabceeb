"""A restore that is killed at any of its renames, and homes that are a link or a mount point."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from home_cli import can_mount, command, tb

SAVED, LATER = "2026-07-01T09:00+08:00", "2026-07-02T09:00+08:00"
# the whole program, killed before its n-th change of a name in the folder of the home
KILLED = """
import os, signal, sys
from pathlib import Path
place, n = sys.argv[1], int(sys.argv[2])
seen = []
def counted(name):
    real = getattr(Path, name)
    def change(self, *more):
        if str(self).startswith(place):
            seen.append(name)
            if len(seen) == n:
                os.kill(os.getpid(), signal.SIGKILL)
        return real(self, *more)
    setattr(Path, name, change)
for name in ("rename", "replace", "rmdir"):
    counted(name)
sys.argv = ["tbtwatch", *sys.argv[3:]]
from pipeline.cli import main
main()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A small home that was saved into its own folder of backups, and changed since."""
    home = tmp_path / "place" / "home"
    (home / "cache").mkdir(parents=True)
    (home / "cache" / "model.bin").write_bytes(b"made again")
    (home / "note.txt").write_text("saved", encoding="utf-8")
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute("CREATE TABLE schema_migrations (name VARCHAR, sha256 VARCHAR, applied_at TIMESTAMPTZ)")
    assert tb(home, "backup", now=SAVED).code == 0
    (home / "note.txt").write_text("since", encoding="utf-8")
    return home


def archive_of(home: Path) -> Path:
    (found,) = (home / "backups").glob("*.zip")
    return found


def note(home: Path) -> str:
    return (home / "note.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("is_outside", [False, True], ids=["backup in the home", "backup elsewhere"])
def test_a_restore_that_was_killed_at_any_rename_is_finished_by_the_same_command(
    home: Path, tmp_path: Path, is_outside: bool
) -> None:
    whole = Path(shutil.copytree(home.parent, tmp_path / "whole"))
    n_killed = 0
    for n in range(1, 20):
        shutil.rmtree(home.parent)
        shutil.copytree(whole, home.parent)
        archive = archive_of(home)
        if is_outside:
            archive = Path(shutil.copy(archive, tmp_path / "elsewhere.zip"))
        asked = ("restore", archive, "--replace")
        program = [sys.executable, "-P", "-c", KILLED, str(home.parent), str(n)]
        killed = subprocess.run([*program, *command(home, *asked, now=LATER)[4:]], capture_output=True, check=False)
        again = tb(home, *asked, now=LATER)
        assert again.code == 0, (n, again.err)
        assert note(home) == "saved", n
        assert [path.name for path in home.iterdir() if path.name in {"backups", "cache"}], n
        assert archive_of(home).exists()
        assert (home / "cache" / "model.bin").exists()
        aside = [path for path in home.parent.iterdir() if path != home]
        assert "since" in [note(path) for path in aside], n  # what stood there is beside, and is named
        assert all(str(path) in again.out for path in aside)
        assert all(path.name.startswith("home.before-restore-") for path in aside)
        if killed.returncode != -9:
            break
        n_killed += 1
    assert killed.returncode == 0
    assert n_killed >= 4


def test_a_backup_that_went_aside_is_named_where_it_lies_now(home: Path) -> None:
    archive = archive_of(home)
    aside = home.with_name("home.before-restore-20260701T000000Z")
    home.rename(aside)
    done = tb(home, "restore", archive, now=LATER)
    assert (done.code, done.is_worded) == (2, True)
    assert str(aside / "backups" / archive.name) in done.err
    assert tb(home, "restore", aside / "backups" / archive.name, now=LATER).code == 0
    assert note(home) == "saved"


def test_a_home_that_is_a_link_stays_one(home: Path) -> None:
    link = home.parent.parent / "link"
    link.symlink_to(home)
    done = tb(link, "--json", "restore", link / "backups" / archive_of(home).name, "--replace", now=LATER)
    assert done.code == 0, done.err
    assert link.readlink() == home
    assert note(link) == note(home) == "saved"
    aside = Path(done.data["moved_aside"])
    assert (aside.parent, note(aside)) == (home.parent, "since")


@pytest.mark.skipif(bool(can_mount()), reason=can_mount())
@pytest.mark.parametrize("mounted", ["home", "home/backups", "with blank"])
@pytest.mark.parametrize("how", ["bind", "disk"])
def test_a_mount_point_is_refused_before_anything_is_unpacked(home: Path, mounted: str, how: str) -> None:
    archive = home.parent.parent / "b.zip"
    shutil.copy(archive_of(home), archive)
    place, target = home.parent / mounted, home
    if mounted == "with blank":
        place = target = home.rename(home.with_name("a home"))
    mount = (
        'mount --bind "$1" "$1"' if how == "bind" else 'cp -a "$1" "$1.c"; mount -t tmpfs x "$1"; cp -a "$1.c/." "$1"'
    )
    script = f'{mount} || exit 99; shift; "$@"; code=$?; ls -A "$PLACE"; exit $code'
    called = command(target, "restore", archive, "--replace", now=LATER)
    done = subprocess.run(
        ["unshare", "-rm", "env", f"PLACE={home.parent}", "sh", "-c", script, "sh", str(place), *called],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert f"挂载点，不能改名，未恢复：{place}" in done.stderr
    assert "restoring" not in done.stdout
    assert "before-restore" not in done.stdout
    assert note(target) == "since"
