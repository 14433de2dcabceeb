"""What a translator of titles is to the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTitle:
    """What a translator is told: the notification's own words and nothing of any firm."""

    title: str
    lang: str = ""  # ISO 639-1, "" where unknown
    description: str = ""  # the member's summary, for the context


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """One answer: a Chinese title that passed the checks, or why there is none (Chinese, one clause)."""

    title_zh: str = ""
    refused: str = ""


class Translator(Protocol):
    """Foreign titles to Chinese ones."""

    @property
    def name(self) -> str:
        """The model and where it runs, as it is kept with every title."""

    def translate(self, titles: Sequence[ForeignTitle]) -> list[Translated]:
        """One answer a title, in their order. Raises StageError where the translator cannot work at all."""
