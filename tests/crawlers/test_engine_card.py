from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

import pytest

from crawlers.engine.card import card_names, parse_card, read_card
from warehouse.errors import InputError, StageError

PLAIN_HTTP = {"cn_gdtbt", "cn_tbtsps_news"}  # national platforms that publish no other address


def card(**changes: Any) -> dict[str, Any]:
    base = {
        "title": "虚构来源",
        "publisher": "Nobody",
        "markets": ["KEN", "EU"],
        "base_url": "https://example.org",
        "interface": "JSON",
        "cadence": "daily",
        "terms": "none",
        "verified": False,
        "verified_on": date(2025, 6, 1),
        "basis": "invented",
    }
    return {key: value for key, value in (base | changes).items() if value is not None}


def test_a_card() -> None:
    read = parse_card("made_up", card(delay_seconds=2))
    assert (read.name, read.markets, read.host, read.delay_seconds) == ("made_up", ("KEN", "EU"), "example.org", 2)
    assert (read.max_attempts, read.key_setting) == (6, "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dely_seconds": 2}, "dely_seconds"),
        ({"name": "other"}, "未知的键：name"),
        ({"publisher": None}, "publisher"),
        ({"base_url": "example.org"}, "base_url"),
        ({"base_url": "ftp://example.org"}, "base_url"),
        ({"delay_seconds": "2"}, "delay_seconds"),
        ({"max_records": 1.5}, "max_records"),
        ({"verified": "no"}, "verified"),
        ({"verified_on": "2025-06-01"}, "verified_on"),
        ({"title": 7}, "title"),
    ],
)
def test_a_wrong_card_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(StageError, match=words) as caught:
        parse_card("made_up", card(**changes))
    assert "made_up.toml" in caught.value.message


@pytest.mark.parametrize("name", ["nothing", "../engine/card", "", "wto_eping.toml"])
def test_an_unknown_source(name: str) -> None:
    with pytest.raises(InputError, match="没有这个来源") as caught:
        read_card(name)
    assert "wto_eping" in caught.value.next_step


@pytest.mark.parametrize("name", card_names())
def test_every_card_parses_and_has_its_spider(name: str) -> None:
    read = read_card(name)
    assert read.base_url.startswith("https://") or name in PLAIN_HTTP, "the published address; --base-url is for others"
    assert read.delay_seconds >= 0.5
    assert read.min_records <= read.max_records
    assert read.verified or read.basis, "what is unverified says what it rests on"
    assert callable(import_module(f"crawlers.spiders.{name}").Spider)
