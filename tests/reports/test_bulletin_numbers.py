"""Every number in prose is read back from the composed document and looked for in the facts and in the tables."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any

import docx
import pypdfium2
import pytest
from bulletin_history import full
from bulletin_sample import quiet_month, sample, with_proceedings

from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import BulletinFacts, inconsistencies
from reports.bulletin.figures import hours, percent
from reports.document import Document, HeatMap, KeyFacts, LineChart, Paragraph, Table, Text, plain
from reports.fonts import plan_fonts
from reports.render.docx import render_docx
from reports.render.html import render_html
from reports.render.pdf import render_pdf

# What is no count: dates, clock times, symbols, codes, names of tables and annexes, the limits that rules name.
NO_COUNT = re.compile(
    r"\d+年(\d+月(\d+日(\d+:\d+)?)?|第\d+期)?|G/(TBT|SPS)\S*?(?=[\u4e00-\u9fff《，、；（“。]|$)|(表|图|附件)\d+|72小时|"
    r"30日(内|以后)|\d+日(（含）)?(内|至|到期)|税号[\d.、]+|品目\d+|\d+个自然小时|(?<!\d)\d+小时内(?=完成|告知|形成)|"
    r"不足\d家|不足\d个月"
)
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")


def numbers_of(value: Any) -> set[str]:
    """Every number that the facts hold, and how many entries each tuple has."""
    if isinstance(value, bool) or value is None or isinstance(value, date | datetime | str):
        return set(NUMBER.findall(value)) if isinstance(value, str) else set()
    if isinstance(value, int | float):
        return {str(value), hours(value)}
    if isinstance(value, tuple):
        return {str(len(value))}.union(*(numbers_of(item) for item in value))
    if is_dataclass(value):
        return set().union(*(numbers_of(getattr(value, f.name)) for f in fields(value)))
    return set()


def in_tables(document: Document) -> set[str]:
    """Every number of every cell, and the number of rows of each table."""
    found: set[str] = set()
    for block in document.blocks:
        if isinstance(block, Table):
            found.add(str(len(block.rows)))
            for row in block.rows:
                for cell in row:
                    found |= set(NUMBER.findall(plain(cell)))
                    found |= {share.lstrip("+-") for share in re.findall(r"[+-][\d.]+%", plain(cell))}
    return found


def derived(facts: BulletinFacts) -> set[str]:
    """What prose counts of the facts where no field holds it."""
    ahead = [entry.days_left for entry in facts.deadlines if entry.days_left >= 0]
    windows = [sum(low <= left <= high for left in ahead) for low, high in ((0, 7), (8, 15), (16, 30), (0, 30))]
    still_open = facts.response.still_open
    own = [
        sum(case.is_overdue for case in still_open),
        sum(case.is_of_month for case in still_open),
        sum(not case.is_of_month for case in still_open),
        facts.response.due - facts.response.done,
        sum(not item.judged_by for item in facts.items),
        sum(not item.title_zh for item in facts.items),
        min(8, len(facts.items)),
        *windows,
    ]
    members = sorted((member.n for member in facts.breakdown.members), reverse=True)
    first = [n for n in members if n >= (members[9] if len(members) > 9 else 0)]
    own += [len(first), sum(first)]
    shares = {percent(facts.response.on_time, facts.response.due)}
    if facts.totals.year_to_date and facts.totals.year_to_date_last_year:
        before = facts.totals.year_to_date_last_year
        shares.add(percent(abs(facts.totals.year_to_date - before), before))
    shares.add(percent(sum(first), facts.totals.n_symbols))
    return {*map(str, own), *shares}


@pytest.mark.parametrize(
    "facts",
    [sample(), sample(40), sample(0), quiet_month(), with_proceedings(sample()), full(), full(firm_names=True)],
    ids=["usual", "long", "none", "quiet", "proceedings", "full", "restricted"],
)
def test_every_number_in_prose_stands_in_the_facts_or_a_table(facts: BulletinFacts) -> None:
    document = compose_bulletin(facts)
    known = numbers_of(facts) | in_tables(document) | derived(facts) | {"0"}
    if len(facts.trend) > 2:
        known.add("10")  # months from the first to the last of the trend
    checked, unknown = 0, []
    for paragraph in prose(document):
        if paragraph:
            said = NO_COUNT.sub(" ", plain(paragraph))
            for number in NUMBER.findall(said):
                checked += 1
                if number not in known:
                    unknown.append((number, plain(paragraph)))
    assert unknown == []
    assert checked >= 3


def test_a_number_that_no_fact_holds_would_be_found() -> None:
    facts = full()
    known = numbers_of(facts) | in_tables(compose_bulletin(facts)) | derived(facts)
    assert "987654" not in known


def tables(document: Document) -> dict[str, Table]:
    return {block.caption.split(" ")[0]: block for block in document.blocks if isinstance(block, Table)}


def rows_of(table: Table) -> dict[str, list[str]]:
    return {plain(row[0]): [plain(cell) for cell in row[1:]] for row in table.rows}


def prose(document: Document) -> Iterator[Text]:
    """Every paragraph with its label, and what the tables of facts say of the city's firms in a sentence."""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            yield (*block.label, *block.text)
        elif isinstance(block, KeyFacts):
            yield from (value for label, value in block.rows if label == "我市企业")


def text_of(document: Document) -> str:
    return "\n".join(map(plain, prose(document)))


def test_comparisons_of_parts_are_those_of_their_table() -> None:
    document = compose_bulletin(full())
    found = rows_of(tables(document)["表1"])
    assert found["TBT"] == ["103", "72.5%", "120", "-14.2%", "100", "+3.0%"]
    assert found["SPS"] == ["39", "27.5%", "0", "—", "50", "-22.0%"]
    said = text_of(document)
    assert "TBT通报103件，环比下降14.2%，同比增长3.0%" in said
    assert "SPS通报39件，上月为0件，本月增加39件，不计算环比增幅，同比下降22.0%" in said
    assert "今年以来累计监测1310件，同比下降6.4%" in said


def test_a_month_without_history_has_no_columns_of_history_and_no_line() -> None:
    document = compose_bulletin(sample())
    assert not any("环比" in "".join(table.headers) for table in tables(document).values())
    assert not any(isinstance(block, LineChart) for block in document.blocks)
    assert "不绘制通报数量走势图" in text_of(document)


def test_the_line_shows_each_month_on_record_and_a_gap_for_the_others() -> None:
    facts = full()
    [chart] = [block for block in compose_bulletin(facts).blocks if isinstance(block, LineChart)]
    whole = chart.series[0]
    assert [value for value in whole.values if value is not None] == [count.n_symbols for count in facts.trend]
    assert len(whole.values) == len(chart.labels) == 10
    assert whole.values[3] is None
    assert all(f"{count.month}月{count.n_symbols}件" in chart.alt for count in facts.trend)


def test_the_heat_map_has_the_numbers_of_the_matrix() -> None:
    facts = full()
    [heat] = [block for block in compose_bulletin(facts).blocks if isinstance(block, HeatMap)]
    assert dict(zip(heat.rows, heat.values, strict=True)) == {row.chain: row.counts for row in facts.relevance.rows}
    assert heat.columns == facts.relevance.markets


def test_a_part_tells_its_measures_and_an_empty_one_says_so_in_a_clause() -> None:
    facts = full()
    document = compose_bulletin(facts)
    said = text_of(document)
    assert "日本本月无相关措施。" in said
    assert "光电子信息本月无相关措施。" in said
    table = next(table for table in tables(document).values() if "重点市场" in table.caption)
    for part in facts.focus:
        cells = rows_of(table)[part.name]
        assert cells[0] == (str(len(part.case_ids)) if part.case_ids else "—")
        if part.case_ids:
            assert f"{part.name}：相关措施{cells[0]}项，涉及企业{cells[4]}家" in said
    assert "温室气体等的共6项" in said


def test_officers_texts_stand_with_their_writers_and_drafts_are_marked() -> None:
    public, said = (text_of(compose_bulletin(full(firm_names=flag))) for flag in (False, True))
    assert "示范岗甲" not in public
    assert "主要内容（示范岗甲撰写）：" in said
    assert "草案要求声明碳足迹。" in said
    assert "应对建议（示范岗甲签发）：" in said
    assert "应对建议（初稿，未经签发）：" in said
    assert "本月欧盟电池规则集中出台。" in said
    assert "请电池企业参加下周的宣讲。" in said
    assert "更正：2031年第9期第三部分" in said


def test_each_text_that_an_officer_may_change_has_one_place_of_its_own() -> None:
    slots = [block.slot for block in compose_bulletin(full()).blocks if isinstance(block, Paragraph) and block.slot]
    assert len(slots) == len(set(slots))
    assert {"preface", "hint:1", "hint:2", "content:C-001", "effect:C-001", "advice:C-001"} <= set(slots)


def test_a_small_number_of_firms_has_no_amount_in_the_public_issue() -> None:
    facts = full()
    said = text_of(compose_bulletin(facts))
    assert "企业不足3家，不列金额" in said
    assert "其中3家填报了涉及产品的年出口额，合计4201万元（全部市场口径）" in said


def test_open_measures_that_do_not_add_up_are_told() -> None:
    facts = full()
    assert inconsistencies(facts) == ()
    fewer = replace(facts.response, still_open=facts.response.still_open[1:])
    assert any("未响应措施" in found for found in inconsistencies(replace(facts, response=fewer)))
    stray = replace(facts.focus[0], case_ids=("C-999",))
    assert any("美国" in found for found in inconsistencies(replace(facts, focus=(stray,))))
    other = replace(facts.trend[-1], n_symbols=1)
    assert any("趋势图" in found for found in inconsistencies(replace(facts, trend=(*facts.trend[:-1], other))))


def test_an_issue_with_everything_is_drawn_in_all_forms() -> None:
    fonts = plan_fonts(use_system=False)
    document = compose_bulletin(full())
    page = render_html(document)
    assert page.count("<svg") == 3
    assert "<p></p>" not in page
    assert "近10个月通报数量" in page
    pdf = pypdfium2.PdfDocument(render_pdf(document, fonts))
    text = "".join("".join(sheet.get_textpage().get_text_range().split()) for sheet in pdf)
    for words in ("近10个月通报数量", "本月欧盟电池规则集中出台", "尚未完成响应的措施", "更正：2031年第9期"):
        assert words in text
    word = docx.Document(io.BytesIO(render_docx(document, fonts)))
    assert len(word.inline_shapes) == 3
