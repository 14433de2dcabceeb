"""A file appears under its name when it is whole: until then it lies beside, and goes where it is not finished."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import StageError


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to, with its ending; it replaces `path` when the block ends well.

    Raises StageError, in words, where the folder or the file cannot be written.
    """
    target = path.resolve()  # a link stays one
    half_written = target.with_name(f".{target.name}.part{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield half_written
            half_written.replace(target)
        finally:
            half_written.unlink(missing_ok=True)
    except OSError as error:
        raise StageError(
            f"无法写入文件：{path}（{error.strerror or error}）",
            "请检查文件是否正被打开、文件夹是否可写、磁盘空间是否足够。",
        ) from error
