"""A made-up month: members are real, every symbol, title, product list and firm is fictional."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from reports.bulletin.facts import (
    Breakdown,
    BulletinFacts,
    BulletinItem,
    Counted,
    DeadlineEntry,
    IssueCount,
    Issuer,
    MatrixRow,
    Proceeding,
    Relevance,
    ResponseClock,
    Serial,
    SourceState,
    Totals,
)

ISSUE_DATE = date(2031, 11, 5)
FIRMS = ("楚光示范光电有限公司", "江夏虚拟电池股份有限公司", "汉南样例汽车部件厂")
HOSTILE = (
    'Draft #rule <b>bold</b> & "quotes" $x_1$ *star* _under_ @ref ~ \\alpha `code` {{ jinja }} {% if %} [x](y) // --'
)
MARKETS = ("美国", "欧盟", "日本", "中东", "东盟", "其他")
MEMBERS = (
    Counted("美国", 26),
    Counted("欧盟", 21),
    Counted("巴西", 17),
    Counted("乌干达", 15),
    Counted("肯尼亚", 13),
    Counted("沙特阿拉伯", 11),
    Counted("日本", 9),
    Counted("韩国", 8),
    Counted("泰国", 7),
    Counted("越南", 5),
    Counted("智利", 5),
    Counted("台澎金马单独关税区（中国台北）", 4),
    Counted("中国香港", 1),
)


def item(number: int, **changes: object) -> BulletinItem:
    """One plain relevant measure, changed as wanted."""
    values: dict[str, object] = {
        "case_id": f"C-{number:03d}",
        "symbols": (f"G/TBT/N/EU/{9000 + number}",),
        "member_zh": "欧盟",
        "distribution_date": date(2031, 10, 2) + timedelta(days=number % 25),
        "kind_zh": "常规通报",
        "area": "TBT",
        "title": f"Draft Regulation No. {number} on imaginary traction cells",
        "lang": "en",
        "title_zh": f"关于虚构动力电池单体的第{number}号条例草案",
        "products_zh": ("锂离子蓄电池",),
        "products_text": "Imaginary traction cells",
        "hs": ("850760",),
        "ics": ("29.220",),
        "objectives_zh": ("环境保护",),
        "comment_deadline": ISSUE_DATE + timedelta(days=number % 40),
        "days_left": number % 40,
        "adoption_text": "2032年3月1日",
        "entry_text": "未明确",
        "relation_zh": "直接",
        "level": "参考",
        "chains": ("新能源电池",),
        "n_firms": 2,
        "firm_names": FIRMS[:2],
        "reasons": ("通报列明的税号8507.60与清单内产品“动力电池单体”的申报税号一致，且欧盟为该产品的主要出口市场。",),
        "judged_by": "",
        "clock_text": "已按时响应（用时41.5小时）",
        "url": f"https://notifications.example/EU/{9000 + number}",
    }
    values.update(changes)
    return BulletinItem(**values)  # type: ignore[arg-type]


def special_items() -> tuple[BulletinItem, ...]:
    """The shapes that break renderers: long, foreign, right-to-left, untranslated, joint, hostile."""
    return (
        item(
            1,
            level="预警",
            judged_by="武汉示范海关 关员甲",
            advice=("建议涉及企业核对单体型号与测试报告的对应关系", "必要时于2031年11月10日前向编发单位反馈评议意见"),
            comment_deadline=ISSUE_DATE + timedelta(days=6),
            days_left=6,
        ),
        item(
            2,
            symbols=tuple(
                f"G/TBT/N/{code}/{700 + n}" for n, code in enumerate(("ARE", "BHR", "KWT", "OMN", "QAT", "SAU", "YEM"))
            ),
            member_zh="阿联酋、巴林、科威特、阿曼、卡塔尔、沙特阿拉伯、也门",
            title="مشروع لائحة فنية لكابلات الألياف الضوئية الافتراضية",
            lang="ar",
            title_zh="",
            products_zh=("光缆", "光导纤维束"),
            products_text="كابلات الألياف الضوئية",
            hs=("854470", "900110"),
            chains=("光电子信息",),
            level="关注",
            comment_deadline=None,
            comment_deadline_text="60 days from notification",
            days_left=None,
            firm_names=FIRMS[:1],
            n_firms=1,
            clock_text="处理中（剩余20.0小时）",
        ),
        item(
            3,
            symbols=("G/TBT/N/THA/9803/Add.1",),
            member_zh="泰国",
            kind_zh="补遗",
            title="ร่างมาตรฐานสำหรับชิ้นส่วนยานยนต์สมมติ (แก้ไขเพิ่มเติม)",
            lang="th",
            title_zh="",
            products_zh=(),
            hs=("8708",),
            products_text="",
            objectives_zh=(),
            chains=("汽车零部件",),
            level="关注",
            comment_deadline=ISSUE_DATE - timedelta(days=2),
            days_left=-2,
            firm_names=FIRMS[2:],
            n_firms=1,
            reasons=("补遗延续原通报的产品范围，涉及品目8708项下汽车零件。",),
        ),
        item(
            4,
            symbols=("G/TBT/N/CHL/9777",),
            member_zh="智利",
            title="Proyecto de resolución exenta: especificaciones técnicas y eficiencia energética mínima para "
            "módulos fotovoltaicos imaginarios, «¿año 2032?», y procedimiento de certificación aplicable a su "
            "importación, distribución, comercialización e instalación en todo el país, incluido el etiquetado",
            lang="es",
            title_zh="虚构光伏组件技术规范与最低能效要求及其进口、分销、销售和安装环节认证程序的豁免决议草案（含标签、过渡期和证书承认）",
            products_zh=("光伏电池", "装在组件内或组装成块的光伏电池", "静止式变流器", "绝缘电导体"),
            hs=tuple(str(854140 + n) for n in range(9)),
            level="关注",
            chains=("光伏", "光电子信息"),
        ),
        item(
            5,
            symbols=("G/TBT/N/USA/9955",),
            member_zh="美国",
            level="关注",
            title=HOSTILE,
            title_zh="含特殊字符 <script>alert(1)</script> & #set $x$ 的虚构规则",
        ),
    )


def sample(n_items: int = 12, *, firm_names: bool = False, **changes: object) -> BulletinFacts:
    """A month of 142 symbols with `n_items` relevant measures (at least the five special ones, or none)."""
    items = () if n_items == 0 else (*special_items(), *(item(n) for n in range(6, n_items + 1)))
    relevant = len(items)
    deadlines = tuple(
        DeadlineEntry(
            case_id=one.case_id,
            symbols=one.symbols,
            member_zh=one.member_zh,
            subject_zh=one.title_zh or "、".join(one.products_zh),
            on=one.comment_deadline,
            days_left=one.days_left,
            n_firms=one.n_firms,
            state_zh="征集意见",
            url=one.url,
        )
        for one in items
        if one.comment_deadline is not None and one.days_left is not None
    )
    values: dict[str, object] = {
        "year": 2031,
        "month": 10,
        "issuer": Issuer(
            name="示范市技术性贸易措施工作组",
            contact="示范处 027-00000000",
            report_to="示范市人民政府办公厅",
            copy_to="示范海关、示范市商务局",
            send_to="中间品出口重点企业（关企联络员）",
        ),
        "serial": Serial(10, 34),
        "issue_date": ISSUE_DATE,
        "generated_at": datetime(2031, 11, 4, 23, 30, tzinfo=UTC),
        "firm_names": firm_names,
        "counting_rule": "通报数量按通报号计数；多个成员共同通报的文本合并为1项措施。月份以世贸组织分发日期为准。",
        "totals": Totals(
            n_symbols=142,
            n_measures=131,
            tbt=103,
            sps=39,
            n_members=13,
            n_joint_texts=2,
            previous_month=120,
            same_month_last_year=None,
            year_to_date=1310,
        ),
        "breakdown": Breakdown(
            members=MEMBERS,
            kinds=(
                Counted("常规通报", 96),
                Counted("补遗", 33),
                Counted("修订", 9),
                Counted("紧急通报", 3),
                Counted("勘误", 1),
            ),
            buckets=(
                Counted("农食产品", 51),
                Counted("机电仪器", 38),
                Counted("化矿金属", 27),
                Counted("纺织鞋帽", 9),
                Counted("橡塑皮革", 7),
                Counted("木材纸张非金属", 6),
                Counted("玩具家具", 4),
            ),
            objectives=(
                Counted("保护人类健康或安全", 77),
                Counted("环境保护", 41),
                Counted("消费者信息、标签", 29),
                Counted("质量要求", 22),
                Counted("防止欺诈和保护消费者", 13),
                Counted("节约能源", 8),
            ),
        ),
        "relevance": Relevance(
            n_measures=relevant,
            n_firms=3,
            markets=MARKETS,
            rows=(
                MatrixRow("新能源电池", (1, relevant - 4, 0, 0, 0, 0), relevant - 3),
                MatrixRow("光电子信息", (0, 0, 0, 1, 0, 1), 2),
                MatrixRow("汽车零部件", (0, 0, 0, 0, 1, 0), 1),
                MatrixRow("光伏", (0, 0, 0, 0, 0, 1), 1),
            ),
            market_totals=(1, relevant - 4, 0, 1, 1, 1),
            n_firms_on_list=36,
        )
        if relevant
        else Relevance(n_firms_on_list=36),
        "response": ResponseClock(
            policy_text="自系统首次采集成功起按自然小时计算：24小时内完成研判，48小时内告知企业，72小时内形成应对建议。",
            due=9,
            done=8,
            on_time=7,
            overdue=2,
            not_yet_due=2,
            median_hours=38.25,
            p90_hours=70.0,
            backfilled=1,
            causes=(Counted("人工积压", 1), Counted("原文缺失", 1)),
        ),
        "items": items,
        "deadlines": deadlines,
        "issues": (IssueCount("产品编码为5位，按前4位使用。", 5), IssueCount("评议截止日期不是日期，按原文保留。", 3)),
        "sources": (
            SourceState(
                name="ePing 检索导出",
                n_notifications=142,
                first_collected_at=datetime(2031, 10, 1, 0, 5, tzinfo=UTC),
                last_collected_at=datetime(2031, 10, 31, 23, 50, tzinfo=UTC),
            ),
        ),
        "substituted_fonts": ("仿宋字体本机未安装，PDF以Noto Serif SC代替。",),
        "simulated": True,
    }
    values.update(changes)
    return BulletinFacts(**values)  # type: ignore[arg-type]


def quiet_month() -> BulletinFacts:
    """A month in which nothing came: no history, no cases."""
    return sample(
        0,
        serial=None,
        totals=Totals(n_symbols=0, n_measures=0, tbt=0, sps=0, n_members=0),
        breakdown=Breakdown(),
        response=ResponseClock(policy_text="自系统首次采集成功起按自然小时计算。"),
        issues=(),
        sources=(),
        substituted_fonts=(),
        simulated=False,
    )


def with_proceedings(facts: BulletinFacts) -> BulletinFacts:
    """The same month with a step of comment work."""
    step = Proceeding(
        on=date(2031, 10, 20), kind_zh="评议意见提交", symbols=("G/TBT/N/EU/9001",), text="已按程序报送评议意见。"
    )
    return sample(len(facts.items), proceedings=(step,))
