"""Whatever is asked, the reader of the copy reads that one file and writes nothing but what it is told to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.connection import Connection
from warehouse.copy_reader import ask, count_up_to, open_copy, stream, write_answer
from warehouse.errors import InputError, StageError, TbtwatchError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small copy behind a link, and beside it files that nobody may read through it."""
    folder = tmp_path_factory.mktemp("copy")
    with duckdb.connect(folder / "v1.duckdb") as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("CREATE TABLE lamps AS SELECT range AS n, '灯' || range AS name FROM range(10)")
        con.execute("CREATE TABLE seen AS SELECT TIMESTAMPTZ '2026-06-14 17:00:00+00' AS moment")
        con.execute(f"COPY lamps TO '{folder / 'secret.csv'}'")
        con.execute(f"COPY lamps TO '{folder / 'secret.parquet'}'")
    with duckdb.connect(folder / "other.duckdb") as con:
        con.execute("CREATE TABLE secret AS SELECT 1")
    (folder / "current.duckdb").symlink_to("v1.duckdb")
    return folder


@pytest.fixture
def copy(folder: Path) -> Iterator[Connection]:
    with open_copy(folder / "current.duckdb") as con:
        yield con


def test_rows_come_with_their_columns_and_a_limit_says_whether_more_exist(copy: Connection) -> None:
    answer = ask(copy, "SELECT n, name FROM lamps ORDER BY n", limit=3)
    assert (answer.columns, answer.types) == (("n", "name"), ("BIGINT", "VARCHAR"))
    assert answer.rows == ((0, "灯0"), (1, "灯1"), (2, "灯2"))
    assert answer.is_cut
    assert not ask(copy, "FROM lamps", limit=10).is_cut
    assert len(ask(copy, "FROM lamps").rows) == 10
    assert ask(copy, "FROM lamps", limit=0).rows == ()


def test_the_same_name_twice_stays_two_columns(copy: Connection) -> None:
    assert ask(copy, "SELECT 1 AS a, 2 AS a, 3 AS a_1").columns == ("a", "a_1", "a_1_1")


def test_days_are_days_of_the_office(copy: Connection) -> None:
    assert str(ask(copy, "SELECT moment::DATE FROM seen").rows[0][0]) == "2026-06-15"
    assert ask(copy, "SELECT moment FROM seen").rows[0][0] == datetime(2026, 6, 14, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1;",
        "-- 说明\nSELECT 1 -- 末尾",
        "DESCRIBE lamps",
        "SHOW ALL TABLES",
        "SUMMARIZE lamps",
        "EXPLAIN SELECT * FROM lamps",
        "PIVOT lamps ON n USING count(*)",
        "WITH x AS (SELECT 1) FROM x",
        "VALUES (1), (2)",
        "SELECT ';' AS semicolon",
    ],
)
def test_questions_are_answered(copy: Connection, text: str) -> None:
    assert ask(copy, text).rows


WRITES = [
    "CREATE TABLE x AS SELECT 1", "CREATE TEMP TABLE x AS SELECT 1", "CREATE VIEW x AS SELECT 1", "DROP TABLE lamps",
    "INSERT INTO lamps VALUES (1, 'x')", "DELETE FROM lamps", "UPDATE lamps SET n = 1", "ALTER TABLE lamps ADD x INT",
    "ATTACH 'other.duckdb'", "ATTACH ':memory:' AS m", "DETACH v1", "USE temp", "COPY lamps TO 'x.csv'",
    "COPY lamps FROM 'secret.csv'", "EXPORT DATABASE 'x'", "IMPORT DATABASE 'x'", "INSTALL httpfs", "LOAD httpfs",
    "SET threads = 1", "SET enable_external_access = true", "RESET lock_configuration", "SET VARIABLE x = 1",
    "PRAGMA enable_profiling", "CHECKPOINT", "VACUUM", "BEGIN", "CALL pragma_version()", "PREPARE x AS SELECT 1",
    "CREATE SECRET (TYPE s3)", "COMMENT ON TABLE lamps IS 'x'",
    "MERGE INTO lamps USING lamps AS o ON true WHEN MATCHED THEN DELETE",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITES)
def test_what_is_no_question_is_refused(copy: Connection, folder: Path, text: str) -> None:
    before = {path.name: path.stat().st_size for path in folder.iterdir()}
    with pytest.raises(InputError) as refused:
        ask(copy, text)
    # IMPORT is taken apart by reading its file
    assert re.search("只能查询|不能读写其他文件", refused.value.message)
    assert {path.name: path.stat().st_size for path in folder.iterdir()} == before
    assert len(ask(copy, "FROM lamps").rows) == 10


@pytest.mark.parametrize(
    "text",
    [
        "FROM read_csv('{folder}/secret.csv')",
        "FROM read_parquet('{folder}/secret.parquet')",
        "FROM read_text('{folder}/secret.csv')",
        "FROM read_blob('{folder}/*')",
        "FROM glob('{folder}/*')",
        "FROM '{folder}/secret.parquet'",
        "FROM 'https://example.org/x.parquet'",
        "FROM parquet_metadata('{folder}/secret.parquet')",
        "FROM sniff_csv('{folder}/secret.csv')",
        "FROM read_duckdb('{folder}/other.duckdb')",
        "FROM query('SELECT * FROM read_csv(''{folder}/secret.csv'')')",
    ],
)
def test_no_other_file_is_read(copy: Connection, folder: Path, text: str) -> None:
    with pytest.raises(InputError):
        ask(copy, text.format(folder=folder))


EXPLAINED = ["CREATE TEMP TABLE x AS SELECT 1", "DELETE FROM lamps", "COPY lamps TO 'x.csv'",
             "WITH a AS (SELECT 1 AS n) INSERT INTO lamps SELECT n, 'x' FROM a", "SET threads = 1"]  # fmt: skip


@pytest.mark.parametrize("explained", EXPLAINED)
@pytest.mark.parametrize(
    "how", ["EXPLAIN ANALYZE", "explain (analyze)", "EXPLAIN (ANALYZE, FORMAT json)", "-- x\nEXPLAIN/* ( */analyse"]
)
def test_an_explanation_carries_nothing_out_but_questions(copy: Connection, how: str, explained: str) -> None:
    with pytest.raises(InputError):
        ask(copy, f"{how} {explained}")
    assert ask(copy, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'x'").rows == ((0,),)
    if "FORMAT" not in how:
        for question in ("SELECT 1", "(SELECT 1)", "WITH x AS (SELECT 1) FROM x", "FROM lamps"):
            assert ask(copy, f"{how} {question}").rows


def test_text_in_another_encoding_is_refused_in_words(copy: Connection) -> None:
    gbk = "SELECT '灯'".encode("gbk").decode(errors="surrogateescape")
    with pytest.raises(InputError, match="UTF-8"):
        ask(copy, gbk)
    with pytest.raises(InputError, match="UTF-8"):
        ask(copy, "SELECT $name", {"name": gbk})


@pytest.mark.parametrize("text", ["SELECT INTERVAL 10000000 YEARS", "SELECT -INTERVAL 10000000 YEARS AS x FROM lamps"])
def test_a_value_that_no_python_type_holds_is_said(copy: Connection, text: str) -> None:
    with pytest.raises(InputError, match="过大") as refused:
        ask(copy, text)
    assert "VARCHAR" in refused.value.next_step
    assert len(ask(copy, "FROM lamps").rows) == 10


def test_more_rows_than_fit_into_memory_are_given_out_and_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "SELECT i, repeat('x', 2000) AS filler FROM range($n) AS r(i)"
    monkeypatch.setattr("warehouse.copy_reader._MEMORY", "64MB")
    with open_copy(folder / "current.duckdb") as small:
        found = stream(small, text, {"n": 100_000})  # 200 MB
        assert found.columns == ("i", "filler")
        assert [row[0] for row, _ in zip(found.rows, range(5000), strict=False)] == list(range(5000))
        assert count_up_to(small, text, {"n": 100_000}, 1000) == 1000
        assert count_up_to(small, text, {"n": 7}, 1000) == 7
        assert count_up_to(small, "DESCRIBE lamps", None, 1000) == 2
        assert len(tuple(stream(small, "FROM range(5001)").rows)) == 5001


def test_more_than_one_statement_and_none_are_refused(copy: Connection) -> None:
    with pytest.raises(InputError, match="2 条"):
        ask(copy, "SELECT 1; SELECT 2")
    with pytest.raises(InputError, match="只能查询"):
        ask(copy, "SELECT 1; DROP TABLE lamps")
    for text in ("", " ;", "-- nothing\n"):
        with pytest.raises(InputError, match="没有写 SQL"):
            ask(copy, text)
    with pytest.raises(InputError, match=r"\$n 没有值|没有值：\$n"):
        ask(copy, "FROM lamps WHERE n = $n")
    assert ask(copy, "SELECT name FROM lamps WHERE n = $n", {"n": 4}).rows == (("灯4",),)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("SELECT * FORM lamps", "第 1 行第 15 个字", "语法错误"),
        ("SELECT '灯灯', nop\nFROM lamps", "第 1 行第 14 个字", "nop"),
        ("SELECT n,\n  '灯' AS 列, nme\nFROM lamps", "第 2 行第 13 个字", "name"),
        ("SELECT *\nFROM lamp", "第 2 行第 6 个字", "lamps"),
        ("SELECT n\nFROM lamps\nWHERE name::INTEGER = 1", "第 3 行第", "转换"),
        ("SELECT (", "第 1 行", "语法错误"),
    ],
)
def test_a_mistake_is_shown_where_it_is(copy: Connection, text: str, place: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        ask(copy, text)
    assert place in refused.value.message
    assert words in refused.value.message
    shown, mark = refused.value.message.splitlines()[-2:]
    assert shown.strip() in text
    assert mark.strip("　 ") == "^"


def test_what_does_not_fit_into_memory_is_said(copy: Connection) -> None:
    with pytest.raises(StageError, match="内存"):
        ask(copy, "SELECT list(repeat('x', 1000000) || i) FROM range(20000) AS r(i)")
    assert len(ask(copy, "FROM lamps").rows) == 10


@settings(deadline=None)
@given(st.text())
def test_any_text_is_answered_or_refused_in_words(folder: Path, text: str) -> None:
    with open_copy(folder / "current.duckdb") as con:
        try:
            ask(con, text, limit=1)
        except TbtwatchError as refused:
            assert refused.next_step  # noqa: PT017


def test_parquet_keeps_the_types_and_reaches_one_file_alone(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.parquet"
    link = folder / "current.duckdb"
    with open_copy(link, may_write=out) as con:
        assert write_answer(con, "SELECT *, 2 AS n FROM lamps ORDER BY 1", None, out) == 10
        assert write_answer(con, "SELECT * FROM lamps WHERE n > $n", {"n": 4}, out) == 5
        assert write_answer(con, "PIVOT lamps ON n USING count(*)", None, out) == 10
        assert write_answer(con, "FROM lamps", None, out, limit=2) == 2
        with pytest.raises(InputError, match="其他文件"):
            ask(con, f"FROM read_csv('{folder / 'secret.csv'}')")
        with pytest.raises(InputError, match="只能查询"):
            write_answer(con, "DROP TABLE lamps", None, out)
        with pytest.raises(TbtwatchError):
            write_answer(con, "FROM lamps", None, tmp_path / "other.parquet")
    assert duckdb.read_parquet(str(out)).columns == ["n", "name"]
    assert not (tmp_path / "other.parquet").exists()


def test_without_a_copy_the_way_to_one_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="还没有发布副本") as refused, open_copy(tmp_path / "current.duckdb"):
        pass
    assert "tbtwatch publish" in refused.value.next_step
    (tmp_path / "current.duckdb").write_bytes(b"no database" * 500)
    with pytest.raises(InputError, match="打不开") as refused, open_copy(tmp_path / "current.duckdb"):
        pass
    assert "tbtwatch publish" in refused.value.next_step


def test_a_reader_stays_with_the_version_that_it_opened(folder: Path, tmp_path: Path) -> None:
    first, second, link = tmp_path / "a.duckdb", tmp_path / "b.duckdb", tmp_path / "current.duckdb"
    for path, number in ((first, 1), (second, 2)):
        with duckdb.connect(path) as con:
            con.execute(f"CREATE TABLE t AS SELECT {number} AS n")
    link.symlink_to("a.duckdb")
    with open_copy(link) as con:
        link.unlink()
        link.symlink_to("b.duckdb")
        first.unlink()
        assert ask(con, "FROM t").rows == ((1,),)
    with open_copy(link) as con:
        assert ask(con, "FROM t").rows == ((2,),)
