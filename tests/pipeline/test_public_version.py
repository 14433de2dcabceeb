"""What the public version leaves out of the restricted one, and which texts wait until they are put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.bulletin.collect import bulletin_facts
from pipeline.bulletin.named_firms import FirmFinder
from pipeline.bulletin.public_version import OTHER_CHAINS, public_version
from pipeline.config import read_settings
from pipeline.context import Context
from pipeline.home import Home
from pipeline.steps.draft_report import read_month
from reports.bulletin.facts import BulletinFacts, BulletinItem, IssueCount, Written, inconsistencies
from reports.bulletin.frozen import freeze
from reports.bulletin.highlights import chosen
from warehouse.connection import open_reader, open_writer
from warehouse.facts import ListedFirm, listed_firms

NOW = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
JUNE = read_month("2026-06", NOW)
FIRM = "武汉示例塑料薄膜有限公司"
UNFIT = (f"{FIRM}主要对德国客户供货", "请联系王工13971234567", "请发tbt@firm.example", "代码91420100MA4K1X2Y3X")


@pytest.fixture(scope="module")
def whole(prepared: Path) -> BulletinFacts:
    with open_reader(prepared / "warehouse.duckdb") as con:
        context = Context(home=Home(prepared), now=NOW, settings=read_settings(Home(prepared)))
        return bulletin_facts(con, context, JUNE, firm_names=True)


@pytest.fixture(scope="module")
def firms(prepared: Path) -> FirmFinder:
    with open_reader(prepared / "warehouse.duckdb") as con:
        return FirmFinder(listed_firms(con))


def with_item(whole: BulletinFacts, item: BulletinItem) -> BulletinFacts:
    return replace(whole, items=tuple(item if each.case_id == item.case_id else each for each in whole.items))


def test_the_sample_needs_nothing_put_right(whole: BulletinFacts, firms: FirmFinder) -> None:
    found = public_version(whole, firms)
    assert found.withheld == ()
    assert inconsistencies(found.facts) == ()
    assert firms.find(freeze(whole)) is not None
    assert firms.find(freeze(found.facts)) is None


@pytest.mark.parametrize("words", UNFIT)
@pytest.mark.parametrize(
    ("field", "said", "command"),
    [
        ("title_zh", "中文题名", "titles set {symbol}"),
        ("reasons_public", "研判理由", "case judge {case}"),
        ("advice", "应对建议", "case advise {case}"),
        ("content_zh", "主要内容", "report edit --month 2026-06"),
        ("effect_zh", "对我市影响", "report edit --month 2026-06"),
    ],
)
def test_an_unfit_text_of_a_measure_is_left_out_and_its_command_named(
    whole: BulletinFacts, firms: FirmFinder, field: str, said: str, command: str, words: str
) -> None:
    item = chosen(whole.items)[0]
    value = Written(words, "张三") if field.endswith("t_zh") else words if field == "title_zh" else (words,)
    facts = with_item(whole, replace(item, **{field: value}))
    found = public_version(facts, firms)
    assert words not in freeze(found.facts)
    assert words in freeze(facts)
    [withheld] = found.withheld
    assert (withheld.subject, withheld.field) == (item.symbols[0], said)
    assert command.format(symbol=item.symbols[0], case=item.case_id) in withheld.command
    assert withheld.unfit.what[:2] in withheld.message
    others = [each for each in found.facts.items if each.case_id != item.case_id]
    assert others == [each for each in public_version(whole, firms).facts.items if each.case_id != item.case_id]


def test_unfit_texts_of_the_month_are_left_out(whole: BulletinFacts, firms: FirmFinder) -> None:
    facts = replace(
        whole,
        preface=Written(UNFIT[0], "张三"),
        hints=(Written("请关注", "张三"), Written(UNFIT[1], "张三")),
        corrections=("上期有误。", UNFIT[2]),
    )
    found = public_version(facts, firms)
    assert (found.facts.preface, found.facts.hints, found.facts.corrections) == (
        None,
        (Written("请关注"),),
        ("上期有误。",),
    )
    assert [each.field for each in found.withheld] == ["导语", "工作提示第2条", "更正"]
    assert "企业名称“武汉示例塑料薄膜有限公司”" in found.withheld[0].message


def test_a_reason_that_is_printed_nowhere_stands_in_nobodys_way(whole: BulletinFacts, firms: FirmFinder) -> None:
    shown = {item.case_id for item in chosen(whole.items)}
    item = next(item for item in whole.items if item.case_id not in shown)
    found = public_version(with_item(whole, replace(item, reasons_public=(UNFIT[0],))), firms)
    assert found.withheld == ()
    assert FIRM not in freeze(found.facts)
    replaced = replace(chosen(whole.items)[0], reasons_public=(UNFIT[0],), effect_zh=Written("影响有限", "张三"))
    assert public_version(with_item(whole, replaced), firms).withheld == ()


def test_numbers_and_addresses_in_a_sources_words_are_left_out_and_stop_nothing(
    whole: BulletinFacts, firms: FirmFinder
) -> None:
    item = replace(chosen(whole.items)[0], description="Write to a.b@agency.example or 13971234567, CAS 80-05-7")
    found = public_version(with_item(whole, item), firms)
    said = next(each.description for each in found.facts.items if each.case_id == item.case_id)
    assert (found.withheld, said) == ((), "Write to （略） or （略）, CAS 80-05-7")


def test_nobody_of_the_office_and_no_state_of_a_case_is_in_the_public_facts(
    whole: BulletinFacts, firms: FirmFinder
) -> None:
    item = replace(chosen(whole.items)[0], judged_by="张三", advice_by="李四", clock_text="已超时，待研判")
    item = replace(item, content_zh=Written("内容", "王五"))
    facts = replace(with_item(whole, item), preface=Written("导语", "赵六"))
    assert whole.response.still_open
    found = public_version(facts, firms).facts
    text = freeze(found)
    assert not any(name in text for name in ("张三", "李四", "王五", "赵六", "已超时", "待研判"))
    after = next(each for each in found.items if each.case_id == item.case_id)
    assert (after.is_judged, after.content_zh) == (True, Written("内容"))
    assert len(found.response.still_open) == len(whole.response.still_open)
    assert {(case.case_id, case.symbols, case.step_zh) for case in found.response.still_open} == {("", (), "")}
    assert inconsistencies(found) == ()


def test_chains_of_few_firms_go_under_one_name(whole: BulletinFacts, firms: FirmFinder) -> None:
    small = tuple(row.chain for row in whole.relevance.rows[:2])
    facts = replace(whole, relevance=replace(whole.relevance, small_chains=small))
    found = public_version(facts, firms).facts
    assert not any(chain in freeze(found) for chain in small)
    items = [item for item in whole.items if set(small) & set(item.chains)]
    row = found.relevance.rows[-1]
    assert (row.chain, row.total) == (OTHER_CHAINS, len(items))
    assert row.counts == tuple(sum(name in item.markets for item in items) for name in whole.relevance.markets)
    shown = [item for item in found.items if OTHER_CHAINS in item.chains]
    assert {item.case_id for item in shown} == {item.case_id for item in items}
    assert all(item.chains[-1] == OTHER_CHAINS and item.chains.count(OTHER_CHAINS) == 1 for item in shown)
    assert inconsistencies(found) == ()


def test_only_what_sources_lack_is_told_of_the_data(whole: BulletinFacts, firms: FirmFinder) -> None:
    issues = (IssueCount("企业清单中缺商品编码", 3), IssueCount("通报缺散发日期", 5, n_public=2))
    found = public_version(replace(whole, issues=issues), firms).facts
    assert found.issues == (IssueCount("通报缺散发日期", 2),)


def test_a_list_without_firms_leaves_texts_alone(whole: BulletinFacts) -> None:
    found = public_version(replace(whole, preface=Written(UNFIT[0])), FirmFinder([ListedFirm("")]))
    assert found.facts.preface == Written(UNFIT[0])


def test_of_the_data_the_public_issue_tells_what_the_month_saw(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        con.execute("DELETE FROM issues")
        for number, (code, first, last) in enumerate(
            [
                ("distribution-date-missing", "2026-01-05", "2026-05-31"),  # solved before the month
                ("distribution-date-missing", "2026-01-05", "2026-06-20"),
                ("distribution-date-missing", "2026-06-05", "2026-07-01"),
                ("credit-code-invalid", "2026-06-05", "2026-06-05"),
                ("never-heard-of", "2026-06-05", "2026-06-05"),
            ]
        ):
            con.execute(
                """INSERT INTO issues BY NAME SELECT $id AS issue_id, $code AS code, 'warning' AS severity,
                '企业甲的原话' AS message, '' AS next_step, '' AS source, '' AS file_name, '' AS field_name,
                '' AS field_value, '' AS subject, '' AS run_id, $first::TIMESTAMPTZ AS first_seen_at,
                $last::TIMESTAMPTZ AS last_seen_at""",
                {"id": str(number), "code": code, "first": f"{first} 04:00:00+00", "last": f"{last} 04:00:00+00"},
            )
        context = Context(home=Home(home), now=NOW, settings=read_settings(Home(home)))
        public, restricted = (bulletin_facts(con, context, JUNE, firm_names=named) for named in (False, True))
    assert public.issues == (IssueCount("通报缺散发日期", 2),)
    said = {issue.message: issue.n for issue in restricted.issues}
    assert (said["通报缺散发日期"], said["企业甲的原话"]) == (3, 1)


def test_a_chain_whose_firms_have_left_the_list_is_small(home: Path) -> None:
    with open_writer(home / "warehouse.duckdb") as con:
        context = Context(home=Home(home), now=NOW, settings=read_settings(Home(home)))
        before = bulletin_facts(con, context, JUNE, firm_names=True).relevance
        chain = next(row.chain for row in before.rows if row.chain not in before.small_chains)
        con.execute(
            """UPDATE exporters SET industry_chain = '另一产业链' WHERE industry_chain = $chain AND exporter_id NOT IN
            (SELECT exporter_id FROM exporters WHERE industry_chain = $chain LIMIT 2)""",
            {"chain": chain},
        )
        after = bulletin_facts(con, context, JUNE, firm_names=True).relevance
        public = bulletin_facts(con, context, JUNE, firm_names=False)
    assert chain in after.small_chains or chain not in {row.chain for row in after.rows}
    assert chain not in {row.chain for row in public.relevance.rows}
