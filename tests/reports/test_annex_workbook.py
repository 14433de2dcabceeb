"""The annex workbook as a spreadsheet program reads it."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from bulletin_history import full
from bulletin_sample import FIRMS, item, quiet_month, sample
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.annex_workbook import annex_workbook
from reports.bulletin.facts import BulletinFacts, Rule
from reports.bulletin.figures import percent
from reports.bulletin.order import in_order

SHEETS = ["明细表", "截止日期", "成员", "类型", "行业", "目的", "产业链×市场", "72小时", "数据说明"]
ANNEX_1 = {
    "序号",
    "通报号",
    "通报成员",
    "通报日期",
    "类型",
    "HS",
    "ICS",
    "目的",
    "评议截止",
    "剩余日数",
    "拟批准",
    "拟生效",
}
ANNEX_1 |= {"措施（中文）", "产品（中文）", "关联产业", "企业家数", "关联度", "风险等级", "研判和处置", "来源链接"}


def book_of(facts: BulletinFacts) -> Any:
    return openpyxl.load_workbook(io.BytesIO(annex_workbook(facts)))


def table(sheet: Any, first: str) -> list[dict[str, Any]]:
    """The cells below the head whose first cell says `first`, by header, up to a line that is blank there."""
    head = next(row for row in sheet.iter_rows() if row[0].value == first)
    names = [cell.value for cell in head if cell.value]
    found = []
    for row in sheet.iter_rows(min_row=head[0].row + 1):
        if row[0].value is None:
            break
        found.append(dict(zip(names, row, strict=False)))
    return found


def strings(book: Any) -> list[str]:
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_detail_sheet_has_every_column_of_annex_1_and_a_row_a_measure() -> None:
    facts = full()
    sheet = book_of(facts)["明细表"]
    rows = table(sheet, "序号")
    assert set(rows[0]) >= ANNEX_1
    assert [row["通报号"].value.split("\n")[0] for row in rows] == [one.symbols[0] for one in in_order(facts.items)]
    assert sheet.freeze_panes == rows[0]["通报成员"].coordinate
    assert sheet.auto_filter.ref == f"A{rows[0]['序号'].row - 1}:{rows[-1]['来源链接'].coordinate}"


def test_dates_are_dates_and_what_is_none_stays_text() -> None:
    late = item(3, adoption_text="2032年3月1日", entry_text="2032年2月30日")
    odd = item(4, comment_deadline=None, comment_deadline_text="60 days", days_left=None, entry_text="0202年1月1日")
    rows = table(book_of(sample(2, items=(late, odd)))["明细表"], "序号")
    known = next(row for row in rows if row["通报号"].value == late.symbols[0])
    assert isinstance(known["通报日期"].value, datetime)
    assert known["评议截止"].value.date() == late.comment_deadline
    assert known["评议截止"].number_format == "yyyy-mm-dd"
    assert (known["剩余日数"].value, known["拟批准"].value.date()) == (3, date(2032, 3, 1))
    assert known["拟生效"].value == "2032年2月30日"
    other = next(row for row in rows if row is not known)
    assert (other["评议截止"].value, other["剩余日数"].value) == ("60 days", "—")
    assert other["拟生效"].value == date(202, 1, 1).isoformat()


def test_symbols_and_sources_are_links_of_http_only() -> None:
    good, bad = item(1), item(2, url="javascript:alert(1)")
    rows = table(book_of(sample(2, items=(good, bad)))["明细表"], "序号")
    links = {row["通报号"].value: row["来源链接"].hyperlink for row in rows}
    assert links[good.symbols[0]].target == good.url
    assert links[bad.symbols[0]] is None
    assert {row["通报号"].hyperlink.target for row in rows if row["通报号"].hyperlink} == {good.url}


def test_firms_are_named_in_the_restricted_version_only() -> None:
    public, restricted = (book_of(full(firm_names=named)) for named in (False, True))
    assert not any(firm in said for firm in FIRMS for said in strings(public))
    assert "涉及企业" not in table(public["明细表"], "序号")[0]
    named = table(restricted["明细表"], "序号")[0]["涉及企业"].value
    assert FIRMS[0] in named
    assert any("不得对外提供" in said for said in strings(restricted))
    assert not any("不得对外提供" in said for said in strings(public))


def test_where_the_office_stands_with_a_case_is_its_own_affair() -> None:
    items = (item(1, clock_text="已超时，待研判", judged_by=""), item(2, clock_text="补录", judged_by="示范岗甲"))
    for firm_names, expected in ((False, {"机器初筛", "经人工研判"}), (True, {"已超时，待研判；未经人工研判", "补录"})):
        sheet = book_of(replace(sample(2, items=items), firm_names=firm_names))["明细表"]
        assert {row["研判和处置"].value for row in table(sheet, "序号")} == expected


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "#N/A"])
def test_foreign_text_is_never_a_formula(sign: str) -> None:
    said = f'{sign}HYPERLINK("http://x.example","x")'
    hostile = item(1, title=said, title_zh=said, products_zh=(said,), hs=(said,), adoption_text=said, clock_text=said)
    raw = annex_workbook(sample(1, items=(hostile,)))
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b'<c t="e"' in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    found = [cell for row in book["明细表"].iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert len(found) >= 5
    assert all(cell.data_type == "s" for cell in found)
    assert all(cell.quotePrefix for cell in found if str(cell.value)[0] in "=+-@")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_workbook_that_opens(said: str) -> None:
    whole = item(1, title=said, title_zh=said, member_zh=said, symbols=(said,), hs=(said,), clock_text=said, url=said)
    assert book_of(sample(1, items=(whole,))).sheetnames == SHEETS


def test_the_same_facts_give_the_same_bytes_with_the_time_of_the_facts() -> None:
    facts = full()
    raw = annex_workbook(facts)
    assert raw == annex_workbook(full())
    properties = openpyxl.load_workbook(io.BytesIO(raw)).properties
    assert properties.created == properties.modified == facts.generated_at.replace(tzinfo=None)
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(("sheet", "first", "key"), [("类型", "通报类型", "kinds"), ("行业", "产品类别", "buckets")])
def test_counts_add_up_to_the_issue(sheet: str, first: str, key: str) -> None:
    facts = full()
    rows = {row[first].value: row for row in table(book_of(facts)[sheet], first)}
    assert rows["合计"]["通报数量（件）"].value == facts.totals.n_symbols
    for count in getattr(facts.breakdown, key):
        row = rows[count.name]
        assert row["通报数量（件）"].value == count.n
        assert row["占比"].number_format == "0.0%"
        assert f"{row['占比'].value:.1%}" == percent(count.n, facts.totals.n_symbols)
    assert rows["合计"]["上月（件）"].value == facts.totals.previous_month
    assert rows["合计"]["环比"].value == pytest.approx(22 / 120)


def test_members_are_all_listed_with_rank_and_what_came_from_nothing_has_no_rate() -> None:
    facts = full()
    rows = table(book_of(facts)["成员"], "位次")
    assert [row["位次"].value for row in rows[:3]] == [1, 2, 3]
    assert len(rows) == len(facts.breakdown.members) + 1
    by_name = {row["成员"].value: row for row in rows}
    assert by_name["巴西"]["环比"].value == "—"
    assert by_name["欧盟"]["环比"].value == 0


def test_the_head_of_one_table_never_stands_over_another() -> None:
    book = book_of(full())
    single = {sheet.title for sheet in book if sheet.freeze_panes}
    assert (
        {sheet.title for sheet in book if sheet.print_title_rows}
        == single
        == set(SHEETS) - {"类型", "72小时", "数据说明"}
    )
    assert {sheet.title for sheet in book if sheet.auto_filter.ref} == single - {"产业链×市场"}


def test_the_rule_of_the_clock_is_printed_once() -> None:
    facts = full()
    policy = facts.response.policy_text
    doubled = replace(facts, rules=(*facts.rules, Rule("72小时快速响应", f"{policy}。")))
    assert [policy in said for said in strings(book_of(facts))].count(True) == 1
    assert [policy in said for said in strings(book_of(doubled))].count(True) == 1


def test_purposes_overlap_and_have_no_sum() -> None:
    sheet = book_of(full())["目的"]
    assert "合计" not in {row["通报目的"].value for row in table(sheet, "通报目的")}
    assert any("可同时涉及多个通报目的" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_the_matrix_has_the_chains_markets_and_distinct_sums() -> None:
    facts = full()
    rows = table(book_of(facts)["产业链×市场"], "产业链")
    assert [row["产业链"].value for row in rows] == [row.chain for row in facts.relevance.rows] + ["合计"]
    assert rows[-1]["合计"].value == facts.relevance.n_measures
    assert tuple(rows[-1][name].value for name in facts.relevance.markets) == facts.relevance.market_totals
    assert rows[0]["日本"].value == "—"


def test_the_clock_has_its_figures_and_every_open_case_at_beijing_time() -> None:
    facts = full(firm_names=True)
    sheet = book_of(facts)["72小时"]
    assert not any("尚未完成响应" in said for said in strings(book_of(full())))
    [row] = table(sheet, "应响应")
    clock = facts.response
    assert (row["应响应"].value, row["按时"].value, row["超时"].value) == (clock.due, clock.on_time, clock.overdue)
    assert row["用时中位数（小时）"].value == clock.median_hours
    waiting = table(sheet, "序号")
    assert len(waiting) == len(clock.still_open)
    due = clock.still_open[0].due_at
    assert (waiting[0]["时限"].value - due.replace(tzinfo=None)).total_seconds() == 8 * 3600


def test_the_notes_say_rules_sources_and_data_issues() -> None:
    facts = full()
    found = strings(book_of(facts))
    for said in (facts.counting_rule, facts.response.policy_text, facts.issues[0].message, facts.sources[0].name):
        assert said in found
    assert any("虚构数据" in said for said in found)
    assert not any("{" in said for said in found if "jinja" not in said)


def test_a_quiet_month_and_a_month_of_many_are_whole_workbooks() -> None:
    quiet = book_of(quiet_month())
    assert quiet.sheetnames == SHEETS
    assert "本月无相关通报。" in strings(quiet)
    assert any("草稿，未编期号" in said for said in strings(quiet))
    joint = item(1, symbols=tuple(f"G/TBT/N/AAA/{n}" for n in range(200)), hs=tuple(str(n) for n in range(9000)))
    rows = table(book_of(sample(1, items=(joint,)))["明细表"], "序号")
    assert rows[0]["通报号"].value.endswith("等200个")
    assert len(rows[0]["HS"].value) <= 32_767


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is missing")
def test_an_office_program_prints_every_sheet(tmp_path: Path) -> None:
    facts = replace(full(firm_names=True), corrections=("=1+1",))
    (tmp_path / "a.xlsx").write_bytes(annex_workbook(facts))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "a.xlsx"], check=True, capture_output=True, timeout=120)
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as pdf:
        texts = [pdf[number].get_textpage().get_text_range() for number in range(len(pdf))]
    assert len(texts) == len(SHEETS) + 1  # the detail sheet takes two, with the symbols on both
    assert all("G/TBT/N/EU/9001" in text for text in texts[:2])
    assert "持平" in texts[3]
    assert "=1+1" in texts[-1]
