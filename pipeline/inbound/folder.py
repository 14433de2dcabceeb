"""Mails as files: a Maildir, a folder of .eml files, one .eml file, an mbox file. Never changed."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from pipeline.inbound.parts import LIMIT
from warehouse.errors import StageError

_MBOX_START = b"From "


class FolderMailbox:
    """Reads what lies at a path, in the order of file names."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def mails(self, known: Container[str] = frozenset()) -> Iterator[bytes]:
        """See `Mailbox`. Nothing is left out: looking into a file costs what reading it costs."""
        path = self._path
        try:
            if path.is_dir():
                for file in _files(path):
                    yield from _read_file(file)
            else:
                yield from _read_file(path)
        except OSError as error:
            raise StageError(
                f"无法读取来信：{error.filename or path}（{error.strerror}）",
                "请检查设置 inbox.folder 和该文件夹的读取权限。",
            ) from error


def _files(folder: Path) -> list[Path]:
    """Files of a Maildir (delivered ones, not those being written), else all .eml files below the folder."""
    if (folder / "cur").is_dir() and (folder / "new").is_dir():
        found = [file for part in ("cur", "new") for file in (folder / part).iterdir()]
        return sorted(file for file in found if file.is_file() and not file.name.startswith("."))
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() == ".eml" and file.is_file())


def _read_file(path: Path) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        if path.parent.name in {"cur", "new"}:
            return  # a mail program moved it while we looked; it is read next time
        raise
    with file:
        if path.suffix.lower() == ".eml" or path.parent.name in {"cur", "new"}:
            yield file.read(LIMIT)
            return
        yield from _mbox(file)


def _mbox(file: Iterator[bytes]) -> Iterator[bytes]:
    """Mails of an mbox file: each begins with a `From ` line after a blank one (RFC 4155); long ones are cut."""
    mail: list[bytes] | None = None
    size, is_after_blank = 0, True
    for line in file:
        if is_after_blank and line.startswith(_MBOX_START):
            if mail is not None:
                yield b"".join(mail)
            mail, size = [], 0
        elif mail is not None and size < LIMIT:
            kept = line[1:] if line.lstrip(b">").startswith(_MBOX_START) and line.startswith(b">") else line
            mail.append(kept[: LIMIT - size])
            size += len(kept)
        is_after_blank = not line.strip(b"\r\n")
    if mail is not None:
        yield b"".join(mail)
