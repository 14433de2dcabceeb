"""The rules that annex 3 prints are those that the program follows."""

from __future__ import annotations

from pipeline.bulletin.wording import COUNTING_RULE, counting_rules
from reports.bulletin.facts import BulletinItem
from reports.bulletin.order import chosen

RULES = {rule.name: rule.text for rule in counting_rules(policy="规则", least_firms=3)}


def items(**levels: int) -> tuple[BulletinItem, ...]:
    return tuple(
        BulletinItem(
            case_id=f"{level}{number}", symbols=(), member_zh="", distribution_date=None, kind_zh="", level=level
        )
        for level, n in levels.items()
        for number in range(n)
    )


def test_the_choice_for_part_three_is_printed_as_it_is_made() -> None:
    assert "预警取前八项；不足五项的以关注补足五项，仍不足三项的以参考补足三项" in RULES["重点通报选取"]
    assert len(chosen(items(预警=9, 关注=9))) == 8
    assert len(chosen(items(预警=6, 关注=9))) == 6
    assert len(chosen(items(预警=2, 关注=9, 参考=9))) == 5
    assert len(chosen(items(关注=1, 参考=9))) == 3


def test_texts_and_measures_are_told_apart() -> None:
    assert "按文本计项的，联合通报计一项，补遗等各计一项" in COUNTING_RULE
    assert "补遗、勘误并入原措施，含成员尚未通报的立法草案" in COUNTING_RULE
    assert "同一文件只收录一期" in COUNTING_RULE


def test_policies_are_never_mixed_in_one_rate() -> None:
    assert "不同版本的按时率不合并计算" in RULES["72小时快速响应"]
