"""HS and ICS codes as text: parse, normalise, cut. Pure; knows the shape of codes, not their names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SEPARATORS = re.compile(r"[\s.\-_·]+")
_ICS = re.compile(r"(\d{1,2})(?:\.(\d{1,3})(?:\.(\d{1,2}))?)?")

# The fields of ICS edition 7; 99 is the field without a title.
ICS_FIELDS = frozenset(
    re.findall(
        r"\d\d",
        "01 03 07 11 13 17 19 21 23 25 27 29 31 33 35 37 39 43 45 47 49 53 55 59 61 65 67 71 73 75 77 79 81 83 85 87 "
        "91 93 95 97 99",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HsCode:
    """A Harmonized System code: `digits` as given (2 to 10), `level` the deepest whole level (2, 4, 6, 8 or 10).

    `is_malformed` marks an odd number of digits: a digit is missing, so only `level` digits of it can be trusted.
    """

    digits: str
    level: int
    is_malformed: bool = False

    @property
    def chapter(self) -> str:
        """The first two digits."""
        return self.digits[:2]

    @property
    def hs4(self) -> str:
        """The heading (four digits), or "" where the code is a chapter only."""
        return self.digits[:4] if self.level >= 4 else ""

    @property
    def hs6(self) -> str:
        """The subheading (six digits), or "" where the code is shorter."""
        return self.digits[:6] if self.level >= 6 else ""

    @property
    def is_national_chapter(self) -> bool:
        """Chapters 98 and 99 are each member's own and have no common meaning."""
        return self.chapter in {"98", "99"}


def parse_hs(text: str) -> HsCode | None:
    """Read "8517.70", "8517 70 00 00" or "85177". None for what is no HS code: other letters, no valid chapter
    (01 to 97 without 77, and the national 98 and 99), fewer than 2 or more than 10 digits."""
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not (digits.isascii() and digits.isdigit()) or not 2 <= len(digits) <= 10:
        return None
    if not is_hs_chapter(digits[:2]):
        return None
    return HsCode(digits=digits, level=len(digits) // 2 * 2, is_malformed=len(digits) % 2 == 1)


def is_hs_chapter(chapter: str) -> bool:
    """True for "01" to "99" without "77", which is reserved for future use."""
    return bool(re.fullmatch(r"\d\d", chapter, re.ASCII)) and chapter not in {"00", "77"}


def parse_ics(text: str) -> str | None:
    """Normalise an ICS code to "67", "67.060" or "67.060.10"; None for what is none.

    Zeros that a spreadsheet dropped come back: "3.22" reads as "03.220", since groups always have three digits.
    """
    match = _ICS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    field = match[1].zfill(2)
    if field not in ICS_FIELDS:
        return None
    parts = [field]
    if match[2]:
        parts.append(match[2].ljust(3, "0"))
    if match[3]:
        parts.append(match[3].ljust(2, "0"))
    return ".".join(parts)
