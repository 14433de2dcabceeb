"""The register takes over an imported list; what changed is kept, addresses are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from warehouse_sample import ADDRESS, exporter, line, register, scalar

from warehouse.connection import Connection
from warehouse.contacts import read_standing_contacts
from warehouse.facts import read_open_lines
from warehouse.records import Contact
from warehouse.register import replace_register

DAY = timedelta(days=1)


def open_contacts(con: Connection) -> dict[str, tuple[Contact, ...]]:
    """The contacts that are written to, by firm."""
    found: dict[str, tuple[Contact, ...]] = {}
    for item in read_standing_contacts(con):
        if item.standing == "open":
            contact = Contact(exporter_id=item.exporter_id, post=item.post, email=item.email)
            found[item.exporter_id] = (*found.get(item.exporter_id, ()), contact)
    return found


def changes(con: Connection, run_id: str) -> list[tuple[object, ...]]:
    return con.execute(
        "SELECT exporter_id, line_id, field_name, old_value, new_value FROM register_changes WHERE run_id = $run_id "
        "ORDER BY ALL",
        {"run_id": run_id},
    ).fetchall()


def test_a_first_list_is_all_new(warehouse: Connection, now: datetime) -> None:
    counts = register(warehouse, now, exporter("E1", "台灯", "灯泡"), exporter("E2"))
    assert counts["n_exporters"] == 2
    assert (counts["n_lines"], counts["n_lines_new"], counts["n_lines_changed"], counts["n_lines_closed"]) == (
        3,
        3,
        0,
        0,
    )
    assert {item.product_name for item in read_open_lines(warehouse)} == {"台灯", "灯泡"}


def test_the_same_list_again_changes_nothing(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, exporter())
    replace_register(warehouse, [exporter()], run_id="again", now=now + DAY)
    assert changes(warehouse, "again") == []
    row = warehouse.execute("SELECT first_listed_at, last_listed_at, closed_at FROM product_lines").fetchone()
    assert row == (now, now + DAY, None)


def test_what_changed_is_kept_as_history(warehouse: Connection, now: datetime) -> None:
    old = line(annual_export_cny_10k=100.0, market_text="亚特兰蒂斯")
    register(warehouse, now, replace(exporter(), lines=(old,)))
    new = replace(old, annual_export_cny_10k=None, hs_code="94051100", market_codes=("LEM", "EU"))
    firm = replace(exporter(), name="虚构光电股份有限公司", lines=(new,))
    counts = replace_register(warehouse, [firm], run_id="second", now=now + DAY)
    assert counts["n_lines_changed"] == 1
    assert changes(warehouse, "second") == [
        ("E1", "", "name", "虚构光电E1有限公司", "虚构光电股份有限公司"),
        ("E1", old.line_id, "annual_export_cny_10k", "100.0", ""),
        ("E1", old.line_id, "hs_code", "94052100", "94051100"),
    ]
    assert read_open_lines(warehouse) == (new,)


def test_the_marks_of_a_firm_are_kept_and_their_changes_listed(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, exporter(is_survey_sample=True))
    marks = "SELECT (is_negotiation_key, is_survey_sample) FROM exporters"
    assert scalar(warehouse, marks) == (False, True)
    replace_register(warehouse, [exporter(is_negotiation_key=True)], run_id="second", now=now + DAY)
    assert scalar(warehouse, marks) == (True, False)
    assert changes(warehouse, "second") == [
        ("E1", "", "is_negotiation_key", "false", "true"),
        ("E1", "", "is_survey_sample", "true", "false"),
    ]


def test_closing_and_reopening(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, exporter("E1", "台灯", "灯泡"), exporter("E2"))
    counts = replace_register(warehouse, [exporter("E1", "台灯")], run_id="less", now=now + DAY)
    assert (counts["n_exporters"], counts["n_exporters_closed"], counts["n_lines_closed"]) == (1, 1, 2)
    assert set(open_contacts(warehouse)) == {"E1"}
    assert scalar(warehouse, "SELECT count(*) FROM product_lines") == 3
    assert scalar(warehouse, "SELECT closed_at FROM exporters WHERE exporter_id = 'E2'") == now + DAY

    replace_register(warehouse, [exporter("E1", "台灯")], run_id="still", now=now + 2 * DAY)
    assert changes(warehouse, "still") == []
    assert scalar(warehouse, "SELECT closed_at FROM exporters WHERE exporter_id = 'E2'") == now + DAY

    back = [exporter("E1", "台灯", "灯泡"), exporter("E2")]
    counts = replace_register(warehouse, back, run_id="back", now=now + 3 * DAY)
    assert (counts["n_lines_reopened"], counts["n_lines_new"], counts["n_lines_changed"]) == (2, 0, 0)
    assert {row[2:] for row in changes(warehouse, "back")} == {("standing", "closed", "listed")}
    assert set(open_contacts(warehouse)) == {"E1", "E2"}


def test_no_address_enters_the_history(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, exporter())
    other = Contact(exporter_id="E1", post="总经理", email="other@firm.example")
    replace_register(warehouse, [replace(exporter(), contacts=(other,))], run_id="second", now=now + DAY)
    assert changes(warehouse, "second") == []
    assert scalar(warehouse, "SELECT count(*) FROM register_changes WHERE register_changes::VARCHAR LIKE '%@%'") == 0
    assert open_contacts(warehouse) == {"E1": (other,)}
    closed = warehouse.execute("SELECT email, closed_at FROM contacts WHERE closed_at IS NOT NULL").fetchall()
    assert closed == [(ADDRESS, now + DAY)]


def test_lists_without_contacts_lines_or_firms(warehouse: Connection, now: datetime) -> None:
    register(warehouse, now, exporter())
    register(warehouse, now + DAY, replace(exporter(), contacts=()))
    assert open_contacts(warehouse) == {}
    register(warehouse, now + DAY, replace(exporter(), contacts=(), lines=()))
    assert read_open_lines(warehouse) == ()
    counts = replace_register(warehouse, [], run_id="none", now=now + 2 * DAY)
    assert (counts["n_exporters"], counts["n_exporters_closed"]) == (0, 1)


def test_a_line_without_markets_has_none(warehouse: Connection, now: datetime) -> None:
    bare = line(market_codes=(), hs_code="")
    register(warehouse, now, replace(exporter(), lines=(bare,)))
    assert read_open_lines(warehouse) == (bare,)


def test_the_same_address_twice_is_one_contact(warehouse: Connection, now: datetime) -> None:
    twice = exporter().contacts * 2
    register(warehouse, now, replace(exporter(), contacts=twice))
    assert open_contacts(warehouse) == {"E1": twice[:1]}
