"""One training run: labelled cities and officers' judgements in, a head with its card's figures out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

from models.encoder.embedder import Embedder
from models.lexicon.language import language_of
from models.matching.features import FEATURES
from models.matching.head import Head, head_text
from models.matching.policy import Policy
from models.training.examples import LabelledSet, Rows, rows_of, together
from models.training.figures import Decision, Figures, Labels, PairKey, calibration, figures
from models.training.fit import best_direct_from, cross_validated, decisions, fit
from warehouse.records import Notification

# What each kind of reading can do alone: the same method, with fewer features.
ABLATIONS: Mapping[str, Callable[[str], bool]] = {
    "HS codes only": lambda name: name.startswith("hs"),
    "cosine only": lambda name: name == "near",
    "lexicon only": lambda name: not _uses_codes(name) and "near" not in name,
    "lexicon and codes": lambda name: "near" not in name,
}
OFFICER_WEIGHT = 3.0  # a judgement on a real pair says more than one written for practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The head and all that its card prints."""

    head: Head
    overall: Figures
    by_group: Mapping[str, Figures]  # "language en", "TBT", "with HS codes", city names
    ablations: Mapping[str, Figures]
    reliability: Sequence[tuple[float, float, int]]
    n_pairs: int
    worst: Sequence[tuple[PairKey, str]]  # pairs and how they were wrong, the surest mistakes first


def learn(
    cities: Sequence[LabelledSet],
    embedder: Embedder,
    policy: Policy,
    *,
    judged: LabelledSet | None = None,
    version: str = "",
    trained_on: str,
) -> Learned:
    """Fit a head on the cities, and on judged pairs where there are any; all figures are cross-validated on the cities.

    `version` is derived from the weights where it is not given. Deterministic.
    """
    own = together([rows_of(city, embedder, policy, varied=True) for city in cities])
    labels = [item for city in cities for item in city.labels]
    tables = [own]
    if judged is not None and judged.labels:
        tables.append(rows_of(judged, embedder, policy, weight=OFFICER_WEIGHT, whole_lists=False))
    rows = together(tables)
    fitted = fit(rows, labels, version=version, facts={})
    found = decisions(own, fitted.out_of_fold[: len(own.keys)], fitted.head.direct_from, fitted.head.related_from)
    overall = figures(labels, found)
    facts = {
        "trained_on": trained_on,
        "encoder": embedder.name,
        "notifications": len(labels),
        "judged_pairs": len(rows.keys) - len(own.keys),
        "cross_validated_direct_f1": round(overall.direct.f1, 3),
        "cross_validated_mean_f1": round(overall.mean_f1, 3),
        "cross_validated_false_alarms": round(overall.false_alarms, 3),
    }
    notifications = {item.notification_id: item for city in cities for item in city.notifications}
    return Learned(
        head=_named(fitted.head, version, facts),
        overall=overall,
        by_group={name: figures(group, found) for name, group in _groups(cities, notifications).items()},
        ablations={**_ablations(own, labels), "all": overall},
        reliability=calibration(
            {key: decision for key, decision in found.items() if key[0] in notifications},
            {(item.notification_id, line) for item in labels for line in item.direct},
        ),
        n_pairs=len(rows.keys),
        worst=worst_errors(labels, found),
    )


def worst_errors(
    labels: Sequence[Labels], found: Mapping[PairKey, Decision], most: int = 40
) -> list[tuple[PairKey, str]]:
    """Direct pairs with the lowest and unrelated pairs with the highest probability, the surest mistakes first."""
    errors: list[tuple[float, PairKey, str]] = []
    for item in labels:
        for line in item.direct:
            decision = found.get((item.notification_id, line))
            stated = decision.p_direct if decision else 0.0
            if decision is None or decision.relation.value != "direct":
                errors.append((1 - stated, (item.notification_id, line), "missed"))
    related = {(i.notification_id, line) for i in labels for line in i.direct | i.indirect | i.ambiguous}
    ids = {item.notification_id for item in labels}
    for key, decision in found.items():
        if key[0] in ids and key not in related and decision.relation.value == "direct":
            errors.append((decision.p_direct, key, "false"))
    errors.sort(key=lambda error: (-error[0], error[1]))
    return [(key, kind) for _, key, kind in errors[:most]]


def groups_of(notifications: Sequence[Notification]) -> dict[str, set[str]]:
    """Notification ids by language, area and whether they carry HS codes."""
    found: dict[str, set[str]] = {}
    for item in notifications:
        language = item.lang or language_of(f"{item.title} {item.products_text}")
        names = [
            f"language {language}",
            item.area or "no area",
            "with HS codes" if item.hs_codes else "without HS codes",
        ]
        for name in names:
            found.setdefault(name, set()).add(item.notification_id)
    return dict(sorted(found.items()))


def _groups(cities: Sequence[LabelledSet], notifications: Mapping[str, Notification]) -> dict[str, list[Labels]]:
    labels = [item for city in cities for item in city.labels]
    found = {city.name: list(city.labels) for city in cities}
    for name, ids in groups_of(list(notifications.values())).items():
        chosen = [item for item in labels if item.notification_id in ids]
        if len(chosen) >= 10:
            found[name] = chosen
    return found


def _ablations(own: Rows, labels: Sequence[Labels]) -> dict[str, Figures]:
    names = {name: [feature for feature in FEATURES if chosen(feature)] for name, chosen in ABLATIONS.items()}
    # processes of their own: each head is fitted on one thread
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        running = {name: pool.submit(_ablated, own, labels, features) for name, features in names.items()}
        return {name: future.result() for name, future in running.items()}


def _ablated(rows: Rows, labels: Sequence[Labels], names: Sequence[str]) -> Figures:
    probabilities = cross_validated(rows, names)
    direct_from = best_direct_from(rows, labels, probabilities)
    return figures(labels, decisions(rows, probabilities, direct_from, direct_from))


def _named(head: Head, version: str, facts: Mapping[str, object]) -> Head:
    digest = hashlib.sha256(head_text(head).encode()).hexdigest()[:8]
    return replace(head, version=version or f"head-{digest}", facts=facts)


def _uses_codes(name: str) -> bool:
    words = ("hs", "code", "ics", "disagree")
    return any(word in name for word in words) and name not in ("same_code_name", "part_code_name")
