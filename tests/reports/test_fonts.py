from __future__ import annotations

from pathlib import Path

from reports.fonts import missing_sentence, plan_fonts, script_name, without_missing, word_font


def test_without_system_fonts_every_official_face_is_reported_as_replaced(tmp_path: Path) -> None:
    plan = plan_fonts((tmp_path / "absent",), use_system=False)
    assert {item.role for item in plan.substitutions} == {"仿宋", "小标宋", "楷体", "黑体"}
    assert plan.families["fangsong"] == "Noto Serif SC"
    assert "仿宋字体本机未安装，PDF以Noto Serif SC代替。" in plan.sentences()


def test_coverage_is_read_from_the_font_files() -> None:
    plan = plan_fonts(use_system=False)
    assert plan.missing("技术性贸易措施 G/TBT/N/EU/1 ñçşğ ЖΩ “”〔〕㎡") == frozenset()
    assert plan.missing("ไทยก عر") == frozenset("ไทยกعر")


def test_what_cannot_be_drawn_is_named_not_boxed() -> None:
    missing = frozenset("ไทยعر")
    assert without_missing("甲ไทย ไท乙عر", missing) == "甲〔泰文从略〕乙〔阿拉伯文从略〕"
    assert without_missing("没有缺字", missing) == "没有缺字"
    assert "泰文、阿拉伯文" in missing_sentence(missing) or "阿拉伯文、泰文" in missing_sentence(missing)
    assert missing_sentence(frozenset()) == ""
    assert script_name("ก") == "泰文"
    assert script_name("\U0001f600") == "其他文字"


def test_word_files_name_the_official_faces() -> None:
    assert word_font("fangsong") == "仿宋_GB2312"
    assert word_font("xiaobiaosong") == "方正小标宋简体"
