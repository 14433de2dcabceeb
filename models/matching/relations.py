"""How the goods of a measure and a product line are related in the lexicon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from models.lexicon.concepts import ancestors, distances_up, has_flag, is_kind_of, wholes
from models.reading.line_profile import Known, LineProfile
from models.reading.scope import Named, Scope, Source
from models.reading.topics import Role


class Kind(IntEnum):
    """How a line stands to a named product. The order is the order of weight."""

    SAME = 0  # it is the product, or a kind of it
    COMPONENT = 1  # the product is a class of equipment, the line a component of its kind
    PART = 2  # a part or material of the product
    MADE_FOR = 3  # its description says that it goes into the product
    WIDER = 4  # the product is a kind of what the line is called
    SIBLING = 5  # both are kinds of the same thing


@dataclass(frozen=True, slots=True)
class Link:
    """One relation between a named product and a concept of the line."""

    kind: Kind
    named: Named
    own: str
    known: Known
    steps: int  # of is-a between the two, 0 for the same concept
    narrowed: bool  # the measure also names a kind of this product that the line is not
    narrowed_by_title: bool = False  # and its title does, while the product itself stands elsewhere

    @property
    def order(self) -> tuple[int, int, int, bool, int, bool, int]:
        """Sorts the weightiest link first."""
        return (
            self.kind,
            self.named.role,
            self.named.source,
            self.named.qualified,
            self.known,
            self.narrowed,
            self.steps,
        )


def links(scope: Scope, line: LineProfile) -> Iterator[Link]:
    """All relations of a line to the products that a measure names, in no order."""
    for named in scope.named:
        if has_flag(named.concept, "broad"):
            continue
        for own, known in line.identity.items():
            found = _kind(named.concept, own)
            if found is not None:
                kind, steps = found
                narrowing = _narrowing(scope, named, own) if kind is Kind.SAME else []
                yield Link(kind, named, own, known, steps, bool(narrowing), _by_title(named, narrowing))
        for key in line.attributes:
            if is_kind_of(key, named.concept) and not any(_is_component(key, own) for own in line.identity):
                narrowing = _narrowing(scope, named, key)
                yield Link(Kind.SAME, named, key, Known.ATTRIBUTE, 1, bool(narrowing), _by_title(named, narrowing))
        for use in line.uses:
            if _passes(named.concept, use):
                yield Link(Kind.MADE_FOR, named, use, Known.NAME, 0, False)


@lru_cache(maxsize=500_000)
def _kind(covered: str, own: str) -> tuple[Kind, int] | None:
    up = distances_up(own)
    if covered in up:
        return Kind.SAME, up[covered]
    whole = wholes(own)
    if covered in whole:
        return (Kind.COMPONENT if has_flag(covered, "class") else Kind.PART), 0
    if any(_passes(covered, other) for other in whole):
        return Kind.PART, 1
    if is_kind_of(covered, own):
        return Kind.WIDER, distances_up(covered)[own]
    near = [key for key in up.keys() & ancestors(covered) if not has_flag(key, "class", "broad")]
    return (Kind.SIBLING, 1) if near else None


def _is_component(group: str, own: str) -> bool:
    return group in wholes(own)


@lru_cache(maxsize=500_000)
def _passes(covered: str, whole: str) -> bool:
    """A rule on `covered` reaches what goes into `whole`: the same thing, or a kind of an open class."""
    return not has_flag(whole, "broad") and not has_flag(covered, "closed") and is_kind_of(whole, covered)


def _narrowing(scope: Scope, named: Named, own: str) -> list[Named]:
    """Kinds of the product that the measure also names and that the line is not ("household appliances: irons").

    What is listed in one clause, or in the field of products, stands side by side and narrows nothing.
    """
    return [
        other
        for other in scope.named
        if other.role <= Role.LIKELY
        and other.source <= max(named.source, Source.DESCRIPTION)
        and not (other.source is named.source and (other.clause == named.clause or named.source is Source.PRODUCTS))
        and other.concept != named.concept
        and is_kind_of(other.concept, named.concept)
        and not is_kind_of(own, other.concept)
    ]


def _by_title(named: Named, narrowing: list[Named]) -> bool:
    return named.source is not Source.TITLE and any(other.source is Source.TITLE for other in narrowing)
