"""The exporters' register: takes over an imported list. What vanished is closed, what changed is kept as history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from warehouse.connection import Connection, transaction
from warehouse.contacts import USUAL_GROUNDS, Grounds, address_hash, contact_id, new_token
from warehouse.query import fetch_one
from warehouse.records import Exporter
from warehouse.sqlfiles import sql

# Changes are written before the tables that they are read from are updated.
_STEPS = (
    "register/changes",
    "register/upsert_exporters",
    "register/upsert_lines",
    "register/upsert_contacts",
    "register/close_exporters",
    "register/close_lines",
    "register/close_contacts",
)


def replace_register(
    con: Connection, exporters: Sequence[Exporter], *, run_id: str, now: datetime, grounds: Grounds = USUAL_GROUNDS
) -> dict[str, int]:
    """Make the register what the list says, in one transaction, and return the counts of `register/counts.sql`.

    `exporters` is the whole list: firms, lines and contacts that it does not carry are closed, not deleted. An address
    that was erased is left out. `grounds` stand with every contact.
    """
    lines = [line for exporter in exporters for line in exporter.lines]
    # one address of a firm is one contact, however it is written
    stated = [contact for exporter in exporters for contact in exporter.contacts]
    contacts = list({contact_id(c.exporter_id, c.email): c for c in reversed(stated)}.values())
    with transaction(con):
        con.execute(
            sql("register/stage_exporters"),
            {
                "exporter_id": [e.exporter_id for e in exporters],
                "name": [e.name for e in exporters],
                "short_name": [e.short_name for e in exporters],
                "credit_code": [e.credit_code for e in exporters],
                "district": [e.district for e in exporters],
                "industry_chain": [e.industry_chain for e in exporters],
                "subscription": [e.subscription.value for e in exporters],
                "is_negotiation_key": [e.is_negotiation_key for e in exporters],
                "is_survey_sample": [e.is_survey_sample for e in exporters],
            },
        )
        con.execute(
            sql("register/stage_lines"),
            {
                "line_id": [p.line_id for p in lines],
                "exporter_id": [p.exporter_id for p in lines],
                "product_name": [p.product_name for p in lines],
                "description": [p.description for p in lines],
                "hs_code": [p.hs_code for p in lines],
                "hs_edition": [p.hs_edition for p in lines],
                "market_text": [p.market_text for p in lines],
                "market_codes": ["|".join(p.market_codes) for p in lines],
                "annual_export_cny_10k": [p.annual_export_cny_10k for p in lines],
                "note": [p.note for p in lines],
            },
        )
        con.execute(
            sql("register/stage_contacts"),
            {
                "contact_id": [contact_id(c.exporter_id, c.email) for c in contacts],
                "exporter_id": [c.exporter_id for c in contacts],
                "email": [c.email for c in contacts],
                "address_hash": [address_hash(c.email) for c in contacts],
                "post": [c.post for c in contacts],
                "unsubscribe_token": [new_token() for _ in contacts],
                "purpose": grounds.purpose,
                "basis": grounds.basis,
            },
        )
        for step in _STEPS:
            text = sql(step)
            wanted = {"run_id": run_id, "now": now}
            con.execute(text, {name: value for name, value in wanted.items() if f"${name}" in text})
    return {name: int(value) for name, value in fetch_one(con, "register/counts", {"run_id": run_id}).items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReading:
    """What the lexicon makes of a product line; the columns of `line_readings`."""

    line_id: str
    concepts: tuple[str, ...]
    concepts_zh: tuple[str, ...]
    known_by: str  # "name", "description", "likeness", "code" or ""
    current_codes: tuple[str, ...]


def store_readings(con: Connection, readings: Sequence[LineReading], *, now: datetime) -> None:
    """Replace the readings of these lines."""
    rows = json.dumps([asdict(reading) for reading in readings], ensure_ascii=False)
    con.execute(sql("register/put_readings"), {"rows": rows, "now": now})
