"""WTO members and other markets: codes, names in four languages, groups. Read from `seeds/wto_members.csv`."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

# The WTO's document symbols and ePing say TPKM where ISO 3166-1 says TWN; the EU carried EEC in symbols before 2010.
_TOKENS = {"TWN": "TPKM", "EEC": "EU"}
_EPING_ID = re.compile(r"[CU](\d{3})")  # ePing's countryIds: C840 is the United States, U918 the European Union
_FILLERS = frozenset({"the", "of", "and", "de", "du", "la", "le", "les", "des", "del", "los", "el", "y", "et"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One WTO member, observer or other market. `is_wto_member` is "yes", "no" or "observer"."""

    code: str  # ISO 3166-1 alpha-3, `EU` or `TPKM`
    iso_numeric: str  # three digits, 918 for the European Union
    name_en: str
    name_zh: str
    aliases: tuple[str, ...]  # every other name, all languages
    is_wto_member: str
    groups: tuple[str, ...]
    regions: tuple[str, ...]


@cache
def members() -> Mapping[str, Member]:
    """All members and other markets by code, in the order of the file."""
    text = files("warehouse").joinpath("seeds/wto_members.csv").read_text(encoding="utf-8")
    found: dict[str, Member] = {}
    for row in csv.DictReader(text.splitlines()):
        aliases = [name for key in ("aliases_en", "names_fr", "names_es", "aliases_zh") for name in _parts(row[key])]
        found[row["code"]] = Member(
            code=row["code"],
            iso_numeric=row["iso_numeric"],
            name_en=row["name_en"],
            name_zh=row["name_zh"],
            aliases=tuple(aliases),
            is_wto_member=row["is_wto_member"],
            groups=_parts(row["groups"]),
            regions=_parts(row["regions"]),
        )
    return MappingProxyType(found)


def member_code(name: str) -> str | None:
    """The member code of a name in English, French, Spanish or Chinese, of a code, or of an ePing id such as "C840".

    Case, accents, width, white space and word order ("Korea, Republic of") do not matter. A form in brackets counts
    where the full text is unknown; None where nothing fits, or where the text outside and inside the brackets disagree.
    """
    exact = _lookup(name)
    if exact is not None:
        return exact
    plain = unicodedata.normalize("NFKC", name)
    bracket = re.fullmatch(r"([^()]+)\(([^()]+)\)\s*", plain)
    if bracket is None:
        return None
    outside, inside = _lookup(bracket[1]), _lookup(bracket[2])
    if outside is not None and inside is not None and outside != inside:
        return None
    return outside or inside


def member_zh(code: str) -> str:
    """The short Chinese name of a member code in official usage; the code itself where it is unknown."""
    member = members().get(code)
    return member.name_zh if member else code


def member_en(code: str) -> str:
    """The WTO's English name of a member code; the code itself where it is unknown."""
    member = members().get(code)
    return member.name_en if member else code


@cache
def group_members(group: str) -> tuple[str, ...]:
    """Codes of the states of a group ("EU", "GCC", "ASEAN") or region ("middle-east"), sorted; empty if unknown."""
    return tuple(sorted(m.code for m in members().values() if group in m.groups or group in m.regions))


@cache
def markets_of(code: str) -> frozenset[str]:
    """Where the rules of a notifying member bind: for `EU` its states and `EU`, else the code alone."""
    return frozenset({"EU", *group_members("EU")}) if code == "EU" else frozenset({code})


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _fold(name: str) -> str:
    """Letters and digits only, lower case, no accents, single spaces between words."""
    decomposed = unicodedata.normalize("NFKD", name.replace("’", "'").replace("'", "")).casefold()
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(re.findall(r"\w+", bare))


def _keys(name: str) -> Iterator[str]:
    folded = _fold(name)
    yield folded.replace(" ", "")
    words = sorted(word for word in folded.split(" ") if word not in _FILLERS)
    if len(words) > 1:
        yield " ".join(words)


def _lookup(name: str) -> str | None:
    token = unicodedata.normalize("NFKC", name).strip().upper()
    token = _TOKENS.get(token, token)
    if token in members():
        return token
    eping = _EPING_ID.fullmatch(token)
    if eping is not None:
        return _by_numeric().get(eping[1])
    index = _index()
    return next((index[key] for key in _keys(name) if key in index), None)


@cache
def _by_numeric() -> Mapping[str, str]:
    return {member.iso_numeric: member.code for member in members().values() if member.iso_numeric}


@cache
def _index() -> Mapping[str, str]:
    """Folded name to code. Full names win over names with reordered words."""
    exact: dict[str, str] = {}
    reordered: dict[str, str] = {}
    for member in members().values():
        for name in (member.name_en, member.name_zh, *member.aliases):
            first, *rest = _keys(name)
            exact.setdefault(first, member.code)
            for key in rest:
                reordered.setdefault(key, member.code)
    return {**reordered, **exact}
