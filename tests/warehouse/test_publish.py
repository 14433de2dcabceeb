"""The analysts' copy: complete, commented, without personal data, and moved in one step."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_sample import (
    ADDRESS,
    exporter,
    finish,
    load,
    match,
    new_alert,
    notification,
    queue,
    register,
    scalar,
    store,
)

from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import Connection
from warehouse.errors import StageError
from warehouse.judgements import Judgement, record_judgements
from warehouse.ledger import begin_run, record_issues
from warehouse.outbox import settle_mail
from warehouse.publish import Publication, publish
from warehouse.records import Issue, Relation, Severity

MALFORMED = "someone＠broken.example"
ODD = "odd@mail.example"
REFUSED = "refused@mail.example"
Publish = Callable[..., Publication]


@pytest.fixture
def publish_now(warehouse: Connection, tmp_path: Path, now: datetime) -> Publish:
    """Publishes a warehouse that holds an address wherever one could come in."""
    load(warehouse, tmp_path, now, notification(), notification("G/TBT/N/ATL/2", symbols=()))
    register(warehouse, now, exporter())
    store(warehouse, now, match())
    open_cases(warehouse, policy_version="p", backfill_days=30, now=now)
    begin_run(warehouse, run_id="r1", step="import", source="", arguments={}, version="0", now=now)
    issues = [
        Issue(code="email-malformed", severity=Severity.WARNING, message=f"{ODD}不是邮箱", value=value, subject="E1")
        for value in (MALFORMED, ODD)
    ]
    record_issues(warehouse, issues, source="exporters", run_id="r1", now=now)
    refused = Issue(
        code="mail-refused", severity=Severity.ERROR, message=f"{REFUSED} 被拒收", next_step=REFUSED, value=REFUSED
    )
    record_issues(warehouse, [refused], source="", run_id="r1", now=now)
    mail_id = queue(warehouse, now, new_alert())
    finish(warehouse, mail_id, "in-doubt", now, smtp_code=550, smtp_status="5.1.1", detail=f"550 {REFUSED} unknown")
    settle_mail(
        warehouse, mail_id, state="failed", from_states=["in-doubt"], actor=f"甲 {ODD}", detail=f"致电 {ODD}", now=now
    )
    decided = Judgement(
        notification_id="G/TBT/N/ATL/1",
        line_id=match().line_id,
        relation=Relation.DIRECT,
        reason=f"已问 {ODD}",
        judged_by="officer",
    )
    record_judgements(warehouse, [decided], now=now)
    told = CaseEvent(kind="advised", occurred_at=now, actor="officer", detail=f"致函 {ODD}")
    append_event(warehouse, "G/TBT/N/ATL/1", told, now=now)

    def run(*, at: datetime = now, keep: int = 3, firm_names: bool = False) -> Publication:
        return publish(warehouse, tmp_path / "publish", firm_names=firm_names, keep=keep, version="0.1", now=at)

    return run


def tables(con: Connection) -> list[str]:
    """The tables of the copy and its marts."""
    query = (
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL "
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"
    )
    return [str(row[0]) for row in con.execute(query).fetchall()]


def test_the_copy_is_an_ordinary_database(publish_now: Publish, now: datetime) -> None:
    done = publish_now()
    with duckdb.connect(done.link, read_only=True) as copy:
        base = [name for name in tables(copy) if name.startswith("main.") and name != "main.published_tables"]
        assert done.n_tables == len(base)
        assert done.n_rows == sum(len(copy.execute(f"FROM {name}").fetchall()) for name in base)
        stated = copy.execute("SELECT 'main.' || table_name, n_rows FROM published_tables").fetchall()
        assert dict(stated) == {name: len(copy.execute(f"FROM {name}").fetchall()) for name in base}
        assert scalar(copy, "SELECT count(*) FROM notifications") == 2
        assert scalar(copy, "SELECT count(*) FROM matches") == 1
        assert scalar(copy, "SELECT member_code FROM notification_members LIMIT 1") == "ATL"
        assert scalar(copy, "SELECT hs4 FROM notification_hs LIMIT 1") == "9405"
        assert scalar(copy, "SELECT count(*) FROM ref_hs_chapters") > 90
        assert scalar(copy, "SELECT published_at FROM published") == now
    assert sorted(path.name for path in done.path.parent.iterdir()) == ["current.duckdb", "parquet", done.path.name]


def test_everything_in_the_copy_is_commented(publish_now: Publish) -> None:
    with duckdb.connect(publish_now().path, read_only=True) as copy:
        assert copy.execute("SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''").fetchall() == []
        assert (
            copy.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL").fetchall() == []
        )
        macros = "SELECT function_name FROM duckdb_functions() WHERE NOT internal AND comment IS NULL"
        assert copy.execute(macros).fetchall() == []
        bare = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''"
        assert copy.execute(bare).fetchall() == []


def test_comments_come_from_the_table_that_was_copied(publish_now: Publish) -> None:
    query = (
        "SELECT comment FROM duckdb_columns() WHERE table_name = $table_name AND column_name = $column_name "
        "AND NOT internal"
    )
    with duckdb.connect(publish_now().path, read_only=True) as copy:
        for table, column, word in (
            ("notification_versions", "run_id", "version"),
            ("notification_versions", "first_seen_at", "version"),
            ("notification_members", "notification_id", "stated id"),
            ("product_line_markets", "line_id", "Stable"),
            ("matches", "reason", "officer"),
        ):
            row = copy.execute(query, {"table_name": table, "column_name": column}).fetchone()
            assert row is not None
            assert word.lower() in row[0].lower(), (table, column, row[0])


@pytest.mark.parametrize("firm_names", [False, True])
def test_no_address_is_anywhere_in_the_copy(publish_now: Publish, firm_names: bool) -> None:
    path = publish_now(firm_names=firm_names).path
    with duckdb.connect(path, read_only=True) as copy:
        assert "main.contacts" not in tables(copy)
        for name in tables(copy):
            found = [row for row in copy.execute(f"FROM {name}").fetchall() if re.search("[@＠]", str(row))]
            assert found == [], name
    content = path.read_bytes()
    for address in (ADDRESS, MALFORMED, ODD, REFUSED, "@sender.example"):
        assert address.encode() not in content


def test_what_became_of_a_mail_is_in_the_copy_but_not_its_reader(
    publish_now: Publish, warehouse: Connection, now: datetime
) -> None:
    contact, token = warehouse.execute("SELECT contact_id, unsubscribe_token FROM contacts").fetchall()[0]
    path = publish_now().path
    with duckdb.connect(path, read_only=True) as copy:
        mails = copy.execute("SELECT exporter_id, state, smtp_code, smtp_status, n_attempts FROM mails").fetchall()
        assert mails == [("E1", "failed", 550, "5.1.1", 1)]
        query = "SELECT case_id, case_version, alerts.kind, state FROM alerts INNER JOIN mails USING (mail_id)"
        assert copy.execute(query).fetchall() == [("G/TBT/N/ATL/1", 1, "alert", "failed")]
        columns = {row[0] for row in copy.execute("SELECT column_name FROM duckdb_columns()").fetchall()}
        assert (
            columns & {"contact_id", "message_id", "settled_by", "email", "address_hash", "unsubscribe_token"} == set()
        )
    content = path.read_bytes()
    assert contact.encode() not in content
    assert token.encode() not in content


def test_firms_are_named_only_where_the_settings_say_so(publish_now: Publish, now: datetime) -> None:
    firm = exporter()
    hidden = publish_now().path
    with duckdb.connect(hidden, read_only=True) as copy:
        assert copy.execute("SELECT exporter_id, name, credit_code FROM exporters").fetchall() == [("E1", "", "")]
        assert scalar(copy, "SELECT has_firm_names FROM published") is False
        for name in tables(copy):
            assert firm.name not in str(copy.execute(f"FROM {name}").fetchall()), name
    assert firm.name.encode() not in hidden.read_bytes()
    with duckdb.connect(publish_now(at=now + timedelta(hours=1), firm_names=True).path, read_only=True) as copy:
        assert copy.execute("SELECT name, credit_code FROM exporters").fetchall() == [(firm.name, firm.credit_code)]


def test_an_open_reader_keeps_its_copy(
    publish_now: Publish, warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    first = publish_now(keep=1)
    script = (
        "import duckdb, sys\n"
        "con = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print(con.execute('SELECT count(*) FROM notifications').fetchone()[0], flush=True)\n"
        "sys.stdin.readline()\n"
        "print(con.execute('SELECT count(*), max(title) FROM notifications').fetchone()[0], flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(first.link)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdin is not None
        assert reader.stdout.readline() == "2\n"
        load(warehouse, tmp_path, now, notification("G/TBT/N/ATL/3"))
        second = publish_now(at=now + timedelta(minutes=1), keep=1)
        assert second.n_removed == 1
        assert not first.path.exists()
        print(file=reader.stdin, flush=True)
        assert reader.stdout.readline() == "2\n"
    with duckdb.connect(second.link, read_only=True) as copy:
        assert scalar(copy, "SELECT count(*) FROM notifications") == 3


def test_old_copies_are_cleared(publish_now: Publish, now: datetime) -> None:
    done = [publish_now(at=now + timedelta(minutes=minute), keep=2) for minute in range(4)]
    assert [item.n_removed for item in done] == [0, 0, 1, 1]
    assert [item.path.exists() for item in done] == [False, False, True, True]
    assert done[0].link.resolve() == done[3].path.resolve()


@pytest.mark.parametrize("keep", [1, 0])
def test_the_new_copy_stays_where_the_clock_was_set_back(publish_now: Publish, now: datetime, keep: int) -> None:
    publish_now(keep=keep)
    back = publish_now(at=now - timedelta(days=1), keep=keep)
    assert back.link.resolve() == back.path.resolve()
    assert back.path.exists()


def test_the_same_moment_twice_writes_over_nothing(publish_now: Publish) -> None:
    first, second, third = publish_now(), publish_now(), publish_now()
    assert first.path.stem < second.path.stem < third.path.stem
    assert [done.path.exists() for done in (first, second, third)] == [True, True, True]
    assert third.link.resolve() == third.path.resolve()


def test_a_copy_that_fails_leaves_the_link(
    publish_now: Publish, warehouse: Connection, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish_now()
    remains = first.path.with_name("tbtwatch-20200101T000000000000Z.part")
    remains.write_bytes(b"half")
    half = first.parquet.with_name("20200101T000000000000Z.part")
    half.mkdir()
    (half / "x.parquet").write_bytes(b"half")
    monkeypatch.setattr("warehouse.published_copy.sql_names", lambda folder: ("queries/no_such_table",))
    monkeypatch.setattr("warehouse.published_copy.sql", lambda name: "CREATE TABLE half AS SELECT * FROM no_such_table")
    with pytest.raises(StageError, match="未写成"):
        publish_now(at=now + timedelta(minutes=1))
    assert first.link.resolve() == first.path.resolve()
    assert sorted(path.name for path in first.path.parent.iterdir()) == ["current.duckdb", "parquet", first.path.name]
    assert sorted(path.name for path in first.parquet.parent.iterdir()) == [first.parquet.name, "current"]
    monkeypatch.undo()
    assert publish_now(at=now + timedelta(minutes=2)).n_tables == first.n_tables
    assert scalar(warehouse, "SELECT count(*) FROM contacts") == 1
