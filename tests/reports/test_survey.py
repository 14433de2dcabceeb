"""The workbook of the survey as a spreadsheet program reads it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from reports.survey import SurveyReport, shown, summary_rows, write_survey_workbook
from warehouse.survey_records import Survey, SurveyActs, SurveyFirm, SurveyGroup, SurveyRegister

SHEETS = ["汇总", "按措施类型", "按成员", "按产业链", "企业明细", "口径说明"]
NAME = "=虚构光电有限公司"
ACTS = SurveyActs(
    n_told=1, n_consultations=3, n_consulted_firms=2, n_requested=1, n_received=1, n_received_firms=1, n_submitted=1,
    n_answered=0, n_linked=0, n_proposed=1, n_impact_firms=1, loss_cny_10k=Decimal("1120.5000"),
    cost_cny_10k=Decimal("0.1234"),
)  # fmt: skip
SILENT = replace(ACTS, n_impact_firms=0, loss_cny_10k=Decimal(0), cost_cny_10k=Decimal(0))
TOTAL = SurveyGroup(
    dimension="total", name="", n_cases=4, n_backfill=1, n_affecting=3, n_firms=3, n_confirmed_firms=1,
    n_listed_firms=3, n_sample_firms=1, n_key_firms=0, acts=ACTS,
)  # fmt: skip
FIRM = SurveyFirm(
    exporter_id="E1", name=NAME, district="汉阳区", industry_chain="光电子", is_negotiation_key=False,
    is_survey_sample=True, is_listed=True, n_cases=2, n_confirmed_cases=1, n_consultations=3, n_received=1,
    n_impact_cases=1, loss_cny_10k=Decimal("1120.5"), cost_cny_10k=Decimal("0.1234"),
)  # fmt: skip
REPORT = SurveyReport(
    survey=Survey(
        register=SurveyRegister(n_listed=8, n_sample=3, n_key=0),
        total=TOTAL,
        groups=(
            replace(TOTAL, dimension="kind", name="safety", n_cases=3),
            replace(TOTAL, dimension="kind", name="labelling", n_cases=2, acts=SILENT),
            replace(TOTAL, dimension="member", name="JPN", n_cases=3),
            replace(TOTAL, dimension="member", name="", n_cases=1),
            replace(TOTAL, dimension="chain", name="光电子", n_cases=4),
            replace(TOTAL, dimension="chain", name="", n_cases=1),
        ),
        in_period=SILENT,
        firms=(FIRM, replace(FIRM, exporter_id="E2", name="虚构二厂", is_listed=False, n_impact_cases=0)),
    ),
    first_day=date(2026, 1, 1),
    last_day=date(2026, 6, 30),
    generated_at=datetime(2026, 7, 1, 9, 5, tzinfo=timezone(timedelta(hours=8))),
    issuer="虚构工作组",
    kinds_zh={"labelling": "标签标识", "safety": "产品安全", "carbon": "碳"},
)


def read(path: Path, **changes: object) -> dict[str, list[list[object]]]:
    write_survey_workbook(replace(REPORT, **changes), path)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == SHEETS
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def table(rows: list[list[object]], first: str) -> list[dict[str, object]]:
    """The rows below the head whose first cell is `first`, by header."""
    top = next(number for number, row in enumerate(rows) if row[0] == first)
    header = [str(cell).replace("\n", "") for cell in rows[top]]
    return [dict(zip(header, row, strict=True)) for row in rows[top + 1 :]]


def test_the_summary_has_both_counts_and_shares(tmp_path: Path) -> None:
    found = {str(row["指标"]): row for row in table(read(tmp_path / "s.xlsx")["汇总"], "类别")}
    assert (found["开始计时的案件"]["本期案件"], found["开始计时的案件"]["本期发生"]) == (4, "—")
    assert found["占在册企业"]["本期案件"] == 0.375
    assert found["占在册重点企业"]["本期案件"] == "—"  # of none listed
    assert (found["会商"]["本期案件"], found["会商"]["本期发生"]) == (3, 3)
    assert (found["直接损失额"]["本期案件"], found["直接损失额"]["本期发生"]) == (1120.5, "—")
    assert len(found) == len(summary_rows(REPORT))


def test_each_table_lists_its_groups_and_the_total_below(tmp_path: Path) -> None:
    sheets = read(tmp_path / "s.xlsx")
    for sheet, first, names in (
        ("按措施类型", "措施类型", ["标签标识", "产品安全"]),
        ("按成员", "成员", ["日本", "未列明成员"]),
        ("按产业链", "产业链", ["光电子", "未列明产业链"]),
    ):
        rows = table(sheets[sheet], first)
        assert [row[first] for row in rows] == [*names, "合计（不重复）"]
        assert rows[-1]["案件（个）"] == 4
    labels = table(sheets["按措施类型"], "措施类型")[0]
    assert (labels["案件（个）"], labels["直接损失额（万元）"]) == (2, "—")


def test_names_stand_in_the_restricted_version_only_and_as_text(tmp_path: Path) -> None:
    public = read(tmp_path / "p.xlsx")["企业明细"]
    assert "企业名称" not in table(public, "企业编号")[0]
    assert NAME not in str(public)
    assert "汉阳区" not in str(public)
    rows = table(read(tmp_path / "r.xlsx", firm_names=True)["企业明细"], "企业编号")
    assert (rows[0]["企业名称"], rows[0]["调查样本"], rows[0]["重点企业"]) == (NAME, "是", None)
    assert (rows[1]["目前在册"], rows[1]["直接损失额（万元）"]) == (None, "—")
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["企业明细"]
    assert [c.data_type for row in cell.iter_rows() for c in row if c.value == NAME] == ["s"]


def test_the_sheets_say_what_they_do_not_know(tmp_path: Path) -> None:
    sheets = read(tmp_path / "s.xlsx", simulated=True)
    rules = str(sheets["口径说明"])
    assert "未见《技术性贸易措施影响统计调查制度》（署统函〔2022〕69号）的报表" in rules
    assert "2026年1月1日0时至2026年6月30日24时" in rules
    assert "{" not in "".join(str(rows) for rows in sheets.values())
    assert "未与《技术性贸易措施影响统计调查制度》" in str(sheets["汇总"])
    assert "虚构数据" in str(sheets["汇总"])
    assert "数据截至：2026年7月1日09:05（北京时间）；编制：虚构工作组" in str(sheets["汇总"])
    assert "虚构数据" not in str(read(tmp_path / "r.xlsx"))


def test_an_empty_period_is_a_whole_workbook(tmp_path: Path) -> None:
    nothing = replace(TOTAL, n_cases=0, acts=SILENT)
    empty = replace(REPORT.survey, total=nothing, groups=(), firms=())
    sheets = read(tmp_path / "s.xlsx", survey=empty)
    assert "统计期内没有开始计时的案件" in str(sheets["按成员"])
    assert table(sheets["企业明细"], "企业编号") == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        (3, "3"),
        (0.375, "37.5%"),
        (Decimal("1120.5000"), "1,120.5"),
        (Decimal(30), "30"),
        (Decimal(0), "0"),
    ],
)
def test_values_on_the_screen(value: int | float | Decimal | None, text: str) -> None:
    assert shown(value) == text


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is missing")
def test_an_office_program_prints_every_sheet_on_a_page(tmp_path: Path) -> None:
    write_survey_workbook(replace(REPORT, firm_names=True), tmp_path / "s.xlsx")
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "s.xlsx"], check=True, capture_output=True, timeout=120)
    with pypdfium2.PdfDocument(tmp_path / "s.pdf") as pdf:
        texts = [pdf[number].get_textpage().get_text_range() for number in range(len(pdf))]
    assert len(texts) == len(SHEETS)
    assert "37.5%" in texts[0]
    assert "1,120.50" in texts[1]
    assert all(f"第{number}页，共6页" in text for number, text in enumerate(texts, start=1))
