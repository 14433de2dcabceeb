"""Releasing an issue: what stands against it, numbers, frozen files, later runs, withdrawal, kills."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from case_office import ONE, START, WARNING, at, conclude_case, rows
from issue_office import AFTER, MONTH, TITLE, drafted, hashes, page, released, tb

from reports.bulletin.frozen import thaw
from warehouse.connection import open_writer

MANIFEST = "内部版/MANIFEST.json"
DAY_AFTER = "2026-04-03T09:00+08:00"


def issue_rows(home: Path) -> list[tuple[object, ...]]:
    return rows(home, "SELECT year, in_year, overall, report_month FROM bulletin_issues ORDER BY overall")


def test_items_that_nobody_judged_stand_against_a_release_and_are_named(office: Path) -> None:
    conclude_case(at(office, START), ONE, WARNING)
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长")
    assert done.code == 2
    assert "未经人工研判：G/TBT/N/ATL/2" in done.err
    assert f"未经人工研判：{ONE}\n" not in done.err
    assert "--anyway" in done.err
    assert issue_rows(office) == []
    assert not (office / "reports" / MONTH / "正式").exists()


def test_a_failed_data_check_stands_against_a_release(office: Path) -> None:
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("UPDATE notifications SET comment_deadline = DATE '2026-01-01' WHERE notification_id = ?", [ONE])
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长")
    assert done.code == 2
    assert "数据检查未通过" in done.err


@pytest.mark.parametrize(
    ("arguments", "now", "word"),
    [
        (("--by", "处长"), "2026-03-31T23:59+08:00", "尚未结束"),
        (("--by", " "), AFTER, "签发人不能为空"),
        (("--by", "处长"), "2026-02-10T09:00+08:00", "尚未开始"),
    ],
)
def test_a_release_out_of_order_is_refused(office: Path, arguments: tuple[str, ...], now: str, word: str) -> None:
    done = tb(office, "report", "release", "--month", MONTH, *arguments, now=now)
    assert done.code == 2
    assert word in done.err
    assert issue_rows(office) == []


def test_a_release_freezes_numbers_files_and_data(office: Path) -> None:
    folder = released(office)
    assert issue_rows(office) == [(2026, 1, 1, MONTH)]
    (reason,) = rows(office, "SELECT in_spite_of FROM bulletin_issues")[0]
    assert "未经人工研判" in reason
    assert "理由：测试" in reason
    assert "2026年第1期（总第1期）" in page(folder)
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    found = hashes(folder)
    assert manifest["files"] == {name: sha for name, sha in found.items() if name != MANIFEST}
    assert {Path(name).suffix for name in found} >= {".html", ".docx", ".pdf", ".json"}
    assert all(not path.stat().st_mode & stat.S_IWUSR for path in folder.rglob("*") if path.is_file())
    facts = thaw((folder / f"定稿数据_{MONTH}.json").read_text("utf-8"))
    assert (facts.year, facts.month, facts.firm_names) == (2026, 3, False)
    assert (office / "publish" / manifest["snapshot"]["name"]).exists()
    assert "虚构光电" not in (folder / f"定稿数据_{MONTH}.json").read_text("utf-8")


def test_no_public_file_of_a_release_says_who_judged_advised_signed_or_overruled(office: Path) -> None:
    officer, signer = "研判员甲某", "签发人乙某"
    judged = ("case", "judge", ONE, "--conclusion", "warning", "--by", officer, "--cause", "backlog")
    assert tb(office, *judged).code == 0
    told = ("case", "advise", ONE, "--by", officer, "--cause", "backlog", "--text", "请核对型号")
    assert tb(office, *told).code == 0
    done = tb(office, "report", "release", "--month", MONTH, "--by", signer, "--anyway", "领导要求")
    assert done.code == 0, done.err
    folder = office / "reports" / MONTH / "正式"
    public = [path for path in folder.iterdir() if path.is_file()]
    assert {path.suffix for path in public} == {".html", ".docx", ".pdf", ".xlsx", ".json"}
    text = "".join(path.read_text("utf-8") for path in public if path.suffix in (".html", ".json"))
    assert "经人工研判" in text
    assert not any(words in text for words in (officer, signer, "领导要求", "已超时", "时限4月"))
    inside = "".join(path.read_text("utf-8") for path in (folder / "内部版").glob("*.json"))
    assert all(words in inside for words in (officer, signer, "领导要求"))


def test_an_issue_of_an_older_version_is_looked_at_and_mended_with_its_manifest_where_it_was(office: Path) -> None:
    folder = released(office)
    (folder / MANIFEST).rename(folder / "MANIFEST.json")
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("UPDATE bulletin_issue_files SET file_name = 'MANIFEST.json' WHERE file_name = ?", [MANIFEST])
    before = hashes(folder)
    (folder / "MANIFEST.json").unlink()
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长", now=DAY_AFTER)
    assert done.code == 0, done.err
    assert "补回：MANIFEST.json" in done.out
    assert hashes(folder) == before


def test_a_released_file_has_no_place_left_to_fill_in(office: Path) -> None:
    folder = released(office)
    done = subprocess.run(
        ["unzip", "-p", str(folder / f"{TITLE}_{MONTH}.docx"), "word/document.xml"], capture_output=True, check=True
    )
    assert b"w:tag" not in done.stdout


def test_a_later_run_changes_nothing_and_says_so(office: Path) -> None:
    before = hashes(released(office))
    done = tb(office, "report", "release", "--month", MONTH, "--by", "别人", now=DAY_AFTER)
    assert done.code == 0
    assert "文件没有变化" in done.out
    assert hashes(office / "reports" / MONTH / "正式") == before
    assert len(issue_rows(office)) == 1


def test_drafting_a_released_month_gives_the_released_bytes(office: Path, tmp_path: Path) -> None:
    before = hashes(released(office))
    done = tb(office, "report", "--month", MONTH, "--out", tmp_path / "o", now=DAY_AFTER)
    assert done.code == 0
    assert "未重新起草" in done.out
    assert hashes(tmp_path / "o") == before
    target = tmp_path / "o" / MANIFEST
    target.chmod(0o644)
    target.write_text("其他", "utf-8")
    again = tb(office, "report", "--month", MONTH, "--out", tmp_path / "o", now=DAY_AFTER)
    assert again.code == 2
    assert "内容不同" in again.err
    assert target.read_text("utf-8") == "其他"


def test_a_missing_file_is_drawn_again_from_the_frozen_facts_with_the_same_bytes(office: Path) -> None:
    folder = released(office)
    before = hashes(folder)
    with open_writer(office / "warehouse.duckdb") as con:  # the data have moved on since
        con.execute("UPDATE notifications SET title = 'Another title'")
    (folder / f"{TITLE}_{MONTH}.pdf").unlink()
    (folder / MANIFEST).unlink()
    shutil.rmtree(folder / "内部版")
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长", now=DAY_AFTER)
    assert done.code == 0, done.err
    assert "补回" in done.out
    assert hashes(folder) == before


def test_a_missing_file_that_comes_out_otherwise_is_refused_in_words(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = released(office)
    (folder / f"{TITLE}_{MONTH}.html").unlink()
    monkeypatch.setattr("pipeline.steps.render_issue.render_html", lambda document: "另一版程序")
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长")
    assert done.code == 3
    assert "与印发时不一致" in done.err
    assert f"{TITLE}_{MONTH}.html" in done.err
    assert not (folder / f"{TITLE}_{MONTH}.html").exists()


def test_an_altered_file_is_named_and_nothing_is_written(office: Path) -> None:
    folder = released(office)
    path = folder / f"{TITLE}_{MONTH}.html"
    path.chmod(0o644)
    path.write_text(path.read_text("utf-8") + "改", "utf-8")
    before = hashes(folder)
    for command in (("report", "release", "--month", MONTH, "--by", "处长"), ("report", "--month", MONTH)):
        done = tb(office, *command)
        assert done.code == 2
        assert f"被改动：{TITLE}_{MONTH}.html" in done.err
    assert hashes(folder) == before


def test_a_snapshot_that_is_gone_is_a_finding(office: Path) -> None:
    released(office)
    (name,) = rows(office, "SELECT snapshot FROM bulletin_issues")[0]
    (office / "publish" / name).unlink()
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长")
    assert done.code == 1
    assert "数据快照不在" in done.out


def test_a_withdrawn_issue_keeps_its_number_and_its_files(office: Path) -> None:
    folder = released(office)
    before = hashes(folder)
    done = tb(office, "report", "withdraw", "--month", MONTH, "--by", "处长", "--reason", "漏登一项")
    assert done.code == 0, done.err
    assert not folder.exists()
    assert hashes(folder.parent / "已撤回_总第1期") == before
    assert tb(office, "report", "withdraw", "--month", MONTH, "--by", "处长", "--reason", "x").code == 2
    assert "未编期号" in page(drafted(office, now=DAY_AFTER))
    again = released(office, now=DAY_AFTER)
    assert "2026年第2期（总第2期）" in page(again)
    listed = tb(office, "--json", "report", "issues").data["issues"]
    assert [(each["overall"], each["withdrawn_reason"]) for each in listed] == [(2, ""), (1, "漏登一项")]


def test_a_withdrawal_that_was_killed_before_the_files_were_moved_is_finished_later(office: Path) -> None:
    folder = released(office)
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("INSERT INTO bulletin_withdrawals SELECT 1, released_at, '处长', '错' FROM bulletin_issues")
    released(office, now=DAY_AFTER)
    assert (folder.parent / "已撤回_总第1期").is_dir()
    assert issue_rows(office) == [(2026, 1, 1, MONTH), (2026, 2, 2, MONTH)]


def test_a_folder_that_no_issue_explains_is_left_alone(office: Path) -> None:
    folder = office / "reports" / MONTH / "正式"
    folder.mkdir(parents=True)
    done = tb(office, "report", "release", "--month", MONTH, "--by", "处长", "--anyway", "测试")
    assert done.code == 2
    assert "没有该月已印发的期次" in done.err
    assert issue_rows(office) == []


def test_an_office_that_published_before_goes_on_with_its_numbers(office: Path) -> None:
    (office / "tbtwatch.toml").write_text("[report]\nfirst_overall = 38\nfirst_in_year = 3\n", "utf-8")
    assert "2026年第3期（总第38期）" in page(released(office))


KILL = """
import os, sys
import pipeline.steps.release as release
import pipeline.steps.issue_files as issue_files
from pipeline.cli import main

def dies(*arguments, **named):
    os._exit(9)

def after(real):
    def run(*arguments, **named):
        real(*arguments, **named)
        os._exit(9)
    return run

def third(real, calls=[]):
    def run(*arguments, **named):
        calls.append(1)
        real(*arguments, **named)
        if len(calls) == 3:
            os._exit(9)
    return run

point = sys.argv.pop(1)
if point == "copied": release.stage = dies
if point == "half staged": issue_files._write_durably = third(issue_files._write_durably)
if point == "staged": release.stage = after(release.stage)
if point == "row not committed": release.add_issue = after(release.add_issue)
if point == "committed": release.keep_standing = dies
if point == "in place": issue_files.promote = after(issue_files.promote)
main()
"""


@pytest.mark.parametrize(
    ("point", "is_there"),
    [("copied", False), ("half staged", False), ("staged", False), ("row not committed", False), ("committed", True),
     ("in place", True)],
)  # fmt: skip
def test_a_killed_release_leaves_no_issue_or_a_whole_one(office: Path, point: str, is_there: bool) -> None:
    command = [
        "--home",
        str(office),
        "--now",
        AFTER,
        "report",
        "release",
        "--month",
        MONTH,
        "--by",
        "处长",
        "--anyway",
        "急",
    ]
    killed = subprocess.run([sys.executable, "-c", KILL, point, *command], capture_output=True, text=True, check=False)
    assert killed.returncode == 9, killed.stderr
    assert len(issue_rows(office)) == is_there
    folder = released(office, now=DAY_AFTER)
    assert issue_rows(office) == [(2026, 1, 1, MONTH)]
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    assert hashes(folder) == {**manifest["files"], MANIFEST: hashes(folder)[MANIFEST]}
    assert manifest["released_at"].startswith("2026-04-02" if is_there else "2026-04-03")
    assert tb(office, "report", "release", "--month", MONTH, "--by", "处长").code == 0
    assert not (folder.parent / ".正式.part").exists()
