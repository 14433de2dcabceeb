"""Which offers go now, in which mail, and when the others will.

预警 goes at once, and so does everything to a firm that wants it so; the rest waits for the firm's daily or weekly
digest. Nothing waits past the limit of 企业告知: the city's 72 hours stand above a firm's rhythm, so what cannot wait
for the weekly digest goes when the daily ones go. The cap a day joins mails into one and then holds them until the next
day, again not past that limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby

from pipeline.alerts.offers import Offer
from pipeline.clock import to_shanghai
from warehouse.records import Level

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """When digests go and how many mails a contact gets a day. Times are of Asia/Shanghai."""

    daily_at: time = time(9)
    weekly_on: int = 1  # 1 Monday … 7 Sunday
    cap: int = 5
    lead: timedelta = _DAY  # a digest that comes later than so long before the limit is not waited for

    def last_digest(self, subscription: str, now: datetime) -> datetime:
        """The last moment up to `now` at which a digest of this subscription was due."""
        local = to_shanghai(now)
        due = datetime.combine(local.date(), self.daily_at, local.tzinfo)
        if due > local:
            due -= _DAY
        if subscription == "weekly":
            due -= timedelta(days=(due.isoweekday() - self.weekly_on) % 7)
        return due

    def next_digest(self, subscription: str, now: datetime) -> datetime:
        """The first moment after `now` at which a digest of this subscription is due."""
        return self.last_digest(subscription, now) + (timedelta(days=7) if subscription == "weekly" else _DAY)

    def next_day(self, now: datetime) -> datetime:
        """The midnight at which the count of the cap begins anew."""
        local = to_shanghai(now)
        return datetime.combine(local.date() + _DAY, time(), local.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One mail: its kind and what it tells. `alert` and `update` tell one thing, digests at least two."""

    kind: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An offer that goes later."""

    offer: Offer
    until: datetime
    why: str  # Chinese


def make_parcels(
    offers: Sequence[Offer], sent_today: Mapping[str, int], rhythm: Rhythm, now: datetime
) -> tuple[tuple[Parcel, ...], tuple[Waiting, ...]]:
    """Put what may go and is in no mail yet into mails, contact by contact; say until when the rest waits.

    `sent_today` counts the mails of the Shanghai day by contact_id.
    """
    due = [offer for offer in offers if offer.hold is None and not offer.mail_id and offer.contact]
    due.sort(key=lambda offer: (offer.contact.contact_id if offer.contact else "", offer.case_id))
    parcels: list[Parcel] = []
    waiting: list[Waiting] = []
    for contact_id, group in groupby(due, key=lambda offer: offer.contact.contact_id if offer.contact else ""):
        made, held = _to_one(tuple(group), sent_today.get(contact_id, 0), rhythm, now)
        parcels += made
        waiting += held
    return tuple(parcels), tuple(waiting)


def _to_one(
    offers: tuple[Offer, ...], n_sent: int, rhythm: Rhythm, now: datetime
) -> tuple[list[Parcel], list[Waiting]]:
    single = [offer for offer in offers if _goes_at_once(offer)]
    bundled = [offer for offer in offers if not _goes_at_once(offer)]
    is_due = any(_is_digest_due(offer, rhythm, now) for offer in bundled)
    waiting = [] if is_due else [_until_digest(offer, rhythm, now) for offer in bundled]
    parcels = [Parcel(kind=offer.kind, offers=(offer,)) for offer in single]
    if bundled and is_due:
        parcels.append(_joined(_digest_kind(bundled, rhythm, now), bundled))
    if not parcels or n_sent + len(parcels) <= rhythm.cap:
        return parcels, waiting
    going = [offer for parcel in parcels for offer in parcel.offers]
    if n_sent >= rhythm.cap:
        tomorrow = rhythm.next_day(now)
        # who sends by hand does so when the digests go
        limit = rhythm.next_digest("daily", tomorrow)
        waiting += [
            Waiting(offer=offer, until=tomorrow, why=f"今日已达每日{rhythm.cap}封上限")
            for offer in going
            if not _is_pressing(offer, limit)
        ]
        going = [offer for offer in going if _is_pressing(offer, limit)]
    return ([_joined("bundle", going)] if going else []), waiting


def _goes_at_once(offer: Offer) -> bool:
    return offer.subscription == "immediate" or offer.level is Level.WARNING


def _digest_of(offer: Offer, rhythm: Rhythm, now: datetime) -> str:
    """The subscription whose digest takes the offer: the daily one where the next weekly one would come too late."""
    weekly = rhythm.next_digest("weekly", now)
    return "daily" if _is_pressing(offer, weekly + rhythm.lead) else offer.subscription


def _digest_kind(offers: Sequence[Offer], rhythm: Rhythm, now: datetime) -> str:
    """As the firm subscribed; but what goes between two weekly digests is none."""
    subscription = offers[0].subscription
    due = rhythm.last_digest(subscription, now)
    is_between = subscription == "weekly" and all(offer.ready_at > due for offer in offers)
    return "bundle" if is_between else subscription


def _is_digest_due(offer: Offer, rhythm: Rhythm, now: datetime) -> bool:
    """What was ready at the last digest goes now, and so does what cannot wait for the next one."""
    if offer.ready_at <= rhythm.last_digest(offer.subscription, now):
        return True
    digest = _digest_of(offer, rhythm, now)
    return offer.ready_at <= rhythm.last_digest(digest, now) or _is_pressing(
        offer, rhythm.next_digest(digest, now) + rhythm.lead
    )


def _is_pressing(offer: Offer, moment: datetime) -> bool:
    return offer.notify_by is not None and offer.notify_by <= moment


def _until_digest(offer: Offer, rhythm: Rhythm, now: datetime) -> Waiting:
    digest = _digest_of(offer, rhythm, now)
    why = "列入周报" if digest == "weekly" else "列入日报"
    return Waiting(offer=offer, until=rhythm.next_digest(digest, now), why=why)


def _joined(kind: str, offers: Sequence[Offer]) -> Parcel:
    """One mail of several; one thing alone is told by an ordinary mail."""
    if len(offers) == 1:
        return Parcel(kind=offers[0].kind, offers=(offers[0],))
    return Parcel(kind=kind, offers=tuple(offers))
