"""The calendar of deadlines as a calendar program reads it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from reports.calendar import DeadlineEntry, deadlines_calendar
from reports.mail.calendar_entry import deadline_entry

STAMP = datetime(2031, 11, 5, 1, 2, 3, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
COMMENT = DeadlineEntry(
    kind="comment-deadline",
    case_id="C-1",
    summary="评议截止：欧盟通报“关于电池的条例草案”",
    description="通报号：G/TBT/N/EU/9001\n产品：电池；隔膜, 铝箔\\铜箔",
    when=date(2031, 12, 20),
    url="https://eping.example/n/9001?a=1,2",
    version=2,
)
CLOCK = DeadlineEntry(
    kind="response-72h", case_id="C-1", summary="72小时响应", when=datetime(2031, 11, 8, 9, 12, tzinfo=SHANGHAI)
)


def events_of(text: str) -> list[Event]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def test_a_day_is_an_all_day_event_with_its_words_intact() -> None:
    (event,) = events_of(deadlines_calendar([COMMENT], STAMP, "office.example"))
    assert event["DTSTART"].dt == date(2031, 12, 20)
    assert event["DTEND"].dt == date(2031, 12, 21)
    assert event["DTSTAMP"].dt == STAMP
    assert (event["SUMMARY"], event["DESCRIPTION"]) == (COMMENT.summary, COMMENT.description)
    assert (event["URL"], event["SEQUENCE"], event["TRANSP"]) == (COMMENT.url, 2, "TRANSPARENT")


def test_a_moment_keeps_its_instant_and_has_no_length() -> None:
    (event,) = events_of(deadlines_calendar([CLOCK], STAMP, "office.example"))
    assert event["DTSTART"].dt == datetime(2031, 11, 8, 1, 12, tzinfo=UTC)
    assert "DTEND" not in event
    assert "DURATION" not in event
    assert "DESCRIPTION" not in event
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(hours=-4)]


@pytest.mark.parametrize(("days", "alarms"), [(8, 2), (7, 1), (0, 1), (-3, 1)])
def test_a_far_day_is_announced_a_week_ahead_too(days: int, alarms: int) -> None:
    entry = dataclasses.replace(COMMENT, when=STAMP.date() + timedelta(days=days))
    (event,) = events_of(deadlines_calendar([entry], STAMP, "office.example"))
    triggers = [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
    assert triggers[-1] == timedelta(hours=-15)
    assert len(triggers) == alarms


def test_the_comment_deadline_is_the_event_of_the_mail() -> None:
    attached = deadline_entry(
        case_id="C-1",
        version=1,
        deadline=date(2031, 12, 20),
        stamp=STAMP,
        domain="a.example",
        summary="",
        description="",
    )
    (mail,) = events_of(attached)
    (ours,) = events_of(deadlines_calendar([COMMENT], STAMP, "a.example"))
    assert ours["UID"] == mail["UID"]


def test_a_moved_deadline_keeps_its_uid_and_other_cases_and_kinds_have_their_own() -> None:
    moved = dataclasses.replace(COMMENT, when=date(2032, 1, 9), summary="展期", version=3)
    others = [COMMENT, CLOCK, dataclasses.replace(COMMENT, case_id="C-2")]
    uids = [event["UID"] for event in events_of(deadlines_calendar(others, STAMP, "office.example"))]
    assert len(set(uids)) == 3
    (event,) = events_of(deadlines_calendar([moved], STAMP + timedelta(days=9), "office.example"))
    assert event["UID"] in uids


def test_events_stand_in_order_of_time_whatever_the_order_of_entries() -> None:
    entries = [COMMENT, CLOCK, dataclasses.replace(COMMENT, case_id="C-3", when=date(2031, 11, 7))]
    text = deadlines_calendar(entries, STAMP, "office.example")
    assert text == deadlines_calendar(entries[::-1], STAMP, "office.example")
    starts = [event["DTSTART"].dt for event in events_of(text)]
    assert starts == [date(2031, 11, 7), datetime(2031, 11, 8, 1, 12, tzinfo=UTC), date(2031, 12, 20)]


def test_the_calendar_has_a_name_and_may_be_without_events() -> None:
    text = deadlines_calendar([], STAMP, "office.example", name="技贸措施时限,演示")
    calendar = Calendar.from_ical(text)
    assert "X-WR-CALNAME:技贸措施时限\\,演示\r\n" in text
    assert {"NAME", "X-WR-CALNAME"} <= set(calendar)
    assert calendar["VERSION"] == "2.0"
    assert calendar.walk("VEVENT") == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/\r\nATTENDEE:mailto:a@b", "https://例.example", ""]
)
def test_only_a_plain_web_link_becomes_a_link(url: str) -> None:
    (event,) = events_of(deadlines_calendar([dataclasses.replace(COMMENT, url=url)], STAMP, "office.example"))
    assert "URL" not in event
    assert "ATTENDEE" not in event


@pytest.mark.parametrize(
    "entries",
    [
        [COMMENT, COMMENT],
        [dataclasses.replace(COMMENT, kind="Comment Deadline")],
        [dataclasses.replace(COMMENT, when=datetime(2031, 11, 8, 9, 12))],  # noqa: DTZ001  # naive on purpose
    ],
    ids=["twice", "no slug", "naive"],
)
def test_a_fault_of_the_caller_is_refused(entries: list[DeadlineEntry]) -> None:
    with pytest.raises(ValueError, match=r"two entries|slug|aware"):
        deadlines_calendar(entries, STAMP, "office.example")


@pytest.mark.parametrize(("stamp", "domain"), [(STAMP.replace(tzinfo=None), "a.example"), (STAMP, "a b\r\nX:1")])
def test_a_naive_stamp_or_a_domain_that_is_none_is_refused(stamp: datetime, domain: str) -> None:
    with pytest.raises(ValueError, match=r"aware|domain"):
        deadlines_calendar([COMMENT], stamp, domain)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=20),
            st.text(max_size=200),
            st.text(max_size=200),
            st.one_of(
                st.dates(min_value=date(1995, 1, 1), max_value=date(2100, 1, 1)),
                st.datetimes(
                    min_value=datetime(1995, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone
                    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
                    timezones=st.just(SHANGHAI),
                ),
            ),
        ),
        max_size=5,
        unique_by=lambda made: made[0],
    )
)
def test_any_text_stays_within_its_property_and_its_line(made: list[tuple[str, str, str, date | datetime]]) -> None:
    entries = [
        DeadlineEntry(kind="k", case_id=case_id, summary=summary, description=description, when=when)
        for case_id, summary, description, when in made
    ]
    text = deadlines_calendar(entries, STAMP, "office.example")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any(character in line for line in lines for character in "\n\r\x00\x85\u2028")
    events = events_of(text)
    assert len(events) == len(entries)
    assert all(
        set(event) <= {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "TRANSP"}
        for event in events
    )
