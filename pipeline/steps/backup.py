"""`tbtwatch backup`: everything of a home that cannot be made again, as one file that was read back."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.archive import Manifest, is_archive, is_safe, open_archive, write_archive
from pipeline.home import Home
from pipeline.working_folder import working_folder
from warehouse.backup import Holdings, copy_to, held, holdings, read_holdings
from warehouse.errors import InputError, StageError, TbtwatchError

FOLDER = "backups"
_PATTERN = "tbtwatch-backup-*.zip"
_WORKING = ".tbtwatch-backup.part"
# folders of a home that are not saved: made again (cache, publish), a home of its own (demo), the backups themselves
_NOT_SAVED = frozenset({"cache", "demo", FOLDER})
_HALF_WRITTEN = (".part", ".rewritten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was written."""

    path: Path
    size: int  # bytes
    manifest: Manifest
    is_verified: bool
    left_out: tuple[str, ...]  # names that could not be taken
    lost_snapshots: tuple[str, ...]  # published copies that released issues name and that are gone
    removed: tuple[Path, ...]  # older backups
    is_trusted: bool  # verified, nothing missing: one that older ones may go for


def make_backup(
    home: Home, *, now: datetime, version: str, out: Path | None = None, keep: int | None = None, verify: bool = True
) -> Backup:
    """Write a backup of `home` and read it back; nobody writes to the warehouse meanwhile, and nothing there changes.

    `out`: a folder, or a file that must not exist yet; default `backups/` in the home. `keep`: so many backups of this
    home on this machine stay in that folder, the new one included; none goes for one that was not verified or lacks
    something. The file appears under its name when it is whole; only its owner may read it. Raises StageError where
    somebody writes or the disk is too small, InputError where there is no warehouse or `out` is elsewhere in the home.
    """
    target = _target(home, out, now)
    if keep is not None and not target.match(_PATTERN):
        raise InputError("--keep 只用于按时间自动命名的备份。", "请把 --out 写成文件夹，或去掉 --keep。")
    with held(home.warehouse) as con, working_folder(target.parent / _WORKING, "备份") as work:
        state = holdings(con)
        found, left = _files(home, state.snapshots)
        _require_space(target.parent, _needed(home, [path for _, path in found]))
        copy = work / "copy" / home.warehouse.name
        copy.parent.mkdir()
        copy_to(home.warehouse, copy)
        copy.chmod(0o600)
        draft = work / target.name
        about = Manifest(
            made_at=now,
            tool_version=version,
            home=str(home.root),
            host=platform.node(),
            tables=state.schema,
            n_rows=state.n_rows,
            files=(),
        )
        manifest, missing = _write(draft, [(home.warehouse.name, copy), *found], about)
        shutil.rmtree(copy.parent)
        if verify:
            _verify(home, draft, work / "verify", state, manifest)
        draft.replace(target)
    left_out = (*missing, *left)
    lost = tuple(name for name in state.snapshots if not (home.publish / name).is_file())
    is_trusted = verify and not left_out and not lost
    return Backup(
        path=target,
        size=target.stat().st_size,
        manifest=manifest,
        is_verified=verify,
        left_out=left_out,
        lost_snapshots=lost,
        removed=_clear_old(target, manifest, keep) if keep is not None and is_trusted else (),
        is_trusted=is_trusted,
    )


def _target(home: Home, out: Path | None, now: datetime) -> Path:
    place = (out or home.root / FOLDER).expanduser().absolute()
    is_file = out is not None and place.suffix == ".zip" and not place.is_dir()
    target = place if is_file else place / f"tbtwatch-backup-{now:%Y%m%dT%H%M%SZ}.zip"
    if target.exists():
        raise InputError(f"已有此文件，不会覆盖：{target}", "请换一个文件名，或写一个文件夹。")
    _refuse_inside(target, home)
    if not home.warehouse.exists():  # before a folder is made in a home that was mistyped
        raise InputError(
            f"还没有数据库：{home.warehouse}",
            "请检查 --home；首次使用请先导入企业清单和通报，例如：tbtwatch import exporters 企业清单.csv",
        )
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return target


def _refuse_inside(target: Path, home: Home) -> None:
    # elsewhere in the home it would be moved aside with it by a restore
    place, root = target.resolve(), home.root.resolve()
    if place.is_relative_to(root) and not place.is_relative_to((home.root / FOLDER).resolve()):
        raise InputError(
            f"备份不能写在主文件夹的这个位置：{target}",
            f"请写到其他磁盘，或不写 --out（写入 {home.root / FOLDER}）。",
        )


def _needed(home: Home, files: Sequence[Path]) -> int:
    """Bytes that are needed at most: the warehouse twice, with what is still in its log, and the other files."""
    wal = home.warehouse.with_name(f"{home.warehouse.name}.wal")
    return 2 * (_size(home.warehouse) + _size(wal)) + sum(_size(path) for path in files)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # a file may go while the backup is made
        return 0


def _files(home: Home, snapshots: tuple[str, ...]) -> tuple[list[tuple[str, Path]], list[str]]:
    """All files of a home but the warehouse and what can be made again, by their names below it; what cannot be taken.

    A link to a folder, a link that leads nowhere, a socket and the like cannot, and a name that is not safe anywhere.
    Backups are no part of a home, whatever they are called.
    """
    warehouse = {home.warehouse.name + ending for ending in ("", ".wal", ".tmp")}
    paths = []
    for entry in sorted(home.root.iterdir()):
        if entry.name in _NOT_SAVED | {home.publish.name} | warehouse:
            continue
        if not entry.is_dir():
            paths.append(entry)
            continue
        for folder, below, names in os.walk(entry, onerror=_stop):
            paths += [Path(folder) / name for name in names]
            paths += [Path(folder) / name for name in below if (Path(folder) / name).is_symlink()]
    paths += [path for path in (home.publish / name for name in snapshots) if path.is_file()]
    found, left = [], []
    for path in sorted(paths):
        name = path.relative_to(home.root).as_posix()
        if _is_half_written(path.relative_to(home.root)) or not os.path.lexists(path):
            continue
        if path.is_file() and is_safe(name):
            if not is_archive(path):  # a backup in every later one would double them each time
                found.append((name, path))
        else:
            left.append(name if is_safe(name) else ascii(name))
    return found, left


def _stop(error: OSError) -> None:
    # a folder that cannot be read would be missing without a word; one that is gone by now is not
    if not isinstance(error, FileNotFoundError):
        raise error


def _is_half_written(path: Path) -> bool:
    return any(part.endswith(_HALF_WRITTEN) for part in path.parts) or path.match(_PATTERN)


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StageError(
            f"磁盘空间不足：{folder} 可用 {free / 1e6:.0f} MB，备份最多需要 {needed / 1e6:.0f} MB",
            "请腾出空间，或用 --out 换一个磁盘；原数据未受影响。",
        )


def _write(draft: Path, files: list[tuple[str, Path]], about: Manifest) -> tuple[Manifest, tuple[str, ...]]:
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as sink:
        written = write_archive(sink, iter(files), about)
        sink.flush()
        os.fsync(sink.fileno())
    return written


def _verify(home: Home, draft: Path, folder: Path, state: Holdings, manifest: Manifest) -> None:
    """Read the whole archive, and all of the warehouse that comes out of it."""
    words = f"备份写成后未能读回，已作废：{draft.name}"
    try:
        with open_archive(draft) as archive:
            archive.verify()
            name = manifest.files[0].name
            archive.unpack(folder, only=name)
    except TbtwatchError as error:
        raise StageError(
            f"{words}（{error.message}）", "原数据未受影响；请检查磁盘后重试，或用 --out 换一个磁盘。"
        ) from error
    try:
        restored = read_holdings(folder / name)
    except TbtwatchError as error:
        raise StageError(
            f"数据库不能完整读出，备份已作废：{home.warehouse}（{error.message}）",
            "原数据库可能已损坏：请保留以前的全部备份，联系维护人员或恢复最近的备份（tbtwatch restore）。",
        ) from error
    if restored != state:
        raise StageError(
            f"备份中的数据库与原数据库不一致，已作废：{home.warehouse}",
            "原数据未受影响；请重试，仍不成功请联系维护人员。",
        )


def _clear_old(target: Path, made: Manifest, keep: int) -> tuple[Path, ...]:
    """Remove older backups of the same home on the same machine, and nothing that cannot be read as one."""
    others = []
    for path in sorted(target.parent.glob(_PATTERN), reverse=True):
        try:
            with open_archive(path) as archive:
                is_ours = (archive.manifest.home, archive.manifest.host) == (made.home, made.host)
        except TbtwatchError:
            continue
        if path != target and is_ours:
            others.append(path)
    old = tuple(others[max(keep - 1, 0) :])
    for path in old:
        path.unlink()
    return old
