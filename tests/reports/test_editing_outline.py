"""The Word draft read back: what stands in the controls, what was changed there, and what was changed elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from word_controls import draft, texts_of

from reports.editing.compare import changed_texts, nearest, outside_changes, split_tag, tag_of
from reports.editing.outline import Outline, outline_from_json, read_outline
from warehouse.errors import InputError

CASE = "G/TBT/N/ATL/1"


def outline(change: Any = None) -> Outline:
    return read_outline(draft(change), "稿.docx")


def test_the_draft_is_read_whole() -> None:
    found = outline()
    assert found.drafted_at == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
    assert {each.tag: each.text for each in found.controls} == {
        "preface": "点击输入导语",
        f"content:{CASE}": "草案拟对灯具增加标签要求。\n第二段。",
        f"advice:{CASE}": "建议核对标签。",
    }
    assert [each.tag for each in found.controls if each.is_placeholder] == ["preface"]
    assert ("一、总体情况", "本月共监测到通报6件。") in [(each.heading, each.text) for each in found.outside]
    assert ("三、重点通报解读", "2026年5月4日") in [(each.heading, each.text) for each in found.outside]
    assert outline_from_json(found.as_json()) == found


def test_nothing_changed_is_nothing_found() -> None:
    assert changed_texts(outline(), outline()) == ()
    assert outside_changes(outline(), outline()) == ()


def test_a_changed_control_is_found_with_its_case() -> None:
    def change(document: Any) -> None:
        texts_of(document, f"advice:{CASE}")[0].text = "建议核对标签，并送样检测。"

    (found,) = changed_texts(outline(), outline(change))
    assert (found.slot, found.case_id, found.text) == ("advice", CASE, "建议核对标签，并送样检测。")
    assert found.drafted == "建议核对标签。"
    assert outside_changes(outline(), outline(change)) == ()


def test_a_placeholder_is_nobodys_words_until_somebody_types() -> None:
    def open_only(document: Any) -> None:  # an editor that drops the mark and keeps the words
        for mark in list(document.element.body.iter(qn("w:showingPlcHdr"))):
            mark.getparent().remove(mark)

    def typed(document: Any) -> None:
        open_only(document)
        texts_of(document, "preface")[0].text = "本期重点是灯具。"

    assert changed_texts(outline(), outline(open_only)) == ()
    assert [(each.slot, each.text) for each in changed_texts(outline(), outline(typed))] == [
        ("preface", "本期重点是灯具。")
    ]


def test_an_emptied_control_is_found_as_empty_and_a_removed_one_as_outside() -> None:
    def empty(document: Any) -> None:
        texts_of(document, f"advice:{CASE}")[0].text = ""

    def remove(document: Any) -> None:
        node = texts_of(document, f"advice:{CASE}")[0]
        control = next(parent for parent in node.iterancestors() if parent.tag == qn("w:sdt"))
        control.getparent().remove(control)

    assert [each.text for each in changed_texts(outline(), outline(empty))] == [""]
    assert changed_texts(outline(), outline(remove)) == ()
    assert [(each.kind, each.first_words) for each in outside_changes(outline(), outline(remove))] == [
        ("removed", "建议核对标签。")
    ]


def test_changes_outside_are_told_with_their_heading() -> None:
    def change(document: Any) -> None:
        document.paragraphs[1].runs[0].text = "本月共监测到通报60件。"
        document.add_paragraph("末尾新增一段")

    found = [(each.kind, each.heading, each.first_words) for each in outside_changes(outline(), outline(change))]
    assert found == [
        ("changed", "一、总体情况", "本月共监测到通报60件。"),
        ("added", "三、重点通报解读", "末尾新增一段"),
    ]


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("主要内容（技贸科李某撰写）：", False),
        ("主要内容（初稿，未经签发）：", False),
        ("主要内容：补充一句", True),
        ("主要内容（技贸科李某撰写）：补充一句", True),
        ("对我市影响：", True),
    ],
)
def test_a_label_that_differs_in_the_writer_is_no_change_and_words_beside_it_are(label: str, *, told: bool) -> None:
    def change(document: Any) -> None:
        next(each for each in document.paragraphs if each.text == "主要内容：").runs[0].text = label

    for before, after in ((outline(), outline(change)), (outline(change), outline())):
        assert bool(outside_changes(before, after)) is told


def test_the_version_that_was_edited_is_the_one_that_says_most_of_the_same_in_its_controls_too() -> None:
    def other(document: Any) -> None:
        texts_of(document, f"content:{CASE}")[0].text = "另一版本的内容。"

    def edited(document: Any) -> None:
        other(document)
        texts_of(document, f"advice:{CASE}")[0].text = "改过的建议。"

    assert nearest([outline(), outline(other)], outline(edited)) == outline(other)


@pytest.mark.parametrize(
    ("subject", "keywords", "month"),
    [("2026年6月境外技术性贸易措施监测与风险提示", "", "2026-06"), ("", "TBT 2025年12月", "2025-12"), ("", "", "")],
)
def test_the_month_of_a_draft_is_in_its_properties(subject: str, keywords: str, month: str) -> None:
    def change(document: Any) -> None:
        document.core_properties.subject, document.core_properties.keywords = subject, keywords

    found = outline(change)
    assert found.month == month
    assert outline_from_json(found.as_json()) == found


def test_an_outline_kept_before_the_month_was_read_is_still_understood() -> None:
    found = outline()
    assert outline_from_json(found.as_json().replace('"month":"",', "")) == found


def test_tracked_deletions_do_not_count_and_insertions_do() -> None:
    def track(document: Any) -> None:
        run = texts_of(document, f"advice:{CASE}")[0].getparent()
        paragraph = run.getparent()
        deleted, inserted = OxmlElement("w:del"), OxmlElement("w:ins")
        paragraph.replace(run, deleted)
        deleted.append(run)
        new, words = OxmlElement("w:r"), OxmlElement("w:t")
        words.text = "改后的建议。"
        new.append(words)
        inserted.append(new)
        paragraph.append(inserted)

    assert [each.text for each in changed_texts(outline(), outline(track))] == ["改后的建议。"]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_what_is_no_word_file_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(InputError, match="不是完好的"):
        read_outline(content, "稿.docx")


@pytest.mark.parametrize("tag", ["preface", "content:G/TBT/N/ATL/1", "effect:FR-2025-1", "advice:a:b", "hint:3"])
def test_a_tag_is_the_same_after_taking_it_apart(tag: str) -> None:
    assert tag_of(*split_tag(tag)) == tag
