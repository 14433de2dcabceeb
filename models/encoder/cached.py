"""Encode each text once: vectors are kept by the hash of embedder, role and text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.encoder.embedder import Embedder


class VectorStore(Protocol):
    """Where vectors are kept between runs; the pipeline gives one that writes to the warehouse."""

    def get(self, keys: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        """The known ones of `keys`."""

    def put(self, keys: Sequence[str], matrix: NDArray[np.float32]) -> None:
        """Keep row i of `matrix` (n, d) under `keys[i]`; a key that is known may be written again."""


class MemoryStore:
    """Vectors kept for one run."""

    def __init__(self) -> None:
        self._rows: dict[str, NDArray[np.float32]] = {}

    def get(self, keys: Sequence[str]) -> Mapping[str, NDArray[np.float32]]:
        return {key: self._rows[key] for key in keys if key in self._rows}

    def put(self, keys: Sequence[str], matrix: NDArray[np.float32]) -> None:
        self._rows.update(zip(keys, matrix, strict=True))


def vector_key(embedder_name: str, role: str, text: str) -> str:
    """Hex sha256 under which the vector of `text` in `role` (`query`, `passage`) is kept."""
    return hashlib.sha256("\x00".join((embedder_name, role, text)).encode("utf-8")).hexdigest()


class CachedEmbedder:
    """An embedder that asks `store` first and encodes only what is new, each text once."""

    def __init__(self, embedder: Embedder, store: VectorStore) -> None:
        self._embedder = embedder
        self._store = store

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, "query", self._embedder.encode_queries)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, "passage", self._embedder.encode_passages)

    def _encode(
        self, texts: Sequence[str], role: str, encode: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        keys = [vector_key(self.name, role, text) for text in texts]
        wanted = dict(zip(keys, texts, strict=True))
        rows = dict(self._store.get(list(wanted)))
        missing = [key for key in wanted if key not in rows]
        if missing:
            matrix = encode([wanted[key] for key in missing])
            self._store.put(missing, matrix)
            rows.update(zip(missing, matrix, strict=True))
        return np.stack([rows[key] for key in keys]).astype(np.float32, copy=False)
