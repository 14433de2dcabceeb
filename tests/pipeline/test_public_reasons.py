"""A reason for the public says what a match rests on and holds nothing of the firms' list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from case_office import ONE, START, WARNING, at, conclude_case, rows
from issue_office import MONTH

from pipeline.bulletin.public_reasons import public_reasons, sentence
from pipeline.steps.draft_report import read_month
from warehouse.bulletin_facts import relevant_lines
from warehouse.connection import open_reader, open_writer

CONCEPT = {"kind": "concept", "words": "optical fibre cables", "weight": 1.0}
HEADING = {"kind": "hs", "words": "854470", "weight": 4 / 6}
CHAPTER = {"kind": "hs", "words": "85", "weight": 2 / 6}


@pytest.mark.parametrize(
    ("relation", "grounds", "said"),
    [
        ("direct", [CONCEPT], "清单内有与通报产品“optical fibre cables”同类的产品。"),
        ("direct", [CONCEPT, HEADING], "；产品与通报商品编码同属8544品目（"),
        ("direct", [CONCEPT, CHAPTER], "同类的产品。"),
        ("indirect", [CONCEPT], "零部件、原材料，要求可能经下游客户传导。"),
        ("direct", [CHAPTER], "同属第85章（"),
        ("direct", [{"kind": "hs", "words": "", "weight": 1.0}], "清单内有通报所涉产品。"),
        ("direct", [{"kind": "semantic", "words": "GYTS", "weight": 0.9}], "须对照通报原文核实。"),
        ("indirect", [], "清单内有通报所涉产品的零部件、原材料，"),
        ("direct", [{"kind": "inherited", "words": "X/1", "weight": 1.0}], "沿用原通报X/1所列产品；"),
    ],
)
def test_a_sentence_is_made_of_the_evidence(relation: str, grounds: list[dict[str, Any]], said: str) -> None:
    found = sentence(relation, grounds)
    assert said in found
    assert found.endswith("。")
    assert "GYTS" not in found


def reasons_of(office: Path) -> dict[tuple[str, str], str]:
    with open_reader(office / "warehouse.duckdb") as con:
        return public_reasons(con, relevant_lines(con, read_month(MONTH, START)))


def test_own_names_with_quotes_and_declared_codes_never_reach_the_public(office: Path) -> None:
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute(
            """UPDATE matches SET reason =
            '通报产品为光缆，本企业“室外光缆（“曜穹”牌）”即属该类产品，且申报编码8544700000与通报税目8544同属8544品目。'"""
        )
    found = reasons_of(office)
    assert found
    assert not any(words in said for said in found.values() for words in ("曜穹", "8544700000", "牌"))


def test_an_officers_reason_is_left_to_the_officer(office: Path) -> None:
    before = reasons_of(office)
    conclude_case(at(office, START), ONE, WARNING)  # without a reason the machine's stands
    assert reasons_of(office) == before
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("UPDATE judgements SET reason = '德国客户多'")
    judged = rows(office, "SELECT notification_id, line_id FROM judgements")
    assert set(reasons_of(office)) == set(before) - set(judged)
