"""Reference lists of `seeds/`, loaded once: names of HS and ICS codes, objectives, kinds, industries, HS editions."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from warehouse.codes import parse_hs, parse_ics
from warehouse.records import Channel, Notification, NotificationKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Successors:
    """What became of a subheading in HS2022. `new_codes` (six digits) may hold the old code with a narrower meaning."""

    old_edition: str  # "HS2017" or "HS2012": the last edition with the old meaning
    new_codes: tuple[str, ...]


def hs_chapter_zh(code: str) -> str:
    """The Chinese name of the chapter of an HS code of any length; "" where unknown."""
    parsed = parse_hs(code)
    return _names("hs_chapters.csv", "code", "name_zh").get(parsed.chapter, "") if parsed else ""


def hs_chapter_en(code: str) -> str:
    """The English name of the chapter of an HS code of any length; "" where unknown."""
    parsed = parse_hs(code)
    return _names("hs_chapters.csv", "code", "name_en").get(parsed.chapter, "") if parsed else ""


def hs_heading_zh(code: str) -> str:
    """The short Chinese name of the HS2022 heading of a code with at least four digits; "" where unknown."""
    parsed = parse_hs(code)
    return hs_headings().get(parsed.hs4, "") if parsed else ""


def hs_headings() -> Mapping[str, str]:
    """All HS2022 headings: four digits to short Chinese name."""
    return _names("hs_headings.csv", "code", "name_zh")


def hs_headings_en() -> Mapping[str, str]:
    """All HS2022 headings: four digits to short English name."""
    return _names("hs_headings.csv", "code", "name_en")


def hs_successors(hs6: str) -> Successors | None:
    """The HS2022 subheadings of an older six-digit code; None where the correlation list has nothing on it."""
    return _correlation().get(hs6)


def is_new_in_hs2022(hs6: str) -> bool:
    """True for a six-digit code that the correlation list knows as new in HS2022, with no older meaning."""
    return hs6 in _new_codes()


def ics_zh(code: str) -> str:
    """The Chinese name of an ICS code: its group, else its field; "" where unknown."""
    parsed = parse_ics(code)
    if parsed is None:
        return ""
    names = _names("ics_fields.csv", "code", "name_zh")
    return names.get(".".join(parsed.split(".")[:2])) or names.get(parsed.split(".", maxsplit=1)[0], "")


def ics_en(code: str) -> str:
    """The English name of the field of an ICS code; "" where unknown."""
    parsed = parse_ics(code)
    return _names("ics_fields.csv", "code", "name_en").get(parsed[:2], "") if parsed else ""


def objective_zh(name: str) -> str:
    """The Chinese name of an objective as ePing gives it, with or without "(TBT)"; the input where unknown."""
    names = _objectives()
    key = _fold(name)
    return names.get(key) or names.get(key.rpartition("(")[0].strip(), name)


def kind_zh(kind: NotificationKind | str) -> str:
    """The Chinese name of a notification kind; the input where unknown."""
    return _names("notification_kinds.csv", "kind", "name_zh").get(str(kind), str(kind))


def channel_zh(channel: Channel | str) -> str:
    """The Chinese name of a channel; the input where unknown."""
    return _names("channels.csv", "channel", "name_zh").get(str(channel), str(channel))


def what_it_is_zh(notification: Notification) -> str:
    """Kind of a WTO notification, or channel of what was not notified to the WTO, in Chinese."""
    is_notified = notification.channel is Channel.WTO
    return kind_zh(notification.kind) if is_notified else channel_zh(notification.channel)


def industry_of_hs(code: str) -> str:
    """One of the seven industries of the national survey, by HS chapter; "" where unknown."""
    parsed = parse_hs(code)
    return _names("industries.csv", "hs_chapter", "industry").get(parsed.chapter, "") if parsed else ""


def industries() -> tuple[str, ...]:
    """The seven industries in the order of the national survey."""
    return tuple(dict.fromkeys(_names("industries.csv", "hs_chapter", "industry").values()))


def seed_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file in `seeds/`."""
    text = files("warehouse").joinpath("seeds", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _names(file_name: str, key: str, value: str) -> Mapping[str, str]:
    return {row[key]: row[value] for row in seed_rows(file_name)}


@cache
def _objectives() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for row in seed_rows("objectives.csv"):
        found[_fold(row["name"])] = row["name_zh"]
        found.setdefault(_fold(row["name"]).rpartition("(")[0].strip(), row["name_zh"])
    return found


@cache
def _correlation() -> Mapping[str, Successors]:
    found: dict[str, Successors] = {}
    for row in seed_rows("hs_correlation.csv"):
        before = found.get(row["old_code"])
        codes = (*before.new_codes, row["new_code"]) if before else (row["new_code"],)
        edition = before.old_edition if before else row["old_edition"]
        found[row["old_code"]] = Successors(old_edition=edition, new_codes=codes)
    return found


@cache
def _new_codes() -> frozenset[str]:
    rows = seed_rows("hs_correlation.csv")
    return frozenset(row["new_code"] for row in rows if row["old_edition"] == "HS2017") - _correlation().keys()


def _fold(name: str) -> str:
    return " ".join(name.replace("\u00a0", " ").split()).casefold()
