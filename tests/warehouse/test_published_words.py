"""What people type, wherever they type it: no firm in the copy unless the settings allow names, no address ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from warehouse_sample import exporter, line, load, match, new_alert, notification, queue, register, store

from warehouse.cases import CaseEvent, append_event, open_cases
from warehouse.connection import Connection
from warehouse.issues_released import withdraw_issue
from warehouse.judgements import Judgement, record_judgements
from warehouse.ledger import begin_run, finish_run, record_issues
from warehouse.publish import Publication, publish
from warehouse.records import Evidence, Issue, Relation, Severity

FIRM = "武汉虚构光电材料有限公司"
OWN = "虚构院"  # in no name's form; known from the list alone
RESEARCH = "武汉虚构院光学中心"
CREDIT = "91420100MA4KX1X123"
ADDRESSES = ("wang@firm-secret.cn", "li @firm-secret.cn", "zhao﹫firm-secret.cn", "SUN＠firm-secret.cn")
NUMBERS = ("13971234567", "139-7123-4568", "027-87654321")
PLANTED = f"{FIRM}、{RESEARCH}王工 " + "，".join((*ADDRESSES, *NUMBERS))
# what of it must show nowhere, however little of it is left
CONTACTS = ("firm-secret", "13971234567", "97123456", "7123-4568", "87654321")
NAMES = (FIRM, RESEARCH, "虚构光电材料", CREDIT)
ONE, TWO = "G/TBT/N/ATL/1", "G/TBT/N/ATL/2"


def plant(con: Connection, folder: Path, now: datetime) -> None:
    """Fill every place where a firm, an officer or a file's name brings words in."""
    load(con, folder, now, notification(), notification(TWO))
    dirty = line("E1", f"台灯{PLANTED}", description=PLANTED, market_text=PLANTED, note=PLANTED)
    register(
        con,
        now,
        replace(
            exporter("E1"), name=FIRM, credit_code=CREDIT, district=PLANTED, industry_chain=PLANTED, lines=(dirty,)
        ),
        replace(exporter("E2"), name=RESEARCH, lines=(line("E2", "灯泡"),)),
        # lists that were filled in a column too far
        *(
            replace(
                exporter(key),
                name="东湖",
                district=FIRM,
                industry_chain=ADDRESSES[0],
                credit_code=NUMBERS[0],
                contacts=(),
            )
            for key in (FIRM, ADDRESSES[0], NUMBERS[0], NUMBERS[2], CREDIT)
        ),
    )
    quoted = f"通报产品与本企业“{dirty.product_name}”申报编码9405210090同属9405品目"
    evidence = (
        Evidence(kind="hs", detail=quoted, line_text="9405210090", value=1.0),
        Evidence(kind="concept", detail=quoted, line_text=dirty.product_name, value=1.0),
        Evidence(kind="semantic", detail="语义相近", line_text=f"{dirty.product_name} {FIRM}", value=0.9),
    )
    odd = [line(key) for key in (FIRM, ADDRESSES[0], NUMBERS[0], CREDIT)]
    store(con, now, match(ONE, dirty, reason=quoted, evidence=evidence), *(match(TWO, each) for each in odd))
    open_cases(con, policy_version="p", backfill_days=30, now=now)
    queue(con, now, new_alert())
    decided = Judgement(
        notification_id=ONE, line_id=dirty.line_id, relation=Relation.DIRECT, reason=PLANTED, judged_by=PLANTED
    )
    record_judgements(con, [decided], now=now)
    for kind, code in (
        ("advised", ""),
        ("noted", ""),
        ("assigned", PLANTED),
        ("told", FIRM),
        ("impact-reported", PLANTED),
    ):
        event = CaseEvent(kind=kind, occurred_at=now, code=code, actor=PLANTED, detail=PLANTED)
        append_event(con, ONE, event, now=now)
    con.execute(
        "INSERT INTO title_translations SELECT 't', $id, $id, '', title, title_key(title), 'en', $said, [], 'officer', "
        "$said, $now FROM notifications WHERE notification_id = $id",
        {"id": ONE, "said": f"灯具规定（{RESEARCH}，{'，'.join((*ADDRESSES, *NUMBERS))}）", "now": now},
    )
    arguments = {"file": f"{PLANTED}.xlsx", "path": PLANTED, "anyway": PLANTED, "reason": PLANTED, "case": PLANTED}
    for step, source in (
        ("import-exporters", "exporters"), ("import-notifications", "platform"), ("triage-import", ""),
        ("report-edit", ""), ("report-release", ""), ("alert", ""), ("titles-import", ""),
    ):  # fmt: skip
        begin_run(con, run_id=step, step=step, source=source, arguments=arguments, version="0", now=now)
        issue = Issue(
            code="column-unknown" if source == "exporters" else f"{step}-refused",
            severity=Severity.WARNING,
            message=f"A2 单元格：{PLANTED}" if source != "platform" else "HS编码“9405210090123”无效",
            next_step=f"请核对 {PLANTED}" if source != "platform" else "请核对编码。",
            file_name=f"{PLANTED}.xlsx",
            row=2,
            field_name=PLANTED if source != "platform" else "HS code(s)",
            value=PLANTED if source != "platform" else "9405210090123",
            subject=ADDRESSES[0] if step == "alert" else FIRM if source == "exporters" else "",
        )
        record_issues(con, [issue], source=source, run_id=step, now=now)
        finish_run(con, run_id=step, outcome="findings", counts={}, now=now)
    con.execute(
        "INSERT INTO bulletin_issues "
        "VALUES (1, '2026-02', 2026, 1, $now, $said, $said, '', $facts, $facts, '0', '', '', '')",
        {"now": now, "said": PLANTED, "facts": f'{{"note": "{PLANTED.replace("﹫", "")}"}}'},
    )
    withdraw_issue(con, 1, by=PLANTED, reason=PLANTED, now=now)


@pytest.fixture
def published(warehouse: Connection, tmp_path: Path, now: datetime) -> Callable[..., Publication]:
    """Publishes a warehouse with something to hide in every column that people fill."""
    plant(warehouse, tmp_path, now)

    def run(*, firm_names: bool, at: datetime = now) -> Publication:
        return publish(warehouse, tmp_path / "publish", firm_names=firm_names, keep=3, version="0.1", now=at)

    return run


def words(path: Path) -> Iterator[tuple[str, str]]:
    """Every column of every table and view of a copy, and all of its text."""
    query = (
        "SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal "
        "AND database_name = current_database() AND (data_type LIKE '%VARCHAR%' OR data_type = 'JSON')"
    )
    with duckdb.connect(path, read_only=True) as copy:
        for schema, table, column in copy.execute(query).fetchall():
            found = copy.sql(f'FROM {schema}."{table}"').project(f'"{column}"::VARCHAR').distinct().fetchall()
            yield f"{schema}.{table}.{column}", "\n".join(str(row[0]) for row in found)


def shown(done: Publication, secrets: tuple[str, ...]) -> set[tuple[str, str]]:
    """Where any of the secrets stands: a column, a Parquet file, or the bytes of the database."""
    found = {(place, secret) for place, text in words(done.path) for secret in secrets if secret in text}
    with duckdb.connect() as con:
        for path in sorted(done.parquet.rglob("*.parquet")):
            text = str(con.execute("FROM read_parquet($path)", {"path": str(path)}).fetchall())
            found |= {(path.relative_to(done.parquet).as_posix(), secret) for secret in secrets if secret in text}
    content = done.path.read_bytes()
    return found | {("bytes", secret) for secret in secrets if secret.encode() in content}


def test_without_names_nothing_that_was_typed_shows_a_firm_an_address_or_a_number(
    published: Callable[..., Publication], now: datetime
) -> None:
    assert shown(published(firm_names=False), (*CONTACTS, *NAMES)) == set()
    # nor does anything of a copy that named firms stay in one that is made after it
    named = published(firm_names=True, at=now + timedelta(hours=1))
    assert shown(named, NAMES) != set()
    assert shown(published(firm_names=False, at=now + timedelta(hours=2)), (*CONTACTS, *NAMES)) == set()


def test_with_names_no_address_and_no_number_shows(published: Callable[..., Publication]) -> None:
    done = published(firm_names=True)
    assert shown(done, CONTACTS) == set()
    with duckdb.connect(done.path, read_only=True) as copy:
        query = "SELECT name, credit_code FROM exporters WHERE exporter_id = 'E1'"
        assert copy.execute(query).fetchall() == [(FIRM, CREDIT)]
        assert FIRM in str(copy.execute("SELECT reason FROM judgements").fetchall())


def test_what_was_planted_was_there_to_be_found(
    published: Callable[..., Publication], warehouse: Connection, tmp_path: Path
) -> None:
    """The scan sees what it looks for, so that an empty outcome says something."""
    warehouse.execute("CHECKPOINT")
    path = tmp_path / "planted.duckdb"
    with duckdb.connect(path) as con:
        con.execute("CREATE TABLE t AS SELECT [$said] AS words", {"said": PLANTED})
    found = {secret for _, text in words(path) for secret in (*CONTACTS, FIRM, RESEARCH) if secret in text}
    assert found == {*CONTACTS, FIRM, RESEARCH}
    tables = ("exporters", "product_lines", "match_evidence", "matches", "judgements", "issues", "runs", "case_events")
    for table in tables:
        assert FIRM in str(warehouse.table(table).fetchall()), table


def test_an_odd_number_of_a_firm_still_joins_its_tables(published: Callable[..., Publication]) -> None:
    with duckdb.connect(published(firm_names=False).path, read_only=True) as copy:
        n_odd = "SELECT count(DISTINCT exporter_id) FROM exporters WHERE regexp_full_match(exporter_id, 'F[0-9a-f]{8}')"
        assert copy.execute(n_odd).fetchone() == (5,)
        known = {row[0] for row in copy.table("exporters").project("exporter_id").fetchall()}
        for table in ("product_lines", "product_line_markets", "matches", "alerts", "mails"):
            keys = {row[0] for row in copy.table(table).project("exporter_id").distinct().fetchall()}
            assert keys <= known, table
        assert {"E1", "E2"} <= known


def test_a_name_that_is_listed_later_leaves_what_was_published_before(
    warehouse: Connection, tmp_path: Path, now: datetime
) -> None:
    load(warehouse, tmp_path, now, notification())
    lamp = line("E1", f"{RESEARCH}台灯")
    quoted = f"本企业“{lamp.product_name}”即属该类产品"
    evidence = (Evidence(kind="concept", detail=quoted, line_text=lamp.product_name, value=1.0),)
    firm = replace(exporter("E1"), lines=(lamp,))
    register(warehouse, now, firm)
    store(warehouse, now, match(ONE, lamp, reason=quoted, evidence=evidence))

    def run(at: datetime) -> Publication:
        return publish(warehouse, tmp_path / "publish", firm_names=False, keep=3, version="0.1", now=at)

    before = run(now)
    assert shown(before, (RESEARCH,)) != set()
    register(warehouse, now, firm, replace(exporter("E2"), name=RESEARCH))
    done = run(now + timedelta(hours=1))
    assert not done.is_full
    assert shown(done, (RESEARCH,)) - {("bytes", RESEARCH)} == set()
    with duckdb.connect(done.path, read_only=True) as copy:
        assert copy.execute("SELECT reason FROM matches").fetchall() == [("本企业“（企业名略）台灯”即属该类产品",)]


def test_codes_stay_where_only_codes_stand(published: Callable[..., Publication]) -> None:
    with duckdb.connect(published(firm_names=False).path, read_only=True) as copy:
        hs = copy.execute(
            "SELECT detail, line_text FROM match_evidence WHERE kind = 'hs' AND line_text <> ''"
        ).fetchall()
        assert hs == [(hs[0][0], "9405210090")]
        assert "申报编码9405210090同属9405品目" in hs[0][0]
        refused = copy.execute(
            "SELECT message, field_value, field_name FROM issues WHERE source = 'platform'"
        ).fetchall()
        assert refused == [("HS编码“9405210090123”无效", "9405210090123", "HS code(s)")]


@pytest.mark.parametrize(
    ("said", "without_names", "with_names"),
    [
        ("M.2 2280 NVMe 固态硬盘，20 kV", None, None),
        ("锂电池与电池材料", None, None),
        (f"为{FIRM}生产的光缆", "（企业名略）生产的光缆", None),
        ("Wuhan Fiction Optics Co., Ltd. cable", "（企业名略） cable", None),
        ("王工 13971234567", "王工 （号码略）", "王工 （号码略）"),
        ("wang @firm.cn", "（邮箱略）", "（邮箱略）"),
    ],
)
def test_only_firms_and_contacts_are_blotted_out(
    warehouse: Connection, said: str, without_names: str | None, with_names: str | None
) -> None:
    row = warehouse.execute(
        "SELECT published_words($said, false), published_words($said, true)", {"said": said}
    ).fetchone()
    assert row == (without_names or said, with_names or said)
