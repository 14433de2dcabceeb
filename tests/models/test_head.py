"""The head: trees say what scikit-learn says, contributions add up, its file survives a round trip and no damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from models.matching import load_head
from models.matching.features import FEATURES
from models.matching.head import Head, Question, head_text, numbers
from models.matching.trees import Forest, forest_content, forest_from
from models.training.fit import _forest
from warehouse.errors import InputError

N = len(FEATURES)


def boosted(seed: int, columns: NDArray[np.int64]) -> tuple[HistGradientBoostingClassifier, NDArray[np.float32]]:
    """A model with monotone constraints on random numbers, as `fit` makes it, and the rows that it saw."""
    random = np.random.default_rng(seed)
    values = random.random((400, len(columns))).astype(np.float32)
    values[:, 0] = values[:, 0] > 0.5  # most features are yes or no
    truth = (values[:, 0] + values[:, 1] - values[:, 2] + random.normal(0, 0.4, 400) > 0.6).astype(int)
    signs = [1, 0, -1, *([0] * (len(columns) - 3))]
    model = HistGradientBoostingClassifier(
        max_iter=25, max_leaf_nodes=8, min_samples_leaf=10, monotonic_cst=signs, early_stopping=False, random_state=0
    )
    with threadpool_limits(1):
        model.fit(values, truth, sample_weight=random.choice([1.0, 4.0], 400))
    return model, values


@pytest.fixture(scope="module")
def forest() -> Forest:
    """Trees over the first features."""
    return _forest(boosted(0, np.arange(6))[0], np.arange(6))


@pytest.fixture(scope="module")
def head(forest: Forest) -> Head:
    """A small head whose two questions differ."""
    random = np.random.default_rng(1)
    direct = Question(weights=random.normal(0, 1, N), bias=-1.25, forest=forest)
    related = Question(weights=random.normal(0, 1, N), bias=0.5, forest=Forest(base=0.25, trees=forest.trees[:5]))
    facts = {"trained_on": "2026-03-10", "encoder": "某编码器", "notifications": 3}
    return Head(version="h1", direct=direct, related=related, direct_from=0.31, related_from=0.22, facts=facts)


def rows(seed: int, count: int = 50) -> NDArray[np.float32]:
    return np.random.default_rng(seed).random((count, N)).astype(np.float32)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("columns", [[0, 1, 2, 3], [5, 20, 21, N - 1]], ids=["first columns", "scattered columns"])
def test_trees_say_what_scikit_learn_says(seed: int, columns: list[int]) -> None:
    model, values = boosted(seed, np.array(columns))
    found = _forest(model, np.array(columns))
    fresh = np.random.default_rng(seed + 100).random((200, len(columns))).astype(np.float32)
    for part in (values, fresh):
        wide = np.full((len(part), N), 0.5, dtype=np.float32)
        wide[:, columns] = part
        share = model.predict_proba(part)[:, 1]
        np.testing.assert_allclose(found.log_odds(wide), np.log(share / (1 - share)), atol=1e-6)


def test_trees_keep_to_the_constraints(forest: Forest) -> None:
    """What speaks for a relation never counts against it: column 0 only raises, column 2 only lowers."""
    low, high = rows(3), rows(3)
    low[:, 0], high[:, 0] = 0.0, 1.0
    assert (forest.log_odds(high) >= forest.log_odds(low)).all()
    assert (forest.log_odds(high) > forest.log_odds(low)).any()
    low, high = rows(4), rows(4)
    low[:, 2], high[:, 2] = 0.0, 1.0
    assert (forest.log_odds(high) <= forest.log_odds(low)).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_contributions_and_base_are_the_log_odds(forest: Forest, head: Head, seed: int) -> None:
    row = rows(seed, 1)
    assert forest.root_base + forest.contributions(row[0], N).sum() == pytest.approx(forest.log_odds(row)[0])
    for question in (head.direct, head.related):
        assert question.base + question.contributions(row[0]).sum() == pytest.approx(question.log_odds(row)[0])


def test_named_contributions_are_sorted_and_leave_out_what_adds_nothing(head: Head) -> None:
    row = rows(7, 1)[0]
    row[10:] = 0.0
    found = head.contributions(row)
    names = [name for name, _ in found]
    assert names
    assert set(names) <= set(FEATURES[:10])
    assert len(names) == len(set(names))
    sizes = [abs(value) for _, value in found]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 0.005
    whole = dict(zip(FEATURES, head.direct.contributions(row), strict=True))
    assert dict(found) == {name: value for name, value in whole.items() if abs(value) >= 0.005}


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.0, 1e6))
def test_probabilities_are_shares_of_one_whole(head: Head, seed: int, scale: float) -> None:
    values = (rows(seed, 20) * np.float32(scale)).astype(np.float32)
    found = head.probabilities(values)
    assert found.shape == (20, 3)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)


def test_no_pairs_have_no_probabilities(head: Head) -> None:
    assert numbers([]).shape == (0, N)
    assert head.probabilities(numbers([])).shape == (0, 3)


def test_a_head_without_trees_is_half_of_its_regression() -> None:
    weights = np.zeros(N)
    weights[0] = 4.0
    plain = Question(weights=weights, bias=-2.0, forest=Forest(base=0.0, trees=()))
    row = np.zeros((2, N), dtype=np.float32)
    row[1, 0] = 1.0
    assert plain.log_odds(row).tolist() == [-1.0, 1.0]


def test_head_file_round_trip(head: Head, tmp_path: Path) -> None:
    """A head that is written, read and written again is the same file, and says the same of every pair."""
    path = tmp_path / "own.json"
    path.write_text(head_text(head), "utf-8")
    again = load_head(path)
    assert head_text(again) == head_text(head)
    assert (again.version, again.direct_from, again.related_from) == ("h1", 0.31, 0.22)
    assert again.facts == head.facts
    np.testing.assert_allclose(again.probabilities(rows(9)), head.probabilities(rows(9)), atol=1e-3)


def test_forest_round_trip_keeps_every_leaf(forest: Forest) -> None:
    again = forest_from(json.loads(json.dumps(forest_content(forest))))
    values = rows(11, 300)
    np.testing.assert_allclose(again.log_odds(values), forest.log_odds(values), atol=1e-3)
    for ours, theirs in zip(forest.trees, again.trees, strict=True):
        assert ours.leaves(values).tolist() == theirs.leaves(values).tolist()


def test_bundled_head_fits_this_version() -> None:
    head = load_head()
    assert head.version
    assert 0 < head.related_from < 1
    assert 0 < head.direct_from < 1
    assert head.direct.forest.trees
    assert head.related.forest.trees
    assert head_text(load_head()) == head_text(head)


def _edited(change: Callable[[dict[str, Any]], object]) -> Callable[[str], bytes]:
    def edit(text: str) -> bytes:
        content = json.loads(text)
        change(content)
        return json.dumps(content).encode()

    return edit


DAMAGES: dict[str, Callable[[str], bytes]] = {
    "cut off": lambda text: text[: len(text) // 2].encode(),
    "empty": lambda text: b"",
    "not UTF-8": lambda text: b"\xff\xfe" + text.encode(),
    "a list": lambda text: b"[1, 2, 3]",
    "another file": lambda text: b'{"labels": []}',
    "no thresholds": _edited(lambda content: content.pop("direct_from")),
    "threshold in words": _edited(lambda content: content.update(direct_from="half")),
    "no trees": _edited(lambda content: content["direct"].pop("forest")),
    "feature of another version": _edited(lambda content: content["features"].append("smell")),
    "features in another order": _edited(lambda content: content["features"].reverse()),
    "a weight too few": _edited(lambda content: content["related"]["weights"].pop()),
    "a weight in words": _edited(lambda content: content["direct"]["weights"].__setitem__(0, "heavy")),
    "half a tree node": _edited(lambda content: content["direct"]["forest"]["trees"][0][0].pop()),
    "trees as a number": _edited(lambda content: content["direct"]["forest"].update(trees=3)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_or_foreign_file_is_refused(head: Head, tmp_path: Path, damage: Callable[[str], bytes]) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(damage(head_text(head)))
    with pytest.raises(InputError, match=r"own\.json") as refused:
        load_head(path)
    assert "tbtwatch train" in refused.value.next_step


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json"):
        load_head(tmp_path / "none.json")


def test_version_and_facts_alone_change_no_answer(head: Head) -> None:
    other = replace(head, version="h2", facts={})
    assert np.array_equal(other.probabilities(rows(5)), head.probabilities(rows(5)))
