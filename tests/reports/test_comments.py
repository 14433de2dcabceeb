"""The comment dossier: what it says, what it refuses, and that every program that shows it shows all of it."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from math import ceil
from pathlib import Path

import docx
import pypdfium2
import pytest
from comment_sample import FIRMS, POINT, empty, full
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from reports.comments import (
    Basis,
    BasisKind,
    CommentFacts,
    CommentPoint,
    Decision,
    FirmFeedback,
    FullText,
    Signature,
    Submission,
    SubmissionState,
    blanks,
    compose_dossier,
)
from reports.comments.rows import fitting
from reports.comments.wording import listed
from reports.document import Document, KeyFacts, Masthead, Note, Table, Text, plain, strings_of, text
from reports.fonts import FontPlan, plan_fonts
from reports.render.docx import render_docx
from reports.render.html import render_html
from reports.render.pdf import render_pdf
from warehouse.errors import InputError

MARK = "（待填）"
STEPS = listed("signatures.steps")
LONG = replace(
    POINT,
    requirement="Cells shall be marked with a durable label of 12 mm. " * 60,
    opinion="".join(f"第{n}点，标签高度大于可用表面，企业无法加施。" for n in range(40)),
)


@pytest.fixture(scope="module")
def fonts() -> FontPlan:
    return plan_fonts(use_system=False)


def words(document: Document) -> str:
    return "\n".join(strings_of(document))


def table(document: Document, caption: str) -> Table:
    return next(block for block in document.blocks if isinstance(block, Table) and caption in block.caption)


def cells(document: Document, caption: str) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in table(document, caption).rows]


def basics(document: Document) -> dict[str, str]:
    (block,) = (block for block in document.blocks if isinstance(block, KeyFacts))
    return {label: plain(value) for label, value in block.rows}


def masthead(document: Document) -> Masthead:
    (block,) = (block for block in document.blocks if isinstance(block, Masthead))
    return block


def warnings(document: Document) -> str:
    return "".join(
        plain(block.text) for block in document.blocks if isinstance(block, Note) and block.tone == "warning"
    )


def test_the_facts_of_the_notification_stand_in_one_table() -> None:
    rows = basics(compose_dossier(full()))
    assert rows["通报号"] == "G/TBT/N/EU/9001"
    assert rows["标题（原文）"] == "Draft Regulation on the marking of imaginary traction cells"
    assert rows["标题（中文）"] == "关于虚构动力电池单体标识的条例草案"
    assert rows["HS编码"] == "8507.60、8507.90"
    assert rows["通报日期"] == "2031年10月15日"
    assert rows["评议截止"] == "2031年12月14日（距拟稿日39日）"
    assert (rows["拟批准日期"], rows["拟生效日期"]) == ("2032年第二季度", "公布后6个月")
    assert rows["原文链接"].split() == [
        "https://members.example/9001_00_e.pdf",
        "https://members.example/9001_01_e.pdf",
    ]
    assert rows["原文获取情况"].startswith("已获取原文并译成中文")


def test_what_the_notification_does_not_say_is_not_left_to_the_officer() -> None:
    rows = basics(compose_dossier(empty()))
    assert {rows[label] for label in ("标题（原文）", "HS编码", "通报日期", "评议截止", "拟批准日期")} == {"通报未注明"}
    assert {rows["标题（中文）"], rows["原文获取情况"]} == {MARK}


@pytest.mark.parametrize(
    ("symbols", "member", "title"),
    [
        (("G/TBT/N/USA/12",), "美国", "对美国第12号通报的评议意见"),
        (
            ("G/TBT/N/TPKM/7/Rev.1/Add.2",),
            "台澎金马单独关税区（中国台北）",
            "对台澎金马单独关税区第7号通报第1次修订第2号补遗的评议意见",
        ),
        (("G/TBT/N/KEN/1", "G/TBT/N/UGA/2"), "肯尼亚、乌干达", "对肯尼亚、乌干达联合通报的评议意见"),
        (("A", "B", "C"), "肯尼亚、乌干达、卢旺达", "对肯尼亚等3个成员联合通报的评议意见"),
        (("G/TBT/W/768",), "", "对有关成员G/TBT/W/768号通报的评议意见"),
        ((), "日本", "对日本有关通报的评议意见"),
    ],
)
def test_the_title_names_the_notification(symbols: tuple[str, ...], member: str, title: str) -> None:
    document = compose_dossier(full(symbols=symbols, member_zh=member))
    assert masthead(document).title == title
    assert document.title == title + "（征求意见稿）"


def test_each_comment_has_a_row_with_its_grounds_in_a_fixed_order() -> None:
    rows = cells(compose_dossier(full()), "逐条表")
    assert [row[0] for row in rows] == ["1", "2"]
    _, clause, requirement, opinion, grounds, suggestion = rows[0]
    assert (clause, opinion, suggestion) == ("第5.2条", POINT.opinion, POINT.suggestion)
    assert requirement.split("\n") == [POINT.requirement_zh, "原文：" + POINT.requirement]
    assert grounds.split("\n") == [
        "国际标准：IEC 99999-1:2030（虚构）、《TBT协定》第2.4条（以有关国际标准为基础）。" + POINT.bases[1].text,
        "协定条款：《TBT协定》第2.2条（不对国际贸易造成不必要的障碍）、《TBT协定》第99.9条。" + POINT.bases[2].text,
        "科学依据：" + POINT.bases[3].text,
        "等效与互认：《TBT协定》第6.1条（接受其他成员合格评定结果）。" + POINT.bases[4].text,
        "过渡期：《TBT协定》第2.12条（公布与生效之间的合理间隔）。" + POINT.bases[0].text,
    ]


def test_an_sps_comment_cites_the_other_agreement() -> None:
    basis = Basis(kind=BasisKind.SCIENCE, articles=("2.2", "附件B第2款"))
    document = compose_dossier(full(area="SPS", points=(replace(POINT, bases=(basis,)),)))
    grounds = cells(document, "逐条表")[0][4]
    assert grounds == (
        "科学依据：《SPS协定》第2.2条（以科学原理为依据并仅在必要限度内实施）、《SPS协定》附件B第2款（公布与生效之间的合理间隔）。"
    )


def test_conclusion_and_submissions_say_who_when_and_why() -> None:
    document = compose_dossier(full())
    assert cells(document, "建议事项") == [
        ["是否提交评议意见", "是", "直接涉及我市主要出口产品。"],
        ["是否请求延长评议期", "是\n延至2032年1月13日", "译文于10月底取得，企业论证时间不足。"],
        ["是否建议提出特别贸易关注", "否", "视对方答复情况再议。"],
    ]
    assert cells(document, "报送记录") == [
        ["武汉海关", "已报送", "2031-11-23", "2031-11-04", "示函〔2031〕7号"],
        ["技术性贸易措施研究评议基地", "未报送", "—", "—", ""],
        ["中国WTO/TBT-SPS国家通报咨询中心", "未报送", "—", "—", ""],
    ]


def test_a_second_submission_and_another_recipient_are_kept() -> None:
    made = (
        Submission(recipient_zh="示范商会", state=SubmissionState.NOT_NEEDED),
        Submission(recipient_zh="武汉海关", state=SubmissionState.RETURNED, done_on=date(2031, 11, 6)),
        Submission(recipient_zh="武汉海关", state=SubmissionState.SENT),
    )
    document = compose_dossier(full(submissions=made))
    rows = [(row[0], row[1], row[3]) for row in cells(document, "报送记录")]
    assert rows[:2] == [("武汉海关", "退回补正", "2031-11-06"), ("武汉海关", "已报送", MARK)]
    assert rows[-1] == ("示范商会", "无需报送", "—")
    assert len(rows) == 5


def test_the_summary_of_answers_counts_what_it_shows() -> None:
    assert "向3家企业征求意见，收到反馈2家，反馈率66.7%。" in words(compose_dossier(full()))
    nobody = full(n_asked=0, n_answered=None, feedback=(), feedback_summary="")
    assert "就本通报未向企业征求意见。" in words(compose_dossier(nobody))
    assert blanks(nobody, STEPS) == ()
    assert "未发现本通报涉及我市出口企业" in words(compose_dossier(full(products=(), n_firms=0)))


@pytest.mark.parametrize("is_signed", [False, True])
def test_it_is_a_draft_until_it_is_signed(is_signed: bool) -> None:
    document = compose_dossier(full(is_signed=is_signed))
    assert ("征求意见稿" in words(document)) is not is_signed
    assert masthead(document).is_draft is not is_signed
    assert ("征求意见稿" in warnings(document)) is not is_signed


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"title_zh": " "}, "中文标题"),
        ({"full_text": None}, "原文获取情况"),
        ({"n_firms": None}, "涉及企业家数"),
        ({"impact": "\n"}, "影响分析"),
        ({"points": (replace(POINT, clause=""),)}, "第1条意见的条款"),
        ({"points": (replace(POINT, requirement="", requirement_zh=""),)}, "第1条意见的原要求"),
        ({"points": (POINT, replace(POINT, opinion=""))}, "第2条意见的意见"),
        ({"points": (replace(POINT, bases=(Basis(kind=BasisKind.SCIENCE),)),)}, "第1条意见的理由与依据"),
        ({"points": (replace(POINT, suggestion=""),)}, "第1条意见的建议"),
        ({"points": ()}, "评议意见"),
        ({"n_asked": None}, "征求意见企业家数"),
        ({"n_answered": None}, "反馈企业家数"),
        ({"feedback_summary": ""}, "企业反馈综述"),
        ({"conclusion": ""}, "结论"),
        ({"submit_comment": Decision(reason="理由")}, "是否提交评议"),
        ({"raise_concern": Decision(answer=True)}, "是否建议特别贸易关注的理由"),
        ({"extension_until": None}, "请求延至的日期"),
        ({"submissions": (Submission(recipient_zh="某会", state=SubmissionState.SENT),)}, "某会的办理日期"),
    ],
)
def test_what_an_officer_left_empty_is_marked_listed_and_forbids_signing(
    changes: dict[str, object], label: str
) -> None:
    facts = full(**changes)
    document = compose_dossier(facts)
    assert blanks(facts, STEPS) == (label,)
    assert f"待填事项（1项）：{label}。" in words(document)
    assert MARK in words(document)
    with pytest.raises(InputError, match=label):
        compose_dossier(replace(facts, is_signed=True))


def test_a_full_dossier_has_no_blank_and_an_empty_one_names_every_signing_step() -> None:
    assert MARK not in words(compose_dossier(full()))
    assert blanks(full(), STEPS) == ()
    found = blanks(empty(), STEPS)
    assert {"拟稿人", "审核人", "签发人", "签发日期", "结论", "是否提交评议"} <= set(found)
    assert cells(compose_dossier(empty()), "逐条表") == [["1", *[MARK] * 5]]
    two = (*full().signatures, Signature(step_zh="审核", name="丁某某"))
    assert blanks(full(signatures=two), STEPS) == ("审核日期",)
    assert [row[0] for row in cells(compose_dossier(full(signatures=two)), "签署栏")] == [
        "拟稿",
        "审核",
        "审核",
        "签发",
    ]


def test_no_comment_needs_no_points() -> None:
    facts = full(points=(), submit_comment=Decision(answer=False, reason="与我市产品无关。"), is_signed=True)
    assert "经研究，不提出逐条意见。" in words(compose_dossier(facts))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"n_firms": 1}, "多于涉及企业总数（1家）"),
        ({"n_answered": 4}, "反馈企业（4家）多于征求意见企业（3家）"),
        ({"n_answered": 1}, "所列反馈意见的企业多于反馈企业家数（1家）"),
        ({"extension_until": date(2031, 12, 14)}, "不晚于现评议截止日期"),
        ({"submit_comment": Decision(answer=False, reason="无")}, "但列有逐条意见"),
    ],
)
def test_what_does_not_fit_together_is_warned_of_and_cannot_be_signed(
    changes: dict[str, object], sentence: str
) -> None:
    assert sentence in warnings(compose_dossier(full(**changes)))
    with pytest.raises(InputError, match="不能按已签署输出"):
        compose_dossier(full(**changes, is_signed=True))


def test_an_elapsed_period_and_a_missing_text_are_said_in_red() -> None:
    late = compose_dossier(full(comment_deadline=date(2031, 11, 4), extension_until=date(2031, 12, 1)))
    assert "评议期已于2031年11月4日截止" in warnings(late)
    assert basics(late)["评议截止"].endswith("（拟稿日已截止）")
    last_day = compose_dossier(full(comment_deadline=date(2031, 11, 5)))
    assert basics(last_day)["评议截止"].endswith("（拟稿日当日截止）")
    assert "评议期已于" not in warnings(last_day)
    for state in (FullText.NOT_OBTAINED, FullText.REQUESTED):
        assert "通报文本尚未获取" in warnings(compose_dossier(full(full_text=state)))
    assert "虚构数据" in warnings(compose_dossier(full(simulated=True)))


def test_the_public_version_names_no_firm_and_keeps_what_they_said() -> None:
    twice = (*full().feedback, FirmFeedback(firm_name=FIRMS[0], opinion="补充意见。"))
    public = compose_dossier(full(firm_names=False, feedback=twice))
    restricted = compose_dossier(full(feedback=twice))
    assert not any(name in words(public) for name in FIRMS)
    assert all(name in words(restricted) for name in FIRMS)
    assert [row[1] for row in cells(public, "企业反馈意见明细")] == ["企业1", "企业2", "企业1"]
    assert cells(public, "企业反馈意见明细")[0][3] == "标签高度无法实现。"
    assert (masthead(public).mark, masthead(restricted).mark) == ("", "内部资料 注意保存")


def test_marks_of_firms_go_where_their_names_go() -> None:
    products = (replace(full().products[0], firm_marks={FIRMS[1]: "〔重点〕"}), *full().products[1:])
    feedback = (replace(full().feedback[0], marks="〔样本〕"), *full().feedback[1:])
    marked = full(products=products, feedback=feedback)
    restricted = compose_dossier(marked)
    assert cells(restricted, "涉及我市出口产品情况")[0][-1] == f"{FIRMS[0]}、{FIRMS[1]}〔重点〕"
    assert [row[1] for row in cells(restricted, "企业反馈意见明细")] == [f"{FIRMS[0]}〔样本〕", FIRMS[1]]
    assert words(restricted).count("〔重点〕为国外技术壁垒交涉应对重点企业库企业") == 2
    public = words(compose_dossier(replace(marked, firm_names=False)))
    assert not any(mark in public for mark in ("〔重点〕", "〔样本〕"))
    assert "〔重点〕为" not in words(compose_dossier(full()))


@pytest.mark.parametrize(
    "changes",
    [
        {"impact": f"{FIRMS[0]}受影响最大。"},
        {"points": (replace(POINT, suggestion="采纳江夏虚拟电池(集团) 股份有限公司的方案。"),)},
        {"submissions": (Submission(recipient_zh="武汉海关", note=f"由{FIRMS[2]}代转"),)},
    ],
)
def test_a_firm_named_in_a_text_keeps_the_public_version_from_being_made(changes: dict[str, object]) -> None:
    compose_dossier(full(**changes))
    with pytest.raises(InputError, match="公开版评议意见中出现企业名称"):
        compose_dossier(full(**changes, firm_names=False))


def test_a_long_point_is_cut_into_rows_without_losing_a_character() -> None:
    rows = cells(compose_dossier(full(points=(POINT, LONG))), "逐条表")
    assert rows[0][0] == "1"
    assert [row[0] for row in rows[1:]] == ["2", *["续2"] * (len(rows) - 2)]
    assert len(rows) > 3
    assert "".join(row[3] for row in rows[1:]) == LONG.opinion
    assert "".join(row[5] for row in rows[1:]) == LONG.suggestion


@given(
    st.lists(st.lists(st.text("标签。高度 a.b；", max_size=400), max_size=4), min_size=1, max_size=3),
    st.integers(min_value=2, max_value=20),
    st.integers(min_value=4, max_value=30),
)
def test_cut_rows_hold_everything_and_no_part_is_too_long(texts: list[list[str]], per_line: int, whole: int) -> None:
    columns: list[list[Text]] = [[found for value in column if (found := text(value))] for column in texts]
    part = max(2, whole // 2)
    rows = fitting(columns, [per_line] * len(columns), whole, part)
    for number, column in enumerate(columns):
        kept = "".join(plain(row[number]) for row in rows).replace("\n", "")
        assert kept == "".join(map(plain, column))
    most = part if len(rows) > 1 else whole
    for cell in (cell for row in rows for cell in row):
        widths = [sum(0.6 if char.isascii() else 1 for char in line) for line in plain(cell).split("\n")]
        assert sum(ceil(width / per_line - 1e-6) for width in widths) <= max(most, whole if cell in rows[0] else 0)


def test_every_renderer_shows_the_dossier(fonts: FontPlan) -> None:
    document = compose_dossier(full(points=(POINT, LONG), simulated=True))
    word = docx.Document(io.BytesIO(render_docx(document, fonts)))
    shown = ["".join(node.text or "" for node in word.element.body.iter(qn("w:t"))), render_html(document)]
    pdf = pypdfium2.PdfDocument(render_pdf(document, fonts))
    try:
        shown.append("".join(page.get_textpage().get_text_bounded() for page in pdf))
    finally:
        pdf.close()
    for page in ("".join(found.split()) for found in shown):
        for wanted in ("征求意见稿", "G/TBT/N/EU/9001", "第39点，标签高度大于可用表面", "武汉海关", "丙某某", FIRMS[0]):
            assert wanted in page


def test_hostile_text_stays_text(fonts: FontPlan) -> None:
    hostile = '#rule <b>&"$x$ *s* {{ j }} \x00\u202e\ud800'
    values: dict[str, object] = {
        "title": hostile,
        "impact": hostile,
        "points": (CommentPoint(opinion=hostile, clause=hostile),),
    }
    document = compose_dossier(full(**values))
    assert "<b>" not in render_html(document)
    render_docx(document, fonts)
    pdf = pypdfium2.PdfDocument(render_pdf(document, fonts))
    try:
        assert "#rule <b>" in pdf[0].get_textpage().get_text_bounded()
    finally:
        pdf.close()


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("facts", [full(points=(POINT, LONG)), empty()], ids=["full", "empty"])
def test_an_office_program_opens_it_and_prints_all_of_a_long_point(
    facts: CommentFacts, fonts: FontPlan, tmp_path: Path
) -> None:
    source = tmp_path / "dossier.docx"
    source.write_bytes(render_docx(compose_dossier(facts), fonts))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pdf = pypdfium2.PdfDocument(tmp_path / "dossier.pdf")
    try:
        shown = "".join("".join(page.get_textpage().get_text_bounded() for page in pdf).split())
        assert 4 <= len(pdf) <= 12
    finally:
        pdf.close()
    assert "签署栏" in shown
    if facts.points:
        assert all(f"第{n}点，" in shown for n in range(40))
    else:
        assert shown.count(MARK) > 15
