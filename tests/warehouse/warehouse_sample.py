"""Fictional notifications, firms and matches, brought into a real warehouse the way the program brings them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

from crawlers.landing import LandingWriter
from warehouse.connection import Connection
from warehouse.contacts import contact_id
from warehouse.load import LoadReport, SourceTitle, load_landing
from warehouse.match_store import pending_notifications, store_matches
from warehouse.outbox import Dates, NewAlert, NewMail, finish_attempt, hand_over, queue_mails
from warehouse.records import (
    Contact,
    Evidence,
    Exporter,
    Issue,
    Level,
    Match,
    Notification,
    NotificationKind,
    Observation,
    ProductLine,
    Relation,
    Subscription,
)
from warehouse.register import replace_register

PLATFORM = SourceTitle(source="platform", title="平台", priority=50)
EXCHANGE = SourceTitle(source="exchange", title="交换文件", priority=30)
ADDRESS = "liaison@firm.example"
SECOND_ADDRESS = "deputy@firm.example"
DATES = Dates(comment_deadline=date(2026, 5, 4))
_RUNS = count(1)


def notification(symbol: str = "G/TBT/N/ATL/1", **fields: Any) -> Notification:
    """A notification of the member Atlantis; its fields may be replaced."""
    given: dict[str, Any] = {
        "notification_id": symbol,
        "symbols": (symbol,),
        "area": "TBT",
        "kind": NotificationKind.REGULAR,
        "member_names": ("Atlantis",),
        "member_codes": ("ATL",),
        "distribution_date": date(2026, 3, 5),
        "comment_deadline": date(2026, 5, 4),
        "title": "Draft rule on lamps",
        "hs_codes": ("9405",),
        "ics_codes": ("29.140",),
    }
    return Notification(**{**given, **fields})


def observed(item: Notification, *, key: str = "", row: int | None = None) -> Observation:
    """The observation that brings `item`; its key is the notification_id unless given."""
    return Observation(
        source_key=key or item.notification_id, payload={"title": item.title}, notification=item, row=row
    )


def land(folder: Path, items: Iterable[Observation], *, issues: Iterable[Issue] = ()) -> Path:
    """Write a finished landing folder below `folder` and return it."""
    target = folder / f"landing-{next(_RUNS)}"
    with LandingWriter(target, source="sample", run_id="r") as landing:
        for item in items:
            landing.write(item)
        for issue in issues:
            landing.issue(issue)
    return target


def load(
    con: Connection, folder: Path, now: datetime, *items: Notification | Observation, source: SourceTitle = PLATFORM
) -> LoadReport:
    """Land and load `items`."""
    observations = [item if isinstance(item, Observation) else observed(item) for item in items]
    return load_landing(con, land(folder, observations), source=source, run_id=f"load-{next(_RUNS)}", now=now)


def line(exporter_id: str = "E1", product_name: str = "台灯", **fields: Any) -> ProductLine:
    """A product line; its line_id is made of firm and product."""
    given: dict[str, Any] = {
        "line_id": hashlib.sha256(f"{exporter_id}|{product_name}".encode()).hexdigest()[:12],
        "exporter_id": exporter_id,
        "product_name": product_name,
        "hs_code": "94052100",
        "market_codes": ("ATL",),
    }
    return ProductLine(**{**given, **fields})


def exporter(exporter_id: str = "E1", *products: str, **fields: Any) -> Exporter:
    """A firm with one line a product and one contact."""
    given: dict[str, Any] = {
        "exporter_id": exporter_id,
        "name": f"虚构光电{exporter_id}有限公司",
        "credit_code": "91420100MA00000000",
        "district": "东湖高新区",
        "industry_chain": "光电子",
        "subscription": Subscription.DAILY,
        "lines": tuple(line(exporter_id, name) for name in products or ("台灯",)),
        "contacts": (Contact(exporter_id=exporter_id, post="关企联络员", email=ADDRESS),),
    }
    return Exporter(**{**given, **fields})


def register(con: Connection, now: datetime, *firms: Exporter) -> dict[str, int]:
    """Make the register what `firms` say."""
    return replace_register(con, firms or (exporter(),), run_id=f"register-{next(_RUNS)}", now=now)


def match(notification_id: str = "G/TBT/N/ATL/1", product: ProductLine | None = None, **fields: Any) -> Match:
    """A direct match at level 预警 with one piece of evidence."""
    given: dict[str, Any] = {
        "notification_id": notification_id,
        "line_id": (product or line()).line_id,
        "relation": Relation.DIRECT,
        "score": 0.9,
        "level": Level.WARNING,
        "reason": "通报产品与企业产品同属灯具。",
        "evidence": (Evidence(kind="hs", detail="同一品目", value=1.0),),
        "sells_to_member": True,
    }
    return Match(**{**given, **fields})


def store(con: Connection, now: datetime, *matches: Match) -> None:
    """Store `matches` as the answer to everything that is pending."""
    pending = pending_notifications(con, model_version="m1")
    store_matches(con, pending, matches, model_version="m1", run_id=f"match-{next(_RUNS)}", now=now)


def contacts(exporter_id: str, *addresses: str) -> tuple[Contact, ...]:
    """The contacts of a firm, one an address."""
    return tuple(Contact(exporter_id=exporter_id, post="关企联络员", email=address) for address in addresses)


def new_alert(exporter_id: str = "E1", *, address: str = ADDRESS, **fields: Any) -> NewAlert:
    """What the contact of a firm at `address` is told of the lamp; its fields may be replaced."""
    given: dict[str, Any] = {
        "case_id": "G/TBT/N/ATL/1",
        "case_version": 1,
        "kind": "alert",
        "contact_id": contact_id(exporter_id, address),
        "exporter_id": exporter_id,
        "is_reviewed": False,
        "match_level": Level.WARNING,
        "line_ids": (line(exporter_id).line_id,),
        "dates": DATES,
    }
    return NewAlert(**{**given, **fields})


def mail_of(*alerts: NewAlert, kind: str = "alert") -> NewMail:
    """The mail that carries these alerts, all of one contact."""
    return NewMail(kind=kind, contact_id=alerts[0].contact_id, exporter_id=alerts[0].exporter_id, alerts=alerts)


def queue(con: Connection, now: datetime, *alerts: NewAlert, kind: str = "alert") -> str:
    """Queue one mail with these alerts and return its id."""
    mail = mail_of(*alerts, kind=kind)
    queue_mails(con, [(mail, f"<{mail.mail_id}@sender.example>")], now=now)
    return mail.mail_id


def finish(con: Connection, mail_id: str, state: str, now: datetime, **more: Any) -> None:
    """Hand a mail over and end the attempt so; a server's reply is 250 where it took the mail, unless given."""
    assert hand_over(con, mail_id, now=now)
    given: dict[str, Any] = {"smtp_code": 250 if state == "accepted" else None, "detail": ""}
    finish_attempt(con, mail_id, state=state, now=now, **{**given, **more})


def scalar(con: Connection, query: str) -> Any:
    """The first value of the first row."""
    row = con.execute(query).fetchone()
    assert row is not None
    return row[0]
