"""The bundled sample: fictional notifications and exporters on which `tbtwatch demo` runs offline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

EXPORTERS = "exporters.csv"
NOTIFICATIONS = "notifications.xlsx"
SEARCH_PAGE = "search_page.json"
MONTH = "2026-06"  # the month that the sample covers


@contextmanager
def sample_path(name: str) -> Iterator[Path]:
    """A real path of one file of the sample, for as long as the block lasts (the package may lie in an archive).

    `name`: one of the constants above. Raises FileNotFoundError where the package has no such file.
    """
    resource = files(__name__) / name
    if not resource.is_file():
        raise FileNotFoundError(name)
    with as_file(resource) as path:
        yield path
