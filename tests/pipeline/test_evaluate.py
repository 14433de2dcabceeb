"""`tbtwatch evaluate`: figures of stored matches against a gold file, and gold files that are refused."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from models.training.figures import Labels
from pipeline.labelled import read_labels
from warehouse.connection import open_writer
from warehouse.intake.exporters import line_id
from warehouse.match_store import pending_notifications, store_matches
from warehouse.records import Level, Match, Relation

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"


def write_gold(path: Path, labels: object) -> Path:
    path.write_text(json.dumps({"labels": labels}, ensure_ascii=False), encoding="utf-8")
    return path


LAMP, CABLE, TYRE, ROUTER = (
    ("E020", "LED汽车前照灯总成"),
    ("E002", "GYTS层绞式室外光缆"),
    ("E025", "全钢载重子午胎"),
    ("E003", "SFP+ 光模块"),
)


@pytest.fixture(scope="module")
def measured(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The sample with five measures whose matches are known, and their ids. Only to be read."""
    home = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("measured") / "home"))
    with open_writer(home / "warehouse.duckdb") as con:
        found = con.execute(
            "SELECT notification_id FROM notifications WHERE area = 'TBT' AND len(symbols) = 1 AND len(hs_codes) > 0 "
            "ORDER BY notification_id LIMIT 5"
        ).fetchall()
        ids = [str(row[0]) for row in found]
        said = [
            (0, LAMP, Relation.DIRECT, 0.9),  # right
            (0, TYRE, Relation.DIRECT, 0.8),  # only indirect: counts neither way
            (0, ROUTER, Relation.DIRECT, 0.7),  # wrong
            (0, CABLE, Relation.NONE, 0.25),  # missed
            (1, LAMP, Relation.DIRECT, 0.85),  # right
            (1, CABLE, Relation.INDIRECT, 0.4),  # doubtful: counts neither way
            (2, CABLE, Relation.DIRECT, 0.6),  # a false alarm
            (3, CABLE, Relation.NONE, 0.1),
        ]
        matches = [
            Match(
                notification_id=ids[at],
                line_id=line_id(*pair),
                relation=relation,
                score=score,
                level=Level.NONE,
                reason=f"机器的第{at}条理由",
                sells_to_member=False,
                evidence=(),
            )
            for at, pair, relation, score in said
        ]
        pending = [p for p in pending_notifications(con, model_version="hand") if p.notification_id in ids]
        now = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)
        store_matches(con, pending, matches, model_version="hand", run_id="hand", now=now)
    return home, ids


def gold_of(ids: list[str]) -> list[dict[str, object]]:
    quiet: list[dict[str, object]] = [{"id": key, "direct": [], "indirect": []} for key in ids[2:]]
    return [
        {"id": ids[0], "direct": [list(LAMP), list(CABLE)], "indirect": [list(TYRE)], "ambiguous": []},
        {"id": ids[1], "direct": [list(LAMP)], "indirect": [], "ambiguous": [list(CABLE)]},
        *quiet,
    ]


def test_figures_agree_with_a_calculation_by_hand(cli: Cli, measured: tuple[Path, list[str]], tmp_path: Path) -> None:
    home, ids = measured
    gold = write_gold(tmp_path / "gold.json", gold_of(ids))
    done = cli("--json", "--home", home, "evaluate", gold)
    assert done.code == 0, done.err
    overall = done.data["overall"]
    # direct: said lamp, router | lamp | cable (tyre is only indirect), of which the two lamps are right; three are true
    assert overall["direct"] == pytest.approx(
        {"precision": 2 / 4, "recall": 2 / 3, "f1": 4 / 7, "n_predicted": 4, "n_true": 3}
    )
    # with indirect: lamp, tyre, router | lamp | cable said, three right of five; four are true
    assert overall["related"] == pytest.approx(
        {"precision": 3 / 5, "recall": 3 / 4, "f1": 2 / 3, "n_predicted": 5, "n_true": 4}
    )
    assert overall["mean_f1"] == pytest.approx((0.5 + 1.0) / 2)
    assert overall["false_alarms"] == pytest.approx(1 / 3)
    assert (overall["n_notifications"], overall["n_quiet"]) == (5, 3)
    # ranked lamp, lamp, router, cable (false), cable on ids[3], cable (missed) by their scores
    assert overall["average_precision"] == pytest.approx((1 / 1 + 2 / 2 + 3 / 5) / 3)
    assert done.data["groups"]["TBT"] == done.data["groups"]["with HS codes"] == overall
    assert "without HS codes" not in done.data["groups"]
    shown = cli("--home", home, "evaluate", gold).out
    assert re.search(r"全部\s+0\.500\s+0\.667\s+0\.571\s+0\.750\s+33\.3%\s+0\.667\s+5\s", shown)


def test_mistakes_are_listed_the_surest_first(cli: Cli, measured: tuple[Path, list[str]], tmp_path: Path) -> None:
    home, ids = measured
    gold = gold_of(ids)
    gold[4]["direct"] = [list(TYRE)]  # a pair that the machine never weighed
    path = write_gold(tmp_path / "gold.json", gold)
    listed = [
        (found["kind"], found["symbol"], found["exporter_id"], found["product_name"], found["reason"])
        for found in cli("--json", "--home", home, "evaluate", path).data["errors"]
    ]
    assert listed == [
        ("missed", ids[4], *TYRE, ""),
        ("missed", ids[0], *CABLE, "机器的第0条理由"),
        ("false", ids[0], *ROUTER, "机器的第0条理由"),
        ("false", ids[2], *CABLE, "机器的第2条理由"),
    ]
    assert len(cli("--json", "--home", home, "evaluate", path, "--errors", "1").data["errors"]) == 1
    assert cli("--json", "--home", home, "evaluate", path, "--errors", "0").data["errors"] == []
    shown = cli("--home", home, "evaluate", path)
    assert shown.code == 0
    for word in ("全部", "TBT", "有 HS 编码", "漏判", "误判", "企业", TYRE[1], "机器的第2条理由"):
        assert word in shown.out


def test_an_officers_decision_does_not_flatter_the_machine(
    cli: Cli, measured: tuple[Path, list[str]], tmp_path: Path
) -> None:
    home, ids = Path(shutil.copytree(measured[0], tmp_path / "home")), measured[1]
    gold = write_gold(tmp_path / "gold.json", gold_of(ids))
    before = cli("--json", "--home", home, "evaluate", gold).data
    judged = cli("--home", home, "--now", NOW, "judge", ids[2], CABLE[0], "--product", CABLE[1], "--relation", "none",
                 "--by", "研判岗甲")  # fmt: skip
    assert judged.code == 0, judged.err
    assert cli("--json", "--home", home, "evaluate", gold).data == before


@pytest.mark.parametrize(("n_known", "words"), [(2, ("4 件", "有 2 件不在库中")), (0, ("2 件", "G/TBT/N/XXX/1"))])
def test_missing_notifications_are_said_before_any_figure(
    cli: Cli, measured: tuple[Path, list[str]], tmp_path: Path, n_known: int, words: tuple[str, ...]
) -> None:
    home, ids = measured
    keys = [*ids[:n_known], "G/TBT/N/XXX/1", "G/TBT/N/XXX/2"]
    gold = write_gold(tmp_path / "gold.json", [{"id": key, "direct": [], "indirect": []} for key in keys])
    done = cli("--home", home, "evaluate", gold)
    assert (done.code, done.out) == (2, "")
    assert "gold.json" in done.err
    assert "怎么办：" in done.err
    for word in words:
        assert word in done.err


GOOD = {"id": "N1", "direct": [["E1", "台灯"]], "indirect": [], "ambiguous": []}


@pytest.mark.parametrize(
    "bad",
    [
        {"direct": [], "indirect": []},
        {"id": "N2", "indirect": []},
        {"id": "N2", "direct": []},
        {"id": "N2", "direct": None, "indirect": []},
        {"id": "N2", "direct": [["E1"]], "indirect": []},
        {"id": "N2", "direct": [], "indirect": [["E1", "台灯", "多余"]]},
        {"id": "N2", "direct": ["台灯组件"], "indirect": []},
        "N2",
        None,
    ],
)
def test_a_damaged_entry_of_a_gold_file_is_named(cli: Cli, prepared: Path, tmp_path: Path, bad: object) -> None:
    gold = write_gold(tmp_path / "gold.json", [GOOD, bad, GOOD])
    done = cli("--home", prepared, "evaluate", gold)
    assert (done.code, done.out) == (2, "")
    assert "gold.json 第 2 条标注" in done.err
    assert "怎么办：" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"gold": []}', b'"labels"', b"\xff\xfe\x00", None])
def test_a_file_that_is_no_gold_is_refused(cli: Cli, prepared: Path, tmp_path: Path, content: bytes | None) -> None:
    gold = tmp_path / "gold.json"
    if content is not None:
        gold.write_bytes(content)
    done = cli("--home", prepared, "evaluate", gold)
    assert (done.code, done.out) == (2, "")
    assert "gold.json" in done.err
    assert '{"labels"' in done.err


def test_labels_may_leave_out_the_ambiguous(tmp_path: Path) -> None:
    (found,) = read_labels(write_gold(tmp_path / "g.json", [{"id": "N1", "direct": [["E1", "台灯"]], "indirect": []}]))
    assert found == Labels(notification_id="N1", direct=frozenset({line_id("E1", "台灯")}), indirect=frozenset())
