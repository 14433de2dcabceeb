"""The reference lists: complete, consistent with each other, and read with the right fallbacks."""

from __future__ import annotations

from warehouse.codes import ICS_FIELDS, parse_hs, parse_ics
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
