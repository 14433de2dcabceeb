"""The market groups of the mandate: 美国、欧洲、日本、中东, then 东盟, 非洲 and the rest."""

from __future__ import annotations

import pytest

from pipeline.bulletin.markets import market_groups, markets_of_members


@pytest.mark.parametrize(
    ("codes", "groups"),
    [
        (("USA",), ("美国",)),
        (("EU",), ("欧洲",)),
        (("DEU",), ("欧洲",)),
        (("GBR",), ("欧洲",)),
        (("JPN",), ("日本",)),
        (("ARE", "SAU", "KWT"), ("中东",)),
        (("VNM",), ("东盟",)),
        (("KEN", "UGA"), ("非洲",)),
        (("BRA",), ("其他",)),
        (("USA", "BRA"), ("美国", "其他")),
        (("JPN", "USA"), ("美国", "日本")),
        (("XXX",), ("其他",)),
        ((), ("其他",)),
    ],
)
def test_members_stand_in_their_groups_in_printing_order(codes: tuple[str, ...], groups: tuple[str, ...]) -> None:
    assert markets_of_members(codes) == groups


def test_the_main_markets_of_the_mandate_come_first() -> None:
    assert list(market_groups())[:4] == ["美国", "欧洲", "日本", "中东"]
    assert all(market_groups().values())
