"""A copy written on top of the one before says the same as one written from nothing, whatever happened in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from warehouse_sample import (
    EXCHANGE,
    PLATFORM,
    exporter,
    land,
    line,
    load,
    match,
    notification,
    observed,
    register,
    scalar,
    store,
)

from warehouse.build import rebuild_all
from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import Connection, open_writer
from warehouse.judgements import Judgement, record_judgements
from warehouse.load import load_landing
from warehouse.publish import Publication, publish
from warehouse.records import Relation

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
SYMBOLS = ("G/TBT/N/ATL/1", "G/TBT/N/ATL/1/Add.1", "G/TBT/N/ATL/2", "G/SPS/N/ATL/3")
PRODUCTS = ("台灯", "灯泡", "灯罩")

symbols = st.sampled_from(SYMBOLS)
products = st.sampled_from(PRODUCTS)
acts = st.one_of(
    # a record as a source shows it: with another title, another year, under another notification, with other symbols
    st.tuples(
        st.just("load"),
        st.lists(
            st.tuples(
                symbols,
                st.sampled_from(["", "record"]),
                st.sampled_from(["灯 A", "灯 B", "C"]),
                st.sampled_from([date(2024, 5, 1), date(2026, 3, 5), None]),
                st.lists(st.sampled_from(["9405", "8507"]), unique=True),
                st.lists(symbols, unique=True, min_size=1, max_size=2),
            ),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from([PLATFORM, EXCHANGE]),
    ),
    st.tuples(st.just("match"), st.lists(st.tuples(symbols, products), unique=True, max_size=4)),
    st.tuples(st.just("judge"), symbols, products, st.sampled_from([Relation.DIRECT, Relation.NONE])),
    st.tuples(st.just("register"), st.lists(products, unique=True, min_size=1)),
    st.tuples(st.just("cases")),
    st.tuples(st.just("event"), symbols),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("publish")),
)
# the clock goes on, stands still or is set back
steps = st.tuples(acts, st.sampled_from([0, 1, 1, 1, -2]))


class Office:
    """A warehouse, a folder of publications and a clock."""

    def __init__(self, con: Connection, folder: Path) -> None:
        self.con = con
        self.folder = folder
        self.now = START
        self.n_landed = 0

    def known(self, query: str) -> set[str]:
        return {str(row[0]) for row in self.con.execute(query).fetchall()}

    def do(self, act: tuple[object, ...]) -> None:
        kind, *given_ = act
        getattr(self, kind)(*given_)

    def load(self, records: list[tuple[object, ...]], source: object) -> None:
        observations = [
            observed(
                notification(
                    str(symbol),
                    title=title,
                    distribution_date=day,
                    hs_codes=tuple(codes),
                    symbols=tuple(named),
                ),
                key=str(key),
            )
            for symbol, key, title, day, codes, named in records
        ]
        self.n_landed += 1
        folder = land(self.folder, observations)
        load_landing(self.con, folder, source=source, run_id=f"load-{self.n_landed}", now=self.now)

    def match(self, pairs: list[tuple[str, str]]) -> None:
        known = self.known("SELECT notification_id FROM notifications")
        lines = self.known("SELECT line_id FROM product_lines")
        found = [(symbol, line(product_name=name)) for symbol, name in pairs]
        # everything is matched again by another model
        self.con.execute("UPDATE matched_notifications SET fingerprint = ''")
        store(
            self.con,
            self.now,
            *(match(symbol, each) for symbol, each in found if symbol in known and each.line_id in lines),
        )

    def judge(self, symbol: str, product: str, relation: Relation) -> None:
        decided = Judgement(
            notification_id=symbol,
            line_id=line(product_name=product).line_id,
            relation=relation,
            reason="看过",
            judged_by="officer",
        )
        if symbol in self.known("SELECT notification_id FROM notifications"):
            record_judgements(self.con, [decided], now=self.now)

    def register(self, names: list[str]) -> None:
        register(self.con, self.now, exporter("E1", *names))

    def cases(self) -> None:
        open_cases(self.con, policy_version="p", backfill_days=30, now=self.now)

    def event(self, symbol: str) -> None:
        if symbol in self.known("SELECT case_id FROM cases"):
            append_event(
                self.con, symbol, CaseEvent(kind="noted", occurred_at=self.now, actor="o", detail="d"), now=self.now
            )

    def rebuild(self) -> None:
        rebuild_all(self.con)

    def publish(self, *, full: bool = False) -> Publication:
        return publish(
            self.con,
            self.folder / ("full" if full else "publish"),
            firm_names=False,
            keep=2,
            version="0.1",
            now=self.now,
            full=full,
        )


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """An office with firms and nothing collected, in an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    with open_writer(folder / "warehouse.duckdb") as con:
        at_work = Office(con, folder)
        at_work.register(list(PRODUCTS[:2]))
        yield at_work


def contents(path: Path) -> dict[str, list[str]]:
    """The rows of every table of a copy, sorted, without what a copy says of itself."""
    with duckdb.connect(path, read_only=True) as copy:
        copy.execute("SET TimeZone = 'UTC'")
        names = [str(row[0]) for row in copy.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {
            name: sorted(str(row) for row in copy.execute(f"FROM {name}").fetchall())
            for name in names
            if name not in {"published", "published_tables"}
        }


def parquet_contents(folder: Path) -> dict[str, list[str]]:
    """The rows of every table of a Parquet folder, sorted, without what a copy says of itself."""
    tables = sorted(path.name for path in folder.iterdir() if path.is_dir())
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return {
            name: sorted(
                str(row)
                for row in con.execute("FROM read_parquet($files)", {"files": f"{folder}/{name}/*.parquet"}).fetchall()
            )
            for name in tables
            if name not in {"published", "published_tables"}
        }


@pytest.fixture(scope="module")
def at_the_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office that has published one notification with one match. Never changed."""
    folder = tmp_path_factory.mktemp("office") / "home"
    with office(folder) as at_work:
        at_work.do(("load", [(SYMBOLS[0], "", "灯 A", date(2026, 3, 5), ["9405"], [SYMBOLS[0]])], PLATFORM))
        at_work.do(("match", [(SYMBOLS[0], PRODUCTS[0])]))
        at_work.publish()
    return folder


MOVED = ("load", [(SYMBOLS[0], "", "灯 A", date(2024, 5, 1), ["9405"], [SYMBOLS[0]])], PLATFORM)
OTHER = ("load", [(SYMBOLS[2], "", "灯 A", date(2026, 3, 5), ["9405"], [SYMBOLS[2]])], PLATFORM)


# a notification that moves to another year takes along what hangs on it, whether that was written or not
@example(history=[(MOVED, 1), (("publish",), 1), (("match", [(SYMBOLS[0], PRODUCTS[0])]), 1)])
@example(history=[(OTHER, 1), (("publish",), 1), (MOVED, 1), (("judge", SYMBOLS[2], PRODUCTS[0], Relation.DIRECT), 1)])
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, min_size=3, max_size=14))
def test_an_incremental_copy_equals_a_whole_one(
    tmp_path: Path, at_the_start: Path, history: list[tuple[tuple[object, ...], int]]
) -> None:
    folder = tmp_path / "home"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(at_the_start, folder, symlinks=True)
    with open_writer(folder / "warehouse.duckdb") as con:
        at_work = Office(con, folder)
        for act, hours in history:
            at_work.now += timedelta(hours=hours)
            at_work.do(act)
        at_work.now = START + timedelta(days=2)
        done, whole = at_work.publish(), at_work.publish(full=True)
        assert not done.is_full
        assert whole.is_full
        expected = contents(whole.path)
        assert len(expected) > 30
        assert contents(done.path) == expected
        assert parquet_contents(done.parquet) == parquet_contents(whole.parquet) == expected


def test_only_what_the_day_brought_is_written(tmp_path: Path) -> None:
    with office(tmp_path / "home") as at_work:
        load(
            at_work.con,
            tmp_path,
            START,
            *(
                notification(f"G/TBT/N/ATL/{number}", distribution_date=date(2000 + number % 20, 1, 1))
                for number in range(200)
            ),
        )
        at_work.match([])
        first = at_work.publish()
        at_work.now += timedelta(days=1)
        load(at_work.con, tmp_path, at_work.now, notification("G/TBT/N/ATL/500", distribution_date=date(2015, 3, 1)))
        day = at_work.publish()
        assert (first.is_full, day.is_full) == (True, False)
        with duckdb.connect(day.path, read_only=True) as copy:
            written = dict(
                copy.execute("SELECT table_name, n_written FROM published_tables WHERE n_written > 0").fetchall()
            )
        assert written.pop("notifications") == written.pop("notification_versions") == 1
        assert written.pop("notification_hs") == written.pop("notification_members") == 1
        old = {path.relative_to(first.parquet): path.stat().st_ino for path in first.parquet.rglob("*.parquet")}
        new = {path.relative_to(day.parquet): path.stat().st_ino for path in day.parquet.rglob("*.parquet")}
        rewritten = {path.as_posix() for path, inode in new.items() if old.get(path) != inode}
        assert {path for path in rewritten if path.startswith("notifications/")} == {"notifications/2015.parquet"}
        assert (day.n_files_written, day.n_files_linked) == (len(rewritten), len(new) - len(rewritten))


def test_a_publication_is_numbered_and_names_its_version(tmp_path: Path) -> None:
    with office(tmp_path / "home") as at_work:
        found = []
        for day in range(3):
            at_work.now = START + timedelta(days=day)
            done = at_work.publish()
            with duckdb.connect(done.link, read_only=True) as copy:
                found += copy.execute("SELECT publication, n_since_full, version FROM published").fetchall()
            assert done.path.name == f"tbtwatch-{done.parquet.name}.duckdb"
        assert [row[:2] for row in found] == [(1, 0), (2, 1), (3, 2)]
        assert found[2][2] == done.parquet.name


@pytest.mark.parametrize(
    "way", ["names", "program", "asked", "damaged", "cut", "changed", "gone", "priority", "often", "rows"]
)
def test_a_copy_is_written_from_nothing_where_the_one_before_is_of_no_use(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office(tmp_path / "home") as at_work:
        load(at_work.con, tmp_path, START, notification())
        first = at_work.publish()
        given = {"firm_names": False, "keep": 2, "version": "0.1", "now": START + timedelta(days=1)}
        if way == "names":
            given["firm_names"] = True
        elif way == "program":
            given["version"] = "0.2"
        elif way == "asked":
            given["full"] = True
        elif way == "damaged":
            first.path.chmod(0o644)
            content = bytearray(first.path.read_bytes())
            content[0x2000:0x3000] = bytes(0x1000)
            first.path.write_bytes(content)
        elif way == "cut":
            first.path.chmod(0o644)
            first.path.write_bytes(first.path.read_bytes()[:20000])
        elif way == "changed":  # by somebody who may write everywhere
            first.path.chmod(0o644)
            with duckdb.connect(first.path) as copy:
                copy.execute("UPDATE notifications SET title = '改过'; CREATE TABLE scratch (x INTEGER)")
        elif way == "gone":
            first.path.unlink()
        elif way == "priority":
            load(at_work.con, tmp_path, START, notification(), source=replace(PLATFORM, priority=1))
        elif way == "often":
            monkeypatch.setattr("warehouse.published_copy._FULL_EVERY", 0)
        else:  # rows that no part of the program could have written
            store(at_work.con, START, match())
            at_work.con.execute("DELETE FROM matched_notifications")
        done = publish(at_work.con, at_work.folder / "publish", **given)
        assert done.is_full
        with duckdb.connect(done.link, read_only=True) as copy:
            assert scalar(copy, "SELECT count(*) FROM notifications") == 1
            assert scalar(copy, "SELECT count(*) FROM notifications WHERE title = '改过'") == 0
            assert scalar(copy, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'scratch'") == 0
            assert copy.execute("SELECT publication, n_since_full FROM published").fetchall() == [(2, 0)]


def test_what_is_told_of_an_older_copy_shows_after_a_restored_backup(tmp_path: Path) -> None:
    with office(tmp_path / "home") as at_work:
        load(at_work.con, tmp_path, START, notification())
        at_work.con.execute("CHECKPOINT")
        backup = tmp_path / "backup.duckdb"
        shutil.copy(at_work.folder / "warehouse.duckdb", backup)
        load(at_work.con, tmp_path, START, notification("G/TBT/N/ATL/2"))
        at_work.publish()
    with open_writer(backup.replace(tmp_path / "home" / "warehouse.duckdb")) as con:
        done = publish(
            con, tmp_path / "home" / "publish", firm_names=False, keep=2, version="0.1", now=START + timedelta(days=1)
        )
        assert not done.is_full
        with duckdb.connect(done.link, read_only=True) as copy:
            assert copy.execute("SELECT notification_id FROM notification_hs").fetchall() == [("G/TBT/N/ATL/1",)]
