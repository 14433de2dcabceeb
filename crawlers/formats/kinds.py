"""What a stated notification type says: the kind, the urgency, the domain."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from crawlers.formats.reporting import RowIssues
from warehouse.records import NotificationKind as Kind
from warehouse.records import Severity
from warehouse.symbols import Symbol

# Stems in English, French, Spanish and Chinese. The first that occurs names the document itself: in "Corrigendum to
# Addendum to Regular Notification" that is the corrigendum.
_STEMS: Final = {
    Kind.ADDENDUM: r"addend|補遺|补遗|增补",
    Kind.CORRIGENDUM: r"corrigend|corrección|勘误|更正",
    Kind.REVISION: r"revis|révis|修订|修正",
    Kind.SUPPLEMENT: r"suppl|suplement|补充",
    Kind.EMERGENCY: r"emergenc|urgen|紧急",
    Kind.REGULAR: r"regular|ordinar|ordinaire|常规|普通|一般",
}
_ANY_STEM: Final = re.compile("|".join(f"(?P<{kind.name}>{stems})" for kind, stems in _STEMS.items()), re.IGNORECASE)
_URGENT: Final = re.compile(_STEMS[Kind.EMERGENCY], re.IGNORECASE)
_AREA: Final = re.compile(r"\((TBT|SPS)\)")


@lru_cache(maxsize=256)
def read_type(text: str) -> tuple[Kind, bool] | None:
    """Kind and urgency of a type text like "Addendum to Emergency Notification (SPS)"; None where it says neither."""
    found = _ANY_STEM.search(text)
    if found is None or found.lastgroup is None:
        return None
    return Kind[found.lastgroup], _URGENT.search(text) is not None


def kind_of(type_text: str, symbols: tuple[Symbol, ...], issues: RowIssues, field: str) -> tuple[Kind, bool]:
    """Kind and urgency from the stated type, else from the first symbol; notes an unknown type or a disagreement."""
    by_symbol = symbols[0].kind if symbols else Kind.UNKNOWN
    if not type_text:
        return by_symbol, False
    by_type = read_type(type_text)
    if by_type is None:
        issues.add(
            "notification-type-unknown",
            Severity.WARNING,
            f"通报类型“{type_text}”无法识别，已记为“未知”。",
            field=field,
            value=type_text,
            next_step="请核对来源文件；若为世贸组织新启用的类型，请通知系统维护人员补充。",
        )
        return Kind.UNKNOWN, False
    expected = Kind.REGULAR if by_type[0] is Kind.EMERGENCY else by_type[0]
    if symbols and by_symbol is not expected:
        issues.add(
            "notification-type-disagrees",
            Severity.INFO,
            f"通报类型“{type_text}”与通报号{symbols[0].text}的后缀不一致，以通报类型为准。",
            field=field,
            value=type_text,
            next_step="请对照通报原文核实。",
        )
    return by_type


def area_of(symbols: tuple[Symbol, ...], *texts: str) -> str:
    """ "TBT" or "SPS" from the symbols, else from a mark such as "(SPS)" in one of the texts; else ""."""
    if symbols:
        return symbols[0].area
    return next((found[1] for text in texts if (found := _AREA.search(text))), "")
