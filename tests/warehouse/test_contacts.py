"""Contacts: how they stand follows from what happened to them; what was erased stays away and leaves the disk."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warehouse_sample import ADDRESS, exporter, register, scalar

from warehouse.connection import Connection, open_writer, transaction
from warehouse.contact_records import read_contact_tasks, read_holdings
from warehouse.contacts import (
    ContactEvent,
    Grounds,
    StandingContact,
    append_contact_event,
    contact_by_token,
    contact_id,
    contacts_of_address,
    erased_firms,
    expired_contacts,
    masked,
    read_standing_contacts,
    readmit,
    remove_contacts,
)
from warehouse.records import Contact, Exporter
from warehouse.register import replace_register
from warehouse.rewrite import rewrite

DAY = timedelta(days=1)
OTHER = "Second.Person@firm.example"


def firm(exporter_id: str = "E1", *addresses: str) -> Exporter:
    """A firm with a contact for each address."""
    contacts = tuple(Contact(exporter_id=exporter_id, post="关务", email=address) for address in addresses)
    return replace(exporter(exporter_id), contacts=contacts)


def contact(con: Connection, exporter_id: str = "E1", email: str = ADDRESS) -> StandingContact:
    """One contact as it stands."""
    wanted = contact_id(exporter_id, email)
    return next(item for item in read_standing_contacts(con) if item.contact_id == wanted)


def standings(con: Connection) -> dict[str, str]:
    return {f"{item.exporter_id} {item.email}": item.standing for item in read_standing_contacts(con)}


def happen(
    con: Connection, kind: str, at: datetime, *, firm_id: str = "E1", email: str = ADDRESS, cause: str = "", **more: str
) -> bool:
    """Something happens to a contact."""
    event = ContactEvent(kind=kind, occurred_at=at, **more)
    return append_contact_event(con, contact_id(firm_id, email), firm_id, event, now=at, cause=cause)


def test_a_contact_is_known_by_firm_and_address_however_it_is_written() -> None:
    assert contact_id("E1", ADDRESS) == contact_id("E1", ADDRESS.upper())
    assert contact_id("E1", ADDRESS) != contact_id("E2", ADDRESS)
    assert len(contact_id("E1", ADDRESS)) == 16


def test_neither_address_nor_token_shows_in_a_log(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS))
    found = contact(warehouse)
    for shown in (repr(found), repr(read_holdings(warehouse, "E1").contacts)):
        assert ADDRESS not in shown
        assert found.unsubscribe_token not in shown
    assert found.masked == masked(ADDRESS) == "l***@firm.example"


def test_the_token_is_random_and_kept_over_imports(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS, OTHER))
    first = {item.email: item.unsubscribe_token for item in read_standing_contacts(warehouse)}
    assert len(set(first.values())) == 2
    assert min(len(token) for token in first.values()) >= 32
    register(warehouse, now + DAY, firm("E1", ADDRESS.upper(), OTHER))
    again = {item.email: item.unsubscribe_token for item in read_standing_contacts(warehouse)}
    assert again == {ADDRESS.upper(): first[ADDRESS], OTHER: first[OTHER]}
    register(warehouse, now + 2 * DAY, firm("E1"))
    register(warehouse, now + 3 * DAY, firm("E1", ADDRESS))
    assert contact(warehouse).unsubscribe_token == first[ADDRESS]
    found = contact_by_token(warehouse, first[ADDRESS])
    assert found is not None
    assert (found.exporter_id, found.email) == ("E1", ADDRESS)
    assert contact_by_token(warehouse, "nobody's") is None


def test_purpose_and_basis_stand_with_every_contact(warehouse: Connection, now: datetime) -> None:
    grounds = Grounds(purpose="告知风险", basis="同意")
    replace_register(warehouse, [firm("E1", ADDRESS)], run_id="r", now=now, grounds=grounds)
    (held,) = read_holdings(warehouse, "E1").contacts
    assert (held.purpose, held.basis) == ("告知风险", "同意")
    register(warehouse, now + DAY, firm("E1", ADDRESS))
    (held,) = read_holdings(warehouse, "E1").contacts
    assert "个人信息保护法" in held.basis


def test_the_standing_follows_the_events(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS))
    assert (contact(warehouse).standing, contact(warehouse).since) == ("open", now)
    happen(warehouse, "suspended", now + DAY, code="bounce")
    found = contact(warehouse)
    assert (found.standing, found.reason, found.since) == ("suspended", "bounce", now + DAY)
    happen(warehouse, "unsubscribed", now + 2 * DAY, code="one-click")
    found = contact(warehouse)
    assert (found.standing, found.reason, found.since) == ("unsubscribed", "one-click", now + 2 * DAY)
    happen(warehouse, "resubscribed", now + 3 * DAY)
    assert contact(warehouse).standing == "suspended"
    happen(warehouse, "resumed", now + 4 * DAY)
    found = contact(warehouse)
    assert (found.standing, found.reason, found.since) == ("open", "", now + 4 * DAY)
    register(warehouse, now + 5 * DAY, firm("E1"))
    found = contact(warehouse)
    assert (found.standing, found.since) == ("closed", now + 5 * DAY)


def test_of_two_acts_at_one_moment_the_later_holds(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS))
    for kind, standing in (("suspended", "suspended"), ("resumed", "open"), ("unsubscribed", "unsubscribed")):
        happen(warehouse, kind, now)
        assert contact(warehouse).standing == standing
    happen(warehouse, "resubscribed", now)
    assert contact(warehouse).standing == "open"


KINDS = st.sampled_from(["suspended", "resumed", "unsubscribed", "resubscribed", "soft-bounced", "replied", "phoned"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kinds=st.lists(KINDS, min_size=1, max_size=7))
def test_the_order_of_writing_down_does_not_matter(
    warehouse: Connection, now: datetime, data: st.DataObject, kinds: list[str]
) -> None:
    warehouse.execute("DELETE FROM contact_events; DELETE FROM suppressed_addresses; DELETE FROM contacts")
    register(warehouse, now, firm("E1", ADDRESS))
    happened = [(kind, now + DAY * number) for number, kind in enumerate(kinds, start=1)]
    for kind, moment in data.draw(st.permutations(happened)):
        happen(warehouse, kind, moment)
    expected = "open"
    if next((kind for kind in reversed(kinds) if kind.endswith("subscribed")), "") == "unsubscribed":
        expected = "unsubscribed"
    elif next((kind for kind in reversed(kinds) if kind in {"suspended", "resumed"}), "") == "suspended":
        expected = "suspended"
    assert contact(warehouse).standing == expected


def test_the_same_cause_twice_is_one_event(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS))
    assert happen(warehouse, "suspended", now, code="bounce", cause="mail-1")
    assert not happen(warehouse, "suspended", now + DAY, code="bounce", cause="mail-1")
    assert happen(warehouse, "suspended", now + DAY, code="bounce", cause="mail-2")
    assert scalar(warehouse, "SELECT list(event_number ORDER BY event_number) FROM contact_events") == [1, 2]


def test_what_people_type_keeps_no_address(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS))
    happen(warehouse, "unsubscribed", now, actor=f"甲 {OTHER}", detail=f"{ADDRESS}来函退订")
    for table in ("contact_events", "suppressed_addresses"):
        assert "@" not in str(warehouse.table(table).fetchall()), table


def test_who_unsubscribes_does_so_for_every_firm_now_and_later(warehouse: Connection, now: datetime) -> None:
    both = (firm("E1", ADDRESS), firm("E2", ADDRESS.title(), OTHER))
    register(warehouse, now, *both)
    happen(warehouse, "unsubscribed", now + DAY, code="mail")
    assert contact(warehouse, "E2").standing == "unsubscribed"
    assert contact(warehouse, "E2", OTHER).standing == "open"
    register(warehouse, now + 2 * DAY, *both, firm("E3", ADDRESS))
    assert contact(warehouse, "E3").standing == "unsubscribed"
    # also after the contact that unsubscribed is gone
    with transaction(warehouse):
        gone = (contact(warehouse, "E1"), contact(warehouse, "E2"))
        remove_contacts(warehouse, gone, ContactEvent(kind="purged", occurred_at=now + 3 * DAY), now=now + 3 * DAY)
    found = contact(warehouse, "E3")
    assert (found.standing, found.reason, found.since) == ("unsubscribed", "address", now + DAY)
    happen(warehouse, "resubscribed", now + 4 * DAY, firm_id="E3", actor="甲", detail="来函")
    register(warehouse, now + 5 * DAY, *both, firm("E3", ADDRESS))
    assert set(standings(warehouse).values()) == {"open"}
    assert scalar(warehouse, "SELECT count(*) FROM suppressed_addresses") == 0


def test_an_erased_address_is_not_taken_in_again(warehouse: Connection, now: datetime) -> None:
    both = (firm("E1", ADDRESS, OTHER), firm("E2", ADDRESS.upper()))
    register(warehouse, now, *both)
    found = contacts_of_address(warehouse, f" {ADDRESS} ")
    assert [item.exporter_id for item in found] == ["E1", "E2"]
    with transaction(warehouse):
        event = ContactEvent(kind="erased", occurred_at=now + DAY, actor="甲", detail="来函")
        remove_contacts(warehouse, found, event, now=now + DAY)
    assert standings(warehouse) == {f"E1 {OTHER}": "open"}
    assert erased_firms(warehouse, both) == {"E1": 1, "E2": 1}
    register(warehouse, now + 2 * DAY, *both)
    assert standings(warehouse) == {f"E1 {OTHER}": "open"}
    # what happened stays, under an identity without the address
    assert [event.kind for event in read_holdings(warehouse, "E2").events] == ["erased"]
    # a click that comes late does not weaken it
    happen(warehouse, "unsubscribed", now + 2 * DAY, code="mail")
    assert scalar(warehouse, "SELECT reason FROM suppressed_addresses") == "erased"

    again = ContactEvent(kind="resubscribed", occurred_at=now + 3 * DAY, actor="甲", detail="来函")
    assert readmit(warehouse, "E1", ADDRESS.upper(), again, now=now + 3 * DAY)
    assert not readmit(warehouse, "E1", ADDRESS, again, now=now + 3 * DAY)
    assert erased_firms(warehouse, both) == {}
    register(warehouse, now + 4 * DAY, *both)
    assert contact(warehouse).standing == contact(warehouse, "E2").standing == "open"


def test_contacts_expire_by_the_day_they_were_closed(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS, OTHER))
    register(warehouse, now + DAY, firm("E1", OTHER))
    assert expired_contacts(warehouse, now + DAY) == ()
    assert [item.email for item in expired_contacts(warehouse, now + DAY + timedelta(seconds=1))] == [ADDRESS]


def tasks(con: Connection) -> list[tuple[str, str, str]]:
    return [(task.exporter_id, task.standing, task.reason) for task in read_contact_tasks(con)]


def test_tasks_name_whom_mail_does_not_reach_until_they_are_phoned(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, firm("E1", ADDRESS, OTHER), firm("E2"), firm("E3", "third@firm.example"))
    assert tasks(warehouse) == [("E2", "none", "")]
    happen(warehouse, "suspended", now + DAY, code="bounce", cause="mail-1")
    assert tasks(warehouse) == [("E2", "none", ""), ("E1", "suspended", "bounce")]
    assert [task.has_other for task in read_contact_tasks(warehouse)] == [False, True]
    happen(warehouse, "phoned", now + 2 * DAY, actor="甲")
    assert tasks(warehouse) == [("E2", "none", "")]
    # something new happens
    happen(warehouse, "unsubscribed", now + 3 * DAY, code="mail")
    assert tasks(warehouse) == [("E2", "none", ""), ("E1", "unsubscribed", "mail")]
    # a corrected list settles it, and a firm that is no longer listed asks for nothing
    register(warehouse, now + 4 * DAY, firm("E1", OTHER), firm("E3"))
    assert tasks(warehouse) == [("E3", "none", "")]
    event = ContactEvent(kind="phoned", occurred_at=now + 5 * DAY, actor="甲")
    append_contact_event(warehouse, "", "E3", event, now=now + 5 * DAY)
    assert tasks(warehouse) == []


def test_what_was_removed_leaves_the_disk_and_nothing_else_does(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "warehouse.duckdb"
    person = "unmistakable.person@firm.example"
    with open_writer(path) as con:
        register(con, now, firm("E1", person), firm("E2", ADDRESS))
        happen(con, "suspended", now, email=person, code="bounce")
    path.chmod(0o600)
    assert b"unmistakable" in path.read_bytes()
    with open_writer(path) as con:
        before = description(con)
        remove_contacts(con, contacts_of_address(con, person), ContactEvent(kind="erased", occurred_at=now), now=now)
        con.execute("CHECKPOINT")
    assert b"unmistakable" in path.read_bytes()  # the reason for all this
    rewrite(path)
    assert b"unmistakable" not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    with open_writer(path) as con:
        assert description(con) == before
        assert standings(con) == {f"E2 {ADDRESS}": "open"}
        assert len(read_holdings(con, "E1").events) == 2
        register(con, now + DAY, firm("E2", ADDRESS))


def description(con: Connection) -> list[list[tuple[object, ...]]]:
    """Everything that a warehouse says of itself."""
    return [
        con.execute(query).fetchall()
        for query in (
            "SELECT table_name, comment, sql FROM duckdb_tables() ORDER BY ALL",
            "SELECT view_name, comment, sql FROM duckdb_views() WHERE NOT internal ORDER BY ALL",
            "SELECT function_name, comment, macro_definition FROM duckdb_functions() WHERE NOT internal ORDER BY ALL",
            "SELECT table_name, column_name, comment, column_default FROM duckdb_columns() WHERE NOT internal "
            "ORDER BY ALL",
            "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() ORDER BY ALL",
            "SELECT * FROM schema_migrations ORDER BY ALL",
        )
    ]


def test_what_a_killed_rewrite_left_is_cleared(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "warehouse.duckdb"
    with open_writer(path) as con:
        register(con, now, firm("E1", ADDRESS))
    (tmp_path / "warehouse.rewritten").write_bytes(b"half")
    (tmp_path / "warehouse.rewritten.wal").write_bytes(b"half")
    rewrite(path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    with open_writer(path) as con:
        assert standings(con) == {f"E1 {ADDRESS}": "open"}


@pytest.mark.parametrize("kind", ["closed", "", "SUSPENDED"])
def test_an_unknown_kind_of_event_is_refused(warehouse: Connection, now: datetime, kind: str) -> None:
    import duckdb

    register(warehouse, now, firm("E1", ADDRESS))
    with pytest.raises(duckdb.ConstraintException):
        happen(warehouse, kind, now)
