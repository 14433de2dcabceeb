"""The note on the pilot's progress: its numbers are the bulletin's, and it keeps to one page."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import fields, replace
from pathlib import Path

import pypdfium2
import pytest
from bulletin_history import full
from bulletin_sample import FIRMS, quiet_month

from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts, Counted, DeadlineEntry, IssueCount, Issuer, Proceeding, ResponseRate
from reports.document import Document, KeyFacts, plain, strings_of
from reports.fonts import FontPlan, plan_fonts
from reports.progress.compose import compose_note
from reports.progress.facts import ProgressFacts, ServedFirms
from reports.render.docx import render_docx
from reports.render.pdf import render_pdf

SERVED = ServedFirms(
    n_told_measures=12, n_told_firms=25, n_requested=4, n_received=9, n_received_firms=6, n_impact_firms=2
)


@pytest.fixture(scope="module")
def fonts() -> FontPlan:
    return plan_fonts(use_system=False)


def note(bulletin: BulletinFacts, served: ServedFirms = SERVED) -> Document:
    return compose_note(ProgressFacts(bulletin=bulletin, served=served))


def said(document: Document) -> dict[str, str]:
    [table] = [block for block in document.blocks if isinstance(block, KeyFacts)]
    return {label: plain(value) for label, value in table.rows}


def busy() -> BulletinFacts:
    """A month with much of everything."""
    facts = full()
    clock = facts.response
    kinds = ("评议意见报送", "成员答复", "关联特别贸易关注", "建议特别贸易关注", "磋商", "其他来文")
    joint = "、".join(("阿联酋", "巴林", "科威特", "阿曼", "卡塔尔", "沙特阿拉伯", "也门"))
    first = facts.deadlines[0]
    early = DeadlineEntry(
        case_id="C", symbols=("G/TBT/N/ARE/70000/Rev.1/Add.12/Corr.3",), member_zh=joint, subject_zh="", on=first.on,
        days_left=0,
    )  # fmt: skip
    return replace(
        facts,
        issuer=Issuer(name="示范市技术性贸易措施快速响应试点工作领导小组办公室", contact="示范处 027-00000000"),
        totals=replace(facts.totals, n_symbols=14_200, n_measures=13_100, tbt=10_300, sps=3_900, year_to_date=131_000),
        response=replace(
            clock, due=1_190, done=1_180, on_time=1_070, overdue=120, not_yet_due=222, backfilled=1_111,
            causes=tuple(Counted(f"较长的超时原因之{n}", 20 + n) for n in range(7)),
        ),
        proceedings=tuple(
            Proceeding(on=facts.issue_date, kind_zh=kind, symbols=("G",), text="") for kind in kinds for _ in range(31)
        ),
        deadlines=tuple(replace(early, case_id=f"C{n}") for n in range(300)),
        issues=tuple(IssueCount(f"第{n}种问题", 1_000) for n in range(9)),
        n_consultations=1_234,
        n_consulted_measures=1_111,
    )  # fmt: skip


def test_rates_of_different_policies_are_told_one_by_one() -> None:
    facts = full()
    rates = (ResponseRate(version="a", due=4, done=4, on_time=4), ResponseRate(version="b", due=2, on_time=1))
    mixed = replace(facts.response, rates=rates, due=6, done=4, on_time=5, overdue=1, median_hours=None)
    text = said(note(replace(facts, response=mixed)))["快速响应"]
    assert "按时响应率100.0%（规则版本a）、50.0%（规则版本b）；超时1项" in text
    assert "83.3%" not in text


def test_every_topic_has_its_row() -> None:
    assert list(said(note(full()))) == ["监测覆盖", "企业匹配", "快速响应", "服务企业", "评议与交涉", "下一步"]


def test_the_numbers_are_those_of_the_bulletin() -> None:
    facts = full()
    found = said(note(facts))
    issue = "".join(strings_of(compose_bulletin(facts).blocks))
    said_in_both = {
        "监测覆盖": ("TBT103件、SPS39件", "通报数量环比增长18.3%", "同比下降5.3%"),
        "企业匹配": ("在册36家", "预警1项、关注4项、参考9项"),
        "快速响应": ("应响应9项，已响应8项", "按时响应率77.8%", "超时2项", "响应用时中位数38.3小时"),
    }
    for label, clauses in said_in_both.items():
        for clause in clauses:
            assert clause in found[label].replace("措施", "")
            assert clause in issue.replace("其中TBT通报", "TBT").replace("SPS通报", "SPS").replace("措施", "")
    assert "13个世贸组织成员通报142件" in found["监测覆盖"]
    assert f"政企会商{facts.n_consultations}次，涉及措施{facts.n_consulted_measures}项" in found["服务企业"]
    assert f"工作{len(facts.proceedings)}件次" in found["评议与交涉"]


def test_each_count_of_the_firms_served_is_said_once() -> None:
    distinct = {field.name: 101 + place for place, field in enumerate(fields(ServedFirms))}
    words = said(note(quiet_month(), ServedFirms(**distinct)))["服务企业"]
    assert sorted(map(int, re.findall(r"\d+", words))) == sorted(distinct.values())


def test_a_quiet_month_says_so_in_every_row() -> None:
    found = said(note(quiet_month(), ServedFirms()))
    assert all("没有" in found[label] or "未监测" in found[label] for label in list(found)[:-1])
    assert "继续做好" in found["下一步"]
    assert not re.search(r"(?<!\d)0[项件家]", "".join(found.values()))


def test_what_comes_next_follows_from_the_facts() -> None:
    facts = full()
    steps = said(note(facts))["下一步"]
    waiting = facts.response.still_open
    assert f"办结尚未完成响应的{len(waiting)}项措施，其中{sum(case.is_overdue for case in waiting)}项已超过" in steps
    late = replace(facts, response=replace(facts.response, still_open=waiting[:1]))
    assert "1项措施，均已超过当前环节时限" in said(note(late))["下一步"]
    assert [mark for mark in ("一是", "二是", "三是", "四是") if mark in steps] == ["一是", "二是", "三是", "四是"]
    alone = replace(quiet_month(), issues=(IssueCount("缺散发日期", 2),))
    assert said(note(alone))["下一步"] == "核对数据问题2条，补齐来源缺项。"


def test_the_note_names_the_issue_that_it_agrees_with() -> None:
    released = "".join(strings_of(note(full()).blocks))
    assert "《境外技术性贸易措施风险信息提示》2031年第10期（总第34期）一致" in released
    assert "当月《境外技术性贸易措施风险信息提示》草稿一致" in "".join(strings_of(note(quiet_month()).blocks))


def test_no_firm_is_named() -> None:
    whole = "".join(strings_of(note(full(firm_names=True)).blocks))
    assert not any(firm in whole for firm in FIRMS)
    assert "{" not in whole


@pytest.mark.parametrize("month", [full, quiet_month, busy])
def test_the_pdf_has_one_page(month: object, fonts: FontPlan) -> None:
    raw = render_pdf(note(month()), fonts)  # type: ignore[operator]
    with pypdfium2.PdfDocument(raw) as pdf:
        assert len(pdf) == 1
        text = re.sub(r"\s", "", pdf[0].get_textpage().get_text_range())
    assert "试点工作进展" in text
    assert "数据截至" in text


def test_the_same_facts_give_the_same_bytes(fonts: FontPlan) -> None:
    assert render_docx(note(busy()), fonts) == render_docx(note(busy()), fonts)
    assert render_pdf(note(busy()), fonts) == render_pdf(note(busy()), fonts)


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is missing")
def test_the_word_file_has_one_page_in_an_office_program(tmp_path: Path, fonts: FontPlan) -> None:
    (tmp_path / "n.docx").write_bytes(render_docx(note(busy()), fonts))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "n.docx"], check=True, capture_output=True, timeout=120)
    with pypdfium2.PdfDocument(tmp_path / "n.pdf") as pdf:
        assert len(pdf) == 1
