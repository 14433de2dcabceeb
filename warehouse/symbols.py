"""WTO document symbols of TBT and SPS notifications: `G/TBT/N/USA/874/Rev.1/Add.2`. Pure text, no I/O.

Source of the rules: the symbols as WTO documents carry them. Suffixes stack and stand in the order in which the
documents were issued; notifications before 2001 read `G/TBT/Notif.00/5` (also seen with a dot: `G/TBT/Notif.96.285`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from warehouse.records import NotificationKind

_SUFFIXES: Final = {"rev": "Rev", "add": "Add", "corr": "Corr", "suppl": "Suppl", "supp": "Suppl"}
_KINDS: Final = {
    "Rev": NotificationKind.REVISION,
    "Add": NotificationKind.ADDENDUM,
    "Corr": NotificationKind.CORRIGENDUM,
    "Suppl": NotificationKind.SUPPLEMENT,
}
# The European Communities notified as EEC until about 2010; one member, one code. Every other token is its own code.
_MEMBER_CODES: Final = {"EEC": "EU"}
_SUFFIX: Final = r"(?:/(?:rev|add|corr|suppl?)[.\s]*\d{1,4})"
_CURRENT: Final = re.compile(rf"G/(TBT|SPS)/N/([A-Z]{{2,4}})/(\d{{1,6}})({_SUFFIX}*)", re.IGNORECASE | re.ASCII)
_LEGACY: Final = re.compile(rf"G/(TBT|SPS)/Notif\.(\d{{2}})[./](\d{{1,6}})({_SUFFIX}*)", re.IGNORECASE | re.ASCII)
_ONE_SUFFIX: Final = re.compile(r"/(rev|add|corr|suppl?)[.\s]*(\d+)", re.IGNORECASE | re.ASCII)
_CELL_ESCAPE: Final = re.compile(r"_x[0-9A-Fa-f]{4}_")  # line ends that a spreadsheet escaped
_ROUND_SLASH: Final = re.compile(r"\s*/\s*")
_AFTER_SUFFIX: Final = re.compile(r"(?<=/)(rev|add|corr|suppl?)[.\s]+(?=\d)", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[,;、\s]+")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One notification's symbol, taken apart. Its parts are canonical: `parse_symbol(s.text) == s`."""

    area: str  # "TBT" or "SPS"
    member_token: str  # "USA", "EEC", "TPKM"; "Notif.00" in the form before 2001, which names no member
    number: int
    chain: tuple[tuple[str, int], ...] = ()  # (("Rev", 1), ("Add", 2)), as the documents were issued

    @property
    def core(self) -> str:
        """The symbol without suffixes: the family that all its documents share."""
        infix = "" if self.is_legacy else "N/"
        return f"G/{self.area}/{infix}{self.member_token}/{self.number}"

    @property
    def text(self) -> str:
        """The canonical writing: `G/TBT/N/USA/874/Rev.1/Add.2`."""
        return self.core + _chain_text(self.chain)

    @property
    def parent(self) -> str | None:
        """The symbol of the document that this one amends (last suffix removed); None for a first notification."""
        return self.core + _chain_text(self.chain[:-1]) if self.chain else None

    @property
    def case_root(self) -> str:
        """The symbol whose case this document belongs to.

        A revision replaces its notification and opens a comment period of its own, so it is a root itself; addenda,
        corrigenda and supplements belong to what they amend (G/TBT/35).
        """
        last = max((i for i, (name, _) in enumerate(self.chain, start=1) if name == "Rev"), default=0)
        return self.core + _chain_text(self.chain[:last])

    @property
    def kind(self) -> NotificationKind:
        """What the last suffix says; urgency never shows in a symbol."""
        return _KINDS[self.chain[-1][0]] if self.chain else NotificationKind.REGULAR

    @property
    def is_legacy(self) -> bool:
        """True for the form before 2001."""
        return self.member_token.startswith("Notif.")

    @property
    def member_code(self) -> str:
        """Code of the notifying member: the token, except EEC -> EU; "" where the symbol names no member."""
        return "" if self.is_legacy else _MEMBER_CODES.get(self.member_token, self.member_token)


def _chain_text(chain: tuple[tuple[str, int], ...]) -> str:
    return "".join(f"/{name}.{number}" for name, number in chain)


def _normalise(text: str) -> str:
    folded = unicodedata.normalize("NFKC", _CELL_ESCAPE.sub(" ", text)).replace("\u200b", "").replace("\ufeff", "")
    return _AFTER_SUFFIX.sub(r"\1.", _ROUND_SLASH.sub("/", folded)).strip()


@lru_cache(maxsize=4096)
def parse_symbol(text: str) -> Symbol | None:
    """Read one symbol; case, blanks and full-width characters may vary.

    Returns None for anything that is no notification, such as `G/TBT/GEN/N/59` or `G/TBT/W/768`.
    """
    folded = _normalise(text)
    if found := _CURRENT.fullmatch(folded):
        token = found[2].upper()
    elif found := _LEGACY.fullmatch(folded):
        token = f"Notif.{found[2]}"
    else:
        return None
    chain = tuple((_SUFFIXES[name.lower()], int(number)) for name, number in _ONE_SUFFIX.findall(found[4]))
    return Symbol(found[1].upper(), token, int(found[3]), chain)


def split_symbols(text: str) -> tuple[tuple[Symbol, ...], tuple[str, ...]]:
    """Read a list of symbols parted by commas, semicolons or white space, as joint notifications carry it.

    Returns the symbols in order, each once, and the pieces that are no notification symbol, as written.
    """
    symbols: dict[Symbol, None] = {}
    leftovers: list[str] = []
    for piece in _SEPARATORS.split(_normalise(text)):
        if not piece:
            continue
        symbol = parse_symbol(piece)
        if symbol is None:
            leftovers.append(piece)
        else:
            symbols[symbol] = None
    return tuple(symbols), tuple(leftovers)
