"""The command line over a home: in this process, as a process of its own, or where the disk is full or read-only."""

from __future__ import annotations

import io
import json
import lzma
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipeline.cli import main

RELEASED = Path(__file__).parent / "released"
NOW = "2026-08-04T09:00+08:00"
Content = dict[str, tuple[tuple[str, ...], list[tuple[Any, ...]]]]


@dataclass(frozen=True)
class Done:
    """How a call of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one JSON object on stdout."""
        return json.loads(self.out)

    @property
    def is_worded(self) -> bool:
        """Whether a failure is told in Chinese, with a next step and nothing of the program's inside."""
        return bool(re.search(r"错误：.*[一-鿿].*\n怎么办：.*[一-鿿]", self.err)) and "Traceback" not in self.err


def kept(version: str) -> bytes:
    """The warehouse of a release."""
    return lzma.decompress((RELEASED / f"{version}.duckdb.xz").read_bytes())


def tb(home: Path, *arguments: object, now: str = NOW) -> Done:
    """`tbtwatch` in this process; an exception that it does not word for a user fails the test."""
    out, err, argv = io.StringIO(), io.StringIO(), sys.argv
    flags = [each for each in arguments if each == "--json"]
    rest = [str(each) for each in arguments if each != "--json"]
    sys.argv = ["tbtwatch", "--home", str(home), "--now", now, *map(str, flags), *rest]
    code = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    finally:
        sys.argv = argv
    return Done(code, out.getvalue(), err.getvalue())


def command(home: Path, *arguments: object, now: str = NOW) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-P", "-m", "pipeline", "--home", str(home), "--now", now, *map(str, arguments)]


def process(home: Path, *arguments: object, now: str = NOW) -> Done:
    """`tbtwatch` as a process of its own."""
    return _done(subprocess.run(command(home, *arguments, now=now), capture_output=True, text=True, check=False))


@cache
def can_mount() -> str:
    """Why no file system can be mounted here; empty where one can."""
    if not shutil.which("unshare"):
        return "needs unshare (util-linux)"
    tried = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else "needs user namespaces, to mount a small disk"


def on_small_disk(home: Path, size: int, free: int, *arguments: object) -> Done:
    """`tbtwatch` where `home` lies on a disk of `size` bytes of which `free` are free; what it leaves is in `home`."""
    inside = home.with_name("disk")
    inside.mkdir()
    # dd fills the disk up to `free`; after the command the file goes and the home comes back out
    script = f"""
        mount -t tmpfs -o size={size} tmpfs "$DISK" && cp -a "$HOME_DIR" "$DISK/home" || exit 99
        left=$(($(stat -f -c '%a * %S' "$DISK") - {free}))
        head -c "$left" /dev/zero > "$DISK/filler"
        "$@"; code=$?
        rm "$DISK/filler"; rm -rf "$HOME_DIR"; cp -a "$DISK/home" "$HOME_DIR" || exit 99
        exit $code
    """
    return _in_namespace(script, {"DISK": inside, "HOME_DIR": home}, command(inside / "home", *arguments))


def on_read_only_disk(home: Path, *arguments: object) -> Done:
    """`tbtwatch` where nothing in `home` can be written, even by root."""
    script = """mount --bind "$HOME_DIR" "$HOME_DIR" && mount -o remount,ro,bind "$HOME_DIR" || exit 99; exec "$@" """
    return _in_namespace(script, {"HOME_DIR": home}, command(home, *arguments))


def content(path: Path, columns: Mapping[str, tuple[str, ...]] | None = None) -> Content:
    """All rows of all tables, or of the named columns of those tables, each table in one order."""
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute("SET TimeZone = 'UTC'")
        names = [name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        found: Content = {}
        for name in columns or names:
            table = con.table(name)
            chosen = tuple(columns[name] if columns else table.columns)
            quoted = ", ".join(f'"{column}"' for column in chosen)
            found[name] = (chosen, table.project(quoted).order("ALL").fetchall())
        return found


def _in_namespace(script: str, variables: Mapping[str, Path], called: list[str]) -> Done:
    given = [f"{name}={value}" for name, value in variables.items()]
    done = _done(
        subprocess.run(
            ["unshare", "-rm", "env", *given, "sh", "-c", script, "sh", *called],
            capture_output=True, text=True, check=False,
        )
    )  # fmt: skip
    assert done.code != 99, done.err
    return done


def _done(ended: subprocess.CompletedProcess[str]) -> Done:
    return Done(ended.returncode, ended.stdout, ended.stderr)
