"""Candidates, contacts and cases for the tests of the alert rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.alerts.offers import CaseFacts, Offer, make_offers
from warehouse.contacts import StandingContact
from warehouse.outbox import AlertCandidate, Dates, Measure, Told
from warehouse.records import Level, Relation

CASE, FIRM = "G/TBT/N/ATL/1", "E1"
MONDAY = datetime(2026, 3, 9, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = MONDAY.date()
DATES = Dates(comment_deadline=date(2026, 5, 4))


def line(name: str = "台灯", **fields: Any) -> AlertCandidate:
    """A line of the firm that an officer confirmed at level 关注; its fields may be replaced."""
    given: dict[str, Any] = {
        "case_id": CASE, "exporter_id": FIRM, "exporter_name": "虚构光电", "subscription": "daily",
        "notification_id": CASE, "line_id": f"line-{name}", "product_name": name, "hs_code": "94052100",
        "relation": Relation.DIRECT, "match_level": Level.WATCH, "reason": "同属灯具。", "sells_to_member": True,
        "score": 0.9, "verdict": "confirmed", "judged_by": "甲", "judged_at": MONDAY, "matched_at": MONDAY - HOUR,
    }  # fmt: skip
    return AlertCandidate(**{**given, **fields})


def found(name: str = "台灯", **fields: Any) -> AlertCandidate:
    """The same, found by the machine and not judged."""
    return line(name, **{"verdict": "unjudged", "judged_by": "", "judged_at": None, **fields})


def contact(number: int = 1, **fields: Any) -> StandingContact:
    """A contact of the firm that may be written to."""
    given: dict[str, Any] = {
        "contact_id": f"c{number}", "exporter_id": FIRM, "email": f"c{number}@firm.example", "post": "关企联络员",
        "unsubscribe_token": f"token{number}", "standing": "open", "reason": "", "since": MONDAY - DAY,
    }  # fmt: skip
    return StandingContact(**{**given, **fields})


def told(version: int = 1, *lines: AlertCandidate, **fields: Any) -> Told:
    """What contact 1 was told of the case: of the one line and with `DATES` unless given."""
    kind = fields.get("kind", "alert" if version == 1 else "update")
    given: dict[str, Any] = {
        "alert_id": f"a{version}", "mail_id": f"m{version}", "case_id": CASE, "case_version": version,
        "contact_id": "c1", "exporter_id": FIRM, "kind": kind,
        "line_ids": frozenset(item.line_id for item in lines or (line(),)), "dates": DATES, "state": "accepted",
        "message_id": f"<m{version}@office.example>", "ended_at": None,
    }  # fmt: skip
    return Told(**{**given, **fields})


def case(dates: Dates = DATES, **fields: Any) -> CaseFacts:
    """The case, open and without a conclusion."""
    measure = Measure(case_id=CASE, dates=dates, latest_notification_id=CASE, changed_at=MONDAY - DAY)
    return CaseFacts(**{"case_id": CASE, "is_open": True, "measure": measure, **fields})


def offers(
    *lines: AlertCandidate,
    contacts: Sequence[StandingContact] | None = None,
    earlier: Sequence[Told] = (),
    facts: CaseFacts | None = None,
    unreviewed: bool = False,
    today: date = TODAY,
) -> tuple[Offer, ...]:
    """What `make_offers` makes of one case, with contact 1 unless others are given."""
    people = (contact(),) if contacts is None else contacts
    chosen = lines or (line(),)
    known = {item.case_id: facts or case() for item in chosen}
    return make_offers(chosen, known, people, earlier, include_unreviewed=unreviewed, today=today)


def one(*lines: AlertCandidate, **given: Any) -> Offer:
    """The only offer."""
    [offer] = offers(*lines, **given)
    return offer
