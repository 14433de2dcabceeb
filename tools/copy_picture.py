"""Draws the published copy from its own catalogue: tables in groups, their keys, and what points where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

import duckdb

_TABLES = """
SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND NOT internal ORDER BY table_name
"""
_VIEWS = """
SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'mart' AND NOT internal ORDER BY view_name
"""
_MACROS = """
SELECT DISTINCT function_name FROM duckdb_functions()
WHERE schema_name = 'mart' AND NOT internal AND function_name LIKE '%_as_of' ORDER BY 1
"""
_COLUMNS = """
SELECT column_name FROM duckdb_columns()
WHERE schema_name = 'main' AND table_name = $table AND NOT internal ORDER BY column_index
"""
# What a column of this name points to: the table whose rows it identifies, and the colour of its group.
_POINTS_TO: Mapping[str, str] = MappingProxyType(
    {
        "notification_id": "notifications",
        "symbol": "notification_symbols",
        "case_id": "cases",
        "exporter_id": "exporters",
        "line_id": "product_lines",
        "mail_id": "mails",
        "source": "sources",
        "run_id": "runs",
        "overall": "bulletin_issues",
        "member_code": "ref_members",
        "market_code": "ref_members",
        "hs2": "ref_hs_chapters",
        "hs4": "ref_hs_headings",
        "kind": "ref_kinds",
    }
)
_GROUPS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "Notifications",
        "#1f5fa8",
        ("notification", "counted_", "best_titles", "chinese_titles", "concerns"),
        "notifications",
    ),
    ("Matches", "#8a4b08", ("match", "judgements"), "matches"),
    ("Firms", "#2c7a3f", ("exporters", "product_", "line_"), "exporters"),
    ("Cases and mail", "#9c2f4f", ("case", "alerts", "mails"), "cases"),
    ("Runs and the copy", "#5b5b66", ("sources", "runs", "issues", "published"), "sources"),
    ("Bulletin", "#6a3d9a", ("bulletin_",), "bulletin_issues"),
    ("Reference", "#00707c", ("ref_",), "ref_members"),
)
_WIDTH, _GAP, _LINE, _HEAD = 252, 22, 17, 24
_FONT = "font-family=\"'Noto Sans','DejaVu Sans',Arial,sans-serif\""


@dataclass(frozen=True, slots=True)
class _Box:
    table: str
    columns: tuple[str, ...]  # that point to another table
    n_more: int

    @property
    def height(self) -> int:
        return _HEAD + _LINE * (len(self.columns) + (self.n_more > 0)) + 8


def draw(con: duckdb.DuckDBPyConnection) -> str:
    """Return the picture of an open copy as SVG. Raises ValueError for a table that belongs to no group."""
    groups: list[tuple[str, str, list[_Box]]] = [(title, colour, []) for title, colour, _, _ in _GROUPS]
    for (table,) in con.execute(_TABLES).fetchall():
        place = _group_of(table)
        names = [str(row[0]) for row in con.execute(_COLUMNS, {"table": table}).fetchall()]
        keys = tuple(name for name in names if _POINTS_TO.get(name, table) != table and not _is_own_word(table, name))
        groups[place][2].append(_Box(table, keys, len(names) - len(keys)))
    for (_, _, boxes), (_, _, _, hub) in zip(groups, _GROUPS, strict=True):
        boxes.sort(key=lambda box: (box.table != hub, box.table))
    marts = [(str(name), str(comment)) for name, comment in con.execute(_VIEWS).fetchall()]
    macros = [str(row[0]) for row in con.execute(_MACROS).fetchall()]
    return _svg(groups, marts, macros)


def _group_of(table: str) -> int:
    for place, (_, _, prefixes, _) in enumerate(_GROUPS):
        if table.startswith(prefixes):
            return place
    raise ValueError(f"tools/copy_picture.py puts the table {table} in no group")


def _is_own_word(table: str, column: str) -> bool:
    # kinds of mails, events and evidence are vocabularies of their own; the source of a reference is a text
    if column == "source":
        return table.startswith("ref_")
    return column == "kind" and not table.startswith(("notification", "counted_"))


def _svg(groups: Sequence[tuple[str, str, list[_Box]]], marts: Sequence[tuple[str, str]], macros: Sequence[str]) -> str:
    colour_of = {box.table: colour for _, colour, boxes in groups for box in boxes}
    columns = _packed(groups)
    width = len(columns) * (_WIDTH + _GAP) + _GAP
    parts: list[str] = []
    top = 78 + _mart_panel(parts, marts, macros, width)
    bottom = top
    for number, column in enumerate(columns):
        x, y = _GAP + number * (_WIDTH + _GAP), top
        for title, colour, boxes, part in column:
            y = _group(parts, x, y, f"{title}{part}", colour, boxes, colour_of)
        bottom = max(bottom, y)
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + 16}" '
        f'viewBox="0 0 {width} {bottom + 16}" role="img">',
        "<title>The published copy: tables, keys and marts</title>",
        f'<rect width="{width}" height="{bottom + 16}" fill="#ffffff"/>',
        _label(_GAP, 34, "The published copy", 22, "#1a1a1a", bold=True),
        _label(_GAP, 56, "A line in colour is a column that names a row of the table behind the arrow.", 13, "#444444"),
    ]
    return "\n".join([*head, *parts, "</svg>"]) + "\n"


def _packed(groups: Sequence[tuple[str, str, list[_Box]]]) -> list[list[tuple[str, str, list[_Box], str]]]:
    """Put the groups into five columns of about the same height; a group that is too high is cut in two."""
    limit = sum(box.height + 10 for _, _, boxes in groups for box in boxes) / 5 + 60
    columns: list[list[tuple[str, str, list[_Box], str]]] = [[]]
    filled = 0.0
    for title, colour, boxes in groups:
        rest, part = list(boxes), ""
        while rest:
            taken: list[_Box] = []
            height = 44.0
            while rest and (filled + height + rest[0].height + 10 <= limit or (not taken and filled == 0)):
                height += rest[0].height + 10
                taken.append(rest.pop(0))
            if taken:
                columns[-1].append((title, colour, taken, part))
                filled += height
                part = " (continued)"
            if rest:
                columns.append([])
                filled = 0.0
    return columns


def _mart_panel(parts: list[str], marts: Sequence[tuple[str, str]], macros: Sequence[str], width: int) -> int:
    names = [*(name for name, _ in marts), *(f"{name}(moment)" for name in macros)]
    per_row = max(1, (width - 2 * _GAP) // 240)
    n_rows = -(-len(names) // per_row)
    height = 40 + n_rows * 24
    parts.append(
        f'<rect x="{_GAP}" y="70" width="{width - 2 * _GAP}" height="{height}" rx="8" fill="#fff8e5" stroke="#d9a400"/>'
    )
    parts.append(
        _label(_GAP + 12, 92, "Schema mart: answers without joins, made of the tables below", 14, "#6b5200", bold=True)
    )
    for place, name in enumerate(names):
        x, y = _GAP + 12 + (place % per_row) * 240, 116 + (place // per_row) * 24
        parts.append(_label(x, y, f"mart.{name}", 13, "#3d3000"))
    return height + 8


def _group(
    parts: list[str], x: int, y: int, title: str, colour: str, boxes: Sequence[_Box], colour_of: Mapping[str, str]
) -> int:
    parts.append(_label(x, y + 18, title, 15, colour, bold=True))
    y += 28
    for box in boxes:
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{box.height}" rx="6" fill="#fdfdfd" stroke="{colour}"/>'
            f'<path d="M{x},{y + 6} q0,-6 6,-6 h{_WIDTH - 12} q6,0 6,6 v{_HEAD - 6} h-{_WIDTH} z" fill="{colour}"/>'
        )
        parts.append(_label(x + 8, y + 17, box.table, 13, "#ffffff", bold=True))
        line = y + _HEAD + _LINE
        for column in box.columns:
            target = _POINTS_TO[column]
            ink = colour_of.get(target, "#333333")
            parts.append(_label(x + 8, line, column, 12, ink, bold=True))
            parts.append(_label(x + _WIDTH - 8, line, f"→ {target}", 12, ink, end=True))
            line += _LINE
        if box.n_more:
            more = f"{box.n_more}{' more' if box.columns else ''} column{'s' if box.n_more > 1 else ''}"
            parts.append(_label(x + 8, line, more, 12, "#666666"))
        y += box.height + 10
    return y + 16


def _label(x: int, y: int, words: str, size: int, ink: str, *, bold: bool = False, end: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{ink}" {_FONT}{weight}{anchor}>{escape(words)}</text>'
