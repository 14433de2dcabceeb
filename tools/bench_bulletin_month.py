"""A home with an invented month for tools/bench_bulletin.py: notifications, history, matches, cases, none matched."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from bench_cases import MULTIPLY

if TYPE_CHECKING:
    from warehouse.records import Match, Notification

ROOT = Path(__file__).parents[1]
MONTH, FIRST, DAYS = "2026-05", date(2026, 5, 1), 31
NOW = datetime(2026, 6, 2, 1, tzinfo=UTC)
NOTIFICATIONS = 700
RELEVANT, JUDGED = 60, 30
HISTORY_MONTHS, HISTORY_A_MONTH = 12, 600
OLD = "G/TBT/N/ATL/1"  # settled long ago; the old cases are multiplied from it
_SEED = 2026
_SEEN = time(9)  # UTC, on the day of distribution
_MEMBERS = (
    ("United States of America", "USA"), ("European Union", "EU"), ("Japan", "JPN"), ("Korea, Republic of", "KOR"),
    ("Brazil", "BRA"), ("Chile", "CHL"), ("Kenya", "KEN"), ("Uganda", "UGA"), ("Saudi Arabia, Kingdom of", "SAU"),
    ("Viet Nam", "VNM"), ("Thailand", "THA"), ("India", "IND"), ("Canada", "CAN"), ("Egypt", "EGY"),
)  # fmt: skip
_GOODS = (
    ("optical fibre cables", "854470"), ("lithium-ion batteries", "850760"), ("LED luminaires", "940511"),
    ("electric motors", "850152"), ("motor vehicles with electric drive", "870380"), ("power transformers", "850421"),
    ("lasers and laser products", "901320"), ("routers and other network equipment", "851762"),
    ("pneumatic tyres", "401110"), ("switchgear and plugs", "853669"), ("compressors for refrigeration", "841430"),
    ("plastic films for packaging", "392010"), ("cement clinker", "252310"), ("paints and varnishes", "320910"),
    ("crustaceans, prepared or preserved", "160521"), ("ball bearings", "848210"), ("valves for pipes", "848180"),
)  # fmt: skip
_OTHER_GOODS = (
    ("fresh mangoes", "080450"), ("alcoholic beverages", "220830"), ("infant formula", "190110"), ("toys", "950300"),
    ("cosmetic products", "330499"), ("frozen poultry meat", "020714"), ("wheat flour", "110100"),
    ("textile floor coverings", "570500"), ("pesticide residues in citrus fruit", "080510"), ("furniture", "940360"),
)  # fmt: skip
_TITLES = (
    "Draft Regulation laying down energy efficiency requirements for {goods}",
    "Technical Regulation on the labelling and marking of {goods}",
    "Proyecto de Reglamento Técnico sobre requisitos de seguridad de {goods}",
    "{goods} - Part {n}: Safety requirements and test methods, Draft National Standard",
    "Mandatory certification of {goods}: Order No. {n}",
    "Projet d'arrêté relatif à l'évaluation de la conformité de {goods}",
)
_SENTENCES = (
    "This draft lays down requirements for {goods} placed on the market.",
    "It specifies limits of lead, cadmium and other hazardous substances and the methods of test.",
    "Manufacturers shall affix a label which states the class of efficiency and the name of the importer.",
    "A certificate of conformity issued by an accredited laboratory is required before customs clearance.",
    "Products that were placed on the market before the entry into force may be sold for twelve months.",
    "Packaging, spare parts and samples for exhibitions are outside the scope of this regulation.",
)


def make_home(home: Path) -> None:
    """Fill the warehouse of `home`, in which firms are registered, with the month and its history."""
    sys.path[:0] = [str(ROOT / "tests" / "pipeline"), str(ROOT / "tests" / "warehouse")]
    from case_office import at  # noqa: PLC0415
    from warehouse_sample import load, store  # noqa: PLC0415

    from pipeline.acts import Conclusion  # noqa: PLC0415
    from pipeline.steps.case_acts import conclude_case  # noqa: PLC0415
    from pipeline.steps.open_cases import update_cases  # noqa: PLC0415
    from warehouse.connection import open_writer  # noqa: PLC0415

    chance = random.Random(_SEED)  # noqa: S311  (test data)
    with open_writer(home / "warehouse.duckdb") as con:
        lines = con.execute("SELECT line_id, hs_code FROM product_lines ORDER BY line_id").fetchall()
        month = list(_month(chance))
        old = _notification(OLD, date(2020, 1, 6), _GOODS[2], chance, deadline=date(2020, 3, 6))
        load(con, home / "landing", NOW, *_history(chance), *month, old)
        con.execute(
            "UPDATE notifications SET first_seen_at = (distribution_date + $seen) AT TIME ZONE 'UTC'", {"seen": _SEEN}
        )
        relevant = [item for item in month if item.hs_codes and item.hs_codes[0] in _codes()][:RELEVANT]
        assert len(relevant) == RELEVANT, "too few measures of the sample's goods"
        store(con, NOW, *(pair for item in (*relevant, old) for pair in _matches(item, lines, chance)))
    update_cases(at(home, NOW))
    for item in relevant[::2][:JUDGED]:
        found = Conclusion(conclusion="warning", actor="研判岗", reason="与我市企业产品一致", owner="应对岗")
        assert item.distribution_date is not None
        seen = datetime.combine(item.distribution_date, _SEEN, UTC)
        conclude_case(at(home, seen + timedelta(hours=20)), item.symbols[0], found)


def add_settled(home: Path, n: int) -> None:
    """Put `n` cases that were settled more than a year before the month into a home of `make_home`."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        end = datetime(FIRST.year - 1, FIRST.month - 1, 1, tzinfo=UTC)
        values = {"n": n, "template": OLD, "now": end.isoformat(), "open": 0}
        for statement in MULTIPLY.strip().split(";\n"):
            con.execute(statement, {key: value for key, value in values.items() if f"${key}" in statement})


def _month(chance: random.Random) -> Iterator[Notification]:
    """About one in four concerns goods of the sample's firms; one in ten is an addendum, one in thirty joint."""
    for number in range(NOTIFICATIONS):
        goods = chance.choice(_GOODS if number % 4 == 0 else _OTHER_GOODS)
        day = FIRST + timedelta(days=number * DAYS // NOTIFICATIONS)
        symbol = _symbol(chance, number + 20_000, "/Add.1" if number % 10 == 9 else "")
        yield _notification(symbol, day, goods, chance, joint=number % 30 == 4)


def _history(chance: random.Random) -> Iterator[Notification]:
    for number in range(HISTORY_MONTHS * HISTORY_A_MONTH):
        day = FIRST - timedelta(days=1 + number * 365 // (HISTORY_MONTHS * HISTORY_A_MONTH))
        yield _notification(_symbol(chance, number + 1_000), day, chance.choice((*_GOODS, *_OTHER_GOODS)), chance)


def _symbol(chance: random.Random, number: int, suffix: str = "") -> str:
    return f"G/TBT/N/{chance.choice(_MEMBERS)[1]}/{number}{suffix}"


def _notification(
    symbol: str, day: date, goods: tuple[str, str], chance: random.Random, *, joint: bool = False, **fields: Any
) -> Notification:
    from warehouse.records import Notification, NotificationKind  # noqa: PLC0415

    names = {token: name for name, token in _MEMBERS}
    token = symbol.split("/")[3]
    others = [code for code in ("KEN", "UGA") if joint and code != token]
    deadline = fields.get("deadline", day + timedelta(days=60))
    sentences = (_SENTENCES[0], *chance.sample(_SENTENCES[1:], k=3))
    return Notification(
        notification_id=symbol,
        symbols=(symbol, *(symbol.replace(f"/{token}/", f"/{other}/") for other in others)),
        area="TBT",
        kind=NotificationKind.ADDENDUM if "/Add." in symbol else NotificationKind.REGULAR,
        member_names=tuple(names.get(each, "Atlantis") for each in (token, *others)),
        member_codes=(token, *others),
        distribution_date=day,
        comment_deadline=deadline,
        entry_into_force_date=day + timedelta(days=240),
        title=chance.choice(_TITLES).format(goods=goods[0], n=chance.randint(1, 90)),
        description=" ".join(sentences).format(goods=goods[0]),
        products_text=f"{goods[0].capitalize()} (HS code(s): {goods[1]})",
        hs_codes=(goods[1],),
        objectives=("Protection of human health or safety (TBT)",),
        keywords=("Human health",),
        lang="en",
        url=f"https://www.epingalert.org/en/Search?viewData={symbol}",
    )


def _matches(item: Notification, lines: list[tuple[str, str]], chance: random.Random) -> Iterator[Match]:
    """Lines of the same heading, and some of any other."""
    from warehouse.records import Evidence, Level, Match, Relation  # noqa: PLC0415

    near = [line_id for line_id, code in lines if code.startswith(item.hs_codes[0][:4])]
    far = [line_id for line_id, _ in chance.sample(lines, k=chance.randint(1, 6)) if line_id not in near]
    for line_id in (*near, *far):
        is_near = line_id in near
        yield Match(
            notification_id=item.notification_id,
            line_id=line_id,
            relation=Relation.DIRECT if is_near else Relation.INDIRECT,
            score=0.9 if is_near else 0.6,
            level=Level.WARNING if is_near else Level.WATCH,
            reason="通报产品与企业产品税号同属一个品目。" if is_near else "通报产品与企业产品用途相近。",
            evidence=(Evidence(kind="hs", detail="同一品目", value=1.0),),
            sells_to_member=chance.random() < 0.5,
        )


def _codes() -> frozenset[str]:
    return frozenset(code for _, code in _GOODS)


if __name__ == "__main__":  # in a process of its own: what a parent held counts for its children's peak memory
    place, settled = Path(sys.argv[1]), int(sys.argv[2])
    if settled:
        add_settled(place, settled)
    else:
        make_home(place)
