"""Reading mails that lie as files."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.inbound.folder import FolderMailbox
from pipeline.inbound.parts import LIMIT
from warehouse.errors import StageError

SAMPLES = sorted((Path(__file__).parent / "inbound_samples").glob("*.eml"))
CONTENTS = [path.read_bytes() for path in SAMPLES]


def read(path: Path) -> list[bytes]:
    return list(FolderMailbox(path).mails())


def state(path: Path) -> dict[str, tuple[bytes, int]]:
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return {str(file): (file.read_bytes() if file.is_file() else b"", file.stat().st_mtime_ns) for file in files}


def test_a_folder_of_eml_files_is_read_with_those_below_it(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.EML").write_bytes(b"Subject: 2\n\n")
    (tmp_path / "1.eml").write_bytes(b"Subject: 1\n\n")
    (tmp_path / "notes.txt").write_bytes(b"no mail")
    before = state(tmp_path)
    assert read(tmp_path) == [b"Subject: 1\n\n", b"Subject: 2\n\n"]
    assert read(tmp_path / "1.eml") == [b"Subject: 1\n\n"]
    assert state(tmp_path) == before


def test_a_maildir_is_told_by_its_folders_and_left_as_it_is(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    for content in CONTENTS:
        box.add(content)
    seen = mailbox.MaildirMessage(b"Subject: seen\n\n")
    seen.set_subdir("cur")
    seen.set_flags("S")
    box.add(seen)
    (tmp_path / "box" / "tmp" / "half").write_bytes(b"Subject: being written\n\n")
    before = state(tmp_path / "box")
    assert sorted(read(tmp_path / "box")) == sorted([*CONTENTS, b"Subject: seen\n\n"])
    assert state(tmp_path / "box") == before


def test_an_mbox_file_gives_the_mails_that_were_put_in(tmp_path: Path) -> None:
    path = tmp_path / "inbox"
    box = mailbox.mbox(path)
    for content in [*CONTENTS, b"Subject: x\n\nbefore\n\nFrom here on it is text\n"]:
        box.add(content)
    box.close()
    before = state(path)
    found = read(path)
    assert [content.rstrip(b"\n") for content in found[:-1]] == [content.rstrip(b"\n") for content in CONTENTS]
    assert b"\nFrom here on it is text" in found[-1]
    assert state(path) == before


@given(st.lists(st.text(alphabet="aF> \nrom", max_size=60), min_size=1, max_size=5))
def test_no_text_in_a_mail_ends_it_in_an_mbox_file(tmp_path_factory: pytest.TempPathFactory, bodies: list[str]) -> None:
    path = tmp_path_factory.mktemp("mbox") / "inbox"
    box = mailbox.mbox(path)
    for body in bodies:
        box.add(f"Subject: x\n\n{body}\n".encode())
    box.close()
    assert len(read(path)) == len(bodies)


def test_long_mails_are_cut_in_files_and_in_mbox(tmp_path: Path) -> None:
    long = b"Subject: long\n\n" + b"x" * (3 * LIMIT)
    (tmp_path / "1.eml").write_bytes(long)
    (tmp_path / "mbox").write_bytes(b"From a@b Fri Nov 20 01:00:00 2026\n" + long + b"\n\nFrom a@b x\nSubject: 2\n\n")
    assert read(tmp_path / "1.eml") == [long[:LIMIT]]
    assert read(tmp_path / "mbox") == [long[:LIMIT], b"Subject: 2\n\n"]


def test_a_file_that_is_no_mailbox_gives_nothing(tmp_path: Path) -> None:
    for content in (b"", b"nothing\n\nFromage\n", bytes(range(256))):
        (tmp_path / "x").write_bytes(content)
        assert read(tmp_path / "x") == []
    (tmp_path / "empty").mkdir()
    assert read(tmp_path / "empty") == []


def test_a_missing_folder_is_said_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="无法读取来信") as caught:
        read(tmp_path / "none")
    assert "inbox.folder" in caught.value.next_step
