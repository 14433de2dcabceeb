"""Invented facts of the public site: an issue, measures of several members, one of them hostile, any number of more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from reports.site.facts import CodeName, HsHeading, IssueFile, Notice, SiteFacts, SiteIssue, SiteMeasure

TODAY = date(2026, 7, 2)
BUILT = datetime(2026, 7, 2, 1, 30, tzinfo=UTC)
HOSTILE = '</script><script>window.hurt=1</script><img src=x onerror="window.hurt=2"> \' " & \u202egnp.exe\u2028\u0007'
CHAPTERS = {
    "85": "电机、电气设备及其零件",
    "84": "核反应堆、锅炉、机器、机械器具及其零件",
    "87": "车辆及其零件、附件",
    "39": "塑料及其制品",
}
HEADINGS = {"8507": "蓄电池", "8413": "液体泵", "8708": "机动车辆的零件、附件", "3926": "其他塑料制品"}
MEMBERS = ("欧盟", "美国", "日本", "沙特阿拉伯", "巴西", "越南", "印度")
CHAINS = ("锂电池与电池材料", "汽车零部件", "光纤光缆与光器件")


def measure(number: int, **changes: object) -> SiteMeasure:
    """The measure of a number: member, goods, dates and kind follow from it."""
    heading = tuple(HEADINGS)[number % 4]
    member = MEMBERS[number % len(MEMBERS)]
    day = TODAY - timedelta(days=1 + number % 300)
    deadline = TODAY + timedelta(days=(number * 7) % 120 - 30)
    symbol = f"G/{'SPS' if number % 5 == 4 else 'TBT'}/N/XX{number % 7}/{9000 + number}"
    goods = ("batteries", "pumps", "vehicle parts", "plastics")[number % 4]
    made = SiteMeasure(
        key=symbol,
        symbols=(symbol,),
        members=(member,),
        area=symbol[2:5],
        kind="修订" if number % 4 == 3 else "常规通报",
        title=f"Draft technical regulation No. {number} on {goods}",
        lang="en",
        title_zh=f"{member}关于{HEADINGS[heading]}要求的技术法规草案（第{number}号）",
        title_mark=("", "机器翻译", "待译")[number % 3],
        distributed=day,
        updated=day,
        comment_deadline=deadline if number % 6 else None,
        comment_deadline_text="" if number % 6 else "60 days from notification",
        adoption_text="2026年12月1日",
        entry_text="自公布之日起6个月",
        chapters=(CodeName(code=heading[:2], name=CHAPTERS[heading[:2]]),),
        headings=(HsHeading(code=heading, name=HEADINGS[heading], notified=(f"{heading}60",)),),
        ics=(CodeName(code="29.220", name="蓄电池"),),
        objectives=("保护人类健康或安全",),
        chains=(CHAINS[number % 3],) if number % 2 else (),
        industries=("机电",),
        products="Secondary cells and batteries",
        description="The draft sets requirements on safety and marking. Enquiries: someone@firm.example",
        url=f"https://epingalert.org/en/Search?symbol={number}",
        documents=(f"https://members.wto.org/crnattachments/{number}.pdf", "javascript:alert(1)"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of the record, told by the tests


def hostile() -> SiteMeasure:
    """A measure whose every text tries to be more than text."""
    return measure(
        1,
        key='G/TBT/N/"><script>/1',
        symbols=('G/TBT/N/"><script>/1',),
        title=HOSTILE,
        title_zh=f"{HOSTILE}危险",
        title_mark="",
        lang="ar",
        products=HOSTILE,
        description=HOSTILE,
        url="javascript:alert(1)",
        updated=TODAY,
        comment_deadline=TODAY + timedelta(days=3),
    )


def amended() -> SiteMeasure:
    """A measure with an addendum."""
    first = Notice(
        symbol="G/TBT/N/XX9/1",
        kind="常规通报",
        distributed=date(2026, 5, 4),
        title="Draft on pumps",
        lang="en",
        url="https://docs.wto.org/1",
    )
    second = replace(first, symbol="G/TBT/N/XX9/1/Add.1", kind="补遗", distributed=date(2026, 6, 29))
    return measure(2, key="G/TBT/N/XX9/1", symbols=("G/TBT/N/XX9/1",), notices=(first, second), updated=TODAY)


def facts(count: int = 60, *, site_url: str = "", with_hostile: bool = True) -> SiteFacts:
    """A site of `count` measures besides the amended and the hostile one, latest first, and two issues."""
    measures = [amended(), *(measure(number) for number in range(10, 10 + count))]
    if with_hostile:
        measures.insert(0, hostile())
    measures.sort(key=lambda each: each.updated or date.min, reverse=True)
    issues = tuple(
        SiteIssue(
            overall=overall,
            name=f"2026年第{month}期（总第{overall}期）",
            month=f"2026-0{month}",
            released_at=datetime(2026, month + 1, 1, 2, tzinfo=UTC),
            files=tuple(
                IssueFile(
                    path=f"issues/2026-0{month}.{ending}",
                    label=label,
                    save_as=f"境外技术性贸易措施风险信息提示_2026-0{month}.{ending}",
                    n_bytes=size,
                )
                for ending, label, size in (
                    ("html", "网页版", 91_000),
                    ("pdf", "PDF", 1_400_000),
                    ("docx", "Word", 210_000),
                    ("xlsx", "附表（Excel）", 48_000),
                )
            ),
        )
        for overall, month in ((38, 6), (37, 5))
    )
    return SiteFacts(
        issuer="示例市技术性贸易措施监测预警工作组",
        site_url=site_url,
        today=TODAY,
        built_at=BUILT,
        simulated=True,
        issues=issues,
        measures=tuple(measures),
    )
