"""Tells which reader a file needs, by what is in it: a name's ending may lie."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Final, Literal, TypeAlias

from crawlers.formats.eping_columns import find_table
from crawlers.formats.eping_json import ENVELOPES
from crawlers.formats.eping_json import FIELDS as EPING_FIELDS
from crawlers.formats.interchange import KEYS as INTERCHANGE_KEYS
from crawlers.formats.json_lines import open_bytes, read_lines
from crawlers.formats.reporting import RowIssues
from crawlers.formats.xlsx import Workbook
from warehouse.errors import InputError

FormatName: TypeAlias = Literal["eping-workbook", "interchange", "eping-json"]
_WORKBOOK_HEADS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
_PROBED_LINES: Final = 20
_EXPECTED: Final = (
    "可导入的通报文件有三种：ePing平台导出的工作簿（.xlsx）、每行一条通报的交换格式（.jsonl、.jsonl.gz）、"
    "保存的ePing检索结果页（.json）。"
)


def detect(path: Path) -> FormatName:
    """The form of a file of notifications. Raises `InputError`, with what was expected, for any other file.

    A workbook must carry ePing's header: the city's list of exporters is a workbook too.
    """
    with open_bytes(path) as source:
        head = source.read(4096)
    if head.startswith(_WORKBOOK_HEADS):
        with Workbook(path) as workbook:
            find_table(workbook, RowIssues(path.name, None))
        return "eping-workbook"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise InputError(f"文件“{path.name}”是网页，不是通报数据（下载时可能转到了登录页）。", _EXPECTED)
    if not start.startswith((b"{", b"[")):
        raise InputError(f"文件“{path.name}”的内容不是可识别的通报数据。", _EXPECTED)
    found = _by_lines(path) or _by_document(path)
    if found is None:
        raise InputError(f"文件“{path.name}”是JSON，但不含通报数据。", _EXPECTED)
    return found


def _by_lines(path: Path) -> FormatName | None:
    for line in islice(read_lines(path), _PROBED_LINES):
        if line.content is not None:
            if _is_eping(line.content):
                return "eping-json"
            if len(INTERCHANGE_KEYS.intersection(line.content)) >= 2:
                return "interchange"
    return None


def _by_document(path: Path) -> FormatName | None:
    with open_bytes(path) as source:
        try:
            data = json.loads(source.read().decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None
    if isinstance(data, list) and data:
        data = data[0]
    return "eping-json" if isinstance(data, dict) and _is_eping(data) else None


def _is_eping(content: dict[str, object]) -> bool:
    if any(isinstance(content.get(name), list) for name in ENVELOPES):
        return True
    return "documentSymbol" in content and len(EPING_FIELDS.intersection(content)) >= 4
