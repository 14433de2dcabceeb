"""A deterministic, tiny embedder of hashed character n-grams: for tests and for machines without the encoder."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class HashEmbedder:
    """Texts that share characters lie near each other; it knows no meaning and no second language."""

    def __init__(self, dimension: int = 64, sizes: tuple[int, ...] = (2, 3)) -> None:
        self._dimension = dimension
        self._sizes = sizes

    @property
    def name(self) -> str:
        return f"hash-ngrams-v1-{self._dimension}-{'.'.join(map(str, self._sizes))}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for place, text in enumerate(texts):
            row = rows[place]
            folded = f" {' '.join(unicodedata.normalize('NFKC', text).casefold().split())} "
            for size in self._sizes:
                for start in range(len(folded) - size + 1):
                    digest = hashlib.blake2b(folded[start : start + size].encode("utf-8"), digest_size=8).digest()
                    value = int.from_bytes(digest, "little")
                    row[(value >> 1) % self._dimension] += 1.0 if value & 1 else -1.0
            length = float(np.linalg.norm(row))
            if length == 0.0:
                row[0] = 1.0  # nothing to hash, or all cancelled out: still a unit row
            else:
                rows[place] = row / length
        return rows

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.encode_queries(texts)
