"""What an encoder is to the matcher, and the one that sentence-transformers runs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from models.encoder.manifest import fingerprint
from warehouse.errors import InputError, StageError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

E5_PROMPTS: Mapping[str, str] = {"query": "query: ", "passage": "passage: "}
NO_PROMPTS: Mapping[str, str] = {"query": "", "passage": ""}


class Embedder(Protocol):
    """Texts in any language to unit vectors. Queries are notifications, passages are product lines."""

    @property
    def name(self) -> str:
        """Unique: two embedders of one name give the same vector for the same text."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimension) float32, rows of length one in the order of `texts`; empty text is allowed."""

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `encode_queries`, for the other side of the comparison."""


class SentenceTransformerEmbedder:
    """A sentence-transformers model: a folder (such as `unpack_encoder` gives), or a hub name with a fixed revision.

    Torch and the weights are loaded at the first encoding, not before. `prompts` has the keys `query` and `passage`.
    Raises InputError for a hub name without revision, StageError when the model cannot be loaded.
    """

    def __init__(
        self,
        source: Path | str,
        *,
        prompts: Mapping[str, str] = E5_PROMPTS,
        revision: str = "",
        batch_size: int = 32,
    ) -> None:
        self._source = source
        self._prompts = {role: prompts[role] for role in ("query", "passage")}
        self._revision = revision
        self._batch_size = batch_size
        self._loaded: SentenceTransformer | None = None
        folder = Path(source)
        if folder.is_dir():
            version = fingerprint(folder)
        elif revision:
            version = revision[:12]
        else:
            raise InputError(
                f"编码器“{source}”不是本机文件夹，也没有指定固定版本。",
                "请给出模型文件夹的路径，或同时写明模型名称和提交号（revision）。",
            )
        prompt_hash = hashlib.sha256(repr(sorted(self._prompts.items())).encode("utf-8")).hexdigest()[:6]
        self._name = f"{folder.name}@{version}-{prompt_hash}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._model().get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, self._prompts["query"])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode(texts, self._prompts["passage"])

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        model = self._model()
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # Batches of like length waste no time on padding. Length, then text: the batches, and with them the last bits
        # of a vector, do not depend on the order of the input.
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), texts[i]))
        rows = np.empty((len(texts), self.dimension), dtype=np.float32)
        rows[order] = model.encode(
            [prompt + texts[i] for i in order],
            batch_size=self._batch_size,
            convert_to_numpy=True,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return rows

    def _model(self) -> SentenceTransformer:
        if self._loaded is None:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - 5 to 10 s, 450 MB: only when used
            from transformers.utils import logging  # noqa: PLC0415

            is_folder = Path(self._source).is_dir()
            # A progress bar and a report on the unused pooler say nothing to a user.
            verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
            logging.set_verbosity_error()  # type: ignore[no-untyped-call]
            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            try:
                self._loaded = SentenceTransformer(
                    str(self._source),
                    device="cpu",
                    local_files_only=is_folder,
                    revision=self._revision or None,
                )
            except (OSError, ValueError, KeyError) as error:
                raise StageError(
                    f"无法载入编码器“{self._source}”：{error}",
                    "请检查该文件夹是否完整；删除它后重新运行可重建内置编码器。",
                ) from error
            finally:
                logging.set_verbosity(verbosity)
                if bar:
                    logging.enable_progress_bar()  # type: ignore[no-untyped-call]
        return self._loaded
