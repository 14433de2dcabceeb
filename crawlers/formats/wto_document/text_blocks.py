"""What the readers of .docx and .pdf hand on, and the marks that both write alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from warehouse.errors import TbtwatchError

_TICK_MARKS: Final = (
    (re.compile(r"[☒☑✓✔✗✘⊠■\uf0fe\uf0fd\uf078]|\[\s*[xXхХ✓]\s*\]"), "[X]"),
    (re.compile(r"[☐□▢\uf0a8\uf06f]|\[\s*\]"), "[ ]"),
)


class UnreadableError(TbtwatchError):
    """A document that cannot be read as a whole; `message` continues the sentence 文件“…”."""

    def __init__(self, code: str, message: str, next_step: str) -> None:
        super().__init__(message, next_step)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """Text in reading order. `wrapped` says that a line may be part of a paragraph (PDF), not a paragraph (.docx)."""

    header: tuple[str, ...] = ()  # what Word keeps in the page header; a PDF has it among the lines
    lines: tuple[str, ...] = ()
    footnotes: str = ""
    links: tuple[str, ...] = ()  # web addresses behind words, in order
    wrapped: bool = False


def plain_ticks(text: str) -> str:
    """Every check box, whatever its glyph, as `[X]` or `[ ]`."""
    for pattern, mark in _TICK_MARKS:
        text = pattern.sub(mark, text)
    return text
