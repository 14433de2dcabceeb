"""Turns a worksheet's XML into rows of values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import IO, Final, TypeAlias

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from crawlers.formats.xlsx_strings import SharedStrings
from crawlers.formats.xlsx_xml import TextParser

_DIMENSION: Final = re.compile(rb'<(?:\w+:)?dimension\s[^>]*ref="[A-Z]+\d+:[A-Z]+(\d+)"')
_DIGITS: Final = "0123456789"


class Formula(str):
    """A formula's text, with its equals sign."""

    __slots__ = ()


Value: TypeAlias = "str | Formula | int | float | bool | date"  # a datetime is a date
Row: TypeAlias = tuple[int, dict[int, Value]]


class RowParser(TextParser[Row]):
    """One pass over one worksheet. Cells without value are left out, and rows without cells."""

    def __init__(self, strings: SharedStrings, date_styles: frozenset[str], epoch_1904: bool) -> None:
        super().__init__(frozenset({"t", "v", "f"}))
        self._strings = strings
        self._date_styles = date_styles
        self._epoch = CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900
        self._row = 0
        self._cells: dict[int, Value] = {}
        self._column = -1
        self._columns: dict[str, int] = {}
        self._dates: dict[str, Value] = {}
        self._type = ""
        self._style = ""
        self._formula: str | None = None

    @staticmethod
    def stated_last_row(head: bytes) -> int | None:
        """The last row that the first bytes of a worksheet state in <dimension>; None where they do not."""
        found = _DIMENSION.search(head)
        return int(found[1]) if found else None

    def rows(self, source: IO[bytes]) -> Iterator[Row]:
        """Parse the stream and yield its rows."""
        return self.feed(source)

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a cell or a row."""
        if name == "c":
            reference = attributes.get("r")
            if reference:
                letters = reference.rstrip(_DIGITS)
                column = self._columns.get(letters)
                if column is None:
                    column = self._columns[letters] = column_index_from_string(letters) - 1
                self._column = column
            else:
                self._column += 1
            self._type = attributes.get("t", "n")
            self._style = attributes.get("s", "")
            self._formula = None
            self.text = ""
        elif name == "row":
            self._row = int(float(attributes["r"])) if "r" in attributes else self._row + 1
            self._cells = {}
            self._column = -1

    def closed(self, name: str) -> None:
        """End a cell's formula, a cell or a row."""
        if name == "c":
            if self._formula is not None:
                self._cells[self._column] = Formula(f"={self._formula}")
            elif self.text:
                self._cells[self._column] = self._value(self.text)
        elif name == "f":
            self._formula = self.text
            self.text = ""
        elif name == "row" and self._cells:
            self.found.append((self._row, self._cells))

    def _value(self, text: str) -> Value:
        match self._type:
            case "inlineStr" | "str" | "e":
                return text
            case "s":
                return self._strings[int(text)]
            case "n":
                return self._date(text) if self._style in self._date_styles else _number(text)
            case "b":
                return text == "1"
            case "d":
                return datetime.fromisoformat(text)
            case _:
                return text

    def _date(self, text: str) -> Value:
        """A number shown as a date: the date, or the number itself where no calendar has it."""
        found = self._dates.get(text)
        if found is None:
            try:
                shown = from_excel(float(text), self._epoch)
            except (OverflowError, ValueError):
                shown = None
            found = shown if isinstance(shown, date) else _number(text)
            if len(self._dates) < 65_536:
                self._dates[text] = found
        return found


def _number(text: str) -> Value:
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return text
