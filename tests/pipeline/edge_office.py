"""A published copy of what goes wrong in counting: every row of it is known, and was misread once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from analyst_office import (
    ADDENDUM,
    ADDENDUM_SEEN,
    CELL,
    EU,
    FIRMS,
    FIRST_MATCHES,
    HOUR,
    LAMP,
    LATER,
    NOTIFICATIONS,
    PUBLISHED,
    SPS,
    START,
    at,
    collect,
    decide,
)
from warehouse_sample import match, notification, observed, register

from pipeline.acts import Act
from pipeline.context import run_step
from pipeline.steps.case_acts import act_on_case
from pipeline.steps.publish import publish_copy
from warehouse.records import Channel, Notification, NotificationKind, Relation

# nobody is concerned by the first ones: they have no case
MOVED, BACK, TWICE, LONG_AGO, SOLD, JOINT = (
    "G/TBT/N/CHL/5", "G/TBT/N/CHL/6", "G/TBT/N/CHL/7", "G/TBT/N/CHL/1", "G/TBT/N/CHL/8", "G/TBT/N/KEN/5",
)  # fmt: skip
RECALL, NAMELESS = "RECALL-1", ("FR-1", "FR-2")
PARTNER = "G/TBT/N/UGA/5"


def chilean(symbol: str, **fields: Any) -> Notification:
    """A notification of Chile about batteries."""
    given = {
        "member_names": ("Chile",), "member_codes": ("CHL",), "distribution_date": date(2026, 5, 20),
        "comment_deadline": date(2026, 7, 10), "hs_codes": ("8507",),
    }  # fmt: skip
    return notification(symbol, **{**given, **fields})


def joint(title: str) -> Notification:
    """A text of two members."""
    codes = {"member_names": ("Kenya", "Uganda"), "member_codes": ("KEN", "UGA")}
    return chilean(JOINT, title=title, symbols=(JOINT, PARTNER), **codes)


def addendum(symbol: str, deadline: date | None) -> Notification:
    """An addendum to a notification of Chile."""
    return chilean(
        f"{symbol}/Add.1", kind=NotificationKind.ADDENDUM, distribution_date=date(2026, 6, 5),
        comment_deadline=deadline, hs_codes=(),
    )  # fmt: skip


def open_edge_office(home: Path) -> None:
    """Deadlines that move, records that go back, a late closing, decisions that differ, what is no notification."""
    with run_step(at(home, START), "import-exporters", creates=True) as run:
        register(run.con, START, *FIRMS)
    collect(home, START, *map(observed, NOTIFICATIONS), matched=FIRST_MATCHES)
    gazette = {
        "symbols": (),
        "channel": Channel.LEGISLATION,
        "title": "Rule on goods",
        "hs_codes": (),
        "comment_deadline": None,
    }
    collect(
        home,
        START + HOUR,
        observed(chilean(MOVED)),
        observed(chilean(BACK, title="A"), row=2),
        # one record twice in one file: the later row holds
        observed(chilean(TWICE, comment_deadline=date(2026, 7, 1)), row=5),
        observed(chilean(TWICE, comment_deadline=date(2026, 9, 1)), row=9),
        observed(chilean(RECALL, symbols=(), channel=Channel.RECALL, is_emergency=True, title="Recall")),
        observed(chilean(LONG_AGO, distribution_date=date(2022, 3, 1), comment_deadline=None)),
        observed(chilean(SOLD)),
        observed(joint("Text")),
        *(observed(chilean(name, **gazette)) for name in NAMELESS),
        matched=(match(SOLD, LAMP), *(match(name, CELL) for name in NAMELESS)),
    )
    changed = (
        observed(chilean(BACK, title="B", comment_deadline=date(2026, 8, 1)), row=3),
        observed(joint("New text")),
    )
    collect(home, START + 2 * HOUR, *changed)
    collect(
        home,
        START + 3 * HOUR,
        observed(chilean(BACK, title="A"), row=40),
        observed(addendum(MOVED, date(2026, 9, 1))),
        observed(addendum(SOLD, None)),
        matched=(match(f"{SOLD}/Add.1", LAMP),),
    )
    decide(home, 10, SOLD, "E3", Relation.DIRECT)
    decide(home, 11, f"{SOLD}/Add.1", "E3", Relation.NONE)
    decide(home, 12, SPS, "E3", Relation.DIRECT, product=LAMP.product_name)
    collect(home, ADDENDUM_SEEN, observed(LATER), matched=(match(ADDENDUM, CELL, score=0.9),))
    late = at(home, ADDENDUM_SEEN + 24 * HOUR)
    act_on_case(late, EU, Act(kind="closed", actor="甲", detail="归档", code="irrelevant", cause="backlog"))
    with run_step(at(home, PUBLISHED - HOUR), "crawl", source="never_read") as run:
        run.is_failed = True
    publish_copy(at(home, PUBLISHED))
