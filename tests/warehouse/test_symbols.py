from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.records import NotificationKind as Kind
from warehouse.symbols import Symbol, parse_symbol, split_symbols

_CHAINS = st.lists(st.tuples(st.sampled_from(["Rev", "Add", "Corr", "Suppl"]), st.integers(1, 99)), max_size=4).map(
    tuple
)
_TOKENS = st.one_of(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=4),
    st.integers(0, 99).map(lambda year: f"Notif.{year:02}"),
)
_SYMBOLS = st.builds(Symbol, st.sampled_from(["TBT", "SPS"]), _TOKENS, st.integers(1, 999_999), _CHAINS)


@given(_SYMBOLS)
def test_text_reads_back_as_the_same_symbol(symbol: Symbol) -> None:
    assert parse_symbol(symbol.text) == symbol
    assert parse_symbol(f"\u00a0 {symbol.text.lower()} ") == symbol


@given(
    st.lists(_SYMBOLS, max_size=7, unique=True), st.sampled_from([", ", ";", " ", "\n", ",\u00a0", "_x000D_\n", "、"])
)
def test_joint_lists_split_into_their_symbols(symbols: list[Symbol], separator: str) -> None:
    assert split_symbols(separator.join(s.text for s in symbols)) == (tuple(symbols), ())


@given(_SYMBOLS)
def test_case_root_is_a_prefix_and_its_own_root(symbol: Symbol) -> None:
    root = parse_symbol(symbol.case_root)
    assert root is not None
    assert root.case_root == symbol.case_root
    assert symbol.text.startswith(symbol.case_root)
    assert root.kind in {Kind.REGULAR, Kind.REVISION}


@pytest.mark.parametrize(
    ("given_text", "text", "core", "parent", "root", "kind", "member"),
    [
        ("G/TBT/N/USA/874", "G/TBT/N/USA/874", "G/TBT/N/USA/874", None, "G/TBT/N/USA/874", Kind.REGULAR, "USA"),
        (
            "G/TBT/N/USA/874/Rev.1/Add.2", "G/TBT/N/USA/874/Rev.1/Add.2", "G/TBT/N/USA/874",
            "G/TBT/N/USA/874/Rev.1", "G/TBT/N/USA/874/Rev.1", Kind.ADDENDUM, "USA",
        ),
        (
            " G/TBT/N/BRA/366/ADD.1/corr. 1", "G/TBT/N/BRA/366/Add.1/Corr.1", "G/TBT/N/BRA/366",
            "G/TBT/N/BRA/366/Add.1", "G/TBT/N/BRA/366", Kind.CORRIGENDUM, "BRA",
        ),
        ("G/SPS/N/CHL/796/Rev.1", "G/SPS/N/CHL/796/Rev.1", "G/SPS/N/CHL/796", "G/SPS/N/CHL/796",
         "G/SPS/N/CHL/796/Rev.1", Kind.REVISION, "CHL"),
        ("G/TBT/N/EEC/52/Suppl.1", "G/TBT/N/EEC/52/Suppl.1", "G/TBT/N/EEC/52", "G/TBT/N/EEC/52",
         "G/TBT/N/EEC/52", Kind.SUPPLEMENT, "EU"),
        ("g/tbt/n/eu/1004", "G/TBT/N/EU/1004", "G/TBT/N/EU/1004", None, "G/TBT/N/EU/1004", Kind.REGULAR, "EU"),
        ("G/TBT/N/TPKM/512", "G/TBT/N/TPKM/512", "G/TBT/N/TPKM/512", None, "G/TBT/N/TPKM/512", Kind.REGULAR, "TPKM"),
        ("G/TBT/Notif.00/5", "G/TBT/Notif.00/5", "G/TBT/Notif.00/5", None, "G/TBT/Notif.00/5", Kind.REGULAR, ""),
        ("G/TBT/Notif.96.285/Add.1", "G/TBT/Notif.96/285/Add.1", "G/TBT/Notif.96/285", "G/TBT/Notif.96/285",
         "G/TBT/Notif.96/285", Kind.ADDENDUM, ""),
    ],
)  # fmt: skip
def test_parts(given_text: str, text: str, core: str, parent: str | None, root: str, kind: Kind, member: str) -> None:
    symbol = parse_symbol(given_text)
    assert symbol is not None
    assert (symbol.text, symbol.core, symbol.parent) == (text, core, parent)
    assert (symbol.case_root, symbol.kind, symbol.member_code) == (root, kind, member)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "G/TBT/GEN/N/59",
        "G/TBT/W/768",
        "G/SPS/GEN/204/Rev.18",
        "G/TBT/N/USA",
        "G/TBT/N/USA/874/Foo.1",
        "G/AG/N/USA/1",
    ],
)
def test_what_is_no_notification(text: str) -> None:
    assert parse_symbol(text) is None


def test_leftovers_are_kept_and_repeats_are_not() -> None:
    symbols, leftovers = split_symbols(" G/TBT/N/KEN/9 / ADD. 1, G/TBT/GEN/N/59;G/TBT/N/UGA/7,G/TBT/N/KEN/9/Add.1")
    assert [s.text for s in symbols] == ["G/TBT/N/KEN/9/Add.1", "G/TBT/N/UGA/7"]
    assert leftovers == ("G/TBT/GEN/N/59",)
