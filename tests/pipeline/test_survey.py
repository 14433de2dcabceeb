"""`tbtwatch survey`: the period, the screen, the JSON and the workbook of the sample."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.steps.survey import read_period
from warehouse.errors import InputError

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"
JUNE = ("--from", "2026-06-01", "--to", "2026-06-30")
TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-06-02", "2026-06-01", "晚于截止日期"),
        ("2026-6-1", "2026-06-30", "--from 的日期无法识别"),
        ("2026-06-01", "20260630", "--to 的日期无法识别"),
        ("2026-06-01", "2026-02-30", "--to 的日期无法识别"),
        ("", "2026-06-30", "--from 的日期无法识别"),
        ("1994-12-31", "2026-06-30", "太早"),
        ("2026-07-01", "2026-07-02", "尚未开始"),
        ("2026-06-01", "9999-12-31", "太晚"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused_with_words(since: str, until: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read_period(since, until, TODAY)
    assert caught.value.next_step


def test_a_period_may_be_one_day_and_may_not_be_over_yet() -> None:
    assert read_period("2026-06-30", "2026-06-30", TODAY) == (TODAY, TODAY)
    assert read_period("2026-01-01", "2026-12-31", TODAY) == (date(2026, 1, 1), date(2026, 12, 31))


def test_days_are_those_of_shanghai(cli: Cli, prepared: Path) -> None:
    here = ("--json", "--home", prepared, "--now", NOW)  # collected on 29 June at 9 in Shanghai
    whole = cli(*here, "survey", *JUNE).data["total"]["n_cases"]
    day = cli(*here, "survey", "--from", "2026-06-29", "--to", "2026-06-29").data["total"]["n_cases"]
    assert whole == day > 20
    for other in ("2026-06-28", "2026-06-30"):
        assert cli(*here, "survey", "--from", other, "--to", other).data["total"]["n_cases"] == 0


def test_the_json_says_what_the_other_commands_say(cli: Cli, prepared: Path) -> None:
    here = ("--json", "--home", prepared, "--now", NOW)
    found = cli(*here, "survey", *JUNE).data
    status = cli(*here, "status").data
    assert found["register"]["n_listed"] == status["n_exporters"]
    assert 0 < found["register"]["n_key"] < found["register"]["n_sample"] < found["register"]["n_listed"]
    total = found["total"]
    assert total["n_cases"] >= total["n_affecting"] > 0
    assert total["n_firms"] == sum(1 for firm in found["firms"] if firm["n_cases"])
    assert {"exporter_id", "loss_cny_10k"} <= set(found["firms"][0])
    assert not {"name", "district"} & set(found["firms"][0])
    assert sum(row["n_cases"] for row in found["by_kind"]) >= total["n_cases"]
    for rows in (found["by_kind"], found["by_member"], found["by_chain"]):
        assert max(row["n_cases"] for row in rows) <= total["n_cases"]
        assert max(row["n_firms"] for row in rows) <= total["n_firms"]
    assert sum(row["n_firms"] for row in found["by_chain"]) == total["n_firms"]  # a firm has one chain


def test_firms_are_named_in_the_restricted_version_only(cli: Cli, home: Path, tmp_path: Path) -> None:
    here = ("--json", "--home", home, "--now", NOW)
    named = cli(*here, "survey", *JUNE, "--firm-names").data["firms"]
    assert all(firm["name"] for firm in named)
    for more, is_named in (((), False), (("--firm-names",), True)):
        path = tmp_path / f"{is_named}" / "统计.xlsx"
        assert cli("--home", home, "--now", NOW, "survey", *JUNE, "--out", path, *more).code == 0
        book = openpyxl.load_workbook(path)
        said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
        assert any(firm["name"] in text for firm in named for text in said) == is_named
        assert {firm["exporter_id"] for firm in named} <= set(said)


def test_a_reported_loss_reaches_the_screen_and_the_workbook(cli: Cli, home: Path, tmp_path: Path) -> None:
    here = ("--home", home, "--now", NOW)
    firm = cli("--json", *here, "survey", *JUNE).data["firms"][0]["exporter_id"]
    case_id = cli("--json", *here, "cases").data["cases"][0]["case_id"]
    impact = ("case", "impact", case_id, "--firm", firm, "--text", "退运", "--by", "甲")
    assert cli(*here, *impact, "--loss", "99", "--cost", "1").code == 0
    done = cli("--home", home, "--now", "2026-06-30T10:00+08:00", *impact, "--loss", "1,120.5")
    assert (done.code, done.out) == (0, f"已登记企业受影响情况：{case_id}\n")
    out = cli("--home", home, "--now", "2026-06-30T11:00+08:00", "survey", *JUNE, "--out", tmp_path / "s.xlsx").out
    assert "1,120.5" in out
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["汇总"]
    amounts = {row[1].value: (row[3].value, row[4].value) for row in sheet.iter_rows() if row[1].value}
    assert amounts["直接损失额"] == (1120.5, 1120.5)
    assert amounts["新增成本"] == (0, 0)  # the later report says nothing of costs
    assert amounts["报告企业"] == (1, 1)


def test_a_workbook_that_cannot_be_written_is_a_failed_stage(cli: Cli, prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    done = cli("--home", prepared, "--now", NOW, "survey", *JUNE, "--out", tmp_path / "folder.xlsx")
    assert done.code == 3
    assert "无法写入文件" in done.err
    assert list(tmp_path.iterdir()) == [tmp_path / "folder.xlsx"]
