"""The matcher: notifications and product lines in, scored pairs with reasons out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.encoder.embedder import Embedder
from models.matching.codes import HsOverlap, hs_overlap
from models.matching.decide import Verdict, decide, level_of
from models.matching.line_profile import LineProfile, profile_of
from models.matching.origin import is_own_member, other_origins
from models.matching.policy import Policy
from models.matching.scope import Scope, scope_of, states_products
from models.matching.semantics import Semantics
from models.matching.wording import Findings, evidence_of, reason_of
from warehouse.members import markets_of
from warehouse.records import Level, Match, Notification, ProductLine, Relation

MODEL_VERSION = "concepts-1"  # rises when the reading of texts changes; numbers have their own rules_version


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
class _Judged:
    line: ProductLine
    verdict: Verdict
    hs: HsOverlap
    nearness: float


class Matcher:
    """Scores pairs with an embedder and a policy. Deterministic; the order of the input does not matter."""

    def __init__(self, embedder: Embedder, policy: Policy) -> None:
        self._policy = policy
        self._semantics = Semantics(embedder, policy)
        self._version = f"{MODEL_VERSION}+{embedder.name}"

    @property
    def model_version(self) -> str:
        """Names code and encoder: results of two equal versions (and rules_version) are the same."""
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
        own are empty. Candidates are bounded by the policy; code hits and direct or indirect lines are always kept.
        """
        parents = inherited or {}
        profiles = [profile_of(line) for line in lines]
        contexts = [_context_of(item, parents.get(item.notification_id)) for item in notifications]
        queries = [context.scope.query for context in contexts]
        nearness = self._semantics.nearness(queries, [profile.passage for profile in profiles])
        for row, context in enumerate(contexts):
            judged = [
                self._judge(context, line, profile, float(nearness[row, column]))
                for column, (line, profile) in enumerate(zip(lines, profiles, strict=True))
            ]
            yield NotificationMatches(
                notification_id=context.notification.notification_id,
                candidates=tuple(self._worded(context, pair) for pair in self._bounded(judged)),
            )

    def explain(self, notification: Notification, line: ProductLine, parent: Notification | None = None) -> Match:
        """The same result as `match` gives for this pair, whatever its score."""
        context, profile = _context_of(notification, parent), profile_of(line)
        nearness = float(self._semantics.nearness([context.scope.query], [profile.passage])[0, 0])
        return self._worded(context, self._judge(context, line, profile, nearness))

    def _judge(self, context: _Context, line: ProductLine, profile: LineProfile, nearness: float) -> _Judged:
        hs = hs_overlap(context.scope.hs_codes, line.hs_code)
        verdict = decide(context.scope, profile, hs, nearness, self._policy)
        if context.concerns_no_line:
            score = min(verdict.score, self._policy.conflict_cap)
            verdict = replace(verdict, relation=Relation.NONE, score=score)
        return _Judged(line=line, verdict=verdict, hs=hs, nearness=nearness)

    def _bounded(self, judged: list[_Judged]) -> list[_Judged]:
        ranked = sorted(judged, key=lambda pair: (-pair.verdict.score, pair.line.line_id))
        return [
            pair
            for place, pair in enumerate(ranked)
            if place < self._policy.max_candidates or pair.hs.digits or pair.verdict.relation is not Relation.NONE
        ]

    def _worded(self, context: _Context, pair: _Judged) -> Match:
        markets = tuple(code for code in pair.line.market_codes if code in context.binds)
        findings = Findings(
            notification=context.notification,
            line=pair.line,
            scope=context.scope,
            verdict=pair.verdict,
            hs=pair.hs,
            nearness=pair.nearness,
            is_near=pair.nearness >= self._policy.near,
            market_codes=tuple(code for code in markets if code != "EU") or markets,
            barred=context.barred,
            inherited_from=context.inherited_from,
        )
        evidence = evidence_of(findings)
        relation, score = pair.verdict.relation, pair.verdict.score
        level = level_of(relation, score, sells_to_member=bool(markets), policy=self._policy)
        return Match(
            notification_id=context.notification.notification_id,
            line_id=pair.line.line_id,
            relation=relation,
            score=score,
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
