"""Figures of matches against labels: the same as the scorer's, and by hand."""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from models.training.figures import Decision, Labels, PairKey, calibration, figures
from models.training.learn import worst_errors
from warehouse.records import Relation

SCORER = Path(__file__).parents[3] / "shared" / "eval" / "score.py"


def random_labels(dice: random.Random) -> list[Labels]:
    found = []
    for place in range(12):
        lines = [f"E{firm}/产品{goods}" for firm in range(3) for goods in range(3)]
        dice.shuffle(lines)
        direct, indirect, ambiguous = (dice.choice([0, 0, 1, 3]) for _ in range(3))
        found.append(
            Labels(
                notification_id=f"N{place}",
                direct=frozenset(lines[:direct]),
                indirect=frozenset(lines[direct : direct + indirect]),
                ambiguous=frozenset(lines[direct + indirect : direct + indirect + ambiguous]),
            )
        )
    return found


def random_decisions(dice: random.Random) -> dict[PairKey, Decision]:
    keys = [(f"N{place}", f"E{firm}/产品{goods}") for place in range(14) for firm in range(3) for goods in range(3)]
    scores = dice.sample(range(10_000), len(keys))  # no two are equal
    return {
        key: Decision(relation=dice.choice(list(Relation)), score=score / 10_000)
        for key, score in zip(keys, scores, strict=True)
        if dice.random() < 0.7
    }


@pytest.mark.skipif(not SCORER.exists(), reason=f"the project's scorer is not on this machine: {SCORER}")
@pytest.mark.parametrize("seed", range(4))
def test_figures_are_those_of_the_scorer(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)  # noqa: S311  (no secret)
    labels, found = random_labels(dice), random_decisions(dice)
    if seed == 3:
        found = {}
    names = ("direct", "indirect", "ambiguous")
    entries = [
        {"id": item.notification_id, **{name: [line.split("/") for line in getattr(item, name)] for name in names}}
        for item in labels
    ]
    (tmp_path / "gold.json").write_text(json.dumps({"labels": entries}), "utf-8")
    with (tmp_path / "matches.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["notification_id", "exporter_id", "product_name", "relation", "score"])
        for (notification_id, line), decision in found.items():
            writer.writerow([notification_id, *line.split("/"), decision.relation.value, decision.score])
    command = [sys.executable, str(SCORER), str(tmp_path / "gold.json"), str(tmp_path / "matches.csv"), "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    ours = figures(labels, found)
    for key, rates in (("direct", ours.direct), ("any", ours.related)):
        assert round(rates.precision, 4) == theirs[key]["precision"]
        assert round(rates.recall, 4) == theirs[key]["recall"]
        assert round(rates.f1, 4) == theirs[key]["f1"]
        assert (rates.n_predicted, rates.n_true) == (theirs[key]["predicted"], theirs[key]["true"])
    assert round(ours.average_precision, 4) == theirs["average_precision_direct"]
    assert ours.mean_f1 == pytest.approx(theirs["mean_f1_per_notification"], abs=1e-4)
    assert round(ours.false_alarms, 4) == theirs["false_alarm_rate"]
    assert ours.n_notifications == theirs["notifications"]


DIRECTLY, INDIRECTLY = Decision(relation=Relation.DIRECT, score=0.9, p_direct=0.9), Decision(
    relation=Relation.INDIRECT, score=0.4, p_direct=0.2
)  # fmt: skip


def test_figures_by_hand() -> None:
    labels = [
        Labels(notification_id="A", direct=frozenset("xy"), indirect=frozenset("i"), ambiguous=frozenset("a")),
        Labels(notification_id="B", direct=frozenset(), indirect=frozenset()),
    ]
    found = {("A", "x"): DIRECTLY, ("A", "i"): DIRECTLY, ("A", "a"): DIRECTLY, ("B", "x"): DIRECTLY}
    ours = figures(labels, found | {("C", "x"): DIRECTLY})  # nobody labelled C
    assert (ours.direct.precision, ours.direct.recall) == (0.5, 0.5)
    assert (ours.related.precision, ours.related.recall) == pytest.approx((2 / 3, 2 / 3))
    assert (ours.mean_f1, ours.false_alarms) == pytest.approx((2 / 3, 1.0))
    assert (ours.n_notifications, ours.n_quiet) == (2, 1)


def test_figures_of_nothing_are_zero() -> None:
    ours = figures([], {})
    assert (ours.direct.f1, ours.average_precision, ours.mean_f1, ours.false_alarms) == (0.0, 0.0, 0.0, 0.0)


def test_calibration_counts_each_pair_once() -> None:
    stated = [0.0, 0.05, 0.1, 0.95, 1.0]
    found = {("N", str(p)): Decision(relation=Relation.NONE, score=p, p_direct=p) for p in stated}
    table = calibration(found, {("N", "0.95"), ("N", "1.0")})
    assert sum(count for *_, count in table) == len(stated)
    assert [(round(mean, 3), true) for mean, true, _ in table] == [(0.025, 0.0), (0.1, 0.0), (0.975, 1.0)]


def test_worst_errors_are_the_surest_mistakes() -> None:
    labels = [Labels(notification_id="A", direct=frozenset("xyz"), indirect=frozenset("i"), ambiguous=frozenset("a"))]
    found = {("A", key): DIRECTLY for key in "xiaf"} | {("A", "y"): INDIRECTLY}
    expected = [(("A", "z"), "missed"), (("A", "f"), "false"), (("A", "y"), "missed")]
    assert worst_errors(labels, found) == expected
    assert worst_errors(labels, found, 1) == expected[:1]
