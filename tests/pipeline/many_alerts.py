"""A home in which every firm has to be told of every case by a mail of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from case_office import START, at
from warehouse_sample import exporter, load, match, notification, register, store

from pipeline.steps.open_cases import update_cases
from warehouse.connection import open_writer
from warehouse.contacts import contact_id
from warehouse.records import Contact, Subscription

NOW = START + timedelta(hours=2)


def address(exporter_id: str) -> str:
    """Where a firm's one contact gets mail."""
    return f"{exporter_id.lower()}@firm.example"


def open_many(home: Path, *, n_cases: int, n_firms: int) -> dict[tuple[str, str], str]:
    """Open the cases; return the address that each pair of case and contact_id is told at."""
    case_ids = [f"G/TBT/N/ATL/{number}" for number in range(1, n_cases + 1)]
    firms = [
        exporter(
            firm,
            "台灯",
            subscription=Subscription.IMMEDIATE,
            contacts=(Contact(exporter_id=firm, post="关企联络员", email=address(firm)),),
        )
        for firm in (f"E{number}" for number in range(1, n_firms + 1))
    ]
    with open_writer(home / "warehouse.duckdb") as con:
        register(con, START, *firms)
        load(con, home / "landing", START, *(notification(case_id) for case_id in case_ids))
        store(con, START, *(match(case_id, firm.lines[0]) for case_id in case_ids for firm in firms))
    update_cases(at(home, START))
    contacts = {contact_id(firm.exporter_id, firm.contacts[0].email): firm.contacts[0].email for firm in firms}
    return {(case_id, contact): email for case_id in case_ids for contact, email in contacts.items()}
