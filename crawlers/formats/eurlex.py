"""EUR-Lex through CELLAR's SPARQL endpoint: the query of one day, and its answer read into records.

The answer has one row a statement (`celex`, `name`, `value`), neither grouped nor sorted by the server: public users of
the endpoint found that its GROUP BY gives the value of one act to another, and sorting long texts may exceed its rows.
Properties are those of the Common Data Model (CDM).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from crawlers.formats.dates import from_text
from crawlers.formats.reporting import RowIssues
from crawlers.formats.text import clean_line
from warehouse.records import Channel, Issue, Notification, Observation, Severity

ACTS: Final = "acts"
PROPOSALS: Final = "proposals"
MOST_ROWS: Final = 10_000  # asked for in one answer; a day has some hundreds
PAGE: Final = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
# name in the answer -> property of the work
_PROPERTIES: Final[Mapping[str, str]] = {
    "type": "work_has_resource-type",
    "document": "work_date_document",
    "published": "official-journal-act_date_publication",
    "force": "resource_legal_date_entry-into-force",
    "transposition": "directive_date_transposition",
    "eli": "resource_legal_eli",
}
_NAMES: Final = frozenset({*_PROPERTIES, "title", "eurovoc"})
_SELECTION: Final[Mapping[str, str]] = {
    ACTS: """?work cdm:official-journal-act_part_of_collection_document <{authority}document-collection/OJ-L> ;
    cdm:official-journal-act_date_publication "{day}"^^xsd:date ;
    cdm:work_has_resource-type ?kind .""",
    PROPOSALS: """?work cdm:work_date_document "{day}"^^xsd:date ;
    cdm:work_has_resource-type ?kind .""",
}
_QUERY: Final = """PREFIX cdm: <http://publications.europa.eu/ontology/cdm#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?celex ?name ?value WHERE {{
  {selection}
  FILTER(?kind IN ({kinds}))
  FILTER NOT EXISTS {{ ?work cdm:work_has_resource-type <{authority}resource-type/CORRIGENDUM> }}
  ?work cdm:resource_legal_id_celex ?celex .
  {{ {properties} }}
  UNION
  {{ ?expression cdm:expression_belongs_to_work ?work ;
    cdm:expression_uses_language <{authority}language/ENG> ;
    cdm:expression_title ?value . BIND("title" AS ?name) }}
  UNION
  {{ ?work cdm:work_is_about_concept_eurovoc ?concept .
    ?concept skos:prefLabel ?value . FILTER(LANG(?value) = "en") BIND("eurovoc" AS ?name) }}
}} LIMIT {most}"""


@cache
def types(group: str) -> Mapping[str, str]:
    """The resource types of `ACTS` or `PROPOSALS`, code to English name (eurlex.toml)."""
    text = files("crawlers.formats").joinpath("eurlex.toml").read_text(encoding="utf-8")
    found: Mapping[str, str] = tomllib.loads(text)[group]
    return found


def query(group: str, day: date) -> str:
    """The SPARQL query for all statements on the acts or proposals of one day."""
    properties = " UNION ".join(
        f'{{ ?work cdm:{name} ?value . BIND("{short}" AS ?name) }}' for short, name in _PROPERTIES.items()
    )
    return _QUERY.format(
        selection=_SELECTION[group].format(authority=_AUTHORITY, day=day.isoformat()),
        kinds=", ".join(f"<{_AUTHORITY}resource-type/{code}>" for code in types(group)),
        authority=_AUTHORITY,
        properties=properties,
        most=MOST_ROWS,
    )


def read_rows(data: Mapping[str, Any]) -> Sequence[tuple[str, str, str]] | None:
    """The rows (CELEX number, name, value) of an answer in SPARQL 1.1 JSON; None where it is not of that form."""
    head, results = data.get("head"), data.get("results")
    names = head.get("vars") if isinstance(head, dict) else None
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(names, list) or not {"celex", "name", "value"} <= set(names) or not isinstance(bindings, list):
        return None
    return [(_value(row, "celex"), _value(row, "name"), _value(row, "value")) for row in bindings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One act or proposal: its CELEX number, and the values of each name, each once, sorted."""

    celex: str
    values: Mapping[str, Sequence[str]]

    def first(self, name: str) -> str:
        """The first value of a name; "" where there is none."""
        return next(iter(self.values.get(name, ())), "")

    def dates(self, name: str) -> list[date]:
        """The plausible dates of a name, ascending: 1001-01-01 and 9999-12-31 stand for none."""
        return sorted(found for value in self.values.get(name, ()) if (found := from_text(value)))


def works(rows: Sequence[tuple[str, str, str]]) -> list[Work]:
    """The works of an answer, by CELEX number. A row that lacks something belongs to none."""
    found: dict[str, dict[str, set[str]]] = {}
    for celex, name, value in rows:
        if celex and name in _NAMES and value:
            found.setdefault(celex, {}).setdefault(name, set()).add(value)
    return [
        Work(celex=celex, values={name: tuple(sorted(values)) for name, values in sorted(names.items())})
        for celex, names in sorted(found.items())
    ]


def read_work(work: Work, group: str, day: date, place: int, source: str) -> Iterator[Observation | Issue]:
    """Yield the record of one work. One that has no English title yet is told by its number, with an issue."""
    issues = RowIssues(source, place, f"CELEX-{work.celex}")
    title = clean_line(work.first("title"))
    if not title:
        issues.add(
            "title-missing",
            Severity.WARNING,
            f"法规 {work.celex} 尚无英文标题，已按编号收录。",
            field="title",
            next_step="通常数日内补齐，下次采集会更新；急需的请到 EUR-Lex 查看其他语言文本。",
        )
    yield from issues.take()
    entry = work.dates("force")
    yield Observation(
        source_key=work.celex,
        payload={"celex": work.celex, **{name: list(values) for name, values in work.values.items()}},
        notification=Notification(
            notification_id=f"CELEX-{work.celex}",
            channel=Channel.LEGISLATION,
            notification_type=_type(work, group),
            member_names=("European Union",),
            member_codes=("EU",),
            distribution_date=day,
            adoption_date=next(iter(work.dates("document")), None) if group == ACTS else None,
            entry_into_force_date=entry[0] if entry else None,
            title=title or work.celex,
            description=_description(work, entry),
            keywords=tuple(clean_line(label) for label in work.values.get("eurovoc", ())),
            lang="en" if title else "",
            url=PAGE + work.celex,
            document_links=tuple(link for link in work.values.get("eli", ()) if link.startswith(("http:", "https:"))),
        ),
        row=place,
    )


def _type(work: Work, group: str) -> str:
    codes = [value.rpartition("/")[2] for value in work.values.get("type", ())]
    names = types(group)
    return next((names[code] for code in codes if code in names), next(iter(codes), ""))


def _description(work: Work, entry: Sequence[date]) -> str:
    """The facts that have no field of their own; CELLAR holds no summary."""
    later, transposition = entry[1:], work.dates("transposition")
    lines = (
        f"Provisions apply from: {', '.join(map(str, later))}" if later else "",
        f"To be transposed by: {', '.join(map(str, transposition))}" if transposition else "",
    )
    return "\n".join(filter(None, lines))


def _value(row: object, name: str) -> str:
    cell = row.get(name) if isinstance(row, dict) else None
    value = cell.get("value") if isinstance(cell, dict) else None
    return value.strip() if isinstance(value, str) else ""
