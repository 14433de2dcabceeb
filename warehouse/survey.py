"""Counts of a period for the survey on the impact of technical trade measures (影响统计调查); the SQL does the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from warehouse.connection import Connection
from warehouse.query import Row, fetch_all, fetch_one
from warehouse.sqlfiles import sql
from warehouse.survey_records import Survey, SurveyActs, SurveyFirm, SurveyGroup, SurveyRegister

_ACTS = tuple(field.name for field in fields(SurveyActs))
_EMPTY: Row = dict.fromkeys(
    (*_ACTS, *(field.name for field in fields(SurveyGroup) if field.name.startswith("n_"))), 0
) | {"loss_cny_10k": Decimal(0), "cost_cny_10k": Decimal(0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyCase:
    """A case of the period: what it is grouped by."""

    case_id: str
    notification_id: str  # the measure itself, else its latest addendum
    member_codes: tuple[str, ...]


def survey_cases(con: Connection, *, starts_at: datetime, ends_at: datetime) -> tuple[SurveyCase, ...]:
    """Return the cases whose clock started from `starts_at` to before `ends_at` (aware); stage them for `survey`."""
    con.execute(sql("survey/stage_cases"), {"starts_at": starts_at, "ends_at": ends_at})
    case_ids = [str(row[0]) for row in con.execute("SELECT case_id FROM survey_cases").fetchall()]
    rows = fetch_all(con, "queries/cases", {"case_ids": case_ids, "everything": False})
    return tuple(
        SurveyCase(
            case_id=row["case_id"], notification_id=row["notification_id"], member_codes=tuple(row["member_codes"])
        )
        for row in rows
    )


def survey(
    con: Connection,
    cases: Sequence[SurveyCase],
    kinds: Mapping[str, Sequence[str]],
    *,
    starts_at: datetime,
    ends_at: datetime,
) -> Survey:
    """Count what `survey_cases` has staged; `kinds` gives the kinds of measure of each case by its id.

    A case of several kinds or members is counted under each, so groups do not add up to the total. Writes temporary
    tables only.
    """
    given = [("kind", kind, case.case_id) for case in cases for kind in kinds[case.case_id]]
    given += [("member", member, case.case_id) for case in cases for member in case.member_codes or ("",)]
    con.execute(sql("survey/stage_firms"))
    con.execute(
        sql("survey/stage_groups"),
        {
            "dimensions": [dimension for dimension, _, _ in given],
            "names": [name for _, name, _ in given],
            "case_ids": [case_id for _, _, case_id in given],
        },
    )
    groups = [_group(row) for row in fetch_all(con, "survey/counts")]
    empty = _group(_EMPTY | {"dimension": "total", "name": ""})
    return Survey(
        register=SurveyRegister(**fetch_one(con, "survey/register")),
        total=next((group for group in groups if group.dimension == "total"), empty),
        groups=tuple(group for group in groups if group.dimension != "total"),
        in_period=acts_in_period(con, starts_at=starts_at, ends_at=ends_at),
        firms=tuple(SurveyFirm(**row) for row in fetch_all(con, "survey/firms")),
    )


def acts_in_period(con: Connection, *, starts_at: datetime, ends_at: datetime) -> SurveyActs:
    """Count what was done from `starts_at` to before `ends_at` (aware), whenever the cases were opened."""
    return SurveyActs(**fetch_one(con, "survey/in_period", {"starts_at": starts_at, "ends_at": ends_at}))


def _group(row: Row) -> SurveyGroup:
    own = {name: value for name, value in row.items() if name not in _ACTS}
    return SurveyGroup(**own, acts=SurveyActs(**{name: row[name] for name in _ACTS}))
