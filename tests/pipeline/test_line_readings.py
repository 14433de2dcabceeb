"""What the lexicon makes of the exporters' products at import, and the question where name and HS code disagree."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from warehouse.connection import open_reader

Cli = Callable[..., Any]
DAY, NEXT_DAY = "2026-06-29T09:00+08:00", "2026-06-30T09:00+08:00"
HEADER = ("企业编号", "企业名称", "产品名称", "产品描述", "HS编码", "主要出口市场", "联系邮箱", "订阅方式", "备注")
FIRM = "虚构橡胶制品有限公司"


def listed(path: Path, *lines: tuple[str, str, str, str]) -> Path:
    """Write an exporters' list of one firm; a line is (product, description, HS code, remark)."""
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER)
        for product, description, code, note in lines:
            writer.writerow(("E701", FIRM, product, description, code, "肯尼亚", "tbt-e701@example.com", "日报", note))
    return path


def take_over(cli: Cli, home: Path, *lines: tuple[str, str, str, str], now: str = DAY) -> dict[str, Any]:
    """The JSON answer of one import."""
    done = cli("--json", "--home", home, "--now", now, "import", "exporters", listed(home.parent / "list.csv", *lines))
    assert done.code in {0, 1}, done.err
    return dict(done.data)


def readings(home: Path) -> dict[str, tuple[Any, ...]]:
    """(concepts, their Chinese names, what told them, current codes) by product name."""
    with open_reader(home / "warehouse.duckdb") as con:
        rows = con.execute(
            "SELECT product_name, concepts, concepts_zh, known_by, current_codes FROM line_readings "
            "INNER JOIN product_lines USING (line_id)"
        ).fetchall()
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: row[1:] for row in rows}


def questions(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [issue for issue in answer["issues"] if issue["code"] == "hs-description-disagree"]


def test_every_line_is_read_and_says_what_told_it(cli: Cli, tmp_path: Path) -> None:
    answer = take_over(
        cli,
        tmp_path / "home",
        ("载重轮胎", "", "4011200000", ""),
        ("蜂王A型", "天然蜂蜜", "", ""),
        ("ZX-7型", "", "0409000000", ""),
        ("甲型货", "", "", ""),
    )
    found = readings(tmp_path / "home")
    assert {name: reading[2] for name, reading in found.items()} == {
        "载重轮胎": "name",
        "蜂王A型": "description",
        "ZX-7型": "code",
        "甲型货": "",
    }
    assert found["载重轮胎"][:2] == (["truck_tyre"], ["卡车轮胎"])
    assert found["蜂王A型"][:2] == found["ZX-7型"][:2] == (["honey"], ["蜂蜜"])
    assert found["甲型货"] == ([], [], "", [])
    assert answer["counts"]["n_lines_unread"] == 1


def test_an_old_code_is_listed_with_what_it_became(cli: Cli, tmp_path: Path) -> None:
    take_over(
        cli,
        tmp_path / "home",
        ("光模块", "", "8517.70", "旧版编码（HS2017）"),
        ("LED灯泡", "", "8539500000", ""),
        ("光缆", "", "8544700000", ""),
    )
    found = {name: reading[3] for name, reading in readings(tmp_path / "home").items()}
    assert found == {
        "光模块": ["851770", "851771", "851779"],
        "LED灯泡": ["8539500000", "853951", "853952"],
        "光缆": ["8544700000"],
    }


def test_readings_follow_the_list(cli: Cli, tmp_path: Path) -> None:
    """A corrected line is read anew; a line that vanished keeps what was read of it, as its row in the register."""
    home = tmp_path / "home"
    take_over(cli, home, ("甲型货", "", "", ""), ("蜂蜜", "", "0409000000", ""))
    take_over(cli, home, ("甲型货", "载重轮胎", "4011200000", ""), ("光缆", "", "8544700000", ""), now=NEXT_DAY)
    found = readings(home)
    assert found["甲型货"] == (["truck_tyre"], ["卡车轮胎"], "description", ["4011200000"])
    assert set(found) == {"甲型货", "蜂蜜", "光缆"}
    with open_reader(home / "warehouse.duckdb") as con:
        rows = con.execute(
            "SELECT product_name, strftime(read_at AT TIME ZONE 'Asia/Shanghai', '%d') FROM line_readings "
            "INNER JOIN product_lines USING (line_id)"
        ).fetchall()
    assert dict(rows) == {"甲型货": "30", "光缆": "30", "蜂蜜": "29"}


def test_a_name_against_its_code_is_a_question_to_the_officer(cli: Cli, tmp_path: Path) -> None:
    home = tmp_path / "home"
    answer = take_over(cli, home, ("载重轮胎", "全钢子午线", "8544700000", ""), ("光缆", "", "8544700000", ""))
    (question,) = questions(answer)
    for word in (FIRM, "载重轮胎", "卡车轮胎", "4011", "8544700000", "电缆"):
        assert word in question["message"]
    assert "核对" in question["next_step"]
    assert (question["severity"], question["subject"], question["value"]) == ("warning", "E701", "8544700000")
    assert (question["file_name"], question["field_name"]) == ("list.csv", "HS编码")
    assert answer["outcome"] == "findings"
    status = cli("--home", home, "--now", NEXT_DAY, "status", "--issues")
    assert "载重轮胎" in status.out
    # the code is left as the firm declared it
    assert readings(home)["载重轮胎"][3] == ["8544700000"]


def test_a_corrected_code_ends_the_question(cli: Cli, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert questions(take_over(cli, home, ("载重轮胎", "", "8544700000", "")))
    corrected = take_over(cli, home, ("载重轮胎", "", "4011200000", ""), now=NEXT_DAY)
    assert (corrected["outcome"], corrected["issues"]) == ("done", [])


def test_no_question_where_they_agree_or_too_little_is_known(cli: Cli, tmp_path: Path) -> None:
    answer = take_over(
        cli,
        tmp_path / "home",
        ("载重轮胎", "", "4011200000", ""),
        ("轮胎", "", "4016930000", ""),  # another heading of the chapter: the firm knows better
        ("光模块", "", "8517.70", ""),  # agrees through what an old code became
        ("甲型货", "", "8544700000", ""),  # the lexicon knows no such name
        ("乙型货", "载重轮胎", "8544700000", ""),  # a description alone is not held against a code
        ("丙型轮胎", "", "", ""),
        ("摩托车轮胎", "", "85", ""),  # a chapter says too little
        ("农用轮胎", "", "8544700000", ""),  # the one that disagrees: the check is awake
    )
    (question,) = questions(answer)
    assert "农用轮胎" in question["message"]


def test_the_sample_is_read_almost_whole_and_raises_no_false_question(imported: Path) -> None:
    """Its codes were chosen to fit its names, so every question about it would be a false one."""
    with open_reader(imported / "warehouse.duckdb") as con:
        row = con.execute(
            "SELECT (SELECT count(*) FROM product_lines), count(*), count(*) FILTER (WHERE known_by = ''), "
            "(SELECT count(*) FROM issues WHERE code = 'hs-description-disagree') FROM line_readings"
        ).fetchone()
    assert row is not None
    lines, read, unknown, asked = row
    assert lines == read > 0
    assert unknown <= lines // 10
    assert asked == 0
