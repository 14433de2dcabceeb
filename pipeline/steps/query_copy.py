"""`tbtwatch sql`, `tbtwatch query`: what the published copy answers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.clock import to_shanghai
from pipeline.context import Context
from warehouse.copy_reader import Answer, ask, open_copy, write_answer
from warehouse.errors import InputError, StageError
from warehouse.publish import LINK_NAME

ENDINGS = (".csv", ".xlsx", ".parquet", ".json")
_SHEET_ROWS = 1_048_575  # what a sheet of Excel holds below its header
_PUBLISHED = "SELECT published_at FROM published"


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


def copy_to_parquet(
    context: Context, text: str, parameters: Mapping[str, object] | None, path: Path, *, limit: int | None = None
) -> int:
    """Write the rows of a question to `path` as Parquet, whole or not at all; return their number."""
    half_written = _beside(path)
    try:
        with open_copy(context.home.publish / LINK_NAME, may_write=half_written.resolve()) as con:
            n_rows = write_answer(con, text, parameters, half_written.resolve(), limit=limit)
        half_written.replace(path)
    finally:
        half_written.unlink(missing_ok=True)
    return n_rows


def write_json(path: Path, answer: Answer) -> None:
    """Write the rows as a list of objects, whole or not at all."""
    half_written = _beside(path)
    try:
        half_written.write_text(json.dumps(json_rows(answer), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        half_written.replace(path)
    finally:
        half_written.unlink(missing_ok=True)


def require_ending(path: Path) -> None:
    """Raise InputError where `path` is no file that an answer can be written to."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(f"不支持的导出格式：{path.name}", f"文件名请以 {'、'.join(ENDINGS)} 结尾。")


def require_sheet(answer: Answer, path: Path) -> None:
    """Raise InputError where the rows do not fit a sheet."""
    if path.suffix.lower() == ".xlsx" and len(answer.rows) > _SHEET_ROWS:
        raise InputError(
            f"结果有 {len(answer.rows)} 行，超出 Excel 一张表的上限（{_SHEET_ROWS} 行）。",
            "请写成 .csv 或 .parquet，或加条件少取一些。",
        )


def json_rows(answer: Answer) -> list[dict[str, Any]]:
    """Rows as objects with what JSON has: instants and dates in ISO 8601, decimals as numbers."""
    return [{name: _json(value) for name, value in zip(answer.columns, row, strict=True)} for row in answer.rows]


def sheet_rows(answer: Answer) -> list[dict[str, object]]:
    """Rows for a sheet or a .csv: lists as text, instants as the office's time."""
    return [{name: _cell(value) for name, value in zip(answer.columns, row, strict=True)} for row in answer.rows]


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
    return " ".join(str(found).split()) if isinstance(found, str) else str(found)


def _beside(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StageError(f"无法写入文件：{path}（{error.strerror}）", "请检查路径和文件夹权限。") from error
    return path.with_name(f".{path.name}.part{path.suffix}")


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
