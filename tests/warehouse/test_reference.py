"""The reference lists: complete, consistent with each other, and read with the right fallbacks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from itertools import pairwise

import duckdb
import pytest

from warehouse.codes import ICS_FIELDS, parse_hs, parse_ics
from warehouse.connection import Connection
from warehouse.members import group_members, members
from warehouse.records import NotificationKind
from warehouse.reference import (
    hs_chapter_zh,
    hs_heading_zh,
    hs_headings,
    hs_headings_en,
    hs_successors,
    ics_zh,
    industries,
    industry_of_hs,
    is_new_in_hs2022,
    kind_zh,
    objective_zh,
    seed_rows,
)
from warehouse.sqlfiles import sql, sql_names

END_USES = {"intermediate": "中间品", "consumption": "消费品", "capital": "投资品"}
# what one row of each reference table is
KEYS = {
    "ref_bec_end_use": ("hs_code",),
    "ref_hs_chapters": ("hs2",),
    "ref_hs_headings": ("hs4",),
    "ref_ics_fields": ("ics_code",),
    "ref_industries": ("hs2",),
    "ref_kinds": ("kind",),
    "ref_member_groups": ("group_code", "member_code", "joined_on"),
    "ref_members": ("member_code",),
    "ref_objectives": ("objective",),
}


@pytest.fixture(scope="module")
def copy() -> Iterator[Connection]:
    """A database that holds the reference tables and nothing else."""
    with duckdb.connect() as con:
        con.execute("SET VARIABLE seeds = $value", {"value": str(files("warehouse") / "seeds")})
        for name in sql_names("reference"):
            con.execute(sql(name))
        yield con


def belonging(con: Connection, group: str, day: date) -> set[str]:
    query = (
        "SELECT member_code FROM ref_member_groups "
        "WHERE group_code = $group_code AND joined_on <= $day AND (left_on IS NULL OR left_on > $day)"
    )
    return {row[0] for row in con.execute(query, {"group_code": group, "day": day}).fetchall()}


def end_use(con: Connection, code: str) -> tuple[str, bool]:
    """As docs say: the six-digit row of a code if there is one, else that of its heading."""
    query = (
        "SELECT end_use, is_mixed FROM ref_bec_end_use WHERE hs_code IN (left($code, 6), left($code, 4)) "
        "ORDER BY len(hs_code) DESC LIMIT 1"
    )
    row = con.execute(query, {"code": code}).fetchone()
    assert row is not None, code
    return row[0], row[1]


def test_all_chapters_and_headings_of_hs2022_have_names() -> None:
    chapters = {row["code"] for row in seed_rows("hs_chapters.csv")}
    assert chapters == {f"{number:02d}" for number in range(1, 98)}
    assert len(hs_headings()) == 1228  # the number of headings of HS2022
    assert {code[:2] for code in hs_headings()} == chapters - {"77"}
    assert all(hs_headings().values())
    assert all(hs_headings_en().values())


def test_headings_that_hs2022_added_or_dropped() -> None:
    assert {"0309", "2404", "3827", "8485", "8524", "8549", "8806", "8807"} <= set(hs_headings())
    assert not {"2848", "2851", "6908", "7012", "8803", "8469", "9009"} & set(hs_headings())


def test_names_of_codes() -> None:
    assert hs_chapter_zh("8517.70") == hs_chapter_zh("85") != ""
    assert hs_heading_zh("8482102000") == "滚动轴承"
    assert hs_heading_zh("85") == hs_heading_zh("8599") == hs_heading_zh("x") == ""
    assert ics_zh("43.120") == "电动道路车辆"
    assert ics_zh("43.999") == ics_zh("43") == "道路车辆工程"
    assert ics_zh("02") == ""


def test_ics_list_covers_every_field_with_valid_codes() -> None:
    codes = [row["code"] for row in seed_rows("ics_fields.csv")]
    assert {code for code in codes if len(code) == 2} == ICS_FIELDS
    assert all(parse_ics(code) == code for code in codes)
    assert len(set(codes)) == len(codes)


def test_objectives_with_and_without_their_area() -> None:
    expected = "保护人类健康或安全"
    assert objective_zh("Protection of human health or safety (TBT)") == expected
    assert objective_zh("protection of human health  or Safety") == expected
    assert objective_zh("Animal health (SPS)") == "动物健康"
    assert objective_zh("Something new (TBT)") == "Something new (TBT)"


def test_every_kind_has_a_chinese_name() -> None:
    assert {kind_zh(kind) for kind in NotificationKind} == {
        "常规通报", "修订", "补遗", "勘误", "补编", "紧急通报", "类型不明"
    }  # fmt: skip
    assert kind_zh("novelty") == "novelty"


def test_every_chapter_belongs_to_one_of_seven_industries() -> None:
    assert len(industries()) == 7
    assert all(industry_of_hs(row["code"]) for row in seed_rows("hs_chapters.csv") if row["code"] != "77")
    assert industry_of_hs("8507600020") == "机电仪器"
    assert industry_of_hs("98") == ""


def test_correlation_of_old_subheadings() -> None:
    phone_parts = hs_successors("851770")
    assert phone_parts is not None
    assert (phone_parts.old_edition, phone_parts.new_codes) == ("HS2017", ("851771", "851779"))
    filters = hs_successors("842139")
    assert filters is not None
    assert "842139" in filters.new_codes
    assert hs_successors("848210") is None
    assert is_new_in_hs2022("851771")
    assert not is_new_in_hs2022("842139")


def test_correlation_names_only_existing_headings() -> None:
    for row in seed_rows("hs_correlation.csv"):
        new = parse_hs(row["new_code"])
        assert new is not None
        assert new.level == 6
        assert new.hs4 in hs_headings(), row


def test_every_reference_table_has_its_key(copy: Connection) -> None:
    assert {name.removeprefix("reference/") for name in sql_names("reference")} == set(KEYS)
    for table, key in KEYS.items():
        rows = [tuple(row) for row in copy.table(table).project(", ".join(key)).fetchall()]
        assert rows
        assert len(set(rows)) == len(rows), table
        assert all(value not in {None, ""} for row in rows for value in row), table


def test_every_reference_table_says_where_it_is_from() -> None:
    provenance = (files("warehouse") / "seeds" / "README.md").read_text("utf-8")
    for name in sql_names("reference"):
        assert any(word in sql(name).split("\n", 1)[0] for word in ("Source:", "see rule_code")), name
    for path in (files("warehouse") / "seeds").iterdir():
        assert path.name == "README.md" or f"`{path.name}`" in provenance, path.name


def test_members_have_their_iso_codes(copy: Connection) -> None:
    rows = copy.execute("SELECT member_code, iso_alpha2, iso_alpha3, iso_numeric FROM ref_members").fetchall()
    by_code = {row[0]: row[1:] for row in rows}
    assert by_code["JPN"] == ("JP", "JPN", "392")
    assert by_code["NAM"] == ("NA", "NAM", "516")  # not read as a missing value
    assert by_code["TPKM"] == ("TW", "TWN", "158")
    assert by_code["EU"] == (None, None, "918")
    alphas = [row[0] for code, row in ((code, row) for code, row in by_code.items()) if code != "EU"]
    assert all(alpha is not None and len(alpha) == 2 and alpha.isupper() for alpha in alphas)
    assert len(set(alphas)) == len(alphas)


@pytest.mark.parametrize(
    ("group", "day", "expected"),
    [
        ("EU", date(1990, 1, 1), 12),
        ("EU", date(2000, 1, 1), 15),
        ("EU", date(2004, 4, 30), 15),
        ("EU", date(2004, 5, 1), 25),
        ("EU", date(2007, 1, 1), 27),
        ("EU", date(2015, 1, 1), 28),
        ("EU", date(2020, 1, 30), 28),
        ("EU", date(2020, 2, 1), 27),
        ("EU", date(2025, 6, 30), 27),
        ("EFTA", date(1990, 1, 1), 6),
        ("EFTA", date(2025, 1, 1), 4),
        ("GCC", date(1980, 1, 1), 0),
        ("GCC", date(2025, 1, 1), 6),
        ("EAC", date(2005, 1, 1), 3),
        ("EAC", date(2010, 1, 1), 5),
        ("EAC", date(2018, 1, 1), 6),
        ("EAC", date(2023, 1, 1), 7),
        ("EAC", date(2025, 1, 1), 8),
        ("EAEU", date(2016, 1, 1), 5),
        ("ASEAN", date(2000, 1, 1), 10),
        ("ASEAN", date(2026, 1, 1), 11),
        ("NAFTA", date(2019, 1, 1), 3),
        ("NAFTA", date(2021, 1, 1), 0),
        ("USMCA", date(2021, 1, 1), 3),
        ("MERCOSUR", date(2014, 1, 1), 5),
        ("MERCOSUR", date(2020, 1, 1), 4),
        ("MERCOSUR", date(2025, 1, 1), 5),
        ("RCEP", date(2024, 1, 1), 15),
        ("CPTPP", date(2025, 1, 1), 12),
    ],
)
def test_how_many_belonged_to_a_group_on_a_day(copy: Connection, group: str, day: date, expected: int) -> None:
    assert len(belonging(copy, group, day)) == expected


def test_memberships_name_known_members_and_do_not_overlap(copy: Connection) -> None:
    rows = copy.execute(
        "SELECT group_code, member_code, joined_on, coalesce(left_on, DATE '9999-12-31') FROM ref_member_groups "
        "ORDER BY ALL"
    ).fetchall()
    assert len(rows) == len(seed_rows("group_members.csv"))  # every group is described
    assert {row[1] for row in rows} <= members().keys()
    assert all(joined < left for _, _, joined, left in rows)
    for before, after in pairwise(rows):
        assert before[:2] != after[:2] or before[3] <= after[2], after


def test_todays_members_are_those_that_matching_uses(copy: Connection) -> None:
    groups = {row["group_code"] for row in seed_rows("member_groups.csv")} - {"NAFTA", "CPTPP"}
    for group in groups:
        assert belonging(copy, group, date(2026, 6, 30)) == set(group_members(group)), group


def test_kinds_and_objectives_name_their_articles(copy: Connection) -> None:
    kinds = {row[0]: row[1:] for row in copy.execute("SELECT kind, tbt_article, sps_article FROM ref_kinds").fetchall()}
    assert kinds.keys() == {str(kind) for kind in NotificationKind}
    assert "2.9.2" in kinds["regular"][0]
    assert "2.10.1" in kinds["emergency"][0]
    assert kinds["emergency"][1] == "Annex B 6(a)"
    assert kinds["addendum"] == ("", "")  # a practice of the Committees, no duty of the Agreements
    rows = copy.execute("SELECT objective_code, area, name_zh, article FROM ref_objectives").fetchall()
    assert {area for _, area, _, _ in rows} == {"TBT", "SPS"}
    assert all(article.startswith(area) for _, area, _, article in rows if article)
    assert len({row[0] for row in rows}) == len({tuple(row) for row in rows})  # a code is one objective


def test_every_heading_has_an_end_use(copy: Connection) -> None:
    rows = copy.execute("SELECT hs_code, end_use, end_use_zh, is_mixed, other_end_uses, rule_code FROM ref_bec_end_use")
    found = rows.fetchall()
    assert {code for code, *_ in found if len(code) == 4} == set(hs_headings())
    for code, use, use_zh, is_mixed, others, rule in found:
        assert END_USES[use] == use_zh
        assert is_mixed == bool(others)
        assert set(others) <= END_USES.keys() - {use}
        assert code.startswith(rule)
        assert code[:4] in hs_headings()


def test_the_rules_of_end_use_contradict_nothing(copy: Connection) -> None:
    rules = {row["code"]: row for row in seed_rows("bec_end_use.csv")}
    assert len(rules) == len(seed_rows("bec_end_use.csv"))
    assert {code for code in rules if len(code) == 2} == {code[:2] for code in hs_headings()}
    assert {len(code) for code in rules} == {2, 4, 6}
    of_headings = {
        code: {use, *others}
        for code, use, others in copy.execute(
            "SELECT hs_code, end_use, other_end_uses FROM ref_bec_end_use WHERE len(hs_code) = 4"
        ).fetchall()
    }
    for code, row in rules.items():
        if len(code) == 6:  # a heading names every use that its subheadings have
            assert {row["end_use"], *filter(None, row["other_end_uses"].split("|"))} <= of_headings[code[:4]], code


@pytest.mark.parametrize(
    ("code", "expected", "is_mixed"),
    [
        ("8482102000", "intermediate", False),  # bearings
        ("854231", "intermediate", False),  # integrated circuits
        ("720851", "intermediate", False),  # steel
        ("870829", "intermediate", False),  # parts of vehicles
        ("8457", "capital", False),  # machining centres
        ("870323", "consumption", True),  # cars are dual use
        ("610910", "consumption", False),  # T-shirts
        ("8418", "consumption", True),
        ("841850", "capital", False),  # showcases
        ("841899", "intermediate", False),  # parts of refrigerators
        ("850423", "capital", False),  # power transformers
        ("850450", "intermediate", False),  # inductors
        ("170113", "intermediate", False),  # raw sugar
        ("230910", "consumption", False),  # pet food
        ("850760", "intermediate", True),  # lithium-ion batteries
    ],
)
def test_end_uses_of_known_goods(copy: Connection, code: str, expected: str, is_mixed: bool) -> None:
    assert end_use(copy, code) == (expected, is_mixed)
