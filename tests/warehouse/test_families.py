"""What amends what, and how far an officer's decision reaches within a family of notifications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warehouse_sample import exporter, line, load, match, notification, register, scalar, store

from warehouse.connection import Connection, open_writer
from warehouse.judgements import Judgement, read_judged, record_judgements
from warehouse.match_store import parent_ids, pending_notifications
from warehouse.records import Level, Relation
from warehouse.symbols import parse_symbol

ONE = "G/TBT/N/ATL/1"
HOUR = timedelta(hours=1)
FAMILY = (ONE, f"{ONE}/Add.1", f"{ONE}/Add.1/Corr.1", f"{ONE}/Corr.1", f"{ONE}/Suppl.1")
REVISED = (f"{ONE}/Rev.1", f"{ONE}/Rev.1/Add.1")


def collect(con: Connection, folder: Path, now: datetime, *symbols: str) -> None:
    """Load a notification a symbol and score the lamp of firm E1 in each as direct."""
    load(con, folder, now, *(notification(symbol) for symbol in symbols))
    register(con, now, exporter("E1", "台灯", "灯泡"))
    store(con, now, *(match(symbol, line("E1", "台灯"), level=Level.WARNING) for symbol in symbols))


def decide(con: Connection, now: datetime, key: str, relation: Relation, product: str = "台灯", why: str = "") -> None:
    judgement = Judgement(
        notification_id=key, line_id=line("E1", product).line_id, relation=relation, reason=why, judged_by="officer"
    )
    record_judgements(con, [judgement], now=now)


def standing(con: Connection, product: str = "台灯") -> dict[str, tuple[str, str, str]]:
    """(verdict, relation, level) of the product by notification."""
    rows = con.execute(
        "SELECT notification_id, verdict, relation, match_level FROM effective_matches WHERE line_id = $line_id",
        {"line_id": line("E1", product).line_id},
    ).fetchall()
    assert len({row[0] for row in rows}) == len(rows)  # a pair is one row, however many judgements reach it
    return {row[0]: row[1:] for row in rows}


def parent_of(con: Connection, key: str) -> str | None:
    """What the matcher is told, in both ways that it asks."""
    pending = {item.notification_id: item.parent_id for item in pending_notifications(con, model_version="any")}
    found = parent_ids(con, key)
    assert found == tuple(filter(None, [pending[key]]))
    return found[0] if found else None


@pytest.mark.parametrize("judged", FAMILY)
def test_a_decision_on_one_document_holds_for_the_whole_measure(
    warehouse: Connection, tmp_path: Path, now: datetime, judged: str
) -> None:
    collect(warehouse, tmp_path, now, *FAMILY, *REVISED, "G/TBT/N/ATL/11", "G/TBT/N/ATL/2/Add.1")
    decide(warehouse, now, judged, Relation.NONE)
    found = standing(warehouse)
    assert {key for key, (verdict, _, _) in found.items() if verdict == "rejected"} == set(FAMILY)
    assert {found[key] for key in FAMILY} == {("rejected", "none", "none")}
    # a revision is a text of its own, and another number is another measure
    others = (*REVISED, "G/TBT/N/ATL/11", "G/TBT/N/ATL/2/Add.1")
    assert {found[key] for key in others} == {("unjudged", "direct", "warning")}


@pytest.mark.parametrize("judged", REVISED)
def test_a_decision_on_a_revision_leaves_the_first_text_alone(
    warehouse: Connection, tmp_path: Path, now: datetime, judged: str
) -> None:
    collect(warehouse, tmp_path, now, *FAMILY, *REVISED)
    decide(warehouse, now, judged, Relation.NONE)
    assert {key for key, found in standing(warehouse).items() if found[0] == "rejected"} == set(REVISED)


@pytest.mark.parametrize("judged", ["ATL-1", "G/TBT/N/LEM/2/Add.1", f"{ONE}/Add.1"])
def test_joint_symbols_are_one_measure(warehouse: Connection, tmp_path: Path, now: datetime, judged: str) -> None:
    """A joint notification shares its decision with the addenda of each of its symbols, and they theirs with it."""
    collect(warehouse, tmp_path, now, f"{ONE}/Add.1", "G/TBT/N/LEM/2/Add.1")
    load(warehouse, tmp_path, now, notification("ATL-1", symbols=(ONE, "G/TBT/N/LEM/2")))
    store(warehouse, now, match("ATL-1", line("E1", "台灯"), level=Level.WARNING))
    decide(warehouse, now, judged, Relation.NONE)
    reached = {key for key, found in standing(warehouse).items() if found[0] == "rejected"}
    assert {judged, "ATL-1"} <= reached
    if judged == "ATL-1":
        assert reached == {"ATL-1", f"{ONE}/Add.1", "G/TBT/N/LEM/2/Add.1"}


def test_a_notified_draft_shares_the_decision_with_its_gazette_entry(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    link = "https://www.federalregister.gov/documents/2026/03/02/2026-04567/lamps"
    load(
        warehouse,
        tmp_path,
        now,
        notification("FR-2026-04567", symbols=()),
        notification(document_links=(link,)),
    )
    register(warehouse, now)
    store(warehouse, now, match("FR-2026-04567"), match())
    decide(warehouse, now, "FR-2026-04567", Relation.NONE)
    assert {found[0] for found in standing(warehouse).values()} == {"rejected"}


def test_the_latest_decision_on_the_measure_wins_wherever_it_was_made(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    collect(warehouse, tmp_path, now, *FAMILY)
    decide(warehouse, now + HOUR, FAMILY[1], Relation.DIRECT, why="补遗扩大了范围")
    decide(warehouse, now, ONE, Relation.NONE, why="不涉及")  # decided earlier, stored later
    assert {found[:2] for found in standing(warehouse).values()} == {("confirmed", "direct")}
    assert scalar(warehouse, "SELECT DISTINCT reason FROM effective_matches") == "补遗扩大了范围"
    decide(warehouse, now + 2 * HOUR, FAMILY[3], Relation.NONE)
    assert {found[0] for found in standing(warehouse).values()} == {"rejected"}
    # of one moment the one stored last
    decide(warehouse, now + 2 * HOUR, ONE, Relation.INDIRECT)
    assert {found[:2] for found in standing(warehouse).values()} == {("confirmed", "indirect")}
    assert scalar(warehouse, "SELECT count(*) FROM judgements") == 4


def test_a_decision_holds_for_an_addendum_that_arrives_later(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    collect(warehouse, tmp_path, now, ONE)
    decide(warehouse, now, ONE, Relation.NONE)
    load(warehouse, tmp_path, now + HOUR, notification(f"{ONE}/Add.1"))
    store(warehouse, now + HOUR, match(f"{ONE}/Add.1", line("E1", "台灯"), level=Level.WARNING))
    assert standing(warehouse)[f"{ONE}/Add.1"] == ("rejected", "none", "none")


def test_other_lines_and_firms_are_not_reached(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification(), notification(f"{ONE}/Add.1"))
    register(warehouse, now, exporter("E1", "台灯", "灯泡"), exporter("E2", "台灯"))
    scored = [line("E1", "台灯"), line("E1", "灯泡"), line("E2", "台灯")]
    store(warehouse, now, *(match(key, item) for key in (ONE, f"{ONE}/Add.1") for item in scored))
    decide(warehouse, now, ONE, Relation.NONE)
    rows = warehouse.execute("SELECT DISTINCT exporter_id, line_id FROM effective_matches WHERE verdict <> 'unjudged'")
    assert rows.fetchall() == [("E1", line("E1", "台灯").line_id)]


def test_judged_pairs_are_told_as_decided_not_as_they_spread(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    """Training learns from what an officer looked at, with the last word on it, not from its copies."""
    collect(warehouse, tmp_path, now, *FAMILY)
    decide(warehouse, now, ONE, Relation.DIRECT)
    decide(warehouse, now + HOUR, ONE, Relation.NONE)
    decide(warehouse, now, FAMILY[1], Relation.INDIRECT)
    lamp = line("E1", "台灯").line_id
    assert read_judged(warehouse) == [
        {"notification_id": ONE, "line_id": lamp, "relation": "none"},
        {"notification_id": FAMILY[1], "line_id": lamp, "relation": "indirect"},
    ]


PARENTS = [
    # (collected, amending document, its parent); each case is a measure of its own number
    (("{}",), "{}/Add.1", "{}"),
    (("{}",), "{}/Rev.1", "{}"),
    (("{}", "{}/Rev.1"), "{}/Rev.1/Add.2", "{}/Rev.1"),
    (("{}", "{}/Rev.2"), "{}/Rev.1/Add.2", "{}"),  # the revision in question was not collected
    (("{}", "{}/Rev.1", "{}/Rev.1/Add.2"), "{}/Rev.1/Add.2/Corr.1", "{}/Rev.1/Add.2"),
    (("{}", "{}/Add.1"), "{}/Add.10", "{}"),
    (("{}/Add.1",), "{}/Add.10", None),
    (("{}/Add.1",), "{}/Add.2", None),  # a sister is no parent
    (("{}0", "G/TBT/N/LEM/7"), "{}/Add.1", None),  # another number, another member
    (("{}/Add.1",), "{}", None),
]


@pytest.fixture(scope="module")
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """All documents of `PARENTS`, collected at once."""
    folder, moment = tmp_path_factory.mktemp("families"), datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
    symbols = {name.format(core(at)) for at, case in enumerate(PARENTS) for name in (*case[0], case[1])}
    with open_writer(folder / "warehouse.duckdb") as con:
        load(con, folder, moment, *(notification(symbol) for symbol in sorted(symbols)))
        register(con, moment)
        yield con


def core(place: int) -> str:
    return f"G/TBT/N/ATL/{place + 11}"


@pytest.mark.parametrize("place", range(len(PARENTS)), ids=[case[1].format("N") for case in PARENTS])
def test_the_nearest_collected_document_above_is_the_parent(families: Connection, place: int) -> None:
    _, child, parent = PARENTS[place]
    assert parent_of(families, child.format(core(place))) == (parent.format(core(place)) if parent else None)


def test_a_joint_addendum_finds_the_notification_of_any_of_its_symbols(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    both = (f"{ONE}/Add.1", "G/TBT/N/LEM/2/Add.3")
    load(warehouse, tmp_path, now, notification("joint", symbols=both), notification("G/TBT/N/LEM/2"))
    register(warehouse, now)
    assert parent_of(warehouse, "joint") == "G/TBT/N/LEM/2"


def test_one_text_under_a_symbol_and_its_corrigendum_is_not_its_own_parent(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, notification(symbols=(ONE, f"{ONE}/Corr.1")))
    register(warehouse, now)
    assert parent_of(warehouse, ONE) is None


def test_a_changed_nearest_parent_brings_back_what_amends_it_and_no_more(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    collect(warehouse, tmp_path, now, ONE, f"{ONE}/Add.1", f"{ONE}/Rev.1", f"{ONE}/Rev.1/Add.1")
    revised = replace(notification(f"{ONE}/Rev.1"), title="Revised rule on lamps")
    load(warehouse, tmp_path, now + HOUR, revised)
    pending = [item.notification_id for item in pending_notifications(warehouse, model_version="m1")]
    assert pending == [f"{ONE}/Rev.1", f"{ONE}/Rev.1/Add.1"]


_SUFFIX = st.sampled_from(["Rev.1", "Rev.2", "Add.1", "Add.2", "Add.12", "Corr.1", "Suppl.1"])
_SYMBOL = st.builds(
    lambda number, chain: "/".join([f"G/TBT/N/ATL/{number}", *chain]),
    st.sampled_from([1, 11, 2]),
    st.lists(_SUFFIX, max_size=3),
)


@settings(max_examples=40, deadline=None)
@given(symbols=st.lists(_SYMBOL, min_size=2, max_size=12, unique=True))
def test_sql_and_the_reader_of_symbols_agree_on_every_parent(families: Connection, symbols: list[str]) -> None:
    """The view walks up a symbol as `parse_symbol` does, and stops at the first document that was collected."""

    def nearest(symbol: str) -> str | None:
        parsed = parse_symbol(symbol)
        above = parsed.parent if parsed else None
        return above if above is None or above in symbols else nearest(above)

    families.execute("BEGIN")
    try:
        families.execute("DELETE FROM notification_symbols")
        families.executemany("INSERT INTO notification_symbols VALUES ($1, $1, '')", [[name] for name in symbols])
        found = dict(families.execute("SELECT notification_id, parent_id FROM notification_parents").fetchall())
    finally:
        families.execute("ROLLBACK")
    assert found == {symbol: nearest(symbol) for symbol in symbols if nearest(symbol)}
