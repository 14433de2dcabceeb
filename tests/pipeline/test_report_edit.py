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
