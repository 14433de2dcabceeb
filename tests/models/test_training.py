"""Learning the head: figures as the project's scorer has them, folds by family, variants, judgements, the card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from models.encoder.hashing import HashEmbedder
from models.matching import load_head, load_policy
from models.matching.features import FEATURES
from models.matching.head import Head, head_text
from models.training import fit as fitting
from models.training import learn as learning
from models.training.card import card_text
from models.training.examples import DIRECT, INDIRECT, LEFT_OUT, NONE, LabelledSet, Rows, rows_of
from models.training.figures import Figures, Labels, figures
from models.training.fit import cross_validated, decisions, fit
from models.training.learn import OFFICER_WEIGHT, Learned, groups_of, learn
from models.training.variants import variants_of
from warehouse.records import Notification, ProductLine, Relation


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Small tables are learned faster by one thread than by threads that wait for each other."""
    with threadpool_limits(1):
        yield


# --- fitting


def table(seed: int = 0, n_families: int = 12, each: int = 16) -> tuple[Rows, list[Labels]]:
    """Pairs of two notifications a family; direct where the first feature says so, with some noise."""
    dice = np.random.default_rng(seed)
    count = n_families * each
    values = np.zeros((count, len(FEATURES)), dtype=np.float32)
    values[:, :8] = dice.random((count, 8))
    truth = np.select([values[:, 0] > 0.75, values[:, 1] > 0.75], [DIRECT, INDIRECT], NONE)
    flipped = dice.random(count) < 0.1
    truth[flipped] = dice.integers(0, 3, flipped.sum())
    keys = tuple((f"N{place // (each // 2)}", f"L{place}") for place in range(count))
    labels = [
        Labels(
            notification_id=name,
            direct=frozenset(key[1] for key, t in zip(keys, truth, strict=True) if key[0] == name and t == DIRECT),
            indirect=frozenset(key[1] for key, t in zip(keys, truth, strict=True) if key[0] == name and t == INDIRECT),
        )
        for name in dict.fromkeys(key[0] for key in keys)
    ]
    groups = tuple(f"F{place // each}" for place in range(count))
    return Rows(keys=keys, values=values, truth=truth, groups=groups, weights=np.ones(count)), labels


def test_fit_is_deterministic_and_its_head_can_be_kept(tmp_path: Path) -> None:
    rows, labels = table()
    first, second = (fit(rows, labels, version="v", facts={"n": 1}) for _ in range(2))
    assert head_text(first.head) == head_text(second.head)
    assert np.array_equal(first.out_of_fold, second.out_of_fold)
    (tmp_path / "head.json").write_text(head_text(first.head), "utf-8")
    again = load_head(tmp_path / "head.json")
    assert (again.version, again.direct_from) == ("v", first.head.direct_from)
    np.testing.assert_allclose(again.probabilities(rows.values), first.head.probabilities(rows.values), atol=1e-3)
    # it learned something
    ours = figures(labels, decisions(rows, first.out_of_fold, first.head.direct_from, first.head.related_from))
    assert ours.direct.f1 > 0.6


def test_no_pair_is_judged_by_a_head_that_saw_its_family() -> None:
    """Turning the truth of one whole family round changes no out-of-fold probability of that family."""
    rows, _ = table(1)
    family = np.array([group == "F3" for group in rows.groups])
    turned = replace(rows, truth=np.where(family, DIRECT - rows.truth, rows.truth))
    before, after = (cross_validated(either, FEATURES[:4]) for either in (rows, turned))
    assert np.array_equal(before[family], after[family])
    assert not np.array_equal(before[~family], after[~family])


def test_only_the_named_features_are_used() -> None:
    rows, _ = table(2)
    other = rows.values.copy()
    other[:, 4:] = 1.0
    before, after = (cross_validated(replace(rows, values=values), FEATURES[:4]) for values in (rows.values, other))
    assert np.array_equal(before, after)


def test_left_out_pairs_teach_nothing_and_weights_count() -> None:
    rows, _ = table(3)
    chosen = np.arange(len(rows.keys)) % 7 == 0
    ambiguous = replace(rows, truth=np.where(chosen, LEFT_OUT, rows.truth))
    strange = replace(ambiguous, values=np.where(chosen[:, None], np.float32(1.0), rows.values))
    first, second = (cross_validated(either, FEATURES[:4]) for either in (ambiguous, strange))
    assert np.array_equal(first[~chosen], second[~chosen])
    heavy = replace(rows, weights=np.where(rows.truth == NONE, 4.0, 1.0))
    light_share, heavy_share = (cross_validated(either, FEATURES[:4])[:, 2].mean() for either in (rows, heavy))
    assert heavy_share < light_share


def test_features_with_a_direction_exist() -> None:
    """A name that was changed in one place alone would silently lose its constraint."""
    assert set(FEATURES) >= fitting._FOR
    assert set(FEATURES) >= fitting._AGAINST
    assert fitting._FOR.isdisjoint(fitting._AGAINST)


@pytest.mark.parametrize(
    ("direct", "indirect", "relation"),
    [
        (0.6, 0.1, Relation.DIRECT),
        (0.5, 0.2, Relation.DIRECT),
        (0.2, 0.2, Relation.INDIRECT),
        (0.1, 0.1, Relation.NONE),
    ],
)
def test_thresholds_decide(direct: float, indirect: float, relation: Relation) -> None:
    rows = replace(table()[0], keys=(("N", "L"),))
    found = decisions(rows, np.array([[1 - direct - indirect, indirect, direct]]), 0.5, 0.4)
    assert found["N", "L"].relation is relation
    assert found["N", "L"].p_direct == direct


# --- examples

LINES = tuple(
    ProductLine(line_id=f"L{place}", exporter_id="E", product_name=name, hs_code=code)
    for place, (name, code) in enumerate(
        [
            ("乘用车轮胎", "4011100000"), ("管道光缆", "8544700000"), ("桶装蜂蜜", "0409000000"),
            ("家用冰箱", "8418101000"), ("小型继电器", "8536411090"), ("内墙乳胶漆", "3209100090"),
            ("自行车", "8712003000"), ("锂离子电池", "8507600090"), ("丁腈手套", "4015190000"),
        ]
    )
)  # fmt: skip
GOODS = (
    ("Pneumatic tyres", "4011", "83.160"), ("Optical fibre cables", "8544", "33.180.10"),
    ("Natural honey", "0409", "67.180.10"), ("Refrigerators", "8418", "97.040.30"), ("Relays", "8536", "29.120.70"),
    ("Paints and varnishes", "3209", "87.040"), ("Bicycles", "8712", "43.150"),
    ("Lithium batteries", "8507", "29.220.30"), ("Protective gloves", "4015", "13.340.40"),
)  # fmt: skip


def note(place: int, *, quiet: bool = False) -> Notification:
    words, code, ics = ("Window curtains", "6303", "97.160") if quiet else GOODS[place % len(GOODS)]
    return Notification(
        notification_id=f"N{place}",
        title=f"{words} - requirements",
        products_text=f"{words}",
        hs_codes=(code,),
        ics_codes=(ics,),
        member_codes=("KEN",),
        area="TBT",
        lang="en",
    )


def city(n_notes: int = 18, n_quiet: int = 3) -> LabelledSet:
    spoken = tuple(note(place) for place in range(n_notes))
    quiet = tuple(note(place, quiet=True) for place in range(n_notes, n_notes + n_quiet))
    nobody: frozenset[str] = frozenset()
    labels = [
        Labels(notification_id=f"N{place}", direct=frozenset({f"L{place % len(GOODS)}"}), indirect=nobody)
        for place in range(n_notes)
    ] + [Labels(notification_id=item.notification_id, direct=nobody, indirect=nobody) for item in quiet]
    return LabelledSet(name="town", notifications=spoken + quiet, parents={}, lines=LINES, labels=tuple(labels))


def read(labelled: LabelledSet, *, weight: float = 1.0, varied: bool = False) -> Rows:
    return rows_of(labelled, HashEmbedder(), load_policy(), weight=weight, varied=varied)


def test_rows_carry_the_labels() -> None:
    first = Labels(
        notification_id="N0", direct=frozenset({"L0"}), indirect=frozenset({"L1"}), ambiguous=frozenset({"L2"})
    )
    rows = read(replace(city(2, 0), labels=(first,)))
    truth = dict(zip(rows.keys, rows.truth.tolist(), strict=True))
    assert {key[0] for key in rows.keys} == {"N0"}  # N1 was read by nobody
    assert truth["N0", "L0"] == DIRECT
    assert truth.get(("N0", "L1"), INDIRECT) == INDIRECT
    assert truth.get(("N0", "L2"), LEFT_OUT) == LEFT_OUT
    assert set(truth.values()) <= {DIRECT, INDIRECT, LEFT_OUT, NONE}


def test_all_pairs_of_a_set_weigh_alike() -> None:
    assert set(read(city(), weight=2.0).weights.tolist()) == {2.0}


def test_measures_on_other_origins_are_left_out() -> None:
    barred = replace(note(2), area="SPS", affected_regions="Hungary")
    labelled = replace(city(2, 0), notifications=(note(0), note(1), replace(barred, notification_id="N1")))
    assert "N1" in {key[0] for key in read(labelled).keys}
    labelled = replace(labelled, notifications=(note(0), replace(barred, notification_id="N1")))
    assert {key[0] for key in read(labelled).keys} == {"N0"}


def test_variants_and_addenda_stand_in_the_family_of_their_original() -> None:
    labelled = replace(city(4, 0), parents={"N1": note(0)})
    rows = read(labelled, varied=True)
    groups: dict[str, set[str]] = {}
    for (notification_id, _), group in zip(rows.keys, rows.groups, strict=True):
        groups.setdefault(notification_id.split("#")[0], set()).add(group)
    assert any("#" in key[0] for key in rows.keys)
    assert groups["N0"] == groups["N1"] != groups["N2"]
    assert all(len(found) == 1 for found in groups.values())
    other = read(replace(labelled, name="village"))
    assert set(other.groups).isdisjoint(rows.groups)  # equal ids of two cities are two families


def test_rows_name_each_pair_once() -> None:
    rows = read(city(), varied=True)
    assert len(set(rows.keys)) == len(rows.keys)
    assert rows.values.shape == (len(rows.keys), len(FEATURES))
    assert len(rows.truth) == len(rows.groups) == len(rows.weights) == len(rows.keys)


# --- variants


@pytest.mark.parametrize("place", range(len(GOODS)))
def test_variants_change_nothing_but_the_fields_of_products(place: int) -> None:
    original = note(place)
    variants = list(variants_of(original))
    assert 2 <= len(variants) <= 3
    bare, *named = variants
    assert (bare.title, bare.products_text, bare.description, bare.hs_codes) == (original.title, "", "", ())
    for variant in named:
        changed = {
            field.name
            for field in fields(Notification)
            if getattr(variant, field.name) != getattr(original, field.name)
        }
        assert "products_text" in changed
        assert changed <= {"products_text", "hs_codes"}
        assert "code(s): " in variant.products_text
        assert all(original.hs_codes[0].startswith(code) for code in variant.hs_codes)
    assert variants == list(variants_of(original))


def test_what_names_its_goods_in_the_field_of_products_alone_is_not_varied() -> None:
    assert list(variants_of(replace(note(0), title="Draft technical regulation"))) == []


def test_without_codes_only_the_bare_title_is_a_variant() -> None:
    (variant,) = variants_of(replace(note(0), hs_codes=(), ics_codes=()))
    assert (variant.title, variant.products_text) == (note(0).title, "")


# --- a whole run


def officers(*, rejects: bool) -> LabelledSet:
    """One notification of which an officer judged two of all lines."""
    nobody: frozenset[str] = frozenset()
    relay, tyre = frozenset({"L4"}), frozenset({"L0"})
    labels = Labels(
        notification_id="N0",
        direct=nobody if rejects else tyre,
        indirect=nobody,
        rejected=tyre | relay if rejects else relay,
    )
    return LabelledSet(name="officers", notifications=(note(0),), parents={}, lines=LINES, labels=(labels,))


@pytest.fixture(scope="module")
def learned() -> dict[str, Learned]:
    """Heads of one city: alone, and with an officer's judgements for and against."""
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        patch.setattr(learning, "ABLATIONS", {"HS codes only": learning.ABLATIONS["HS codes only"]})
        runs = {"alone": None, "agrees": officers(rejects=False), "rejects": officers(rejects=True)}
        return {
            name: learn([city()], HashEmbedder(), load_policy(), judged=judged, trained_on="2026-03-10")
            for name, judged in runs.items()
        }


def tyre_share(head: Head) -> float:
    rows = read(replace(city(1, 0), labels=city(1, 0).labels))
    at = rows.keys.index(("N0", "L0"))
    return float(head.probabilities(rows.values[at : at + 1])[0, 2])


def test_judged_pairs_enter_with_their_weight(learned: dict[str, Learned]) -> None:
    judged = read(officers(rejects=True), weight=OFFICER_WEIGHT)
    assert OFFICER_WEIGHT > 1.0
    assert set(judged.weights.tolist()) == {OFFICER_WEIGHT}  # a rejection is no notification that concerns nobody
    known = [key for key in judged.keys if key[1] in {"L0", "L4"}]
    alone, rejects = learned["alone"], learned["rejects"]
    assert ("N0", "L0") in known
    assert alone.head.facts["judged_pairs"] == 0
    assert rejects.head.facts["judged_pairs"] == len(known)
    assert rejects.n_pairs == alone.n_pairs + len(known)  # what nobody judged is no negative
    assert tyre_share(rejects.head) < tyre_share(learned["agrees"].head)


def test_a_run_names_its_head_after_its_weights(learned: dict[str, Learned]) -> None:
    versions = {run.head.version for run in learned.values()}
    assert len(versions) == 3
    assert all(version.startswith("head-") for version in versions)
    facts = learned["alone"].head.facts
    assert facts["trained_on"] == "2026-03-10"
    assert facts["encoder"] == HashEmbedder().name
    assert facts["notifications"] == 21


def test_figures_are_of_the_cities_alone(learned: dict[str, Learned]) -> None:
    for run in learned.values():
        assert run.overall.n_notifications == 21
        assert set(run.by_group) == {"town", "language en", "TBT", "with HS codes"}
        assert run.by_group["town"] == run.overall


def test_card_has_all_tables(learned: dict[str, Learned]) -> None:
    run = learned["alone"]
    nothing: Figures = figures([], {})
    text = card_text(run, about="  What it is for.\n", held_out={"city_g": nothing, "office": run.overall})
    lines = text.splitlines()
    assert lines[0] == f"# Matching head {run.head.version}"
    assert "What it is for." in lines
    assert f"{run.n_pairs} weighed pairs" in text
    assert f"direct from {run.head.direct_from:.2f}" in text
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("| ") and not line.startswith("| |")]
    expected = ["all", *run.by_group, *run.ablations, "city_g", "office", "stated probability of direct"]
    assert rows[: len(expected)] == expected
    assert rows[len(expected) :] == [f"{stated:.2f}" for stated, *_ in run.reliability]
    assert run.reliability
    assert [line for line in lines if line.startswith("## ")] == [
        "## Cross-validated figures",
        "## What each kind of reading does alone",
        "## Sets that the head never saw",
        "## Calibration",
    ]
    block = ""
    for line in lines:  # every row of a table has the columns of its head
        assert not line.startswith("|") or not block or line.count("|") == block.count("|")
        block = (block or line) if line.startswith("|") else ""
    assert f"| all | {run.overall.direct.precision:.2f} | {run.overall.direct.recall:.2f} |" in text


def test_groups_are_by_language_area_and_codes() -> None:
    found = groups_of([note(0), replace(note(1), area="", lang="", title="关于轮胎的规定", hs_codes=())])
    assert found == {
        "TBT": {"N0"},
        "language en": {"N0"},
        "language zh": {"N1"},
        "no area": {"N1"},
        "with HS codes": {"N0"},
        "without HS codes": {"N1"},
    }
