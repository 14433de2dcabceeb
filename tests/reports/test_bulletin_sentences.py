"""Sentences of the bulletin that would be wrong in rare months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from bulletin_history import full
from bulletin_sample import ISSUE_DATE, item, quiet_month, sample

from reports.bulletin.compose import compose_bulletin
from reports.bulletin.facts import (
    OTHER_MARKETS,
    UNKNOWN_MEMBER,
    BulletinFacts,
    Counted,
    DeadlineEntry,
    Focus,
    LaterDocument,
    ResponseRate,
    SourceState,
    inconsistencies,
)
from reports.bulletin.frozen import freeze, thaw
from reports.bulletin.schedule import hints
from reports.document import Colophon, KeyFacts, Paragraph, Table, plain


def paragraphs(facts: BulletinFacts) -> list[str]:
    blocks = compose_bulletin(facts).blocks
    return [plain((*block.label, *block.text)) for block in blocks if isinstance(block, Paragraph)]


def said(facts: BulletinFacts) -> str:
    return "\n".join(paragraphs(facts))


def tables(facts: BulletinFacts) -> Iterator[Table]:
    return (block for block in compose_bulletin(facts).blocks if isinstance(block, Table))


def nameless(number: int, subject: str) -> DeadlineEntry:
    return DeadlineEntry(
        case_id=f"N{number}", symbols=(), member_zh="美国", subject_zh=subject, on=date(2031, 11, 10), days_left=5
    )


def test_measures_without_a_symbol_are_called_by_what_they_are_about() -> None:
    facts = sample(0, deadlines=(nameless(1, "电池"),))
    assert "电池（美国）将于2031年11月10日评议截止" in hints(facts)[0]
    assert "电池等2项措施将于" in hints(replace(facts, deadlines=(nameless(1, "电池"), nameless(2, "光缆"))))[0]
    warned = item(1, symbols=(), level="预警", title_zh="关于电池的法规", judged_by="甲")
    assert any("关于电池的法规列入预警" in hint for hint in hints(replace(facts, deadlines=(), items=(warned,))))


def test_a_field_says_its_own_firms_and_not_those_of_its_measures() -> None:
    facts = sample(3)
    ids = tuple(each.case_id for each in facts.items[:1])
    market = Focus(name="欧洲", group="market", case_ids=ids, n_firms=18)
    topic = Focus(name="光电子信息", group="topic", case_ids=ids, n_firms=5)
    items = (replace(facts.items[0], n_firms=18), *facts.items[1:])
    found = {line.split("：")[0]: line for line in paragraphs(replace(facts, items=items, focus=(market, topic)))}
    assert found["欧洲"].count("涉及企业18家") == 2
    assert "涉及企业5家" in found["光电子信息"]
    assert "18家" not in found["光电子信息"]


def test_a_member_that_was_not_recognised_is_no_member() -> None:
    facts = full()
    more = 3
    breakdown = replace(facts.breakdown, members=(*facts.breakdown.members, Counted(UNKNOWN_MEMBER, more)))
    totals = replace(facts.totals, n_symbols=facts.totals.n_symbols + more)
    changed = replace(facts, breakdown=breakdown, totals=totals)
    assert not any("成员" in sentence for sentence in inconsistencies(changed))
    assert "，成员未识别3件。" in said(changed)
    (table,) = [each for each in tables(changed) if "主要成员" in each.caption]
    rows = {plain(row[1]): [plain(cell) for cell in row] for row in table.rows}
    assert (rows[UNKNOWN_MEMBER][0], rows[UNKNOWN_MEMBER][2]) == ("", "3")
    counts = [int(row[2]) for name, row in rows.items() if name != "合计"]
    assert sum(counts) == int(rows["合计"][2]) == totals.n_symbols


def test_only_what_is_counted_tells_how_far_the_month_was_collected() -> None:
    facts = full()
    early = SourceState(
        name="平台", n_notifications=5, first_collected_at=None, last_collected_at=datetime(2031, 10, 15, tzinfo=UTC)
    )
    recalls = replace(early, name="召回", note="不计入通报件数", last_collected_at=datetime(2031, 11, 4, tzinfo=UTC))
    assert "环比" in said(facts)
    found = replace(facts, sources=(early, recalls))
    assert "数据采集至2031年10月15日" in said(found)
    assert "本月监测数据未覆盖全月，不作环比和同比比较。" in said(found)
    assert not any("下降" in line or "增长" in line for line in paragraphs(found))
    assert not any("环比" in "".join(map(str, each.headers)) for each in tables(found))


def test_an_empty_month_is_compared_with_nothing() -> None:
    facts = quiet_month()
    totals = replace(facts.totals, previous_month=200, same_month_last_year=210, year_to_date=900)
    text = said(replace(facts, totals=totals))
    assert "下降" not in text
    assert "不作环比和同比比较" in text


@pytest.mark.parametrize(
    ("adoption", "entry", "expected"),
    [
        ("2032年3月1日", "2032年9月1日", "2032年3月1日拟批准；2032年9月1日拟生效"),
        ("To be determined", "In force", "拟批准日期：待定；拟生效日期：已生效"),
        ("", "20 days after publication of the rule", "拟生效日期："),
    ],
)
def test_words_that_are_no_day_stand_behind_a_colon(adoption: str, entry: str, expected: str) -> None:
    one = item(1, level="预警", adoption_text=adoption, entry_text=entry)
    (line,) = [each for each in paragraphs(sample(0, items=(one,))) if each.startswith("时间节点")]
    assert expected in line
    assert "待定拟" not in line
    assert "生效拟" not in line


def test_a_market_without_a_name_is_its_member() -> None:
    for markets, expected in (
        ((OTHER_MARKETS,), "对应乌克兰市场"),
        (("美国", OTHER_MARKETS), "对应美国等市场"),
        (("美国", "欧洲"), "对应美国、欧洲市场"),
    ):
        one = item(1, level="预警", member_zh="乌克兰", markets=markets, n_firms=4)
        blocks = compose_bulletin(sample(0, items=(one,))).blocks
        rows = [dict(block.rows) for block in blocks if isinstance(block, KeyFacts)]
        assert expected in plain(rows[0]["我市企业"])


@pytest.mark.parametrize(
    ("description", "is_printed"),
    [
        ("", False),
        ("Draft rule on lamps.", False),
        ("Draft Rule on lamps (5 pages, in English)", False),
        ("Draft rule on …", False),
        ("Lamps must state the energy that they use.", True),
        ("Draft rule on lamps. Lamps must state the energy that they use.", True),
    ],
)
def test_the_content_says_more_than_the_title_or_nothing(description: str, is_printed: bool) -> None:
    one = item(1, level="预警", title="Draft rule on lamps", description=description)
    released = sample(0, items=(one,))
    found = [line for line in paragraphs(released) if line.startswith("主要内容")]
    assert found == ([f"主要内容（原文摘要，待译）：{description}"] if is_printed else [])
    draft = replace(released, serial=None)
    places = [block for block in compose_bulletin(draft).blocks if isinstance(block, Paragraph) and block.slot]
    assert [block.text for block in places if block.slot.startswith("content:")] == [()]


def test_an_item_tells_the_documents_of_the_month_that_amend_it() -> None:
    later = LaterDocument(symbol="G/TBT/N/EU/9001/Add.1", kind_zh="补遗", on=ISSUE_DATE)
    facts = sample(0, items=(item(1, documents=(later,)),))
    (listed,) = [each for each in tables(facts) if "通报明细" in each.caption]
    assert "补遗 G/TBT/N/EU/9001/Add.1（2031-11-05）" in plain(listed.rows[0][1])
    assert thaw(freeze(facts)) == facts


def test_rates_of_different_policies_stand_in_rows_of_their_own() -> None:
    facts = full()
    rates = (
        ResponseRate(version="2029-01", due=4, done=4, on_time=4, median_hours=20.0),
        ResponseRate(version="2031-01", due=2, done=1, on_time=1, overdue=1, backfilled=1),
    )
    mixed = replace(
        facts.response, rates=rates, due=6, done=5, on_time=5, overdue=1, not_yet_due=0, backfilled=1,
        median_hours=None, p90_hours=None, still_open=(),
    )  # fmt: skip
    changed = replace(facts, response=mixed)
    assert inconsistencies(changed) == ()
    wrong = replace(changed, response=replace(mixed, due=7, overdue=2))
    assert any("各计时规则" in sentence for sentence in inconsistencies(wrong))
    (table,) = [each for each in tables(changed) if "快速响应情况" in each.caption]
    assert [[plain(cell) for cell in row][:6] for row in table.rows] == [
        ["2029-01", "4", "4", "4", "0", "100.0%"],
        ["2031-01", "2", "1", "1", "1", "50.0%"],
    ]
    text = said(changed)
    assert "按规则版本2029-01计，响应用时中位数20.0小时" in text
    assert "83.3%" not in text


def test_the_colophon_names_whom_it_is_for_and_calls_a_telephone_one() -> None:
    facts = sample()
    issuer = replace(facts.issuer, contact="027-12345678", report_to="市政府", copy_to="武汉海关", send_to="重点企业")
    (colophon,) = [b for b in compose_bulletin(replace(facts, issuer=issuer)).blocks if isinstance(b, Colophon)]
    rows = dict(colophon.rows)
    assert rows["联系电话"] == "027-12345678"
    assert (rows["报"], rows["送"], rows["发"]) == ("市政府", "武汉海关", "重点企业")
    assert "联系人" not in rows


def test_an_issue_that_an_older_version_froze_is_still_read() -> None:
    facts = sample(1)
    old = freeze(facts).replace('"title_mark":', '"summary_zh":"","title_mark":')
    assert thaw(old) == facts
