"""The command line as an officer meets it: help, exit codes, wording of mistakes, one JSON object for machines."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.sample import EXPORTERS, NOTIFICATIONS, sample_path

Cli = Callable[..., Any]
NOW = "2026-06-30T09:00+08:00"
HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "duckdb",
    "scrapy",
    "httpx",
    "jinja2",
    "docx",
    "typst",
    "openpyxl",
}
COMMANDS = [
    "crawl", "import", "match", "matches", "explain", "judge", "evaluate", "train", "cases", "case", "triage",
    "titles", "calendar", "concerns", "survey", "alert", "replies", "contacts", "report", "publish", "sql", "query",
    "monthly", "status", "changes", "sources", "live-check", "doctor", "backup", "restore", "demo", "new-source",
]  # fmt: skip


def is_worded(done: Any) -> bool:
    """The error is Chinese, says what to do, and shows no inside of the program."""
    return "错误：" in done.err and "怎么办：" in done.err and "Traceback" not in done.err and not done.out


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom pipeline.cli import main\nsys.argv = ['tbtwatch', '--help']\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
        "print('MODULES', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.partition("MODULES")[2].split()}
    assert "pipeline" in loaded
    assert not loaded & HEAVY


def test_help_lists_the_commands_in_the_order_of_the_work(cli: Cli) -> None:
    listed = re.findall(r"^  ([a-z-]+)  ", cli("--help").out.partition("Commands:")[2], re.MULTILINE)
    assert listed == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_in_chinese(cli: Cli, name: str) -> None:
    done = cli(name, "--help")
    assert done.code == 0
    assert re.search(r"[一-鿿]", done.out)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("report",),
        ("report", "release", "--month", "2026-06"),
        ("report", "--month", "2026-06", "issues"),
        ("matches",),
        ("judge", "a", "b"),
        ("judge", "a", "b", "--by", "x", "--relation", "maybe"),
        ("import", "exporters"),
        ("status", "--nonsense"),
    ],
)
def test_wrong_usage_leaves_with_2(cli: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = cli("--home", tmp_path / "h", *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert not (tmp_path / "h").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("match",),
        ("matches", "--out", "x.csv"),
        ("explain", "a", "b"),
        ("judge", "a", "b", "--by", "x"),
        ("cases",),
        ("case", "close", "x", "--reason", "r", "--by", "b"),
        ("alert", "preview"),
        ("alert", "send"),
        ("alert", "outbox"),
        ("alert", "settle", "x", "--as", "arrived", "--by", "b"),
        ("replies", "read"),
        ("contacts", "list"),
        ("contacts", "tasks"),
        ("contacts", "erase", "E002", "--by", "甲", "--basis", "来函"),
        ("contacts", "purge"),
        ("report", "--month", "2026-06"),
        ("report", "release", "--month", "2026-06", "--by", "甲"),
        ("report", "withdraw", "--month", "2026-06", "--by", "甲", "--reason", "r"),
        ("report", "issues"),
        ("publish",),
        ("backup",),
        ("sql", "SELECT 1"),
        ("query", "source_health"),
        ("monthly", "--month", "2026-06"),
        ("status",),
        ("survey", "--from", "2026-01-01", "--to", "2026-06-30"),
    ],
)
def test_before_the_first_import_nothing_is_made_up(cli: Cli, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = cli("--home", tmp_path / "mistyped", "--now", NOW, *arguments)
    assert done.code == 2
    assert is_worded(done)
    assert "import exporters" in done.err
    assert not (tmp_path / "mistyped").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("matches", "--out", "x.pdf"), ".csv"),
        (("explain", "G/TBT/N/USA/4711", "E002"), "没有这件通报：G/TBT/N/USA/4711"),
        (("explain", "G/TBT/N/USA/9001", "E999"), "企业清单中没有：E999"),
        (("explain", "G/TBT/N/USA/9001", "E002", "--product", "没有"), "没有产品“没有”"),
        (("judge", "G/TBT/N/USA/9001", "E999", "--by", "x"), "企业清单中没有：E999"),
        (("judge", "G/TBT/N/USA/9001", "E002", "--by", " "), "研判人不能为空"),
        (("case", "close", "NOPE", "--reason", "r", "--by", "b"), "没有这个案件：NOPE"),
        (("case", "advise", "NOPE", "--text", " ", "--by", "b"), "应对建议不能为空"),
        (("case", "reopen", "NOPE", "--reason", "", "--by", "b"), "原因不能为空"),
        (("alert", "preview", "--case", "NOPE"), "没有这个案件：NOPE"),
        (("alert", "outbox", "--state", "lost"), "--state"),
        (("alert", "settle", "NOPE", "--as", "arrived", "--by", "b"), "没有这封邮件：NOPE"),
        (("alert", "settle", "NOPE", "--as", "lost", "--by", "b"), "--as"),
        (("alert", "settle", "NOPE", "--as", "failed", "--by", " "), "经办人不能为空"),
        (("case", "notify", "G/TBT/N/USA/9001", "--firm", "E999", "--text", "x", "--by", "b"), "E999"),
        (("report", "--month", "2026-13"), "月份写法有误"),
        (("report", "edit", "没有.xlsx", "--month", "2026-06", "--by", "甲"), "没有这个文件"),
        (("report", "edit", "没有.xlsx", "--month", "2026-06", "--by", " "), "经办人不能为空"),
        (("report", "release", "--month", "2026-06", "--by", "甲"), "尚未结束"),
        (("report", "withdraw", "--month", "2026-06", "--by", "甲", "--reason", "r"), "没有已印发的期次"),
        (("report", "--month", "2026-6"), "月份写法有误"),
        (("report", "--month", "2027-01"), "尚未开始"),
        (("report", "--month", "9999-12"), "尚未开始"),
        (("report", "--month", "0001-01"), "早于"),
        (("monthly", "--month", "六月"), "月份写法有误"),
        (("survey", "--from", "2026-07-01", "--to", "2026-06-30"), "晚于截止日期"),
        (("survey", "--from", "2026-6-1", "--to", "2026-06-30"), "--from 的日期无法识别"),
        (("survey", "--from", "2026-06-01", "--to", "2026-06-31"), "--to 的日期无法识别"),
        (("survey", "--from", "2026-07-01", "--to", "2026-07-31"), "尚未开始"),
        (("survey", "--from", "2026-06-01", "--to", "2027-01-01"), "截止日期太晚"),
        (("survey", "--from", "0001-01-01", "--to", "2026-06-30"), "太早"),
        (("survey", "--from", "2026-06-01", "--to", "2026-06-30", "--out", "x.csv"), ".xlsx"),
        (("case", "impact", "NOPE", "--firm", "E002", "--loss", "1", "--text", "x", "--by", "b"), "没有这个案件：NOPE"),
        (("case", "impact", "x", "--firm", "E002", "--text", "x", "--by", "b"), "没有写金额"),
        (
            ("case", "impact", "x", "--firm", "E002", "--loss", "-1", "--text", "x", "--by", "b"),
            "--loss 的金额无法识别",
        ),
    ],
)
def test_a_mistake_is_named_and_the_way_out_too(cli: Cli, home: Path, arguments: tuple[str, ...], word: str) -> None:
    done = cli("--home", home, "--now", NOW, *arguments)
    assert done.code == 2
    assert "Traceback" not in done.err
    assert word in done.err


@pytest.mark.parametrize("stated", ["", "gestern", "2026-13-01", "0001-01-01T00:00", "9999-12-31T23:59-08:00"])
def test_a_bad_moment_is_refused(cli: Cli, prepared: Path, stated: str) -> None:
    done = cli("--home", prepared, "--now", stated, "status")
    assert done.code == 2
    assert is_worded(done)
    assert "--now" in done.err


@pytest.mark.parametrize("command", [("status",), ("doctor",), ("publish",)])
def test_a_home_that_is_a_file_is_refused(cli: Cli, tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "file.txt"
    path.write_text("x", encoding="utf-8")
    done = cli("--home", path, *command)
    assert done.code == 2
    assert is_worded(done)


def test_wrong_files_are_refused_and_leave_no_trace(cli: Cli, tmp_path: Path) -> None:
    home = tmp_path / "home"
    empty, binary = tmp_path / "empty.csv", tmp_path / "broken.xlsx"
    empty.write_bytes(b"")
    binary.write_bytes(b"\x00\x01\x02 no workbook")
    with sample_path(EXPORTERS) as exporters, sample_path(NOTIFICATIONS) as notifications:
        header = tmp_path / "header.csv"
        header.write_text(exporters.read_text(encoding="utf-8-sig").splitlines()[0], encoding="utf-8")
        wrong = [("exporters", f) for f in (notifications, empty, binary, tmp_path, tmp_path / "no.csv", header)]
        wrong += [("notifications", f) for f in (exporters, empty, binary, tmp_path, tmp_path / "no.xlsx")]
        for kind, file in wrong:
            done = cli("--home", home, "import", kind, file)
            assert done.code == 2, (kind, file)
            assert is_worded(done), (kind, file, done.err)
    assert not home.exists()


def test_an_empty_list_leaves_the_register_as_it_is(cli: Cli, home: Path, tmp_path: Path) -> None:
    before = cli("--json", "--home", home, "status").data["n_lines"]
    with sample_path(EXPORTERS) as path:
        (tmp_path / "e.csv").write_text(path.read_text(encoding="utf-8-sig").splitlines()[0], encoding="utf-8")
    assert cli("--home", home, "import", "exporters", tmp_path / "e.csv").code == 2
    assert cli("--json", "--home", home, "status").data["n_lines"] == before > 0


def test_a_foreign_database_is_refused_and_left_as_it_is(cli: Cli, tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        con.execute("CREATE TABLE someone_elses AS SELECT 42 AS answer")
    for command in (("status",), ("publish",)):
        done = cli("--home", tmp_path, *command)
        assert done.code == 2
        assert is_worded(done)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        assert con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("someone_elses",)]
    doctor = cli("--home", tmp_path, "doctor")
    assert doctor.code == 3
    assert "[有误] 数据库" in doctor.out


def test_a_text_file_in_place_of_the_database_is_refused(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "warehouse.duckdb").write_text("no database at all " * 10, encoding="utf-8")
    for command in (("status",), ("publish",)):
        done = cli("--home", tmp_path, *command)
        assert done.code == 2
        assert is_worded(done)


def test_what_cannot_be_written_is_a_failed_stage(cli: Cli, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    (tmp_path / "folder.csv").mkdir()
    here = ("--home", home, "--now", "2026-07-01T09:00+08:00")
    for command in (
        ("matches", "--out", tmp_path / "folder.csv"),
        ("matches", "--out", file / "x.csv"),
        ("report", "--month", "2026-06", "--out", file),
    ):
        done = cli(*here, *command)
        assert done.code == 3, command
        assert is_worded(done), done.err
    shutil.rmtree(home / "publish", ignore_errors=True)
    (home / "publish").write_text("x", encoding="utf-8")
    done = cli(*here, "publish")
    assert done.code == 3
    assert is_worded(done)


def test_json_is_one_object_for_every_command(cli: Cli, home: Path, tmp_path: Path) -> None:
    here = ("--json", "--home", home, "--now", NOW)
    with sample_path(EXPORTERS) as exporters, sample_path(NOTIFICATIONS) as notifications:
        found = [
            cli(*here, "import", "exporters", exporters),
            cli(*here, "import", "notifications", notifications),
        ]
    plan = cli(*here, "alert", "preview", "--unreviewed").data["plans"][0]
    commands: list[tuple[object, ...]] = [
        ("match",),
        ("matches", "--out", tmp_path / "m.csv"),
        ("explain", plan["case_id"], plan["exporter_id"]),
        ("judge", plan["case_id"], plan["exporter_id"], "--by", "甲"),
        ("cases", "--all"),
        ("cases", "--due", "--remind"),
        ("case", "show", plan["case_id"]),
        ("case", "assign", plan["case_id"], "--owner", "乙", "--by", "甲"),
        ("case", "note", plan["case_id"], "--text", "已电话联系", "--by", "甲"),
        ("case", "advise", plan["case_id"]),
        ("case", "advise", plan["case_id"], "--text", "核对标准", "--by", "甲", "--cause", "backlog"),
        ("case", "comment", plan["case_id"], "--step", "decide", "--value", "yes", "--text", "影响大", "--by", "甲"),
        ("case", "concern", plan["case_id"], "--propose", "--text", "无科学依据", "--by", "甲"),
        ("case", "consult", plan["case_id"], "--firm", plan["exporter_id"], "--text", "走访", "--by", "甲"),
        (
            "case",
            "impact",
            plan["case_id"],
            "--firm",
            plan["exporter_id"],
            "--loss",
            "1.5",
            "--text",
            "退运",
            "--by",
            "甲",
        ),
        ("survey", "--from", "2026-06-01", "--to", "2026-06-30", "--out", tmp_path / "s.xlsx"),
        ("case", "dossier", plan["case_id"], tmp_path / "d.docx"),
        ("calendar", tmp_path / "c.ics"),
        ("concerns",),
        ("triage", "export", tmp_path / "t.xlsx"),
        ("triage", "import", tmp_path / "t.xlsx", "--by", "甲"),
        ("titles", "export", tmp_path / "titles.xlsx", "--month", "2026-06"),
        ("titles", "import", tmp_path / "titles.xlsx", "--by", "甲"),
        ("titles", "set", plan["case_id"], "--text", "中文译名", "--by", "甲"),
        ("case", "close", plan["case_id"], "--reason", "已办结", "--by", "甲"),
        ("alert", "preview"),
        ("alert", "send"),
        ("alert", "outbox"),
        ("alert", "outbox", "--state", "accepted"),
        ("replies", "read"),
        ("contacts", "list"),
        ("contacts", "tasks"),
        ("contacts", "export", "E002", "--out", tmp_path / "E002.xlsx", "--by", "甲"),
        ("contacts", "suspend", "E002", "--by", "甲", "--reason", "离职"),
        ("contacts", "phoned", "E002", "--by", "甲", "--text", "已告知"),
        ("contacts", "resume", "E002", "--by", "甲", "--reason", "返岗"),
        ("contacts", "unsubscribe", "E002", "--by", "甲", "--basis", "来电"),
        ("contacts", "resubscribe", "E002", "--by", "甲", "--basis", "来函"),
        ("contacts", "erase", "E002", "--by", "甲", "--basis", "来函"),
        ("contacts", "purge"),
        ("publish",),
        ("sql", "SELECT count(*) AS n FROM notifications"),
        ("query",),
        ("query", "source_health"),
        ("monthly", "--month", "2026-06"),
        ("status", "--issues"),
        ("doctor",),
        ("backup", "--out", tmp_path / "backup.zip"),
    ]
    found += [cli(*here, *command) for command in commands]
    for done in found:
        assert done.code in {0, 1}, done.err
        assert isinstance(done.data, dict)
        assert done.err == ""


def test_json_leaves_errors_to_stderr_and_the_exit_code(cli: Cli, tmp_path: Path) -> None:
    done = cli("--json", "--home", tmp_path / "h", "status")
    assert (done.code, done.out) == (2, "")
    assert "错误：" in done.err


def test_a_piped_table_loses_nothing(cli: Cli, prepared: Path) -> None:
    done = cli("--home", prepared, "--now", NOW, "alert", "preview", "--unreviewed")
    plans = cli("--json", "--home", prepared, "--now", NOW, "alert", "preview", "--unreviewed").data["plans"]
    assert plans
    assert "…" not in done.out
    for plan in plans:
        assert "、".join(plan["products"]) in done.out
        assert re.fullmatch(r"(\w\*\*\*@[\w.]+)?", plan["recipient"])
