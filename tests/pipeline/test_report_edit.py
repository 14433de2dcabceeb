"""Officers' texts: into the workbook or the Word draft, back into the database, onto the page."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
from case_office import HOUR, IRRELEVANT, ONE, START, TWO, at, bring, conclude_case, rows
from docx.oxml.ns import qn
from issue_office import AFTER, MONTH, TITLE, drafted, filled_sheet, page, released, tb
from warehouse_sample import notification, observed

from warehouse.connection import open_writer
from warehouse.records import NotificationKind

LATER = "2026-04-02T11:00+08:00"
CONTENT, EFFECT, ADVICE = (f"{slot}__{ONE}" for slot in ("content", "effect", "advice"))


def edit(home: Path, path: Path, *, by: str = "甲", now: str = AFTER) -> Any:
    return tb(home, "--json", "report", "edit", "--month", MONTH, path, "--by", by, now=now)


def texts(home: Path) -> list[tuple[Any, ...]]:
    return rows(home, "SELECT slot, case_id, text, written_by FROM bulletin_texts ORDER BY seq")


def test_what_is_filled_in_is_printed_with_the_next_draft(office: Path) -> None:
    folder = drafted(office)
    given = {
        "preface": "本月灯具类措施较多。",
        CONTENT: "草案拟对灯具增加能效标签。",
        EFFECT: "影响台灯出口。",
        ADVICE: "核对标签\n送样检测",
        "hint:1": "请关注灯具能效要求。",
        "correction:1": "2026年第2期第3页“欧盟”应为“日本”。",
    }
    done = edit(office, filled_sheet(folder, "填好.xlsx", **given))
    assert done.code == 0, done.out
    assert done.data["counts"]["n_applied"] == 6
    drafted(office, now=LATER)
    for restricted in (False, True):
        said = page(folder, restricted=restricted)
        for text in ("本月灯具类措施较多。", "草案拟对灯具增加能效标签", "影响台灯出口", "核对标签", "送样检测",
                     "请关注灯具能效要求", "应为“日本”"):  # fmt: skip
            assert text in said
    assert "本月灯具类措施较多。" in page(released(office, now=LATER))


def test_the_same_file_twice_changes_nothing(office: Path) -> None:
    path = filled_sheet(drafted(office), "填好.xlsx", preface="一", **{CONTENT: "二"})
    assert edit(office, path).code == 0
    before = texts(office)
    again = edit(office, path)
    assert again.code == 0
    assert (again.data["counts"]["n_applied"], again.data["counts"]["n_repeated"]) == (0, 2)
    assert texts(office) == before


def test_a_cell_that_somebody_else_has_changed_since_is_refused_and_the_rest_taken(office: Path) -> None:
    folder = drafted(office)
    first = filled_sheet(folder, "甲.xlsx", preface="甲的导语")
    second = filled_sheet(folder, "乙.xlsx", preface="乙的导语", **{CONTENT: "乙的内容"})
    assert edit(office, first).code == 0
    done = edit(office, second, by="乙")
    assert done.code == 1
    (refused,) = done.data["refused"]
    assert refused["place"].startswith("G2")
    assert "甲已改写" in refused["message"]
    assert [row[2] for row in texts(office)] == ["甲的导语", "乙的内容"]


def test_a_text_of_a_case_that_is_no_item_any_more_is_refused_with_its_cell(office: Path) -> None:
    folder = drafted(office)
    path = filled_sheet(folder, "填好.xlsx", preface="一", **{f"content__{TWO}": "二"})
    conclude_case(at(office, START + 2 * HOUR), TWO, IRRELEVANT)
    found = edit(office, path)
    assert found.code == 1
    assert "已不在本期重点通报解读之列" in found.data["refused"][0]["message"]
    assert [row[0] for row in texts(office)] == ["preface"]


def test_the_name_of_a_firm_is_not_taken_into_a_text_of_the_public_issue(office: Path) -> None:
    path = filled_sheet(drafted(office), "填好.xlsx", **{EFFECT: "影响虚构光电E1有限公司。"})
    found = edit(office, path)
    assert found.code == 1
    assert "虚构光电E1有限公司" in found.data["refused"][0]["message"]
    assert texts(office) == []


def test_the_word_for_taking_back_brings_the_draft_again(office: Path) -> None:
    folder = drafted(office)
    assert edit(office, filled_sheet(folder, "一.xlsx", **{CONTENT: "改写的内容"})).code == 0
    drafted(office, now=LATER)
    assert "改写的内容" in page(folder)
    assert edit(office, filled_sheet(folder, "二.xlsx", **{CONTENT: "恢复初稿"}), now=LATER).code == 0
    drafted(office, now=LATER)
    assert "改写的内容" not in page(folder)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [("x.pdf", b"", "不能读取这种文件"), ("x.xlsx", b"no zip", "x.xlsx"), ("x.docx", b"no zip", "不是完好的"),
     ("missing.docx", None, "没有这个文件")],
)  # fmt: skip
def test_files_that_cannot_be_read_are_refused(
    office: Path, tmp_path: Path, name: str, content: bytes | None, word: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = tb(office, "report", "edit", "--month", MONTH, tmp_path / name, "--by", "甲")
    assert done.code == 2
    assert word in done.err


def test_a_word_file_that_is_no_draft_of_the_month_is_refused(office: Path, tmp_path: Path) -> None:
    drafted(office)
    docx.Document().save(str(tmp_path / "别的.docx"))
    done = tb(office, "report", "edit", "--month", MONTH, tmp_path / "别的.docx", "--by", "甲")
    assert done.code == 2
    assert "不是本系统生成" in done.err


def test_a_released_month_takes_no_more_texts(office: Path) -> None:
    path = filled_sheet(drafted(office), "填好.xlsx", preface="一")
    released(office)
    done = edit(office, path)
    assert done.code == 2
    assert "已印发为2026年第1期" in done.err


def test_drafting_again_keeps_a_file_that_somebody_changed(office: Path) -> None:
    folder = drafted(office)
    word = folder / f"{TITLE}_{MONTH}.docx"
    word.write_bytes(word.read_bytes() + b"changed")
    done = tb(office, "report", "--month", MONTH, now=LATER)
    assert done.code == 0
    assert "改稿1" in done.out
    assert (folder / f"{TITLE}_{MONTH}_改稿1.docx").read_bytes().endswith(b"changed")
    assert not word.read_bytes().endswith(b"changed")
    assert "改稿" not in tb(office, "report", "--month", MONTH, now=LATER).out


def change_control(path: Path, tag: str, text: str) -> None:
    """Type a text into a content control, as an officer does in Word."""
    document = docx.Document(str(path))
    for element in document.element.body.iter(qn("w:sdt")):
        mark = element.find(f"{qn('w:sdtPr')}/{qn('w:tag')}")
        if mark is not None and mark.get(qn("w:val")) == tag:
            first, *others = element.iter(qn("w:t"))
            first.text = text
            for other in others:
                other.text = ""
            for shown in list(element.iter(qn("w:showingPlcHdr"))):
                shown.getparent().remove(shown)
            document.save(str(path))
            return
    raise AssertionError(tag)


def test_what_was_typed_into_the_word_draft_is_printed_and_the_rest_is_told(office: Path) -> None:
    folder = drafted(office)
    word = folder / f"{TITLE}_{MONTH}.docx"
    change_control(word, "preface", "本期重点是灯具。")
    change_control(word, f"content:{ONE}", "草案拟增加灯具能效要求。")
    document = docx.Document(str(word))
    heading = next(each for each in document.paragraphs if each.text.startswith("一、"))
    heading.runs[0].text = "一、改过的标题"
    document.save(str(word))
    done = edit(office, word)
    assert done.code == 1
    assert done.data["counts"]["n_applied"] == 2
    assert ("changed", "一、改过的标题") in [(each["kind"], each["text"]) for each in done.data["outside"]]
    assert {(row[0], row[2]) for row in texts(office)} == {
        ("preface", "本期重点是灯具。"),
        ("content", "草案拟增加灯具能效要求。"),
    }
    assert edit(office, word).data["counts"]["n_applied"] == 0
    drafted(office, now=LATER)
    assert "草案拟增加灯具能效要求" in page(folder)
    unchanged = edit(office, word, now=LATER)  # moved aside by the new draft: read the new one
    assert unchanged.data["counts"]["n_applied"] == 0
    assert unchanged.data["outside"] == []


def two_copies(home: Path) -> tuple[Path, Path]:
    """Two officers' copies of the Word draft of AFTER."""
    word = drafted(home) / f"{TITLE}_{MONTH}.docx"
    copies = word.with_name("李.docx"), word.with_name("张.docx")
    for copy in copies:
        shutil.copyfile(word, copy)
    return copies


# the second moment is that of a replay, which does everything at one stated time
@pytest.mark.parametrize("later", [LATER, AFTER])
def test_an_older_word_copy_never_writes_over_what_a_colleague_wrote_since(office: Path, later: str) -> None:
    li, zhang = two_copies(office)
    change_control(li, f"effect:{ONE}", "李写的影响。")
    change_control(li, f"content:{TWO}", "李写的内容。")
    change_control(zhang, f"content:{ONE}", "张写的内容。")
    change_control(zhang, f"content:{TWO}", "张写的另一内容。")
    assert edit(office, li, by="李", now=later).code == 0
    drafted(office, now=later)
    done = edit(office, zhang, by="张", now=later)
    assert done.code == 1
    assert (done.data["counts"]["n_applied"], done.data["outside"]) == (1, [])
    (refused,) = done.data["refused"]
    assert refused["place"] == f"{TWO} 主要内容"
    assert refused["message"] == f"文件生成后，李已改写这段文字（{later[:10]} {later[11:16]}），未采用"
    assert {row[:4] for row in texts(office)} == {
        ("effect", ONE, "李写的影响。", "李"),
        ("content", TWO, "李写的内容。", "李"),
        ("content", ONE, "张写的内容。", "张"),
    }


@pytest.mark.parametrize("later", [LATER, AFTER])
def test_what_was_not_touched_in_an_older_copy_stays_as_colleagues_wrote_it(office: Path, later: str) -> None:
    li, zhang = two_copies(office)
    inner = shutil.copyfile(li.parent / "内部版" / f"{TITLE}_{MONTH}_内部.docx", li.with_name("王.docx"))
    for tag, words in (("preface", "李写的导语。"), ("hint:1", "李写的提示。"), (f"advice:{ONE}", "李写的建议。")):
        change_control(li, tag, words)
    change_control(li, f"content:{ONE}", "李写的内容。")
    change_control(li, f"effect:{ONE}", "李写的影响。")
    change_control(zhang, f"content:{TWO}", "张写的内容。")
    change_control(inner, f"effect:{TWO}", "王写的影响。")
    assert edit(office, li, by="李", now=later).data["counts"]["n_applied"] == 5
    drafted(office, now=later)
    for copy, by in ((zhang, "张"), (inner, "王")):
        done = edit(office, copy, by=by, now=later)
        assert done.code == 0, done.out
        assert (done.data["counts"]["n_applied"], done.data["outside"]) == (1, [])
    assert len(texts(office)) == 7


def test_a_text_of_the_draft_at_hand_may_be_written_again_by_anybody(office: Path) -> None:
    given = {"hint:1": "提示一。", ADVICE: "核对标签\n送样检测"}
    assert edit(office, filled_sheet(drafted(office), "一.xlsx", **given), by="李").code == 0
    word = drafted(office, now=LATER) / f"{TITLE}_{MONTH}.docx"
    change_control(word, f"advice:{ONE}", "只须核对标签。")
    change_control(word, "hint:1", "提示一，改过。")
    change_control(word, "hint:2", "提示二。")
    done = edit(office, word, by="张", now=LATER)
    assert done.code == 0, done.out
    assert {(row[0], row[2]) for row in texts(office)[2:]} == {
        ("advice", "只须核对标签。"), ("hint:1", "提示一，改过。"), ("hint:2", "提示二。"),
    }  # fmt: skip


def test_a_hint_that_somebody_has_changed_since_is_not_taken_for_another(office: Path) -> None:
    sheet = filled_sheet(drafted(office), "一.xlsx", **{"hint:1": "甲的提示。", "hint:2": "乙的提示。"})
    assert edit(office, sheet).code == 0
    word = drafted(office, now=LATER) / f"{TITLE}_{MONTH}.docx"
    copy = shutil.copyfile(word, word.with_name("张.docx"))
    change_control(copy, "hint:2", "乙的提示，改过。")
    taken_back = filled_sheet(word.parent, "二.xlsx", **{"hint:1": "恢复初稿"})
    assert edit(office, taken_back, now="2026-04-02T12:00+08:00").code == 0
    assert edit(office, copy, by="张", now="2026-04-02T13:00+08:00").code == 0
    assert texts(office)[-1] == ("hint:2", "", "乙的提示，改过。", "张")


def test_a_draft_that_is_not_known_any_more_brings_in_nothing(office: Path) -> None:
    li, zhang = two_copies(office)
    change_control(li, f"effect:{ONE}", "李写的影响。")
    change_control(zhang, f"effect:{ONE}", "张写的影响。")
    assert edit(office, li, by="李").code == 0
    with open_writer(office / "warehouse.duckdb") as con:
        con.execute("DELETE FROM bulletin_baselines")
    done = edit(office, zhang, by="张", now=LATER)
    assert done.code == 2
    assert "无法比较改动" in done.err
    assert [row[3] for row in texts(office)] == ["李"]


@pytest.mark.parametrize("name", ["编辑表_2026-02.xlsx", f"{TITLE}_2026-02.docx"])
def test_a_file_of_another_month_is_refused_in_one_line(office: Path, name: str) -> None:
    drafted(office)
    assert tb(office, "report", "--month", "2026-02", now=AFTER).code == 0
    done = tb(office, "report", "edit", "--month", MONTH, office / "reports" / "2026-02" / name, "--by", "甲")
    assert done.code == 2
    assert f"这是2026-02的文件，不是{MONTH}的" in done.err
    assert "--month 2026-02" in done.err


def test_the_next_step_is_said_also_where_something_was_refused(office: Path) -> None:
    folder = drafted(office)
    half = filled_sheet(folder, "一.xlsx", preface="一", **{EFFECT: "影响虚构光电E1有限公司。"})
    none = filled_sheet(folder, "二.xlsx", **{EFFECT: "影响虚构光电E1有限公司。"})
    step = f"请运行 tbtwatch report --month {MONTH} 重新生成文稿"
    for path, is_said in ((half, True), (none, False)):
        done = tb(office, "report", "edit", "--month", MONTH, path, "--by", "甲")
        assert done.code == 1
        assert "未采用" in done.out
        assert (step in done.out) is is_said


def test_numbers_and_addresses_of_persons_are_refused_with_their_field_and_the_rest_taken(office: Path) -> None:
    folder = drafted(office)
    given = {
        "preface": "请致电 138-0013-8000。",
        CONTENT: "来信 zhang.san@example.com 咨询。",
        ADVICE: "91110000600037341L 应自查。",
        EFFECT: "影响台灯出口。",
    }
    done = edit(office, filled_sheet(folder, "一.xlsx", **given))
    assert done.code == 1
    said = {each["place"].partition("（")[2].rstrip("）"): each["message"] for each in done.data["refused"]}
    assert said == {
        "导语": "写有手机号码（138…），未采用：这段文字也印在公开版中",
        "主要内容": "写有电子邮箱（zha…），未采用：这段文字也印在公开版中",
        "应对建议": "写有统一社会信用代码或证件号码（911…），未采用：这段文字也印在公开版中",
    }
    assert "13800138000" not in done.out.replace("-", "")
    word = folder / f"{TITLE}_{MONTH}.docx"
    change_control(word, "hint:1", "请致电13800138000。")
    (refused,) = edit(office, word).data["refused"]
    assert refused["place"] == "工作提示1"
    assert [row[2] for row in texts(office)] == ["影响台灯出口。"]


def test_issues_are_listed_in_short_rows_and_whole_as_json(office: Path) -> None:
    command = ("report", "release", "--month", MONTH, "--by", "处长", "--anyway", "领导同意先行印发，" * 9)
    assert tb(office, *command).code == 0
    assert tb(office, "report", "withdraw", "--month", MONTH, "--by", "甲", "--reason", "第3页表格有误，" * 9).code == 0
    listed = tb(office, "report", "issues")
    row = next(line for line in listed.out.splitlines() if "第1期" in line)
    assert len(row) < 150
    assert "未经研判" in row
    assert "理由：领导同意先行印发" in row
    assert "--json report issues" in listed.out
    (whole,) = tb(office, "--json", "report", "issues").data["issues"]
    assert whole["in_spite_of"].endswith("领导同意先行印发，" * 9)
    assert whole["withdrawn_reason"] == "第3页表格有误，" * 9


def test_a_withdrawal_says_what_still_shows_the_issue(office: Path) -> None:
    released(office)
    done = tb(office, "report", "withdraw", "--month", MONTH, "--by", "甲", "--reason", "表格有误")
    assert done.code == 0
    assert "tbtwatch report site" in done.out
    assert f"tbtwatch report note --month {MONTH}" in done.out
    assert "程序无法收回" in done.out


@pytest.mark.office
def test_what_libreoffice_saved_again_brings_what_was_typed_and_nothing_else(office: Path, tmp_path: Path) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice is missing")
    word = drafted(office) / f"{TITLE}_{MONTH}.docx"
    change_control(word, f"content:{ONE}", "草案拟增加灯具能效要求。")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(word)], check=True, capture_output=True, timeout=180)
    done = edit(office, tmp_path / word.name)
    assert done.data["outside"] == []
    assert done.code == 0, done.out
    assert [row[:3] for row in texts(office)] == [("content", ONE, "草案拟增加灯具能效要求。")]


def test_what_a_corrigendum_changes_is_put_right_in_the_next_issue_and_said_once(office: Path) -> None:
    released(office)
    when = datetime.fromisoformat("2026-04-10T09:00+08:00")
    other = notification(
        f"{ONE}/Corr.1",
        kind=NotificationKind.CORRIGENDUM,
        distribution_date=date(2026, 4, 9),
        comment_deadline=date(2026, 6, 30),
    )
    bring(office, when, other)
    sentence = f"2026年第1期所载{ONE}"
    april, may = "2026-05-04T09:00+08:00", "2026-06-03T09:00+08:00"
    assert tb(office, "report", "--month", "2026-04", now=april).code == 0
    said = (office / "reports" / "2026-04" / f"{TITLE}_2026-04.html").read_text("utf-8")
    assert sentence in said
    assert "评议截止日期应为2026年6月30日，原刊为2026年5月4日" in said
    command = ("report", "release", "--by", "处长", "--anyway", "测试", "--month")
    assert tb(office, *command, "2026-04", now=april).code == 0
    assert tb(office, "report", "--month", "2026-05", now=may).code == 0
    assert sentence not in (office / "reports" / "2026-05" / f"{TITLE}_2026-05.html").read_text("utf-8")


def test_what_a_source_changes_in_its_record_is_put_right_also_under_another_symbol(office: Path) -> None:
    released(office)
    when = datetime.fromisoformat("2026-04-10T09:00+08:00")
    renamed = notification(f"{TWO}/Rev.1", entry_into_force_date=date(2027, 1, 1))
    changed = notification(ONE, comment_deadline=date(2026, 6, 9), member_names=("Atlantis",))
    bring(office, when, changed, observed(renamed, key=TWO))  # the record of TWO has taken another symbol
    april = "2026-05-04T09:00+08:00"
    assert tb(office, "report", "--month", "2026-04", now=april).code == 0
    said = (office / "reports" / "2026-04" / f"{TITLE}_2026-04.html").read_text("utf-8")
    assert f"所载{ONE}（" in said
    assert "评议截止日期应为2026年6月9日，原刊为2026年5月4日" in said
    assert f"通报号应为{TWO}/Rev.1，原刊为{TWO}。" in said
    assert "拟生效日期应为2027年1月1日" in said
