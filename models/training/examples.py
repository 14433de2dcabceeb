"""Labelled lists of notifications and product lines as feature rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.encoder.embedder import Embedder
from models.matching.candidates import LineIndex
from models.matching.features import pair_of
from models.matching.head import numbers
from models.matching.policy import Policy
from models.matching.semantics import Semantics
from models.reading.line_profile import profile_of
from models.reading.origin import other_origins
from models.reading.scope import scope_of
from models.training.figures import Labels, PairKey
from models.training.variants import variants_of
from warehouse.records import Notification, ProductLine

NONE, INDIRECT, DIRECT, LEFT_OUT = 0, 1, 2, -1


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """One city: its lines, the notifications that somebody read against all of them, and what was found."""

    name: str
    notifications: tuple[Notification, ...]
    parents: Mapping[str, Notification]  # notification_id of an addendum, revision or corrigendum -> what it amends
    lines: tuple[ProductLine, ...]
    labels: tuple[Labels, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Candidate pairs as a table. `groups` keeps a family of notifications together in cross-validation."""

    keys: tuple[PairKey, ...]
    values: NDArray[np.float32]  # (n, len(FEATURES))
    truth: NDArray[np.int64]  # NONE, INDIRECT, DIRECT or LEFT_OUT
    groups: tuple[str, ...]
    weights: NDArray[np.float64]


def rows_of(
    labelled: LabelledSet,
    embedder: Embedder,
    policy: Policy,
    *,
    weight: float = 1.0,
    varied: bool = False,
    whole_lists: bool = True,
) -> Rows:
    """Score the candidates that the matcher would weigh. Measures on other origins are left out: a rule decides them.

    With `varied`, the variants of each notification follow under keys of their own, in the group of their original.
    Without `whole_lists` only pairs that somebody judged are taken: what nobody looked at is no negative.
    """
    profiles = [profile_of(line) for line in labelled.lines]
    index = LineIndex(profiles)
    truth_of = {item.notification_id: item for item in labelled.labels}
    chosen = list(_chosen(labelled, varied=varied))
    scopes = [scope_of(item, labelled.parents.get(original)) for original, item in chosen]
    passages = [profile.passage for profile in profiles]
    nearness = Semantics(embedder, policy).nearness([scope.query for scope in scopes], passages)
    keys: list[PairKey] = []
    values: list[NDArray[np.float32]] = []
    truth: list[int] = []
    groups: list[str] = []
    for (original, item), scope, near in zip(chosen, scopes, nearness, strict=True):
        family = _root(labelled, original)
        read = truth_of[original]
        judged = read.direct | read.indirect | read.rejected
        own = [place for place, line in enumerate(labelled.lines) if line.line_id in judged]
        for place in index.candidates(scope, near) if whole_lists else own:
            line_id = labelled.lines[place].line_id
            keys.append((item.notification_id, line_id))
            values.append(pair_of(scope, profiles[place], float(near[place])).values)
            truth.append(_truth(truth_of[original], line_id))
            groups.append(f"{labelled.name}:{family}")
    return Rows(
        keys=tuple(keys),
        values=numbers(values),
        truth=np.array(truth, dtype=np.int64),
        groups=tuple(groups),
        weights=np.full(len(keys), weight),
    )


def _root(labelled: LabelledSet, notification_id: str) -> str:
    """The first notification of a family: what stands in one family never stands on both sides of a fold."""
    parent = labelled.parents.get(notification_id)
    return _root(labelled, parent.notification_id) if parent else notification_id


def _chosen(labelled: LabelledSet, *, varied: bool) -> Iterator[tuple[str, Notification]]:
    """Labelled notifications that no rule of origin decides, with the id of the original."""
    known = {item.notification_id for item in labelled.labels}
    for item in labelled.notifications:
        if item.notification_id not in known or other_origins(item):
            continue
        yield item.notification_id, item
        for place, variant in enumerate(variants_of(item) if varied else (), start=1):
            yield item.notification_id, replace(variant, notification_id=f"{item.notification_id}#{place}")


def together(tables: Sequence[Rows]) -> Rows:
    """Several tables as one."""
    return Rows(
        keys=tuple(key for table in tables for key in table.keys),
        values=np.concatenate([table.values for table in tables]),
        truth=np.concatenate([table.truth for table in tables]),
        groups=tuple(group for table in tables for group in table.groups),
        weights=np.concatenate([table.weights for table in tables]),
    )


def _truth(labels: Labels, line_id: str) -> int:
    if line_id in labels.ambiguous:
        return LEFT_OUT
    return DIRECT if line_id in labels.direct else INDIRECT if line_id in labels.indirect else NONE
