"""The words that tell mails of machines and wishes of readers: `words.toml`, as regular expressions."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(files("pipeline.inbound").joinpath("words.toml").read_text(encoding="utf-8"))


@cache
def words(group: str, name: str) -> re.Pattern[str]:
    """One list of `words.toml` as a pattern of alternatives in one capturing-free group."""
    return re.compile(f"(?:{'|'.join(_content()[group][name])})", re.I)
