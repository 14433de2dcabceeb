"""The local translator with a real Marian model: tiny, with random weights, made here; what it says is nonsense."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
import sentencepiece

from models.translation import local
from models.translation.local import LocalTranslator
from models.translation.translator import ForeignTitle
from warehouse.errors import InputError, StageError

CORPUS = [
    "draft rule on lamps", "technical regulation on storage batteries", "energy labelling of refrigerators",
    "灯具法规草案", "蓄电池技术法规", "冰箱能效标签", "关于玩具安全的标准",
]  # fmt: skip


@pytest.fixture(autouse=True)
def short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of random weights never comes to an end by itself, and every word that it says takes its time."""
    monkeypatch.setattr(local, "_MOST_TOKENS", 40)


@pytest.fixture(scope="module")
def marian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Marian model as opus-mt ones are laid out: two SentencePiece models, a vocabulary, weights."""
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder = tmp_path_factory.mktemp("marian") / "opus-tiny"
    folder.mkdir()
    text = folder.parent / "corpus.txt"
    text.write_text("\n".join(CORPUS * 20), encoding="utf-8")
    for side in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(folder / side), vocab_size=90, hard_vocab_limit=False,
            character_coverage=1.0, minloglevel=2,
        )  # fmt: skip
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    words = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    vocabulary = ["</s>", "<unk>", ">>cmn_Hans<<", *(w for w in words if w not in ("<s>", "</s>", "<unk>")), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(vocabulary)}), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        tokenizer = MarianTokenizer(
            source_spm=str(folder / "source.spm"), target_spm=str(folder / "target.spm"),
            vocab=str(folder / "vocab.json"), source_lang="en", target_lang="zh",
        )  # fmt: skip
        tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    pad = vocabulary.index("<pad>")
    model = MarianMTModel(
        MarianConfig(
            vocab_size=len(vocabulary),
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=16,
            decoder_ffn_dim=16,
            max_position_embeddings=300,
            pad_token_id=pad,
            decoder_start_token_id=pad,
            eos_token_id=0,
            forced_eos_token_id=0,
        )
    )
    model.save_pretrained(folder)
    return folder


def titles(*texts: str, lang: str = "en") -> list[ForeignTitle]:
    return [ForeignTitle(title=text, lang=lang) for text in texts]


def test_a_real_model_answers_every_title_in_order(marian: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []
    kept = local.checked

    def listening(original: str, answer: str) -> local.Translated:
        seen.append((original, answer))
        return kept(original, answer)

    monkeypatch.setattr(local, "checked", listening)
    asked = titles("Draft rule on lamps", "Technical regulation on “storage batteries”", "Lamps")
    translator = LocalTranslator(str(marian), languages=["en"])
    answers = translator.translate(asked)
    assert len(answers) == 3
    assert all(bool(answer.title_zh) != bool(answer.refused) for answer in answers)
    assert {original for original, _ in seen} == {
        "Draft rule on lamps", 'Technical regulation on "storage batteries"', "Lamps",
    }  # fmt: skip
    assert all(answer for _, answer in seen)  # the model said something
    again = LocalTranslator(str(marian), languages=["en"]).translate(asked[::-1])
    assert again == answers[::-1]


def test_the_name_tells_one_model_from_another(marian: Path) -> None:
    name = LocalTranslator(str(marian), languages=["en"]).name
    assert name.startswith("opus-tiny@")
    assert len(name) == len("opus-tiny@") + 12


def test_languages_that_the_model_does_not_read_are_refused(marian: Path) -> None:
    translator = LocalTranslator(str(marian), languages=["en"])
    spanish, unknown = translator.translate([*titles("Lámparas", lang="es"), *titles("Lamps", lang="")])
    assert "不译该语言（es）" in spanish.refused
    assert "语言不明" in unknown.refused


def test_a_model_without_chinese_is_refused(marian: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "opus-other"
    shutil.copytree(marian, other)
    vocabulary = json.loads((other / "vocab.json").read_text("utf-8"))
    vocabulary[">>deu<<"] = vocabulary.pop(">>cmn_Hans<<")
    (other / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    with pytest.raises(StageError, match="不能译成中文"):
        LocalTranslator(str(other), languages=["en"]).translate(titles("Lamps"))


def test_a_damaged_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(StageError, match="无法载入翻译模型"):
        LocalTranslator(str(tmp_path), languages=["en"]).translate(titles("Lamps"))


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        ("", {}, "没有指定"),
        ("some/opus-mt-en-zh", {}, "没有这个翻译模型文件夹"),
        ("some/opus-mt-en-zh", {"allow_download": True}, "固定版本"),
    ],
)
def test_nothing_is_downloaded_unless_it_is_allowed_and_fixed(model: str, options: dict[str, bool], words: str) -> None:
    with pytest.raises(InputError, match=words):
        LocalTranslator(model, languages=["en"], **options)
