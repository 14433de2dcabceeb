"""A published copy of which every row is known: what an analyst's questions are checked against."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from warehouse_sample import exporter, line, match, notification, observed, register, store

from crawlers.landing import LandingWriter
from pipeline.acts import Act
from pipeline.config import Settings
from pipeline.context import Context, run_step
from pipeline.home import Home
from pipeline.steps.case_acts import act_on_case
from pipeline.steps.judge import judge
from pipeline.steps.open_cases import update_cases
from pipeline.steps.publish import publish_copy
from warehouse.load import SourceTitle, load_landing
from warehouse.records import (
    Concern,
    ConcernObservation,
    Level,
    Match,
    NotificationKind,
    Observation,
    Relation,
)

PLATFORM = SourceTitle(source="platform", title="平台", priority=50)
START = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # 09:00 at the office
ADDENDUM_SEEN = datetime(2026, 6, 11, 1, 0, tzinfo=UTC)
CHANGED = datetime(2026, 6, 20, 1, 0, tzinfo=UTC)
PUBLISHED = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)

EU, DEU, USA, KEN, SPS, OLD = (
    "G/TBT/N/EU/1", "G/TBT/N/DEU/1", "G/TBT/N/USA/1", "G/TBT/N/KEN/1", "G/SPS/N/USA/2", "G/TBT/N/EU/2"
)  # fmt: skip
ADDENDUM = f"{EU}/Add.1"
JOINT = (KEN, "G/TBT/N/TZA/1", "G/TBT/N/UGA/1")
CHAIN = "锂电池与电池材料"
CELL = line("E1", "锂离子电池", hs_code="85076000", market_codes=("DEU", "EU", "USA"), annual_export_cny_10k=1000.0)
FILM = line("E2", "电池隔膜", hs_code="39202090", market_codes=("DEU", "EU", "FRA"), annual_export_cny_10k=500.0)
LAMP = line("E3", "台灯", hs_code="94052100", market_codes=("KEN", "USA"), annual_export_cny_10k=200.0)
FIRMS = (
    exporter("E1", industry_chain=CHAIN, lines=(CELL,)),
    exporter("E2", industry_chain=CHAIN, lines=(FILM,)),
    exporter("E3", industry_chain="光电子", lines=(LAMP,)),
)
NOTIFICATIONS = (
    notification(
        EU, title="Draft regulation on batteries", member_names=("European Union",), member_codes=("EU",),
        distribution_date=date(2026, 5, 28), comment_deadline=date(2026, 7, 20), hs_codes=("8507",), ics_codes=(),
    ),
    notification(
        DEU, title="Ordinance on take-back", member_names=("Germany",), member_codes=("DEU",),
        distribution_date=date(2026, 5, 25), comment_deadline=date(2026, 6, 25), hs_codes=(), ics_codes=("29.220",),
    ),
    notification(
        USA, title="Rule on batteries and lamps", member_names=("United States",), member_codes=("USA",),
        distribution_date=date(2026, 3, 10), comment_deadline=None, hs_codes=("850760", "9405"), ics_codes=(),
    ),
    notification(
        KEN, title="Luminaires - specification", symbols=JOINT, member_names=("Kenya", "Tanzania", "Uganda"),
        member_codes=("KEN", "TZA", "UGA"), distribution_date=date(2026, 5, 30), comment_deadline=date(2026, 7, 29),
        hs_codes=("9405",), ics_codes=("29.140",),
    ),
    notification(
        SPS, title="Emergency measure on pork", area="SPS", kind=NotificationKind.EMERGENCY, is_emergency=True,
        member_names=("United States",), member_codes=("USA",), distribution_date=date(2025, 6, 2),
        comment_deadline=None, entry_into_force_date=date(2025, 5, 30), hs_codes=("0203",), ics_codes=(),
    ),
    notification(
        OLD, title="Directive on electrical goods", member_names=("European Union",), member_codes=("EU",),
        distribution_date=date(2025, 6, 10), comment_deadline=date(2025, 8, 9), hs_codes=("85",), ics_codes=(),
    ),
)  # fmt: skip
LATER = notification(
    ADDENDUM, title="Draft regulation on batteries", kind=NotificationKind.ADDENDUM, member_names=("European Union",),
    member_codes=("EU",), distribution_date=date(2026, 6, 10), comment_deadline=date(2026, 8, 20), hs_codes=("8507",),
    ics_codes=(),
)  # fmt: skip
REWORDED = notification(
    DEU, title="Ordinance on take-back of batteries", member_names=("Germany",), member_codes=("DEU",),
    distribution_date=date(2026, 5, 25), comment_deadline=date(2026, 7, 5), hs_codes=(), ics_codes=("29.220",),
)  # fmt: skip
TOYS = notification(
    "G/TBT/N/CHL/3", title="Toys", member_names=("Chile",), member_codes=("CHL",), distribution_date=date(2026, 6, 18),
    comment_deadline=date(2026, 8, 30), hs_codes=("9503",), ics_codes=(),
)  # fmt: skip
FIRST_MATCHES = (
    match(EU, CELL, score=0.9),
    match(EU, FILM, relation=Relation.INDIRECT, level=Level.WATCH, score=0.6),
    match(DEU, CELL, score=0.8),
    match(DEU, FILM, relation=Relation.INDIRECT, level=Level.WATCH, score=0.5),
    match(USA, CELL, score=0.7, sells_to_member=True),
    match(KEN, LAMP, score=0.9),
    match(SPS, LAMP, relation=Relation.NONE, level=Level.NONE, score=0.1),
)
CONCERN = Concern(
    concern_id="TBT-900", area="TBT", title="European Union - batteries", responding_members=("EU",),
    raising_members=("CHN", "JPN"), first_raised=date(2026, 3, 1), last_raised=date(2026, 6, 1), n_times_raised=2,
    symbols=(EU, "G/TBT/N/CHL/9"),
)  # fmt: skip
OTHER_CONCERN = Concern(
    concern_id="TBT-901", area="TBT", title="Chile - toys", responding_members=("CHL",), raising_members=("CHN",),
    first_raised=date(2025, 3, 1), n_times_raised=1, symbols=("G/TBT/N/CHL/9",),
)  # fmt: skip


def at(home: Path, moment: datetime) -> Context:
    """The office at a moment."""
    return Context(home=Home(home), now=moment, settings=Settings())


def open_analyst_office(home: Path) -> None:
    """Collect, match, judge, answer, collect again and publish."""
    with run_step(at(home, START), "import-exporters", creates=True) as run:
        register(run.con, START, *FIRMS)
    concerns = (
        ConcernObservation(source_key=number, payload={}, concern=stated)
        for number, stated in (("900", CONCERN), ("901", OTHER_CONCERN))
    )
    collect(home, START, *map(observed, NOTIFICATIONS), *concerns, matched=FIRST_MATCHES)
    _answer(home)
    collect(home, ADDENDUM_SEEN, observed(LATER), matched=(match(ADDENDUM, CELL, score=0.9),))
    film = match(DEU, FILM, relation=Relation.INDIRECT, level=Level.WATCH, score=0.5)
    collect(home, CHANGED, observed(REWORDED), matched=(match(DEU, CELL, score=0.8), film))
    publish_copy(at(home, PUBLISHED))


def close_in_time(home: Path) -> None:
    """Collect one more notification on 20 June, close its case a day later and publish again."""
    collect(home, CHANGED + HOUR, observed(TOYS), matched=(match(TOYS.notification_id, LAMP),))
    closed = Act(kind="closed", actor="甲", detail="归档", code="irrelevant")
    act_on_case(at(home, CHANGED + 20 * HOUR), TOYS.notification_id, closed)
    publish_copy(at(home, PUBLISHED + HOUR))


def collect(
    home: Path, moment: datetime, *items: Observation | ConcernObservation, matched: tuple[Match, ...] = ()
) -> None:
    """Import records from the platform, and match and open what follows from them."""
    context = at(home, moment)
    with run_step(context, "import-notifications", source=PLATFORM.source) as run:
        folder = context.home.landing / PLATFORM.source / run.run_id
        with LandingWriter(folder, source=PLATFORM.source, run_id=run.run_id) as landing:
            for item in items:
                landing.write(item)
        load_landing(run.con, folder, source=PLATFORM, run_id=run.run_id, now=moment)
        store(run.con, moment, *matched)
    update_cases(context)


def _answer(home: Path) -> None:
    """KEN in time at 20, 30 and 60 hours; DEU judged and told in time, advised 100 hours after the start: backlog."""
    decide(home, 20, KEN, "E3", None)
    act(home, 30, KEN, "notified")
    act(home, 60, KEN, "advised")
    decide(home, 10, DEU, "E1", None)
    decide(home, 10, DEU, "E2", Relation.NONE)
    act(home, 40, DEU, "notified")
    act(home, 100, DEU, "advised", cause="backlog")


def decide(
    home: Path, hours: float, symbol: str, firm: str, relation: Relation | None, *, product: str | None = None
) -> None:
    """An officer's decision, so many hours after the start."""
    now = at(home, START + hours * HOUR)
    judge(now, symbol, firm, product_name=product, relation=relation, reason="", judged_by="甲")


def act(home: Path, hours: float, case_id: str, kind: str, cause: str = "") -> None:
    """A step of a case, so many hours after the start."""
    act_on_case(at(home, START + hours * HOUR), case_id, Act(kind=kind, actor="甲", detail="已办理", cause=cause))
