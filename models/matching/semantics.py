"""Closeness of meaning: cosines against a fixed background, so that a number says the same for every notification."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.encoder.embedder import Embedder
from models.matching.concepts import concepts
from models.matching.policy import Policy


class Semantics:
    """Encodes the two sides and compares them.

    The background are the concepts of the lexicon: their Chinese terms stand for lines, their English terms for
    notifications. It does not depend on the firms or notifications of a run, so a pair has one value, always.
    """

    def __init__(self, embedder: Embedder, policy: Policy) -> None:
        self._embedder = embedder
        self._policy = policy
        self._background: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def nearness(self, queries: Sequence[str], passages: Sequence[str]) -> NDArray[np.float64]:
        """(queries, passages) float64 in 0..1; a query or passage without text is near to nothing."""
        if not queries or not passages:
            return np.zeros((len(queries), len(passages)))
        background_queries, background_passages = self._load_background()
        query_rows = self._embedder.encode_queries(queries).astype(np.float64)
        passage_rows = self._embedder.encode_passages(passages).astype(np.float64)
        to_background = query_rows @ background_passages.T
        from_background = background_queries @ passage_rows.T
        mean, spread = to_background.mean(axis=1, keepdims=True), to_background.std(axis=1, keepdims=True)
        # a line that is near to everything (short or vague text) must not be near to each notification
        usual = float((background_queries @ background_passages.T).mean())
        hub = from_background.mean(axis=0, keepdims=True) - usual
        z = (query_rows @ passage_rows.T - mean - hub) / np.maximum(spread, 1e-9)
        value = np.clip((z - self._policy.z_zero) / (self._policy.z_one - self._policy.z_zero), 0.0, 1.0)
        value[[not query.strip() for query in queries], :] = 0.0
        value[:, [not passage.strip() for passage in passages]] = 0.0
        rounded: NDArray[np.float64] = np.round(value, 4)
        return rounded  # the last bits differ between batch sizes and processors

    def _load_background(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self._background is None:
            known = list(concepts().values())
            self._background = (
                self._embedder.encode_queries([concept.terms["en"][0] for concept in known]),
                self._embedder.encode_passages([concept.label for concept in known]),
            )
        return self._background
