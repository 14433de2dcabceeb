"""The words of the dossier, from `wording.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def _wording() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("reports.comments").joinpath("wording.toml").read_text(encoding="utf-8"))


def say(key: str, **values: object) -> str:
    """The sentence at "section.name", filled. KeyError if either side lacks a name."""
    section, _, name = key.partition(".")
    return str(_wording()[section][name]).format(**values)


def listed(key: str) -> tuple[str, ...]:
    """The list at "section.name": headers, recipients, steps."""
    section, _, name = key.partition(".")
    return tuple(map(str, _wording()[section][name]))


def cited(area: str, article: str) -> str:
    """《TBT协定》第2.4条（以有关国际标准为基础）; an article that `wording.toml` does not know has no subject."""
    number = article.strip()
    known = _wording()["articles"].get(area, {}).get(number, "")
    return say(
        "points.article" if number[:1].isdigit() else "points.annexed",
        agreement=say(f"points.{area}" if area in _wording()["articles"] else "points.agreement"),
        number=number,
        subject=say("points.subject", subject=known) if known else "",
    )
