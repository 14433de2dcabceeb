"""The card of a source: who publishes what where, how politely to ask, how much to expect, is it verified."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

from warehouse.errors import InputError, StageError

FOLDER = "spiders"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """One `spiders/NAME.toml`. Every key is checked; an unknown or missing one is an error that names it."""

    name: str
    title: str  # Chinese
    publisher: str
    markets: tuple[str, ...]  # member codes, or "*" for all
    base_url: str
    interface: str  # what kind of interface, for docs/sources.md
    cadence: str  # how often to run
    terms: str  # licence or terms of use, as far as known
    verified: bool  # seen to work against the real source
    verified_on: date  # when that, or the basis below, was established
    basis: str  # what the form was taken from
    shows: str = "wto"  # "wto", "legislation", "recall" (a Channel), "concerns" or "titles"
    engine: str = "httpx"  # "httpx" for interfaces and files, "scrapy" for sites with many pages or documents
    sites: tuple[str, ...] = ()  # other hosts that its paths may lie on: "https://members.wto.org"
    starts_from: str = ""  # "documents": begins with known notifications whose documents were not read yet
    priority: int = 50  # rank where two sources state a field differently
    delay_seconds: float = 1.0
    timeout_seconds: float = 60.0
    max_attempts: int = 6
    concurrency: int = 1  # requests to one host at a time, with Scrapy
    max_body_mb: float = 16.0
    window_days: int = 14  # asked for where no window is given
    overlap_days: int = 3  # asked for again before the last covered day: late and back-dated records
    min_records: int = 0  # a run with fewer is not loaded
    max_records: int = 1_000_000  # a run with more is loaded, with a warning
    key_setting: str = ""  # name of the setting that holds the access key, where one is needed

    @property
    def host(self) -> str:
        """Host of the published interface."""
        return urlsplit(self.base_url).netloc


_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "str": str,
    "bool": bool,
    "int": int,
    "float": (int, float),
    "date": date,
    "tuple[str, ...]": tuple,
}


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "shows": ("wto", "legislation", "recall", "concerns", "titles"),
    "engine": ("httpx", "scrapy"),
    "starts_from": ("", "documents"),
}


def card_names() -> tuple[str, ...]:
    """Return the names of all sources: every card found, nothing is registered."""
    folder = files("crawlers") / FOLDER
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def read_card(name: str) -> SourceCard:
    """Return the card of a source; InputError, listing the known ones, for an unknown name."""
    if name not in card_names():
        raise InputError(f"没有这个来源：{name}", f"可用的来源：{'、'.join(card_names())}")
    text = (files("crawlers") / FOLDER / f"{name}.toml").read_text(encoding="utf-8")
    return parse_card(name, tomllib.loads(text))


def parse_card(name: str, data: Mapping[str, Any]) -> SourceCard:
    """Check the keys and values of a card; StageError names what is wrong with it."""
    known = {field.name for field in fields(SourceCard)} - {"name"}
    unknown = sorted(set(data) - known)
    if unknown:
        raise StageError(
            f"来源卡 {name}.toml 有未知的键：{'、'.join(unknown)}", "请对照 crawlers/engine/card.py 修改。"
        )
    lists = {key: tuple(data.get(key, ())) for key in ("markets", "sites")}
    values = {**data, **lists, "name": name}
    try:
        card = SourceCard(**values)
    except TypeError as error:
        raise StageError(f"来源卡 {name}.toml 不完整：{error}", "请补全缺少的键。") from error
    for field in fields(card):
        if not isinstance(getattr(card, field.name), _TYPES[str(field.type)]):
            raise StageError(f"来源卡 {name}.toml 的 {field.name} 类型不对，应为 {field.type}。", "请修改来源卡。")
    for address in (card.base_url, *card.sites):
        if urlsplit(address).scheme not in {"http", "https"}:
            raise StageError(f"来源卡 {name}.toml 的 base_url 或 sites 不是网址：{address}", "请写完整的 https 地址。")
    for key, allowed in _CHOICES.items():
        if getattr(card, key) not in allowed:
            listed = "、".join(filter(None, allowed))
            raise StageError(f"来源卡 {name}.toml 的 {key} 只能是：{listed}。", "请修改来源卡。")
    return card
