"""Made-up dossiers: the members are real, every symbol, title, clause, product and firm is fictional."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reports.comments import (
    AffectedProduct,
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
)

FIRMS = ("楚光示范光电有限公司", "江夏虚拟电池（集团）股份有限公司", "汉南样例汽车部件厂")
AT = datetime(2031, 11, 4, 23, 30, tzinfo=UTC)
POINT = CommentPoint(
    clause="第5.2条",
    requirement="Cells shall be marked with a durable label of at least 12 mm height.",
    requirement_lang="en",
    requirement_zh="单体应加施高度不小于12毫米的耐久标签。",
    opinion="标签高度大于部分圆柱形单体的可用表面，企业无法按此加施。",
    bases=(
        Basis(kind=BasisKind.TRANSITION, text="企业换版模具约需10个月。", articles=("2.12",)),
        Basis(
            kind=BasisKind.INTERNATIONAL_STANDARD,
            text="该标准按单体尺寸规定标识高度，并允许以二维码代替。",
            articles=("2.4",),
            reference="IEC 99999-1:2030（虚构）",
        ),
        Basis(kind=BasisKind.AGREEMENT, text="同等目的可由限制较小的方式达到。", articles=("2.2", "99.9")),
        Basis(kind=BasisKind.SCIENCE, text="对比试验表明，6毫米标签经500次循环后仍可辨认。"),
        Basis(kind=BasisKind.RECOGNITION, text="建议接受获认可实验室出具的检测报告。", articles=("6.1",)),
    ),
    suggestion="改为按单体直径分档规定标签高度，并允许以二维码代替文字。",
)


def empty(**changes: object) -> CommentFacts:
    """What the system knows before any officer has written a word."""
    values: dict[str, object] = {
        "symbols": ("G/TBT/N/EU/9001",),
        "member_zh": "欧盟",
        "area": "TBT",
        "office": "示范市技术性贸易措施工作组",
        "prepared_on": date(2031, 11, 5),
        "generated_at": AT,
    }
    return CommentFacts(**(values | changes))  # type: ignore[arg-type]


def full(**changes: object) -> CommentFacts:
    """Everything filled; an unsigned restricted version."""
    values: dict[str, object] = {
        "kind_zh": "常规通报",
        "title": "Draft Regulation on the marking of imaginary traction cells",
        "title_lang": "en",
        "title_zh": "关于虚构动力电池单体标识的条例草案",
        "products_zh": ("锂离子蓄电池", "蓄电池零件"),
        "products_text": "Imaginary traction cells and parts thereof (HS 850760, 850790)",
        "hs": ("850760", "850790"),
        "ics": ("29.220.30",),
        "objectives_zh": ("保护人类健康或安全", "保护环境"),
        "agency_text": "Example Enquiry Point, comments@enquiry.example",
        "distribution_date": date(2031, 10, 15),
        "comment_deadline": date(2031, 12, 14),
        "adoption_text": "2032年第二季度",
        "entry_text": "公布后6个月",
        "url": "https://eping.example/notification/9001",
        "document_links": ("https://members.example/9001_00_e.pdf", "https://members.example/9001_01_e.pdf"),
        "full_text": FullText.TRANSLATED,
        "full_text_note": "2031年10月20日取得，英文，共18页",
        "products": (
            AffectedProduct(
                name_zh="动力电池单体",
                hs=("85076000",),
                relation_zh="直接",
                level_zh="预警",
                n_firms=2,
                export_text="2030年出口1.2亿元（企业填报）",
                firm_names=FIRMS[:2],
            ),
            AffectedProduct(
                name_zh="电池包结构件",
                hs=("85079090",),
                relation_zh="间接",
                level_zh="关注",
                n_firms=1,
                export_text="2030年出口800万元（企业填报）",
                firm_names=FIRMS[2:],
            ),
        ),
        "n_firms": 3,
        "impact": "标签要求直接涉及在产型号。\n过渡期不足将影响2032年上半年在手订单。",
        "points": (
            POINT,
            CommentPoint(
                clause="附录B",
                requirement_zh="仅接受指定实验室的检测报告。",
                opinion="增加重复检测。",
                bases=(Basis(kind=BasisKind.RECOGNITION, articles=("6.1", "6.3")),),
                suggestion="接受国际互认体系内实验室的报告。",
            ),
        ),
        "n_asked": 3,
        "n_answered": 2,
        "feedback": (
            FirmFeedback(
                firm_name=FIRMS[0],
                opinion="标签高度无法实现。",
                impact="涉及3个型号",
                replied_on=date(2031, 10, 28),
            ),
            FirmFeedback(firm_name=FIRMS[1], opinion="请求延长过渡期。"),
        ),
        "feedback_summary": "反馈意见集中在标签高度和过渡期。",
        "conclusion": "该措施对我市动力电池出口影响较大，建议提交评议意见。",
        "submit_comment": Decision(answer=True, reason="直接涉及我市主要出口产品。"),
        "ask_extension": Decision(answer=True, reason="译文于10月底取得，企业论证时间不足。"),
        "extension_until": date(2032, 1, 13),
        "raise_concern": Decision(answer=False, reason="视对方答复情况再议。"),
        "submissions": (
            Submission(
                recipient_zh="武汉海关",
                state=SubmissionState.SENT,
                due_on=date(2031, 11, 23),
                done_on=date(2031, 11, 4),
                note="示函〔2031〕7号",
            ),
        ),
        "signatures": (
            Signature(step_zh="拟稿", name="甲某某", signed_on=date(2031, 11, 3)),
            Signature(step_zh="审核", name="乙某某", signed_on=date(2031, 11, 4), remark="同意"),
            Signature(step_zh="签发", name="丙某某", signed_on=date(2031, 11, 5), remark="同意报送"),
        ),
        "contact": "综合组 000-0000 0000",
        "firm_names": True,
    }
    return empty(**(values | changes))
