"""`tbtwatch sql` and `tbtwatch query` as an analyst meets them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openpyxl import load_workbook

from warehouse.connection import open_writer

Cli = Callable[..., Any]
NOW = "2026-06-30T10:00+08:00"


@pytest.fixture
def ask(cli: Cli, analyst_home: Path) -> Cli:
    """The command line at the known copy."""
    return lambda *arguments: cli("--home", analyst_home, "--now", NOW, *arguments)


@pytest.fixture
def ask_json(cli: Cli, analyst_home: Path) -> Cli:
    """The same with --json."""
    return lambda *arguments: cli("--json", "--home", analyst_home, "--now", NOW, *arguments)


def refused(done: Any) -> str:
    """The words of a refusal; nothing else was said and nothing of the program's inside."""
    assert done.code == 2
    assert "错误：" in done.err
    assert "怎么办：" in done.err
    assert "Traceback" not in done.err
    return str(done.err)


def test_rows_are_a_table_with_what_the_copy_is(ask: Cli) -> None:
    done = ask("sql", "SELECT symbol, n_firms, first_seen_at, member_codes FROM mart.notifications ORDER BY symbol")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].split() == ["symbol", "n_firms", "first_seen_at", "member_codes"]
    assert "KEN; TZA; UGA" in done.out
    assert "2026-06-01 09:00" in done.out  # 01:00 UTC at the office
    assert lines[-1] == "7 行，全部显示（副本发布于 2026-06-30 09:00，时间均为北京时间）。"


def test_columns_stand_under_each_other_in_chinese_too(ask: Cli) -> None:
    from rich.cells import cell_len

    done = ask("sql", "SELECT '电池' AS 品名, 'x' AS mark UNION ALL SELECT 'ab', 'x' ORDER BY 1")
    rows = [line for line in done.out.splitlines() if line.rstrip().endswith("x")]
    assert len(rows) == 2
    assert len({cell_len(line[: line.index("x")]) for line in rows}) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [60, 100, 160])
def test_nothing_is_lost_on_a_narrow_screen(analyst_home: Path, columns: int) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = [
        "env",
        f"COLUMNS={columns}",
        sys.executable,
        "-m",
        "pipeline",
        "--home",
        str(analyst_home),
        "query",
        "deadlines_by_firm",
    ]
    done = subprocess.run(command, stdout=theirs, check=True)
    os.close(theirs)
    text = b""
    with suppress(OSError):  # the other end is closed
        while part := os.read(ours, 65536):
            text += part
    os.close(ours)
    assert done.returncode == 0
    words = re.sub(r"\x1b\[[0-9;]*m|\s", "", text.decode())
    assert "…" not in words
    # a cell may go on in a second line
    assert not Counter("first_deadline" + "锂电池与电池材料" + "2026-07-05") - Counter(words)


def test_a_long_answer_is_cut_and_says_so(ask: Cli, ask_json: Cli) -> None:
    done = ask("sql", "SELECT * FROM range(300)")
    assert "200 行，后面还有" in done.out
    assert "--limit" in done.out
    assert "300 行，全部显示" in ask("sql", "SELECT * FROM range(300)", "--limit", "300").out
    cut = ask_json("sql", "SELECT * FROM range(300)", "--limit", "2").data
    assert (cut["n_rows"], cut["is_cut"], cut["rows"]) == (2, True, [{"range": 0}, {"range": 1}])
    assert "没有符合条件的行" in ask("sql", "SELECT 1 WHERE false").out


def test_json_has_what_json_can(ask_json: Cli) -> None:
    text = "SELECT 1.50::DECIMAL(9, 2) AS d, DATE '2026-06-15' AS day, TIMESTAMPTZ '2026-06-15 01:00:00+00' AS t, "
    text += (
        "[1, NULL] AS l, {'a': 0.5} AS s, 'NaN'::DOUBLE AS x, NULL AS n, 170141183460469231731687303715884105727 AS h"
    )
    (row,) = ask_json("sql", text).data["rows"]
    assert row == {
        "d": 1.5, "day": "2026-06-15", "t": "2026-06-15T09:00:00+08:00", "l": [1, None], "s": {"a": 0.5}, "x": None,
        "n": None, "h": 170141183460469231731687303715884105727,
    }  # fmt: skip


def test_sql_comes_from_a_file_and_from_stdin(ask: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "查询.sql"
    file.write_text("\ufeff-- 件数\nSELECT count(*) AS 件数 FROM notifications;\n", encoding="utf-8")
    assert "1 行，全部显示" in ask("sql", "--file", file).out
    monkeypatch.setattr(sys, "stdin", io.StringIO("SELECT 42 AS answer"))
    assert "42" in ask("sql", "-").out
    assert "只能写一个" in refused(ask("sql", "SELECT 1", "--file", file))
    assert "没有这个文件" in refused(ask("sql", "--file", tmp_path / "no.sql"))
    assert "没有写 SQL" in refused(ask("sql"))
    file.write_bytes(b"SELECT '\xd6\xd0'")
    assert "UTF-8" in refused(ask("sql", "--file", file))


def test_the_warehouse_is_never_touched(cli: Cli, analyst_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(analyst_home, tmp_path / "home", symlinks=True))
    with open_writer(home / "warehouse.duckdb"):  # the pipeline is at work
        assert cli("--home", home, "sql", "SELECT 1").code == 0
        assert cli("--home", home, "query", "source_health").code == 0
    (home / "warehouse.duckdb").unlink()
    assert cli("--home", home, "sql", "SELECT 1").code == 0
    assert not list(home.glob("warehouse*"))


def test_a_mistake_is_shown_where_it_is(ask: Cli) -> None:
    said = refused(ask("sql", "SELECT titel\nFROM mart.notifications"))
    assert "第 1 行第 8 个字" in said
    assert '"title"' in said  # what may have been meant
    assert "只能查询" in refused(ask("sql", "DROP TABLE notifications"))
    assert "不能读写其他文件" in refused(ask("sql", "FROM read_csv('/etc/passwd')"))


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet", ".json"])
def test_an_answer_becomes_a_file_with_all_rows(ask: Cli, tmp_path: Path, ending: str) -> None:
    out = tmp_path / "neu" / f"o{ending}"
    text = (
        "SELECT i, '=灯' || i AS name, [i, i] AS pair, TIMESTAMPTZ '2026-06-15 01:00:00+00' AS t FROM range(300) r(i)"
    )
    for _ in range(2):  # also over the file of before
        done = ask("sql", text, "--out", out)
        assert done.code == 0, done.err
    assert "300 行" in done.out
    assert list(out.parent.iterdir()) == [out]
    names = ["i", "name", "pair", "t"]
    if ending == ".parquet":
        table = duckdb.read_parquet(str(out))
        assert table.columns == names
        assert [str(kind) for kind in table.types[:3]] == ["BIGINT", "VARCHAR", "BIGINT[]"]
        assert len(table.fetchall()) == 300
    elif ending == ".json":
        rows = json.loads(out.read_text(encoding="utf-8"))
        assert len(rows) == 300
        assert rows[2] == {"i": 2, "name": "=灯2", "pair": [2, 2], "t": "2026-06-15T09:00:00+08:00"}
    elif ending == ".csv":
        rows = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
        assert (rows[0], rows[3], len(rows)) == (names, ["2", "'=灯2", "2; 2", "2026-06-15 09:00"], 301)
    else:
        sheet = load_workbook(out).active
        found = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
        assert (found[0], found[3], len(found)) == (tuple(names), (2, "=灯2", "2; 2", "2026-06-15 09:00"), 301)
        assert sheet["B4"].data_type == "s"
    assert "2 行" in ask("sql", text, "--out", out, "--limit", "2").out


def test_a_file_that_cannot_be_written_is_said_and_nothing_half_is_left(ask: Cli, tmp_path: Path) -> None:
    assert "不支持的导出格式" in refused(ask("sql", "SELECT 1", "--out", tmp_path / "x.pdf"))
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    for ending in ("csv", "xlsx", "parquet", "json"):
        done = ask("sql", "SELECT 1", "--out", blocked / f"x.{ending}")
        assert done.code == 3
        assert "错误：" in done.err
        kept = tmp_path / f"kept.{ending}"
        kept.write_text("earlier", encoding="utf-8")
        assert ask("sql", "SELECT nonsense", "--out", kept).code == 2
        assert kept.read_text(encoding="utf-8") == "earlier"
    assert not [path for path in tmp_path.iterdir() if ".part" in path.name]


LONG = "SELECT i, md5(i::VARCHAR) || repeat('x', 1000) AS filler FROM range({n}) AS r(i)"


@pytest.mark.parametrize("ending", [".csv", ".json"])
def test_a_long_answer_is_written_in_little_memory(analyst_home: Path, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"o{ending}"
    program = (
        "import resource, sys; from pipeline.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def peak(n: int) -> int:
        """Megabytes."""
        called = [
            sys.executable,
            "-c",
            program,
            "--home",
            str(analyst_home),
            "sql",
            LONG.format(n=n),
            "--out",
            str(out),
        ]
        done = subprocess.run(called, capture_output=True, text=True, check=True)
        with out.open(encoding="utf-8-sig") as lines:
            assert sum(1 for _ in lines) >= n
        return int(done.stdout.splitlines()[-1]) // 1024

    assert peak(120_000) - peak(1_000) < 100  # the rows are 120 MB, and several times that as Python values


def test_rows_that_no_sheet_holds_are_refused_before_they_are_fetched(ask: Cli, tmp_path: Path) -> None:
    out = tmp_path / "o.xlsx"
    said = refused(ask("sql", "SELECT * FROM range(100000000)", "--out", out))
    assert "1048575" in said
    assert not list(tmp_path.iterdir())
    done = ask("sql", "SELECT * FROM range(100000000)", "--out", out, "--limit", "3")
    assert (done.code, "3 行" in done.out) == (0, True)
    done = ask("sql", "SELECT repeat('灯', 40000) AS a, 1 AS b", "--out", out)
    assert "1 个单元格" in done.out
    assert "截短" in done.out


def test_what_a_screen_takes_for_a_command_is_not_printed(ask: Cli) -> None:
    done = ask("sql", "SELECT 'a' || chr(27) || '[2J' || chr(7) AS \"x\x1b[31m\"")
    assert done.code == 0
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", done.out)


def test_sql_in_the_encoding_of_another_terminal_is_refused_in_words(analyst_home: Path) -> None:
    called = [sys.executable, "-m", "pipeline", "--home", str(analyst_home), "sql", "SELECT '灯'".encode("gbk")]
    done = subprocess.run(called, capture_output=True, check=False)
    assert done.returncode == 2
    assert "UTF-8" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_without_a_copy_the_way_to_one_is_told(cli: Cli, tmp_path: Path, prepared: Path) -> None:
    for home in (tmp_path / "empty", prepared):
        for command in (("sql", "SELECT 1"), ("query", "source_health")):
            assert "tbtwatch publish" in refused(cli("--home", home, *command))
    assert not (tmp_path / "empty").exists()


def test_the_questions_are_listed_with_titles_and_parameters(cli: Cli, ask_json: Cli, tmp_path: Path) -> None:
    done = cli("--home", tmp_path / "none", "query")  # needs no data
    assert done.code == 0
    assert "hs4=8507（四位品目）" in done.out
    listed = ask_json("query").data["questions"]
    assert len(listed) >= 20
    for item in listed:
        assert item["name"] in done.out
        assert item["title"] in done.out
    (lineage,) = (item for item in listed if item["name"] == "lineage")
    (parameter,) = lineage["parameters"]
    assert (parameter["name"], parameter["is_required"], parameter["default"]) == ("symbol", True, None)


def test_a_question_is_asked_with_its_parameters(ask: Cli, ask_json: Cli) -> None:
    done = ask("query", "notifications_of_heading", "--param", "year=2026", "--param", "member=EU")
    assert done.code == 0, done.err
    assert done.out.startswith("某一品目的通报")
    assert "参数：hs4=8507，member=EU，year=2026" in done.out
    assert "2 行" in done.out
    rows = ask_json("query", "2", "--param", "hs4=9405").data["rows"]
    assert [row["symbol"] for row in rows] == ["G/TBT/N/KEN/1", "G/TBT/N/USA/1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nonsense",), "没有这个问题"),
        (("exposed_firm",), "exposed_firms"),
        (("lineage",), "需要参数“symbol”"),
        (("deadlines_by_firm", "--param", "day=3"), "days（多少天以内）"),
        (("deadlines_by_firm", "--param", "days=bald"), "整数"),
        (("deadlines_by_firm", "--param", "days"), "--param 名称=值"),
        (("deadlines_by_firm", "--param", "days=1", "--param", "days=2"), "写了两次"),
        (("--param", "days=1"), "没有写问题的名称"),
    ],
)
def test_a_wrong_question_is_named_with_the_right_ones(ask: Cli, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(ask("query", *arguments))


def test_other_tools_get_the_question_with_its_values_in_it(ask: Cli, ask_json: Cli, analyst_home: Path) -> None:
    arguments = ("query", "exposed_firms", "--param", "chain=锂'电")
    text = ask(*arguments, "--sql").out
    assert "'锂''电'" in text
    known = ask_json("query", "known_on", "--param", "moment=2026-06-15").data["rows"]
    asked = ask("query", "known_on", "--param", "moment=2026-06-15", "--sql").out
    with duckdb.connect(analyst_home / "publish" / "current.duckdb", read_only=True) as con:
        assert con.execute(text).fetchall() == []
        assert [row[0] for row in con.execute(asked).fetchall()] == [row["notification_id"] for row in known]
