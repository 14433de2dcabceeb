"""The facts of an issue as canonical JSON and back, so that a released issue can be drawn again as it was.

The same facts give the same text on every machine: keys sorted, no blanks, dates as ISO 8601, instants in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from reports.bulletin.facts import BulletinFacts
from warehouse.errors import StageError

# fields that older versions wrote and never filled: issues that they released are still read
_RETIRED = {("BulletinItem", "summary_zh")}


def freeze(facts: BulletinFacts) -> str:
    """The facts as one line of JSON."""
    return to_json(facts)


def thaw(text: str) -> BulletinFacts:
    """The facts again. StageError for a text that this version of the program does not understand whole."""
    try:
        return cast("BulletinFacts", read_as(BulletinFacts, json.loads(text)))
    except (ValueError, TypeError, KeyError) as error:
        raise StageError(
            f"本期定稿数据无法读取（{error}）。", "可能由其他版本的程序写成；请用印发时的版本打开，正式文件不受影响。"
        ) from error


def to_json(value: object) -> str:
    """A record, or a tuple of records, as canonical JSON."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read_as(kind: Any, value: Any) -> Any:
    """Plain JSON data as `kind`: a dataclass, tuple, union with None, date, datetime or scalar.

    A field that is missing takes its default; one that is unknown is a ValueError: leaving it out would print less.
    """
    if get_origin(kind) in (Union, UnionType):
        kept = [argument for argument in get_args(kind) if argument is not NoneType]
        if len(kept) != 1:
            raise TypeError(f"{kind}: more than one kind of value")
        return None if value is None else read_as(kept[0], value)
    if get_origin(kind) is tuple:
        return _read_tuple(get_args(kind), value)
    if is_dataclass(kind):
        return _read_record(cast("type", kind), value)
    return _read_scalar(kind, value)


def _read_tuple(kinds: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"不是列表：{value!r:.60}")
    if kinds[-1] is Ellipsis:
        return tuple(read_as(kinds[0], part) for part in value)
    return tuple(read_as(kind, part) for kind, part in zip(kinds, value, strict=True))


def _read_scalar(kind: Any, value: Any) -> Any:
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise TypeError(f"应为{kind.__name__}：{value!r:.60}")
    return value


def _read_record(kind: type, value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(f"{kind.__name__}：{value!r:.60}")
    hints = _hints(kind)
    value = {name: part for name, part in value.items() if part != "" or (kind.__name__, name) not in _RETIRED}
    unknown = sorted(set(value) - set(hints))
    if unknown:
        raise ValueError(f"{kind.__name__}有不认识的字段：{'、'.join(unknown)}")
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    missing = sorted(needed - set(value))
    if missing:
        raise ValueError(f"{kind.__name__}缺少字段：{'、'.join(missing)}")
    return kind(**{name: read_as(hints[name], part) for name, part in value.items()})


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {entry.name: hints[entry.name] for entry in fields(kind)}


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError(f"an instant without a zone: {value}")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"not a value of a record: {type(value).__name__}")
