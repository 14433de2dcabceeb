"""Agreement of HS codes by prefix. A hit is a hint: an HS-4 heading is shared by very different goods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HsOverlap:
    """The longest agreement: 6, 4, 2 or 0 digits, and the notification's code that gave it."""

    digits: int
    code: str


def hs_overlap(codes: Iterable[str], line_code: str) -> HsOverlap:
    """Compare a line's code with all codes of a notification; the first of the longest agreements counts.

    Five-digit codes occur in ePing and are no HS level: their first four digits count. A code that is shorter than
    the agreement that it would need (a chapter, a heading) agrees only as far as it goes.
    """
    best = HsOverlap(0, "")
    for code in codes:
        usable = code[:4] if len(code) == 5 else code
        for digits in (6, 4, 2):
            if digits <= best.digits:
                break
            if len(usable) >= digits and len(line_code) >= digits and usable[:digits] == line_code[:digits]:
                best = HsOverlap(digits, code)
                break
    return best
