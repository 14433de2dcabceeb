"""The preview is what `send` then writes."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from alert_office import (
    CONCLUDED,
    HOUR,
    MONDAY_9,
    TWO,
    WEDNESDAY_9,
    addendum,
    conclude,
    files,
    preview,
    send,
)
from case_office import at

from pipeline.steps.outbox import write_preview

DAY = timedelta(days=1)


@pytest.fixture
def home(alerts: Path) -> Path:
    return alerts


@pytest.mark.parametrize("unreviewed", [False, True])
def test_the_preview_is_what_send_then_writes_byte_by_byte(home: Path, tmp_path: Path, unreviewed: bool) -> None:
    moments = [CONCLUDED, WEDNESDAY_9, WEDNESDAY_9 + 2 * HOUR, WEDNESDAY_9 + DAY, MONDAY_9]
    seen: dict[str, bytes] = {}
    for number, now in enumerate(moments):
        if number == 2:
            addendum(home, now, comment_deadline=date(2026, 6, 20))
        shown = tmp_path / str(number)
        plan = preview(home, now, unreviewed=unreviewed)
        write_preview(at(home, now), plan, shown)
        send(home, now, unreviewed=unreviewed)
        written = {name: content for name, content in files(home / "outbox").items() if name not in seen}
        assert files(shown) == written
        assert all(path.stat().st_mode & 0o077 == 0 for path in shown.iterdir())
        seen |= written
    assert len(seen) >= 8


def test_the_preview_of_a_mail_that_waits_shows_it_only_when_it_goes(greylisted: Path, tmp_path: Path) -> None:
    soon, later = CONCLUDED + timedelta(minutes=5), CONCLUDED + HOUR
    assert write_preview(at(greylisted, soon), preview(greylisted, soon), tmp_path / "soon") == ()
    write_preview(at(greylisted, later), preview(greylisted, later), tmp_path / "later")
    send(greylisted, later)
    assert files(tmp_path / "later") == files(greylisted / "outbox") != {}


def test_the_preview_of_one_case_shows_the_mails_that_tell_of_it_as_they_will_be(home: Path, tmp_path: Path) -> None:
    conclude(home, CONCLUDED, TWO)
    plan = preview(home, WEDNESDAY_9, case=TWO)
    assert {offer.case_id for offer in plan.shown} == {TWO}
    write_preview(at(home, WEDNESDAY_9), plan, tmp_path / "two")
    send(home, WEDNESDAY_9)
    written = files(home / "outbox")
    shown = files(tmp_path / "two")
    assert shown.items() < written.items()
    assert len(shown) == 3


def test_the_preview_changes_nothing(home: Path, tmp_path: Path) -> None:
    before = (home / "warehouse.duckdb").read_bytes()
    write_preview(at(home, WEDNESDAY_9), preview(home, WEDNESDAY_9), tmp_path / "shown")
    assert (home / "warehouse.duckdb").read_bytes() == before
    assert not (home / "outbox").exists()
