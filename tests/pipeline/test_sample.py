"""The bundled sample: current with its source, plainly fictional, and with every edge case that it is meant to show."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.sample import EXPORTERS, NOTIFICATIONS, SEARCH_PAGE, sample_path

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "pipeline" / "sample"
SHARED = ROOT.parent / "shared" / "data"
Record = dict[str, Any]

SOURCE = tomllib.loads((SAMPLE / "notifications.toml").read_text("utf-8"))
RECORDS: list[Record] = [*SOURCE["workbook"], *SOURCE["search_page"]]
MARKERS = (
    "(fictional sample)",
    "(muestra ficticia)",
    "(amostra fictícia)",
    "(échantillon fictif)",
    "（虚构示例）",
    "(عينة خيالية)",
)
EAC = {"BDI", "KEN", "RWA", "TZA", "UGA"}
GCC = {"ARE", "BHR", "KWT", "OMN", "QAT", "SAU", "YEM"}
ALL_SYMBOLS = {symbol for record in RECORDS for symbol in record["symbols"]}


def members(record: Record) -> set[str]:
    return {symbol.split("/")[3] for symbol in record["symbols"]}


def text(record: Record) -> str:
    return " ".join(record.get(key, "") for key in ("title", "description", "products"))


def parent(symbol: str) -> str:
    return "/".join(symbol.split("/")[:5])


def is_sps(record: Record) -> bool:
    return str(record["symbols"][0]).startswith("G/SPS/")


def about(pattern: str) -> Callable[[Record], bool]:
    return lambda record: re.search(pattern, text(record), re.IGNORECASE) is not None


def symbol_like(pattern: str, *, parent_present: bool) -> Callable[[Record], bool]:
    """Records whose symbol ends in `pattern`, and whose original is, or is not, part of the sample."""
    return lambda record: any(
        re.search(pattern + "$", symbol) and (parent(symbol) in ALL_SYMBOLS) == parent_present
        for symbol in record["symbols"]
    )


# Edge cases of the field notes; each must be shown by one record at least.
EDGE_CASES: dict[str, Callable[[Record], bool]] = {
    "joint text of the EAC": lambda r: members(r) == EAC,
    "joint text of the GCC": lambda r: members(r) == GCC,
    "revision whose original is absent": symbol_like(r"/Rev\.1", parent_present=False),
    "addendum to an absent revision": symbol_like(r"/Rev\.1/Add\.2", parent_present=False),
    "corrigendum": symbol_like(r"/Corr\.1", parent_present=False),
    "supplement": symbol_like(r"/Suppl\.1", parent_present=False),
    "addendum that extends the deadline of its parent": lambda r: (
        symbol_like(r"/Add\.1", parent_present=True)(r)
        and any(r["deadline"] > p["deadline"] for p in RECORDS if p["symbols"] == [parent(r["symbols"][0])])
    ),
    "addendum without a deadline": lambda r: r["symbols"][0].endswith("/Add.1") and "deadline" not in r,
    "chapters only": lambda r: bool(r.get("hs")) and all(len(code) == 2 for code in r["hs"]),
    "five-digit code": lambda r: any(len(code) == 5 for code in r.get("hs", [])),
    "repeated code": lambda r: len(r.get("hs", [])) > len(set(r.get("hs", []))),
    "46 codes": lambda r: len(set(r.get("hs", []))) == 46,
    "old edition 8541.40": lambda r: "854140" in r.get("hs", []),
    "old edition 8517.70": lambda r: "851770" in r.get("hs", []),
    "ICS without HS": lambda r: bool(r.get("ics")) and not r.get("hs"),
    "neither HS nor ICS": lambda r: bool(r.get("products")) and not r.get("hs") and not r.get("ics"),
    "nothing but a title": lambda r: not r.get("description") and not r.get("products") and not r.get("hs"),
    "deadline as a count of days": lambda r: r.get("deadline") == "60 days from notification",
    "deadline not applicable": lambda r: r.get("deadline") == "Not applicable",
    "deadline past on arrival": lambda r: isinstance(r.get("deadline"), date) and r["deadline"] < r["distributed"],
    "entry into force to be determined": lambda r: r.get("entry_text") == "To be determined",
    "adoption to be determined": lambda r: r.get("adoption_text") == "To be determined",
    "Spanish": lambda r: "(muestra ficticia)" in r["title"],
    "French": lambda r: "(échantillon fictif)" in r["title"],
    "Portuguese": lambda r: "(amostra fictícia)" in r["title"],
    "Chinese": lambda r: "（虚构示例）" in r["title"],
    "Arabic": lambda r: "(عينة خيالية)" in r["title"],
    "text in another language only": lambda r: r.get("texts") == ["x"],
    "no notified text": lambda r: not r.get("texts") and not r.get("more_links"),
    "China's own": lambda r: members(r) == {"CHN"},
    "Hong Kong": lambda r: members(r) == {"HKG"},
    "Chinese Taipei": lambda r: members(r) == {"TPKM"},
    "a member state of the European Union": lambda r: members(r) == {"SWE"},
    "emergency that names another origin": lambda r: r.get("type", "").startswith("Emergency") and bool(r["affected"]),
    "addendum to an emergency notification": lambda r: r.get("type", "").startswith("Addendum to Emergency"),
    "SPS for all trading partners": lambda r: is_sps(r) and bool(r.get("all_trading_partners")),
    "residue limits": lambda r: is_sps(r) and "Maximum residue limits (MRLs)" in r.get("keywords", []),
    "food additives": lambda r: is_sps(r) and "Food additives" in r.get("keywords", []),
    "repeated keyword": lambda r: len(r.get("keywords", [])) > len(set(r.get("keywords", []))),
    "carriage return residue": about("_x000D_"),
    "no-break space": about("\u00a0"),
    "bare Excel dates": lambda r: bool(r.get("serial_dates")),
    "distributed on the last day of the month before": lambda r: r["distributed"] == date(2026, 5, 31),
    "distributed on the first day of the month after": lambda r: r["distributed"] == date(2026, 7, 1),
    "batteries": about("lithium-ion"),
    "EV charging": about("charg(e|ing) (points|of electric vehicles)"),
    "optical modules": about("optical transceiver"),
    "cyber security of radio equipment": about("cybersecurity.*radio"),
    "vehicle lighting": about("headlamp"),
    "tyres": about("tyres"),
    "motor efficiency": about("efficiency.*motors"),
    "cement": about("cement"),
    "paints": about("volatile organic compounds"),
    "steel pipes": about("steel tubes"),
    "aluminium": about("aluminium profiles"),
    "plastics for food contact": about("plastic.*contact with food"),
    "PFAS": about("PFAS"),
    "hazardous substances in equipment": about("restriction of lead, mercury"),
    "embedded carbon": about("embedded emissions"),
    "toys, which concern nobody": about("toys"),
    "cosmetics, which concern nobody": about("cosmetic"),
    "lasers": about("fibre laser"),
    "diagnostic kits": about("in vitro"),
    "alcohol, which concerns nobody": about("alcohol beverages"),
}


@pytest.mark.parametrize("name", EDGE_CASES)
def test_edge_case_is_shown(name: str) -> None:
    shown = [record["symbols"][0] for record in RECORDS if EDGE_CASES[name](record)]
    assert shown, f"no record of notifications.toml shows: {name}"


def test_built_files_are_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "tools" / "make_sample.py"), "--out", str(tmp_path)], check=True)
    for name in (NOTIFICATIONS, SEARCH_PAGE):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), (
            f"run tools/make_sample.py: {name} is old"
        )


def test_counts_are_those_of_the_readme() -> None:
    rows = [sum(len(record["symbols"]) for record in SOURCE[form]) for form in ("workbook", "search_page")]
    counts = (len(SOURCE["workbook"]), rows[0], len(SOURCE["search_page"]), rows[1])
    assert counts == (50, 64, 19, 23)
    readme = (SAMPLE / "README.md").read_text("utf-8")
    assert f"{counts[0]} notifications ({counts[1]} rows)" in readme
    assert f"{counts[2]} notifications ({counts[3]} items)" in readme


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["symbols"][0])
def test_record_is_plainly_fictional(record: Record) -> None:
    assert any(marker in record["title"] for marker in MARKERS), "the title lacks the marker of a fictional sample"
    assert all(int(symbol.split("/")[4]) >= 9001 for symbol in record["symbols"])
    assert all(link.startswith("https://example.org/") for link in record.get("more_links", []))
    assert date(2026, 5, 31) <= record["distributed"] <= date(2026, 7, 1)


def test_symbols_stand_once() -> None:
    counted = Counter(symbol for record in RECORDS for symbol in record["symbols"])
    assert [symbol for symbol, count in counted.items() if count > 1] == []


def test_objectives_end_with_their_area() -> None:
    for record in RECORDS:
        ending = "(SPS)" if is_sps(record) else "(TBT)"
        assert record["objectives"], record["symbols"]
        assert all(objective.endswith(" " + ending) for objective in record["objectives"]), record["symbols"]


def test_no_name_in_the_source_is_idle() -> None:
    """Names of codes and members that no record uses would only mislead a reader."""
    for table, used in (
        ("hs_names", {code for record in RECORDS for code in record.get("hs", [])}),
        ("ics_names", {code for record in RECORDS for code in record.get("ics", [])}),
        ("members", {member for record in RECORDS for member in members(record)}),
    ):
        assert set(SOURCE[table]) == used, table


def test_workbook_has_the_form_of_an_export() -> None:
    with sample_path(NOTIFICATIONS) as path:
        sheet = openpyxl.load_workbook(path)["Notifications"]
    rows = list(sheet.iter_rows())
    assert len(rows) == 1 + 64
    assert len(rows[0]) == 17
    for row in rows[1:]:
        assert re.fullmatch(r'=HYPERLINK\("https://example\.org/[^"]+"," G/[^"]+"\)', str(row[2].value))
        assert row[1].value is not None
    types = {type(row[1].value) for row in rows[1:]}
    assert types == {datetime, int}  # dates, and serial numbers without a date format
    assert {row[1].number_format for row in rows[1:] if isinstance(row[1].value, datetime)} == {"dd/MM/yyyy"}
    assert any("\n" in str(row[13].value) for row in rows[1:])
    assert any("; other apparatus" in str(row[6].value) for row in rows[1:])  # a semicolon inside a description
    assert any(row[11].value is None for row in rows[1:])


def test_workbook_headers_are_those_of_a_real_export() -> None:
    real = SHARED / "eping_export_2025-06.xlsx"
    if not real.is_file():
        pytest.skip("the real export is not part of this checkout")
    theirs, ours = (openpyxl.load_workbook(path)["Notifications"][1] for path in (real, SAMPLE / NOTIFICATIONS))
    assert [cell.value for cell in ours] == [cell.value for cell in theirs]


def test_no_text_of_a_real_export_is_copied() -> None:
    real = SHARED / "eping_export_2025-06.xlsx"
    if not real.is_file():
        pytest.skip("the real export is not part of this checkout")
    rows = openpyxl.load_workbook(real)["Notifications"].iter_rows(min_row=2, min_col=4, max_col=6, values_only=True)
    theirs = {str(value).strip() for row in rows for value in row if value and len(str(value)) > 40}
    assert theirs
    assert theirs.isdisjoint(str(record.get(key, "")).strip() for record in RECORDS for key in ("title", "description"))


def test_search_page_has_the_form_of_the_site() -> None:
    with sample_path(SEARCH_PAGE) as path:
        page = json.loads(path.read_text("utf-8"))
    items = page["items"]
    assert page["totalCount"] == len(items) == 23
    assert len({item["id"] for item in items}) == 23
    assert all(item["documentSymbol"].startswith(" G/") for item in items)
    assert any(item["commentDeadlineDate"] is None for item in items)
    assert {len(item["distributionDate"]) for item in items} == {19, 25}  # without and with the offset
    joint = [item for item in items if "," in item["documentSymbol"]]
    assert len(joint) == 5
    assert len({item["documentSymbol"] for item in joint}) == 1
    assert len({item["notifyingMember"] for item in joint}) == 5
    assert all(item["title"].startswith("<p ") and "<" not in item["titlePlain"] for item in items)
    assert any("&amp;" in item["productsFreeText"] and "&amp;" not in item["productsFreeTextPlain"] for item in items)


def test_exporters_keep_mark_and_traps() -> None:
    with sample_path(EXPORTERS) as path:
        content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert (len({line["企业编号"] for line in lines}), len(lines)) == (48, 136)
    assert {"8517.70", "3920", "8482"} <= {line["HS编码"] for line in lines}  # old edition, headings only


def test_unknown_file_is_refused() -> None:
    with pytest.raises(FileNotFoundError), sample_path("nothing.csv"):
        pass
