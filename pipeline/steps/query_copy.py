"""`tbtwatch sql`, `tbtwatch query`: what the published copy answers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.clock import to_shanghai
from pipeline.context import Context
from pipeline.half_written import whole_file
from warehouse.connection import Connection
from warehouse.copy_reader import Answer, Streamed, ask, count_up_to, open_copy, stream, write_answer
from warehouse.errors import InputError
from warehouse.publish import LINK_NAME

ENDINGS = (".csv", ".xlsx", ".parquet", ".json")
_SHEET_ROWS = 1_048_575  # what a sheet of Excel holds below its header
_PUBLISHED = "SELECT published_at FROM published"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")  # a screen takes them for commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """An answer and the moment of the copy that gave it."""

    answer: Answer
    published_at: datetime


def ask_copy(
    context: Context, text: str, parameters: Mapping[str, object] | None = None, *, limit: int | None = None
) -> Copied:
    """Ask the published copy. Raises InputError for what is no question, no SQL, or without a copy."""
    with open_copy(context.home.publish / LINK_NAME) as con:
        published = ask(con, _PUBLISHED).rows
        moment = published[0][0] if published else None
        if not isinstance(moment, datetime):
            raise InputError(
                f"不是本程序的发布副本：{context.home.publish / LINK_NAME}", "请重新发布：tbtwatch publish"
            )
        return Copied(answer=ask(con, text, parameters, limit=limit), published_at=moment)


@contextmanager
def stream_copy(
    context: Context,
    text: str,
    parameters: Mapping[str, object] | None,
    *,
    limit: int | None = None,
    sheet: bool = False,
) -> Iterator[Streamed]:
    """Ask the published copy and give out the rows, at most `limit`, as they come: an answer need not fit into memory.

    For a `sheet` of Excel the rows are counted first. Raises InputError as `ask_copy`, and where they do not fit it.
    """
    with open_copy(context.home.publish / LINK_NAME) as con:
        if sheet:
            _require_sheet(con, text, parameters, limit)
        found = stream(con, text, parameters)
        yield replace(found, rows=islice(found.rows, limit))


def copy_to_parquet(
    context: Context, text: str, parameters: Mapping[str, object] | None, path: Path, *, limit: int | None = None
) -> int:
    """Write the rows of a question to `path` as Parquet, whole or not at all; return their number."""
    with (
        whole_file(path) as half_written,
        open_copy(context.home.publish / LINK_NAME, may_write=half_written) as con,
    ):
        return write_answer(con, text, parameters, half_written, limit=limit)


def write_json(path: Path, streamed: Streamed) -> int:
    """Write the rows as a list of objects, one a line, whole or not at all; return their number."""
    n_rows = 0
    with whole_file(path) as half_written, half_written.open("w", encoding="utf-8") as sink:
        for n_rows, row in enumerate(streamed.rows, start=1):
            found = json.dumps(_json_row(streamed.columns, row), ensure_ascii=False)
            sink.write(("[\n" if n_rows == 1 else ",\n") + found)
        sink.write("\n]\n" if n_rows else "[]\n")
    return n_rows


def require_ending(path: Path) -> None:
    """Raise InputError where `path` is no file that an answer can be written to."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"不支持的导出格式：{path.name}", f"文件名请以 {'、'.join(ENDINGS)} 结尾。")


def _require_sheet(con: Connection, text: str, parameters: Mapping[str, object] | None, limit: int | None) -> None:
    if limit is not None and limit <= _SHEET_ROWS:
        return
    if count_up_to(con, text, parameters, _SHEET_ROWS + 1) > _SHEET_ROWS:
        raise InputError(
            f"结果超出 Excel 一张表的上限（{_SHEET_ROWS} 行）。", "请写成 .csv 或 .parquet，或加条件少取一些。"
        )


def json_rows(answer: Answer) -> list[dict[str, Any]]:
    """Rows as objects with what JSON has: instants and dates in ISO 8601, decimals as numbers."""
    return [_json_row(answer.columns, row) for row in answer.rows]


def sheet_rows(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[dict[str, object]]:
    """Rows for a sheet or a .csv: lists as text, instants as the office's time."""
    return ({name: _cell(value) for name, value in zip(columns, row, strict=True)} for row in rows)


def plain(text: str) -> str:
    """A text without what a screen takes for a command, in one line."""
    return _CONTROL.sub(" ", text).strip()


def shown(value: object) -> str:
    """A value as the terminal shows it: lists joined, instants to the minute of the office's clock."""
    found = _cell(value)
    if found is None:
        return ""
    if isinstance(found, bool):
        return "是" if found else "否"
    if isinstance(found, float):
        return f"{found:.4f}".rstrip("0").rstrip(".") if abs(found) < 1e15 else str(found)
    # a row is a line
    return " ".join(plain(found).split()) if isinstance(found, str) else str(found)


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return f"{to_shanghai(value):%Y-%m-%d %H:%M}" if value.tzinfo else value.isoformat(" ", "minutes")
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return "; ".join("" if item is None else str(_cell(item)) for item in value)
    if isinstance(value, dict):
        return json.dumps(_json(value), ensure_ascii=False)
    if value is None or isinstance(value, bool | int | float | str | date):
        return value
    return str(value)


def _json_row(columns: tuple[str, ...], row: tuple[object, ...]) -> dict[str, Any]:
    return {name: _json(value) for name, value in zip(columns, row, strict=True)}


def _json(value: object) -> Any:
    match value:
        case dict():
            found: Any = {str(key): _json(item) for key, item in value.items()}
        case list() | tuple():
            found = [_json(item) for item in value]
        case Decimal():
            found = int(value) if value == value.to_integral_value() else float(value)
        case float():
            found = value if math.isfinite(value) else None
        case datetime() | date() | time():
            found = value.isoformat()
        case bytes():
            found = value.hex()
        case None | bool() | int() | str():
            found = value
        case _:
            found = str(value)
    return found
