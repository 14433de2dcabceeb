"""HS codes of the two sides made comparable: old editions through the concordance, agreement by prefix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from warehouse.reference import hs_successors


@dataclass(frozen=True, slots=True)
class HsOverlap:
    """The longest agreement: 6, 4, 2 or 0 digits, and the notification's code that gave it, as it was given."""

    digits: int
    code: str


@lru_cache(maxsize=100_000)
def current_codes(code: str) -> tuple[str, ...]:
    """A code (digits, 2 to 10) and what it became in HS2022, for six digits and more."""
    known = hs_successors(code[:6]) if len(code) >= 6 else None
    return (code, *(new for new in known.new_codes if new != code[:6])) if known else (code,)


def hs_overlap(codes: Iterable[str], line_code: str) -> HsOverlap:
    """Compare a line's code with all codes of a notification; the first of the longest agreements counts.

    Five-digit codes occur in ePing and are no HS level: their first four digits count. A code that is shorter than
    the agreement that it would need (a chapter, a heading) agrees only as far as it goes. Codes of old editions agree
    also through what they became.
    """
    best = HsOverlap(0, "")
    own = current_codes(line_code)
    for code in codes:
        usable = code[:4] if len(code) == 5 else code
        digits = max((_agreement(given, mine) for given in current_codes(usable) for mine in own), default=0)
        if digits > best.digits:
            best = HsOverlap(digits, code)
    return best


def _agreement(one: str, other: str) -> int:
    for digits in (6, 4, 2):
        if len(one) >= digits and len(other) >= digits and one[:digits] == other[:digits]:
            return digits
    return 0
