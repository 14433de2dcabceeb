"""Opens an .xlsx file for one pass over its rows, in memory that does not grow with the file.

Why not openpyxl's read-only mode: it loads the whole table of shared strings, keeps a record and an empty node for each
row, and builds a text object for every inline string; on ePing's bulk file (90,000 rows) that is most of the time and
all of the memory. Only what a table needs is read here; number formats and serial dates are still openpyxl's rules.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from xml.parsers.expat import ExpatError

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.xml.functions import fromstring

from crawlers.formats.xlsx_rows import Row, RowParser
from crawlers.formats.xlsx_strings import SharedStrings
from warehouse.errors import InputError

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls of before 2007, and the envelope of an encrypted .xlsx
_EAST_ASIAN_DATES: Final = frozenset({*range(27, 37), *range(50, 59)})  # ECMA-376 18.8.30; no code stands in the file
_MAX_UNPACKED: Final = 4 << 30  # ePing's bulk file unpacks to about 0.3 GiB
_MAX_RATIO: Final = 400  # sheets of repeated text reach 100; a bomb made of one byte reaches 1,000
_RATIO_FROM: Final = 32 << 20
_MAX_SMALL_PART: Final = 32 << 20  # workbook, styles, relations: read whole
_SAVE_AS: Final = "请用Excel或WPS打开该文件，“另存为”.xlsx格式后重新导入。"
_FETCH_AGAIN: Final = "请重新下载或导出该文件；若能用Excel或WPS打开，请另存为新的.xlsx文件后再导入。"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name as the tab shows it, and its place in the package."""

    name: str
    part: str


class Workbook:
    """An open .xlsx file. Use as a context manager; errors in the file raise `InputError`, also between two rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with ExitStack() as opening:
            self._stack = opening
            try:
                self._archive = opening.enter_context(_open_archive(path))
                _refuse_bombs(self._archive, path)
                self._read_parts()
            except _UNREADABLE as error:
                raise _damaged(path, error) from error
            self._stack = opening.pop_all()  # open from here on; whatever went wrong above has closed it

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """The sheet's rows that hold anything, in order: (row number from 1, {column number from 0: value})."""
        try:
            with self._archive.open(sheet.part) as source:
                yield from RowParser(self._strings, self._date_styles, self.epoch_1904).rows(source)
        except _UNREADABLE as error:
            raise _damaged(self.path, error) from error

    def last_row(self, sheet: Sheet) -> int | None:
        """The last row's number by the sheet's own statement; None where it makes none."""
        try:
            with self._archive.open(sheet.part) as source:
                return RowParser.stated_last_row(source.read(1 << 16))
        except _UNREADABLE as error:
            raise _damaged(self.path, error) from error

    def _read_parts(self) -> None:
        main = "xl/workbook.xml"
        for _, target, kind in self._relations("_rels/.rels"):
            if kind.endswith("/officeDocument"):
                main = target.lstrip("/")
        if main not in self._archive.namelist():
            raise InputError(f"文件“{self.path.name}”是压缩包，但不是Excel工作簿。", _SAVE_AS)
        folder, _, name = main.rpartition("/")
        targets: dict[str, str] = {}
        strings, styles = "", ""
        for key, target, kind in self._relations(f"{folder}/_rels/{name}.rels"):
            part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            targets[key] = part
            strings = part if kind.endswith("/sharedStrings") else strings
            styles = part if kind.endswith("/styles") else styles
        self.epoch_1904 = False
        sheets: list[Sheet] = []
        for node in self._tree(main).iter():
            if _local(node.tag) == "workbookPr":
                self.epoch_1904 = node.get("date1904") in {"1", "true"}
            elif _local(node.tag) == "sheet":
                key = next((value for name, value in node.attrib.items() if name.endswith("}id")), "")
                part = targets.get(key, "")
                if part in self._archive.namelist():
                    sheets.append(Sheet(node.get("name") or "", part))
        self.sheets = tuple(sheets)
        self._date_styles = self._find_date_styles(styles)
        self._strings = self._stack.enter_context(SharedStrings())
        if strings in self._archive.namelist():
            with self._archive.open(strings) as source:
                self._strings.load(source)

    def _relations(self, part: str) -> list[tuple[str, str, str]]:
        if part not in self._archive.namelist():
            return []
        nodes = [node for node in self._tree(part) if node.get("TargetMode") != "External"]
        return [(node.get("Id", ""), node.get("Target", ""), node.get("Type", "")) for node in nodes]

    def _find_date_styles(self, part: str) -> frozenset[str]:
        if part not in self._archive.namelist():
            return frozenset()
        tree = self._tree(part)
        codes = {int(n.get("numFmtId", "")): n.get("formatCode", "") for n in tree.iter() if _local(n.tag) == "numFmt"}
        found: set[str] = set()
        formats = next((node for node in tree if _local(node.tag) == "cellXfs"), ())
        for index, node in enumerate(formats):
            number = int(node.get("numFmtId", 0))
            code = codes.get(number) or BUILTIN_FORMATS.get(number, "General")
            if number in _EAST_ASIAN_DATES or is_date_format(code):
                found.add(str(index))
        return frozenset(found)

    def _tree(self, part: str) -> Any:  # openpyxl's stubs name a protocol without `iter`
        if self._archive.getinfo(part).file_size > _MAX_SMALL_PART:
            raise InputError(f"文件“{self.path.name}”的内部结构异常（{part}过大），已拒绝读取。", _FETCH_AGAIN)
        return fromstring(self._archive.read(part))


_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    SyntaxError,  # what both ElementTree and lxml raise for XML that is none
    EOFError,
    KeyError,  # a part that the package names but does not hold
    IndexError,  # a shared string that is not there
    ValueError,  # a document type declaration too
    NotImplementedError,  # a compression method that zipfile does not know
    RuntimeError,  # zipfile's word for a part under a password
)


def _damaged(path: Path, error: BaseException) -> InputError:
    return InputError(f"文件“{path.name}”已损坏，无法读取（{type(error).__name__}：{error}）。", _FETCH_AGAIN)


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _open_archive(path: Path) -> zipfile.ZipFile:
    try:
        with path.open("rb") as source:
            head = source.read(8)
            rest = source.read(1 << 20) if head == _OLE else b""
    except FileNotFoundError:
        raise InputError(f"找不到文件“{path}”。", "请检查路径是否正确。") from None
    except OSError as error:
        raise InputError(f"无法打开文件“{path}”（{error.strerror}）。", "请检查路径与读取权限。") from error
    if not head:
        raise InputError(f"文件“{path.name}”是空文件。", _FETCH_AGAIN)
    if head == _OLE and "EncryptedPackage".encode("utf-16-le") in rest:
        raise InputError(f"文件“{path.name}”设有打开密码，无法读取。", "请在Excel或WPS中取消密码、保存后重新导入。")
    if head == _OLE:
        raise InputError(f"文件“{path.name}”是旧版.xls格式，不能直接读取。", _SAVE_AS)
    if not zipfile.is_zipfile(path):
        if head.startswith(b"PK"):
            raise InputError(f"文件“{path.name}”不完整或已损坏（压缩包不全）。", _FETCH_AGAIN)
        raise InputError(f"文件“{path.name}”不是.xlsx工作簿。", _SAVE_AS)
    return zipfile.ZipFile(path)


def _refuse_bombs(archive: zipfile.ZipFile, path: Path) -> None:
    parts = archive.infolist()
    absurd = any(p.file_size > _RATIO_FROM and p.file_size > _MAX_RATIO * max(p.compress_size, 1) for p in parts)
    if absurd or sum(p.file_size for p in parts) > _MAX_UNPACKED:
        raise InputError(
            f"文件“{path.name}”解压后大得异常，可能是恶意文件，已拒绝读取。",
            "请确认文件来源，从ePing平台重新下载后再导入。",
        )
