"""A mail that a server did not take is tried again, ever more rarely, within 72 hours."""

from __future__ import annotations

from datetime import timedelta

from alert_facts import HOUR, MONDAY
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts.retry import GIVE_UP_AFTER, next_attempt


def test_the_first_pause_is_long_enough_for_greylisting() -> None:
    again = next_attempt(1, MONDAY, MONDAY)
    assert again is not None
    assert timedelta(minutes=5) <= again - MONDAY <= timedelta(minutes=30)


def test_a_timer_that_comes_every_quarter_of_an_hour_tries_often_enough_and_then_gives_up() -> None:
    now, n_attempts, again = MONDAY, 0, None
    attempts = []
    while True:
        if again is None or again <= now:
            n_attempts += 1
            attempts.append(now - MONDAY)
            again = next_attempt(n_attempts, MONDAY, now)
            if again is None:
                break
        now += timedelta(minutes=15)
    assert 10 <= len(attempts) <= 20
    assert sum(moment <= 4 * HOUR for moment in attempts) >= 4
    # nobody hears of it on the third day who could be phoned on the second: the last attempt lies near the end
    assert 60 * HOUR <= attempts[-1] <= GIVE_UP_AFTER == 72 * HOUR


@given(st.integers(0, 40), st.timedeltas(timedelta(0), timedelta(days=10)))
def test_no_attempt_lies_past_the_72_hours_and_none_comes_at_once(n_attempts: int, waited: timedelta) -> None:
    now = MONDAY + waited
    again = next_attempt(n_attempts, MONDAY, now)
    if again is None:
        assert now + 8 * HOUR > MONDAY + GIVE_UP_AFTER
    else:
        assert now < again <= MONDAY + GIVE_UP_AFTER


@given(st.integers(1, 40), st.timedeltas(timedelta(0), 60 * HOUR))
def test_pauses_only_grow(n_attempts: int, waited: timedelta) -> None:
    now = MONDAY + waited
    first, second = next_attempt(n_attempts, MONDAY, now), next_attempt(n_attempts + 1, MONDAY, now)
    assert first is not None
    assert second is not None
    assert first <= second
