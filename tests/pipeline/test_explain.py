"""`tbtwatch explain`: the stored result again, what it rests on, and how its probability came about."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.matching import load_head, load_policy
from models.matching.features import FEATURES, FEATURES_ZH
from warehouse.connection import open_reader

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"
_LEFT_OUT = 0.005  # log-odds below which a contribution is not shown
# of each relation the pair with the highest score, and the notification that amends another one
PAIRS = """
    SELECT m.notification_id, p.exporter_id, p.product_name, m.relation, m.score, m.match_level, m.reason
    FROM matches AS m INNER JOIN product_lines AS p USING (line_id)
    WHERE m.relation = ? ORDER BY m.score DESC, m.notification_id, m.line_id LIMIT 1
"""


def rows(home: Path, query: str, *values: object) -> list[tuple[Any, ...]]:
    with open_reader(home / "warehouse.duckdb") as con:
        return con.execute(query, values).fetchall()


def explained(cli: Cli, home: Path, notification: str, exporter: str, product: str) -> dict[str, Any]:
    done = cli("--json", "--home", home, "--now", NOW, "explain", notification, exporter, "--product", product)
    assert done.code == 0, done.err
    (pair,) = done.data["pairs"]
    assert pair["product_name"] == product
    return dict(pair)


@pytest.mark.parametrize("relation", ["direct", "none"])
def test_what_is_explained_is_what_was_stored(cli: Cli, prepared: Path, relation: str) -> None:
    ((notification, exporter, product, *stored),) = rows(prepared, PAIRS, relation)
    match = explained(cli, prepared, notification, exporter, product)["match"]
    assert [match["relation"], match["score"], match["level"], match["reason"]] == stored
    kept = rows(
        prepared,
        "SELECT kind, detail FROM match_evidence WHERE notification_id = ? AND line_id = ? ORDER BY ordinal",
        notification,
        match["line_id"],
    )
    assert [(item["kind"], item["detail"]) for item in match["evidence"]] == kept
    assert kept


@pytest.mark.parametrize("relation", ["direct", "none"])
def test_the_parts_add_up_to_the_probability(cli: Cli, prepared: Path, relation: str) -> None:
    """Start and contributions are log-odds of direct: together they give the stated probability."""
    ((notification, exporter, product, *_),) = rows(prepared, PAIRS, relation)
    pair = explained(cli, prepared, notification, exporter, product)
    names = [name for name, _ in pair["contributions"]]
    assert names
    assert set(names) <= set(FEATURES)
    assert len(set(names)) == len(names)
    sizes = [abs(value) for _, value in pair["contributions"]]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= _LEFT_OUT
    total = pair["base"] + sum(value for _, value in pair["contributions"])
    slack = _LEFT_OUT * (len(FEATURES) - len(names))
    low, high = (1 / (1 + math.exp(-(total + way * slack))) for way in (-1, 1))
    assert low - 1e-4 <= pair["p_direct"] <= high + 1e-4
    assert (pair["p_direct"] >= pair["direct_from"]) == (pair["match"]["relation"] == "direct")
    assert 0 <= pair["p_indirect"] <= 1 - pair["p_direct"] + 1e-4
    assert pair["match"]["score"] == pytest.approx(pair["p_direct"] + pair["p_indirect"] / 2, abs=1e-4)


def test_the_waterfall_is_shown_in_chinese_with_thresholds_and_versions(cli: Cli, prepared: Path) -> None:
    ((notification, exporter, product, *_),) = rows(prepared, PAIRS, "direct")
    pair = explained(cli, prepared, notification, exporter, product)
    done = cli("--home", prepared, "--now", NOW, "explain", notification, exporter, "--product", product)
    shown = done.out
    assert done.code == 0
    assert f"{product}：直接" in shown
    assert pair["match"]["reason"] in shown
    assert re.search(rf"起点（无任何线索时）\s+{re.escape(format(pair['base'], '+.2f'))}\s", shown)
    at = 0
    for name, value in pair["contributions"]:  # every line, in this order
        worded = FEATURES_ZH[name] if name in pair["present"] else f"无此项：{FEATURES_ZH[name]}"
        line = re.compile(rf"^  {re.escape(worded)}\s+{re.escape(format(value, '+.2f'))}\s*$", re.MULTILINE)
        found = line.search(shown, at)
        assert found, name
        at = found.end()
    assert f"达到 {pair['direct_from']:.0%} 判为直接" in shown
    assert f"达到 {pair['related_from']:.0%} 判为间接" in shown
    assert f"模型 {pair['model_version']}；规则 {pair['rules_version']}" in shown
    waterfall = shown[shown.index("判断直接涉及的依据") : shown.index("  模型 ")]
    assert not re.search(r"[a-z]{2,}", waterfall.replace("TBT", ""))  # no inner name of a feature reaches an officer


def test_versions_name_the_head_and_are_those_of_the_stored_match(cli: Cli, prepared: Path) -> None:
    ((notification, exporter, product, *_),) = rows(prepared, PAIRS, "direct")
    pair = explained(cli, prepared, notification, exporter, product)
    assert pair["model_version"].endswith(f"+{load_head().version}")
    assert pair["rules_version"] == load_policy().rules_version
    stored = rows(prepared, "SELECT DISTINCT model_version FROM matches")
    assert stored == [(f"{pair['model_version']}+{pair['rules_version']}",)]


def test_without_a_product_every_open_line_of_the_firm_is_explained(cli: Cli, prepared: Path) -> None:
    ((notification, exporter, *_),) = rows(prepared, PAIRS, "direct")
    done = cli("--json", "--home", prepared, "--now", NOW, "explain", notification, exporter)
    listed = rows(
        prepared, "SELECT product_name FROM product_lines WHERE exporter_id = ? AND closed_at IS NULL", exporter
    )
    assert len(listed) > 1
    assert sorted(pair["product_name"] for pair in done.data["pairs"]) == sorted(name for (name,) in listed)
    text = cli("--home", prepared, "--now", NOW, "explain", notification, exporter).out
    assert text.count("起点（无任何线索时）") == len(listed)


def test_every_feature_has_a_chinese_name_of_its_own() -> None:
    assert set(FEATURES_ZH) == set(FEATURES)
    assert len(set(FEATURES_ZH.values())) == len(FEATURES)
    assert [name for name, words in FEATURES_ZH.items() if not re.search(r"[一-鿿]", words)] == []
