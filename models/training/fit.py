"""Fits the head, thresholds by cross-validated predictions. Deterministic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from models.matching.features import FEATURES
from models.matching.head import Head, Question
from models.matching.trees import Forest, Tree
from models.training.examples import DIRECT, LEFT_OUT, NONE, Rows
from models.training.figures import Decision, Labels, PairKey, figures
from warehouse.records import Relation

FOLDS = 5
STRENGTH = 0.3  # inverse of the regularisation, as scikit-learn's C
# Of our own quiet notifications, most of which miss a line by a narrow margin; a mailbox forgives less than F1 does.
MOST_FALSE_ALARMS = 0.14
_THRESHOLDS = np.round(np.arange(0.10, 0.71, 0.01), 2)
# A feature that speaks for a relation never counts against it in the trees, and the other way round.
_AGAINST = frozenset({
    "excluded", "other_goods", "not_in_products", "not_in_title", "hs_disagree", "hs4_other6", "same_narrowed",
    "same_narrowed_by_title", "same_by_likeness", "same_by_code", "same_by_description", "same_by_attribute",
    "same_likely", "same_qualified", "same_class_qualified", "part_likely", "line_unknown", "same_steps",
    "same_and_disagree", "wider",
})  # fmt: skip
_FOR = frozenset({
    "same_title", "same_bare_title", "same_products", "same_description", "same_code_name", "same_exact", "hs6", "near",
    "literal", "goods_at_line_code", "line_goods_at_code", "line_goods_at_code6", "ics", "ics_deep",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A head and what cross-validation says of it."""

    head: Head
    out_of_fold: NDArray[np.float64]  # (n, 3): each pair by a head that did not see its family


def fit(rows: Rows, labels: Sequence[Labels], *, version: str, facts: Mapping[str, object]) -> Fitted:
    """Learn the head from all rows; thresholds are chosen on predictions for families that were left out."""
    out_of_fold = cross_validated(rows, FEATURES)
    direct_from = best_direct_from(rows, labels, out_of_fold)
    with threadpool_limits(limits=1):
        head = _head(rows, np.arange(len(rows.keys)), FEATURES)
    fitted = Head(
        version=version,
        direct=head.direct,
        related=head.related,
        direct_from=direct_from,
        related_from=_best_related_from(rows, labels, out_of_fold, direct_from),
        facts=facts,
    )
    return Fitted(head=fitted, out_of_fold=out_of_fold)


def cross_validated(rows: Rows, names: Iterable[str]) -> NDArray[np.float64]:
    """(n, 3) probabilities by heads that saw neither the pair nor its family, using the named features only."""
    found = np.zeros((len(rows.keys), 3))
    # trees this small are quicker on one thread, and on one the sums have one order
    with threadpool_limits(limits=1):
        for learn, test in GroupKFold(FOLDS, shuffle=True, random_state=0).split(rows.values, groups=rows.groups):
            found[test] = _head(rows, learn, names).probabilities(rows.values[test])
    return found


def decisions(
    rows: Rows, probabilities: NDArray[np.float64], direct_from: float, related_from: float
) -> dict[PairKey, Decision]:
    """What the thresholds make of probabilities."""
    found = {}
    for key, (_, indirect, direct) in zip(rows.keys, probabilities, strict=True):
        is_related = direct + indirect >= related_from
        relation = Relation.DIRECT if direct >= direct_from else Relation.INDIRECT if is_related else Relation.NONE
        found[key] = Decision(relation=relation, score=float(direct + indirect / 2), p_direct=float(direct))
    return found


def best_direct_from(rows: Rows, labels: Sequence[Labels], probabilities: NDArray[np.float64]) -> float:
    """The threshold of direct with the best F1, false alarms bounded."""
    own = _originals(rows, labels)
    n_true = sum(len(item.direct) for item in labels)
    best = (-1.0, 0.5)
    for threshold in _THRESHOLDS:
        said = own & (probabilities[:, 2] >= threshold)
        hits = float((said & (rows.truth == DIRECT)).sum())
        false = float(rows.weights[said & (rows.truth == NONE)].sum())
        alarms = figures(labels, decisions(rows, probabilities, float(threshold), 1.1)).false_alarms
        if alarms <= MOST_FALSE_ALARMS or threshold == _THRESHOLDS[-1]:
            best = max(best, (2 * hits / (hits + false + n_true) if n_true else 0.0, -float(threshold)))
    return -best[1]


def _best_related_from(
    rows: Rows, labels: Sequence[Labels], probabilities: NDArray[np.float64], direct_from: float
) -> float:
    own = _originals(rows, labels)
    n_true = sum(len(item.direct | item.indirect) for item in labels)
    best = (-1.0, 0.5)
    for threshold in _THRESHOLDS:
        related = probabilities[:, 1] + probabilities[:, 2]
        said = own & ((related >= threshold) | (probabilities[:, 2] >= direct_from))
        hits = float((said & (rows.truth > NONE)).sum())
        false = float(rows.weights[said & (rows.truth == NONE)].sum())
        best = max(best, (2 * hits / (hits + false + n_true) if n_true else 0.0, -float(threshold)))
    return -best[1]


def _originals(rows: Rows, labels: Sequence[Labels]) -> NDArray[np.bool_]:
    """Which rows are of labelled notifications, not of their variants."""
    ids = {item.notification_id for item in labels}
    return np.array([key[0] in ids for key in rows.keys], dtype=bool)


def _head(rows: Rows, chosen: NDArray[np.int64], names: Iterable[str]) -> Head:
    used = chosen[rows.truth[chosen] != LEFT_OUT]
    wanted = set(names)
    columns = np.array([place for place, name in enumerate(FEATURES) if name in wanted])
    direct, related = (
        _question(rows, used, columns, (rows.truth[used] >= least).astype(int)) for least in (DIRECT, NONE + 1)
    )
    return Head(version="", direct=direct, related=related, direct_from=1.0, related_from=1.0, facts={})


def _question(rows: Rows, used: NDArray[np.int64], columns: NDArray[np.int64], truth: NDArray[np.int64]) -> Question:
    values, weights = rows.values[used][:, columns], rows.weights[used]
    linear = LogisticRegression(C=STRENGTH, max_iter=1000, tol=1e-3).fit(values, truth, sample_weight=weights)
    signs = [-1 if FEATURES[c] in _AGAINST else 1 if FEATURES[c] in _FOR else 0 for c in columns]
    boosted = HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.06,
        max_leaf_nodes=10,
        min_samples_leaf=20,
        l2_regularization=2.0,
        monotonic_cst=signs,
        early_stopping=False,
        random_state=0,
    ).fit(values, truth, sample_weight=weights)
    all_weights = np.zeros(len(FEATURES))
    all_weights[columns] = linear.coef_[0]
    return Question(weights=all_weights, bias=float(linear.intercept_[0]), forest=_forest(boosted, columns))


def _forest(boosted: HistGradientBoostingClassifier, columns: NDArray[np.int64]) -> Forest:
    """The trees of scikit-learn as arrays: it has no public form for them, so a test holds that both say the same."""
    trees = tuple(_tree(predictors[0].nodes, columns) for predictors in boosted._predictors)
    return Forest(base=float(np.ravel(boosted._baseline_prediction)[0]), trees=trees)


def _tree(nodes: NDArray[np.void], columns: NDArray[np.int64]) -> Tree:
    is_leaf = nodes["is_leaf"].astype(bool)
    value = np.where(is_leaf, nodes["value"], 0.0).astype(np.float64)
    for place in range(len(nodes) - 1, -1, -1):  # children stand behind their parents
        if not is_leaf[place]:
            left, right = int(nodes["left"][place]), int(nodes["right"][place])
            shares = np.array([nodes["count"][left], nodes["count"][right]], dtype=np.float64)
            value[place] = float(np.average([value[left], value[right]], weights=shares))
    return Tree(
        feature=np.where(is_leaf, -1, columns[np.minimum(nodes["feature_idx"], len(columns) - 1)]).astype(np.int32),
        threshold=np.where(is_leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        left=nodes["left"].astype(np.int32),
        right=nodes["right"].astype(np.int32),
        value=value,
    )
