"""Names of members in all the forms that sources use."""

from __future__ import annotations

import pytest

from warehouse.members import group_members, markets_of, member_code, member_en, member_zh, members


def test_there_are_166_members_and_every_code_is_well_formed() -> None:
    found = members()
    assert sum(member.is_wto_member == "yes" for member in found.values()) == 166
    assert {member.is_wto_member for member in found.values()} == {"yes", "no", "observer"}
    assert all(len(code) == 3 for code in found if code not in {"EU", "TPKM"})
    numeric = [member.iso_numeric for member in found.values()]
    assert all(len(number) == 3 for number in numeric)
    assert len(set(numeric)) == len(numeric)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United States of America", "USA"),
        ("korea,\u00a0republic  of", "KOR"),
        ("Republic of Korea", "KOR"),
        ("Bahrain, Kingdom of", "BHR"),
        ("Kuwait, the State of", "KWT"),
        ("Saudi Arabia, Kingdom of", "SAU"),
        ("Türkiye", "TUR"),
        ("Turkiye", "TUR"),
        ("Kyrgyz Republic", "KGZ"),
        ("Viet Nam", "VNM"),
        ("Bolivia (Plurinational State of)", "BOL"),
        ("Venezuela, Bolivarian Republic of", "VEN"),
        ("Moldova, Republic of", "MDA"),
        ("Tanzania", "TZA"),
        ("Côte d’Ivoire", "CIV"),
        ("Chinese Taipei", "TPKM"),
        ("Separate Customs Territory of Taiwan, Penghu, Kinmen and Matsu", "TPKM"),
        ("TWN", "TPKM"),
        ("中国台湾", "TPKM"),
        ("台澎金马单独关税区(中国台北)", "TPKM"),
        ("欧盟（EU）", "EU"),
        ("Union européenne", "EU"),
        ("EEC", "EU"),
        ("U918", "EU"),
        ("C840", "USA"),
        ("Estados Unidos", "USA"),
        ("ＵＳＡ", "USA"),
        ("特多", "TTO"),
        ("俄罗斯联邦", "RUS"),
        ("刚果（金）", "COD"),
        ("几内亚（比绍）", "GNB"),
        ("Hong Kong, China", "HKG"),
    ],
)
def test_every_form_of_a_name_gives_its_code(name: str, code: str) -> None:
    assert member_code(name) == code


@pytest.mark.parametrize("name", ["", " ", "World Trade Organization", "中东", "Other", "C999", "美国（德国）"])
def test_what_is_no_member_gives_none(name: str) -> None:
    assert member_code(name) is None


def test_every_name_of_the_file_leads_back_to_its_own_member() -> None:
    for member in members().values():
        for name in (member.code, member.name_en, member.name_zh, *member.aliases):
            assert member_code(name) == member.code, name


def test_chinese_names_follow_official_usage() -> None:
    assert member_zh("TPKM") == "台澎金马单独关税区（中国台北）"
    assert (member_zh("HKG"), member_zh("MAC"), member_zh("EU")) == ("中国香港", "中国澳门", "欧盟")
    assert member_zh("QQQ") == "QQQ"
    assert member_en("QQQ") == "QQQ"


def test_groups_and_markets() -> None:
    assert group_members("GCC") == ("ARE", "BHR", "KWT", "OMN", "QAT", "SAU")
    assert len(group_members("EU")) == 27
    assert group_members("nowhere") == ()
    assert markets_of("EU") == {"EU", *group_members("EU")}
    assert markets_of("SWE") == {"SWE"}
