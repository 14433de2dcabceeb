"""Counts a month's symbols. One list of rows feeds every table and every sentence, so that they cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from reports.bulletin.facts import UNKNOWN_MEMBER, Breakdown, Counted, Totals
from warehouse.members import member_zh
from warehouse.query import Row
from warehouse.reference import industry_of_hs, kind_zh, objective_zh

NO_INDUSTRY = "未列明产品编码"
NO_AREA = "领域未注明"


def count_totals(
    rows: Sequence[Row],
    *,
    previous_month: int | None,
    same_month_last_year: int | None,
    year_to_date: int | None,
    year_to_date_last_year: int | None = None,
) -> Totals:
    """Count the rows of `bulletin/counted_symbols.sql`."""
    joint = Counter(row["measure"] for row in rows)
    return Totals(
        n_symbols=len(rows),
        n_measures=len(joint),
        tbt=sum(1 for row in rows if row["area"] == "TBT"),
        sps=sum(1 for row in rows if row["area"] == "SPS"),
        n_members=len({row["member_code"] for row in rows} - {""}),
        n_joint_texts=sum(1 for n in joint.values() if n > 1),
        n_joint_symbols=sum(n for n in joint.values() if n > 1),
        previous_month=previous_month,
        same_month_last_year=same_month_last_year,
        year_to_date=year_to_date,
        year_to_date_last_year=year_to_date_last_year,
    )


def count_breakdown(rows: Sequence[Row]) -> Breakdown:
    """Count symbols by member, kind, industry and objective. Industries and objectives of one symbol may be several."""
    return Breakdown(
        members=_counted(member_zh(row["member_code"]) if row["member_code"] else UNKNOWN_MEMBER for row in rows),
        areas=_counted(row["area"] or NO_AREA for row in rows),
        kinds=_counted(kind_zh(row["kind"]) for row in rows),
        buckets=_counted(industry for row in rows for industry in _industries(row["hs_codes"])),
        objectives=_counted(
            objective for row in rows for objective in dict.fromkeys(objective_zh(o) for o in row["objectives"])
        ),
    )


def _industries(hs_codes: Iterable[str]) -> tuple[str, ...]:
    found = dict.fromkeys(industry for code in hs_codes if (industry := industry_of_hs(code)))
    return tuple(found) or (NO_INDUSTRY,)


def _counted(names: Iterable[str]) -> tuple[Counted, ...]:
    return tuple(Counted(name, n) for name, n in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))
