"""The streaming XML base of the .xlsx reader: expat with a few handlers, no tree, no document types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import IO, Final, Generic, TypeVar
from xml.parsers.expat import ParserCreate

_CHUNK: Final = 1 << 16
_MAX_PIECES: Final = 64  # of 64 KiB each; a cell holds 32,767 characters at most

T = TypeVar("T")


class TextParser(ABC, Generic[T]):
    """Collects the text of the elements in `texts` and calls `opened` and `closed` for every element.

    A subclass appends finished things to `found`; `feed` yields them. Names come without their prefix.
    """

    def __init__(self, texts: frozenset[str]) -> None:
        self.found: list[T] = []
        self.text = ""
        self._texts = texts
        self._pieces: list[str] = []
        self._locals: dict[str, str] = {}
        self._phonetic = False
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.buffer_size = _CHUNK
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def feed(self, source: IO[bytes]) -> Iterator[T]:
        """Parse the stream chunk by chunk and yield what was found in each."""
        while chunk := source.read(_CHUNK):
            self._parser.Parse(chunk, False)
            if self.found:
                yield from self.found
                self.found.clear()
        self._parser.Parse(b"", True)
        yield from self.found

    @abstractmethod
    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    @abstractmethod
    def closed(self, name: str) -> None:
        """An element ends; the texts inside it stand in `text`."""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = self._locals.get(name)
        if local is None:
            local = self._locals[name] = name.rpartition(":")[2]
        if local in self._texts:
            if not self._phonetic:
                self._parser.CharacterDataHandler = self._characters
        elif local == "rPh":  # a phonetic guide repeats the text in another script
            self._phonetic = True
        else:
            self.opened(local, attributes)

    def _end(self, name: str) -> None:
        local = self._locals[name]
        if local in self._texts:
            self._parser.CharacterDataHandler = None
            if self._pieces:
                self.text += "".join(self._pieces)
                self._pieces.clear()
            self.closed(local)
        elif local == "rPh":
            self._phonetic = False
        else:
            self.closed(local)

    def _characters(self, data: str) -> None:
        self._pieces.append(data)
        if len(self._pieces) > _MAX_PIECES:
            raise ValueError("a cell's text is longer than any spreadsheet program writes")


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a document type declaration has no place in a workbook")
