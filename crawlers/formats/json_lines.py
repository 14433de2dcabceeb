"""Reads a file of JSON lines, plain or gzipped, without ending at a bad line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from warehouse.errors import InputError

GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_MAX_LINE: Final = 64 << 20
_CHECK: Final = "请检查文件是否完整，重新导出后再导入。"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank: its number, and the object on it or, where there is none, why (Chinese)."""

    number: int
    content: dict[str, object] | None
    fault: str = ""
    text: str = ""


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where it is gzipped, whatever its name. Raises `InputError` if it cannot be read."""
    try:
        with path.open("rb") as probe:
            head = probe.read(2)
        if not head:
            raise InputError(f"文件“{path.name}”是空文件。", _CHECK)
        with cast("IO[bytes]", gzip.open(path, "rb")) if head == GZIP else path.open("rb") as source:
            yield source
    except FileNotFoundError:
        raise InputError(f"找不到文件“{path}”。", "请检查路径是否正确。") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(f"压缩文件“{path.name}”已损坏（{error}）。", _CHECK) from error
    except OSError as error:
        raise InputError(f"无法读取文件“{path}”（{error.strerror or error}）。", "请检查路径与读取权限。") from error


def read_lines(path: Path) -> Iterator[Line]:
    """Every line of the file that is not blank. A byte order mark and Windows line ends do no harm."""
    with open_bytes(path) as source:
        number = 0
        while raw := source.readline(_MAX_LINE + 1):
            number += 1
            if len(raw) > _MAX_LINE:
                raise InputError(f"文件“{path.name}”第{number}行过长，不是逐行JSON格式。", _CHECK)
            stripped = raw.removeprefix(_BOM).strip() if number == 1 else raw.strip()
            if stripped:
                yield _parse(number, stripped)


def _parse(number: int, raw: bytes) -> Line:
    shown = raw[:200].decode("utf-8", "replace")
    try:
        content = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return Line(number, None, "不是UTF-8编码", shown)
    except (ValueError, RecursionError) as error:
        return Line(number, None, f"不是有效的JSON（{error}）", shown)
    if not isinstance(content, dict):
        return Line(number, None, "不是JSON对象", shown)
    return Line(number, content)
