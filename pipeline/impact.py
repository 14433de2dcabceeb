"""企业受影响情况: what a firm lost and spends because of a measure, as an event keeps it and as it is shown.

Terms of 《技术性贸易措施影响统计调查制度》 as published results use them: 直接损失额 and 新增成本, here in 万元 CNY.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from warehouse.cases import CaseEvent
from warehouse.errors import InputError

KIND = "impact-reported"
_AMOUNT = re.compile(r"\d+(?:\.\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
# only these: to fold all compatibility forms would read 10² as 102
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_PLACES = 4  # of 万元: one yuan
_LIMIT = Decimal(100_000_000)  # one trillion yuan; what is more was written in another unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What one firm reports of one measure, in 万元 CNY; None: nothing said of it, which is not zero."""

    exporter_id: str
    loss: Decimal | None = None  # 直接损失额: exports held up, returned, orders lost
    cost: Decimal | None = None  # 新增成本: testing, certification, redesign

    @property
    def code(self) -> str:
        """The event's code, "loss:cost:firm"; the firm stands last, so that its number may hold a colon."""
        return f"{_plain(self.loss)}:{_plain(self.cost)}:{self.exporter_id}"

    @property
    def words(self) -> str:
        """The amounts in Chinese."""
        return "，".join(
            f"{label}{_plain(amount)}万元"
            for label, amount in (("直接损失", self.loss), ("新增成本", self.cost))
            if amount is not None
        )


def make_impact(exporter_id: str, *, loss: str, cost: str) -> Impact:
    """Read what an officer wrote; an empty amount is not stated.

    Raises InputError where neither is stated, or one is no number of 万元 from zero on, exact to the yuan at most.
    """
    if not exporter_id.strip():
        raise InputError("没有写企业编号。", "请在 --firm 后写企业编号。")
    if not (loss.strip() or cost.strip()):
        raise InputError("没有写金额。", "请写 --loss 直接损失或 --cost 新增成本（万元），至少一项；没有损失的写 0。")
    return Impact(exporter_id=exporter_id.strip(), loss=_amount(loss, "--loss"), cost=_amount(cost, "--cost"))


def read_impact(code: str) -> Impact:
    """Read the code of an event."""
    loss, cost, exporter_id = code.split(":", 2)
    return Impact(exporter_id=exporter_id, loss=Decimal(loss) if loss else None, cost=Decimal(cost) if cost else None)


def impacts_in_force(events: Iterable[CaseEvent]) -> tuple[Impact, ...]:
    """The last report of each firm among the events of one case, which come in order; firms as they first reported."""
    latest: dict[str, Impact] = {}
    for event in events:
        if event.kind == KIND:
            impact = read_impact(event.code)
            latest[impact.exporter_id] = impact
    return tuple(latest.values())


def sum_words(impacts: Iterable[Impact]) -> str:
    """2家，直接损失合计120.5万元，新增成本合计30万元; empty without a report."""
    found = tuple(impacts)
    if not found:
        return ""
    loss, cost = (
        sum((amount or Decimal(0) for amount in amounts), Decimal(0))
        for amounts in ((impact.loss for impact in found), (impact.cost for impact in found))
    )
    return f"{len(found)}家，直接损失合计{_plain(loss)}万元，新增成本合计{_plain(cost)}万元"


def _amount(text: str, option: str) -> Decimal | None:
    plain = "".join(text.translate(_FULL_WIDTH).split())
    if not plain:
        return None
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    advice = "请写以万元为单位、不小于0的数字，最多4位小数，如 120.5，不带单位。"
    if not plain.isascii() or not _AMOUNT.fullmatch(plain):
        raise InputError(f"{option} 的金额无法识别：{text.strip()[:40]}", advice)
    amount = Decimal(plain)
    if amount != round(amount, _PLACES):
        raise InputError(f"{option} 的金额超过4位小数：{text.strip()[:40]}", advice)
    if amount >= _LIMIT:
        raise InputError(f"{option} 的金额过大：{text.strip()[:40]}万元", "请核对单位是否为万元。")
    return amount


def _plain(amount: Decimal | None) -> str:
    """120.50 as 120.5, 100 as 100; never with an exponent."""
    if amount is None:
        return ""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
