"""Precision, recall, F1, ranking and calibration of matches against labels.

The definitions are those of the project's scorer: pairs that the labels call indirect or ambiguous count neither for
nor against `direct`; a notification that concerns nobody and has a direct match is a false alarm.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.records import Relation

PairKey = tuple[str, str]  # notification_id, line_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What careful readers found for one notification: line_ids by relation.

    A reader of whole lists leaves out what is not related; an officer who judged single pairs names `rejected` ones.
    """

    notification_id: str
    direct: frozenset[str]
    indirect: frozenset[str]
    ambiguous: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a matcher says of one pair; `score` rises with confidence in `direct`."""

    relation: Relation
    score: float
    p_direct: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Agreement of two sets of pairs."""

    precision: float
    recall: float
    f1: float
    n_predicted: int
    n_true: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of one set of notifications."""

    direct: Rates
    related: Rates  # direct or indirect
    average_precision: float
    mean_f1: float  # over notifications that have a direct pair
    false_alarms: float  # share of the notifications that concern nobody
    n_notifications: int
    n_quiet: int


def rates(predicted: Collection[PairKey], true: Collection[PairKey], ignored: Collection[PairKey]) -> Rates:
    """Precision, recall and F1; predicted pairs among the ignored ones are left out."""
    counted = set(predicted) - set(ignored)
    hits = len(counted & set(true))
    precision = hits / len(counted) if counted else 0.0
    recall = hits / len(true) if true else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Rates(precision=precision, recall=recall, f1=f1, n_predicted=len(counted), n_true=len(set(true)))


def figures(labels: Sequence[Labels], decisions: Mapping[PairKey, Decision]) -> Figures:
    """Measure decisions on the labelled notifications; pairs without a decision count as none."""
    ids = {item.notification_id for item in labels}
    direct = {(item.notification_id, line) for item in labels for line in item.direct}
    indirect = {(item.notification_id, line) for item in labels for line in item.indirect}
    ambiguous = {(item.notification_id, line) for item in labels for line in item.ambiguous}
    own = {key: decision for key, decision in decisions.items() if key[0] in ids}
    got_direct = {key for key, decision in own.items() if decision.relation is Relation.DIRECT}
    got_any = {key for key, decision in own.items() if decision.relation is not Relation.NONE}
    per_notification = [
        rates(
            [key for key in got_direct if key[0] == item.notification_id],
            [(item.notification_id, line) for line in item.direct],
            indirect | ambiguous,
        ).f1
        for item in labels
        if item.direct
    ]
    quiet = {item.notification_id for item in labels if not (item.direct or item.indirect or item.ambiguous)}
    alarmed = {key[0] for key in got_direct} & quiet
    return Figures(
        direct=rates(got_direct, direct, indirect | ambiguous),
        related=rates(got_any, direct | indirect, ambiguous),
        average_precision=_average_precision(own, direct, indirect | ambiguous),
        mean_f1=sum(per_notification) / len(per_notification) if per_notification else 0.0,
        false_alarms=len(alarmed) / len(quiet) if quiet else 0.0,
        n_notifications=len(ids),
        n_quiet=len(quiet),
    )


def _average_precision(
    decisions: Mapping[PairKey, Decision], true: Collection[PairKey], ignored: Collection[PairKey]
) -> float:
    ranked = sorted((key for key in decisions if key not in ignored), key=lambda key: (-decisions[key].score, key))
    hits, total = 0, 0.0
    for place, key in enumerate(ranked, start=1):
        if key in true:
            hits += 1
            total += hits / place
    return total / len(true) if true else 0.0


def calibration(decisions: Mapping[PairKey, Decision], direct: Collection[PairKey]) -> list[tuple[float, float, int]]:
    """Reliability: (mean probability of direct, share that is direct, pairs) for each tenth that has pairs."""
    stated = np.array([decision.p_direct for decision in decisions.values()])
    true = np.array([key in direct for key in decisions])
    found = []
    for low in np.arange(0, 1, 0.1):
        chosen = (stated >= low) & (stated < low + 0.1 if low < 0.9 else stated <= 1.0)
        if chosen.any():
            found.append((float(stated[chosen].mean()), float(true[chosen].mean()), int(chosen.sum())))
    return found
