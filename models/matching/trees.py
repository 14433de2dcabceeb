"""Boosted regression trees as plain arrays: their sum for many rows, and what each feature adds for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes in arrays; node 0 is the root, a leaf has `feature` -1. A value at or below `threshold` goes left."""

    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[
        np.float64
    ]  # of a leaf: its log-odds; of an inner node: the mean of the leaves below, by their counts

    def leaves(self, values: NDArray[np.float32]) -> NDArray[np.int32]:
        """The leaf of each row of (n, features)."""
        at = np.zeros(len(values), dtype=np.int32)
        rows = np.arange(len(values))
        while True:
            feature = self.feature[at]
            inner = feature >= 0
            if not inner.any():
                return at
            goes_left = values[rows, np.maximum(feature, 0)] <= self.threshold[at]
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at).astype(np.int32)

    def steps(self, row: NDArray[np.float32]) -> list[tuple[int, float]]:
        """What each split on the way of one row adds: (feature, change of the mean)."""
        found = []
        at = 0
        while self.feature[at] >= 0:
            feature = int(self.feature[at])
            below = int(self.left[at] if row[feature] <= self.threshold[at] else self.right[at])
            found.append((feature, float(self.value[below] - self.value[at])))
            at = below
        return found


@dataclass(frozen=True, slots=True)
class Forest:
    """A sum of trees on a base, in log-odds."""

    base: float
    trees: tuple[Tree, ...]

    def log_odds(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, features) to (n,)."""
        found = np.full(len(values), self.base)
        for tree in self.trees:
            found += tree.value[tree.leaves(values)]
        return found

    def contributions(self, row: NDArray[np.float32], n_features: int) -> NDArray[np.float64]:
        """(n_features,) whose sum with `root_base` is the log-odds of the row."""
        found = np.zeros(n_features)
        for tree in self.trees:
            for feature, change in tree.steps(row):
                found[feature] += change
        return found

    @property
    def root_base(self) -> float:
        """Log-odds before any split is looked at."""
        return self.base + float(sum(tree.value[0] for tree in self.trees))


def forest_from(content: Mapping[str, object]) -> Forest:
    """Read what `forest_content` wrote. Raises KeyError, TypeError or ValueError for anything else."""
    trees = content["trees"]
    if not isinstance(trees, Sequence):
        raise TypeError("trees")
    return Forest(base=float(str(content["base"])), trees=tuple(_tree_from(rows) for rows in trees))


def forest_content(forest: Forest) -> dict[str, object]:
    """Plain lists for JSON: a tree is a list of nodes [feature, threshold, left, right, value]."""
    return {"base": round(forest.base, 5), "trees": [_tree_rows(tree) for tree in forest.trees]}


def _tree_from(rows: Sequence[Sequence[float]]) -> Tree:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    inner = table[:, 0] >= 0
    below = table[inner][:, 2:4]
    # children stand behind their parents, so a walk down always ends
    if not len(table) or (below >= len(table)).any() or (below <= np.flatnonzero(inner)[:, None]).any():
        raise ValueError("tree")
    return Tree(
        feature=table[:, 0].astype(np.int32),
        threshold=table[:, 1],
        left=table[:, 2].astype(np.int32),
        right=table[:, 3].astype(np.int32),
        value=table[:, 4],
    )


def _tree_rows(tree: Tree) -> list[list[float]]:
    return [
        [int(feature), round(float(threshold), 5), int(left), int(right), round(float(value), 5)]
        for feature, threshold, left, right, value in zip(
            tree.feature, tree.threshold, tree.left, tree.right, tree.value, strict=True
        )
    ]
