"""A translation model on this machine: Marian (opus-mt), NLLB or M2M100 weights, run by transformers."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.encoder.manifest import fingerprint
from models.translation.check import checked
from models.translation.translator import ForeignTitle, Translated
from warehouse.errors import InputError, StageError

_BATCH = 8
_MOST_TOKENS = 256  # of a title
# the names that multilingual models have for Chinese in simplified characters, the usual one first
_MARIAN_TARGETS = (">>cmn_Hans<<", ">>zho_Hans<<", ">>zh_CN<<", ">>zho<<", ">>cmn<<", ">>zh<<")
_TARGETS = ("zho_Hans", "zh", "zh_CN")
_PLAIN = str.maketrans("“”„‘’–—", '"""\'\'--')
_NLLB_SOURCES = {
    "en": "eng_Latn", "es": "spa_Latn", "fr": "fra_Latn", "pt": "por_Latn", "ru": "rus_Cyrl", "ar": "arb_Arab",
    "ja": "jpn_Jpan", "ko": "kor_Hang", "th": "tha_Thai", "vi": "vie_Latn", "id": "ind_Latn", "tr": "tur_Latn",
    "de": "deu_Latn", "it": "ita_Latn", "uk": "ukr_Cyrl", "he": "heb_Hebr",
}  # fmt: skip


class LocalTranslator:
    """A sequence-to-sequence model in a folder, or a hub name where the office allows that it is downloaded.

    `languages` are those that the model reads (ISO 639-1); titles in others are refused. Weights are loaded when they
    are first needed. Raises InputError for a name that is no folder where downloading is not allowed, or has no
    revision.
    """

    def __init__(
        self, model: str, *, languages: Sequence[str], allow_download: bool = False, revision: str = ""
    ) -> None:
        folder = Path(model).expanduser()
        self._is_folder = folder.is_dir()
        if not model:
            raise InputError("没有指定翻译模型。", "请在设置 translate.model 中写明模型文件夹。")
        if not self._is_folder and not allow_download:
            raise InputError(
                f"没有这个翻译模型文件夹：{model}",
                "请把模型放到本机文件夹并写入 translate.model；确需下载的，设置 translate.allow_download 为 true。",
            )
        if not self._is_folder and not revision:
            raise InputError("从网上下载翻译模型须指定固定版本。", "请在 translate.revision 中写明模型的提交号。")
        self._source = str(folder) if self._is_folder else model
        self._revision = revision
        self._languages = frozenset(languages)
        self._loaded: tuple[Any, Any] | None = None
        version = fingerprint(folder) if self._is_folder else revision[:12]
        self._name = f"{folder.name}@{version}"

    @property
    def name(self) -> str:
        return self._name

    def translate(self, titles: Sequence[ForeignTitle]) -> list[Translated]:
        answers = [Translated(refused=f"所用模型不译该语言（{item.lang or '语言不明'}）") for item in titles]
        for language in sorted({item.lang for item in titles} & self._languages):
            places = [place for place, item in enumerate(titles) if item.lang == language]
            places.sort(key=lambda place: len(titles[place].title))  # like lengths together: little padding
            for start in range(0, len(places), _BATCH):
                batch = places[start : start + _BATCH]
                originals = [" ".join(titles[place].title.translate(_PLAIN).split()) for place in batch]
                for place, original, text in zip(batch, originals, self._run(originals, language), strict=True):
                    answers[place] = checked(original, text)
        return answers

    def _run(self, texts: list[str], language: str) -> list[str]:
        import torch  # noqa: PLC0415 - seconds: only when used

        tokenizer, model = self._model()
        prefix, forced = "", {}
        codes = getattr(tokenizer, "supported_language_codes", None)
        if codes is not None:  # Marian; empty where the model has one target only
            prefix = next((f"{code} " for code in _MARIAN_TARGETS if code in codes), "")
            if codes and not prefix:
                raise StageError("该翻译模型不能译成中文。", "请换用目标语言含中文的模型，如 opus-mt-en-zh。")
        elif hasattr(tokenizer, "src_lang"):
            tokenizer.src_lang = _NLLB_SOURCES.get(language, language) if _knows(tokenizer, "zho_Hans") else language
            target = next((code for code in _TARGETS if _knows(tokenizer, code)), "")
            if not target:
                raise StageError("该翻译模型不能译成中文。", "请换用目标语言含中文的模型，如 nllb-200。")
            forced = {"forced_bos_token_id": _token_of(tokenizer, target)}
        batch = tokenizer(
            [prefix + text for text in texts],
            return_tensors="pt",
            padding=True,
            truncation=True,
            max_length=_MOST_TOKENS,
        )
        with torch.inference_mode():
            made = model.generate(
                **batch, **forced, num_beams=4, do_sample=False, max_new_tokens=_MOST_TOKENS, max_length=None
            )
        return [str(text) for text in tokenizer.batch_decode(made, skip_special_tokens=True)]

    def _model(self) -> tuple[Any, Any]:
        if self._loaded is None:
            from transformers import AutoModelForSeq2SeqLM, AutoTokenizer  # noqa: PLC0415 - seconds: only when used
            from transformers.utils import logging  # noqa: PLC0415

            verbosity, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
            logging.set_verbosity_error()  # type: ignore[no-untyped-call]
            logging.disable_progress_bar()  # type: ignore[no-untyped-call]
            options: dict[str, Any] = {"local_files_only": self._is_folder, "revision": self._revision or None}
            try:
                with warnings.catch_warnings():
                    # Marian's recommends a package that only replaces quotation marks and dashes
                    warnings.simplefilter("ignore", UserWarning)
                    tokenizer = AutoTokenizer.from_pretrained(self._source, **options)
                model = AutoModelForSeq2SeqLM.from_pretrained(self._source, **options)
            except (OSError, ValueError, KeyError, ImportError) as error:
                raise StageError(
                    f"无法载入翻译模型“{self._source}”：{str(error).splitlines()[0]}",
                    "请检查该文件夹是否完整，是否为 Marian、NLLB 或 M2M100 翻译模型。",
                ) from error
            finally:
                logging.set_verbosity(verbosity)
                if bar:
                    logging.enable_progress_bar()  # type: ignore[no-untyped-call]
            self._loaded = tokenizer, model.eval()
        return self._loaded


def _token_of(tokenizer: Any, language: str) -> int:
    if hasattr(tokenizer, "get_lang_id"):  # M2M100 writes __zh__
        return int(tokenizer.get_lang_id(language))
    return int(tokenizer.convert_tokens_to_ids(language))


def _knows(tokenizer: Any, language: str) -> bool:
    if hasattr(tokenizer, "lang_code_to_id"):
        return language in tokenizer.lang_code_to_id
    return tokenizer.convert_tokens_to_ids(language) not in (None, tokenizer.unk_token_id)
