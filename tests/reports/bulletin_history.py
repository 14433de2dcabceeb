"""The made-up month of `bulletin_sample` with everything beside it: history, parts, open cases, officers' texts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from bulletin_sample import MEMBERS, sample

from reports.bulletin.facts import (
    Breakdown,
    BulletinFacts,
    BulletinItem,
    Counted,
    Focus,
    MonthCount,
    OpenCase,
    Proceeding,
    Quote,
    Rule,
    Written,
)

AREAS = (Counted("TBT", 103), Counted("SPS", 39))


def full(*, firm_names: bool = False) -> BulletinFacts:
    """A month in which every part of the issue has something to say."""
    facts = sample(14, firm_names=firm_names)
    items = tuple(_detailed(item, number) for number, item in enumerate(facts.items))
    previous = Breakdown(
        areas=(Counted("TBT", 120),),  # no SPS notification the month before
        members=(Counted("美国", 20), Counted("欧盟", 21), Counted("泰国", 79)),
        kinds=(Counted("常规通报", 90), Counted("补遗", 30)),
        buckets=(Counted("农食产品", 60), Counted("机电仪器", 60)),
        objectives=(Counted("环境保护", 50),),
    )
    return replace(
        facts,
        items=items,
        breakdown=replace(facts.breakdown, areas=AREAS),
        totals=replace(facts.totals, n_joint_symbols=13, same_month_last_year=150, year_to_date_last_year=1400),
        previous=previous,
        last_year=Breakdown(areas=(Counted("TBT", 100), Counted("SPS", 50)), members=MEMBERS),
        trend=(
            *(MonthCount(year=2031, month=n, n_symbols=100 + n, tbt=70, sps=30 + n) for n in (1, 2, 3, 8)),
            MonthCount(year=2031, month=10, n_symbols=142, tbt=103, sps=39),
        ),
        focus=(
            Focus(name="美国", group="market", case_ids=("C-005",), n_firms=2),
            Focus(
                name="欧洲",
                group="market",
                case_ids=tuple(i.case_id for i in items if i.member_zh == "欧盟"),
                n_firms=3,
            ),
            Focus(name="日本", group="market"),
            Focus(name="中东", group="market", case_ids=("C-002",), n_firms=1),
            Focus(name="涉碳产品", group="topic", case_ids=("C-001", "C-006"), n_firms=2, n_month_by_words=6),
            Focus(name="光电子信息", group="topic"),
        ),
        response=replace(
            facts.response,
            steps=(Counted("研判", 2), Counted("企业告知", 1)),
            still_open=tuple(_open(number) for number in range(5)),
        ),
        proceedings=(
            Proceeding(
                on=date(2031, 10, 20),
                kind_zh="评议意见报送",
                symbols=("G/TBT/N/EU/9001",),
                text="评议意见已报送武汉海关。",
            ),
        ),
        n_consultations=3,
        n_consulted_measures=2,
        preface=Written("本月欧盟电池规则集中出台。", "示范岗甲"),
        hints=(Written("请电池企业参加下周的宣讲。", "示范岗乙"),),
        corrections=("2031年第9期第三部分所列评议截止日期应为2031年11月2日，原刊为2031年11月20日。",),
        rules=(Rule("同比和环比", "基数为0的不计算增幅。"),),
    )


def _detailed(item: BulletinItem, number: int) -> BulletinItem:
    return replace(
        item,
        description="Cells shall bear a declaration." if number else "",
        markets=("欧洲",),
        n_firms_selling=1,
        exposed_cny_10k=4200 + number if number % 2 else None,
        n_firms_exposed=3 if number % 2 else 1,
        exposure_withheld=not number % 2,
        firms_by=date(2031, 11, 9),
        advice=("核对范围：核对型号。", "准备材料：备齐报告。"),
        advice_is_draft=number != 0,
        advice_by="" if number else "示范岗甲",
        advice_is_signed=not number,
        content_zh=Written("草案要求声明碳足迹。", "示范岗甲") if number == 0 else None,
        effect_zh=Written("影响我市电池出口。", "示范岗甲") if number == 0 else None,
        evidence=(Quote(symbol="G/TBT/N/EU/9001", url="https://example.org/1", text="traction cells", lang="en"),),
    )


def _open(number: int) -> OpenCase:
    return OpenCase(
        case_id=f"O-{number}",
        symbols=(f"G/TBT/N/USA/{number + 70}",),
        member_zh="美国",
        step_zh="研判",
        due_at=datetime(2031, 11, 3, tzinfo=UTC) + timedelta(days=number),
        is_overdue=number < 2,
        is_of_month=number < 3,
    )
