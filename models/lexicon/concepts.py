"""Product concepts: what one thing is called in several languages, what it is a kind of, what it is a part of.

Read from `models/lexicon/products/*.csv`, written for this project, one file a room of the nomenclature, and from
`models/lexicon/class_members/*.csv`: which goods fall under the classes by which horizontal rules speak, and which are
components of such. Flags: `class` concepts are collective names that rules cover as a whole; `closed` ones do not pass
a rule on to parts or materials, but to the components that are named; `pack` marks packaging, which is no ingredient
of what it carries; `broad` concepts never make a relation by themselves (chemicals, buildings); `aspect` is a matter
that rules are about, no product.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("zh", "en", "es", "fr", "pt", "ru", "ja", "ar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One row of the lexicon."""

    key: str
    broader: tuple[str, ...]
    part_of: tuple[str, ...]
    flags: frozenset[str]
    terms: Mapping[str, tuple[str, ...]]  # language -> terms, the first is the label
    hs: tuple[str, ...]
    ics: tuple[str, ...]

    @property
    def label(self) -> str:
        """Chinese name for reasons."""
        return self.terms["zh"][0]


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by key, in the order of the files' names and rows."""
    members: dict[str, list[str]] = defaultdict(list)
    components: dict[str, list[str]] = defaultdict(list)
    for row in _rows("class_members"):
        (members if row["relation"] == "member" else components)[row["member"]].append(row["class"])
    rows = list(_rows("products"))
    return MappingProxyType(
        {
            row["concept"]: Concept(
                key=row["concept"],
                broader=tuple(dict.fromkeys((*_parts(row["broader"]), *members[row["concept"]]))),
                part_of=tuple(dict.fromkeys((*_parts(row["part_of"]), *components[row["concept"]]))),
                flags=frozenset(_parts(row["flags"])),
                terms=MappingProxyType({language: _parts(row[language]) for language in LANGUAGES}),
                hs=_parts(row["hs"]),
                ics=_parts(row["ics"]),
            )
            for row in rows
        }
    )


def _rows(folder: str) -> Iterator[dict[str, str]]:
    found = [file for file in files("models.lexicon").joinpath(folder).iterdir() if file.name.endswith(".csv")]
    for file in sorted(found, key=lambda file: file.name):
        yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


@cache
def lexicon_version() -> str:
    """Eight hexadecimal digits over all files of the lexicon: two equal ones read every text alike."""
    digest = hashlib.sha256()
    folder = files("models.lexicon")
    rooms = [file for room in ("products", "class_members") for file in folder.joinpath(room).iterdir()]
    for file in sorted([*rooms, *folder.iterdir()], key=lambda file: file.name):
        if file.name.endswith((".csv", ".toml")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def has_flag(key: str, *flags: str) -> bool:
    """Whether a concept carries one of the flags."""
    return not concepts()[key].flags.isdisjoint(flags)


@cache
def distances_up(key: str) -> Mapping[str, int]:
    """Everything that a concept is a kind of, with the number of steps; itself at 0."""
    found = {key: 0}
    edge = [key]
    while edge:
        following = [parent for child in edge for parent in concepts()[child].broader if parent not in found]
        found |= dict.fromkeys(following, max(found.values()) + 1)
        edge = list(dict.fromkeys(following))
    return MappingProxyType(found)


@cache
def ancestors(key: str) -> frozenset[str]:
    """The concept itself and everything that it is a kind of."""
    return frozenset(distances_up(key))


def is_kind_of(narrow: str, wide: str) -> bool:
    """Whether a concept is the other or a kind of it."""
    return wide in distances_up(narrow)


@cache
def wholes(key: str) -> frozenset[str]:
    """What the concept is commonly a part or material of.

    Its own entries replace those of wider concepts (a compressor for air conditioners is none for refrigerators), but
    for classes: a relay stays an electrical component of all electrical equipment.
    """
    inherited = {whole for kind in ancestors(key) for whole in concepts()[kind].part_of}
    own = {whole for whole in concepts()[key].part_of if not has_flag(whole, "class")}
    return frozenset(whole for whole in inherited if not own or whole in own or has_flag(whole, "class"))


def most_specific(keys: frozenset[str]) -> frozenset[str]:
    """The keys of which no narrower one is among them."""
    return frozenset(key for key in keys if not any(key != other and key in ancestors(other) for other in keys))


@cache
def concepts_of_hs() -> Mapping[str, tuple[str, ...]]:
    """Concepts by the HS code (2, 4 or 6 digits) that they carry exactly."""
    return _by_code(lambda concept: concept.hs)


@cache
def concepts_mainly_of_hs() -> Mapping[str, tuple[str, ...]]:
    """Concepts by the first HS code that they carry: the goods that a code stands for before all."""
    return _by_code(lambda concept: concept.hs[:1])


@cache
def narrower(key: str) -> frozenset[str]:
    """All kinds of a concept, without itself."""
    return frozenset(other for other in concepts() if other != key and key in ancestors(other))


def _by_code(codes_of: Callable[[Concept], tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for concept in concepts().values():
        for code in codes_of(concept):
            found.setdefault(code, []).append(concept.key)
    return MappingProxyType({code: tuple(keys) for code, keys in found.items()})


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
