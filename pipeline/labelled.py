"""Labelled cities on disk: exporters, notifications and what careful readers found, as one set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from crawlers.formats.interchange import read_jsonl
from models.training.examples import LabelledSet
from models.training.figures import Labels
from warehouse.errors import InputError
from warehouse.intake.exporters import line_id, read_exporters
from warehouse.records import Notification, Observation
from warehouse.symbols import parse_symbol

HELD_OUT = "city_g"  # measured only


def bundled_cities() -> tuple[LabelledSet, ...]:
    """The cities that the shipped head was learned from, written for this project (`models/data/`)."""
    folder = Path(str(files("models").joinpath("data")))
    return tuple(read_city(city) for city in sorted(folder.glob("city_*")) if city.name != HELD_OUT)


def read_city(folder: Path) -> LabelledSet:
    """Read exporters.csv, notifications.jsonl and labels.json of a folder. Raises InputError where one is missing."""
    lines = tuple(line for firm in read_exporters(folder / "exporters.csv").exporters for line in firm.lines)
    read = read_jsonl(folder / "notifications.jsonl")
    notifications = tuple(item.notification for item in read if isinstance(item, Observation))
    return LabelledSet(
        name=folder.name,
        notifications=notifications,
        parents=parents_of(notifications),
        lines=lines,
        labels=read_labels(folder / "labels.json"),
    )


def read_labels(path: Path) -> tuple[Labels, ...]:
    """Labels of a gold file: `{"labels": [{"id", "direct", "indirect", "ambiguous"}]}`, pairs as [企业编号, 产品名称].

    Raises InputError, naming the entry, for a file of another form.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
        entries = list(content["labels"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"无法读取标注文件 {path.name}：{error}", '文件应为 {"labels": [{"id": …, "direct": […], …}]}。'
        ) from error
    found = []
    for place, entry in enumerate(entries, start=1):
        try:
            found.append(
                Labels(
                    notification_id=str(entry["id"]),
                    direct=_line_ids(entry["direct"]),
                    indirect=_line_ids(entry["indirect"]),
                    ambiguous=_line_ids(entry.get("ambiguous", [])),
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(
                f"{path.name} 第 {place} 条标注缺项或格式不对：{error}",
                "每条须有 id、direct、indirect，其中每对写作 [企业编号, 产品名称]。",
            ) from error
    return tuple(found)


def parents_of(notifications: Sequence[Notification]) -> dict[str, Notification]:
    """For each addendum, revision or corrigendum the notification among these that it amends."""
    roots = {symbol: item for item in notifications for symbol in item.symbols}
    found: dict[str, Notification] = {}
    for item in notifications:
        for symbol in item.symbols:
            parent = _nearest_parent(symbol, roots)
            if parent is not None and parent is not item:
                found[item.notification_id] = parent
    return found


def _nearest_parent(symbol: str, known: Mapping[str, Notification]) -> Notification | None:
    parsed = parse_symbol(symbol)
    above = parsed.parent if parsed else None
    while above is not None:
        if above in known:
            return known[above]
        parsed = parse_symbol(above)
        above = parsed.parent if parsed else None
    return None


def _line_ids(pairs: Iterable[object]) -> frozenset[str]:
    found = set()
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise ValueError(f"{pair} 不是 [企业编号, 产品名称]")
        found.add(line_id(pair[0], pair[1]))
    return frozenset(found)
