"""The table of shared strings of an .xlsx file, kept on disk once it is large."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Final, Self

from crawlers.formats.xlsx_xml import TextParser

_IN_MEMORY: Final = 4 << 20  # bytes of text; eight bytes of offset a string stay in memory in any case
_CACHED: Final = 4096
_CACHED_LENGTH: Final = 256  # short strings are the ones that repeat: members, types, dates


class SharedStrings:
    """Strings by index. Filled once by `load`, then read by `[]`; a string that is not there raises IndexError."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed by __exit__
        self._ends = array("Q", [0])
        self._cache: dict[int, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> str:
        found = self._cache.get(index)
        if found is not None:
            return found
        if not 0 <= index < len(self):
            raise IndexError(f"shared string {index} of {len(self)}")
        start, end = self._ends[index], self._ends[index + 1]
        self._file.seek(start)
        text = self._file.read(end - start).decode("utf-8", "surrogatepass")
        if end - start <= _CACHED_LENGTH and len(self._cache) < _CACHED:
            self._cache[index] = text
        return text

    def load(self, source: IO[bytes]) -> None:
        """Read `sharedStrings.xml`."""
        for text in _StringParser().strings(source):
            self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))


class _StringParser(TextParser[str]):
    """Yields the text of each <si>, its runs joined, phonetic guides left out."""

    def __init__(self) -> None:
        super().__init__(frozenset({"t"}))

    def strings(self, source: IO[bytes]) -> Iterator[str]:
        return self.feed(source)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.text = ""

    def closed(self, name: str) -> None:
        if name == "si":
            self.found.append(self.text)
