"""Names, links and age of published versions: a DuckDB file and a Parquet folder each, links to the newest ones."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse.errors import StageError

LINK_NAME = "current.duckdb"
PARQUET = "parquet"
PARQUET_LINK = "current"
# what a file system without symbolic links answers (exFAT, some network shares)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)
_STAMP = "%Y%m%dT%H%M%S%fZ"
_STAMP_LENGTH = len("20260310T120000000000Z")


def new_version(folder: Path, now: datetime) -> str:
    """Return the name of the version of this moment: no version is ever written over, a second one is `…Z-02`."""
    stamp = f"{now.astimezone(UTC):{_STAMP}}"
    names = [stamp, *(f"{stamp}-{number:02}" for number in range(2, 100))]
    return next(name for name in names if not copy_path(folder, name).exists())


def copy_path(folder: Path, version: str) -> Path:
    """Return the path of the DuckDB file of a version."""
    return folder / f"tbtwatch-{version}.duckdb"


def parquet_path(folder: Path, version: str) -> Path:
    """Return the path of the Parquet folder of a version."""
    return folder / PARQUET / version


def version_of(copy: Path) -> str:
    """Return the version that a DuckDB file holds, by its name."""
    return copy.stem.removeprefix("tbtwatch-")


def latest(folder: Path) -> Path | None:
    """Return the copy that the link names, if it is there."""
    link = folder / LINK_NAME
    return link.resolve() if link.exists() else None


def move_links(folder: Path, version: str) -> None:
    """Move both links to `version`, each in one step: who opens a link gets the old version or the new one, whole."""
    _move(folder / PARQUET / PARQUET_LINK, version)
    _move(folder / LINK_NAME, copy_path(folder, version).name)


def require_links(folder: Path) -> None:
    """Put right the links of a run that was killed between the two.

    Raises StageError where there can be no links, OSError where nothing can be written.
    """
    copies, parquet = folder / LINK_NAME, folder / PARQUET / PARQUET_LINK
    for link in (copies, parquet):
        if link.exists() and not link.is_symlink():
            raise StageError(
                f"应是链接，却是实际的文件或文件夹：{link}",
                "多由解压或同步软件造成；请移走它，再运行 tbtwatch publish。",
            )
    parquet.parent.mkdir(exist_ok=True)
    try:
        _move(folder / ".probe", LINK_NAME)
        (folder / ".probe").unlink()
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        raise StageError(
            f"该磁盘不支持符号链接，无法发布：{folder}（{error.strerror}）",
            "请把数据文件夹（--home）放在支持链接的磁盘上，不要用 U 盘、共享文件夹或同步文件夹。",
        ) from error
    linked = latest(folder)
    if linked is not None and parquet_path(folder, version_of(linked)).exists():
        _move(parquet, version_of(linked))


def clear_unlinked(folder: Path, version: str) -> None:
    """Remove a version that was written and not linked."""
    linked = latest(folder)
    if linked is None or version_of(linked) != version:
        copy_path(folder, version).unlink(missing_ok=True)
        shutil.rmtree(parquet_path(folder, version), ignore_errors=True)


def clear_half_written(folder: Path) -> None:
    """Remove what a killed run left; only one process at a time holds the warehouse that copies are made of."""
    for remains in folder.glob("tbtwatch-*.part*"):
        remains.unlink()
    for remains in (folder / PARQUET).glob("*.part"):
        shutil.rmtree(remains)
    for remains in (*folder.glob("*.new"), *(folder / PARQUET).glob("*.new")):
        remains.unlink()


def clear_old(
    folder: Path, *, version: str, keep: int, parquet_hours: float, named: Collection[str], now: datetime
) -> int:
    """Remove old versions and return how many DuckDB files went.

    `keep` versions stay, `version` included, and those whose file is in `named`. A DuckDB file that somebody has open
    stays readable without its name. A reader of Parquet opens one file after the other: its folder stays for
    `parquet_hours` whatever the number; most of its files are shared with the versions after it.
    """
    copies = sorted((version_of(path) for path in folder.glob("tbtwatch-*.duckdb")), reverse=True)
    kept = {version, *(version_of(Path(name)) for name in named)}
    others = [copy for copy in copies if copy not in kept]
    gone = others[max(keep - 1, 0) :]
    for old in gone:
        copy_path(folder, old).unlink()
    newest = {version, *others[: max(keep - 1, 0)]}
    for path in (folder / PARQUET).iterdir() if (folder / PARQUET).exists() else ():
        age = None if path.is_symlink() else _age(path.name, now)
        if age is not None and age >= timedelta(hours=parquet_hours) and path.name not in newest:
            shutil.rmtree(path)
    return len(gone)


def _age(version: str, now: datetime) -> timedelta | None:
    """The age of a version, negative where the clock was set back; None for a folder that is no version of ours."""
    try:
        return now - datetime.strptime(version[:_STAMP_LENGTH], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def _move(link: Path, target: str) -> None:
    temporary = link.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
