"""`tbtwatch restore`: a backup becomes a home again; what stood there is moved aside, never deleted.

Several names change one after the other, and the backup itself may lie in a folder that moves. So where the old home
goes is written down first, and the next restore begins with that: it takes back what was only begun, or finishes it.
"""

from __future__ import annotations

import glob
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.archive import Archive, Manifest, open_archive
from pipeline.home import Home
from pipeline.steps.backup import FOLDER
from pipeline.working_folder import working_folder
from warehouse.backup import held, read_holdings, unknown_schema
from warehouse.errors import InputError, StageError

_MARGIN = 16 << 20  # bytes left free beside what is unpacked
_CARRIED = (FOLDER, "cache")  # of the old home, not part of a backup
_ASIDE = ".before-restore-"
_JOURNAL = "moved-to"  # in the working folder: where the old home goes
_MOUNTS = Path("/proc/self/mountinfo")  # Linux; names the mounts within one disk too


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A home that was restored."""

    home: Path
    manifest: Manifest
    moved_aside: Path | None  # where the home lies that stood there
    others_aside: tuple[Path, ...]  # what earlier restores moved aside and is still there


def restore(path: Path, home: Home, *, now: datetime, replace: bool = False) -> Restored:
    """Make `home` what the backup at `path` holds.

    Everything is checked first, the space on the disk too; the files are unpacked beside the home, the warehouse is
    opened and counted, and only then a folder is renamed. A home with anything in it needs `replace`; it is kept beside
    as NAME.before-restore-TIME. A home that is a link stays one. Killed at any point, the same call finishes. Raises
    InputError for a backup that is damaged, not ours or of a newer program and for a home that cannot be renamed,
    StageError where the disk is too small or somebody uses the old warehouse.
    """
    root = home.root.resolve()
    working = root.with_name(f".{root.name}.restoring")
    if (working / _JOURNAL).exists():
        with working_folder(working, "恢复", settle=lambda folder: _settle(folder / _JOURNAL, root)):
            pass
    _require_file(path, home.root, root)
    with open_archive(path) as archive:
        _refuse_newer(archive)
        if _is_taken(root) and not replace:
            raise InputError(
                f"主文件夹不是空的，未恢复：{home.root}",
                "请用 --home 指向一个空文件夹；确要替换，请加 --replace，原有内容会移到旁边，不会删除。",
            )
        _refuse_mounts(root)
        existing = next(folder for folder in (root.parent, *root.parents) if folder.exists())
        _require_space(existing, sum(item.size for item in archive.manifest.files))
        archive.verify()
        root.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            work = stack.enter_context(working_folder(working, "恢复"))
            fresh = work / "home"
            fresh.mkdir(mode=0o700)
            archive.unpack(fresh)
            _compare(fresh / home.warehouse.name, archive)
            stack.enter_context(_quiet(root / home.warehouse.name))
            if root.exists():  # whoever could look into the home may do so still
                shutil.copymode(root, fresh)
            moved = _put_in_place(fresh, root, work / _JOURNAL, now)
        return Restored(
            home=home.root,
            manifest=archive.manifest,
            moved_aside=moved,
            others_aside=tuple(folder for folder in _aside(root) if folder != moved),
        )


def _require_file(path: Path, stated: Path, root: Path) -> None:
    """Where the backup went aside with a home, say where it lies now."""
    if path.exists():
        return
    for folder in reversed(_aside(root)):
        for place in (stated, root):
            if path.is_relative_to(place) and (moved := folder / path.relative_to(place)).exists():
                raise InputError(
                    f"没有这个文件：{path}（以前恢复时已随原有内容移到 {folder}）",
                    f"请改写路径：tbtwatch --home {stated} restore {moved} --replace",
                )


def _refuse_newer(archive: Archive) -> None:
    unknown = unknown_schema(archive.manifest.tables)
    if unknown:
        raise InputError(
            f"备份中的数据库由更新版本的程序写成（含 {unknown[-1]}）：{archive.path}",
            f"请升级 tbtwatch（备份时为 {archive.manifest.tool_version}）后再恢复；未改动任何文件。",
        )


def _is_taken(root: Path) -> bool:
    if root.exists() and not root.is_dir():
        raise InputError(f"主文件夹的路径不是文件夹：{root}", "请检查 --home 或环境变量 TBTWATCH_HOME。")
    return root.exists() and any(root.iterdir())


def _refuse_mounts(root: Path) -> None:
    """A mount point cannot be renamed: neither the home itself nor what is carried over to the new one."""
    mounts = _mounts()
    for folder in (root, *(root / name for name in _CARRIED)):
        if os.path.ismount(folder) or str(folder) in mounts:
            raise InputError(
                f"这个文件夹是挂载点，不能改名，未恢复：{folder}",
                "请用 --home 指向磁盘下的另一个文件夹恢复，再修改设置；或先卸载再恢复。未改动任何文件。",
            )


def _mounts() -> frozenset[str]:
    if not _MOUNTS.exists():
        return frozenset()
    places = (line.split()[4] for line in _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines())
    # blanks and the like stand there as octal numbers
    return frozenset(re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place) for place in places)


def _require_space(folder: Path, size: int) -> None:
    needed, free = size + _MARGIN, shutil.disk_usage(folder).free
    if free < needed:
        raise StageError(
            f"磁盘空间不足：{folder} 可用 {free / 1e6:.0f} MB，恢复需要 {needed / 1e6:.0f} MB",
            "请腾出空间，或用 --home 换一个磁盘；未改动任何文件。",
        )


def _compare(path: Path, archive: Archive) -> None:
    found = read_holdings(path)
    if found.n_rows != archive.manifest.n_rows or found.schema != archive.manifest.tables:
        raise InputError(f"备份中的数据库与清单不符，未恢复：{archive.path}", "请换一份备份；已有的数据未改动。")


@contextmanager
def _quiet(warehouse: Path) -> Iterator[None]:
    """Keep the old warehouse from being written while it is moved; one that cannot be opened is nobody's."""
    with ExitStack() as stack:
        if warehouse.exists():
            with suppress(InputError):  # damaged, foreign or newer: the reason to restore
                stack.enter_context(held(warehouse))
        yield


def _put_in_place(fresh: Path, root: Path, journal: Path, now: datetime) -> Path | None:
    """Give the new folder the name of the home; return where the old one lies now, None where there was nothing."""
    if not _is_taken(root):
        if root.exists():
            root.rmdir()
        fresh.rename(root)
        return None
    aside = _free_name(root, now)
    journal.write_text(aside.name, encoding="utf-8")
    root.rename(aside)
    try:
        fresh.rename(root)
    except OSError:
        aside.rename(root)
        raise
    _carry_over(aside, root)
    return aside


def _settle(journal: Path, root: Path) -> None:
    """Put right what a killed restore left: without a home the old one comes back, else it gives what it carries."""
    if not journal.exists():  # another restore has done so meanwhile
        return
    name = journal.read_text(encoding="utf-8")
    if not name.startswith(f"{root.name}{_ASIDE}"):  # cut off: nothing had moved yet
        return
    aside = root.with_name(name)
    if not aside.is_dir():
        return
    if root.exists():
        _carry_over(aside, root)
    else:
        aside.rename(root)


def _carry_over(aside: Path, root: Path) -> None:
    for name in _CARRIED:
        if (aside / name).is_dir() and not (root / name).exists():
            (aside / name).rename(root / name)


def _aside(root: Path) -> tuple[Path, ...]:
    """What restores moved aside of this home, oldest first."""
    return tuple(sorted(folder for folder in root.parent.glob(f"{glob.escape(root.name)}{_ASIDE}*") if folder.is_dir()))


def _free_name(root: Path, now: datetime) -> Path:
    stem, number = f"{root.name}{_ASIDE}{now:%Y%m%dT%H%M%SZ}", 1
    while (found := root.with_name(stem if number == 1 else f"{stem}-{number}")).exists():
        number += 1
    return found
