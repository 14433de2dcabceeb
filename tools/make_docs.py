"""Writes the generated documents: docs/cli.md, settings.md, data-dictionary.md with its picture, and sources.md.

`python tools/make_docs.py` writes them, `--check` says which are out of date (exit code 1) and writes nothing. The
source of each is the program itself: the typer app, the settings classes, a freshly migrated and published warehouse.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import duckdb
import typer
from pydantic import BaseModel

from crawlers.engine.card import card_names, read_card
from pipeline.cli.app import app
from pipeline.config import Settings
from warehouse.connection import open_writer
from warehouse.publish import publish

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))  # the tests load this file by its path
from copy_picture import draw  # noqa: E402

_MADE = "<!-- Made by tools/make_docs.py; do not edit. -->\n"
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # the copy needs a moment; the document shows none

_TABLES = """
SELECT table_name, comment, false AS is_view FROM duckdb_tables()
WHERE schema_name = $schema AND NOT internal AND NOT temporary
UNION ALL
SELECT view_name, comment, true AS is_view FROM duckdb_views()
WHERE schema_name = $schema AND NOT internal AND NOT temporary
ORDER BY table_name
"""
_COLUMNS = """
SELECT column_name, data_type, is_nullable, comment
FROM duckdb_columns() WHERE schema_name = $schema AND table_name = $table AND NOT internal ORDER BY column_index
"""
_KEYS = """
SELECT constraint_column_names FROM duckdb_constraints()
WHERE schema_name = $schema AND table_name = $table AND constraint_type = 'PRIMARY KEY'
"""
_MACROS = """
SELECT DISTINCT function_name, parameters, comment FROM duckdb_functions()
WHERE schema_name = $schema AND function_type = 'table_macro' AND NOT internal ORDER BY function_name
"""


def documents() -> dict[str, str]:
    """Return the generated documents by path below the repository's root."""
    return {
        "docs/cli.md": cli_document(),
        "docs/settings.md": settings_document(),
        **copy_documents(),
        "docs/sources.md": sources_document(),
    }


def commands(command: Any = None, path: tuple[str, ...] = ("tbtwatch",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that does something, with its full name, in the order of the help."""
    found = typer.main.get_command(app) if command is None else command
    children = getattr(found, "commands", None)
    if children is None:
        yield path, found
        return
    if found.invoke_without_command and found.params:  # a group that does something by itself
        yield path, found
    for name, child in children.items():
        yield from commands(child, (*path, name))


def sources_document() -> str:
    """Return docs/sources.md with its table made from the cards; the prose around it is written by hand."""
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    head, start, rest = text.partition("<!-- made by tools/make_docs.py: table -->\n")
    _, end, tail = rest.partition("<!-- end -->")
    rows = ["| source | market | interface | cadence | licence or terms | verified |", "|---|---|---|---|---|---|"]
    for card in map(read_card, card_names()):
        markets = "all WTO members" if card.markets == ("*",) else ", ".join(card.markets)
        verified = "yes" if card.verified else "**no**"
        rows.append(
            f"| `{card.name}` {card.title} ({card.publisher}) | {markets} | {card.interface} at {card.host} "
            f"| {card.cadence} | {card.terms} | {verified}, {card.verified_on}: {card.basis} |"
        )
    return head + start + "\n".join(rows) + "\n" + end + tail


def cli_document() -> str:
    """Return docs/cli.md: every command with its arguments and options, as the program itself states them."""
    root = typer.main.get_command(app)
    lines = [
        _MADE,
        "# Command line",
        "",
        str(root.help),
        "",
        "Exit codes: 0 done, 1 finished with findings (something needs a look), 2 wrong usage or input, 3 a stage",
        "failed. With `--json` a command prints one JSON object and nothing else.",
        "The global options stand before the command: `tbtwatch --home DIR match`.",
        "",
        "## Global options",
        "",
        *_parameters(root),
    ]
    for path, command in commands():
        lines += ["", f"## {' '.join(path)}", "", f"`{_usage(path, command)}`", "", str(command.help).strip(), ""]
        lines += _parameters(command)
    return _text(lines)


def _usage(path: tuple[str, ...], command: Any) -> str:
    arguments = [_placeholder(p) for p in command.params if p.param_type_name == "argument"]
    needed = [f"{p.opts[0]} {_placeholder(p)}" for p in command.params if p.param_type_name == "option" and p.required]
    has_more = any(p.param_type_name == "option" and not p.required for p in command.params)
    return " ".join([*path, *arguments, *needed, *(["[OPTIONS]"] if has_more else [])])


def _placeholder(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(choice.value) for choice in kind)
    return "DIR" if parameter.name == "home" else str(parameter.name).upper()


def _parameters(command: Any) -> list[str]:
    shown = [p for p in command.params if p.name != "help"]
    if not shown:
        return ["No arguments or options."]
    lines = ["| | | required | default |", "|---|---|---|---|"]
    for parameter in shown:
        is_argument = parameter.param_type_name == "argument"
        is_flag = bool(getattr(parameter, "is_flag", False))
        name = _placeholder(parameter) if is_argument else parameter.opts[0]
        if not is_argument and not is_flag:
            name += f" {_placeholder(parameter)}"
        default = "" if parameter.required or is_flag or parameter.default in (None, "") else str(parameter.default)
        lines.append(_row(f"`{name}`", parameter.help or "", "yes" if parameter.required else "", default))
    return lines


def settings_document() -> str:
    """Return docs/settings.md: every key with its variable, default and meaning."""
    lines = [
        _MADE,
        "# Settings",
        "",
        "`tbtwatch.toml` in the home folder; every key may be absent. An environment variable wins over the file, an",
        "option of the command line over both. An unknown key is an error. Their use: [operations.md](operations.md).",
        "",
        "The home folder itself: `--home`, else `TBTWATCH_HOME`, else `var/` below the current folder.",
    ]
    for section, field in Settings.model_fields.items():
        model = field.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"settings section {section} is no model")
        lines += ["", f"## [{section}]", "", "| key | environment variable | default | |", "|---|---|---|---|"]
        for key, entry in model.model_fields.items():
            variable = f"TBTWATCH_{section}__{key}".upper()
            lines.append(_row(f"`{key}`", f"`{variable}`", _toml(entry.default), entry.description or ""))
    return _text(lines)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def dictionary_document() -> str:
    """Return docs/data-dictionary.md."""
    return copy_documents()["docs/data-dictionary.md"]


def copy_documents() -> dict[str, str]:
    """Return docs/data-dictionary.md, both databases from their own comments, and the picture of the published copy."""
    with tempfile.TemporaryDirectory() as scratch:
        with open_writer(Path(scratch) / "warehouse.duckdb") as con:
            own = _dictionary(con)
            copy = publish(con, Path(scratch) / "publish", firm_names=False, keep=1, version="0", now=_NEVER)
        with duckdb.connect(str(copy.path), read_only=True) as con:
            published, marts = _dictionary(con), [*_dictionary(con, "mart"), *_macros(con)]
            picture = draw(con)
    lines = [
        _MADE,
        "# Data dictionary",
        "",
        "Names ending in `_at` are instants (`TIMESTAMP WITH TIME ZONE`, UTC), in `_date` or `_deadline` plain dates",
        "as the WTO states them. Codes are digits without dots. Empty text is `''`, an unknown date is `NULL`.",
        "",
        "A mart's money is in 万元 CNY (`_cny_10k`); lists as text are joined with 、.",
        "",
        "1. [Marts](#marts): schema `mart` of the published copy, answers without joins: [analyst.md](analyst.md).",
        "2. [The published copy](#the-published-copy): the tables that marts are made of, schema `main`.",
        "3. [The warehouse](#the-warehouse): what the program writes. Nobody opens it beside the program.",
        "",
        "![Tables, keys and marts of the published copy](images/published-copy.svg)",
        "",
        "## Marts",
        *marts,
        "",
        "## The published copy",
        *published,
        "",
        "## The warehouse",
        *own,
    ]
    return {"docs/data-dictionary.md": _text(lines), "docs/images/published-copy.svg": picture}


def _macros(con: duckdb.DuckDBPyConnection) -> list[str]:
    lines: list[str] = []
    for name, parameters, comment in con.execute(_MACROS, {"schema": "mart"}).fetchall():
        lines += ["", f"### mart.{name}({', '.join(parameters)})", "", f"{comment} `FROM mart.{name}(…)`."]
    return lines


def _dictionary(con: duckdb.DuckDBPyConnection, schema: str = "main") -> list[str]:
    lines: list[str] = []
    for table, comment, is_view in con.execute(_TABLES, {"schema": schema}).fetchall():
        key = con.execute(_KEYS, {"schema": schema, "table": table}).fetchone()
        name = table if schema == "main" else f"{schema}.{table}"
        lines += ["", f"### {name}{' (view)' if is_view and schema == 'main' else ''}", "", comment or ""]
        if key:
            lines += ["", f"Key: {', '.join(f'`{name}`' for name in key[0])}."]
        lines += ["", "| column | type | |", "|---|---|---|"]
        for name, kind, _, meaning in con.execute(_COLUMNS, {"schema": schema, "table": table}).fetchall():
            lines.append(_row(f"`{name}`", f"`{kind}`", meaning or ""))
    return lines


def _row(*cells: str) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"


def _text(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def stale(made: Mapping[str, str], root: Path) -> list[str]:
    """Return the paths whose file below `root` is missing or differs from `made`."""
    found = []
    for path, text in made.items():
        file = root / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            found.append(path)
    return found


def main() -> int:
    """Write the documents, or compare them with `--check`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 when a document is out of date")
    is_check = parser.parse_args().check
    made = documents()
    old = stale(made, ROOT)
    if is_check:
        for path in old:
            print(f"out of date: {path} (run: make docs)", file=sys.stderr)
        return 1 if old else 0
    for path in old:
        (ROOT / path).write_text(made[path], encoding="utf-8")
        print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
