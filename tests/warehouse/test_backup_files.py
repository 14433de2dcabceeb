"""What a backup file may hold, and that one which is damaged anywhere, or none at all, is refused."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest
from home_cli import tb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.archive import is_safe, open_archive
from pipeline.home import Home
from pipeline.steps.backup import _NOT_SAVED
from warehouse.errors import InputError


def test_whatever_a_home_may_hold_is_saved_or_made_again() -> None:
    home = Home(Path("/h"))
    named = {
        getattr(home, name).relative_to("/h").parts[0]
        for name, kind in vars(Home).items()
        if isinstance(kind, property)
    }
    assert _NOT_SAVED & named == {"cache"}


@pytest.mark.parametrize("whole", [b"", b"P", b"PK\x03\x04 an office document", b"text\n" * 99])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(whole)
    for stated in (path, tmp_path, tmp_path / "no.zip"):
        done = tb(tmp_path / "new", "restore", stated)
        assert (done.code, done.is_worded) == (2, True)
        assert str(stated) in done.err
    assert not (tmp_path / "new").exists()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, bytes]]:
    """A backup of a small home as bytes, and its files."""
    home = tmp_path_factory.mktemp("small") / "home"
    home.mkdir()
    (home / "note.txt").write_bytes(b"fictional\n" * 40)
    (home / "more.txt").write_bytes(os.urandom(300))
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        con.execute("CREATE TABLE schema_migrations (name VARCHAR, sha256 VARCHAR, applied_at TIMESTAMPTZ)")
    assert tb(home, "backup", "--out", home.parent / "b.zip").code == 0
    return (home.parent / "b.zip").read_bytes(), {name: (home / name).read_bytes() for name in ("note.txt", "more.txt")}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**9), flip=st.integers(1, 255), cut=st.booleans())
def test_damage_at_any_byte_is_found_or_harmless(
    small: tuple[bytes, dict[str, bytes]], tmp_path: Path, place: int, flip: int, cut: bool
) -> None:
    whole, texts = small
    at = place % len(whole)
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole[:at] if cut else whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :])
    target = tmp_path / "out"
    shutil.rmtree(target, ignore_errors=True)
    try:
        with open_archive(path) as archive:
            archive.verify()
            archive.unpack(target)
    except InputError:
        return
    assert not cut
    assert {name: (target / name).read_bytes() for name in texts} == texts


@pytest.mark.parametrize("name", ["reports/2026-06/正式/第1期.docx", "a", "a b/c..d", ".hidden"])
def test_names_below_a_home_are_safe(name: str) -> None:
    assert is_safe(name)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/a", "a/", "a//b", "a/./b", "a/../b", "a\\b", "c:a", "a\nb", "\udc80"]
)
def test_names_that_lead_elsewhere_are_not(name: str) -> None:
    assert not is_safe(name)
