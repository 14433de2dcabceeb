"""The columns of the exporters' list, by the headers that offices use (`seeds/exporter_columns.csv`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from warehouse.intake.findings import Finding, make_finding
from warehouse.intake.tables import Cell, Row
from warehouse.records import Severity
from warehouse.reference import seed_rows

_OTHER_UNIT = re.compile(r"[元$€]|USD|RMB|CNY", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands: field name -> (position, header as it stands in the file)."""

    places: Mapping[str, tuple[int, str]]

    def cell(self, row: Row, name: str) -> Cell:
        place = self.places.get(name)
        return row[place[0]] if place is not None and place[0] < len(row) else Cell("")

    def header(self, name: str) -> str:
        place = self.places.get(name)
        return place[1] if place is not None else ""


def is_header(names: Sequence[str]) -> bool:
    """True for a row that names both a firm's id and a product."""
    fields = {_field_of(name) for name in names}
    return {"exporter_id", "product_name"} <= fields


def match_columns(header: tuple[str, ...]) -> tuple[Columns, list[tuple[str, Finding]]]:
    """Find the fields in a header; with it, (header, finding) for each column unknown, repeated or missing."""
    places: dict[str, tuple[int, str]] = {}
    findings: list[tuple[str, Finding]] = []
    for position, name in enumerate(header):
        if not name:
            continue
        matched = _field_of(name)
        if matched is None:
            findings.append(
                (
                    name,
                    make_finding(
                        "column-unknown",
                        Severity.INFO,
                        f"不认识列“{name}”，其内容未导入。",
                        "如有用，请改用模板中的列名。",
                        name,
                    ),
                )
            )
        elif matched in places:
            findings.append(
                (
                    name,
                    make_finding(
                        "column-repeated",
                        Severity.WARNING,
                        f"列“{name}”与“{places[matched][1]}”重复，只采用后者。",
                        "请删去或改名其中一列。",
                        name,
                    ),
                )
            )
        else:
            places[matched] = (position, name)
    for row in seed_rows("exporter_columns.csv"):
        if row["need"] == "expected" and row["field"] not in places:
            findings.append(
                (
                    row["header"],
                    make_finding(
                        "column-missing", Severity.WARNING, f"清单里没有“{row['header']}”一列。", "请按模板补上这一列。"
                    ),
                )
            )
    return Columns(places), findings


def _field_of(header: str) -> str | None:
    """The field of a header. A remark in brackets may be left out, unless it names a unit of money we do not expect."""
    names = _field_names()
    folded = _fold(header)
    if folded in names:
        return names[folded]
    bare = re.sub(r"\([^()]*\)", "", folded)
    return None if _OTHER_UNIT.search(folded) else names.get(bare)


@cache
def _field_names() -> Mapping[str, str]:
    return {
        _fold(name): row["field"]
        for row in seed_rows("exporter_columns.csv")
        for name in (row["header"], *row["aliases"].split("|"))
    }


def _fold(header: str) -> str:
    return re.sub(r"[\s*:_]", "", unicodedata.normalize("NFKC", header)).casefold()
