"""A folder that only one process at a time works in, and that nothing is left of."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from warehouse.errors import StageError

_LOCK = ".lock"


@contextmanager
def working_folder(path: Path, what: str, *, settle: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """An empty folder that only one process at a time has; what a killed one left in it is cleared.

    `settle` looks at what was left before it goes. Raises StageError where another process, doing `what`, has it.
    """
    lock = _locked(path, what)
    try:
        if settle is not None:
            settle(path)
        _clear(path)
        try:
            yield path
        finally:
            _clear(path)
            # in this order: who finds the lock file gone makes a new one, in this folder or a new one
            (path / _LOCK).unlink(missing_ok=True)
            with suppress(OSError):
                path.rmdir()
    finally:
        os.close(lock)


def _locked(path: Path, what: str) -> int:
    """A descriptor that holds the lock of the folder, which is there: that of one who just ends goes meanwhile."""
    while True:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock = os.open(path / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_there(lock, path / _LOCK):
                return lock
        except BlockingIOError as error:
            os.close(lock)
            raise StageError(f"另一个{what}正在进行：{path.parent}", "请等它结束后再试。") from error
        os.close(lock)


def _is_there(descriptor: int, path: Path) -> bool:
    """Whether the file that is open still has its name: a lock on one that was removed keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _clear(path: Path) -> None:
    for remains in tuple(path.iterdir()):
        if remains.name != _LOCK:
            shutil.rmtree(remains) if remains.is_dir() and not remains.is_symlink() else remains.unlink()
