"""The tick list of an addendum: why it was issued, and the dates that stand beside the ticks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from crawlers.formats.text import clean_line
from crawlers.formats.wto_document.values import dates_in, options
from crawlers.formats.wto_document.wording import fold, reasons, words

UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """One ticked reason. `fills` names the box that `day` belongs to, or is ""."""

    key: str
    text: str
    fills: str = ""
    day: date | None = None


def ticked_reasons(text: str) -> tuple[Ticked, ...]:
    """The ticked reasons in order; one whose words are not in labels.toml has the key "unknown"."""
    return tuple(_read(clean_line(option)) for chosen, option in options(text) if chosen)


def stated_dates(found: tuple[Ticked, ...]) -> Mapping[str, date]:
    """Box key -> date, from the ticked reasons; the first statement counts."""
    days: dict[str, date] = {}
    for reason in found:
        if reason.fills and reason.day is not None:
            days.setdefault(reason.fills, reason.day)
    return days


def _read(option: str) -> Ticked:
    folded = fold(option)
    for reason in reasons():
        if not folded.startswith(reason.stems) and not any(stem in folded[:90] for stem in reason.stems if " " in stem):
            continue
        fills, shown = reason.fills, option
        places = [place for phrase in words()["new_deadline"]["phrases"] if (place := folded.find(phrase)) >= 0]
        if places:
            fills, shown = "comment_deadline", option[min(places) :]
        days = dates_in(shown) if fills else ()
        return Ticked(key=reason.key, text=option, fills=fills, day=days[0] if days else None)
    return Ticked(key=UNKNOWN, text=option)
