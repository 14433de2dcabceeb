"""Reads the SQL that ships with the package: one object a file, grain on the first line."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def sql(name: str) -> str:
    """Return the text of `sql/<name>.sql`, e.g. `sql("load/raw_notifications")`."""
    return (files("warehouse") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


@cache
def sql_names(folder: str) -> tuple[str, ...]:
    """Return the names of all files in `sql/<folder>/`, sorted, as `sql` takes them."""
    found = (entry.name for entry in (files("warehouse") / "sql" / folder).iterdir())
    return tuple(f"{folder}/{name.removesuffix('.sql')}" for name in sorted(found) if name.endswith(".sql"))


def grain(text: str) -> str:
    """Return the first comment line of a SQL file without its dashes: what one row of the object is."""
    return text.split("\n", 1)[0].removeprefix("--").strip()
