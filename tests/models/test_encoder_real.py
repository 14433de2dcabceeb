"""The embedded encoder itself: unpacked, loaded without network, multilingual, rebuilt when damaged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from models.encoder.embedder import SentenceTransformerEmbedder
from models.encoder.manifest import is_intact
from models.encoder.unpack import unpack_encoder
from models.encoder.wheel_file import WheelFile, find_wheel_file
from models.matching import Matcher, load_head, load_policy
from warehouse.records import Notification, ProductLine, Relation

pytestmark = [pytest.mark.encoder, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpack_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def embedder(folder: Path) -> SentenceTransformerEmbedder:
    patch = pytest.MonkeyPatch()
    patch.setenv("HF_HUB_OFFLINE", "1")
    built = SentenceTransformerEmbedder(folder)
    built.encode_queries(["warm"])
    patch.undo()
    return built


def test_header_and_tensors_are_those_of_e5_small() -> None:
    with WheelFile(find_wheel_file()) as file:
        assert (file.shape.hidden, file.shape.layers, file.shape.vocabulary) == (384, 12, 250037)
        assert file.shape.layer_norm_epsilon == 1e-12
        assert file.vocabulary.pieces[:4] == ("<s>", "<pad>", "</s>", "<unk>")
        assert len(file.tensor_names()) == 197
        # layer norms are kept exact, weight matrices as 4-bit blocks
        assert file.tensor("emb.ln.w").shape == (384,)
        assert file.tensor("l0.fi.w").shape == (384 * 1536,)
        assert 0.01 < float(np.abs(file.tensor("l0.fi.w")).mean()) < 0.1


def test_second_call_reuses_the_folder(folder: Path) -> None:
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert unpack_encoder(folder.parent, full_check=True) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_rows_are_unit_and_do_not_depend_on_order(embedder: SentenceTransformerEmbedder) -> None:
    texts = ["optical fibre cable", "", "كابلات الألياف البصرية", "สายเคเบิลใยแก้วนำแสง", "光缆 " * 600, "ＧＹＴＳ"]
    rows = embedder.encode_queries(texts)
    assert rows.shape == (6, embedder.dimension) == (6, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert np.array_equal(embedder.encode_queries(texts[::-1])[::-1], rows)
    assert embedder.encode_passages([]).shape == (0, 384)


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        ("optical fibre cable", "光缆", "轮胎"),
        ("natural honey", "蜂蜜", "水泥"),
        ("neumáticos para automóviles", "轮胎", "蜂蜜"),
        ("ciment Portland", "硅酸盐水泥", "光缆"),
        ("литий-ионные аккумуляторы", "锂离子电池", "瓷砖"),
        ("كابلات الألياف البصرية", "光缆", "食品添加剂"),
        ("ยางรถยนต์", "汽车轮胎", "食品添加剂"),
    ],
)
def test_other_languages_meet_chinese(embedder: SentenceTransformerEmbedder, query: str, near: str, far: str) -> None:
    cosines = embedder.encode_queries([query]) @ embedder.encode_passages([near, far]).T
    assert cosines[0, 0] > cosines[0, 1] + 0.01


def test_same_words_in_full_width_stay_nearly_the_same(embedder: SentenceTransformerEmbedder) -> None:
    rows = embedder.encode_passages(["GYTS 光缆", "ＧＹＴＳ　光缆"])
    assert rows[0] @ rows[1] > 0.999


def test_damaged_cache_is_rebuilt_and_two_at_once_agree(tmp_path: Path) -> None:
    first = unpack_encoder(tmp_path)
    with (first / "model.safetensors").open("r+b") as file:
        file.truncate(1000)
    (first / "config.json").unlink()
    assert not is_intact(first, full=False)
    with ThreadPoolExecutor(2) as pool:
        again = list(pool.map(lambda _: unpack_encoder(tmp_path), range(2)))
    assert again == [first, first]
    assert is_intact(first, full=True)
    assert [path.name for path in tmp_path.iterdir()] == [first.name]  # nothing left beside it


def test_matcher_with_the_real_encoder_reads_an_unknown_language(embedder: SentenceTransformerEmbedder) -> None:
    matcher = Matcher(embedder, load_head(), load_policy())
    notification = Notification(notification_id="T1", title="ข้อกำหนดทางเทคนิคสำหรับยางรถยนต์", member_codes=("THA",))
    lines = [
        ProductLine(line_id="a", exporter_id="E", product_name="乘用车轮胎", hs_code="4011100000"),
        ProductLine(line_id="b", exporter_id="E", product_name="桶装蜂蜜", hs_code="0409000000"),
    ]
    near = [matcher.explain(notification, line) for line in lines]
    assert all(found.match.relation is not Relation.DIRECT for found in near)  # nearness alone decides nothing
    (result,) = matcher.match([notification], lines)
    explained = {found.match.line_id: found.match for found in near}
    assert result.candidates
    assert all(explained[match.line_id] == match for match in result.candidates)
