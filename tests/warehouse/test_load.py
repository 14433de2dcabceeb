"""Loading landing folders: once, in versions, merged over members and sources, or not at all."""

from __future__ import annotations

import gzip
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from warehouse_sample import EXCHANGE, PLATFORM, land, load, notification, observed, scalar

from warehouse.build import rebuild_all
from warehouse.connection import Connection, transaction
from warehouse.errors import StageError
from warehouse.facts import read_notifications
from warehouse.load import load_landing
from warehouse.records import Issue, NotificationKind, Severity

DAY = timedelta(days=1)


def test_a_folder_loaded_twice_adds_nothing(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    issue = Issue(code="x", severity=Severity.WARNING, message="可疑", row=3, field_name="HS")
    folder = land(tmp_path, [observed(notification()), observed(notification("G/TBT/N/ATL/2"))], issues=[issue, issue])
    first = load_landing(warehouse, folder, source=PLATFORM, run_id="r1", now=now)
    assert (first.n_records, first.n_new, first.n_changed, first.n_unchanged) == (2, 2, 0, 0)
    assert first.n_notifications_touched == 2
    assert len(first.issues) == 2

    again = load_landing(warehouse, folder, source=PLATFORM, run_id="r2", now=now + DAY)
    assert (again.n_new, again.n_changed, again.n_unchanged, again.n_notifications_touched) == (0, 0, 2, 0)
    assert scalar(warehouse, "SELECT count(*) FROM raw_notifications") == 2
    rows = warehouse.execute("SELECT DISTINCT first_seen_at, last_seen_at, n_versions FROM notifications").fetchall()
    assert rows == [(now, now + DAY, 1)]
    issues = warehouse.execute("SELECT first_seen_at, last_seen_at, run_id FROM issues").fetchall()
    assert issues == [(now, now + DAY, "r2")]


def test_a_notification_comes_back_as_it_went_in(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    whole = notification(
        is_emergency=True,
        notification_type="Regular",
        comment_deadline_text="60 days",
        adoption_date=date(2026, 6, 1),
        adoption_text="mid 2026",
        entry_into_force_date=date(2026, 9, 1),
        entry_into_force_text="three months later",
        description='Lamps; "quoted", 全角，NUL\x00end',
        products_text="Lamps",
        objectives=("Protection of human health or safety",),
        keywords=("lamps",),
        affected_regions="all",
        lang="en",
        url="https://example.org/1",
        document_links=("https://example.org/1.pdf",),
        notification_links={"en": "https://example.org/en", "fr": "https://example.org/fr"},
    )
    bare = notification("G/TBT/N/ATL/2", symbols=(), hs_codes=(), ics_codes=(), member_codes=(), member_names=())
    load(warehouse, tmp_path, now, whole, bare)
    found, empty = read_notifications(warehouse)
    assert found == whole
    assert empty == bare
    assert read_notifications(warehouse, ["G/TBT/N/ATL/2", "unknown"]) == (bare,)
    assert read_notifications(warehouse, []) == ()


def test_a_changed_record_makes_a_version(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification())
    before = scalar(warehouse, "SELECT content_hash FROM notifications")
    report = load(warehouse, tmp_path, now + DAY, notification(title="Final rule on lamps"))
    assert (report.n_new, report.n_changed, report.n_notifications_touched) == (0, 1, 1)
    row = warehouse.execute("SELECT title, n_versions, first_seen_at, content_hash FROM notifications").fetchone()
    assert row is not None
    assert row[:3] == ("Final rule on lamps", 2, now)
    assert row[3] != before


@pytest.mark.parametrize("step", [DAY, timedelta(0), -DAY], ids=["forward", "same moment", "clock set back"])
def test_what_was_loaded_last_is_current(warehouse: Connection, tmp_path: Path, now: datetime, step: timedelta) -> None:
    for number, title in enumerate(("A", "B", "A")):
        load(warehouse, tmp_path, now + number * step, notification(title=title))
        assert scalar(warehouse, "SELECT title FROM notifications") == title
    assert scalar(warehouse, "SELECT n_versions FROM notifications") == 2
    assert scalar(warehouse, "SELECT count(*) FROM raw_notifications") == 2


def test_the_lower_row_holds_within_a_file(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    rows = [observed(notification(title="upper"), row=2), observed(notification(title="lower"), row=9)]
    for _ in range(2):
        load(warehouse, tmp_path, now, *rows)
        assert scalar(warehouse, "SELECT title FROM notifications") == "lower"


def test_rows_of_a_joint_notification_merge(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    symbols = ("G/TBT/N/ATL/7", "G/TBT/N/LEM/3", "G/TBT/N/MUU/4")
    rows = [
        observed(
            notification(symbols[0], symbols=symbols, member_codes=(code,), member_names=(code.title(),)),
            key=f"joint-{code}",
        )
        for code in ("LEM", "ATL", "MUU")
    ]
    report = load(warehouse, tmp_path, now, *rows)
    assert (report.n_records, report.n_notifications_touched) == (3, 1)
    (merged,) = read_notifications(warehouse)
    assert merged.member_codes == ("ATL", "LEM", "MUU")
    assert merged.member_names == ("Atl", "Lem", "Muu")
    assert merged.symbols == symbols
    pairs = warehouse.execute("SELECT symbol, case_root FROM notification_symbols ORDER BY symbol").fetchall()
    assert pairs == [(symbol, symbol) for symbol in symbols]


def test_case_roots_follow_the_symbol(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, notification("G/TBT/N/ATL/1/Rev.2/Add.1"), notification("odd-symbol"))
    found = dict(warehouse.execute("SELECT symbol, case_root FROM notification_symbols").fetchall())
    assert found == {"G/TBT/N/ATL/1/Rev.2/Add.1": "G/TBT/N/ATL/1/Rev.2", "odd-symbol": "odd-symbol"}


def test_a_record_that_changes_its_id_leaves_no_ghost(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    load(warehouse, tmp_path, now, observed(notification("G/TBT/N/ATL/11"), key="k"))
    load(warehouse, tmp_path, now + DAY, observed(notification("G/TBT/N/ATL/12"), key="k"))
    assert [n.notification_id for n in read_notifications(warehouse)] == ["G/TBT/N/ATL/12"]
    assert scalar(warehouse, "SELECT string_agg(symbol) FROM notification_symbols") == "G/TBT/N/ATL/12"

    # another record brings the old id for good: the one that moved away must not speak for it again
    other = notification("G/TBT/N/ATL/11", title="", member_codes=("LEM",))
    load(warehouse, tmp_path, now + 2 * DAY, observed(other, key="other"))
    first, _ = read_notifications(warehouse)
    assert (first.notification_id, first.title, first.member_codes) == ("G/TBT/N/ATL/11", "", ("LEM",))


def test_sources_fill_each_others_blanks(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    platform = notification(
        title="From the platform", hs_codes=(), comment_deadline=None, kind=NotificationKind.UNKNOWN
    )
    exchange = notification(
        title="From a file", hs_codes=("8539",), comment_deadline=date(2026, 4, 1), url="https://e.org"
    )
    load(warehouse, tmp_path, now, platform, source=PLATFORM)
    load(warehouse, tmp_path, now + DAY, exchange, source=EXCHANGE)
    (merged,) = read_notifications(warehouse)
    assert merged.title == "From the platform"
    assert merged.hs_codes == ("8539",)
    assert merged.comment_deadline == date(2026, 4, 1)
    assert merged.kind is NotificationKind.REGULAR
    assert merged.url == "https://e.org"
    assert scalar(warehouse, "SELECT count(*) FROM sources") == 2


def test_an_unfinished_folder_is_refused(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    folder = land(tmp_path, [observed(notification())])
    (folder / "run.json").unlink()
    with pytest.raises(StageError, match="不完整"):
        load_landing(warehouse, folder, source=PLATFORM, run_id="r", now=now)
    assert scalar(warehouse, "SELECT count(*) FROM sources") == 0


@pytest.mark.parametrize("damage", ["text", "date", "null", "cut", "issues"])
def test_of_a_damaged_folder_nothing_is_kept(warehouse: Connection, tmp_path: Path, now: datetime, damage: str) -> None:
    load(warehouse, tmp_path, now, notification(title="before"))
    folder = land(tmp_path, [observed(notification(title="after")), observed(notification("G/TBT/N/ATL/2"))])
    (part,) = folder.glob("observations*.jsonl.gz")
    packed = part.read_bytes()
    good, second = gzip.decompress(packed).decode().splitlines()
    fields = json.loads(second)
    bad = {
        "text": second[: len(second) // 2],
        "date": json.dumps({**fields, "distribution_date": "5th of March"}),
        "null": json.dumps({**fields, "title": None}),
    }
    if damage in bad:
        part.write_bytes(gzip.compress(f"{good}\n{bad[damage]}\n".encode()))
    elif damage == "cut":
        part.write_bytes(packed[: len(packed) // 2])
    else:
        (folder / "issues.jsonl").write_text("{half", encoding="utf-8")
    with pytest.raises(StageError, match=folder.name):
        load_landing(warehouse, folder, source=PLATFORM, run_id="r", now=now + DAY)
    assert warehouse.execute("SELECT notification_id, title, last_seen_at FROM notifications").fetchall() == [
        ("G/TBT/N/ATL/1", "before", now)
    ]
    assert scalar(warehouse, "SELECT count(*) FROM raw_notifications") == 1
    assert scalar(warehouse, "SELECT max(last_collected_at) FROM sources") == now


def test_a_folder_name_is_no_pattern(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    odd = tmp_path / "报告[1] *"
    odd.mkdir()
    assert load(warehouse, odd, now, notification()).n_new == 1


def test_a_rebuild_gives_the_same_tables(warehouse: Connection, tmp_path: Path, now: datetime) -> None:
    rival = notification(title="Rival", hs_codes=("8539",))
    same_rank = EXCHANGE.__class__(source="rival", title="同级来源", priority=PLATFORM.priority)
    load(warehouse, tmp_path, now, notification(), notification("G/TBT/N/ATL/2/Add.1"))
    load(warehouse, tmp_path, now, observed(rival, key="k2"))
    load(warehouse, tmp_path, now + DAY, rival, source=same_rank)
    load(warehouse, tmp_path, now + DAY, notification(title="", area=""), source=EXCHANGE)
    load(
        warehouse,
        tmp_path,
        now + 2 * DAY,
        notification(title="second"),
        observed(notification("G/TBT/N/ATL/9"), key="m"),
    )
    load(warehouse, tmp_path, now + 3 * DAY, notification(), observed(notification("G/TBT/N/ATL/8"), key="m"))
    load(warehouse, tmp_path, now + 4 * DAY, observed(rival, key="k2", row=40))
    tables = ("SELECT * FROM notifications ORDER BY ALL", "SELECT * FROM notification_symbols ORDER BY ALL")
    before = [warehouse.execute(query).fetchall() for query in tables]
    assert len(before[0]) == 3
    with transaction(warehouse):
        rebuild_all(warehouse)
    assert [warehouse.execute(query).fetchall() for query in tables] == before


def test_a_vanished_notification_takes_the_machines_matches_with_it(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, observed(notification("G/TBT/N/ATL/11"), key="k"))
    warehouse.execute("INSERT INTO matched_notifications VALUES ('G/TBT/N/ATL/11', 'f', 'r', $now)", {"now": now})
    load(warehouse, tmp_path, now, observed(notification("G/TBT/N/ATL/12"), key="k"))
    assert scalar(warehouse, "SELECT count(*) FROM matched_notifications") == 0
