"""件 counts symbols, 项 counts texts: one list of rows feeds both."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.bulletin.counting import NO_INDUSTRY, count_breakdown, count_totals
from reports.bulletin.facts import UNKNOWN_MEMBER


def row(symbol: str, measure: str = "", **more: Any) -> dict[str, Any]:
    area, member = symbol.split("/")[1], symbol.split("/")[3]
    base = {"symbol": symbol, "measure": measure or symbol, "area": area, "kind": "regular", "member_code": member}
    return {**base, "hs_codes": ["8544"], "ics_codes": [], "objectives": [], **more}


JOINT = [row(f"G/TBT/N/{code}/9001", "G/TBT/N/KEN/9001") for code in ("KEN", "UGA", "TZA")]


def totals(rows: list[dict[str, Any]]) -> Any:
    return count_totals(rows, previous_month=None, same_month_last_year=None, year_to_date=None)


def test_a_joint_text_is_several_symbols_and_one_measure() -> None:
    found = totals([*JOINT, row("G/SPS/N/USA/9001"), row("G/TBT/N/KEN/9002")])
    assert (found.n_symbols, found.n_measures, found.n_joint_texts) == (5, 3, 1)
    assert (found.tbt, found.sps, found.n_members) == (4, 1, 4)


def test_a_month_with_nothing_is_all_zero() -> None:
    found = totals([])
    assert (found.n_symbols, found.n_measures, found.tbt, found.sps, found.n_members) == (0, 0, 0, 0, 0)
    assert count_breakdown([]).members == ()


def test_what_is_not_known_is_counted_under_its_own_name() -> None:
    found = count_breakdown([row("G/TBT/N/USA/9001", member_code="", hs_codes=[])])
    assert [c.name for c in found.members] == [UNKNOWN_MEMBER]
    assert [c.name for c in found.buckets] == [NO_INDUSTRY]


def test_a_notification_without_a_member_adds_no_member() -> None:
    assert totals([row("G/TBT/N/USA/9001"), row("G/TBT/N/USA/9002", member_code="")]).n_members == 1


def test_two_codes_of_one_industry_count_once() -> None:
    found = count_breakdown([row("G/TBT/N/USA/9001", hs_codes=["8544", "854470", "8544"])])
    assert [c.n for c in found.buckets] == [1]


rows = st.lists(
    st.builds(
        lambda area, code, number, kind: row(f"G/{area}/N/{code}/{number}", kind=kind),
        st.sampled_from(["TBT", "SPS"]),
        st.sampled_from(["USA", "EU", "JPN", "KEN"]),
        st.integers(1, 40),
        st.sampled_from(["regular", "addendum", "corrigendum"]),
    ),
    unique_by=lambda item: item["symbol"],
)


@given(rows)
def test_the_parts_add_up_to_the_whole(listed: list[dict[str, Any]]) -> None:
    whole, parts = totals(listed), count_breakdown(listed)
    assert whole.tbt + whole.sps == whole.n_symbols == len(listed)
    assert sum(c.n for c in parts.members) == sum(c.n for c in parts.kinds) == whole.n_symbols
    assert len(parts.members) == whole.n_members
    assert [c.n for c in parts.members] == sorted((c.n for c in parts.members), reverse=True)
