"""Market cells as offices write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.intake.markets import parse_markets
from warehouse.members import group_members


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("美国；德国", ("DEU", "EU", "USA")),
        ("美国、加拿大,墨西哥/巴西", ("BRA", "CAN", "MEX", "USA")),
        ("美国和加拿大", ("CAN", "USA")),
        ("英国 挪威", ("GBR", "NOR")),
        ("中国台湾；香港", ("HKG", "TPKM")),
        ("刚果（金）；特立尼达和多巴哥等", ("COD", "TTO")),
        ("日韩", ("JPN", "KOR")),
        ("United States; Saudi Arabia", ("SAU", "USA")),
        ("美国\n美国", ("USA",)),
        ("", ()),
    ],
)
def test_names_become_codes(text: str, codes: tuple[str, ...]) -> None:
    markets = parse_markets(text)
    assert markets.codes == codes
    assert (markets.unknown, markets.too_wide, markets.home) == ((), (), ())


@pytest.mark.parametrize("text", ["欧盟", "欧盟国家", "欧盟27国", "欧盟市场", "European Union"])
def test_the_eu_stands_for_itself_and_its_states(text: str) -> None:
    assert set(parse_markets(text).codes) == {"EU", *group_members("EU")}


def test_regions_are_expanded_and_reported() -> None:
    markets = parse_markets("东盟、中东地区；美国")
    assert set(markets.codes) == {"USA", *group_members("ASEAN"), *group_members("middle-east")}
    assert markets.regions == {"东盟": 11, "中东": 16}


def test_central_asia_is_five_states_and_east_asia_leaves_out_the_home_market() -> None:
    assert parse_markets("中亚").codes == ("KAZ", "KGZ", "TJK", "TKM", "UZB")
    assert "CHN" not in parse_markets("东亚；RCEP").codes


def test_states_named_in_brackets_count() -> None:
    assert parse_markets("欧盟（德国、法国）").codes[:1] == ("AUT",)
    assert parse_markets("拉美（巴西、智利）；美国").regions == {"拉美": len(group_members("latin-america"))}


def test_what_cannot_be_used_is_named() -> None:
    markets = parse_markets("一带一路沿线国家；火星；中国；德国")
    assert markets.codes == ("DEU", "EU")
    assert markets.too_wide == ("一带一路沿线",)
    assert markets.unknown == ("火星",)
    assert markets.home == ("中国",)


@given(st.text(alphabet="美国德欧盟等和（）();、 \n一带路", max_size=20))
def test_no_cell_breaks_the_parser(text: str) -> None:
    markets = parse_markets(text)
    assert markets.codes == tuple(sorted(set(markets.codes)))
