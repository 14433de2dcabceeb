"""The learned head: features of a pair to calibrated probabilities of direct, indirect and none.

Two questions, each answered by the mean of two log-odds, of a logistic regression and of boosted trees: is the line
directly concerned, and is it concerned at all. The regression carries over to goods that no example named, the trees
see how features act together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.matching.features import FEATURES
from models.matching.trees import Forest, forest_content, forest_from
from warehouse.errors import InputError

DEFAULT_HEAD = "matching.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A yes-or-no question over `FEATURES`."""

    weights: NDArray[np.float64]  # (len(FEATURES),)
    bias: float
    forest: Forest

    def log_odds(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, len(FEATURES)) to (n,)."""
        linear: NDArray[np.float64] = values.astype(np.float64) @ self.weights + self.bias
        found: NDArray[np.float64] = (linear + self.forest.log_odds(values)) / 2
        return found

    def contributions(self, row: NDArray[np.float32]) -> NDArray[np.float64]:
        """(len(FEATURES),) whose sum with `base` is the log-odds of the row."""
        found: NDArray[np.float64] = (row * self.weights + self.forest.contributions(row, len(FEATURES))) / 2
        return found

    @property
    def base(self) -> float:
        """Log-odds before any feature is looked at."""
        return (self.bias + self.forest.root_base) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Both questions, and the thresholds that were chosen with them."""

    version: str
    direct: Question
    related: Question
    direct_from: float  # least probability of direct
    related_from: float  # least probability of direct or indirect
    facts: Mapping[str, object]  # what it was trained on and its figures, for the card

    def probabilities(self, values: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, len(FEATURES)) to (n, 3): none, indirect, direct; rows sum to 1."""
        direct = _share(self.direct.log_odds(values))
        related = np.maximum(_share(self.related.log_odds(values)), direct)
        found: NDArray[np.float64] = np.stack([1 - related, related - direct, direct], axis=1)
        return found

    def contributions(self, row: NDArray[np.float32]) -> list[tuple[str, float]]:
        """What each feature adds to the log-odds of direct, the largest first; what adds nothing is left out."""
        parts = zip(FEATURES, self.direct.contributions(row), strict=True)
        kept = [(name, float(value)) for name, value in parts if abs(value) >= 0.005]
        return sorted(kept, key=lambda part: (-abs(part[1]), part[0]))


def load_head(path: Path | None = None) -> Head:
    """The head of a file, by default the bundled one. Raises InputError for a file that does not fit this version."""
    name = path.name if path else DEFAULT_HEAD
    try:
        text = path.read_text("utf-8") if path else files("models.heads").joinpath(name).read_text("utf-8")
        content = json.loads(text)
        return Head(
            version=str(content["version"]),
            direct=_question(content["direct"], content["features"]),
            related=_question(content["related"], content["features"]),
            direct_from=float(content["direct_from"]),
            related_from=float(content["related_from"]),
            facts=content["facts"],
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"无法使用匹配模型文件“{name}”：{error}",
            "请运行 tbtwatch train 重新训练，或删除该文件以使用随软件提供的模型。",
        ) from error


def head_text(head: Head) -> str:
    """The file of a head: JSON, stable in its order, a tree a line."""
    content = {
        "version": head.version,
        "facts": dict(head.facts),
        "direct_from": head.direct_from,
        "related_from": head.related_from,
        "features": list(FEATURES),
        "direct": _content(head.direct),
        "related": _content(head.related),
    }
    return json.dumps(content, ensure_ascii=False).replace("[[", "\n[[").replace(', "', ',\n"') + "\n"


def numbers(values: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Feature rows as one matrix; (0, len(FEATURES)) for none."""
    return np.stack(values) if values else np.zeros((0, len(FEATURES)), dtype=np.float32)


def _question(content: Mapping[str, object], features: Sequence[str]) -> Question:
    if tuple(features) != FEATURES:
        raise ValueError("特征与本版本不一致")
    weights = content["weights"]
    forest = content["forest"]
    if not isinstance(weights, list) or not isinstance(forest, dict) or len(weights) != len(FEATURES):
        raise TypeError("weights, forest")
    read = forest_from(forest)
    if any((tree.feature >= len(FEATURES)).any() for tree in read.trees):
        raise ValueError("feature")
    return Question(weights=np.array(weights, dtype=np.float64), bias=float(str(content["bias"])), forest=read)


def _content(question: Question) -> dict[str, object]:
    return {
        "bias": round(question.bias, 5),
        "weights": [round(float(weight), 5) for weight in question.weights],
        "forest": forest_content(question.forest),
    }


def _share(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return found
