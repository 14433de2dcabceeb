"""`tbtwatch alert preview`: who would be told what now, in which mail, and why everybody else is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.alerts.facts import MeasureFacts
from pipeline.alerts.offers import CaseFacts, Offer, make_offers
from pipeline.alerts.schedule import Parcel, Rhythm, Waiting, make_parcels
from pipeline.chinese_titles import told_title
from pipeline.clock import to_shanghai
from pipeline.config import Settings
from pipeline.context import Context
from pipeline.response_advice import deadlines
from pipeline.steps.open_cases import TimedCase, Timing, load_timing
from pipeline.worktime import last_working_day_before
from warehouse.cases import case_named, read_cases
from warehouse.connection import Connection, open_reader
from warehouse.contacts import StandingContact, read_standing_contacts
from warehouse.facts import read_notifications
from warehouse.outbox import Mail, Measure, Told, alert_candidates, read_mails, read_measures, read_told
from warehouse.translations import best_titles

PENDING = frozenset({"queued", "retry"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is decided of one moment, before anything is written or sent."""

    now: datetime
    offers: tuple[Offer, ...]
    parcels: tuple[Parcel, ...]  # mails to be queued
    waiting: tuple[Waiting, ...]
    outbox: tuple[Mail, ...]
    told: tuple[Told, ...]
    cases: Mapping[str, TimedCase]
    measures: Mapping[str, Measure]
    contacts: Mapping[str, StandingContact]  # by contact_id
    only_case: str = ""  # what is shown; decided is everything, since mails join cases

    @property
    def shown(self) -> tuple[Offer, ...]:
        """The offers of the case that was asked for, or all."""
        return tuple(offer for offer in self.offers if self.only_case in ("", offer.case_id))

    def colleagues(self, contact: StandingContact) -> list[StandingContact]:
        """The other contacts of the firm that mail may go to."""
        return [
            other
            for other in self.contacts.values()
            if other.exporter_id == contact.exporter_id
            and other.contact_id != contact.contact_id
            and other.standing == "open"
        ]

    def pending(self) -> dict[str, list[Offer]]:
        """What mails of the outbox would tell now, by mail_id; a mail with nothing left to tell is not in it."""
        found: dict[str, list[Offer]] = {}
        for offer in self.offers:
            if offer.mail_id and offer.hold is None:
                found.setdefault(offer.mail_id, []).append(offer)
        return found


def preview_alerts(context: Context, *, include_unreviewed: bool, case: str = "") -> Plan:
    """Return what `send` would do now, without doing it; with `case` (case, symbol or id) for that case alone.

    Raises InputError where `case` names none.
    """
    with open_reader(context.home.warehouse) as con:
        return read_plan(con, context, include_unreviewed=include_unreviewed, case=case)


def read_plan(con: Connection, context: Context, *, include_unreviewed: bool, case: str = "") -> Plan:
    """Read what there is and decide."""
    timing = load_timing(context.home)
    only_case = case_named(con, case) if case else ""
    candidates = alert_candidates(con)
    if only_case and all(candidate.case_id != only_case for candidate in candidates):
        candidates += alert_candidates(con, only_case)  # a closed one
    named = sorted({candidate.case_id for candidate in candidates})
    cases = {found.case_id: timing.timed(found, context.now) for found in read_cases(con, only=named)}
    measures = read_measures(con, named)
    contacts = read_standing_contacts(con)
    outbox = read_mails(con)
    told = read_told(con)
    today = to_shanghai(context.now).date()
    offers = make_offers(
        candidates,
        {case_id: _case_facts(timed, measures.get(case_id)) for case_id, timed in cases.items()},
        contacts,
        told,
        include_unreviewed=include_unreviewed or context.settings.mail.send_unreviewed,
        today=today,
    )
    parcels, waiting = make_parcels(offers, _sent_on(today, outbox), rhythm_of(context.settings), context.now)
    return Plan(
        now=context.now,
        offers=offers,
        parcels=parcels,
        waiting=waiting,
        outbox=outbox,
        told=told,
        cases=cases,
        measures=measures,
        contacts={contact.contact_id: contact for contact in contacts},
        only_case=only_case,
    )


def rhythm_of(settings: Settings) -> Rhythm:
    """When digests go and how many mails a contact gets a day, as the settings say."""
    alerts = settings.alerts
    return Rhythm(daily_at=alerts.daily_at, weekly_on=alerts.weekly_on, cap=alerts.daily_cap)


def measure_facts(con: Connection, plan: Plan, offers: Iterable[Offer], context: Context) -> dict[str, MeasureFacts]:
    """What all mails about the cases of `offers` say alike, by case_id: to be read once for many mails."""
    wanted = {offer.case_id: plan.cases[offer.case_id] for offer in offers}
    latest = {case_id: plan.measures[case_id].latest_notification_id for case_id in wanted if case_id in plan.measures}
    ids = {timed.case.notification_id for timed in wanted.values()} | set(latest.values())
    notifications = {found.notification_id: found for found in read_notifications(con, sorted(ids))}
    titles = best_titles(con, [timed.case.notification_id for timed in wanted.values()])
    timing = load_timing(context.home)
    return {
        case_id: MeasureFacts(
            main=notifications[timed.case.notification_id],
            latest=notifications.get(latest.get(case_id, "")),
            title_zh=told_title(titles, timed.case.notification_id),
            advice=timed.state.advice,
            feedback_by=_feedback_by(timed, timing, to_shanghai(context.now).date()),
        )
        for case_id, timed in wanted.items()
    }


def _feedback_by(timed: TimedCase, timing: Timing, today: date) -> date | None:
    """The office's own date for the firm's opinion."""

    def working_day_before(day: date, n: int) -> date:
        return last_working_day_before(day, n, timing.calendar)

    case = timed.case
    return deadlines(case.comment_deadline, case.distribution_date, today, working_day_before).firms_by


def _case_facts(timed: TimedCase, measure: Measure | None) -> CaseFacts:
    is_rated = timed.clock.closed_at is None and not timed.case.is_backfill
    limits = (reading.due_at for reading in timed.clock.readings if reading.milestone.event == "notified")
    is_told = any(reading.milestone.event == "notified" and reading.met_at for reading in timed.clock.readings)
    return CaseFacts(
        case_id=timed.case.case_id,
        is_open=timed.clock.closed_at is None,
        conclusion=timed.state.conclusion,
        notify_by=next(limits, None) if is_rated and not is_told else None,
        measure=measure,
    )


def _sent_on(today: date, outbox: Sequence[Mail]) -> Counter[str]:
    """How many mails each contact was sent on this day, or is still to be sent."""
    return Counter(
        mail.contact_id
        for mail in outbox
        if mail.state in PENDING
        or (
            mail.state not in ("withdrawn", "failed")
            and to_shanghai(mail.attempted_at or mail.queued_at).date() == today
        )
    )
