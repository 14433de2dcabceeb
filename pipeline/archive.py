"""The form of a backup: one zip with `manifest.json`, which names every file with its SHA-256. No database here.

A zip lists its members at its end, so one that was cut off is seen at once, and any file can be read alone. Modes and
times stand in the manifest: released issues stay read-only, and mails are purged by the age of their files.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from warehouse.errors import InputError

MANIFEST = "manifest.json"
FORMAT_VERSION = 1
_CHUNK = 1 << 20
_LEVEL = 1  # of the warehouse of 25 years: a tenth larger than at 6, in 40 % of the time
# all that zipfile and the decompressors raise on bytes that are not what was written
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, OverflowError, NotImplementedError,
    RuntimeError,
)  # fmt: skip


class ArchivedFile(BaseModel):
    """A file of a backup."""

    model_config = ConfigDict(frozen=True)

    name: str  # path below the home, with slashes
    size: int  # bytes
    sha256: str
    mode: int  # permission bits
    mtime_ns: int


class _Head(BaseModel):
    """What every form of the manifest says, of later programs too."""

    model_config = ConfigDict(frozen=True)

    format: Literal["tbtwatch-backup"]
    format_version: int


class Manifest(_Head):
    """What a backup says of itself."""

    format: Literal["tbtwatch-backup"] = "tbtwatch-backup"
    format_version: int = FORMAT_VERSION
    made_at: datetime
    tool_version: str
    home: str  # folder that it was made of
    host: str = ""  # name of the machine: two servers may write to one folder
    holds_personal_data: bool = True
    tables: tuple[str, ...]  # schema files of the warehouse
    n_rows: dict[str, int]  # table -> rows
    files: tuple[ArchivedFile, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that is open and whole as far as its list goes; `verify` reads all of it."""

    path: Path
    manifest: Manifest
    members: zipfile.ZipFile

    def verify(self) -> None:
        """Read every file and compare; raises InputError naming the first that is damaged."""
        for item in self.manifest.files:
            for _ in self._read(item):
                pass

    def unpack(self, folder: Path, only: str = "") -> None:
        """Write all files, or one, below `folder`, each compared, with its mode and time."""
        for item in self.manifest.files:
            if only not in ("", item.name):
                continue
            target = folder / item.name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("xb") as sink:
                for chunk in self._read(item):
                    sink.write(chunk)
                sink.flush()
                os.fsync(sink.fileno())
            target.chmod(item.mode)
            os.utime(target, ns=(item.mtime_ns, item.mtime_ns))

    def _read(self, item: ArchivedFile) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        with _as_damage(self.path, item.name):
            source = self.members.open(item.name)
        with source:
            while True:
                with _as_damage(self.path, item.name):
                    chunk = source.read(_CHUNK)
                if not chunk:
                    break
                size += len(chunk)
                if size > item.size:
                    raise _damaged(self.path, item.name)
                digest.update(chunk)
                yield chunk
        if (size, digest.hexdigest()) != (item.size, item.sha256):
            raise _damaged(self.path, item.name)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup and check its list: every file named once, each below the home. Reads nothing else of it.

    Raises InputError where it is no backup of ours, cut off, of a newer form, or names a place outside a home.
    """
    try:
        with path.open("rb") as head:
            is_zip = head.read(2) == b"PK"
    except FileNotFoundError as error:
        raise InputError(f"没有这个文件：{path}", "请核对备份文件的路径。") from error
    except IsADirectoryError as error:
        raise InputError(
            f"应是备份文件，却是一个文件夹：{path}", "请写出其中的备份文件，形如 tbtwatch-backup-….zip。"
        ) from error
    if not is_zip:
        raise _foreign(path)
    with _as_damage(path):
        members = zipfile.ZipFile(path)
    with members:
        yield Archive(path, _read_manifest(path, members), members)


def write_archive(
    sink: IO[bytes], files: Iterator[tuple[str, Path]], manifest: Manifest
) -> tuple[Manifest, tuple[str, ...]]:
    """Write `files` (name below the home, where it lies now) and the manifest, completed with what was written.

    A file that is gone by now is left out; a file that grows is taken as far as it went. Returns the manifest and the
    names of what was left out.
    """
    written, missing = [], []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as members:
        for name, path in files:
            try:
                source = path.open("rb")
            except FileNotFoundError:
                missing.append(name)
                continue
            with source:
                about = os.fstat(source.fileno())
                digest, size = hashlib.sha256(), 0
                with members.open(name, "w", force_zip64=True) as target:
                    while chunk := source.read(_CHUNK):
                        target.write(chunk)
                        digest.update(chunk)
                        size += len(chunk)
            written.append(
                ArchivedFile(
                    name=name,
                    size=size,
                    sha256=digest.hexdigest(),
                    mode=stat.S_IMODE(about.st_mode),
                    mtime_ns=about.st_mtime_ns,
                )
            )
        complete = manifest.model_copy(update={"files": tuple(written)})
        with members.open(MANIFEST, "w") as target:
            target.write(complete.model_dump_json(indent=1).encode())
    return complete, tuple(missing)


def is_archive(path: Path) -> bool:
    """Whether a file is a whole backup of ours, whatever its name."""
    try:
        with open_archive(path):
            return True
    except (InputError, OSError):
        return False


def is_safe(name: str) -> bool:
    """Whether a name stays below the folder that it is written to, on any system."""
    parts = name.split("/")
    return (
        PurePosixPath(name).parts == tuple(parts)
        and all(part not in {"", ".", ".."} for part in parts)
        and not any(letter in "\\:\x7f" or ord(letter) < 32 for letter in name)
        and not any(0xD800 <= ord(letter) < 0xE000 for letter in name)
    )


def _read_manifest(path: Path, members: zipfile.ZipFile) -> Manifest:
    listed = [member.filename for member in members.infolist()]
    if MANIFEST not in listed:
        raise _foreign(path)
    with _as_damage(path, MANIFEST):
        text = members.read(MANIFEST)
    try:
        head = _Head.model_validate_json(text)
        if head.format_version > FORMAT_VERSION:
            raise InputError(f"备份由更新版本的程序写成：{path}", "请升级 tbtwatch 后再恢复。")
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise _foreign(path) from error
    names = [item.name for item in manifest.files]
    unsafe = [name for name in (*listed, *names) if not is_safe(name)]
    if unsafe:
        raise InputError(
            f"备份含有指向主文件夹之外的文件名，不予恢复：{path}（{unsafe[0]!a}）",
            "该文件不是本程序写成的，请查明来源，换一份备份。",
        )
    if sorted([*names, MANIFEST]) != sorted(listed) or len(set(names)) != len(names):
        raise _damaged(path, MANIFEST)
    return manifest


@contextmanager
def _as_damage(path: Path, name: str = "") -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise _damaged(path, name) from error


def _damaged(path: Path, name: str) -> InputError:
    place = f"（{name}）" if name else ""
    return InputError(f"备份文件不完整或已损坏：{path}{place}", "请换一份备份；已有的数据未改动。")


def _foreign(path: Path) -> InputError:
    return InputError(
        f"不是 tbtwatch 的备份文件：{path}", "请选择 tbtwatch backup 写成的文件，形如 tbtwatch-backup-….zip。"
    )
