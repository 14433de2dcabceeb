"""The matcher: notifications and product lines in, scored pairs with reasons out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.encoder.embedder import Embedder
from models.lexicon.concepts import lexicon_version
from models.matching.candidates import LineIndex
from models.matching.features import FEATURES, Pair, pair_of
from models.matching.head import Head, numbers
from models.matching.levels import level_of
from models.matching.policy import Policy
from models.matching.semantics import Semantics
from models.matching.wording import Findings, evidence_of, reason_of
from models.reading.line_profile import LineProfile, profile_of
from models.reading.origin import is_own_member, other_origins
from models.reading.scope import Scope, scope_of, states_products
from warehouse.members import markets_of
from warehouse.records import Level, Match, Notification, ProductLine, Relation

_BLOCK = 64  # notifications whose pairs are weighed at once: trees are quick on many rows, and memory stays flat
MODEL_VERSION = "concepts-2"  # rises when the reading of texts changes; lexicon, head and policy have their own


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationMatches:
    """All scored candidates of one notification, the best first (equal scores by line_id)."""

    notification_id: str
    candidates: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What is the same for all lines of one notification."""

    notification: Notification
    scope: Scope
    barred: str  # Chinese clause why the measure binds no goods from China, or empty
    concerns_no_line: bool  # it binds other origins only: by the labelling guide it concerns no line
    binds: frozenset[str]  # markets
    inherited_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A match and how its probability came about: the waterfall of log-odds of direct against none."""

    match: Match
    base: float
    contributions: tuple[tuple[str, float], ...]  # (feature, log-odds), the largest first
    present: tuple[str, ...]  # features that the pair has; the others count by their absence
    p_direct: float
    p_indirect: float
    direct_from: float
    related_from: float
    model_version: str
    rules_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    line: ProductLine
    profile: LineProfile
    pair: Pair
    relation: Relation
    score: float
    p_direct: float
    p_indirect: float


# What is weighed of one notification: its lines, their readings, the compared pairs, all in one order.
_Weighed = tuple[_Context, list[ProductLine], list[LineProfile], list[Pair]]


class Matcher:
    """Scores pairs with an embedder, a learned head and a policy. Deterministic; the order of input does not matter."""

    def __init__(self, embedder: Embedder, head: Head, policy: Policy) -> None:
        self._policy = policy
        self._head = head
        self._semantics = Semantics(embedder, policy)
        self._version = f"{MODEL_VERSION}+{lexicon_version()}+{embedder.name}+{head.version}"

    @property
    def model_version(self) -> str:
        """Names reading, lexicon, encoder and head: two equal versions (and rules_version) give the same results."""
        return self._version

    @property
    def rules_version(self) -> str:
        """Version of the policy."""
        return self._policy.rules_version

    def match(
        self,
        notifications: Sequence[Notification],
        lines: Sequence[ProductLine],
        inherited: Mapping[str, Notification] | None = None,
    ) -> Iterator[NotificationMatches]:
        """Candidates of each notification, in the order given.

        `inherited` maps the id of an addendum, revision or corrigendum to its parent, whose products stand in where its
        own are empty. Candidates are bounded by the policy; direct or indirect lines are always kept.
        """
        parents = inherited or {}
        profiles = [profile_of(line) for line in lines]
        index = LineIndex(profiles)
        nearness_of = self._semantics.to([profile.passage for profile in profiles])
        for start in range(0, len(notifications), _BLOCK):
            block = notifications[start : start + _BLOCK]
            contexts = [_context_of(item, parents.get(item.notification_id)) for item in block]
            nearness = nearness_of([context.scope.query for context in contexts])
            weighed = []
            for context, near in zip(contexts, nearness, strict=True):
                places = index.candidates(context.scope, near)
                pairs = [pair_of(context.scope, profiles[at], float(near[at])) for at in places]
                weighed.append((context, [lines[at] for at in places], [profiles[at] for at in places], pairs))
            for context, judged in self._judge(weighed):
                yield NotificationMatches(
                    notification_id=context.notification.notification_id,
                    candidates=tuple(self._worded(context, pair) for pair in self._bounded(judged)),
                )

    def explain(self, notification: Notification, line: ProductLine, parent: Notification | None = None) -> Explanation:
        """The same result as `match` gives for this pair, whatever its score, and what each feature added."""
        context, profile = _context_of(notification, parent), profile_of(line)
        near = self._semantics.nearness([context.scope.query], [profile.passage])[0]
        pair = pair_of(context.scope, profile, float(near[0]))
        [(_, [judged])] = self._judge([(context, [line], [profile], [pair])])
        return Explanation(
            match=self._worded(context, judged),
            base=self._head.direct.base,
            contributions=tuple(self._head.contributions(judged.pair.values)),
            present=tuple(name for name, value in zip(FEATURES, judged.pair.values, strict=True) if value),
            p_direct=judged.p_direct,
            p_indirect=judged.p_indirect,
            direct_from=self._head.direct_from,
            related_from=self._head.related_from,
            model_version=self._version,
            rules_version=self._policy.rules_version,
        )

    def _judge(self, weighed: Sequence[_Weighed]) -> Iterator[tuple[_Context, list[_Judged]]]:
        """Probabilities of all pairs of a block at once, and what the thresholds make of them."""
        found = self._head.probabilities(numbers([pair.values for *_, pairs in weighed for pair in pairs]))
        rows = iter(found)
        for context, lines, profiles, pairs in weighed:
            judged = []
            for line, profile, pair in zip(lines, profiles, pairs, strict=True):
                _, indirect, direct = next(rows)
                if context.concerns_no_line:
                    indirect = direct = 0.0
                judged.append(
                    _Judged(
                        line=line,
                        profile=profile,
                        pair=pair,
                        relation=self._relation(float(direct), float(indirect)),
                        score=round(float(direct + indirect / 2), 4),
                        p_direct=round(float(direct), 4),
                        p_indirect=round(float(indirect), 4),
                    )
                )
            yield context, judged

    def _relation(self, direct: float, indirect: float) -> Relation:
        if direct >= self._head.direct_from:
            return Relation.DIRECT
        return Relation.INDIRECT if direct + indirect >= self._head.related_from else Relation.NONE

    def _bounded(self, judged: list[_Judged]) -> list[_Judged]:
        ranked = sorted(judged, key=lambda pair: (-pair.score, pair.line.line_id))
        kept = self._policy.max_candidates
        return [pair for place, pair in enumerate(ranked) if place < kept or pair.relation is not Relation.NONE]

    def _worded(self, context: _Context, judged: _Judged) -> Match:
        markets = tuple(code for code in judged.line.market_codes if code in context.binds)
        findings = Findings(
            notification=context.notification,
            line=judged.line,
            scope=context.scope,
            profile=judged.profile,
            pair=judged.pair,
            relation=judged.relation,
            p_direct=judged.p_direct,
            p_indirect=judged.p_indirect,
            is_near=judged.pair.near >= self._policy.near,
            market_codes=tuple(code for code in markets if code != "EU") or markets,
            barred=context.barred,
            inherited_from=context.inherited_from,
        )
        evidence = evidence_of(findings)
        level = level_of(
            judged.relation,
            judged.p_direct,
            sells_to_member=bool(markets),
            notification=context.notification,
            policy=self._policy,
        )
        return Match(
            notification_id=context.notification.notification_id,
            line_id=judged.line.line_id,
            relation=judged.relation,
            score=judged.score,
            level=Level.NONE if context.barred else level,
            reason=reason_of(findings, evidence),
            evidence=evidence,
            sells_to_member=bool(markets),
        )


def _context_of(notification: Notification, parent: Notification | None) -> _Context:
    origins = other_origins(notification)
    barred = ""
    if origins:
        barred = f"措施仅针对原产于或来自{'、'.join(origins)}的货物，不涉及中国产品"
    elif is_own_member(notification):
        barred = "本通报由中国提出，不构成境外壁垒"
    inherits = parent is not None and not states_products(notification)
    return _Context(
        notification=notification,
        scope=scope_of(notification, parent),
        barred=barred,
        concerns_no_line=bool(origins),
        binds=frozenset[str]().union(*(markets_of(code) for code in notification.member_codes)),
        inherited_from=_name_of(parent) if parent is not None and inherits else "",
    )


def _name_of(notification: Notification) -> str:
    return notification.symbols[0] if notification.symbols else notification.notification_id
