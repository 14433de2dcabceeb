"""From the two readings and their numbers to a verdict: relation, score, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.matching.codes import HsOverlap
from models.matching.concepts import ancestors, concepts, wholes
from models.matching.line_profile import LineProfile
from models.matching.policy import Policy
from models.matching.scope import Scope
from warehouse.records import Level, Relation


class Ground(StrEnum):
    """What decided."""

    SAME_PRODUCT = "same-product"
    HEADING_NAME = "heading-name"
    HS_AND_TEXT = "hs-and-text"
    PART_OR_MATERIAL = "part-or-material"
    MADE_FOR = "made-for"
    WIDER_LINE = "wider-line"
    CONFLICT = "conflict"
    CODE_ALONE = "code-alone"
    TEXT_ALONE = "text-alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`covered` and `own` are the concepts that met: of the notification and of the line."""

    relation: Relation
    score: float
    ground: Ground
    covered: str = ""
    own: str = ""


def decide(scope: Scope, line: LineProfile, hs: HsOverlap, nearness: float, policy: Policy) -> Verdict:
    """The relation of a line to the products of a measure, by the rules of `docs/label-guide.md`.

    The text decides, the code supports: no code alone makes a relation while the text names another product.
    """
    pairs = [(covered, own) for covered in sorted(scope.topics) for own in sorted(line.identity)]
    for covered, own in pairs:
        if covered in ancestors(own) and not _is_component_of_class(covered, own):
            return _supported(
                Relation.DIRECT, policy.direct_base, Ground.SAME_PRODUCT, (covered, own), scope, hs, nearness, policy
            )
    heading = _by_heading_name(scope, line, hs, nearness, policy)
    if heading is not None:
        return heading
    for covered, own in pairs:
        if _is_component_of_class(covered, own) or _is_part(covered, own):
            ground = Ground.PART_OR_MATERIAL
            return _supported(
                Relation.INDIRECT, policy.indirect_base, ground, (covered, own), scope, hs, nearness, policy
            )
    packs = any("pack" in concepts()[own].flags for own in line.identity)
    for covered in sorted(scope.topics):
        use = next((use for use in sorted(line.uses) if _passes(covered, use)), None)
        if use is not None and not packs and nearness >= policy.made_for:
            ground = Ground.MADE_FOR
            return _supported(
                Relation.INDIRECT, policy.indirect_base, ground, (covered, use), scope, hs, nearness, policy
            )
    for covered, own in pairs:
        if own in ancestors(covered):
            score = _add(policy.wider_line, 0.1 * nearness)
            return Verdict(relation=Relation.NONE, score=score, ground=Ground.WIDER_LINE, covered=covered, own=own)
    return _without_shared_concept(scope, line, hs, nearness, policy)


def level_of(relation: Relation, score: float, *, sells_to_member: bool, policy: Policy) -> Level:
    """How loudly to raise it: the market changes the level, never the relation or the score."""
    if relation is Relation.DIRECT:
        if not sells_to_member:
            return Level.WATCH if score >= policy.warning_score else Level.REFERENCE
        return Level.WARNING if score >= policy.warning_score else Level.WATCH
    if relation is Relation.INDIRECT:
        return Level.WATCH if sells_to_member else Level.REFERENCE
    return Level.NONE


def _by_heading_name(scope: Scope, line: LineProfile, hs: HsOverlap, nearness: float, policy: Policy) -> Verdict | None:
    """The name of a code covers the line; the measure itself may be narrower, so the HS code has to agree as well."""
    for covered in sorted(scope.headings):
        for own in sorted(line.identity):
            if covered not in ancestors(own):
                continue
            rivals = [topic for topic in scope.topics if ancestors(topic) & ancestors(own)]
            exact = hs.digits == 6 and not rivals
            supported = not scope.topics and hs.digits >= 4 and nearness >= policy.near
            if exact or supported:
                base, ground = policy.direct_by_heading, Ground.HEADING_NAME
                return _supported(Relation.DIRECT, base, ground, (covered, own), scope, hs, nearness, policy)
    return None


def _without_shared_concept(scope: Scope, line: LineProfile, hs: HsOverlap, nearness: float, policy: Policy) -> Verdict:
    both_known = bool(scope.topics) and bool(line.identity)
    if not both_known and scope.own_words:
        if hs.digits == 6 and nearness >= policy.near:
            score = _add(policy.direct_by_hs6, policy.add_semantic * nearness)
            return Verdict(relation=Relation.DIRECT, score=score, ground=Ground.HS_AND_TEXT)
        if hs.digits == 4 and nearness >= policy.very_near:
            score = _add(policy.direct_by_hs4, policy.add_semantic * nearness)
            return Verdict(relation=Relation.DIRECT, score=score, ground=Ground.HS_AND_TEXT)
    alone = {6: policy.hs6_alone, 4: policy.hs4_alone, 2: policy.hs2_alone}.get(hs.digits, 0.0)
    score = _add(alone, 2 * policy.add_semantic * nearness)
    if both_known:
        covered, own = min(scope.topics), min(line.identity)
        score = min(score, policy.conflict_cap)
        return Verdict(relation=Relation.NONE, score=score, ground=Ground.CONFLICT, covered=covered, own=own)
    ground = Ground.CODE_ALONE if hs.digits else Ground.TEXT_ALONE
    return Verdict(relation=Relation.NONE, score=score, ground=ground)


def _is_component_of_class(covered: str, own: str) -> bool:
    """RoHS-like rules: complete equipment is direct, what is built into equipment is indirect (labelling guide)."""
    return (
        covered != own and "assembly" in concepts()[covered].flags and covered in ancestors(own) and bool(wholes(own))
    )


def _is_part(covered: str, own: str) -> bool:
    if "closed" in concepts()[covered].flags:
        return False
    return any(_passes(covered, whole) for whole in wholes(own))


def _passes(covered: str, whole: str) -> bool:
    """A rule on `covered` reaches what goes into `whole`: the same thing, or a kind of an open class."""
    if "broad" in concepts()[whole].flags or "closed" in concepts()[covered].flags:
        return False
    # a class reaches its own components only, not the materials of each kind of it
    return covered == whole if "assembly" in concepts()[covered].flags else covered in ancestors(whole)


def _supported(
    relation: Relation,
    base: float,
    ground: Ground,
    met: tuple[str, str],
    scope: Scope,
    hs: HsOverlap,
    nearness: float,
    policy: Policy,
) -> Verdict:
    added = {6: policy.add_hs6, 4: policy.add_hs4}.get(hs.digits, 0.0) + policy.add_semantic * nearness
    if shared_ics(scope, met[1]):
        added += policy.add_ics
    return Verdict(relation=relation, score=_add(base, added), ground=ground, covered=met[0], own=met[1])


def shared_ics(scope: Scope, own: str) -> str:
    """The notification's ICS code under which the line's concept falls, or empty."""
    prefixes = [prefix for key in ancestors(own) for prefix in concepts()[key].ics]
    return next((code for code in scope.ics_codes if any(code.startswith(prefix) for prefix in prefixes)), "")


def _add(base: float, more: float) -> float:
    return round(min(base + more, 0.99), 4)
