"""Long table rows cut into rows that fit on a page: a row taller than a page loses its end in print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from math import ceil

from reports.document import BREAK, Span, Text, lines

Cell = Sequence[Text]  # paragraphs, one below the other
_SENTENCE_END = re.compile(r"(?<=[。；！？;])|(?<=\. )")
_LATIN = 0.6  # of a Chinese character's width, with what is lost where words break


def fitting(cells: Sequence[Cell], per_line: Sequence[float], whole: int, part: int) -> list[tuple[Text, ...]]:
    """One row, or several of `part` lines where a cell needs more than `whole` of them: nothing is lost.

    `per_line`: Chinese characters on a line, by column. Cells are cut behind sentences, or anywhere in a very long one.
    """
    columns = [_parts(cell, width, whole, part) for cell, width in zip(cells, per_line, strict=True)]
    return [tuple(row) for row in zip_longest(*columns, fillvalue=())]


def _parts(cell: Cell, per_line: float, whole: int, part: int) -> list[Text]:
    needed = sum(ceil(sum(_width(span.text) for span in paragraph) / per_line) for paragraph in cell)
    if needed <= whole:
        return [lines(*cell)]
    room = per_line * part
    parts: list[Text] = []
    current: list[Span] = []
    used = 0.0
    for paragraph in cell:
        used = ceil(used / per_line) * per_line
        is_first = True
        for span in paragraph:
            for piece in _pieces(span.text, room / 2):
                cost = _width(piece)
                if current and used + cost > room:
                    parts.append(tuple(current))
                    current, used = [], 0.0
                if current and is_first:
                    current.append(BREAK)
                current.append(replace(span, text=piece))
                used, is_first = used + cost, False
    return [*parts, tuple(current)]


def _pieces(value: str, most: float) -> Iterator[str]:
    """Sentences, those wider than `most` cut."""
    for sentence in filter(None, _SENTENCE_END.split(value)):
        piece, used = "", 0.0
        for char in sentence:
            if piece and used + _width(char) > most:
                yield piece
                piece, used = "", 0.0
            piece += char
            used += _width(char)
        yield piece


def _width(value: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else _LATIN for char in value)
