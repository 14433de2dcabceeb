"""Closeness of meaning: cosines against a fixed background, so that a number says the same for every notification."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.encoder.embedder import Embedder
from models.matching.policy import Policy
from warehouse.reference import hs_headings, hs_headings_en

_EACH = 4  # of 1,228 headings every fourth: enough for a mean and a spread, and quickly encoded


class Semantics:
    """Encodes the two sides and compares them.

    The background are headings of the nomenclature: their Chinese names stand for lines, their English names for
    notifications. It does not depend on the firms or notifications of a run, so a pair has one value, always.
    """

    def __init__(self, embedder: Embedder, policy: Policy) -> None:
        self._embedder = embedder
        self._policy = policy
        self._background: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None

    def nearness(self, queries: Sequence[str], passages: Sequence[str]) -> NDArray[np.float64]:
        """(queries, passages) float64 in 0..1; a query or passage without text is near to nothing."""
        return self.to(passages)(queries)

    def to(self, passages: Sequence[str]) -> Callable[[Sequence[str]], NDArray[np.float64]]:
        """Encode the passages once; what is returned compares queries with them."""
        if not passages:
            return lambda queries: np.zeros((len(queries), 0))
        background_queries, background_passages = self._load_background()
        passage_rows = self._embedder.encode_passages(passages).astype(np.float64)
        # a line that is near to everything (short or vague text) must not be near to each notification
        usual = float((background_queries @ background_passages.T).mean())
        hub = (background_queries @ passage_rows.T).mean(axis=0, keepdims=True) - usual
        without_text = [not passage.strip() for passage in passages]

        def compare(queries: Sequence[str]) -> NDArray[np.float64]:
            if not queries:
                return np.zeros((0, len(passages)))
            query_rows = self._embedder.encode_queries(queries).astype(np.float64)
            to_background = query_rows @ background_passages.T
            mean, spread = to_background.mean(axis=1, keepdims=True), to_background.std(axis=1, keepdims=True)
            z = (query_rows @ passage_rows.T - mean - hub) / np.maximum(spread, 1e-9)
            value = np.clip((z - self._policy.z_zero) / (self._policy.z_one - self._policy.z_zero), 0.0, 1.0)
            value[[not query.strip() for query in queries], :] = 0.0
            value[:, without_text] = 0.0
            rounded: NDArray[np.float64] = np.round(value, 4)
            return rounded  # the last bits differ between batch sizes and processors

        return compare

    def _load_background(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if self._background is None:
            chosen = sorted(hs_headings())[::_EACH]
            self._background = (
                self._embedder.encode_queries([hs_headings_en()[code] for code in chosen]),
                self._embedder.encode_passages([hs_headings()[code] for code in chosen]),
            )
        return self._background
