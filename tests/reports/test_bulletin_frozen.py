"""Facts go into canonical JSON and come back equal, whatever record the bulletin has."""

from __future__ import annotations

import inspect
import json
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from bulletin_sample import quiet_month, sample, with_proceedings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports.bulletin import facts as records
from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts
from reports.bulletin.frozen import freeze, read_as, thaw, to_json
from warehouse.errors import StageError

RECORDS = [kind for _, kind in inspect.getmembers(records, is_dataclass) if kind.__module__ == records.__name__]
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
st.register_type_strategy(str, TEXT)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


def test_every_record_of_the_bulletin_is_looked_at() -> None:
    assert {"BulletinFacts", "BulletinItem", "DeadlineEntry", "ResponseClock"} <= {kind.__name__ for kind in RECORDS}


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_what_is_written_is_read_back_equal(kind: type) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.from_type(kind))
    def check(value: object) -> None:
        text = to_json(value)
        again = read_as(kind, json.loads(text))
        assert again == value
        assert to_json(again) == text

    check()


@pytest.mark.parametrize(
    "value",
    [sample(), sample(3, firm_names=True), quiet_month(), with_proceedings(sample())],
    ids=["public", "restricted", "quiet", "proceedings"],
)
def test_a_sample_issue_says_the_same_after_the_round_trip(value: BulletinFacts) -> None:
    assert thaw(freeze(value)) == value
    assert compose_bulletin(thaw(freeze(value))) == compose_bulletin(value)


def test_the_zone_of_an_instant_does_not_change_the_text() -> None:
    moment = datetime(2031, 11, 5, 1, 0, tzinfo=UTC)
    there = moment.astimezone(timezone(timedelta(hours=8)))
    assert to_json((moment,)) == to_json((there,))


def test_a_field_that_this_version_does_not_know_is_refused_in_words() -> None:
    data = json.loads(freeze(sample()))
    with pytest.raises(StageError, match="不认识的字段：colour"):
        thaw(json.dumps(data | {"colour": "red"}))
    del data["year"]
    with pytest.raises(StageError, match="缺少字段：year"):
        thaw(json.dumps(data))
    with pytest.raises(StageError, match="无法读取"):
        thaw("no json")


def test_a_moment_without_a_zone_is_not_written() -> None:
    with pytest.raises(TypeError, match="zone"):
        freeze(replace(sample(), generated_at=datetime(2031, 1, 1)))  # noqa: DTZ001
