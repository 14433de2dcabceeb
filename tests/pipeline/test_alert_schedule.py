"""Which offers go now, in which mail, and when the others will."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from alert_facts import DAY, HOUR, MONDAY, case, contact, line, one
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.offers import Hold, Offer, make_offers
from pipeline.alerts.schedule import Parcel, Rhythm, Waiting, make_parcels
from pipeline.clock import SHANGHAI, to_shanghai
from warehouse.outbox import Dates, Told
from warehouse.records import Level

RHYTHM = Rhythm()
MINUTE = timedelta(minutes=1)
TUESDAY_9 = datetime(2026, 3, 10, 1, 0, tzinfo=UTC)
NEXT_MONDAY_9 = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)


def offer(number: int = 1, **fields: Any) -> Offer:
    """An offer of a daily firm at level 关注, ready since Monday 10:00; its fields may be replaced."""
    level = fields.pop("level", Level.WATCH)
    base = one(line(match_level=level))
    return replace(base, **{"case_id": f"G/TBT/N/ATL/{number}", "ready_at": MONDAY, **fields})


def plan(
    *offers: Offer, now: datetime = MONDAY, sent: int = 0, rhythm: Rhythm = RHYTHM
) -> tuple[list[tuple[str, int]], tuple[Waiting, ...]]:
    """Kinds and sizes of the mails that go, and what waits."""
    parcels, waiting = make_parcels(offers, {"c1": sent}, rhythm, now)
    return [(parcel.kind, len(parcel.offers)) for parcel in parcels], waiting


def test_a_firm_that_wants_it_at_once_gets_it_at_once_and_one_by_one() -> None:
    assert plan(*(offer(n, subscription="immediate") for n in range(3))) == ([("alert", 1)] * 3, ())


@pytest.mark.parametrize("subscription", ["daily", "weekly"])
def test_a_warning_goes_at_once_whatever_the_firm_asked_for_and_the_rest_waits(subscription: str) -> None:
    loud = offer(1, subscription=subscription, level=Level.WARNING)
    parcels, [held] = plan(loud, offer(2, subscription=subscription))
    assert parcels == [("alert", 1)]
    assert held.offer.case_id.endswith("/2")


def test_a_daily_digest_goes_at_nine_in_shanghai() -> None:
    parcels, waiting = plan(offer(1), offer(2), now=TUESDAY_9 - MINUTE)
    assert parcels == []
    assert {(held.until, held.why) for held in waiting} == {(TUESDAY_9, "列入日报")}
    assert plan(offer(1), offer(2), now=TUESDAY_9) == ([("daily", 2)], ())
    # a timer that comes late, or a day on which nobody ran it, loses nothing
    assert plan(offer(1), offer(2), now=TUESDAY_9 + 40 * HOUR) == ([("daily", 2)], ())


def test_a_weekly_digest_goes_on_the_set_day() -> None:
    weekly = [offer(n, subscription="weekly") for n in (1, 2)]
    parcels, waiting = plan(*weekly, now=TUESDAY_9)
    assert parcels == []
    assert {(held.until, held.why) for held in waiting} == {(NEXT_MONDAY_9, "列入周报")}
    assert plan(*weekly, now=NEXT_MONDAY_9 - MINUTE)[0] == []
    assert plan(*weekly, now=NEXT_MONDAY_9)[0] == [("weekly", 2)]
    friday = Rhythm(weekly_on=5, daily_at=time(16, 30))
    assert {held.until for held in plan(*weekly, rhythm=friday)[1]} == {datetime(2026, 3, 13, 8, 30, tzinfo=UTC)}


def test_a_digest_of_one_thing_is_an_ordinary_mail() -> None:
    assert plan(offer(), now=TUESDAY_9)[0] == [("alert", 1)]
    assert plan(offer(kind="update"), now=TUESDAY_9)[0] == [("update", 1)]


def test_what_came_after_the_last_digest_goes_along_with_what_is_due() -> None:
    late = offer(2, ready_at=TUESDAY_9 + HOUR)
    assert plan(offer(1), late, now=TUESDAY_9 + 2 * HOUR)[0] == [("daily", 2)]
    assert plan(late, now=TUESDAY_9 + 2 * HOUR)[0] == []


def test_a_digest_that_would_come_too_late_is_not_waited_for() -> None:
    assert plan(offer(notify_by=TUESDAY_9 + DAY + MINUTE))[0] == []
    assert plan(offer(notify_by=TUESDAY_9 + DAY))[0] == [("alert", 1)]
    assert plan(offer(notify_by=MONDAY - HOUR))[0] == [("alert", 1)]


def test_what_cannot_wait_for_the_weekly_digest_goes_with_the_next_daily_one_and_is_not_called_a_weekly() -> None:
    urgent = [offer(n, subscription="weekly", notify_by=MONDAY + 48 * HOUR) for n in (1, 2)]
    parcels, waiting = plan(*urgent)
    assert parcels == []
    assert {(held.until, held.why) for held in waiting} == {(TUESDAY_9, "列入日报")}
    assert plan(*urgent, offer(3, subscription="weekly"), now=TUESDAY_9) == ([("bundle", 3)], ())


def test_the_cap_joins_what_is_left_into_one_mail() -> None:
    offers = [offer(n, subscription="immediate") for n in range(6)]
    assert plan(*offers[:5])[0] == [("alert", 1)] * 5
    assert plan(*offers)[0] == [("bundle", 6)]
    assert plan(*offers[:3], sent=3)[0] == [("bundle", 3)]
    assert plan(offers[0], sent=4)[0] == [("alert", 1)]


def test_past_the_cap_everything_waits_for_the_next_day_but_what_presses() -> None:
    offers = [offer(n, subscription="immediate") for n in range(2)]
    parcels, waiting = plan(*offers, sent=5)
    assert parcels == []
    midnight = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)
    assert {held.until for held in waiting} == {midnight}
    assert "5封" in waiting[0].why
    urgent = replace(offers[0], notify_by=TUESDAY_9)
    parcels, waiting = plan(urgent, offers[1], sent=5)
    assert parcels == [("alert", 1)]
    assert len(waiting) == 1
    # before nine the next day is not today's nine o'clock
    early = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
    assert {held.until for held in plan(*offers, sent=5, now=early)[1]} == {midnight}


def test_the_count_is_of_one_contact() -> None:
    other = offer(contact=contact(2), subscription="immediate")
    parcels, waiting = make_parcels([offer(subscription="immediate"), other], {"c1": 5}, RHYTHM, MONDAY)
    assert [parcel.offers for parcel in parcels] == [(other,)]
    assert len(waiting) == 1


def test_what_is_held_or_in_a_mail_already_is_not_put_into_another() -> None:
    assert plan(offer(hold=Hold.TOLD), offer(2, mail_id="m"), offer(3, contact=None)) == ([], ())


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        # Friday 31 December 2027: the year ends between two digests
        ("2027-12-31T08:59", "2027-12-31T09:00", "2028-01-03T09:00"),
        ("2027-12-31T09:00", "2028-01-01T09:00", "2028-01-03T09:00"),
        ("2028-01-03T08:59:59", "2028-01-03T09:00", "2028-01-03T09:00"),
        ("2028-01-03T09:00", "2028-01-04T09:00", "2028-01-10T09:00"),
        ("2028-02-28T23:00", "2028-02-29T09:00", "2028-03-06T09:00"),
        # when Europe changes its clocks, Shanghai does not
        ("2026-03-29T08:59", "2026-03-29T09:00", "2026-03-30T09:00"),
    ],
)
def test_digests_over_the_end_of_year_and_month(now: str, daily: str, weekly: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI).astimezone(UTC)
    for subscription, due in (("daily", daily), ("weekly", weekly)):
        found = RHYTHM.next_digest(subscription, moment)
        assert found == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)
        assert to_shanghai(found).strftime("%H:%M") == "09:00"


MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1100)).map(lambda span: MONDAY + span)
RHYTHMS = st.builds(
    Rhythm, daily_at=st.times(), weekly_on=st.integers(1, 7),
    cap=st.integers(1, 6),
)  # fmt: skip


@given(RHYTHMS, MOMENTS, st.sampled_from(["daily", "weekly"]))
def test_now_lies_between_the_last_digest_and_the_next(rhythm: Rhythm, now: datetime, subscription: str) -> None:
    last, following = rhythm.last_digest(subscription, now), rhythm.next_digest(subscription, now)
    assert last <= now < following
    assert following - last == (7 * DAY if subscription == "weekly" else DAY)
    for due in (last, following):
        assert to_shanghai(due).time() == rhythm.daily_at
        assert subscription == "daily" or to_shanghai(due).isoweekday() == rhythm.weekly_on
    assert rhythm.last_digest(subscription, following) == following


@st.composite
def many_offers(draw: st.DrawFn) -> tuple[list[Offer], dict[str, int], Rhythm, datetime]:
    now = draw(MOMENTS)
    people = draw(st.integers(1, 3))
    rhythms = [draw(st.sampled_from(["immediate", "daily", "weekly"])) for _ in range(people)]
    spans = st.timedeltas(timedelta(0), timedelta(days=20))
    found = []
    for n in range(draw(st.integers(0, 12))):
        person = draw(st.integers(0, people - 1))
        found.append(
            offer(
                n,
                contact=contact(person),
                subscription=rhythms[person],
                level=draw(st.sampled_from([Level.WARNING, Level.WATCH])),
                kind=draw(st.sampled_from(["alert", "update"])),
                ready_at=now - draw(spans),
                notify_by=draw(st.one_of(st.none(), spans.map(lambda s: now - timedelta(days=5) + s))),
                hold=draw(st.sampled_from([None, None, None, *Hold])),
                mail_id=draw(st.sampled_from(["", "", "", "m"])),
            )
        )
    sent = {f"c{person}": draw(st.integers(0, 8)) for person in range(people)}
    return found, sent, draw(RHYTHMS), now


def flat(parcels: tuple[Parcel, ...]) -> list[Offer]:
    return [item for parcel in parcels for item in parcel.offers]


@given(many_offers())
def test_nothing_is_lost_nothing_goes_twice_and_every_mail_has_one_reader(drawn: Any) -> None:
    found, sent, rhythm, now = drawn
    parcels, waiting = make_parcels(found, sent, rhythm, now)
    due = [item for item in found if item.hold is None and not item.mail_id]
    placed = Counter(id(item) for item in [*flat(parcels), *(held.offer for held in waiting)])
    assert placed == Counter(id(item) for item in due)
    names = [item.as_alert().alert_id for item in flat(parcels)]
    assert len(names) == len(set(names))
    for parcel in parcels:
        assert len({item.contact for item in parcel.offers}) == 1
        assert (len(parcel.offers) == 1) == (parcel.kind in ("alert", "update"))
        assert len(parcel.offers) > 1 or parcel.kind == parcel.offers[0].kind


@given(many_offers())
def test_the_cap_holds_but_for_what_presses(drawn: Any) -> None:
    found, sent, rhythm, now = drawn
    parcels, _ = make_parcels(found, sent, rhythm, now)
    for name, n_sent in sent.items():
        mine = [
            parcel for parcel in parcels if parcel.offers[0].contact and parcel.offers[0].contact.contact_id == name
        ]
        if n_sent + len(mine) > rhythm.cap and mine:
            [only] = mine
            assert all(item.notify_by and item.notify_by <= now + 2 * DAY for item in only.offers)


@given(many_offers())
def test_nothing_waits_past_the_limit_and_what_was_promised_is_kept(drawn: Any) -> None:
    found, sent, rhythm, now = drawn
    _, waiting = make_parcels(found, sent, rhythm, now)
    for held in waiting:
        assert now < held.until <= now + 7 * DAY
        assert held.offer.notify_by is None or held.until < held.offer.notify_by
        # at that moment it goes; what the cap held joins the digest that is to come
        parcels, again = make_parcels([held.offer], {}, rhythm, held.until)
        assert flat(parcels) == [held.offer] or again[0].why.startswith("列入")
        if held.why.startswith("列入"):
            assert flat(parcels) == [held.offer]


@given(many_offers(), st.randoms())
def test_the_order_of_the_offers_does_not_matter(drawn: Any, random: Any) -> None:
    found, sent, rhythm, now = drawn
    shuffled = list(found)
    random.shuffle(shuffled)
    assert make_parcels(shuffled, sent, rhythm, now)[0] == make_parcels(found, sent, rhythm, now)[0]


@st.composite
def ten_days(draw: st.DrawFn) -> tuple[str, list[tuple[int, str, int]]]:
    """A firm's rhythm, and what comes in which hour: a line of a case confirmed, or a date of it moved."""
    hours, number = st.integers(0, 239), st.integers(1, 4)
    news = draw(st.lists(st.tuples(hours, st.sampled_from(["line", "date"]), number), min_size=1, max_size=12))
    return draw(st.sampled_from(["immediate", "daily", "weekly"])), sorted(news)


@given(ten_days(), st.integers(1, 5), st.booleans())
def test_over_days_all_is_told_once_and_the_last_word_is_the_one_that_holds(
    given_days: tuple[str, list[tuple[int, str, int]]], cap: int, is_loud: bool
) -> None:
    subscription, news = given_days
    rhythm, today = Rhythm(cap=cap), MONDAY.date()
    lines: dict[int, list[Any]] = {}
    dates: dict[int, Dates] = {}
    history: list[Told] = []
    sent: Counter[Any] = Counter()
    for hour in range(18 * 24):  # the last thing comes on the tenth day; a week later all must be told
        now = MONDAY + hour * HOUR
        for _, what, number in (item for item in news if item[0] == hour):
            found = lines.setdefault(number, [])
            if what == "line" or not found:
                level = Level.WARNING if is_loud and not found else Level.WATCH
                key = f"G/TBT/N/ATL/{number}"
                found.append(
                    line(f"{number}-{len(found)}", case_id=key, subscription=subscription, judged_at=now,
                         match_level=level)
                )  # fmt: skip
            else:
                dates[number] = Dates(entry_into_force_date=today + timedelta(days=400 + hour))
        known = {item.case_id for item in history}
        cases = {
            key: replace(
                case(dates.get(number, Dates())),
                case_id=key,
                notify_by=None if key in known else found[0].judged_at + 2 * DAY,
            )
            for number, found in lines.items()
            for key in [f"G/TBT/N/ATL/{number}"]
        }
        candidates = [item for number in sorted(lines) for item in lines[number]]
        offers = make_offers(candidates, cases, [contact()], history, include_unreviewed=False, today=today)
        day = to_shanghai(now).date()
        parcels, _ = make_parcels(offers, {"c1": sent[day]}, rhythm, now)
        sent[day] += len(parcels)
        for parcel in parcels:
            for item in (told.as_alert() for told in parcel.offers):
                history.append(
                    Told(
                        alert_id=item.alert_id, mail_id=f"m{len(history)}", case_id=item.case_id,
                        case_version=item.case_version, contact_id="c1", exporter_id="E1", kind=item.kind,
                        line_ids=frozenset(item.line_ids), dates=item.dates, state="accepted", message_id=f"<{hour}>",
                        ended_at=now,
                    )
                )  # fmt: skip
        history.sort(key=lambda item: (item.case_id, item.case_version))
    assert len({item.alert_id for item in history}) == len(history)
    for number, found in lines.items():
        mine = [item for item in history if item.case_id == f"G/TBT/N/ATL/{number}"]
        assert [item.case_version for item in mine] == list(range(1, len(mine) + 1))
        assert frozenset[str]().union(*(item.line_ids for item in mine)) == {item.line_id for item in found}
        assert mine[-1].dates == dates.get(number, Dates())
        assert mine[0].ended_at is not None
        assert mine[0].ended_at <= found[0].judged_at + 2 * DAY
