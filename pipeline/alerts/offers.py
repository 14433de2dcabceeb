"""What each contact could be told of each case, or why it is told nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import groupby
from types import MappingProxyType

from warehouse.contacts import StandingContact
from warehouse.outbox import AlertCandidate, Dates, Measure, NewAlert, Told
from warehouse.records import Level

MAILED_LEVELS = (Level.WARNING, Level.WATCH)  # 参考 goes into the bulletin only
_CONCLUDED = MappingProxyType({"warning": Level.WARNING, "watch": Level.WATCH})
_UNKNOWN = Dates()
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Hold(StrEnum):
    """Why nothing goes. The Chinese words are what `alert preview` shows."""

    CLOSED = "案件已结案或归档"
    UNREVIEWED = "未经人工研判确认"
    REFERENCE = "仅为参考级，列入月度提示，不单独发送"
    NO_CONTACT = "企业没有联系邮箱，请电话告知"
    SUSPENDED = "联系人失效，请电话告知"
    UNSUBSCRIBED = "联系人已退订，请电话告知"
    TOLD = "此前已告知，内容无变化"
    FAILED = "此前未能送达，请电话告知"
    IN_DOUBT = "此前是否送达不明，请先核实"


# What only the telephone settles: these firms are not told of the case yet.
BY_PHONE = frozenset({Hold.NO_CONTACT, Hold.SUSPENDED, Hold.UNSUBSCRIBED, Hold.FAILED, Hold.IN_DOUBT})


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the rules need to know of a case."""

    case_id: str
    is_open: bool
    conclusion: str = ""  # the officer's: warning, watch, none, or "" while there is none
    notify_by: datetime | None = None  # limit of 企业告知 while the clock runs for it
    measure: Measure | None = None

    @property
    def dates(self) -> Dates:
        """The dates that hold now."""
        return self.measure.dates if self.measure else Dates()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one contact could be told of one case; `hold` says why it is not, and is None where it may go."""

    case_id: str
    exporter_id: str
    exporter_name: str
    subscription: str
    contact: StandingContact | None
    kind: str  # alert or update
    version: int
    lines: tuple[AlertCandidate, ...]  # what the mail names, with the levels it gives them
    new_lines: tuple[AlertCandidate, ...] = ()  # of an update
    told: Dates = _UNKNOWN  # what the contact was told last; of an update
    dates: Dates = _UNKNOWN
    moved: tuple[str, ...] = ()  # names of the dates that an update tells anew
    thread: tuple[str, ...] = ()  # Message-IDs of the mails told before, oldest first
    ready_at: datetime = _LONG_AGO  # since when the first of it could have gone: what comes later does not put it off
    notify_by: datetime | None = None
    hold: Hold | None = None
    mail_id: str = ""  # of a mail that is queued already
    is_resumed: bool = False  # that mail had ended; the contact can be written to again

    @property
    def level(self) -> Level:
        """The loudest level among the lines."""
        return min((line.match_level for line in self.lines), key=list(Level).index)

    @property
    def reviewed_by(self) -> str:
        """The officers, only where all that the mail says was confirmed: it must not claim more."""
        if any(line.verdict != "confirmed" for line in self.lines):
            return ""
        return "、".join(dict.fromkeys(line.judged_by for line in self.lines))

    def as_alert(self) -> NewAlert:
        """As the outbox keeps it. Only for an offer with a contact."""
        if self.contact is None:
            raise ValueError("an offer without a contact cannot be queued")
        return NewAlert(
            case_id=self.case_id,
            case_version=self.version,
            kind=self.kind,
            contact_id=self.contact.contact_id,
            exporter_id=self.exporter_id,
            is_reviewed=bool(self.reviewed_by),
            match_level=self.level,
            line_ids=tuple(sorted(line.line_id for line in self.lines)),
            dates=self.dates,
        )


def make_offers(
    candidates: Sequence[AlertCandidate],
    cases: Mapping[str, CaseFacts],
    contacts: Sequence[StandingContact],
    told: Sequence[Told],
    *,
    include_unreviewed: bool,
    today: date,
) -> tuple[Offer, ...]:
    """One offer a case and contact, by case and firm; a firm without contact has one that names none.

    In: `candidates` by case and firm as `warehouse.outbox.alert_candidates` gives them; `told` by version; `today` in
    Shanghai.
    """
    by_firm: dict[str, list[StandingContact]] = {}
    for contact in contacts:
        if contact.standing != "closed":
            by_firm.setdefault(contact.exporter_id, []).append(contact)
    history: dict[tuple[str, str], list[Told]] = {}
    for item in told:
        history.setdefault((item.case_id, item.contact_id), []).append(item)
    offers: list[Offer] = []
    for (case_id, exporter_id), group in groupby(candidates, key=lambda c: (c.case_id, c.exporter_id)):
        case = cases[case_id]
        base = _first_offer(tuple(group), case, include_unreviewed=include_unreviewed)
        if base.hold or not by_firm.get(exporter_id):
            offers.append(replace(base, hold=base.hold or Hold.NO_CONTACT))
            continue
        for contact in by_firm[exporter_id]:
            earlier = history.get((case_id, contact.contact_id), [])
            offers.append(_offer_to(replace(base, contact=contact), contact, earlier, case, today))
    return tuple(offers)


def _first_offer(lines: tuple[AlertCandidate, ...], case: CaseFacts, *, include_unreviewed: bool) -> Offer:
    """What anybody at the firm could be told who was told nothing yet."""
    # the officer's conclusion on the case stands above the machine's level of a line
    concluded = _CONCLUDED.get(case.conclusion)
    levelled = tuple(
        replace(line, match_level=concluded) if concluded and line.verdict == "confirmed" else line for line in lines
    )
    eligible = tuple(line for line in levelled if include_unreviewed or line.verdict == "confirmed")
    mailed = tuple(line for line in eligible if line.match_level in MAILED_LEVELS)
    hold = None
    if not case.is_open:
        hold = Hold.CLOSED
    elif not eligible:
        hold = Hold.UNREVIEWED
    elif not mailed:
        hold = Hold.REFERENCE
    first = lines[0]
    return Offer(
        case_id=first.case_id,
        exporter_id=first.exporter_id,
        exporter_name=first.exporter_name,
        subscription=first.subscription,
        contact=None,
        kind="alert",
        version=1,
        lines=mailed or levelled,
        dates=case.dates,
        ready_at=min(map(_found_at, mailed), default=_LONG_AGO),
        notify_by=case.notify_by,
        hold=hold,
    )


def _offer_to(offer: Offer, contact: StandingContact, earlier: Sequence[Told], case: CaseFacts, today: date) -> Offer:
    """The same, to one contact, after what this contact was told before."""
    arrived = [item for item in earlier if item.state == "accepted"]
    if arrived:
        offer = _as_update(offer, arrived, case, today)
    last = earlier[-1] if earlier else None
    if last is not None and last.state != "accepted":
        offer = replace(offer, version=last.case_version, kind=last.kind, mail_id=last.mail_id)
        if last.state in ("in-doubt", "sending"):
            return replace(offer, hold=Hold.IN_DOUBT)
    # also of an update that did not go out: by now its news may be none
    if arrived and not offer.moved and not offer.new_lines:
        return replace(offer, hold=Hold.TOLD)
    if last is not None and last.state in ("failed", "bounced"):
        is_resumed = contact.standing == "open" and last.ended_at is not None and contact.since > last.ended_at
        if not is_resumed:
            return replace(offer, hold=Hold.FAILED)
        offer = replace(offer, is_resumed=True)
    elif last is not None and last.state == "withdrawn":
        offer = replace(offer, is_resumed=True)
    if contact.standing == "suspended":
        return replace(offer, hold=Hold.SUSPENDED)
    if contact.standing == "unsubscribed":
        return replace(offer, hold=Hold.UNSUBSCRIBED)
    return offer


def _as_update(offer: Offer, arrived: Sequence[Told], case: CaseFacts, today: date) -> Offer:
    """What is new against all that arrived: dates that moved, and lines that were not named."""
    known = frozenset[str]().union(*(item.line_ids for item in arrived))
    new_lines = tuple(line for line in offer.lines if line.line_id not in known)
    last = arrived[-1].dates
    moved = tuple(name for name in Dates.__slots__ if _has_moved(name, last, case.dates, today))
    changed_at = [case.measure.changed_at] if case.measure and moved else []
    return replace(
        offer,
        kind="update",
        version=arrived[-1].case_version + 1,
        new_lines=new_lines,
        told=last,
        moved=moved,
        thread=tuple(dict.fromkeys(item.message_id for item in arrived)),
        ready_at=min([*changed_at, *map(_found_at, new_lines)], default=_LONG_AGO),
    )


def _has_moved(name: str, told: Dates, now: Dates, today: date) -> bool:
    """A date that is no longer known is no news, and neither is a time for comments that is over already."""
    new: date | None = getattr(now, name)
    if new is None or new == getattr(told, name):
        return False
    return name != "comment_deadline" or new >= today


def _found_at(line: AlertCandidate) -> datetime:
    return line.judged_at or line.matched_at or _LONG_AGO
